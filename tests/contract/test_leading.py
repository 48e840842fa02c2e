"""Who leads, what is handed out, and which part of it a worker takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from jobdigest import engine
from jobdigest.app import App
from jobdigest.collect.sources.base import Manners
from jobdigest.engine import Task
from jobdigest.errors import UsageError
from jobdigest.store import Store, open_store, queue
from jobdigest.store.leading import Leadership
from jobdigest.work import Shard
from support.cli import Operator
from support.postgres import database

TASKS = [Task("collect", f"collect:jsonl:{n}of4", {"kind": "jsonl", "shard": [n, 4]}) for n in range(4)]


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(database())
    queue.prepare(opened)
    yield opened
    opened.close()


def known(store: Store) -> set[str]:
    with store.read() as connection:
        return queue.known(connection)


@pytest.mark.postgres
def test_one_leads_and_the_next_takes_over_when_its_connection_ends(store: Store) -> None:
    first, second = Leadership(store), Leadership(store)
    assert first.held()
    assert first.held(), "asking again takes nothing away"
    assert not second.held()
    with store.begin() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        assert connection.scalar(text(ended))
    assert second.held()
    assert not first.held()
    second.release()
    assert first.held()
    first.release()


def test_on_sqlite_everybody_leads(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/digest.db")
    assert Leadership(store).held()
    assert Leadership(store).held()
    store.close()


@pytest.mark.postgres
def test_a_task_is_handed_out_once(store: Store) -> None:
    engine.hand_out(store, TASKS)
    engine.hand_out(store, TASKS)
    assert known(store) == {task.lock for task in TASKS}
    with store.read() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {queue.SCHEMA}.procrastinate_jobs")) == len(TASKS)


@pytest.mark.postgres
def test_the_task_of_a_dead_worker_is_handed_out_again(store: Store) -> None:
    engine.hand_out(store, TASKS)
    with store.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path TO {queue.SCHEMA}"))
        for number, beat in enumerate(("now()", "now() - interval '1 minute'")):
            worker = f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({beat}) RETURNING id"
            values = {"worker": connection.scalar(text(worker)), "lock": TASKS[number].lock}
            taken = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE lock = :lock"
            connection.execute(text(taken), values)
    assert engine.hands(store) == 1
    assert known(store) == {task.lock for task in TASKS} - {TASKS[1].lock}


@pytest.mark.postgres
def test_an_engine_of_another_version_gets_new_tables(store: Store) -> None:
    engine.hand_out(store, TASKS)
    queue.prepare(store)
    assert known(store)
    with store.begin() as connection:
        connection.execute(text(f"COMMENT ON SCHEMA {queue.SCHEMA} IS '0.1'"))
    queue.prepare(store)
    assert not known(store)


@pytest.mark.postgres
def test_without_a_worker_the_leader_does_the_work(tmp_path: Path) -> None:
    operator = Operator(tmp_path, database=database())
    operator.write("postings.jsonl", {"id": "1", "title": "Machine Learning Engineer", "company": "Faculty"})
    app = App.load(operator.config)
    engine.duties(app)["collect"](app, datetime.now(UTC), "leader", Event())
    with app.store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM postings")) == 1
    assert known(app.store) == set()
    app.store.close()


def test_a_worker_needs_a_database_that_can_be_shared(tmp_path: Path) -> None:
    refused = Operator(tmp_path).types("worker", exit_code=UsageError.exit_code)
    assert "digest migrate-to" in refused.stderr


@given(st.lists(st.text(), unique=True), st.integers(1, 20))
def test_shards_share_out_everything_once(names: list[str], among: int) -> None:
    shards = [Shard(number, among) for number in range(among)]
    assert all(sum(shard.holds(name) for shard in shards) == 1 for name in names)


@given(st.integers(1, 20), st.floats(0.01, 20))
def test_a_host_feels_no_more_of_all_shards_than_of_one_process(concurrency: int, per_second: float) -> None:
    whole = Manners(concurrency=concurrency, per_second=per_second, every=timedelta(hours=1))
    part = whole.shared_by(concurrency)
    assert part.concurrency * concurrency == concurrency
    assert part.per_second * concurrency == pytest.approx(per_second)
    assert (part.every, part.timeout) == (whole.every, whole.timeout)
