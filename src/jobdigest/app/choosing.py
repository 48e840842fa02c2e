"""A reader's choices, by the signed link in every mail: what to get, when, where to, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.letters import fresh, post, stamp
from jobdigest.model import Preferences, SubscriberState
from jobdigest.store import ledger
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.importing import check_address
from jobdigest.subscribers.preferences import FieldError
from jobdigest.subscribers.tokens import CHANGE_ADDRESS, PREFERENCES

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

PAUSE = timedelta(weeks=4)
LONGEST_PAUSE = timedelta(days=366)
VALID = timedelta(hours=48)
A_CHANGE = timedelta(hours=1)  # between two letters that ask about a new address
MAILED = (SubscriberState.ACTIVE, SubscriberState.SNOOZED)


class Choosing(NamedTuple):
    """A reader at their preference page."""

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
    return Choosing(SubscriberState(row.state), fields, chosen, row.timezone, row.language, row.snoozed_until)


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


def ask_for_address(app: App, token: str, text: str, now: datetime) -> bool:
    """Write to a new address whether the mail shall come there; raises FieldError for what is none.

    False where the link is not ours. Asked again within the hour, no second letter is written; an address that belongs
    to a reader already gets none either, and the asker does not learn it.
    """
    email = check_address(text)
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None:
            return False
        digest = app.keys.address_hash(email)
        barred = store_subscribers.suppressed(connection, [digest], now)
        taken = store_subscribers.find(connection, digest)
        early = row.confirm_sent_at and now - row.confirm_sent_at < A_CHANGE
        if early or barred or taken is not None or SubscriberState(row.state) not in MAILED:
            return True
        store_subscribers.change(connection, row.id, new_email=email, confirm_sent_at=now)
    post(app, "address", email, row.language, f"address/{app.keys.sign(CHANGE_ADDRESS, row.id, stamp(now))}", now, {})
    return True


def change_address(app: App, token: str, now: datetime) -> bool:
    """From now on the mail goes to the address that was asked; False where the link is old, used or not ours."""
    reader = fresh(app, token, CHANGE_ADDRESS, VALID, now)
    if reader is None:
        return False
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, reader)
        if row is None or row.new_email is None:
            return False
        digest = app.keys.address_hash(row.new_email)
        if store_subscribers.find(connection, digest) is not None:
            return False
        store_subscribers.change(connection, row.id, email=row.new_email, address_hash=digest, new_email=None)
    return True


def my_data(app: App, token: str) -> dict[str, Any] | None:
    """Everything that is kept of a reader, for them to take away."""
    with app.store.read() as connection:
        row = _reader(app, connection, token)
        if row is None:
            return None
        kept = {name: value for name, value in row._mapping.items() if name not in ("id", "address_hash")}
        mails = [
            {"edition": one.edition, "state": one.state, "reason": one.reason, "at": one.updated}
            for one in ledger.of_reader(connection, row.id)
        ]
    return {**kept, "mails": mails}


def erase(app: App, token: str, now: datetime) -> bool:
    """Forget the reader; a keyed hash stays, so that nobody mails them again by mistake."""
    with app.store.begin() as connection:
        row = _reader(app, connection, token)
        if row is None:
            return False
        store_subscribers.forget(connection, row.id, now)
    return True
