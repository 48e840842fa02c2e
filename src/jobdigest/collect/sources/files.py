"""The operator's own postings in a file: `jsonl`, `json` and `csv`, all with the same fields.

`title` is required; `id company locations url date_posted valid_through salary employment_type team description` are
optional; null and blank count as absent and other keys are ignored. A file is read twice: first for the ids that come
again, of which the last readable row counts, then for the postings, so that a million rows need little memory.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from jobdigest.collect.sources.base import Batch, Context, Manners, Option, RowProblem
from jobdigest.errors import ParseError, SourceError
from jobdigest.model import RawPosting

_ROWS = 4000
_CHARACTERS = 8 * 2**20
"""What a batch holds at most: its keys go to the store together, which is cheaper the more there are."""
_LONGEST = 16 * 2**20
_LARGEST = 32 * 2**20
"""Bytes of a `json` file, which takes five to ten times as much memory once read."""
_BOM = b"\xef\xbb\xbf"
_TEXTS = ("company", "url", "date_posted", "valid_through", "salary", "employment_type", "team", "description")
_QUICK_ID = re.compile(rb'\{\s*"id"\s*:\s*(?:"([\x21\x23-\x5b\x5d-\x7e]{1,200})"|(\d{1,18}))\s*[,}]')
Row = tuple[int, Any]
"""A line number (from 1) and what stands there: an object, bytes still to be parsed, or a RowProblem."""


def read_jsonl(file: BinaryIO) -> Iterator[Row]:
    """One object a line; only LF ends a line, since U+2028 and its like may stand inside a text."""
    for number, raw in _lines(file):
        if len(raw) >= _LONGEST:
            yield number, RowProblem(row=f"line {number}", reason=f"longer than {_LONGEST // 2**20} MB")
        elif not raw.isspace():
            yield number, raw


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without the byte order mark; of one that is too long only the beginning."""
    number = 0
    while raw := file.readline(_LONGEST):
        number += 1
        yield number, raw.removeprefix(_BOM) if number == 1 else raw
        while len(raw) == _LONGEST and not raw.endswith(b"\n"):
            raw = file.readline(_LONGEST)


def read_json(file: BinaryIO) -> Iterator[Row]:
    """A list of objects, or an object with one list in it; rows count from 1. The file is held in memory whole."""
    body = file.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise ParseError(f"larger than {_LARGEST // 2**20} MB; write it as `jsonl`, which has no limit")
    try:
        payload = json.loads(body.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from None
    lists = [value for value in payload.values() if isinstance(value, list)] if isinstance(payload, dict) else [payload]
    if len(lists) != 1 or not isinstance(lists[0], list):
        raise ParseError("expected a list of postings, or an object with one list in it")
    yield from enumerate(lists[0], 1)


def read_csv(file: BinaryIO) -> Iterator[Row]:
    """Comma-separated with a header line; several locations are separated by `;`."""
    bad: list[int] = []
    reader = csv.reader(_decoded(file, bad))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise ParseError(f"not CSV: {error}") from None
    if "title" not in header:
        raise ParseError(f"no column `title` in the first line, which has: {', '.join(header)[:200] or 'nothing'}")
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield start, RowProblem(row=f"line {start}", reason=str(error))
            continue
        if bad:
            yield start, RowProblem(row=f"line {bad[0]}", reason="not UTF-8")
            bad.clear()
        elif cells:
            yield start, dict(zip(header, cells, strict=False))


def _decoded(file: BinaryIO, bad: list[int]) -> Iterator[str]:
    for number, raw in _lines(file):
        try:
            yield raw.decode()
        except UnicodeDecodeError:
            bad.append(number)
            yield raw.decode(errors="replace")


def read_row(row: Any) -> RawPosting:
    """What stands in a row as a posting; raises ValueError with the reason where it is none."""
    found = _parsed(row) if isinstance(row, bytes) else row
    if not isinstance(found, dict):
        raise ValueError("not an object")
    title = _text(found.get("title"))
    if not title:
        raise ValueError("no title")
    values: dict[str, Any] = {
        name: text for name in _TEXTS if (value := found.get(name)) is not None and (text := _text(value))
    }
    locations = _locations(found.get("locations"))
    source_id = _text(found.get("id"))
    if not source_id:
        source_id = _hash(values.get("url") or "\n".join((title, values.get("company", ""), *locations)))
    return RawPosting(source_id=source_id, title=title, locations=locations, **values)


def _id_of(row: Any) -> str | None:
    """The id of a row that is no posting, if it says so much."""
    try:
        found = _parsed(row) if isinstance(row, bytes) else row
    except ValueError:
        return None
    return _text(found.get("id")) if isinstance(found, dict) else None


def _parsed(raw: bytes) -> Any:
    try:
        return from_json(raw, cache_strings="keys")
    except ValueError:
        pass  # the slow reader forgives more, and says more exactly what it doesn't
    try:
        return json.loads(raw)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1} of the line") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise ValueError("not JSON we can read: nested too deeply") from None


def _text(value: Any) -> str | None:
    """Text or a number as text; other types are no text, which is not a bad line."""
    if isinstance(value, str):
        return value.strip() or None
    return None if value is None or isinstance(value, (bool, dict, list)) else str(value)


def _locations(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else value.split(";") if isinstance(value, str) else ()
    return tuple(text for part in found if (text := _text(part)))


def _hash(identity: str) -> str:
    return hashlib.blake2b(identity.encode(errors="replace"), digest_size=12).hexdigest()


def repeated(rows: Iterator[Row]) -> dict[int, int]:
    """For ids that come again (as hashes): the number of their last readable row."""
    seen: set[int] = set()
    last: dict[int, int] = {}
    for number, row in rows:
        key = _quick_id(row)
        if key is None or hash(key) in seen:  # a row that would replace another must be a posting
            try:
                key = read_row(row).source_id
            except ValueError:
                continue
        if hash(key) in seen:
            last[hash(key)] = number
        seen.add(hash(key))
    return last


def _some(rows: Iterator[Row]) -> list[Row]:
    """The rows of one batch."""
    chunk: list[Row] = []
    size = 0
    for row in islice(rows, _ROWS):
        chunk.append(row)
        size += _size(row[1])
        if size >= _CHARACTERS:
            break
    return chunk


def _size(row: Any) -> int:
    """How much text a row holds, roughly."""
    if isinstance(row, dict):
        return sum(len(value) for value in row.values() if isinstance(value, str))
    return len(row) if isinstance(row, bytes) else 0


def _quick_id(row: Any) -> str | None:
    """The id of a line that begins with it, without parsing the rest; None where that would be a guess."""
    match = _QUICK_ID.match(row) if isinstance(row, bytes) else None
    return (match[1] or match[2]).decode() if match and row.count(b'"id"') == 1 else None


@dataclass(frozen=True, slots=True)
class FileKind:
    """A `Kind` that reads a local file; `source.value` is its absolute path."""

    name: str
    read: Callable[[BinaryIO], Iterator[Row]]
    unit: str = "line"
    needs_value: bool = True
    direct: bool = False
    evidence: str = "recorded"
    manners: Manners = field(default_factory=Manners)
    options: Mapping[str, Option] = field(default_factory=dict)

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        """See `Kind.fetch`; reads in a thread, thousands of rows at a time."""
        path = Path(context.source.value or "")
        try:
            with path.open("rb") as file:
                last = await asyncio.to_thread(repeated, self.read(file))
                file.seek(0)
                rows = self.read(file)
                while chunk := await asyncio.to_thread(self.next_batch, rows, last, context.source.company):
                    yield chunk
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from None

    def next_batch(self, rows: Iterator[Row], last: Mapping[int, int], company: str | None = None) -> Batch | None:
        """The next rows, without those that a later row replaces; None at the end."""
        chunk = _some(rows)
        postings: list[RawPosting] = []
        problems: list[RowProblem] = []
        for number, row in chunk:
            if isinstance(row, RowProblem):
                problems.append(row)
                continue
            try:
                posting = read_row(row)
            except ValueError as error:
                named = _id_of(row)
                problems.append(RowProblem(row=f"{self.unit} {number}", reason=str(error), source_id=named))
            else:
                if not last or last.get(hash(posting.source_id), number) == number:
                    postings.append(replace(posting, company=company) if company else posting)
        return Batch(postings=postings, problems=problems) if chunk else None

    def recognise(self, url: str) -> str | None:
        """A file is never recognised from an address."""
        return None


KINDS = (FileKind("jsonl", read_jsonl), FileKind("json", read_json, "item"), FileKind("csv", read_csv))
