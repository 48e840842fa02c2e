"""`digest run`: a clock that wakes us once a minute; what is due is decided by slots and run keys, never by the clock.

APScheduler's own cron triggers skip or double slots around changes of the clocks, so it is only the tick.
"""

from __future__ import annotations

import logging
import signal
import threading
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from jobdigest import work
from jobdigest.deliver.owner import new_owner

if TYPE_CHECKING:
    from jobdigest.app import App

TICK_SECONDS = 60
log = logging.getLogger("jobdigest")


def run_forever(app: App, stop: threading.Event | None = None) -> None:
    """Tick until SIGTERM or SIGINT (or `stop`); messages in flight are finished and their marks settled."""
    stop = stop or threading.Event()
    owner = new_owner()

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        log.info("%s: finishing what is in flight", signal.Signals(number).name)
        stop.set()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    scheduler.add_job(
        lambda: work.tick(app, datetime.now(UTC), owner, stop),
        "interval",
        seconds=TICK_SECONDS,
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)
