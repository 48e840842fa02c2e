"""Joining: see this week's mail for a choice, ask for it, confirm by the letter's link."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from jobdigest.app import joining, letters
from jobdigest.errors import DeliveryError, DigestError
from jobdigest.model import Preferences
from jobdigest.subscribers.importing import NewSubscriber, check_address
from jobdigest.subscribers.preferences import FieldError, read_preferences
from jobdigest.web.guard import POLICY
from jobdigest.web.page import afterwards, app_of, board_of, latest_of, page
from jobdigest.web.visitor import from_our_page, network_hash

NAMES = {"role": "role_types", "place": "locations", "remote": "remote_only", "seniority": "seniority"}
NAMES |= {"pay": "min_salary", "words": "include"}
"""The query's short names, as links from searches use them, and the fields of a choice."""
HONEYPOT = "website"
WORDING = "Send it to me until I leave"
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https:; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
log = logging.getLogger("jobdigest")


def form(request: Request) -> Response:
    """The form, filled with what the query says, above this week's mail for it."""
    return _form(request, _fields(request.query_params))


def mail(request: Request) -> Response:
    """This week's mail for the query's choice, exactly as it is made for a reader, to be shown in a frame."""
    try:
        wanted = _preferences(request, _fields(request.query_params))
    except FieldError:
        wanted = Preferences()
    _, html = latest_of(request).mail(wanted, None, datetime.now(UTC))
    html = html.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(
        html,
        headers={
            "Content-Security-Policy": MAIL_POLICY,
            "X-Frame-Options": "SAMEORIGIN",
            "X-Robots-Tag": "noindex",
            "Cache-Control": "no-store",
        },
    )


async def ask(request: Request) -> Response:
    """Write the letter; the answer is the same for every address."""
    if not from_our_page(request):
        return page(request, "not_found", status=403)
    given = await request.form(max_files=0, max_fields=60)
    values = {name: given.getlist(name) for name in given}
    texts = {name: [str(value) for value in some] for name, some in values.items()}
    return await run_in_threadpool(_ask, request, texts)


def _ask(request: Request, given: Mapping[str, list[str]]) -> Response:
    fields = {
        field: ";".join(given.get(field, ())) for field in ("role_types", "locations", "remote_only", "seniority")
    }
    fields |= {field: "".join(given.get(field, ())) for field in ("min_salary", "include", "cadence", "email")}
    if "".join(given.get(HONEYPOT, ())):
        return page(request, "joined", step="asked", day=_day(request))  # a robot filled in what nobody sees
    try:
        wanted = NewSubscriber(email=check_address(fields["email"]), preferences=_preferences(request, fields))
    except FieldError as error:
        return _form(request, fields, problem=str(error), field=error.field, status=422)
    consent = joining.Consent(WORDING, network_hash(request))
    try:
        letter = joining.ask(app_of(request), wanted, consent, datetime.now(UTC))
    except DeliveryError as error:
        log.error("nobody can join: %s", error)
        return _form(request, fields, problem="Mail cannot leave at the moment. Please try again later.", status=503)
    if letter is None:
        return page(request, "joined", step="too_often", status=429, day=_day(request))
    answer = page(request, "joined", step="asked", day=_day(request))
    afterwards(request, letter)
    return answer


def ask_to_confirm(request: Request) -> Response:
    """A page with one button: programs that follow links must not confirm anything."""
    good = joining.known_link(app_of(request), request.path_params["token"], datetime.now(UTC))
    return page(request, "joined", step="confirm" if good else "old", status=200 if good else 404, day=_day(request))


def confirm(request: Request) -> Response:
    """A reader from now on, with the newest edition on its way."""
    now = datetime.now(UTC)
    reader = joining.confirm(app_of(request), request.path_params["token"], now)
    if reader is None:
        return page(request, "joined", step="old", status=404, day=_day(request))
    sent = latest_of(request).admit(reader, now)
    if sent:
        threading.Thread(target=_send_copies, args=(request, now), name="copy", daemon=True).start()
    return page(request, "joined", step="welcome" if sent else "confirmed", day=_day(request))


def _send_copies(request: Request, now: datetime) -> None:
    """Send the copy; one that cannot leave now is sent by `digest run` or the next `digest send`."""
    try:
        latest_of(request).send_copies(now)
    except DigestError as error:
        log.error("a copy of the newest edition did not leave: %s", type(error).__name__)


def _fields(query: QueryParams) -> dict[str, str]:
    return {field: ";".join(query.getlist(name)) for name, field in NAMES.items()}


def _preferences(request: Request, fields: Mapping[str, str]) -> Preferences:
    return read_preferences(fields, app_of(request).role_ids)


def _form(
    request: Request, fields: dict[str, str], *, problem: str | None = None, field: str = "", status: int = 200
) -> Response:
    """The form with what was said, and the mail for it where it makes sense."""
    try:
        wanted = _preferences(request, fields)
    except FieldError as error:
        wanted, problem, status = Preferences(), problem or f"{error.field.replace('_', ' ')}: {error}", 422
    now = datetime.now(UTC)
    choice = latest_of(request).choice(wanted, None, now)
    query = [(name, value) for name, key in NAMES.items() for value in fields.get(key, "").split(";") if value]
    context: dict[str, Any] = {
        "fields": fields,
        "roles": app_of(request).roles.groups,
        "counts": latest_of(request).issue(now).by_role,
        "choice": choice,
        "mail": f"/join/mail?{urlencode(query)}",
        "problem": problem,
        "field": field,
        "wording": WORDING,
        "day": _day(request),
    }
    answer = page(request, "join", status=status, **context)
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


def _day(request: Request) -> str:
    return letters.weekday(app_of(request), board_of(request).words, datetime.now(UTC))


ROUTES = [
    Route("/join", form, methods=["GET"]),
    Route("/join", ask, methods=["POST"]),
    Route("/join/mail", mail, methods=["GET"]),
    Route("/confirm/{token}", ask_to_confirm, methods=["GET"]),
    Route("/confirm/{token}", confirm, methods=["POST"]),
]
