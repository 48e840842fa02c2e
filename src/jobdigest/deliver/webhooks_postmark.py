"""Postmark's webhooks: bounces, spam complaints and changes of subscription.

https://postmarkapp.com/developer/webhooks/bounce-webhook. Postmark signs nothing; the page that takes the call asks for
the user and password written into its address (HTTP basic authentication) before it comes here.
"""

from __future__ import annotations

import json
from typing import Any

from jobdigest.deliver.bounces import Kind, Report

_HARD = {"HardBounce", "BadEmailAddress"}
_NOTHING = {"AutoResponder", "AddressChange", "OpenRelayTest", "Subscribe", "ChallengeVerification", "Unconfirmed"}


def reports(body: bytes) -> list[Report]:
    """What a call says of a reader; nothing for calls we do not know."""
    try:
        event: dict[str, Any] = json.loads(body)
        match event["RecordType"]:
            case "Bounce" if event["Type"] not in _NOTHING:
                kind: Kind = "hard" if event["Type"] in _HARD else "soft"
                return [_report(kind, f"{event['Type']}: {event.get('Details', '')}", event["Email"], event["ID"])]
            case "SpamComplaint":
                return [_report("complaint", "spam complaint", event["Email"], event["ID"])]
            case "SubscriptionChange" if event["SuppressSending"]:
                return [_suppressed(event)]
    except (ValueError, KeyError, TypeError):
        return []
    return []


def _suppressed(event: dict[str, Any]) -> Report:
    kinds: dict[str, Kind] = {"HardBounce": "hard", "SpamComplaint": "complaint"}
    reason = str(event.get("SuppressionReason") or "ManualSuppression")
    return _report(kinds.get(reason, "unsubscribe"), reason, event["Recipient"], event.get("ChangedAt", ""))


def _report(kind: Kind, evidence: str, address: str, identity: object) -> Report:
    return Report(kind, f"Postmark: {evidence}"[:300], f"postmark:{kind}:{identity}:{address}", address=address)
