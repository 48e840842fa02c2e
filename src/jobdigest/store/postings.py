"""Postings as the store keeps them: upsert by (source, source_id), seen again, missing, closed."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Update, bindparam, func, select, text, update

from jobdigest.model import Place, Posting, Salary
from jobdigest.store.bulk import among, insert_rows, write
from jobdigest.store.schema import editions, postings

_CURATION_LOCK = 0x6A6F6265
_IN_REGION = 2**44 - 1
_PLACES = {str(place): place for place in range(16)}
_CACHE_KB = 16_384
CONFIRM_AFTER = timedelta(hours=6)
NEWS_OF_A_NEW_SOURCE = timedelta(days=14)
COLUMNS_OF_A_POSTING = tuple(
    column for column in postings.c if column.name not in ("text", "raw_hash", "identity_keys")
)


class Known(NamedTuple):
    """What the store has of a posting that a source shows again."""

    id: int
    raw_hash: bytes
    job_id: str
    keys: bytes


class Fresh(NamedTuple):
    """A judged posting on its way into the store; `known` is None for one never seen.

    `mask` is set where an operator split the posting off its job: its keys then equal no other posting's.
    """

    posting: Posting
    raw_hash: bytes
    known: Known | None
    mask: int = 0


class Kept(NamedTuple):
    """A posting just stored, as `resolve.assign` needs it."""

    id: int
    keys: tuple[int, ...]
    known: Known | None


def lock_curation(connection: Connection) -> None:
    """One writer curates at a time: SQLite locks by itself, PostgreSQL by this lock until the transaction ends.

    Keys fall on pages all over a SQLite file; those that a batch changes had better fit in memory.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KB}")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CURATION_LOCK})


def find_known(connection: Connection, source: str, source_ids: Sequence[str]) -> dict[str, Known]:
    """Those of `source_ids` that are stored already."""
    rows = connection.execute(
        select(
            postings.c.source_id, postings.c.id, postings.c.raw_hash, postings.c.job_id, postings.c.identity_keys
        ).where(postings.c.source == source, among(connection, postings.c.source_id, source_ids))
    )
    return {row[0]: Known(*row[1:]) for row in rows}


def touch(connection: Connection, ids: Sequence[int], now: datetime) -> list[str]:
    """Postings seen again unchanged: they are listed, so absence and its conclusion end; returns jobs that reopen."""
    if not ids:
        return []
    these = among(connection, postings.c.id, ids)
    back = connection.scalars(select(postings.c.job_id).where(these, postings.c.missing_since.is_not(None))).all()
    connection.execute(
        update(postings).where(these).values(last_seen=now, missing_since=None, closed_at=None)
        if back
        else update(postings).where(these).values(last_seen=now)
    )
    return list(back)


def touch_listed(connection: Connection, source: str, source_ids: Sequence[str], now: datetime) -> None:
    """Postings that a source lists in rows nobody can read: not missing, though not known to be open again."""
    listed = (postings.c.source == source) & among(connection, postings.c.source_id, source_ids)
    connection.execute(update(postings).where(listed).values(last_seen=now))


def touch_source(connection: Connection, source: str, now: datetime) -> None:
    """A source answered that nothing changed: what it listed last time, it lists still."""
    listed = (postings.c.source == source) & postings.c.missing_since.is_(None)
    connection.execute(update(postings).where(listed).values(last_seen=now))


def number(connection: Connection, rows: Sequence[Fresh]) -> list[Kept]:
    """Give judged postings their ids, new ones the next free ones; nothing is written."""
    next_id = (connection.scalar(select(func.max(postings.c.id))) or 0) + 1
    fresh_ids = count(next_id)
    return [
        Kept(
            row.known.id if row.known else next(fresh_ids),
            _masked(hash_identities(row.posting.identities), row.mask),
            row.known,
        )
        for row in rows
    ]


def _masked(keys: tuple[int, ...], mask: int) -> tuple[int, ...]:
    return tuple(key ^ mask for key in keys) if mask else keys


def save(
    connection: Connection,
    rows: Sequence[Fresh],
    kept: Sequence[Kept],
    job_of: Mapping[int, str],
    now: datetime,
    *,
    first_success: bool,
) -> None:
    """Insert or update judged postings; `first_success`: this source's first answer, whose old stock is no news."""
    no_news = first_success and connection.scalar(select(func.count()).select_from(editions)) != 0
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    for row, (id_, keys, _) in zip(rows, kept, strict=True):
        values = {**_values(row.posting, row.raw_hash, keys, now), "job_id": job_of[id_]}
        if row.known:
            updates.append({**values, "known_id": id_})
        else:
            old = no_news and not _recent(row.posting.date_posted, now)
            inserts.append({**values, "id": id_, "first_seen": now, "old_news": old})
    insert_rows(connection, postings, inserts)
    if updates:
        write(connection, _update(tuple(updates[0])), updates)


@lru_cache
def _update(names: tuple[str, ...]) -> Update:
    changed: dict[str, Any] = {name: bindparam(name) for name in names if name != "known_id"}
    cleared = {"missing_since": None, "closed_at": None}
    return update(postings).where(postings.c.id == bindparam("known_id")).values(**changed, **cleared)


def _recent(posted: date | None, now: datetime) -> bool:
    return posted is not None and now.date() - posted <= NEWS_OF_A_NEW_SOURCE


def _values(posting: Posting, raw_hash: bytes, keys: tuple[int, ...], now: datetime) -> dict[str, Any]:
    return {
        "source": posting.source,
        "source_id": posting.source_id,
        "raw_hash": raw_hash,
        "identity_keys": pack_keys(keys),
        "title": posting.title,
        "company": posting.company,
        "company_key": posting.company_key,
        "url": posting.url,
        "in_scope": posting.in_scope,
        "role_type": posting.role_type,
        "role_evidence": posting.role_evidence,
        "seniority": posting.seniority,
        "degree": posting.degree,
        "employment_type": posting.employment_type,
        "salary": posting.base_salary,
        "places": posting.places,
        "workplace": posting.workplace,
        "remote_scope": posting.remote_scope,
        "date_posted": posting.date_posted,
        "valid_through": posting.valid_through,
        "stated_closed": posting.stated_closed,
        "safety": posting.safety,
        "safety_reasons": posting.safety_reasons,
        "direct": posting.direct,
        "attribution": posting.attribution,
        "text": posting.text or None,
        "last_seen": now,
    }


def hash_identities(identities: Iterable[str]) -> tuple[int, ...]:
    """Identities as signed 64-bit integers, the form in which they are indexed.

    Those that begin alike up to a `|`, as an employer's do, lie near each other, and those that differ in a last `#0` …
    `#15` alone are neighbours: in a large store every page that a batch touches is read and written for it.
    """
    keys: dict[int, None] = {}
    family, first = "", 0
    for identity in identities:
        same, _, place = identity.rpartition("#")
        if place not in _PLACES:
            keys[_key(identity)] = None
            continue
        if same != family:
            family, first = same, _key(same) & -len(_PLACES)
        keys[first + _PLACES[place]] = None
    return tuple(keys)


def _key(identity: str) -> int:
    begin, bar, _ = identity.partition("|")
    return _region(begin) | _hash(identity) & _IN_REGION if bar else _hash(identity)


@lru_cache(maxsize=16_384)
def _region(begin: str) -> int:
    return _hash(begin) & ~_IN_REGION


def split_mask(source: str, source_id: str) -> int:
    """What a split-off posting's keys are masked with: applied twice it is undone, so no new judging is needed."""
    return _hash(f"split|{source}|{source_id}")


def _hash(identity: str) -> int:
    digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def pack_keys(keys: Sequence[int]) -> bytes:
    """Keys as bytes, eight each."""
    return struct.pack(f">{len(keys)}q", *keys)


def unpack_keys(packed: bytes) -> tuple[int, ...]:
    """The keys in `packed`."""
    return struct.unpack(f">{len(packed) // 8}q", packed)


def close_missing(connection: Connection, source: str, started: datetime, now: datetime) -> tuple[int, list[str]]:
    """After a complete answer: what it did not list is missing, and closed if it was missing ≥ 6 h ago already.

    Returns how many were closed and the jobs whose state may have changed.
    """
    absent = (postings.c.source == source) & (postings.c.last_seen < started) & postings.c.closed_at.is_(None)
    confirmed = absent & (postings.c.missing_since <= now - CONFIRM_AFTER)
    touched = connection.scalars(select(postings.c.job_id).where(absent)).all()
    closed = connection.execute(update(postings).where(confirmed).values(closed_at=now)).rowcount
    connection.execute(update(postings).where(absent, postings.c.missing_since.is_(None)).values(missing_since=now))
    return closed, list(dict.fromkeys(touched))


def is_empty(connection: Connection) -> bool:
    """Whether nothing was ever collected."""
    return connection.scalar(select(postings.c.id).limit(1)) is None


def totals(connection: Connection) -> tuple[int, int]:
    """How many postings are stored, and how many of them are in scope."""
    stored = connection.scalar(select(func.count()).select_from(postings))
    return stored or 0, connection.scalar(select(func.count()).where(postings.c.in_scope)) or 0  # each from an index


def each_posting(connection: Connection) -> Iterator[Row[Any]]:
    """Every stored posting in the order of arrival, streamed."""
    query = select(*COLUMNS_OF_A_POSTING).order_by(postings.c.id)
    yield from connection.execute(query, execution_options={"yield_per": 1000})


def read_places(value: Any) -> tuple[Place, ...]:
    """A JSON column of places as values."""
    return tuple(Place(*place) for place in value or ())


def read_salary(value: Any) -> Salary | None:
    """A JSON column of pay as a value."""
    return Salary(*value) if value else None
