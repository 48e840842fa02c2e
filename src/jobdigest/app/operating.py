"""Keeping the house: backups, restoring, forgetting by policy, a week in one go."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jobdigest.deliver.owner import new_owner
from jobdigest.errors import DeliveryError, DigestError
from jobdigest.slots import due_slot
from jobdigest.store import backup, editions, facts, holds, restoring, retention
from jobdigest.store.sources import SourceMemory

if TYPE_CHECKING:
    from jobdigest.app import App

SAVE_SECONDS = 600


def make_backup(app: App, target: Path | None, now: datetime) -> Path:
    """Write a consistent copy of the database; returns where."""
    database = backup.database_file(app.config.database, app.config.root)
    if target is None:
        folder = app.config.path(app.config.backups.folder)
        target = folder / f"digest-{now:%Y%m%dT%H%M%SZ}.db"
    backup.copy_to(database, target)
    with app.store.begin() as connection:
        facts.put(connection, "last_backup", now.isoformat())
    return target


def restore(app: App, source: Path, now: datetime) -> list[str]:
    """Put a backup in place of the database; editions due until now are held, because they may have been sent."""
    database = backup.database_file(app.config.database, app.config.root)
    restoring.check_copy(source)
    kept = restoring.put_back(source, database, now)
    lines = [f"restored {source}"] + ([f"what was there is kept as {kept}"] if kept else [])
    return [*lines, "editions due until now are held: nothing of them is sent until `digest restore --resume`"]


def resume_after_restore(app: App) -> str:
    """The operator says that nothing held was sent; says in words what happened."""
    with app.store.begin() as connection:
        return "goes on; run `digest send`" if holds.release(connection) else "nothing was held"


def prune(app: App, now: datetime) -> str:
    """Forget by policy; says in words what went."""
    limits = app.config.retention
    SourceMemory(app.store, now, app.rules().fingerprint).prune()
    with app.store.begin() as connection:
        counts = retention.prune(
            connection,
            now,
            descriptions=limits.descriptions,
            tombstones=limits.postings,
            ledger=limits.deliveries,
        )
    return " · ".join(f"{count:,} {what}" for what, count in counts.items()) + " forgotten"


def once(app: App, now: datetime, *, save: str | None, archive: Path | None) -> Iterator[str]:
    """A whole week in one run on a machine that will be thrown away: collect, look, send, archive.

    `save` is a shell command that stores the state for the next run; it runs before sending and after. A run that
    dies in between leaves a state in which whatever may have been sent is in doubt, so nobody is mailed twice.
    """
    from jobdigest.app.collecting import collect_all
    from jobdigest.app.links import check_pages
    from jobdigest.app.sending import describe, freeze_due, send_frozen

    yield from _settle_unsaved(app, now)
    yield from collect_all(app, None, now, lambda report: None).summary()
    yield f"{len(check_pages(app, now)):,} pages looked at"
    slot = due_slot(app.config.schedule, now)
    lines = freeze_due(app, now)
    yield from lines
    if slot and _is_open(app, slot.edition):
        with app.store.begin() as connection:
            holds.begin_unsaved(connection, slot.edition)
        _save(save, app.config.root)
        yield from describe(send_frozen(app, slot.edition, now, stop=threading.Event()))
        with app.store.begin() as connection:
            holds.end_unsaved(connection, slot.edition)
    if archive:
        from jobdigest.app.archive import write_archive

        yield f"{write_archive(app, archive):,} pages in {archive}"
    yield from _tell(app, now)
    _save(save, app.config.root)


def _tell(app: App, now: datetime) -> Iterator[str]:
    """Notices to the operator; one that cannot be sent must not cost the state, and its address not stand in a log."""
    from jobdigest.app.notices import tell

    try:
        tell(app, now, new_owner(), threading.Event(), patience=timedelta())
    except DeliveryError:
        yield "a notice to the operator did not leave; `digest status` shows what it was about"


def _settle_unsaved(app: App, now: datetime) -> Iterator[str]:
    with app.store.begin() as connection:
        for edition in editions.previous(connection, 8):
            if count := holds.doubt_unsaved(connection, edition.key, now):
                yield f"{edition.key}: {count:,} deliveries are in doubt: an earlier run never saved its end"


def _is_open(app: App, edition: str) -> bool:
    with app.store.read() as connection:
        found = editions.load(connection, edition)
        return found is not None and found.state in ("frozen", "sending")


def _save(command: str | None, root: Path) -> None:
    """Store the state away; raises DigestError where that fails, so that nothing is sent on an unsaved state."""
    if command is None:
        return
    try:
        done = subprocess.run(command, shell=True, cwd=root, timeout=SAVE_SECONDS, capture_output=True, text=True)  # noqa: S602 - the operator's own command
    except subprocess.TimeoutExpired:
        raise DigestError(f"--save: {command!r} was not done after {SAVE_SECONDS // 60} minutes") from None
    if done.returncode:
        raise DigestError(f"--save: {command!r} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
