"""Move a newsletter from SQLite to PostgreSQL, for more than one machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from jobdigest.deliver.owner import alive
from jobdigest.errors import UsageError
from jobdigest.store import backup, moving, open_store

if TYPE_CHECKING:
    from jobdigest.app import App


def migrate(app: App, url: str, now: datetime, say: Callable[[str], None]) -> None:
    """Copy everything into an empty PostgreSQL database; the old one stays as it is, and sends nothing any more.

    What is interrupted leaves the new database empty and can be repeated. Raises UsageError or StoreError with what
    stands in the way.
    """
    file = backup.database_file(app.config.database, app.config.root)
    new = open_store(url)
    try:
        if new.is_sqlite:
            raise UsageError("migrate-to moves to PostgreSQL; name it like postgresql://digest@host/digest")
        moving.refuse_unless_empty(new)
        moving.retire(app.store, new.address, alive, now)
        counts = moving.copy_all(app.store, new, lambda table, rows: say(f"{table} · {rows:,} rows"))
    finally:
        new.close()
    say(f"{sum(counts.values()):,} rows moved to {new.address}; counted there, and the ledger is whole")
    say(f"{file} stays as it is and sends nothing any more")
