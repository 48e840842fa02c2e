"""What a poll means, from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.collect.outcome import (
    BELIEVED_AFTER,
    FIRST_RETRY,
    SLOWEST,
    Outcome,
    Tally,
    aged,
    judge,
    next_poll,
    poll_of,
    why_skipped,
)
from jobdigest.collect.sources.base import RowProblem
from jobdigest.polling import Health

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = Health(name="acme", kind="ashby", first_success=NOW - 30 * HOUR, last_success=NOW - 6 * HOUR, postings=10)


def outcome_of(
    seen: int = 0,
    new: int = 0,
    *,
    before: Health = KNOWN,
    not_modified: int = 0,
    error: str | None = None,
    **tally: str,
) -> Outcome:
    given_by_source = Tally(ids=set(range(seen)), new=new, truncated=tally.get("truncated"))
    return judge(given_by_source, before, NOW, not_modified=not_modified, error=error, retry_after=None)


def test_a_whole_answer_is_complete() -> None:
    outcome = outcome_of(9, 1)
    assert (outcome.state, outcome.complete, outcome.seen, outcome.new, outcome.alarm) == ("ok", True, 9, 1, None)


def test_an_error_keeps_what_came_and_closes_nothing() -> None:
    outcome = outcome_of(9, 1, error="429 Too Many Requests")
    assert (outcome.state, outcome.complete, outcome.seen) == ("failed", False, 9)


def test_unchanged_is_what_it_was() -> None:
    outcome = outcome_of(not_modified=1, before=replace(KNOWN, truncated="cut"))
    assert (outcome.state, outcome.complete, outcome.seen, outcome.truncated) == ("unchanged", False, 10, "cut")
    assert outcome_of(not_modified=1).complete, "what was missing then is missing still"
    assert not outcome_of(not_modified=1, before=replace(KNOWN, alarm="only 4 postings")).complete


@pytest.mark.parametrize("cut", [{"truncated": "stopped at 5,000 rows"}, {"not_modified": 1}])
def test_a_part_closes_nothing(cut: dict[str, object]) -> None:
    assert outcome_of(9, **cut).complete is False  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "new", "alarm"),
    [
        (0, 0, "empty, but had 10 postings before; nothing is closed"),
        (4, 0, "only 4 postings, but 10 before; nothing is closed"),
        (10, 6, "only 4 of 10 postings have the ids they had before; nothing is closed"),
        (5, 0, None),
        (40, 35, None),
    ],
)
def test_less_than_half_is_an_alarm(seen: int, new: int, alarm: str | None) -> None:
    outcome = outcome_of(seen, new)
    assert (outcome.alarm, outcome.complete) == (alarm, alarm is None)


def test_a_lasting_drop_is_believed_but_never_emptiness() -> None:
    long_ago = replace(KNOWN, alarm="only 4 postings", last_success=NOW - BELIEVED_AFTER)
    assert outcome_of(4, before=long_ago).complete
    assert not outcome_of(4, before=replace(long_ago, alarm=None)).complete
    assert not outcome_of(0, before=long_ago).complete


@pytest.mark.parametrize(
    ("problem", "complete"),
    [
        (RowProblem(row="3", reason="no id"), False),
        (RowProblem(row="3 (id 7)", reason="no title", source_id="7"), True),
        (RowProblem(row="comment 3", reason="deleted", gone=True), True),
    ],
)
def test_a_broken_row_with_an_id_does_not_stop_the_closing_of_others(problem: RowProblem, complete: bool) -> None:
    tally = Tally(ids=set(range(9)))
    tally.add_problems([problem])
    outcome = judge(tally, KNOWN, NOW, not_modified=0, error=None, retry_after=None)
    assert (outcome.complete, outcome.problems) == (complete, 1)


def test_problems_beyond_a_thousand_are_counted() -> None:
    tally = Tally()
    tally.add_problems([RowProblem(row=str(n), reason="no title", source_id=str(n)) for n in range(1500)])
    assert len(tally.named_problems()) == 1001
    assert tally.named_problems()[-1].reason == "and 500 more"
    assert outcome_of().problems == 0
    assert judge(tally, KNOWN, NOW, not_modified=0, error=None, retry_after=None).problems == 1500


def test_health_counts_failures_and_forgets_them() -> None:
    failed = aged(aged(KNOWN, outcome_of(error="stall"), NOW), outcome_of(error="403"), NOW)
    assert (failed.failures, failed.error, failed.postings, failed.last_success) == (2, "403", 10, KNOWN.last_success)
    well = aged(failed, outcome_of(11, 1), NOW)
    assert (well.failures, well.error, well.postings, well.new, well.last_success) == (0, None, 11, 1, NOW)


def test_health_under_an_alarm_keeps_the_last_count_believed() -> None:
    alarmed = aged(KNOWN, outcome_of(2), NOW)
    assert (alarmed.postings, alarmed.last_success, alarmed.last_attempt) == (10, KNOWN.last_success, NOW)
    assert alarmed.alarm is not None


def test_the_first_success_needs_postings() -> None:
    nobody = Health(name="acme", kind="ashby")
    assert aged(nobody, outcome_of(before=nobody), NOW).first_success is None
    assert aged(nobody, outcome_of(3, 3, before=nobody), NOW).first_success == NOW


def when(health: Health, **options: object) -> timedelta:
    given = {"every": 6 * HOUR, "fixed": None, "retry_after": None, "jitter": 0.0, **options}
    return next_poll(health, NOW, **given) - NOW  # type: ignore[arg-type]


def test_polls_come_sooner_after_failures_and_later_where_nothing_changes() -> None:
    assert when(KNOWN) == 6 * HOUR
    assert [when(replace(KNOWN, failures=n)) for n in (1, 2, 3)] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert when(replace(KNOWN, unchanged=4)) == 12 * HOUR
    assert when(replace(KNOWN, unchanged=99)) == when(replace(KNOWN, failures=99)) == SLOWEST


@given(
    failures=st.integers(0, 50),
    unchanged=st.integers(0, 50),
    hours=st.integers(1, 200),
    fixed=st.none() | st.integers(1, 48),
    asked=st.none() | st.floats(0, 10**6),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_nobody_is_asked_before_terms_and_host_allow(
    failures: int, unchanged: int, hours: int, fixed: int | None, asked: float | None, jitter: float
) -> None:
    health = replace(KNOWN, failures=failures, unchanged=unchanged)
    terms = fixed * HOUR if fixed else None
    wait = when(health, every=hours * HOUR, fixed=terms, retry_after=asked, jitter=jitter)
    assert wait >= max(terms or timedelta(), timedelta(seconds=asked or 0), timedelta(minutes=30))
    longest = max(SLOWEST, hours * HOUR, terms or timedelta(), timedelta(seconds=asked or 0))
    assert wait <= longest * 1.1


@pytest.mark.parametrize(
    ("health", "fixed", "only_due", "why"),
    [
        (KNOWN, None, False, None),
        (replace(KNOWN, last_attempt=NOW - HOUR), 6 * HOUR, False,
         "its terms allow a request every 6 h; the next at 2026-11-23 14:00 UTC"),
        (replace(KNOWN, last_attempt=NOW - 6 * HOUR), 6 * HOUR, False, None),
        (replace(KNOWN, next_poll=NOW + HOUR), None, False, None),
        (replace(KNOWN, next_poll=NOW + HOUR), None, True, "not due before 2026-11-23 10:00 UTC"),
        (replace(KNOWN, next_poll=NOW + HOUR, last_attempt=NOW + HOUR), 6 * HOUR, True, None),
    ],
    ids=["free", "terms", "terms over", "asked for by hand", "not due", "a clock set back"],
)  # fmt: skip
def test_why_a_source_is_left_out(health: Health, fixed: timedelta | None, only_due: bool, why: str | None) -> None:
    assert why_skipped(health, NOW, fixed=fixed, only_due=only_due) == why


def test_the_log_says_why() -> None:
    assert poll_of("acme", outcome_of(2), NOW).error == "only 2 postings, but 10 before; nothing is closed"
    assert poll_of("acme", outcome_of(error="403 Forbidden"), NOW).error == "403 Forbidden"
