"""Hosts that imitate a well-known employer's: `google-careers.net`, `g00gle.com`, `openai.com.apply.top`, `xn--…`."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from jobdigest.curate.url import host, registrable_domain

_DIGITS = str.maketrans("013457$", "oleastS".lower())
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Letters of other scripts that look like Latin ones (Cyrillic, Greek, a few more).
_TWINS = str.maketrans(
    "аеорсухіјԁӏѕһмтвкןɡοανρτιıłöäüéèáàíóōāăạẹịọụḷṃṇ", "aeopcyxijdlshmtbklgoavptiiloaueeaaiooaaaeioulmn"
)


class _Names(NamedTuple):
    official: frozenset[str]
    shared: frozenset[str]
    employers: frozenset[str]
    inside: re.Pattern[str]
    borrowed: re.Pattern[str]


@cache
def _names() -> _Names:
    table = tomllib.loads(files("jobdigest.curate").joinpath("data/safety_employers.toml").read_text("utf-8"))
    employers = {name.lower(): domains for name, domains in table["employers"].items()}
    hiring = "|".join(table["hosts"]["hiring"].split())
    names = "|".join(employers)
    official = frozenset(domain for domains in employers.values() for domain in domains)
    suffix = rf"(?:{hiring}|inc|global|usa?|uk|ai|group|online|official)"
    pattern = rf"(?:(?:{hiring})-)+(?P<a>{names})(?:-{suffix})*|(?P<b>{names})(?:-{suffix})+"
    return _Names(
        official,
        frozenset(table["hosts"]["shared"].split()),
        frozenset(employers),
        re.compile(r"(?:^|\.)(" + "|".join(re.escape(one) for one in sorted(official) if "." in one) + r")\."),
        re.compile(pattern),
    )


def lookalike(url: str, company: str | None) -> str | None:
    """In words, which employer the host of `url` imitates, or None. An unknown host by itself is nothing."""
    name = host(url)
    return _judged(name, company) if name else None


@lru_cache(maxsize=32_768)
def _judged(name: str, company: str | None) -> str | None:
    names = _names()
    domain = registrable_domain(name)
    if domain in names.official or domain in names.shared or name.rsplit(".", 1)[-1] in ("google", "apple"):
        return None
    employer = _imitated(name, domain, company)
    return f"the address imitates {employer.title()} ({name[:60]})" if employer else None


def _imitated(name: str, domain: str, company: str | None) -> str | None:
    names = _names()
    inside = names.inside.search(name)  # openai.com.apply-now.top
    if inside:
        return inside[1].split(".", 1)[0]
    labels = name.split(".")[:-1]
    for label in labels:
        found = names.borrowed.fullmatch(label)
        if found:
            return found["a"] or found["b"]
    claimed = re.sub(r"\W+", "", (company or "").casefold())
    return next((who for label in labels if (who := _disguised(label, label in domain.split("."), claimed))), None)


def _disguised(label: str, registered: bool, claimed: str) -> str | None:
    """The employer a label spells with other letters: homographs, digits, a slip of one letter."""
    employers = _names().employers
    plain = _shown(label).translate(_TWINS)
    spelled = {plain.translate(_DIGITS)} | {plain.replace(pair, letter) for pair, letter in _PAIRS}
    for spelling in spelled - {label}:
        for part in {spelling, *spelling.split("-")}:
            if len(part) > 3 and part in employers and part not in label.split("-"):
                return part
    if not registered:
        return None
    for employer in employers:
        near = len(employer) > 5 and employer in claimed and abs(len(label) - len(employer)) < 2
        if near and DamerauLevenshtein.distance(label, employer) == 1:
            return employer
    return None


def _shown(label: str) -> str:
    """A label as a reader sees it: `xn--…` decoded."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
