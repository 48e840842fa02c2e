"""What must happen once, under a unique key: whoever writes the key first does it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobdigest.store.schema import runs

ABANDONED = timedelta(hours=1)  # a run that was begun and not finished for so long may be begun again


def begin(connection: Connection, key: str, due: datetime, owner: str, now: datetime) -> bool:
    """Whether the caller is to do the work of `key`: nobody has, or whoever began it is long gone."""
    row = connection.execute(select(runs).where(runs.c.key == key)).one_or_none()
    if row and (row.finished or now - row.started < ABANDONED):
        return False
    if row:
        connection.execute(update(runs).where(runs.c.key == key).values(started=now, owner=owner))
        return True
    try:
        with connection.begin_nested():
            connection.execute(insert(runs).values(key=key, due=due, started=now, owner=owner))
    except IntegrityError:
        return False
    return True


def finish(connection: Connection, key: str, outcome: str, now: datetime) -> None:
    """The work of `key` is done, for good."""
    connection.execute(update(runs).where(runs.c.key == key).values(finished=now, outcome=outcome))


def outcome_of(connection: Connection, key: str) -> str | None:
    """What came of `key`, None while it isn't finished."""
    return connection.scalar(select(runs.c.outcome).where(runs.c.key == key, runs.c.finished.is_not(None)))
