"""`digest run`: a clock that wakes us once a minute; what is due is decided by slots and run keys, never by the clock.

APScheduler's own cron triggers skip or double slots around changes of the clocks, so it is only the tick. Every duty
has a thread of its own, so that an edition never waits behind a link check that takes two hours; a duty that is still
at work when the next tick comes is left alone.
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from jobdigest import engine, work
from jobdigest.deliver.owner import new_owner
from jobdigest.errors import StoreError
from jobdigest.slots import due_slot
from jobdigest.store import editions
from jobdigest.store.leading import Leadership

if TYPE_CHECKING:
    from jobdigest.app import App

TICK_SECONDS = 60
FIRST_ROUND = timedelta(minutes=30)  # so long an edition waits for the first collection after a start
LOOKED_AT_EVERY = 0.25  # seconds between looks at whether a signal came
SOON = 2.0  # seconds between looks at whether workers are done with it
STOPPING = 9.5  # seconds; whatever is not done by then is a transaction that is rolled back, or a look not taken
LEADER = "leader"  # who leads may go on with whatever an earlier leader began
log = logging.getLogger("jobdigest")


class Keeper:
    """Starts duties and ends them. After a start, an edition that isn't frozen waits for the first collection.

    Of several schedulers on one database one leads; the others stand by.
    """

    def __init__(self, app: App, stop: threading.Event, first_round: timedelta = FIRST_ROUND) -> None:
        self.app, self.stop = app, stop
        self._leadership = Leadership(app.store)
        self._led: bool | None = None
        self._owner = new_owner() if app.store.is_sqlite else LEADER
        self._duties = work.DUTIES if app.store.is_sqlite else engine.duties(app)
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._collected = threading.Event()
        self._patient_until = time.monotonic() + first_round.total_seconds()

    def tick(self) -> None:
        """Start every duty that is not at work."""
        if self._leads():
            for name in self._duties:
                self._start(name)

    def _leads(self) -> bool:
        leads = self._leadership.held()
        if leads != self._led and not self.app.store.is_sqlite:
            log.info("leading" if leads else "standing by: another scheduler leads, or the database is away")
        self._led = leads
        return leads

    def _start(self, name: str) -> None:
        with self._lock:
            running = self._threads.get(name)
            if self.stop.is_set() or (running and running.is_alive()):
                return
            self._threads[name] = threading.Thread(target=self._do, args=(name,), name=name, daemon=True)
            self._threads[name].start()

    def _do(self, name: str) -> None:
        now = datetime.now(UTC)
        if name == "edition" and self._wants_news_first(now):
            return
        done = self._attempt(name, now)
        if name == "collect" and not self._collected.is_set():
            while done is False and not self.stop.wait(SOON):
                done = self._attempt(name, datetime.now(UTC))
            self._collected.set()
            self._start("edition")

    def _attempt(self, name: str, now: datetime) -> bool | None:
        return work.attempt(name, partial(self._duties[name], self.app, now, self._owner, self.stop))

    def _wants_news_first(self, now: datetime) -> bool:
        """Whether an edition would be frozen from what was known before this process was started."""
        if self._collected.is_set() or time.monotonic() >= self._patient_until:
            return False
        slot = due_slot(self.app.config.schedule, now)
        if slot is None:
            return False
        with suppress(StoreError), self.app.store.read() as connection:
            return editions.load(connection, slot.edition) is None
        return False

    def wait(self, seconds: float) -> list[str]:
        """Wait for what is at work; the names of duties that are not done by then."""
        deadline = time.monotonic() + seconds
        with self._lock:  # a tick may be about to start one more
            threads = dict(self._threads)
        for thread in threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        self._leadership.release()
        return [name for name, thread in threads.items() if thread.is_alive()]


def run_forever(app: App, stop: threading.Event | None = None) -> list[str]:
    """Tick until SIGTERM or SIGINT (or `stop`); messages in flight are finished and their marks settled.

    Returns the duties that did not end in time; nothing is lost by leaving them.
    """
    stop = stop or threading.Event()
    keeper = Keeper(app, stop)
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    scheduler.add_job(
        keeper.tick,
        "interval",
        seconds=TICK_SECONDS,
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    wait_for_the_end(stop)
    scheduler.shutdown(wait=False)
    left = keeper.wait(STOPPING)
    if left:
        log.warning("%s not done in time; taken up again at the next start", " and ".join(left))
    return left


def wait_for_the_end(stop: threading.Event) -> None:
    """Until a signal or `stop`. The handler only writes into a queue: nothing else is safe inside one.

    A signal that reaches another thread sets no waiting main thread going, so this one looks by itself.
    """
    if threading.current_thread() is not threading.main_thread():
        stop.wait()
        return
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))
    while not stop.is_set():
        with suppress(queue.Empty):
            log.info("%s: finishing what is in flight", signal.Signals(asked.get(timeout=LOOKED_AT_EVERY)).name)
            stop.set()
