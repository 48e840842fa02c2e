"""The migrations build exactly the schema, on both databases; a newer database is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from jobdigest.errors import StoreError
from jobdigest.store import open_store, upgrade
from jobdigest.store.schema import metadata
from support.postgres import database

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
    assert upgrade._newest() == upgrade._script().get_current_head()
