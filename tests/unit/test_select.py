"""Who is shown what: wishes against jobs, caps, history; bit sets against a plain reading of the same rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.compose.bits import positions
from jobdigest.compose.draft import Draft, draft
from jobdigest.compose.money import wished_euros, yearly_euros
from jobdigest.compose.select import Choice, Matcher, zone_countries
from jobdigest.model import Job, Preferences, Salary
from support.editions import BERLIN, KEY, LONDON, PARIS, SLOT, PlainPlaces, a_draft, config, job

ROLES = (("ml-engineering", "ML"), ("research", "Research"), ("other-ai", "Other"))


def made(*jobs: Job, **edition: Any) -> tuple[Draft, Matcher]:
    conf = config(edition={"min_jobs": 1, **edition})
    drafted = draft(key=KEY, slot=SLOT, jobs=jobs, config=conf, groups=ROLES)
    return drafted, Matcher(drafted, conf.edition, PlainPlaces())


def shown(matched: tuple[Draft, Matcher], preferences: Preferences, **more: Any) -> set[str]:
    drafted, matcher = matched
    choice = matcher.choose(preferences, **more)
    return {drafted.items[position].job.id for position in positions(choice.shown)}


def plain(name: str, **facts: Any) -> Job:
    """A job about which nothing is known but what the test says."""
    bare = {
        "id": name, "title": name, "company": name, "company_key": name, "places": (), "workplace": None,
        "remote_scope": None, "base_salary": None, "seniority": None, "role_type": "ml-engineering",
        "posting_ids": (hash(name) % 10_000,),
    }  # fmt: skip
    return job(0, **{**bare, **facts})


def test_without_wishes_everything_fits() -> None:
    assert shown(made(plain("a"), plain("b", workplace="remote", remote_scope=("US",))), Preferences()) == {"a", "b"}


def test_role_types() -> None:
    week = made(plain("a"), plain("b", role_type="research"))
    assert shown(week, Preferences(role_types=("research",))) == {"b"}
    assert shown(week, Preferences(role_types=("research", "ml-engineering"))) == {"a", "b"}


def test_places_match_city_or_country_and_unknown_place_does_not() -> None:
    week = made(plain("lon", places=(LONDON,)), plain("ber", places=(BERLIN,)), plain("nowhere"))
    assert shown(week, Preferences(locations=("London",))) == {"lon"}
    assert shown(week, Preferences(locations=("GB", "berlin"))) == {"lon", "ber"}


def test_remote_matches_where_its_scope_covers_the_readers_country() -> None:
    week = made(
        plain("us", workplace="remote", remote_scope=("US",)),
        plain("gb", workplace="remote", remote_scope=("GB",)),
        plain("world", workplace="remote", remote_scope=("Worldwide",)),
        plain("unsaid", workplace="remote"),
    )
    assert shown(week, Preferences(locations=("London",))) == {"gb", "world", "unsaid"}
    assert shown(week, Preferences(), timezone="Europe/London") == {"gb", "world", "unsaid"}
    assert shown(week, Preferences(), timezone="America/New_York") == {"us", "world", "unsaid"}
    assert shown(week, Preferences()) == {"us", "gb", "world", "unsaid"}, "a reader of no known country gets all"
    assert shown(week, Preferences(locations=("remote",), remote_only=True)) == {"us", "gb", "world", "unsaid"}


def test_a_place_beats_the_time_zone() -> None:
    week = made(
        plain("de", workplace="remote", remote_scope=("DE",)), plain("gb", workplace="remote", remote_scope=("GB",))
    )
    assert shown(week, Preferences(locations=("Berlin",)), timezone="Europe/London") == {"de"}


def test_an_area_of_hiring_without_a_place_is_remote() -> None:
    week = made(plain("area", remote_scope=("GB",)), plain("office", remote_scope=("GB",), workplace="onsite"))
    assert shown(week, Preferences(remote_only=True)) == {"area"}
    assert shown(week, Preferences(locations=("London",))) == {"area"}
    assert shown(week, Preferences(locations=("Berlin",))) == set()


def test_remote_only() -> None:
    week = made(plain("desk", places=(LONDON,)), plain("home", workplace="remote"))
    assert shown(week, Preferences(remote_only=True)) == {"home"}


def test_unknown_pay_and_seniority_pass() -> None:
    week = made(
        plain("low", base_salary=Salary("GBP", 30e3, 40e3, "year")),
        plain("high", base_salary=Salary("GBP", 90e3, 120e3, "year")),
        plain("hourly", base_salary=Salary("USD", 60, 80, "hour")),
        plain("unknown"),
        plain("no-currency", base_salary=Salary(None, 1, 2, "year")),
        plain("junior", seniority="junior"),
    )
    wish = Preferences(min_salary=(100_000, "EUR"))
    assert shown(week, wish) == {"high", "hourly", "unknown", "no-currency", "junior"}
    assert "junior" not in shown(week, Preferences(seniority=("senior",)))
    assert "unknown" in shown(week, Preferences(seniority=("senior",)))


def test_words_in_title_or_company() -> None:
    week = made(plain("a", title="Fraud Analyst"), plain("b", company="Fraud Ltd"), plain("c", title="Teacher"))
    assert shown(week, Preferences(include=("FRAUD",))) == {"a", "b"}
    assert shown(week, Preferences(exclude=("fraud",))) == {"c"}


def test_caught_up_readers_get_later_editions_only() -> None:
    week = made(plain("old", announced_in="2026-W46"), plain("new"), plain("unannounced", announced_in=None))
    assert shown(week, Preferences(), caught_up_to="2026-W46") == {"new", "unannounced"}
    assert shown(week, Preferences(), caught_up_to="2026-W45") == {"old", "new", "unannounced"}


def test_never_shown_again_under_any_posting_of_the_job() -> None:
    week = made(plain("a", posting_ids=(1, 2)), plain("b", posting_ids=(3,)))
    assert shown(week, Preferences(), seen=week[1].postings[2]) == {"b"}


def test_cap_per_employer_and_what_is_left() -> None:
    drafted, matcher = made(
        *[plain(f"x{n}", company_key="x", company="X") for n in range(5)], plain("y"), per_company=2
    )
    choice = matcher.choose(Preferences())
    assert choice.count == 3
    assert choice.matching == 6
    assert choice.extra["more"] == 3
    ((position, count),) = choice.extra["at"].items()
    assert count == 3
    assert drafted.items[int(position)].job.company_key == "x"
    assert int(position) == max(p for p in positions(choice.shown) if drafted.items[p].job.company_key == "x")


def test_jobs_without_an_employer_are_not_one_employer() -> None:
    week = made(*[plain(f"x{n}", company="", company_key="") for n in range(5)], per_company=1)
    assert len(shown(week, Preferences())) == 5


def test_max_jobs_takes_the_best() -> None:
    _, matcher = made(*[plain(f"x{n}") for n in range(9)], max_jobs=4)
    choice = matcher.choose(Preferences())
    assert positions(choice.shown) == [0, 1, 2, 3]
    assert choice.extra["more"] == 5


def test_a_met_wish_lifts_a_job_over_one_that_only_does_not_contradict() -> None:
    week = [plain(f"x{n}", date_posted=SLOT.date()) for n in range(3)]
    senior = plain("senior", seniority="senior", date_posted=None)
    drafted, matcher = made(*week, senior, max_jobs=1)
    choice = matcher.choose(Preferences(seniority=("senior",)))
    assert drafted.items[positions(choice.shown)[0]].job.id == "senior"


def test_too_few_skips_and_a_quiet_month_ends_with_a_line() -> None:
    _, matcher = made(plain("a"), min_jobs=3)
    assert matcher.choose(Preferences()) == Choice(count=1, matching=1, skip="too_few")
    quiet = matcher.choose(Preferences(), quiet_weeks=4)
    assert quiet.skip is None
    assert quiet.extra["quiet"] == 4
    assert quiet.count == 1


def test_nothing_at_all_is_too_few_even_where_no_minimum_is_set() -> None:
    _, matcher = made(plain("a"), min_jobs=0)
    assert matcher.choose(Preferences(role_types=("research",))).skip == "too_few"


def test_the_readers_own_place_comes_first() -> None:
    drafted, matcher = made(plain("a", places=(PARIS, LONDON)), plain("b", places=(LONDON, PARIS)))
    choice = matcher.choose(Preferences(locations=("London",)))
    at = next(number for number, item in enumerate(drafted.items) if item.job.id == "a")
    assert choice.extra["place"] == {str(at): 1}


def test_a_best_job_that_fits_by_no_place_says_so() -> None:
    week = [plain(f"x{n}", places=(PARIS,), workplace="remote") for n in range(8)]
    _, matcher = made(*week)
    choice = matcher.choose(Preferences(locations=("London",)))
    assert choice.extra["place"] == {str(position): -1 for position in choice.extra["best"]}


def test_the_best_are_of_different_employers() -> None:
    same = [plain(f"x{n}", company_key="x", company="X", date_posted=SLOT.date()) for n in range(3)]
    drafted, matcher = made(*same, *[plain(f"y{n}") for n in range(6)])
    best = matcher.choose(Preferences()).extra["best"]
    assert len({drafted.items[position].job.company_key for position in best}) == len(best) == 5


def test_short_mails_have_no_best() -> None:
    _, matcher = made(*[plain(f"x{n}") for n in range(7)])
    assert "best" not in matcher.choose(Preferences()).extra


@pytest.mark.parametrize(
    ("zone", "countries"),
    [
        ("Europe/London", {"GB"}),
        ("America/New_York", {"US"}),
        ("UTC", set()),
        ("Nowhere/Land", set()),
        ("Asia/Calcutta", {"IN"}),
    ],
)
def test_country_of_a_zone(zone: str, countries: set[str]) -> None:
    assert zone_countries(zone) == countries


PLACES = st.sampled_from(["London", "Berlin", "Paris", "GB", "Germany", "remote"])
WISHES = st.builds(
    Preferences,
    role_types=st.lists(st.sampled_from(["trust-safety", "ml-engineering", "research"]), max_size=2, unique=True).map(
        tuple
    ),
    locations=st.lists(PLACES, max_size=2, unique=True).map(tuple),
    remote_only=st.booleans(),
    seniority=st.lists(st.sampled_from(["senior", "intern", "mid"]), max_size=2, unique=True).map(tuple),
    min_salary=st.none() | st.tuples(st.integers(20_000, 300_000), st.sampled_from(["GBP", "USD", "EUR", "XXX"])),
    include=st.lists(st.sampled_from(["engineer", "Scientist"]), max_size=1).map(tuple),
    exclude=st.lists(st.sampled_from(["intern", "director", "mistral"]), max_size=2, unique=True).map(tuple),
)
THE_WEEK = a_draft()
THE_MATCHER = Matcher(THE_WEEK, config().edition, PlainPlaces())


def fits(wanted: Job, wish: Preferences, zone: str | None) -> bool:
    """The rules of interfaces.md said once more, one job and one reader at a time."""
    places = PlainPlaces()
    keys = {key for name in wish.locations if name != "remote" for key in places.wish_keys(name)}
    countries = {key[1:] if key[0] == "=" else key.rpartition("/")[2] for key in keys} - {""} or zone_countries(
        zone or "UTC"
    )
    remote = wanted.workplace == "remote"
    scope = wanted.remote_scope
    reachable = remote and (
        not countries or not scope or any(places.place_covers(scope, country) for country in countries)
    )
    here = any(keys & places.place_keys(place) for place in wanted.places)
    words = f"{wanted.title} {wanted.company}".lower()
    minimum = wished_euros(wish.min_salary) if wish.min_salary else None
    pay = yearly_euros(wanted.base_salary)
    return (
        (not wish.role_types or wanted.role_type in wish.role_types)
        and (not wish.seniority or wanted.seniority is None or wanted.seniority in wish.seniority)
        and (here or reachable if wish.locations else reachable or not remote)
        and (remote or not wish.remote_only)
        and (minimum is None or pay is None or pay >= minimum)
        and (not wish.include or any(word.lower() in words for word in wish.include))
        and not any(word.lower() in words for word in wish.exclude)
    )


@given(wish=WISHES, zone=st.sampled_from([None, "Europe/Berlin", "America/Toronto"]))
@settings(max_examples=150, deadline=None)
def test_bit_sets_say_what_the_rules_say(wish: Preferences, zone: str | None) -> None:
    found, met = THE_MATCHER.matching(wish, zone)
    expected = {number for number, item in enumerate(THE_WEEK.items) if fits(item.job, wish, zone)}
    assert {number for number in range(len(THE_WEEK.items)) if found >> number & 1} == expected
    assert met & ~found == 0


@given(wish=WISHES)
@settings(max_examples=60, deadline=None)
def test_what_is_shown_fits_within_every_limit(wish: Preferences) -> None:
    choice = THE_MATCHER.choose(wish)
    at = positions(choice.shown)
    employers = [THE_WEEK.items[position].job.company_key for position in at]
    assert len(at) == (choice.count if choice.skip is None else 0)
    assert all(employers.count(name) <= 3 for name in employers)
    assert len(at) <= 25
    assert choice.matching - choice.count == choice.extra.get("more", 0) or choice.skip
