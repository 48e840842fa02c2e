"""A reader's choices, by the signed link in every mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from jobdigest.model import Preferences, SubscriberState
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.tokens import PREFERENCES

if TYPE_CHECKING:
    from jobdigest.app import App

PAUSE = timedelta(weeks=4)


class Choosing(NamedTuple):
    """A reader at their preference page."""

    state: SubscriberState
    fields: Mapping[str, str]


def choices_of(app: App, token: str) -> Choosing | None:
    """What the reader behind a mail's link has chosen; None where we never signed the link."""
    claim = app.keys.verify(token, PREFERENCES)
    if claim is None:
        return None
    with app.store.read() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
    if row is None or row.email is None:
        return None
    chosen = preferences.from_json(row.preferences)
    return Choosing(SubscriberState(row.state), preferences.write_preferences(chosen))


def choose(app: App, token: str, wanted: Preferences) -> bool:
    """Keep what a reader chose; False where the link is not one of ours."""
    return _change(app, token, None, {"preferences": preferences.to_json(wanted)})


def pause(app: App, token: str) -> bool:
    """No mail for four weeks."""
    return _change(app, token, "snooze", {"snoozed_until": (datetime.now(UTC) + PAUSE).date()})


def found_a_job(app: App, token: str) -> bool:
    """The happiest way to leave."""
    return _change(app, token, "leave", {"state_reason": "found a job"})


def _change(app: App, token: str, verb: str | None, values: dict[str, object]) -> bool:
    claim = app.keys.verify(token, PREFERENCES)
    if claim is None:
        return False
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
        if row is None or row.email is None:
            return False
        if verb:
            values = {**values, "state": lifecycle.move(SubscriberState(row.state), verb)}
        store_subscribers.change(connection, row.id, **values)
    return True
