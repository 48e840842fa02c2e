"""Leaving by the link of any mail ever sent, and coming back from a leave that somebody else took."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jobdigest.app.letters import fresh, post, stamp
from jobdigest.errors import DigestError
from jobdigest.model import SubscriberState
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle
from jobdigest.subscribers.tokens import RESUBSCRIBE, UNSUBSCRIBE

if TYPE_CHECKING:
    from jobdigest.app import App

UNDO = timedelta(days=30)
log = logging.getLogger("jobdigest")


def leave_by_link(app: App, token: str, now: datetime, *, goodbye: bool) -> str | None:
    """Unsubscribe whoever a mail's link was signed for; a token to undo it, None where we never signed the link.

    With `goodbye` a letter with the undo goes to the reader's address: the link may have been in a mail passed on.
    """
    claim = app.keys.verify(token, UNSUBSCRIBE)
    if claim is None:
        return None
    undo = app.keys.sign(RESUBSCRIBE, claim.subscriber_id, stamp(now))
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
        if row is None:
            return undo
        state = lifecycle.move(SubscriberState(row.state), "leave")
        left = state is SubscriberState.UNSUBSCRIBED and row.state != SubscriberState.UNSUBSCRIBED
        if left:
            store_subscribers.change(connection, row.id, state=state, state_reason="unsubscribed by link")
    if left and goodbye and row.email:
        try:
            post(app, "goodbye", row.email, row.language, f"undo/{undo}", now, {})
        except DigestError as error:  # they have left all the same
            log.warning("a goodbye letter did not leave: %s", type(error).__name__)
    return undo


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
