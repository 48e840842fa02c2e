"""The operator's hand: hide, pin, split, add, note and aliases, each remembered by later polls and explained."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
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
    (file,) = (operator.folder / "out" / "messages").glob("*.eml")
    mail = str(message_from_bytes(file.read_bytes(), policy=default).get_body(("plain",)).get_content())
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


def test_pinned_comes_first_in_its_group(operator: Operator) -> None:
    for id_, other in (("5", "6"), ("6", "5")):
        job = by_id(operator)[id_]["job_id"]
        operator.types("jobs", "pin", job)
        words = dry_run(operator)[1].split()
        assert words.index(f"https://jobs.example.com/{id_}") < words.index(f"https://jobs.example.com/{other}")
        operator.types("jobs", "pin", job, "--undo")


def test_a_split_stays_after_the_next_poll(operator: Operator) -> None:
    before = by_id(operator)
    assert before["1"]["job_id"] == before["2"]["job_id"]
    operator.types("jobs", "split", before["1"]["job_id"], before["2"]["source"], "2")
    operator.types("collect", "--now", LATER)
    after = by_id(operator)
    assert after["1"]["job_id"] != after["2"]["job_id"]
    refused = operator.types("jobs", "split", before["1"]["job_id"], before["2"]["source"], "99", exit_code=2)
    assert "has no posting '99'" in refused.stderr


def test_a_job_added_by_hand_is_judged(operator: Operator) -> None:
    words = ("--company", "Handmade", "--url", "https://jobs.example.com/hand", "--now", NOW)
    said = operator.types("jobs", "add", "Research Scientist, Reinforcement Learning", *words).stdout
    assert "kept" in said
    (job,) = [job for job in operator.lines("jobs", "--now", NOW) if job["company"] == "Handmade"]
    assert job["role_type"] == "research"


def test_a_note_heads_the_next_edition(operator: Operator) -> None:
    operator.types("jobs", "note", "We are <away> next week.", "--now", LATER)
    assert "We are <away> next week." in dry_run(operator)[1]
    operator.types("jobs", "note", "--undo", "--now", LATER)
    assert "away" not in dry_run(operator)[1]
    assert "needs words" in operator.types("jobs", "note", "--now", LATER, exit_code=2).stderr


def test_an_alias_makes_two_employers_one(operator: Operator) -> None:
    before = by_id(operator)
    assert before["5"]["job_id"] != before["6"]["job_id"]
    (operator.folder / "aliases.txt").write_text("Sonic Labs = Hedgehog Media  # since 2025\n", encoding="utf-8")
    operator.config.write_text(operator.config.read_text() + "curation: {aliases: aliases.txt}\n", encoding="utf-8")
    operator.types("collect", "--now", LATER)
    after = by_id(operator)
    assert after["5"]["job_id"] == after["6"]["job_id"] == min(before["5"]["job_id"], before["6"]["job_id"], key=len)
    (operator.folder / "aliases.txt").write_text("\nSonic Labs\n", encoding="utf-8")
    assert "aliases.txt:2:" in operator.types("check", exit_code=2).stderr


def test_one_posting_is_allowed_and_another_denied_by_its_id(operator: Operator) -> None:
    fee = "Before you start, pay a refundable registration fee of $49 to activate your account."
    operator.write("postings.jsonl", *ROWS, row(7, "AI Trainer", description=fee), row(8, "AI Tutor", description=fee))
    operator.types("collect", "--now", NOW)
    held = {found["source_id"]: found for found in operator.lines("postings", "--suspect", "--now", LATER)}
    assert held.keys() == {"7", "8"}
    printed = operator.types("postings", "--suspect", "--now", LATER).stdout
    source = held["7"]["source"]
    assert f"[{source}/7]" in printed
    operator.types("postings", "--allow", f"{source}/7", "--now", LATER)
    operator.types("postings", "--deny", f"{source}/3", "--now", LATER)
    operator.types("collect", "--now", LATER)
    after = by_id(operator)
    assert {id_ for id_, found in after.items() if found["safety"] == "suspect"} == {"3", "8"}
    assert after["3"]["safety_reasons"] == [f"on the operator's deny list ({source}/3)"]
    assert after["4"]["safety"] == "ok", "of the same employer"


def test_every_decision_is_told_in_json(operator: Operator) -> None:
    for found in by_id(operator).values():
        assert found["decision"] in {"kept", "merged", "dropped"}
        assert found["reason"]
        json.dumps(found)
