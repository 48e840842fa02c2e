"""Leaving by the link of any mail ever sent, and coming back from a leave that somebody else took."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from jobdigest.app.letters import Writing, fresh, no_letter, post, stamp
from jobdigest.model import SubscriberState
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle
from jobdigest.subscribers.tokens import RESUBSCRIBE, UNSUBSCRIBE

if TYPE_CHECKING:
    from jobdigest.app import App

UNDO = timedelta(days=30)


class Left(NamedTuple):
    """After a leave: the token that undoes it, and the letter with it to the reader."""

    undo: str
    letter: Writing


def leave_by_link(app: App, token: str, now: datetime) -> Left | None:
    """Unsubscribe whoever a mail's link was signed for, None where we never signed the link.

    The letter goes to the reader's address, once: the link may have been in a mail passed on.
    """
    claim = app.keys.verify(token, UNSUBSCRIBE)
    if claim is None:
        return None
    undo = app.keys.sign(RESUBSCRIBE, claim.subscriber_id, stamp(now))
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
        if row is None:
            return Left(undo, no_letter)
        state = lifecycle.move(SubscriberState(row.state), "leave")
        left = state is SubscriberState.UNSUBSCRIBED and row.state != SubscriberState.UNSUBSCRIBED
        if left:
            store_subscribers.change(connection, row.id, state=state, state_reason="unsubscribed by link")
    goodbye = partial(post, app, "goodbye", row.email, row.language, f"undo/{undo}", now)
    return Left(undo, goodbye if left and row.email else no_letter)


def undo(app: App, token: str, now: datetime) -> bool:
    """Take a leave back, with everything that was chosen; False where the link is old or not ours."""
    reader = fresh(app, token, RESUBSCRIBE, UNDO, now)
    if reader is None:
        return False
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, reader)
        if row is None or row.email is None:
            return False
        if store_subscribers.suppressed(connection, [row.address_hash], now):
            return False
        state = lifecycle.move(SubscriberState(row.state), "return")
        if state is not SubscriberState(row.state):
            store_subscribers.change(connection, row.id, state=state, state_reason=None)
    return state in (SubscriberState.ACTIVE, SubscriberState.SNOOZED)
