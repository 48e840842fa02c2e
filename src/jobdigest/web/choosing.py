"""A reader's preferences, by the signed link in every mail: GET shows, POST saves; pausing and leaving happily too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import browsing
from jobdigest.subscribers.preferences import SENIORITIES, FieldError, read_preferences
from jobdigest.web.page import not_found, page

if TYPE_CHECKING:
    from jobdigest.app import App

LISTS = ("role_types", "seniority")


def show(request: Request) -> Response:
    """The form, with what was chosen; `?pause=` and `?found=` only ask, they never act."""
    app: App = request.app.state.app
    found = browsing.choices_of(app, request.path_params["token"])
    if found is None:
        return not_found(request)
    asked = next((name for name in ("pause", "found") if name in request.query_params), None)
    return _form(request, found.fields, asked=asked)


async def save(request: Request) -> Response:
    """Keep what was chosen, pause, or say goodbye."""
    app: App = request.app.state.app
    token = request.path_params["token"]
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(_keep, request, app, token, form)


def _keep(request: Request, app: App, token: str, form: FormData) -> Response:
    if "pause" in form or "found" in form:
        done = browsing.pause(app, token) if "pause" in form else browsing.found_a_job(app, token)
        return page(request, "thanks", step="pause" if "pause" in form else "found") if done else not_found(request)
    if "cadence" not in form:  # our form always sends it: an empty or broken body must not wipe what was chosen
        return page(request, "not_found", status=422)
    fields = {name: str(form.get(name, "")) for name in ("locations", "include", "exclude", "min_salary", "cadence")}
    fields |= {name: ";".join(str(value) for value in form.getlist(name)) for name in LISTS}
    fields["remote_only"] = "yes" if form.get("remote_only") else ""
    try:
        wanted = read_preferences(fields, app.role_ids)
    except FieldError as error:
        return _form(request, fields, problem=f"{error.field.replace('_', ' ')}: {error}", status=422)
    if not browsing.choose(app, token, wanted):
        return not_found(request)
    return _form(request, fields, saved=True)


def _form(
    request: Request,
    fields: object,
    *,
    status: int = 200,
    asked: str | None = None,
    problem: str | None = None,
    saved: bool = False,
) -> Response:
    app: App = request.app.state.app
    return page(
        request,
        "preferences",
        status=status,
        fields=fields,
        roles=app.roles.groups,
        seniorities=SENIORITIES,
        asked=asked,
        problem=problem,
        saved=saved,
    )


ROUTES = [
    Route("/preferences/{token}", show, methods=["GET"]),
    Route("/preferences/{token}", save, methods=["POST"]),
]
