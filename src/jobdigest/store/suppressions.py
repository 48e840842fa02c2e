"""Addresses that get no mail, and the evidence: suppressions and bounces, keyed by address hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.store.schema import subscribers, suppressions


def suppress(
    conn: Connection,
    address_hash: bytes,
    reason: str,
    evidence: str,
    now: datetime,
    expires: datetime | None = None,
) -> None:
    """Send nothing more to this address (until `expires`), and note it on the subscriber if there is one.

    `reason` is a subscriber state: `bounced`, `complained` or `unsubscribed`. A suppression for ever stays so.
    """
    values = {"reason": reason, "evidence": evidence[:500], "at": now, "expires": expires}
    statement = _insert(conn).values(address_hash=address_hash, **values)
    keep = suppressions.c.expires.is_not(None) if expires else None
    conn.execute(statement.on_conflict_do_update(index_elements=["address_hash"], set_=values, where=keep))
    if expires is None:
        mailed = subscribers.c.state.in_(("active", "snoozed", "pending"))
        this = update(subscribers).where(subscribers.c.address_hash == address_hash, mailed)
        conn.execute(this.values(state=reason, state_reason=evidence[:200]))


def _insert(conn: Connection) -> Any:
    return sqlite.insert(suppressions) if conn.dialect.name == "sqlite" else postgresql.insert(suppressions)
