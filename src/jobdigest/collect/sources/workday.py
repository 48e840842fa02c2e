"""Workday's career sites (CXS): a list in twenties by POST, relative dates, a cap at 2,000 rows, details by GET."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import finished, goes_on, read_rows
from jobdigest.collect.sources._details import Details
from jobdigest.collect.sources.base import Batch, Context, Manners, Option
from jobdigest.config import SourceConfig
from jobdigest.errors import ParseError, SourceError
from jobdigest.model import RawPosting

_SIZE = 20
_CAP = 2000
_SPLIT_BY = ("jobFamilyGroup", "jobFamily", "locationMainGroup", "locations", "workerSubType")
_ROLLUP = re.compile(r"\d+ \w+", re.IGNORECASE)
_PAGES = (
    r"([a-z0-9_-]+\.wd\d+)\.myworkdayjobs(?:-impl)?\.com/wday/cxs/[^/]+/([^/?#]+)",
    r"([a-z0-9_-]+\.wd\d+)\.myworkdayjobs(?:-impl)?\.com/(?:[a-z]{2}(?:-[A-Z]{2})?/)?(?!wday/)([^/?#]+)",
)
Facets = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Site:
    """`nvidia.wd5/Careers` taken apart; `root` is where the pages are and `api` where the data is."""

    tenant: str
    root: str
    api: str

    @classmethod
    def of(cls, token: str) -> _Site:
        server, _, name = token.partition("/")
        if not name or "." not in server:
            raise SourceError(f"{token!r} is not a Workday site; write it like nvidia.wd5/NVIDIAExternalCareerSite")
        tenant, host = server.split(".")[0], f"https://{server}.myworkdayjobs.com"
        return cls(tenant, f"{host}/{name}", f"{host}/wday/cxs/{tenant}/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workday:
    """The `Kind`. The employer is the configured one or the tenant: Workday itself names legal entities."""

    name: str = "workday"
    needs_value: bool = True
    direct: bool = True
    ids: str = "url"
    evidence: str = "list"
    attribution: str | None = None
    manners: Manners = field(default_factory=lambda: Manners(concurrency=2, per_second=3.0))
    options: Mapping[str, Option] = field(
        default_factory=lambda: {"search": Option(help="only postings that fit these words; keeps under the cap")}
    )

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`. A list at the cap is asked for again by job family, which shows what the cap hides."""
        seen: set[str] = set()
        details = Details(context)
        first = await self._list(context, {}, 0)
        total = int(parts.number(parts.dig(first, "total")) or 0)
        split = _splits(first) if total >= _CAP else []
        for facets, expected in split or [({}, total)]:
            offset = rows = 0
            while True:
                payload = first if not facets and not offset else await self._list(context, facets, offset)
                found = _rows(payload)
                batch, fresh = await self._batch(context, details, found, seen)
                rows += len(found)
                offset += len(found)
                more = bool(fresh) and goes_on(len(found), _SIZE) and offset < max(_CAP, expected)
                yield batch if more else replace(batch, truncated=_cut(details.note, rows, expected))
                if not more:
                    break

    async def _list(self, context: Context, facets: Facets, offset: int) -> Any:
        site = _Site.of(self.token(context.source))
        body = {
            "appliedFacets": facets,
            "limit": _SIZE,
            "offset": offset,
            "searchText": str(context.source.options.get("search") or ""),
        }
        return (await context.http.post(f"{site.api}/jobs", body)).json()

    async def _batch(self, context: Context, details: Details, rows: list[Any], seen: set[str]) -> tuple[Batch, int]:
        """The rows not seen before as postings with their details, and how many those were."""
        new = [row for row in rows if (parts.line(parts.dig(row, "externalPath")) or "") not in seen]
        paths = [(path, _stamp(row)) for row in new if (path := parts.line(parts.dig(row, "externalPath")))]
        seen.update(path for path, _ in paths)
        site = _Site.of(self.token(context.source))

        async def load(path: str) -> Any:
            payload = (await context.http.get(f"{site.api}{path}")).json()
            if not isinstance(parts.dig(payload, "jobPostingInfo"), dict):
                raise ParseError("a detail page without jobPostingInfo")
            return payload

        found = await details.read(paths, load)
        postings, problems = read_rows(
            new,
            lambda row: self.posting(row, found, context.source, site),
            name=lambda row: _number(parts.line(parts.dig(row, "externalPath"))),
        )
        return Batch(postings=parts.united(postings), problems=problems), len(paths)

    def posting(self, row: Any, details: Mapping[str, Any], source: SourceConfig, site: _Site) -> RawPosting:
        """One row with its detail; raises ValueError where it is only a stub."""
        path = parts.line(parts.dig(row, "externalPath"))
        if not path:
            raise ValueError("no externalPath")
        info = parts.dig(details.get(path), "jobPostingInfo")
        shown = parts.line(parts.dig(row, "locationsText"))
        places = parts.words([parts.dig(info, "location"), *parts.many(info, "additionalLocations")])
        bullet = parts.line(parts.dig(row, "bulletFields.0")) or ""
        values = {
            "source_id": _number(path),
            "title": parts.line(parts.dig(row, "title")) or parts.line(parts.dig(info, "title")),
            "url": parts.web(parts.dig(info, "externalUrl")) or f"{site.root}{path}",
            "locations": places or (() if not shown or _ROLLUP.fullmatch(shown) else (shown,)),
            "workplace": parts.line(parts.dig(info, "remoteType") or parts.dig(row, "remoteType")),
            "employment_type": parts.line(parts.dig(info, "timeType") or parts.dig(row, "timeType")),
            "date_posted": parts.moment(parts.dig(info, "startDate") or parts.dig(row, "postedOn")),
            "valid_through": parts.moment(parts.dig(info, "endDate")),
            "description": parts.text(parts.dig(info, "jobDescription")),
            "requisition_id": parts.line(parts.dig(info, "jobReqId")) or (bullet if re.search(r"\d", bullet) else None),
        }
        return finished(self, values, source, parts.readable(site.tenant))

    def token(self, source: SourceConfig) -> str:
        """`tenant.wdN/site`, also where config.yaml gives the site's address."""
        return self.recognise(source.value or "") or source.value or ""

    def recognise(self, url: str) -> str | None:
        """See `Kind.recognise`."""
        return parts.match_url(_PAGES, url)


def _rows(payload: Any) -> list[Any]:
    found = parts.dig(payload, "jobPostings")
    if not isinstance(found, list):
        raise ParseError("no list under `jobPostings` in the answer")
    return found


def _number(path: str | None) -> str | None:
    return path.rstrip("/").rsplit("/", 1)[-1] if path else None


def _stamp(row: Any) -> str:
    """Without the relative date, which changes every day."""
    return "|".join(parts.line(parts.dig(row, name)) or "" for name in ("title", "locationsText", "timeType"))


def _splits(payload: Any) -> list[tuple[Facets, int]]:
    """The values of the first facet that can divide the list, each with how many postings it should give."""
    named = {parts.line(parts.dig(facet, "facetParameter")): facet for facet in parts.many(payload, "facets")}
    for name in _SPLIT_BY:
        parted = [
            ({name: [key]}, int(parts.number(parts.dig(value, "count")) or 0))
            for value in parts.many(named.get(name), "values")
            if (key := parts.line(parts.dig(value, "id")))
        ]
        if len(parted) > 1:
            return parted
    return []


def _cut(note: str | None, rows: int, expected: int) -> str | None:
    """What is to be said when a list ends: at the cap, or before its own total."""
    if rows >= _CAP:
        end = f"stopped at Workday's cap of {_CAP:,} rows; set `search:` to narrow it"
    elif rows < expected:
        end = f"the source says {expected} and gave {rows}"
    else:
        return note
    return f"{note}; {end}" if note else end


KINDS = (Workday(),)
