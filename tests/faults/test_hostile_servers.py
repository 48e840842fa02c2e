"""Every way a server can misbehave: one line that names it, nobody else harmed, nothing closed, healthy next time."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from jobdigest.collect.sources.base import SourceReport
from jobdigest.config import Network, SourceConfig
from jobdigest.store import open_store
from jobdigest.store.sources import SourceMemory, read_health
from support.collecting import NOW, Shelf, run_collect
from support.hostile import HostileServer, serving
from support.misbehaviours import ALARMED, EVERY, FAILED, GOOD, TAKEN, XML

FAULTS = Path(__file__).parents[2] / "docs" / "faults.md"


class Rounds(NamedTuple):
    """Three collections: all well, all hostile, all well again."""

    before: dict[str, SourceReport]
    during: dict[str, SourceReport]
    after: dict[str, SourceReport]
    shelf: Shelf
    closed: list[tuple[str, str]]
    next_poll: dict[str, datetime | None]


def source(name: str, server: HostileServer) -> SourceConfig:
    kind = "personio" if name in XML else "greenhouse"
    at = f"{server.url}/{name}"
    return SourceConfig(kind=kind, value="acme", name=name, base_url=at, timeout=timedelta(seconds=1))


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    store = open_store("sqlite:///t.db", tmp_path_factory.mktemp("hostile"))
    shelf, network = Shelf(), Network(allow_private=True, max_body=8 * 2**20)
    reports = []
    with serving() as server:
        sources = [source(name, server) for name in (*GOOD, *EVERY)]
        for number, hostile in enumerate((False, True, False)):
            server.hostile = hostile
            now = NOW + timedelta(hours=7 * number)
            reports.append(run_collect(sources, SourceMemory(store, now), shelf, now=now, network=network))
            if hostile:
                closed = list(shelf.closed)
                next_poll = {name: health.next_poll for name, health in read_health(store).items()}
    store.close()
    return Rounds(*reports, shelf, closed, next_poll)


def test_all_is_well_before(rounds: Rounds) -> None:
    assert {(report.state, report.seen) for report in rounds.before.values()} == {("ok", 6)}


@pytest.mark.parametrize("name", FAILED)
def test_the_failure_is_named_in_one_line(rounds: Rounds, name: str) -> None:
    report = rounds.during[name]
    assert report.state == "failed"
    assert report.error is not None
    assert "\n" not in report.error
    assert re.fullmatch(FAILED[name], report.error), report.error


@pytest.mark.parametrize("name", ALARMED)
def test_a_doubtful_answer_is_an_alarm(rounds: Rounds, name: str) -> None:
    report = rounds.during[name]
    assert report.state == "ok"
    assert re.fullmatch(ALARMED[name], report.alarm or ""), report


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_read_is_taken(rounds: Rounds, name: str) -> None:
    report = rounds.during[name]
    assert (report.state, report.seen, report.alarm) == ("ok", TAKEN[name], None), report


@pytest.mark.parametrize("name", GOOD)
def test_the_other_sources_are_unharmed(rounds: Rounds, name: str) -> None:
    assert (rounds.during[name].state, rounds.during[name].error) == ("unchanged", None)


def test_nothing_is_closed(rounds: Rounds) -> None:
    assert rounds.closed == []
    assert rounds.shelf.closed == [("too-many-for-a-moment", "7")]  # the seventh job was there for one round


@pytest.mark.parametrize("name", EVERY)
def test_the_next_run_recovers(rounds: Rounds, name: str) -> None:
    report = rounds.after[name]
    assert report.state in ("ok", "unchanged")
    assert (report.error, report.alarm, report.seen) == (None, None, 6)


def test_the_table_for_operators_is_true(rounds: Rounds) -> None:
    rows = [row.strip("| ").split(" | ") for row in FAULTS.read_text(encoding="utf-8").splitlines() if row[:3] == "| `"]
    told = {name.strip("`"): words.strip("`") for name, _, words in rows}
    assert set(told) == set(EVERY)
    for name, words in told.items():
        expected = FAILED.get(name) or ALARMED.get(name) or f"{TAKEN[name]} postings"
        assert re.fullmatch(expected, words), f"{name}: {words}"


def test_broken_rows_are_named_and_the_others_kept(rounds: Rounds) -> None:
    (problem,) = rounds.during["one-bad-row"].problems
    assert "title" in problem.reason
    assert len(rounds.during["rows-of-rubbish"].problems) == 6


def test_text_is_fit_to_be_stored(rounds: Rounds) -> None:
    for posting in rounds.shelf.postings["nul-bytes"].values():
        assert "\x00" not in posting.title
        posting.title.encode()
    assert {p.locations for p in rounds.shelf.postings["wrong-charset"].values()} <= {("Zürich",), ("London",)}


def test_a_long_retry_after_moves_the_next_poll(rounds: Rounds) -> None:
    due = rounds.next_poll["too-many-for-long"]
    assert due is not None
    assert due >= NOW + timedelta(hours=7, seconds=3600)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certificate_case(case: str, authority: trustme.CA) -> tuple[trustme.LeafCert, bool]:
    if case == "expired":
        return authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1)), True
    if case == "other host":
        return authority.issue_cert("elsewhere.example"), True
    return authority.issue_cert("127.0.0.1"), case != "unknown authority"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("good", None),
        ("expired", "certificate has expired"),
        ("other host", "certificate not accepted: IP address mismatch"),
        ("unknown authority", "certificate not accepted: unable to get local issuer certificate"),
    ],
)
def test_certificates(case: str, words: str | None, authority: trustme.CA, tmp_path: Path) -> None:
    cert, trusted = certificate_case(case, authority)
    ours, theirs = ssl.create_default_context(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    cert.configure_cert(theirs)
    if trusted:
        authority.configure_trust(ours)
    store = open_store("sqlite:///t.db", tmp_path)
    with serving(theirs) as server:
        report = run_collect([source("good-1", server)], SourceMemory(store, NOW), Shelf(), tls=ours)["good-1"]
    store.close()
    assert (report.error or "").startswith(words or "")
    assert report.state == ("failed" if words else "ok")


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that hangs up in the middle of the TLS handshake."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # closed below
            with connection:
                connection.recv(1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_reset_amid_the_handshake(tmp_path: Path) -> None:
    store = open_store("sqlite:///t.db", tmp_path)
    with hanging_up() as url:
        one = SourceConfig(kind="greenhouse", value="acme", name="one", base_url=url, timeout=timedelta(seconds=1))
        report = run_collect([one], SourceMemory(store, NOW), Shelf())["one"]
    store.close()
    assert report.state == "failed"
    assert re.fullmatch(r"connection reset|connection closed.*|TLS failed.*", report.error or ""), report.error


@pytest.mark.parametrize(
    ("url", "network", "words"),
    [
        ("https://no-such-host.invalid", Network(), r"no such host: no-such-host\.invalid|no DNS answer for .*"),
        ("https://127.0.0.1:1", Network(), r"127\.0\.0\.1 is a private address \(127\.0\.0\.1\)"),
        ("https://[::ffff:10.0.0.1]", Network(), r".* is a private address .*"),
        ("https://localhost:1", Network(), r"localhost is a private address \(.*\)"),
        ("http://example.com", Network(), r"http is not safe enough; .*"),
        ("http://127.0.0.1:1", Network(allow_private=True), r"connection refused"),
    ],
)
def test_places_not_to_go(url: str, network: Network, words: str, tmp_path: Path) -> None:
    store = open_store("sqlite:///t.db", tmp_path)
    one = SourceConfig(kind="greenhouse", value="acme", name="one", base_url=url)
    report = run_collect([one], SourceMemory(store, NOW), Shelf(), network=network)["one"]
    store.close()
    assert re.fullmatch(words, report.error or ""), report.error
