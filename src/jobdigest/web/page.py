"""One page of the site: a template in the newsletter's colours, with the headers that all pages share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from jobdigest.app.lines import KEPT, Line

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.app.board import Board
    from jobdigest.app.latest import Latest
    from jobdigest.app.letters import Writing
    from jobdigest.compose.templates import Templates

SHARED = "public, max-age=60"  # the same for everybody: see cache.py
PRIVATE = "no-store"
log = logging.getLogger("jobdigest")


def app_of(request: Request) -> App:
    """The application behind the pages."""
    app: App = request.app.state.app
    return app


def board_of(request: Request) -> Board:
    """Its job board."""
    board: Board = request.app.state.board
    return board


def latest_of(request: Request) -> Latest:
    """Its newest edition."""
    latest: Latest = request.app.state.latest
    return latest


def page(request: Request, name: str, *, status: int = 200, shared: bool = False, **context: Any) -> Response:
    """Render `web/NAME.html.j2`; `shared` says that it depends on its address alone, so that it may be kept."""
    templates: Templates = request.app.state.templates
    common = {
        "newsletter": app_of(request).config.newsletter,
        "path": request.scope["path"],
        "entries": request.app.state.entries,
    }
    html = templates.render(f"web/{name}.html.j2", {**common, **context})
    return HTMLResponse(html, status, {"Cache-Control": SHARED if shared and status == 200 else PRIVATE})


def entries(templates: Templates) -> Callable[[Iterable[Line], str], str]:
    """What makes the HTML of jobs in a list, a heading each; it is kept, since many lists show the same jobs."""

    entry = lru_cache(maxsize=KEPT)(templates.macro("web/entry.html.j2", "entry"))
    return lambda lines, heading: "".join(entry(line, heading) for line in lines)


def afterwards(request: Request, letter: Writing) -> None:
    """Write a letter while the answer goes out; letters of one process are written one after another."""
    request.app.state.postman.submit(letter).add_done_callback(_say_what_failed)


def _say_what_failed(done: Future[object]) -> None:
    """By kind only: the words of an error may hold an address."""
    if error := done.exception():
        log.error("a letter could not be written: %s", type(error).__name__)


def not_found(request: Request) -> Response:
    """The page for what isn't there."""
    return page(request, "not_found", status=404)
