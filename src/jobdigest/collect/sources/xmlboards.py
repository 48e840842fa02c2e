"""Employers' own boards that speak XML: Personio and Teamtailor."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import advised, finished, goes_on, read_off_loop, read_rows
from jobdigest.collect.sources._countries import addresses
from jobdigest.collect.sources._xmlrows import Node, read
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, Response
from jobdigest.config import SourceConfig

_PAGE = 100
_MAX_PAGES = 50
_REMOTE = {"fully": "remote", "hybrid": "hybrid", "none": "onsite"}


def _personio(row: Node, host: str, source: SourceConfig) -> dict[str, Any]:
    offices = [row.get("office"), *(node.markup() for node in row.all("additionaloffices/office"))]
    described = row.all("jobdescriptions/jobdescription")
    language = source.options.get("language", "en")
    number = row.get("id", "@id")
    return {
        "source_id": number,
        "title": parts.plain(row.get("name")),
        "company": parts.plain(row.get("subcompany")),
        "url": parts.web(row.get("url")) or f"https://{host}/job/{number}?language={language}",
        "locations": parts.words(offices),
        "employment_type": parts.joined([row.get("schedule"), row.get("employmenttype")]),
        "team": parts.plain(row.get("department", "recruitingcategory")),
        "date_posted": parts.moment(row.get("createdat")),
        "description": parts.sections(*((part.get("name"), part.get("value")) for part in described)),
    }


def _teamtailor(row: Node, host: str, source: SourceConfig) -> dict[str, Any]:
    url = parts.web(row.get("link"))
    number = re.search(r"/jobs/(\d+)", url or "")
    spots = list(row.all("locations/location"))
    shown = addresses((spot.get("city"), None, spot.get("country")) for spot in spots)
    return {
        "source_id": number[1] if number else row.get("guid"),
        "title": parts.plain(row.get("title")),
        "url": url,
        "locations": shown or parts.words([spot.get("name") for spot in spots]),
        "workplace": _REMOTE.get(row.get("remotestatus") or ""),
        "team": parts.plain(row.get("department")),
        "date_posted": parts.moment(row.get("pubdate")),
        "description": row.get("description"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlBoard:
    """A `Kind` over one board; `path` may hold `{at}` to be paged, and `language` from the options."""

    name: str
    host: str
    path: str
    root: str
    row: str
    values: Callable[[Node, str, SourceConfig], dict[str, Any]]
    pages: tuple[str, ...]
    needs_value: bool = True
    direct: bool = True
    same_host: bool = False
    advice: Mapping[int, str] = field(default_factory=dict)
    ids: str = "tenant"
    evidence: str = "recorded"
    attribution: str | None = None
    manners: Manners = field(default_factory=lambda: Manners(concurrency=2, per_second=2.0))
    options: Mapping[str, Option] = field(default_factory=dict)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`."""
        seen: set[str] = set()
        at = 0
        token, paged = self.token(context.source), "{at}" in self.path
        host = token if "." in token else f"{token}.{self.host}"
        for number in range(_MAX_PAGES):
            path = self.path.format(at=at, language=context.source.options.get("language", "en"))
            with advised(self.advice):
                url = f"https://{host}{path}"
                response = await context.http.get(url, conditional=not paged, same_host=self.same_host)
            if response.not_modified:
                return
            rows = await read_off_loop(response, self.rows)
            at += len(rows)
            postings, problems = read_rows(
                rows,
                lambda row: finished(self, self.values(row, host, context.source), context.source),
                name=lambda row: self.values(row, host, context.source)["source_id"],
            )
            fresh = [posting for posting in parts.united(postings) if posting.source_id not in seen]
            seen.update(posting.source_id for posting in fresh)
            more = paged and bool(fresh) and goes_on(len(rows), _PAGE)
            cut = f"stopped after {_MAX_PAGES} pages (our own limit)" if more and number + 1 == _MAX_PAGES else None
            yield Batch(postings=fresh, problems=problems, truncated=cut)
            if not more:
                return

    def rows(self, response: Response) -> list[Node]:
        """The rows of one answer; raises ParseError where it is another document, such as a page for people."""
        return read(response.body, self.row, root=self.root)

    def token(self, source: SourceConfig) -> str:
        """The board's token or host, also where config.yaml gives its address."""
        return self.recognise(source.value or "") or source.value or ""

    def recognise(self, url: str) -> str | None:
        """See `Kind.recognise`."""
        return parts.match_url(self.pages, url)


KINDS = (
    XmlBoard(
        name="personio",
        same_host=True,
        advice={
            404: "the employer's XML feed is off; ask them for it, or try `sitemap:` with their own site",
            **dict.fromkeys((301, 302, 307), "no such account; some are on NAME.jobs.personio.com"),
        },
        host="jobs.personio.de",
        path="/xml?language={language}",
        root="workzag-jobs",
        row="position",
        values=_personio,
        pages=(r"([a-z0-9-]+)\.jobs\.personio\.de(?:/|$)", r"([a-z0-9-]+\.jobs\.personio\.com)(?:/|$)"),
        options={"language": Option(help="language of the texts; English unless set")},
    ),
    XmlBoard(
        name="teamtailor",
        host="teamtailor.com",
        path="/jobs.rss?offset={at}&per_page=100",
        root="rss",
        row="item",
        values=_teamtailor,
        evidence="synthetic",
        pages=(
            r"(?!www\.|app\.|api\.|docs\.|career\.)([a-z0-9-]+)\.teamtailor\.com(?:/|$)",
            r"([a-z0-9-]+\.(?:na|eu|us)\.teamtailor\.com)(?:/|$)",
        ),
    ),
)
