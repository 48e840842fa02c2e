"""Which postings are one job: strong identities first, then the same role at the same employer.

    title, employer, places ─ facts ─► Facts ─ role_keys ─► keys        same_job(a, b) ⇔ they share a key

Two postings that share a key are one job, and so are those that a chain of shared keys connects: an order-free relation
that an index answers. `docs/dedupe.md` says why the keys are what they are and what they reach.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple, TypeVar

from jobdigest.curate.company import brand, brands_of, company_key
from jobdigest.curate.title import TitleFacts, read_title
from jobdigest.curate.titlewords import LEXICON, SOFT, Phrase, fold, stem, word_list

T = TypeVar("T", int, str)

_WORD = re.compile(r"[^\W_]+")
_FUNCTIONS = word_list("functions")
_FIELD = frozenset(("computer", "scientist"))  # what interns study
_UNITS = word_list("units")
_STACKS = word_list("stacks")  # software by nature
_DEVELOPED = word_list("developed")
_STORE = re.compile(r"(?!36[05])\d{3,}")  # a number of the employer's own, but `Dynamics 365`
_TELLING_DIGIT = re.compile("[1-9]")
_SEASONS = ("spring", "summer", "fall")
_STARTS = ("spring", "fall")  # when those start who stay: what is for a summer is mostly an internship
_PLACE_OF = {season: place for place, season in enumerate(("", *_SEASONS))}
_YEAR_CLASSES = 4  # years that agree modulo four don't meet in one store
_TERM_OF = {  # what begins in winter, employers call winter or spring
    "winter": "spring", "dec": "spring", "jan": "spring", "feb": "spring", "mar": "spring", "apr": "spring",
    "may": "summer", "jun": "summer", "jul": "summer", "aug": "summer", "sep": "fall", "oct": "fall", "nov": "fall",
}  # fmt: skip
_NO_ID = word_list("no_id")
SHORTEST_TEXT = 400  # characters; below that, descriptions are teasers and boilerplate


class Facts(NamedTuple):
    """What the weak relation compares: employer, class (rank and level), role words, and what was said of the term."""

    employer: str
    rank: str
    role: str
    years: tuple[int, ...]
    seasons: Phrase
    beginner: str | None  # intern, new-grad or junior: hired for a term

    @property
    def said(self) -> str:
        """What the title says of the role and its term, for use beside a description."""
        return " ".join((self.role, *map(str, self.years), *self.seasons))


def facts(title: str, company: str | None, locations: Sequence[str] = (), salary: str | None = None) -> Facts:
    """The facts of one posting; `company` may be a name or the key that `company_key` gave for it.

    Places only help to see where a title repeats them: one role in thirty cities is one job. Pay never splits.
    """
    employer = company_key(company)
    places, names = _place_words(tuple(locations)), _names(company, employer)
    told, words = _told(title)
    if places.isdisjoint(words) and names.isdisjoint(words):  # nearly always
        return Facts(employer, *told[1:])
    return _facts(read_title(title), employer, places, names)


@lru_cache(maxsize=16_384)
def _told(title: str) -> tuple[Facts, Phrase]:
    """What a title says whoever the employer is, and the words that a place or an employer's name could change."""
    read = read_title(title)
    return _facts(read, "", frozenset(), frozenset()), read.core


def _facts(read: TitleFacts, employer: str, places: frozenset[str], names: frozenset[str]) -> Facts:
    words = _role_words(read, places, names)
    grades = set(read.grades)
    level = read.level
    if read.seniority == "intern":
        grades = (grades & {"intern", "apprentice", "alternance", "workstudent", "placement", "thesis"}) or {"intern"}
        level = None
        words = _intern_words(words)
    elif "new-grad" in grades:
        words = (words - SOFT) or words
        grades.discard("junior")
    if level == "1":
        grades -= {"new-grad", "junior"}
    rank = " ".join(sorted(grades)) + (f" L{level}" if level else "")
    ranks = {"intern"} if read.seniority == "intern" else grades
    beginner = next((rank for rank in ("intern", "new-grad", "junior") if rank in ranks), None)
    seasons = tuple(sorted({_TERM_OF.get(season, season) for season in read.seasons}))
    return Facts(employer, rank, " ".join(sorted(words)), read.years, seasons, beginner)


def _role_words(read: TitleFacts, places: frozenset[str], names: frozenset[str]) -> set[str]:
    """The role words without what repeats the posting's own place or its employer's name."""
    early = read.seniority in ("intern", "new-grad", "junior")
    kept = [
        list(segment)
        for segment in read.segments
        if not places.issuperset(segment) and "".join(segment) not in names and not (early and _is_scheme(segment))
    ]
    if not kept:
        return set(read.core)
    last = kept[-1]
    while len(last) > 1 and last[-1] in places:
        last.pop()
    words = {word for segment in kept for word in segment}
    words = (words - names) or words
    return _plain_craft({word for word in words if not (word[0].isdecimal() and _STORE.fullmatch(word))} or words)


def _is_scheme(segment: Phrase) -> bool:
    """`Tech Catalyst Program`, `Global Technology`: what beginners are hired into, not what they will do."""
    return (segment[-1] == "program" and _FUNCTIONS.isdisjoint(segment)) or _UNITS.issuperset(segment)


def _plain_craft(words: set[str]) -> set[str]:
    """`Software Development Engineer`, `Software Developer` and `Software Engineer` are one craft."""
    if "developer" in words and not words & _DEVELOPED:
        words = words - {"developer"} | {"engineer"}
    if "architect" in words:
        words = words - {"engineer"}
    if "engineer" in words and words & _STACKS:
        words = words - {"software"}
    return words


@lru_cache(maxsize=16_384)
def _names(company: str | None, employer: str) -> frozenset[str]:
    """Words that name the employer and nothing else."""
    words = _WORD.findall(fold(company or "")[:100].lower())
    said = (stem(word) for word in words[:1] if word not in LEXICON and len(word) > 2)
    return frozenset((*said, brand(employer), *brands_of(employer)))


def _intern_words(words: set[str]) -> set[str]:
    rest = (words - SOFT) or words
    if rest > _FIELD and len(rest) > 3:
        rest = rest - _FIELD
    rest = {word for word in rest if not word.isdigit()} or rest
    if "software" in rest and not rest & _FUNCTIONS:
        rest = rest | {"engineer"}
    return rest


@lru_cache(maxsize=32_768)
def _place_words(locations: tuple[str, ...]) -> frozenset[str]:
    words = _WORD.findall(fold(" ".join(locations)[:500]).lower())
    short = [word[:3] for word in words if len(word) > 5]  # `HYD`
    return frozenset(word for word in words + short if word not in LEXICON)


def role_keys(facts: Facts) -> tuple[str, ...]:
    """Keys of the weak relation, none without an employer or a title.

    What year beginners are hired for, and what season interns and graduates are, splits only where both titles say it;
    so does the season of any title with a year. A title that leaves it open carries a key for each that another could
    state. They end in `#` and a number below sixteen, so that the store can keep them side by side.
    """
    if not facts.employer or not (facts.role or facts.rank):
        return ()
    base = f"{brand(facts.employer)}|{facts.rank}|{facts.role}"
    if not facts.beginner:
        if not facts.years:
            return (f"{base}|{' '.join(facts.seasons)}",)
        base += "|" + " ".join(map(str, facts.years))
        return tuple([f"{base}#{_PLACE_OF[season]}" for season in facts.seasons or _STARTS])
    years = sorted({year % _YEAR_CLASSES for year in facts.years}) or range(_YEAR_CLASSES)
    seasons = ("",) if facts.beginner == "junior" else (facts.seasons or _SEASONS)
    return tuple(f"{base}#{4 * year + _PLACE_OF[season]}" for year, season in product(years, seasons))


def same_job(a: Facts, b: Facts) -> bool:
    """Whether the weak relation holds between two postings by themselves."""
    return not set(role_keys(a)).isdisjoint(role_keys(b))


def identities(
    *,
    ats_id: str | None,
    requisition_id: str | None,
    company_key: str,
    canonical_url: str | None,
    text: str,
    linked_id: str | None = None,
    role: Facts | None = None,
) -> tuple[str, ...]:
    """Strong identities, each true by itself: `ats:…`, `req:employer|id`, `url:…`, `text:…`.

    `ats_id` is what the source says, `linked_id` what its link names at a known system.
    A description counts from 400 characters on, and only together with the employer and what the title says (`role`):
    employers publish one description for many roles.
    """
    found = [f"ats:{own}" for own in dict.fromkeys((ats_id, linked_id)) if own]
    if requisition_id and company_key and (number := _requisition(requisition_id)):
        found.append(f"req:{company_key}|{number}")
    if canonical_url:
        found.append(f"url:{canonical_url}")
    if role and role.role and company_key and len(text) >= SHORTEST_TEXT:
        words = " ".join(_WORD.findall(text.casefold()))
        digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        if len(words) >= SHORTEST_TEXT:
            found.append(f"text:{company_key}|{role.said}|{digest}")
    return tuple(found)


def _requisition(text: str) -> str | None:
    """A requisition id brought to one form; None for what stands where an id should be: `TBD`, `N/A`, `0`."""
    words = _WORD.findall(text.casefold())
    number = "".join(words)
    if len(number) < 3 or all(word in _NO_ID for word in words) or not _TELLING_DIGIT.search(number):
        return None
    return number


def components(
    edges: Iterable[tuple[T, T]], nodes: Iterable[T] = (), apart: Iterable[tuple[T, T]] = ()
) -> frozenset[frozenset[T]]:
    """The partition that `edges` connect; pairs in `apart` never share a part, whatever connects them.

    It depends on what is given, never on the order: where `apart` forces a choice, the smallest edge is kept first.
    """
    pairs: list[tuple[T, T]] = sorted({(one, other) if one <= other else (other, one) for one, other in edges})
    cuts: tuple[tuple[T, T], ...] = tuple(apart)
    parts: dict[T, set[T]] = {node: {node} for node in nodes}
    for one, other in chain(pairs, cuts):
        parts[one], parts[other] = {one}, {other}
    foes: dict[T, set[T]] = {node: set() for node in parts}
    for one, other in cuts:
        foes[one].add(other)
        foes[other].add(one)
    for one, other in pairs:
        large, small = sorted((parts[one], parts[other]), key=len, reverse=True)
        if large is small or any(foe in large for node in small for foe in foes[node]):
            continue
        large |= small
        for node in small:
            parts[node] = large
    return frozenset(frozenset(part) for part in parts.values())
