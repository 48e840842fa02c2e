"""`digest run`, `digest web`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobdigest.cli.session import app_of, say


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("run")(run)
    app.command("web")(web)


def run(context: typer.Context) -> None:
    """Everything on one machine: collect through the week, check links, send when due, serve pages if configured."""
    import os
    import sys
    import threading

    from jobdigest.logs import set_up
    from jobdigest.schedule import run_forever
    from jobdigest.slots import slots_from
    from jobdigest.web.server import serve_beside

    app = app_of(context)
    set_up()
    from datetime import UTC, datetime

    app.store  # noqa: B018 - opened and upgraded before anything else, or refused
    slot = next(slots_from(app.config.schedule, datetime.now(UTC)))
    say(f"running; the next edition is {slot.edition}, {slot.local:%a %d %b %H:%M %Z}. Stop with Ctrl-C.")
    stop = threading.Event()
    with serve_beside(app, stop):
        left = run_forever(app, stop)
    if left:  # their threads would hold the process; what they were at is rolled back
        sys.stderr.flush()
        os._exit(0)


def web(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on")] = None,
    workers: Annotated[int, typer.Option(help="processes", min=1)] = 1,
) -> None:
    """Serve the pages: leaving, choosing, browsing."""
    from jobdigest.logs import set_up
    from jobdigest.web.server import serve

    app = app_of(context)
    set_up()
    serve(app, context.obj.config, host or app.config.web.host, port or app.config.web.port, workers)
