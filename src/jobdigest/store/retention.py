"""Forgetting by policy: descriptions of closed postings, old tombstones, old deliveries (design decision 12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Text, delete, exists, func, or_, select, type_coerce, update

from jobdigest.store.schema import (
    counters,
    deliveries,
    editions,
    identities,
    jobs,
    polls,
    postings,
    reports,
    runs,
    subscribers,
)

UNCONFIRMED = timedelta(days=7)  # after which an address that nobody confirmed is forgotten
_ASKED = func.coalesce(subscribers.c.confirm_sent_at, subscribers.c.created)


def prune(
    connection: Connection, now: datetime, *, descriptions: timedelta, tombstones: timedelta, ledger: timedelta
) -> Mapping[str, int]:
    """Forget what is older than each limit; returns how much of what. Suppressions are kept for ever."""
    over = func.coalesce(postings.c.closed_at, postings.c.last_seen)
    gone = or_(postings.c.closed_at.is_not(None), postings.c.last_seen < now - descriptions)
    texts = update(postings).where(postings.c.text.is_not(None), gone, over < now - descriptions).values(text=None)
    old = postings.c.closed_at < now - tombstones
    counts = {
        "descriptions": connection.execute(texts).rowcount,
        "postings": connection.execute(delete(postings).where(old)).rowcount,
    }
    orphan = ~exists().where(postings.c.job_id == jobs.c.id)
    counts["jobs"] = connection.execute(delete(jobs).where(orphan, jobs.c.redirect_to.is_(None))).rowcount
    connection.execute(delete(identities).where(~exists().where(postings.c.job_id == identities.c.job_id)))
    closed = select(editions.c.key).where(editions.c.state.in_(("sent", "cancelled")), editions.c.slot < now - ledger)
    finished = deliveries.c.edition.in_(closed) & (deliveries.c.state != "in_doubt")
    compact = update(deliveries).where(finished, deliveries.c.answer.is_not(None))
    counts["deliveries"] = connection.execute(compact.values(answer=None, queue_id=None, extra=None)).rowcount
    counts["unconfirmed readers"] = _forget_unconfirmed(connection, now - UNCONFIRMED)
    _forget_requests(connection, now - UNCONFIRMED)
    connection.execute(delete(polls).where(polls.c.at < now - tombstones))
    connection.execute(delete(counters).where(counters.c.window < int((now - timedelta(days=7)).timestamp())))
    connection.execute(delete(reports).where(reports.c.at < now - ledger))
    connection.execute(delete(runs).where(runs.c.finished < now - tombstones))
    return counts


def _forget_unconfirmed(connection: Connection, before: datetime) -> int:
    """Addresses that asked and never confirmed; one that the ledger speaks of stays as a number without a person."""
    waiting = (subscribers.c.state == "pending") & (before > _ASKED)
    known = exists().where(deliveries.c.subscriber_id == subscribers.c.id)
    blank: dict[str, None] = dict.fromkeys(("email", "name", "consent"))
    kept = update(subscribers).where(waiting, known).values(**blank, preferences={}, state="unsubscribed")
    return connection.execute(kept).rowcount + connection.execute(delete(subscribers).where(waiting)).rowcount


def _forget_requests(connection: Connection, before: datetime) -> None:
    """What somebody asked for in the name of a reader who has left, and nobody confirmed."""
    waiting = type_coerce(subscribers.c.consent, Text).contains('"request":') & (before > _ASKED)
    for row in connection.execute(select(subscribers.c.id, subscribers.c.consent).where(waiting)).all():
        given = {name: value for name, value in row.consent.items() if name != "request"}
        connection.execute(update(subscribers).where(subscribers.c.id == row.id).values(consent=given or None))
