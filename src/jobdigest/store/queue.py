"""The tables of the task engine, in a PostgreSQL schema of their own beside ours.

They hold nothing that isn't known elsewhere: what is due follows from slots, run keys, polls and the ledger. So an
engine of another version simply gets new, empty tables.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, text

from jobdigest.store.engine import Store

SCHEMA = "digest_work"
_LIVES = "last_heartbeat > now() - interval '10 seconds'"  # four signs of life in a row were missed
_LOCK = 0x6A6F6266


def address(store: Store) -> dict[str, Any]:
    """What a connector of the engine needs to find its tables."""
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"conninfo": url, "kwargs": {"options": f"-c search_path={SCHEMA}"}}


def prepare(store: Store) -> None:
    """Make the engine's tables; those of another version are made anew."""
    from procrastinate.schema import SchemaManager

    wanted = version("procrastinate")
    with store.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        described = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"
        if connection.scalar(text(described), {"name": SCHEMA}) == wanted:
            return
        for statement in (
            f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE",
            f"CREATE SCHEMA {SCHEMA}",
            f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'",
            f"SET LOCAL search_path TO {SCHEMA}",
            SchemaManager.get_schema(),
        ):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def forget_lost(connection: Connection) -> int:
    """Drop the tasks whose worker died, so that their work is handed out again; returns how many."""
    alive = f"SELECT FROM procrastinate_workers w WHERE w.id = worker_id AND {_LIVES}"
    lost = f"DELETE FROM procrastinate_jobs WHERE status = 'doing' AND NOT EXISTS ({alive})"  # noqa: S608
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    return connection.execute(text(lost)).rowcount


def known(connection: Connection) -> set[str]:
    """The names of all tasks that wait or are being done."""
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    return set(connection.scalars(text("SELECT lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")))


def living(connection: Connection) -> int:
    """How many of the engine's workers gave a sign of life lately."""
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    query = f"SELECT count(*) FROM procrastinate_workers WHERE {_LIVES}"  # noqa: S608 - the text is ours
    return connection.scalar(text(query)) or 0
