"""The operator's hand: what is hidden stays hidden and says so; what is added by hand is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.cli import Operator

NOW = "2026-01-20T09:05:00Z"
LATER = "2026-01-20T16:00:00Z"


def row(number: int, title: str, company: str = "Acme", **more: str) -> dict[str, Any]:
    url = f"https://jobs.example.com/{number}"
    return {"id": str(number), "title": title, "company": company, "url": url, "date_posted": "2026-01-18"} | more


ROWS = [
    row(1, "Machine Learning Engineer", location="London"),
    row(2, "Machine Learning Engineer", location="Berlin"),
    row(3, "Data Scientist"),
    row(4, "Computer Vision Engineer"),
    row(5, "Data Engineer", "Sonic Labs"),
    row(6, "Data Engineer", "Hedgehog Media"),
]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    operator = Operator(tmp_path)
    operator.write("postings.jsonl", *ROWS)
    operator.types("collect", "--now", NOW)
    return operator


def by_id(operator: Operator) -> dict[str, dict[str, Any]]:
    return {row["source_id"]: row for row in operator.lines("postings", "--now", LATER)}


def dry_run(operator: Operator) -> tuple[list[str], str]:
    """Titles of the edition as they come in a sample mail's text, and that text."""
    operator.types("send", "--dry-run", "--out", "out", "--now", LATER)
    mail = next((operator.folder / "out" / "messages").glob("*.eml")).read_bytes().decode("utf-8", "replace")
    titles = sorted({row["title"] for row in ROWS if row["title"] in mail}, key=mail.index)
    return titles, mail


def test_hidden_stays_hidden_and_says_so(operator: Operator) -> None:
    job = by_id(operator)["3"]["job_id"]
    operator.types("jobs", "hide", job, "--note", "not one for us")
    operator.types("collect", "--now", LATER)
    found = by_id(operator)["3"]
    assert found["decision"] == "dropped"
    assert "hid" in found["reason"]
    assert "Data Scientist" not in dry_run(operator)[0]
    operator.types("jobs", "hide", job, "--undo")
    assert "Data Scientist" in dry_run(operator)[0]


def test_a_job_added_by_hand_is_judged(operator: Operator) -> None:
    words = ("--company", "Handmade", "--url", "https://jobs.example.com/hand", "--now", NOW)
    said = operator.types("jobs", "add", "Research Scientist, Reinforcement Learning", *words).stdout
    assert "kept" in said
    (job,) = [job for job in operator.lines("jobs", "--now", NOW) if job["company"] == "Handmade"]
    assert job["role_type"] == "research"
