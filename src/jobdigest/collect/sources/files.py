"""The operator's own postings in a file: `jsonl`, `json` and `csv`, all with the same fields.

`title` is required; `id company locations url date_posted valid_through salary employment_type team description` are
optional; null and blank count as absent and other keys are ignored. Batches come in the file's order, so where an id
comes again its last row wins.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from jobdigest.collect.sources.base import Batch, Context, Manners, Option, RowProblem
from jobdigest.errors import ParseError, SourceError
from jobdigest.model import RawPosting

_ROWS = 1000
_BOM = b"\xef\xbb\xbf"
_TEXTS = ("company", "url", "date_posted", "valid_through", "salary", "employment_type", "team", "description")
Row = tuple[int, Any]
"""A line number (from 1) and what stands there: an object, or a RowProblem where it is none."""


def read_jsonl(file: BinaryIO) -> Iterator[Row]:
    """One object a line; only LF ends a line, since U+2028 and its like may stand inside a text."""
    for number, raw in enumerate(file, 1):
        content = raw[3:] if number == 1 and raw.startswith(_BOM) else raw
        if not content.isspace():
            yield number, _parsed(content, number)


def _parsed(raw: bytes, number: int) -> Any:
    try:
        return json.loads(raw)
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start + 1} of the line"
    except json.JSONDecodeError as error:
        reason = f"not JSON at column {error.colno}: {error.msg}"
    except (RecursionError, ValueError) as error:
        reason = f"not readable JSON: {error}"
    return RowProblem(row=f"line {number}", reason=reason)


def read_json(file: BinaryIO) -> Iterator[Row]:
    """A list of objects, or an object with one list in it; rows count from 1. The file is held in memory whole."""
    try:
        payload = json.loads(file.read().removeprefix(_BOM))
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
    header = [name.strip().lower() for name in next(reader, [])]
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
    for number, raw in enumerate(file, 1):
        try:
            yield (raw.removeprefix(_BOM) if number == 1 else raw).decode()
        except UnicodeDecodeError:
            bad.append(number)
            yield raw.decode(errors="replace")


def row_posting(row: Mapping[str, Any]) -> RawPosting:
    """An object as a posting; raises ValueError where it has no title."""
    title = _text(row.get("title"))
    if not title:
        raise ValueError("no title")
    values = {name: text for name in _TEXTS if (value := row.get(name)) is not None and (text := _text(value))}
    locations = _locations(row.get("locations"))
    source_id = _text(row.get("id")) or _hash(
        values.get("url") or "\n".join((title, values.get("company", ""), *locations))
    )
    return RawPosting(source_id=source_id, title=title, locations=locations, **values)  # type: ignore[arg-type]


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
        """See `Kind.fetch`; reads in a thread, 1,000 rows at a time."""
        path = Path(context.source.value or "")
        try:
            with path.open("rb") as file:
                rows = self.read(file)
                while chunk := await asyncio.to_thread(_next_batch, rows, self.unit):
                    yield chunk
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from None

    def recognise(self, url: str) -> str | None:
        """A file is never recognised from an address."""
        return None


def _next_batch(rows: Iterator[Row], unit: str) -> Batch | None:
    postings: dict[str, RawPosting] = {}
    problems: list[RowProblem] = []
    chunk = list(islice(rows, _ROWS))
    for number, row in chunk:
        if isinstance(row, RowProblem):
            problems.append(row)
        elif not isinstance(row, dict):
            problems.append(RowProblem(row=f"{unit} {number}", reason="not an object"))
        else:
            try:
                posting = row_posting(row)
            except ValueError as error:
                problems.append(RowProblem(row=f"{unit} {number}", reason=str(error)))
            else:
                postings.pop(posting.source_id, None)
                postings[posting.source_id] = posting
    return Batch(postings=list(postings.values()), problems=problems) if chunk else None


KINDS = (FileKind("jsonl", read_jsonl), FileKind("json", read_json, "item"), FileKind("csv", read_csv))
