"""The send ledger as the operator and the edition see it: freeze, state, check, look, resolve (design decision 7).

The states of an edition: `frozen ─► sending ─► sent`, with `paused`, `stopped` (a stop rule) and `cancelled` beside.
What happens to a row while it is being sent is in `claims.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from jobdigest.errors import DeliveryError
from jobdigest.model import DeliveryState
from jobdigest.store import facts
from jobdigest.store.claims import IN_FLIGHT, LEASE
from jobdigest.store.schema import deliveries as d
from jobdigest.store.schema import editions, meta, subscribers

_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One row of the audience as frozen; `skip` is the reason why this reader gets no mail, None if they do."""

    subscriber_id: int
    address_hash: bytes
    domain: str
    language: str
    name: str | None
    shown: bytes
    key_id: str
    not_before: datetime
    message_id: str
    extra: Mapping[str, Any] | None = None
    skip: str | None = None


def freeze(conn: Connection, edition: str, rows: Iterable[Recipient], now: datetime) -> int:
    """Write the audience of an edition once and set `editions.audience`; the number of rows. Streams."""
    total, stream = 0, iter(rows)
    while chunk := list(islice(stream, _CHUNK)):
        conn.execute(insert(d), [_frozen(edition, row, now) for row in chunk])
        total += len(chunk)
    conn.execute(update(editions).where(editions.c.key == edition).values(audience=total))
    return total


def admit(conn: Connection, edition: str, row: Recipient, now: datetime) -> bool:
    """Put one more reader on an edition's list, and open it again if it was sent; False for one who is on it."""
    conn.execute(select(editions.c.key).where(editions.c.key == edition).with_for_update())
    known = select(d.c.id).where(d.c.edition == edition, d.c.subscriber_id == row.subscriber_id)
    if conn.execute(known).first() or edition_state(conn, edition)[0] == "cancelled":
        return False
    conn.execute(insert(d).values(_frozen(edition, row, now)))
    conn.execute(update(editions).where(editions.c.key == edition).values(audience=editions.c.audience + 1))
    _move(conn, edition, "sending", ("sent",))
    return True


def _frozen(edition: str, row: Recipient, now: datetime) -> dict[str, Any]:
    return {
        "edition": edition,
        "subscriber_id": row.subscriber_id,
        "address_hash": row.address_hash,
        "domain": row.domain,
        "state": "skipped" if row.skip else "pending",
        "reason": row.skip,
        "language": row.language,
        "name": row.name,
        "shown": row.shown,
        "extra": dict(row.extra) if row.extra else None,
        "key_id": row.key_id,
        "not_before": row.not_before,
        "attempts": 0,
        "message_id": row.message_id,
        "updated": now,
    }


# --- editions ----------------------------------------------------------------------------------------------------


def edition_state(conn: Connection, edition: str) -> tuple[str, str | None, int]:
    """State, stop reason and audience; raises DeliveryError for an edition nobody froze."""
    columns = (editions.c.state, editions.c.stop_reason, editions.c.audience)
    row = conn.execute(select(*columns).where(editions.c.key == edition)).first()
    if row is None:
        raise DeliveryError(f"there is no edition {edition}; `digest send` freezes the one that is due")
    return row.state, row.stop_reason, row.audience


def start(conn: Connection, edition: str) -> str:
    """Set a frozen edition to `sending`; the state it is in now."""
    _move(conn, edition, "sending", ("frozen",))
    return edition_state(conn, edition)[0]


def pause(conn: Connection, edition: str) -> bool:
    """Send no further message until `resume`; what has its final dot is finished. False if it wasn't being sent."""
    return _move(conn, edition, "paused", ("frozen", "sending"), "paused by the operator")


def resume(conn: Connection, edition: str) -> bool:
    """Go on with a paused or stopped edition at the next `send`; False if it was neither."""
    return _move(conn, edition, "sending", ("paused", "stopped"))


def stop(conn: Connection, edition: str, reason: str) -> bool:
    """A stop rule fired: `reason` is the evidence."""
    return _move(conn, edition, "stopped", ("sending",), reason)


def finish(conn: Connection, edition: str, now: datetime) -> bool:
    """Note that every row is final or in doubt; False, and nothing changed, where one is not."""
    unfinished = exists().where(d.c.edition == edition, d.c.state.in_(("pending", "sending")))
    this = update(editions).where(editions.c.key == edition, editions.c.state == "sending", ~unfinished)
    return bool(conn.execute(this.values(state="sent", finished_at=now)).rowcount)


def cancel(conn: Connection, edition: str, now: datetime) -> int:
    """End an edition: what is still pending is skipped, and its readers count as having skipped this edition.

    Rows in `sending` are left to their sender. Returns the number of rows skipped.
    """
    _move(conn, edition, "cancelled", ("frozen", "sending", "paused", "stopped"), finished=now)
    pending = (d.c.edition == edition, d.c.state == "pending")
    _catch_up(conn, edition, pending)
    values = {"state": "skipped", "reason": "cancelled", "owner": None, "lease_until": None, "retry_at": None}
    return conn.execute(update(d).where(*pending).values(**values, updated=now)).rowcount


def _move(
    conn: Connection,
    edition: str,
    state: str,
    only_from: Sequence[str],
    reason: str | None = None,
    finished: datetime | None = None,
) -> bool:
    this = update(editions).where(editions.c.key == edition, editions.c.state.in_(only_from))
    return bool(conn.execute(this.values(state=state, stop_reason=reason, finished_at=finished)).rowcount)


def _catch_up(conn: Connection, edition: str, where: Sequence[Any]) -> None:
    readers = select(d.c.subscriber_id).where(*where)
    behind = or_(subscribers.c.caught_up_to.is_(None), subscribers.c.caught_up_to < edition)
    conn.execute(update(subscribers).where(subscribers.c.id.in_(readers), behind).values(caught_up_to=edition))


# --- senders -----------------------------------------------------------------------------------------------------


def enlist(
    conn: Connection, edition: str, owner: str, now: datetime, alive: Callable[[str], bool | None], *, alongside: bool
) -> str | None:
    """Register a sender of this edition, or the name of a living one where it shall not work alongside it."""
    conn.execute(select(editions.c.key).where(editions.c.key == edition).with_for_update())
    others = {name: until for name, until in _senders(conn, edition).items() if _lives(name, until, now, alive)}
    if others and not alongside:
        return next(iter(others))
    _write_senders(conn, edition, others | {owner: (now + LEASE).isoformat()})
    if len(others) >= most_senders(conn, edition):
        facts.put(conn, f"most-senders:{edition}", len(others) + 1)
    return None


def most_senders(conn: Connection, edition: str) -> int:
    """How many senders an edition had at the same time, at most."""
    return int(facts.get(conn, f"most-senders:{edition}") or 1)


def living_senders(conn: Connection, now: datetime, alive: Callable[[str], bool | None]) -> list[str]:
    """The editions that somebody is sending at this moment."""
    keys = conn.execute(select(editions.c.key).where(editions.c.state.in_(("frozen", "sending")))).scalars().all()
    return [key for key in keys if any(_lives(*sender, now, alive) for sender in _senders(conn, key).items())]


def stay_enlisted(conn: Connection, edition: str, owner: str, now: datetime) -> None:
    """Lengthen a sender's registration."""
    _write_senders(conn, edition, _senders(conn, edition, lock=True) | {owner: (now + LEASE).isoformat()})


def leave(conn: Connection, edition: str, owner: str) -> None:
    """Take a sender off the list."""
    _write_senders(conn, edition, {k: v for k, v in _senders(conn, edition, lock=True).items() if k != owner})


def _lives(name: str, until: str, now: datetime, alive: Callable[[str], bool | None]) -> bool:
    here = alive(name)
    return now <= datetime.fromisoformat(until) <= now + 2 * LEASE if here is None else here


def _senders(conn: Connection, edition: str, *, lock: bool = False) -> dict[str, str]:
    if lock:
        conn.execute(select(editions.c.key).where(editions.c.key == edition).with_for_update())
    found = conn.execute(select(meta.c.value).where(meta.c.key == f"senders:{edition}")).scalar()
    return dict(found or {})


def _write_senders(conn: Connection, edition: str, senders: dict[str, str]) -> None:
    key = f"senders:{edition}"
    if not conn.execute(update(meta).where(meta.c.key == key).values(value=senders)).rowcount:
        conn.execute(insert(meta).values(key=key, value=senders))


# --- looking -----------------------------------------------------------------------------------------------------


def counts(conn: Connection, edition: str) -> dict[str, int]:
    """Rows by state."""
    query = select(d.c.state, func.count()).where(d.c.edition == edition).group_by(d.c.state)
    return dict(conn.execute(query).all())


def check(conn: Connection, edition: str | None = None) -> list[str]:
    """What is wrong with the ledger of one or all editions, a line each; nothing is the good answer."""
    query = select(editions.c.key, editions.c.state, editions.c.audience).order_by(editions.c.key)
    problems = []
    for key, state, audience in conn.execute(query.where(editions.c.key == edition) if edition else query).all():
        found = counts(conn, key)
        if sum(found.values()) != audience:
            problems.append(f"{key}: {sum(found.values())} deliveries, but {audience} were frozen: {found}")
        if unknown := set(found) - set(DeliveryState):
            problems.append(f"{key}: unknown states {sorted(unknown)}")
        if state == "sent" and (left := sum(found.get(s, 0) for s in IN_FLIGHT)):
            problems.append(f"{key}: sent, but {left} deliveries are not final")
    return problems


def rows(conn: Connection, edition: str | None = None, state: str | None = None) -> Iterator[dict[str, Any]]:
    """Lines of `digest deliveries --json`; `address` is null once its reader is forgotten. Streams."""
    columns = (d.c.edition, subscribers.c.email.label("address"), d.c.state, d.c.reason, d.c.message_id, d.c.attempts)
    query = select(*columns, d.c.answer, d.c.updated).outerjoin(subscribers, subscribers.c.id == d.c.subscriber_id)
    if edition:
        query = query.where(d.c.edition == edition)
    if state:
        query = query.where(d.c.state == state)
    result = conn.execute(query.order_by(d.c.edition, d.c.id), execution_options={"yield_per": 1_000})
    for row in result.mappings():
        yield {**row, "updated": row["updated"].strftime("%Y-%m-%dT%H:%M:%SZ")}


def of_reader(conn: Connection, subscriber_id: int) -> list[Any]:
    """A reader's rows, newest first, for explaining."""
    return list(conn.execute(select(d).where(d.c.subscriber_id == subscriber_id).order_by(d.c.edition.desc())))


def resolve(conn: Connection, edition: str, now: datetime, *, resend: bool, address_hash: bytes | None = None) -> int:
    """The operator's word on rows in doubt: send them again, or count them as accepted; the number of rows."""
    where = [d.c.edition == edition, d.c.state == "in_doubt"]
    if address_hash is not None:
        where.append(d.c.address_hash == address_hash)
    if resend:
        values = {"state": "pending", "reason": "resent by the operator", "retry_at": None}
        _move(conn, edition, "sending", ("sent",))
    else:
        values = {"state": "accepted", "reason": "assumed accepted by the operator"}
        _catch_up(conn, edition, where)
    changed = conn.execute(update(d).where(*where).values(**values, owner=None, lease_until=None, updated=now))
    return changed.rowcount
