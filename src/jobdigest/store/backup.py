"""Copies of the database: online and consistent for SQLite; PostgreSQL has tools of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from jobdigest.errors import StoreError, UsageError

DATED = "digest-????????T??????Z"
ROOM = 1.05  # times the database's size


def database_file(url: str, root: Path) -> Path:
    """The file of a SQLite database; raises UsageError for any other."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise UsageError("this copies SQLite files; for PostgreSQL use pg_dump and pg_restore")
    return (root / parsed.database).resolve()


def copy_to(database: Path, target: Path) -> None:
    """A consistent copy while others read and write; `target` appears whole or not at all."""
    if not database.is_file():
        raise StoreError(f"{database}: no such database; `digest collect` makes one")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        _check_room(database, target)
        unfinished.touch(0o600)  # readers' addresses are in it
        with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        os.replace(unfinished, target)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(f"backup to {target} failed: {error}") from error


def _check_room(database: Path, target: Path) -> None:
    """Raise StoreError where the copy would fill the disk."""
    needed, free = database.stat().st_size, shutil.disk_usage(target.parent).free
    if free < needed * ROOM:
        raise StoreError(
            f"backup to {target}: {needed / 1e6:,.1f} MB are needed and {free / 1e6:,.1f} MB are free; "
            "make room there, or name another folder under backups in config.yaml"
        )


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` dated copies in `folder`, and what earlier copies left unfinished."""
    copies = sorted(folder.glob(f"{DATED}.db"))
    old = [*copies[: max(0, len(copies) - keep)], *folder.glob(f"{DATED}.db.part")]
    for path in old:
        path.unlink(missing_ok=True)
    return old
