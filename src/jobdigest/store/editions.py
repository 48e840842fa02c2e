"""Editions as frozen, their items, and what each reader has been shown before."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from jobdigest.model import Job, JobHistory, Place, PostingRef, Salary
from jobdigest.store.schema import deliveries, edition_items, editions, postings

SHOWN_STATES = ("accepted", "in_doubt", "sending")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEdition:
    """An edition as the store has it; `stats` are the counts of the freeze."""

    key: str
    slot: datetime
    state: str
    frozen_at: datetime
    content_hash: str
    audience: int
    stats: Mapping[str, Any]
    note: str | None
    correction: str | None
    stop_reason: str | None
    finished_at: datetime | None


_COLUMNS = [editions.c[field.name] for field in dataclasses.fields(StoredEdition)]


def save_frozen(
    conn: Connection,
    *,
    key: str,
    slot: datetime,
    frozen_at: datetime,
    content_hash: str,
    compiled: bytes,
    jobs: Sequence[Job],
    stats: Mapping[str, Any],
    note: str | None = None,
) -> None:
    """Write a new edition in state `frozen` with its jobs in order; a second one under the same key is refused."""
    conn.execute(
        insert(editions).values(
            key=key,
            slot=slot,
            state="frozen",
            frozen_at=frozen_at,
            content_hash=content_hash,
            audience=0,
            compiled=compiled,
            stats=dict(stats),
            note=note,
        )
    )
    rows = [
        {
            "edition": key,
            "position": position,
            "job_id": job.id,
            "posting_ids": job.posting_ids,
            "job": job_to_json(job),
        }
        for position, job in enumerate(jobs)
    ]
    if rows:
        conn.execute(insert(edition_items), rows)


def load(conn: Connection, key: str) -> StoredEdition | None:
    """The edition, without its fragments."""
    row = conn.execute(select(*_COLUMNS).where(editions.c.key == key)).one_or_none()
    return StoredEdition(**row._mapping) if row else None


def load_compiled(conn: Connection, key: str) -> bytes | None:
    """What `CompiledEdition.from_bytes` takes."""
    return conn.scalar(select(editions.c.compiled).where(editions.c.key == key))


def previous(conn: Connection, n: int, *, before: str | None = None) -> list[StoredEdition]:
    """The last `n` editions, newest first; those before a key if one is given. Cancelled ones do not count."""
    query = select(*_COLUMNS).where(editions.c.state != "cancelled").order_by(editions.c.key.desc()).limit(n)
    if before is not None:
        query = query.where(editions.c.key < before)
    return [StoredEdition(**row._mapping) for row in conn.execute(query)]


def items(conn: Connection, key: str) -> list[Job]:
    """The edition's jobs as of the freeze, in order."""
    query = select(edition_items.c.job).where(edition_items.c.edition == key).order_by(edition_items.c.position)
    return [job_from_json(data) for data in conn.scalars(query)]


def announced_by_role(conn: Connection, keys: Sequence[str]) -> Mapping[str, int]:
    """How many jobs of each role type some editions announced."""
    query = select(edition_items.c.edition, edition_items.c.job).where(edition_items.c.edition.in_(keys))
    return Counter(job["role_type"] for key, job in conn.execute(query) if job["announced_in"] == key)


def correct(conn: Connection, key: str, correction: str | None) -> None:
    """Put a correction on top of the edition's public page."""
    conn.execute(update(editions).where(editions.c.key == key).values(correction=correction))


def announce(conn: Connection, key: str, posting_ids: Iterable[int]) -> int:
    """Mark postings as first shown by this edition; those announced before keep their edition. Returns how many."""
    ids, count = sorted(posting_ids), 0
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = update(postings).where(postings.c.id.in_(some), postings.c.announced_in.is_(None))
        count += conn.execute(query.values(announced_in=key)).rowcount
    return count


class ShownBefore:
    """Which of an edition's items each reader has been shown before, under any posting of the job.

    `bits` maps a posting id to the bit set of the new edition's items it belongs to (`Matcher.postings`). Memory does
    not grow with readers: they are asked for in ranges of ids.
    """

    def __init__(self, conn: Connection, bits: Mapping[int, int]) -> None:
        self._conn = conn
        self._tables: dict[str, dict[int, int]] = {}
        self._memo: dict[tuple[str, bytes], int] = {}
        query = select(edition_items.c.edition, edition_items.c.position, edition_items.c.posting_ids)
        for edition, position, posting_ids in conn.execute(query):
            mask = 0
            for posting in posting_ids:
                mask |= bits.get(posting, 0)
            if mask:
                self._tables.setdefault(edition, {})[position] = mask

    def of_range(self, first: int, last: int) -> dict[int, int]:
        """For the subscriber ids from `first` to `last`: the bit set of items seen; absent where there is none."""
        seen: dict[int, int] = {}
        if not self._tables:
            return seen
        d = deliveries.c
        query = select(d.subscriber_id, d.edition, d.shown).where(
            d.subscriber_id.between(first, last), d.edition.in_(list(self._tables)), d.state.in_(SHOWN_STATES)
        )
        for subscriber, edition, shown in self._conn.execute(query):
            mask = self._mask(edition, shown)
            if mask:
                seen[subscriber] = seen.get(subscriber, 0) | mask
        return seen

    def _mask(self, edition: str, shown: bytes) -> int:
        key = (edition, shown)
        if key not in self._memo:
            if len(self._memo) > 100_000:
                self._memo.clear()
            table, mask = self._tables[edition], 0
            for position in _bits(shown):
                mask |= table.get(position, 0)
            self._memo[key] = mask
        return self._memo[key]


def job_to_json(job: Job) -> dict[str, Any]:
    """A job as plain JSON data."""
    return {name: _plain(value) for name, value in dataclasses.asdict(job).items()}


def job_from_json(data: Mapping[str, Any]) -> Job:
    """The job that `job_to_json` wrote."""
    history = data["history"]
    return Job(
        **{
            **data,
            "base_salary": Salary(*data["base_salary"]) if data["base_salary"] else None,
            "places": tuple(Place(*place) for place in data["places"]),
            "remote_scope": None if data["remote_scope"] is None else tuple(data["remote_scope"]),
            "date_posted": _date(data["date_posted"]),
            "first_seen": datetime.fromisoformat(data["first_seen"]),
            "last_looked": datetime.fromisoformat(data["last_looked"]) if data["last_looked"] else None,
            "postings": tuple(PostingRef(**ref) for ref in data["postings"]),
            "posting_ids": tuple(data["posting_ids"]),
            "history": JobHistory(**{**history, "since": date.fromisoformat(history["since"])}) if history else None,
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _bits(shown: bytes) -> Iterator[int]:
    mask = int.from_bytes(shown, "little")
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
