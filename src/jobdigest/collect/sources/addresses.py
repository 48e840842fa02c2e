"""Structured addresses → the words a reader sees (`London, England, United Kingdom`) and, where certain, a `Place`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from jobdigest.collect.sources.parts import line
from jobdigest.model import Place

Address = tuple[Any, Any, Any]
"""City, region and country as a source's fields hold them: names, codes, blanks or anything else."""

_ALIASES = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "uk": "GB", "great britain": "GB",
    "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "czech republic": "CZ",
    "korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "turkey": "TR", "viet nam": "VN",
    "hong kong": "HK", "macau": "MO", "macao": "MO", "bosnia": "BA", "bosnia and herzegovina": "BA",
    "the netherlands": "NL", "holland": "NL", "republic of ireland": "IE", "russian federation": "RU",
    "ivory coast": "CI", "taiwan, province of china": "TW", "trinidad and tobago": "TT", "myanmar": "MM",
    "uae": "AE", "deutschland": "DE", "españa": "ES", "italia": "IT", "österreich": "AT", "schweiz": "CH",
    "sverige": "SE", "danmark": "DK", "norge": "NO", "polska": "PL", "brasil": "BR", "méxico": "MX",
}  # fmt: skip
_REGIONS = {
    "US": "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|"
    "RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming",
    "CA": "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon",
    "AU": "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|"
    "SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia",
}
_NOT_A_CITY = re.compile(r"remote|hybrid|anywhere|various|multiple|distributed|\d|/|;|\bor\b", re.IGNORECASE)


def located(addresses: Iterable[Address]) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The addresses as words, and as places if every one of them is certain (its country is known)."""
    kept = [(shown, address) for address in addresses if (shown := shown_address(*address))]
    places = [place for _, address in kept if (place := _place(*address))]
    certain = len(places) == len(kept)
    return tuple(dict.fromkeys(shown for shown, _ in kept)), tuple(dict.fromkeys(places)) if certain else ()


def shown_address(city: Any, region: Any, country: Any) -> str | None:
    """The parts that say something, each once; a country code is written out, since `CA` alone could be California."""
    named = line(country)
    if named and len(named) == 2 and (code := country_code(named)):
        named = _names()[code]
    state, town = line(region), line(city)
    if state and town and state.casefold() == town.casefold():  # New York, NY but not London, London
        state = _region_codes(country_code(country)).get(state.casefold())
    parts: list[str] = []
    for part in (town, state, named):
        if part and part.casefold() not in (known.casefold() for known in parts):
            parts.append(part)
    return ", ".join(parts) or None


def country_code(value: Any) -> str | None:
    """ISO 3166 alpha-2 of a country given by code or by English name."""
    found = line(value)
    if not found:
        return None
    if len(found) == 2 and found.upper() in _names():
        return found.upper()
    return _codes().get(found.casefold())


def _place(city: Any, region: Any, country: Any) -> Place | None:
    code, town, state = country_code(country), line(city), line(region)
    if not code or (town and _NOT_A_CITY.search(town)):
        return None
    if town and country_code(town) == code and not state:  # `Singapore, Singapore` stays, `Canada, Canada` does not
        town = town if code in ("SG", "HK", "LU", "MC", "MO", "VA") else None
    if code not in _REGIONS or not state:
        return Place(town, None, code)
    known = _region_codes(code).get(state.casefold())
    return Place(town, known, code) if known else None


@cache
def _region_codes(country: str | None) -> dict[str, str]:
    pairs = [entry.split(" ", 1) for entry in _REGIONS[country].split("|")] if country in _REGIONS else []
    return {word.casefold(): code for code, name in pairs for word in (code, name)}


@cache
def _names() -> dict[str, str]:
    from babel import Locale  # takes 30 ms to load, and most kinds have no structured addresses

    names = Locale("en").territories
    return {code: name for code, name in names.items() if re.fullmatch("[A-Z]{2}", code)} | {"HK": "Hong Kong"}


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in _names().items()} | _ALIASES
