"""Leaving: GET asks and never acts (scanners follow links), POST acts at once, RFC 8058 one-click included.

A leave by the button of the page may be somebody else's, who was passed the mail: a goodbye with a way back goes to the
reader. One by the mail program's own button is the reader's, and no further mail comes.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import leaving
from jobdigest.subscribers.tokens import RESUBSCRIBE, UNSUBSCRIBE
from jobdigest.web.page import afterwards, app_of, page


def ask(request: Request) -> Response:
    """A page with one button."""
    known = app_of(request).keys.verify(request.path_params["token"], UNSUBSCRIBE) is not None
    return _page(request, "ask" if known else "unknown")


async def act(request: Request) -> Response:
    """Unsubscribe; the answer is the same at the second click."""
    try:
        by_page = "leave" in await request.form(max_files=0, max_fields=10)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        by_page = False  # whoever can't write a form wants to leave all the same
    return await run_in_threadpool(_leave, request, by_page)


def _leave(request: Request, by_page: bool) -> Response:
    now = datetime.now(UTC)
    left = leaving.leave_by_link(app_of(request), request.path_params["token"], now)
    if left is None:
        return _page(request, "unknown")
    if by_page:
        afterwards(request, left.letter)
    return _page(request, "done", undo=left.undo)


def ask_back(request: Request) -> Response:
    """A page with one button, from a goodbye letter."""
    known = app_of(request).keys.verify(request.path_params["token"], RESUBSCRIBE) is not None
    return _page(request, "ask_back" if known else "unknown", undo=request.path_params["token"])


def come_back(request: Request) -> Response:
    """As if nothing had happened."""
    done = leaving.undo(app_of(request), request.path_params["token"], datetime.now(UTC))
    return _page(request, "back" if done else "too_late")


def _page(request: Request, step: str, undo: str | None = None) -> Response:
    return page(request, "unsubscribe", status=404 if step in ("unknown", "too_late") else 200, step=step, undo=undo)


ROUTES = [
    Route("/unsubscribe/{token}", ask, methods=["GET"]),
    Route("/unsubscribe/{token}", act, methods=["POST"]),
    Route("/undo/{token}", ask_back, methods=["GET"]),
    Route("/undo/{token}", come_back, methods=["POST"]),
]
