"""What a server's answer means for the message, the reader and the edition (design decision 8).

`judge` is a table in code: phase and reply in, verdict out. RFC 5321 section 4.2 gives the codes, RFC 3463 and the
IANA registry the enhanced ones.
"""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from typing import NamedTuple


class Phase(StrEnum):
    """How far the conversation had come when the answer arrived."""

    CONNECT = "connect"  # name look-up, TCP, TLS, greeting, EHLO
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # DATA itself, or the body up to the final dot
    DOT = "dot"  # the final dot has been sent


class Reply(NamedTuple):
    """A server's answer; `code` is 0 where none came and `text` says what happened instead."""

    phase: Phase
    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463) or an empty string."""
        match = _ENHANCED.match(self.text)
        return match[0] if match else ""

    @property
    def queue_id(self) -> str | None:
        """The server's own name for an accepted message, where it is said in a known way."""
        match = _QUEUED.search(self.text)
        return match[match.lastindex or 0] if match else None

    def __str__(self) -> str:
        return f"{self.phase}: {self.code} {self.text}" if self.code else f"{self.phase}: {self.text}"


_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_QUEUED = re.compile(r"queued as ([\w.+-]+)|\bid=([\w.+-]+)|^(?:2\.\d+\.\d+ )?ok:? ([\w.@+-]{8,})$", re.IGNORECASE)


class Verdict(Enum):
    """What follows from an answer."""

    ACCEPT = "accept"
    DEFER = "defer"  # try this recipient later
    FAIL = "fail"  # this delivery is over
    SUPPRESS = "suppress"  # over, and the address does not exist
    BACK_OFF = "back off"  # the server or the way to it: blame nobody, try later
    DENIED = "denied"  # the server refuses us, and waiting seldom helps: blame nobody, try much later
    STOP = "stop"  # our own sender address is wrong: no message of the edition can go


_NO_SUCH_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
_OUR_SENDER = {"5.1.7", "5.1.8"}
_SERVER_BUSY = {421, 454}
_OUT_OF_STEP = {500, 502, 503, 504, 530, 538}  # a confused conversation or missing AUTH says nothing of the recipient


def judge(reply: Reply) -> Verdict:
    """The verdict for one answer; a lost connection before the dot backs off, after it nobody may ask here."""
    if reply.phase is Phase.DOT and 200 <= reply.code < 300:
        return Verdict.ACCEPT
    if reply.code == 0 or reply.code in _SERVER_BUSY:
        return Verdict.BACK_OFF
    if reply.enhanced in _OUR_SENDER:
        return Verdict.STOP
    if reply.phase in (Phase.CONNECT, Phase.AUTH, Phase.MAIL):
        return Verdict.DENIED if reply.code >= 500 else Verdict.BACK_OFF
    if 400 <= reply.code < 500 or (reply.phase is Phase.RCPT and reply.code == 552):
        return Verdict.DEFER
    if reply.code < 500 or reply.code in _OUT_OF_STEP:
        return Verdict.BACK_OFF
    return Verdict.SUPPRESS if reply.enhanced in _NO_SUCH_ADDRESS else Verdict.FAIL


def is_policy(reply: Reply) -> bool:
    """Whether the answer says that mail like ours is not wanted (5.7.x or 554): enough of these stop the edition."""
    if reply.code < 400:
        return False
    return reply.enhanced.startswith("5.7.") or (reply.code == 554 and not reply.enhanced.startswith("5.1."))
