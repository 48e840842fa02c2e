"""Which of several schedulers leads: whoever holds a lock of PostgreSQL's, which ends with its connection."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from jobdigest.store.engine import Store

_LOCK = 0x6A6F6267
_NOTICED = {"tcp_keepalives_idle": 20, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 4}
"""Seconds and tries after which the server lets go of a leader whose machine vanished."""


class Leadership:
    """One scheduler's claim to lead; with SQLite there is nobody else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether we lead now; takes the lead where nobody has it."""
        if self._store.is_sqlite:
            return True
        try:
            if self._connection is None:
                self._connection = self._connect()
            return self._is_ours(self._connection)
        except DBAPIError:
            self.release()
            return False

    def _connect(self) -> Connection:
        connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        for name, value in _NOTICED.items():
            connection.execute(text(f"SET {name} = {value}"))
        return connection

    def _is_ours(self, connection: Connection) -> bool:
        """A lock can be taken again by who has it, so it is asked for only where we do not have it."""
        mine = (
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND pid = pg_backend_pid() AND granted"
        )
        if connection.scalar(text(mine), {"key": _LOCK}):
            return True
        return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}))

    def release(self) -> None:
        """Let another lead: the lock goes with the connection."""
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None
