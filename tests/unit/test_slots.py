"""Every ISO week has one slot, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from jobdigest.config import Schedule
from jobdigest.slots import due_slot, instant_of, latest_slot, local_slot, slots_from


def schedule(**values: object) -> Schedule:
    return Schedule.model_validate(values)


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2026-03-08T02:30", "US/Pacific", "2026-03-08T10:00"),  # the gap 02:00–03:00 ends at 10:00 UTC
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),  # the hour comes twice: the earlier
        ("2026-11-24T09:00", "Europe/London", "2026-11-24T09:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),  # a gap of half an hour
    ],
)
def test_wall_clock_becomes_one_instant(wall: str, zone: str, expected: str) -> None:
    assert instant_of(datetime.fromisoformat(wall), ZoneInfo(zone)) == datetime.fromisoformat(expected).replace(
        tzinfo=UTC
    )


def test_2026_has_a_week_53() -> None:
    start = datetime(2026, 12, 14, tzinfo=UTC)
    keys = [slot.edition for slot in islice(slots_from(schedule(send="tue 09:00"), start), 4)]
    assert keys == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]


def test_a_skipped_week_has_no_slot_and_a_moved_one_has_another() -> None:
    plan = schedule(send="tue 09:00", skip=("2026-W52",), move={"2026-W53": " Thu 10:00"})
    slots = list(islice(slots_from(plan, datetime(2026, 12, 14, tzinfo=UTC)), 3))
    assert [slot.edition for slot in slots] == ["2026-W51", "2026-W53", "2027-W01"]
    assert slots[1].at == datetime(2026, 12, 31, 10, tzinfo=UTC)


def test_due_until_late_within_has_passed() -> None:
    plan = schedule(timezone="Europe/London", send="tue 09:00", late_within="24h")
    slot = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert due_slot(plan, slot - timedelta(seconds=1)) is None
    assert due_slot(plan, slot).edition == "2026-W48"  # type: ignore[union-attr]
    assert due_slot(plan, slot + timedelta(hours=24)).edition == "2026-W48"  # type: ignore[union-attr]
    assert due_slot(plan, slot + timedelta(hours=24, seconds=1)) is None


def test_local_sending_starts_where_the_day_begins() -> None:
    plan = schedule(timezone="Europe/London", send="tue 09:00", send_at="local")
    assert latest_slot(plan, datetime(2026, 11, 24, 9, tzinfo=UTC)).at == datetime(2026, 11, 23, 19, tzinfo=UTC)  # type: ignore[union-attr]
    assert local_slot("2026-W48", plan, "America/Los_Angeles") == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert local_slot("2026-W48", plan, None) == datetime(2026, 11, 24, 9, tzinfo=UTC)
