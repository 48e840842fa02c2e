"""Calls of mail services: 204 once taken, 403 where they are not proven genuine, 503 where they should come again."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import webhooks
from jobdigest.errors import FetchError
from jobdigest.web.page import app_of


async def ses(request: Request) -> Response:
    """Amazon SES by way of SNS."""
    try:
        taken = await run_in_threadpool(webhooks.take_ses, app_of(request), await request.body(), datetime.now(UTC))
    except FetchError:
        return Response(status_code=503)
    return Response(status_code=204 if taken else 403)


async def postmark(request: Request) -> Response:
    """Postmark, which signs nothing and is known by a password."""
    said, body = request.headers.get("authorization", ""), await request.body()
    taken = await run_in_threadpool(webhooks.take_postmark, app_of(request), said, body, datetime.now(UTC))
    return Response(status_code=204 if taken else 403)


ROUTES = [Route("/webhooks/ses", ses, methods=["POST"]), Route("/webhooks/postmark", postmark, methods=["POST"])]
