"""Editions that must not be sent until a human says so: after a restore, a move, or a run that never saved its end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from jobdigest.store import facts
from jobdigest.store.schema import deliveries

_RESTORED = "restored"
_RETIRED = "retired"


def hold_after_restore(connection: Connection, now: datetime) -> None:
    """The ledger is older than the world: what was due until `now` may have been sent already."""
    facts.put(connection, _RESTORED, now.isoformat())


def release(connection: Connection) -> bool:
    """The operator knows what was sent; False where nothing was held."""
    held = any(facts.get(connection, key) is not None for key in (_RESTORED, _RETIRED))
    facts.put(connection, _RESTORED, None)
    unretire(connection)
    return held


def retire(connection: Connection, where: str) -> None:
    """Everything moved to `where`: were this database to send as well, readers would get two mails."""
    facts.put(connection, _RETIRED, where)


def unretire(connection: Connection) -> None:
    """This database is the one in use."""
    facts.put(connection, _RETIRED, None)


def moved_to(connection: Connection) -> str | None:
    """Where everything moved, None for the database in use."""
    where = facts.get(connection, _RETIRED)
    return str(where) if where else None


def is_held(connection: Connection, slot: datetime) -> bool:
    """Whether an edition with this slot may have been sent by a ledger that was lost, or is another's to send."""
    until = facts.get(connection, _RESTORED)
    return moved_to(connection) is not None or (until is not None and slot <= datetime.fromisoformat(until))


def begin_unsaved(connection: Connection, edition: str) -> None:
    """From now until `end_unsaved` is saved, a copy of this state cannot know what was sent."""
    facts.put(connection, f"unsaved:{edition}", True)


def end_unsaved(connection: Connection, edition: str) -> None:
    """Everything sent is in this state."""
    facts.put(connection, f"unsaved:{edition}", None)


def doubt_unsaved(connection: Connection, edition: str, now: datetime) -> int:
    """A run began sending and its end was never saved: whatever is not final is in doubt; returns how many rows."""
    if not facts.get(connection, f"unsaved:{edition}"):
        return 0
    open_rows = (deliveries.c.edition == edition) & deliveries.c.state.in_(("pending", "sending"))
    values = {"state": "in_doubt", "reason": "a run ended without saving its state; it may have been sent"}
    count = connection.execute(
        update(deliveries).where(open_rows).values(**values, owner=None, lease_until=None, updated=now)
    ).rowcount
    end_unsaved(connection, edition)
    return count
