"""Sending limits counted in the database, so that they hold over a restart and over several senders."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.store.schema import counters


class Limit(NamedTuple):
    """At most `quota` in every span of `seconds` that begins at a multiple of it."""

    scope: str
    seconds: int
    quota: int

    def window(self, now: datetime) -> int:
        """Epoch seconds at which the window of `now` began."""
        return int(now.timestamp()) // self.seconds * self.seconds


def limit(scope: str, amount: float, per: timedelta) -> Limit:
    """A rate as a limit over a window of at most a minute (longer for less than one a minute).

    `5000/h` becomes 83 a minute: an even flow, instead of a burst and an hour's silence.
    """
    unit = per.total_seconds()
    seconds = math.ceil(max(min(unit, 60.0), unit / amount))
    return Limit(scope, seconds, max(1, int(amount * seconds / unit + 1e-9)))


def remaining(conn: Connection, limits: Sequence[Limit], now: datetime) -> dict[str, int]:
    """What each limit still allows now, by scope; locks the counters until the transaction ends."""
    if not limits:
        return {}
    rows = [{"scope": limit.scope, "window": limit.window(now), "count": 0} for limit in sorted(limits)]
    conn.execute(_insert(conn).values(rows).on_conflict_do_nothing())
    mine = or_(*(and_(counters.c.scope == r["scope"], counters.c.window == r["window"]) for r in rows))
    query = select(counters.c.scope, counters.c.count).where(mine).order_by(counters.c.scope).with_for_update()
    spent = dict(conn.execute(query).tuples().all())
    return {limit.scope: max(0, limit.quota - spent[limit.scope]) for limit in limits}


def spend(conn: Connection, limits: Sequence[Limit], used: Mapping[str, int], now: datetime) -> None:
    """Count what has been claimed under each scope."""
    for limit in limits:
        if amount := used.get(limit.scope):
            this = (counters.c.scope == limit.scope, counters.c.window == limit.window(now))
            conn.execute(update(counters).where(*this).values(count=counters.c.count + amount))


def _insert(conn: Connection) -> Any:
    return sqlite.insert(counters) if conn.dialect.name == "sqlite" else postgresql.insert(counters)
