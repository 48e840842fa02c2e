"""From a location string to the names in it: words, how they are set apart, and what each run of them can mean.

"US, CA, Santa Clara; NYC or Remote"  ──words──►  Word…  ──names──►  Name…  (place_units.py makes places of them)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobdigest.curate.gazetteer import CODED_REGIONS, Reading, fold, lookup
from jobdigest.curate.patterns import table, word_set
from jobdigest.curate.place_words import ANYWHERE, HYBRID, ONSITE, REMOTE, SCOPES, STREETS, USUALLY_NOISE

MARKS = REMOTE + HYBRID + ONSITE + ANYWHERE
# How strongly two neighbours are set apart.
JOINT, HYPHEN, TIGHT, COMMA, OTHER, GROUP = range(6)

_WORD = re.compile(rf"[{MARKS}]|[^\W_{MARKS}]+(?:['’‘`][^\W_]+)*")
_CERTAIN_OR = frozenset("or and und oder et ou och og eller lub или".split())
_OR = _CERTAIN_OR | frozenset(("y", "e", "o", "i", "en", "of"))
_FILLERS = word_set("places", "fillers")
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LONGEST = 5
_STATES = word_set("places", "states")
_PROVINCES = word_set("places", "provinces")
_AUSTRALIAN = word_set("places", "australian")
_COUNTRIES = word_set("places", "countries")
_RATHER_COUNTRIES = frozenset({"NL", "PE", "SK"})
_SURE_CODES = frozenset({"US", "USA", "UK", "UAE"})
ALPHA3: dict[str, str] = dict(pair.split("=") for pair in table("places")["lists"]["alpha3"].split())
_PREFIXES = frozenset("north south east west new upper lower port lake mount fort saint".split())


@dataclass(slots=True)
class Word:
    """One word: as printed, folded, and how it is set apart from the one before."""

    text: str
    key: str
    gap: int


@dataclass(slots=True)
class Name:
    """A run of words and what it can mean; `whole` if nothing else stands in its segment, `code` for `CA` or `DEU`."""

    text: str
    readings: tuple[Reading, ...]
    start: int
    end: int
    gap: int
    whole: bool
    code: bool = False
    unknown: bool = False
    mark: str = ""
    scope: tuple[str, ...] = ()
    longer: str = ""


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def split_words(text: str) -> list[Word]:
    """Words of a marked string. "and", "or", "/" set apart more than a comma, ";" and "|" most."""
    words: list[Word] = []
    end, alternative, depth = 0, False, 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        gap = _gap(between, depth > 0) if words else GROUP
        depth += between.count("(") - between.count(")")
        end = match.end()
        shown = match[0]
        key = shown if shown in MARKS else fold(shown)
        if key in _OR and shown.islower() and _is_conjunction(key, text, end):
            alternative = True
            words.append(Word(shown, key, gap))
            continue
        words.append(Word(shown, key, max(gap, OTHER) if alternative else gap))
        alternative = False
    return words


def _is_conjunction(key: str, text: str, end: int) -> bool:
    """ "o" and its like join alternatives only before a mark: elsewhere they may be the rest of "S o Paulo"."""
    following = text[end : end + 2]
    return following.lstrip()[:1] in tuple(MARKS) or (key in _CERTAIN_OR and following[:1] == " ")


def _gap(between: str, bracketed: bool) -> int:
    if between == " " or not between:
        return JOINT
    if ";" in between or "|" in between:
        return OTHER if bracketed and ")" not in between else GROUP
    if "/" in between or "&" in between or "+" in between or "•" in between:
        return OTHER
    if "," in between:
        return COMMA
    stripped = between.strip()
    if stripped in ("", ".", "-"):
        if between == "-":
            return HYPHEN
        return JOINT if stripped != "-" else TIGHT
    return TIGHT


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_names(words: Sequence[Word]) -> list[Name]:
    """The known names, codes, marks and scopes among the words, and whole segments that look like names."""
    found: list[Name] = []
    shouting = all(word.text.isupper() for word in words if word.text.isascii() and word.text.isalpha())
    for start, end in _segments(words):
        found += _names_in(words, start, end, shouting)
    return found


def _segments(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or _parts(words[index - 1], words[index]):
            yield start, index
            start = index


def _parts(before: Word, word: Word) -> bool:
    """Whether a segment ends between two words; a hyphen ends one only after a code ("US-MD-Patuxent River")."""
    if word.gap >= TIGHT or word.key in MARKS or before.key in MARKS:
        return True
    return word.gap == HYPHEN and (before.text in _STATES or before.text in _COUNTRIES or before.text in ALPHA3)


def _names_in(words: Sequence[Word], start: int, end: int, shouting: bool) -> list[Name]:
    """The names of one segment; `rest` counts its other words that a place's name doesn't explain."""
    names: list[Name] = []
    at, rest = start, 0
    while at < end:
        name = _name_at(words, at, end, shouting)
        if name and _is_street(name, words, end):
            rest, at = rest + 2, name.end + 1
        elif name:
            names.append(name)
            at = name.end
        elif words[at].key[:1].isdigit() and end - at > 1:
            town = _town_of_address(words, at, end)  # a house number: what follows is an address
            names += [town] if town else []
            rest, at = rest + 2, end
        else:
            rest += words[at].key not in _CERTAIN_OR and words[at].key not in _FILLERS
            at += 1
    for name in names:
        name.whole = rest == 0 or name.text in _SURE_CODES or (name.code and _set_apart(words, name, end))
        name.gap = max(words[name.start].gap, words[start].gap if name is names[0] else JOINT)
    if (rest or len(names) > 1) and not any(name.mark or name.scope for name in names):
        return _with_unknown(words, start, end, names)
    return names


def _is_street(name: Name, words: Sequence[Word], end: int) -> bool:
    """True for the Hayes of "Hayes Street"."""
    named = not name.mark and not name.code and name.end < end and name.end - name.start < 3
    return named and words[name.end].text.lower() in STREETS


def _set_apart(words: Sequence[Word], name: Name, end: int) -> bool:
    return words[name.start].gap >= HYPHEN and name.end < end and words[name.end].gap >= HYPHEN


def _town_of_address(words: Sequence[Word], at: int, end: int) -> Name | None:
    """The town in a segment with a number: "28 West Skippack Pike Ambler, PA", "28013 Madrid"."""
    if end < len(words) and words[end].text in _STATES | _PROVINCES:
        starts = range(max(at + 1, end - 3), end)
    elif 4 <= len(words[at].key) <= 5:
        starts = range(at + 1, at + 2)
    else:
        return None
    for start in starts:
        readings = lookup(" ".join([word.key for word in words[start:end]]))
        if readings and readings[0].kind == "city" and (len(starts) > 1 or _is_large_abroad(readings[0])):
            text = " ".join(word.text for word in words[start:end])
            return Name(text, readings, start, end, words[start].gap, False)
    return None


def _is_large_abroad(reading: Reading) -> bool:
    return reading.people >= 50 and reading.country not in CODED_REGIONS


def _name_at(words: Sequence[Word], at: int, end: int, shouting: bool) -> Name | None:
    word = words[at]
    if word.key in MARKS:
        return Name(word.text, (), at, at + 1, word.gap, True, mark=word.key)
    if _CJK.search(word.key):
        return _name_in_run(word, at)
    for stop in range(min(end, at + _LONGEST), at, -1):
        key = word.key if stop == at + 1 else " ".join([each.key for each in words[at:stop] if each.key])
        if key in SCOPES:
            return Name(key, (), at, stop, word.gap, True, scope=SCOPES[key])
        alone = stop == at + 1
        if alone and len(word.text) <= 3 and (codes := _codes(word, at == 0, end - at == 1)):
            extra = tuple(reading for reading in lookup(key) if reading.kind == "city" and reading.people > 300)
            return Name(word.text, codes + extra[:1], at, stop, word.gap, True, code=True)
        if alone and (key in USUALLY_NOISE or (len(key) < 3 and not word.text.isupper() and len(words) > 1)):
            continue
        if readings := lookup(key):
            if alone and word.text.islower() and end - at > 1 and not readings[0].people > 500:
                continue
            text = " ".join(each.text for each in words[at:stop])
            return Name(text, readings, at, stop, word.gap, True)
    return None


def _name_in_run(word: Word, at: int) -> Name | None:
    """The first known name in a run of unspaced script; what follows it are its districts."""
    best: tuple[Reading, ...] = ()
    area: tuple[Reading, ...] = ()
    for start in range(len(word.key)):
        for stop in range(min(len(word.key), start + 8), start + 1, -1):
            readings = lookup(word.key[start:stop])
            if readings and readings[0].kind == "city":
                return Name(word.text, readings, at, at + 1, word.gap, True)
            area = area or readings
    best = area
    return Name(word.text, best, at, at + 1, word.gap, True) if best else None


def code_readings(code: str) -> tuple[Reading, ...]:
    """The states, provinces and countries that a code in capitals stands for, the likeliest first."""
    found: list[Reading] = []
    if code in _STATES:
        found.append(Reading("region", "US", code))
    if code in _PROVINCES:
        found.append(Reading("region", "CA", code))
    if code in _AUSTRALIAN:
        found.append(Reading("region", "AU", code))
    if code in _COUNTRIES:
        found.append(Reading("country", code))
    elif code in ALPHA3:
        found.append(Reading("country", ALPHA3[code]))
    return tuple(reversed(found)) if code in _RATHER_COUNTRIES else tuple(found)


def _codes(word: Word, opens: bool, alone: bool) -> tuple[Reading, ...]:
    """What a short word means as a code; lower case counts only where it stands alone in its segment."""
    code = word.text.upper()
    if word.text.islower() and word.key in _CERTAIN_OR:
        return ()
    if (
        word.text.islower()
        and (word.key in _OR or word.key in _FILLERS)
        and not (alone and word.gap >= COMMA and not opens)
    ):
        return ()
    if not (word.text.isupper() or (alone and word.gap >= HYPHEN and not opens)):
        return ()
    return code_readings(code)


def _with_unknown(words: Sequence[Word], start: int, end: int, names: list[Name]) -> list[Name]:
    """Adds the whole segment as a name the gazetteer lacks ("Peterson AFB"), if it looks like one."""
    part = words[start:end]
    strong = any(reading.kind != "city" or reading.people >= 100 for name in names for reading in name.readings[:2])
    looks = len(part) <= 4 and all(
        word.text[:1].isupper()
        and word.key.isalpha()
        and len(word.key) > 1
        and word.text.lower() not in STREETS
        and (word.key not in USUALLY_NOISE or (word.key in _PREFIXES and len(part) > 1))
        for word in part
    )
    acronym = (
        len(part) == 1
        and part[0].text.isupper()
        and (len(part[0].text) < 4 or not all(word.text.isupper() for word in words))
    )
    if acronym or not looks or any(name.code for name in names) or any(_CJK.search(word.key) for word in part):
        return names
    text = " ".join(word.text for word in part)
    if any(reading.kind != "city" for name in names for reading in name.readings):
        return names
    if strong and part[0].key not in _PREFIXES:
        names[0].longer = text if len(names) == 1 and names[0].readings[0].people < 300 else ""
        return names
    return [Name(text, tuple(r for n in names for r in n.readings), start, end, part[0].gap, True, unknown=True)]
