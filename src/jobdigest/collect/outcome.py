"""What a poll means, judged from values alone: complete or not, alarming or not, when to come again.

Nothing is closed unless an answer was complete: no error, nothing cut, every row readable or at least known by its id,
and no drop of more than half. Empty is not gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jobdigest.collect.sources.base import RowProblem
from jobdigest.polling import Health, Poll

BELIEVED_AFTER = timedelta(days=3)
"""A drop that lasts this long, seen at two polls at least, is taken for the truth; an empty answer never is."""
SLOWEST = timedelta(hours=24)
FIRST_RETRY = timedelta(minutes=30)
_KEPT_PROBLEMS = 1_000


@dataclass(slots=True)
class Tally:
    """What came so far; ids are kept as hashes, so that 500,000 of them are 50 MB."""

    ids: set[int] = field(default_factory=set)
    new: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    more_problems: int = 0
    nameless: int = 0
    """Rows of which nobody can say which postings they are."""
    truncated: str | None = None
    batches_without_news: int = 0

    def add_problems(self, problems: Sequence[RowProblem]) -> None:
        """Keep the first thousand in words and count the others."""
        self.nameless += sum(problem.source_id is None and not problem.gone for problem in problems)
        room = _KEPT_PROBLEMS - len(self.problems)
        self.problems.extend(problems[:room])
        self.more_problems += max(0, len(problems) - room)

    def named_problems(self) -> tuple[RowProblem, ...]:
        """The problems for the report."""
        rest = (RowProblem(row="…", reason=f"and {self.more_problems} more"),) if self.more_problems else ()
        return (*self.problems, *rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One poll, judged. Only where `complete` may the store conclude anything from what is absent."""

    state: str
    """`ok`, `unchanged` or `failed`"""
    seen: int
    new: int
    problems: int
    complete: bool
    truncated: str | None = None
    error: str | None = None
    alarm: str | None = None
    retry_after: float | None = None


def judge(
    tally: Tally, health: Health, now: datetime, *, not_modified: int, error: str | None, retry_after: float | None
) -> Outcome:
    """The outcome of a poll that gave `tally` and ended with `error`, or well.

    An unchanged answer is as complete as the one that its validator stands for (see `worth_remembering`).
    """
    seen, problems = len(tally.ids), len(tally.problems) + tally.more_problems
    if error:
        return Outcome(
            state="failed", seen=seen, new=tally.new, problems=problems, complete=False, truncated=tally.truncated,
            error=error, retry_after=retry_after,
        )  # fmt: skip
    if not_modified and not seen and not problems:
        complete = not (health.truncated or health.alarm)
        return Outcome(
            state="unchanged", seen=health.postings, new=0, problems=0, complete=complete, truncated=health.truncated
        )
    alarm = alarm_of(seen, tally.new, health, now)
    complete = not (alarm or tally.truncated or tally.nameless or not_modified)
    return Outcome(
        state="ok",
        seen=seen,
        new=tally.new,
        problems=problems,
        complete=complete,
        truncated=tally.truncated,
        alarm=alarm,
    )


def worth_remembering(outcome: Outcome, tally: Tally) -> bool:
    """Whether the next poll may be answered with "not modified": not where rows stay unread or an answer is doubted."""
    return outcome.state == "ok" and not outcome.alarm and not tally.nameless


def alarm_of(seen: int, new: int, health: Health, now: datetime) -> str | None:
    """Why an answer isn't believed to be all there is: empty, or less than half of the postings known are in it."""
    before, known = health.postings, seen - new
    if not before or known * 2 >= before:
        return None
    if not seen:
        return f"empty, but had {before} postings before; nothing is closed"
    lasting = health.alarm is not None and health.last_success is not None
    if lasting and health.last_success is not None and now - health.last_success >= BELIEVED_AFTER:
        return None
    if seen * 2 < before:
        return f"only {seen} postings, but {before} before; nothing is closed"
    return f"only {known} of {before} postings have the ids they had before; nothing is closed"


def aged(health: Health, outcome: Outcome, now: datetime) -> Health:
    """`health` after `outcome`, save `next_poll`."""
    if outcome.state == "failed":
        return replace(
            health, last_attempt=now, new=outcome.new, failures=health.failures + 1, error=outcome.error
        )  # fmt: skip
    believed: dict[str, Any] = {}
    if not outcome.alarm:
        first = health.first_success or (now if outcome.seen else None)
        believed = {"first_success": first, "last_success": now, "postings": outcome.seen}
    return replace(
        health, last_attempt=now, new=outcome.new, failures=0, error=None, truncated=outcome.truncated,
        alarm=outcome.alarm, unchanged=0 if outcome.new else health.unchanged + 1, **believed,
    )  # fmt: skip


def next_poll(
    health: Health,
    now: datetime,
    *,
    every: timedelta,
    fixed: timedelta | None,
    retry_after: float | None,
    jitter: float,
) -> datetime:
    """When to ask again: sooner after a failure, later where little changes, never before the terms or the host allow.

    `every` is the operator's interval, `fixed` the one a kind's manners set; `jitter` in [0, 1) adds up to a tenth.
    """
    least = max(every, fixed or timedelta())
    wait = least
    if health.failures:
        wait = min(FIRST_RETRY * 2 ** min(health.failures - 1, 10), max(SLOWEST, least))
    elif health.unchanged:
        wait = max(least, min(least * (1 + min(health.unchanged, 12) / 4), SLOWEST))
    wait = max(wait, fixed or timedelta(), timedelta(seconds=retry_after or 0))
    return now + wait * (1 + jitter / 10)


def why_skipped(health: Health, now: datetime, *, fixed: timedelta | None, only_due: bool) -> str | None:
    """Why a source isn't polled now: its terms fix an interval that isn't over, or (`only_due`) it isn't its turn."""
    if fixed and health.last_attempt and timedelta() <= now - health.last_attempt < fixed:
        at = health.last_attempt + fixed
        return f"its terms allow a request every {_span(fixed)}; the next at {at:%Y-%m-%d %H:%M} UTC"
    set_back = health.last_attempt and now < health.last_attempt  # a clock that was wrong must not silence a source
    if only_due and health.next_poll and now < health.next_poll and not set_back:
        return f"not due before {health.next_poll:%Y-%m-%d %H:%M} UTC"
    return None


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def poll_of(source: str, outcome: Outcome, now: datetime) -> Poll:
    """The line for the source's log."""
    return Poll(
        source=source, at=now, state=outcome.state, seen=outcome.seen, new=outcome.new, problems=outcome.problems,
        error=outcome.error or outcome.alarm,
    )  # fmt: skip
