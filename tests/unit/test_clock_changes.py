"""Each ISO week fires exactly once, in every zone whose clocks change and for every half hour of the week."""

from __future__ import annotations

import importlib.metadata
import os
import zoneinfo
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

from support.sweep import HALF_HOURS, WEEKS, changing_zones, sweep

AROUND = [
    *HALF_HOURS[-4:],
    *HALF_HOURS[:4],
    *(send for send in HALF_HOURS if send[:6] in ("sun 01", "sun 02", "fri 00")),
]


def test_these_years_have_a_week_53() -> None:
    assert len(WEEKS) == 5 * 52 + 53
    assert WEEKS[103:106] == ["2026-W52", "2026-W53", "2027-W01"]


@pytest.mark.parametrize(
    "zone",
    [
        "Africa/Casablanca",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Europe/Berlin",
    ],
)
def test_every_week_fires_once(zone: str) -> None:
    """Where clocks change by one hour, by half an hour and by two, at midnight, at half past two and for Ramadan."""
    assert sweep(zone, AROUND)["slots"] == len(AROUND) * len(WEEKS)


@pytest.mark.soak
def test_every_week_fires_once_in_every_zone_at_every_half_hour(capsys: pytest.CaptureFixture[str]) -> None:
    zones = changing_zones()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        counts = sum(pool.map(partial(sweep, sends=HALF_HOURS), zones), Counter[str]())
    assert counts["slots"] == len(zones) * len(HALF_HOURS) * len(WEEKS)
    with capsys.disabled():
        print(f"\n{len(zones)} zones × {len(HALF_HOURS)} slots × {len(WEEKS)} weeks: {counts['slots']:,} slots, each "
              f"week once; {counts['ticked']:,} beside clock changes ticked through ({versions()})")  # fmt: skip


def versions() -> str:
    """Which rules were in force."""
    return f"tzdata {importlib.metadata.version('tzdata')} or the system's: {zoneinfo.TZPATH[0]}"
