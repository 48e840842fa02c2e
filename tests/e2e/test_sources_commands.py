"""`digest sources add` from an address to a line in config.yaml, and what `digest sources list` says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import Operator
from support.hostile import HostileServer, canned, serving

POSTING = {"@type": "JobPosting", "title": "Research Engineer", "hiringOrganization": {"name": "Acme"}}
PAGE = f'<html><script type="application/ld+json">{json.dumps(POSTING)}</script></html>'.encode()
ITEMS = "".join(f"<item><title>Engineer {n} at Acme</title><guid>{n}</guid></item>" for n in range(7))
FEED = f'<?xml version="1.0"?><rss version="2.0"><channel>{ITEMS}</channel></rss>'.encode()
COMMENTED = "  # our own\n  - smartrecruiters: acme   # text comes one by one\n    base_url: {}\n  # later: - ashby: x"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with serving() as running:
        running.pages |= {"/robots.txt": canned("404 Not Found"), "/jobs/1": canned("200 OK", PAGE)}
        running.pages["/feed"] = canned("200 OK", FEED, "Content-Type: application/rss+xml")
        running.pages["/careers"] = canned("200 OK", b'<link rel=alternate type="application/rss+xml" href="/feed">')
        running.pages["/v1/companies/acme/postings?limit=100&offset=0"] = canned("200 OK", b'{"content": []}')
        yield running


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("/jobs/1", "- jsonld: {url}/jobs/1", ["Research Engineer · Acme"]),
        ("/feed", "- rss: {url}/feed", [f"Engineer {n} · Acme" for n in range(5)]),
        ("/careers", "- rss: {url}/feed", [f"Engineer {n} · Acme" for n in range(5)]),
    ],
)
def test_an_address_becomes_a_source(
    path: str, line: str, shown: list[str], server: HostileServer, tmp_path: Path
) -> None:
    operator = Operator(tmp_path, COMMENTED.format(server.url))
    before = operator.config.read_text()
    said = operator.types("sources", "add", f"{server.url}{path}").stdout
    assert [row.strip() for row in said.splitlines() if " · " in row] == [f"{one} · no place" for one in shown]
    after = operator.config.read_text()
    assert f"  {line.format(url=server.url)}\n" in after
    assert [row for row in before.splitlines() if row not in after.splitlines()] == []
    assert len(after.splitlines()) == len(before.splitlines()) + 1
    operator.types("collect")
    assert "last success 20" in operator.types("sources", "list").stdout.split(line.split()[1])[-1]


def test_an_address_that_leads_nowhere_changes_nothing(server: HostileServer, tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    server.pages["/about"] = canned("200 OK", b"<html>About us</html>")
    before = operator.config.read_bytes()
    said = operator.types("sources", "add", f"{server.url}/about", exit_code=1)
    assert "no job board found behind" in said.stderr
    assert "Traceback" not in said.stderr
    assert operator.config.read_bytes() == before


def test_the_list_says_what_is_only_half_known_and_what_may_be_misspelt(server: HostileServer, tmp_path: Path) -> None:
    workday = f"\n  - workday: acme.wd5/Careers\n    base_url: {server.url}"
    operator = Operator(tmp_path, COMMENTED.format(server.url) + workday)
    operator.types("collect", "--source", "smartrecruiters:acme")
    rows = dict(row.split(": ", 1) for row in operator.types("sources", "list").stdout.splitlines() if "acme" in row)
    assert "has never listed any: is the name right?" in rows["smartrecruiters:acme"]
    assert rows["workday:acme.wd5/Careers"] == "details experimental · never polled"
