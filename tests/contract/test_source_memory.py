"""What the store remembers of sources, on SQLite and PostgreSQL: health, log, validators, details; what is closed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from jobdigest.app.collecting import StoreSink
from jobdigest.collect.run import Record
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import SourceConfig
from jobdigest.curate.judge import Rules
from jobdigest.curate.roles import RoleRules
from jobdigest.polling import Health, Poll, Validator
from jobdigest.store import Store
from jobdigest.store.schema import details, polls, postings
from jobdigest.store.sources import DETAILS_KEPT, POLLS_KEPT, SourceMemory, read_health
from support.canned import body_of, serving
from support.collecting import NOW, run_collect
from support.sending import open_at

HOUR = timedelta(hours=1)
RULES = Rules(roles=RoleRules.from_config(()))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_at(request.param, tmp_path)
    yield opened
    opened.close()


def job(number: int, title: str | None = "Machine Learning Engineer") -> dict[str, Any]:
    return {"id": number, "title": title and f"{title} {number}", "absolute_url": f"https://x.example/{number}"}


def jobs(*rows: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"jobs": list(rows), "meta": {"total": len(rows) if total is None else total}}


def polled(store: Store, *answers: Any) -> list[Health]:
    """The source's health after each answer, seven hours apart; real requests, real judging, the real store."""
    healths = []
    with serving({"*": [body_of(answer) for answer in answers]}) as (url, _):
        source = SourceConfig(kind="greenhouse", value="acme", name="acme", base_url=url)
        for number in range(len(answers)):
            now = NOW + 7 * HOUR * number
            sink = StoreSink(store=store, kinds=load_kinds(), rules=RULES, now=now)
            run_collect([source], SourceMemory(store, now), sink, now=now)  # type: ignore[arg-type]
            healths.append(read_health(store)["acme"])
    return healths


def closed(store: Store) -> list[str]:
    with store.read() as connection:
        query = select(postings.c.source_id).where(postings.c.closed_at.is_not(None)).order_by(postings.c.source_id)
        return list(connection.scalars(query))


def test_health_through_good_and_bad_polls(store: Store) -> None:
    six = [job(number) for number in range(6)]
    well, worse, bad, again, cut = polled(
        store, jobs(*six), jobs(*six[:2]), "<html>", jobs(*six, job(7)), jobs(*six, total=9)
    )
    assert well == Health(
        name="acme", kind="greenhouse", first_success=NOW, last_attempt=NOW, last_success=NOW, postings=6, new=6,
        next_poll=well.next_poll,
    )  # fmt: skip
    assert well.next_poll is not None
    assert NOW + 6 * HOUR <= well.next_poll <= NOW + 6.6 * HOUR
    assert worse.alarm == "only 2 postings, but 6 before; nothing is closed"
    assert (worse.postings, worse.last_success, worse.last_attempt) == (6, NOW, NOW + 7 * HOUR)
    assert (bad.failures, bad.postings, bad.last_success) == (1, 6, NOW)
    assert (bad.error or "").startswith("not JSON at byte 0")
    assert bad.next_poll is not None
    assert bad.next_poll < NOW + 15 * HOUR, "a failure is tried again soon"
    assert (again.failures, again.error, again.alarm, again.postings, again.new) == (0, None, None, 7, 1)
    assert (cut.truncated, cut.new) == ("the source says 9 and gave 6", 0)
    assert closed(store) == []
    with store.read() as connection:
        log = connection.execute(select(polls.c.state, polls.c.seen, polls.c.new).order_by(polls.c.at)).all()
    assert [tuple(line) for line in log] == [("ok", 6, 6), ("ok", 2, 0), ("failed", 0, 0), ("ok", 7, 1), ("ok", 6, 0)]


def test_a_row_broken_for_good_does_not_keep_others_open(store: Store) -> None:
    whole, broken = [job(1), job(2), job(3), job(4)], [job(1), job(2), job(3, title=None)]
    polled(store, jobs(*whole), jobs(*broken), jobs(*broken), jobs(*broken))
    assert closed(store) == ["4"], "3 is listed still, though nobody can read it"


def test_a_row_without_an_id_may_be_any_of_them(store: Store) -> None:
    whole, broken = [job(1), job(2), job(3), job(4)], [job(1), job(2), job(3), {"title": "Which one?"}]
    polled(store, jobs(*whole), jobs(*broken), jobs(*broken), jobs(*broken))
    assert closed(store) == []


def test_absence_needs_two_looks(store: Store) -> None:
    whole = [job(1), job(2), job(3), job(4)]
    polled(store, jobs(*whole), jobs(*whole[:3]))
    assert closed(store) == []
    polled(store, jobs(*whole), jobs(*whole[:3]), jobs(*whole[:3]))
    assert closed(store) == ["4"]


def test_ids_of_any_length_are_kept_apart_and_known_again(store: Store) -> None:
    noise = b64encode(Random(1).randbytes(6_000)).decode()  # more than an index holds, and nothing can compress it
    rows = [
        job(number, title) | {"id": f"{noise}-{number}", "requisition_id": f"R{noise}-{number}"}
        for number, title in enumerate(("Machine Learning Engineer", "Data Scientist"))
    ]
    unreadable = rows[1] | {"title": None}
    polled(store, jobs(*rows), jobs(*rows), jobs(rows[0], unreadable), jobs(rows[0], unreadable), jobs(*rows))
    with store.read() as connection:
        stored = connection.execute(select(postings.c.source_id, postings.c.job_id)).all()
    assert len({source_id for source_id, _ in stored}) == len({job_id for _, job_id in stored}) == len(stored) == 2
    assert closed(store) == []


def record(name: str, validators: dict[str, Validator]) -> Record:
    health = Health(name=name, kind="rss")
    return Record(health, Poll(source=name, at=NOW, state="ok", seen=1, new=1, problems=0, error=None), validators)


def test_validators_are_kept_replaced_and_forgotten_under_other_rules(store: Store) -> None:
    memory = SourceMemory(store, NOW, b"rules")
    memory.record([record("a", {"u": Validator('"1"', None)}), record("b", {"v": Validator(None, "Mon")})])
    memory.record([replace_validator(record("a", {}), "u", Validator('"2"', "Tue"))])
    assert memory.validators() == {"a": {"u": Validator('"2"', "Tue")}, "b": {"v": Validator(None, "Mon")}}
    assert SourceMemory(store, NOW, b"rules", ["b"]).validators() == {"b": {"v": Validator(None, "Mon")}}
    assert SourceMemory(store, NOW, b"other").validators() == {}


def replace_validator(old: Record, url: str, validator: Validator) -> Record:
    return old._replace(validators={url: validator})


def test_every_column_of_health_is_kept(store: Store) -> None:
    whole = Health(
        name="a", kind="rss", first_success=NOW, last_attempt=NOW, last_success=NOW, next_poll=NOW, failures=2,
        error="403", alarm="empty", truncated="cut", postings=7, new=3, unchanged=4,
    )  # fmt: skip
    memory = SourceMemory(store, NOW)
    memory.record([record("a", {})._replace(health=whole)])
    assert memory.health() == {"a": whole}
    memory.record([record("a", {})._replace(health=replace(whole, alarm=None, failures=0))])
    assert memory.health()["a"] == replace(whole, alarm=None, failures=0)


def test_details_are_found_until_their_row_changes_or_they_are_old(store: Store) -> None:
    first = SourceMemory(store, NOW).details("a")
    first.put("1", "stamp", {"text": "é\u2028"})
    assert first.get("1", "stamp") == {"text": "é\u2028"}
    assert SourceMemory(store, NOW).details("a").get("1", "stamp") is None, "not yet stored"
    first.flush()
    later = SourceMemory(store, NOW + DETAILS_KEPT)
    assert later.details("a").get("1", "stamp") == {"text": "é\u2028"}
    assert later.details("a").get("1", "changed") is None
    assert later.details("b").get("1", "stamp") is None
    assert SourceMemory(store, NOW + DETAILS_KEPT + HOUR).details("a").get("1", "stamp") is None


def test_details_of_ids_of_any_length(store: Store) -> None:
    noise = b64encode(Random(1).randbytes(6_000)).decode()
    memory = SourceMemory(store, NOW).details("a")
    for end in "ab":
        memory.put(noise + end, "s", end)
    assert memory.get(noise + "a", "s") == "a"
    memory.flush()
    assert [SourceMemory(store, NOW).details("a").get(noise + end, "s") for end in "abc"] == ["a", "b", None]


def test_a_sudden_end_costs_at_most_fifty_details(store: Store) -> None:
    memory = SourceMemory(store, NOW).details("a")
    for number in range(149):
        memory.put(str(number), "s", number)
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(details)) == 100


def test_old_details_and_polls_are_pruned(store: Store) -> None:
    memory = SourceMemory(store, NOW)
    memory.record([record("a", {})])
    memory.details("a").put("1", "s", 1)
    kept = memory.details("a")
    kept.put("1", "s", 1)
    kept.flush()
    SourceMemory(store, NOW + DETAILS_KEPT + HOUR).prune()
    with store.read() as connection:
        left = [connection.scalar(select(func.count()).select_from(table)) for table in (details, polls)]
    assert left == [0, 1]
    SourceMemory(store, NOW + POLLS_KEPT + HOUR).prune()
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(polls)) == 0
