"""Is a posting open, and is it in or out? The last word on one posting, from facts that the store keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from jobdigest.model import Decision, Liveness


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What was seen of a posting: by its source's list (`last_seen`, `missing_since`) and by looks at its page.

    `closed_at` is set once an inferred closing was confirmed; `stated_closed` and `valid_through` need no confirming.
    """

    direct: bool
    last_seen: datetime
    stated_closed: str | None = None
    valid_through: date | None = None
    missing_since: datetime | None = None
    closed_at: datetime | None = None
    look: Liveness | None = None
    look_evidence: str | None = None
    looked_at: datetime | None = None
    negative_since: datetime | None = None


class State(NamedTuple):
    """Liveness with its evidence; `showable` is false as soon as anything speaks for closed."""

    liveness: Liveness
    evidence: str
    showable: bool


def state(seen: Sightings, now: datetime) -> State:
    """The three states of design decision 5, from what the source states, then from what we inferred."""
    if seen.stated_closed:
        return State("expired", f"the posting says: {seen.stated_closed}", False)
    if seen.valid_through and seen.valid_through < now.date():
        return State("expired", f"valid through {seen.valid_through}", False)
    if seen.closed_at:
        return State("expired", seen.look_evidence or f"gone from its source since {_day(seen.missing_since)}", False)
    if seen.negative_since:
        return State("unknown", f"closed at one look, not yet confirmed: {seen.look_evidence}", False)
    if seen.missing_since:
        return State("unknown", f"missing from its source since {_day(seen.missing_since)}, not yet confirmed", False)
    if seen.look == "live":
        return State("live", f"{seen.look_evidence} ({_day(seen.looked_at)})", True)
    if seen.direct:
        return State("live", f"listed by the employer on {_day(seen.last_seen)}", True)
    return State("unknown", seen.look_evidence or "not looked at yet", True)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "?"


class Verdict(NamedTuple):
    """What became of a posting and why, in words."""

    decision: Decision
    reason: str


def decide(
    *,
    in_scope: bool,
    role_evidence: str,
    seen: State,
    safety_reasons: tuple[str, ...],
    suspect: bool,
    hidden: str | None,
    merged_into: str | None,
) -> Verdict:
    """Kept, merged or dropped; the first reason to drop wins, in the order in which a reader would be hurt."""
    if not in_scope:
        return Verdict("dropped", f"not an AI job: {role_evidence}")
    if suspect:
        return Verdict("dropped", f"held as suspect: {'; '.join(safety_reasons)}")
    if not seen.showable:
        return Verdict("dropped", f"{'expired' if seen.liveness == 'expired' else 'probably closed'}: {seen.evidence}")
    if hidden:
        return Verdict("dropped", f"hidden by the operator{': ' + hidden if hidden != 'hidden' else ''}")
    if merged_into:
        return Verdict("merged", f"the same job as {merged_into}")
    return Verdict("kept", role_evidence)
