"""Pure judgements on the wire's own words: addresses, header fields, validators, statuses."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from jobdigest.collect.body import challenge
from jobdigest.collect.connect import TransientError, is_public
from jobdigest.collect.manners import in_words, retry_after
from jobdigest.collect.sources.base import Response
from jobdigest.errors import BlockedError, FetchError
from jobdigest.polling import Validator

OURS = "body:"
"""Starts a validator that is our own hash of the body, for servers that give none."""
TRANSIENT = (408, 425, 429)


def is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost"


@lru_cache(256)
def web_address(url: str, before: str = "") -> SplitResult:
    """`url` in parts; raises FetchError where it is no http(s) address."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises on a port that is none)
    except ValueError as error:
        raise FetchError(f"{before}{url[:80]!r}, which is no web address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{before}{url[:80]!r}, which is no web address")
    return parts


@lru_cache(256)
def located(url: str, base_url: str | None) -> str:
    """Where a request for `url` really goes: `base_url` replaces scheme and host."""
    if base_url is None:
        return url
    return f"{base_url.rstrip('/')}{web_address(url)._replace(scheme='', netloc='').geturl() or '/'}"


def wire_url(parts: SplitResult) -> str:
    """`parts` as ASCII: international host names in punycode, other characters percent-encoded."""
    url = parts._replace(fragment="").geturl()
    if not url.isascii() or " " in url:
        from w3lib.url import safe_url_string

        url = safe_url_string(url)
    return url


def port_of(parts: SplitResult) -> int:
    return parts.port or (80 if parts.scheme == "http" else 443)


def fields(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields by lower-case name; repeated ones joined by a comma (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def conditions(known: Validator | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {}
    if known.etag and not known.etag.startswith(OURS):
        conditions["If-None-Match"] = known.etag
    if known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def validator(response: Response) -> Validator:
    etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
    return Validator(etag or OURS + blake2b(response.body, digest_size=16).hexdigest(), modified)


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> FetchError:
    """A status that is no success as an error; which kind decides whether another attempt makes sense."""
    who = challenge(headers, body)
    if who:
        return BlockedError(f"{status} with a {who}", status=status)
    try:
        reason = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        reason = f"status {status}"
    if status in (401, 403):
        return BlockedError(reason, status=status)
    if status in TRANSIENT or status >= 500:
        wait = retry_after(headers.get("retry-after"), time.time())
        return TransientError(
            reason if wait is None else f"{reason} (retry after {in_words(wait)})", status=status, retry_after=wait
        )
    return FetchError(reason, status=status)
