"""The bodies of all work, in the order of a week; run in-process by `digest run`.

Each says only "work on this source / this edition"; what is left to do is read from the store, so doing it twice or
dying in the middle loses and doubles nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jobdigest.errors import DigestError
from jobdigest.slots import Slot, due_slot, latest_slot, slots_from
from jobdigest.store import editions, runs

if TYPE_CHECKING:
    from jobdigest.app import App

LOOKS_BEFORE = (timedelta(hours=9), timedelta(hours=2))  # two looks ≥ 6 h apart confirm what is closed
log = logging.getLogger("jobdigest")


def collect_due(app: App, now: datetime) -> None:
    """Poll the sources whose turn it is."""
    from jobdigest.app.collecting import collect_all

    outcome = collect_all(app, None, now, lambda report: None, only_due=True)
    for report in outcome.reports:
        if report.state == "failed":
            log.warning("source %s failed: %s; nothing closed", report.source, report.error)
        elif report.state != "skipped":
            log.info("source %s: %s, %d seen, %d new", report.source, report.state, report.seen, report.new)


def looks_due(app: App, now: datetime) -> Iterator[tuple[str, Slot]]:
    """The link checks whose time has come before the next edition, as run keys."""
    slot = next(slots_from(app.config.schedule, now))
    for before in LOOKS_BEFORE:
        if now >= slot.at - before:
            yield f"links:{slot.edition}:{before // timedelta(hours=1)}h", slot


def check_links(app: App, now: datetime, owner: str) -> None:
    """Look at the pages of open postings, twice before each edition."""
    from jobdigest.app.links import check_pages

    for key, slot in looks_due(app, now):
        with app.store.begin() as connection:
            mine = runs.begin(connection, key, slot.at, owner, now)
        if mine:
            looks = check_pages(app, now)
            with app.store.begin() as connection:
                runs.finish(connection, key, f"{len(looks)} looked at", now)
            log.info("links: %d looked at for %s", len(looks), slot.edition)


def send_edition(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Send the edition that is due, once: the run key says who freezes it, the ledger what is left."""
    from jobdigest.app.sending import send_due

    slot = due_slot(app.config.schedule, now)
    if slot is None:
        report_missed(app, now)
        return
    key = f"edition:{slot.edition}"
    with app.store.read() as connection:
        if runs.outcome_of(connection, key):
            return
    with app.store.begin() as connection:
        runs.begin(connection, key, slot.at, owner, now)
    sent = send_due(app, now, stop=stop)
    for line in sent.lines:
        log.info("%s", line)
    with app.store.begin() as connection:
        edition = editions.load(connection, slot.edition)
        if edition and edition.state in ("sent", "cancelled"):
            runs.finish(connection, key, edition.state, now)


def report_missed(app: App, now: datetime) -> None:
    """Say once that a slot was missed for good: stale news is not sent."""
    slot = latest_slot(app.config.schedule, now)
    if slot is None:
        return
    key = f"edition:{slot.edition}"
    with app.store.begin() as connection:
        if editions.load(connection, slot.edition) or not editions.previous(connection, 1):
            return
        if runs.begin(connection, key, slot.at, "nobody", now):
            runs.finish(connection, key, "missed", now)
            log.error("%s was due %s and is too late to send (schedule.late_within)", slot.edition, slot.at)


def tick(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """One look at the clock: do what is due; what fails is logged and tried again at the next tick."""
    steps: tuple[Callable[[], None], ...] = (
        lambda: send_edition(app, now, owner, stop),
        lambda: collect_due(app, now),
        lambda: check_links(app, now, owner),
    )
    for step in steps:
        if stop.is_set():
            return
        try:
            step()
        except DigestError as error:
            log.error("%s", error)
        except Exception:
            log.exception("unexpected failure; tried again in a minute")
