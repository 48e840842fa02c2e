"""DKIM signatures (RFC 6376), RSA-2048 and Ed25519 (RFC 8463), relaxed/simple.

Signing is a pure function of headers, body and key: both algorithms give the same bytes every time, so a
message rebuilt after a crash is the message that was sent.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from jobdigest.errors import ConfigError

Algorithm = Literal["rsa", "ed25519"]
Header = tuple[bytes, bytes]  # name, value as on the wire after the colon, folded, without the final CRLF

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"feedback-id",
)  # fmt: skip


class Signer:
    """One key of one domain; several may sign the same message. `public_key` is the p= of its DNS record."""

    def __init__(self, domain: str, selector: str, private_key: bytes) -> None:
        key = serialization.load_pem_private_key(private_key, password=None)
        if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
            raise ValueError("only RSA and Ed25519 keys can sign DKIM")
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size < 1024:
            raise ValueError(f"an RSA key of {key.key_size} bits is too short; RFC 8301 asks for 2048")
        self._key = key
        self.public_key = _public(key)
        name = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ed25519"
        self._tags = f"v=1; a={name}-sha256; c=relaxed/simple; d={domain}; s={selector}".encode()

    def sign(self, headers: Sequence[Header], body_hash: bytes) -> Header:
        """The DKIM-Signature header for a message; `body_hash` comes from `body_hash()`.

        There is no `t=`: the signing time would have to be the same at every attempt, and verifiers refuse signatures
        from the future, as a slot can be while it is rehearsed.
        """
        present = {name.lower(): value for name, value in headers}
        names = tuple(name for name in SIGNED if name in present)
        value = b"%b;\r\n\th=%b;\r\n\tbh=%b;\r\n\tb=" % (
            self._tags,
            _listed(names),
            body_hash,
        )
        signed = b"".join(b"%b:%b\r\n" % (name, _relaxed(present[name])) for name in names)
        signature = b64encode(self._raw(signed + b"dkim-signature:" + _relaxed(value)))
        folded = b"\r\n\t ".join(signature[i : i + 70] for i in range(0, len(signature), 70))
        return b"DKIM-Signature", b" " + value + folded

    def _raw(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(sha256(data).digest())


def body_hash(body: bytes) -> bytes:
    """The bh= value: base64 of SHA-256 over the body by the simple rule (RFC 6376 section 3.4.3).

    Quoted-printable leaves no space at an end of line that a relay might trim, and the relaxed rule costs more than
    the hash.
    """
    return b64encode(sha256(body.rstrip(b"\r\n") + b"\r\n").digest())


def _relaxed(value: bytes) -> bytes:
    """A header value by the relaxed rule (RFC 6376 section 3.4.2): unfolded, spaces run together, ends trimmed."""
    return b" ".join(value.split())


@lru_cache(maxsize=32)
def _listed(names: tuple[bytes, ...]) -> bytes:
    return b":\r\n\t ".join(b":".join(names[i : i + 6]) for i in range(0, len(names), 6))


class KeyPair(NamedTuple):
    """A new key: keep `private_pem` secret, publish `record` as a TXT record at `name`."""

    private_pem: bytes
    name: str
    record: str


def keygen(domain: str, selector: str, algorithm: Algorithm = "rsa") -> KeyPair:
    """A new key and the DNS record that verifies it."""
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    key = rsa.generate_private_key(65537, 2048) if algorithm == "rsa" else ed25519.Ed25519PrivateKey.generate()
    none = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none)
    return KeyPair(private, f"{selector}._domainkey.{domain}", f"v=DKIM1; k={algorithm}; p={_public(key)}")


def _public(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    """The key as DNS publishes it: SubjectPublicKeyInfo (RSA, RFC 6376), 32 bare bytes (Ed25519, RFC 8463)."""
    rsa_form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    raw_form = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    form = rsa_form if isinstance(key, rsa.RSAPrivateKey) else raw_form
    return b64encode(key.public_key().public_bytes(*form)).decode()


def zone_line(pair: KeyPair) -> str:
    """The record as a line of a zone file, cut into strings of at most 255 characters (RFC 1035 section 3.3.14)."""
    parts = " ".join(f'"{pair.record[i : i + 250]}"' for i in range(0, len(pair.record), 250))
    return f"{pair.name}. IN TXT ( {parts} )"


def load_signer(domain: str, selector: str, key_file: Path) -> Signer:
    """The signer of a configured key; raises ConfigError naming the file."""
    try:
        return Signer(domain, selector, key_file.read_bytes())
    except OSError as error:
        reason = f"{error.strerror}; `digest dkim keygen` makes one"
    except ValueError as error:
        reason = str(error)
    raise ConfigError([f"delivery.dkim.key_file: {key_file}: {reason}"])
