"""Many machines: Procrastinate carries shards of work from the scheduler that leads to any number of workers.

    digest run, the leader ── "greenhouse, shard 3 of 8" · "2026-W48" ──► queue ──► digest worker ──► work.py

A task only says where there may be something to do. What is due and what is left stands in the store, so a task that is
lost is handed out again at the next tick, and one that is doubled finds nothing to do. Without a worker alive the
leader does the work itself.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest import work
from jobdigest.app.collecting import due_sources
from jobdigest.deliver.owner import new_owner
from jobdigest.errors import StoreError
from jobdigest.store import queue, runs
from jobdigest.work import Duty, Look, Shard

if TYPE_CHECKING:
    import procrastinate

    from jobdigest.app import App
    from jobdigest.store import Store

QUEUES = {"send": 1, "collect": 2, "links": 1}
"""How many tasks of a kind one worker does at a time: an edition never waits behind a collection."""
LINK_SHARDS = 16
BEHIND = timedelta(minutes=30)  # a source that waits for so long counts as not collected
ASKED_EVERY = 1.0  # seconds in which an idle worker asks for a task
HEARTBEAT = 2.5
AGAIN_AFTER = 5.0  # seconds after the database went away
log = logging.getLogger("jobdigest")


class Task(NamedTuple):
    """A task to be handed out; of those with the same `lock` one waits or runs at a time."""

    queue: str
    lock: str
    values: Mapping[str, Any]


# --- the leader ------------------------------------------------------------------------------------------------------


def duties(app: App) -> dict[str, Duty]:
    """The leader's duties: as in one process, save that workers do the work where there are any."""
    queue.prepare(app.store)
    return {**work.DUTIES, "edition": hand_out_edition, "collect": hand_out_collection, "links": hand_out_looks}


def hand_out_collection(app: App, now: datetime, owner: str, stop: threading.Event) -> bool:
    """A task for every shard of a kind with a source whose turn it is; False while some wait for long already."""
    if not hands(app.store):
        work.collect_due(app, now, owner, stop)
        return True
    among = {name: kind.manners.concurrency for name, kind in app.kinds.items()}
    due = due_sources(app, now)
    found = {(source.kind, work.number_of(source.name, among[source.kind])) for source, _ in due}
    hand_out(app.store, (_collection(kind, Shard(number, among[kind])) for kind, number in sorted(found)))
    return not any(since is None or now - since > BEHIND for _, since in due)


def _collection(kind: str, shard: Shard) -> Task:
    return Task("collect", f"collect:{kind}:{shard.number}of{shard.among}", {"kind": kind, "shard": list(shard)})


def hand_out_looks(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """A task for every shard of a link check that isn't done."""
    if not hands(app.store):
        work.check_links(app, now, owner, stop)
        return
    for look in work.looks_due(app, now):
        shards = [Shard(number, LINK_SHARDS) for number in range(LINK_SHARDS)]
        with app.store.read() as connection:
            left = [shard for shard in shards if not runs.outcome_of(connection, work.shard_key(look, shard))]
        hand_out(app.store, (_look(look, shard) for shard in left))


def _look(look: Look, shard: Shard) -> Task:
    values = {"key": look.key, "due": look.due.isoformat(), "since": look.since.isoformat(), "shard": list(shard)}
    return Task("links", work.shard_key(look, shard), values)


def hand_out_edition(app: App, now: datetime, owner: str, stop: threading.Event) -> None:
    """Freeze the edition that is due, and call every worker to send a share of it."""
    work.send_edition(app, now, owner, stop, send=_call_senders)


def _call_senders(app: App, edition: str, now: datetime, stop: threading.Event) -> None:
    count = hands(app.store)
    if count:
        hand_out(app.store, [Task("send", f"send:{edition}:{n}", {"edition": edition}) for n in range(count)])
    else:
        work.send_here(app, edition, now, stop)


def hands(store: Store) -> int:
    """How many worker processes are alive; tasks of dead ones are dropped, so that they are handed out again."""
    with store.begin() as connection:
        if lost := queue.forget_lost(connection):
            log.warning("%d tasks of workers that died are handed out again", lost)
        return -(-queue.living(connection) // len(QUEUES))


def hand_out(store: Store, tasks: Iterable[Task]) -> None:
    """Put tasks into the queue, except those that wait or are being done."""
    with store.read() as connection:
        known = queue.known(connection)
    fresh = [task for task in tasks if task.lock not in known]
    if not fresh:
        return
    with _explained(), _leaders_queue(store) as engine:
        for task in fresh:
            engine.configure_task(task.queue, queue=task.queue, lock=task.lock).defer(**task.values)


@contextmanager
def _leaders_queue(store: Store) -> Iterator[procrastinate.App]:
    import procrastinate

    connector = procrastinate.SyncPsycopgConnector(**queue.address(store), min_size=1, max_size=1, timeout=10)
    with procrastinate.App(connector=connector).open() as engine:
        yield engine


@contextmanager
def _explained() -> Iterator[None]:
    from procrastinate.exceptions import ProcrastinateException

    try:
        yield
    except ProcrastinateException as error:
        raise StoreError(f"the task queue: {error.__cause__ or error}") from error


# --- a worker --------------------------------------------------------------------------------------------------------


def work_until(app: App, stop: threading.Event) -> None:
    """Do tasks until `stop`; a database that goes away is waited for."""
    while not stop.is_set():
        try:
            queue.prepare(app.store)
            with _explained():
                asyncio.run(_serve(app, stop))
        except StoreError as error:
            log.warning("%s; trying again", error)
            stop.wait(AGAIN_AFTER)


async def _serve(app: App, stop: threading.Event) -> None:
    """A worker of Procrastinate's for every queue, until `stop` or until one of them fails."""
    import procrastinate

    connector = procrastinate.PsycopgConnector(**queue.address(app.store), min_size=1, max_size=4, timeout=10)
    engine = procrastinate.App(connector=connector)
    for name, body in bodies(app, stop).items():
        engine.task(name=name, queue=name)(body)
    async with engine.open_async():
        workers = [asyncio.create_task(_one(engine, name, limit)) for name, limit in QUEUES.items()]
        while not stop.is_set() and not any(worker.done() for worker in workers):
            await asyncio.wait(workers, timeout=0.2)
        for worker in workers:
            worker.cancel()  # lets it finish the tasks it has, which end when `stop` is set
        for ended in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _one(engine: procrastinate.App, name: str, limit: int) -> None:
    await engine.run_worker_async(
        queues=[name],
        name=name,
        concurrency=limit,
        install_signal_handlers=False,
        listen_notify=False,
        fetch_job_polling_interval=ASKED_EVERY,
        update_heartbeat_interval=HEARTBEAT,
        delete_jobs="always",
    )


def bodies(app: App, stop: threading.Event) -> dict[str, Callable[..., None]]:
    """What a task of each queue does."""
    owner = new_owner()

    def collect(kind: str, shard: list[int]) -> None:
        part = Shard(*shard)
        work.attempt(f"collect:{kind}", partial(work.collect_shard, app, kind, part, datetime.now(UTC), stop))

    def links(key: str, due: str, since: str, shard: list[int]) -> None:
        look = Look(key, datetime.fromisoformat(due), datetime.fromisoformat(since))
        work.attempt(key, partial(work.take_look, app, look, Shard(*shard), datetime.now(UTC), owner, stop))

    def send(edition: str) -> None:
        work.attempt(f"edition:{edition}", partial(work.send_share, app, edition, datetime.now(UTC), stop))

    return {"collect": collect, "links": links, "send": send}
