"""From any careers or posting URL to a source: `recognise` by the address alone, `find` by looking into the page.

address ──recognise──┐
redirect target ─────┤
addresses in page ───┼──► candidates, the likeliest first ──► try each ──► Found, with sample postings
what the page is ────┘
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

from jobdigest.collect.sources.base import Context, Http, Kind, Response
from jobdigest.config import SourceConfig
from jobdigest.errors import SourceError
from jobdigest.model import RawPosting

SAMPLE = 5
_TRIED = 8
_BY_SITE = {
    "remoteok.com": "remoteok",
    "himalayas.app": "himalayas",
    "weworkremotely.com": "weworkremotely",
    "remotive.com": "remotive",
    "arbeitnow.com": "arbeitnow",
    "jobicy.com": "jobicy",
    "workingnomads.com": "workingnomads",
    "news.ycombinator.com": "hackernews",
}
_BY_ASSET = {"teamtailor-cdn.com": "teamtailor", "recruiteecdn.com": "recruitee", "cdn.breezy.hr": "breezy"}
"""Files that a board on the employer's own domain loads; the board's value is then that domain."""
_IN_SCRIPT = (
    ("greenhouse", re.compile(r"board_?token[\"']?\s*[:=]\s*[\"']([\w-]+)", re.IGNORECASE)),
    ("smartrecruiters", re.compile(r"company_code[\"']?\s*[:=]\s*[\"'](\w+)", re.IGNORECASE)),
)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'<>()\\]+")
_FEED_LINK = re.compile(r"<link\b[^>]*application/(?:rss|atom|feed)\+(?:xml|json)[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_LOOKED_AT = 4_000_000


class Candidate(NamedTuple):
    """A source that a URL may stand for, not tried yet."""

    kind: str
    value: str | None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A source that answered: what to write into config.yaml, and some of its postings."""

    kind: str
    value: str | None
    options: Mapping[str, str]
    postings: tuple[RawPosting, ...]


@dataclass(slots=True)
class _NoMemory:
    """Detail memory of a trial."""

    known: dict[str, Any] = field(default_factory=dict)

    def get(self, source_id: str, stamp: str) -> Any | None:
        return self.known.get(source_id)

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        self.known[source_id] = detail


def recognise(url: str, kinds: Mapping[str, Kind]) -> Candidate | None:
    """The source that `url` belongs to by its address alone."""
    for kind in kinds.values():
        value = kind.recognise(url)
        if value is not None:
            return _as_configured(kind.name, value)
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    by_site = _BY_SITE.get(host)
    return Candidate(by_site, None) if by_site and by_site in kinds else None


def _as_configured(kind: str, value: str) -> Candidate:
    """Lever's European boards are told by an option, not by the value."""
    server, _, site = value.partition("/")
    if kind == "lever" and server == "eu" and site:
        return Candidate(kind, site, (("region", "eu"),))
    return Candidate(kind, value)


def candidates_in(page: Response, asked: str, kinds: Mapping[str, Kind]) -> list[Candidate]:
    """What the page at `asked` (which may have redirected to `page.url`) could stand for, the likeliest first."""
    moved = recognise(page.url, kinds) if page.url != asked else None
    text = html.unescape(page.text()[:_LOOKED_AT]).replace("\\/", "/").replace("\\u002F", "/")
    found = [
        *([moved] if moved else []),
        *_mentioned(text, kinds),
        *_scripted(text, asked, kinds),
        *_by_content(text, page, kinds),
    ]
    return list(dict.fromkeys(found))


def _mentioned(text: str, kinds: Mapping[str, Kind]) -> list[Candidate]:
    """Boards that the page embeds or links to, the most frequent first."""
    votes: Counter[Candidate] = Counter()
    for address in set(_ADDRESS.findall(text)):
        candidate = recognise(f"https:{address}" if address.startswith("//") else address, kinds)
        if candidate and candidate.value is not None:
            votes[candidate] += 5 if "embed" in address else 1
    return [candidate for candidate, _ in votes.most_common()]


def _scripted(text: str, asked: str, kinds: Mapping[str, Kind]) -> Iterator[Candidate]:
    """Boards that a script on the page names, and boards that live on the employer's own domain."""
    host = urlsplit(asked).hostname or ""
    for kind, pattern in _IN_SCRIPT:
        named = pattern.search(text)
        if named and kind in kinds:
            yield Candidate(kind, named[1])
    for asset, kind in _BY_ASSET.items():
        if asset in text and kind in kinds:
            yield Candidate(kind, host)
    if "gh_jid" in parse_qs(urlsplit(asked).query):  # Greenhouse behind an own page: the token is often the name
        labels = host.removeprefix("www.").split(".")
        for label in reversed(labels[:-1]):
            yield Candidate("greenhouse", label)


def _by_content(text: str, page: Response, kinds: Mapping[str, Kind]) -> Iterator[Candidate]:
    """What the answer itself is: a feed, a sitemap, an XML of jobs, a page with JSON-LD, a page that links a feed."""
    start = text[:2000].lower()
    if re.search(r"<(rss|feed|rdf:rdf)\b", start) or "jsonfeed.org/version" in start:
        yield Candidate("rss", page.url)
    elif re.search(r"<(urlset|sitemapindex)\b", start):
        yield Candidate("sitemap", page.url)
    elif re.search(r"<(source|jobs)\b", start) and "<html" not in start:
        kind = "linkedin_xml" if "partnerjobid" in text[:100_000].lower() else "indeed_xml"
        yield Candidate(kind, page.url)
    if "JobPosting" in text and "ld+json" in text:
        yield Candidate("jsonld", page.url)
    for link in _FEED_LINK.findall(text):
        href = _HREF.search(link)
        if href:
            yield Candidate("rss", urljoin(page.url, href[1]))


async def find(
    url: str, *, kinds: Mapping[str, Kind], pages: Http, http: Callable[[SourceConfig, Kind], Http], now: datetime
) -> Found:
    """The first source behind `url` that answers with postings, or at least answers.

    `pages` fetches the page itself, `http` makes the client for a trial. Raises SourceError saying what was tried.
    """
    if "//" not in url:
        url = f"https://{url}"
    tried: list[str] = []
    empty: Found | None = None
    async for candidate in _candidates(url, kinds, pages, tried):
        try:
            found = await _try(candidate, kinds, http, now)
        except SourceError as error:
            tried.append(f"{candidate.kind}: {candidate.value or ''}: {error.reason}")
            continue
        if found.postings:
            return found
        empty = empty or found
        tried.append(f"{candidate.kind}: {candidate.value or ''}: answers, but lists nothing")
    if empty is not None and empty.kind == getattr(recognise(url, kinds), "kind", None):
        return empty
    raise SourceError(f"no job board found behind {url}" + "".join(f"; {line}" for line in tried[:_TRIED]))


async def _candidates(url: str, kinds: Mapping[str, Kind], pages: Http, tried: list[str]) -> Any:
    """By the address first; the page is fetched only if that leads nowhere."""
    by_address = recognise(url, kinds)
    if by_address:
        yield by_address
    try:
        page = await pages.get(url, robots=True)
    except SourceError as error:
        tried.append(f"the page: {error.reason}")
        return
    for candidate in candidates_in(page, url, kinds)[:_TRIED]:
        if candidate != by_address:
            yield candidate


async def _try(
    candidate: Candidate, kinds: Mapping[str, Kind], http: Callable[[SourceConfig, Kind], Http], now: datetime
) -> Found:
    kind, options = kinds[candidate.kind], dict(candidate.options)
    name = f"{candidate.kind}:{candidate.value}" if candidate.value else candidate.kind
    source = SourceConfig(kind=candidate.kind, value=candidate.value, name=name, options=options)
    context = Context(source=source, http=http(source, kind), now=now, details=_NoMemory())
    postings: list[RawPosting] = []
    try:
        async with aclosing(kind.fetch(context)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                postings += batch.postings[:SAMPLE]
                if len(postings) >= SAMPLE:
                    break
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"unexpected {type(error).__name__}") from error
    return Found(kind=candidate.kind, value=candidate.value, options=options, postings=tuple(postings[:SAMPLE]))
