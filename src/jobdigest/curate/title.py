"""A title taken apart: what the role is, and the facets that are stripped from it.

    "Sr. ML Engineer II (R-18658) - Remote, US" ─► senior · ml engineer · level 2 · 18658 · "remote; US"

A title is cut into segments at dashes, commas and brackets; a segment that is a place goes as a whole, the words of the
others are looked up in `data/titles.toml`. Time is linear in the title's length, which is capped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from jobdigest.curate.titleparts import PLAIN, Facets, Part, is_month, read_part
from jobdigest.curate.titlewords import FIELD_WORDS, Phrase, fold, word_list
from jobdigest.model import Degree, Seniority

LONGEST_READ = 1000  # characters; what follows says nothing more about the role
LONGEST_SHOWN = 160

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]+"
)
_SPACE = re.compile(r"\s+")
_AFTER_ROLE = "|".join(  # `Seasonal Associate-Kenwood Mall`, but no `Back-End`
    rf"(?<=(?i:{role})-)"
    for role in ("associate", "intern", "internship", "seasonal", "engineer", "analyst", "manager")
)
_BREAK = re.compile(rf"\s[-−]+|[-−](?:[-−]*\s|(?:{_AFTER_ROLE})(?=[A-Z]))|[–—―|,;:()\[\]{{}}_@•·~«»\"“”!?*]+|\s/\s")
_CURRENCY = re.compile("[$€£¥]")
_MONEY = re.compile(
    r"(?i)(?:\b(?:pay|avg|average|average income)\s)?(?:\b[A-Z]{2,3}\s?)?[$€£¥]\s?\d[\d.,]*\s?[km]?\+?"
    r"(?:\s?(?:-|–|—|to)\s?[$€£¥]?\s?\d[\d.,]*\s?[km]?\+?)?"
    r"(?:(?:\s?/|\s(?:per|an?)\b)?\s?(?:hr|hrly|hour|hourly|yr|year|yearly|annually|month|monthly|annum|week|day)\b)?"
    r"(?:\s?(?:\+|\bplus\b)\s?(?:equity|bonus|commissions?|benefits|ote|tips)|\s(?:potential|dep|doe)\b)*"
)
_DAY = re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.](?=(?:20)?\d\d\b)")
_SPAN = re.compile(  # `Jul - Dec 2026`: the dash between two months
    r"[-–—](?=\s?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b)", re.IGNORECASE
)
_GENDER = re.compile(
    r"\s*\([mfwdhvx](?:\s?/\s?[mfwdhvx*]+){1,3}\)|\s[-–]?\s?[mfwdhvx](?:/[mfwdhvx*]){1,3}$", re.IGNORECASE
)
_SENIORITY_ORDER: tuple[Seniority, ...] = (
    "intern", "executive", "director", "manager", "principal", "staff", "lead", "senior", "mid", "new-grad", "junior",
)  # fmt: skip
_JUNIOR = frozenset(("junior",))
_DEGREE_ORDER: tuple[Degree, ...] = ("bachelors", "masters", "phd")
_ENTRY_ASSOCIATES = word_list("entry_associates")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FIELD_WORD = re.compile(r"[^\W_]+")
_FIELD_ORDER = ("INTERN", "VOLUNTEER", "PER_DIEM", "CONTRACTOR", "TEMPORARY", "PART_TIME", "FULL_TIME", "OTHER")


class TitleFacts(NamedTuple):
    """What a title says.

    `display` is for readers. `segments` hold the words that say what the role is, normalised, in the order of the
    title; `core` is all of them. `grades` are the words of rank and kind (`senior`, `staff`, `apprentice`). `level` is
    "1" for "I", "2" for "L2", "1/2" for "I/II". `place_text` is what the title says about place and workplace.
    """

    display: str
    segments: tuple[Phrase, ...] = ()
    grades: Phrase = ()
    seniority: Seniority | None = None
    degree: Degree | None = None
    employment_type: str | None = None
    years: tuple[int, ...] = ()
    seasons: Phrase = ()
    level: str | None = None
    requisition: str | None = None
    place_text: str | None = None

    @property
    def core(self) -> Phrase:
        """The normalised words that say what the role is."""
        return tuple(word for segment in self.segments for word in segment)


@lru_cache(maxsize=32_768)
def read_title(title: str) -> TitleFacts:
    """Take `title` apart; no text makes it fail, and an empty one gives empty facts."""
    text = clean(title)
    spans = _cut(fold(text))
    places: list[str] = []
    parts: list[Part] = []
    shown: list[tuple[int, int]] = []
    for at, (start, part) in enumerate(spans):
        if _is_place(text, spans, at):
            place = text[start + part.start : start + part.end]
            if part.state and at and _is_place(text, spans, at - 1):
                places[-1] += f", {place}"
            else:
                places.append(place)
        else:
            parts.append(part)
            if part.meaningful:
                shown.append((start + part.start, start + part.end))
    return _facts(_display(text, spans, shown) if shown else _cap(text), parts, places)


def clean(title: str) -> str:
    """`title` as plain text on one line: entities decoded, tags and invisible characters gone."""
    text = title[:LONGEST_READ]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii() or not text.isprintable():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub(" ", text))
    return _SPACE.sub(" ", text).strip()


def _cut(folded: str) -> list[tuple[int, Part]]:
    """Segments with a word in them, and where each begins."""
    if _CURRENCY.search(folded):
        folded = _MONEY.sub(lambda match: " " * len(match[0]), folded)
    if "/" in folded or "." in folded:
        folded = _DAY.sub(lambda match: " " * len(match[0]), folded)
    folded = _SPAN.sub(_closed, folded)
    spans = []
    start = 0
    for match in _BREAK.finditer(folded):
        if part := read_part(folded[start : match.start()]):
            spans.append((start, part))
        start = match.end()
    if part := read_part(folded[start:]):
        spans.append((start, part))
    return spans


def _closed(dash: re.Match[str]) -> str:
    """A blank for a dash with a month before it, too."""
    before = _FIELD_WORD.findall(dash.string[max(0, dash.start() - 15) : dash.start()])
    return " " if any(map(is_month, before[-2:])) else dash[0]


def _is_place(text: str, spans: list[tuple[int, Part]], at: int) -> bool:
    """Whether a segment is place as a whole: known names, a state's code, or a town before such a code."""
    start, part = spans[at]
    if part.state:
        return at > 0
    if part.place:
        return len(spans) > 1
    if not part.town or at == 0 or at + 1 == len(spans) or not spans[at + 1][1].state:
        return False
    return "(" not in text[start + part.end : spans[at + 1][0] + spans[at + 1][1].start]


def _facts(display: str, parts: list[Part], places: list[str]) -> TitleFacts:
    told = [part.facets for part in parts if part.facets is not PLAIN]
    facets = _merge(told) if len(told) > 1 else told[0] if told else PLAIN
    ranks = facets.ranks
    segments = _segments(parts, "intern" in ranks, places)
    if not ranks and segments and _is_entry_associate(segments[0]):
        ranks = _JUNIOR
    seniority = next((rank for rank in _SENIORITY_ORDER if rank in ranks), None) if ranks else None
    seasons = facets.seasons + facets.doubtful if seniority == "intern" else facets.seasons
    return TitleFacts(
        display=display,
        segments=tuple(segments),
        grades=tuple(dict.fromkeys(facets.grades)),
        seniority=seniority,
        degree=next((degree for degree in _DEGREE_ORDER if degree in facets.degrees), None) if facets.degrees else None,
        employment_type="INTERN" if seniority == "intern" else facets.employment,
        years=tuple(sorted(set(facets.years))) if facets.years else (),
        seasons=tuple(sorted(set(seasons))) if seasons else (),
        level="/".join(map(str, sorted(set(facets.levels)))) if facets.levels else None,
        requisition=facets.requisition,
        place_text="; ".join(places) or None,
    )


def _merge(told: list[Facets]) -> Facets:
    return Facets(
        grades=tuple([grade for facets in told for grade in facets.grades]),
        ranks=frozenset([rank for facets in told for rank in facets.ranks]),
        levels=tuple([level for facets in told for level in facets.levels]),
        years=tuple([year for facets in told for year in facets.years]),
        seasons=tuple([season for facets in told for season in facets.seasons]),
        doubtful=tuple([word for facets in told for word in facets.doubtful]),
        degrees=tuple([degree for facets in told for degree in facets.degrees]),
        employment=next((facets.employment for facets in told if facets.employment), None),
        requisition=next((facets.requisition for facets in told if facets.requisition), None),
    )


def _segments(parts: list[Part], intern: bool, places: list[str]) -> list[Phrase]:
    """The role words of each part, and onto `places` the places dropped from them."""
    several = len(parts) > 1 and len([part for part in parts if part.core]) > 1
    segments = []
    short: Phrase = ()
    for part in parts:
        segment = part.rest if several else part.core
        places += part.beside if several else part.around
        if part.facets.doubtful and not intern:
            segment += part.facets.doubtful
        if segment:
            segments.append(segment)
        short += part.initials
    return _without_initials(segments, short, "".join([part.letters for part in parts])) if short else segments


def _is_entry_associate(segment: Phrase) -> bool:
    return segment[0] == "associate" and not _ENTRY_ASSOCIATES.isdisjoint(segment[1:])


def _without_initials(segments: list[Phrase], short: Phrase, letters: str) -> list[Phrase]:
    """Drop the initials of other words of the title: `Forward Deployed Engineer (FDE)`."""
    known = {word for word in short if word in letters}
    if not known:
        return segments
    return [rest for segment in segments if (rest := tuple([word for word in segment if word not in known]))]


def _display(text: str, spans: list[tuple[int, Part]], shown: list[tuple[int, int]]) -> str:
    """`text` without the segments at either end that are place, workplace, contract, codes or `(m/f/d)`."""
    first, last = spans[0], spans[-1]
    start = shown[0][0] if first[0] + first[1].start < shown[0][0] else 0
    end = shown[-1][1] if last[0] + last[1].end > shown[-1][1] else len(text)
    part = _GENDER.sub("", text[start:end]) if "/" in text else text[start:end]
    part = part.strip(" -–—|,;:/_")
    if part.count("(") > part.count(")"):
        part += ")"
    return _cap(part)


def _cap(text: str) -> str:
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[: LONGEST_SHOWN - 1].rsplit(" ", 1)[0] + "…"


@lru_cache(maxsize=4096)
def read_employment_type(text: str) -> str | None:
    """schema.org's word for what a source's own field says (`Full-time`, `fulltime_permanent`, `CDI`), or None."""
    words = _FIELD_WORD.findall(fold(_CAMEL.sub(" ", text[:200])).lower())
    found = set()
    at = 0
    while at < len(words):
        for size in (4, 3, 2, 1):
            if kind := FIELD_WORDS.get(tuple(words[at : at + size])):
                found.add(kind)
                break
        at += size if kind else 1
    return next((kind for kind in _FIELD_ORDER if kind in found), None)
