"""The engine behind `digest eval`: kinds of files, figures, and mistakes in the operator's labels."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jobdigest.curate.evaluate import Judges, Report, Section, default_files, evaluate, score
from jobdigest.errors import UsageError
from jobdigest.model import Place, Salary, Where

JUDGES = Judges(
    role=lambda row: "research" if "Research" in row["title"] else "out",
    same_job=lambda a, b: bool(a["title"] == b["title"]),
    salary=lambda text: Salary("USD", 1.0, 2.0, "hour") if "$" in text else None,
    where=lambda text: Where((Place("Krakow", None, "PL"),), "hybrid", None),
    day=lambda text, now: date(2026, 11, 1),
    liveness=lambda row, now: "expired" if "closed" in row["html"] else "live",
    suspect=lambda row: ("asks for a fee",) if "fee" in row["description"] else (),
)


def _section(tmp_path: Path, *rows: dict[str, Any]) -> Section:
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (section,) = evaluate([path], JUDGES).sections
    return section


def test_roles_count_scope_on_real_rows_and_types_on_all(tmp_path: Path) -> None:
    section = _section(
        tmp_path,
        {"set": "titles", "title": "Research Scientist", "label": "research"},
        {"set": "titles", "title": "Research Accountant", "label": "out"},
        {"set": "full", "title": "Cook", "label": "out"},
        {"set": "rare", "title": "AI Auditor", "label": "governance"},
    )
    assert section.figures["scope F1"] == pytest.approx(2 / 3)
    assert section.figures["out-of-scope shown"] == 0.5
    assert section.figures["role macro-F1"] == pytest.approx((2 / 3 + 0) / 2)
    assert section.confusion["out"] == {"research": 1, "out": 1}
    assert len(section.misses) == 2


def test_pairs(tmp_path: Path) -> None:
    a, b = {"title": "X", "company": "C"}, {"title": "Y", "company": "C"}
    section = _section(
        tmp_path, {"a": a, "b": a, "label": "one"}, {"a": a, "b": b, "label": "one"}, {"a": a, "b": a, "label": "two"}
    )
    assert (section.kind, section.figures["precision"], section.figures["recall"]) == ("pairs", 0.5, 0.5)


def test_salaries_that_are_invented_are_counted(tmp_path: Path) -> None:
    pay = {"currency": "USD", "min": 1, "max": 2, "period": "hour"}
    section = _section(tmp_path, {"text": "$1-2/h", "expect": pay}, {"text": "$5 lunch", "expect": dict.fromkeys(pay)})
    assert section.figures == {"exact": 0.5, "invented": 1}


def test_places_compare_accent_folded_and_each_question_apart(tmp_path: Path) -> None:
    place = {"city": "Kraków", "region": None, "country": "PL"}
    expect = {"places": [place], "workplace": "remote", "remote_scope": None}
    section = _section(tmp_path, {"text": "Kraków", "expect": expect})
    assert section.figures == {"places exact": 1.0, "workplace": 0.0, "remote scope": 1.0}


def test_dates(tmp_path: Path) -> None:
    now = "2026-11-22T12:00:00Z"
    section = _section(
        tmp_path,
        {"text": "3w", "now": now, "expect": {"date": "2026-11-01"}},
        {"text": "?", "now": now, "expect": {"date": None}},
    )
    assert section.figures == {"exact": 0.5}


def test_pages(tmp_path: Path) -> None:
    section = _section(
        tmp_path,
        {"html": "closed", "status": 200, "expect": "expired"},
        {"html": "closed", "status": 200, "expect": "live"},
        {"html": "log in", "status": 200, "expect": "unknown"},
    )
    assert section.figures == {
        "closed found": 1.0,
        "live called closed": 1,
        "live called live": 0.0,
        "blocked called unknown": 0.0,
    }


@pytest.mark.parametrize(("key", "scam", "ok"), [("expect", "scam", "ok"), ("fraudulent", 1, 0)])
def test_scams(tmp_path: Path, key: str, scam: object, ok: object) -> None:
    section = _section(
        tmp_path,
        {"title": "A", "description": "a fee", key: scam},
        {"title": "B", "description": "", key: scam},
        {"title": "C", "description": "", key: ok},
    )
    assert (section.figures["precision"], section.figures["recall"]) == (1.0, 0.5)


def test_the_report_reads_as_text_and_as_json(tmp_path: Path) -> None:
    section = _section(tmp_path, {"set": "titles", "title": "Cook", "label": "research"})
    report = Report([section])
    assert "research → out: Cook" in report.as_text()
    assert json.loads(report.as_json())["misses"] == section.misses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"title": "x"}', "labels.jsonl:1: no known labels"),
        ('{"label": "out", "title": "x"}\nnonsense', "labels.jsonl:2: not JSON"),
        ("[1]", "labels.jsonl:1: not an object"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        evaluate([path], JUDGES)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        evaluate([tmp_path / "nowhere.jsonl"], JUDGES)


def test_nothing_to_judge_is_perfect() -> None:
    assert score([]).f1 == 1.0


def test_the_shared_labels_are_found_where_they_exist() -> None:
    try:
        found = default_files()
    except UsageError:
        pytest.skip("../shared/data is not beside this project")
    from jobdigest.curate import dates, place, salary

    judges = Judges(
        role=JUDGES.role,
        same_job=JUDGES.same_job,
        salary=salary.read_salary,
        where=lambda text: place.read_where([text]),
        day=dates.read_date,
        liveness=JUDGES.liveness,
        suspect=JUDGES.suspect,
    )
    mine = [path for path in found if path.name.split(".")[0] in ("salary", "location", "date")]
    figures = {section.kind: section.figures for section in evaluate(mine, judges).sections}
    assert figures["salary"]["exact"] >= 0.97
    assert figures["salary"]["invented"] == 0
    assert figures["location"]["places exact"] >= 0.95
    assert figures["location"]["workplace"] >= 0.97
    assert figures["location"]["remote scope"] >= 0.93
    assert figures["date"]["exact"] >= 0.98
