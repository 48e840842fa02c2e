"""Structured addresses → the words that a reader sees: `London, England, United Kingdom`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from jobdigest.collect.sources._parts import line

Address = tuple[Any, Any, Any]
"""City, region and country as a source's fields hold them: names, codes, blanks or anything else."""

_OTHER_NAMES = frozenset(("usa", "u.s.", "united states of america", "uk", "great britain", "england", "scotland"))


def addresses(found: Iterable[Address]) -> tuple[str, ...]:
    """Every address that says something, once."""
    return tuple(dict.fromkeys(shown for one in found if (shown := address(*one))))


def address(city: Any, region: Any, country: Any) -> str | None:
    """The parts in one line; a country's code is written out, since `CA` could as well be California."""
    named = line(country)
    return ", ".join(part for part in (line(city), line(region), country_name(named) or named) if part) or None


def country_name(code: str | None) -> str | None:
    """The English name for an ISO 3166 alpha-2 code, None for anything else."""
    return _names().get(code.upper()) if code and len(code) == 2 else None


def is_country(text: str) -> bool:
    """Whether a text is the name of a country and nothing else."""
    return text.casefold() in _folded()


@cache
def _names() -> dict[str, str]:
    from babel import Locale  # takes 30 ms to load, and most kinds have no structured addresses

    names = Locale("en").territories
    return {code: name for code, name in names.items() if re.fullmatch("[A-Z]{2}", code)} | {"UK": "United Kingdom"}


@cache
def _folded() -> frozenset[str]:
    return _OTHER_NAMES | {name.casefold() for name in _names().values()}
