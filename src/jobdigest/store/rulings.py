"""The operator's hand as the store remembers it: hide, pin, allow, deny, split, each with its note."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from jobdigest.store.schema import rulings

Verb = Literal["hide", "pin", "allow", "deny", "split"]


def put(connection: Connection, verb: Verb, subject: str, note: str | None, now: datetime) -> None:
    """Remember a ruling; the same again replaces its note."""
    take_back(connection, verb, subject)
    connection.execute(insert(rulings).values(verb=verb, subject=subject, note=note, at=now))


def take_back(connection: Connection, verb: Verb, subject: str) -> int:
    """Undo a ruling; returns how many there were."""
    return connection.execute(delete(rulings).where(rulings.c.verb == verb, rulings.c.subject == subject)).rowcount


def every(connection: Connection, *verbs: Verb) -> list[Row[Any]]:
    """All rulings of these kinds (of any kind if none is named), oldest first."""
    query = select(rulings).order_by(rulings.c.id)
    return list(connection.execute(query.where(rulings.c.verb.in_(verbs)) if verbs else query))


def subjects(connection: Connection, verb: Verb) -> frozenset[str]:
    """Whom or what a kind of ruling names."""
    return frozenset(connection.scalars(select(rulings.c.subject).where(rulings.c.verb == verb)))


def splits(connection: Connection, source: str) -> frozenset[str]:
    """The `source_id`s of a source's postings that were split off by hand."""
    prefix = f"{source}|"
    rows = connection.execute(
        select(rulings.c.subject).where(
            rulings.c.verb == "split", rulings.c.subject.startswith(prefix, autoescape=True)
        )
    )
    return frozenset(subject.removeprefix(prefix) for (subject,) in rows)
