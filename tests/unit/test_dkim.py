"""DKIM signatures, verified by dkimpy, which shares no code with ours."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.deliver.dkim import Signer, body_hash, keygen, load_signer, zone_line
from jobdigest.deliver.message import Sender, build
from jobdigest.errors import ConfigError
from jobdigest.model import Delivery, Parts
from jobdigest.subscribers.tokens import Keys

KEYS = Keys([b"key"])
SENDER = Sender(newsletter="AI Jobs", from_="AI Jobs <jobs@example.com>", base_url="https://x.example.com", keys=KEYS)
PARTS = Parts(subject="3 new AI jobs", text=b"a  b\t c \r\n\r\n.\r\n", html=b"<p>\r\n  x</p>\r\n\r\n\r\n")
DELIVERY = Delivery(
    id=5, edition="2026-W48", subscriber_id=7, address_hash=b"x" * 16, email="ada@example.org", name="Zoë Ä. Ö",
    language="en", shown=b"", key_id=KEYS.newest.hex(), not_before=datetime(2026, 11, 24, 9, tzinfo=UTC),
)  # fmt: skip
RSA, ED = keygen("example.com", "s1", "rsa"), keygen("example.com", "s2", "ed25519")
SIGNERS = [Signer("example.com", "s1", RSA.private_pem), Signer("example.com", "s2", ED.private_pem)]
RECORDS = {f"{pair.name}.".encode(): pair.record.encode() for pair in (RSA, ED)}


class _VerifyKey:
    """What dkimpy asks of PyNaCl for Ed25519, by way of `cryptography`: only the primitive, nothing of DKIM."""

    def __init__(self, key: bytes, encoder: object) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(b64decode(key))

    def verify(self, message: bytes, signature: bytes) -> None:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise ValueError("bad signature") from None


@pytest.fixture(autouse=True, scope="module")
def _nacl() -> None:
    if not hasattr(dkim, "nacl"):
        dkim.nacl = SimpleNamespace(
            signing=SimpleNamespace(VerifyKey=_VerifyKey),
            encoding=SimpleNamespace(Base64Encoder=None),
            exceptions=SimpleNamespace(BadSignatureError=ValueError),
        )


def verifies(data: bytes, index: int = 0) -> bool:
    try:
        return bool(dkim.DKIM(data).verify(index, dnsfunc=lambda name, timeout=5: RECORDS[name]))
    except dkim.ValidationError:
        return False


@pytest.mark.parametrize("index", [0, 1])
def test_both_algorithms_verify(index: int) -> None:
    data = build(PARTS, DELIVERY, SENDER, SIGNERS).data
    assert data.count(b"DKIM-Signature:") == 2
    assert verifies(data, index)


@pytest.mark.parametrize(
    ("what", "by"),
    [
        (b"3 new AI jobs", b"4 new AI jobs"),
        (b"One-Click", b"Two-Click"),
        (b"<p>", b"<q>"),
        (b"Ada", b"Eve"),
        (b"unsubscribe/", b"elsewhere/"),
    ],
)
def test_nothing_that_matters_can_be_changed(what: bytes, by: bytes) -> None:
    data = build(PARTS, replace(DELIVERY, name="Ada"), SENDER, SIGNERS[:1]).data
    assert what in data
    assert not verifies(data.replace(what, by))


@settings(deadline=None)
@given(
    subject=st.text(max_size=90),
    name=st.text(max_size=60),
    text=st.text(alphabet=" \tabc.=\r\n", max_size=60).map(lambda t: "\r\n".join(t.splitlines()).encode()),
)
def test_any_message_verifies(subject: str, name: str, text: bytes) -> None:
    message = build(
        Parts(subject=subject, text=text, html=b"<p></p>"), replace(DELIVERY, name=name), SENDER, SIGNERS[1:]
    )
    assert verifies(message.data)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b" ", b"\t", b"x", b"\r\n", b"."]), max_size=30).map(b"".join))
def test_the_body_hash_is_the_one_of_dkimpy(body: bytes) -> None:
    from hashlib import sha256

    expected = b64encode(sha256(dkim.canonicalization.Simple.canonicalize_body(body)).digest())
    if body.endswith(b"\r\n") or not body:  # we only ever sign bodies that end like this
        assert body_hash(body) == expected


def test_signing_is_a_pure_function() -> None:
    assert build(PARTS, DELIVERY, SENDER, SIGNERS) == build(PARTS, DELIVERY, SENDER, SIGNERS)


def test_what_is_signed() -> None:
    data = build(PARTS, DELIVERY, replace(SENDER, reply_to="team@example.com"), SIGNERS[:1]).data
    signature = b"".join(data.partition(b"\r\nFrom:")[0].split())
    names = signature.partition(b"h=")[2].partition(b";")[0].split(b":")
    for name in (b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
                 b"list-unsubscribe", b"list-unsubscribe-post", b"list-id"):  # fmt: skip
        assert name in names
    assert b"a=rsa-sha256;c=relaxed/simple;d=example.com;s=s1;" in signature
    assert b"l=" not in signature.replace(b"html", b"").split(b"bh=")[0]
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 120


def test_the_record_to_publish() -> None:
    assert RSA.name == "s1._domainkey.example.com"
    assert RSA.record.startswith("v=DKIM1; k=rsa; p=MII")
    line = zone_line(RSA)
    assert "".join(line.split('"')[1::2]) == RSA.record
    assert all(len(part) <= 255 for part in line.split('"')[1::2])


def test_a_key_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(ConfigError, match=r"key\.pem.*keygen"):
        load_signer("example.com", "s1", path)
    path.write_text("not a key")
    with pytest.raises(ConfigError, match=r"key\.pem"):
        load_signer("example.com", "s1", path)
    path.write_bytes(RSA.private_pem)
    assert load_signer("example.com", "s1", path)
