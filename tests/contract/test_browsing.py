"""Browsing as a visitor does: filters are links, pages follow each other, a job tells its past, filters have feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from sqlalchemy import event
from starlette.applications import Starlette

from jobdigest.app import App
from jobdigest.app.filters import Filters, groups, read
from jobdigest.app.intake import Intake
from jobdigest.model import RawPosting, Salary
from jobdigest.store import jobs
from jobdigest.store import postings as store_postings
from jobdigest.web import about
from jobdigest.web.pages import create
from support.asking import Asked, ask
from support.cli import Operator
from support.postgres import database

NOW = datetime.now(UTC)
ROLES = ("research", "ml-engineering", "data-engineering")


def posting(id_: str, title: str, company: str = "Faculty", days: int = 0, **facts: Any) -> RawPosting:
    posted = (NOW - timedelta(days=days)).date().isoformat()
    return RawPosting(source_id=id_, title=title, company=company, date_posted=posted, **facts)


ROWS = (
    posting("1", "Machine Learning Engineer", locations=("London",), salary=Salary("GBP", 90e3, 120e3, "year")),
    posting("2", "Senior Data Engineer", days=3, locations=("Berlin",), url="https://faculty.ai/jobs/2"),
    posting("3", "Research Scientist", "OpenAI", days=30, locations=("Remote - EMEA",)),
    posting("4", "Research Scientist, Speech < Vision", "A&B / Söhne", days=1, locations=("Munich", "Paris")),
)


class Visitor(NamedTuple):
    """Somebody at the pages."""

    app: App
    site: Starlette

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        return ask(self.site, Asked("GET", path, (("Host", "x"), *headers.items()), b""))

    def page(self, path: str) -> str:
        status, _, body = self.get(path)
        assert status == 200, (path, status)
        return body

    def titles(self, path: str) -> list[str]:
        return re.findall(r'<h2><a href="/jobs/j\d+">([^<]+)</a>', self.page(path))

    def take(self, *rows: RawPosting, now: datetime = NOW) -> None:
        self.intake(now).take(rows)

    def intake(self, now: datetime = NOW) -> Intake:
        source, rules = "jsonl:postings.jsonl", self.app.rules()
        return Intake(store=self.app.store, rules=rules, now=now, source=source, direct=False, first_success=False)

    def id_of(self, title: str) -> str:
        with self.app.store.read() as connection:
            return next(job.id for job in jobs.open_jobs(connection, self.app.job_url) if job.title == title)


@pytest.fixture(params=["sqlite", "postgresql"])
def visitor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitor]:
    operator = Operator(tmp_path, database=None if request.param == "sqlite" else database())
    app = App.load(operator.config)
    visitor = Visitor(app, create(app))
    visitor.take(*ROWS)
    yield visitor
    app.store.close()


def test_filters_are_links(visitor: Visitor) -> None:
    assert len(visitor.titles("/jobs")) == 4
    assert visitor.titles("/jobs?role=research") == ["Research Scientist, Speech &lt; Vision", "Research Scientist"]
    assert visitor.titles("/jobs?place=Germany") == [
        "Research Scientist, Speech &lt; Vision",
        "Senior Data Engineer",
        "Research Scientist",
    ]
    assert visitor.titles("/jobs?place=Germany&remote=yes") == ["Research Scientist"]
    assert visitor.titles("/jobs?q=engineers+germany") == ["Senior Data Engineer"]
    assert visitor.titles("/jobs?seniority=senior") == ["Senior Data Engineer"]
    assert visitor.titles("/jobs?pay=100000+EUR") == ["Machine Learning Engineer"]
    assert visitor.titles("/jobs?pay=250000+EUR") == []
    assert visitor.titles("/jobs?company=openai") == ["Research Scientist"]
    for link in re.findall(r'<a href="(/jobs\?[^"]*)"', visitor.page("/jobs?role=research&place=Berlin")):
        visitor.page(unescape(link))


def test_counts_are_those_of_the_links(visitor: Visitor) -> None:
    body = visitor.page("/jobs")
    counted = re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="count">([\d,]+)</span>', body)
    assert len(counted) > 5
    for link, number in counted:
        assert len(visitor.titles(unescape(link))) == int(number), link


def test_a_place_asked_for_stands_first(visitor: Visitor) -> None:
    assert "Paris +1" in visitor.page("/jobs?place=Paris")
    assert "Munich +1" in visitor.page("/jobs?place=Munich")


def test_pages_turn_both_ways(visitor: Visitor) -> None:
    visitor.take(*(posting(f"p{n}", f"Data Engineer {n}", f"Employer {n}", days=n % 7) for n in range(120)))
    first = visitor.page("/jobs?role=data-engineering")
    link = r'<a rel="{}" href="([^"]+)"'
    seen, path = [], "/jobs?role=data-engineering"
    while path:
        seen.append(visitor.titles(path))
        found = re.search(link.format("next"), visitor.page(path))
        path = unescape(found[1]) if found else ""
    assert [len(some) for some in seen] == [25, 25, 25, 25, 21]
    assert len({title for some in seen for title in some}) == 121
    assert not re.search(link.format("prev"), first)
    second = visitor.page(unescape(re.search(link.format("next"), first)[1]))  # type: ignore[index]
    back = unescape(re.search(link.format("prev"), second)[1])  # type: ignore[index]
    assert visitor.titles(back) == seen[0]


def test_a_list_asks_the_store_the_same_for_one_job_and_for_a_page(visitor: Visitor) -> None:
    asked: list[str] = []
    event.listen(visitor.app.store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    visitor.page("/jobs?role=ml-engineering")
    few = len(asked)
    visitor.take(*(posting(f"p{n}", "Machine Learning Engineer", f"Employer {n}") for n in range(60)))
    asked.clear()
    assert len(visitor.titles("/jobs?role=ml-engineering&q=engineer")) == 25
    assert len(asked) <= few + 3, "no question for each job"


def test_a_job_tells_its_past_and_its_likes(visitor: Visitor) -> None:
    for days in (200, 90):
        visitor.take(
            posting(f"old{days}", "Senior Data Engineer", days=days, locations=("Berlin",)),
            now=NOW - timedelta(days=days),
        )
    visitor.take(posting("5", "Data Engineer", "Other", locations=("Berlin",)))
    body = visitor.page(f"/jobs/{visitor.id_of('Senior Data Engineer')}")
    assert "third posting since" in body
    assert re.search(r"open (199|200|201) days", body)
    assert "https://faculty.ai/jobs/2" in body
    assert "Similar jobs" in body
    assert ">Data Engineer</a>" in body
    assert "Report this job" in body


def test_a_closed_job_says_so_and_stays(visitor: Visitor) -> None:
    job = visitor.id_of("Senior Data Engineer")
    for hours in (7, 14):
        later = NOW + timedelta(hours=hours)
        visitor.take(*(row for row in ROWS if row.source_id != "2"), now=later)
        visitor.intake(later).finish(later)
    status, _, body = visitor.get(f"/jobs/{job}")
    assert status == 200
    assert "This job has closed" in body
    assert "noindex" in body
    assert "Go to the posting" not in body
    assert "ld+json" not in body
    assert "Senior Data Engineer" not in visitor.titles("/jobs")


def test_a_hidden_job_leads_nobody_anywhere(visitor: Visitor) -> None:
    job = visitor.id_of("Senior Data Engineer")
    with visitor.app.store.begin() as connection:
        jobs.mark(connection, job, "hide", True)
    body = visitor.page(f"/jobs/{job}")
    assert "not shown" in body
    assert "faculty.ai" not in body
    assert len(visitor.titles("/jobs")) == 3


def test_a_merged_job_leads_to_the_one_it_became(visitor: Visitor) -> None:
    visitor.take(posting("8", "Data Engineer", requisition_id="REQ-1001"))
    visitor.take(posting("9", "Analytics Engineer", requisition_id="REQ-2002"))
    visitor.take(posting("10", "Data Engineer", requisition_id="REQ-2002"))
    with visitor.app.store.read() as connection:
        found = store_postings.find_known(connection, "jsonl:postings.jsonl", ["8", "9"])
    assert found["8"].job_id == found["9"].job_id
    gone = "j" + str(found["9"].id)
    status, headers, _ = visitor.get(f"/jobs/{gone}")
    assert (status, headers["location"]) == (301, f"/jobs/{found['8'].job_id}")


def test_search_engines_get_facts_of_open_jobs_that_are_ours(visitor: Visitor) -> None:
    body = visitor.page(f"/jobs/{visitor.id_of('Research Scientist, Speech < Vision')}")
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    facts = json.loads(text)
    assert facts["title"] == "Research Scientist, Speech < Vision"
    assert [place["address"]["addressLocality"] for place in facts["jobLocation"]] == ["Munich", "Paris"]
    assert "description" not in facts
    assert "Speech < Vision" not in body


def test_an_employer_is_found_by_key_and_by_name(visitor: Visitor) -> None:
    link = re.search(r'href="(/companies/[^"]+)">A&amp;B / Söhne', visitor.page("/jobs"))
    assert link
    assert "1 open AI job<" in visitor.page(unescape(link[1]))
    status, headers, _ = visitor.get("/companies/OpenAI")
    assert (status, headers["location"]) == (301, "/companies/openai")
    assert visitor.get("/companies/nobody")[0] == 404


def test_any_filter_can_be_followed(visitor: Visitor) -> None:
    _, headers, body = visitor.get("/jobs.xml?role=research&place=Munich")
    assert headers["content-type"] == "application/atom+xml"
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    assert parsed.entries[0].title == "Research Scientist, Speech < Vision, A&B / Söhne"
    items = json.loads(visitor.page("/jobs.json?q=data"))["items"]
    assert [item["title"] for item in items] == ["Senior Data Engineer, Faculty"]


def test_a_search_leads_to_its_weekly_mail(visitor: Visitor) -> None:
    link = re.search(r'class="weekly" href="([^"]*)"', visitor.page("/jobs?role=research&place=Berlin&remote=1"))
    assert link
    assert urlsplit(unescape(link[1])).query == "role=research&place=Berlin&remote=yes"


def test_robots_are_told_where_everything_is(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Sitemap: https://jobs.example.com/sitemap.xml" in visitor.page("/robots.txt")

    def addresses(path: str) -> list[str]:
        return [
            str(element.text)
            for element in ElementTree.fromstring(visitor.page(path)).iter()
            if element.tag.endswith("}loc")
        ]

    monkeypatch.setattr("jobdigest.web.cache.LOOK_SECONDS", 0.0)
    assert sum("/jobs/j" in url for url in addresses("/sitemap.xml")) == 4
    monkeypatch.setattr(about, "A_MAP", 3)
    visitor.take(posting("6", "Computer Vision Engineer"))
    parts = addresses("/sitemap.xml")
    assert parts == [f"https://jobs.example.com/sitemap-{n}.xml" for n in range(3)]
    asked: list[str] = []
    event.listen(visitor.app.store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = [url for part in parts for url in addresses(urlsplit(part).path)]
    assert not any("FROM jobs" in one for one in asked), "no part makes the database skip what stands before it"
    assert sum("/jobs/j" in url for url in found) == 5
    assert visitor.get("/sitemap-9.xml")[0] == 404


def test_who_has_a_page_already_gets_none_until_the_jobs_change(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobdigest.web.cache.LOOK_SECONDS", 0.0)
    status, headers, body = visitor.get("/jobs")
    assert (status, headers["cache-control"]) == (200, "public, max-age=60")
    assert visitor.get("/jobs", **{"If-None-Match": headers["etag"]})[0] == 304
    visitor.take(posting("6", "Computer Vision Engineer"))
    status, again, body = visitor.get("/jobs", **{"If-None-Match": headers["etag"]})
    assert status == 200
    assert "Computer Vision Engineer" in body
    assert again["etag"] != headers["etag"]


def test_what_is_for_one_reader_is_kept_by_nobody(visitor: Visitor) -> None:
    for path in ("/unsubscribe/x", "/preferences/x", "/nothing", f"/jobs/{visitor.id_of('Research Scientist')}/report"):
        assert "no-store" in visitor.get(path)[1]["cache-control"], path


def test_privacy_says_what_is_done_and_the_operator_can_say_it(visitor: Visitor, tmp_path: Path) -> None:
    assert "set no cookies" in visitor.page("/privacy")
    assert visitor.get("/imprint")[0] == 404
    (tmp_path / "imprint.txt").write_text("Example Ltd\n1 Test Street\n\nhttps://example.com", encoding="utf-8")
    letter = visitor.app.config.newsletter.model_copy(update={"imprint": "imprint.txt", "privacy": "Nothing <b>."})
    app = App(visitor.app.config.model_copy(update={"newsletter": letter}))
    other = Visitor(app, create(app))
    assert "Example Ltd\n1 Test Street" in other.page("/imprint")
    assert "Nothing &lt;b&gt;." in other.page("/privacy")
    app.store.close()


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ({"role": "no-such-role", "seniority": "king", "pay": "lots"}, Filters()),
        (
            {"q": " \u202eml  engineer ", "remote": "1", "pay": "USD 120k"},
            Filters(words="ml engineer", remote=True, pay=100),
        ),
        ({"q": "!!!", "place": "\0"}, Filters()),
    ],
)
def test_what_cannot_be_understood_is_left_out(query: dict[str, str], understood: Filters) -> None:
    assert read(query, ROLES) == understood
    again = dict(part.split("=") for part in understood.query().removeprefix("?").replace("+", " ").split("&") if part)
    assert read(again, ROLES) == understood


def test_words_mean_places_and_plurals() -> None:
    assert groups(Filters(words="new zealand engineers")) == [("k__nz",), ("engineers", "engineer")]
