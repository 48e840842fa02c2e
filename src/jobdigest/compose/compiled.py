"""A compiled edition: fragments that are already quoted-printable, so that a reader's mail is only joined.

A layout is a page and its blocks, each a run of chunks: bytes, or the name of a slot to fill. Every chunk and every
filling ends in a line break or a soft line break (RFC 2045, section 6.7), so any join keeps lines within 76.
Stored as zlib-compressed JSON: reading one back runs no code.
"""

from __future__ import annotations

import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, NamedTuple

from jobdigest.compose.words import Words
from jobdigest.errors import StoreError

FORMAT = 1
MAX_BYTES = 256 * 2**20
SOFT_BREAK = b"=\r\n"
LINE_LIMIT = 76  # RFC 2045, section 6.7, rule 5


class Slot(NamedTuple):
    """A place in a page or block that is filled per reader."""

    name: str


Chunks = tuple["bytes | Slot", ...]


class Layout(NamedTuple):
    """One part (html or text) of an edition in one language."""

    page: Chunks
    blocks: Mapping[str, Chunks]


class Entry(NamedTuple):
    """What assembling must know of an item; `looked` is the epoch minute at which it was last seen open."""

    job_id: str
    title: str
    company: str
    company_key: str
    group: str
    announced_in: str | None
    looked: int | None


class Saying(NamedTuple):
    """What an item says in one language: a line per place to lead with, the places, why it is among the best."""

    where: tuple[str, ...]
    places: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """One language of an edition; `groups` are (id, heading) in print order."""

    words: Words
    html: Layout
    text: Layout
    sayings: tuple[Saying, ...]
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class CompiledEdition:
    """Everything a message says beside what its delivery row holds; `settings` are the operator's, as of the freeze.

    `dotless` as in `Parts`, of every fragment: editions that were stored before `encode` saw to it promise nothing.
    """

    key: str
    slot: datetime
    content_hash: str
    items: tuple[Entry, ...]
    languages: Mapping[str, Fragments]
    default_language: str
    settings: Mapping[str, Any]
    dotless: bool = True
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def language(self, wanted: str | None) -> str:
        """The language of this edition nearest to a reader's wish: `de-AT` → `de`, else the newsletter's own."""
        names = (wanted or "", (wanted or "").replace("_", "-").partition("-")[0].lower())
        return next((name for name in names if name in self.languages), self.default_language)

    def fragments(self, language: str) -> Fragments:
        """The fragments of `language`, or of the newsletter's own."""
        return self.languages.get(language) or self.languages[self.default_language]

    def to_bytes(self) -> bytes:
        """Compressed JSON; the same edition gives the same bytes."""
        data = {
            "format": FORMAT,
            "key": self.key,
            "slot": self.slot.isoformat(),
            "content_hash": self.content_hash,
            "items": self.items,
            "default_language": self.default_language,
            "settings": self.settings,
            "dotless": self.dotless,
            "languages": {name: _dump(fragments) for name, fragments in sorted(self.languages.items())},
        }
        return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> CompiledEdition:
        """The edition that `to_bytes` wrote; raises StoreError for anything else."""
        try:
            plain = zlib.decompressobj().decompress(data, MAX_BYTES)
            made = json.loads(plain)
            if made["format"] != FORMAT:
                raise StoreError(f"the edition was compiled by another version (format {made['format']})")
            return cls(
                key=made["key"],
                slot=datetime.fromisoformat(made["slot"]),
                content_hash=made["content_hash"],
                items=tuple(Entry(*item) for item in made["items"]),
                languages={name: _load(fragments) for name, fragments in made["languages"].items()},
                default_language=made["default_language"],
                settings=made["settings"],
                dotless=made.get("dotless", False),
            )
        except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"the stored edition cannot be read ({error}); restore the database from a backup"
            ) from None


def encode(text: str) -> bytes:
    """`text` as quoted-printable of its UTF-8, CRLF line ends, ending in a line break or a soft one.

    No line begins with a dot: it is written as =2E, which spares every transport the search for one.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = (b"\n" + binascii.b2a_qp(plain.encode(), istext=True)).replace(b"\n.", b"\n=2E")[1:].split(b"\n")
    if len(max(lines, key=len)) > LINE_LIMIT:  # binascii makes 77 of a line that ends in white space
        lines = [_folded(line, LINE_LIMIT) for line in lines]
    last = lines.pop()
    lines.append(_folded(last, LINE_LIMIT - 1) + SOFT_BREAK if last else last)
    return b"\r\n".join(lines)


def _folded(line: bytes, limit: int) -> bytes:
    """`line` with a soft break near its end if it is longer than `limit`."""
    if len(line) <= limit:
        return line
    cut = limit - 1
    while b"=" in line[cut - 2 : cut]:  # never inside =XX
        cut -= 1
    rest = line[cut:]
    return line[:cut] + SOFT_BREAK + (b"=2E" + rest[1:] if rest.startswith(b".") else rest)


def encode_html(text: str) -> bytes:
    """Plain `text` escaped for HTML and encoded."""
    return encode(escape(text))


def encode_both(text: str) -> tuple[bytes, bytes]:
    """Plain `text` encoded for HTML and for text; mostly they are the same."""
    plain = encode(text)
    escaped = escape(text)
    return (plain if escaped == text else encode(escaped)), plain


def _dump(fragments: Fragments) -> dict[str, Any]:
    return {
        "words": [fragments.words.language, fragments.words.table],
        "html": _dump_layout(fragments.html),
        "text": _dump_layout(fragments.text),
        "sayings": fragments.sayings,
        "groups": fragments.groups,
    }


def _load(data: Mapping[str, Any]) -> Fragments:
    return Fragments(
        words=Words(*data["words"]),
        html=_load_layout(data["html"]),
        text=_load_layout(data["text"]),
        sayings=tuple(Saying(*map(tuple, saying)) for saying in data["sayings"]),
        groups=tuple((name, heading) for name, heading in data["groups"]),
    )


def _dump_layout(layout: Layout) -> list[Any]:
    return [_dump_chunks(layout.page), {name: _dump_chunks(chunks) for name, chunks in layout.blocks.items()}]


def _load_layout(data: list[Any]) -> Layout:
    return Layout(_load_chunks(data[0]), {name: _load_chunks(chunks) for name, chunks in data[1].items()})


def _dump_chunks(chunks: Chunks) -> list[Any]:
    return [[chunk.name] if isinstance(chunk, Slot) else chunk.decode("ascii") for chunk in chunks]


def _load_chunks(data: list[Any]) -> Chunks:
    return tuple(Slot(chunk[0]) if isinstance(chunk, list) else chunk.encode("ascii") for chunk in data)
