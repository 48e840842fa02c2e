"""Amazon SES by way of SNS: bounces and complaints as signed JSON.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html. A new provider is a file like this one: verify
what was sent, then turn it into `Report`s.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from jobdigest.deliver.bounces import NO_SUCH_ADDRESS, Kind, Report

Fetch = Callable[[str], bytes]
_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}  # the signature versions that SNS has


def verified(body: bytes, fetch: Fetch, topic: str) -> Mapping[str, Any] | None:
    """The SNS message if Amazon signed it for our `topic` (its ARN), else None. `fetch` gets the certificate, PEM."""
    try:
        message = json.loads(body)
        names, algorithm = _SIGNED[message["Type"]], _HASHES[message["SignatureVersion"]]()
        if message["TopicArn"] != topic or not is_amazons(message["SigningCertURL"]):
            return None
        signed = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
        key = x509.load_pem_x509_certificate(fetch(message["SigningCertURL"])).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return None
        key.verify(b64decode(message["Signature"]), signed.encode(), padding.PKCS1v15(), algorithm)
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return None
    return message if isinstance(message, dict) else None


def is_amazons(url: str) -> bool:
    """Whether a certificate or subscription address is SNS's own, over https and without tricks in it."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.port is None and bool(_HOST.fullmatch(parts.netloc))


def confirmation(message: Mapping[str, Any]) -> str | None:
    """The address to visit once to confirm the subscription, where `message` asks for that."""
    url = str(message.get("SubscribeURL", ""))
    return url if message.get("Type") == "SubscriptionConfirmation" and is_amazons(url) else None


def reports(message: Mapping[str, Any]) -> list[Report]:
    """What a verified notification says of readers."""
    try:
        event = json.loads(message["Message"])
        kind = event.get("notificationType") or event.get("eventType")
        if kind == "Bounce":
            return [
                _bounced(event["bounce"], one, str(message["MessageId"]))
                for one in event["bounce"]["bouncedRecipients"]
            ]
        if kind == "Complaint":
            complaint = event["complaint"]
            said = str(complaint.get("complaintFeedbackType") or "abuse")
            who = [str(one["emailAddress"]) for one in complaint["complainedRecipients"]]
            return [] if said == "not-spam" else [_report("complaint", said, w, str(message["MessageId"])) for w in who]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return []


def _bounced(bounce: Mapping[str, Any], who: Mapping[str, Any], message_id: str) -> Report:
    status = f"{who.get('status', '')} {who.get('diagnosticCode', '')}".strip()
    gone = bounce.get("bounceType") == "Permanent" and (
        bounce.get("bounceSubType") in ("NoEmail", "Suppressed", "OnAccountSuppressionList")
        or NO_SUCH_ADDRESS.search(status)
    )
    evidence = f"{bounce.get('bounceType')}/{bounce.get('bounceSubType')} {status}"
    return _report("hard" if gone else "soft", evidence, str(who["emailAddress"]), message_id)


def _report(kind: Kind, evidence: str, address: str, message_id: str) -> Report:
    return Report(kind, f"Amazon SES: {evidence}"[:300], f"ses:{message_id}:{address}", address=address)
