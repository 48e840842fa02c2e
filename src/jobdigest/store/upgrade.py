"""Bring a database to this program's schema with Alembic, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

from jobdigest.errors import StoreError
from jobdigest.store.backup import copy_to

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6A6F6264  # pg_advisory_xact_lock: two processes that start together upgrade once


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, after copying a SQLite file; raises StoreError if it is newer than we."""
    head = _known()[-1]
    with engine.connect() as connection:
        current = _current(connection)
    if current == head:  # nearly always: Alembic takes longer to import than most commands take
        return
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").connect() as connection, connection.begin():
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        current = _current(connection)  # again: another process may have been quicker
        if current != head:
            refuse_newer(current)
            if current and connection.dialect.name == "sqlite":
                database = Path(str(engine.url.database))
                copy_to(database, database.with_name(f"{database.name}.before-{head}"))
            _run(connection, _script())


def refuse_newer(version: str | None) -> None:
    """Raise StoreError for a schema that this program does not know."""
    if version is not None and version not in _known():
        raise StoreError(
            f"the database has schema {version}, which this version does not know; install the newer jobdigest again"
        )


def _known() -> list[str]:
    """Our revisions, the newest last: their files are numbered."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _current(connection: Connection) -> str | None:
    """The revision that the database has, None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found else None


def _run(connection: Connection, script: ScriptDirectory) -> None:
    from alembic.config import Config as AlembicConfig
    from alembic.runtime.environment import EnvironmentContext

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(AlembicConfig(), script, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()


def _script() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_MIGRATIONS))
