"""Signed tokens in links: what a reader may do, without an address and without an expiry unless one is given.

A token is base64url of `key tag (4) · purpose (1) · subscriber (8) · stamp (4) · HMAC-SHA256 cut to 16 bytes`
(RFC 2104, cut as RFC 2104 section 5 allows). It is a pure function of its parts, so a message rebuilt later carries
the same links. Keys rotate: the first signs, every key still listed verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import NamedTuple

_BODY = struct.Struct(">4scQI")
_MAC_SIZE = 16

UNSUBSCRIBE = b"u"
PREFERENCES = b"p"
CONFIRM = b"c"
CHANGE_ADDRESS = b"a"
DATA = b"d"
RESUBSCRIBE = b"r"


class Claim(NamedTuple):
    """What a valid token says; `stamp` is 0 for untimed tokens, else whatever the signer put in (an epoch minute)."""

    purpose: bytes
    subscriber_id: int
    stamp: int


class Keys:
    """The list of secrets: `Keys([newest, older, …])`."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._signing = {key_tag(secret): _signer(secret) for secret in secrets}
        self._hashing = hmac.digest(secrets[-1], b"jobdigest address", "sha256")
        self.newest = key_tag(secrets[0])

    def sign(self, purpose: bytes, subscriber_id: int, stamp: int = 0, *, key_tag: bytes | None = None) -> str:
        """A token for one purpose and subscriber; `key_tag` picks an older key, for rebuilding an old message."""
        tag = key_tag or self.newest
        body = _BODY.pack(tag, purpose, subscriber_id, stamp)
        return urlsafe_b64encode(body + _mac(self._signing[tag], body)).decode().rstrip("=")

    def verify(self, token: str, purpose: bytes) -> Claim | None:
        """What `token` says, or None if it was not signed by us for this purpose."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (ValueError, TypeError):
            return None
        if len(raw) != _BODY.size + _MAC_SIZE:
            return None
        tag, found_purpose, subscriber_id, stamp = _BODY.unpack(raw[: _BODY.size])
        key = self._signing.get(tag)
        expected = _mac(key, raw[: _BODY.size]) if key else b""
        if not hmac.compare_digest(expected, raw[_BODY.size :]) or found_purpose != purpose:
            return None
        return Claim(purpose, subscriber_id, stamp)

    def address_hash(self, address: str) -> bytes:
        """16 bytes that stand for an address (case-folded) in ledger and suppression list, of no use without the key.

        The *oldest* key hashes, so that rotating keys (new ones first) never loses a suppression.
        """
        return hmac.digest(self._hashing, address.strip().casefold().encode(), "sha256")[:16]


def _signer(secret: bytes) -> hmac.HMAC:
    """HMAC with the key taken in, to be copied for every token: half the work of one."""
    return hmac.new(hmac.digest(secret, b"jobdigest link", "sha256"), digestmod="sha256")


def _mac(signer: hmac.HMAC, body: bytes) -> bytes:
    mac = signer.copy()
    mac.update(body)
    return mac.digest()[:_MAC_SIZE]


def key_tag(secret: bytes) -> bytes:
    """Four bytes that name a key without telling it."""
    return hashlib.sha256(b"jobdigest key tag" + secret).digest()[:4]
