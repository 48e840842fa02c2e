"""Leaving: GET asks and never acts (scanners follow links), POST acts at once, RFC 8058 one-click included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from jobdigest.app.readers import leave_by_link
from jobdigest.compose.templates import Templates
from jobdigest.subscribers.tokens import UNSUBSCRIBE

if TYPE_CHECKING:
    from jobdigest.app import App


def ask(request: Request) -> Response:
    """A page with one button."""
    app: App = request.app.state.app
    known = app.keys.verify(request.path_params["token"], UNSUBSCRIBE) is not None
    return _page(app, "ask" if known else "unknown", 200 if known else 404)


def act(request: Request) -> Response:
    """Unsubscribe; the answer is the same at the second click."""
    app: App = request.app.state.app
    done = leave_by_link(app, request.path_params["token"])
    return _page(app, "done" if done else "unknown", 200 if done else 404)


def _page(app: App, step: str, status: int) -> Response:
    letter = app.config.newsletter
    html = Templates.of(app.config).render("web/unsubscribe.html.j2", {"newsletter": letter, "step": step})
    return HTMLResponse(html, status, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


ROUTES = [
    Route("/unsubscribe/{token}", ask, methods=["GET"]),
    Route("/unsubscribe/{token}", act, methods=["POST"]),
]
