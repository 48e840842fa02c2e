"""The page of the dry run in a real browser: readable everywhere, every view of a mail, a job found by a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobdigest.compose import preview, report
from jobdigest.compose.assemble import assemble
from jobdigest.compose.report import Audience, LeftOut, Past, Sample
from jobdigest.compose.templates import Templates
from jobdigest.model import Preferences
from support.editions import KEYS, READERS, a_draft, choice, compiled, config, delivery, job

DRAFT = a_draft()
EDITION = compiled(DRAFT)
VIEWS = {
    "Desktop": ".html",
    "Phone": ".html",
    "Dark": ".dark.html",
    "Phone, dark": ".dark.html",
    "Plain text": ".txt",
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dry run's page with a warning, an edition before, jobs left out and five readers."""
    conf, audience, samples = config(), Audience(), []
    for reader, wishes in READERS.items():
        chosen, language = choice(reader, DRAFT), wishes.get("language", "en")
        audience.add(wishes.get("preferences", Preferences()), language, chosen)
        parts = assemble(
            EDITION, delivery(chosen.shown, chosen.extra, language=language), KEYS, conf.newsletter.base_url
        )
        samples.append(Sample.of(f"{reader}@example.net", language, chosen.count, parts, parts.text))
    made = report.build(
        draft=DRAFT,
        compiled=EDITION,
        config=conf,
        audience=audience,
        samples=samples,
        left_out=[LeftOut(job_id="x", title="Old job", company="TikTok", url=None, reason="expired")] * 60,
        past=[Past(key="2026-W47", jobs=[job(n, announced_in="2026-W47") for n in range(7)])],
    )
    assert made["warnings"]
    out: Path = tmp_path_factory.mktemp("dry-run")
    return preview.write(out, made, samples, config=conf, templates=Templates.of(conf)).as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing(objections: Callable[..., Any], index: str, scheme: str) -> None:
    assert objections([index], scheme) == {}


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_sticks_out(too_wide: Callable[..., Any], index: str, width: int) -> None:
    assert too_wide([index], width) == {}


def test_any_readers_mail_in_every_view(browser: Any, index: str) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(index)
    page.get_by_text("berlin@example.net").click()
    for name, kind in VIEWS.items():
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#mail")).to_have_attribute("src", re.compile(re.escape(f"berlin@example.net{kind}") + "$"))
        mail = page.frame_locator("#mail").locator("body")
        expect(mail).to_contain_text("9 neue Stellen passen zu Ihnen.")
        if name != "Plain text":
            expect(mail).to_have_css("background-color", "rgb(20, 25, 27)" if "ark" in name else "rgb(255, 255, 255)")
        assert (page.locator("#mail").bounding_box()["width"] < 400) == ("Phone" in name)
    page.close()


def test_a_job_is_found_in_or_out(browser: Any, index: str) -> None:
    page = browser.new_page()
    page.goto(index)
    page.get_by_role("searchbox").fill("tiktok")
    rows = page.locator(".jobs td:visible")
    assert rows.count() == 2 * 60, "those left out are opened, those in are hidden"
    page.get_by_role("searchbox").fill("red teamer")
    assert [text.split("\n")[0] for text in page.locator(".jobs tr:visible a").all_inner_texts()] == ["AI Red Teamer"]
    page.close()
