"""Text out of hostile markup: a page or description as plain text, a title as one safe line.

    to_text(html)            paragraphs as line breaks; scripts, styles, comments and hidden parts dropped
    clean_line(text, limit)  one display line: no tags, controls, direction overrides, invisible or stacked marks

Neither makes text safe to paste into HTML: whoever prints it escapes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_TEXT = 20_000
MAX_HTML = 1_000_000  # characters of markup looked at; more is not a job description

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_BLOCKS = re.split(
    " ",
    "p div br li ul ol h1 h2 h3 h4 h5 h6 tr td th table section article header footer nav aside main dl dt dd pre hr "
    "blockquote form button figure option title address label summary details",
)
_DROPPED = ["script", "style", "noscript", "template", "svg", "iframe", "object", "head"]
_INTRICATE = frozenset([*_DROPPED, "dialog", "textarea", "xmp", "plaintext"])  # names that need the real parser
_BREAK = "\x1e"  # stands for a line break while the markup's own become spaces
_BLOCK = re.compile(rf"<(?=/?(?:{'|'.join(_BLOCKS)})[\s/>])", re.IGNORECASE)
_HIDING = re.compile(r"hidden|display|none|sr-only|expanded", re.IGNORECASE)
HIDDEN = ", ".join(
    (
        "[hidden]",
        '[aria-hidden="true"]',
        '[style*="display:none" i]',
        '[style*="display: none" i]',
        '[style*="visibility:hidden" i]',
        '[style*="visibility: hidden" i]',
        # "hidden md:block", "d-none d-lg-flex" are shown on wider screens
        '.hidden:not([class*=":block"]):not([class*=":flex"]):not([class*=":inline"]):not([class*=":grid"])',
        '.d-none:not([class*="d-sm-"]):not([class*="d-md-"]):not([class*="d-lg-"]):not([class*="d-xl-"])',
        ".sr-only, .visually-hidden, .is-hidden",
        "dialog:not([open])",
    )
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def to_text(html: str) -> str:
    """What a reader of `html` sees, one paragraph, list item or cell a line, at most 20,000 characters.

    Text without markup keeps its own line breaks; those of markup are spaces, as in a browser.
    """
    text = html[:MAX_HTML]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text and _TAG.search(text):
        simple = _simple(text)
        text = _parsed(text) if simple is None else simple
    if "&" in text:
        text = unescape(text)
    text = _CONTROL.sub("", text).replace("\t", " ")
    if not text.isascii():
        text = text.replace("\xa0", " ").replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")
    while "  " in text:
        text = text.replace("  ", " ")
    lines = [line.strip() for line in text.split("\n")]
    return "\n".join(filter(None, lines))[:MAX_TEXT]


def _simple(html: str) -> str | None:
    """The text of plain well-kept markup, entities still in it, or None where it takes a parser to tell.

    Nearly all descriptions are such; the parser costs several times as much.
    """
    head, *chunks = html.split("<")
    out = [head]
    breaks = False
    for chunk in chunks:
        tag, closed, text = chunk.partition(">")
        turned = _turned(tag) if closed else None
        if turned is None:
            return None
        breaks = breaks or turned == _BREAK
        out.append(turned)
        out.append(text)
    joined = "".join(out)
    return joined.replace("\n", " ").replace(_BREAK, "\n") if breaks else joined


@lru_cache(maxsize=1024)
def _turned(tag: str) -> str | None:
    """What stands for a tag in text: a break, nothing, or None where only a parser can tell."""
    name = tag.split(None, 1)[0].strip("/").lower() if tag.strip() else ""
    if not name.isalnum() or name in _INTRICATE or tag.count('"') % 2 or tag.count("'") % 2 or _HIDING.search(tag):
        return None
    return _BREAK if name in _BLOCKS else ""


def _parsed(html: str) -> str:
    marked = _BLOCK.sub(_BREAK + "<", _UNPARSABLE.sub("", html))
    if len(marked) > len(html):
        marked = marked.replace("\n", " ")
    tree = LexborHTMLParser(shallow(marked))
    drop_unseen(tree)
    text = tree.body.text(deep=True, separator="", strip=False) if tree.body else ""
    return _ESCAPED.sub("&amp;", text).replace(_BREAK, "\n")


_MANY_TAGS = 10_000  # below this, even the worst nesting costs a parser less than half a second
_DEEPEST = 1_000  # browsers stop at about 500
_NESTING = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
_NOT_NESTING = frozenset(
    "p li dt dd option tr td th br img input meta link hr wbr source area base col embed track param".split()
)


def shallow(html: str) -> str:
    """`html` as it is, or its bare text where it nests deeper than any page: a parser's time grows with depth squared.

    Markup of that kind is an attack, or broken beyond reading.
    """
    if html.count("<") < _MANY_TAGS:
        return html
    depth = 0
    for close, name in _NESTING.findall(html):
        if name.lower() not in _NOT_NESTING:
            depth = max(depth - 1, 0) if close else depth + 1
            if depth > _DEEPEST:
                return _TAG.sub(_BREAK, html).replace("<", " ")
    return html


_UNPARSABLE = re.compile("[\x1e\ud800-\udfff]")
_ESCAPED = re.compile("&(?=[#a-zA-Z])")  # the parser has decoded entities; what still looks like one is meant as text


def drop_unseen(tree: LexborHTMLParser) -> None:
    """Remove from `tree` what no reader sees: scripts, styles, templates, hidden and closed parts."""
    tree.strip_tags(_DROPPED)
    nodes = tree.css(HIDDEN)
    behind = [node for node in nodes[:20] if _behind_dialog(node)]  # a search each: not for thousands
    drop(node for node in nodes if node.tag not in ("body", "html") and node not in behind)


def _behind_dialog(node: LexborNode) -> bool:
    """A page's main part is `aria-hidden` while a dialog stands before it, and still seen."""
    attributes = node.attributes
    if attributes.get("aria-hidden") != "true" or "hidden" in attributes or "style" in attributes:
        return False
    return node.css_first("h1, main") is not None


def drop(nodes: Iterable[LexborNode]) -> None:
    """Take `nodes`, in the order of the document, out of it; inner ones go first, so that none is freed twice."""
    for node in list(nodes)[::-1]:
        node.decompose()


_RAW = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(r"</?(?:b|i|u|em|strong|span|mark|font|small|a|sup|sub|wbr|bdi)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff\U000f0000-\U0010ffff\ue000-\uf8ff]"
)
# Joiners spell Persian, Indic words and emoji; anywhere else they only hide or fake text.
_JOINERS = re.compile(
    "(?<![\u0600-\u1fff\u2190-\ufffd\U00010000-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0600-\u1fff\u2190-\U0010ffff])"
)
_SPACES = re.compile("[\\s\x1c-\x1f\u115f\u1160\u2800\u3164\uffa0]+")
_GENERIC_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_STACK = re.compile(f"([{_GENERIC_MARKS}]{{2}})[{_GENERIC_MARKS}]+")
# Hebrew points, Arabic vowels, Thai and Indic signs do stack, but not higher than this.
_SCRIPT_MARKS = (
    "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0900-\u0903\u093a-\u094f"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u0f71-\u0f84"
)
_SCRIPT_STACK = re.compile(f"([{_SCRIPT_MARKS}]{{4}})[{_SCRIPT_MARKS}]+")


def clean_line(text: str, limit: int) -> str:
    """`text` as one line of at most `limit` characters that is safe to look at; `…` marks a cut.

    Entities are decoded, tags dropped, white space folded, to NFC; direction overrides, invisible characters and
    piles of combining marks removed.
    """
    text = text[: limit * 8 + 1_000]
    if "<" in text or "&" in text:
        text = _without_markup(text)
    if not text.isascii():
        text = _without_tricks(text)
    elif not text.isprintable():
        text = _UNSEEN.sub("", text)
    text = " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip()
    return text if len(text) <= limit else _cut(text, limit)


def _without_markup(text: str) -> str:
    for _ in range(3):  # sources escape titles up to twice
        text = _TAG.sub(" ", _INLINE.sub("", _RAW.sub(" ", text)))
        if not _ENTITY.search(text):
            break
        text = unescape(text)
    return text


def _without_tricks(text: str) -> str:
    text = _JOINERS.sub("", _UNSEEN.sub("", text))
    text = unicodedata.normalize("NFC", text)
    return _SCRIPT_STACK.sub(r"\1", _STACK.sub(r"\1", text))


def _cut(text: str, limit: int) -> str:
    """Shorten to `limit`, at a word's end if one is near, never between a letter and its marks."""
    end = max(limit - 1, 0)
    space = text.rfind(" ", max(end - 15, end // 2), end + 1)
    end = space if space > 0 else end
    while end > 0 and (
        unicodedata.combining(text[end]) or text[end] in "\u200c\u200d\ufe0f" or text[end - 1] == "\u200d"
    ):
        end -= 1
    return text[:end].rstrip(" ,;:-–—|/") + "…" if limit > 0 else ""
