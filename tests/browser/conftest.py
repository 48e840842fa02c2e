"""Debian's Chromium, and what is asked of every page: that axe-core objects to nothing, and that nothing sticks out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's Chromium")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def objections(browser: Any) -> Callable[..., dict[str, str]]:
    """What axe-core finds on pages, by address; in a colour scheme, as wide as a phone unless said otherwise."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def look(urls: Iterable[str], scheme: str, width: int = 375) -> dict[str, str]:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        found = {}
        for url in urls:
            page.goto(url)
            result = axe.run(page)
            if result.violations_count:
                found[url] = result.generate_report()
        page.close()
        return found

    return look


@pytest.fixture
def too_wide(browser: Any) -> Callable[..., dict[str, int]]:
    """The pages that are wider than a screen, with their width; the smallest phone unless said otherwise."""

    def look(urls: Iterable[str], screen: int = 320) -> dict[str, int]:
        page = browser.new_page(viewport={"width": screen, "height": 640})
        found = {}
        for url in urls:
            page.goto(url)
            found[url] = page.evaluate("document.documentElement.scrollWidth")
        page.close()
        return {url: width for url, width in found.items() if width > screen}

    return look
