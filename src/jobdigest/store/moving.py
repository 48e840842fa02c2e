"""Move everything from one database to another, in one transaction: what is interrupted leaves the new one empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, func, literal, select
from sqlalchemy.exc import DBAPIError

from jobdigest.errors import StoreError, UsageError
from jobdigest.store import holds, ledger
from jobdigest.store.bulk import insert_rows
from jobdigest.store.engine import Store
from jobdigest.store.schema import metadata

BATCH = 5_000  # rows


def retire(old: Store, where: str, alive: Callable[[str], bool | None], now: datetime) -> None:
    """From now on no edition leaves from `old`; raises UsageError where a sender is at work on it."""
    with old.begin() as connection:
        if busy := ledger.living_senders(connection, now, alive):
            raise UsageError(f"{busy[0]} is being sent; move when it is done, or `digest send --pause` it first")
        holds.retire(connection, where)


def copy_all(old: Store, new: Store, progress: Callable[[str, int], None]) -> dict[str, int]:
    """Copy every table, check the copy, and only then make it visible; returns rows by table.

    Raises UsageError where `new` holds anything, StoreError where the copy is not what `old` says.
    """
    counts = {}
    with old.read() as source, new.begin() as target:
        _refuse_unless_empty(target)
        try:
            for table in metadata.sorted_tables:
                counts[table.name] = _copy(source, target, table)
                progress(table.name, counts[table.name])
        except DBAPIError as error:
            raise StoreError(f"{table.name}: {str(error.orig).strip()}; nothing was moved") from error
        holds.unretire(target)
        _verify(source, target)
        _move_sequences(target)
    return counts


def refuse_unless_empty(new: Store) -> None:
    """Raise UsageError where `new` holds anything."""
    with new.read() as target:
        _refuse_unless_empty(target)


def _refuse_unless_empty(target: Connection) -> None:
    tables = metadata.sorted_tables
    full = [table.name for table in tables if target.scalar(select(literal(1)).select_from(table).limit(1))]
    if full:
        raise UsageError(f"the new database is not empty ({', '.join(full)}); name an empty one")


def _copied(table: Table) -> list[Column[Any]]:
    """What a database computes by itself is not copied."""
    return [column for column in table.c if column.computed is None]


def _copy(source: Connection, target: Connection, table: Table) -> int:
    total = 0
    for rows in _batches(source, table):
        insert_rows(target, table, rows)
        total += len(rows)
    return total


def _batches(source: Connection, table: Table) -> Iterator[Sequence[Any]]:
    query = select(*_copied(table)).order_by(*table.primary_key.columns)
    result = source.execute(query, execution_options={"yield_per": BATCH})
    yield from result.mappings().partitions(BATCH)


def _verify(source: Connection, target: Connection) -> None:
    """Every table has as many rows, and the ledger is whole."""
    for table in metadata.sorted_tables:
        if table.name == "meta":  # without the note that the old database is retired
            continue
        there, here = (c.scalar(select(func.count()).select_from(table)) for c in (source, target))
        if there != here:
            raise StoreError(
                f"{table.name}: {there:,} rows in the old database, {here:,} in the new; nothing was moved"
            )
    if problems := ledger.check(target):
        raise StoreError("the ledger is not whole; nothing was moved: " + "; ".join(problems))


def _move_sequences(target: Connection) -> None:
    """The next id of every table follows the last one copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            last = target.scalar(select(func.max(column))) or 0
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            target.execute(select(func.setval(sequence, last + 1, False)))
