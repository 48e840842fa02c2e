"""Keys of job boards: in no error, no log, no store, whatever the server echoes."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from jobdigest.collect.sources.base import Option
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import SourceConfig
from support.canned import serving
from support.cli import Operator

KEYS = {"adzuna": ("app-id-90210", "key+with/signs="), "usajobs": ("me@agency.example", "KEYKEYKEY1234")}
SOURCES = {
    "adzuna": "  - adzuna: gb\n    app_id: {0}\n    app_key: '{1}'\n    base_url: {2}\n",
    "usajobs": "  - usajobs:\n    email: {0}\n    key: {1}\n    keyword: ai\n    base_url: {2}\n",
}


def test_whatever_is_called_a_key_is_a_secret() -> None:
    named = {
        (kind.name, name): option
        for kind in load_kinds().values()
        for name, option in kind.options.items()
        if isinstance(option, Option) and ("key" in name.split("_") or "app_id" in name or name == "email")
    }
    assert set(named) == {("adzuna", "app_id"), ("adzuna", "app_key"), ("usajobs", "email"), ("usajobs", "key")}
    assert all(option.secret for option in named.values())


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("echo", ["{0}", '{{"error": "{0}"}}', "<html>{0}</html>"])
def test_a_server_that_echoes_keys(kind: str, echo: str, tmp_path: Path) -> None:
    told = " ".join(KEYS[kind])
    with serving({"*": [echo.format(told)]}) as (url, answers):
        operator = Operator(tmp_path, SOURCES[kind].format(*KEYS[kind], url))
        collected = operator.types("collect", exit_code=1)
        tried = operator.types("sources", "test", operator_name(kind), exit_code=1)
        listed = operator.types("sources", "list")
    assert answers.asked
    said = "".join(done.stdout + done.stderr for done in (collected, tried, listed))
    assert "failed" in said
    for file in tmp_path.glob("digest.db*"):
        said += file.read_bytes().decode("latin-1")
    for key in KEYS[kind]:
        assert key not in said


def operator_name(kind: str) -> str:
    return "adzuna:gb" if kind == "adzuna" else kind


def test_addresses_with_keys_are_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from jobdigest.logs import set_up
    from jobdigest.store import open_store
    from jobdigest.store.sources import SourceMemory
    from support.collecting import NOW, Shelf, run_collect

    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up()
        root.addHandler(caplog.handler)
        store = open_store("sqlite:///t.db", tmp_path)
        with serving({"*": ['{"results": [], "count": 0}']}) as (url, _):
            options = dict(zip(("app_id", "app_key"), KEYS["adzuna"], strict=True))
            source = SourceConfig(kind="adzuna", value="gb", name="a", base_url=url, options=options)
            for hours in (0, 7):
                report = run_collect([source], SourceMemory(store, NOW), Shelf(), now=NOW + timedelta(hours=hours))["a"]
                assert report.error is None
        store.close()
    finally:
        root.handlers, level = before
        root.setLevel(level)
    assert "90210" not in caplog.text
    assert all(b"90210" not in file.read_bytes() for file in tmp_path.iterdir())
