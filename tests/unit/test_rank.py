"""The order of an edition: readable weights, spread, and the same order for any order of input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.compose.rank import WEIGHTS, order, parts, weights_from
from jobdigest.errors import ConfigError
from jobdigest.model import Job, Salary
from support.editions import LONDON, SLOT, job, jobs


def plain(name: str, **facts: Any) -> Job:
    bare = {
        "id": name,
        "company_key": name,
        "places": (),
        "base_salary": None,
        "direct": False,
        "date_posted": SLOT.date(),
    }
    return job(1, **{**bare, **facts})


def ids(*some: Job, **weights: float) -> list[str]:
    return [placed.id for placed, _ in order(some, weights_from(weights), SLOT)]


def test_newer_first() -> None:
    assert ids(plain("old", date_posted=SLOT.date() - timedelta(days=20)), plain("new")) == ["new", "old"]


def test_stated_pay_and_the_employers_own_posting_count() -> None:
    paid = plain("paid", base_salary=Salary("GBP", 1, 2, "year"))
    assert ids(plain("a"), plain("direct", direct=True), paid) == ["paid", "direct", "a"]


def test_an_operator_can_turn_a_weight_round() -> None:
    paid = plain("paid", base_salary=Salary("GBP", 1, 2, "year"))
    assert ids(plain("a"), paid, pay=-1.0) == ["a", "paid"]


def test_without_a_date_a_job_is_not_taken_for_new() -> None:
    undated = plain("undated", date_posted=None, first_seen=SLOT)
    assert ids(plain("week", date_posted=SLOT.date() - timedelta(days=7)), undated) == ["week", "undated"]
    assert ids(plain("month", date_posted=SLOT.date() - timedelta(days=30)), undated) == ["undated", "month"]


def test_internships_come_later_for_everybody() -> None:
    assert ids(plain("a", seniority="intern"), plain("b")) == ["b", "a"]


def test_pinned_is_first() -> None:
    assert ids(plain("a"), plain("pinned", pinned=True, date_posted=SLOT.date() - timedelta(days=300)))[0] == "pinned"


def test_employers_are_spread() -> None:
    some = [plain(f"x{n}", company_key="x", direct=True) for n in range(4)]
    assert ids(*some, plain("y"))[:3] == ["x0", "x1", "y"]


def test_places_are_spread() -> None:
    here = [plain(f"l{n}", places=(LONDON,)) for n in range(2)]
    assert ids(*here, plain("m"), spread_place=0.1) == ["l0", "m", "l1"]


def test_unknown_weight_is_refused_with_the_right_name() -> None:
    with pytest.raises(ConfigError, match=r"edition\.weights\.freshnes: no such weight.*did you mean freshness\?"):
        weights_from({"freshnes": 1})


def test_parts_explain_the_score() -> None:
    explained = parts(plain("a", direct=True), WEIGHTS, SLOT.date())
    assert explained == {"freshness": 1.0, "pay": 0.0, "direct": 0.3, "intern": 0.0, "pinned": 0.0}


@given(st.permutations(jobs(12)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_does_not_matter(shuffled: list[Job]) -> None:
    assert order(shuffled, WEIGHTS, SLOT) == order(jobs(12), WEIGHTS, SLOT)


def test_scores_never_rise() -> None:
    scores = [score for _, score in order(jobs(), WEIGHTS, SLOT)]
    assert scores == sorted(scores, reverse=True)
