"""Mails to the operator about what needs a human: each kind once a day at most, through the configured way out.

They stand outside the ledger: no edition, no reader, no statistics. What was told is remembered in the store, so a
restart tells nothing twice; it is noted before the mail leaves, so that a crash costs a notice rather than doubles it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from jobdigest import logs
from jobdigest.app.sending import send_single
from jobdigest.app.standing import DAY, Concern, concerns, standing
from jobdigest.app.upkeep import begin
from jobdigest.compose.notices import notice
from jobdigest.compose.templates import Templates
from jobdigest.deliver.message import Letter, build_letter
from jobdigest.deliver.setup import sender_from, signers_from
from jobdigest.errors import DeliveryError
from jobdigest.store import facts

if TYPE_CHECKING:
    from jobdigest.app import App

PATIENCE = timedelta(minutes=10)  # much mends itself: a start after a pause, a database that was away
_TOLD = "notices"
log = logging.getLogger("jobdigest")

Memory = dict[str, dict[str, Any]]
"""Kind → `since` (when the trouble began, None while there is none), `told` (when), `about` (of what)."""


def tell(app: App, now: datetime, owner: str, stop: Event, patience: timedelta = PATIENCE) -> None:
    """Mail what has been wrong for `patience` and is news; raises DeliveryError where nobody could be told."""
    if not app.config.notices.to:
        return
    found = {concern.kind: concern for concern in concerns(standing(app, now))}
    memory = _remember(app, found, now)
    for kind, concern in found.items():
        if not stop.is_set() and is_due(concern, memory[kind], now, patience):
            _tell_once(app, concern, memory, now, owner)


def is_due(concern: Concern, known: Mapping[str, Any], now: datetime, patience: timedelta) -> bool:
    """Whether to tell now: not at once, not twice a day, and the same again only after `concern.again`."""
    if now - datetime.fromisoformat(known["since"]) < patience:
        return False
    if known["told"] is None:
        return True
    silent = abs(now - datetime.fromisoformat(known["told"]))  # a clock may have been set back
    return silent >= DAY and (silent >= concern.again or bool(set(concern.about) - set(known["about"])))


def _remember(app: App, found: Mapping[str, Concern], now: datetime) -> Memory:
    """What is known of each kind, with the beginning and the end of troubles noted."""
    with app.store.read() as connection:
        before: Memory = facts.get(connection, _TOLD) or {}
    memory = {kind: {**known, "since": known["since"] if kind in found else None} for kind, known in before.items()}
    for kind in found:
        known = memory.setdefault(kind, {"since": None, "told": None, "about": []})
        known["since"] = known["since"] or now.isoformat()
    if memory != before:
        _note(app, memory)
    return memory


def _note(app: App, memory: Memory) -> None:
    with app.store.begin() as connection:
        facts.put(connection, _TOLD, memory)


def _tell_once(app: App, concern: Concern, memory: Memory, now: datetime, owner: str) -> None:
    """One mail to each address; where none leaves, another attempt in the next hour."""
    key = f"notice:{concern.kind}:{now:%Y-%m-%dT%H}"
    if not begin(app, key, now, owner, now):
        return
    before = memory[concern.kind]
    memory[concern.kind] = {**before, "told": now.isoformat(), "about": list(concern.about)}
    _note(app, memory)
    with logs.run(key):
        failures = [error for address in app.config.notices.to if (error := _post(app, concern, address, now))]
        if len(failures) == len(app.config.notices.to):
            memory[concern.kind] = before
            _note(app, memory)
            raise failures[0]
        log.warning("told the operator: %s", concern.subject)


def _post(app: App, concern: Concern, address: str, now: datetime) -> DeliveryError | None:
    config = app.config
    parts = notice(Templates.of(config), config.newsletter, concern.subject, concern.lines, concern.commands)
    basis = f"notice-{concern.kind}-{int(now.timestamp())}"
    letter = Letter(basis=basis, email=address, name=None, language="en", at=now)
    try:
        send_single(app, build_letter(parts, letter, sender_from(config, app.keys), signers_from(config)))
    except DeliveryError as error:
        return error
    return None
