"""A reader's choices, by the signed link in every mail: what to get, when, where to, and what is kept of them.

Whoever holds a mail that was passed on holds that link too. So it never shows an address: what is kept of a reader is
fetched by a letter to them, and when the mail goes elsewhere or the reader is erased, the address they had is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.letters import Writing, fresh, no_letter, post, stamp
from jobdigest.compose.letters import Name
from jobdigest.model import Limit, Preferences, SubscriberState
from jobdigest.store import ledger, rates
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.importing import check_address
from jobdigest.subscribers.preferences import FieldError
from jobdigest.subscribers.tokens import CHANGE_ADDRESS, DATA, PREFERENCES

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

PAUSE = timedelta(weeks=4)
LONGEST_PAUSE = timedelta(days=366)
VALID = timedelta(hours=48)
HOUR, LETTERS = 3600, 5  # that a reader may have us write
MAILED = (SubscriberState.ACTIVE, SubscriberState.SNOOZED)


class Choosing(NamedTuple):
    """A reader at their preference page."""

    id: int
    state: SubscriberState
    fields: Mapping[str, str]
    chosen: Preferences
    timezone: str | None
    language: str | None
    snoozed_until: date | None


def choices_of(app: App, token: str) -> Choosing | None:
    """What the reader behind a mail's link has chosen; None where we never signed the link."""
    with app.store.read() as connection:
        row = _reader(app, connection, token)
    if row is None:
        return None
    chosen = preferences.from_json(row.preferences)
    fields = preferences.write_preferences(chosen) | {"language": row.language or "", "timezone": row.timezone or ""}
    state = SubscriberState(row.state)
    return Choosing(row.id, state, fields, chosen, row.timezone, row.language, row.snoozed_until)


def _reader(app: App, connection: Connection, token: str) -> Row[Any] | None:
    claim = app.keys.verify(token, PREFERENCES)
    row = store_subscribers.get(connection, claim.subscriber_id) if claim else None
    return row if row is not None and row.email is not None else None


def choose(app: App, token: str, wanted: Preferences, language: str | None, timezone: str | None) -> bool:
    """Keep what a reader chose; False where the link is not one of ours."""
    values = {"preferences": preferences.to_json(wanted), "language": language, "timezone": timezone}
    return _change(app, token, None, values) is not None


def pause(app: App, token: str, until: date) -> SubscriberState | None:
    """No mail until a day; the state after it, which is another one than `snoozed` for somebody who has left."""
    return _change(app, token, "snooze", {"snoozed_until": until})


def resume(app: App, token: str) -> SubscriberState | None:
    """The pause is over."""
    return _change(app, token, "resume", {"snoozed_until": None})


def read_day(text: str, today: date) -> date:
    """The day until which to pause; raises FieldError for one that is past, too far off or none."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise FieldError("until", f"{text[:40]!r} is not a day; write it like 2026-12-24") from None
    if not today < day <= today + LONGEST_PAUSE:
        raise FieldError("until", f"{day} is not within the coming year")
    return day


def found_a_job(app: App, token: str) -> SubscriberState | None:
    """The happiest way to leave."""
    return _change(app, token, "leave", {"state_reason": "found a job"})


def _change(app: App, token: str, verb: str | None, values: Mapping[str, object]) -> SubscriberState | None:
    """Set columns, moving to the state after `verb`; where that means nothing from here, nothing is set."""
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None:
            return None
        state = SubscriberState(row.state)
        if verb and state not in lifecycle.MOVES[verb][0]:
            return state
        after = lifecycle.move(state, verb) if verb else state
        store_subscribers.change(connection, row.id, **values, state=after)
        return after


def ask_for_address(app: App, token: str, text: str, now: datetime) -> Writing | None:
    """The letter that asks a new address whether the mail shall come there; raises FieldError for what is none.

    None where the link is not ours or asked too often. An address that belongs to a reader already or wants no mail is
    not written to, and the asker does not learn it.
    """
    email = check_address(text)
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None or not _may_write(connection, row, now):
            return None
        digest = app.keys.address_hash(email)
        if store_subscribers.suppressed(connection, [digest], now) or store_subscribers.find(connection, digest):
            return no_letter
        store_subscribers.change(connection, row.id, new_email=email)
    path = f"address/{app.keys.sign(CHANGE_ADDRESS, row.id, stamp(now))}"
    return partial(post, app, "address", email, row.language, path, now)


def _may_write(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Count one more letter that a reader has us write, unless there were too many within the hour."""
    limit = Limit(f"letters:{row.id}", HOUR, LETTERS)
    if not rates.remaining(connection, [limit], now)[limit.scope]:
        return False
    rates.spend(connection, [limit], {limit.scope: 1}, now)
    return True


def change_address(app: App, token: str, now: datetime) -> Writing | None:
    """From now on the mail goes to the address that was asked; the letter that tells the one before.

    None where the link is old, used or not ours.
    """
    reader = fresh(app, token, CHANGE_ADDRESS, VALID, now)
    if reader is None:
        return None
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, reader)
        if row is None or row.new_email is None:
            return None
        digest = app.keys.address_hash(row.new_email)
        if not store_subscribers.move(connection, row.id, row.new_email, digest):
            return None
    return _letter(app, row, "moved", "join", now)


def ask_for_data(app: App, token: str, now: datetime) -> Writing | None:
    """The letter with the link to all that is kept of a reader; None where the link is not ours or asked too often."""
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None or not _may_write(connection, row, now):
            return None
    return _letter(app, row, "data", f"data/{app.keys.sign(DATA, row.id, stamp(now))}", now)


def my_data(app: App, token: str, now: datetime) -> dict[str, Any] | None:
    """Everything that is kept of a reader, for them to take away; None where the link is old or not ours."""
    reader = fresh(app, token, DATA, VALID, now)
    if reader is None:
        return None
    with app.store.read() as connection:
        row = store_subscribers.get(connection, reader)
        if row is None or row.email is None:
            return None
        kept = {name: value for name, value in row._mapping.items() if name not in ("id", "address_hash")}
        mails = [
            {"edition": one.edition, "state": one.state, "reason": one.reason, "at": one.updated}
            for one in ledger.of_reader(connection, row.id)
        ]
    return {**kept, "mails": mails}


def erase(app: App, token: str, now: datetime) -> Writing | None:
    """Forget the reader, for whom one last letter is left; a keyed hash stays, so that nobody mails them by mistake."""
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None:
            return None
        store_subscribers.forget(connection, row.id, now)
    return _letter(app, row, "erased", "join", now)


def _letter(app: App, row: Row[Any], name: Name, path: str, now: datetime) -> Writing:
    """One to the address that a reader has, or had; none where mail came back or was complained about."""
    if row.state in (SubscriberState.BOUNCED, SubscriberState.COMPLAINED):
        return no_letter
    return partial(post, app, name, row.email, row.language, path, now)
