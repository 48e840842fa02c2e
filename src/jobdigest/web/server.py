"""Serve the pages with uvicorn, alone or beside the scheduler."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette

from jobdigest.web.pages import create
from jobdigest.web.wire import Patient

if TYPE_CHECKING:
    from jobdigest.app import App

IDLE_SECONDS = 10  # between two requests of one connection
MOST_HEAD = 16 * 1024
MOST_CONNECTIONS = 800  # more are told to come back later
ENDING_SECONDS = 3  # for answers under way when `digest run` is stopped


def serve(app: App, config: Path, host: str, port: int, workers: int) -> None:
    """Serve until stopped; several workers are processes of their own, each with its own store."""
    if workers == 1:
        uvicorn.run(create(app), host=host, port=port, **settings(app))
        return
    os.environ["DIGEST_CONFIG"] = str(config.resolve())
    factory = "jobdigest.web.server:from_environment"
    uvicorn.run(factory, factory=True, host=host, port=port, workers=workers, **settings(app))


def from_environment() -> Starlette:
    """The pages of the configuration that `DIGEST_CONFIG` names; for worker processes."""
    from jobdigest.app import App

    pages = create(App.load(Path(os.environ["DIGEST_CONFIG"])))
    gc.freeze()  # what is loaded by now stays, so nobody need look through it for garbage again and again
    return pages


def settings(app: App) -> dict[str, Any]:
    """How uvicorn serves the pages; no access log, since its lines would hold people's addresses and tokens."""
    return {
        "access_log": False,
        "server_header": False,
        "log_config": None,
        "http": Patient,
        "ws": "none",
        "lifespan": "off",
        "h11_max_incomplete_event_size": MOST_HEAD,
        "limit_concurrency": MOST_CONNECTIONS,
        "timeout_keep_alive": IDLE_SECONDS,
        "proxy_headers": bool(app.config.web.trusted_proxies),
        "forwarded_allow_ips": list(app.config.web.trusted_proxies),
    }


@contextmanager
def serve_beside(app: App, stop: threading.Event) -> Iterator[None]:
    """Serve in a thread while the block runs and until `stop`, where `web.serve` asks for it."""
    if not app.config.web.serve:
        yield
        return
    web = app.config.web
    how = settings(app) | {"timeout_graceful_shutdown": ENDING_SECONDS}
    server = uvicorn.Server(uvicorn.Config(create(app), host=web.host, port=web.port, **how))

    def end() -> None:
        stop.wait()
        server.should_exit = True

    threads = [threading.Thread(target=target, name="web", daemon=True) for target in (server.run, end)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        threads[0].join(ENDING_SECONDS + 1)
