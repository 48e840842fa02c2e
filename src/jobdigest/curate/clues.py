"""Find, cheaply, the lines of a text that are worth reading closely.

Most texts hold no notice and no fraud. Splitting into words and asking one set about them all costs a few dozen
microseconds; only the lines with one of the words are then tried against regular expressions.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping

_APOSTROPHE = "’".encode()
_EAST_ASIAN = b"\xe0" + bytes(range(0xE3, 0xEE))  # the first bytes of Thai, kana, Han and hangul in UTF-8
_MARKS = b'.,!?:;()[]{}"*|/<>=+&#~_\t\r\n'  # apostrophes and hyphens belong to words
_TO_WORDS = bytes.maketrans(
    string.ascii_uppercase.encode() + _MARKS, string.ascii_lowercase.encode() + b" " * len(_MARKS)
)

SENTENCE = re.compile(r"[^\n.!?。！？…]+(?:[.!?…](?![\s\n])[^\n.!?。！？…]+)*[.!?。！？…]*")


class Clues:
    """Words and, for scripts without spaces, pieces, each with the names of what it may be a clue to."""

    def __init__(self, words: Mapping[str, Iterable[str]], pieces: Mapping[str, Iterable[str]]) -> None:
        self._pieces = {piece: frozenset(names) for piece, names in pieces.items()}
        self._tokens: dict[bytes, tuple[str, frozenset[str]]] = {}
        for word, names in words.items():
            for spelling in {word} if word.isascii() else {word, word.upper(), word.capitalize()}:
                self._tokens[spelling.encode().translate(_TO_WORDS).strip()] = (word, frozenset(names))
        self._known = frozenset(self._tokens)

    def find(self, text: str) -> dict[str, frozenset[str]]:
        """The clues in `text`, lower case, with what they may mean.

        On bytes, because one pass over those does what takes several over text.
        """
        data = text.encode("utf-8", "replace")
        tokens = data.replace(_APOSTROPHE, b"'").translate(_TO_WORDS).split()
        clues: dict[str, frozenset[str]] = {}
        if not self._known.isdisjoint(tokens):
            clues = dict(self._tokens[token] for token in self._known.intersection(tokens))
        if len(data.translate(None, _EAST_ASIAN)) < len(data):
            low = text.lower()
            clues.update((piece, names) for piece, names in self._pieces.items() if piece in low)
        return clues


def folded(text: str) -> str:
    """`text` in lower case with plain apostrophes, of the same length where Unicode allows it."""
    return text.replace("İ", "i").lower().replace("’", "'")


def lines_with(low: str, clues: Iterable[str]) -> list[tuple[int, int]]:
    """The spans of the lines of `low` that hold one of `clues`, in their order."""
    spans = set()
    for clue in clues:
        at = low.find(clue)
        while at >= 0:
            end = low.find("\n", at)
            end = len(low) if end < 0 else end
            spans.add((low.rfind("\n", 0, at) + 1, end))
            at = low.find(clue, end)
    return sorted(spans)
