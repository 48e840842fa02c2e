"""A reader's preferences, by the signed link in every mail: GET shows, POST saves; pausing and leaving happily too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import choosing
from jobdigest.app.choosing import MAILED, Choosing
from jobdigest.app.letters import Writing
from jobdigest.subscribers.preferences import SENIORITIES, FieldError, read_preferences, read_timezone
from jobdigest.subscribers.tokens import CHANGE_ADDRESS, UNSUBSCRIBE
from jobdigest.web.page import afterwards, app_of, board_of, latest_of, not_found, page

LISTS = ("role_types", "seniority")
TEXTS = ("locations", "include", "exclude", "min_salary", "cadence", "language", "timezone")
ASKED = ("pause", "found", "erase")
FOR_ALL = ("erase", "data")  # those who have left may still ask


def show(request: Request) -> Response:
    """The form, with what was chosen; `?pause=` and `?found=` only ask, they never act."""
    found = choosing.choices_of(app_of(request), _token(request))
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
    found = choosing.choices_of(app_of(request), _token(request))
    if found is None:
        return not_found(request)
    asked = next((name for name in ACTS if name in form), None)
    if found.state not in MAILED and asked not in FOR_ALL:
        return page(request, "thanks", step="gone")
    if asked:
        return ACTS[asked](request, found, form)
    if "cadence" not in form:  # our form always sends it: an empty or broken body must not wipe what was chosen
        return page(request, "not_found", status=422)
    return _keep(request, found, form)


def _keep(request: Request, found: Choosing, form: FormData) -> Response:
    app, token = app_of(request), _token(request)
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
    choosing.pause(app_of(request), _token(request), day)
    return page(request, "thanks", step="pause", until=day)


def _resume(request: Request, _found: Choosing, _form: FormData) -> Response:
    choosing.resume(app_of(request), _token(request))
    return page(request, "thanks", step="resumed")


def _found_a_job(request: Request, _found: Choosing, _form: FormData) -> Response:
    choosing.found_a_job(app_of(request), _token(request))
    return page(request, "thanks", step="found")


def _address(request: Request, found: Choosing, form: FormData) -> Response:
    """A letter to the new address; nothing changes before its link is used."""
    token, now = _token(request), datetime.now(UTC)
    try:
        letter = choosing.ask_for_address(app_of(request), token, str(form.get("email", "")), now)
    except FieldError as error:
        return _form(request, found, problem=str(error), status=422)
    return _written(request, letter, "address")


def _data(request: Request, _found: Choosing, _form: FormData) -> Response:
    return _written(request, choosing.ask_for_data(app_of(request), _token(request), datetime.now(UTC)), "data")


def _erase(request: Request, _found: Choosing, _form: FormData) -> Response:
    return _written(request, choosing.erase(app_of(request), _token(request), datetime.now(UTC)), "erased")


def _written(request: Request, letter: Writing | None, step: str) -> Response:
    """The page that says what was done, while the letter about it is on its way."""
    if letter is None:
        return page(request, "joined", step="too_often", status=429)
    answer = page(request, "thanks", step=step)
    afterwards(request, letter)
    return answer


def _token(request: Request) -> str:
    return str(request.path_params["token"])


ACTS = {
    "pause": _pause,
    "resume": _resume,
    "found": _found_a_job,
    "address": _address,
    "data": _data,
    "erase": _erase,
}


def download(request: Request) -> Response:
    """All that is kept of the reader, as JSON; the link comes by a letter to them."""
    kept = choosing.my_data(app_of(request), _token(request), datetime.now(UTC))
    if kept is None:
        return not_found(request)
    text = json.dumps(kept, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


def ask_new_address(request: Request) -> Response:
    """A page with one button, from the letter to a new address."""
    known = app_of(request).keys.verify(_token(request), CHANGE_ADDRESS) is not None
    return page(request, "address", step="ask") if known else not_found(request)


def take_new_address(request: Request) -> Response:
    """The mail comes here from now on."""
    letter = choosing.change_address(app_of(request), _token(request), datetime.now(UTC))
    if letter is None:
        return page(request, "address", step="old", status=404)
    afterwards(request, letter)
    return page(request, "address", step="done")


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
        "levels": [(level, board_of(request).words.named("seniority", level)) for level in SENIORITIES],
        "languages": _languages(request),
        "leave": app_of(request).keys.sign(UNSUBSCRIBE, found.id),
    }
    return page(request, "preferences", status=status, asked=asked, problem=problem, said=said, **context)


ROUTES = [
    Route("/preferences/{token}", show, methods=["GET"]),
    Route("/preferences/{token}", save, methods=["POST"]),
    Route("/data/{token}", download, methods=["GET"]),
    Route("/address/{token}", ask_new_address, methods=["GET"]),
    Route("/address/{token}", take_new_address, methods=["POST"]),
]
