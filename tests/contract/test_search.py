"""Searching on both databases: whatever happens to jobs, the index says what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobdigest.app.intake import Intake
from jobdigest.curate.judge import Rules
from jobdigest.curate.place import place_keys
from jobdigest.curate.roles import RoleRules
from jobdigest.model import Place, RawPosting, Salary
from jobdigest.store import Store, jobs, matching, open_store, search
from jobdigest.store.matching import Matching
from jobdigest.store.schema import jobs as table
from support.postgres import database

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
RULES = Rules(roles=RoleRules.from_config(()))
POOL = (
    RawPosting(source_id="a", title="Machine Learning Engineer", company="Faculty", locations=("London",)),
    RawPosting(source_id="b", title="Senior Data Engineer", company="Société Générale", locations=("Paris",)),
    RawPosting(source_id="c", title="Research Scientist, NLP", company="OpenAI", locations=("Remote - EMEA",)),
    RawPosting(source_id="d", title="Data Scientist k__fr", company="Acme", locations=("Berlin", "New York, NY")),
    RawPosting(source_id="e", title="ML Engineer", company="Bank", salary=Salary("USD", 120e3, 150e3, "year")),
    RawPosting(source_id="f", title="Data Scientist", company="Acme", locations=("Munich",), requisition_id="REQ-77"),
    RawPosting(source_id="g", title="Computer Vision Engineer", company="Acme", requisition_id="REQ-77"),  # meets f
)  # fmt: skip


def take(store: Store, rows: list[RawPosting], now: datetime = NOW) -> None:
    Intake(store=store, rules=RULES, now=now, source="board", direct=True, first_success=False).take(rows)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/search.db" if request.param == "sqlite" else database())
    yield store
    store.close()


def titles(store: Store, *groups: tuple[str, ...]) -> set[str]:
    found = Matching(store).find(groups)
    with store.read() as connection:
        rows = search.rows(connection, found.below(search.FIRST, 50))
    assert found.total == len(rows)
    return {row.title for row in rows}


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([], 6),
        ([("engineer",)], 3),
        ([("engineer",), ("data",)], 1),
        ([("societe",)], 1),
        ([("k_london", "k__fr")], 2),
        ([("k__us",), ("york",)], 1),
        ([("w_remote",)], 1),
        ([("s_emea", "s_worldwide")], 1),
        ([("p_120",)], 1),
        ([("p_140",)], 0),
        ([("engin*",)], 3),
        ([("r_research",)], 1),
        ([("e_faculty",), ("l_senior", "w_remote")], 0),
    ],
)
def test_words_and_facts_find_jobs(store: Store, groups: list[tuple[str, ...]], found: int) -> None:
    take(store, list(POOL))
    assert len(titles(store, *groups)) == found


def test_pages_follow_each_other_newest_first(store: Store) -> None:
    days = {f"p{n}": NOW.date() - timedelta(days=n % 5) for n in range(23)}
    take(
        store,
        [
            RawPosting(source_id=id_, title=f"ML Engineer {id_}", company=id_, date_posted=f"{day}")
            for id_, day in days.items()
        ],
    )
    seen: list[int] = []
    found = Matching(store).find([("engineer",)])
    ranks = found.below(search.FIRST, 10)
    while ranks:
        seen += ranks
        last, ranks = ranks, found.below(ranks[-1], 10)
        before = found.above(last[-1] - 1, 10)
        assert before[-1] == last[-1]
        assert before == last or not ranks, "the last page is shorter than the way back from it"
    with store.read() as connection:
        found_rows = search.rows(connection, seen)
    rows = {row.rank: row.title.split()[-1].lower() for row in found_rows}
    assert [row.id for row in found_rows] == [search.id_of(rank) for rank in seen]
    assert sorted(rows[rank] for rank in seen) == sorted(days)
    assert [days[rows[rank]] for rank in seen] == sorted(days.values(), reverse=True)


def test_what_is_known_stands_until_the_jobs_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, list(POOL[:3]))
    known, data = Matching(store), ("data", "datas")
    assert known.at_hand([data]) is None
    assert known.find([data]).total == 1
    assert known.at_hand([data]) == known.find([data]), "asked once, it needs no database"
    assert known.at_hand([data, ("engineer",)]) is None
    take(store, list(POOL[3:5]))
    assert known.find([data, ("scientist",)]).total == 1, "whoever asks for something new sees all as it is now"
    with store.begin() as connection:
        jobs.mark(connection, "j4", "hide", True)
    monkeypatch.setattr(matching, "LOOK_SECONDS", 0.0)
    assert known.at_hand([data]) is None
    assert known.find([data]).total == 1


def test_only_so_many_sets_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, list(POOL))
    monkeypatch.setattr(matching, "MOST_BYTES", 3)  # of 6 jobs: four sets
    known = Matching(store)
    for number in range(9):
        assert known.find([("engineer",), (f"nobody{number}",)]).total == 0
        assert known.find([("engineer",)]).total == 3


def test_a_date_in_the_future_buys_no_place_at_the_top() -> None:
    seen = datetime(2026, 1, 20, tzinfo=UTC)
    assert search.rank_of("j1", date(2036, 1, 1), seen) < search.rank_of("j2", None, seen)


def check(store: Store) -> None:
    """By every word of every row the index finds the listed rows that have it, and FTS5 finds itself sound."""
    with store.begin() as connection:
        listed = connection.execute(table.select().where(search.LISTED)).all()
        words = {word for row in connection.execute(table.select()) for word in row.words.split()}
        if store.is_sqlite:
            connection.exec_driver_sql("INSERT INTO job_words (job_words) VALUES ('integrity-check')")
        assert set(search.ranks(connection)) == {row.rank for row in listed}
        for word in words:
            found = set(search.ranks_with(connection, (word,)))
            assert found == {row.rank for row in listed if word in row.words.split()}, word


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sets(st.integers(0, len(POOL) - 1), min_size=1)),
        st.tuples(st.just("retitle"), st.integers(0, len(POOL) - 1)),
        st.tuples(st.just("hide"), st.booleans()),
        st.tuples(st.just("gone"), st.integers(1, 3)),
    ),
    max_size=8,
)


@given(moves=MOVES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_is_what_the_rows_say(moves: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('index')}/search.db")
    now = NOW
    for verb, what in moves:
        now += timedelta(hours=7)
        if verb == "take":
            take(store, [POOL[n] for n in sorted(what)], now)
        elif verb == "retitle":
            row = POOL[what]
            take(store, [RawPosting(source_id=row.source_id, title=f"AI Engineer {now:%d%H}", company="New")], now)
        elif verb == "hide":
            with store.begin() as connection:
                jobs.mark(connection, "j1", "hide", bool(what))
        else:
            Intake(store=store, rules=RULES, now=now, source="board", direct=True, first_success=False).finish(now)
    check(store)
    store.close()


def test_every_change_of_jobs_gives_another_version(store: Store) -> None:
    def version() -> int:
        with store.read() as connection:
            return search.version(connection)

    versions = [version()]
    take(store, list(POOL[:2]))
    versions.append(version())
    take(store, list(POOL[:2]))  # nothing new, so nothing to look at again
    assert version() == versions[-1]
    with store.begin() as connection:
        jobs.mark(connection, "j1", "hide", True)
    versions.append(version())
    assert len(set(versions)) == 3


def test_place_keys_of_a_country_are_not_a_city() -> None:
    assert search.fact("k", "=GB") != search.fact("k", "gb")
    assert {search.fact("k", key) for key in place_keys(Place("London", None, "GB"))} >= {"k_london", "k__gb"}
