"""Sending limits counted in the database, so that they hold over a restart and over several senders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.model import Limit
from jobdigest.store.schema import counters


def _window(limit: Limit, now: datetime) -> int:
    return int(now.timestamp()) // limit.seconds * limit.seconds


def remaining(conn: Connection, limits: Sequence[Limit], now: datetime) -> dict[str, int]:
    """What each limit still allows now, by scope; locks the counters until the transaction ends."""
    if not limits:
        return {}
    rows = [{"scope": limit.scope, "window": _window(limit, now), "count": 0} for limit in sorted(limits)]
    conn.execute(_insert(conn).values(rows).on_conflict_do_nothing())
    mine = or_(*(and_(counters.c.scope == r["scope"], counters.c.window == r["window"]) for r in rows))
    query = select(counters.c.scope, counters.c.count).where(mine).order_by(counters.c.scope).with_for_update()
    spent = dict(conn.execute(query).all())
    return {limit.scope: max(0, limit.quota - spent[limit.scope]) for limit in limits}


def spend(conn: Connection, limits: Sequence[Limit], used: Mapping[str, int], now: datetime) -> None:
    """Count what has been claimed under each scope."""
    for limit in limits:
        if amount := used.get(limit.scope):
            this = (counters.c.scope == limit.scope, counters.c.window == _window(limit, now))
            conn.execute(update(counters).where(*this).values(count=counters.c.count + amount))


def _insert(conn: Connection) -> Any:
    return sqlite.insert(counters) if conn.dialect.name == "sqlite" else postgresql.insert(counters)
