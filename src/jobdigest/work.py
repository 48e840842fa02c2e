"""The bodies of all work, in the order of a week; run in-process by `digest run`, or in shards by `digest worker`.

Each says only "work on this source / this edition"; what is left to do is read from the store, so doing it twice or
dying in the middle loses and doubles nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from jobdigest import logs
from jobdigest.app.notices import tell
from jobdigest.app.upkeep import backup_due, begin, prune_due
from jobdigest.deliver.clock import Clock
from jobdigest.errors import DigestError
from jobdigest.slots import due_slot, latest_slot, slots_from
from jobdigest.store import editions, facts, runs

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.collect.sources.base import SourceReport

LOOKS_BEFORE = (timedelta(hours=9), timedelta(hours=2))  # two looks ≥ 6 h apart confirm what is closed
SAID_AGAIN = 3600.0  # seconds after which the same failure is worth another line
HALTED = ("paused", "stopped")
log = logging.getLogger("jobdigest")

Duty = Callable[["App", datetime, str, threading.Event], "bool | None"]
"""Something that recurs: the application, the time, who asks (`deliver.owner`), and the wish to stop.

False says that it is only begun and goes on elsewhere.
"""


class Look(NamedTuple):
    """A link check: its run key, the slot of the edition it is for, and when it was to begin."""

    key: str
    due: datetime
    since: datetime


class Shard(NamedTuple):
    """The part of some work that one process does: what names a host or a source falls into `number` of `among`."""

    number: int = 0
    among: int = 1

    def holds(self, name: str) -> bool:
        """Whether something falls into this part."""
        return number_of(name, self.among) == self.number


def number_of(name: str, among: int) -> int:
    """The shard of `among` that something falls into; the same in every process and for ever."""
    return crc32(name.encode()) % among


ALL = Shard()


def collect_due(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Poll the sources whose turn it is."""
    from jobdigest.app.collecting import collect_all

    began = time.monotonic()
    with logs.run(f"collect:{now:%Y%m%dT%H%MZ}"):
        outcome = collect_all(app, None, now, lambda report: None, only_due=True, stop=stop)
        note_polls(app, outcome.reports, now, began)


def collect_shard(app: App, kind: str, shard: Shard, now: datetime, stop: threading.Event) -> None:
    """Poll the sources of a kind whose turn it is, as far as they fall into a shard."""
    from jobdigest.app.collecting import poll

    began = time.monotonic()
    sources = [source for source in app.chosen_sources(None) if source.kind == kind and shard.holds(source.name)]
    with logs.run(f"collect:{kind}:{now:%Y%m%dT%H%MZ}"):
        note_polls(app, poll(app, sources, now, only_due=True, stop=stop, sharers=shard.among), now, began)


def note_polls(app: App, reports: Sequence[SourceReport], now: datetime, began: float) -> None:
    """Log what sources gave, and remember how long all of them took."""
    polled = [report for report in reports if report.state != "skipped"]
    if polled:
        for report in polled:
            about = {"source": report.source}
            if report.state == "failed":
                log.warning("source %s failed: %s; nothing closed", report.source, report.error, extra=about)
            else:
                seen = (report.source, report.state, report.seen, report.new)
                log.info("source %s: %s, %d seen, %d new", *seen, extra=about)
        values = {"at": now.isoformat(), "seconds": round(time.monotonic() - began, 3), "polled": len(polled)}
        with app.store.begin() as connection:
            facts.put(connection, "last_collect", values)


def looks_due(app: App, now: datetime) -> Iterator[Look]:
    """The link checks whose time has come before the next edition."""
    slot = next(slots_from(app.config.schedule, now))
    for before in LOOKS_BEFORE:
        if now >= slot.at - before:
            yield Look(f"links:{slot.edition}:{before // timedelta(hours=1)}h", slot.at, slot.at - before)


def check_links(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Look at the pages of open postings, twice before each edition; one that was interrupted goes on."""
    for look in looks_due(app, now):
        if not stop.is_set():
            take_look(app, look, ALL, now, owner, stop)


def take_look(app: App, look: Look, shard: Shard, now: datetime, owner: str, stop: threading.Event) -> None:
    """One link check, or the hosts of it that fall into a shard, under a run key of its own."""
    from jobdigest.app.links import check_pages

    key = shard_key(look, shard)
    if not begin(app, key, look.due, owner, now):
        return
    clock = Clock(now)

    def renew() -> None:
        with app.store.begin() as connection:
            runs.renew(connection, key, owner, clock.calendar())

    with logs.run(key):
        looks = check_pages(app, now, since=look.since, stop=stop, progress=renew, mine=shard.holds)
        log.info("%d pages looked at%s", len(looks), "; interrupted" if stop.is_set() else "")
    if not stop.is_set():
        with app.store.begin() as connection:
            runs.finish(connection, key, f"{len(looks)} looked at", clock.calendar())


def shard_key(look: Look, shard: Shard) -> str:
    """The run key of a shard of a link check."""
    return look.key if shard == ALL else f"{look.key}:{shard.number}of{shard.among}"


def send_here(app: App, edition: str, now: datetime, stop: threading.Event) -> None:
    """Send what is left of a frozen edition in this process."""
    from jobdigest.app.sending import describe, send_frozen

    for line in describe(send_frozen(app, edition, now, stop=stop)):
        log.info("%s", line)


def send_share(app: App, edition: str, now: datetime, stop: threading.Event) -> None:
    """Send what is left of a frozen edition, next to other processes that do the same."""
    from jobdigest.app.sending import describe, send_frozen

    with app.store.read() as connection:
        found = editions.load(connection, edition)
    if found and found.state in ("frozen", "sending"):
        with logs.run(f"edition:{edition}"):
            for line in describe(send_frozen(app, edition, now, stop=stop, alongside=True)):
                log.info("%s", line)


def send_edition(
    app: App, now: datetime, owner: str, stop: threading.Event, send: Callable[..., None] = send_here
) -> None:
    """Send the edition that is due, once: the run key says who freezes it, the ledger what is left."""
    from jobdigest.app.sending import freeze_due, is_over

    slot = due_slot(app.config.schedule, now)
    if slot is None:
        report_missed(app, now, owner)
        send_owed(app, now, stop, send)
        return
    key = f"edition:{slot.edition}"
    with app.store.read() as connection:
        edition = editions.load(connection, slot.edition)
    if edition and edition.state in HALTED:
        return
    if not begin(app, key, slot.at, owner, now):
        send_owed(app, now, stop, send)
        return
    with logs.run(key):
        for line in freeze_due(app, now):
            log.info("%s", line)
        if not is_over(app, slot.edition):
            send(app, slot.edition, now, stop)
    with app.store.begin() as connection:
        edition = editions.load(connection, slot.edition)
        if edition and edition.state in ("sent", "cancelled"):
            runs.finish(connection, key, edition.state, now)


def send_owed(app: App, now: datetime, stop: threading.Event, send: Callable[..., None]) -> None:
    """Send what is left of an edition that was done: readers who joined since get their copy at once, or here."""
    with app.store.read() as connection:
        newest = next(iter(editions.previous(connection, 1)), None)
        if newest is None or newest.state != "sending" or not runs.outcome_of(connection, f"edition:{newest.key}"):
            return
    send(app, newest.key, now, stop)


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
    "notices": tell,
    "watch": watch,
}
_said: dict[str, tuple[str, float]] = {}


def attempt(name: str, duty: Callable[[], bool | None]) -> bool | None:
    """Do some work; what fails is logged, once an hour while it stays the same, and tried again at the next tick."""
    try:
        done = duty()
        _said.pop(name, None)
        return done
    except DigestError as error:
        text, at = _said.get(name, ("", 0.0))
        if str(error) != text or time.monotonic() - at > SAID_AGAIN:
            _said[name] = (str(error), time.monotonic())
            log.error("%s: %s; tried again every minute", name, error)
    except Exception:
        log.exception("%s: unexpected failure; tried again in a minute", name)
    return None
