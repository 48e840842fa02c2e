"""What a source kind is: the interface that every adapter implements, and the values it gives back.

A kind turns one `SourceConfig` into batches of `RawPosting`s. It speaks HTTP only through `Http`, never judges a
posting, and never hides what it could not read: a row it cannot parse becomes a `RowProblem`, a page it could not
reach raises `SourceError`, a list it had to cut sets `truncated`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, quote_plus

from pydantic_core import from_json
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from jobdigest.config import SourceConfig
from jobdigest.errors import ParseError
from jobdigest.model import RawPosting


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer with its body already read, decompressed and within the size cap; `not_modified` has no body."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool = False

    def text(self) -> str:
        """The body as text: UTF-8 where it is that, else by its declared charset; what cannot be decoded is U+FFFD."""
        return decode(self.body, self.headers.get("content-type"))

    def json(self) -> Any:
        """The body as JSON; raises ParseError naming the byte where it stops being JSON."""
        _refuse_too_many_values(self.body)
        declared = http_content_type_encoding(self.headers.get("content-type"))
        if not (declared or "").startswith(_NOT_ASCII_BASED):
            try:
                return from_json(self.body, cache_strings="keys")
            except ValueError:
                pass  # the slow reader forgives more, and says more exactly what it doesn't
        return parse_json(self.text())


def decode(body: bytes, content_type: str | None = None) -> str:
    """`body` as text. Valid UTF-8 wins over a declared charset, which servers get wrong more often than not."""
    bom, mark = read_bom(body)
    if bom is not None and mark is not None:
        return to_unicode(body[len(mark) :], bom)
    declared = http_content_type_encoding(content_type)
    if not (declared or "").startswith(_NOT_ASCII_BASED):
        try:
            return body.decode()
        except UnicodeDecodeError:
            declared = declared or html_body_declared_encoding(body)
    return to_unicode(body, declared or "utf-8")


_NOT_ASCII_BASED = ("utf-16", "utf-32", "iso2022", "iso-2022", "hz")


MOST_VALUES = 2_000_000
"""Commas and brackets that a JSON text may have: a small body of empty lists takes gigabytes once read."""


def _refuse_too_many_values(body: bytes) -> None:
    if len(body) > MOST_VALUES and len(body) - len(body.translate(None, b",[{")) > MOST_VALUES:
        raise ParseError(f"more than {MOST_VALUES:,} values in one answer")


def parse_json(text: str) -> Any:
    """`text` as JSON; raw line ends inside strings pass. Raises ParseError with the byte where it goes wrong."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        byte = len(text[: error.pos].encode(errors="replace"))
        found = repr(text[error.pos : error.pos + 24]) if error.pos < len(text) else "the end"
        raise ParseError(f"not JSON at byte {byte}: {error.msg.lower()}, found {found}") from None
    except RecursionError:
        raise ParseError("not JSON we can read: nested too deeply") from None
    except ValueError as error:
        raise ParseError(f"not JSON we can read: {str(error).split(chr(59))[0]}") from None


class Http(Protocol):
    """HTTP as adapters see it: retries, rate limits, caps, redirects and robots.txt are the client's business."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        robots: bool = False,
        same_host: bool = False,
    ) -> Response:
        """GET `url`. Raises FetchError; a status other than 200 to 299 and 304 is one (`error.status`).

        `conditional` sends the validators of the last complete poll: only for an answer that is the whole list, so that
        `not_modified` means that nothing changed. A kind then yields nothing and returns; the runner keeps what it has.
        `robots` obeys robots.txt: for pages meant for people, not for APIs. `same_host` refuses a redirect to another
        host, which some boards use to say that a tenant does not exist.
        """
        ...

    async def post(self, url: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Response:
        """POST `body` as JSON. Raises FetchError."""
        ...

    def stream(self, url: str) -> AsyncIterator[bytes]:
        """The body of `url` in decompressed pieces, for files too large to hold. Raises FetchError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One row that could not become a posting: `row` says which (number or id), `reason` why.

    `source_id` is the posting's id where that much could be read: it is listed, so absence is no question. `gone` is
    said of a row that is itself the source's word that there is no posting any more. After any other problem nothing
    can be concluded from absence, since the row may be any of the postings known.
    """

    row: str
    reason: str
    source_id: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A page's worth of postings; `truncated` says in words why the source gave less than it has."""

    postings: Sequence[RawPosting] = ()
    problems: Sequence[RowProblem] = ()
    truncated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How to treat a kind's host unless config says otherwise.

    `every` is how often to ask at most; where the source's terms fix it (`by_terms`), `digest collect` keeps to it too.
    `timeout` is the longest silence; a whole answer may take four times as long.
    """

    concurrency: int = 4
    per_second: float = 4.0
    every: timedelta | None = None
    by_terms: bool = False
    timeout: timedelta = timedelta(seconds=20)

    def shared_by(self, clients: int) -> Manners:
        """The part of each of several clients, so that a host feels no more of all of them than of one."""
        return replace(self, concurrency=max(1, self.concurrency // clients), per_second=self.per_second / clients)


class DetailMemory(Protocol):
    """Details fetched before, so that an interrupted list of detail calls goes on where it stopped."""

    def get(self, source_id: str, stamp: str) -> Any | None:
        """The stored detail of a row, unless the row's `stamp` changed since."""
        ...

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        """Remember a row's detail."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that an adapter may use for one poll of one source."""

    source: SourceConfig
    http: Http
    now: datetime
    details: DetailMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option that a kind takes in config.yaml."""

    help: str
    values: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False


def without_secrets(text: str, kind: Kind, source: SourceConfig) -> str:
    """`text` without the values of the source's secret options, whichever way an address or header writes them."""
    for name, option in kind.options.items():
        value = str(source.options.get(name) or "") if option.secret else ""
        for written in {value, quote(value, safe=""), quote_plus(value)} - {""}:
            text = text.replace(written, "***")
    return text


class Kind(Protocol):
    """A source kind.

    `direct` kinds are employers' own boards. `evidence` is `recorded`, `list` (only the list was; details are known
    from samples) or `synthetic` (experimental).
    """

    name: str
    needs_value: bool
    direct: bool
    evidence: str
    manners: Manners
    options: Mapping[str, Option]

    def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """Every posting the source has now, page by page. Raises SourceError where the list cannot be completed."""
        ...

    def recognise(self, url: str) -> str | None:
        """The `value` for config.yaml if `url` is a careers or posting page of this kind."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one poll of one source came to: the line that `digest collect` prints."""

    source: str
    state: str
    """`ok`, `unchanged`, `skipped` (not due by its terms) or `failed`"""
    seen: int = 0
    new: int = 0
    closed: int = 0
    problems: Sequence[RowProblem] = ()
    truncated: str | None = None
    error: str | None = None
    alarm: str | None = None
    started: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
