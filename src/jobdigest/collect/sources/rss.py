"""Feeds of postings: any RSS, Atom, RDF or JSON Feed, and We Work Remotely's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jobdigest.collect.sources import _feeds as feeds
from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import finished, read_off_loop, read_rows
from jobdigest.collect.sources.base import Batch, Context, Manners, Option
from jobdigest.config import SourceConfig
from jobdigest.model import RawPosting

_WWR = "https://weworkremotely.com"
_WWR_CAP = 100
_BIG = 50_000  # bytes that take some 20 ms to read


def _rss_urls(source: SourceConfig) -> Iterator[str]:
    yield source.value or ""


def _rss_values(entry: feeds.Entry, source: SourceConfig) -> dict[str, Any]:
    """A generic entry; the employer stands in WordPress's job tags, in the title (`Role at Employer`), or as author."""
    title, company = (parts.plain(entry.get("title")), None)
    if not source.company:
        title, company = feeds.role_and_company(title)
    return {
        "title": title,
        "company": feeds.first(entry, "job_listing_company", "company") or company or _author(entry),
        "locations": parts.words(feeds.first(entry, "job_listing_location", "location", "region")),
        "employment_type": feeds.first(entry, "job_listing_job_type", "job_type", "type"),
        "salary": feeds.first(entry, "job_listing_salary", "salary"),
    }


def _author(entry: feeds.Entry) -> str | None:
    found = parts.line(entry.get("author"))
    return found if found and "@" not in found else None


def _wwr_urls(source: SourceConfig) -> Iterator[str]:
    yield f"{_WWR}/remote-jobs.rss"
    for category in parts.words(source.options.get("categories"), ","):
        yield f"{_WWR}/categories/{category}.rss"


def _wwr_values(entry: feeds.Entry, source: SourceConfig) -> dict[str, Any]:
    title, company = feeds.company_and_role(entry.get("title"))
    region = feeds.first(entry, "country") or feeds.first(entry, "region")
    return {
        "title": title,
        "company": company,
        "locations": (f"Remote ({region})" if region else "Remote",),
        "workplace": "remote",
        "employment_type": feeds.first(entry, "type"),
        "team": feeds.first(entry, "category"),
        "valid_through": parts.moment(entry.get("expires_at")),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKind:
    """A `Kind` over one or more feeds; `cap` entries in the first one mean that older ones were left out of it."""

    name: str
    urls: Callable[[SourceConfig], Iterator[str]]
    values: Callable[[feeds.Entry, SourceConfig], dict[str, Any]]
    needs_value: bool = True
    direct: bool = False
    evidence: str = "recorded"
    cap: int | None = None
    attribution: str | None = None
    manners: Manners = field(default_factory=Manners)
    options: Mapping[str, Option] = field(default_factory=dict)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`; each entry comes once, also where several feeds have it."""
        seen: set[str] = set()
        urls = list(self.urls(context.source))
        for url in urls:
            response = await context.http.get(url, conditional=len(urls) == 1)
            if response.not_modified:
                return
            found = await read_off_loop(response, feeds.entries, _BIG)
            postings, problems = read_rows(
                found, lambda entry: self.posting(entry, context.source), name=feeds.entry_id
            )
            fresh = [posting for posting in parts.united(postings) if posting.source_id not in seen]
            seen.update(posting.source_id for posting in fresh)
            full = self.cap and len(urls) == 1 and len(found) >= self.cap
            yield Batch(
                postings=fresh,
                problems=problems,
                truncated=f"the feed holds only the newest {self.cap}; name `categories` for more" if full else None,
            )

    def posting(self, entry: feeds.Entry, source: SourceConfig) -> RawPosting:
        """One entry; raises ValueError where it has no title."""
        common = {
            "source_id": feeds.entry_id(entry),
            "url": feeds.link(entry),
            "date_posted": feeds.published(entry),
            "description": feeds.body(entry),
        }
        return finished(self, {**common, **self.values(entry, source)}, source)

    def recognise(self, url: str) -> str | None:
        """Feeds have no common look; `digest sources add` finds them by their content."""
        return None


KINDS = (
    FeedKind(name="rss", urls=_rss_urls, values=_rss_values),
    FeedKind(
        name="weworkremotely",
        urls=_wwr_urls,
        values=_wwr_values,
        needs_value=False,
        cap=_WWR_CAP,
        attribution="We Work Remotely",
        manners=Manners(concurrency=1, per_second=0.5, every=timedelta(hours=1)),
        options={"categories": Option(help="more feeds by the last part of their address, comma-separated")},
    ),
)
