"""Workers die at any moment, the leader dies, the database goes and comes back: nobody is forgotten or mailed twice.

Real processes: `digest worker` and `digest run` on one PostgreSQL database. The leader's part is played here in most
tests, so that no test waits for a minute's tick.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from jobdigest import engine
from jobdigest.app import App
from jobdigest.errors import StoreError
from jobdigest.store import queue
from support.machines import Cluster
from support.postgres import OwnServer, database
from support.smtp_sink import Sink, Step

pytestmark = pytest.mark.postgres
WORKERS, CONNECTIONS = 4, 2
ROUNDS = int(os.environ.get("DIGEST_TEST_ROUNDS", "10"))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


class Leader:
    """The leader's part, at a quicker pace: hands out collection and the edition until the block ends."""

    def __init__(self, cluster: Cluster, *duties: engine.Duty) -> None:
        self._app, self._duties, self._end = App.load(cluster.config), duties, threading.Event()
        queue.prepare(self._app.store)
        self._thread = threading.Thread(target=self._lead)

    def __enter__(self) -> Leader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._app.store.close()

    def _lead(self) -> None:
        while not self._end.wait(0.1):
            try:
                for duty in self._duties:
                    if engine.hands(self._app.store):
                        duty(self._app, datetime.now(UTC), "leader", self._end)
            except StoreError:
                pass  # the database is away; so it is at the next tick

    def buries(self) -> None:
        """Time passes: every worker of whom nothing was heard since now is dead."""
        with self._app.store.begin() as connection:
            connection.execute(text(f"UPDATE {queue.SCHEMA}.procrastinate_workers SET last_heartbeat = '2000-01-01'"))


def collected(cluster: Cluster, sources: int) -> bool:
    return len(cluster.asks("SELECT 1 FROM sources WHERE last_success IS NOT NULL")) == sources


def finished(cluster: Cluster) -> bool:
    return bool(cluster.asks("SELECT 1 FROM editions WHERE state = 'sent'"))


def check(cluster: Cluster, sink: Sink, readers: int, connections: int) -> Counter[str]:
    """At most one mail each, nobody forgotten, in doubt at most what was open; returns rows by state."""
    assert max(Counter(sink.recipients).values(), default=0) <= 1, "somebody got it twice"
    states = dict(cluster.asks(_STATES))
    assert len(states) == readers
    counts = Counter(states.values())
    assert counts["in_doubt"] <= connections
    unmailed = Counter(states[who] for who in set(states) - set(sink.recipients))
    assert set(unmailed) <= {"in_doubt"}, (
        f"{unmailed} of {counts} were not mailed: {cluster.asks(_WHY)}\n{cluster.logs()}"
    )
    assert cluster.types("deliveries", "--check").stdout.startswith("the ledger is whole")
    return counts


_WHY = "SELECT state, reason, answer, count(*) FROM deliveries GROUP BY 1, 2, 3"
_STATES = "SELECT email, d.state FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id"


class Round:
    """A cluster that collects and then sends; what may die in between is the test's choice."""

    def __init__(self, folder: Path, sink: Sink, where: str, sources: int, jobs: int, readers: int) -> None:
        self.sink, self.sources, self.jobs, self.readers = sink, sources, jobs, readers
        self.cluster = Cluster(folder, where, sink=sink, readers=readers, sources=sources, jobs=jobs)
        self.killed = 0

    def works(self, count: int) -> None:
        for _ in range(count):
            self.cluster.starts("worker")

    def kills(self, *workers: Any) -> None:
        for worker in workers or self.cluster.running:
            self.killed += worker.poll() is None
            worker.kill()

    def has_collected(self) -> None:
        """Wait for it, and check that every posting is there once."""
        self.cluster.waits_until(lambda: collected(self.cluster, self.sources))
        postings, jobs = self.cluster.asks("SELECT count(*), count(DISTINCT job_id) FROM postings")[0]
        assert postings == jobs == self.sources * self.jobs
        assert self.cluster.asks("SELECT count(*) FROM jobs WHERE open") == [(jobs,)]

    def has_sent(self, connections: int) -> Counter[str]:
        """Wait for it, and check everybody."""
        self.cluster.waits_until(lambda: finished(self.cluster))
        counts = check(self.cluster, self.sink, self.readers, connections)
        assert counts["accepted"] + counts["in_doubt"] == self.readers
        return counts


def test_all_workers_die_while_they_collect_and_while_they_send(tmp_path: Path, sink: Sink) -> None:
    """One round; those of `make soak` are many."""
    this = Round(tmp_path, sink, database(), sources=4, jobs=100, readers=40)
    try:
        with Leader(this.cluster, engine.hand_out_collection) as leader:
            this.works(2)
            this.cluster.waits_until(lambda: bool(this.cluster.asks("SELECT 1 FROM postings LIMIT 1")))
            this.kills()
            leader.buries()
            this.works(WORKERS)
            this.has_collected()
        with Leader(this.cluster, engine.hand_out_edition) as leader:
            this.cluster.waits_until(lambda: len(sink.recipients) >= random.Random(8).randint(1, 20))
            this.kills()
            leader.buries()
            this.works(1)
            this.has_sent(WORKERS * CONNECTIONS)
    finally:
        this.cluster.stops()


@pytest.mark.soak
def test_workers_die_one_after_another(tmp_path: Path) -> None:
    """Four workers, and every moment one of them is killed and another started, through collection and sending."""
    dice, totals = random.Random(2026), Counter[str]()
    for number in range(ROUNDS):
        (tmp_path / str(number)).mkdir()
        with Sink(script=slowly) as sink:
            this = Round(tmp_path / str(number), sink, database(), sources=8, jobs=100, readers=300)
            try:
                with Leader(this.cluster, engine.hand_out_collection):
                    this.works(WORKERS)
                    killing(this, dice, lambda this=this: collected(this.cluster, 8))
                    this.has_collected()
                with Leader(this.cluster, engine.hand_out_edition):
                    killing(this, dice, lambda this=this: finished(this.cluster))
                    counts = this.has_sent((WORKERS + this.killed) * CONNECTIONS)
            finally:
                this.cluster.stops()
        totals += counts + Counter(kills=this.killed, rounds=1)
    print(dict(totals))


def slowly(step: Step) -> str | None:
    """A server that takes its time, so that there is something to interrupt."""
    if step.name == "data":
        threading.Event().wait(0.02)
    return None


def killing(this: Round, dice: random.Random, done: Callable[[], bool]) -> None:
    """Kill one living worker after the other, each after a random while, until it is done or four are dead."""
    for _ in range(WORKERS):
        try:
            this.cluster.waits_until(done, dice.uniform(0.5, 4))
        except AssertionError:
            living = [worker for worker in this.cluster.running if worker.poll() is None]
            this.kills(dice.choice(living))
            this.works(1)
        else:
            return


@pytest.mark.soak
def test_the_leader_dies_and_the_one_that_stands_by_takes_over(tmp_path: Path) -> None:
    with Sink(script=slowly) as sink:
        this = Round(tmp_path, sink, database(), sources=4, jobs=6, readers=200)
        try:
            this.works(2)
            leader = this.cluster.starts("run")
            this.cluster.waits_until(lambda: "leading" in this.cluster.logs())
            this.cluster.starts("run")
            this.cluster.waits_until(lambda: "standing by" in this.cluster.logs())
            this.cluster.waits_until(lambda: bool(this.cluster.asks("SELECT 1 FROM editions")), 120)
            this.kills(leader)
            this.cluster.waits_until(lambda: this.cluster.logs().count("leading") == 2, 120)
            this.has_sent(0)
            key = "SELECT outcome FROM runs WHERE key LIKE 'edition:%'"
            this.cluster.waits_until(lambda: this.cluster.asks(key) == [("sent",)], 120)
        finally:
            this.cluster.stops()


@pytest.mark.parametrize("mode", ["fast", pytest.param("immediate", marks=pytest.mark.soak)])
def test_the_database_stops_and_starts_again_in_the_middle(tmp_path: Path, mode: str) -> None:
    with OwnServer() as server, Sink(script=slowly) as sink:
        this = Round(tmp_path, sink, server.address, sources=4, jobs=6, readers=120)
        try:
            this.works(2)
            this.cluster.types("collect")
            with Leader(this.cluster, engine.hand_out_edition):
                this.cluster.waits_until(lambda: len(sink.recipients) >= 20)
                server.restarts(mode)
                this.has_sent(2 * CONNECTIONS)
        finally:
            this.cluster.stops()
