"""Reporting a job: from a mail by way of its edition, or on the job's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import reporting
from jobdigest.app.jobpage import job_page
from jobdigest.web.page import board_of, not_found, page
from jobdigest.web.visitor import from_our_page, network_hash

if TYPE_CHECKING:
    from jobdigest.app import App


def which(request: Request) -> Response:
    """The jobs of an edition, each with the way to report it; a mail's link leads here."""
    key = request.path_params["key"]
    found = reporting.jobs_of_edition(request.app.state.app, key)
    return not_found(request) if found is None else page(request, "report", key=key, jobs=found)


def form(request: Request) -> Response:
    """What is wrong with this job?"""
    found = job_page(board_of(request), request.path_params["job"])
    return not_found(request) if found is None else page(request, "report_job", found=found, reasons=reporting.REASONS)


async def send(request: Request) -> Response:
    """Keep the report."""
    if not from_our_page(request):
        return page(request, "not_found", status=403)
    given = await request.form(max_files=0, max_fields=10)
    said = (str(given.get("reason", "")), str(given.get("note", "")))
    return await run_in_threadpool(_keep, request, *said)


def _keep(request: Request, reason: str, note: str) -> Response:
    app: App = request.app.state.app
    kept = reporting.report(app, request.path_params["job"], reason, note, network_hash(request))
    if kept is None:
        return page(request, "not_found", status=422)
    return page(request, "thanks", step="report" if kept else "too_often", status=200 if kept else 429)


ROUTES = [
    Route("/editions/{key}/report", which, methods=["GET"]),
    Route("/jobs/{job}/report", form, methods=["GET"]),
    Route("/jobs/{job}/report", send, methods=["POST"]),
]
