"""A reader's preferences, by the signed link in every mail: GET shows, POST saves; pausing and leaving happily too."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import choosing
from jobdigest.app.choosing import MAILED, Choosing
from jobdigest.errors import DeliveryError
from jobdigest.model import SubscriberState
from jobdigest.subscribers.preferences import SENIORITIES, FieldError, read_preferences, read_timezone
from jobdigest.subscribers.tokens import CHANGE_ADDRESS
from jobdigest.web.page import app_of, latest_of, not_found, page

LISTS = ("role_types", "seniority")
TEXTS = ("locations", "include", "exclude", "min_salary", "cadence", "language", "timezone")
ASKED = ("pause", "found", "erase")
log = logging.getLogger("jobdigest")


def show(request: Request) -> Response:
    """The form, with what was chosen; `?pause=` and `?found=` only ask, they never act."""
    found = choosing.choices_of(app_of(request), request.path_params["token"])
    if found is None:
        return not_found(request)
    asked = next((name for name in ASKED if name in request.query_params), None)
    return _form(request, found, asked=asked)


async def save(request: Request) -> Response:
    """Keep what was chosen, pause, change the address, or say goodbye."""
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(_save, request, form)


def _save(request: Request, form: FormData) -> Response:
    """One form, one act: which, its button says."""
    found = choosing.choices_of(app_of(request), request.path_params["token"])
    if found is None:
        return not_found(request)
    for name, act in ACTS.items():
        if name in form:
            return act(request, found, form)
    if "cadence" not in form:  # our form always sends it: an empty or broken body must not wipe what was chosen
        return page(request, "not_found", status=422)
    return _keep(request, found, form)


def _keep(request: Request, found: Choosing, form: FormData) -> Response:
    app, token = app_of(request), request.path_params["token"]
    fields = {name: str(form.get(name, "")) for name in TEXTS}
    fields |= {name: ";".join(str(value) for value in form.getlist(name)) for name in LISTS}
    fields["remote_only"] = "yes" if form.get("remote_only") else ""
    try:
        wanted = read_preferences(fields, app.role_ids)
        timezone = read_timezone(fields["timezone"])
    except FieldError as error:
        return _form(
            request, found._replace(fields=fields), problem=f"{error.field.replace('_', ' ')}: {error}", status=422
        )
    language = fields["language"] if fields["language"] in _languages(request) else None
    choosing.choose(app, token, wanted, language, timezone)
    return _form(request, found._replace(fields=fields, chosen=wanted, timezone=timezone), said="saved")


def _pause(request: Request, found: Choosing, form: FormData) -> Response:
    """Four weeks, or until the day that was given."""
    today = datetime.now(UTC).date()
    try:
        day = choosing.read_day(str(form["until"]), today) if form.get("until") else today + choosing.PAUSE
    except FieldError as error:
        return _form(request, found, problem=str(error), status=422)
    state = choosing.pause(app_of(request), request.path_params["token"], day)
    return page(request, "thanks", step="pause" if state is SubscriberState.SNOOZED else "gone", until=day)


def _resume(request: Request, _found: Choosing, _form: FormData) -> Response:
    state = choosing.resume(app_of(request), request.path_params["token"])
    return page(request, "thanks", step="resumed" if state is SubscriberState.ACTIVE else "gone")


def _found_a_job(request: Request, _found: Choosing, _form: FormData) -> Response:
    choosing.found_a_job(app_of(request), request.path_params["token"])
    return page(request, "thanks", step="found")


def _address(request: Request, found: Choosing, form: FormData) -> Response:
    """A letter to the new address; nothing changes before its link is used."""
    token, now = request.path_params["token"], datetime.now(UTC)
    try:
        choosing.ask_for_address(app_of(request), token, str(form.get("email", "")), now)
    except FieldError as error:
        return _form(request, found, problem=str(error), status=422)
    except DeliveryError as error:
        log.error("a letter to a new address did not leave: %s", type(error).__name__)
        return _form(request, found, problem="Mail cannot leave at the moment. Please try again later.", status=503)
    return page(request, "thanks", step="address")


def _erase(request: Request, _found: Choosing, _form: FormData) -> Response:
    choosing.erase(app_of(request), request.path_params["token"], datetime.now(UTC))
    return page(request, "thanks", step="erased")


ACTS = {
    "pause": _pause,
    "resume": _resume,
    "found": _found_a_job,
    "address": _address,
    "erase": _erase,
}


def download(request: Request) -> Response:
    """All that is kept of the reader, as JSON."""
    kept = choosing.my_data(app_of(request), request.path_params["token"])
    if kept is None:
        return not_found(request)
    text = json.dumps(kept, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


def ask_new_address(request: Request) -> Response:
    """A page with one button, from the letter to a new address."""
    known = app_of(request).keys.verify(request.path_params["token"], CHANGE_ADDRESS) is not None
    return page(request, "address", step="ask") if known else not_found(request)


def take_new_address(request: Request) -> Response:
    """The mail comes here from now on."""
    done = choosing.change_address(app_of(request), request.path_params["token"], datetime.now(UTC))
    return page(request, "address", step="done" if done else "old", status=200 if done else 404)


def _languages(request: Request) -> dict[str, str]:
    catalogues = request.app.state.templates.catalogues
    return {name: str(catalogues.words(name).table["name"]) for name in catalogues.languages}


def _form(
    request: Request,
    found: Choosing,
    *,
    status: int = 200,
    asked: str | None = None,
    problem: str | None = None,
    said: str | None = None,
) -> Response:
    now = datetime.now(UTC)
    context: dict[str, Any] = {
        "found": found,
        "fields": found.fields,
        "mailed": found.state in MAILED,
        "roles": app_of(request).roles.groups,
        "counts": latest_of(request).issue(now).by_role,
        "choice": latest_of(request).choice(found.chosen, found.timezone, now),
        "seniorities": SENIORITIES,
        "languages": _languages(request),
        "token": request.path_params["token"],
    }
    return page(request, "preferences", status=status, asked=asked, problem=problem, said=said, **context)


ROUTES = [
    Route("/preferences/{token}", show, methods=["GET"]),
    Route("/preferences/{token}", save, methods=["POST"]),
    Route("/preferences/{token}/data.json", download, methods=["GET"]),
    Route("/address/{token}", ask_new_address, methods=["GET"]),
    Route("/address/{token}", take_new_address, methods=["POST"]),
]
