"""The two clocks of sending: the real one for leases and backoff, the calendar of `--now` for what is due."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event


class Clock:
    """Real time, and a calendar that starts at `--now` (or the real day) and runs on evenly from there.

    A wall clock that is set while we send moves leases, which are fenced, but never what counts as late.
    """

    def __init__(self, calendar: datetime | None = None) -> None:
        self._day, self._since = calendar or self.now(), self.monotonic()

    def now(self) -> datetime:
        """The real wall clock."""
        return datetime.now(UTC)

    def calendar(self) -> datetime:
        """What day it is as far as slots and lateness go."""
        return self._day + timedelta(seconds=self.monotonic() - self._since)

    def monotonic(self) -> float:
        """Seconds that only ever grow, for waiting."""
        return time.monotonic()

    def sleep(self, seconds: float, until: Event) -> None:
        """Wait, but no longer than until the event is set."""
        until.wait(seconds)
