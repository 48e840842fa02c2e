"""Reporting a job: the mail's link leads to a page that can do it, the operator sees it, nobody can flood it."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from jobdigest.app import App
from jobdigest.store import open_store, reports
from jobdigest.web.pages import create
from support.cli import Operator
from support.postgres import database
from support.serving import served

NOW = "2026-01-20T09:00:00Z"
AT = datetime(2026, 1, 20, 9, 5, tzinfo=UTC)


class Pages:
    def __init__(self, operator: Operator, base: str) -> None:
        self.operator, self.base = operator, base

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.base + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def reported(self) -> list[str]:
        rows = self.operator.lines("postings", "--suspect", "--now", NOW)
        return [row["reported"] for row in rows if row["reported"]]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    operator = Operator(tmp_path)
    operator.write("postings.jsonl", {"id": "1", "title": "Machine Learning Engineer", "company": "Faculty"})
    (tmp_path / "readers.csv").write_text("email\nada@example.com\n")
    operator.types("collect", "--now", NOW)
    operator.types("subscribers", "import", "readers.csv")
    operator.types("send", "--now", NOW)
    app = App.load(operator.config)
    with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, log_config=None)) as base:
        yield Pages(operator, base)
    app.store.close()


def test_from_the_mail_to_the_operator(pages: Pages) -> None:
    (mail,) = (pages.operator.folder / "mail").rglob("*.eml")
    link = re.search(r"https://jobs\.example\.com(/editions/\S+/report)", mail.read_text())
    assert link, "the mail has no way to report a job"
    status, which = pages.ask(link[1])
    form = re.search(r'href="(/jobs/[^"]+/report)"', which)
    assert (status, bool(form)) == (200, True)
    assert form
    assert pages.ask(form[1])[0] == 200
    assert pages.reported() == []
    assert pages.ask(form[1], b"reason=scam&note=wants+a+%0Afee")[0] == 200
    assert pages.reported() == ["1 reader: scam (wants a fee)"]
    assert "reported by 1 reader" in pages.operator.types("postings", "--suspect", "--now", NOW).stdout
    assert pages.operator.lines("jobs", "--now", NOW), "one report must not take a job away"


def test_reports_that_say_nothing_or_come_from_elsewhere_are_refused(pages: Pages) -> None:
    job = pages.operator.lines("jobs", "--now", NOW)[0]["job_id"]
    path = f"/jobs/{job}/report"
    assert pages.ask(path, b"reason=because")[0] == 422
    assert pages.ask("/jobs/j99/report", b"reason=scam")[0] == 422
    assert pages.ask(path, b"reason=scam", Origin="https://elsewhere.example")[0] == 403
    assert pages.ask(path, b"reason=scam", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert pages.reported() == []
    assert [pages.ask(path, b"reason=scam")[0] for _ in range(6)] == [200] * 5 + [429]
    assert pages.reported() == ["1 reader: scam"], "one reader counts once"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_people_are_counted_and_reasons_gathered(kind: str, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/reports.db" if kind == "sqlite" else database())
    with store.begin() as connection:
        for number, reason in enumerate(("closed", "scam", "scam")):
            assert reports.add(connection, "j1", reason, "", bytes([number]) * 16, AT)
        assert reports.by_job(connection)["j1"] == (3, ("scam", "closed"))
        assert all(reports.add(connection, f"j{n}", "other", "", b"x" * 16, AT) for n in range(5))
        assert not reports.add(connection, "j9", "other", "", b"x" * 16, AT)
        assert reports.add(connection, "j9", "other", "", b"x" * 16, AT + timedelta(hours=1))
    store.close()
