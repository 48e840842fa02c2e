"""What must happen once, under a unique key: whoever writes the key first does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobdigest.store.schema import runs

ABANDONED = timedelta(hours=1)  # so long after its last sign of life a run of another machine may be begun again


def begin(
    connection: Connection, key: str, due: datetime, owner: str, now: datetime, alive: Callable[[str], bool | None]
) -> bool:
    """Whether the caller is to do the work of `key`: nobody has, or whoever began it is gone, or it began it itself.

    `alive` says True or False for owners on this machine, None for others, who are believed for an hour.
    """
    row = connection.execute(select(runs).where(runs.c.key == key)).one_or_none()
    if row is None:
        return _first(connection, key, due, owner, now)
    if row.finished or not _is_free(row.owner, row.started, owner, now, alive):
        return False
    mine = (runs.c.key == key, runs.c.owner == row.owner, runs.c.started == row.started, runs.c.finished.is_(None))
    return bool(connection.execute(update(runs).where(*mine).values(started=now, owner=owner)).rowcount)


def _first(connection: Connection, key: str, due: datetime, owner: str, now: datetime) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(insert(runs).values(key=key, due=due, started=now, owner=owner))
    except IntegrityError:
        return False
    return True


def _is_free(holder: str, since: datetime, owner: str, now: datetime, alive: Callable[[str], bool | None]) -> bool:
    if holder == owner:
        return True
    here = alive(holder)
    return abs(now - since) >= ABANDONED if here is None else not here  # a clock may have been set back, too


def renew(connection: Connection, key: str, owner: str, now: datetime) -> None:
    """A sign of life of work that takes long."""
    connection.execute(update(runs).where(runs.c.key == key, runs.c.owner == owner).values(started=now))


def finish(connection: Connection, key: str, outcome: str, now: datetime) -> None:
    """The work of `key` is done, for good."""
    connection.execute(update(runs).where(runs.c.key == key).values(finished=now, outcome=outcome))


def outcome_of(connection: Connection, key: str) -> str | None:
    """What came of `key`, None while it isn't finished."""
    return connection.scalar(select(runs.c.outcome).where(runs.c.key == key, runs.c.finished.is_not(None)))
