"""Every route against what nobody means well by: no answer is a server's error, leads elsewhere or lacks its guards."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.app import App
from jobdigest.app.intake import Intake
from jobdigest.model import RawPosting
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE
from jobdigest.web.pages import create
from jobdigest.web.server import settings as server_settings
from support.asking import Asked, ask
from support.cli import Operator
from support.postgres import database
from support.serving import served

GARBAGE = 20_000
ROWS = (
    RawPosting(source_id="1", title="Machine Learning Engineer", company="A&B <i>", locations=("London", "Berlin")),
    RawPosting(source_id="2", title="Data Scientist </script>", company="../etc", url="javascript:alert(1)"),
    RawPosting(source_id="3", title="Research Scientist \u202eNLP", company="株式会社", locations=("Remote (EMEA)",)),
)
NAMES = (
    "q",
    "role",
    "place",
    "remote",
    "pay",
    "seniority",
    "company",
    "after",
    "before",
    "skip",
    "pause",
    "found",
    "to",
)
FIELDS = ("reason", "note", "email", "role_types", "locations", "min_salary", "cadence", "include", "pause", "language")
WORDS = (
    "", "j1", "j2", "j999", "1", "-1", "0", "9" * 18, "9" * 400, "1e999", "nan", "research", "London", "USD 90k", "on",
    "a&b", "*", "**", '"', "'", "' OR 1=1 --", "NEAR(a b)", "a AND", "(", "^a", "a:b", "\0", "\x7f", "\u202e", "\ud7ff",
    "../../etc/passwd", "..", "//evil.example", "http://evil.example/", "\\evil", "%00", "%", "{{7*7}}", "{% x %}",
    "<script>alert(1)</script>", "\r\nX-Evil: 1", "2026-W48", "2026-W99", "é" * 90, "🦀", "a" * 5000, "weekly", "yes",
    "scam", "a\0b",
)  # fmt: skip
METHODS = (*("GET",) * 20, *("POST",) * 12, "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain",
    "application/json", "multipart/form-data; boundary=" + "y" * 300, "application/x-www-form-urlencoded;charset=utf-7",
)  # fmt: skip


class Pages:
    """The pages of one installation, asked without a socket between."""

    def __init__(self, app: App) -> None:
        self.app, self.site, self.loop = app, create(app), asyncio.new_event_loop()
        self.paths = sorted({route.path for route in self.site.routes})  # type: ignore[attr-defined]
        self.tokens = [app.keys.sign(UNSUBSCRIBE, 1), app.keys.sign(PREFERENCES, 1), app.keys.sign(PREFERENCES, 99)]

    def ask(self, asked: Asked) -> tuple[int, dict[str, str]]:
        return ask(self.site, asked, self.loop)[:2]

    def close(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.app.store.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    pages = Pages(installed(tmp_path_factory.mktemp("hostile"), None if request.param == "sqlite" else database()))
    yield pages
    pages.close()


def installed(folder: Path, url: str | None) -> App:
    operator = Operator(folder, database=url)
    (folder / "postings.jsonl").write_text("")
    (folder / "readers.csv").write_text("email\nada@example.com\n")
    operator.types("subscribers", "import", "readers.csv")
    app, now = App.load(operator.config), datetime.now(UTC)
    source = "jsonl:postings.jsonl"
    Intake(store=app.store, rules=app.rules(), now=now, source=source, direct=False, first_success=False).take(ROWS)
    return app


def targets(paths: list[str], tokens: list[str], dice: random.Random) -> str:
    """An address under one of the routes, or under none."""
    path = dice.choice([*paths, "/", "//evil.example/jobs", "/jobs/", "/nothing"])
    while "{" in path:
        word = dice.choice(tokens) if "token" in path and dice.random() < 0.5 else dice.choice(WORDS)
        head, _, rest = path.partition("{")
        path = head + quote(word, safe="" if dice.random() < 0.8 else "/%", errors="replace") + rest.partition("}")[2]
    names = [dice.choice(NAMES) for _ in range(dice.randrange(4))]
    query = urlencode([(name, dice.choice(WORDS)) for name in names], errors="replace")
    if dice.random() < 0.1:
        query = "".join(dice.choice("&=%;+?/aZ0~\\\"'") for _ in range(30))
    return path + (f"?{query}" if query else "")


def requests(paths: list[str], tokens: list[str], dice: random.Random) -> Asked:
    """One request at random."""
    method = dice.choice(METHODS)
    headers = [("Host", dice.choice(("jobs.example.com", "evil.example", "", "a:b:c", "[::1", "x" * 300)))]
    if dice.random() < 0.3:
        headers.append(
            ("Origin", dice.choice(("null", "https://evil.example", "https://jobs.example.com", "http://[", "")))
        )
    if dice.random() < 0.2:
        headers.append(("If-None-Match", dice.choice(("*", '"x"', 'W/"', "," * 50))))
    if dice.random() < 0.2:
        headers.append(("Sec-Fetch-Site", dice.choice(("cross-site", "same-origin", "none", "?"))))
    if dice.random() < 0.2:
        headers.append(("X-Forwarded-For", dice.choice(("::1", "not an address", "1.2.3.4, 5.6.7.8"))))
    body = b""
    if method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Type", dice.choice(TYPES)))
        fields = [(dice.choice(FIELDS), dice.choice(WORDS)) for _ in range(dice.randrange(5))]
        body = (
            urlencode(fields, errors="replace").encode() if dice.random() < 0.6 else dice.randbytes(dice.randrange(400))
        )
        if dice.random() < 0.2:
            body = b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\n' + body + b"\r\n--x--\r\n"
        headers.append(("Content-Length", str(len(body)) if dice.random() < 0.95 else dice.choice(("-1", "٣", "1e9"))))
    return Asked(method, targets(paths, tokens, dice), tuple(headers), body)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_no_request_is_too_much(pages: Pages, seed: int) -> None:
    asked = requests(pages.paths, pages.tokens, random.Random(seed))
    status, headers = pages.ask(asked)
    assert status < 500, asked
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    place = headers.get("location", "/")
    assert place.startswith("/"), asked
    assert not place.startswith(("//", "/\\")), asked


@given(words=st.text(max_size=80), place=st.text(max_size=40), pay=st.text(max_size=20), after=st.text(max_size=25))
@settings(max_examples=100)
def test_any_words_make_a_search(pages: Pages, words: str, place: str, pay: str, after: str) -> None:
    query = urlencode({"q": words, "place": place, "pay": pay, "after": after}, errors="replace")
    for path in ("/jobs", "/jobs.json", "/jobs.xml"):
        assert pages.ask(Asked("GET", f"{path}?{query}", (("Host", "x"),), b""))[0] == 200


@pytest.mark.parametrize("note", ["a%00b", "%ff%fe", "%F0%9F%A6%80" * 400])
def test_any_note_can_go_with_a_report(pages: Pages, note: str) -> None:
    body = f"reason=scam&note={note}".encode()
    headers = (("Host", "x"), ("Content-Type", TYPES[0]), ("Content-Length", str(len(body))))
    assert pages.ask(Asked("POST", "/jobs/j1/report", headers, body))[0] in (200, 429)


def test_every_route_was_asked(pages: Pages) -> None:
    assert {"/jobs", "/jobs/{job}", "/companies/{name:path}", "/unsubscribe/{token}"} <= set(pages.paths)
    plain = [path for path in pages.paths if "{" not in path]
    assert all(pages.ask(Asked("GET", path, (("Host", "x"),), b""))[0] < 500 for path in plain)


def test_logs_hold_no_address(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = pages.tokens[1]
        for path in (f"/preferences/{token}", f"/unsubscribe/{token}", "/jobs?q=ada@example.com"):
            pages.ask(Asked("GET", path, (("Host", "x"),), b""))
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "203.0.113.7" not in said
    assert "ada@" not in said
    assert token not in said


def on_the_wire(asked: Asked, dice: random.Random) -> tuple[bytes, bool]:
    """The request as bytes, and whether it is whole: now and then it is broken off, or some bytes are others."""
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.headers)
    start = f"{asked.method} {asked.target} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
    raw = start.encode("latin-1", "replace") + asked.body
    chance = dice.random()
    if chance < 0.05:
        return raw[: dice.randrange(len(raw))], False
    if chance < 0.25:
        noisy = bytearray(raw)
        for _ in range(dice.randrange(1, 6)):
            noisy[dice.randrange(len(noisy))] = dice.randrange(256)
        return bytes(noisy), False
    return raw, True


def said_to(base: str, raw: bytes, *, whole: bool) -> bytes:
    """The answer, until the server hangs up; what isn't whole is given up by us."""
    host = urlsplit(base)
    with socket.create_connection((str(host.hostname), int(host.port or 0)), timeout=30) as connection:
        answer = b""
        try:
            connection.sendall(raw)
            if not whole:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            pass
        return answer


@pytest.mark.soak
def test_twenty_thousand_requests_of_garbage(tmp_path: Path) -> None:
    app = installed(tmp_path, None)
    site, dice, counts = create(app), random.Random(11), dict[bytes, int]()
    paths = sorted({route.path for route in site.routes})  # type: ignore[attr-defined]
    tokens = [app.keys.sign(UNSUBSCRIBE, 1), app.keys.sign(PREFERENCES, 1)]
    with served(uvicorn.Config(site, port=0, **server_settings(app))) as base:
        for _ in range(GARBAGE):
            raw, whole = on_the_wire(requests(paths, tokens, dice), dice)
            answer = said_to(base, raw, whole=whole)
            assert answer or not whole, raw
            assert not answer.startswith(b"HTTP/1.1 5"), raw
            counts[answer[9:12]] = counts.get(answer[9:12], 0) + 1
    app.store.close()
    print({status.decode() or "given up": number for status, number in sorted(counts.items())})
    assert counts[b"200"] > GARBAGE / 10
