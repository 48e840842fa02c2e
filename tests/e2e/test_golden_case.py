"""The page of a job board that this project began with, through the real commands."""

from __future__ import annotations

from typing import Any

import pytest

from support.cli import Operator
from support.postgres import database

NOW = "2026-01-20T09:00:00Z"
PAGE: list[dict[str, Any]] = [
    {
        "id": "tiktok",
        "title": "Machine Learning Engineer Intern (Trust & Safety) - 2026 Start (PhD)",
        "company": "TikTok",
        "date_posted": "99 days ago",
        "description": "This job posting has expired and no longer accepting applications",
    },
    {
        "id": "motorola-irvine",
        "title": "R&D Intern - Machine Learning Engineer - 2026",
        "company": "Motorola Solutions",
        "locations": ["Irvine, CA"],
        "salary": "$29 - $34/hr",
        "date_posted": "17 days ago",
    },
    {
        "id": "motorola-la",
        "title": "R&D Intern – Machine Learning Engineer - 2026",
        "company": "Motorola Solutions",
        "locations": ["Los Angeles, CA"],
        "salary": "$29 - $34/hr",
        "date_posted": "18 days ago",
    },
    {"id": "faculty-1", "title": "Machine Learning Engineer", "company": "Faculty", "locations": ["London"]},
    {"id": "faculty-2", "title": "Machine Learning Engineer", "company": "Faculty", "locations": ["London"]},
    {"id": "faculty-lead", "title": "Lead Machine Learning Engineer", "company": "Faculty", "locations": ["London"]},
    {
        "id": "factored",
        "title": "Machine Learning Engineer (RAGs)",
        "company": "Factored",
        "locations": ["Latin America"],
        "date_posted": "27 days ago",
    },
    {
        "id": "patreon",
        "title": "Senior Machine Learning Engineer, Safety",
        "company": "Patreon",
        "locations": ["Remote"],
        "date_posted": "27 days ago",
    },
    {
        "id": "databricks",
        "title": "Staff Machine Learning Engineer",
        "company": "Databricks",
        "locations": ["San Francisco, CA"],
        "salary": "$190K - $285K/yr",
        "date_posted": "27 days ago",
    },
    {
        "id": "censys",
        "title": "Senior Machine Learning Engineer",
        "company": "Censys",
        "locations": ["Remote United States Canada"],
        "salary": "$170K - $204K/yr",
        "date_posted": "3 days ago",
    },
    {
        "id": "canva",
        "title": "Machine Learning Engineer - Content Safety Platform (AU remote)",
        "company": "Canva",
        "locations": ["Sydney, Australia"],
        "date_posted": "5 days ago",
    },
]
for row, days in (("faculty-1", 7), ("faculty-2", 6), ("faculty-lead", 5)):
    next(posting for posting in PAGE if posting["id"] == row)["date_posted"] = f"{days} days ago"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def operator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    address = database() if request.param == "postgresql" else None
    operator = Operator(tmp_path_factory.mktemp("golden"), database=address)
    operator.write("postings.jsonl", *PAGE)
    operator.types("collect", "--now", NOW)
    return operator


@pytest.fixture(scope="module")
def postings(operator: Operator) -> dict[str, dict[str, Any]]:
    return {row["source_id"]: row for row in operator.lines("postings", "--now", NOW)}


def test_all_eleven_are_stored_in_scope(postings: dict[str, dict[str, Any]]) -> None:
    assert set(postings) == {posting["id"] for posting in PAGE}
    assert all(row["in_scope"] for row in postings.values())


@pytest.mark.parametrize(
    ("posting", "expected"),
    [
        (
            "tiktok",
            {
                "role_type": "trust-safety",
                "seniority": "intern",
                "degree": "phd",
                "liveness": "expired",
                "decision": "dropped",
                "date_posted": "2025-10-13",
            },
        ),
        (
            "motorola-irvine",
            {
                "seniority": "intern",
                "employment_type": "INTERN",
                "base_salary": {"currency": "USD", "min": 29, "max": 34, "period": "hour"},
                "date_posted": "2026-01-03",
            },
        ),
        ("factored", {"role_type": "genai-nlp", "remote_scope": ["LATAM"]}),
        ("patreon", {"role_type": "trust-safety", "seniority": "senior", "workplace": "remote", "remote_scope": None}),
        (
            "databricks",
            {
                "seniority": "staff",
                "base_salary": {"currency": "USD", "min": 190000, "max": 285000, "period": "year"},
                "places": [{"city": "San Francisco", "region": "CA", "country": "US"}],
            },
        ),
        ("censys", {"workplace": "remote", "remote_scope": ["US", "CA"], "places": []}),
        ("canva", {"role_type": "trust-safety", "workplace": "remote", "remote_scope": ["AU"]}),
    ],
)
def test_each_is_judged_as_its_page_says(
    postings: dict[str, dict[str, Any]], posting: str, expected: dict[str, Any]
) -> None:
    assert {name: postings[posting][name] for name in expected} == expected


def test_which_postings_are_one_job(operator: Operator, postings: dict[str, dict[str, Any]]) -> None:
    job = {name: row["job_id"] for name, row in postings.items()}
    assert job["motorola-irvine"] == job["motorola-la"]
    assert job["faculty-1"] == job["faculty-2"] != job["faculty-lead"]
    jobs = {row["job_id"]: row for row in operator.lines("jobs", "--now", NOW)}
    assert job["tiktok"] not in jobs
    assert len(jobs) == 8
    assert [place["city"] for place in jobs[job["motorola-irvine"]]["places"]] == ["Irvine", "Los Angeles"]
    decisions = sorted(row["decision"] for row in postings.values())
    assert decisions == ["dropped"] + ["kept"] * 8 + ["merged"] * 2


def test_a_second_poll_finds_nothing_new(operator: Operator, postings: dict[str, dict[str, Any]]) -> None:
    said = operator.types("collect", "--now", "2026-01-20T15:00:00Z").stdout
    assert "0 new" in said
    again = {row["source_id"]: row["job_id"] for row in operator.lines("postings", "--now", NOW)}
    assert again == {name: row["job_id"] for name, row in postings.items()}
