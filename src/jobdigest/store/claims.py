"""The moving part of the send ledger: claims, marks and outcomes (design decision 7).

    pending ──claim──► (owner, lease) ──mark──► sending ──record──► accepted | failed | pending (retry) | in_doubt
       └────────────────── skipped(reason): the address no longer wants or takes mail

A claim belongs to an owner until its lease ends. Every later step names the owner and changes nothing where the row
has gone to somebody else, so a sender that was presumed dead can never send twice: its mark fails and the final dot
stays unsent. Times called `now` are the real clock, `calendar` is the clock of `--now`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Update,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    or_,
    select,
    update,
    values,
)

from jobdigest.model import Delivery, DeliveryState, Outcome
from jobdigest.store.bulk import write
from jobdigest.store.schema import deliveries as d
from jobdigest.store.schema import editions, subscribers, suppressions

T = TypeVar("T")

LEASE = timedelta(seconds=60)
LONGEST_RETRY = timedelta(hours=2)  # a retry_at beyond this was written by a clock that was wrong
IN_FLIGHT = ("pending", "sending")
_UNDECIDED = or_(d.c.state == "pending", d.c.state == "sending", d.c.state == "in_doubt")


# --- claiming ----------------------------------------------------------------------------------------------------


def claim(
    conn: Connection,
    edition: str,
    owner: str,
    n: int,
    now: datetime,
    *,
    calendar: datetime,
    late_before: datetime,
    domain: str | None = None,
    not_domains: Sequence[str] = (),
) -> list[Delivery]:
    """At most `n` due deliveries, now `owner`'s for a lease; rows whose address no longer wants mail are skipped.

    So are rows whose `not_before` is before `late_before`: stale news is not sent. `domain` takes only that recipient
    domain, `not_domains` leaves some out. Rows that another owner lost count as due.
    """
    where = [d.c.edition == edition, d.c.state == "pending", _due(now, calendar), _free(now, owner)]
    if domain:
        where.append(d.c.domain == domain)
    if not_domains:
        where.append(d.c.domain.not_in(not_domains))
    query = (
        select(*_OF_DELIVERY, subscribers.c.state.label("standing"), subscribers.c.snoozed_until)
        .add_columns(subscribers.c.address_hash.label("address_now"), suppressions.c.address_hash.label("suppressed"))
        .outerjoin(subscribers, subscribers.c.id == d.c.subscriber_id)
        .outerjoin(suppressions, _suppressed(now))
        .where(*where)
        .order_by(d.c.id)
        .limit(n)
        .with_for_update(skip_locked=True, of=d)
    )
    rows = conn.execute(query).all()
    reasons = {row.id: reason for row in rows if (reason := _no_longer(row, calendar, late_before))}
    _skip(conn, reasons, now)
    wanted = [row for row in rows if row.id not in reasons]
    if wanted:
        some = _padded([row.id for row in wanted])
        given = {"by": owner, "now": now, "until": now + LEASE, **_numbered("row", some)}
        write(conn, _hold(len(some)), [given])
    return [_delivery(row) for row in wanted]


_OF_DELIVERY = (d.c.id, d.c.edition, d.c.subscriber_id, d.c.address_hash, subscribers.c.email, d.c.name, d.c.language,
                d.c.shown, d.c.extra, d.c.key_id, d.c.not_before, d.c.attempts)  # fmt: skip
_FIELDS = tuple(one.name for one in _OF_DELIVERY)


def _due(now: datetime, calendar: datetime) -> Any:
    retry = or_(d.c.retry_at.is_(None), d.c.retry_at <= now, d.c.retry_at > now + LONGEST_RETRY)
    return and_(d.c.not_before <= calendar, retry)


def _free(now: datetime, owner: str) -> Any:
    """Nobody's, or of an owner whose lease is over (or so far ahead that a clock was wrong when it was written)."""
    over = or_(d.c.lease_until < now, d.c.lease_until > now + 2 * LEASE)
    return or_(d.c.owner.is_(None), and_(d.c.owner != owner, over))


def _suppressed(now: datetime) -> Any:
    alive = or_(suppressions.c.expires.is_(None), suppressions.c.expires > now)
    return and_(suppressions.c.address_hash == d.c.address_hash, alive)


def _no_longer(row: Any, calendar: datetime, late_before: datetime) -> str | None:
    """Why a frozen recipient may not be mailed any more, or None."""
    if row.email is None:
        return "forgotten"
    awake = row.standing == "snoozed" and row.snoozed_until and row.snoozed_until <= calendar.date()
    if row.standing != "active" and not awake:
        return str(row.standing)
    if row.suppressed is not None:
        return "suppressed"
    if row.address_now != row.address_hash:
        return "address_changed"
    return "late" if row.not_before < late_before else None


def _skip(conn: Connection, reasons: Mapping[int, str], now: datetime) -> None:
    if reasons:
        statement = update(d).where(d.c.id == bindparam("row")).values(_RESTING)
        conn.execute(
            statement, [{"row": row, "state": "skipped", "reason": why, "updated": now} for row, why in reasons.items()]
        )


_RESTING: Any = {
    "state": bindparam("state"),
    "reason": bindparam("reason"),
    "updated": bindparam("updated"),
} | dict.fromkeys(("owner", "lease_until", "retry_at"))


def _delivery(row: Any) -> Delivery:
    found = dict(zip(_FIELDS, row, strict=False))
    found["extra"] = found["extra"] or {}
    return Delivery(**found)


def release(conn: Connection, edition: str, owner: str, ids: Sequence[int]) -> None:
    """Give claims back untouched; a row that was marked but whose dot was surely not sent becomes pending again."""
    conn.execute(
        update(d)
        .where(d.c.edition == edition, d.c.id.in_(ids), d.c.owner == owner, _UNDECIDED)
        .values(state="pending", owner=None, lease_until=None)
    )


def let_go(conn: Connection, edition: str, owner: str, keep: Sequence[int]) -> None:
    """Give back every claim of `owner` but these: after a claim whose commit was lost it holds rows it never saw."""
    mine = update(d).where(d.c.edition == edition, d.c.state == "pending", d.c.owner == owner, d.c.id.not_in(keep))
    conn.execute(mine.values(owner=None, lease_until=None))


def renew(conn: Connection, owner: str, ids: Sequence[int], now: datetime) -> None:
    """Lengthen the leases of the rows that `owner` still holds."""
    conn.execute(update(d).where(d.c.id.in_(ids), d.c.owner == owner).values(lease_until=now + LEASE))


# --- sending -----------------------------------------------------------------------------------------------------


def mark_sending(conn: Connection, edition: str, owner: str, ids: Sequence[int], now: datetime) -> set[int]:
    """Note that the final dot is about to be sent; the ids for which it may be.

    Empty where the edition has been paused, stopped or cancelled; without the rows that are no longer `owner`'s.
    """
    some = _padded(ids)
    given = {"by": owner, "now": now, "until": now + LEASE, "of": edition, **_numbered("row", some)}
    return set(write(conn, _mark(len(some)), [given]).scalars())


# The path that every mail takes: one statement for all rows, since each step of another lets go of the interpreter, and
# built once for each power of two rows, since building and compiling one costs as much as a mail.


def _padded(rows: Sequence[T]) -> list[T]:
    """The rows, the last one repeated until their number is a power of two; no statement minds a repeated row."""
    return [*rows, *[rows[-1]] * ((1 << (len(rows) - 1).bit_length()) - len(rows))]


def _numbered(name: str, rows: Sequence[Any]) -> dict[str, Any]:
    return {f"{name}{i}": row for i, row in enumerate(rows)}


def _listed(name: str, size: int) -> list[Any]:
    return [bindparam(f"{name}{i}") for i in range(size)]


@lru_cache
def _hold(size: int) -> Update:
    held = update(d).where(d.c.id.in_(_listed("row", size)))
    return held.values(owner=bindparam("by"), lease_until=bindparam("until"), updated=bindparam("now"))


@lru_cache
def _mark(size: int) -> Update:
    now = bindparam("now", type_=d.c.updated.type)
    return (
        update(d)
        .where(d.c.id.in_(_listed("row", size)))
        .where(d.c.owner == bindparam("by"), d.c.state == "pending")
        .where(exists().where(editions.c.key == bindparam("of"), editions.c.state == "sending"))
        .values(
            state="sending",
            attempts=d.c.attempts + 1,
            first_attempt=func.coalesce(d.c.first_attempt, now),
            lease_until=bindparam("until"),
            updated=now,
        )
        .returning(d.c.id)
    )


def record(conn: Connection, owner: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write what became of attempts, also of rows taken over as in doubt meanwhile: who asked the server knows best.

    An accepted edition moves the reader's `caught_up_to` in the same transaction.
    """
    if not outcomes:
        return
    some = _padded(outcomes)
    given: dict[str, Any] = {"by": owner, "now": now}
    for i, one in enumerate(some):
        given |= {f"delivery{i}": one.delivery.id, f"state{i}": one.state.value, f"reason{i}": one.reason,
                   f"answer{i}": one.answer, f"queue_id{i}": one.queue_id, f"retry_at{i}": one.retry_at,
                   f"tried{i}": int(one.tried)}  # fmt: skip
    write(conn, _record(len(some)), [given])
    _catch_up(conn, [one.delivery for one in outcomes if one.state is DeliveryState.ACCEPTED])


_OUTCOME = {
    "delivery": d.c.id,
    "state": d.c.state,
    "reason": d.c.reason,
    "answer": d.c.answer,
    "queue_id": d.c.queue_id,
    "retry_at": d.c.retry_at,
    "tried": d.c.attempts,
}


@lru_cache
def _record(size: int) -> Update:
    lines = [tuple(bindparam(f"{name}{i}", type_=c.type) for name, c in _OUTCOME.items()) for i in range(size)]
    said = values(*(column(name, c.type) for name, c in _OUTCOME.items()), name="said").data(lines).cte("said")
    now = bindparam("now", type_=d.c.updated.type)
    return (
        update(d)
        .where(d.c.id == said.c.delivery, d.c.owner == bindparam("by"), _UNDECIDED)
        .values(
            state=said.c.state,
            reason=said.c.reason,
            answer=func.coalesce(said.c.answer, d.c.answer),
            queue_id=said.c.queue_id,
            retry_at=said.c.retry_at,
            attempts=d.c.attempts + said.c.tried,
            first_attempt=func.coalesce(d.c.first_attempt, case((said.c.tried == 1, now))),
            owner=case((said.c.state == "in_doubt", d.c.owner)),
            lease_until=None,
            updated=now,
        )
    )


def _catch_up(conn: Connection, accepted: Sequence[Delivery]) -> None:
    if accepted:
        some = _padded([one.subscriber_id for one in accepted])
        write(conn, _caught_up(len(some)), [{"edition": accepted[0].edition, **_numbered("row", some)}])


@lru_cache
def _caught_up(size: int) -> Update:
    return (
        update(subscribers)
        .where(subscribers.c.id.in_(_listed("row", size)))
        .where(or_(subscribers.c.caught_up_to.is_(None), subscribers.c.caught_up_to < bindparam("edition")))
        .values(caught_up_to=bindparam("edition"))
    )


def patiently(conn: Connection, outcomes: Sequence[Outcome], patience: timedelta) -> list[Outcome]:
    """The outcomes, with an end to the deferrals of recipients that would be tried for longer than `patience`."""
    deferred = [outcome.delivery.id for outcome in outcomes if outcome.retry_at]
    if not deferred:
        return list(outcomes)
    tried = select(d.c.id, d.c.first_attempt).where(d.c.id.in_(deferred), d.c.first_attempt.is_not(None))
    since = dict(conn.execute(tried).all())
    return [_end(one, since.get(one.delivery.id), patience) for one in outcomes]


def _end(outcome: Outcome, first: datetime | None, patience: timedelta) -> Outcome:
    if first is None or outcome.retry_at is None or outcome.retry_at - first < patience:
        return outcome
    reason = f"gave up after {patience / timedelta(hours=1):g} h; {outcome.reason}"
    return replace(outcome, state=DeliveryState.FAILED, reason=reason, retry_at=None)


def take_over(conn: Connection, edition: str, owner: str, now: datetime, alive: Callable[[str], bool | None]) -> int:
    """Free what dead owners held: unsent claims are pending again, `sending` rows become in doubt; their number.

    `alive` says True or False for processes of this machine, None for others, which live as long as their lease.
    """
    held = (d.c.edition == edition, d.c.state.in_(IN_FLIGHT), d.c.owner.is_not(None), d.c.owner != owner)
    owners = conn.execute(select(d.c.owner).where(*held).distinct()).scalars().all()
    dead = [name for name in owners if name is not None and alive(name) is False]
    conn.execute(
        update(d).where(*held, d.c.owner.in_(dead), d.c.state == "pending").values(owner=None, lease_until=None)
    )
    over = or_(d.c.lease_until < now, d.c.lease_until > now + 2 * LEASE)
    doubt = update(d).where(*held, d.c.state == "sending", or_(d.c.owner.in_(dead), over))
    reason = "the sender died between the final dot and the answer"
    # the owner stays on the row: if it lives after all, it may still say what the server answered
    return conn.execute(doubt.values(state="in_doubt", reason=reason, lease_until=None, updated=now)).rowcount


def next_wait(conn: Connection, edition: str, now: datetime, calendar: datetime) -> timedelta | None:
    """How long until an unfinished row may become due (zero: now); None where every row is final or in doubt.

    One statement, one view: between two, another sender may claim what the first saw free, and nothing would be left.
    """
    free = d.c.owner.is_(None)
    lease, retry, start, due, unfinished = conn.execute(
        select(
            func.min(d.c.lease_until),
            func.min(d.c.retry_at).filter(free, d.c.retry_at > now),
            func.min(d.c.not_before).filter(free, d.c.not_before > calendar),
            func.count().filter(free, _due(now, calendar)),
            func.count(),
        ).where(d.c.edition == edition, d.c.state.in_(IN_FLIGHT))
    ).one()
    if not unfinished:
        return None
    waits = [timedelta()] if due else []
    waits += [lease - now] if lease else []
    waits += [retry - now] if retry else []
    waits += [start - calendar] if start else []
    return max(min(waits, default=LEASE), timedelta())
