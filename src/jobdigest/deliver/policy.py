"""How patient and how careful to be: what an attempt's end means for the ledger, and when to stop an edition.

Values in, values out; the send loop does what is decided here.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobdigest.config import Delivery as DeliveryConfig
from jobdigest.config import parse_rate
from jobdigest.deliver.replies import Reply, Verdict, is_policy, judge
from jobdigest.deliver.transports.base import Event, What
from jobdigest.model import Delivery, DeliveryState, Limit, Outcome

RECIPIENT_WAITS = (10, 60, 300, 900, 1_800, 3_600)  # seconds before the next attempt, by attempts so far
SERVER_WAITS = (1, 2, 4, 8, 16, 32, 64, 128, 900)  # seconds of silence, by failures in a row
DENIED_WAITS = (2, 15, 900)
LONGEST_WAIT = timedelta(minutes=10)  # `send` returns rather than wait longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of one edition's sending, from config.yaml."""

    limits: tuple[Limit, ...] = ()
    domain_limits: Mapping[str, Limit] = field(default_factory=dict)
    give_up_after: timedelta = timedelta(hours=12)
    late_within: timedelta = timedelta(hours=24)
    canary: float | None = None


def policy_from(config: DeliveryConfig, late_within: timedelta) -> Policy:
    """The policy of `delivery:` and `schedule.late_within`."""
    return Policy(
        limits=tuple(limit(f"send:{text}", *parse_rate(text)) for text in config.rate),
        domain_limits={
            domain.lower(): limit(f"send:{domain.lower()}:{text}", *parse_rate(text))
            for domain, text in config.per_domain.items()
        },
        give_up_after=config.give_up_after,
        late_within=late_within,
        canary=config.canary,
    )


def limit(scope: str, amount: float, per: timedelta) -> Limit:
    """A rate as a limit over a window of at most a minute (longer for less than one a minute).

    `5000/h` becomes 83 a minute: an even flow, instead of a burst and an hour's silence.
    """
    unit = per.total_seconds()
    seconds = math.ceil(max(min(unit, 60.0), unit / amount))
    return Limit(scope, seconds, max(1, int(amount * seconds / unit + 1e-9)))


def outcome(event: Event, delivery: Delivery, now: datetime) -> tuple[Outcome, Verdict | None]:
    """What the ledger writes for an event that ended an attempt; no verdict where the message is in doubt."""
    reply = event.reply
    assert reply, "READY ends nothing"
    if event.what is What.LOST:
        return Outcome(delivery=delivery, state=DeliveryState.IN_DOUBT, reason=str(reply)), None
    verdict = judge(reply)
    state, retry_at = DeliveryState.PENDING, None
    if verdict is Verdict.ACCEPT:
        state = DeliveryState.ACCEPTED
    elif verdict in (Verdict.FAIL, Verdict.SUPPRESS):
        state = DeliveryState.FAILED
    elif verdict is Verdict.DEFER:
        retry_at = now + timedelta(seconds=_jitter(RECIPIENT_WAITS, delivery.attempts))
    accepted = state is DeliveryState.ACCEPTED
    return Outcome(
        delivery=delivery,
        state=state,
        reason=None if accepted else str(reply),
        answer=f"{reply.code} {reply.text}" if reply.code else None,
        queue_id=reply.queue_id if accepted else None,
        retry_at=retry_at,
        tried=event.what is What.REFUSED and verdict in (Verdict.DEFER, Verdict.FAIL, Verdict.SUPPRESS),
        no_such_address=verdict is Verdict.SUPPRESS,
    ), verdict


def _jitter(waits: Sequence[int], step: int) -> float:
    return waits[min(step, len(waits) - 1)] * random.uniform(0.9, 1.2)


class Backoff:
    """How long to leave the server alone after failures that are no recipient's fault."""

    def __init__(self) -> None:
        self.until = 0.0  # monotonic
        self.why: Reply | None = None
        self._failures = 0

    def failed(self, reply: Reply, monotonic: float) -> None:
        """One more failure; several connections that fail at the same time count once."""
        self.why = reply
        if monotonic >= self.until:
            waits = DENIED_WAITS if judge(reply) is Verdict.DENIED else SERVER_WAITS
            self.until = monotonic + _jitter(waits, self._failures)
            self._failures += 1

    def worked(self) -> None:
        """The server took a message."""
        self._failures, self.until, self.why = 0, 0.0, None


class Breaker:
    """Stops an edition whose mail is not wanted: ≥ 5 and ≥ 20 % of the last 50 with 5.7.x or 554; a tight canary."""

    WINDOW, LEAST, SHARE, CANARY_SHARE = 50, 5, 0.2, 0.05

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=self.WINDOW)
        self._last = ""
        self.canary = False  # whether the canary is still being judged

    def saw(self, reply: Reply) -> None:
        """Count one answer about a recipient or a message."""
        refused = is_policy(reply)
        self._recent.append(refused)
        if refused:
            self._last = str(reply)

    def evidence(self) -> str | None:
        """Why to stop now, or None."""
        if not self._last:  # nothing was ever refused
            return None
        bad, seen = sum(self._recent), len(self._recent)
        if bad >= self.LEAST and bad >= self.SHARE * seen:
            return f"{bad} of the last {seen} answers refuse mail like ours, the last one: {self._last}"
        if self.canary and bad and bad > self.CANARY_SHARE * seen:
            return f"{bad} of the first {seen} answers (the canary) refuse mail like ours: {self._last}"
        return None


def canary_size(policy: Policy, mailed: int) -> int:
    """How many readers go first; 0 without a canary."""
    return math.ceil(policy.canary * mailed) if policy.canary else 0
