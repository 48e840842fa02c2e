"""What a visitor of `/jobs` asks for: the query string ⇄ `Filters` ⇄ the groups of tokens that the store searches by.

Reading never fails: what cannot be understood is left out, and the page shows what it did understand. Every filter is
a link, so the same filters always give the same query string.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus

from jobdigest.compose.money import wished_euros
from jobdigest.curate.gazetteer import fold as fold_place
from jobdigest.curate.gazetteer import lookup
from jobdigest.curate.place import place_covers, wish_keys
from jobdigest.curate.place_words import SCOPES
from jobdigest.store.search import PAY_STEPS, fact, fold
from jobdigest.subscribers.preferences import MAX_LENGTH, SENIORITIES, FieldError, read_min_salary

MOST_WORDS = 8
NAMES = {"words": "q"}  # in addresses, where they differ from the fields
REGIONS = tuple(sorted({name for names in SCOPES.values() for name in names if len(name) > 2}))
_SHORT_NAMES = frozenset({"uk", "usa", "us", "uae"})  # other words of two or three letters are seldom meant as places


class Filters(NamedTuple):
    """What is asked for; empty fields ask for nothing. `pay` is in thousand euros a year, one of PAY_STEPS."""

    words: str = ""
    role: str = ""
    place: str = ""
    remote: bool = False
    seniority: str = ""
    pay: int = 0
    company: str = ""

    def query(self) -> str:
        """The query string, with its question mark; empty without filters."""
        return _joined(self._pairs())

    def cuts(self) -> Cuts:
        """For each filter what stands around it in the query string."""
        pairs = self._pairs()
        return {name: Cut.at(number, pairs) for number, name in enumerate(self._fields)}

    def _pairs(self) -> list[str]:
        return [pair(name, value) for name, value in zip(self._fields, self, strict=True)]


class Cut(NamedTuple):
    """A query string cut at one filter: what comes before and after its pair, and the whole without it."""

    before: str
    after: str
    without: str

    @classmethod
    def at(cls, number: int, pairs: Sequence[str]) -> Cut:
        """Cut at the filter of that number."""
        first, last = [*filter(None, pairs[:number])], [*filter(None, pairs[number + 1 :])]
        return cls("?" + "".join(f"{one}&" for one in first), "".join(f"&{one}" for one in last), _joined(first + last))


Cuts = dict[str, Cut]


def _joined(pairs: Iterable[str]) -> str:
    query = "&".join(filter(None, pairs))
    return f"?{query}" if query else ""


@lru_cache(maxsize=4096)
def pair(name: str, value: str | int) -> str:
    """`name=value` as it stands in an address; empty for a filter that asks for nothing."""
    text = {"pay": f"{value}000", "remote": "yes"}.get(name, str(value))
    return f"{NAMES.get(name, name)}={quote_plus(text)}" if value else ""


def read(params: Mapping[str, str], role_ids: Collection[str]) -> Filters:
    """The filters of a query string."""
    role, seniority = params.get("role", ""), params.get("seniority", "")
    words = " ".join(_line(params.get("q", "")).split()[:MOST_WORDS])
    return Filters(
        words=words if fold(words) else "",
        role=role if role in role_ids else "",
        place=_line(params.get("place", "")),
        remote=params.get("remote", "") not in ("", "0", "no", "false"),
        seniority=seniority if seniority in SENIORITIES else "",
        pay=_pay(params.get("pay", "")),
        company=_line(params.get("company", "")),
    )


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_LENGTH]).split())[:MAX_LENGTH].strip()


def _pay(text: str) -> int:
    """The highest step that a yearly minimum reaches; 0 where none is said or understood."""
    try:
        wish = read_min_salary(text[:MAX_LENGTH])
    except FieldError:
        return 0
    euros = (wished_euros(wish) or 0) if wish else 0
    return max((step for step in PAY_STEPS if step * 1000 <= euros), default=0)


def groups(filters: Filters) -> list[tuple[str, ...]]:
    """What the store searches by: an AND of ORs of tokens."""
    found = list(_said(filters.words))
    if filters.role:
        found.append((fact("r", filters.role),))
    if filters.place:
        found.append(in_place(filters.place))
    if filters.remote:
        found.append(("w_remote",))
    if filters.seniority:
        found.append((fact("l", filters.seniority),))
    if filters.pay:
        found.append((f"p_{filters.pay}",))
    if filters.company:
        found.append((fact("e", filters.company),))
    return found


def _said(text: str) -> Iterator[tuple[str, ...]]:
    """One group for each word; two words that name a country or state ("New Zealand") are one place."""
    words = [word for part in text.split() for word in _split(part)][:MOST_WORDS]
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        if at + 1 < len(words) and (named := _named(pair)):
            yield named
            at += 2
        else:
            yield _meanings(words[at])
            at += 1


def _split(part: str) -> list[str]:
    """A typed word as plain ones; a star after it asks for all words that begin so."""
    plain = fold(part).split()
    star = part.endswith("*") and plain and len(plain[-1]) > 1
    return [*plain[:-1], plain[-1] + "*"] if star else plain


def _meanings(word: str) -> tuple[str, ...]:
    """The word, its singular or plural, and the fact that it names."""
    if word.endswith("*"):
        return (word,)
    found = [word]
    if len(word) > 3:
        found.append(word[:-1] if word.endswith("s") else word + "s")
    if word in ("remote", "worldwide", "anywhere"):
        found.append("w_remote")
    if word in SENIORITIES:
        found.append(fact("l", word))
    return (*found, *_named(word))


def _named(text: str) -> tuple[str, ...]:
    """The tokens of the countries and states that a text names."""
    if len(text) < 4 and text not in _SHORT_NAMES:
        return ()
    areas = (one for one in lookup(fold_place(text)) if one.kind in ("country", "region"))
    return tuple(fact("k", f"={one.country}-{one.region}" if one.region else f"={one.country}") for one in areas)


@lru_cache(maxsize=4096)
def in_place(wanted: str) -> tuple[str, ...]:
    """The tokens of jobs in a place, remote ones that are open to its country included."""
    keys = sorted(wish_keys(wanted))
    tokens = [fact("k", key) for key in keys]
    regions = [name for name in SCOPES.get(fold_place(wanted), ()) if name in REGIONS]
    countries = [key[1:] for key in keys if key.startswith("=") and "-" not in key]
    if regions:
        tokens += [fact("s", name) for name in (*regions, "Worldwide")]
    elif countries:
        covering = [name for name in REGIONS if any(place_covers((name,), country) for country in countries)]
        tokens += [fact("s", name) for name in (*countries, *covering, "Worldwide")]
    return tuple(dict.fromkeys(tokens))
