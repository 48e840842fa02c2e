"""How we treat hosts: how many requests at once, how fast, when to leave one alone, and what its robots.txt says."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from jobdigest.collect.connect import TransientError
from jobdigest.collect.sources.base import Manners
from jobdigest.errors import BlockedError, FetchError

LONGEST_WAIT = 30.0
"""Seconds that a host may make us wait inside a poll; asked for more, the poll ends and the next one waits."""
DEAD_AFTER = 5
"""Unanswered requests in a row after which a host is left alone for a while."""
DEAD_FOR = 60.0
_SLOWEST_CRAWL = 10.0


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110: a number or a date), None if it says nothing readable."""
    if not value:
        return None
    if value.strip().isdigit():
        return min(float(value.strip()), 30 * 86400.0)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def in_words(seconds: float) -> str:
    """A span for people: `45 s`, `60 min`, `36 h`, `400 days`."""
    for size, name, most in ((1, "s", 120), (60, "min", 7200), (3600, "h", 172_800)):
        if seconds < most:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


class Turnstile:
    """The one way to a host: at most `concurrency` inside, `per_second` entries, closed while it asked for a pause."""

    def __init__(self, host: str, manners: Manners, *, limited: bool = True) -> None:
        self._host = host
        self._inside = asyncio.Semaphore(manners.concurrency)
        self._interval = 1 / manners.per_second if limited else 0.0
        self._limited = limited
        self._next = 0.0
        self._closed_until = 0.0
        self._unanswered = 0
        self._dead_until = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn; raises FetchError where the host wants to be left alone for long."""
        async with self._inside:
            self._refuse_if_closed()
            now = time.monotonic()
            start = max(now, self._next, self._closed_until)
            self._next = start + self._interval
            if start > now:
                await asyncio.sleep(start - now)
            try:
                yield
            except TransientError as error:
                self._unanswered += error.status is None
                self.pause(error.retry_after or 0)
                raise
            self._unanswered = 0

    def _refuse_if_closed(self) -> None:
        now = time.monotonic()
        if self._closed_until - now > LONGEST_WAIT:
            wait = self._closed_until - now
            raise FetchError(f"{self._host} asked for a pause of {in_words(wait)}", retry_after=wait)
        if self._limited and self._unanswered >= DEAD_AFTER:
            if now < self._dead_until:
                raise FetchError(f"{self._host} left {self._unanswered} requests in a row unanswered")
            self._dead_until = now + DEAD_FOR  # this one is the probe; those behind it find the door closed

    def pause(self, seconds: float) -> None:
        """Let nobody in for that long."""
        if self._limited:
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def slow_down(self, interval: float) -> None:
        """Enter at most every `interval` seconds, as robots.txt may ask."""
        if self._limited:
            self._interval = max(self._interval, min(interval, _SLOWEST_CRAWL))


class Robots:
    """robots.txt per host (RFC 9309), asked once per run: absent permits all, unreachable permits nothing."""

    def __init__(self, agent: str) -> None:
        self._agent = agent.split("/")[0].split(" ")[0]
        self._rules: dict[str, RobotFileParser | FetchError] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, url: str, fetch: Callable[[str], Awaitable[str]]) -> float | None:
        """Raises BlockedError if `url` is off limits; gives the crawl delay in seconds if one is asked for."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        async with self._locks[site]:
            if site not in self._rules:
                self._rules[site] = await self._read(f"{site}/robots.txt", fetch)
        rules = self._rules[site]
        if isinstance(rules, FetchError):
            raise FetchError(f"robots.txt could not be read ({rules.reason}), so nothing else is", status=rules.status)
        if not rules.can_fetch(self._agent, url):
            raise BlockedError("robots.txt asks us not to")
        delay = rules.crawl_delay(self._agent)
        return float(delay) if delay else None

    async def _read(self, url: str, fetch: Callable[[str], Awaitable[str]]) -> RobotFileParser | FetchError:
        rules = RobotFileParser()
        try:
            rules.parse((await fetch(url))[:500_000].splitlines())
        except FetchError as error:
            if error.status is None or not 400 <= error.status < 500 or error.status == 429:
                return error
            rules.parse([])
        return rules
