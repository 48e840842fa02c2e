"""From the names in a location string to the places it means: one unit each.

Names that stand together and agree (a city, its state, its country, in any order) make one unit; the cheapest way to
cut the string into units wins, so "Ontario, CA, US" is a city in California and "Toronto, ON, CA" one in Canada.
Costs are in the same arbitrary unit throughout: a lone city is about 11, a lone country 12, a lone code 15.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobdigest.curate.gazetteer import CODED_REGIONS, Reading, fold
from jobdigest.curate.place_codes import country_of, lists_countries, price_of_skipping
from jobdigest.curate.place_names import GROUP, HYPHEN, OTHER, TIGHT, Name
from jobdigest.curate.place_words import ANYWHERE, REMOTE
from jobdigest.model import Place

# How much likelier a posting means the city of that country than its size says.
_LIKELIER = {"US": 2.5, "GB": 2.5, "ES": 2.5, "CA": 1.5, "IN": 1.5, "AU": 1.5}
_LIKELIER |= dict.fromkeys(("DE", "FR", "IE", "IL", "NL"), 2.0)
_TOWNS = (" city", " town", " village", " township", " beach", " springs", " heights", " falls", "ville", "burg")
_CITY_STATES = frozenset({"SG", "HK", "MO", "MC", "GI"})
_NESTING_IS_LISTING = frozenset({"US", "CA", "AU", "GB"})
_CHEAP = 5.0
_AGREED = 8.5


@dataclass(slots=True)
class Unit:
    """One place of a string; `names` are what it was read from, `context_first` for "US VA Herndon"."""

    place: Place
    names: tuple[Name, ...]
    context_first: bool = False


def find_units(names: Sequence[Name]) -> list[Unit]:
    """The cheapest cut of the names (marks and scopes left out) into places, in the order of the string."""
    units: list[Unit] = []
    run: list[Name] = []
    remote = any(name.mark in (REMOTE, ANYWHERE) for name in names)
    for name in names:
        if name.mark in (REMOTE, ANYWHERE) or (name.scope and remote):
            units += _cut(run)
            run = []
        elif not name.mark and not name.scope:
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
    if lists_countries(run):
        return [Unit(Place(None, None, country_of(name)), (name,)) for name in run]
    if len(run) < 4 and all(name.gap < OTHER for name in run[1:]):
        made = _unit(run)
        if made and (made[0] < _AGREED or (len(run) == 1 and run[0].whole)):
            return [made[1]]
    best: list[tuple[float, list[Unit]]] = [(0.0, [])]
    for end in range(1, len(run) + 1):
        name = run[end - 1]
        cost, units = best[end - 1]
        options = [(cost + price_of_skipping(name, run), units)]
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
    if len(span) > 2 and (span[0].unknown or any(reading.kind == "city" for reading in span[0].readings)):
        prices = [price_of_skipping(name, run) for name in span[1:-1]]
        if any(price <= _CHEAP for price in prices):
            kept = [name for name, price in zip(span[1:-1], prices, strict=True) if price > _CHEAP]
            yield [span[0], *kept, span[-1]], sum(price for price in prices if price <= _CHEAP)


def _unit(span: Sequence[Name]) -> tuple[float, Unit] | None:
    """The best reading of neighbouring names as one place, with its cost; None if they don't agree."""
    best: tuple[float, Unit] | None = None
    if _says_twice(span):
        return None
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
    if bare and bare[0]:
        country, region = bare
        cost = 12.0 + 0.5 * _code_doubts(span, country, region)
        cost += 3.0 if all(name.code for name in span) else 0.0
        cost -= 5.0 if region and len(span) > 1 else 0.0
        if best is None or cost < best[0]:
            best = cost, Unit(Place(None, region, country), tuple(span))
    return best


def _says_twice(span: Sequence[Name]) -> bool:
    """True where a code stands twice: "North Reading, MA, Westboro, MA" are two places."""
    codes = [name.text for name in span if name.code]
    return len(set(codes)) < len(codes)


def _agreement(context: Sequence[Name], city: Name | None) -> tuple[str | None, str | None] | None:
    """The one country and region that all context names can mean; (None, None) without context, None if at odds."""
    states: list[tuple[str | None, str | None]] = [(None, None)]
    for name in context:
        following: list[tuple[str | None, str | None]] = []
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
    cost += 1.5 if others == 0 else 0.5 if 0 < index < others else 0.0
    cost += _other_meanings(name, chosen, region) + (_price_alone(name, chosen) if others == 0 else 0.0)
    cost += 4.0 if not name.whole and _outshone(span, index, chosen) else 0.0
    place = Place(shown_name(chosen.name, name.text), _kept_region(chosen), chosen.country)
    return cost, Unit(place, tuple(span), index == others and others > 0)


def _other_meanings(name: Name, chosen: Reading, region: str | None) -> float:
    """A name that is a state's or country's too means that, but for New York and the city states."""
    kinds = {reading.kind for reading in name.readings}
    if region or name.code or not (kinds & {"region", "area", "country"}):
        return 0.0
    if kinds <= {"city", "country"} and chosen.country in _CITY_STATES:
        return 0.0
    return -1.0 if chosen.people > 5000 and "country" not in kinds else 6.0


def _price_alone(name: Name, chosen: Reading) -> float:
    """A lone code ("LA") or a small town among other words ("Park Tower") is rather no city."""
    if name.code:
        return 2.0 if chosen.people > 500 else 9.0
    return 4.0 if not name.whole and chosen.people < 100 else 0.0


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


def _outshone(span: Sequence[Name], index: int, chosen: Reading) -> bool:
    """True for the Hudson of "NY New York Hudson Yards": a neighbour is the far larger city of the same state."""
    return any(
        reading.kind == "city" and reading.region == chosen.region and reading.people > 20 * (chosen.people + 1)
        for k, name in enumerate(span)
        if k != index
        for reading in name.readings
        if reading.country == chosen.country
    )


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
    own_segment = name.gap >= HYPHEN or (name.whole and span[0].code)
    after_context = index == len(span) - 1 and own_segment and all(_only_context(other) for other in span[:-1])
    if (index == 0 and span[1].gap >= TIGHT) or after_context:
        shown = name.longer or name.text
        shown = shown.title() if shown.isupper() and len(shown) > 4 else shown
        return 13.5 - _support(span, index) + _code_doubts(span, country, region), Unit(
            Place(shown, region, country), tuple(span), index > 0
        )
    return None


def _only_context(name: Name) -> bool:
    return bool(name.readings) and all(reading.kind != "city" or reading.people < 300 for reading in name.readings)


def _code_doubts(span: Sequence[Name], country: str | None, region: str | None) -> float:
    """A code that is a state's and a country's means the state unless something says otherwise."""
    doubts = 0.0
    for name in span:
        if name.code and len(name.readings) > 1 and name.readings[0].kind == "region":
            meant = [r for r in name.readings if r.country == country and r.region in (None, region)]
            if meant and meant[0].kind == "country":
                doubts += 0.6
    return doubts


def shown_name(name: str, printed: str) -> str:
    """The usual name of a city, with "St." or "Saint" and without the rest of a long name as the posting has it."""
    if len(name) > len(printed) + 5 and fold(name).startswith(f"{fold(printed)} "):  # not "Panama" for "Panama City"
        return printed.title() if printed.isupper() or printed.islower() else printed
    if "Saint " in name and re.search(r"(?i)\bste?\b", printed):
        return name.replace("Saint ", "St. ")
    return name


def _kept_region(reading: Reading) -> str | None:
    return reading.region if reading.country in CODED_REGIONS else None


def _without_addresses(units: list[Unit]) -> list[Unit]:
    """Drops bare cities after "US, VA, McLean Greensboro Dr" or in "NYC: Soho": they are the rest of an address."""
    kept: list[Unit] = []
    for unit in units:
        before = kept[-1] if kept else None
        tail = before is not None and before.context_first and len(before.names) > 2 and not before.names[-1].whole
        bare = len(unit.names) == 1 and unit.place.city and unit.names[0].gap < OTHER
        if bare and (tail or (before is not None and _is_district(unit, before))):
            continue
        kept.append(unit)
    return kept


def _is_district(unit: Unit, before: Unit) -> bool:
    """True for a small foreign name after the city that it must be a part of."""
    name = unit.names[0]
    people = max(reading.people for reading in name.readings)
    nearby = any(reading.country == before.place.country for reading in name.readings)
    small = 300 if name.gap <= TIGHT else 100
    closed = any(reading.kind == "country" for reading in before.names[-1].readings if not before.names[-1].code)
    joined = name.gap <= HYPHEN and people < 100 and not closed
    return bool(before.place.city) and (joined or (not nearby and people < small))
