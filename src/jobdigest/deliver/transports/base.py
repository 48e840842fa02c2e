"""What a transport is: it brings messages up to the final dot, waits for the word, and only then sends it.

SMTP cannot accept a message before the final dot (RFC 5321 section 4.1.1.4), so between `begin` and `finish` the
sender can note durably that this message is about to be accepted. Everything that goes wrong before is surely safe to
repeat; only what is lost after it is in doubt.

    begin(ticket, message) ─► READY ── finish(ticket) ─► ANSWERED | LOST
                           └► REFUSED                └── abandon(ticket): the connection is dropped, nothing accepted
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol

from jobdigest.deliver.replies import Reply
from jobdigest.model import Message


class What(Enum):
    """The kinds of event."""

    READY = "ready"  # everything but the final dot is with the server
    REFUSED = "refused"  # an answer or an accident before the final dot
    ANSWERED = "answered"  # the server's answer to the final dot
    LOST = "lost"  # the final dot may have arrived, and no answer will


class Event(NamedTuple):
    """What happened to one message; `reply` is set for everything but READY."""

    ticket: int
    what: What
    reply: Reply | None = None


class Transport(Protocol):
    """Some connections to one server. Not thread-safe: one sender calls it."""

    @property
    def connections(self) -> int:
        """The most messages that can be between the final dot and its answer."""

    def room(self) -> int:
        """How many more messages `begin` takes now."""

    def begin(self, ticket: int, message: Message) -> None:
        """Start a message; its events come from `wait`. Never blocks."""

    def finish(self, ticket: int) -> None:
        """Send the final dot of a READY message. Never blocks."""

    def abandon(self, ticket: int) -> None:
        """Drop the connection of a READY message without its final dot; there will be no event."""

    def wait(self, timeout: float) -> list[Event]:
        """What happened, at once if anything has, else within `timeout` seconds."""

    def wake(self) -> None:
        """Let `wait` return soon; the one method that any thread may call."""

    def withdraw(self) -> list[int]:
        """Take back the messages that were begun and of which nothing has been sent yet; their tickets."""

    def close(self) -> None:
        """End every connection: politely where idle, at once in the middle of a message."""


class RefusedError(Exception):
    """A connection's answer to `begin`: the server said no, or the connection failed before the final dot.

    `broken` is true where the connection is of no more use.
    """

    def __init__(self, reply: Reply, *, broken: bool = False) -> None:
        super().__init__(str(reply))
        self.reply = reply
        self.broken = broken


class Connection(Protocol):
    """One blocking connection, for `Threads`."""

    def begin(self, message: Message) -> None:
        """Bring everything but the final dot to the server; raises RefusedError."""

    def finish(self) -> Reply:
        """Send the final dot and read the answer; raises OSError where the answer does not come."""

    def interrupt(self) -> None:
        """Make the step that another thread waits for fail at once."""

    def drop(self) -> None:
        """Cut the connection without another word."""

    def quit(self) -> None:
        """Say goodbye."""
