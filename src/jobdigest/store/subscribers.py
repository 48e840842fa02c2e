"""Subscribers as the store keeps them: found by keyed address hash, never by comparing addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from jobdigest.model import Subscriber, SubscriberState
from jobdigest.store.schema import deliveries, subscribers, suppressions

ReadPreferences = Callable[[Any], Any]
_STREAMED = {"yield_per": 1000}  # of one statement: as an option of the connection PostgreSQL refuses many rows at once


def find(connection: Connection, address_hash: bytes) -> Row[Any] | None:
    """The row of an address, by its keyed hash."""
    return connection.execute(select(subscribers).where(subscribers.c.address_hash == address_hash)).one_or_none()


def get(connection: Connection, subscriber_id: int) -> Row[Any] | None:
    """The row of a subscriber, as links name them."""
    return connection.execute(select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()


def find_many(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, Row[Any]]:
    """The rows of several addresses."""
    rows = connection.execute(select(subscribers).where(subscribers.c.address_hash.in_(hashes)))
    return {row.address_hash: row for row in rows}


def suppressed(connection: Connection, hashes: Sequence[bytes], now: datetime) -> dict[bytes, str]:
    """Those addresses that must not be mailed, with the reason."""
    live = suppressions.c.expires.is_(None) | (suppressions.c.expires > now)
    query = select(suppressions.c.address_hash, suppressions.c.reason)
    return {row[0]: row[1] for row in connection.execute(query.where(suppressions.c.address_hash.in_(hashes), live))}


def add_many(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """New rows, each with every column of the import and its state."""
    if rows:
        connection.execute(insert(subscribers), list(rows))


def add_pending(connection: Connection, address_hash: bytes, email: str, now: datetime) -> Row[Any]:
    """The row of somebody who asked to join; one that another process has just added is the same."""
    insert_into = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = {"address_hash": address_hash, "email": email, "state": "pending", "preferences": {}, "created": now}
    connection.execute(insert_into(subscribers).values(**new, quiet_weeks=0).on_conflict_do_nothing())
    return connection.execute(select(subscribers).where(subscribers.c.address_hash == address_hash)).one()


def change(connection: Connection, subscriber_id: int, **values: Any) -> None:
    """Set columns of one subscriber."""
    connection.execute(update(subscribers).where(subscribers.c.id == subscriber_id).values(**values))


def move(connection: Connection, subscriber_id: int, email: str, address_hash: bytes) -> bool:
    """Give a subscriber another address; False where somebody has it, also if they came to it at this very moment."""
    try:
        with connection.begin_nested():
            change(connection, subscriber_id, email=email, address_hash=address_hash, new_email=None)
    except IntegrityError:
        return False
    return True


def wake(connection: Connection, today: date) -> int:
    """Snoozed readers whose day has come are active again; returns how many."""
    due = (subscribers.c.state == SubscriberState.SNOOZED) & (subscribers.c.snoozed_until <= today)
    values = {"state": SubscriberState.ACTIVE, "snoozed_until": None}
    return connection.execute(update(subscribers).where(due).values(**values)).rowcount


def forget(connection: Connection, subscriber_id: int, now: datetime) -> None:
    """Erase a person: what is left is the keyed hash, so that nobody mails them again by mistake.

    A subscriber no delivery speaks of vanishes whole; otherwise the row stays as a number without a person.
    """
    row = get(connection, subscriber_id)
    if row is None:
        return
    known = connection.scalar(select(func.count()).where(suppressions.c.address_hash == row.address_hash))
    if not known:
        connection.execute(
            insert(suppressions).values(address_hash=row.address_hash, reason="forgotten", evidence=None, at=now)
        )
    if connection.scalar(select(func.count()).where(deliveries.c.subscriber_id == subscriber_id)):
        blank = dict.fromkeys(("email", "name", "timezone", "language", "consent", "new_email", "state_reason"))
        change(connection, subscriber_id, **blank, preferences={}, state=SubscriberState.UNSUBSCRIBED)
        connection.execute(update(deliveries).where(deliveries.c.subscriber_id == subscriber_id).values(name=None))
    else:
        connection.execute(delete(subscribers).where(subscribers.c.id == subscriber_id))


def each(
    connection: Connection, read_preferences: ReadPreferences, *states: SubscriberState, after: int = 0
) -> Iterator[Subscriber]:
    """Every subscriber with an address in one of `states` (all if none is named), by id, streamed."""
    query = select(subscribers).where(subscribers.c.email.is_not(None), subscribers.c.id > after)
    if states:
        query = query.where(subscribers.c.state.in_(states))
    for row in connection.execute(query.order_by(subscribers.c.id), execution_options=_STREAMED):
        yield read(row, read_preferences)


def each_with_quiet(
    connection: Connection, read_preferences: ReadPreferences, *states: SubscriberState
) -> Iterator[tuple[Subscriber, int]]:
    """Like `each`, with the number of weeks in a row in which there was too little for a mail."""
    query = select(subscribers).where(subscribers.c.email.is_not(None), subscribers.c.state.in_(states))
    for row in connection.execute(query.order_by(subscribers.c.id), execution_options=_STREAMED):
        yield read(row, read_preferences), row.quiet_weeks


def count_quiet(connection: Connection, edition: str) -> None:
    """After a freeze: one more quiet week for whom there was too little, none for whom there is a mail."""
    frozen = select(deliveries.c.subscriber_id).where(deliveries.c.edition == edition)
    quiet = frozen.where(deliveries.c.reason == "too_few")
    mailed = frozen.where(deliveries.c.state == "pending")
    one_more = {"quiet_weeks": subscribers.c.quiet_weeks + 1}
    connection.execute(update(subscribers).where(subscribers.c.id.in_(quiet)).values(one_more))
    again = subscribers.c.id.in_(mailed) & (subscribers.c.quiet_weeks > 0)
    connection.execute(update(subscribers).where(again).values(quiet_weeks=0))


def languages(connection: Connection) -> set[str]:
    """The languages that readers asked for."""
    query = select(subscribers.c.language).where(subscribers.c.language.is_not(None)).distinct()
    return {language for language in connection.scalars(query) if language}


def read(row: Row[Any], read_preferences: ReadPreferences) -> Subscriber:
    """A row as a value."""
    return Subscriber(
        id=row.id,
        email=row.email or "",
        name=row.name,
        timezone=row.timezone,
        language=row.language,
        state=SubscriberState(row.state),
        preferences=read_preferences(row.preferences),
        caught_up_to=row.caught_up_to,
        snoozed_until=row.snoozed_until,
    )


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many subscribers there are in each state."""
    query = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}
