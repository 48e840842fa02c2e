"""Addresses that get no mail, and the evidence: suppressions and bounces, keyed by address hash.

| report | what follows |
|---|---|
| hard (the address does not exist) | suppressed for good, the reader is `bounced` |
| soft, the third in as many editions within 60 days | suppressed for 60 days, then tried again; the state stays |
| complaint | suppressed for good, the reader is `complained` |
| unsubscribe | the reader is `unsubscribed`; they may come back by the form |
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.store.schema import bounces, deliveries, subscribers, suppressions

SOFT_LIMIT = 3  # editions with a soft bounce
SOFT_WINDOW = timedelta(days=60)

Effect = Literal["suppressed", "noted", "unsubscribed", "known already"]


def suppress(
    conn: Connection,
    address_hash: bytes,
    reason: str,
    evidence: str,
    now: datetime,
    expires: datetime | None = None,
) -> None:
    """Send nothing more to this address (until `expires`), and note it on the subscriber if there is one.

    `reason` is a subscriber state: `bounced` or `complained`. A suppression for ever is not shortened.
    """
    values = {"reason": reason, "evidence": evidence[:500], "at": now, "expires": expires}
    statement = _insert(conn, suppressions).values(address_hash=address_hash, **values)
    keep = suppressions.c.expires.is_not(None) if expires else None
    conn.execute(statement.on_conflict_do_update(index_elements=["address_hash"], set_=values, where=keep))
    if expires is None:
        _set_state(conn, address_hash, reason, evidence)


def lift(conn: Connection, address_hash: bytes) -> None:
    """The address itself asked for mail again and confirmed it; a complaint stays."""
    this = suppressions.c.address_hash == address_hash
    conn.execute(delete(suppressions).where(this, suppressions.c.reason != "complained"))


def note_report(
    conn: Connection,
    kind: str,
    address_hash: bytes,
    edition: str | None,
    evidence: str,
    fingerprint: str,
    now: datetime,
) -> Effect:
    """Keep a report and draw its consequence; the same report again changes nothing."""
    row = {"address_hash": address_hash, "edition": edition, "kind": kind, "evidence": evidence, "at": now}
    new = _insert(conn, bounces).values(**row, fingerprint=fingerprint).on_conflict_do_nothing()
    if conn.execute(new.returning(bounces.c.id)).first() is None:
        return "known already"
    if kind == "unsubscribe":
        _set_state(conn, address_hash, "unsubscribed", evidence)
        return "unsubscribed"
    if kind in ("hard", "complaint"):
        suppress(conn, address_hash, "bounced" if kind == "hard" else "complained", evidence, now)
        return "suppressed"
    if _soft_editions(conn, address_hash, now - SOFT_WINDOW) < SOFT_LIMIT:
        return "noted"
    suppress(conn, address_hash, "bounced", f"{SOFT_LIMIT} editions came back: {evidence}", now, now + SOFT_WINDOW)
    return "suppressed"


def whose(conn: Connection, edition: str, subscriber_id: int, proof: bytes) -> bytes | None:
    """The address hash of the delivery that a tag names, None where the tag isn't one of ours."""
    found = conn.scalar(
        select(deliveries.c.address_hash).where(
            deliveries.c.edition == edition, deliveries.c.subscriber_id == subscriber_id
        )
    ) or address_hash_of(conn, subscriber_id)
    return found if found is not None and found[: len(proof)] == proof else None


def address_hash_of(conn: Connection, subscriber_id: int) -> bytes | None:
    """The address hash of a subscriber."""
    return conn.scalar(select(subscribers.c.address_hash).where(subscribers.c.id == subscriber_id))


def _soft_editions(conn: Connection, address_hash: bytes, since: datetime) -> int:
    soft = and_(bounces.c.address_hash == address_hash, bounces.c.kind == "soft", bounces.c.at >= since)
    return conn.scalar(select(func.count(func.distinct(func.coalesce(bounces.c.edition, "")))).where(soft)) or 0


def _set_state(conn: Connection, address_hash: bytes, state: str, evidence: str) -> None:
    """A complaint also counts for those who have left; nothing brings anybody back."""
    mailed = subscribers.c.state.in_(("active", "snoozed", "pending"))
    changes = or_(mailed, subscribers.c.state == "unsubscribed") if state == "complained" else mailed
    this = update(subscribers).where(subscribers.c.address_hash == address_hash, changes)
    conn.execute(this.values(state=state, state_reason=evidence[:200]))


def _insert(conn: Connection, table: Any) -> Any:
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)
