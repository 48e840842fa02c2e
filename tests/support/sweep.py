"""A clock that ticks through six years: which editions fire, in any zone, for any weekly slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import dropwhile, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

from jobdigest.config import WEEKDAYS, Schedule
from jobdigest.slots import Slot, due_slot, monday_of, slots_from

FIRST, LAST = "2025-W01", "2030-W52"
WEEKS = [
    f"{day:%G-W%V}" for day in (monday_of(FIRST) + timedelta(weeks=n) for n in range(320)) if day <= monday_of(LAST)
]
HALF_HOURS = [f"{day} {hour:02}:{minute:02}" for day in WEEKDAYS for hour in range(24) for minute in (0, 30)]
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)


def changing_zones() -> list[str]:
    """Every zone of tzdata whose clocks change in these years."""
    days = [datetime(2024, 12, 30, tzinfo=UTC) + timedelta(days=n) for n in range(2200)]
    zones = ((name, ZoneInfo(name)) for name in sorted(available_timezones()))
    return [name for name, zone in zones if len({day.astimezone(zone).utcoffset() for day in days}) > 1]


def sweep(zone: str, sends: Iterable[str]) -> Counter[str]:
    """Let every slot fire through all the weeks; how many did. Fails where a week has no slot or more than one."""
    counts = Counter[str]()
    for send in sends:
        plan = Schedule(timezone=zone, send=send)
        found = slots_from(plan, datetime(2024, 12, 20, tzinfo=UTC))
        slots = list(takewhile(lambda s: s.edition <= LAST, dropwhile(lambda s: s.edition < FIRST, found)))
        assert [slot.edition for slot in slots] == WEEKS, (zone, send)
        check_wall_clock(slots, send, ZoneInfo(zone))
        near = near_changes(slots)
        assert fire(plan, near) == [slot.edition for slot in near], (zone, send)
        counts += Counter(slots=len(slots), ticked=len(near), schedules=1)
    return counts


def check_wall_clock(slots: Sequence[Slot], send: str, zone: ZoneInfo) -> None:
    """A slot is what the wall clock says for the first time, or the end of the gap that swallowed it."""
    day, clock = send.split()
    for slot in slots:
        assert slot.local.fold == 0, slot
        if (WEEKDAYS[slot.local.weekday()], f"{slot.local:%H:%M}", slot.local.second) != (day, clock, 0):
            before = (slot.at - timedelta(seconds=1)).astimezone(zone)
            assert wall(before) < asked(slot.edition, send) < wall(slot.local), slot
    assert all(later.at - slot.at >= WEEK - DAY for slot, later in pairwise(slots))


def asked(edition: str, send: str) -> datetime:
    """What the operator wrote, as a naive time of that week."""
    day, clock = send.split()
    date = monday_of(edition) + timedelta(days=WEEKDAYS.index(day))
    return datetime.fromisoformat(f"{date}T{clock}")


def wall(moment: datetime) -> datetime:
    """What a clock on the wall shows."""
    return moment.replace(tzinfo=None)


def near_changes(slots: Sequence[Slot]) -> list[Slot]:
    """The slots of weeks in which the clocks were changed, those beside them, and every week 53."""
    changed = {slot for pair in pairwise(slots) if pair[1].at - pair[0].at != WEEK for slot in pair}
    return [slot for slot in slots if slot in changed or slot.edition.endswith("W53")]


def fire(plan: Schedule, slots: Iterable[Slot]) -> list[str]:
    """What a scheduler that remembers its run keys fires, at ticks around these slots, the clock once set back."""
    fired: list[str] = []
    for slot in slots:
        at = slot.at
        for now in (at - MINUTE, at, at - 2 * timedelta(hours=1), at + timedelta(hours=1), at + DAY + MINUTE):
            due = due_slot(plan, now)
            if due and due.edition not in fired:
                assert now == due.at, (now, due)
                fired.append(due.edition)
    return fired
