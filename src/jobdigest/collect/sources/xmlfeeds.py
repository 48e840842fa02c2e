"""The two XML formats in which employers hand postings to job boards: Indeed's and LinkedIn's, read as streams."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import finished, read_rows
from jobdigest.collect.sources._countries import address
from jobdigest.collect.sources._xmlrows import Node, stream
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, RowProblem
from jobdigest.config import SourceConfig
from jobdigest.model import RawPosting, Salary

_BOOLEANS = ("yes", "true", "1")


def _indeed(row: Node) -> dict[str, Any]:
    remote = re.search("remote|hybrid", row.get("remotetype") or "", re.IGNORECASE)
    return {
        "source_id": row.get("referencenumber", "reference_id", "requisitionid", "id", "url"),
        "title": parts.plain(row.get("title")),
        "company": parts.plain(row.get("company")),
        "url": parts.web((row.get("url") or "").replace("&amp;", "&")),
        "locations": parts.words(address(row.get("city", "location"), row.get("state"), row.get("country"))),
        "workplace": row.get("remotetype") if remote else None,
        "salary": parts.plain(row.get("salary")),
        "employment_type": parts.line(row.get("jobtype")),
        "team": parts.plain(row.get("category")),
        "date_posted": parts.moment(parts.day(row.get("date", "publishdate"))),
        "valid_through": parts.moment(parts.day(row.get("expirationdate", "expirydate"))),
        "description": row.get("description"),
        "requisition_id": row.get("requisitionid"),
    }


def _linkedin(row: Node) -> dict[str, Any]:
    remote = (row.get("isremote") or "").lower() in _BOOLEANS
    place = address(row.get("city"), row.get("state"), row.get("country"))
    listed = row.get("listdate") or ""
    return {
        "source_id": row.get("partnerjobid", "id", "applyurl"),
        "title": parts.plain(row.get("title")),
        "company": parts.plain(row.get("company")),
        "url": parts.web(row.get("applyurl")),
        "locations": parts.words(place or row.get("location")),
        "workplace": "remote" if remote else parts.line(row.get("workplacetypes")),
        "salary": _linkedin_salary(row),
        "employment_type": parts.line(row.get("jobtype")),
        "team": parts.joined([parts.line(node.markup()) for node in row.all("jobfunctions/jobfunction")]),
        "date_posted": parts.epoch(listed) if listed.isdigit() else parts.moment(listed),
        "valid_through": parts.moment(row.get("expirationdate")),
        "description": row.get("description"),
    }


def _linkedin_salary(row: Node) -> Salary | None:
    """The base salary; bonuses and totals come in elements of the same name."""
    for shown in row.all("salaries/salary"):
        if "BASE" in (shown.get("type") or "BASE"):
            low, high = (_amount(shown.get(f"{end}end/amount")) for end in ("low", "high"))
            return parts.pay(low, high, shown.get("highend/currencycode", "lowend/currencycode"), shown.get("period"))
    return None


def _amount(value: str | None) -> str | None:
    """LinkedIn's own sample writes `![CDATA[100000]]`."""
    found = re.search(r"\d+(?:\.\d+)?", value or "")
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class XmlFeed:
    """A `Kind` over one XML file, read as it arrives."""

    name: str
    values: Callable[[Node], dict[str, Any]]
    needs_value: bool = True
    direct: bool = False
    evidence: str = "synthetic"
    attribution: str | None = None
    manners: Manners = field(default_factory=Manners)
    options: Mapping[str, Option] = field(default_factory=dict)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`."""
        seen: set[str] = set()
        row = 1
        async for rows in stream(context.http.stream(context.source.value or ""), "job", "entry"):
            postings, problems = read_rows(
                rows, lambda node: self.posting(node, context.source), row, lambda node: self.values(node)["source_id"]
            )
            row += len(rows)
            fresh = list(_unseen(postings, problems, seen))
            yield Batch(postings=fresh, problems=problems)

    def posting(self, row: Node, source: SourceConfig) -> RawPosting:
        """One element; raises ValueError where it has no title or id."""
        return finished(self, self.values(row), source)

    def recognise(self, url: str) -> str | None:
        """Feeds have no common look; `digest sources add` finds them by their content."""
        return None


def _unseen(postings: list[RawPosting], problems: list[RowProblem], seen: set[str]) -> Iterator[RawPosting]:
    for posting in parts.united(postings):
        if posting.source_id in seen:
            again = posting.source_id
            problems.append(RowProblem(row=f"id {again}", reason="the id came before in this file", source_id=again))
        else:
            seen.add(posting.source_id)
            yield posting


KINDS = (XmlFeed("indeed_xml", _indeed), XmlFeed("linkedin_xml", _linkedin))
