"""One segment of a title: the words between two dashes, commas or brackets, and what each of them means.

Segments repeat far more than titles do (`Summer 2026`, `Software Engineer`), so each is read once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from jobdigest.curate.titlewords import FOREIGN, LEXICON, STATES, Meaning, Phrase, is_name, is_place, stem, word_list
from jobdigest.model import Degree

_WORD = re.compile(r"'\d\d\b|[cCfF](?:\+\+|#)|[^\W_]+(?:'[sS]\b)?")
_LEVEL = re.compile(r"(?:l|ic|lvl|level)([1-9])")
_CODED = re.compile(r"(swe|sde)([1-5])")
_THOUSANDS = re.compile(r"\d+k")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_DEGREES: dict[str, Degree] = {  # words that mean other things unless they stand beside one another
    "bs": "bachelors", "ba": "bachelors", "be": "bachelors", "ms": "masters", "ma": "masters", "meng": "masters",
    "bachelor": "bachelors", "master": "masters",
    "phd": "phd", "bachelors": "bachelors", "masters": "masters", "degree": "bachelors",
}  # fmt: skip
_BEFORE_CODES = word_list("before_codes")
_DURATIONS = word_list("durations")
_NOT_LED = word_list("not_led")
_NOT_CONTRACT = word_list("not_contract")
_COUNTS_AS = {"kin": "intern", "executives": "executive", "directors": "director"}  # for readers
_AREA = frozenset(("region", "district", "territory"))
_STATE_WIDE = frozenset(("area", "areas", "metro", "region"))
_STAGE = Meaning((), "seniority", ("intern",))  # French and Italian; English stages have managers and technicians
_NOT_WORKPLACES = word_list("not_workplaces")
_COMPASS = word_list("compass")
_NUMBERED = word_list("numbered")  # `Track 2` is another one than `Track 3`
_VENUES = word_list("venues")
_VENUE_LAST = word_list("venue_last")  # `Dakota Square`, but no `Square Engineer`
_VENUE_CENTERS = word_list("venue_centers")  # `Financial Center`, but no `Data Center`
_CONTRACT_WORK = word_list("contract_work")
_WRITTEN_MANAGER = word_list("written_manager")


class Facets(NamedTuple):
    """What is stripped from the role. `doubtful` are words that are a season only in a title for interns."""

    grades: Phrase = ()
    ranks: frozenset[str] = frozenset()
    levels: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    seasons: Phrase = ()
    doubtful: Phrase = ()
    degrees: tuple[Degree, ...] = ()
    employment: str | None = None
    requisition: str | None = None


PLAIN = Facets()


class Part(NamedTuple):
    """What a segment says. `core` are the words of the role; `rest` are those left if other segments tell the role.

    `around` and `beside` are the places dropped for the one and the other; `letters` the first of each word, `initials`
    words that may be made of such letters. `meaningful`: a reader would miss it. `place`: it names a place and nothing
    else; `town`: it could be an unknown town; `state`: it is a state's code, or the area around a town of it.
    """

    start: int
    end: int
    letters: str
    core: Phrase
    rest: Phrase
    around: Phrase
    beside: Phrase
    facets: Facets
    initials: Phrase
    meaningful: bool
    place: bool
    town: bool
    state: bool


@lru_cache(maxsize=32_768)
def read_part(text: str) -> Part | None:
    """The meaning of a segment whose accents are folded; None where it has no word."""
    found = list(_WORD.finditer(text))
    if not found:
        return None
    written = [match[0].replace("'s", "s").replace("'S", "S") for match in found]
    words = [word.lower() for word in written]
    if words == ["s"]:  # of `Engineer(s)`
        return None
    reader = _Reader(written, words)
    reader.read()
    rest, beside = reader.without_places(0)
    core, around = (rest, beside) if rest or not reader.kept else reader.without_places(1)
    unplaced = tuple(reader.workplace)
    return Part(
        found[0].start(),
        found[-1].end(),
        "".join([word[0] for word in words]),
        core,
        rest,
        unplaced + around,
        unplaced + beside,
        reader.facets(),
        tuple([word.lower() for word in reader.names if _could_be_initials(word, alone=len(words) == 1)]),
        reader.meaningful,
        reader.names_place(),
        _could_be_town(written),
        written[0] in STATES and _STATE_WIDE.issuperset(words[1:]),
    )


def _could_be_initials(word: str, alone: bool) -> bool:
    """`FDE`, and also `Dsldp` where it stands alone."""
    return 2 < len(word) < 6 and (word.isupper() or (alone and len(word) > 3))


def _could_be_town(written: list[str]) -> bool:
    return len(written) < 4 and all(word[0].isupper() and word.lower() not in LEXICON for word in written)


class _Reader:
    """Goes through the words of one segment and collects what they mean."""

    def __init__(self, written: list[str], words: list[str]) -> None:
        self.written = written
        self.words = words
        self.kept: list[str] = []
        self.names: list[str] = []  # beside `kept`: the word as written where it may be a name, or ""
        self.grades: list[str] = []
        self.ranks: set[str] = set()
        self.levels: list[int] = []
        self.years: list[int] = []
        self.seasons: list[str] = []
        self.doubtful: list[str] = []
        self.degrees: list[Degree] = []
        self.workplace: list[str] = []
        self.employment: str | None = None
        self.requisition: str | None = None
        self.meaningful = False

    def read(self) -> None:
        at = 0
        while at < len(self.words):
            meaning = self._meaning(at)
            if meaning:
                self._take(meaning, at)
                at += 1 + len(meaning.rest)
            else:
                at += self._unknown(at)

    def _meaning(self, at: int) -> Meaning | None:
        for meaning in LEXICON.get(self.words[at], ()):
            size = len(meaning.rest)
            if not size or tuple(self.words[at + 1 : at + 1 + size]) == meaning.rest:
                return meaning
        return None

    def _word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def _keep(self, words: Iterable[str], name: str = "") -> None:
        for word in words:
            self.kept.append(word)
            self.names.append(name)
        self.meaningful = True

    def _rank(self, meaning: Meaning) -> None:
        self.grades += meaning.value
        self.ranks.add(_COUNTS_AS.get(meaning.kind) or meaning.value[0])

    def _take(self, meaning: Meaning, at: int) -> None:
        kind, value = meaning.kind, meaning.value
        if kind == "core":
            if self.words[at] in _WRITTEN_MANAGER and self._word(at - 1) not in _NOT_LED:
                self.ranks.add("manager")
            self._keep(value)
        elif kind == "seniority" or kind in _COUNTS_AS:
            self._rank(meaning)
        elif kind == "employment":
            self.employment = self.employment or value[0]
        elif kind == "degree":
            self.degrees.append(value[0])  # type: ignore[arg-type]  # the table's keys are the model's words
        elif kind == "season" or (kind == "month" and not self._ends_span(at)):
            self._season(value[0], at)
        elif kind == "work":
            self._workplace(meaning, at)
        self.meaningful |= kind not in ("noise", "work", "employment")

    def _ends_span(self, at: int) -> bool:
        """Of `Jan-Jun` and `January 2026 to August 2026` the month that begins counts."""
        return any(map(is_month, self.words[max(0, at - 3) : at]))

    def _workplace(self, meaning: Meaning, at: int) -> None:
        """`Remote` is where the work is done, but `Remote Sensing` and `Hybrid Cloud` are what it is about."""
        if not meaning.rest and self._word(at + 1) in _NOT_WORKPLACES:
            self._keep(meaning.value)
        else:
            self.workplace.append(meaning.value[0])

    def _season(self, word: str, at: int) -> None:
        """Summer and winter are seasons; `Spring`, `Fall`, `May` only beside a year, an internship or alone."""
        near = self.words[max(0, at - 2) : at + 3]
        if word in ("summer", "winter") or len(self.words) <= 2 or any(map(_dates, near)):
            self.seasons.append(word)
        else:
            self.doubtful.append(word)

    def _unknown(self, at: int) -> int:
        """A word that the table doesn't have: a number, a level, a code, or a name; returns how many it takes."""
        word = self.words[at]
        if not (word.isascii() and word.isalpha()):
            return self._number(at) if word.isascii() and word.isdecimal() else self._mixed(word)
        after = self._word(at + 1)
        if word in _ROMAN and self._is_roman(at):
            self.levels.append(_ROMAN[word])
            self.meaningful = True
        elif word == "contract" and (not after or after in _CONTRACT_WORK or (at == 0 and after not in _NOT_CONTRACT)):
            self.employment = self.employment or "CONTRACTOR"
        elif word == "stage" and at == 0:
            self._rank(_STAGE)
            self.meaningful = True
        elif word in _DEGREES and self._beside_degrees(at):
            self.degrees.append(_DEGREES[word])
            self.meaningful = True
        elif not self._leads_number(word, after):
            self._keep((stem(word),), self.written[at])
        return 1

    def _is_roman(self, at: int) -> bool:
        written = self.written[at]
        return len(written) > 1 or written == "I" or (written == "V" and at + 1 == len(self.words))

    def _beside_degrees(self, at: int) -> bool:
        return len(self.words) == 1 or self._word(at + 1) in _DEGREES or self._word(at - 1) in _DEGREES

    @staticmethod
    def _leads_number(word: str, after: str) -> bool:
        """`Req 12345`, `Level 2`: the word goes with its number."""
        if word in ("level", "lvl"):
            return after in _ROMAN or (after.isdigit() and len(after) == 1)
        return word in _BEFORE_CODES and after.isdigit() and len(after) > 3

    def _number(self, at: int) -> int:
        word, after = self.words[at], self._word(at + 1)
        if word == "100" or (len(word) < 3 and self._after_month(at)):  # of `100% remote`, `July 13`
            return 1
        if after in _DURATIONS and len(word) < 3:
            self.meaningful = True
            return 2
        if after.isdigit() and self._word(at + 2) in _DURATIONS:
            self.meaningful = True
            return 3
        if self._word(at - 1) in _NUMBERED and len(word) < 3:
            self._keep((f"number{word}",))
        elif len(word) == 4 and "2010" <= word <= "2049":
            self.years.append(int(word))
        elif len(word) > 3 or (len(self.words) == 1 and len(word) > 2):
            self.requisition = self.requisition or word
            return 1
        elif len(word) == 1 and word != "0" and self._counts(at, after):
            self.levels.append(int(word))
        elif len(word) == 2 and self._word(at - 1) == f"20{int(word) - 1:02}":
            self.years.append(2000 + int(word))
        else:
            self._keep((word,))
        self.meaningful = True
        return 1

    def _after_month(self, at: int) -> bool:
        return is_month(self._word(at - 1))

    def _counts(self, at: int, after: str) -> bool:
        """Whether a digit is a level: at the end, beside another level, or after the word for it or for the role."""
        return (
            not after or after in _ROMAN or after.isdigit() or bool(self.kept) or self._word(at - 1) in ("level", "lvl")
        )

    def _mixed(self, word: str) -> int:
        """Letters with digits, or another script."""
        if not word.isascii():
            self._foreign(word)
        elif word[0] == "'":
            self.years.append(2000 + int(word[1:]))
        elif level := _LEVEL.fullmatch(word):
            self.levels.append(int(level[1]))
        elif coded := _CODED.fullmatch(word):
            self._keep(("software", "engineer"))
            self.levels.append(int(coded[2]))
        elif self._is_code(word):
            self.requisition = self.requisition or word.upper()
            return 1
        elif not _THOUSANDS.fullmatch(word):
            self._keep((word,))
        else:
            return 1
        self.meaningful = True
        return 1

    def _is_code(self, word: str) -> bool:
        """`R10181965`, and `RR798` where it stands alone."""
        digits = sum(map(str.isdigit, word))
        alone = len(self.words) == 1 and len(word) > digits + 1
        return digits > 3 or (digits == 3 and (len(word) > 5 or alone))

    def _foreign(self, word: str) -> None:
        """Scripts without spaces: the known words are cut out of the run."""
        run = word
        for known, meaning in FOREIGN:
            if known in word:
                word = word.replace(known, " ")
                if meaning.kind == "core":
                    self._keep(meaning.value)
                else:
                    self._rank(meaning)
        self._keep(word.split(), word if word == run else "")

    def facets(self) -> Facets:
        """What was found beside the role."""
        found = Facets(
            tuple(self.grades),
            frozenset(self.ranks),
            tuple(self.levels),
            tuple(self.years),
            tuple(self.seasons),
            tuple(self.doubtful),
            tuple(self.degrees),
            self.employment,
            self.requisition,
        )
        return PLAIN if found == PLAIN else found

    def names_place(self) -> bool:
        """Whether the segment is a place as a whole: by name, or a town with its state's code."""
        if self.grades or len(self.words) > 8 or "" in self.names:
            return False
        if _COMPASS.issuperset(self.words) or self._names_venue():
            return True
        if self.workplace and len(self.names) == 1 and self.names[0] in STATES:
            return True
        if self.words[-1] in _AREA and len(self.words) < 4 and all(word[0].isupper() for word in self.written):
            return True
        if self.names and self.names[-1] in STATES and 1 < len(self.names) < 5 and _could_be_town(self.names[:-1]):
            return True
        first, last = self.words[0] in _COMPASS, self.words[-1] in _COMPASS  # `East Houston`, `Detroit West`
        return is_place(tuple(self.words[first : len(self.words) - last]))

    def _names_venue(self) -> bool:
        """`Mall of America`, `Shoppes at Farmington`, `Kenwood Towne Centre`."""
        last = self.words[-1]
        named = (
            last in _VENUE_LAST
            or not _VENUES.isdisjoint(self.words)
            or (last in ("center", "centre") and not _VENUE_CENTERS.isdisjoint(self.words))
        )
        return named and len(self.words) > 1 and self.written[0][0].isupper()

    def without_places(self, least: int) -> tuple[Phrase, Phrase]:
        """The kept words less what names a place at either end, at least `least` of them; and those places."""
        names = self.names
        first, last = 0, len(names)
        dropped = []
        while last - first > least:
            if names[last - 1] and (size := _run(names[max(first, last - 3) : last], last - first - least, end=True)):
                dropped.append(" ".join(names[last - size : last]))
                last -= size
            elif names[first] and (size := _run(names[first : min(last, first + 3)], last - first - least)):
                dropped.append(" ".join(names[first : first + size]))
                first += size
            else:
                break
        return tuple(self.kept[first:last]), tuple(dropped)


def _run(names: list[str], most: int, *, end: bool = False) -> int:
    """How many words at the start (or end), at most `most`, name a place."""
    for size in range(min(len(names), most), 0, -1):
        run = names[-size:] if end else names[:size]
        if "" not in run and not run[0][0].islower() and (is_name(" ".join(run)) or _with_state(run)):
            return size
    return 0


def _with_state(run: list[str]) -> bool:
    return len(run) > 1 and run[-1] in STATES and is_name(" ".join(run[:-1]))


def is_month(word: str) -> bool:
    """Whether a word names a month, in small letters or as written."""
    return any(meaning.kind == "month" for meaning in LEXICON.get(word.lower(), ()))


def _dates(word: str) -> bool:
    return (len(word) == 4 and word.isdigit()) or word.startswith(("intern", "coop", "semester", "start", "season"))
