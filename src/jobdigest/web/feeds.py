"""Feeds: the editions as Atom (RFC 4287), open jobs as JSON Feed 1.1, of any filter of /jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobdigest.app import archive
from jobdigest.app.browsing import JobPage
from jobdigest.web.browsing import found_jobs

if TYPE_CHECKING:
    from jobdigest.app import App

ATOM = "http://www.w3.org/2005/Atom"
EDITIONS = 10


def atom(request: Request) -> Response:
    """The last editions, each as everybody may read it."""
    app: App = request.app.state.app
    letter = app.config.newsletter
    feed = ElementTree.Element("feed", xmlns=ATOM)
    entries = archive.feed_entries(app, EDITIONS)
    changed = max((entry.edition.slot for entry in entries), default=datetime(2000, 1, 1, tzinfo=UTC))
    _add(feed, "title", letter.name)
    _add(feed, "id", f"{letter.base_url}/feed.xml")
    _add(feed, "updated", changed.astimezone(UTC).isoformat())
    _add(_add(feed, "author"), "name", letter.name)
    _add(feed, "link", href=f"{letter.base_url}/feed.xml", rel="self")
    _add(feed, "link", href=f"{letter.base_url}/editions")
    for entry in entries:
        _entry(feed, entry, f"{letter.base_url}/editions/{entry.edition.key}")
    text = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(text, media_type="application/atom+xml", headers={"Cache-Control": "max-age=600"})


def _entry(feed: ElementTree.Element, entry: archive.FeedEntry, url: str) -> None:
    element = _add(feed, "entry")
    _add(element, "title", entry.title)
    _add(element, "id", url)
    _add(element, "link", href=url)
    _add(element, "updated", entry.edition.slot.astimezone(UTC).isoformat())
    _add(element, "content", entry.html, type="html")


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element


def json_feed(request: Request) -> Response:
    """Open jobs, newest first."""
    app: App = request.app.state.app
    letter = app.config.newsletter
    query = f"?{request.url.query}" if request.url.query else ""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{letter.name}: open jobs",
        "home_page_url": f"{letter.base_url}/jobs{query}",
        "feed_url": f"{letter.base_url}/jobs.json{query}",
        "language": letter.language,
        "items": [_item(found, letter.base_url) for found in found_jobs(request)],
    }
    return JSONResponse(feed, media_type="application/feed+json", headers={"Cache-Control": "max-age=600"})


def _item(found: JobPage, base_url: str) -> dict[str, Any]:
    job = found.job
    where = ", ".join(found.places) or job.workplace or ""
    item = {
        "id": f"{base_url}/jobs/{job.id}",
        "url": f"{base_url}/jobs/{job.id}",
        "external_url": job.url,
        "title": f"{job.title}, {job.company}",
        "content_text": " · ".join(part for part in (job.company, where) if part),
        "date_published": job.first_seen.astimezone(UTC).isoformat(),
        "tags": [job.role_type] if job.role_type else [],
    }
    return {name: value for name, value in item.items() if value}


ROUTES = [Route("/feed.xml", atom), Route("/jobs.json", json_feed)]
