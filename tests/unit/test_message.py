"""Mails as bytes: right by the standards for any name, subject and address, and the same at every attempt."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.deliver.message import (
    Letter,
    ReaderTag,
    Sender,
    ascii_domain,
    build,
    build_letter,
    clean,
    message_id_for,
    reader_tags,
    return_path,
)
from jobdigest.errors import DeliveryError
from jobdigest.model import Delivery, Message, Parts
from jobdigest.subscribers.tokens import UNSUBSCRIBE, Keys

KEYS = Keys([b"new key", b"old key"])
OLD = Keys([b"old key"])
SLOT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SENDER = Sender(
    newsletter="AI Jobs Weekly", from_="AI Jobs Weekly <jobs@example.com>", base_url="https://x.example.com", keys=KEYS
)
PARTS = Parts(subject="3 new AI jobs", text=b"Gr=C3=BC=C3=9Fe\r\n", html=b"<p>Gr=C3=BC=C3=9Fe</p>\r\n")
DELIVERY = Delivery(
    id=5, edition="2026-W48", subscriber_id=7, address_hash=KEYS.address_hash("ada@example.org"),
    email="ada@example.org", name="Ada", language="en", shown=b"\x07", key_id=KEYS.newest.hex(), not_before=SLOT,
)  # fmt: skip

TEXT = st.text(max_size=120)
NAMES = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "Zoë",
            'O\'Neil, "Max"',
            "=?utf-8?q?x?=",
            "a" * 99,
            "李小龙 " * 20,
            "Dr. (hc) <x@y>",
            "\u202egnp",
            "x\r\nBcc: y@z",
        ]
    ),
)


def parsed(message: Message) -> EmailMessage:
    return email.message_from_bytes(message.data, policy=policy.default)


def test_the_whole_mail() -> None:
    message = build(PARTS, DELIVERY, SENDER)
    proof = DELIVERY.address_hash[:6].hex()
    token = KEYS.sign(UNSUBSCRIBE, 7)
    assert message.data.decode().replace("\r\n", "\n") == (
        "From: AI Jobs Weekly <jobs@example.com>\n"
        "To: Ada <ada@example.org>\n"
        "Subject: 3 new AI jobs\n"
        "Date: Tue, 24 Nov 2026 09:00:00 +0000\n"
        f"Message-ID: <2026-W48.7.{proof}@example.com>\n"
        "List-Id: AI Jobs Weekly <ai-jobs-weekly.example.com>\n"
        "Precedence: list\n"
        "Auto-Submitted: auto-generated\n"
        "Feedback-ID: 2026-W48:ai-jobs-weekly:news:example-com\n"
        f"List-Unsubscribe: <https://x.example.com/unsubscribe/{token}>,\n"
        f" <mailto:jobs@example.com?subject=unsubscribe%20{token}>\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
        "MIME-Version: 1.0\n"
        "Content-Language: en\n"
        "Content-Type: multipart/alternative;\n"
        f' boundary="=_2026-W48.7.{proof}"\n'
        "\n"
        f"--=_2026-W48.7.{proof}\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "Gr=C3=BC=C3=9Fe\n"
        f"--=_2026-W48.7.{proof}\n"
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "<p>Gr=C3=BC=C3=9Fe</p>\n"
        f"--=_2026-W48.7.{proof}--\n"
    )
    assert (message.mail_from, message.rcpt_to) == ("jobs@example.com", "ada@example.org")


@settings(deadline=None)
@given(name=NAMES, subject=NAMES, newsletter=NAMES.filter(lambda text: bool(clean(text))))
def test_any_words_make_a_clean_mail_that_says_them(name: str, subject: str, newsletter: str) -> None:
    sender = replace(SENDER, newsletter=newsletter, from_=f"{_quoted(newsletter)} <jobs@example.com>")
    message = build(replace(PARTS, subject=subject), replace(DELIVERY, name=name), sender)
    found = parsed(message)
    head = message.data.partition(b"\r\n\r\n")[0]
    assert all(not part.defects for part in found.walk())
    assert all(not header.defects for header in (found["To"], found["From"], found["Subject"]))
    assert head.isascii()
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert max(map(len, head.split(b"\r\n"))) <= 200  # one unbreakable word at most
    assert str(found["Subject"]).split() == clean(subject).split()
    assert mailbox_of(message) == (clean(name)[:100].strip(), "ada@example.org")
    assert [name.lower() for name, _ in found.items()].count("bcc") == 0


def mailbox_of(message: Message) -> tuple[str, str]:
    """Name and address of To, decoded by the older parser: the newer one puts spaces between encoded words."""
    raw, address = parseaddr(email.message_from_bytes(message.data)["To"])
    return str(make_header(decode_header(raw))), address


def _quoted(name: str) -> str:
    return '"' + clean(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_the_encoded_bodies_come_through() -> None:
    text, html = parsed(build(PARTS, DELIVERY, SENDER)).iter_parts()
    assert text.get_content() == "Grüße"
    assert html.get_content() == "<p>Grüße</p>"


def test_a_message_is_the_same_at_every_attempt() -> None:
    assert build(PARTS, DELIVERY, SENDER) == build(PARTS, replace(DELIVERY, id=99, attempts=4), SENDER)


def test_an_old_edition_keeps_its_links_after_the_keys_were_rotated() -> None:
    old = replace(DELIVERY, key_id=OLD.newest.hex())
    assert OLD.sign(UNSUBSCRIBE, 7).encode() in build(PARTS, old, SENDER).data
    with pytest.raises(DeliveryError, match="put it back"):
        build(PARTS, old, replace(SENDER, keys=Keys([b"new key"])))


def test_the_unsubscribe_token_is_good_and_carries_no_address() -> None:
    header = str(parsed(build(PARTS, DELIVERY, SENDER))["List-Unsubscribe"])
    (token,) = re.findall(r"/unsubscribe/([\w-]+)>", header)
    claim = KEYS.verify(token, UNSUBSCRIBE)
    assert claim is not None
    assert claim.subscriber_id == 7
    assert "ada" not in header


def test_a_bounce_can_be_traced_by_return_path_and_message_id() -> None:
    sender = replace(SENDER, bounce_address="bounces@mail.example.com")
    message = build(PARTS, DELIVERY, sender)
    proof = DELIVERY.address_hash[:6]
    assert message.mail_from == f"bounces+2026-w48-7-{proof.hex()}@mail.example.com"
    expected = ReaderTag("2026-W48", 7, proof)
    assert reader_tags(f"To: <{message.mail_from}>\nReferences: {message.message_id}") == [expected]


@given(TEXT)
def test_reader_tags_survive_any_text(text: str) -> None:
    assert all(isinstance(tag, ReaderTag) for tag in reader_tags(text))


@settings(deadline=None)
@given(st.integers(0, 10**18 - 1), st.binary(min_size=16, max_size=16))
def test_every_tag_reads_back(number: int, address_hash: bytes) -> None:
    tag = ReaderTag("2026-W53", number, address_hash[:6])
    sender = replace(SENDER, bounce_address="b@example.com")
    assert reader_tags(message_id_for("2026-W53", number, address_hash, "example.com")) == [tag]
    path = return_path("2026-W53", number, address_hash, sender)
    assert reader_tags(path.upper()) == [tag]
    assert len(path.rpartition("@")[0]) <= 64


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@Example.ORG", "ada@Example.ORG"),
        ("jörg@straße.example", "jörg@xn--strae-oqa.example"),
    ],
)
def test_domains_go_out_in_ascii(address: str, expected: str) -> None:
    assert ascii_domain(address) == expected


def test_a_domain_that_is_none_is_said() -> None:
    with pytest.raises(DeliveryError, match="not a domain name"):
        ascii_domain("ada@ü..example")


def test_an_address_that_needs_smtputf8_is_written_as_it_is() -> None:
    message = build(PARTS, replace(DELIVERY, email="jörg@example.org"), SENDER)
    assert message.rcpt_to == "jörg@example.org"
    assert "To: Ada <jörg@example.org>\r\n".encode() in message.data


def test_bodies_can_never_hold_the_boundary() -> None:
    message = build(PARTS, DELIVERY, SENDER)
    boundary = str(parsed(message).get_boundary())
    assert boundary.startswith("=_")  # `=` must be followed by two hex digits or a line end in quoted-printable


LETTER = Letter(basis="confirm-29412345", email="ada@example.org", name="Ada", language="de", at=SLOT)


def test_a_letter_that_asks_for_consent_offers_no_unsubscribing() -> None:
    found = parsed(build_letter(PARTS, LETTER, SENDER))
    assert found["List-Unsubscribe"] is None
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "de"


def test_a_letter_to_a_reader_does() -> None:
    message = build_letter(PARTS, replace(LETTER, basis="welcome-1", subscriber_id=7), SENDER)
    assert KEYS.sign(UNSUBSCRIBE, 7) in str(parsed(message)["List-Unsubscribe"])
    assert parsed(message)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letters_have_message_ids_of_their_own() -> None:
    ids = {
        build_letter(PARTS, replace(LETTER, basis=b, email=e), SENDER).message_id
        for b in ("a-1", "a-2")
        for e in ("x@y.z", "v@y.z")
    }
    assert len(ids) == 4
    assert build_letter(PARTS, LETTER, SENDER) == build_letter(PARTS, LETTER, SENDER)


def test_dates_are_real() -> None:
    assert parsedate_to_datetime(str(parsed(build(PARTS, DELIVERY, SENDER))["Date"])) == SLOT


def test_reply_to() -> None:
    found = parsed(build(PARTS, DELIVERY, replace(SENDER, reply_to="Team Ä <team@example.com>")))
    assert getaddresses([str(found["Reply-To"])]) == [("Team Ä", "team@example.com")]
