"""Counts for the operator: what is stored, what is being sent, what came back. Reads only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from jobdigest.store.schema import bounces, deliveries, edition_items, editions, polls, postings, reports

d = deliveries.c
_TRIED = ("accepted", "failed")
_CODE = re.compile(r"\b[45]\d\d(?: [45]\.\d+\.\d+)?\b")


class Totals(NamedTuple):
    """Postings stored, in scope, and held as suspect while nobody has closed them."""

    stored: int
    in_scope: int
    suspects: int


def totals(connection: Connection) -> Totals:
    """All postings in one pass."""
    p = postings.c
    held = p.in_scope & (p.safety == "suspect") & p.closed_at.is_(None)
    return Totals(
        *connection.execute(select(func.count(), func.count().filter(p.in_scope), func.count().filter(held))).one()
    )


def reported(connection: Connection) -> int:
    """How many jobs readers have reported."""
    return connection.scalar(select(func.count(func.distinct(reports.c.job_id)))) or 0


def in_doubt(connection: Connection) -> dict[str, int]:
    """Deliveries in doubt by edition, of those editions that have any."""
    count = (
        select(func.count())
        .where(d.edition == editions.c.key, d.state == "in_doubt")
        .correlate(editions)
        .scalar_subquery()
    )
    rows = connection.execute(select(editions.c.key, count).order_by(editions.c.key))
    return {key: found for key, found in rows if found}


def is_stalled(connection: Connection, edition: str, due_before: datetime, quiet_since: datetime) -> bool:
    """Whether mails due before `due_before` were never tried, and nothing at all has gone out since `quiet_since`."""
    waiting = (d.edition == edition, d.state == "pending", d.not_before < due_before, d.retry_at.is_(None))
    if connection.scalar(select(d.id).where(*waiting).limit(1)) is None:
        return False
    newest = (
        connection.scalar(
            select(d.updated).where(d.edition == edition, d.state == state).order_by(d.id.desc()).limit(1)
        )
        for state in _TRIED
    )
    return not any(at and at > quiet_since for at in newest)


def bounces_since(connection: Connection, since: datetime) -> dict[str, int]:
    """What came back, by kind."""
    query = select(bounces.c.kind, func.count()).where(bounces.c.at >= since).group_by(bounces.c.kind)
    return dict(connection.execute(query).all())


def suspects(connection: Connection, most: int) -> list[Row[Any]]:
    """What is held as suspect while nobody has closed it, the newest first."""
    p = postings.c
    held = p.in_scope & (p.safety == "suspect") & p.closed_at.is_(None)
    columns = (p.title, p.company, p.url, p.source, p.safety_reasons, p.first_seen)
    return list(connection.execute(select(*columns).where(held).order_by(p.first_seen.desc(), p.id).limit(most)))


# --- over the weeks, for the report ------------------------------------------------------------------------------


def deliveries_by_state(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """Edition → state → deliveries."""
    query = select(d.edition, d.state, func.count()).where(d.edition.in_(keys)).group_by(d.edition, d.state)
    return _nested(connection.execute(query))


def bounces_by_edition(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """Edition → kind → reports that name one of its mails."""
    b = bounces.c
    query = select(b.edition, b.kind, func.count()).where(b.edition.in_(keys)).group_by(b.edition, b.kind)
    return _nested(connection.execute(query))


def reasons(connection: Connection, edition: str, most: int) -> list[tuple[str, str, int]]:
    """State, reason and how many, of an edition's deliveries that were not accepted; the commonest first.

    Of a mail server's answer only the code counts: its words differ by recipient, and name them.
    """
    found: Counter[tuple[str, str]] = Counter()
    query = select(d.state, d.reason, func.count()).where(d.edition == edition).group_by(d.state, d.reason)
    untold = d.state.not_in(("accepted", "pending", "sending"))
    for state, reason, count in connection.execute(query.where(untold), execution_options={"yield_per": 5_000}):
        code = _CODE.search(reason or "")
        found[state, f"the server said {code[0]}" if code else reason or ""] += count
    return [(state, reason, count) for (state, reason), count in found.most_common(most)]


def new_by_role(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """Edition → role type → jobs that it announced."""
    counts: dict[str, dict[str, int]] = {}
    query = select(edition_items.c.edition, edition_items.c.job).where(edition_items.c.edition.in_(keys))
    for key, job in connection.execute(query, execution_options={"yield_per": 500}):
        if job["announced_in"] == key:
            roles = counts.setdefault(key, {})
            roles[job["role_type"]] = roles.get(job["role_type"], 0) + 1
    return counts


class Polled(NamedTuple):
    """One source on one day: polls that worked, polls that did not, alarms, and the most postings it listed."""

    worked: int
    failed: int
    alarmed: int
    seen: int


def polled(connection: Connection, since: datetime) -> dict[str, dict[str, Polled]]:
    """Source → day (ISO) → what its polls gave."""
    found: dict[str, dict[str, Polled]] = {}
    columns = (polls.c.source, polls.c.at, polls.c.state, polls.c.seen, polls.c.error)
    query = select(*columns).where(polls.c.at >= since)
    for source, at, state, seen, error in connection.execute(query, execution_options={"yield_per": 5_000}):
        days = found.setdefault(source, {})
        day = at.date().isoformat()
        before = days.get(day, Polled(0, 0, 0, 0))
        failed = state == "failed"
        days[day] = Polled(
            before.worked + (not failed),
            before.failed + failed,
            before.alarmed + (bool(error) and not failed),
            max(before.seen, 0 if failed else seen),
        )
    return found


def _nested(rows: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for outer, inner, count in rows:
        found.setdefault(outer, {})[inner] = count
    return found
