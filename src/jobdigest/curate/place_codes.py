"""What a short code in a location string is worth: a state, a country, somebody's own, the rest of an address."""

from __future__ import annotations

from collections.abc import Sequence

from jobdigest.curate.place_names import COMMA, OTHER, Name


def price_of_skipping(name: Name, run: Sequence[Name]) -> float:
    if name.unknown:
        return 4.0
    first = name.readings[0]
    if name.code:
        if not name.whole:
            return 5.5
        if _inside_an_address(name, run) or _before_another_country(name, run):
            return 3.0
        return 3.0 if _local_code(name, run) else 30.0
    if first.kind == "city":
        return (30.0 if name.whole else 15.0) if name.whole or first.people >= 100 else 2.0
    return 30.0 if name.whole or first.kind == "country" else 14.0


def lists_countries(run: Sequence[Name]) -> bool:
    """True for "US, CA, GB" and "US/CA": codes among countries are countries, whatever states they may be."""
    if len(run) < 2 or not all(country_of(name) and not name.unknown for name in run):
        return False
    sure = sum(all(reading.kind == "country" for reading in name.readings) for name in run)
    apart = all(name.gap >= OTHER for name in run[1:])
    return (
        any(name.code for name in run) and (sure >= 2 or (apart and sure >= 1)) and all(n.gap >= COMMA for n in run[1:])
    )


def country_of(name: Name) -> str | None:
    return next((reading.country for reading in name.readings if reading.kind == "country"), None)


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
    """True for the "MI" of "ITA - MI - Cernusco" and the "WS" of "Ohio - WS": the country before has no such state."""
    country = ""
    kinds = ("country",) if name.readings[0].kind == "region" else ("country", "region")
    for other in run:
        if other is name:
            break
        if other.gap >= OTHER:
            country = ""
        if other.readings and other.readings[0].kind in kinds:
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
