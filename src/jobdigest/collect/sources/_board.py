"""A simple JSON board as a row of a table: where its list is, how it pages, and which path holds which field.

    Board(name="greenhouse", url="https://…/{value}/jobs", items="jobs", fields={"title": "title", …})

A field is a dotted path into the row or a function of the row. What the table cannot say is code in a file of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from jobdigest.collect.sources import _parts as parts
from jobdigest.collect.sources._countries import Address, addresses
from jobdigest.collect.sources._details import Details
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, Response, RowProblem
from jobdigest.config import SourceConfig
from jobdigest.errors import FetchError, ParseError
from jobdigest.model import RawPosting, Salary

Field = str | Callable[[Any], Any]
ROW_ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
_BIG = 2_000_000
"""Bytes that take some 20 ms to read; a feed's take ten times as long. Threads cost a tenth more for every body."""
T = TypeVar("T")
_CLEAN: Mapping[str, Callable[[Any], Any]] = {
    "source_id": parts.line, "title": parts.line, "company": parts.line, "url": parts.web, "locations": parts.words,
    "workplace": parts.line, "employment_type": parts.joined, "team": parts.joined, "date_posted": parts.moment,
    "valid_through": parts.moment, "description": parts.text, "requisition_id": parts.line,
    "salary": lambda value: value if isinstance(value, Salary) else parts.line(value),
    "ats_id": parts.line,
}  # fmt: skip


class Paging(NamedTuple):
    """In the URL `{at}` counts rows from 0, `{page}` pages from 1; a page holds `size` rows; we stop at `cap` rows."""

    size: int
    cap: int = 20_000
    cap_is: str = "our own limit"


class Table(NamedTuple):
    """The rows of one answer, the total that the source claims, and the employer if the answer names it for all."""

    rows: list[Any]
    total: int | None
    company: str | None


class Page(NamedTuple):
    """One page, read: its postings and problems, how many rows it had, and the total that the source claims."""

    postings: list[RawPosting]
    problems: list[RowProblem]
    rows: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A `Kind` made of data.

    `ids` says whether the source's ids are unique over all tenants (`global`), within one (`tenant`), or whether the
    posting's address is the better identity (`url`). `same_host` is for boards that redirect unknown tenants elsewhere.
    `link` makes a posting's address where rows have none; `addresses` gives (city, region, country) where they have
    fields for them; `advice` says by HTTP status what an operator can do about a board that does not answer.
    """

    name: str
    url: str | Callable[[SourceConfig], str]
    fields: Mapping[str, Field]
    items: str = ""
    evidence: str = "recorded"
    needs_value: bool = True
    direct: bool = True
    token_is_name: bool = True
    same_host: bool = False
    conditional: bool = True
    regions: tuple[str, ...] = ()
    ids: str = "tenant"
    host: str = ""
    query: tuple[str, ...] = ()
    addresses: Callable[[Any], Iterable[Address]] | None = None
    company: str = ""
    total: str = ""
    paging: Paging | None = None
    pages: tuple[str, ...] = ()
    skip: Callable[[Any], bool] = lambda row: False
    advice: Mapping[int, str] = field(default_factory=dict)
    link: Callable[[Any, SourceConfig, str], str] | None = None
    attribution: str | None = None
    headers: Callable[[SourceConfig], Mapping[str, str]] = lambda source: {"Accept": "application/json"}
    manners: Manners = field(default_factory=Manners)
    options: Mapping[str, Option] = field(default_factory=dict)
    readers: tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        readers = tuple((name, _reader(spec, _CLEAN[name])) for name, spec in self.fields.items())
        object.__setattr__(self, "readers", readers)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`; a list in one request is asked for conditionally, and unchanged gives no batch at all."""
        seen: set[str] = set()
        details = Details(context)
        rows = number = 0
        while True:
            response = await self.ask(context, rows, number)
            if response.not_modified:
                return
            page = await self.page(response, context, details, rows + 1)
            del response  # not held while its postings wait to be stored
            fresh = [posting for posting in page.postings if posting.source_id not in seen]
            seen.update(posting.source_id for posting in fresh)
            rows += page.rows
            number += 1
            more = self._more(page, fresh, rows)
            said = [more] if isinstance(more, str) else []
            said += [details.note] if details.note and more is not True else []
            yield Batch(postings=fresh, problems=page.problems, truncated="; ".join(said) or None)
            if more is not True:
                return

    async def ask(self, context: Context, at: int, number: int) -> Response:
        """The answer with page `number` of the list, which begins at row `at`."""
        with advised(self.advice):
            return await context.http.get(
                self.address(context.source, at, number),
                headers=self.headers(context.source),
                conditional=self.conditional and self.paging is None,
                same_host=self.same_host,
            )

    def _more(self, page: Page, fresh: list[RawPosting], rows: int) -> bool | str | None:
        """True: ask on; a text: there is more and it cannot be had; else the list is complete."""
        if self.paging and page.rows and (fresh or page.problems) and rows >= self.paging.cap:
            return f"stopped at {rows} rows ({self.paging.cap_is})"
        if self.paging and (fresh or page.problems) and goes_on(page.rows, self.paging.size):
            return True
        if page.total and page.total > rows:
            return f"the source says {page.total} and gave {rows}"
        return None

    async def page(self, response: Response, context: Context, details: Details, first: int) -> Page:
        """One answer as postings, its rows counted from `first`; raises ParseError where the list is missing."""
        return await read_off_loop(response, lambda body: self.convert(self.table(body), context.source, first))

    def table(self, response: Response) -> Table:
        """The rows of an answer."""
        payload = response.json()
        rows = parts.dig(payload, self.items)
        if not isinstance(rows, list):
            raise ParseError(f"no list {f'under `{self.items}`' if self.items else 'of rows'} in the answer")
        total = parts.number(parts.dig(payload, self.total)) if self.total else None
        company = parts.line(parts.dig(payload, self.company)) if self.company else None
        return Table(rows, int(total) if total else None, company)

    def convert(self, table: Table, source: SourceConfig, first: int) -> Page:
        """The rows as postings, each id once."""
        wanted = [row for row in table.rows if not (isinstance(row, dict) and self.skip(row))]
        name = dict(self.readers)["source_id"]
        postings, problems = read_rows(wanted, lambda row: self.posting(row, source, table.company), first, name)
        return Page(parts.united(postings), problems, len(table.rows), table.total)

    def posting(self, row: Any, source: SourceConfig, company: str | None = None) -> RawPosting:
        """One row; raises ValueError with the reason where it cannot be a posting."""
        if not isinstance(row, dict):
            raise ValueError("not an object")
        values = {name: read(row) for name, read in self.readers}
        if self.addresses:
            values["locations"] = addresses(self.addresses(row)) or values.get("locations", ())
        if self.link and not values.get("url") and values.get("source_id"):
            values["url"] = self.link(self, source, quote(values["source_id"], safe=""))
        return finished(self, values, source, company)

    def token(self, source: SourceConfig) -> str:
        """The board's token, also where config.yaml gives the board's whole address, or `eu/TOKEN`."""
        value = source.value or ""
        token = self.recognise(value) or value
        region, _, rest = token.partition("/")
        return rest if region in self.regions else token

    def address(self, source: SourceConfig, at: int, number: int) -> str:
        """The URL of page `number`, beginning at row `at`; an entry `option:Parameter` of `query` renames an option."""
        template = self.url(source) if callable(self.url) else self.url
        token = self.token(source)
        host = token if "." in token else f"{quote(token, safe='')}.{self.host}"
        url = template.format(value=quote(token, safe=""), host=host, at=at, page=number + 1)
        named = [(parameter or option, source.options.get(option)) for option, _, parameter in _pairs(self.query)]
        extra = {parameter: str(value) for parameter, value in named if value is not None}
        return f"{url}{'&' if '?' in url else '?'}{urlencode(extra)}" if extra else url

    def recognise(self, url: str) -> str | None:
        """See `Kind.recognise`."""
        return parts.match_url(self.pages, url)


def _reader(spec: Field, clean: Callable[[Any], Any]) -> Callable[[dict[str, Any]], Any]:
    """From a row to one clean value."""
    if callable(spec):
        return lambda row: clean(spec(row))
    if "." in spec:
        return lambda row: clean(parts.dig(row, spec))
    return lambda row: clean(row.get(spec))


@contextmanager
def advised(advice: Mapping[int, str]) -> Iterator[None]:
    """Add to a FetchError what can be done about its status."""
    try:
        yield
    except FetchError as error:
        if words := advice.get(error.status or 0):
            error.reason = f"{error.reason}: {words}"
        raise


def finished(kind: Any, values: dict[str, Any], source: SourceConfig, company: str | None = None) -> RawPosting:
    """A posting from cleaned values, with what every kind adds: employer, ATS id, attribution.

    Raises ValueError where the title or the id is missing, since such a row could be neither shown nor found again.
    """
    for needed in ("title", "source_id"):
        if not values.get(needed):
            raise ValueError(f"no {needed.replace('source_', '')}")
    values["company"] = source.company or values.get("company") or company or employer(kind, source)
    if kind.direct and kind.ids != "url":
        tenant = "" if kind.ids == "global" else f"{tenant_of(kind, source)}:"
        values["ats_id"] = f"{kind.name}:{tenant}{values.get('ats_id') or values['source_id']}".lower()
    if kind.attribution:
        values["attribution"] = kind.attribution
    return RawPosting(**values)


def tenant_of(kind: Any, source: SourceConfig) -> str:
    """The employer's name at the ATS: `acme` also where the token is `acme.na.teamtailor.com`."""
    token: str = kind.token(source)
    return token.split(".")[0] if f"{kind.name}." in token else token


def employer(kind: Any, source: SourceConfig) -> str | None:
    """The employer where nobody says: guessed from the board's token, unless that is a host."""
    guess = kind.direct and source.value and getattr(kind, "token_is_name", True)
    return parts.readable(kind.token(source)) if guess else None


def read_rows(
    rows: Iterable[Any], read: Callable[[Any], T], first: int = 1, name: Callable[[Any], str | None] = lambda row: None
) -> tuple[list[T], list[RowProblem]]:
    """Every row read, or named as a problem; one that cannot costs no other. `name` reads the id alone."""
    results: list[T] = []
    problems: list[RowProblem] = []
    for position, row in enumerate(rows, first):
        try:
            results.append(read(row))
        except ROW_ERRORS as error:
            reason = str(error)[:200] or type(error).__name__
            problems.append(RowProblem(row=row_name(row, position), reason=reason, source_id=_named(row, name)))
    return results, problems


def _named(row: Any, name: Callable[[Any], str | None]) -> str | None:
    try:
        return name(row) or None
    except ROW_ERRORS:
        return None


def row_name(row: Any, position: int) -> str:
    """`3 (id 4012)`: enough to find a row again."""
    known = (
        (parts.line(row.get(key)) for key in ("id", "uuid", "shortcode", "objectID", "guid")) if _is_map(row) else ()
    )
    found = next((name for name in known if name), None)
    return f"{position} (id {found[:80]})" if found else str(position)


def _pairs(query: tuple[str, ...]) -> Iterable[tuple[str, str, str]]:
    return (entry.partition(":") for entry in query)


def _is_map(row: Any) -> bool:
    return isinstance(row, Mapping)


def goes_on(rows: int, size: int) -> bool:
    """Whether a page of `rows` may be followed by another, `size` being what we asked for.

    A shorter page ends a list, unless its length is a round number: that is what a server's own lower limit looks like.
    """
    return rows >= size or (rows > 0 and rows % 10 == 0)


async def read_off_loop(response: Response, read: Callable[[Response], T], big: int = _BIG) -> T:
    """`read(response)`, in a thread where the body is so large that it would hold up the event loop."""
    return await asyncio.to_thread(read, response) if len(response.body) > big else read(response)
