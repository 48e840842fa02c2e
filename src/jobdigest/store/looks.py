"""Looks at postings' pages: whose turn it is, and what was seen (design decision 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from jobdigest.store.postings import COLUMNS_OF_A_POSTING, CONFIRM_AFTER
from jobdigest.store.schema import postings


class ToLookAt(NamedTuple):
    """A posting whose page wants looking at."""

    id: int
    url: str


def to_look_at(connection: Connection, since: datetime | None = None) -> Iterator[ToLookAt]:
    """Postings that a reader may be shown, as far as is known, and those closed at one look and not yet confirmed.

    Streams; without those looked at `since` then.
    """
    open_ones = (
        postings.c.in_scope
        & (postings.c.safety == "ok")
        & postings.c.url.is_not(None)
        & postings.c.closed_at.is_(None)
        & postings.c.stated_closed.is_(None)
    )
    if since:
        open_ones &= postings.c.looked_at.is_(None) | (postings.c.looked_at < since)
    query = select(postings.c.id, postings.c.url).where(open_ones).order_by(postings.c.id)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        yield ToLookAt(*row)


def record(connection: Connection, seen: Sequence[tuple[int, tuple[str, str]]], now: datetime) -> list[str]:
    """Keep what was seen; the second negative look ≥ 6 h after the first closes. Returns the jobs looked at.

    A look that could not see anything neither confirms nor clears an earlier one.
    """
    known = {row.id: row for row in read(connection, [id_ for id_, _ in seen])}
    for id_, (liveness, evidence) in seen:
        values: dict[str, Any] = {"looked_at": now, "look": liveness, "look_evidence": evidence}
        since = known[id_].negative_since
        if liveness == "live":
            values["negative_since"] = None
        elif liveness == "expired":
            values["negative_since"] = since or now
            values["closed_at"] = now if since and now - since >= CONFIRM_AFTER else None
        elif since:
            values["look_evidence"] = known[id_].look_evidence
        connection.execute(update(postings).where(postings.c.id == id_).values(**values))
    return list(dict.fromkeys(row.job_id for row in known.values()))


def read(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """The rows of postings, by id."""
    found: list[Row[Any]] = []
    for start in range(0, len(ids), 1000):
        query = select(*COLUMNS_OF_A_POSTING).where(postings.c.id.in_(ids[start : start + 1000]))
        found += connection.execute(query.order_by(postings.c.id)).all()
    return found
