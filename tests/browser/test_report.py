"""The operator's report in a real browser: phone and desktop, light and dark, nothing loaded, nothing objected to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobdigest.app import App
from jobdigest.app.overview import write_report
from support import history
from support.cli import Operator

pytestmark = pytest.mark.browser

LOOK = """() => {
  const all = [...document.querySelectorAll("main *")];
  const shown = all.filter(e => e.getClientRects().length && !e.closest(".scroll"));
  const words = shown.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return {
    width: document.documentElement.scrollWidth,
    right: Math.max(...shown.map(e => e.getBoundingClientRect().right)),
    smallest: Math.min(...words.map(e => parseFloat(getComputedStyle(e).fontSize))),
    ground: getComputedStyle(document.body).backgroundColor,
    bars: [...document.querySelectorAll("rect")].filter(e => e.getBoundingClientRect().width > 1).length,
  };
}"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    app = App.load(Operator(folder, "\n".join(f"  - {entry}" for entry in history.SOURCES)).config)
    history.remember(app)
    write_report(app, None, folder / "report.html", history.NOW)
    app.store.close()
    return Path(folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_is_legible_everywhere(browser: Any, objections: Callable[..., Any], file: str, scheme: str) -> None:
    grounds = []
    for width in (320, 375, 700, 1200):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(file)
        seen = page.evaluate(LOOK)
        assert seen["width"] <= width
        assert seen["right"] <= width
        assert seen["smallest"] >= 12
        assert seen["bars"] > 300
        assert asked == [file]
        grounds.append(seen["ground"])
        page.close()
    assert objections([file], scheme) | objections([file], scheme, 1200) == {}
    assert set(grounds) == {"rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 25, 27)"}
