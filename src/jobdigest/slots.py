"""Weekly slots as pure calendar arithmetic: which edition is due when, in any time zone, across every DST change.

A slot is a weekday and a wall-clock time in the newsletter's zone; the edition's key is the ISO week of that local date
(`2026-W48`, 2026 has a W53). In a gap of the clock the slot is the first instant after it, of a doubled hour the
earlier one. So every ISO week has exactly one slot, unless the operator skips it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jobdigest.config import WEEKDAYS, Schedule

EARLIEST_ZONE = timezone(timedelta(hours=14))  # where every day on Earth begins
ROUND_THE_WORLD = timedelta(hours=26)  # and how much later it begins where it begins last
WEEK = timedelta(weeks=1)


class Slot(NamedTuple):
    """When an edition goes out; `at` is UTC, `local` the same instant on the newsletter's wall clock."""

    edition: str
    at: datetime
    local: datetime


def key_of(day: date) -> str:
    """The edition key of a local date: its ISO week."""
    return f"{day:%G-W%V}"


def monday_of(key: str) -> date:
    """The first day of an edition's week."""
    return date.fromisocalendar(int(key[:4]), int(key[6:]), 1)


def weeks_between(earlier: str, later: str) -> int:
    """How many weekly editions `later` comes after `earlier`."""
    return (monday_of(later) - monday_of(earlier)) // WEEK


def slot_of(key: str, schedule: Schedule, zone: tzinfo | None = None) -> Slot | None:
    """The slot of one edition, on the wall clock of `zone` instead of the newsletter's if given; None where skipped."""
    if key in schedule.skip:
        return None
    day_name, _, clock = schedule.move.get(key, schedule.send).partition(" ")
    day = monday_of(key) + timedelta(days=WEEKDAYS.index(day_name))
    wall = datetime.combine(day, time.fromisoformat(clock.strip().zfill(5)))
    home = ZoneInfo(schedule.timezone)
    if zone is None:
        zone = EARLIEST_ZONE if schedule.send_at == "local" else home
    at = instant_of(wall, zone)
    return Slot(key, at, at.astimezone(home))


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """A wall-clock time as a UTC instant: after a gap, the earlier of two."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(second, first, zone) if second < first else first


def _end_of_gap(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The instant in (low, high] at which the zone's offset changes, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high


def slots_from(schedule: Schedule, start: datetime) -> Iterator[Slot]:
    """The slots at or after `start`, in order, without end."""
    day = start.astimezone(UTC).date() - 2 * WEEK
    while True:
        slot = slot_of(key_of(day), schedule)
        if slot and slot.at >= start:
            yield slot
        day += WEEK


def latest_slot(schedule: Schedule, now: datetime) -> Slot | None:
    """The last slot at or before `now` within the last few weeks."""
    days = (now.astimezone(UTC).date() + WEEK - index * WEEK for index in range(8))
    found = (slot_of(key_of(day), schedule) for day in days)
    return next((slot for slot in found if slot and slot.at <= now), None)  # weeks have their slots in order


def due_slot(schedule: Schedule, now: datetime) -> Slot | None:
    """The slot whose edition may go out at `now`: the latest one, no more than `late_within` ago.

    With `send_at: local` the last readers' slots count; whose own is over by then is left out by the ledger.
    """
    slot = latest_slot(schedule, now)
    late = schedule.late_within + (ROUND_THE_WORLD if schedule.send_at == "local" else timedelta())
    return slot if slot and now <= slot.at + late else None


def local_slot(key: str, schedule: Schedule, reader_zone: str | None) -> datetime:
    """When one reader's mail is due (`send_at: local`), on the reader's own wall clock."""
    zone = ZoneInfo(reader_zone) if reader_zone else ZoneInfo(schedule.timezone)
    slot = slot_of(key, schedule, zone)
    if slot is None:
        raise ValueError(f"{key} is skipped by config")
    return slot.at
