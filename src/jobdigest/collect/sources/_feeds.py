"""RSS, Atom, RDF and JSON Feed → entries with one set of names; what the feed kinds share. Does no I/O."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jobdigest.collect.sources._parts import dig, line, many, moment, plain, text, web
from jobdigest.collect.sources.base import Response
from jobdigest.errors import ParseError

Entry = Mapping[str, Any]
_LONGEST_TITLE = 300
_AT = re.compile(r"^(?P<role>.+\S)\s+(?:at|@)\s+(?P<company>[^\s:|].{1,60})$")


def entries(response: Response) -> list[Entry]:
    """The entries of a feed; raises ParseError where the body is none."""
    if response.body.lstrip().startswith(b"{"):
        return _json_feed(response.json())
    import feedparser  # as long to load as all the rest, and most sources are no feeds

    headers = {"content-type": response.headers.get("content-type", ""), "content-location": response.url}
    # A stream, never the bytes themselves: feedparser would take those for a file name or an address to open.
    try:
        parsed = feedparser.parse(
            io.BytesIO(response.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser lets through whatever its parsers and codecs trip over
        raise ParseError(f"not a feed that can be read: {line(str(error)) or type(error).__name__}") from error
    form, found = parsed.get("version"), parsed.get("entries", [])
    if not found and not form:
        reason = line(str(parsed.get("bozo_exception", ""))) or "no feed element"
        raise ParseError(f"not a feed: {reason[:160]}")
    return [{**entry, "category": entry.get("category"), "_format": form} for entry in found]


def _json_feed(payload: Any) -> list[Entry]:
    items = dig(payload, "items")
    if not isinstance(items, list):
        raise ParseError("a JSON object without `items`, so not a JSON Feed")
    return [
        {
            "id": dig(item, "id"),
            "link": dig(item, "url") or dig(item, "external_url"),
            "title": dig(item, "title"),
            "summary": dig(item, "content_html") or dig(item, "content_text") or dig(item, "summary"),
            "author": next((dig(a, "name") for a in many(item, "authors")), None),
            "published": dig(item, "date_published"),
            "_jobposting": dig(item, "_jobposting"),
        }
        if isinstance(item, dict)
        else {}
        for item in items
    ]


def entry_id(entry: Entry) -> str | None:
    """What names an entry: its id or guid, else its link, else its title."""
    return line(entry.get("id")) or line(entry.get("link")) or line(entry.get("title"))


def published(entry: Entry) -> str | datetime | None:
    """When it was posted: never Atom's `updated`, but RSS's `dc:date`, which feedparser calls `updated` too."""
    name = "published"
    if not entry.get(name) and str(entry.get("_format", "")).startswith("rss"):
        name = "updated"
    parsed = entry.get(f"{name}_parsed")
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else moment(entry.get(name))
    except (ValueError, OverflowError, OSError, TypeError):
        return text(entry.get(name))


def body(entry: Entry) -> str | None:
    """The longer of full content and summary: `content:encoded` is often whole where `description` is a teaser."""
    full = [dig(part, "value") for part in many(entry.get("content"))]
    return max((found for value in (*full, entry.get("summary")) if (found := text(value))), key=len, default=None)


def link(entry: Entry) -> str | None:
    """The entry's page, if it is a web address."""
    return web(entry.get("link")) or web(entry.get("id"))


def role_and_company(title: Any) -> tuple[str | None, str | None]:
    """`Engineer at Acme` as (`Engineer`, `Acme`); other titles have no employer in them."""
    found = plain(title)
    match = _AT.match(found) if found and len(found) <= _LONGEST_TITLE else None
    return (match["role"], match["company"]) if match else (found, None)


def company_and_role(title: Any) -> tuple[str | None, str | None]:
    """`Acme: Engineer` as (`Engineer`, `Acme`), split at the first colon; else as `role_and_company`."""
    company, colon, role = (plain(title) or "").partition(":")
    return (role.strip(), company.strip()) if colon and role.strip() and company.strip() else role_and_company(title)


def first(entry: Entry, *names: str) -> str | None:
    """The first of the named elements that says something; feedparser writes `job_listing:type` with a `_`."""
    return next((found for name in names if (found := plain(entry.get(name)))), None)
