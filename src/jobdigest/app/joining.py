"""Joining by double opt-in, and coming back: a letter first, and an act only by its link.

    ask ──► pending ── letter, 48 h ──► confirm ──► active ──► the newest edition
    unsubscribed, forgotten, bounced: the same way back; who complained is never written to again

What is asked for waits as `request` in `consent` until it is confirmed, so nobody changes another reader's choices or
consent by knowing an address; consent that a newer one has taken the place of is kept as `earlier`. The asker sees the
same, and as fast, whatever is known of the address: the letter is written after the answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.letters import Writing, fresh, no_letter, post, stamp
from jobdigest.app.sending import check_way_out
from jobdigest.compose.letters import Name
from jobdigest.model import Limit, Subscriber, SubscriberState
from jobdigest.store import rates, suppressions
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.importing import NewSubscriber
from jobdigest.subscribers.tokens import CONFIRM, PREFERENCES

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

VALID = timedelta(hours=48)
A_LETTER = timedelta(hours=1)  # between two letters to one address
HOUR, AN_HOUR = 3600, 10  # requests taken from one network
MUTE = "complained"
KNOWN = (SubscriberState.ACTIVE, SubscriberState.SNOOZED)


class Consent(NamedTuple):
    """What the asker agreed to: the words at the button, and a keyed hash of their network."""

    wording: str
    network: bytes


def ask(app: App, wanted: NewSubscriber, consent: Consent, now: datetime) -> Writing | None:
    """Remember what is asked for; the letter that asks for confirmation, None where the network asked too often.

    Raises DeliveryError where config.yaml names no way for mail to leave.
    """
    check_way_out(app)
    limit = Limit(f"join:{consent.network.hex()}", HOUR, AN_HOUR)
    digest = app.keys.address_hash(wanted.email)
    with app.store.begin() as connection:
        if not rates.remaining(connection, [limit], now)[limit.scope]:
            return None
        rates.spend(connection, [limit], {limit.scope: 1}, now)
        row = _remembered(connection, digest, wanted, consent, now)
    if row is None:
        return no_letter
    return partial(_write, app, row, "known" if SubscriberState(row.state) in KNOWN else "confirm", now)


def _remembered(
    connection: Connection, digest: bytes, wanted: NewSubscriber, consent: Consent, now: datetime
) -> Row[Any] | None:
    """The asker's row with what they ask for; None where no letter may or need be written."""
    barred = store_subscribers.suppressed(connection, [digest], now).get(digest)
    row = store_subscribers.find(connection, digest)
    if barred == MUTE or (row is not None and row.state == SubscriberState.COMPLAINED):
        return None
    if row is not None and row.confirm_sent_at and now - row.confirm_sent_at < A_LETTER:
        return None
    asked = {
        "asked": now.isoformat(),
        "wording": consent.wording,
        "network": consent.network.hex(),
        "wants": preferences.to_json(wanted.preferences),
        "language": wanted.language,
        "timezone": wanted.timezone,
    }
    if row is None:
        row = store_subscribers.add_pending(connection, digest, wanted.email, now)
    known = SubscriberState(row.state) in KNOWN
    store_subscribers.change(
        connection,
        row.id,
        email=row.email or wanted.email,
        state=row.state if row.email else SubscriberState.PENDING,
        confirm_sent_at=now,
        consent=row.consent if known else (row.consent or {}) | {"request": asked},
    )
    return store_subscribers.get(connection, row.id)


def _write(app: App, row: Row[Any], name: Name, now: datetime) -> None:
    """Send a letter to a row; where it cannot leave, it counts as never written and may be asked for again at once."""
    if name == "known":
        path = "preferences/" + app.keys.sign(PREFERENCES, row.id)
    else:
        path = "confirm/" + app.keys.sign(CONFIRM, row.id, stamp(now))
    asked = (row.consent or {}).get("request", {})
    if not post(app, name, row.email, asked.get("language") or row.language, path, now, asked.get("wants", {})):
        with app.store.begin() as connection:
            store_subscribers.change(connection, row.id, confirm_sent_at=None)


def confirm(app: App, token: str, now: datetime) -> Subscriber | None:
    """Make the asker a reader and keep their consent; None where the link is old or not ours.

    A second click finds a reader and changes nothing.
    """
    claim = fresh(app, token, CONFIRM, VALID, now)
    if claim is None:
        return None
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, claim)
        if row is None or row.email is None or row.state == SubscriberState.COMPLAINED:
            return None
        if SubscriberState(row.state) not in KNOWN:
            _welcome(connection, row, now)
        (after,) = store_subscribers.find_many(connection, [row.address_hash]).values()
    return store_subscribers.read(after, preferences.from_json)


def _welcome(connection: Connection, row: Row[Any], now: datetime) -> None:
    """What was asked for is now so; a bounce or an erasure of earlier times no longer stands in the way."""
    given = dict(row.consent or {})
    request, earlier = given.pop("request", None), given.pop("earlier", [])
    asked = dict(request or given)  # who uses an old link again agrees to what they agreed to before
    wants, language, timezone = (asked.pop(name, None) for name in ("wants", "language", "timezone"))
    if "confirmed" in given:
        earlier = [*earlier, given]
    suppressions.lift(connection, row.address_hash)
    store_subscribers.change(
        connection,
        row.id,
        state=lifecycle.move(SubscriberState(row.state), "confirm"),
        state_reason=None,
        preferences=row.preferences if wants is None else wants,
        language=language or row.language,
        timezone=timezone or row.timezone,
        consent={**asked, "confirmed": now.isoformat()} | ({"earlier": earlier} if earlier else {}),
        confirmed_at=now,
        snoozed_until=None,
    )


def known_link(app: App, token: str, now: datetime) -> bool:
    """Whether a confirmation link still works."""
    return fresh(app, token, CONFIRM, VALID, now) is not None
