"""config.yaml: what reads well, and what every mistake says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jobdigest.app import App
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import Config
from jobdigest.config.file import load_config
from jobdigest.config.reference import reference, schema_text
from jobdigest.errors import ConfigError

ROOT = Path(__file__).parents[2]
NEWSLETTER = "newsletter: {name: N, from: N <a@example.com>}\n"
SOURCES = "sources:\n  - greenhouse: anthropic\n"


def load(folder: Path, text: str, **environ: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, environ)


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environ)
    return [line.removeprefix(f"{folder}/") for line in caught.value.problems]


def test_short_and_long_forms_of_a_source(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        NEWSLETTER
        + """sources:
  - greenhouse: anthropic
  - ashby: cohere
    company: Cohere
    base_url: http://127.0.0.1:8000
  - remoteok
  - hackernews:
      name: HN
  - lever: palantir
    region: eu
    every: 12h
""",
    )
    assert [(s.kind, s.value, s.name) for s in config.sources] == [
        ("greenhouse", "anthropic", "greenhouse:anthropic"),
        ("ashby", "cohere", "ashby:cohere"),
        ("remoteok", None, "remoteok"),
        ("hackernews", None, "HN"),
        ("lever", "palantir", "lever:palantir"),
    ]
    assert config.sources[1].company == "Cohere"
    assert config.sources[4].options == {"region": "eu"}
    assert config.sources[4].every == timedelta(hours=12)
    assert config.sources[4].where.endswith("config.yaml:10")


def test_all_mistakes_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """newsletter:
  name: N
  from: nobody
  langauge: en
schedule:
  timezone: Europe/Londn
  send: someday
sources:
  - greenhouse: anthropic
  - greenhouse: anthropic
delivery:
  smtp: {host: mail.example.com, port: many, password: "${SMTP_PASSWORD}"}
edition: {max_jobs: 0}
"""
    assert problems(tmp_path, text) == [
        "config.yaml:3: newsletter.from: 'nobody' is not a sender; write it like \"AI Jobs Weekly <jobs@example.com>\"",
        "config.yaml:4: newsletter.langauge: unknown key; did you mean language?",
        "config.yaml:6: schedule.timezone: 'Europe/Londn' is not a time zone; did you mean Europe/London?",
        "config.yaml:7: schedule.send: 'someday' is not a weekly slot; write it like \"tue 09:00\"",
        "config.yaml:10: sources[1]: 'greenhouse:anthropic' stands in line 9 already; give one a `name:`",
        "config.yaml:12: delivery.smtp.password: ${SMTP_PASSWORD} is not set in the environment; "
        "export SMTP_PASSWORD=… before running digest",
        "config.yaml:12: delivery.smtp.port: input should be a valid integer, unable to parse string as an integer, "
        "found 'many'",
        "config.yaml:13: edition.max_jobs: input should be greater than or equal to 1, found 0",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [", "config.yaml:1: not YAML"),
        ("- just\n- a list\n", "config.yaml:1: expected `newsletter:` and `sources:`"),
        (SOURCES, "config.yaml:1: newsletter: missing"),
        (NEWSLETTER + "sources: anthropic\n", "config.yaml:2: sources: expected a list like `- greenhouse: anthropic`"),
        (NEWSLETTER + SOURCES + "schedule: {late_within: soon}\n", "'soon' is not a span of time"),
        (NEWSLETTER + SOURCES + "delivery: {rate: fast}\n", "'fast' is not a rate"),
        (NEWSLETTER + SOURCES + "schedule: {skip: [W52]}\n", "'W52' is not an ISO week"),
        (NEWSLETTER + SOURCES + "schedule: {skip: [2025-W53]}\n", "'2025-W53': that year has no such week"),
        (NEWSLETTER + SOURCES + "schedule: {move: {2026-W53: noon}}\n", "'noon' is not a weekly slot"),
        (NEWSLETTER + SOURCES + "roles: [{id: x, patterns: ['(']}]\n", "is not a regular expression"),
    ],
)
def test_a_mistake_says_what_and_where(tmp_path: Path, text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(tmp_path, text))


def test_secrets_come_from_the_environment_and_stay_hidden(tmp_path: Path) -> None:
    config = load(tmp_path, NEWSLETTER + SOURCES + "secret_key: ${KEY}\n", KEY="hush")
    assert config.secret_keys() == [b"hush"]
    assert "hush" not in repr(config)


def test_a_key_file_rotates(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("new\nold\n")
    assert load(tmp_path, NEWSLETTER + SOURCES + "secret_key_file: keys\n").secret_keys() == [b"new", b"old"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("greenhose: anthropic", "sources.greenhose: unknown kind; did you mean greenhouse?"),
        ("greenhouse:", "sources.greenhouse: needs a value"),
        ("lever: x\n    reigon: eu", "sources.lever.reigon: unknown key; did you mean region?"),
        ("lever: x\n    region: asia", "'asia' is not one of us, eu"),
    ],
)
def test_a_source_that_no_kind_can_read(tmp_path: Path, source: str, expected: str) -> None:
    (tmp_path / "config.yaml").write_text(NEWSLETTER + f"sources:\n  - {source}\n")
    with pytest.raises(ConfigError, match=r"config\.yaml:3") as caught:
        App.load(tmp_path / "config.yaml")
    assert expected in str(caught.value)


def test_the_shipped_configuration_is_right() -> None:
    config = App.load(ROOT / "config.yaml").config
    assert {source.kind for source in config.sources} >= {"greenhouse", "ashby", "lever", "rss"}


def test_schema_and_reference_are_made_from_the_model() -> None:
    assert (ROOT / "docs" / "config.schema.json").read_text() == schema_text(load_kinds()), "run `make docs`"
    assert (ROOT / "docs" / "config.md").read_text() == reference(), "run `make docs`"
