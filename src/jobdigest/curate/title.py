"""A title taken apart: what the role is, and the facets that are stripped from it.

    "Sr. ML Engineer II (R-18658) - Remote, US" ─► senior · ml engineer · L2 · R-18658 · "Remote, US"

A title is cut into segments at dashes, commas and brackets; a segment that is a place goes as a whole, the words of the
others are looked up in `data/titles.toml`. Time is linear in the title's length, which is capped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from jobdigest.curate.titlewords import FOREIGN, LEXICON, STATES, Meaning, Phrase, fold, is_name, is_place, stem
from jobdigest.model import Degree, Seniority

LONGEST_READ = 1000  # characters; what follows says nothing more about the role
LONGEST_SHOWN = 160

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]+")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(
    r"('\d\d\b|[cCfF](?:\+\+|#)|[^\W_]+)|(\s[-−]+|[-−]+\s|[–—―|,;:()\[\]{}_@•·~«»\"“”!?*]+|\s/\s)"
)
_MONEY = re.compile(
    r"(?:[A-Z]{2,3}\s?)?[$€£¥]\s?\d[\d.,]*\s?[kKmM]?\+?"
    r"(?:\s?(?:-|–|—|to)\s?[$€£¥]?\s?\d[\d.,]*\s?[kKmM]?\+?)?(?:\s?(?:/|per|an?)\s?(?:hr|hour|yr|year|month|annum|week|day)\b)?"
    r"(?:\s?\+\s?(?i:equity|bonus|commissions?|benefits|ote|tips))*"
)
_CURRENCY = re.compile("[$€£¥]")
_LEVEL = re.compile(r"(?:l|ic|lvl|level)([1-9])")
_CODED = re.compile(r"(swe|sde)([1-5])")
_THOUSANDS = re.compile(r"\d+k")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_BEFORE_CODES = frozenset("r jr req id job no pn ref reqid requisition jobid p".split())
_DEGREES: dict[str, Degree] = {  # words that mean other things unless they stand beside one another
    "bs": "bachelors", "ba": "bachelors", "be": "bachelors", "ms": "masters", "ma": "masters", "meng": "masters",
    "phd": "phd", "bachelors": "bachelors", "masters": "masters", "degree": "bachelors",
}  # fmt: skip
_DURATIONS = frozenset("month months mos week weeks hour hours hr hrs day days monate mois meses".split())
_NOT_LED = frozenset(
    "product program programme project account accounts community office case store sales property territory "
    "campaign content brand marketing event events relationship success key partner category".split()
)
_NOT_WORKPLACES = frozenset("sensing cloud control monitoring patient access system systems vehicle powertrain".split())
_CONTRACT_WORK = frozenset("role position to".split())
_SENIORITY_ORDER: tuple[Seniority, ...] = (
    "intern", "executive", "director", "manager", "principal", "staff", "lead", "senior", "mid", "new-grad", "junior",
)  # fmt: skip
_ENTRY_ASSOCIATES = frozenset("engineer developer scientist software data ml ai analyst programmer frontend backend".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleFacts:
    """What a title says.

    `display` is for readers. `segments` hold the words that say what the role is, normalised, in the order of the
    title; `core` is all of them. `grades` are the words of rank and kind as written (`senior`, `staff`, `apprentice`).
    `level` is 1 for "I", 2 for "2" or "L2". `place_text` is what the title says about place, as written.
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


@dataclass(slots=True)
class _Segment:
    start: int
    words: list[str] = field(default_factory=list)  # as written, without accents
    end: int = 0
    kept: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # beside `kept`: the word as written if it may be a name, or ""
    meaningful: bool = False  # a reader would miss it

    def keep(self, words: Iterable[str], name: str = "") -> None:
        """Take words as saying what the role is; `name` is the one word as written where it may be a place."""
        self.kept += words
        self.names += [name] * (len(self.kept) - len(self.names))

    def trim_places(self, least: int) -> list[str]:
        """Drop what names a place at either end as long as `least` words stay; returns what was dropped."""
        dropped = []
        while len(self.kept) > least:
            if size := _place_run(self.names[-3:][::-1], len(self.kept) - least, backwards=True):
                dropped.append(" ".join(self.names[-size:]))
                del self.kept[-size:], self.names[-size:]
            elif size := _place_run(self.names[:3], len(self.kept) - least):
                dropped.append(" ".join(self.names[:size]))
                del self.kept[:size], self.names[:size]
            else:
                break
        return dropped


def _place_run(names: list[str], most: int, *, backwards: bool = False) -> int:
    """How many of the first words, at most `most`, name a place."""
    for size in range(min(len(names), most), 0, -1):
        run = names[:size][::-1] if backwards else names[:size]
        if all(run) and run[0][0].isupper() and is_name(" ".join(run)):
            return size
    return 0


@lru_cache(maxsize=65_536)
def read_title(title: str) -> TitleFacts:
    """Take `title` apart; no text makes it fail, and an empty one gives empty facts."""
    text = clean(title)
    segments = _cut(fold(text))
    reader = _Reader(segments)
    for at, segment in enumerate(segments):
        if _is_place(segments, at):
            reader.places.append(text[segment.start : segment.end].strip())
        else:
            reader.read(segment)
    return reader.facts(_display(text, segments), segments)


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


def _cut(folded: str) -> list[_Segment]:
    if _CURRENCY.search(folded):
        folded = _MONEY.sub(lambda match: " " * len(match[0]), folded)
    segments = []
    current: _Segment | None = None
    for match in _TOKEN.finditer(folded):
        word = match[1]
        if word is None:
            current = None
            continue
        if current is None:
            current = _Segment(match.start())
            segments.append(current)
        current.words.append(word)
        current.end = match.end()
    return segments


def _is_place(segments: list[_Segment], at: int) -> bool:
    """Whether a whole segment is place: known names, a state's code at the end, or a town before such a code."""
    words = segments[at].words
    if len(words) > 8:
        return False
    if len(words) == 1 and words[0] in STATES:
        return at > 0
    if is_place(tuple(word.lower() for word in words)):
        return len(segments) > 1
    if at == 0 or len(words) > 4:
        return False
    if words[-1] in STATES and len(words) > 1:
        return _could_be_town(words[:-1])
    following = segments[at + 1].words if at + 1 < len(segments) else ()
    return len(following) == 1 and following[0] in STATES and _could_be_town(words)


def _could_be_town(words: list[str]) -> bool:
    return len(words) < 4 and all(word[0].isupper() and word.lower() not in LEXICON for word in words)


class _Reader:
    """Collects what the words of the segments mean."""

    def __init__(self, segments: list[_Segment]) -> None:
        self.initials = "".join(word[0] for segment in segments for word in segment.words if word[0].isupper()).lower()
        self.grades: list[str] = []
        self.ranks: set[str] = set()
        self.levels: list[int] = []
        self.years: list[int] = []
        self.seasons: list[str] = []
        self.degrees: list[str] = []
        self.employment: str | None = None
        self.requisition: str | None = None
        self.places: list[str] = []

    def read(self, segment: _Segment) -> None:
        words = [word.lower() for word in segment.words]
        at = 0
        while at < len(words):
            meaning = _meaning(words, at)
            if meaning:
                self._take(meaning, segment, words, at)
                at += 1 + len(meaning.rest)
            else:
                at += self._unknown(segment, words, at)


    def _take(self, meaning: Meaning, segment: _Segment, words: list[str], at: int) -> None:
        kind, value = meaning.kind, meaning.value
        if kind == "core":
            if value == ("manager",) and words[at] in ("manager", "mgr", "managers", "gerente"):
                self._manager(words, at)
            segment.keep(value)
        elif kind in ("seniority", "kin"):
            self.grades += value
            self.ranks.add("intern" if kind == "kin" else value[0])
        elif kind == "employment":
            self.employment = self.employment or value[0]
        elif kind == "degree":
            self.degrees += value
        elif kind in ("season", "month"):
            self._season(meaning, segment, words, at)
        elif kind == "work":
            self._workplace(meaning, segment, words, at)
        segment.meaningful |= kind not in ("noise", "work", "employment")

    def _workplace(self, meaning: Meaning, segment: _Segment, words: list[str], at: int) -> None:
        """`Remote` is where the work is done, but `Remote Sensing` and `Hybrid Cloud` are what it is about."""
        after = words[at + 1] if at + 1 < len(words) else ""
        if not meaning.rest and after in _NOT_WORKPLACES:
            segment.keep(meaning.value)
        else:
            self.places.append(meaning.value[0])

    def _manager(self, words: list[str], at: int) -> None:
        if at == 0 or words[at - 1] not in _NOT_LED:
            self.ranks.add("manager")

    def _season(self, meaning: Meaning, segment: _Segment, words: list[str], at: int) -> None:
        """Summer and winter are seasons; `Spring`, `Fall`, `May` only beside a year, an internship or alone."""
        word = meaning.value[0]
        near = words[max(0, at - 2) : at + 3]
        sure = word in ("summer", "winter") or len(words) <= 2 or "intern" in self.ranks or any(map(_dates, near))
        if sure:
            self.seasons.append(word)
        else:
            segment.keep((word,))

    def _unknown(self, segment: _Segment, words: list[str], at: int) -> int:
        """A word that the table doesn't have: a number, a level, a code, or a name of something; returns its length."""
        word = words[at]
        after = words[at + 1] if at + 1 < len(words) else ""
        if word.isascii() and word.isalpha():
            if word in _ROMAN and self._roman(segment.words[at], after):
                self.levels.append(_ROMAN[word])
            elif word == "contract" and (not after or after in _CONTRACT_WORK):
                self.employment = self.employment or "CONTRACTOR"
                return 1
            elif word in _DEGREES and (len(words) == 1 or after in _DEGREES or words[at - 1 : at] and words[at - 1] in _DEGREES):
                self.degrees.append(_DEGREES[word])
            elif after.isdigit() and word in _BEFORE_CODES and len(after) > 3:
                return 1
            elif word in ("level", "lvl") and (after in _ROMAN or (after.isdigit() and len(after) == 1)):
                return 1
            elif not self._spelt_out(segment.words[at]):
                segment.keep((stem(word),), segment.words[at])
            segment.meaningful = True
            return 1
        if word.isdecimal() and word.isascii():
            return self._number(segment, words, at)
        return self._mixed(segment, word)

    def _spelt_out(self, written: str) -> bool:
        """Whether a word is the initials of others in the title: `Forward Deployed Engineer (FDE)`."""
        return 2 < len(written) < 6 and written.isupper() and written.lower() in self.initials

    @staticmethod
    def _roman(written: str, after: str) -> bool:
        return len(written) > 1 or written == "I" or (written == "V" and not after)

    def _number(self, segment: _Segment, words: list[str], at: int) -> int:
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        if after in _DURATIONS and len(word) < 3:
            segment.meaningful = True
            return 2
        if after.isdigit() and words[at + 2 : at + 3] and words[at + 2] in _DURATIONS:
            return 3
        if len(word) == 4 and "2010" <= word <= "2049":
            self.years.append(int(word))
            segment.meaningful = True
        elif len(word) > 3 or (len(segment.words) == 1 and len(word) > 2):
            self.requisition = self.requisition or word
        elif len(word) == 1 and word != "0" and (not after or after in _ROMAN or after.isdigit() or segment.kept):
            self.levels.append(int(word))
            segment.meaningful = True
        elif len(word) == 2 and self.years and after == "":
            self.years.append(2000 + int(word))
        else:
            segment.keep((word,))
            segment.meaningful = True
        return 1

    def _mixed(self, segment: _Segment, word: str) -> int:
        """Letters with digits, or another script."""
        segment.meaningful = True
        if not word.isascii():
            self._foreign(segment, word)
        elif word[0] == "'":
            self.years.append(2000 + int(word[1:]))
        elif level := _LEVEL.fullmatch(word):
            self.levels.append(int(level[1]))
        elif coded := _CODED.fullmatch(word):
            segment.keep(("software", "engineer") if coded[1] == "swe" else ("software", "developer", "engineer"))
            self.levels.append(int(coded[2]))
        elif _THOUSANDS.fullmatch(word):
            segment.meaningful = False
        elif len(word) > 5 and sum(char.isdigit() for char in word) > 2:
            self.requisition = self.requisition or word.upper()
            segment.meaningful = False
        else:
            segment.keep((word,))
        return 1

    def _foreign(self, segment: _Segment, word: str) -> None:
        """Scripts without spaces: the known words are cut out of the run."""
        for known, meaning in FOREIGN:
            if known in word:
                word = word.replace(known, " ")
                if meaning.kind == "core":
                    segment.keep(meaning.value)
                else:
                    self.grades += meaning.value
                    self.ranks.add("intern" if meaning.kind == "kin" else meaning.value[0])
        segment.keep(word.split())

    def facts(self, display: str, segments: list[_Segment]) -> TitleFacts:
        full = [segment for segment in segments if segment.kept]
        for segment in full:
            self.places += segment.trim_places(0 if len(full) > 1 else 1)
        kept = tuple(tuple(segment.kept) for segment in full if segment.kept)
        ranks = self.ranks
        if not ranks and kept and kept[0][0] == "associate" and _ENTRY_ASSOCIATES.intersection(kept[0][1:]):
            ranks = {"junior"}
        seniority = next((rank for rank in _SENIORITY_ORDER if rank in ranks), None)
        return TitleFacts(
            display=display,
            segments=kept,
            grades=tuple(dict.fromkeys(self.grades)),
            seniority=seniority,
            degree=_degree(self.degrees),
            employment_type="INTERN" if seniority == "intern" else self.employment,
            years=tuple(sorted(set(self.years))),
            seasons=tuple(sorted(set(self.seasons))),
            level="/".join(map(str, sorted(set(self.levels)))) or None,
            requisition=self.requisition,
            place_text="; ".join(self.places) or None,
        )


def _degree(found: list[str]) -> Degree | None:
    """The lowest degree that will do: "BS/MS" asks for a bachelor's."""
    order: tuple[Degree, ...] = ("bachelors", "masters", "phd")
    return next((degree for degree in order if degree in found), None)


def _dates(word: str) -> bool:
    return (len(word) == 4 and word.isdigit()) or word.startswith(("intern", "co", "semester", "start", "season"))


def _meaning(words: list[str], at: int) -> Meaning | None:
    for meaning in LEXICON.get(words[at], ()):
        size = len(meaning.rest)
        if not size or tuple(words[at + 1 : at + 1 + size]) == meaning.rest:
            return meaning
    return None


def _display(text: str, segments: list[_Segment]) -> str:
    """`text` without the segments at either end that are place, workplace, contract, codes or `(m/f/d)`."""
    kept = [at for at, segment in enumerate(segments) if segment.meaningful]
    if not kept:
        return _cap(text)
    first, last = kept[0], kept[-1]
    start = segments[first].start if first else 0
    end = segments[last].end if last + 1 < len(segments) else len(text)
    shown = text[start:end].strip(" -–—|,;:/_")
    if shown.count("(") > shown.count(")"):
        shown += ")"
    elif shown.count(")") > shown.count("("):
        shown = shown.replace(")", " ", 1) if shown.find(")") < shown.find("(") or "(" not in shown else shown
    return _cap(shown)


def _cap(text: str) -> str:
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[: LONGEST_SHOWN - 1].rsplit(" ", 1)[0] + "…"
