"""Reading without an address: past editions, open jobs, one job, one employer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from jobdigest.app import archive, browsing
from jobdigest.web.page import not_found, page

if TYPE_CHECKING:
    from jobdigest.app import App

EDITION_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; base-uri 'none'; form-action 'none'"
MOST_SKIPPED = 1_000_000


def home(request: Request) -> Response:
    """What this is, and where to go on."""
    return page(request, "home", editions=archive.past_editions(_app(request))[:5])


def editions(request: Request) -> Response:
    """Every past edition."""
    return page(request, "editions", editions=archive.past_editions(_app(request)))


def edition(request: Request) -> Response:
    """One edition as everybody may see it; its own styles stand in it, as in the mail."""
    html = archive.edition_page(_app(request), request.path_params["key"])
    if html is None:
        return not_found(request)
    return HTMLResponse(html, headers={"Content-Security-Policy": EDITION_POLICY})


def jobs(request: Request) -> Response:
    """Open jobs, newest first; `role` filters, `skip` goes on."""
    found = found_jobs(request)
    more = _start(request) + browsing.A_PAGE if len(found) == browsing.A_PAGE else None
    return page(request, "jobs", jobs=found, roles=_app(request).roles.groups, role=_role(request), more=more)


def found_jobs(request: Request) -> list[browsing.JobPage]:
    """The open jobs that the query asks for."""
    return browsing.open_jobs(_app(request), role=_role(request), after=_start(request))


def _role(request: Request) -> str | None:
    role = request.query_params.get("role")
    return role if role in _app(request).role_ids else None


def _start(request: Request) -> int:
    skip = request.query_params.get("skip", "0")
    return min(int(skip), MOST_SKIPPED) if skip.isascii() and skip.isdigit() and len(skip) < 8 else 0


def job(request: Request) -> Response:
    """One job, open or not; a merged one leads to the job it became."""
    asked = request.path_params["job"]
    found = browsing.one_job(_app(request), asked)
    if found is None:
        return not_found(request)
    if found.job.id != asked:
        return RedirectResponse(f"/jobs/{found.job.id}", 301)
    return page(request, "job", found=found)


def company(request: Request) -> Response:
    """An employer's open jobs."""
    key = unquote(request.path_params["name"])
    found = browsing.open_jobs(_app(request), company=key)
    name = found[0].job.company if found else key
    return page(request, "company", jobs=found, company=name)


def _app(request: Request) -> App:
    app: App = request.app.state.app
    return app


ROUTES = [
    Route("/", home),
    Route("/editions", editions),
    Route("/editions/{key}", edition),
    Route("/jobs", jobs),
    Route("/jobs/{job}", job),
    Route("/companies/{name:path}", company),
]
