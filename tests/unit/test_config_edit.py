"""A source line goes into config.yaml, and every other byte stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from jobdigest.config.edit import add_source
from jobdigest.errors import ConfigError, UsageError

COMMENTED = """\
# who we are
newsletter: {name: "A", from: "A <a@example.com>"}   # keep   these   blanks

sources:
  # employers
  - greenhouse: anthropic     # the first
  - lever: "mistral"
    region:   us
    company: Mistral   # trailing

  # commented out
  # - ashby: cohere

# when
schedule: {send: "tue 09:00"}
"""


def edit(folder: Path, text: str, *args: object) -> tuple[str, list[object]]:
    path = folder / "config.yaml"
    path.write_bytes(text.encode())
    add_source(path, *args)  # type: ignore[arg-type]
    edited = path.read_bytes().decode()
    return edited, YAML(typ="safe").load(edited)["sources"]


def test_the_line_comes_after_the_last_source_and_nothing_else_moves(tmp_path: Path) -> None:
    edited, sources = edit(tmp_path, COMMENTED, "ashby", "cohere")
    assert edited == COMMENTED.replace("# trailing\n", "# trailing\n  - ashby: cohere\n")
    assert sources[-1] == {"ashby": "cohere"}


def test_options_stand_below_their_source(tmp_path: Path) -> None:
    edited, sources = edit(tmp_path, COMMENTED, "lever", "acme", {"region": "eu"})
    assert "  - lever: acme\n    region: eu\n" in edited
    assert sources[-1] == {"lever": "acme", "region": "eu"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sources:\n- rss: x\n", "sources:\n- rss: x\n- remoteok\n"),
        ("sources:\n- rss: x", "sources:\n- rss: x\n- remoteok\n"),
        ("sources:\r\n  - rss: x\r\nweb: {}\r\n", "sources:\r\n  - rss: x\r\n  - remoteok\r\nweb: {}\r\n"),
        ("sources:\nweb: {}\n", "sources:\n  - remoteok\nweb: {}\n"),
        ("web: {}", "web: {}\nsources:\n  - remoteok\n"),
        (
            "sources:\n  - remotive:\n      category: ai\n",
            "sources:\n  - remotive:\n      category: ai\n  - remoteok\n",
        ),
    ],
)
def test_every_shape_of_list(tmp_path: Path, text: str, expected: str) -> None:
    assert edit(tmp_path, text, "remoteok", None)[0] == expected


@pytest.mark.parametrize("text", ["sources: []\n", "sources: [{rss: x}]  # mine\n", '{"sources": [{"rss": "x"}]}'])
def test_lists_in_json_style(tmp_path: Path, text: str) -> None:
    edited, sources = edit(tmp_path, text, "ashby", "cohere")
    assert sources[-1] == {"ashby": "cohere"}
    assert ("# mine" in edited) == ("# mine" in text)


def test_json_stays_json(tmp_path: Path) -> None:
    edited, _ = edit(tmp_path, '{"newsletter": {"name": "A"}, "sources": [{"rss": "x"}]}', "ashby", "cohere")
    assert [list(one.items()) for one in YAML(typ="safe").load(edited)["sources"]] == [
        [("rss", "x")],
        [("ashby", "cohere")],
    ]


def test_a_source_is_not_added_twice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"config\.yaml:6 has `greenhouse: anthropic` already"):
        edit(tmp_path, COMMENTED, "greenhouse", "anthropic")
    assert (tmp_path / "config.yaml").read_text() == COMMENTED


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        add_source(tmp_path / "none.yaml", "ashby", "cohere")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30))
def test_any_value_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    edited, sources = edit(tmp_path_factory.mktemp("any"), COMMENTED, "rss", value, {"name": value})
    assert sources[-1] == {"rss": value, "name": value}, json.dumps(edited)
    assert [line for line in COMMENTED.splitlines() if line not in edited] == []
