"""The state of one pipelined connection, and the reading of its replies (RFC 5321 section 4.2)."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.smtp import one_line
from jobdigest.model import Message


@dataclass(eq=False)
class Transaction:
    """One message on its way; `refusal` is the first no, `dotted` that the final dot may have left."""

    ticket: int
    message: Message
    commands: deque[tuple[Phase, bytes]] = field(default_factory=deque)
    phase: Phase = Phase.MAIL
    refusal: Reply | None = None
    ready: bool = False
    dotted: bool = False


@dataclass(eq=False)
class Line:
    """An open connection: what is to be written, what answers are awaited, and for which message."""

    socket: socket.socket
    pipelining: bool
    utf8: bool
    out: bytearray = field(default_factory=bytearray)
    unread: bytes = b""
    words: list[str] = field(default_factory=list)  # of a reply of several lines
    awaited: deque[tuple[Phase | None, Transaction | None]] = field(default_factory=deque)
    current: deque[Transaction] = field(default_factory=deque)  # at most two: one dotted, one after it
    reset: bool = False
    writing: bool = False  # the selector tells when there is room to write
    deadline: float | None = None

    def replies(self) -> Iterator[tuple[int | None, str]]:
        """Take the whole replies out of what was read: code (None where it is none) and words, on one line."""
        *complete, self.unread = self.unread.split(b"\n")
        for raw in complete:
            text = raw.decode("utf-8", "replace").rstrip("\r")
            self.words.append(text[4:])
            if text[3:4] != "-":
                said, self.words = one_line(" ".join(self.words)), []
                yield (int(text[:3]), said) if text[:3].isdecimal() and text[:3].isascii() else (None, one_line(text))
