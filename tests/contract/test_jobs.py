"""Postings in, jobs out: no order matters, splits stay, absence closes only at the second time."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobdigest.app.intake import Intake
from jobdigest.curate.judge import Rules, judge
from jobdigest.curate.place import place_keys
from jobdigest.curate.roles import RoleRules
from jobdigest.model import Posting, RawPosting
from jobdigest.store import Store, jobs, looks, news, open_store, postings, resolve, rulings

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
RULES = Rules(roles=RoleRules.from_config(()))


def page_url(job_id: str) -> str:
    return f"https://jobs.example.com/jobs/{job_id}"


def intake(store: Store, now: datetime = NOW, source: str = "board", *, first: bool = False) -> Intake:
    return Intake(store=store, rules=RULES, now=now, source=source, direct=True, first_success=first)


def posting(id_: str, title: str = "Machine Learning Engineer", **values: object) -> RawPosting:
    facts: dict[str, object] = {"company": "Faculty", "locations": ("London",)} | values
    return RawPosting(source_id=id_, title=title, **facts)  # type: ignore[arg-type]


def judged(title: str) -> Posting:
    return judge(posting("x", title), source="board", direct=True, rules=RULES, now=NOW)


def partition(store: Store) -> set[frozenset[str]]:
    parts: dict[str, set[str]] = {}
    with store.read() as connection:
        for row in postings.each_posting(connection):
            parts.setdefault(row.job_id, set()).add(row.source_id)
    return {frozenset(part) for part in parts.values()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(f"sqlite:///{tmp_path}/jobs.db")
    yield store
    store.close()


def test_the_keys_of_an_open_term_lie_side_by_side() -> None:
    open_term, other = (judged(title).identities for title in ("Data Science Intern", "Data Science Intern 2026"))
    keys = postings.hash_identities(open_term)
    assert len(set(keys)) == len(keys) == 12
    assert len({key // 16 for key in keys}) == 1
    assert set(postings.hash_identities(other)) < set(keys)
    others = postings.hash_identities(judged("Machine Learning Engineer").identities)
    assert {key // 2**44 for key in keys} == {key // 2**44 for key in others}, (
        "keys of one employer lie near each other"
    )


def test_garbage_is_looked_for_again_after_a_batch_and_after_a_failure(store: Store) -> None:
    intake(store).take([posting("a")])
    assert gc.isenabled()
    with pytest.raises(TypeError):
        intake(store).take([posting("b", locations=None)])
    assert gc.isenabled()


POOL = [
    posting("a", ats_id="greenhouse:1"),
    posting("b", "Lead Machine Learning Engineer", ats_id="greenhouse:1"),  # the same vacancy, retitled
    posting("c", "Lead Machine Learning Engineer", requisition_id="R-77"),
    posting("d", "Data Engineer", requisition_id="R-77"),  # meets c by its requisition
    posting("e", "Data Engineer", url="https://faculty.ai/jobs/e"),
    posting("f", "Computer Vision Engineer", url="https://faculty.ai/jobs/e"),
    posting("g", "Data Scientist"),
    posting("h", "Data Scientist", locations=("Berlin",)),
    posting("i", "Data Scientist", company="Other"),
]


@given(order=st.permutations(POOL), batch=st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_partition_is_the_same_in_any_order(
    order: Sequence[RawPosting], batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('order')}/jobs.db")
    for start in range(0, len(order), batch):
        intake(store).take(order[start : start + batch])
    found = partition(store)
    store.close()
    assert found == {frozenset("abcdef"), frozenset("gh"), frozenset("i")}


def test_when_two_jobs_meet_the_older_id_stays(store: Store) -> None:
    intake(store).take([posting("x", "Data Engineer", requisition_id="REQ-1001")])
    intake(store).take([posting("y", "Analytics Engineer", requisition_id="REQ-2002")])
    with store.read() as connection:
        older, younger = [row.job_id for row in postings.each_posting(connection)]
    assert older != younger
    intake(store).take([posting("z", "Data Engineer", requisition_id="REQ-2002")])
    with store.read() as connection:
        assert {row.job_id for row in postings.each_posting(connection)} == {older}
        assert jobs.find_root(connection, younger) == older


def test_a_posting_that_changes_its_role_leaves_its_job(store: Store) -> None:
    intake(store).take([posting("a"), posting("b")])
    assert partition(store) == {frozenset("ab")}
    intake(store).take([posting("b", "Data Engineer")])
    assert partition(store) == {frozenset("a"), frozenset("b")}


def test_a_split_stays_and_can_be_undone(store: Store) -> None:
    intake(store).take([posting("a"), posting("b"), posting("c")])
    for undo, expected in ((False, {frozenset("ac"), frozenset("b")}), (True, {frozenset("abc")})):
        with store.begin() as connection:
            known = postings.find_known(connection, "board", ["b"])["b"]
            if undo:
                rulings.take_back(connection, "split", "board|b")
            else:
                rulings.put(connection, "split", "board|b", None, NOW)
            jobs.refresh(connection, resolve.remask(connection, known, "board", "b", undo=undo), NOW, place_keys)
        assert partition(store) == expected
        intake(store).take([posting("a"), posting("b", salary="£90K"), posting("c")])  # the next poll changes it
        assert partition(store) == expected


def test_absence_closes_only_at_the_second_time_six_hours_apart(store: Store) -> None:
    intake(store).take([posting("a"), posting("b", "Data Engineer")])

    def poll(after: timedelta) -> int:
        later = intake(store, NOW + after)
        later.take([posting("a")])
        return later.finish(NOW + after)

    def open_titles() -> set[str]:
        with store.read() as connection:
            return {job.title for job in jobs.open_jobs(connection, page_url)}

    assert poll(timedelta(hours=1)) == 0
    assert open_titles() == {"Machine Learning Engineer"}, "one absence already keeps it out of an edition"
    assert poll(timedelta(hours=2)) == 0
    assert poll(timedelta(hours=8)) == 1
    intake(store, NOW + timedelta(hours=9)).take([posting("a"), posting("b", "Data Engineer")])
    assert open_titles() == {"Machine Learning Engineer", "Data Engineer"}, "what is listed again is open again"


def test_two_negative_looks_close_and_a_live_one_clears(store: Store) -> None:
    intake(store).take([posting("a", url="https://faculty.ai/jobs/a")])

    def look(liveness: str, hours: int) -> str:
        moment = NOW + timedelta(hours=hours)
        with store.begin() as connection:
            (target,) = looks.to_look_at(connection)
            touched = looks.record(connection, [(target.id, (liveness, f"seen {liveness}"))], moment)
            jobs.refresh(connection, touched, moment, place_keys)
        with store.read() as connection:
            return "open" if jobs.open_jobs(connection, page_url) else "out"

    assert look("expired", 0) == "out"
    assert look("live", 1) == "open"
    assert look("expired", 2) == "out"
    assert look("unknown", 9) == "out", "what could not be seen neither confirms nor clears"
    assert look("expired", 10) == "out"
    with store.read() as connection:
        assert list(looks.to_look_at(connection)) == [], "confirmed closed: not looked at again"


def test_a_job_knows_when_it_was_last_seen_open(store: Store) -> None:
    def looked() -> datetime | None:
        with store.read() as connection:
            (job,) = jobs.open_jobs(connection, page_url)
        return job.last_looked

    intake(store).take([posting("a", url="https://faculty.ai/jobs/a")])
    assert looked() == NOW, "its employer's own source listed it"
    with store.begin() as connection:
        (target,) = looks.to_look_at(connection)
        later = NOW + timedelta(hours=5)
        jobs.refresh(connection, looks.record(connection, [(target.id, ("live", "open"))], later), later, place_keys)
    assert looked() == later


def test_a_repost_of_the_same_job_is_no_news_but_a_new_city_is(store: Store) -> None:
    intake(store).take([posting("a", date_posted=NOW)])
    with store.begin() as connection:
        connection.execute(postings.postings.update().values(announced_in="2026-W03"))
    intake(store).take([posting("repost", date_posted=NOW), posting("berlin", locations=("Berlin",))])
    with store.read() as connection:
        found = news.find_news(connection, NOW, NOW)
    assert len(found.posting_ids) == 1
    assert found.left_out["repeats"] == 1


@pytest.mark.parametrize(("days", "is_news"), [(83, False), (98, True)])
def test_the_same_job_is_news_again_after_ninety_days(store: Store, days: int, is_news: bool) -> None:
    intake(store).take([posting("a", date_posted=NOW)])
    with store.begin() as connection:
        connection.execute(postings.postings.update().values(announced_in=f"{NOW:%G-W%V}"))
    later = NOW + timedelta(days=days)
    intake(store, later).take([posting("repost", date_posted=later)])
    with store.read() as connection:
        assert bool(news.find_news(connection, later, later).posting_ids) == is_news


def test_the_median_of_an_employer_needs_three_closed_postings(store: Store) -> None:
    def usual() -> int | None:
        with store.read() as connection:
            ((_, history),) = news.histories(connection, ["j1"], NOW.date()).items()
        return history.employer_median_days

    opened = {"a": 90, "b": 40, "c": 23, "d": 7}  # days before NOW
    titles = ("Data Engineer", "Data Scientist", "Computer Vision Engineer", "NLP Engineer")
    for (id_, days), title in zip(opened.items(), titles, strict=True):
        day = NOW - timedelta(days=days)
        intake(store, day).take([posting(id_, title, date_posted=day)])
    intake(store).take([posting("z", "Data Engineer", company="Other", date_posted=NOW)])
    for closed, expected in (("b", None), ("d", None), ("c", 23), ("z", 23)):
        with store.begin() as connection:
            table = postings.postings
            connection.execute(table.update().where(table.c.source_id == closed).values(closed_at=NOW))
        assert usual() == expected, closed


def test_history_tells_how_often_and_since_when(store: Store) -> None:
    days = (date(2025, 3, 1), date(2025, 3, 5), date(2025, 7, 1), date(2026, 1, 10))
    for number, day in enumerate(days):
        seen = datetime.combine(day, datetime.min.time(), UTC)
        intake(store, seen).take([posting(f"p{number}", date_posted=seen)])
    with store.read() as connection:
        ((_, history),) = news.histories(connection, ["j1"], NOW.date()).items()
    assert (history.times_posted, history.since, history.days_open) == (3, date(2025, 3, 1), 325)
