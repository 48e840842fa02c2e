"""The application behind `digest web`: every route, and what all of them have in common."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jobdigest.app.board import Board
from jobdigest.app.latest import Latest
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.errors import StoreError
from jobdigest.web import about, browsing, choosing, feeds, joining, leaving, metrics, reporting, webhooks
from jobdigest.web.cache import Cache
from jobdigest.web.guard import Guard
from jobdigest.web.narrowing import Narrowing
from jobdigest.web.page import entries, not_found

if TYPE_CHECKING:
    from jobdigest.app import App

log = logging.getLogger("jobdigest")


def create(app: App) -> Starlette:
    """The pages over an opened application."""
    routes = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/static/style.css", style, methods=["GET"]),
        *browsing.ROUTES,  # asked for most
        *leaving.ROUTES,
        *choosing.ROUTES,
        *joining.ROUTES,
        *feeds.ROUTES,
        *reporting.ROUTES,
        *webhooks.ROUTES,
        *about.ROUTES,
        *metrics.ROUTES,
    ]
    templates = Templates.of(app.config)
    words = templates.catalogues.words("en")
    board = Board(app, words)
    guard = Middleware(Guard, secure=app.config.newsletter.base_url)
    pages = Starlette(
        routes=routes,
        middleware=[guard, Middleware(Cache, version=board.matching.look)],
        exception_handlers={404: _nothing_here, StoreError: _busy},
    )
    pages.router.redirect_slashes = False  # Starlette would redirect to whatever host the request names
    pages.state.app, pages.state.templates, pages.state.notices = app, templates, about.notices(app.config)
    pages.state.entries = entries(templates)
    pages.state.latest = Latest(app)
    pages.state.postman = ThreadPoolExecutor(1, "letters")
    pages.state.scrape = metrics.Scrape()
    pages.state.board, pages.state.narrowing = board, Narrowing(templates, words)
    return pages


def _nothing_here(request: Request, _error: Exception) -> Response:
    return not_found(request)


def _busy(_request: Request, error: Exception) -> Response:
    """The database is locked, away or worn out: a moment later it may answer again."""
    log.error("%s", error)
    return PlainTextResponse("Busy. Please try again in a moment.\n", 503, {"Retry-After": "30"})


def style(request: Request) -> Response:
    """The one stylesheet, in the newsletter's colours."""
    app: App = request.app.state.app
    css = Templates.of(app.config).render("web/style.css.j2", {"p": palette(app.config.newsletter.theme)})
    return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def healthz(request: Request) -> Response:
    """200 while the store answers."""
    with request.app.state.app.store.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok\n")
