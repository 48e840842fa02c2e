"""The bodies of all work, in the order of a week; run in-process by `digest run`.

Each says only "work on this source / this edition"; what is left to do is read from the store, so doing it twice or
dying in the middle loses and doubles nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from jobdigest import logs
from jobdigest.app.upkeep import backup_due, begin, prune_due
from jobdigest.deliver.clock import Clock
from jobdigest.errors import DigestError
from jobdigest.slots import Slot, due_slot, latest_slot, slots_from
from jobdigest.store import editions, facts, runs

if TYPE_CHECKING:
    from jobdigest.app import App

LOOKS_BEFORE = (timedelta(hours=9), timedelta(hours=2))  # two looks ≥ 6 h apart confirm what is closed
SAID_AGAIN = 3600.0  # seconds after which the same failure is worth another line
HALTED = ("paused", "stopped")
log = logging.getLogger("jobdigest")

Duty = Callable[["App", datetime, str, threading.Event], None]
"""Something that recurs: the application, the time, who asks (`deliver.owner`), and the wish to stop."""


class Look(NamedTuple):
    """A link check: its run key, the edition's slot it is for, and when it was to begin."""

    key: str
    slot: Slot
    since: datetime


def collect_due(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Poll the sources whose turn it is."""
    from jobdigest.app.collecting import collect_all

    began = time.monotonic()
    with logs.run(f"collect:{now:%Y%m%dT%H%MZ}"):
        outcome = collect_all(app, None, now, lambda report: None, only_due=True, stop=stop)
        polled = [report for report in outcome.reports if report.state != "skipped"]
        for report in polled:
            about = {"source": report.source}
            if report.state == "failed":
                log.warning("source %s failed: %s; nothing closed", report.source, report.error, extra=about)
            else:
                seen = (report.source, report.state, report.seen, report.new)
                log.info("source %s: %s, %d seen, %d new", *seen, extra=about)
    if polled:
        values = {"at": now.isoformat(), "seconds": round(time.monotonic() - began, 3), "polled": len(polled)}
        with app.store.begin() as connection:
            facts.put(connection, "last_collect", values)


def looks_due(app: App, now: datetime) -> Iterator[Look]:
    """The link checks whose time has come before the next edition."""
    slot = next(slots_from(app.config.schedule, now))
    for before in LOOKS_BEFORE:
        if now >= slot.at - before:
            yield Look(f"links:{slot.edition}:{before // timedelta(hours=1)}h", slot, slot.at - before)


def check_links(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Look at the pages of open postings, twice before each edition; one that was interrupted goes on."""
    from jobdigest.app.links import check_pages

    for key, slot, since in looks_due(app, now):
        if stop.is_set() or not begin(app, key, slot.at, owner, now):
            continue
        clock = Clock(now)

        def renew(key: str = key, clock: Clock = clock) -> None:
            with app.store.begin() as connection:
                runs.renew(connection, key, owner, clock.calendar())

        with logs.run(key):
            looks = check_pages(app, now, since=since, stop=stop, progress=renew)
            log.info("%d pages looked at for %s%s", len(looks), slot.edition, "; interrupted" if stop.is_set() else "")
        if not stop.is_set():
            with app.store.begin() as connection:
                runs.finish(connection, key, f"{len(looks)} looked at", clock.calendar())


def send_edition(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Send the edition that is due, once: the run key says who freezes it, the ledger what is left."""
    from jobdigest.app.sending import send_due

    slot = due_slot(app.config.schedule, now)
    if slot is None:
        report_missed(app, now, owner)
        return
    key = f"edition:{slot.edition}"
    with app.store.read() as connection:
        edition = editions.load(connection, slot.edition)
    if (edition and edition.state in HALTED) or not begin(app, key, slot.at, owner, now):
        return
    with logs.run(key):
        for line in send_due(app, now, stop=stop).lines:
            log.info("%s", line)
    with app.store.begin() as connection:
        edition = editions.load(connection, slot.edition)
        if edition and edition.state in ("sent", "cancelled"):
            runs.finish(connection, key, edition.state, now)


def report_missed(app: App, now: datetime, owner: str) -> None:
    """Say once that a slot was missed for good: stale news is not sent.

    Under a key of its own: a clock that was ahead for a while must not cost the edition its slot.
    """
    slot = latest_slot(app.config.schedule, now)
    if slot is None:
        return
    with app.store.read() as connection:
        if editions.load(connection, slot.edition) or not editions.previous(connection, 1):
            return
    key = f"missed:{slot.edition}"
    if begin(app, key, slot.at, owner, now):
        with app.store.begin() as connection:
            runs.finish(connection, key, "missed", now)
        log.error("%s was due %s and is too late to send (schedule.late_within)", slot.edition, slot.at)


def keep_house(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """The daily backup and the weekly forgetting."""
    backup_due(app, now, owner)
    if not stop.is_set():
        prune_due(app, now, owner)


def watch(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Leave a sign of life."""
    with app.store.begin() as connection:
        facts.put(connection, "last_tick", now.isoformat())


DUTIES: Mapping[str, Duty] = {
    "edition": send_edition,
    "collect": collect_due,
    "links": check_links,
    "upkeep": keep_house,
    "watch": watch,
}
_said: dict[str, tuple[str, float]] = {}


def attempt(name: str, app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Do one duty; what fails is logged, once an hour while it stays the same, and tried again at the next tick."""
    try:
        DUTIES[name](app, now, owner, stop)
        _said.pop(name, None)
    except DigestError as error:
        text, at = _said.get(name, ("", 0.0))
        if str(error) != text or time.monotonic() - at > SAID_AGAIN:
            _said[name] = (str(error), time.monotonic())
            log.error("%s: %s; tried again every minute", name, error)
    except Exception:
        log.exception("%s: unexpected failure; tried again in a minute", name)
