"""`digest worker`."""

from __future__ import annotations

import typer

from jobdigest.cli.session import app_of, say
from jobdigest.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("worker")(worker)


def worker(context: typer.Context) -> None:
    """Do what `digest run` hands out: collect, check links, send. Any number, on any machine; PostgreSQL only."""
    import os
    import sys
    import threading

    from jobdigest import engine
    from jobdigest.logs import set_up
    from jobdigest.schedule import STOPPING, wait_for_the_end

    app = app_of(context)
    set_up()
    if app.store.is_sqlite:
        raise UsageError("database: workers share a PostgreSQL database; `digest migrate-to` moves a SQLite file there")
    say("working; `digest run` hands out the tasks. Stop with Ctrl-C.")
    stop = threading.Event()
    hands = threading.Thread(target=engine.work_until, args=(app, stop), name="worker", daemon=True)
    hands.start()
    wait_for_the_end(stop)
    hands.join(STOPPING)
    if hands.is_alive():  # what it was at is handed out again
        sys.stderr.flush()
        os._exit(0)
