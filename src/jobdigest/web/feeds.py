"""Feeds: the editions as Atom (RFC 4287); open jobs under any filter of /jobs as Atom and as JSON Feed 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobdigest.app import archive
from jobdigest.app.board import Listing
from jobdigest.app.lines import Line
from jobdigest.web.browsing import asked
from jobdigest.web.page import SHARED, app_of, board_of

if TYPE_CHECKING:
    from jobdigest.config import Newsletter

ATOM = "http://www.w3.org/2005/Atom"
EDITIONS, JOBS = 10, 50
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def editions(request: Request) -> Response:
    """The last editions, each as everybody may read it."""
    app = app_of(request)
    letter = app.config.newsletter
    entries = archive.feed_entries(app, EDITIONS)
    feed = _feed(letter, letter.name, "/feed.xml", "/editions", (entry.edition.slot for entry in entries))
    for entry in entries:
        url = f"{letter.base_url}/editions/{entry.edition.key}"
        _add(_entry(feed, entry.title, url, entry.edition.slot), "content", entry.html, type="html")
    return _atom(feed)


def jobs_atom(request: Request) -> Response:
    """Open jobs, newest first."""
    letter = app_of(request).config.newsletter
    found, query = _asked(request)
    title = f"{letter.name}: open jobs"
    feed = _feed(letter, title, f"/jobs.xml{query}", f"/jobs{query}", (line.first_seen for line in found.lines))
    for line in found.lines:
        entry = _entry(feed, _title(line), f"{letter.base_url}/jobs/{line.id}", line.first_seen)
        _add(entry, "published", _day(line))
        _add(entry, "content", _text(line), type="text")
    return _atom(feed)


def jobs_json(request: Request) -> Response:
    """Open jobs, newest first."""
    letter = app_of(request).config.newsletter
    found, query = _asked(request)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{letter.name}: open jobs",
        "home_page_url": f"{letter.base_url}/jobs{query}",
        "feed_url": f"{letter.base_url}/jobs.json{query}",
        "language": "en",
        "items": [_item(line, letter.base_url) for line in found.lines],
    }
    return JSONResponse(feed, media_type="application/feed+json", headers={"Cache-Control": SHARED})


def _asked(request: Request) -> tuple[Listing, str]:
    wanted = asked(request)
    return board_of(request).listing(wanted, most=JOBS), wanted.query()


def _feed(letter: Newsletter, title: str, own: str, page: str, changed: Iterable[datetime]) -> ElementTree.Element:
    feed = ElementTree.Element("feed", xmlns=ATOM)
    _add(feed, "title", title)
    _add(feed, "id", letter.base_url + own)
    _add(feed, "updated", max(changed, default=LONG_AGO).astimezone(UTC).isoformat())
    _add(_add(feed, "author"), "name", letter.name)
    _add(feed, "link", href=letter.base_url + own, rel="self")
    _add(feed, "link", href=letter.base_url + page)
    return feed


def _entry(feed: ElementTree.Element, title: str, url: str, updated: datetime) -> ElementTree.Element:
    element = _add(feed, "entry")
    _add(element, "title", title)
    _add(element, "id", url)
    _add(element, "link", href=url)
    _add(element, "updated", updated.astimezone(UTC).isoformat())
    return element


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """An element; characters that XML cannot hold are left out."""
    element = ElementTree.SubElement(parent, name, {key: _NOT_XML.sub("", value) for key, value in attributes.items()})
    element.text = _NOT_XML.sub("", text) if text else None
    return element


def _atom(feed: ElementTree.Element) -> Response:
    text = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(text, media_type="application/atom+xml", headers={"Cache-Control": SHARED})


def _title(line: Line) -> str:
    return f"{line.title}, {line.company}" if line.company else line.title


def _text(line: Line) -> str:
    return " · ".join(part for part in (line.company, line.where, *line.facts) if part)


def _day(line: Line) -> str:
    return datetime.combine(line.day, time(), UTC).isoformat()


def _item(line: Line, base_url: str) -> dict[str, Any]:
    item = {
        "id": f"{base_url}/jobs/{line.id}",
        "url": f"{base_url}/jobs/{line.id}",
        "external_url": line.url,
        "title": _title(line),
        "content_text": _text(line),
        "date_published": _day(line),
        "tags": [line.role_type] if line.role_type else [],
    }
    return {name: value for name, value in item.items() if value}


ROUTES = [Route("/feed.xml", editions), Route("/jobs.xml", jobs_atom), Route("/jobs.json", jobs_json)]
