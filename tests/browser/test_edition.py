"""The mail in a real browser: phone and desktop, light and dark, with large text and without any style sheet."""

from __future__ import annotations

import json
import os
import quopri
import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobdigest.compose.assemble import assemble
from jobdigest.compose.bits import positions
from jobdigest.deliver.dkim import Signer, keygen
from jobdigest.deliver.message import Sender, build
from jobdigest.deliver.setup import send_one
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from support.editions import KEYS, READERS, REPO, SLOT, a_draft, choice, compiled, config, delivery
from support.smtp_sink import Sink

MAILCHECK = REPO.parent / "shared" / "mailcheck" / "mailcheck"
BASE = "https://jobs.jobdigest.dev"
DRAFT = a_draft()
EDITION = compiled(DRAFT)

pytestmark = pytest.mark.browser

LOOK = """() => {
  const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement.getBoundingClientRect();
    if (walk.currentNode.data.trim() && box.height) texts.push(walk.currentNode.parentElement);
  }
  return {
    width: document.documentElement.scrollWidth,
    smallest: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    right: Math.max(...texts.map(e => e.getBoundingClientRect().right)),
    ground: getComputedStyle(document.body).backgroundColor,
    colours: [...new Set(texts.map(e => getComputedStyle(e).color))],
    direction: getComputedStyle(document.querySelector("h2")).direction,
  };
}"""


def html_for(reader: str) -> str:
    chosen = choice(reader, DRAFT)
    mail = delivery(chosen.shown, chosen.extra, language=READERS[reader].get("language", "en"))
    return quopri.decodestring(assemble(EDITION, mail, KEYS, BASE).html).decode()


def look(browser: Any, html: str, width: int, scheme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        page.set_content(html)
        return page.evaluate(LOOK)
    finally:
        page.close()


@pytest.mark.parametrize("reader", ["everything", "berlin"])
@pytest.mark.parametrize("width", [320, 375, 700])
def test_nothing_sticks_out_and_nothing_is_tiny(browser: Any, reader: str, width: int) -> None:
    seen = look(browser, html_for(reader), width)
    assert seen["width"] <= width
    assert seen["right"] <= width
    assert seen["smallest"] >= 14


def test_dark_is_dark(browser: Any) -> None:
    light, dark = (look(browser, html_for("everything"), 375, scheme) for scheme in ("light", "dark"))
    assert light["ground"] == "rgb(255, 255, 255)"
    assert dark["ground"] == "rgb(20, 25, 27)"
    assert not set(light["colours"]) & set(dark["colours"]), "every text changes its colour"


def test_without_any_style_sheet_it_still_fits(browser: Any) -> None:
    bare = re.sub(r"<style.*?</style>", "", html_for("everything"), flags=re.DOTALL)
    seen = look(browser, bare, 600)
    assert seen["width"] <= 600
    assert seen["smallest"] >= 14


@pytest.mark.parametrize("loads", [True, False])
def test_a_logo_keeps_its_shape_and_is_not_missed(browser: Any, loads: bool) -> None:
    """A wide picture on a narrow phone; where pictures are blocked, the name below says it all."""
    conf = config(newsletter={"theme": {"logo": "https://jobs.jobdigest.dev/logo.svg"}})
    chosen = choice("everything", DRAFT)
    mail = assemble(compiled(conf=conf), delivery(chosen.shown, chosen.extra), KEYS, BASE)
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><rect width="400" height="100"/></svg>'
    page = browser.new_page(viewport={"width": 320, "height": 800})
    answer = {"body": drawn, "content_type": "image/svg+xml"}
    page.route("**/logo.svg", lambda route: route.fulfill(**answer) if loads else route.abort())
    page.set_content(quopri.decodestring(mail.html).decode())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    if loads:
        assert page.locator("img").evaluate("e => [e.width, e.height]") == [192, 48]
    assert page.locator("h1").inner_text() == "AI Jobs Weekly"
    page.close()


def test_large_text_wraps_instead_of_sticking_out(browser: Any) -> None:
    large = html_for("everything").replace("</head>", "<style>html{zoom:1.8}</style></head>")
    assert look(browser, large, 375)["width"] <= 375


def test_right_to_left_is_laid_out_that_way(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "he.toml").write_text('lead = "{n} משרות"\n', encoding="utf-8")
    conf = config(edition={"templates": str(tmp_path)})
    made = compiled(conf=conf, languages=("he",))
    chosen = choice("everything", DRAFT)
    html = quopri.decodestring(assemble(made, delivery(chosen.shown, chosen.extra, language="he"), KEYS, BASE).html)
    seen = look(browser, html.decode(), 320)
    assert seen["direction"] == "rtl"
    assert seen["width"] <= 320


@pytest.mark.soak
@pytest.mark.skipif(not MAILCHECK.exists(), reason="needs ../shared/mailcheck")
@pytest.mark.parametrize("reader", READERS)
def test_mailcheck_finds_nothing(reader: str, tmp_path: Path) -> None:
    chosen = choice(reader, DRAFT)
    mail = delivery(chosen.shown, chosen.extra, language=READERS[reader].get("language", "en"))
    sender = Sender(
        newsletter="AI Jobs Weekly",
        from_="AI Jobs Weekly <jobs@jobdigest.dev>",
        base_url=BASE,
        keys=KEYS,
        unsubscribe_mailto="unsubscribe@jobdigest.dev",
    )
    past = replace(mail, not_before=SLOT - timedelta(days=365))
    pair = keygen("jobdigest.dev", "s1")
    signed = build(assemble(EDITION, mail, KEYS, BASE), past, sender, [Signer("jobdigest.dev", "s1", pair.private_pem)])
    with Sink() as sink:
        server = Server(host=sink.host, port=sink.port, tls="none", timeout=10, local_name="jobdigest.dev")
        send_one(Pipelined(server, 1), signed)
        (tmp_path / "mail.eml").write_bytes(sink.mails[0].data)
    jobs = [DRAFT.items[position].job for position in positions(chosen.shown)]
    expected = [{"title": job.title, "company": job.company, "url": job.url} for job in jobs]
    (tmp_path / "jobs.json").write_text(json.dumps(expected))
    command = [str(MAILCHECK), str(tmp_path / "mail.eml"), "--expect", str(tmp_path / "jobs.json"), "--json"]
    (tmp_path / "key").write_text(pair.record)
    command += ["--require-dkim", "--dkim-key", f"jobdigest.dev/s1={tmp_path / 'key'}"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=MAILCHECK.parent, env={**os.environ}, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
