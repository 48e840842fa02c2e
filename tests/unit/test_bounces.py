"""Reports about readers: delivery reports, complaints, unsubscribing by mail, and the webhooks."""

from __future__ import annotations

import json
import mailbox
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.deliver import webhooks_postmark, webhooks_ses
from jobdigest.deliver.bounces import Report, from_maildir, read
from jobdigest.deliver.message import ReaderTag
from jobdigest.errors import DeliveryError
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE, Keys
from support.amazon import TOPIC, Amazon, bounce

KEYS = Keys([b"key"])
TAG = ReaderTag("2026-W48", 7, bytes.fromhex("a1b2c3d4e5f6"))
MESSAGE_ID = "<2026-W48.7.a1b2c3d4e5f6@example.com>"
VERP = "bounces+2026-w48-7-a1b2c3d4e5f6@example.com"


def dsn(
    action: str = "failed", status: str = "5.1.1", to: str = VERP, returned: str = MESSAGE_ID, diagnostic: str = ""
) -> bytes:
    """A delivery report as Postfix writes it."""
    return f"""\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4Abc

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic or f"550 {status} <ada@example.org>: said no"}

--b
Content-Type: text/rfc822-headers

From: AI Jobs Weekly <jobs@example.com>
Message-ID: {returned}
Subject: 3 new AI jobs

--b--
""".encode()


def arf(feedback: str = "abuse") -> bytes:
    """A complaint as feedback loops write it."""
    return f"""\
From: feedback@isp.example
To: fbl@example.com
Subject: FW: 3 new AI jobs
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeISP/1.0
Version: 1

--b
Content-Type: message/rfc822

From: AI Jobs Weekly <jobs@example.com>
Message-ID: {MESSAGE_ID}
Subject: 3 new AI jobs

Hello

--b--
""".encode()


QMAIL = f"""\
From: MAILER-DAEMON@mail.example.net
To: {VERP}
Subject: failure notice

Hi. This is the qmail-send program at mail.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
198.51.100.7 does not like recipient.
Remote host said: 550 5.1.1 unknown user

--- Below this line is a copy of the message.
""".encode()

VACATION = f"""\
From: ada@example.org
To: {VERP}
Subject: Out of office: 3 new AI jobs
Auto-Submitted: auto-replied
In-Reply-To: {MESSAGE_ID}
References: {MESSAGE_ID}

I am away until Monday. Error 5.1.1 is not why.
""".encode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (dsn(), "hard"),
        (dsn(status="5.1.10"), "hard"),
        (dsn(status="5.2.2"), "soft"),
        (dsn(status="5.7.1"), "soft"),
        (dsn(status="4.4.7"), "soft"),
        (dsn(status="5.0.0", diagnostic="smtp; 550 5.1.1 no such user"), "hard"),
        (dsn(status="5.0.0", diagnostic="smtp; 550 no"), "soft"),
        (dsn(to="jobs@example.com"), "hard"),
        (dsn(returned="<other@example.com>"), "hard"),
        (dsn().replace(b"\n", b"\r\n"), "hard"),
        (QMAIL, "hard"),
        (arf(), "complaint"),
        (arf("fraud"), "complaint"),
        (arf("opt-out"), "unsubscribe"),
    ],
)
def test_reports_about_a_delivery(data: bytes, kind: str) -> None:
    report = read(data, KEYS)
    assert report is not None
    assert (report.kind, report.tag) == (kind, TAG)
    assert report.evidence
    assert "\n" not in report.evidence


@pytest.mark.parametrize(
    "data",
    [
        dsn(action="delayed", status="4.4.1"),
        dsn(action="delivered", status="2.0.0"),
        dsn(to="jobs@example.com", returned="<other@example.com>"),
        arf("not-spam"),
        VACATION,
        VACATION.replace(b"Auto-Submitted: auto-replied\n", b""),
        b"From: ada@example.org\nTo: jobs@example.com\nSubject: Re: 3 new AI jobs\n\nThanks! 550 5.1.1\n",
        b"",
    ],
)
def test_what_is_no_report(data: bytes) -> None:
    assert read(data, KEYS) is None


def test_the_same_report_twice_has_one_fingerprint() -> None:
    first, again, other = read(dsn(), KEYS), read(dsn(), KEYS), read(dsn(status="5.1.2"), KEYS)
    assert first
    assert again
    assert other
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_unsubscribing_by_mail_needs_the_token() -> None:
    token = KEYS.sign(UNSUBSCRIBE, 7)
    for line in (f"Subject: unsubscribe {token}", f"To: leave+{token}@example.com", f"Subject: unsubscribe\n {token}"):
        report = read(f"From: whoever@example.org\n{line}\n\n".encode(), KEYS)
        assert report is not None
        assert (report.kind, report.subscriber_id) == ("unsubscribe", 7)
    assert read(f"Subject: unsubscribe {KEYS.sign(PREFERENCES, 7)}\n\n".encode(), KEYS) is None
    assert read(b"Subject: unsubscribe\n\nplease\n", KEYS) is None
    assert read(f"Subject: Re: jobs\n\n> unsubscribe/{token}\n".encode(), KEYS) is None  # a reply that quotes us


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(0, 900), st.binary(max_size=4)).map(lambda t: dsn()[: t[0]] + t[1] + dsn()[t[0] + 3 :]),
    )
)
def test_no_bytes_raise(data: bytes) -> None:
    report = read(data, KEYS)
    assert report is None or isinstance(report, Report)


def test_a_maildir_is_read_once(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    for data in (dsn(), VACATION):
        box.add(data)
    found = list(from_maildir(tmp_path / "Maildir"))
    assert sorted(read(data, KEYS) is None for data, _ in found) == [False, True]
    found[0][1]()
    assert len(list(from_maildir(tmp_path / "Maildir"))) == 1
    found[1][1]()
    assert list(from_maildir(tmp_path / "Maildir")) == []
    assert len(list((tmp_path / "Maildir" / "cur").iterdir())) == 2
    with pytest.raises(DeliveryError, match="no Maildir"):
        list(from_maildir(tmp_path / "nowhere"))


# --- webhooks ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon.new()


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (bounce(), "hard"),
        (bounce("Permanent", "Suppressed", status="", diagnosticCode=""), "hard"),
        (bounce("Permanent", "General", status="5.7.1", diagnosticCode=""), "soft"),
        (bounce("Transient", "MailboxFull", status="5.2.2", diagnosticCode=""), "soft"),
        (
            {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "ada@example.org"}]}},
            "complaint",
        ),
    ],
)
@pytest.mark.parametrize("version", ["1", "2"])
def test_amazon_ses(amazon: Amazon, event: Any, kind: str, version: str) -> None:
    message = webhooks_ses.verified(amazon.notification(event, version), amazon.fetch, TOPIC)
    assert message is not None
    (report,) = webhooks_ses.reports(message)
    assert (report.kind, report.address) == (kind, "ada@example.org")


def test_amazon_must_have_signed_it(amazon: Amazon) -> None:
    good = amazon.notification(bounce())
    forged = good.replace(b"ada@example.org", b"eve@example.org")
    assert webhooks_ses.verified(forged, amazon.fetch, TOPIC) is None
    assert webhooks_ses.verified(good, amazon.fetch, TOPIC + "x") is None
    assert webhooks_ses.verified(good, lambda url: b"no certificate", TOPIC) is None
    assert webhooks_ses.verified(b"[]", amazon.fetch, TOPIC) is None
    elsewhere = amazon.notification(bounce(), SigningCertURL="https://sns.eu-west-1.amazonaws.com.evil.example/x.pem")
    assert webhooks_ses.verified(elsewhere, amazon.fetch, TOPIC) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com:444/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com",
        "https://mybucket.s3.amazonaws.com/x.pem",
    ],
)
def test_certificates_come_from_amazon_only(url: str) -> None:
    assert not webhooks_ses.is_amazons(url)


def test_a_subscription_is_confirmed_at_amazon_only() -> None:
    good = {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Confirm"}
    assert webhooks_ses.confirmation(good) == good["SubscribeURL"]
    assert webhooks_ses.confirmation(good | {"SubscribeURL": "https://evil.example/"}) is None
    assert webhooks_ses.confirmation({"Type": "Notification"}) is None


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce", "Email": "ada@example.org", "ID": 1, "Details": "x"}, "hard"),
        ({"RecordType": "Bounce", "Type": "SoftBounce", "Email": "ada@example.org", "ID": 1}, "soft"),
        ({"RecordType": "Bounce", "Type": "AutoResponder", "Email": "ada@example.org", "ID": 1}, None),
        ({"RecordType": "SpamComplaint", "Email": "ada@example.org", "ID": 2}, "complaint"),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True, "Recipient": "ada@example.org"}, "unsubscribe"),
        (
            {
                "RecordType": "SubscriptionChange",
                "SuppressSending": True,
                "Recipient": "ada@example.org",
                "SuppressionReason": "SpamComplaint",
            },
            "complaint",
        ),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False, "Recipient": "ada@example.org"}, None),
        ({"RecordType": "Open"}, None),
        ([], None),
        ("text", None),
    ],
)
def test_postmark(event: Any, kind: str | None) -> None:
    found = webhooks_postmark.reports(json.dumps(event).encode())
    assert [(report.kind, report.address) for report in found] == ([(kind, "ada@example.org")] if kind else [])
