"""The back channel: what mail that comes back says about a reader.

Delivery reports (RFC 3464, and by flufl.bounce the many that predate it), complaints (ARF, RFC 5965) and unsubscribing
by mail. Who is meant is told only by what nobody can forge without having had our mail: the tag in the return path
(VERP) or in our Message-ID, or a signed token. Everything else, vacation replies above all, is ignored.
"""

from __future__ import annotations

import email
import logging
import mailbox
import re
from collections.abc import Callable, Iterator
from email import policy
from email.message import Message as Email
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jobdigest.deliver.message import ReaderTag, reader_tags
from jobdigest.errors import DeliveryError
from jobdigest.subscribers.tokens import UNSUBSCRIBE, Keys

Kind = Literal["hard", "soft", "complaint", "unsubscribe"]
NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
MOST_BYTES = 5_000_000
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_RECIPIENT_HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "apparently-to")
_TOKEN = re.compile(r"(?<![\w-])([\w-]{44})(?![\w-])")  # a link token: 33 bytes in base64url


class Report(NamedTuple):
    """One word about one reader. `tag`, `subscriber_id` or (from trusted webhooks) `address` says which.

    `evidence` is what the report said, in one line; `fingerprint` is the same for the same report received twice.
    """

    kind: Kind
    evidence: str
    fingerprint: str
    tag: ReaderTag | None = None
    subscriber_id: int | None = None
    address: str | None = None


def read(data: bytes, keys: Keys) -> Report | None:
    """What one mail reports, or None where it reports nothing about a reader of ours. Never raises on any bytes."""
    mail = email.message_from_bytes(data[:MOST_BYTES], policy=policy.compat32)
    fingerprint = sha256(data).hexdigest()
    if claim := _unsubscribe(mail, keys):
        return Report("unsubscribe", "asked for by mail", fingerprint, subscriber_id=claim)
    found = _complaint(mail) or _delivery_status(mail) or _older_style(mail)
    tag = _tag(mail, data) if found else None
    if found is None or tag is None:
        return None
    kind, evidence = found
    return Report(kind, " ".join(evidence.split())[:300], fingerprint, tag=tag)


def from_maildir(folder: Path) -> Iterator[tuple[bytes, Callable[[], None]]]:
    """The unread mails of a Maildir, each with what marks it as read once it has been dealt with.

    Raises DeliveryError where there is no Maildir.
    """
    if not (folder / "cur").is_dir():
        raise DeliveryError(f"{folder} is no Maildir; it has no folder cur")
    box = mailbox.Maildir(folder, create=False)
    for key, message in list(box.iteritems()):
        if "S" not in message.get_flags():
            yield box.get_bytes(key), lambda key=key, message=message: _mark_read(box, key, message)  # type: ignore[misc]


def _mark_read(box: mailbox.Maildir, key: str, message: mailbox.MaildirMessage) -> None:
    message.set_subdir("cur")
    message.add_flag("S")
    box[key] = message


# --- what it says ------------------------------------------------------------------------------------------------


def _unsubscribe(mail: Email, keys: Keys) -> int | None:
    """The reader whose token stands in Subject or recipient; a reply to our mail quotes it elsewhere."""
    text = " ".join(str(mail.get(name, "")) for name in ("subject", *_RECIPIENT_HEADERS))
    for match in _TOKEN.finditer(text):
        if claim := keys.verify(match[1], UNSUBSCRIBE):
            return claim.subscriber_id
    return None


def _complaint(mail: Email) -> tuple[Kind, str] | None:
    part = _part(mail, "message/feedback-report")
    if part is None:
        return None
    fields = _fields(part)[-1]
    feedback = fields.get("feedback-type", "abuse").lower()
    if feedback == "not-spam":
        return None
    kind: Kind = "unsubscribe" if feedback.startswith("opt-out") else "complaint"
    return kind, f"{feedback} report by {fields.get('user-agent', 'an unnamed reporter')}"


def _delivery_status(mail: Email) -> tuple[Kind, str] | None:
    part = _part(mail, "message/delivery-status")
    if part is None:
        return None
    for fields in _fields(part):
        if fields.get("action", "").lower() == "failed":
            status, diagnostic = fields.get("status", ""), fields.get("diagnostic-code", "")
            return _severity(f"{status} {diagnostic}" if status.startswith("5.0") else status), f"{status} {diagnostic}"
    return None  # delayed, delivered, relayed, expanded: nothing to do


def _older_style(mail: Email) -> tuple[Kind, str] | None:
    """Reports without RFC 3464, by the patterns that flufl.bounce keeps; a vacation reply matches none of them."""
    if _is_auto_reply(mail):
        return None
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        temporary, permanent = all_failures(mail)
    except Exception:  # hostile mail in somebody else's parser: no report
        return None
    if not (temporary or permanent):
        return None
    said = _STATUS.search(_text(mail))
    status = said[0] if said else ""
    return (_severity(status) if permanent else "soft"), f"{status} delivery report without RFC 3464 parts"


def _severity(status: str) -> Kind:
    """Hard only where the address does not exist; a full mailbox or a refusal by policy says nothing final."""
    return "hard" if NO_SUCH_ADDRESS.search(status) else "soft"


def _is_auto_reply(mail: Email) -> bool:
    automatic = str(mail.get("auto-submitted", "")).lower().startswith("auto-replied")
    return automatic or any(name in mail for name in ("x-autoreply", "x-autorespond", "x-vacation"))


# --- whom it means -----------------------------------------------------------------------------------------------


def _tag(mail: Email, data: bytes) -> ReaderTag | None:
    """The delivery meant: by the address the report was sent to, else by the Message-ID of the mail it returns."""
    recipients = " ".join(str(value) for name in _RECIPIENT_HEADERS for value in mail.get_all(name, []))
    tags = reader_tags(recipients) or reader_tags(data[:MOST_BYTES].decode("latin-1")) or reader_tags(_text(mail))
    return tags[0] if tags else None


# --- parts -------------------------------------------------------------------------------------------------------


def _part(mail: Email, content_type: str) -> Email | None:
    return next((part for part in mail.walk() if part.get_content_type() == content_type), None)


def _fields(part: Email) -> list[dict[str, str]]:
    """The groups of header-like fields of a report part, however the parser has nested them."""
    payload = part.get_payload()
    groups: list[Any] = payload if isinstance(payload, list) else [email.message_from_string(str(payload))]
    return [{name.lower(): str(value) for name, value in group.items()} for group in groups] or [{}]


def _text(mail: Email) -> str:
    """Every textual part, decoded."""
    texts = (
        part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() in ("text", "message")
    )
    return "\n".join(text.decode("utf-8", "replace") for text in texts if isinstance(text, bytes))
