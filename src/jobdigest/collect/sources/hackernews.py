"""Hacker News "Ask HN: Who is hiring?": the newest thread's top comments, each with one or more roles.

By convention a comment's first line is `Company | Role(s) | Location | REMOTE | Salary | URL`, in free order after the
company. A comment with several roles becomes as many postings.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._board import read_rows
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, RowProblem
from jobdigest.errors import ParseError
from jobdigest.model import RawPosting

_API = "https://hn.algolia.com/api/v1"
_ITEM = "https://news.ycombinator.com/item?id="
_HITS = 1000
_LONGEST = 80
_LONGEST_COMMENT = 50_000
_DELETED = "an empty or deleted comment"
_ROLE = re.compile(
    r"\b(engineers?|developers?|devs?|programmers?|scientists?|researchers?|architects?|analysts?|designers?|managers?|"
    r"directors?|leads?|heads?|founding|cto|ceo|coo|vp|chief|sre|swe|sde|devops|mlops|administrators?|specialists?|"
    r"interns?|internships?|consultants?|advocates?|recruiters?|writers?|technicians?|scientist|staff|principal|"
    r"full[- ]?stack|back[- ]?end|front[- ]?end|data|ml|ai|product|sales|marketing|support|operations|roboticist)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(engineer|developer|dev|programmer|scientist|researcher|architect|analyst|designer|manager|director|lead|head|"
    r"cto|sre|swe|sde|devops|administrator|specialist|intern|consultant|advocate|recruiter|writer|technician)s?\b",
    re.IGNORECASE,
)
_WAY = re.compile(r"\b(remote|on-?site|in[- ]?(?:person|office)|hybrid|wfh)\b", re.IGNORECASE)
_TERM = re.compile(
    r"(?:full[- ]?time|part[- ]?time|contract(?:or)?|intern(?:ship)?s?|permanent|freelance|visa|sponsor(?:ship|ed)?|"
    r"equity|available|possible|ft|pt|or|and|[\W_])+",
    re.IGNORECASE,
)
_WHOLLY = re.compile(
    r"(?:fully\s+|100%\s+)?(remote|on-?site|in[- ]?(?:person|office)|hybrid)\s*(?:$|[(,:–-])", re.IGNORECASE
)
_VAGUE = re.compile(r"\b(?:multiple|various|several|many)\b.*\b(?:roles?|positions?)\b|\bhiring\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]\s?\d|\b\d{2,3}(?:[.,]\d{3})?\s?k\b|\b(?:usd|eur|gbp|chf)\b", re.IGNORECASE)
_LINK = re.compile(r'<a\s[^<>]*href="([^"<>]+)"[^<>]*>[^<>]*</a>', re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"https?://|www\.|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?$", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:series [a-f]|seed|raised|funding|funded|yc|y combinator|startup|saas|b2b|profitable|bootstrapped|backed|arr|"
    r"revenue|tech|climate|fintech|health\w*|ai|open[- ]source|devtools|crypto|web3|company|team|apply|careers?)\b",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+[-–—•]\s+")
_BREAK = re.compile(r"<p>|<br\s*/?>|\n", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*–—>•·]|\d+[.)])\s*")
_LISTED = re.compile(
    r"\s*(?:(?:open|current|available) )?(?:roles?|positions?)[^:]{0,20}:\s*(?P<roles>.+)", re.IGNORECASE
)
_PROSE = re.compile(r"[.!?]$|\b(?:you|we|our|your|experience|years|who|with)\b", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:[,;/&]|\band\b|\bor\b)\s*")


class Header(NamedTuple):
    """What a first line says."""

    company: str
    roles: tuple[str, ...]
    locations: tuple[str, ...]
    workplace: str | None
    salary: str | None
    employment_type: str | None


def read_header(first_line: str) -> Header | None:
    """A first line taken apart at `|` (or at three or more dashes); None for answers and other prose."""
    segments = [part.strip() for part in first_line.split("|") if part.strip()]
    if len(segments) < 2:
        segments = [part.strip() for part in _DASH.split(first_line) if part.strip()]
        if len(segments) < 3:
            return None
    roles: list[str] = []
    places: list[str] = []
    way = salary = term = None
    for segment in segments[1:]:
        if _ADDRESS.match(segment) or (_ABOUT.search(segment) and not _NOUN.search(segment)):
            continue
        if _MONEY.search(segment):
            salary = salary or segment
        elif len(segment) <= _LONGEST and _TERM.fullmatch(segment):
            term = term or segment
        elif _VAGUE.search(segment):
            continue
        elif _NOUN.search(segment):
            roles += _split_roles(segment)
        elif found := _WAY.search(segment):
            way = way or (wholly[1].lower() if (wholly := _WHOLLY.match(segment)) else None)
            places += [segment] if len(segment) > len(found[0]) else []
        elif _ROLE.search(segment) and not roles:
            roles.append(segment)
        elif len(segment) <= _LONGEST:
            places.append(segment)
    company = re.sub(r"\s*\((?:https?://|www\.|YC\b)[^)]*\)?|\s*https?://\S+", "", segments[0]).strip()
    return Header(company or segments[0], tuple(dict.fromkeys(roles)), tuple(places), way, salary, term)


def _split_roles(segment: str) -> list[str]:
    """`Data Engineer, Product Manager` as two, but `Senior Engineer, Frontend` as one."""
    pieces = [piece for piece in _SPLIT.split(segment) if piece]
    return pieces if len(pieces) > 1 and all(_NOUN.search(piece) for piece in pieces) else [segment]


def body_roles(lines: list[str]) -> tuple[str, ...]:
    """Roles listed below the first line: after `Open roles:`, or as short lines of a list that name a job."""
    found = []
    for text in lines:
        listed, bullet = _LISTED.match(text), _BULLET.match(text)
        entries = re.split(r"[•·,;]", listed["roles"]) if listed else [text[bullet.end() :]] if bullet else []
        for entry in entries:
            role = re.split(r"\s+[-–—(]\s*|:\s|\s\(|\.\s", entry.strip(), maxsplit=1)[0].strip()
            if 3 < len(role) <= 70 and _NOUN.search(role) and not _PROSE.search(role):
                found.append(role)
    return tuple(dict.fromkeys(found))


def comment_postings(hit: Mapping[str, Any]) -> list[RawPosting]:
    """The postings of one top comment; raises ValueError where none can be found."""
    number, body = parts.line(hit.get("objectID")), (parts.text(hit.get("comment_text")) or "")[:_LONGEST_COMMENT]
    if not number or not body:
        raise ValueError(_DELETED)
    lines = [parts.plain(_LINK.sub(r"\1", line)) or "" for line in _BREAK.split(body)]
    lines = [line for line in lines if line]
    header = read_header(html.unescape(lines[0])) if lines else None
    roles = header.roles if header else ()
    listed = body_roles(lines[1:]) if len(roles) <= 1 else ()
    if len(listed) > 1 or not roles:
        roles = listed or roles
    if not roles:
        raise ValueError(f"no role found in {(lines or [''])[0][:80]!r}")
    header = header or Header(lines[0][:80], (), (), None, None, None)
    return [_posting(hit, number, body, header, role, alone=len(roles) == 1) for role in roles]


def _posting(hit: Mapping[str, Any], number: str, body: str, header: Header, role: str, *, alone: bool) -> RawPosting:
    slug = re.sub(r"\W+", "-", role.lower()).strip("-")
    return RawPosting(
        source_id=number if alone else f"{number}-{slug}",
        title=role,
        company=header.company,
        url=f"{_ITEM}{number}" if alone else f"{_ITEM}{number}&role={slug}",
        locations=header.locations,
        workplace=header.workplace,
        salary=header.salary,
        employment_type=header.employment_type,
        date_posted=parts.moment(hit.get("created_at")),
        description=_LINK.sub(r'<a href="\1">\1</a>', body),
        attribution="Hacker News",
    )


@dataclass(frozen=True, slots=True)
class HackerNews:
    """The `Kind`."""

    name: str = "hackernews"
    needs_value: bool = False
    direct: bool = False
    evidence: str = "recorded"
    manners: Manners = field(default_factory=lambda: Manners(concurrency=1, per_second=1.0, every=timedelta(hours=1)))
    options: Mapping[str, Option] = field(default_factory=dict)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`."""
        story = await self._newest(context)
        url = f"{_API}/search?tags=comment,story_{story}&hitsPerPage={_HITS}"
        payload = (await context.http.get(url)).json()
        hits = _hits(payload)
        top = [hit for hit in hits if str(parts.dig(hit, "parent_id")) == story]
        several, problems = read_rows(top, comment_postings, name=lambda hit: parts.line(hit.get("objectID")))
        postings = parts.united(posting for group in several for posting in group)
        total = int(parts.number(parts.dig(payload, "nbHits")) or 0)
        cut = f"the search gives {_HITS:,} of {total:,} comments" if total > len(hits) else None
        yield Batch(postings=postings, problems=[_named(problem) for problem in problems], truncated=cut)

    async def _newest(self, context: Context) -> str:
        """The id of the newest thread: the same author also posts `Who wants to be hired?`."""
        url = f"{_API}/search_by_date?tags=story,author_whoishiring&hitsPerPage=20"
        for hit in _hits((await context.http.get(url)).json()):
            number = parts.line(parts.dig(hit, "objectID"))
            if number and re.search("who is hiring", parts.line(parts.dig(hit, "title")) or "", re.IGNORECASE):
                return number
        raise ParseError("no `Who is hiring?` thread among the newest stories")

    def recognise(self, url: str) -> str | None:
        """A kind without a value is configured by its bare name."""
        return None


def _hits(payload: Any) -> list[Any]:
    found = parts.dig(payload, "hits")
    if not isinstance(found, list):
        raise ParseError("no list under `hits` in the answer")
    return found


def _named(problem: RowProblem) -> RowProblem:
    return replace(problem, row=f"comment {problem.row}", gone=problem.reason == _DELETED)


KINDS = (HackerNews(),)
