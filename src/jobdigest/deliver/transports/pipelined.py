"""The fast transport: many SMTP connections in one thread, none of them waited for.

Connections are opened, secured and logged in by smtplib in helper threads; from then on a selector drives them. Where
the server offers PIPELINING (RFC 2920) the envelope goes out in one piece, and the next message's envelope follows
the final dot of the one before. The body is sent only once DATA has been answered with 354, and never ended with a
dot after an error: then the connection is dropped.
"""

from __future__ import annotations

import queue
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from contextlib import suppress

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.base import Event, RefusedError, What
from jobdigest.deliver.transports.line import MOST_UNREAD, Line, Transaction
from jobdigest.deliver.transports.smtp import NO_SMTPUTF8, Server, connect, needs_smtputf8, one_line, stuffed
from jobdigest.model import Message

_ENVELOPE = (Phase.MAIL, Phase.RCPT)
_WAITING = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Pipelined:
    """A transport over at most `connections` connections to one server."""

    def __init__(self, server: Server, connections: int) -> None:
        self.connections = connections
        self._server = server
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._opened: queue.SimpleQueue[Line | Reply] = queue.SimpleQueue()
        self._opening, self._closed = 0, False
        self._lines: set[Line] = set()
        self._backlog: deque[Transaction] = deque()
        self._at: dict[int, Line] = {}  # tickets that are READY or dotted
        self._events: list[Event] = []
        self._held = 0  # messages begun and not ended

    def room(self) -> int:
        """One message on each connection and one behind it."""
        return 2 * self.connections - self._held

    def begin(self, ticket: int, message: Message) -> None:
        """Queue the message for the next connection that is free."""
        self._held += 1
        self._backlog.append(Transaction(ticket, message))

    def finish(self, ticket: int) -> None:
        """Send the final dot, and behind it the next envelope where the server takes it."""
        line = self._at[ticket]
        transaction = line.current[0]
        transaction.dotted, transaction.phase = True, Phase.DOT
        line.put(b".\r\n")
        line.awaited.append((Phase.DOT, transaction))
        if line.pipelining and self._backlog:
            self._start(line, self._backlog.popleft())
        self._write(line)

    def abandon(self, ticket: int) -> None:
        """Drop the connection: without its final dot a message is not accepted."""
        line = self._at.pop(ticket)
        self._held -= 1
        line.current.popleft()
        self._drop(line)

    def wait(self, timeout: float) -> list[Event]:
        """What happened on any connection."""
        self._assign()
        for key, mask in self._selector.select(0 if self._events else timeout):
            if key.data is None:
                self._take_opened()
            elif key.data in self._lines:
                if mask & selectors.EVENT_WRITE:
                    self._write(key.data)
                if mask & selectors.EVENT_READ and key.data in self._lines:
                    self._read(key.data)
        self._check_deadlines()
        self._assign()
        events, self._events = self._events, []
        return events

    def wake(self) -> None:
        """A byte on a socket pair ends the select; on one that is closed or full there is nothing to wake."""
        with suppress(OSError):
            self._wake.send(b"!")

    def withdraw(self) -> list[int]:
        """The messages of which nothing has been sent."""
        tickets = [transaction.ticket for transaction in self._backlog]
        self._held -= len(tickets)
        self._backlog.clear()
        return tickets

    def close(self) -> None:
        """Say QUIT where nothing is in hand, cut the rest."""
        self._closed = True
        for line in list(self._lines):
            if not line.current:
                with suppress(OSError):
                    line.socket.settimeout(1.0)
                    line.socket.sendall(b"QUIT\r\n")
            self._drop(line)
        while not self._opened.empty():
            if isinstance(opened := self._opened.get(), Line):
                opened.socket.close()
        for end in (self._selector, self._wake, self._woken):
            end.close()

    # --- opening --------------------------------------------------------------------------------------------------

    def _assign(self) -> None:
        """Give what waits to free connections, and open new ones for the rest."""
        free = [line for line in self._lines if not line.current and not line.awaited] if self._backlog else []
        while self._backlog and free:
            line = free.pop()
            self._start(line, self._backlog.popleft())
            self._write(line)
        missing = min(len(self._backlog), self.connections - len(self._lines)) - self._opening
        for _ in range(missing):
            self._opening += 1
            threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        """In a thread: smtplib knows how to connect, secure and log in."""
        try:
            smtp = connect(self._server)
            assert smtp.sock
            if smtp.file:
                smtp.file.close()
            smtp.sock.setblocking(False)
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._opened.put(Line(smtp.sock, smtp.has_extn("pipelining"), smtp.has_extn("smtputf8")))
            if self._closed:
                smtp.sock.close()
        except RefusedError as error:
            self._opened.put(error.reply)
        self.wake()

    def _take_opened(self) -> None:
        with suppress(*_WAITING):
            self._woken.recv(4096)
        while not self._opened.empty():
            opened = self._opened.get()
            self._opening -= 1
            if isinstance(opened, Line):
                self._lines.add(opened)
                self._selector.register(opened.socket, selectors.EVENT_READ, opened)
            elif self._backlog:
                self._ended(self._backlog.popleft(), What.REFUSED, opened)

    # --- talking --------------------------------------------------------------------------------------------------

    def _start(self, line: Line, transaction: Transaction) -> None:
        """Write the envelope: all of it, or its first command where the server takes one at a time."""
        utf8 = needs_smtputf8(transaction.message)
        if utf8 and not line.utf8:
            self._ended(transaction, What.REFUSED, NO_SMTPUTF8)
            return
        transaction.take_envelope(" SMTPUTF8 BODY=8BITMIME" if utf8 else "")
        line.current.append(transaction)
        if line.reset:
            line.put(b"RSET\r\n")
            line.awaited.append((None, None))
            line.reset = False
        line.put_commands(transaction)

    def _write(self, line: Line) -> None:
        try:
            line.send()
        except _WAITING:
            pass
        except OSError as error:
            self._broken(line, error)
            return
        if line.writing != bool(line.out):
            line.writing = not line.writing
            mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.writing else 0)
            self._selector.modify(line.socket, mask, line)
        self._touch(line)
        transaction = line.current[0] if line.current and not line.out else None
        if transaction and transaction.ready and transaction.ticket not in self._at:
            self._at[transaction.ticket] = line
            self._events.append(Event(transaction.ticket, What.READY))

    def _touch(self, line: Line) -> None:
        line.deadline = time.monotonic() + self._server.timeout if line.awaited or line.out else None

    def _read(self, line: Line) -> None:
        try:
            while True:
                if not (data := line.socket.recv(MOST_UNREAD)):
                    raise ConnectionResetError("the server closed the connection")
                line.unread += data
                if len(line.unread) > MOST_UNREAD:
                    raise ConnectionAbortedError("the server does not speak SMTP")
                if len(data) < MOST_UNREAD and not isinstance(line.socket, ssl.SSLSocket):
                    break  # there is no more; TLS may hold some back
        except _WAITING:
            pass
        except OSError as error:
            if self._lines_of_reply(line):
                self._broken(line, error)
            return
        if self._lines_of_reply(line):
            self._touch(line)

    def _lines_of_reply(self, line: Line) -> bool:
        """Take whole replies out of what was read; False once the connection is gone."""
        for code, words in line.replies():
            if code is None or not line.awaited:  # an idle time-out (421), or no SMTP at all
                self._broken(line, ConnectionAbortedError(f"unexpected answer {one_line(words)!r}"))
            elif self._answered(line, code, words):
                continue
            return False
        return True

    def _answered(self, line: Line, code: int, words: bytes) -> bool:
        """One reply to the oldest command; False once the connection is gone."""
        phase, transaction = line.awaited.popleft()
        if phase is None or transaction is None:
            return True  # RSET: what comes next shows whether it helped
        transaction.phase = phase
        if phase is Phase.DATA and code == 354:
            return self._take_data(line, transaction)
        if phase in _ENVELOPE and code in (250, 251):
            if transaction.commands:
                line.put_commands(transaction)
                self._write(line)
            return line in self._lines
        reply = Reply(phase, code, one_line(words))
        if phase is not Phase.DOT:
            return self._refused(line, transaction, reply)
        line.current.popleft()
        self._ended(transaction, What.ANSWERED, reply)
        if code == 421:
            self._broken(line, ConnectionAbortedError(reply.text))
        return code != 421

    def _take_data(self, line: Line, transaction: Transaction) -> bool:
        if transaction.refusal:  # DATA accepted after a refused recipient: there is no way back but to leave
            line.current.remove(transaction)
            self._ended(transaction, What.REFUSED, transaction.refusal)
            self._drop(line)
            return False
        line.put(stuffed(transaction.message))
        transaction.ready = True
        self._write(line)
        return line in self._lines

    def _refused(self, line: Line, transaction: Transaction, reply: Reply) -> bool:
        """Keep the first no; the transaction ends once every command that was sent has its answer."""
        transaction.refusal = transaction.refusal or reply
        transaction.commands.clear()
        if reply.code != 421 and any(one is transaction for _, one in line.awaited):
            return True
        line.current.remove(transaction)
        line.reset = True
        self._ended(transaction, What.REFUSED, transaction.refusal)
        if reply.code == 421:
            self._broken(line, ConnectionAbortedError(reply.text))
        return reply.code != 421

    # --- ending ---------------------------------------------------------------------------------------------------

    def _ended(self, transaction: Transaction, what: What, reply: Reply) -> None:
        self._at.pop(transaction.ticket, None)
        self._held -= 1
        if transaction.ready and not transaction.dotted:  # READY no more
            self._events = [event for event in self._events if event.ticket != transaction.ticket]
        self._events.append(Event(transaction.ticket, what, reply))

    def _check_deadlines(self) -> None:
        now = time.monotonic()
        for line in [line for line in self._lines if line.deadline and line.deadline < now]:
            self._broken(line, TimeoutError(f"no answer for {self._server.timeout:g} s"))

    def _broken(self, line: Line, error: OSError) -> None:
        """The connection is gone; what had its dot is lost, the rest was surely not accepted."""
        if line in self._lines:
            self._drop(line)
        for transaction in line.current:
            reply = Reply(transaction.phase, 0, f"{type(error).__name__}: {one_line(str(error))}")
            what = What.LOST if transaction.dotted else What.REFUSED
            self._ended(transaction, what, transaction.refusal or reply)
        line.current.clear()

    def _drop(self, line: Line) -> None:
        self._lines.discard(line)
        self._selector.unregister(line.socket)
        line.socket.close()
