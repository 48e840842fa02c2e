"""XML as a stream of rows: what the XML kinds share. Memory holds one row at a time, however long the file.

Document types are refused, and with them entities: a feed of postings needs none, and they are how a kilobyte becomes
a gigabyte ("billion laughs") or a local file.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from xml.parsers import expat

from jobdigest.collect.sources._parts import text
from jobdigest.errors import ParseError

_ROW_BYTES = 8 * 2**20
_DEPTH = 64


@dataclass(slots=True)
class Node:
    """An element: its name in lower case without prefix, what it holds in order, and its elements by name."""

    name: str
    content: list[str | Node] = field(default_factory=list)
    elements: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, path: str) -> list[Node]:
        """The elements at `a/b`; a row's own attributes stand at `@name`."""
        step, _, rest = path.partition("/")
        found = self.elements.get(step, [])
        return [inner for node in found for inner in node.all(rest)] if rest else found

    def get(self, *paths: str) -> str | None:
        """The text of the first of the elements that has any; markup that was not escaped comes back as markup."""
        for path in paths:
            for node in self.elements.get(path, ()) if "/" not in path else self.all(path):
                if found := text(node.markup()):
                    return found
        return None

    def markup(self) -> str:
        """What stands inside the element."""
        return "".join(
            part if isinstance(part, str) else f"<{part.name}>{part.markup()}</{part.name}>" for part in self.content
        )

    def add(self, inner: Node) -> None:
        """Put an element at the end."""
        self.content.append(inner)
        self.elements.setdefault(inner.name, []).append(inner)


class RowParser:
    """Feed it bytes, take the finished rows: the elements of the given names, wherever they stand."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.root: str | None = None
        self._rows: list[Node] = []
        self._open: list[Node] = []
        self._depth = self._size = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.UseForeignDTD(True)  # so that an undeclared &nbsp; is skipped and told to us instead of being an error
        parser.ExternalEntityRefHandler = lambda *_: 1
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = lambda name, _: self._text(html.unescape(f"&{name};"))

    def feed(self, data: bytes, final: bool = False) -> list[Node]:
        """The rows that `data` completes. Raises ParseError with the line where it stops being XML."""
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            raise ParseError(f"not XML at line {error.lineno}: {expat.ErrorString(error.code)}") from None
        rows, self._rows = self._rows, []
        return rows

    def _doctype(self, *_: object) -> None:
        raise ParseError("the XML declares a document type, which is refused since it can hold harmful entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        self.root = self.root or local
        self._depth += 1
        if self._depth > _DEPTH:
            raise ParseError(f"the XML is nested more than {_DEPTH} deep")
        if self._open or local in self.names:
            node = Node(local)
            if self._open:
                self._open[-1].add(node)
            else:
                node.elements = {f"@{key.lower()}": [Node(key, [value])] for key, value in attributes.items()}
            self._open.append(node)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._open:
            node = self._open.pop()
            if not self._open:
                self._rows.append(node)
                self._size = 0

    def _text(self, data: str) -> None:
        if self._open:
            self._size += len(data)
            if self._size > _ROW_BYTES:
                raise ParseError(f"one row is larger than {_ROW_BYTES // 2**20} MB")
            self._open[-1].content.append(data)


def read(body: bytes, *names: str, root: str | None = None) -> list[Node]:
    """All rows of a whole document; `root` is the name its first element must have. Raises ParseError."""
    parser = RowParser(*names)
    rows = parser.feed(body, final=True)
    if root and parser.root != root:
        raise ParseError(f"expected <{root}>, found <{parser.root}>")
    return rows


async def stream(pieces: AsyncIterator[bytes], *names: str, size: int = 200) -> AsyncIterator[list[Node]]:
    """The rows of a document that arrives in pieces, about `size` at a time. Raises ParseError."""
    parser = RowParser(*names)
    waiting: list[Node] = []
    async for piece in pieces:
        waiting += parser.feed(piece)
        if len(waiting) >= size:
            yield waiting
            waiting = []
    waiting += parser.feed(b"", final=True)
    yield waiting
