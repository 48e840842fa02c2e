"""What `digest run` does by itself besides the newsletter: a backup every day, forgetting every week."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jobdigest import logs
from jobdigest.app.operating import make_backup, prune
from jobdigest.deliver.owner import alive
from jobdigest.errors import StoreError
from jobdigest.slots import key_of, slots_from
from jobdigest.store import backup, editions, facts, runs

if TYPE_CHECKING:
    from jobdigest.app import App

QUIET_BEFORE_SLOT = timedelta(hours=3)  # forgetting is one long transaction
log = logging.getLogger("jobdigest")


def begin(app: App, key: str, due: datetime, owner: str, now: datetime) -> bool:
    """Whether the work of `key` is ours to do now."""
    with app.store.read() as connection:
        if runs.outcome_of(connection, key):
            return False
    with app.store.begin() as connection:
        return runs.begin(connection, key, due, owner, now, alive)


def backup_due(app: App, now: datetime, owner: str) -> None:
    """One copy a day; where that fails, another attempt every hour, and raises StoreError each time."""
    keep = app.config.backups.keep
    if not keep or not app.store.is_sqlite:
        return
    with app.store.read() as connection:
        last = facts.get(connection, "last_backup")
    key = f"backup:{now:%Y-%m-%dT%H}"
    if (last and datetime.fromisoformat(last).date() == now.date()) or not begin(app, key, now, owner, now):
        return
    with logs.run(key):
        try:
            path = make_backup(app, None, now)
        except StoreError as error:
            _note(app, key, "failed", now, str(error))
            raise
        gone = backup.rotate(path.parent, keep)
        _note(app, key, "done", now, None)
        log.info("backup %s%s", path, f"; {len(gone)} old ones removed" if gone else "")


def _note(app: App, key: str, outcome: str, now: datetime, failure: str | None) -> None:
    with app.store.begin() as connection:
        runs.finish(connection, key, outcome, now)
        facts.put(connection, "backup_failed", failure)


def prune_due(app: App, now: datetime, owner: str) -> None:
    """Forget by policy once a week, at a time when nobody waits for the database."""
    key = f"prune:{key_of(now.date())}"
    if next(slots_from(app.config.schedule, now)).at - now < QUIET_BEFORE_SLOT:
        return
    with app.store.read() as connection:
        if any(edition.state in ("frozen", "sending") for edition in editions.previous(connection, 1)):
            return
    if begin(app, key, now, owner, now):
        with logs.run(key):
            said = prune(app, now)
            log.info("%s", said)
        with app.store.begin() as connection:
            runs.finish(connection, key, said, now)
