"""One mail as bytes: headers, frame, signatures (RFC 5322, 2045, 2047, 2369, 2919, 8058).

A message is a pure function of its parts, its delivery and the keys: Message-ID, Date, boundary and signatures come
out the same at every attempt. Bodies arrive encoded; here they are only framed, so a mail costs microseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header as EncodedHeader
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import NamedTuple

import idna

from jobdigest.deliver.dkim import Header, Signer, body_hash
from jobdigest.errors import DeliveryError
from jobdigest.model import Delivery, Message, Parts
from jobdigest.subscribers.tokens import UNSUBSCRIBE, Keys

_LINE = 76
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*").fullmatch
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"(\d{4}-w\d\d)[.-](\d{1,18})[.-]([0-9a-f]{12})(?=@)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What every mail of a newsletter has in common; `from_` and `reply_to` as `Name <address>`."""

    newsletter: str
    from_: str
    base_url: str
    keys: Keys
    reply_to: str | None = None
    bounce_address: str | None = None
    unsubscribe_mailto: str | None = None
    one_click: bool = True  # False where no page is served that could take the POST of RFC 8058

    @property
    def address(self) -> str:
        """The bare address of From, its domain in ASCII."""
        return _bare(self.from_)

    @property
    def domain(self) -> str:
        """The domain that Message-ID and List-Id belong to."""
        return self.address.rpartition("@")[2]


class ReaderTag(NamedTuple):
    """What Message-ID and return path say of a delivery; `proof` is the start of the keyed address hash."""

    edition: str
    subscriber_id: int
    proof: bytes


def build(parts: Parts, delivery: Delivery, sender: Sender, signers: Sequence[Signer] = ()) -> Message:
    """The newsletter mail for one delivery. Raises DeliveryError where its signing key is gone from the config."""
    message_id = message_id_for(delivery.edition, delivery.subscriber_id, delivery.address_hash, sender.domain)
    token = _token(delivery, sender.keys)
    headers = [
        *_heading(parts.subject, delivery.name, delivery.email, delivery.not_before, message_id, sender),
        *_list_headers(delivery.edition, sender),
        *_unsubscribe_headers(token, sender),
    ]
    data = _framed(headers, parts, delivery.language, message_id, signers)
    mail_from = return_path(delivery.edition, delivery.subscriber_id, delivery.address_hash, sender)
    return Message(
        message_id=message_id,
        mail_from=mail_from,
        rcpt_to=ascii_domain(delivery.email),
        data=data,
        dotless=parts.dotless,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A single mail outside every edition: confirm, welcome, goodbye, a test, a notice.

    `basis` names it (`confirm-29412345`): the same basis and address give the same Message-ID. With a `subscriber_id`
    it carries List-Unsubscribe; without one it does not.
    """

    basis: str
    email: str
    name: str | None
    language: str
    at: datetime
    subscriber_id: int | None = None


def build_letter(parts: Parts, letter: Letter, sender: Sender, signers: Sequence[Signer] = ()) -> Message:
    """The mail for one letter."""
    proof = sender.keys.address_hash(f"{letter.basis} {letter.email}")[:6].hex()
    message_id = f"<{re.sub(r'[^A-Za-z0-9-]', '-', letter.basis)}.{proof}@{sender.domain}>"
    headers = _heading(parts.subject, letter.name, letter.email, letter.at, message_id, sender)
    if letter.subscriber_id is not None:
        headers += _list_headers(letter.basis.partition("-")[0], sender)
        headers += _unsubscribe_headers(sender.keys.sign(UNSUBSCRIBE, letter.subscriber_id), sender)
    else:
        headers.append((b"Auto-Submitted", b" auto-generated"))
    data = _framed(headers, parts, letter.language, message_id, signers)
    mail_from = ascii_domain(sender.bounce_address) if sender.bounce_address else sender.address
    return Message(message_id=message_id, mail_from=mail_from, rcpt_to=ascii_domain(letter.email), data=data)


# --- names that a bounce can be traced by ------------------------------------------------------------------------


def message_id_for(edition: str, subscriber_id: int, address_hash: bytes, domain: str) -> str:
    """The Message-ID of a delivery, the same at every attempt; nobody can make one without our keys."""
    return f"<{edition}.{subscriber_id}.{address_hash[:6].hex()}@{domain}>"


def return_path(edition: str, subscriber_id: int, address_hash: bytes, sender: Sender) -> str:
    """MAIL FROM of a delivery: `bounce_address` with the reader's tag (VERP), else the bare From address."""
    if not sender.bounce_address:
        return sender.address
    local, _, domain = ascii_domain(sender.bounce_address).rpartition("@")
    return f"{local}+{edition.lower()}-{subscriber_id}-{address_hash[:6].hex()}@{domain}"


def reader_tags(text: str) -> list[ReaderTag]:
    """Every delivery that `text` names by Message-ID or return path, in order, each once."""
    found = (ReaderTag(m[1].upper(), int(m[2]), bytes.fromhex(m[3])) for m in _TAG.finditer(text))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _bare(mailbox: str) -> str:
    return ascii_domain(parseaddr(mailbox)[1])


def ascii_domain(address: str) -> str:
    """`address` with its domain in ASCII (IDNA 2008 by way of UTS 46); the local part stays as it is."""
    local, at, domain = address.strip().rpartition("@")
    if domain.isascii():
        return f"{local}{at}{domain}"
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise DeliveryError(f"{domain!r} is not a domain name: {error}") from None


# --- headers -----------------------------------------------------------------------------------------------------


def _heading(subject: str, name: str | None, email: str, at: datetime, message_id: str, sender: Sender) -> list[Header]:
    headers = [
        (b"From", _from(sender)),
        (b"To", mailbox(name, ascii_domain(email), len("To"))),
        (b"Subject", encoded(subject, len("Subject"))),
        (b"Date", b" " + _date(at)),
        (b"Message-ID", b" " + message_id.encode()),
    ]
    if sender.reply_to:
        headers.append((b"Reply-To", mailbox(*parseaddr(sender.reply_to), len("Reply-To"))))
    return headers


@lru_cache(maxsize=64)
def _from(sender: Sender) -> bytes:
    return mailbox(parseaddr(sender.from_)[0], sender.address, len("From"))


@lru_cache(maxsize=1_024)
def _date(at: datetime) -> bytes:
    return format_datetime(at).encode()


def _list_headers(campaign: str, sender: Sender) -> list[Header]:
    return [
        *_fixed_list_headers(sender),
        (b"Feedback-ID", f" {campaign}:{_slug(sender.newsletter)}:news:{_slug(sender.domain)[:15]}".encode()),
    ]


@lru_cache(maxsize=64)
def _fixed_list_headers(sender: Sender) -> tuple[Header, ...]:
    phrase = _phrase(sender.newsletter, len("List-Id"))
    list_id = f"<{_slug(sender.newsletter)}.{sender.domain}>".encode()
    return (
        (b"List-Id", _joined(phrase, list_id, len("List-Id"))),
        (b"Precedence", b" list"),
        (b"Auto-Submitted", b" auto-generated"),
    )


def _unsubscribe_headers(token: str, sender: Sender) -> list[Header]:
    mailto = f" <mailto:{ascii_domain(sender.unsubscribe_mailto or sender.address)}?subject=unsubscribe%20{token}>"
    if not sender.one_click:
        return [(b"List-Unsubscribe", mailto.encode())]
    return [
        (b"List-Unsubscribe", f" <{sender.base_url}/unsubscribe/{token}>,\r\n{mailto}".encode()),
        (b"List-Unsubscribe-Post", b" List-Unsubscribe=One-Click"),
    ]


def _token(delivery: Delivery, keys: Keys) -> str:
    try:
        return keys.sign(UNSUBSCRIBE, delivery.subscriber_id, key_tag=bytes.fromhex(delivery.key_id))
    except (KeyError, ValueError):
        raise DeliveryError(
            f"edition {delivery.edition} was frozen with the secret key {delivery.key_id!r}, which is not listed any "
            "more; put it back into secret_key_file until the edition is sent"
        ) from None


def mailbox(name: str | None, address: str, used: int) -> bytes:
    """`Name <address>` as the value of an address header whose name is `used` characters long."""
    bracketed = f"<{address}>".encode()
    return _joined(_phrase(name, used), bracketed, used) if name and clean(name) else b" " + address.encode()


def _joined(phrase: bytes, rest: bytes, used: int) -> bytes:
    last = phrase.rpartition(b"\n")[2]
    fits = (used + 2 if last is phrase else 0) + len(last) + 1 + len(rest) <= _LINE
    return b" " + phrase + (b" " if fits else b"\r\n ") + rest


def _phrase(text: str, used: int) -> bytes:
    """A display name (RFC 5322 phrase): plain words, a quoted string, or encoded words (RFC 2047)."""
    text = clean(text)[:100].strip()
    if _PLAIN_PHRASE(text):
        return text.encode()
    if text.isascii() and "=?" not in text:
        return b'"%b"' % re.sub(r'(["\\])', r"\\\1", text).encode()
    return encoded(text, used).strip()


@lru_cache(maxsize=4_096)
def encoded(text: str, used: int) -> bytes:
    """Free text as the value of a header whose name is `used` characters long, folded; RFC 2047 where not ASCII."""
    text = clean(text)
    charset = None if text.isascii() and "=?" not in text else "utf-8"
    header = EncodedHeader(text, charset, maxlinelen=_LINE, header_name="x" * used)
    return b" " + header.encode(linesep="\r\n").encode("ascii")


def clean(text: str) -> str:
    """`text` on one line, without control characters, lone surrogates and direction overrides."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (c for c in _BIDI.sub("", text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


@lru_cache(maxsize=256)
def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "news"


# --- frame -------------------------------------------------------------------------------------------------------


def _framed(headers: list[Header], parts: Parts, language: str, message_id: str, signers: Sequence[Signer]) -> bytes:
    """Headers, signatures and both bodies. `=_` cannot occur in quoted-printable, so no body can hold the boundary."""
    boundary = f"=_{re.sub(r'[^A-Za-z0-9.-]', '', message_id.partition('@')[0])}".encode()
    headers += [
        (b"MIME-Version", b" 1.0"),
        (b"Content-Language", b" " + language.encode("ascii", "ignore")),
        (b"Content-Type", b' multipart/alternative;\r\n boundary="%b"' % boundary),
    ]
    body = _BODY % {b"b": boundary, b"text": _ended(parts.text), b"html": _ended(parts.html)}
    if signers:
        digest = body_hash(body)
        headers = [*(signer.sign(headers, digest) for signer in signers), *headers]
    return b"".join([b"%b:%b\r\n" % header for header in headers]) + b"\r\n" + body


_BODY = (
    b"--%(b)b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%(text)b"
    b"--%(b)b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%(html)b"
    b"--%(b)b--\r\n"
)


def _ended(body: bytes) -> bytes:
    return body if body.endswith(b"\r\n") else body + b"\r\n"
