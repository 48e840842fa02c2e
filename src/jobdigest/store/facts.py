"""Small facts by key: a note for an edition, a hold after a restore, the last backup."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select

from jobdigest.store import sources
from jobdigest.store.schema import meta


def get(connection: Connection, key: str) -> Any:
    """The fact, or None."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def put(connection: Connection, key: str, value: Any) -> None:
    """Remember a fact; None forgets it."""
    if value is None:
        connection.execute(delete(meta).where(meta.c.key == key))
    else:
        sources.put(connection, meta, [{"key": key, "value": value}])
