"""A real SMTP server on loopback that keeps what it accepts and misbehaves as told.

    with Sink() as sink:                                # plain; Sink(tls="starttls") or Sink(tls="implicit")
        send_to(sink.host, sink.port)
    sink.mails                                          # accepted ones: envelope and exact bytes

A script decides what happens: `Sink(script=lambda step: …)` is asked at every `Step` and returns None (all is well), a
reply line (`"450 4.2.0 greylisted"`), or one of the accidents `DROP`, `STALL`, `DROP_AFTER` (do it, then cut the line
before the answer) and `GARBAGE`. A mail counts as accepted from the moment its final dot has been read, unless the
script refuses it, as with a real server: the sender may never hear of it.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

DROP, DROP_AFTER, STALL, GARBAGE = "<drop>", "<drop after>", "<stall>", "<garbage>"
STEPS = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "rset", "quit")


class Step(NamedTuple):
    """One moment of one conversation; `nth` is the how-manieth of its kind at this server, from 1."""

    name: str
    connection: int
    nth: int
    argument: str


@dataclass(frozen=True)
class Mail:
    """One accepted mail, dots unstuffed."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    data: bytes
    connection: int
    options: str = ""


Script = Callable[[Step], str | None]


@dataclass
class Sink:
    """Listens from construction on; `close()` or the end of the `with` block cuts everything."""

    script: Script = lambda step: None
    tls: Literal["none", "starttls", "implicit"] = "none"
    certificate_ends: datetime | None = None
    user: tuple[str, str] | None = None
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 50000000")
    port: int = 0
    authority: Any = None  # a trustme.CA
    host: str = "127.0.0.1"
    mails: list[Mail] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._context = self._tls_context() if self.tls != "none" else None
        self._listener = socket.create_server((self.host, self.port), backlog=200)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and cut every connection."""
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut the open connections, as when a server dies."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    @property
    def recipients(self) -> list[str]:
        """Addressees of the accepted mails, in the order of acceptance."""
        return [address for mail in list(self.mails) for address in mail.rcpt_to]

    @property
    def connections(self) -> int:
        """How many connections there were."""
        return self._counts.get("connect", 0)

    def _tls_context(self) -> ssl.SSLContext:
        import trustme

        self.authority = self.authority or trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1", "localhost", not_after=self.certificate_ends).configure_cert(context)
        return context

    def _listen(self) -> None:
        number = 0
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Conversation(self, connection, number).run()
        except (OSError, _CutError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _ask(self, name: str, number: int, argument: str) -> str | None:
        with self._lock:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            step = Step(name, number, count, argument)
            self.steps.append(step)
        return self.script(step)

    def _keep(self, mail: Mail) -> None:
        with self._lock:
            self.mails.append(mail)


class _CutError(Exception):
    """The script wants this connection gone."""


class _Conversation:
    """One connection, from greeting to QUIT."""

    def __init__(self, sink: Sink, connection: socket.socket, number: int) -> None:
        self.sink, self.socket, self.number = sink, connection, number
        if sink.tls == "implicit":
            self._wrap()
        else:
            self.file = self.socket.makefile("rb")
        self.mail_from: str | None = None
        self.options = ""
        self.rcpt_to: list[str] = []
        self.known = sink.user is None
        self.secure = sink.tls != "starttls"

    def _wrap(self) -> None:
        assert self.sink._context
        self.socket = self.sink._context.wrap_socket(self.socket, server_side=True)
        self.file = self.socket.makefile("rb")

    def run(self) -> None:
        try:
            self._answer("connect", "", "220 sink.test ESMTP")
            while line := self.file.readline(70_000):
                if not self._command(line.decode("utf-8", "replace").rstrip("\r\n")):
                    break
        finally:
            self.file.close()
            if isinstance(self.socket, ssl.SSLSocket):
                self.socket.close()

    def _command(self, line: str) -> bool:
        verb, _, rest = line.partition(" ")
        handler = getattr(self, f"_do_{verb.lower()}", None)
        if handler is None:
            self._say("502 5.5.1 not implemented")
            return True
        return handler(rest) is not False

    def _answer(self, step: str, argument: str, good: str) -> bool:
        """Follow the script at this step; whether the good answer was given."""
        asked = self.sink._ask(step, self.number, argument)
        if asked is None:
            self._say(good)
            return True
        if asked == STALL:
            self.sink._closing.wait(60)
        if asked in (DROP, DROP_AFTER, STALL):
            raise _CutError
        self._say("\0\xff not SMTP at all" if asked == GARBAGE else asked)
        if asked.startswith("421"):
            raise _CutError
        return asked.startswith(("2", "354"))

    def _say(self, text: str) -> None:
        self.socket.sendall(text.encode("latin-1") + b"\r\n")

    def _do_ehlo(self, name: str) -> None:
        words = list(self.sink.extensions)
        words += ["STARTTLS"] if not self.secure else []
        words += ["AUTH PLAIN LOGIN"] if self.sink.user else []
        lines = ["sink.test", *words]
        text = "\r\n".join(f"250{'-' if i < len(lines) - 1 else ' '}{line}" for i, line in enumerate(lines))
        self._answer("ehlo", name, text)

    def _do_helo(self, name: str) -> None:
        self._answer("ehlo", name, "250 sink.test")

    def _do_starttls(self, _: str) -> None:
        if self._answer("starttls", "", "220 2.0.0 go on"):
            self.file.close()
            self._wrap()
            self.secure = True

    def _do_auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "LOGIN":
            user = initial or self._challenge("VXNlcm5hbWU6")
            given = (base64.b64decode(user).decode(), base64.b64decode(self._challenge("UGFzc3dvcmQ6")).decode())
        else:
            plain = base64.b64decode(initial or self._challenge("")).decode().split("\0")
            given = (plain[1], plain[2])
        if given != self.sink.user:
            self._say("535 5.7.8 wrong user or password")
        elif self._answer("auth", given[0], "235 2.7.0 welcome"):
            self.known = True

    def _challenge(self, text: str) -> str:
        self._say(f"334 {text}")
        return self.file.readline(1_000).decode().strip()

    def _do_mail(self, rest: str) -> None:
        if not self.known:
            self._say("530 5.7.0 authenticate first")
            return
        match = re.match(r"FROM:<([^>]*)>(.*)", rest, re.IGNORECASE)
        if not match or self.mail_from is not None:
            self._say("503 5.5.1 nested MAIL or no address")
        elif self._answer("mail", match[1], "250 2.1.0 sender ok"):
            self.mail_from, self.options = match[1], match[2].strip()

    def _do_rcpt(self, rest: str) -> None:
        match = re.match(r"TO:<([^>]*)>", rest, re.IGNORECASE)
        if not match or self.mail_from is None:
            self._say("503 5.5.1 no MAIL before")
        elif self._answer("rcpt", match[1], "250 2.1.5 recipient ok"):
            self.rcpt_to.append(match[1])

    def _do_data(self, _: str) -> None:
        if not self.rcpt_to:
            self._say("554 5.5.1 no valid recipients")
            return
        if not self._answer("data", self.rcpt_to[0], "354 go on"):
            self._reset()
            return
        self._take_body()
        self._reset()

    def _take_body(self) -> None:
        asked = self.sink._ask("body", self.number, self.rcpt_to[0])
        if asked == STALL:
            self.sink._closing.wait(60)
        if asked:
            raise _CutError
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _CutError
            lines.append(line[1:] if line.startswith(b".") else line)
        self._dot(b"".join(lines))

    def _dot(self, data: bytes) -> None:
        assert self.mail_from is not None
        mail = Mail(self.mail_from, tuple(self.rcpt_to), data, self.number, self.options)
        asked = self.sink._ask("dot", self.number, self.rcpt_to[0])
        if asked is None or asked in (DROP_AFTER, GARBAGE) or asked.startswith("2"):
            self.sink._keep(mail)
        if asked == STALL:
            self.sink._closing.wait(60)
        if asked in (DROP, DROP_AFTER, STALL):
            raise _CutError
        good = f"250 2.0.0 Ok: queued as {self.number:X}{len(self.sink.mails):07X}"
        self._say("\0\xff not SMTP at all" if asked == GARBAGE else asked or good)
        if asked and asked.startswith("421"):
            raise _CutError

    def _do_rset(self, _: str) -> None:
        if self._answer("rset", "", "250 2.0.0 forgotten"):
            self._reset()

    def _do_noop(self, _: str) -> None:
        self._say("250 2.0.0 ok")

    def _do_quit(self, _: str) -> bool:
        self._answer("quit", "", "221 2.0.0 bye")
        return False

    def _reset(self) -> None:
        self.mail_from, self.rcpt_to, self.options = None, [], ""
