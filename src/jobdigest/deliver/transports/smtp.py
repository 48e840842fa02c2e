"""One SMTP connection on the standard library's smtplib, with the DATA phase split before the final dot."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.base import RefusedError
from jobdigest.deliver.transports.threads import Threads
from jobdigest.model import Message

NO_SMTPUTF8 = Reply(Phase.RCPT, 550, "5.6.7 the server does not offer SMTPUTF8 (RFC 6531), which this address needs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where and how to hand in mail; `local_name` is what we call ourselves in EHLO, `timeout` is per step."""

    host: str
    port: int
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    ca_file: str | None = None
    local_name: str = field(default_factory=lambda: socket.getfqdn() or "localhost")

    def context(self) -> ssl.SSLContext:
        """Certificates are always verified; a private authority goes into `ca_file`."""
        return ssl.create_default_context(cafile=self.ca_file)


def smtplib_transport(server: Server, connections: int) -> Threads:
    """The simple transport: a thread with an smtplib connection each."""
    return Threads(lambda: SmtplibConnection(server), connections)


class SmtplibConnection:
    """Open, secured and logged in; raises RefusedError where that fails."""

    def __init__(self, server: Server) -> None:
        self._smtp = connect(server)
        assert self._smtp.sock
        self._socket = self._smtp.sock
        self._utf8 = self._smtp.has_extn("smtputf8")
        self._eight_bit = self._smtp.has_extn("8bitmime")
        self._unfinished = False

    def begin(self, message: Message) -> None:
        utf8 = needs_smtputf8(message)
        if utf8 and not self._utf8:
            raise RefusedError(NO_SMTPUTF8)
        if self._unfinished:
            self._ask(Phase.MAIL, "RSET")
        self._unfinished = True
        self._smtp.command_encoding = "utf-8" if utf8 else "ascii"
        options = " SMTPUTF8 BODY=8BITMIME" if utf8 else ""
        self._ask(Phase.MAIL, f"MAIL FROM:<{message.mail_from}>{options}")
        self._ask(Phase.RCPT, f"RCPT TO:<{message.rcpt_to}>")
        self._ask(Phase.DATA, "DATA", 354)
        try:
            self._smtp.send(stuffed(message))
        except OSError as error:
            _broken(Phase.DATA, error)

    def finish(self) -> Reply:
        self._smtp.send(b".\r\n")
        code, text = self._smtp.getreply()
        if not 200 <= code <= 599:
            raise OSError(f"{code} is no answer to a message")
        self._unfinished = False
        return Reply(Phase.DOT, code, one_line(text))

    def interrupt(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        self.interrupt()
        self._smtp.close()

    def quit(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.docmd("QUIT")
        self._smtp.close()

    def _ask(self, phase: Phase, command: str, expected: int = 250) -> None:
        try:
            code, text = self._smtp.docmd(command)
        except (OSError, smtplib.SMTPException) as error:
            _broken(phase, error)
        if code == expected or (expected == 250 and code == 251):
            return
        reply = Reply(phase, max(code, 0), one_line(text))
        raise RefusedError(reply, broken=code in (421, -1) or (phase is Phase.DATA and code < 400))


def stuffed(message: Message) -> bytes:
    """The body as it goes over the wire (RFC 5321 section 4.5.2), ending in CRLF, without the final dot."""
    data = message.data
    if not message.dotless:  # to look through every mail would take as long as all the rest that is done with it here
        data = data.replace(b"\r\n.", b"\r\n..")
        data = b"." + data if data.startswith(b".") else data
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def needs_smtputf8(message: Message) -> bool:
    """Whether an address of the envelope is not ASCII (RFC 6531)."""
    return not (message.rcpt_to.isascii() and message.mail_from.isascii())


def connect(server: Server) -> smtplib.SMTP:
    """An open, secured, logged in connection that has said EHLO; raises RefusedError."""
    smtp: smtplib.SMTP | None = None
    phase = Phase.CONNECT
    try:
        smtp = _greeted(server)
        if server.tls == "starttls":
            if not smtp.has_extn("starttls"):
                raise smtplib.SMTPResponseException(554, b"the server does not offer STARTTLS")
            _expect(smtp.docmd("STARTTLS"), 220)
            _wrap(smtp, server)
            smtp.ehlo()
        if server.username is not None:
            phase = Phase.AUTH
            smtp.login(server.username, server.password or "")
    except smtplib.SMTPResponseException as error:
        _give_up(smtp)
        raise RefusedError(Reply(phase, max(error.smtp_code, 0), one_line(error.smtp_error)), broken=True) from error
    except ssl.SSLCertVerificationError as error:
        _give_up(smtp)
        reply = Reply(phase, 554, f"certificate of {server.host} not trusted: {error.verify_message}")
        raise RefusedError(reply, broken=True) from error
    except smtplib.SMTPNotSupportedError as error:
        _give_up(smtp)
        raise RefusedError(Reply(phase, 554, str(error)), broken=True) from error
    except (OSError, smtplib.SMTPException) as error:
        _give_up(smtp)
        _broken(phase, error)
    return smtp


def _greeted(server: Server) -> smtplib.SMTP:
    name, timeout = server.local_name, server.timeout
    smtp: smtplib.SMTP
    if server.tls == "implicit":
        smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=server.context())
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=timeout)
    try:
        _expect(smtp.ehlo(), 250)
    except smtplib.SMTPException:
        smtp.close()
        raise
    return smtp


def _wrap(smtp: smtplib.SMTP, server: Server) -> None:
    """Start TLS and forget everything said before it (RFC 3207 section 4.2), buffered lines above all."""
    if smtp.file:
        smtp.file.close()
    smtp.file = None
    assert smtp.sock
    smtp.sock = server.context().wrap_socket(smtp.sock, server_hostname=server.host)
    smtp.helo_resp = smtp.ehlo_resp = None
    smtp.esmtp_features, smtp.does_esmtp = {}, False


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(answer[0], answer[1])


def _give_up(smtp: smtplib.SMTP | None) -> None:
    if smtp:
        smtp.close()


def _broken(phase: Phase, error: Exception) -> NoReturn:
    raise RefusedError(Reply(phase, 0, f"{type(error).__name__}: {one_line(str(error))}"), broken=True) from error


def one_line(text: str | bytes) -> str:
    """A reply's lines as one, printable and of a sane length: servers are not to be trusted with our terminal."""
    line = " ".join((text if isinstance(text, str) else text.decode("utf-8", "replace")).split())
    return (line if line.isprintable() else "".join(c for c in line if c.isprintable()))[:500]
