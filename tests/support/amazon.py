"""Amazon SNS for tests: signs as it does, with a certificate of its own."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE_URL = f"{HOST}/SimpleNotificationService-abc.pem"
SIGNED = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@dataclass
class Amazon:
    """A signing key and the certificate that shows it."""

    key: rsa.RSAPrivateKey
    certificate: bytes

    @classmethod
    def new(cls) -> Amazon:
        """With a fresh key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime(2026, 1, 1, tzinfo=UTC)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=900))
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        return cls(key, certificate.public_bytes(serialization.Encoding.PEM))

    def notification(self, event: object, version: str = "2", **changes: str) -> bytes:
        """A signed message of the topic about `event`."""
        message = {"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": json.dumps(event),
                   "Timestamp": "2026-11-24T10:00:00.000Z", "SignatureVersion": version,
                   "SigningCertURL": CERTIFICATE_URL} | changes  # fmt: skip
        signed = "".join(f"{name}\n{message[name]}\n" for name in SIGNED if name in message).encode()
        algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
        signature = b64encode(self.key.sign(signed, padding.PKCS1v15(), algorithm)).decode()
        return json.dumps(message | {"Signature": signature}).encode()

    def fetch(self, url: str) -> bytes:
        """The certificate, as from its address."""
        assert url == CERTIFICATE_URL
        return self.certificate


def bounce(kind: str = "Permanent", sub: str = "General", **who: str) -> dict[str, Any]:
    """What SES says of a bounce."""
    recipient = {"emailAddress": "ada@example.org", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1"} | who
    return {
        "notificationType": "Bounce",
        "bounce": {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": [recipient]},
    }
