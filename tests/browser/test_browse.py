"""The board in a real browser: axe-core objects to nothing in light and dark, at 320 px, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn

from jobdigest.app import App
from jobdigest.app.intake import Intake
from jobdigest.model import RawPosting, Salary
from jobdigest.store import jobs
from jobdigest.web.pages import create
from jobdigest.web.server import settings
from support.cli import Operator
from support.serving import served

NOW = datetime.now(UTC)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
CITIES = ("London", "Berlin", "Paris", "New York, NY", "Remote (EMEA)")
PATHS = (
    "/",
    "/jobs",
    "/jobs?q=engineer&place=Berlin&remote=yes&pay=100000",
    "/jobs?q=nothing-like-it",
    "/jobs/j1",
    "/jobs/j2",  # closed
    "/jobs/j3",  # hidden
    "/jobs/j1/report",
    "/companies/faculty",
    "/editions",
    "/privacy",
    "/imprint",
    "/nothing-here",
)

pytestmark = pytest.mark.browser


def rows() -> list[RawPosting]:
    pay = Salary("GBP", 90e3, 120e3, "year")
    first = RawPosting(
        source_id="0",
        title=f"Machine Learning Engineer {LONG}",
        company="Faculty",
        locations=CITIES,
        salary=pay,
        url=f"https://faculty.ai/{'jobs/' * 40}",
    )
    return [first] + [
        RawPosting(
            source_id=str(n),
            title=f"Senior Machine Learning Engineer {n}",
            company="Faculty" if n < 9 else f"{LONG} {n}",
            locations=(CITIES[n % 5],),
            salary=pay if n % 2 else None,
            date_posted=(NOW - timedelta(days=n)).date().isoformat(),
        )
        for n in range(1, 70)
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    operator = Operator(tmp_path_factory.mktemp("board"))
    text = operator.config.read_text().replace("  name: Test", f"  imprint: Example Ltd, {LONG}\n  name: Test")
    operator.config.write_text(text.replace("https://jobs.example.com", "http://127.0.0.1:8000"))
    app = App.load(operator.config)
    for now in (NOW, NOW + timedelta(hours=7), NOW + timedelta(hours=14)):
        taken = Intake(store=app.store, rules=app.rules(), now=now, source="board", direct=True, first_success=False)
        taken.take([row for row in rows() if now == NOW or row.source_id != "1"])
        taken.finish(now)
    with app.store.begin() as connection:
        jobs.mark(connection, "j3", "hide", True)
    with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, **settings(app))) as base:
        yield base
    app.store.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing(objections: Callable[..., Any], base: str, scheme: str) -> None:
    assert objections([base + path for path in PATHS], scheme) == {}


def test_nothing_sticks_out_on_the_smallest_phone(too_wide: Callable[..., Any], base: str) -> None:
    assert too_wide([base + path for path in PATHS]) == {}


def test_every_page_is_whole_without_anything_from_elsewhere(browser: Any, base: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in PATHS[:-1]:
        page.goto(base + path)
        assert page.locator("h1").count() == 1, path
    page.close()
    assert {url for url in asked if not url.startswith(base)} == set()
    assert not said, "the policy forbids nothing that a page does"


def test_the_keyboard_alone_searches_and_reads(browser: Any, base: str) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{base}/jobs")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("berlin engineer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs?q=berlin+engineer*")
    assert "AI jobs" in page.locator("h1").inner_text()
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", "what has the focus shows it"
        if page.evaluate("!!document.activeElement.closest('.jobs h2')"):
            break
    title = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/j*")
    assert page.locator("h1").inner_text() == title
    page.close()


def test_filters_stay_while_searching_and_can_be_taken_off(browser: Any, base: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{base}/jobs")
    page.get_by_role("link", name="Machine learning engineering").click()
    page.get_by_label("Place").fill("Berlin")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**place=Berlin**")
    assert "role=ml-engineering" in page.url
    page.get_by_role("link", name="Take off: Berlin").click()
    page.wait_for_url("**/jobs?role=ml-engineering")
    page.get_by_role("link", name="Older jobs").click()
    page.wait_for_url("**after=**")
    page.get_by_role("link", name="Newer jobs").click()
    page.wait_for_url("**before=**")
    assert page.locator(".jobs li").count() == 25
    page.close()
