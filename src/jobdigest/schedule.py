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
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from jobdigest import work
from jobdigest.deliver.owner import new_owner
from jobdigest.errors import StoreError
from jobdigest.slots import due_slot
from jobdigest.store import editions

if TYPE_CHECKING:
    from jobdigest.app import App

TICK_SECONDS = 60
FIRST_ROUND = timedelta(minutes=30)  # so long an edition waits for the first collection after a start
STOPPING = 9.5  # seconds; whatever is not done by then is a transaction that is rolled back, or a look not taken
log = logging.getLogger("jobdigest")


class Keeper:
    """Starts duties and ends them. After a start, an edition that isn't frozen waits for the first collection."""

    def __init__(self, app: App, stop: threading.Event, first_round: timedelta = FIRST_ROUND) -> None:
        self.app, self.stop = app, stop
        self._owner = new_owner()
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._collected = threading.Event()
        self._patient_until = time.monotonic() + first_round.total_seconds()

    def tick(self) -> None:
        """Start every duty that is not at work."""
        for name in work.DUTIES:
            self._start(name)

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
        work.attempt(name, self.app, now, self._owner, self.stop)
        if name == "collect" and not self._collected.is_set():
            self._collected.set()
            self._start("edition")

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
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        return [name for name, thread in self._threads.items() if thread.is_alive()]


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
    _wait_for_the_end(stop)
    scheduler.shutdown(wait=False)
    left = keeper.wait(STOPPING)
    if left:
        log.warning("%s not done in time; taken up again at the next start", " and ".join(left))
    return left


def _wait_for_the_end(stop: threading.Event) -> None:
    """Until a signal or `stop`. The handler only writes into a queue: nothing else is safe inside one."""
    if threading.current_thread() is not threading.main_thread():
        stop.wait()
        return
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))
    log.info("%s: finishing what is in flight", signal.Signals(asked.get()).name)
    stop.set()
