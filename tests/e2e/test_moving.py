"""`digest migrate-to` on the data of a whole week: everything arrives, nobody is mailed by two databases."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from jobdigest.app import App
from jobdigest.app.moving import migrate
from jobdigest.store import open_store
from jobdigest.store.schema import metadata
from support.cli import Operator
from support.postgres import database

pytestmark = pytest.mark.postgres
NOW, NEXT_WEEK = "2026-01-20T09:10:00Z", "2026-01-27T09:10:00Z"
MOMENT = datetime.fromisoformat(NEXT_WEEK)
READERS = 12


def jobs(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"p{n}", "title": f"Machine Learning Engineer {n}", "company": f"Firm {n}", "locations": ["London"],
         "url": f"https://example.com/{n}", "description": "Zeilen – für \U0001f680", "salary": "$100K - $150K/yr"}
        for n in range(first, first + count)
    ]  # fmt: skip


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "meta"')]


def rows(address: str) -> dict[str, list[Any]]:
    store = open_store(address)
    with store.read() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
    store.close()
    return found


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week that was sent, and one more of which nothing was sent yet."""
    operator = Operator(tmp_path_factory.mktemp("weeks"))
    (operator.folder / "readers.csv").write_text(
        "email,name\n" + "".join(f"r{n}@example.com,Réader {n}\n" for n in range(READERS))
    )
    operator.types("subscribers", "import", "readers.csv")
    operator.write("postings.jsonl", *jobs(1, 6))
    operator.types("collect", "--now", NOW)
    operator.types("send", "--now", NOW)
    operator.write("postings.jsonl", *jobs(1, 9))
    operator.types("collect", "--now", NEXT_WEEK)
    return operator.folder


@pytest.fixture
def operator(weeks: Path, tmp_path: Path) -> Operator:
    shutil.copytree(weeks, tmp_path, dirs_exist_ok=True)
    return Operator(tmp_path)


def use(operator: Operator, address: str) -> None:
    operator.config.write_text(operator.config.read_text() + f'database: "{address}"\n')


def test_everything_arrives_and_goes_on_there_and_not_here(operator: Operator) -> None:
    address, file, mails = database(), operator.folder / "digest.db", operator.folder / "mail"
    before, there = dump(file), rows(f"sqlite:///{file}")
    said = operator.types("migrate-to", address).stdout
    assert "the ledger is whole" in said
    assert dump(file) == before
    assert rows(address) == there
    assert "everything moved to postgresql" in operator.types("send", "--now", NEXT_WEEK, exit_code=1).stderr
    assert len(list(mails.glob("*.eml"))) == READERS
    use(operator, address)
    operator.types("send", "--now", NEXT_WEEK)
    assert len(list(mails.glob("*.eml"))) == 2 * READERS
    assert operator.types("deliveries", "--check").stdout.startswith("the ledger is whole")
    (operator.folder / "more.csv").write_text("email\nnew@example.com\n")
    assert "1 added" in operator.types("subscribers", "import", "more.csv").stdout  # its id follows those copied
    operator.write("postings.jsonl", *jobs(1, 12))
    assert "3 new" in operator.types("collect", "--now", "2026-01-28T09:00:00Z").stdout


def test_a_database_that_holds_anything_is_refused(operator: Operator) -> None:
    address = database()
    operator.types("migrate-to", address)
    refused = operator.types("migrate-to", address, exit_code=2)
    assert "is not empty" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_another_kind_of_database_is_refused_and_nothing_is_held(operator: Operator) -> None:
    refused = operator.types("migrate-to", "sqlite:///other.db", exit_code=2)
    assert "name it like postgresql://" in refused.stderr
    assert "HELD" not in operator.types("status", "--now", NEXT_WEEK).stdout


def test_a_move_that_is_interrupted_is_repeated(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new database hangs up in the middle of the largest table's copy."""
    address = database()
    app = App.load(operator.config)
    new = open_store(address)

    def watch(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO deliveries "):
            raise KeyboardInterrupt

    monkeypatch.setattr("jobdigest.app.moving.open_store", lambda url: new)
    event.listen(new.engine, "before_cursor_execute", watch)
    with pytest.raises(KeyboardInterrupt):
        migrate(app, address, MOMENT, lambda line: None)
    event.remove(new.engine, "before_cursor_execute", watch)
    with new.read() as connection:
        assert sum(connection.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables) == 0
    migrate(app, address, MOMENT, lambda line: None)
    app.store.close()
    new.close()
    assert len(rows(address)["deliveries"]) == READERS
