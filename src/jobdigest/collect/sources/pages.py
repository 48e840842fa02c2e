"""Careers pages with schema.org JobPosting: one page (`jsonld`), or every fitting page of a `sitemap`."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jobdigest.collect.sources import _jobposting as jobposting
from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import finished, read_off_loop, read_rows
from jobdigest.collect.sources._xmlrows import read
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, Response, RowProblem
from jobdigest.config import SourceConfig
from jobdigest.errors import BlockedError, FetchError, ParseError, SourceError
from jobdigest.model import RawPosting

_LIKELY = r"job|career|position|vacanc|opening|opportunit|stelle|emploi|karriere"
_LOCALE = re.compile(r"/[a-z]{2}(?:[-_][A-Za-z]{2})?(?=/)|[?&](?:lang|language|locale|hl)=[\w-]+")
_ENGLISH = re.compile(r"/en(?:[-_][A-Za-z]{2})?(?=/)|[?&](?:lang|language|locale|hl)=en")
_MAX_PAGES = 2000
_MAX_SITEMAPS = 50
_MAX_BYTES = 64 * 2**20
_BATCH = 20
_PATIENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """A `Kind` over pages; `walk` is how its pages are found."""

    name: str
    walk: Callable[[PageKind, Context], AsyncIterator[Batch]]
    needs_value: bool = True
    direct: bool = True
    ids: str = "url"
    token_is_name: bool = False
    evidence: str = "recorded"
    attribution: str | None = None
    manners: Manners = field(default_factory=lambda: Manners(concurrency=2, per_second=1.0, every=timedelta(hours=6)))
    options: Mapping[str, Option] = field(default_factory=dict)

    def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`."""
        return self.walk(self, context)

    def postings(self, found: list[Any], url: str, source: SourceConfig) -> tuple[list[RawPosting], list[RowProblem]]:
        """The JobPostings of one page, told apart by their numbers where they share its address."""
        several = len(found) > 1

        def read_one(one: Any) -> dict[str, Any]:
            values = jobposting.values(one, url)
            number = values["requisition_id"]
            values["ats_id"] = f"page:{self.token(source)}:{number}".lower() if number else None
            if several and values["source_id"] == url:
                values["source_id"] = f"{url}#{number or values['title']}"
            return values

        return read_rows(
            found, lambda one: finished(self, read_one(one), source), name=lambda one: read_one(one)["source_id"]
        )

    def token(self, source: SourceConfig) -> str:
        """The host, which makes the page's own numbers unique."""
        return re.sub(r"^https?://(?:www\.)?", "", source.value or "").partition("/")[0]

    def recognise(self, url: str) -> str | None:
        """Any page may hold JSON-LD; `digest sources add` looks into it."""
        return None


async def _one_page(kind: PageKind, context: Context) -> AsyncIterator[Batch]:
    url = context.source.value or ""
    response = await context.http.get(url, conditional=True, robots=True)
    if response.not_modified:
        return
    found = await read_off_loop(response, lambda page: jobposting.found_in(page.text()))
    if not found:
        raise ParseError("no schema.org JobPosting in the page")
    postings, problems = kind.postings(list(found), url, context.source)
    yield Batch(postings=parts.united(postings), problems=problems)


async def _sitemap(kind: PageKind, context: Context) -> AsyncIterator[Batch]:
    """Pages in batches; one that fails is named, and after ten failures in a row the site is left alone."""
    pages, note = await _addresses(context)
    seen: set[str] = set()
    postings_found = failed = 0
    for start in range(0, len(pages), _BATCH):
        fresh: list[RawPosting] = []
        problems: list[RowProblem] = []
        for url, stamp in pages[start : start + _BATCH]:
            try:
                found = await _page(context, url, stamp)
                failed = 0
            except BlockedError:
                raise
            except SourceError as error:
                failed += 1
                if failed >= _PATIENCE:
                    raise
                gone = isinstance(error, FetchError) and error.status in (404, 410)
                problems.append(RowProblem(row=url, reason=error.reason, gone=gone))
                continue
            read_here, bad = kind.postings(found, url, context.source)
            problems += bad
            fresh += [posting for posting in parts.united(read_here) if posting.source_id not in seen]
            seen.update(posting.source_id for posting in fresh)
        postings_found += len(fresh)
        last = start + _BATCH >= len(pages)
        yield Batch(postings=fresh, problems=problems, truncated=note if last else None)
    if not postings_found:
        raise ParseError(f"none of the {len(pages)} pages that fit holds a schema.org JobPosting; see `match:`")


async def _page(context: Context, url: str, stamp: str) -> list[Any]:
    """The JobPostings of a page, remembered as long as the sitemap gives the same `lastmod`, if it gives one."""
    known = context.details.get(url, stamp) if stamp else None
    if known is None:
        response = await context.http.get(url, robots=True)
        known = [dict(one) for one in await read_off_loop(response, lambda page: jobposting.found_in(page.text()))]
        if stamp:
            context.details.put(url, stamp, known)
    return list(known)


async def _addresses(context: Context) -> tuple[list[tuple[str, str]], str | None]:
    """(address, lastmod) of the pages to read, one language of each, and a note where some were left out."""
    wanted = re.compile(str(context.source.options.get("match") or _LIKELY), re.IGNORECASE)
    waiting, found, read_maps = [context.source.value or ""], dict[str, tuple[str, str]](), 0
    while waiting and read_maps < _MAX_SITEMAPS:
        response = await context.http.get(waiting.pop(0), robots=True)
        read_maps += 1
        maps, pages = await read_off_loop(response, _sitemap_entries)
        waiting += maps
        for url, stamp in pages:
            plain = _LOCALE.sub("", url)
            if wanted.search(url) and (plain not in found or _ENGLISH.search(url)):
                found[plain] = (url, stamp)
    cut = [f"{len(found) - _MAX_PAGES:,} pages over our limit of {_MAX_PAGES:,}"] if len(found) > _MAX_PAGES else []
    cut += [f"{len(waiting)} sitemaps over our limit of {_MAX_SITEMAPS}"] if waiting else []
    return list(found.values())[:_MAX_PAGES], f"left out {' and '.join(cut)}; narrow with `match:`" if cut else None


def _sitemap_entries(response: Response) -> tuple[list[str], list[tuple[str, str]]]:
    """The sitemaps that an index names, and the pages."""
    rows = read(_unzipped(response.body), "url", "sitemap")
    named = [(row.name, parts.web(row.get("loc")), row.get("lastmod") or "") for row in rows]
    maps = [url for name, url, _ in named if url and name == "sitemap"]
    return maps, [(url, stamp) for name, url, stamp in named if url and name == "url"]


def _unzipped(body: bytes) -> bytes:
    """A `.xml.gz` comes as a gzip file, which is not the transport's compression; it is capped like any body."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unzip = zlib.decompressobj(wbits=31)
    try:
        plain = unzip.decompress(body, _MAX_BYTES)
    except zlib.error as error:
        raise ParseError(f"a broken gzip file: {error}") from None
    if unzip.unconsumed_tail or not unzip.eof:
        raise ParseError("a gzip file that is cut off or larger than 64 MB")
    return plain


KINDS = (
    PageKind(name="jsonld", walk=_one_page),
    PageKind(
        name="sitemap",
        evidence="synthetic",
        walk=_sitemap,
        options={"match": Option(help="regular expression for the addresses to read; by default those like /jobs/")},
    ),
)
