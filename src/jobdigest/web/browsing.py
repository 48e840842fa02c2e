"""Reading without an address: past editions, open jobs under any filter, one job, one employer."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from jobdigest.app import archive, filters
from jobdigest.app.board import Listing
from jobdigest.app.filters import Cuts, Filters
from jobdigest.app.jobpage import job_page
from jobdigest.web.jsonld import job_posting
from jobdigest.web.page import SHARED, app_of, board_of, not_found, page

EDITION_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src {logo}; base-uri 'none'; form-action 'none'"
NEWEST = 5  # jobs on the first page, each of another employer


def home(request: Request) -> Response:
    """What this is, and where to go on."""
    app = app_of(request)
    found = board_of(request).listing(Filters())
    of_each = {line.company: line for line in reversed(found.lines)}  # the newest of each employer
    newest = [line for line in found.lines if of_each[line.company] is line][:NEWEST]
    past = archive.past_editions(app)[:5]
    return page(request, "home", shared=True, roles=app.roles.groups, editions=past, newest=newest, total=found.total)


def editions(request: Request) -> Response:
    """Every past edition."""
    return page(request, "editions", shared=True, editions=archive.past_editions(app_of(request)))


def edition(request: Request) -> Response:
    """One edition as everybody may see it; its own styles stand in it, as in the mail."""
    html = archive.edition_page(app_of(request), request.path_params["key"])
    if html is None:
        return not_found(request)
    logo = urlsplit(app_of(request).config.newsletter.theme.logo or "")  # the one thing from elsewhere, if there is one
    policy = EDITION_POLICY.format(logo=f"https://{logo.netloc}" if logo.netloc else "'none'")
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": SHARED})


async def jobs(request: Request) -> Response:
    """Open jobs, newest first, under the filters of the query; `after` and `before` turn the page."""
    wanted, turn = asked(request), {"below": _rank(request, "after"), "above": _rank(request, "before")}
    board = board_of(request)
    if found := board.at_hand(wanted, **turn):
        return _jobs(request, wanted, found)  # going to a thread and back would cost as much again
    return await run_in_threadpool(lambda: _jobs(request, wanted, board.listing(wanted, **turn)))


def _jobs(request: Request, wanted: Filters, found: Listing) -> Response:
    cuts = wanted.cuts()
    return page(
        request,
        "jobs",
        shared=True,
        wanted=wanted,
        found=found,
        choices=board_of(request).choices(),
        heading=_heading(request, wanted, found),
        chips=_chips(request, wanted, found, cuts),
        query=wanted.query(),
        narrow=request.app.state.narrowing.of(wanted, cuts),
        turned=lambda **turn: "/jobs" + _turned(wanted, turn),
        join="/join" + joining(wanted),
    )


def asked(request: Request) -> Filters:
    """The filters of a request."""
    return filters.read(request.query_params, app_of(request).role_ids)


def joining(wanted: Filters) -> str:
    """What the sign-up page is told of a search, so that its form is filled in."""
    values = {
        "role": wanted.role,
        "place": wanted.place,
        "remote": "yes" if wanted.remote else "",
        "seniority": wanted.seniority,
        "pay": f"{wanted.pay * 1000} EUR" if wanted.pay else "",
        "words": wanted.words,
    }
    given = {name: value for name, value in values.items() if value}
    return "?" + urlencode(given) if given else ""


def _rank(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _turned(wanted: Filters, turn: dict[str, int]) -> str:
    query = wanted.query()
    return query + ("&" if query else "?") + urlencode(turn)


def _chips(request: Request, wanted: Filters, found: Listing, cuts: Cuts) -> list[tuple[str, str]]:
    """Every filter in words, with the link that takes it off."""
    words, roles = board_of(request).words, {role.id: role.name for role in app_of(request).roles.groups}
    employer = found.lines[0].company if wanted.company and found.lines else wanted.company
    said = {
        "words": f"“{wanted.words}”",
        "role": roles.get(wanted.role, ""),
        "place": wanted.place,
        "remote": "Remote",
        "seniority": words.named("seniority", wanted.seniority),
        "pay": f"At least €{words.number(wanted.pay * 1000)}",
        "company": employer,
    }
    return [(said[name], f"/jobs{cut.without}") for name, cut in cuts.items() if getattr(wanted, name)]


def _heading(request: Request, wanted: Filters, found: Listing) -> str:
    """`14 remote jobs in Berlin`: only the simplest filters are put into a sentence, the others stand as chips."""
    number = board_of(request).words.number(found.total)
    kind = "remote AI job" if wanted.remote else "AI job"
    plural = "" if found.total == 1 else "s"
    return f"{number} open {kind}{plural}" + (f" in {wanted.place}" if wanted.place else "")


def job(request: Request) -> Response:
    """One job, open or not; a merged one leads to the job it became."""
    name = request.path_params["job"]
    found = job_page(board_of(request), name)
    if found is None:
        return not_found(request)
    if found.job.id != name:
        return RedirectResponse(f"/jobs/{found.job.id}", 301, {"Cache-Control": SHARED})
    facts = job_posting(found.job, app_of(request).job_url(found.job.id)) if found.ours else None
    places = [board_of(request).words.place(place) for place in found.job.places]
    return page(request, "job", shared=True, found=found, structured=facts, places=places)


def company(request: Request) -> Response:
    """An employer's open jobs."""
    board = board_of(request)
    known = board.employer(request.path_params["name"])
    if known is None:
        return not_found(request)
    key, name = known
    if key != request.path_params["name"]:
        return RedirectResponse(f"/companies/{quote(key, safe='')}", 301, {"Cache-Control": SHARED})
    wanted = Filters(company=key)
    found = board.listing(wanted)
    return page(request, "company", shared=True, found=found, company=name, query=wanted.query())


ROUTES = [
    Route("/", home),
    Route("/editions", editions),
    Route("/editions/{key}", edition),
    Route("/jobs", jobs),
    Route("/jobs/{job}", job),
    Route("/companies/{name:path}", company),
]
