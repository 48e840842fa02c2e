"""Bring a database to this program's schema with Alembic, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from jobdigest.errors import StoreError
from jobdigest.store.backup import copy_to

_LOCK = 0x6A6F6264  # pg_advisory_xact_lock: two processes that start together upgrade once


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, after copying a SQLite file; raises StoreError if it is newer than we."""
    script = _script()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = script.get_current_head()
    if current == head:
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreError(
            f"the database has schema {current}, which this version does not know; install the newer jobdigest again"
        )
    if current is not None and engine.dialect.name == "sqlite":
        database = Path(str(engine.url.database))
        copy_to(database, database.with_name(f"{database.name}.before-{head}"))
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").connect() as connection, connection.begin():
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        _run(connection, script)


def _run(connection: Connection, script: ScriptDirectory) -> None:
    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(AlembicConfig(), script, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))
