"""Who is behind the pages and what machines may read: privacy, imprint, robots.txt, the site map."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jobdigest.app.archive import past_editions
from jobdigest.errors import ConfigError
from jobdigest.store import search
from jobdigest.web.page import SHARED, app_of, board_of, not_found, page

if TYPE_CHECKING:
    from jobdigest.config import Config

A_MAP = 50_000  # addresses in one file, by the protocol of sitemaps.org
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
FOR_ONE_READER = ("/unsubscribe/", "/undo/", "/preferences/", "/address/", "/data/", "/confirm/")
NOT_FOR_ROBOTS = (*FOR_ONE_READER, "/join", "/jobs/*/report", "/editions/*/report")


def notices(config: Config) -> dict[str, list[str] | None]:
    """The paragraphs of `newsletter.privacy` and `.imprint`; raises ConfigError for a file that cannot be read."""
    letter = config.newsletter
    return {
        name: _paragraphs(config, name, text)
        for name, text in (("privacy", letter.privacy), ("imprint", letter.imprint))
    }


def _paragraphs(config: Config, name: str, text: str | None) -> list[str] | None:
    if text is None:
        return None
    if "\n" not in text and text.endswith((".txt", ".md")):
        try:
            text = config.path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"newsletter.{name}: {config.path(text)}: cannot be read: {error}"]) from None
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def privacy(request: Request) -> Response:
    """What is kept of a reader: the operator's words, or what the program really does."""
    config = app_of(request).config
    own = request.app.state.notices["privacy"]
    return page(request, "privacy", shared=True, own=own, retention=config.retention, backups=config.backups)


def imprint(request: Request) -> Response:
    """Who answers for the pages."""
    own = request.app.state.notices["imprint"]
    return page(request, "imprint", shared=True, own=own) if own else not_found(request)


def robots(request: Request) -> Response:
    """Everything may be read but what acts for one reader."""
    base = app_of(request).config.newsletter.base_url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), f"Sitemap: {base}/sitemap.xml"]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": SHARED})


def site_map(request: Request) -> Response:
    """All pages that stay, or an index of as many maps as they need."""
    base = app_of(request).config.newsletter.base_url
    number = len(board_of(request).matching.find(()).listed.ranks)
    if number > A_MAP:
        names = (f"<sitemap><loc>{base}/sitemap-{n}.xml</loc></sitemap>" for n in range(-(-number // A_MAP) + 1))
        return _xml("sitemapindex", names)
    return _xml("urlset", [*_standing_pages(request, base), *_job_pages(request, base, 0)])


def site_map_part(request: Request) -> Response:
    """Part 0 holds the pages that are no jobs, each other one 50,000 jobs, the oldest first."""
    text = request.path_params["part"]
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return not_found(request)
    part = int(text)
    base = app_of(request).config.newsletter.base_url
    found = list(_job_pages(request, base, (part - 1) * A_MAP) if part else _standing_pages(request, base))
    return _xml("urlset", found) if found else not_found(request)


def _standing_pages(request: Request, base: str) -> Iterable[str]:
    yield from (_address(f"{base}{path}") for path in ("/", "/jobs", "/editions", "/privacy"))
    yield from (_address(f"{base}/editions/{edition.key}") for edition in past_editions(app_of(request)))


def _job_pages(request: Request, base: str, skip: int) -> Iterable[str]:
    ranks = board_of(request).matching.find(()).listed.ranks[skip : skip + A_MAP]  # no part costs more than another
    return (_address(f"{base}/jobs/{search.id_of(rank)}", search.day_of(rank)) for rank in ranks)


def _address(url: str, day: date | None = None) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(url)}</loc>{changed}</url>"


def _xml(kind: str, parts: Iterable[str]) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{XMLNS}">\n' + "\n".join(parts) + f"\n</{kind}>\n"
    return Response(text, media_type="application/xml", headers={"Cache-Control": SHARED})


ROUTES = [
    Route("/privacy", privacy, methods=["GET"]),
    Route("/imprint", imprint, methods=["GET"]),
    Route("/robots.txt", robots, methods=["GET"]),
    Route("/sitemap.xml", site_map, methods=["GET"]),
    Route("/sitemap-{part}.xml", site_map_part, methods=["GET"]),
]
