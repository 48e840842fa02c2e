"""The links that narrow a search down: made once for all searches, with gaps for what else is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from jobdigest.app.board import Choice
from jobdigest.app.filters import Cuts, Filters, pair

if TYPE_CHECKING:
    from jobdigest.compose.templates import Templates
    from jobdigest.compose.words import Words

BEFORE, AFTER, WITHOUT = "\x01", "\x02", "\x03"
KEPT = 1000
Narrow = Callable[[str, tuple[Choice, ...]], str]


class Narrowing:
    """Makes the rows; `words` writes the numbers of jobs."""

    def __init__(self, templates: Templates, words: Words) -> None:
        self._templates, self._words = templates, words
        self._row = lru_cache(KEPT)(self._made)

    def of(self, wanted: Filters, cuts: Cuts) -> Narrow:
        """What makes the HTML of a row of choices for one filter, beside the other filters of a search."""
        counted = not any(wanted)

        def narrow(name: str, choices: tuple[Choice, ...]) -> str:
            cut, chosen = cuts[name], getattr(wanted, name)
            row = self._row(name, choices, chosen if any(one.value == chosen for one in choices) else None, counted)
            for gap, query in ((BEFORE, cut.before), (AFTER, cut.after), (WITHOUT, cut.without)):
                row = row.replace(gap, escape(query))
            return row

        return narrow

    def _made(self, name: str, choices: tuple[Choice, ...], chosen: str | int | None, counted: bool) -> str:
        links = [WITHOUT if one.value == chosen else BEFORE + pair(name, one.value) + AFTER for one in choices]
        context = {"choices": list(zip(choices, links, strict=True)), "chosen": chosen}
        number = self._words.number if counted else None
        return self._templates.render("web/narrow.html.j2", {**context, "number": number})
