"""From a location string to the units it names: `US, CA, Santa Clara; NYC or Remote` → two cities and a mark.

    string ──words──► Word… ──names──► Name (what each run of words can mean) ──units──► Unit (one place each)

Names that stand together and agree (a city, its state, its country, in any order) make one unit; the cheapest way to
cut the string into units wins, so "Ontario, CA, US" is a city in California and "Toronto, ON, CA" one in Canada.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jobdigest.curate.gazetteer import Reading, fold, lookup
from jobdigest.curate.place_words import ANYWHERE, HYBRID, ONSITE, REMOTE, SCOPES, STREETS, USUALLY_NOISE
from jobdigest.model import Place

MARKS = REMOTE + HYBRID + ONSITE + ANYWHERE
# How strongly two neighbours are set apart.
JOINT, HYPHEN, TIGHT, COMMA, OTHER, GROUP = range(6)

_WORD = re.compile(rf"[{MARKS}]|[^\W_{MARKS}]+(?:['’‘`][^\W_]+)*")
_OR = frozenset("or and und oder et ou y e o lub i och og en of".split())
_CERTAIN_OR = frozenset("or and und oder et ou och og".split())
_FILLERS = frozenset(
    "in from within based the only of at for to de en near around greater metro metropolitan area hq office offices region location city".split()
)
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LONGEST = 5
_CHEAP = 5.0
_AGREED = 8.5

_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR
    PA PR RI SC SD TN TX UT VT VA WA WV WI WY""".split()
)
_PROVINCES = frozenset("AB BC MB NB NL NS ON PE QC SK NT NU YT".split())
_AUSTRALIAN = frozenset("NSW VIC QLD SA WA TAS ACT NT".split())
_COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH
    CI CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GG GH GI GL GM GN GP
    GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI
    LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MR MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NZ OM PA
    PE PF PG PH PK PL PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR ST SV SY SZ TC TD TG TH TJ TL
    TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WS XK YE ZA ZM ZW""".split()
)
_ALPHA3 = dict(
    pair.split("=")
    for pair in """USA=US CAN=CA GBR=GB IND=IN DEU=DE GER=DE FRA=FR ESP=ES ITA=IT NLD=NL BEL=BE CHE=CH AUT=AT POL=PL CZE=CZ SVK=SK
    HUN=HU ROU=RO ROM=RO BGR=BG GRC=GR PRT=PT IRL=IE DNK=DK SWE=SE NOR=NO FIN=FI ISL=IS EST=EE LVA=LV LTU=LT UKR=UA RUS=RU TUR=TR ISR=IL
    ARE=AE SAU=SA QAT=QA EGY=EG ZAF=ZA NGA=NG KEN=KE MAR=MA CHN=CN HKG=HK TWN=TW JPN=JP KOR=KR SGP=SG MYS=MY THA=TH VNM=VN IDN=ID PHL=PH
    PAK=PK BGD=BD LKA=LK AUS=AU NZL=NZ MEX=MX BRA=BR ARG=AR CHL=CL COL=CO PER=PE URY=UY CRI=CR PAN=PA DOM=DO GTM=GT HND=HN SRB=RS HRV=HR
    SVN=SI LUX=LU CYP=CY MLT=MT KAZ=KZ GEO=GE ARM=AM PRI=PR ECU=EC UAE=AE KSA=SA""".split()
)
# How much likelier a posting means the city of that country than its size says.
_LIKELIER = {"US": 2.5, "GB": 2.5, "CA": 1.5, "DE": 2.0, "FR": 2.0, "ES": 2.5, "IE": 2.0, "IL": 2.0, "NL": 2.0, "IN": 1.5, "AU": 1.5}  # fmt: skip
_PREFIXES = frozenset("north south east west new upper lower port lake mount fort saint".split())
_TOWNS = (" city", " town", " village", " township", " beach", " springs", " heights", " falls", "ville", "burg")
_CITY_STATES = frozenset({"SG", "HK", "MO", "MC", "GI"})
_NESTING_IS_LISTING = frozenset({"US", "CA", "AU", "GB"})


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


@dataclass(slots=True)
class Unit:
    """One place of a string; `names` are what it was read from, `context_first` for "US VA Herndon"."""

    place: Place
    names: tuple[Name, ...]
    context_first: bool = False
    people: int = 0
    area: str | None = field(default=None)


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
    return key in _CERTAIN_OR and text[end : end + 1] == " "


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
    """The known names, codes, marks and scopes among the words, longest first, and whole segments that look like names."""
    found: list[Name] = []
    shouting = all(word.text.isupper() for word in words if word.text.isascii() and word.text.isalpha())
    for start, end in _segments(words):
        found += _names_in(words, start, end, shouting)
    return found


def _segments(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(words) + 1):
        if (
            index == len(words)
            or words[index].gap >= TIGHT
            or words[index].key in MARKS
            or words[index - 1].key in MARKS
        ):
            yield start, index
            start = index


def _names_in(words: Sequence[Word], start: int, end: int, shouting: bool) -> list[Name]:
    names: list[Name] = []
    at, rest = start, 0
    while at < end:
        name = _name_at(words, at, end, shouting)
        if name is None:
            rest += words[at].key not in _CERTAIN_OR and words[at].key not in _FILLERS
            if words[at].key[:1].isdigit() and (at > start or _house_number(words, at, end)):
                rest += 1
                town = _town_of_address(words, at, end)  # a house number: what follows is an address
                names += [town] if town else []
                break
            at += 1
            continue
        if (
            not name.mark
            and name.end < end
            and words[name.end].key in STREETS
            and not name.code
            and name.end - name.start < 3
        ):
            rest += 2
            at = name.end + 1
            continue
        names.append(name)
        at = name.end
    gap = words[start].gap
    for name in names:
        name.whole = rest == 0 or (name.code and _set_apart(words, name, end))
        name.gap = gap if name.start == start else max(words[name.start].gap, gap if name is names[0] else JOINT)
    if (rest or len(names) > 1) and not any(name.mark or name.scope for name in names):
        names = _with_unknown(words, start, end, names)
    return names


def _set_apart(words: Sequence[Word], name: Name, end: int) -> bool:
    return words[name.start].gap >= HYPHEN and name.end < end and words[name.end].gap >= HYPHEN


def _town_of_address(words: Sequence[Word], at: int, end: int) -> Name | None:
    """The town that ends an address without a comma: "28 West Skippack Pike Ambler"."""
    for start in range(max(at + 1, end - 3), end):
        readings = lookup(" ".join([word.key for word in words[start:end]]))
        if readings and readings[0].kind == "city":
            text = " ".join(word.text for word in words[start:end])
            return Name(text, readings, start, end, words[start].gap, False)
    return None


def _house_number(words: Sequence[Word], at: int, end: int) -> bool:
    return end - at > 1


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
        if alone and (key in USUALLY_NOISE or (len(key) < 3 and not word.text.isupper())):
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
    found: list[Reading] = []
    if code in _STATES:
        found.append(Reading("region", "US", code))
    if code in _PROVINCES:
        found.append(Reading("region", "CA", code))
    if code in _AUSTRALIAN:
        found.append(Reading("region", "AU", code))
    if code in _COUNTRIES:
        found.append(Reading("country", code))
    elif code in _ALPHA3:
        found.append(Reading("country", _ALPHA3[code]))
    return tuple(found)


def _with_unknown(words: Sequence[Word], start: int, end: int, names: list[Name]) -> list[Name]:
    """Adds the whole segment as a name the gazetteer lacks ("Peterson AFB"), if it looks like one."""
    part = words[start:end]
    strong = any(reading.kind != "city" or reading.people >= 100 for name in names for reading in name.readings[:2])
    looks = len(part) <= 4 and all(
        word.text[:1].isupper()
        and word.key.isalpha()
        and len(word.key) > 1
        and word.key not in STREETS
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
    if strong and part[0].key not in _PREFIXES:
        names[0].longer = text if len(names) == 1 else ""
        return names
    return [Name(text, tuple(r for n in names for r in n.readings), start, end, part[0].gap, True, unknown=True)]


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_units(names: Sequence[Name]) -> list[Unit]:
    """The cheapest cut of the names (marks and scopes left out) into places, in the order of the string."""
    units: list[Unit] = []
    run: list[Name] = []
    for name in names:
        if name.scope or name.mark in (REMOTE, ANYWHERE):
            units += _cut(run)
            run = []
        elif not name.mark:
            if run and name.gap == GROUP:
                units += _cut(run)
                run = []
            run.append(name)
    units = _without_addresses(units + _cut(run))
    return _with_newtowns(names, units) if any(name.unknown for name in names) else units


def _with_newtowns(names: Sequence[Name], units: list[Unit]) -> list[Unit]:
    """Adds names like "GIFT City" that stand alone between separators, in the country of the place before."""
    used = {id(name) for unit in units for name in unit.names}
    for name in names:
        alone = name.unknown and name.gap >= OTHER and id(name) not in used and name.start > 0
        if alone and units and name.text.lower().endswith(_TOWNS):
            units.append(Unit(Place(name.text, None, units[-1].place.country), (name,)))
    return units


def _cut(run: Sequence[Name]) -> list[Unit]:
    """Dynamic programme over one group: each name starts a unit, joins one, or is skipped at a price."""
    if not run:
        return []
    if len(run) < 4 and all(name.gap < OTHER for name in run[1:]):
        made = _unit(run)
        if made and (made[0] < _AGREED or len(run) == 1 and run[0].whole):
            return [made[1]]
    best: list[tuple[float, list[Unit]]] = [(0.0, [])]
    for end in range(1, len(run) + 1):
        name = run[end - 1]
        cost, units = best[end - 1]
        options = [(cost + _price_of_skipping(name, run), units)]
        for start in range(max(0, end - 5), end):
            if any(run[k].gap >= OTHER for k in range(start + 1, end)):
                continue
            for span, price in _spans(run, start, end):
                if made := _unit(span):
                    options.append((best[start][0] + made[0] + price, [*best[start][1], made[1]]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _spans(run: Sequence[Name], start: int, end: int) -> Iterator[tuple[Sequence[Name], float]]:
    """The names from start to end, and the same without the cheap ones in between."""
    span = run[start:end]
    yield span, 0.0
    if len(span) > 2 and (not span[0].readings or span[0].readings[0].kind == "city"):
        prices = [_price_of_skipping(name, run) for name in span[1:-1]]
        if any(price <= _CHEAP for price in prices):
            kept = [name for name, price in zip(span[1:-1], prices, strict=True) if price > _CHEAP]
            yield [span[0], *kept, span[-1]], sum(price for price in prices if price <= _CHEAP)


def _price_of_skipping(name: Name, run: Sequence[Name]) -> float:
    if name.unknown:
        return 4.0
    first = name.readings[0]
    if name.code:
        if not name.whole:
            return 5.0
        if _inside_an_address(name, run) or _before_another_country(name, run):
            return 3.0
        return 3.0 if _local_code(name, run) else 30.0
    if first.kind == "city":
        return (30.0 if name.whole else 15.0) if name.whole or first.people >= 100 else 2.0
    return 30.0 if name.whole or first.kind == "country" else 14.0


def _before_another_country(name: Name, run: Sequence[Name]) -> bool:
    """True for the "CH" of "CH - Shanghai, China", somebody's own code."""
    at = next(index for index, other in enumerate(run) if other is name)
    if at + 2 >= len(run) or any(other.gap >= OTHER for other in run[at + 1 : at + 3]):
        return False
    meant = {reading.country for reading in name.readings}
    city, closing = run[at + 1], {reading.country for reading in run[at + 2].readings if reading.kind == "country"}
    at_home = any(reading.kind != "city" or reading.country in meant for reading in city.readings)
    return bool(closing) and closing.isdisjoint(meant) and not at_home


def _local_code(name: Name, run: Sequence[Name]) -> bool:
    """True for the "MI" of "ITA - MI - Cernusco": the country named before it has no such state."""
    if name.readings[0].kind != "region":
        return False
    country = ""
    for other in run:
        if other is name:
            break
        if other.gap >= OTHER:
            country = ""
        if other.readings and other.readings[0].kind == "country":
            country = other.readings[0].country
    return bool(country) and name.gap < OTHER and all(reading.country != country for reading in name.readings)


def _inside_an_address(name: Name, run: Sequence[Name]) -> bool:
    """True for the local code in "Abstatt, BW, DE": a later country of the same place is at odds with it."""
    at = next(index for index, other in enumerate(run) if other is name)
    if at == 0 or at == len(run) - 1 or (run[at - 1].readings and run[at - 1].readings[0].kind != "city"):
        return False
    after = run[at + 1]
    countries = {reading.country for reading in after.readings if reading.kind == "country"}
    closes = bool(countries) and after.gap < OTHER and name.gap < OTHER
    return closes and countries.isdisjoint(reading.country for reading in name.readings)


def _unit(span: Sequence[Name]) -> tuple[float, Unit] | None:
    """The best reading of neighbouring names as one place, with its cost; None if they don't agree."""
    best: tuple[float, Unit] | None = None
    for index, name in enumerate(span):
        if not name.unknown and all(reading.kind != "city" for reading in name.readings):
            continue
        context = _agreement([*span[:index], *span[index + 1 :]], span[index])
        if context is None:
            continue
        made = _city_unit(span, index, name, context)
        if made and (best is None or made[0] < best[0]):
            best = made
    bare = _agreement(span, None)
    if bare and bare[0] and (len(span) == 1 or not _repeats(span)):
        country, region = bare
        cost = 12.0 + (3 if all(name.code for name in span) else 0) + 0.5 * _code_doubts(span, country, region)
        if best is None or cost < best[0]:
            best = cost, Unit(Place(None, region, country), tuple(span))
    return best


def _repeats(span: Sequence[Name]) -> bool:
    return len({(name.start, name.end) for name in span}) < len(span)


def _agreement(context: Sequence[Name], city: Name | None) -> tuple[str | None, str | None] | None:
    """The one country and region that all context names can mean; (None, None) without context, None if at odds."""
    states: list[tuple[str | None, str | None]] = [(None, None)]
    for name in context:
        following = []
        for country, region in states:
            for reading in name.readings:
                if reading.kind == "city" or name.unknown:
                    continue
                if country not in (None, reading.country):
                    continue
                if region and reading.region and region != reading.region:
                    continue
                following.append((reading.country, region or reading.region))
        if not following and city is not None and _same_city(name, city):
            following = states
        states = following
        if not states:
            return None
    if city is not None and len(states) > 1:
        fitting = [state for state in states if _candidates(city, *state)]
        states = sorted(fitting or states, key=lambda state: -_best_people(city, state))
    return states[0]


def _best_people(city: Name, state: tuple[str | None, str | None]) -> float:
    found = _candidates(city, *state)
    return _weight(found[0]) * (16 if state[1] else 1) if found else 0.0


def _same_city(name: Name, city: Name) -> bool:
    """True for "Shanghai - Shanghai" and for a province named like its capital ("Villars, Fribourg, Switzerland")."""
    for large in name.readings:
        for small in city.readings:
            if large.kind != "city" or small.kind != "city" or large.country != small.country:
                continue
            if large.name == small.name and large.region == small.region:
                return True
            nested = large.region == small.region and large.people >= 3 * max(1, small.people)
            if nested and large.country not in _NESTING_IS_LISTING and name.gap >= TIGHT:
                return True
    return False


def _candidates(city: Name, country: str | None, region: str | None) -> list[Reading]:
    found = [
        reading
        for reading in city.readings
        if reading.kind == "city" and country in (None, reading.country) and (not region or region == reading.region)
    ]
    return sorted(found, key=_weight, reverse=True)


def _weight(reading: Reading) -> float:
    return (reading.people + 0.5) * _LIKELIER.get(reading.country, 1.0)


def _city_unit(
    span: Sequence[Name], index: int, name: Name, context: tuple[str | None, str | None]
) -> tuple[float, Unit] | None:
    country, region = context
    others = len(span) - 1
    if others and country is None and not all(_same_city(other, name) for k, other in enumerate(span) if k != index):
        return None
    if name.unknown:
        return _unknown_unit(span, index, name, country, region)
    found = _candidates(name, country, region)
    if not found:
        fits = bool(name.longer) or _little_known(name, country, region)
        return _unknown_unit(span, index, name, country, region) if fits else None
    chosen = found[0]
    nested = [other for k, other in enumerate(span) if k != index and all(r.kind == "city" for r in other.readings)]
    if nested and not _nests(chosen, nested, span, country):
        return None
    cost = 10.0 - math.log10(_weight(chosen) + 1) / 4 + _code_doubts(span, country, region) - _support(span, index)
    cost += 1.5 if others == 0 else 0.0
    cost += 0.5 if index and index < others else 0.0
    kinds = {reading.kind for reading in name.readings}
    if (
        not region
        and not name.code
        and (kinds & {"region", "area"} or ("country" in kinds and chosen.country not in _CITY_STATES))
    ):
        cost += -1.0 if chosen.people > 5000 and "country" not in kinds else 6.0
    if name.code and others == 0:
        cost += 2.0 if chosen.people > 500 else 9.0
    if not name.whole and others == 0 and chosen.people < 100:
        cost += 4.0
    place = Place(_shown(chosen.name, name.text), _kept_region(chosen), chosen.country)
    return cost, Unit(place, tuple(span), index == others and others > 0, chosen.people, chosen.region)


def _little_known(name: Name, country: str | None, region: str | None) -> bool:
    """Whether a town too small for the gazetteer may bear this name: no large one of the country does."""
    if not name.whole or name.code or name.readings[0].kind != "city":
        return False
    largest = max((reading.people for reading in name.readings if reading.country == country), default=0)
    return largest < 300 and name.readings[0].people < (6000 if region else 300)


def _support(span: Sequence[Name], index: int) -> float:
    """What a named country and a named state each take off the price of a city that agrees with them."""
    kinds = {name.readings[0].kind for k, name in enumerate(span) if k != index and name.readings}
    kinds |= (
        {"region"}
        if any(r.kind in ("region", "area") for k, n in enumerate(span) if k != index for r in n.readings)
        else set()
    )
    return 3.0 * ("country" in kinds) + 3.0 * ("region" in kinds)


def _nests(chosen: Reading, others: Sequence[Name], span: Sequence[Name], country: str | None) -> bool:
    for other in others:
        same = [r for r in other.readings if r.country == chosen.country and r.region == chosen.region]
        if not same:
            return False
        if any(r.name == chosen.name for r in same):
            continue
        if country is None or same[0].people < 3 * max(1, chosen.people):
            return False
    return True


def _unknown_unit(
    span: Sequence[Name], index: int, name: Name, country: str | None, region: str | None
) -> tuple[float, Unit] | None:
    if not country or len(span) == 1:
        return None
    if index == 0 and span[1].gap >= TIGHT or index == len(span) - 1 and name.gap >= TIGHT:
        shown = name.longer or name.text
        shown = shown.title() if shown.isupper() and len(shown) > 4 else shown
        return 13.5 - _support(span, index) + _code_doubts(span, country, region), Unit(
            Place(shown, region, country), tuple(span), index > 0
        )
    return None


def _code_doubts(span: Sequence[Name], country: str | None, region: str | None) -> float:
    """A code that is a state's and a country's means the state unless something says otherwise."""
    doubts = 0.0
    for name in span:
        if name.code and len(name.readings) > 1 and name.readings[0].kind == "region":
            meant = [r for r in name.readings if r.country == country and r.region in (None, region)]
            if meant and meant[0].kind == "country":
                doubts += 0.6
    return doubts


def _shown(name: str, printed: str) -> str:
    """The usual name; "St." and "Saint" as the posting has it."""
    if "Saint " in name and "saint" not in printed.casefold():
        return name.replace("Saint ", "St. ")
    return name


def _kept_region(reading: Reading) -> str | None:
    return reading.region if reading.country in ("US", "CA", "AU") else None


def _without_addresses(units: list[Unit]) -> list[Unit]:
    """Drops bare cities that follow "US, VA, McLean Greensboro Dr": they are the rest of an address."""
    kept: list[Unit] = []
    for unit in units:
        before = kept[-1] if kept else None
        tail = before is not None and before.context_first and len(before.names) > 2 and not before.names[-1].whole
        if tail and len(unit.names) == 1 and unit.place.city and unit.names[0].gap < OTHER:
            continue
        kept.append(unit)
    return kept
