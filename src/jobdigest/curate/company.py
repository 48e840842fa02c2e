"""One key per employer, however its name is written: `Hugging Face, Inc.`, `HuggingFace` and `🤗 Hugging Face` are one.

Case, accents, punctuation, spaces and legal suffixes never tell employers apart; words like `Technologies` at the end
don't either, unless the name begins with a word that many employers share. Brands lead to their parents by the table
`data/companies.toml` and by an operator's own file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from jobdigest.curate.titlewords import fold
from jobdigest.errors import ConfigError

_WORD = re.compile(r"[^\W_]+")
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_DASH = re.compile(r"\s[-–—|]\s?|[-–—]\s")
_PART_OF = re.compile(r",\s*an?\s.*\scompany\s*$|\s(?:d/?b/?a|part of|powered by|a division of)\s.*$", re.IGNORECASE)
_RUN_TOGETHER = re.compile(r"(?<=[a-z])AI\b")
_OPEN = frozenset(("of", "for", "in"))
_NO_ALIASES: Mapping[str, str] = MappingProxyType({})
LONGEST_READ = 300

Words = tuple[str, ...]


def _endings(text: str) -> dict[str, tuple[Words, ...]]:
    """Phrases by their last word, longest first."""
    found: dict[str, set[Words]] = {}
    for phrase in text.replace("\n", " ").split(","):
        if words := tuple(phrase.split()):
            found.setdefault(words[-1], set()).add(words)
    return {last: tuple(sorted(phrases, key=len, reverse=True)) for last, phrases in found.items()}


_TABLE = tomllib.loads(files(__package__).joinpath("data", "companies.toml").read_text("utf-8"))
_LEGAL = _endings(_TABLE["legal"])
_BRANCH = _endings(_TABLE["legal"] + "," + _TABLE["geography"])
_TAILS = _endings(_TABLE["legal"] + "," + _TABLE["geography"] + "," + _TABLE["tails"])
_LINES = tuple(sorted((line.strip() for line in _TABLE["lines"].replace("\n", " ").split(",")), key=len, reverse=True))
_APART = frozenset(name.strip() for name in _TABLE["apart"].replace("\n", " ").split(","))
_COMMON = frozenset(tuple(phrase.split()) for phrase in _TABLE["common"].replace("\n", " ").split(","))
_COMMON_KEYS = frozenset("".join(phrase) for phrase in _COMMON)


def company_key(name: str | None, aliases: Mapping[str, str] = _NO_ALIASES) -> str:
    """The employer that `name` stands for as a short lower-case key, empty without a name.

    `aliases` (from `read_aliases`) go before the shipped table. A key given in place of a name gives the same key.
    """
    if not name:
        return ""
    full, short = _plain(name)
    for key in (full, short):
        if key in aliases:
            return aliases[key]
    return _SHIPPED.get(full) or _SHIPPED.get(short) or short


def brands_of(employer: str) -> tuple[str, ...]:
    """The folded names of the employer with this key: `rbc` of Royal Bank of Canada."""
    return (employer, *_BRANDS.get(employer, ()))


def read_aliases(text: str, where: str) -> dict[str, str]:
    """An operator's lines `Brand = Parent` (`#` begins a comment) as a mapping for `company_key`.

    Raises ConfigError with `where:line` for every line that isn't one, or that gives a brand a second parent.
    """
    found: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.split("#", 1)[0].strip()
        if not entry:
            continue
        brand, equals, parent = (part.strip() for part in entry.partition("="))
        key = _plain(brand)[0]
        if not equals or not key or not company_key(parent):
            problems.append(f"{where}:{number}: {entry!r} is not of the form `Brand = Parent`")
        elif found.setdefault(key, company_key(parent)) != company_key(parent):
            problems.append(f"{where}:{number}: {brand!r} already has another parent above")
    if problems:
        raise ConfigError(problems)
    return {brand: _settle(parent, found) for brand, parent in found.items()}


def _settle(parent: str, aliases: Mapping[str, str]) -> str:
    """Follow a chain of aliases to its end; a circle ends where it began."""
    seen = {parent}
    while (after := aliases.get(parent, parent)) not in seen:
        seen.add(after)
        parent = after
    return parent


@lru_cache(maxsize=32_768)
def _plain(name: str) -> tuple[str, str]:
    """The name without legal suffixes, and without tails too; spaces don't count."""
    text = _PART_OF.sub("", _BRACKETS.sub(" ", name[:LONGEST_READ])) or name[:LONGEST_READ]
    words = _words(_expand(text)) or _words(name[:LONGEST_READ])
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    full = _strip(words, _LEGAL)
    common = full[:1] in _COMMON or full[:2] in _COMMON
    short = _strip(full, _BRANCH if common else _TAILS)
    if common and len(short) == 1:
        short = full
    return "".join(full), "".join(short)


def _words(text: str) -> Words:
    return tuple(
        word
        for word in _WORD.findall(fold(_RUN_TOGETHER.sub(" AI", fold(text)).lower()).replace("'", ""))
        if word != "and"
    )


def _expand(text: str) -> str:
    """Of `RBC - Royal Bank of Canada` the full name, of `D2L - Early Talent` the name.

    `University of California - Irvine` stays whole, since what follows tells such employers apart.
    """
    parts = _DASH.split(text, maxsplit=1)
    if len(parts) < 2:
        return text
    first, second = _words(parts[0]), _words(parts[1])
    initials = "".join(word[0] for word in second)
    if len(first) == 1 and first[0] in (initials, "".join(word[0] for word in second if word not in ("of", "for"))):
        return parts[1]
    shared = first[:1] in _COMMON or first[:2] in _COMMON
    return text if not first or (shared and _strip(("x", *second), _TAILS)[1:]) else parts[0]


def _strip(words: Words, endings: dict[str, tuple[Words, ...]]) -> Words:
    """Cut endings off as long as a telling word stays."""
    while len(words) > 1:
        for ending in endings.get(words[-1], ()):
            rest = words[: -len(ending)]
            if words[-len(ending) :] == ending and rest and rest[-1] not in _OPEN and _tells(rest, endings):
                words = rest
                break
        else:
            return words
    return words


def _tells(words: Words, endings: dict[str, tuple[Words, ...]]) -> bool:
    return len(words) > 1 or endings is _LEGAL or len(words[0]) > 2


@lru_cache(maxsize=16_384)
def brand(key: str) -> str:
    """A looser key for comparing the same role: `oscarhealth` → `oscar`, as far as a telling name stays."""
    while key not in _APART and key.endswith(_LINES):
        rest = next((key[: -len(line)] for line in _LINES if key.endswith(line) and _is_brand(key[: -len(line)])), None)
        if rest is None:
            break
        key = rest
    return key


def _is_brand(name: str) -> bool:
    return len(name) > 2 and name not in _COMMON_KEYS


def _shipped() -> dict[str, str]:
    found = {}
    for parent, brands in _TABLE["aliases"].items():
        key = found[_plain(parent)[0]] = _plain(parent)[0]
        for other in brands.split(","):
            found[_plain(other)[0]] = key
    return {name: _settle(key, found) for name, key in found.items()}


_SHIPPED = _shipped()
_BRANDS: dict[str, list[str]] = {}
for _brand, _employer in _SHIPPED.items():
    _BRANDS.setdefault(_employer, []).append(_brand)
