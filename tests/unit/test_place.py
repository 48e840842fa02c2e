"""Places, workplace and remote scope from location strings; readers' wishes; names for display."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.curate.place import matches, place_covers, place_keys, place_name, read_where, wish_keys
from jobdigest.model import Place
from support.growth import is_linear


def _shown(text: str, stated: str | None = None) -> str:
    """What was read, as one line: places, workplace, scope."""
    where = read_where([text], stated)
    places = " | ".join("/".join(part or "-" for part in place) for place in where.places)
    return f"{places} {where.workplace or '-'} {','.join(where.remote_scope or ('-',))}".strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US, CA, Santa Clara", "Santa Clara/CA/US"),
        ("Santa Clara, California, United States", "Santa Clara/CA/US"),
        ("United States-North Carolina-Morrisville", "Morrisville/NC/US"),
        ("NYC: Soho HQ", "New York/NY/US"),
        ("New York, United States", "New York/NY/US"),
        ("Bengaluru / Bangalore", "Bengaluru/-/IN"),
        ("IND Telangana Hyderabad HITEC City", "Hyderabad/-/IN"),
        ("Toronto, CA", "Toronto/ON/CA"),
        ("London, Canada", "London/ON/CA"),
        ("London, UK", "London/-/GB"),
        ("Cambridge (US)", "Cambridge/MA/US"),
        ("Ontario, CA", "Ontario/CA/US"),
        ("Ontario, Canada", "-/ON/CA"),
        ("Georgia, USA", "-/GA/US"),
        ("Tbilisi, Georgia", "Tbilisi/-/GE"),
        ("Washington, D.C.", "Washington/DC/US"),
        ("CO Branch - Boulder, CO 80301", "Boulder/CO/US"),
        ("Silao, Guanajuato, Mexico", "Silao/-/MX"),
        ("Bogotá D.C., Colombia", "Bogota/-/CO"),
        ("EST Tartu", "Tartu/-/EE"),
        ("Aguadilla, Puerto Rico", "Aguadilla/PR/US"),
        ("Laurel, MT", "Laurel/MT/US"),
        ("Lakewood Ranch, FL", "Lakewood Ranch/FL/US"),
        ("Perth, Western Australia", "Perth/WA/AU"),
        ("Abstatt, BW, DE", "Abstatt/-/DE"),
        ("Ohio - WS", "-/OH/US"),
        ("US-MD-Patuxent River", "Patuxent River/MD/US"),
        ("NY New York Hudson Yards", "New York/NY/US"),
        ("28 West Skippack Pike Ambler, PA 19002", "Ambler/PA/US"),
        ("ITA - MI - CERNUSCO SUL NAVIGLI", "-/-/IT"),
        ("28 PARK ST,ROCKLAND,ME,04841", "Rockland/ME/US"),
        ("100 Westfarms Mall, Farmington, CT, 06032, US", "Farmington/CT/US"),
        ("London, 20 Farringdon St, 11th floor, GB", "London/-/GB"),
        ("Krak w, POL", "Krakow/-/PL"),
        ("Frankfurt am Main, Hessen", "Frankfurt/-/DE"),
        ("Sant Cugat del Valles, Barcelona, Spain", "Sant Cugat del Vallès/-/ES"),
        ("東京都渋谷区", "Tokyo/-/JP"),
        ("서울특별시 강남구", "Seoul/-/KR"),
        ("Москва", "Moscow/-/RU"),
        ("Bavaria, Germany", "-/-/DE"),
    ],
)
def test_one_place_in_any_spelling(text: str, expected: str) -> None:
    assert _shown(text) == f"{expected} - -"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Redmond, WA, NYC", "Redmond/WA/US | New York/NY/US"),
        ("San Diego, California, United States Scranton", "San Diego/CA/US | Scranton/PA/US"),
        ("CA QC Sherbrooke CA ON Windsor", "Sherbrooke/QC/CA | Windsor/ON/CA"),
        ("Dublin, Ireland Amsterdam, Netherlands", "Dublin/-/IE | Amsterdam/-/NL"),
        ("Paris, Lyon, France", "Paris/-/FR | Lyon/-/FR"),
        ("Minneapolis/St. Paul, MN", "Minneapolis/MN/US | St. Paul/MN/US"),
        ("Palo Alto, CA, Bastrop, TX + 27 more", "Palo Alto/CA/US | Bastrop/TX/US"),
        ("Austin, TX, Santa Clara, CA, United S...", "Austin/TX/US | Santa Clara/CA/US"),
        ("東京、大阪", "Tokyo/-/JP | Osaka/-/JP"),
        ("USA LA", "-/LA/US"),
        ("深圳·南山区", "Shenzhen/-/CN"),
        ("부산광역시 해운대구", "Busan/-/KR"),
        ("Minnesota, Wisconsin", "-/MN/US | -/WI/US"),
        ("North Reading, MA, Westboro, MA, Nashville, TN", "North Reading/MA/US | Westboro/MA/US | Nashville/TN/US"),
        ("London, Paris, Hong Kong, Tokyo", "London/-/GB | Paris/-/FR | Hong Kong/-/HK | Tokyo/-/JP"),
    ],
)
def test_several_places_in_one_string(text: str, expected: str) -> None:
    assert _shown(text) == f"{expected} - -"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Remote", "remote -"),
        ("Remote (GMT+1 to GMT+4)", "remote -"),
        ("Anywhere", "remote Worldwide"),
        ("Anywhere in Europe", "remote Europe"),
        ("Remote (US/Canada)", "remote US,CA"),
        ("Remote - US or Canada", "remote US,CA"),
        ("Remote (United States | Canada)", "remote US,CA"),
        ("Germany (Remote)", "remote DE"),
        ("Remote - US, CA, GB", "remote US,CA,GB"),
        ("Remote - Singapore", "remote SG"),
        ("Remote - DACH", "remote DE,AT,CH"),
        ("Remote (UTC-3 to UTC+2)", "remote -"),
        ("US-Remote (excluding CA, NY)", "remote US"),
        ("Remote - Arizona", "-/AZ/US remote US"),
        ("(Remote) Tampa, FL", "Tampa/FL/US remote US"),
        ("Remote / NYC", "New York/NY/US remote -"),
        ("SF, NYC, or Remote", "San Francisco/CA/US | New York/NY/US remote -"),
        ("Berlin, Germany or Remote (EU)", "Berlin/-/DE remote EU"),
        ("Remote US; Hybrid in NYC", "New York/NY/US remote US"),
        ("Work At Home-Missouri", "-/MO/US remote US"),
        ("Teletrabajo (España)", "remote ES"),
        ("Zürich oder Remote", "Zurich/-/CH remote -"),
        ("Hybrid Remote, Fremont, California", "Fremont/CA/US hybrid -"),
        ("Hybrid (2 days/week), London", "London/-/GB hybrid -"),
        ("Genève (télétravail partiel)", "Geneva/-/CH hybrid -"),
        ("In-person, San Francisco", "San Francisco/CA/US onsite -"),
        ("EMEA", "- EMEA"),
        ("13 Locations", "- -"),
        ("Remote, EST", "remote -"),
        ("Remote - Oregon - Pacific Time", "-/OR/US remote US"),
        ("DC Remote within U.S., Washington, District of Columbia", "Washington/DC/US remote US"),
    ],
)
def test_workplace_and_scope(text: str, expected: str) -> None:
    assert _shown(text) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("ON_SITE", "London/-/GB onsite -"),
        ("Hybrid", "London/-/GB hybrid -"),
        ("TELECOMMUTE", "London/-/GB remote GB"),
        ("FullTime", "London/-/GB - -"),
        (None, "London/-/GB - -"),
    ],
)
def test_a_sources_own_workplace_field_counts(stated: str | None, expected: str) -> None:
    assert _shown("London, UK", stated) == expected


def test_a_region_is_the_scope_of_a_job_that_its_source_calls_remote() -> None:
    assert read_where(["Latin America"], "Remote") == ((), "remote", ("LATAM",))
    assert read_where(["Latin America"]) == ((), None, ("LATAM",))
    assert read_where(["EMEA IE Cork"]) == ((Place("Cork", None, "IE"),), None, None)


def test_a_remote_string_beside_places_is_an_option() -> None:
    assert read_where(["San Francisco, CA", "Remote"]) == ((Place("San Francisco", "CA", "US"),), "remote", None)
    assert read_where(["Remote", "United States"]) == ((), "remote", ("US",))
    assert read_where([]) == ((), None, None)


@pytest.mark.parametrize(
    ("wanted", "place", "expected"),
    [
        ("London", Place("London", None, "GB"), True),
        ("London", Place("London", "ON", "CA"), True),
        ("London, ON", Place("London", None, "GB"), False),
        ("GB", Place("London", None, "GB"), True),
        ("United Kingdom", Place("London", None, "GB"), True),
        ("california", Place("Santa Clara", "CA", "US"), True),
        ("CA", Place("Santa Clara", "CA", "US"), True),
        ("CA", Place("Toronto", "ON", "CA"), True),
        ("Ontario", Place("Toronto", "ON", "CA"), True),
        ("NYC", Place("New York", "NY", "US"), True),
        ("SF", Place("San Jose", "CA", "US"), False),
        ("LA", Place("Los Angeles", "CA", "US"), True),
        ("LA", Place("Baton Rouge", "LA", "US"), True),
        ("Europe", Place("Paris", None, "FR"), True),
        ("München", Place("Munich", None, "DE"), True),
        ("Germany", Place("Paris", None, "FR"), False),
        ("Atlantis", Place("Paris", None, "FR"), False),
        ("Paris", Place(None, None, "FR"), False),
    ],
)
def test_a_readers_wish_meets_a_place(wanted: str, place: Place, expected: bool) -> None:
    assert matches(wanted, place) is expected
    assert bool(wish_keys(wanted) & place_keys(place)) is expected


@pytest.mark.parametrize(
    ("scope", "country", "expected"),
    [
        (("US", "CA"), "CA", True),
        (("EMEA",), "ZA", True),
        (("EU",), "GB", False),
        (("Europe",), "GB", True),
        (("LATAM",), "MX", True),
        (("Worldwide",), "NZ", True),
        ((), "US", False),
    ],
)
def test_a_scope_covers_countries(scope: tuple[str, ...], country: str, expected: bool) -> None:
    assert place_covers(scope, country) is expected


@pytest.mark.parametrize(
    ("place", "locale", "expected"),
    [
        (Place("London", None, "GB"), "en", "London"),
        (Place("Santa Clara", "CA", "US"), "en", "Santa Clara, CA"),
        (Place(None, "ON", "CA"), "en", "ON, Canada"),
        (Place(None, None, "DE"), "de", "Deutschland"),
        (Place(None, None, "DE"), "xx-invalid", "Germany"),
        (Place(None, None, None), "en", ""),
    ],
)
def test_names_for_display(place: Place, locale: str, expected: str) -> None:
    assert place_name(place, locale) == expected


_PARTS = [
    "Remote",
    "US",
    "CA",
    "London",
    "NYC",
    "or",
    "and",
    ",",
    ";",
    "(",
    ")",
    " - ",
    "/",
    "Georgia",
    "東京",
    "Hybrid",
    "12",
]


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(_PARTS), max_size=14).map(" ".join)))
@settings(max_examples=300)
def test_any_text_is_read_into_known_shapes(text: str) -> None:
    where = read_where([text])
    assert where.workplace in ("remote", "hybrid", "onsite", None)
    assert where.workplace == "remote" or not where.remote_scope or not where.places
    assert len(set(where.places)) == len(where.places)
    for place in where.places:
        assert place.country
        assert len(place.country) == 2
        assert (place.region is None) or place.country in ("US", "CA", "AU")


@given(st.permutations(["Austin, TX", "Paris, France", "Toronto, ON, Canada", "Osaka, Japan"]))
def test_the_order_of_strings_does_not_change_the_places(texts: list[str]) -> None:
    assert set(read_where(texts).places) == {
        Place("Austin", "TX", "US"),
        Place("Paris", None, "FR"),
        Place("Toronto", "ON", "CA"),
        Place("Osaka", None, "JP"),
    }


@pytest.mark.parametrize("unit", ["Springfield, ", "(", "Remote ", "US CA ", "City, Texas; ", "New York or "])
def test_the_work_does_not_grow_faster_than_the_text(unit: str) -> None:
    assert is_linear(lambda text: read_where([text]), unit)
