"""A reader's whole life in a real browser without JavaScript: see, join, confirm, choose, get an edition, leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobdigest.subscribers.tokens import CHANGE_ADDRESS, CONFIRM, PREFERENCES, RESUBSCRIBE, UNSUBSCRIBE
from support.reading import Pages, copies_sent, message, prepare, serving, text_of
from support.smtp_sink import Sink

ADA = "ada@example.com"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with Sink() as sink, serving(prepare(tmp_path_factory.mktemp("life"), sink.port), sink) as pages:
        yield pages


def test_a_whole_life(browser: Any, pages: Pages) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    page.goto(pages.base)
    page.get_by_label("Kind of role").select_option(label="Data science and analytics")
    page.get_by_role("button", name="See your mail").click()
    mail = page.frame_locator("iframe")
    assert mail.get_by_text("Data Scientist").count()
    assert not mail.get_by_text("Computer Vision Engineer").count(), "the mail is that of the choice"
    page.get_by_label("Your address").fill(ADA)
    page.get_by_role("button", name="Send it to me").click()
    assert page.locator("h1").inner_text() == "Look into your mailbox."

    page.goto(pages.base + pages.link(ADA, "confirm"))
    page.get_by_role("button", name="Yes, send it to me").click()
    assert page.locator("h1").inner_text() == "Welcome!"
    copies_sent()
    assert pages.letters(ADA)[1].startswith("1 AI job open now: Data Scientist")

    page.goto(pages.base + pages.link(ADA, "preferences").partition("?")[0])
    assert page.get_by_label("Data science and analytics").is_checked()
    page.get_by_label("Machine learning engineering").check()
    page.get_by_role("button", name="Save").click()
    assert "Saved." in page.get_by_role("status").inner_text()

    pages.a_week_later("Staff Data Scientist", "Lead Data Scientist", "Principal Machine Learning Engineer")
    (edition,) = [mail for mail in pages.sink.mails if mail.rcpt_to == (ADA,)][2:]
    assert "Principal Machine Learning Engineer" in text_of(edition)
    assert "Computer Vision" not in text_of(edition)
    one_click = str(message(edition)["List-Unsubscribe"]).partition("jobs.example.com")[2].partition(">")[0]
    assert pages.ask(one_click, {"List-Unsubscribe": "One-Click"})[0] == 200

    before = len(pages.sink.mails)
    pages.a_week_later("Junior Data Scientist", "Data Scientist, Pricing", "Data Scientist, Risk", weeks=2)
    assert ADA not in [mail.rcpt_to[0] for mail in pages.sink.mails[before:]]
    assert len(pages.sink.mails) == before + 1, "the other reader still gets theirs"
    page.close()


def paths(pages: Pages) -> list[str]:
    """Every page that a reader may see, asked for by GET."""
    sign, stamp = pages.app.keys.sign, int(pages.now.timestamp()) // 60
    choose = f"/preferences/{sign(PREFERENCES, 1)}"
    return [
        "/join",
        "/join?role=data-science&place=London&remote=yes",
        "/join?pay=lots",
        choose,
        f"{choose}?pause=4",
        f"{choose}?erase=1",
        f"/unsubscribe/{sign(UNSUBSCRIBE, 1)}",
        f"/undo/{sign(RESUBSCRIBE, 1, stamp)}",
        f"/confirm/{sign(CONFIRM, 1, stamp)}",
        f"/confirm/{sign(CONFIRM, 1, 1)}",
        f"/address/{sign(CHANGE_ADDRESS, 1, stamp)}",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing(objections: Callable[..., Any], pages: Pages, scheme: str) -> None:
    assert objections([pages.base + path for path in paths(pages)], scheme) == {}


def test_nothing_sticks_out_on_the_smallest_phone(too_wide: Callable[..., Any], pages: Pages) -> None:
    assert too_wide([pages.base + path for path in paths(pages)]) == {}


def test_the_keyboard_alone_joins(browser: Any, pages: Pages) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{pages.base}/join")
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "website", "nobody reaches the trap for robots"
        if page.evaluate("document.activeElement.type") == "email":
            break
    page.keyboard.type("keys@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url("**/join")
    assert page.locator("h1").inner_text() == "Look into your mailbox."
    page.close()


def test_screens(browser: Any, pages: Pages, tmp_path: Path) -> None:
    """The frame is given by our own pages to our own mail only, and shows it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{pages.base}/join")
    assert page.frame_locator("iframe").locator("body").inner_text()
    page.close()
    assert not said, "the policy forbids nothing that the page does"
