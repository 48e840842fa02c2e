"""What an operator does with readers: add, import, export, remove, forget; where subscribers and the store meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from jobdigest.errors import DigestError
from jobdigest.model import SubscriberState
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.importing import BadRow, NewSubscriber, check_address, read_rows, write_rows
from jobdigest.subscribers.preferences import FieldError

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

CHUNK = 1000


@dataclass(slots=True)
class ImportOutcome:
    """Counts of an import, and the rows that were not taken."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept_out: int = 0
    problems: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line for the operator."""
        parts = [f"{self.added:,} added", f"{self.updated:,} updated", f"{self.unchanged:,} unchanged"]
        if self.kept_out:
            parts.append(f"{self.kept_out:,} left alone (they unsubscribed, bounced or complained)")
        if self.problems:
            parts.append(f"{len(self.problems):,} rows not taken")
        return " · ".join(parts)


def import_csv(app: App, path: Path, now: datetime) -> ImportOutcome:
    """Take a CSV in transactions of a thousand rows; a row with a mistake is named and skipped."""
    outcome = ImportOutcome()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = read_rows(file, str(path), app.role_ids)
            while some := list(islice(rows, CHUNK)):
                outcome.problems += [row.problem for row in some if isinstance(row, BadRow)]
                take(app, [row for row in some if isinstance(row, NewSubscriber)], outcome, now)
    except (OSError, UnicodeDecodeError) as error:
        raise DigestError(f"{path}: cannot be read: {error}") from None
    return outcome


def take(app: App, rows: Sequence[NewSubscriber], outcome: ImportOutcome, now: datetime) -> None:
    """Add or update readers as active ones; whoever left, bounced or complained stays as they are."""
    by_hash = {app.keys.address_hash(row.email): row for row in rows}
    with app.store.begin() as connection:
        known = store_subscribers.find_many(connection, list(by_hash))
        barred = store_subscribers.suppressed(connection, list(by_hash), now)
        fresh = []
        for digest, row in by_hash.items():
            if digest in barred:
                outcome.kept_out += 1
            elif digest in known:
                _update(connection, known[digest], row, outcome)
            else:
                fresh.append({**_columns(row), "address_hash": digest, "state": "active", "created": now})
        store_subscribers.add_many(connection, fresh)
        outcome.added += len(fresh)


def _columns(row: NewSubscriber) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "timezone": row.timezone,
        "language": row.language,
        "preferences": preferences.to_json(row.preferences),
    }


def _update(connection: Connection, known: Any, row: NewSubscriber, outcome: ImportOutcome) -> None:
    columns = _columns(row)
    stays = known.state in (SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.COMPLAINED)
    if stays or known.email is None:
        outcome.kept_out += 1
        return
    changed = {name: value for name, value in columns.items() if _plain(getattr(known, name)) != _plain(value)}
    if known.state == SubscriberState.PENDING:
        changed["state"] = SubscriberState.ACTIVE
    if changed:
        store_subscribers.change(connection, known.id, **changed)
    outcome.updated += bool(changed)
    outcome.unchanged += not changed


def _plain(value: Any) -> Any:
    """Tuples as the lists that JSON gives back."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def add_one(app: App, email: str, name: str, now: datetime) -> str:
    """Add one reader; says in words what happened."""
    outcome = ImportOutcome()
    try:
        row = NewSubscriber(email=check_address(email), name=name or None)
    except FieldError as error:
        raise DigestError(str(error)) from None
    take(app, [row], outcome, now)
    if outcome.kept_out:
        raise DigestError(f"{email} unsubscribed, bounced or complained earlier and stays as they are")
    return f"{row.email}: {'added' if outcome.added else 'was there already'}"


def export_csv(app: App, file: TextIO) -> int:
    """Write every active or snoozed reader; returns how many."""
    with app.store.read() as connection:
        states = (SubscriberState.ACTIVE, SubscriberState.SNOOZED)
        return write_rows(file, store_subscribers.each(connection, preferences.from_json, *states))


def each_reader(app: App) -> Iterator[dict[str, Any]]:
    """Every reader as a row of plain values."""
    with app.store.read() as connection:
        for reader in store_subscribers.each(connection, preferences.from_json):
            wants = {name: value for name, value in preferences.write_preferences(reader.preferences).items() if value}
            yield {
                "email": reader.email,
                "name": reader.name,
                "state": reader.state,
                "timezone": reader.timezone,
                "language": reader.language,
                "caught_up_to": reader.caught_up_to,
                "preferences": wants,
                "wants": ", ".join(f"{name} {value}" for name, value in wants.items() if value != "weekly")
                or "anything",
            }


def row_of(app: App, connection: Connection, email: str) -> Any:
    """The row of an address; raises DigestError where there is none."""
    row = store_subscribers.find(connection, app.keys.address_hash(email))
    if row is None:
        raise DigestError(f"{email} is not a subscriber; `digest subscribers list` shows who is")
    return row


def leave(app: App, email: str, why: str) -> str:
    """Unsubscribe an address; says in words what happened."""
    with app.store.begin() as connection:
        row = row_of(app, connection, email)
        state = lifecycle.move(SubscriberState(row.state), "leave")
        store_subscribers.change(connection, row.id, state=state, state_reason=why)
    return f"{email}: {state}"


def forget_one(app: App, email: str, now: datetime) -> str:
    """Erase an address; says in words what happened."""
    with app.store.begin() as connection:
        store_subscribers.forget(connection, row_of(app, connection, email).id, now)
    return "forgotten; only a keyed hash stays, so that nobody mails them again by mistake"
