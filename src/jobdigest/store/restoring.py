"""Put a backup in place of the database: whole and held, or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from jobdigest.errors import UsageError
from jobdigest.store import holds
from jobdigest.store.engine import Store, connect
from jobdigest.store.upgrade import refuse_newer


def check_copy(backup: Path) -> None:
    """Raise UsageError unless `backup` is a whole database of this program, StoreError for one of a newer version."""
    if not backup.is_file():
        raise UsageError(f"{backup}: no such file")
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise UsageError(f"{backup}: is damaged; take another backup")
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"{backup}: is not a backup of jobdigest: {error}") from None
    if version:
        refuse_newer(version[0])


def put_back(backup: Path, database: Path, now: datetime) -> Path | None:
    """Replace the database by a checked backup in which whatever was due until `now` is held.

    What was there is kept beside it, and its path returned. Raises UsageError while another process uses the database.
    """
    kept = _set_aside(database) if database.exists() else None
    unfinished = database.with_name(f"{database.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600)
    shutil.copyfile(backup, unfinished)
    copy = Store(connect(f"sqlite:///{unfinished}"))
    with copy.begin() as connection:
        holds.hold_after_restore(connection, now)
    copy.close()
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    os.replace(unfinished, database)
    return kept


def _set_aside(database: Path) -> Path:
    try:
        with closing(sqlite3.connect(database, timeout=1)) as current:
            current.execute("PRAGMA journal_mode=DELETE")  # needs the file for itself, and brings everything into it
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise UsageError(f"{database}: is in use; stop `digest run` and `digest web` first") from None
        # else it is damaged, which is why a backup is put back
    kept = database.with_name(f"{database.name}.before-restore")
    kept.touch(0o600)
    shutil.copyfile(database, kept)
    return kept
