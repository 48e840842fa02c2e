"""Any posting can be judged: hostile values in every field cost neither the run nor the posting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobdigest.curate.judge import TITLE_LIMIT, Rules, judge, raw_hash
from jobdigest.curate.roles import RoleRules
from jobdigest.model import Posting, RawPosting, Salary

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
RULES = Rules(roles=RoleRules.from_config(()))
HOSTILE = [
    "",
    " ",
    "A" * 10_000,
    "Data Scientist " * 700,
    "مهندس تعلم الآلة \u202eREENIGNE\u202c",
    "D\u0334\u0321a\u0337t\u0335a" + "\u0301" * 500,
    "<script>alert(1)</script><b>ML</b> Engineer &amp; &lt;i&gt;",
    "ML\x00\x07\x1b[31m Engineer\u2028New\u2029Line\r\n",
    "🤖🧠👩‍💻 ML Engineer 🇩🇪",
    "ML \udcff\ud800 Engineer",
    "9999-12-31",
    "-$5,000 to -1 per hour",
    "$" * 2_000 + "1e999",
    "((((" * 200 + "))))" * 200,
]
words = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=300)
moments = st.sampled_from([datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), NOW])
pay = st.builds(
    Salary,
    st.sampled_from([None, "USD", "???"]),
    st.none() | st.floats(-1e12, 1e12) | st.integers(-(10**12), 10**12),
    st.none() | st.floats(-1e12, 1e12),
    st.sampled_from([None, "year", "hour"]),
)
raws = st.builds(
    RawPosting,
    source_id=st.text(min_size=1, max_size=20),
    title=words,
    company=st.none() | words,
    url=st.none() | words | st.just("https://jobs.example.com/1"),
    locations=st.lists(words, max_size=4).map(tuple) | st.just(tuple(f"Town {n}, TX" for n in range(500))),
    workplace=st.none() | words,
    salary=st.none() | words | pay,
    employment_type=st.none() | words,
    team=st.none() | words,
    date_posted=st.none() | words | moments,
    valid_through=st.none() | words | moments,
    description=st.none() | words,
    ats_id=st.none() | words,
    requisition_id=st.none() | words,
)


def judged(raw: RawPosting) -> Posting:
    return judge(raw, source="board", direct=True, rules=RULES, now=NOW)


@given(raw=raws)
@example(raw=RawPosting(source_id="x", title=HOSTILE[9], company=HOSTILE[9], description=HOSTILE[9]))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_breaks_judging(raw: RawPosting) -> None:
    posting = judged(raw)
    assert posting.source_id == raw.source_id
    assert len(posting.title) <= TITLE_LIMIT
    assert posting.role_evidence
    assert (posting.role_type is None) is not posting.in_scope
    assert posting.date_posted is None or 2000 <= posting.date_posted.year <= 2026
    assert judged(raw) == posting, "the same words are judged the same"
    assert raw_hash(raw, RULES) == raw_hash(raw, RULES)


@pytest.mark.parametrize("title", [title for title in HOSTILE if "ML" in title])
def test_what_can_be_read_is_read(title: str) -> None:
    assert judged(RawPosting(source_id="1", title=title)).in_scope


@pytest.mark.parametrize("day", ["9999-12-31", datetime.max.replace(tzinfo=UTC), "0001-01-01", "yesterday-ish"])
def test_an_impossible_day_is_none(day: str | datetime) -> None:
    assert judged(RawPosting(source_id="1", title="ML Engineer", date_posted=day)).date_posted is None
