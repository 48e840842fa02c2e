"""The same-job relation: conventions, the golden cases, strong identities, and a partition free of order."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.dedupe import components, facts, identities, role_keys, same_job

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "pairs.dev.jsonl"


def same(one: str, other: str, company: str = "Acme", other_company: str | None = None) -> bool:
    return same_job(facts(one, company), facts(other, other_company or company))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R&D Intern - Machine Learning Engineer - 2026", "R&D Intern – Machine Learning Engineer - 2026"),
        ("Software Engineer I", "Software Engineer 1"),
        ("ML Research Intern", "Machine Learning Research Intern"),
        ("Data Scientist - London", "Data Scientist"),
        ("Research Intern (PhD)", "Research Intern"),
        ("ML Intern - Summer 2026", "ML Intern"),
        ("ML Intern - Summer 2026", "Summer ML Intern"),
        ("Data Engineer - R-18658", "Data Engineer - R-19281"),
        ("Cloud Platform Services Intern", "Platform Services & Cloud Intern"),
        ("Intern - Backend Developer", "Backend Engineering Co-op"),
        ("Stagiaire en développement cloud", "Cloud Developer Intern"),
        ("Forward Deployed Engineer (FDE)", "Forward Deployed Engineer"),
        ("ML Engineer - 2nd Shift", "ML Engineer"),
        ("Acme ML Engineer", "ML Engineer"),
        ("Junior Data Analyst - start October 2026", "Junior Data Analyst"),
        ("Technical Support Engineer", "Tech Support Engineer"),
        ("Bachelor's Thesis ML", "Bachelors Thesis ML"),
        ("ML Intern - Master/PhD", "ML Intern"),
        ("Fundraising Consultant - Atlantic Region", "Fundraising Consultant - Central Region"),
        ("ML Engineer - ONSITE Quantico VA", "ML Engineer"),
        ("Data Science Leadership Program Intern - Dslp", "Data Science Leadership Program - DSLP Intern"),
        ("R&D Engineer", "Research and Development Engineer"),
        ("Junior ML Engineer (RX417)", "Junior ML Engineer (RX418)"),
        ("Store Analyst - Fayette Mall", "Store Analyst - Shoppes at Brinton Lake"),
        ("Business Analyst - Ocean City South Financial Center", "Business Analyst"),
        ("Account Executive, AI - West", "Account Executive, AI - Northeast"),
        ("Data Engineer - TX Remote", "Data Engineer"),
        ("Data Analyst - TS/SCI w/Poly", "Data Analyst (TS/SCI with polygraph)"),
        ("Technology Program - Start Date: July 13 - 2026", "Technology Program - July 2026"),
        ("ML Intern - Academic Year", "ML Intern"),
        ("Infosec Engineer", "Information Security Engineer"),
        ("Data Engineer, Search Team", "Data Engineer, Search"),
        ("ML Intern - May - August 2026", "ML Intern - Summer 2026"),
        ("Junior ML Engineer - New Grad OK", "Junior ML Engineer"),
        ("ML Engineer - Potential Telework", "ML Engineer"),
        ("Data Analyst-Kenwood Mall", "Data Analyst-Fayette Mall"),
        ("Admin Assistant", "Administrative Assistant"),
        ("D2D Sales Rep", "Door-to-Door Sales Representative"),
        ("Store Analyst - Eagle Heights", "Store Analyst - Winter Crossing"),
        ("Account Manager (Houston)", "Account Manager (Detroit West)"),
        ("Account Manager - East Houston", "Account Manager"),
        ("Data Engineer(s) - New Grad - Fall 2025", "New Grad Data Engineer"),
        ("Data Engineer - New Grad - Fall 2025", "Data Engineer - New Grad 2025"),
        ("Data Program 2026 - September Start", "Data Program 2026"),
        ("ML Engineer ($20hr plus commission)", "ML Engineer - Pay $18-22/HR"),
        ("AI Researcher - PhD Graduate", "New Graduate PhD AI Researcher - 2026"),
        ("Développeur de logiciels / Software Developer", "Software Developer"),
        ("Analyst - Dayshift M-F 10 AM - 6 PM ET", "Analyst - Evening Shift M-F 2 PM - 10 PM ET"),
    ],
)
def test_one_job(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Machine Learning Engineer", "Lead Machine Learning Engineer"),
        ("Machine Learning Engineer", "Machine Learning Engineer, Safety"),
        ("Data Scientist I", "Data Scientist II"),
        ("Data Scientist I", "Data Scientist"),
        ("ML Intern - Summer 2026", "ML Intern - Summer 2025"),
        ("ML Intern - Summer 2026", "ML Intern - Fall 2026"),
        ("ML Intern - Summer 2026", "ML Intern - Academic Year 2026-2027"),
        ("Data Program 2026 - September Start", "Data Program 2026 - February Start"),
        ("Data Analyst 2026", "Data Summer Analyst 2026"),
        ("New Grad ML Engineer - Summer 2026", "New Grad ML Engineer - Winter 2026"),
        ("ML Intern", "ML Engineer"),
        ("ML Engineer - Intern Conversion", "ML Engineer Intern"),
        ("Software Engineer - Java", "Software Engineer - Python"),
        ("Software Engineer", "Software Test Engineer"),
        ("Senior Staff Engineer", "Staff Engineer"),
        ("Working Student Data Science", "Data Science Intern"),
        ("Data Engineer", "Database Engineer"),
        ("Junior Data Analyst - start October 2026", "Junior Data Analyst - start October 2025"),
        ("Engineering Intern - Eis", "Engineering Intern"),
        ("VP, Data Science", "SVP, Data Science"),
        ("Director, Data Science", "Associate Director, Data Science"),
        ("CTO", "CIO"),
        ("Developer (AS400)", "Developer"),
        ("Engineer - Data Center", "Engineer"),
        ("Software Intern - Developer Experience", "Software Intern"),
        ("R&D Intern - Track 2", "R&D Intern - Track 3"),
        ("ML Intern - Jan - Jun 2026", "ML Intern - Jul-Dec 2026"),
        ("ML Intern - January 2026 to August 2026", "ML Intern - Summer 2026"),
    ],
)
def test_two_jobs(one: str, other: str) -> None:
    assert not same(one, other)


def test_employers() -> None:
    assert same("ML Intern", "ML Intern", "PlayStation", "Sony Interactive Entertainment")
    assert same("ML Intern", "ML Intern", "Oscar", "Oscar Health")
    assert not same("ML Intern", "ML Intern", "American Express", "American Airlines")


def test_the_employers_name_in_the_title_says_nothing() -> None:
    assert same("Ember Collective / Data Engineer / Berlin", "Data Engineer", "Ember Collective")


def test_places_and_pay_never_split() -> None:
    assert same_job(facts("ML Engineer - HYD", "Acme", ["Hyderabad, India"]), facts("ML Engineer", "Acme", ["London"]))
    assert not same_job(facts("ML Engineer - HYD", "Acme", ["Lyon"]), facts("ML Engineer", "Acme", ["London"]))
    london = facts("ML Engineer", "Acme", ["London, UK"], "£90k")
    assert same_job(london, facts("ML Engineer - Springfield", "Acme", ["Springfield, IL"], "$29/hr"))


def test_without_an_employer_nothing_is_the_same() -> None:
    assert role_keys(facts("ML Engineer", None)) == ()


def test_a_term_left_open_carries_a_key_for_each() -> None:
    stated, open_ = facts("ML Intern - Summer 2026", "Acme"), facts("ML Intern", "Acme")
    assert len(role_keys(stated)) == 1
    assert set(role_keys(stated)) < set(role_keys(open_))
    assert len(role_keys(facts("ML Engineer", "Acme"))) == 1


LONG = "We build models that read pages and tell the true from the false. " * 8


def strong(**given: str | None) -> tuple[str, ...]:
    base: dict[str, str | None] = {"ats_id": None, "linked_id": None, "requisition_id": None, "canonical_url": None}
    text, role = given.pop("text", "") or "", given.pop("role", "") or ""
    fields = {**base, **given}
    return identities(
        ats_id=fields["ats_id"],
        linked_id=fields["linked_id"],
        requisition_id=fields["requisition_id"],
        company_key="acme",
        canonical_url=fields["canonical_url"],
        text=text,
        role=facts(role, "Acme") if role else None,
    )


def test_strong_identities() -> None:
    assert strong(ats_id="greenhouse:acme:1", canonical_url="https://acme.example/1") == (
        "ats:greenhouse:acme:1",
        "url:https://acme.example/1",
    )
    assert strong(ats_id="lever:acme:1", linked_id="lever:1") == ("ats:lever:acme:1", "ats:lever:1")
    assert strong(ats_id="lever:1", linked_id="lever:1") == strong(linked_id="lever:1") == ("ats:lever:1",)
    assert strong(requisition_id="JR-0012") == strong(requisition_id="jr 0012") == ("req:acme|jr0012",)


@pytest.mark.parametrize("empty", ["TBD", "N/A", "0", "000", "-", "none", "", "Req ID", "12"])
def test_what_is_no_requisition(empty: str) -> None:
    assert strong(requisition_id=empty) == ()


def test_a_description_counts_only_with_its_role() -> None:
    assert strong(text=LONG, role="ml engineer") == strong(text=f"  {LONG.upper()}!", role="ml engineer") != ()
    assert strong(text=LONG, role="ml engineer") != strong(text=LONG, role="data engineer")
    assert strong(text=LONG) == ()
    assert strong(text="Join us", role="ml engineer") == ()


def test_components() -> None:
    assert components([(1, 2), (2, 3)], [4]) == {frozenset({1, 2, 3}), frozenset({4})}
    assert components([(1, 2), (2, 3)], apart=[(1, 3)]) == {frozenset({1, 2}), frozenset({3})}
    assert components([], ["a"]) == {frozenset({"a"})}


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20)


@given(EDGES, EDGES, st.randoms())
def test_components_know_no_order(
    edges: list[tuple[int, int]], apart: list[tuple[int, int]], luck: random.Random
) -> None:
    apart = [(one, other) for one, other in apart if one != other]
    parts = components(edges, range(10), apart)
    mixed = [(other, one) if luck.random() < 0.5 else (one, other) for one, other in edges]
    luck.shuffle(mixed)
    assert components(mixed, luck.sample(range(10), 10), luck.sample(apart, len(apart))) == parts
    assert sorted(node for part in parts for node in part) == list(range(10))
    assert not any(one in part and other in part for one, other in apart for part in parts)


TITLES = [
    "ML Intern",
    "ML Intern 2025",
    "ML Intern - Summer 2026",
    "ML Intern - Fall",
    "ML Engineer",
    "Lead ML Engineer",
]


@given(st.permutations(range(len(TITLES))))
def test_the_partition_knows_no_order_of_arrival(order: list[int]) -> None:
    known = [facts(title, "Acme") for title in TITLES]
    edges = [(i, j) for at, i in enumerate(order) for j in order[:at] if same_job(known[i], known[j])]
    assert components(edges, order) == {frozenset({0, 1, 2, 3}), frozenset({4}), frozenset({5})}


@given(st.text(max_size=120), st.text(max_size=60), st.lists(st.text(max_size=30), max_size=3))
def test_no_text_breaks_it_and_a_posting_is_itself(title: str, company: str, places: list[str]) -> None:
    one = facts(title, company, places)
    assert same_job(one, one) == bool(role_keys(one))


@pytest.mark.skipif(not PAIRS.exists(), reason="the labelled pairs of ../shared are not here")
def test_labelled_pairs() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").split("\n") if line]
    told = [
        (same_job(*(facts(p["title"], p["company"], p["locations"], p["salary"]) for p in (row["a"], row["b"]))), row)
        for row in rows
    ]
    right = sum(found and row["label"] == "one" for found, row in told)
    assert right / sum(found for found, _ in told) >= 0.99
    assert right / sum(row["label"] == "one" for _, row in told) >= 0.95
