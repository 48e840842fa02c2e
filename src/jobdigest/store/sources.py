"""What is remembered about sources: health, the log of polls, validators, details fetched before.

Implements `collect.run.Memory` without knowing it. Reading may happen in any thread, writing in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.model import short_id
from jobdigest.polling import Health, Poll, Validator
from jobdigest.store.engine import Store
from jobdigest.store.schema import details, http_cache, meta, polls, sources

DETAILS_KEPT = timedelta(days=60)
"""A detail is fetched again when it is this old, and forgotten with its row."""
POLLS_KEPT = timedelta(days=90)
_UNSAVED = 50  # details that a sudden end may cost
_ASKED_BY_NAME = 10_000  # for more sources than this everything is read
_RULES = "validators_rules"


class _Record(Protocol):
    """The end of a poll, as `collect.run.Record` has it."""

    @property
    def health(self) -> Health: ...
    @property
    def poll(self) -> Poll: ...
    @property
    def validators(self) -> Mapping[str, Validator]: ...


class SourceMemory:
    """The memory of all sources for one run; `now` is the run's calendar time.

    `rules` names the judging rules: where they changed, validators are forgotten, so that unchanged answers are read
    and judged again. `only` are the sources it is asked about, all where it isn't said.
    """

    def __init__(self, store: Store, now: datetime, rules: bytes = b"", only: Sequence[str] | None = None) -> None:
        self._store = store
        self._only = only if only is not None and len(only) <= _ASKED_BY_NAME else None
        self._now = now
        self._forget_under_other_rules(rules.hex())

    def health(self) -> dict[str, Health]:
        """Every source polled before, by name."""
        return read_health(self._store, self._only)

    def validators(self) -> dict[str, dict[str, Validator]]:
        """Stored validators by source and URL."""
        found: dict[str, dict[str, Validator]] = {}
        with self._store.read() as connection:
            query = select(http_cache)
            if self._only is not None:
                query = query.where(http_cache.c.source.in_(self._only))
            for source, url, etag, modified in connection.execute(query):
                found.setdefault(source, {})[url] = Validator(etag, modified)
        return found

    def details(self, source: str) -> SourceDetails:
        """The detail memory of one source."""
        return SourceDetails(self._store, source, self._now)

    def record(self, records: Sequence[_Record]) -> None:
        """Store the ends of some polls in one transaction."""
        cached = [
            {"source": record.health.name, "url": url, **validator._asdict()}
            for record in records
            for url, validator in record.validators.items()
        ]
        with self._store.begin() as connection:
            put(connection, sources, [asdict(record.health) for record in records])
            put(connection, http_cache, cached)
            connection.execute(insert(polls), [asdict(record.poll) for record in records])

    def prune(self) -> None:
        """Forget old details and old lines of the log."""
        with self._store.begin() as connection:
            connection.execute(delete(details).where(details.c.fetched < self._now - DETAILS_KEPT))
            connection.execute(delete(polls).where(polls.c.at < self._now - POLLS_KEPT))

    def _forget_under_other_rules(self, rules: str) -> None:
        with self._store.read() as connection:
            if connection.scalar(select(meta.c.value).where(meta.c.key == _RULES)) == rules:
                return
        with self._store.begin() as connection:
            connection.execute(delete(http_cache))
            put(connection, meta, [{"key": _RULES, "value": rules}])


class SourceDetails:
    """Details of one source's rows; what is put counts at once and is stored in fifties or by `flush`."""

    def __init__(self, store: Store, source: str, now: datetime) -> None:
        self._store = store
        self._source = source
        self._now = now
        self._fresh: dict[str, tuple[str, Any]] = {}

    def get(self, source_id: str, stamp: str) -> Any | None:
        """The stored detail of a row, unless the row's `stamp` changed since or it is old."""
        key = short_id(source_id)
        if key in self._fresh:
            known, detail = self._fresh[key]
            return detail if known == stamp else None
        query = select(details.c.detail).where(
            details.c.source == self._source,
            details.c.source_id == key,
            details.c.stamp == stamp,
            details.c.fetched >= self._now - DETAILS_KEPT,
        )
        with self._store.read() as connection:
            return connection.scalar(query)

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        """Remember a row's detail."""
        self._fresh[short_id(source_id)] = (stamp, detail)
        if len(self._fresh) >= _UNSAVED:
            self.flush()

    def flush(self) -> None:
        """Store what was put since the last flush."""
        if not self._fresh:
            return
        fresh = dict(self._fresh)
        rows = [
            {"source": self._source, "source_id": key, "stamp": stamp, "detail": detail, "fetched": self._now}
            for key, (stamp, detail) in fresh.items()
        ]
        with self._store.begin() as connection:
            put(connection, details, rows)
        for key in fresh:
            self._fresh.pop(key, None)


def read_health(store: Store, only: Sequence[str] | None = None) -> dict[str, Health]:
    """Every source polled before (or only some of them), by name."""
    query = select(sources) if only is None else select(sources).where(sources.c.name.in_(only))
    with store.read() as connection:
        return {row.name: Health(**row._mapping) for row in connection.execute(query)}


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, or replace those with the same primary key; all rows have the same columns."""
    if not rows:
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    keys = [column.name for column in table.primary_key]
    statement = dialect.insert(table)
    others = {name: statement.excluded[name] for name in _others(rows[0], keys)}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows))


def _others(names: Iterable[str], keys: Sequence[str]) -> list[str]:
    return [name for name in names if name not in keys]
