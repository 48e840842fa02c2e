"""What mail services report by calling us: believed once it is proven genuine, then taken like a bounce by mail."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from jobdigest.app.collecting import PAGES, client_of
from jobdigest.app.mailing import take_report
from jobdigest.deliver import webhooks_postmark, webhooks_ses

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.deliver.bounces import Report


def take_ses(app: App, body: bytes, now: datetime) -> bool:
    """A call of Amazon SNS; False where it isn't our topic's or Amazon did not sign it.

    Confirms the subscription where it asks for that. Raises FetchError where Amazon cannot be reached for it.
    """
    service = app.config.delivery.webhooks.ses
    if service is None:
        return False
    message = webhooks_ses.verified(body, lambda url: _certificate(app, url), service.topic)
    if message is None:
        return False
    if url := webhooks_ses.confirmation(message):
        _get(app, url)
    _take(app, webhooks_ses.reports(message), now)
    return True


def take_postmark(app: App, authorization: str, body: bytes, now: datetime) -> bool:
    """A call of Postmark with the credentials of its address; False where they are not ours."""
    secret = app.config.delivery.webhooks.postmark
    if secret is None or not compare_digest(_credentials(authorization), secret.get_secret_value().encode()):
        return False
    _take(app, webhooks_postmark.reports(body), now)
    return True


def _take(app: App, reports: Iterable[Report], now: datetime) -> None:
    for report in reports:
        take_report(app, report, now)


def _credentials(authorization: str) -> bytes:
    """`user:password` of HTTP basic authentication (RFC 7617); nothing where it is none."""
    scheme, _, coded = authorization.partition(" ")
    try:
        return b64decode(coded, validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""


@lru_cache(maxsize=8)  # Amazon signs with one certificate for months
def _certificate(app: App, url: str) -> bytes:
    return _get(app, url)


def _get(app: App, url: str) -> bytes:
    """GET an address at Amazon that has been checked to be one."""
    service = app.config.delivery.webhooks.ses
    base = service.base_url if service else None

    async def ask() -> bytes:
        async with client_of(app) as client:
            response = await client.session(PAGES, kind="webhooks", base_url=base).get(url)
            return response.body

    return asyncio.run(ask())
