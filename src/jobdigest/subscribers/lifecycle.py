"""Which state a subscriber goes to from which, and why; mail goes only to `active` ones.

(none) ─join─► pending ─confirm─► active ◄─resume─ snoozed
                                    │ ▲               ▲
                                    │ └───────────────┘ snooze
                    leave, found a job ▼ hard bounce ▼ complaint ▼
                         unsubscribed      bounced     complained
"""

from __future__ import annotations

from jobdigest.model import SubscriberState as State

MOVES: dict[str, tuple[frozenset[State], State]] = {
    "confirm": (frozenset({State.PENDING, State.UNSUBSCRIBED, State.BOUNCED}), State.ACTIVE),
    "snooze": (frozenset({State.ACTIVE, State.SNOOZED}), State.SNOOZED),
    "resume": (frozenset({State.SNOOZED}), State.ACTIVE),
    "leave": (frozenset(State) - {State.COMPLAINED, State.BOUNCED}, State.UNSUBSCRIBED),
    "return": (frozenset({State.UNSUBSCRIBED}), State.ACTIVE),
    "bounce": (frozenset({State.ACTIVE, State.SNOOZED, State.PENDING}), State.BOUNCED),
    "complain": (frozenset(State), State.COMPLAINED),
}


def move(state: State, verb: str) -> State:
    """The state after `verb`; unchanged where the verb means nothing from here."""
    sources, target = MOVES[verb]
    return target if state in sources else state
