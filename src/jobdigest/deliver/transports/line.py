"""The state of one pipelined connection, and the reading of its replies (RFC 5321 section 4.2)."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.model import Message

MOST_UNREAD = 64 * 1024  # a server that says more than this without an end of line is not speaking SMTP
_SHORT = 1024


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

    def take_envelope(self, options: str) -> None:
        """The commands that come before the body, with `options` of MAIL FROM."""
        mail, rcpt = f"MAIL FROM:<{self.message.mail_from}>{options}\r\n", f"RCPT TO:<{self.message.rcpt_to}>\r\n"
        self.commands += ((Phase.MAIL, mail.encode()), (Phase.RCPT, rcpt.encode()), (Phase.DATA, b"DATA\r\n"))


@dataclass(eq=False)
class Line:
    """An open connection: what is to be written, what answers are awaited, and for which message."""

    socket: socket.socket
    pipelining: bool
    utf8: bool
    out: deque[bytes | memoryview] = field(default_factory=deque)
    unread: bytes = b""
    words: list[bytes] = field(default_factory=list)  # of a reply of several lines
    awaited: deque[tuple[Phase | None, Transaction | None]] = field(default_factory=deque)
    current: deque[Transaction] = field(default_factory=deque)  # at most two: one dotted, one after it
    reset: bool = False
    writing: bool = False  # the selector tells when there is room to write
    deadline: float | None = None

    def put(self, data: bytes) -> None:
        """Write this next; short pieces go out together."""
        if self.out and isinstance(self.out[-1], bytes) and len(self.out[-1]) + len(data) < _SHORT:
            self.out[-1] += data
        else:
            self.out.append(data)

    def put_commands(self, transaction: Transaction) -> None:
        """Write the transaction's next command, or all of them where the server takes several at a time."""
        while transaction.commands:
            phase, command = transaction.commands.popleft()
            self.put(command)
            self.awaited.append((phase, transaction))
            if not self.pipelining:
                break

    def send(self) -> None:
        """Write what there is to write, without copying bodies; raises what the socket does where it takes no more."""
        while self.out:
            piece = self.out[0]
            sent = self.socket.send(piece)
            if sent == len(piece):
                self.out.popleft()
            else:
                self.out[0] = memoryview(piece)[sent:]

    def replies(self) -> Iterator[tuple[int | None, bytes]]:
        """Take the whole replies out of what was read: code (None where it is none) and words."""
        *complete, self.unread = self.unread.split(b"\n")
        for raw in complete:
            self.words.append(raw[4:])
            if raw[3:4] != b"-":
                words, self.words = b" ".join(self.words), []
                code = raw[:3]
                yield (int(code), words) if code.isdigit() else (None, raw)
