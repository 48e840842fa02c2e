"""Open the database: SQLite (WAL) or PostgreSQL, upgraded to this program's schema."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from jobdigest.errors import StoreError
from jobdigest.store.upgrade import upgrade

BUSY_SECONDS = 30
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=8000",  # pages (32 MB): several batches change the same pages, which go to the file once
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


class Store:
    """An open database; `begin()` is a write transaction, `read()` a snapshot that writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self.is_sqlite = engine.dialect.name == "sqlite"

    @property
    def address(self) -> str:
        """Where it is, without a password."""
        return self.engine.url.set(drivername=self.engine.dialect.name).render_as_string()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is committed at the end of the block and rolled back by an exception."""
        with self._explained(), self._writing.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for reading."""
        with self._explained(), self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise StoreError(f"database {self.address}: {error.orig}") from error
        except PoolTimeoutError:
            raise StoreError(f"database {self.address}: every connection is in use") from None

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(url: str, root: Path = Path()) -> Store:
    """The store at `url`, created or upgraded as needed; relative SQLite paths are relative to `root`.

    Raises StoreError where the database cannot be opened or was written by a newer version.
    """
    store = Store(connect(url, root))
    try:
        upgrade(store.engine)
    except DBAPIError as error:
        raise StoreError(f"database {store.address}: {error.orig}") from error
    return store


def connect(url: str, root: Path = Path()) -> Engine:
    """An engine for `url` without touching the schema."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(f"database: {url!r} is not a database address; write sqlite:///digest.db") from None
    if parsed.drivername in ("postgresql", "postgres"):
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    if parsed.drivername != "sqlite":
        raise StoreError(f"database: {parsed.drivername} is not supported; use sqlite:///… or postgresql://…")
    if parsed.database and parsed.database != ":memory:":
        parsed = parsed.set(database=str((root / parsed.database).resolve()))
        _for_owner_only(Path(str(parsed.database)))
    engine = create_engine(
        parsed, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _for_owner_only(path: Path) -> None:
    """Readers' addresses stand in it: a new file is its owner's alone (SQLite gives its side files the same mode)."""
    with suppress(OSError):  # a folder that is missing or closed is reported by whoever opens the file
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
