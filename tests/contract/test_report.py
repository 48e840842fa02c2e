"""The operator's report: the store's figures as one page without scripts, and the state of things on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import update

from jobdigest.app import App
from jobdigest.app.overview import report, write_report
from jobdigest.app.status import status, status_lines
from jobdigest.errors import UsageError
from jobdigest.store import schema
from support import history
from support.cli import Operator
from support.history import NOW, WEEKS
from support.postgres import database

ENTRIES = "\n".join(f"  - {entry}" for entry in history.SOURCES)
ROWS_OF_A_SCREEN, COLUMNS_OF_A_SCREEN = 24, 200


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    app = App.load(Operator(tmp_path, ENTRIES, database() if request.param == "postgresql" else None).config)
    yield app
    app.store.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[App]:
    """On SQLite."""
    app = App.load(Operator(tmp_path, ENTRIES).config)
    yield app
    app.store.close()


class Page(HTMLParser):
    """What a browser would find: text, tags, addresses, rectangles by class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(app: App, edition: str | None = None) -> Page:
    out = app.config.root / "report.html"
    write_report(app, edition, out, NOW)
    return Page(out.read_text(encoding="utf-8"))


def test_the_page_has_the_figures_of_the_store(app: App) -> None:
    history.remember(app)
    found = page(app)
    issue = report(app, None, NOW)["issue"]
    accepted, news = issue["deliveries"]["accepted"], issue["new"]
    assert f"{news} new jobs in 2026-W48" in found.text
    assert f"{accepted} mails accepted 228 readers" in found.text
    assert "10 /12 sources are well" in found.text
    assert f"48: {news} new jobs" in found.text  # the column of the newest edition says so under the pointer
    assert "the server said 550 5.1.1" in found.text
    assert "5 deliveries in doubt" in found.text
    assert "lever:spotify 503 Service Unavailable" in found.text
    assert "Held as suspect: 3" in found.text
    assert "1 reader: scam (they asked me for a fee)" in found.text
    drawn = [str(box["class"]) for box in found.named("rect")]
    assert {"k-new", "k-accepted", "k-failed", "k-in_doubt", "k-hard", "k-listed", "k-worked"} <= set(drawn)
    assert drawn.count("k-accepted") == len(WEEKS)


def test_an_earlier_edition_is_shown_as_it_was(app: App) -> None:
    history.remember(app)
    found = report(app, WEEKS[3], NOW)
    assert [row["week"] for row in found["issue"]["sent_rows"]] == ["W40", "W39", "W38", "W37"]
    assert "Report on 2026-W40, sent Tue 29 Sep 2026 09:03" in page(app, WEEKS[3]).text
    with pytest.raises(UsageError, match="there is no edition 2025-W01; the last ones: 2026-W48"):
        report(app, "2025-W01", NOW)


def test_a_new_newsletter_has_a_page_too(app: App) -> None:
    found = page(app)
    assert "No edition yet" in found.text
    assert "Nothing needs you." in found.text
    assert found.text.count("never polled") == len(history.SOURCES)


def test_nothing_of_the_page_is_anybody_elses(here: App) -> None:
    """No script, nothing loaded, no address of a reader; what sources wrote is text."""
    history.remember(here)
    found = page(here)
    assert not {tag for tag, _ in found.tags} & {"script", "img", "iframe", "object", "link", "form", "input"}
    assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script>" in found.text
    assert {str(a["href"]) for a in found.named("a")} == {"https://jobs.example.com/1"}
    html = (here.config.root / "report.html").read_text()
    assert not re.search(r"reader\d+@|url\(|@import|javascript:", html)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html


def test_the_command_writes_it_and_says_where(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.write("postings.jsonl", {"id": "1", "title": "Machine Learning Engineer", "company": "Faculty"})
    operator.types("collect", "--now", "2026-01-20T09:00:00Z")
    operator.types("send", "--now", "2026-01-20T09:00:00Z")
    assert "wrote out/report.html" in operator.types("report", "--now", "2026-01-20T10:00:00Z").stdout
    assert "1 new job<" in (tmp_path / "out" / "report.html").read_text().replace("</b>", " ")
    assert "no edition 2026-W50" in operator.types("report", "2026-W50", exit_code=2).stderr
    (tmp_path / "closed").write_text("a file")
    refused = operator.types("report", "--out", "closed/report.html", exit_code=1).stderr
    assert "closed/report.html" in refused
    assert "Traceback" not in refused


# --- the screen --------------------------------------------------------------------------------------------------


def test_status_fits_on_one_screen_however_much_is_wrong(app: App) -> None:
    history.remember(app)
    with app.store.begin() as connection:
        table = schema.sources
        connection.execute(update(table).values(failures=9, error="503 Service Unavailable", alarm="only 1 of 900"))
    found = status(app, NOW)
    lines = status_lines(found)
    assert len(lines) <= ROWS_OF_A_SCREEN + 8
    assert len(found["failing"]) == len(history.SOURCES)
    assert f"  and {len(history.SOURCES) - 5} more" in lines
    assert all(len(line) <= COLUMNS_OF_A_SCREEN for line in lines)


def test_status_says_what_needs_the_operator_and_what_to_type(app: App) -> None:
    history.remember(app)
    lines = "\n".join(status_lines(status(app, NOW)))
    assert "next edition   2026-W49 · Tue 01 Dec 2026 09:00 UTC, in 6 days" in lines
    assert "last edition   2026-W48 · sent" in lines
    assert "sources        12 · 1 failing · 1 doubted · last success Tue 24 Nov 2026 13:00 UTC, 2 hours ago" in lines
    assert "digest run     last sign of life Tue 24 Nov 2026 14:59 UTC, 40 seconds ago" in lines
    assert "5 deliveries in doubt: digest deliveries --edition 2026-W48" in lines


def test_status_of_a_newsletter_that_is_well_asks_for_nothing(app: App) -> None:
    history.remember(app, trouble=False)
    found = status(app, NOW)
    assert found["concerns"] == []
    assert "needs you" not in "\n".join(status_lines(found))
    later = status(app, NOW + timedelta(days=3))
    assert [concern["kind"] for concern in later["concerns"]] == (["backup"] if app.store.is_sqlite else [])


def test_a_source_that_is_no_longer_configured_is_no_trouble(here: App) -> None:
    history.remember(here)
    text = here.config.root.joinpath("config.yaml").read_text()
    here.config.root.joinpath("config.yaml").write_text(text.replace("  - lever: spotify\n", ""))
    again = App.load(here.config.root / "config.yaml")
    assert status(again, NOW)["failing"] == {}
    again.store.close()
