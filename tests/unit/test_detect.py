"""From an address to a source: by its form, by redirects, by what stands in the page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jobdigest.collect.detect import Candidate, Found, candidates_in, find, recognise
from jobdigest.collect.http import Client
from jobdigest.collect.sources.base import Http, Kind, Manners, Response
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import Network, SourceConfig
from jobdigest.errors import SourceError
from support.collecting import NOW
from support.hostile import SIX, HostileServer, canned, serving

KINDS = load_kinds()
BOARD = "/v1/boards/acme/jobs?content=true"


@pytest.mark.parametrize(
    ("url", "candidate"),
    [
        ("https://boards.greenhouse.io/anthropic/jobs/4012", Candidate("greenhouse", "anthropic")),
        ("https://job-boards.eu.greenhouse.io/helsing", Candidate("greenhouse", "helsing")),
        ("https://boards.greenhouse.io/embed/job_board?for=gitlab&b=1", Candidate("greenhouse", "gitlab")),
        ("https://jobs.lever.co/mistral/1-2-3/apply", Candidate("lever", "mistral")),
        ("https://jobs.eu.lever.co/acme/1-2-3", Candidate("lever", "acme", (("region", "eu"),))),
        ("https://jobs.ashbyhq.com/cohere/abc", Candidate("ashby", "cohere")),
        ("https://www.remoteok.com/remote-ai-jobs", Candidate("remoteok", None)),
        ("https://news.ycombinator.com/item?id=1", Candidate("hackernews", None)),
        ("https://example.com/careers", None),
    ],
)
def test_addresses_are_recognised(url: str, candidate: Candidate | None) -> None:
    assert recognise(url, KINDS) == candidate


def page(text: str, url: str = "https://acme.example/careers") -> Response:
    return Response(status=200, url=url, headers={}, body=text.encode())


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ('<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>', ("greenhouse", "acme")),
        ('<script>window.x={"url":"https:\\/\\/jobs.ashbyhq.com\\/acme\\/embed"}</script>', ("ashby", "acme")),
        ("<iframe src='//jobs.lever.co/acme'></iframe>", ("lever", "acme")),
        ("<script>var boardToken = 'acme'</script>", ("greenhouse", "acme")),
        ('<script>{"company_code":"AcmeInc"}</script>', ("smartrecruiters", "AcmeInc")),
        ('<link rel="stylesheet" href="https://assets-aws.teamtailor-cdn.com/x.css">', ("teamtailor", "acme.example")),
        (
            '<script type="application/ld+json">{"@type":"JobPosting"}</script>',
            ("jsonld", "https://acme.example/careers"),
        ),
        (
            '<link rel="alternate" type="application/rss+xml" href="/jobs.rss">',
            ("rss", "https://acme.example/jobs.rss"),
        ),
        ('<?xml version="1.0"?><rss version="2.0"></rss>', ("rss", "https://acme.example/careers")),
        ('<?xml version="1.0"?><urlset></urlset>', ("sitemap", "https://acme.example/careers")),
        ("<source><job><title/></job></source>", ("indeed_xml", "https://acme.example/careers")),
        ("<source><job><partnerJobId/></job></source>", ("linkedin_xml", "https://acme.example/careers")),
    ],
)
def test_pages_give_their_board_away(text: str, candidate: tuple[str, str]) -> None:
    found = candidates_in(page(text), "https://acme.example/careers", KINDS)
    assert found[0][:2] == candidate


def test_the_most_mentioned_board_comes_first() -> None:
    text = (
        "".join(f'<a href="https://jobs.lever.co/acme/{n}">' for n in range(3)) + '<a href="https://jobs.lever.co/b/1">'
    )
    assert [one.value for one in candidates_in(page(text), "https://acme.example/", KINDS)] == ["acme", "b"]


def test_a_redirect_to_a_board_counts() -> None:
    moved = page("", "https://boards.greenhouse.io/acme")
    assert candidates_in(moved, "https://acme.example/jobs", KINDS)[0] == Candidate("greenhouse", "acme")


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with serving() as running:
        running.pages[BOARD] = canned("200 OK", SIX)
        yield running


def look(server: HostileServer, url: str) -> Found:
    async def run() -> Found:
        async with Client(Network(allow_private=True), "jobdigest/test", backoff=timedelta(milliseconds=1)) as client:

            def trial(source: SourceConfig, kind: Kind) -> Http:
                return client.session(kind.manners, kind=kind.name, base_url=server.url)

            return await find(url, kinds=KINDS, pages=client.session(Manners()), http=trial, now=NOW)

    return asyncio.run(run())


def test_a_recognised_board_is_tried_and_shows_five_postings(server: HostileServer) -> None:
    found = look(server, "https://boards.greenhouse.io/acme/jobs/3")
    assert (found.kind, found.value, len(found.postings)) == ("greenhouse", "acme", 5)


def test_an_own_domain_with_gh_jid_finds_the_board_in_the_page(server: HostileServer) -> None:
    embed = b'<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>'
    server.pages |= {"/robots.txt": canned("404 Not Found"), "/careers?gh_jid=3": canned("200 OK", embed)}
    assert look(server, f"{server.url}/careers?gh_jid=3").value == "acme"


def test_what_was_tried_is_said(server: HostileServer) -> None:
    server.pages |= {"/robots.txt": canned("404 Not Found"), "/careers": canned("200 OK", b"<html>Hello</html>")}
    with pytest.raises(SourceError, match=r"no job board found behind http://127.*"):
        look(server, f"{server.url}/careers")
    server.pages["/careers"] = canned("200 OK", b'<a href="https://boards.greenhouse.io/gone">')
    server.pages["/v1/boards/gone/jobs?content=true"] = canned("404 Not Found")
    with pytest.raises(SourceError, match=r"greenhouse: gone: 404 Not Found"):
        look(server, f"{server.url}/careers")
