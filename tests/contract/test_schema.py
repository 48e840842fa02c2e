"""The migrations build exactly the schema, on both databases; a newer database is refused."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, text

from jobdigest.errors import StoreError
from jobdigest.store import facts, open_store, resolve, upgrade
from jobdigest.store.engine import connect
from jobdigest.store.schema import metadata
from support.cli import Operator
from support.postgres import database

KEYS = (7, -(2**63), 2**63 - 1)
OF_ONE_DATABASE = ("job_words", "ix_jobs_words")  # full-text search; test_search.py proves it on both


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrations_build_the_schema(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/schema.db" if kind == "sqlite" else database()
    store = open_store(url)
    with store.read() as connection:
        options = {"include_name": lambda name, kind, _parents: not (name or "").startswith(OF_ONE_DATABASE)}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    store.close()
    assert found == []


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/newer.db"
    store = open_store(url)
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="install the newer jobdigest"):
        open_store(url)


def test_the_newest_revision_is_where_the_migrations_lead() -> None:
    script = upgrade._script()
    assert upgrade._known() == [revision.revision for revision in script.walk_revisions()][::-1]


def old_database(url: str) -> None:
    """A database as the first version left it, with something in it."""
    script, engine = upgrade._script(), connect(url)
    steps = {"fn": lambda revision, _: script._upgrade_revs("0001", revision)}
    with EnvironmentContext(Config(), script, **steps) as environment, engine.begin() as connection:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()
        connection.execute(insert(metadata.tables["meta"]).values(key="kept", value="since the first version"))
        keys = [{"identity": key, "job_id": f"j{number}"} for number, key in enumerate(KEYS)]
        connection.execute(insert(metadata.tables["identities"]), keys)
    engine.dispose()


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as file:
        return str(file.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_an_older_database_is_upgraded_when_it_is_opened_and_copied_first(kind: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/digest.db" if kind == "sqlite" else database()
    old_database(url)
    store = open_store(url)
    with store.read() as connection:
        assert facts.get(connection, "kept") == "since the first version"
        assert resolve._owners(connection, {*KEYS, 5}) == {key: f"j{number}" for number, key in enumerate(KEYS)}
        assert upgrade._current(connection) == upgrade._known()[-1]
    store.close()
    copies = list(tmp_path.glob("*.before-*"))
    assert len(copies) == (kind == "sqlite")
    for copy in copies:
        assert (version(copy), copy.stat().st_mode & 0o777) == ("0001", 0o600)


def test_processes_that_start_together_upgrade_once(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    old_database(f"sqlite:///{tmp_path}/digest.db")
    command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "status", "--json"]
    started = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    copy = next(tmp_path.glob("*.before-*"))
    assert version(copy) == "0001", "the second copied what the first had upgraded"


def test_where_no_copy_can_be_made_nothing_is_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/digest.db"
    old_database(url)
    (tmp_path / f"digest.db.before-{upgrade._known()[-1]}").mkdir()
    with pytest.raises(StoreError, match=r"backup to .* failed"):
        open_store(url)
    assert version(tmp_path / "digest.db") == "0001"
