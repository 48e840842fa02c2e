"""The documentation as a reader sees it: code blocks with their language, code in the text, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/README.md")])
_FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`(digest [^`]+)`")


class Block(NamedTuple):
    """A piece of code in a page; `language` is empty for drawings and output."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks() -> Iterator[Block]:
    """Every fenced and every indented block."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            yield Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])
        for number, paragraph in _indented(_FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)):
            yield Block(page, number, "", paragraph)


def _indented(text: str) -> Iterator[tuple[int, str]]:
    """Runs of lines that are code by four blanks, with the first one's line; what continues a list item is not."""
    run: list[str] = []
    in_list = False
    for number, line in enumerate([*text.split("\n"), "."], 1):
        if line.startswith("    ") and not in_list:
            run.append(line[4:])
            continue
        if run and line:
            yield number - len(run), "\n".join(run)
            run = []
        if line and not line.startswith(" "):
            in_list = bool(re.match(r"([-*]|\d+\.) ", line))


def spans() -> Iterator[tuple[str, str]]:
    """Every `digest …` within a sentence, with where it stands."""
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            yield from ((f"{page.relative_to(ROOT)}:{number}", span) for span in _SPAN.findall(line))


def dead_links() -> Iterator[str]:
    """Links to files or headings of ours that are not there."""
    for page in PAGES:
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, heading = target.partition("#")
            file = (page.parent / path) if path else page
            if not file.exists() or (heading and heading not in _anchors(file)):
                yield f"{page.relative_to(ROOT)}: {target}"


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
