"""The dry run: a report that says why, a page that shows it, files that are the mails."""

from __future__ import annotations

import json
import quopri
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobdigest.compose import preview, report
from jobdigest.compose.assemble import assemble
from jobdigest.compose.cohorts import KEPT, OTHERS, Cohorts
from jobdigest.compose.report import Audience, LeftOut, Past, Sample
from jobdigest.compose.select import Choice
from jobdigest.compose.templates import Templates
from jobdigest.model import Preferences
from support.editions import KEY, KEYS, READERS, a_draft, choice, compiled, config, delivery, job

DRAFT = a_draft()
EDITION = compiled(DRAFT)
OUT = [LeftOut(job_id="t", title="Intern <b>", company="TikTok", url=None, reason="expired: its text says so")]


def sample(reader: str) -> Sample:
    chosen = choice(reader, DRAFT)
    parts = assemble(EDITION, delivery(chosen.shown, chosen.extra), KEYS, "https://jobs.jobdigest.dev")
    return Sample.of(f"{reader}@example.net", "en", chosen.count, parts, b"Subject: x\r\n\r\n" + parts.text)


def built(**changes: Any) -> dict[str, Any]:
    audience = Audience()
    for reader, wishes in READERS.items():
        audience.add(wishes.get("preferences", Preferences()), "en", choice(reader, DRAFT))
    audience.add(Preferences(cadence="monthly"), "en", Choice(skip="not_due"))
    audience.add(Preferences(role_types=("policy",)), "de", Choice(skip="too_few"))
    arguments: dict[str, Any] = {
        "draft": DRAFT,
        "compiled": EDITION,
        "config": config(),
        "audience": audience,
        "samples": [sample("london")],
        "left_out": OUT,
        "past": [Past(key="2026-W47", jobs=[job(n, announced_in="2026-W47") for n in range(20)])],
    }
    return report.build(**{**arguments, **changes})


def test_every_job_is_in_or_out_with_a_reason() -> None:
    made = built()
    assert len(made["jobs"]) == len(DRAFT.items) + 1
    assert all(job["reason"] for job in made["jobs"])
    first, last = made["jobs"][0], made["jobs"][-1]
    assert (first["in"], first["position"], first["title"]) == (True, 0, DRAFT.items[0].job.title)
    assert first["reason"].startswith("new; 1.61 = freshness 0.91 + pay 0.40 + direct 0.30")
    assert (last["in"], last["reason"]) == (False, "expired: its text says so")


def test_who_gets_what() -> None:
    recipients = built()["recipients"]
    assert recipients["mailed"] == 5
    assert recipients["skipped"] == {"not_due": 1, "too_few": 1}
    assert sum(recipients["jobs_per_mail"].values()) == 5


def test_readers_by_what_they_chose() -> None:
    cohorts = built()["recipients"]["cohorts"]
    assert cohorts["language"][0]["readers"] == 6
    assert cohorts["language"][1] == {"value": "de", "readers": 1, "mailed": 0, "median_jobs": None}
    assert {row["value"]: row["mailed"] for row in cohorts["cadence"]} == {"weekly": 5, "monthly": 0}
    assert {row["value"]: row["readers"] for row in cohorts["role_type"]}["policy"] == 1
    assert {row["value"] for row in cohorts["place"]} == {"any", "London", "remote", "Berlin", "Paris"}


def test_places_without_end_need_no_memory_without_end() -> None:
    cohorts = Cohorts()
    for number in range(KEPT + 50):
        cohorts.add(Preferences(locations=(f"Town {number}",)), "en", 3)
    (others,) = (row for row in cohorts.table()["place"] if row["value"] == OTHERS)
    assert (len(cohorts.table()["place"]), others["readers"], others["median_jobs"]) == (KEPT + 1, 50, 3)


def test_sizes_and_hash() -> None:
    made = built()
    (message,) = made["messages"]
    assert message["file"] == "messages/london@example.net.eml"
    assert message["html_bytes"] == len(sample("london").html.encode())
    assert made["content_hash"] == EDITION.content_hash


def test_the_week_against_the_weeks_before() -> None:
    made = built()
    safety = next(group for group in made["groups"] if group["id"] == "trust-safety")
    assert (safety["jobs"], safety["four_week_average"]) == (6, 5.0)
    difference = made["difference"]
    assert (difference["added"], difference["kept"], difference["gone"]) == (11, 20, 0)


def test_without_earlier_editions_there_is_nothing_to_compare() -> None:
    made = built(past=[])
    assert made["difference"] is None
    assert made["groups"][0]["four_week_average"] is None
    assert made["warnings"] == []


def test_warnings_say_what_looks_wrong() -> None:
    big = replace(sample("london"), html="x" * 102_401)
    many = [Past(key=key, jobs=[job(n, announced_in=key) for n in range(120)]) for key in ("2026-W47", "2026-W46")]
    said = built(samples=[big], past=many)["warnings"]
    assert any("Gmail clips" in line for line in said)
    assert any("31 new jobs; the last 2 editions had 120" in line for line in said)
    gone = replace(DRAFT, items=tuple(item for item in DRAFT.items if item.group != "research"))
    lost = built(draft=gone)["warnings"]
    assert lost == ["no new job under 'Research'; 3.0 is usual"]


def test_an_empty_edition_and_nobody_to_mail_are_said() -> None:
    assert built(draft=replace(DRAFT, items=()), past=[])["warnings"] == ["no job at all is in this edition"]
    assert built(audience=Audience(), past=[])["warnings"] == ["nobody would get a mail"]


def test_carried_over_jobs_say_since_when() -> None:
    older = a_draft(3, announced_in="2026-W46")
    made = built(draft=older, past=[])
    assert all(job["reason"].startswith("first shown in 2026-W46, still open") for job in made["jobs"] if job["in"])
    assert made["counts"]["new"] == 0


def test_the_folder(tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "gone@example.net.eml").write_text("old")
    one = sample("london")
    conf = config()
    index = preview.write(tmp_path, built(), [one], config=conf, templates=Templates.of(conf))
    folder = tmp_path / "messages"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"london@example.net.{kind}" for kind in ("dark.html", "eml", "html", "txt")
    ]
    assert (folder / "london@example.net.eml").read_bytes() == one.eml
    assert "@media all" in (folder / "london@example.net.dark.html").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["edition"] == KEY
    page = index.read_text()
    assert "Intern &lt;b&gt;" in page
    assert "Intern <b>" not in page
    assert EDITION.content_hash in page
    assert "london@example.net" in page


def test_the_same_run_writes_the_same_bytes(tmp_path: Path) -> None:
    conf = config()
    for name in ("a", "b"):
        preview.write(tmp_path / name, built(), [sample("london")], config=conf, templates=Templates.of(conf))
    for path in (tmp_path / "a").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_addresses_become_file_names() -> None:
    assert report.file_name("a.b+c@example.net") == "a.b+c@example.net"
    assert report.file_name("../../etc/passwd") == "_.._etc_passwd"
    assert report.file_name("ä/\\:*@x") == "ä____@x"


def test_a_sample_is_decoded_for_looking_at() -> None:
    one = sample("london")
    assert one.text.startswith("AI Jobs Weekly")
    assert quopri.decodestring(one.eml.partition(b"\r\n\r\n")[2]).decode() == one.text
