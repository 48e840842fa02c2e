"""The HTTP client against a real server: retries, validators, redirects, robots.txt, base_url, concurrency, bounds."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.collect.connect import is_public
from jobdigest.collect.http import Client, Session, user_agent
from jobdigest.collect.manners import Turnstile, retry_after
from jobdigest.collect.sources.base import Manners, Response, parse_json
from jobdigest.config import Network, Newsletter
from jobdigest.errors import BlockedError, FetchError, ParseError
from jobdigest.polling import Validator
from support.hostile import HostileServer, canned, serving

T = TypeVar("T")


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with serving() as running:
        yield running


def ask(question: Callable[[Session], Awaitable[T]], **options: Any) -> T:
    """Ask with a fresh client."""

    async def run() -> T:
        async with Client(Network(allow_private=True), "jobdigest/test", backoff=timedelta(milliseconds=1)) as client:
            return await question(client.session(options.pop("manners", Manners()), **options))

    return asyncio.run(run())


def test_transient_failures_are_tried_again(server: HostileServer) -> None:
    server.pages["/x"] = [canned("503 Service Unavailable"), canned("500 Oops"), canned("200 OK", b"[1]")]
    assert ask(lambda http: http.get(f"{server.url}/x")).json() == [1]
    assert len(server.log) == 3


def test_refusals_are_not_tried_again(server: HostileServer) -> None:
    server.pages["/x"] = canned("403 Forbidden")
    with pytest.raises(BlockedError, match=r"^403 Forbidden$") as caught:
        ask(lambda http: http.get(f"{server.url}/x"))
    assert (len(server.log), caught.value.status) == (1, 403)


def test_a_short_retry_after_is_waited_for(server: HostileServer) -> None:
    server.pages["/x"] = [canned("429 Too Many Requests", b"", "Retry-After: 1"), canned("200 OK", b"[]")]
    start = time.monotonic()
    ask(lambda http: http.get(f"{server.url}/x"))
    assert time.monotonic() - start >= 1


def test_validators_come_back_and_spare_the_body(server: HostileServer) -> None:
    server.pages["/x"] = [
        canned("200 OK", b"[1]", 'ETag: "v1"', "Last-Modified: yesterday"),
        canned("304 Not Modified"),
    ]
    known: dict[str, Any] = {}

    async def poll(http: Session) -> Response:
        response = await http.get(f"{server.url}/x", conditional=True)
        known.update(http.fresh)
        return response

    assert not ask(poll).not_modified
    assert ask(poll, validators=known).not_modified
    assert 'If-None-Match: "v1"' in server.log[1]
    assert "If-Modified-Since: yesterday" in server.log[1]


def test_the_same_body_without_validators_counts_as_unchanged(server: HostileServer) -> None:
    server.pages["/x"] = [canned("200 OK", b"[1]"), canned("200 OK", b"[1]"), canned("200 OK", b"[2]")]
    known: dict[str, Any] = {}

    async def poll(http: Session) -> bool:
        response = await http.get(f"{server.url}/x", conditional=True)
        known.update(http.fresh)
        return response.not_modified

    assert [ask(poll, validators=dict(known)) for _ in range(3)] == [False, True, False]
    assert "If-None-Match" not in server.log[1]


def test_redirects_are_followed_and_keys_stay_with_their_host(server: HostileServer) -> None:
    server.pages["/x"] = canned("301 Moved Permanently", b"", "Location: /y")
    server.pages["/y"] = canned("302 Found", b"", f"Location: {server.url.replace('127.0.0.1', 'localhost')}/z")
    with pytest.raises(FetchError, match="redirect to a private address"):
        ask(lambda http: http.get(f"{server.url}/x", headers={"Authorization": "secret"}))
    assert ["secret" in asked for asked in server.log] == [True, True]
    server.pages["/y"] = canned("200 OK", b"[3]")
    answer = ask(lambda http: http.get(f"{server.url}/x"))
    assert (answer.url, answer.json()) == (f"{server.url}/y", [3])


def test_a_redirect_to_another_host_can_be_refused(server: HostileServer) -> None:
    server.pages["/x"] = canned("302 Found", b"", "Location: https://elsewhere.example/")
    with pytest.raises(FetchError, match=r"^redirected to elsewhere\.example$"):
        ask(lambda http: http.get(f"{server.url}/x", same_host=True))


def test_base_url_takes_the_place_of_scheme_and_host(server: HostileServer) -> None:
    server.pages["/mirror/v1/jobs?q=1"] = canned("200 OK", b"[4]")
    answer = ask(lambda http: http.get("https://api.example/v1/jobs?q=1"), base_url=f"{server.url}/mirror")
    assert (answer.json(), answer.url) == ([4], "https://api.example/v1/jobs?q=1")


def test_json_is_posted(server: HostileServer) -> None:
    server.pages["/x"] = canned("200 OK", b"{}")
    ask(lambda http: http.post(f"{server.url}/x", {"limit": 20}))
    assert server.log[0].startswith("POST /x ")
    assert server.log[0].endswith('{"limit":20}')


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (canned("200 OK", b"User-agent: *\nDisallow: /x"), False),
        (canned("200 OK", b"User-agent: jobdigest\nDisallow: /x"), False),
        (canned("200 OK", b"User-agent: other\nDisallow: /x"), True),
        (canned("404 Not Found"), True),
        (canned("500 Internal Server Error"), False),
    ],
)
def test_robots_txt_is_obeyed_for_pages_and_asked_once(server: HostileServer, robots: bytes, allowed: bool) -> None:
    server.pages |= {"/robots.txt": robots, "/x": canned("200 OK", b"[]"), "/api": canned("200 OK", b"[]")}

    async def twice(http: Session) -> list[str]:
        words = []
        for _ in range(2):
            try:
                await http.get(f"{server.url}/x", robots=True)
                words.append("")
            except FetchError as error:
                words.append(error.reason)
        await http.get(f"{server.url}/api")
        return words

    first, second = ask(twice)
    assert (first == "", second == "") == (allowed, allowed)
    assert first == "" or "robots.txt" in first
    assert sum("GET /robots.txt" in asked for asked in server.log) == (3 if b" 500 " in robots else 1)


def test_no_more_requests_at_once_than_the_manners_allow(server: HostileServer) -> None:
    server.pages["/x"] = canned("200 OK", b"[]")

    async def many(http: Session) -> None:
        await asyncio.gather(*(http.get(f"{server.url}/x") for _ in range(12)))

    ask(many, manners=Manners(concurrency=2))
    assert server.most_at_once == 2


def test_a_gzip_file_is_unpacked(server: HostileServer) -> None:
    server.pages["/sitemap.xml.gz"] = canned("200 OK", gzip.compress(b"<a/>"), "Content-Type: application/gzip")
    server.pages["/twice"] = canned("200 OK", gzip.compress(gzip.compress(b"<b/>")), "Content-Encoding: gzip")
    assert ask(lambda http: http.get(f"{server.url}/sitemap.xml.gz")).text() == "<a/>"
    assert ask(lambda http: http.get(f"{server.url}/twice")).text() == "<b/>"


def test_a_stream_comes_in_pieces(server: HostileServer) -> None:
    body = bytes(range(256)) * 8192
    server.pages["/x"] = canned("200 OK", gzip.compress(body), "Content-Encoding: gzip")

    async def read(http: Session) -> list[bytes]:
        return [piece async for piece in http.stream(f"{server.url}/x")]

    pieces = ask(read)
    assert len(pieces) > 4
    assert b"".join(pieces) == body


def test_addresses_outside_ascii_are_encoded(server: HostileServer) -> None:
    server.pages["/b%C3%BCro%20x"] = canned("200 OK", b"[]")
    ask(lambda http: http.get(f"{server.url}/büro x"))
    assert server.log[0].startswith("GET /b%C3%BCro%20x ")


def test_an_unchanged_answer_keeps_its_connection(server: HostileServer) -> None:
    server.pages["/x"] = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    known = {f"{server.url}/x": Validator('"1"', None)}

    async def thrice(http: Session) -> list[bool]:
        return [(await http.get(f"{server.url}/x", conditional=True)).not_modified for _ in range(3)]

    assert ask(thrice, validators=known) == [True, True, True]
    assert server.connections == 1


def test_we_say_who_we_are() -> None:
    newsletter = Newsletter.model_validate(
        {"name": "AI Jobs", "from": "AI Jobs <jobs@example.com>", "base_url": "https://jobs.example.com"}
    )
    agent = user_agent(newsletter, Network())
    assert agent.startswith("jobdigest/")
    assert "https://jobs.example.com" in agent
    assert user_agent(newsletter, Network(user_agent="mine/1")) == "mine/1"


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
     "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"],
)  # fmt: skip
def test_private_addresses_in_every_guise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), (" 0 ", 0.0), (None, None), ("soon", None), ("-5", None), ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0),
     ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("9" * 30, 30 * 86400.0)],
)  # fmt: skip
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 100.0) == seconds


def test_a_turnstile_spaces_its_entries() -> None:
    async def run() -> float:
        turnstile = Turnstile("host", Manners(concurrency=4, per_second=50))
        start = time.monotonic()

        async def enter() -> None:
            async with turnstile.turn():
                pass

        await asyncio.gather(*(enter() for _ in range(6)))
        return time.monotonic() - start

    assert asyncio.run(run()) >= 5 / 50


def test_a_closed_turnstile_says_so() -> None:
    async def run() -> None:
        turnstile = Turnstile("host", Manners())
        turnstile.pause(3600)
        async with turnstile.turn():
            raise AssertionError("let in")

    with pytest.raises(FetchError, match="host asked for a pause of 60 min") as caught:
        asyncio.run(run())
    assert caught.value.retry_after == pytest.approx(3600, abs=1)


@given(st.binary(max_size=200), st.sampled_from([None, "text/html; charset=latin-1", "x; charset=nonsense", "utf-16"]))
def test_no_bytes_crash_text_or_json(body: bytes, content_type: str | None) -> None:
    response = Response(status=200, url="", headers={"content-type": content_type} if content_type else {}, body=body)
    assert isinstance(response.text(), str)
    try:
        response.json()
    except ParseError as error:
        assert "\n" not in error.reason  # noqa: PT017 - most bytes are not JSON, some are


def test_json_names_the_byte_not_the_character() -> None:
    with pytest.raises(ParseError, match=r"^not JSON at byte 6: expecting ',' delimiter, found 'x]'$"):
        parse_json('["é" x]')
