"""Where a job is: places, workplace and remote scope from location strings; readers' wishes; names for display.

The conventions are those of docs/quality.md: a job that is only remote has no places; a named city or state stays and
its country is the scope; any remote option makes it remote; a bare "Remote" has no scope.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from jobdigest.curate.gazetteer import CODED_REGIONS, Reading, fold, lookup
from jobdigest.curate.patterns import table
from jobdigest.curate.place_names import COMMA, GROUP, OTHER, Name, code_readings, find_names, split_words
from jobdigest.curate.place_units import Unit, find_units, shown_name
from jobdigest.curate.place_words import ANYWHERE, HYBRID, ONSITE, REMOTE, SCOPES, mark, read_workplace, tidy
from jobdigest.model import Place, Where, Workplace

MAX_TEXT = 2_000
_CITY_AND_STATE = re.compile(r"([A-Z][\w.'-]*(?: [\w.'-]+){0,3}), ([A-Z]{2})(?:, (US|USA|United States|Canada))?")
_COVERS = {name: frozenset(codes.split()) for name, codes in table("places")["covers"].items()}
_COVERS["EMEA"] = _COVERS["Europe"] | _COVERS["MENA"] | _COVERS["Africa"]
_COVERS["LATAM"] = _COVERS["Central America"] | _COVERS["South America"] | _COVERS["Caribbean"] | {"MX"}


@dataclass(frozen=True, slots=True)
class _Found:
    """What one string says; `loose` are countries that are places unless a bare "Remote" takes them as its scope."""

    places: tuple[Place, ...]
    loose: tuple[Place, ...]
    scope: tuple[str, ...]
    workplace: Workplace | None
    anywhere: bool = False
    regions: tuple[str, ...] = ()


def read_where(texts: Sequence[str], stated_workplace: str | None = None) -> Where:
    """Places, workplace and remote scope of a posting's location strings and of its source's own workplace field.

    `stated_workplace` is free text ("ON_SITE", "Remote"). Text that says nothing gives no places and None.
    """
    return _read_where(tuple(text[:MAX_TEXT] for text in texts), stated_workplace)


@lru_cache(maxsize=32_768)
def _read_where(texts: tuple[str, ...], stated: str | None) -> Where:
    found = [_read_text(text) for text in texts if text]
    said = read_workplace(stated)
    places = [place for each in found for place in each.places]
    loose = [place for each in found for place in each.loose]
    scope = [code for each in found for code in each.scope]
    workplaces = {each.workplace for each in found}
    regions = [code for each in found for code in each.regions]
    if said == "remote" and "remote" not in workplaces:
        scope += regions
        scope += [place.country for place in places if place.country]
    workplace = _one_workplace(workplaces, said)
    if workplace == "remote":
        if not scope:
            scope, loose = [place.country for place in loose if place.country], []
        if not scope and any(each.anywhere for each in found):
            scope = ["Worldwide"]
        return Where(_unique_places(places + loose), workplace, tuple(dict.fromkeys(scope)) or None)
    if regions and not (places or loose or workplace):  # "Latin America" names nowhere to go to, but who may apply
        return Where((), None, tuple(dict.fromkeys(regions)))
    return Where(_unique_places(places + loose), workplace, None)


def _one_workplace(read: set[Workplace | None], said: Workplace | None) -> Workplace | None:
    for workplace in ("remote", "hybrid", "onsite"):
        if workplace in read or (workplace == "remote" and said == "remote"):
            return workplace
    return said


def _unique_places(places: Sequence[Place]) -> tuple[Place, ...]:
    """Each place once; a country or state goes where one of its cities is named in the same breath."""
    return tuple(dict.fromkeys(places))


@lru_cache(maxsize=32_768)
def _read_text(text: str) -> _Found:
    plain = _city_and_state(text)
    if plain:
        return _Found((plain,), (), (), None)
    marked = mark(tidy(text))
    names = find_names(split_words(marked))
    units = _resolved(find_units(names))
    items: list[Unit | Name] = [*units, *(name for name in names if name.mark or name.scope)]
    places: list[Place] = []
    loose: list[Place] = []
    scope: list[str] = []
    for group in _groups(sorted(items, key=_start)):
        _read_group(group, places, loose, scope)
    city = any(place.city for place in places)
    anywhere = ANYWHERE in marked and (REMOTE in marked or not city)
    workplace: Workplace | None = None
    if REMOTE in marked or anywhere:
        workplace = "remote"
    elif HYBRID in marked:
        workplace = "hybrid"
    elif ONSITE in marked:
        workplace = "onsite"
    regions = tuple(code for name in names for code in name.scope)
    return _Found(tuple(places), tuple(loose), tuple(scope), workplace, anywhere, regions)


def _city_and_state(text: str) -> Place | None:
    """The short way for what most postings print: "Santa Clara, CA" and "Toronto, ON, Canada"."""
    match = _CITY_AND_STATE.fullmatch(text)
    if not match:
        return None
    country = {"": None, "C": "CA", "U": "US"}[(match[3] or "")[:1]]
    key = fold(match[1])
    for reading in lookup(key) if key not in SCOPES else ():
        fits = reading.kind == "city" and reading.region == match[2] and reading.country in ("US", "CA")
        if fits and country in (None, reading.country):
            return Place(shown_name(reading.name, match[1]), reading.region, reading.country)
    return None


def _start(item: Unit | Name) -> int:
    return item.start if isinstance(item, Name) else item.names[0].start


def _gap(item: Unit | Name) -> int:
    return item.gap if isinstance(item, Name) else item.names[0].gap


def _groups(items: Sequence[Unit | Name]) -> list[list[Unit | Name]]:
    groups: list[list[Unit | Name]] = []
    for item in items:
        if not groups or _gap(item) == GROUP:
            groups.append([])
        groups[-1].append(item)
    return groups


def _read_group(group: Sequence[Unit | Name], places: list[Place], loose: list[Place], scope: list[str]) -> None:
    """Sorts one group's units into places and scope. Countries beside "Remote" are its scope, cities if tied to it."""
    remote = any(isinstance(item, Name) and item.mark in (REMOTE, ANYWHERE) and item.mark for item in group)
    cities = {(item.place.region, item.place.country) for item in group if isinstance(item, Unit) and item.place.city}
    tied = _tied(group) if remote else set()
    for index, item in enumerate(group):
        if isinstance(item, Name):
            scope += item.scope if remote else ()
            continue
        place = item.place
        if place.region and not place.city and (place.region, place.country) in cities:  # "CA Office - Lathrop, CA"
            scope += [place.country] if index in tied and place.country else []
            continue
        if _is_country(item, index in tied):
            if remote and place.country:
                scope.append(place.country)
            else:
                loose.append(place)
            continue
        places.append(place)
        if index in tied and place.country:
            scope.append(place.country)


def _is_country(unit: Unit, tied: bool) -> bool:
    """True for a country; a city that is one counts as a country beside "Remote" ("Remote - Singapore")."""
    readings = [reading for name in unit.names for reading in name.readings]
    if unit.place.city:
        return tied and len(unit.names) == 1 and any(reading.kind == "country" for reading in readings)
    return unit.place.region is None and all(reading.kind != "area" for reading in readings)


def _tied(group: Sequence[Unit | Name]) -> set[int]:
    """Indexes of the units that "Remote" speaks about: "Remote - NYC", "Texas (Remote)", not "Remote / NYC"."""
    tied: set[int] = set()
    by_comma: set[int] = set()
    for at, item in enumerate(group):
        if not isinstance(item, Name) or item.mark not in (REMOTE, ANYWHERE) or not item.mark:
            continue
        following = _run_after(group, at)
        if following:
            gap = _gap(group[following[0]])
            (tied if gap < COMMA else by_comma if gap == COMMA else set()).update(following)
        if at and not isinstance(group[at - 1], Name) and item.gap < OTHER:
            (tied if item.gap < COMMA else by_comma).add(at - 1)
    cities = [index for index, item in enumerate(group) if isinstance(item, Unit) and item.place.city]
    if len(cities) == 1:
        tied |= by_comma
    return tied | {index for index in by_comma if index not in cities}


def _run_after(group: Sequence[Unit | Name], at: int) -> list[int]:
    run: list[int] = []
    for index in range(at + 1, len(group)):
        item = group[index]
        if isinstance(item, Name):
            if item.mark in (REMOTE, ANYWHERE) and item.mark:
                break
            continue
        run.append(index)
    return run


def _resolved(units: list[Unit]) -> list[Unit]:
    """Bare ambiguous cities move to the country or state that the other places of the string are in."""
    if len(units) < 2:
        return units
    for unit in units:
        if len(unit.names) > 1 or not unit.place.city:
            continue
        others = [other.place for other in units if other is not unit]
        best = max(
            (reading for reading in unit.names[0].readings if reading.kind == "city"),
            key=lambda reading: reading.people * _nearness(reading, others),
            default=None,
        )
        if best:
            unit.place = Place(best.name, best.region if best.country in CODED_REGIONS else None, best.country)
    return units


def _nearness(reading: Reading, others: Sequence[Place]) -> float:
    if any(other.country == reading.country and other.region == reading.region for other in others if other.region):
        return 25.0
    return 8.0 if any(other.country == reading.country for other in others) else 1.0


# ── what readers wish for ────────────────────────────────────────────────────────────────────────────────────────────


def place_covers(scope: tuple[str, ...], country: str) -> bool:
    """Whether a remote scope such as ("EMEA",) or ("US", "CA") holds this ISO country."""
    return any(code in ("Worldwide", country) or country in _COVERS.get(code, ()) for code in scope)


@lru_cache(maxsize=16_384)
def wish_keys(wanted: str) -> frozenset[str]:
    """A reader's wish ("London", "GB", "California", "Paris, TX", "Europe") as keys to compare with `place_keys`.

    A bare name means every city of that name, a state or country of that name too; a two-letter code both it can mean.
    """
    key = fold(wanted)
    if key in SCOPES:
        named = SCOPES[key]
        return frozenset(f"={code}" for name in named for code in _COVERS.get(name, frozenset({name})))
    keys = {key}  # a city of that name, wherever it is
    for place in _read_text(wanted).places + _read_text(wanted).loose:
        keys |= _most_exact(place)
        if place.city and len(lookup(key)) > 0:
            keys.add(fold(place.city))
    for reading in lookup(key):
        if reading.kind == "country":
            keys.add(f"={reading.country}")
        elif reading.kind == "region":
            keys.add(f"={reading.country}-{reading.region}")
    if len(wanted.strip()) == 2 and wanted.strip().isalpha():
        keys |= _code_keys(wanted.strip().upper())
    return frozenset(keys)


def _code_keys(code: str) -> set[str]:
    """A two-letter code is a country's and may be a state's too: "CA" is both, since a reader may mean either."""
    return {
        f"={reading.country}-{reading.region}" if reading.region else f"={reading.country}"
        for reading in code_readings(code)
    }


def _most_exact(place: Place) -> set[str]:
    if place.city:
        return {"/".join((fold(place.city), place.region or "", place.country or ""))}
    return {f"={place.country}-{place.region}"} if place.region else {f"={place.country}"}


@lru_cache(maxsize=16_384)
def place_keys(place: Place) -> frozenset[str]:
    """What a place answers to: its city, its state, its country. It matches a wish if the two share a key."""
    keys = set(_most_exact(place)) if place.city or place.region else set()
    if place.city:
        keys.add(fold(place.city))
    if place.region:
        keys.add(f"={place.country}-{place.region}")
    if place.country:
        keys.add(f"={place.country}")
    return frozenset(keys)


def matches(wanted: str, place: Place) -> bool:
    """Whether a place is one a reader asked for by the name or code of a city, a region or a country."""
    return not wish_keys(wanted).isdisjoint(place_keys(place))


@lru_cache(maxsize=16_384)
def place_name(place: Place, locale: str = "en") -> str:
    """A place as a reader would write it: "London", "Santa Clara, CA", "Ontario", "Germany"."""
    if place.city:
        return f"{place.city}, {place.region}" if place.region else place.city
    if place.region:
        return f"{place.region}, {_country_name(place.country, locale)}"
    return _country_name(place.country, locale)


def _country_name(country: str | None, locale: str) -> str:
    try:
        names = Locale.parse(locale.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    return str(names.get(country or "", country or ""))
