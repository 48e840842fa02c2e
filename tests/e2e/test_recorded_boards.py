"""Recorded boards over loopback HTTP, through the shipped adapters, into a mail server's inbox.

Every posting of every file is in the store or named in the report with a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.canned import serving
from support.cli import Operator
from support.shared import SHARED, needs_fixtures
from support.smtp_sink import Sink

FIXTURES = SHARED / "sources" / "fixtures"
NOW = "2025-10-28T09:05:00Z"
BOARDS = {  # kind → (how it asks, where the rows are, their id)
    "ashby": ("/posting-api/job-board/{}?includeCompensation=true", "jobs", "id"),
    "greenhouse": ("/v1/boards/{}/jobs?content=true", "jobs", "id"),
    "lever": ("/v0/postings/{}?mode=json", None, "id"),
}

pytestmark = needs_fixtures


def rows_of(kind: str, file: Path) -> list[dict[str, Any]]:
    data = json.loads(file.read_text())
    where = BOARDS[kind][1]
    rows: list[dict[str, Any]] = data[where] if where else data
    return rows


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[str, Path]]:
    """Source name → (kind, file)."""
    boards = {f"{kind}-{f.stem}": (kind, f) for kind in BOARDS for f in sorted((FIXTURES / kind).glob("*.json"))}
    return boards | {f"rss-{file.stem}": ("rss", file) for file in sorted((FIXTURES / "rss").glob("*.rss"))}


@pytest.fixture(scope="module")
def collected(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, tuple[str, Path]]
) -> Iterator[tuple[Operator, str, Sink]]:
    """The operator after `digest collect`, what it said, and the mail server that waits."""
    routes = {}
    for name, (kind, file) in files.items():
        path = f"/{name}.rss" if kind == "rss" else BOARDS[kind][0].format(name)
        routes[f"GET {path}"] = [file.read_bytes()]
    with serving(routes) as (base, _), Sink() as sink:
        lines = []
        for name, (kind, _) in files.items():
            value = f"{base}/{name}.rss" if kind == "rss" else name
            lines.append(f"  - {kind}: {value}\n    name: {name}\n    base_url: {base}\n    company: Company {name}")
        operator = Operator(tmp_path_factory.mktemp("boards"), "\n".join(lines))
        text = operator.config.read_text().replace(
            "delivery: {file: mail}", f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}}}"
        )
        operator.config.write_text(text)
        done = operator.types("collect", "--now", NOW, exit_code=None)
        yield operator, done.stdout + done.stderr, sink


def test_every_recorded_posting_is_stored_or_named(
    collected: tuple[Operator, str, Sink], files: dict[str, tuple[str, Path]]
) -> None:
    operator, said, _ = collected
    stored: dict[str, set[str]] = {name: set() for name in files}
    for row in operator.lines("postings", "--now", NOW):
        stored[row["source"]].add(row["source_id"])
    for name, (kind, file) in files.items():
        if kind == "rss":
            items = len(re.findall(r"<item[ >]|<entry[ >]", file.read_text()))
            assert len(stored[name]) == items, f"{name}: {len(stored[name])} of {items}\n{said}"
            continue
        for row in rows_of(kind, file):
            if kind == "ashby" and row.get("isListed") is False:
                continue  # the board itself says: not to be shown
            id_ = str(row[BOARDS[kind][2]])
            assert id_ in stored[name] or re.search(rf"{name}: .*{id_}.*: \S", said), f"{name}: {id_} is lost\n{said}"


def test_the_edition_reaches_the_mail_server_once(collected: tuple[Operator, str, Sink]) -> None:
    operator, _, sink = collected
    (operator.folder / "readers.csv").write_text("email\nada@example.com\nbola@example.com\n")
    operator.types("subscribers", "import", "readers.csv")
    said = operator.types("send", "--now", NOW).stdout
    assert "2 accepted" in said, said
    operator.types("send", "--now", NOW)
    assert sorted(sink.recipients) == ["ada@example.com", "bola@example.com"]
    assert operator.types("deliveries", "--check").stdout.startswith("the ledger is whole")
