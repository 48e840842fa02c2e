"""What a server's answer means: the table of design decision 8."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobdigest.deliver.policy import RECIPIENT_WAITS, Backoff, Breaker, limit, outcome
from jobdigest.deliver.replies import Phase, Reply, Verdict, judge
from jobdigest.deliver.transports.base import Event, What
from jobdigest.model import Delivery, DeliveryState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DELIVERY = Delivery(
    id=1, edition="2026-W48", subscriber_id=1, address_hash=b"x" * 16, email="a@example.org", name=None, language="en",
    shown=b"", key_id="", not_before=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "code", "text", "verdict"),
    [
        (Phase.CONNECT, 0, "ConnectionRefusedError", Verdict.BACK_OFF),
        (Phase.CONNECT, 421, "4.3.2 too busy", Verdict.BACK_OFF),
        (Phase.CONNECT, 554, "5.7.1 your address is listed", Verdict.DENIED),
        (Phase.AUTH, 454, "4.7.0 temporary", Verdict.BACK_OFF),
        (Phase.AUTH, 535, "5.7.8 wrong password", Verdict.DENIED),
        (Phase.MAIL, 451, "4.3.0 later", Verdict.BACK_OFF),
        (Phase.MAIL, 550, "5.7.1 not allowed", Verdict.DENIED),
        (Phase.MAIL, 553, "5.1.8 bad sender domain", Verdict.STOP),
        (Phase.RCPT, 450, "4.2.0 greylisted", Verdict.DEFER),
        (Phase.RCPT, 421, "4.7.0 slow down", Verdict.BACK_OFF),
        (Phase.RCPT, 454, "4.7.0 not now", Verdict.BACK_OFF),
        (Phase.RCPT, 552, "5.2.2 mailbox full", Verdict.DEFER),
        (Phase.RCPT, 550, "5.1.1 no such user", Verdict.SUPPRESS),
        (Phase.RCPT, 550, "5.1.2 no such host", Verdict.SUPPRESS),
        (Phase.RCPT, 553, "5.1.3 bad syntax", Verdict.SUPPRESS),
        (Phase.RCPT, 551, "5.1.6 moved", Verdict.SUPPRESS),
        (Phase.RCPT, 556, "5.1.10 null MX", Verdict.SUPPRESS),
        (Phase.RCPT, 550, "5.1.7 bad sender", Verdict.STOP),
        (Phase.RCPT, 550, "5.7.1 blocked", Verdict.FAIL),
        (Phase.RCPT, 550, "no such user here", Verdict.FAIL),
        (Phase.RCPT, 550, "5.1.15 unheard of", Verdict.FAIL),
        (Phase.RCPT, 530, "5.7.0 authenticate first", Verdict.BACK_OFF),
        (Phase.RCPT, 503, "5.5.1 sequence", Verdict.BACK_OFF),
        (Phase.DATA, 451, "4.3.0 disk", Verdict.DEFER),
        (Phase.DATA, 554, "5.5.1 no valid recipients", Verdict.FAIL),
        (Phase.DATA, 0, "cut", Verdict.BACK_OFF),
        (Phase.DOT, 250, "2.0.0 queued", Verdict.ACCEPT),
        (Phase.DOT, 451, "4.3.0 later", Verdict.DEFER),
        (Phase.DOT, 421, "4.3.2 closing", Verdict.BACK_OFF),
        (Phase.DOT, 552, "5.3.4 too big", Verdict.FAIL),
        (Phase.DOT, 554, "5.7.1 spam", Verdict.FAIL),
        (Phase.DOT, 550, "5.1.1 no such user", Verdict.SUPPRESS),
        (Phase.DOT, 550, "5.1.8 sender", Verdict.STOP),
        (Phase.DOT, 354, "what?", Verdict.BACK_OFF),
    ],
)
def test_reply_classes(phase: Phase, code: int, text: str, verdict: Verdict) -> None:
    assert judge(Reply(phase, code, text)) is verdict


def test_only_a_missing_address_suppresses() -> None:
    suppressing = {
        f"5.{subject}.{detail}"
        for subject in range(8)
        for detail in range(30)
        for phase in (Phase.RCPT, Phase.DATA, Phase.DOT)
        if judge(Reply(phase, 550, f"5.{subject}.{detail} words")) is Verdict.SUPPRESS
    }
    assert suppressing == {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        ("2.0.0 Ok: queued as 4ZxYw1abcz", "4ZxYw1abcz"),
        ("2.0.0 OK 1732440000 abc123-def - gsmtp", None),
        ("OK id=1tFxyz-0001Ab-2C", "1tFxyz-0001Ab-2C"),
        ("2.0.0 4AB12cd3 Message accepted for delivery", None),
        ("Ok 0102018f-aaaa-bbbb", "0102018f-aaaa-bbbb"),
    ],
)
def test_queue_ids(text: str, queue_id: str | None) -> None:
    assert Reply(Phase.DOT, 250, text).queue_id == queue_id


def ended(what: What, reply: Reply) -> tuple[DeliveryState, bool, bool]:
    value, _ = outcome(Event(1, what, reply), DELIVERY, NOW)
    return value.state, value.tried, value.retry_at is not None


def test_a_recipients_no_counts_as_an_attempt_and_the_servers_does_not() -> None:
    assert ended(What.REFUSED, Reply(Phase.RCPT, 450, "4.2.0 later")) == (DeliveryState.PENDING, True, True)
    assert ended(What.REFUSED, Reply(Phase.CONNECT, 0, "no route")) == (DeliveryState.PENDING, False, False)
    assert ended(What.REFUSED, Reply(Phase.RCPT, 421, "4.3.2 down")) == (DeliveryState.PENDING, False, False)
    assert ended(What.LOST, Reply(Phase.DOT, 0, "cut")) == (DeliveryState.IN_DOUBT, False, False)


def test_deferrals_grow_with_the_attempts() -> None:
    value, _ = outcome(Event(1, What.REFUSED, Reply(Phase.RCPT, 450, "4.2.0")), DELIVERY, NOW)
    assert value.retry_at is not None
    assert 0.9 * RECIPIENT_WAITS[0] <= (value.retry_at - NOW).total_seconds() <= 1.2 * RECIPIENT_WAITS[0]


def test_connections_that_fail_together_count_once() -> None:
    backoff, reply = Backoff(), Reply(Phase.CONNECT, 0, "refused")
    for _ in range(10):
        backoff.failed(reply, 100.0)
    assert 100.9 <= backoff.until <= 101.2
    backoff.failed(reply, backoff.until)
    assert 102.7 <= backoff.until <= 103.6
    backoff.worked()
    assert backoff.until == 0.0


def breaker_after(good: int, bad: int) -> str | None:
    breaker = Breaker()
    for _ in range(good):
        breaker.saw(Reply(Phase.DOT, 250, "2.0.0 ok"))
    for _ in range(bad):
        breaker.saw(Reply(Phase.RCPT, 550, "5.7.1 we do not want this"))
    return breaker.evidence()


@pytest.mark.parametrize(
    ("good", "bad", "stops"),
    [(0, 4, False), (0, 5, True), (20, 5, True), (21, 5, False), (45, 9, False), (40, 10, True)],
)
def test_the_breaker_needs_five_and_a_fifth_of_the_last_fifty(good: int, bad: int, stops: bool) -> None:
    assert (breaker_after(good, bad) is not None) is stops


def test_the_breaker_names_its_evidence() -> None:
    assert breaker_after(0, 5) == (
        "5 of the last 5 answers refuse mail like ours, the last one: rcpt: 550 5.7.1 we do not want this"
    )


def test_one_refusal_ends_the_canary() -> None:
    breaker = Breaker()
    breaker.canary = True
    breaker.saw(Reply(Phase.DOT, 554, "spam"))
    assert breaker.evidence()


@pytest.mark.parametrize(
    ("amount", "per", "expected"),
    [(14, "s", (1, 14)), (5000, "h", (60, 83)), (600, "m", (60, 600)), (30, "h", (120, 1)), (0.5, "s", (2, 1))],
)
def test_rates_become_windows_of_at_most_a_minute(amount: float, per: str, expected: tuple[int, int]) -> None:
    unit = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}[per]
    assert limit("x", amount, unit)[1:] == expected
