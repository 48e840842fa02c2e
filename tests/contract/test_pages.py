"""The pages over real HTTP: every route answers, leaving acts only by POST, garbage never breaks the server."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import feedparser
import pytest
import uvicorn

from jobdigest.app import App
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE
from jobdigest.web.pages import create
from support.cli import Operator

NOW = "2026-01-20T09:00:00Z"


class Site:
    """The pages of one installation on loopback."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.app = App.load(operator.config)
        self.server = uvicorn.Server(uvicorn.Config(create(self.app), host="127.0.0.1", port=0, log_config=None))
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started and time.monotonic() < deadline:
            self.thread.join(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, path: str, data: bytes | None = None, method: str | None = None) -> tuple[int, str, dict[str, str]]:
        request = urllib.request.Request(self.base + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace"), dict(error.headers)

    def state(self, email: str) -> str:
        (row,) = [row for row in self.operator.lines("subscribers", "list") if row["email"] == email]
        return str(row["state"])

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(30)
        self.app.store.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    operator = Operator(tmp_path_factory.mktemp("site"))
    titles = ("Machine Learning Engineer", "Data Engineer <script>alert(1)</script>", "Computer Vision Engineer")
    operator.write("postings.jsonl", *({"id": t, "title": t, "company": "Faculty & Söhne"} for t in titles))
    (operator.folder / "readers.csv").write_text("email\nada@example.com\nbola@example.com\nchen@example.com\n")
    operator.types("collect", "--now", NOW)
    operator.types("subscribers", "import", "readers.csv")
    operator.types("send", "--now", NOW)
    site = Site(operator)
    yield site
    site.close()


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/jobs?role=data-engineering", "/editions", "/editions/2026-W04", "/healthz"]
)
def test_a_page_answers_with_its_guards(site: Site, path: str) -> None:
    status, body, headers = site.ask(path)
    assert status == 200
    assert "<script>alert" not in body
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"]
    assert "script-src" not in headers["content-security-policy"]


def test_editions_and_jobs_can_be_followed(site: Site) -> None:
    status, body, headers = site.ask("/feed.xml")
    assert (status, headers["content-type"]) == (200, "application/atom+xml")
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    (entry,) = parsed.entries
    assert entry.link == "https://jobs.example.com/editions/2026-W04"
    assert "Machine Learning Engineer" in entry.content[0].value
    assert "<script" not in entry.content[0].value
    status, body, headers = site.ask("/jobs.json?role=data-engineering")
    assert (status, headers["content-type"]) == (200, "application/feed+json")
    assert [item["tags"] for item in json.loads(body)["items"]] == [["data-engineering"]]


def test_a_job_and_its_employer_have_pages(site: Site) -> None:
    job = site.operator.lines("jobs", "--now", NOW)[0]
    status, body, _ = site.ask(f"/jobs/{job['job_id']}")
    assert (status, "Faculty &amp; Söhne" in body) == (200, True)
    found = body.partition('href="/companies/')[2].partition('"')[0]
    status, body, _ = site.ask(f"/companies/{found}")
    assert (status, "Machine Learning Engineer" in body) == (200, True)
    assert site.ask("/jobs/j999")[0] == 404


def test_leaving_asks_by_get_and_acts_by_post(site: Site) -> None:
    token = site.app.keys.sign(UNSUBSCRIBE, 1)
    for _ in range(3):
        assert site.ask(f"/unsubscribe/{token}")[0] == 200
    assert site.state("ada@example.com") == "active", "a scanner that follows links must not unsubscribe anybody"
    assert site.ask(f"/unsubscribe/{token}", b"List-Unsubscribe=One-Click")[0] == 200
    assert site.state("ada@example.com") == "unsubscribed"
    assert site.ask(f"/unsubscribe/{token[:-4]}AAAA", b"")[0] == 404


def test_choosing_is_kept_and_mistakes_are_named(site: Site) -> None:
    token = site.app.keys.sign(PREFERENCES, 2)
    status, body, _ = site.ask(f"/preferences/{token}", b"role_types=data-engineering&locations=London&cadence=weekly")
    assert (status, "Saved." in body) == (200, True)
    status, body, _ = site.ask(f"/preferences/{token}", b"min_salary=lots&cadence=weekly")
    assert (status, "is not a year" in body) == (422, True)
    (row,) = [row for row in site.operator.lines("subscribers", "list") if row["email"] == "bola@example.com"]
    assert row["preferences"] == {"role_types": "data-engineering", "locations": "London", "cadence": "weekly"}


def test_pausing_and_leaving_happily_ask_first(site: Site) -> None:
    token = site.app.keys.sign(PREFERENCES, 3)
    assert "Pause 4 weeks" in site.ask(f"/preferences/{token}?pause=4")[1]
    assert site.state("chen@example.com") == "active"
    site.ask(f"/preferences/{token}", b"pause=4")
    assert site.state("chen@example.com") == "snoozed"
    site.ask(f"/preferences/{token}", b"found=1")
    assert site.state("chen@example.com") == "unsubscribed"


def test_garbage_never_breaks_the_server(site: Site) -> None:
    dice = random.Random(7)
    heads = ("/jobs/", "/jobs?role=", "/jobs?skip=", "/companies/", "/editions/", "/unsubscribe/", "/preferences/", "/")
    alphabet = "abcXYZ019-_%2F%00%ff.~;&=+'\"<>"
    for _ in range(400):
        tail = "".join(dice.choice(alphabet) for _ in range(dice.randrange(60)))
        data = bytes(dice.randrange(256) for _ in range(200)) if dice.random() < 0.4 else None
        tail = tail.replace(" ", "").replace("%", "%25") if dice.random() < 0.5 else urllib.request.quote(tail)
        status, _, _ = site.ask(dice.choice(heads) + tail.replace('"', "").replace("<", "").replace(">", ""), data)
        assert status < 500


def raw(site: Site, request: bytes) -> bytes:
    """What the server says to bytes on the wire, until it hangs up."""
    with socket.create_connection(("127.0.0.1", int(site.base.rpartition(":")[2])), timeout=30) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_chunked_body_over_the_cap_is_refused(site: Site) -> None:
    token = site.app.keys.sign(PREFERENCES, 2).encode()
    head = b"POST /preferences/" + token + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    assert raw(site, head + b"11170\r\n" + b"x" * 70_000 + b"\r\n0\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_a_client_that_stalls_is_cut(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobdigest.web.guard.SLOWEST_PIECE", 0.2)
    head = b"POST /preferences/" + site.app.keys.sign(PREFERENCES, 2).encode() + b" HTTP/1.1\r\nHost: x\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nx"
    assert raw(site, head).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("body", [b"", b"min_salary=" + b"9" * 400 + b"&cadence=weekly"])
def test_what_cannot_be_meant_changes_nothing(site: Site, body: bytes) -> None:
    path = f"/preferences/{site.app.keys.sign(PREFERENCES, 2)}"
    assert site.ask(path, b"locations=Ber%00lin&cadence=monthly")[0] == 200
    assert site.ask(path, body)[0] == 422
    (row,) = [row for row in site.operator.lines("subscribers", "list") if row["email"] == "bola@example.com"]
    assert row["preferences"] == {"locations": "Berlin", "cadence": "monthly"}


def test_a_body_over_the_cap_is_refused(site: Site) -> None:
    assert site.ask(f"/preferences/{site.app.keys.sign(PREFERENCES, 2)}", b"x" * 70_000)[0] == 413
