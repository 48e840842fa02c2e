"""A server that lies, drops, stalls or dies at every phase, and the oracle after each fault.

The oracle: the server accepted at most one mail per reader; the states sum to the frozen audience; no more is in doubt
than there were connections; and a second run finishes the rest without sending anything twice.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobdigest.deliver.policy import Policy
from jobdigest.deliver.transports.base import Transport
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server, smtplib_transport
from jobdigest.store import Store, ledger
from support.sending import EDITION, SLOT, addresses, column, freeze, open_at, problems, run, states
from support.smtp_sink import DROP, DROP_AFTER, GARBAGE, STALL, Sink, Step

READERS, CONNECTIONS = 12, 3
Connect = Callable[[Sink], Transport]


def server(sink: Sink, folder: Path) -> Server:
    ca_file = None
    if sink.authority:
        ca_file = str(folder / "ca.pem")
        sink.authority.cert_pem.write_to_path(ca_file)
    user, password = sink.user or (None, None)
    return Server(
        host=sink.host, port=sink.port, tls=sink.tls, username=user, password=password, ca_file=ca_file,
        timeout=0.6 if isinstance(sink.script, At) and sink.script.what == STALL else 20,
        local_name="example.com",
    )  # fmt: skip


@pytest.fixture(params=["pipelined", pytest.param("smtplib", marks=pytest.mark.soak)])
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Connect:
    make = smtplib_transport if request.param == "smtplib" else Pipelined
    return lambda sink: make(server(sink, tmp_path), CONNECTIONS)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.soak, pytest.mark.postgres])])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_at(request.param, tmp_path)
    freeze(opened, addresses(READERS))
    yield opened
    opened.close()


class At:
    """A script: an accident at the given occurrences of a step."""

    def __init__(self, name: str, what: str, *nth: int) -> None:
        self.name, self.what, self.nth = name, what, nth

    def __call__(self, step: Step) -> str | None:
        return self.what if step.name == self.name and step.nth in self.nth else None


def oracle(store: Store, sink: Sink, connect: Connect) -> Counter[str]:
    """What must hold after any fault, and after a second run with a healthy server; the states of the end."""
    check(store, sink)
    sink.script = lambda step: None
    run(store, connect(sink))
    check(store, sink)
    found = states(store)
    assert all(state in ("accepted", "failed", "in_doubt") for state in found.values()), found
    accepted = {address for address, state in found.items() if state == "accepted"}
    assert accepted <= set(sink.recipients)
    assert set(sink.recipients) - accepted <= {a for a, state in found.items() if state == "in_doubt"}
    return Counter(found.values())


def check(store: Store, sink: Sink) -> None:
    assert problems(store) == []
    twice = {address: n for address, n in Counter(sink.recipients).items() if n > 1}
    assert not twice, f"accepted more than once: {twice}"
    assert Counter(states(store).values())["in_doubt"] <= CONNECTIONS


BEFORE_THE_DOT = [
    (step, accident)
    for step in ("connect", "ehlo", "mail", "rcpt", "data")
    for accident in (DROP, DROP_AFTER, STALL, GARBAGE, "421 4.3.2 going down")
] + [("connect", "554 5.7.1 not from you"), ("mail", "451 4.3.0 later"),
     ("mail", "550 5.7.1 not now"), ("rcpt", "450 4.2.0 greylisted"), ("rcpt", "452 4.3.1 full"),
     ("rcpt", "552 5.2.2 mailbox full"), ("rcpt", "454 4.7.0 try later"), ("data", "451 4.3.0 no room"),
     ("dot", "451 4.3.0 not now"), ("dot", "421 4.3.2 closing")]  # fmt: skip


@pytest.mark.parametrize(("step", "accident"), BEFORE_THE_DOT)
def test_what_fails_before_the_dot_or_with_a_clear_word_is_repeated(
    store: Store, connect: Connect, step: str, accident: str
) -> None:
    with Sink(script=At(step, accident, 1, 2)) as sink:
        run(store, connect(sink))
        assert oracle(store, sink, connect) == {"accepted": READERS}


@pytest.mark.parametrize("accident", [DROP, STALL])
def test_a_body_that_vanishes_is_repeated_or_in_doubt(store: Store, connect: Connect, accident: str) -> None:
    """Small bodies disappear into the kernel, so the loss may show before our dot or after it; never is it unsaid."""
    with Sink(script=At("body", accident, 1, 2)) as sink:
        run(store, connect(sink))
        end = oracle(store, sink, connect)
        assert end["accepted"] == len(sink.mails) == READERS - end["in_doubt"]
        assert end["in_doubt"] <= 2


@pytest.mark.parametrize("accident", [DROP, DROP_AFTER, STALL, GARBAGE])
def test_what_is_lost_after_the_dot_is_in_doubt_and_named(store: Store, connect: Connect, accident: str) -> None:
    with Sink(script=At("dot", accident, 2)) as sink:
        summary = run(store, connect(sink))
        assert not summary.ok
        assert oracle(store, sink, connect) == {"accepted": READERS - 1, "in_doubt": 1}
        (reason,) = [column(store, "reason")[who] for who, state in states(store).items() if state == "in_doubt"]
        assert reason.startswith("dot: ")


@pytest.mark.parametrize(
    ("reply", "suppressed"),
    [("550 5.1.1 no such user", True), ("550 5.7.1 blocked", False), ("550 go away", False), ("501 5.1.3 bad", True)],
)
@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_a_refused_recipient_fails_alone(
    store: Store, connect: Connect, step: str, reply: str, suppressed: bool
) -> None:
    def script(now: Step) -> str | None:
        return reply if now.name == step and now.argument == "reader5@example.org" else None

    with Sink(script=script) as sink:
        run(store, connect(sink))
        assert states(store)["reader5@example.org"] == "failed"
        assert reply[4:] in column(store, "reason")["reader5@example.org"]
        assert oracle(store, sink, connect) == {"accepted": READERS - 1, "failed": 1}
    with store.read() as conn:
        standing = [row for row in conn.exec_driver_sql("SELECT email, state FROM subscribers WHERE state <> 'active'")]
    assert standing == ([("reader5@example.org", "bounced")] if suppressed else [])


@pytest.mark.parametrize(("step", "reply"), [("mail", "553 5.1.8 no such domain"), ("rcpt", "550 5.1.7 bad sender")])
def test_our_own_wrong_address_stops_the_edition(store: Store, connect: Connect, step: str, reply: str) -> None:
    with Sink(script=At(step, reply, 1)) as sink:
        summary = run(store, connect(sink))
        assert (summary.edition_state, reply[4:] in (summary.stopped or "")) == ("stopped", True)
        assert run(store, connect(sink)).edition_state == "stopped"  # nothing goes on by itself
        with store.begin() as conn:
            ledger.resume(conn, EDITION)
        assert oracle(store, sink, connect) == {"accepted": READERS}


def test_mail_that_is_not_wanted_stops_the_edition(store: Store, connect: Connect) -> None:
    with Sink(script=lambda step: "554 5.7.1 spam" if step.name == "dot" else None) as sink:
        summary = run(store, connect(sink))
        assert summary.edition_state == "stopped"
        assert "refuse mail like ours" in (summary.stopped or "")
        assert sink.mails == []
        assert Counter(states(store).values())["failed"] <= 5 + 2 * CONNECTIONS


def test_too_much_in_doubt_stops_the_edition(tmp_path: Path, connect: Connect) -> None:
    with Sink(script=lambda step: DROP_AFTER if step.name == "dot" else None) as sink:
        store = open_at("sqlite", tmp_path)
        freeze(store, addresses(40))
        summary = run(store, connect(sink))
        assert summary.edition_state == "stopped"
        assert "in doubt" in (summary.stopped or "")
        assert summary.counts["in_doubt"] <= 3 * CONNECTIONS
        assert problems(store) == []
        assert max(Counter(sink.recipients).values()) == 1
        store.close()


def test_a_canary_keeps_the_rest_back(tmp_path: Path, connect: Connect) -> None:
    with Sink(script=lambda step: "554 5.7.1 spam" if step.name == "dot" else None) as sink:
        store = open_at("sqlite", tmp_path)
        freeze(store, addresses(200))
        summary = run(store, connect(sink), policy=Policy(canary=0.01))
        assert (summary.edition_state, summary.counts["pending"] >= 198) == ("stopped", True)
        store.close()


def test_a_canary_that_does_well_lets_the_rest_follow(store: Store, connect: Connect) -> None:
    with Sink() as sink:
        assert run(store, connect(sink), policy=Policy(canary=0.1)).ok
        assert len(sink.mails) == READERS


def test_a_server_that_stays_away_leaves_everything_waiting(store: Store, connect: Connect) -> None:
    sink = Sink()
    sink.close()
    summary = run(store, connect(sink))
    assert summary.counts == {"pending": READERS}
    assert "ConnectionRefusedError" in (summary.waiting or "")
    assert not summary.ok


def test_a_server_that_dies_in_the_middle_and_comes_back(store: Store, connect: Connect) -> None:
    def script(step: Step) -> str | None:
        if step.name == "dot" and step.nth == 4:
            threading.Thread(target=sink.cut).start()
        return None

    with Sink(script=script) as sink:
        run(store, connect(sink))
        oracle(store, sink, connect)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(("step", "accident"), [("none", ""), ("mail", DROP), ("dot", DROP_AFTER)])
def test_tls_and_login(store: Store, connect: Connect, tls: str, step: str, accident: str) -> None:
    with Sink(tls=tls, user=("ada", "secret"), script=At(step, accident, 2)) as sink:  # type: ignore[arg-type]
        run(store, connect(sink))
        doubt = {"in_doubt": 1} if step == "dot" else {}
        assert oracle(store, sink, connect) == {"accepted": READERS - len(doubt), **doubt}


@pytest.mark.parametrize(
    ("step", "accident"),
    [("starttls", DROP), ("starttls", "454 4.7.0 not now"), ("auth", DROP), ("auth", "454 4.7.0 no")],
)
def test_accidents_on_the_way_in(store: Store, connect: Connect, step: str, accident: str) -> None:
    with Sink(tls="starttls", user=("ada", "secret"), script=At(step, accident, 1)) as sink:
        run(store, connect(sink))
        assert oracle(store, sink, connect) == {"accepted": READERS}


def test_a_certificate_that_is_not_trusted_sends_nothing(store: Store) -> None:
    with Sink(tls="starttls") as sink:
        wrong = Server(host=sink.host, port=sink.port, tls="starttls", timeout=1, local_name="example.com")
        summary = run(store, smtplib_transport(wrong, CONNECTIONS))
        assert summary.counts == {"pending": READERS}
        assert "not trusted" in (summary.waiting or "")
        assert not any(step.name == "mail" for step in sink.steps)


def test_a_server_without_starttls_gets_nothing(store: Store) -> None:
    with Sink() as sink:
        plain = Server(host=sink.host, port=sink.port, tls="starttls", timeout=1, local_name="example.com")
        summary = run(store, Pipelined(plain, CONNECTIONS))
        assert "does not offer STARTTLS" in (summary.waiting or "")
        assert sink.mails == []


def test_a_wrong_password_is_said_and_blames_no_reader(store: Store, connect: Connect) -> None:
    with Sink(user=("ada", "secret")) as sink:
        other = Server(
            host=sink.host, port=sink.port, tls="none", username="ada", password="wrong", timeout=1, local_name="x.com"
        )
        summary = run(store, Pipelined(other, CONNECTIONS))
        assert summary.counts == {"pending": READERS}
        assert "535" in (summary.waiting or "")
        assert set(column(store, "attempts").values()) == {0}


@pytest.mark.parametrize("extensions", [(), ("8BITMIME",), ("PIPELINING",)])
def test_servers_with_few_extensions(store: Store, connect: Connect, extensions: tuple[str, ...]) -> None:
    with Sink(extensions=extensions, script=At("rcpt", "450 4.2.0 later", 2)) as sink:
        assert run(store, connect(sink)).ok
        assert oracle(store, sink, connect) == {"accepted": READERS}


@pytest.mark.parametrize(("extensions", "state"), [(("SMTPUTF8", "8BITMIME"), "accepted"), ((), "failed")])
def test_addresses_that_need_smtputf8(
    tmp_path: Path, connect: Connect, extensions: tuple[str, ...], state: str
) -> None:
    store = open_at("sqlite", tmp_path)
    freeze(store, ["jörg@example.org", "ada@bücher.example", "eve@example.org"])
    with Sink(extensions=extensions) as sink:
        run(store, connect(sink))
        assert states(store) == {
            "jörg@example.org": state,
            "ada@bücher.example": "accepted",
            "eve@example.org": "accepted",
        }
        assert "ada@xn--bcher-kva.example" in sink.recipients
        if state == "failed":
            assert "SMTPUTF8" in column(store, "reason")["jörg@example.org"]
    store.close()


def test_pausing_stops_between_two_messages_and_resuming_goes_on(store: Store, connect: Connect) -> None:
    def script(step: Step) -> str | None:
        if step.name == "dot" and step.nth == 3:
            with store.begin() as conn:
                ledger.pause(conn, EDITION)
        return None

    with Sink(script=script) as sink:
        summary = run(store, connect(sink))
        assert summary.edition_state == "paused"
        assert 3 <= len(sink.mails) < READERS
        with store.begin() as conn:
            assert ledger.resume(conn, EDITION)
        assert oracle(store, sink, connect) == {"accepted": READERS}


def test_asked_to_stop_it_finishes_what_it_began(store: Store, connect: Connect) -> None:
    stop = threading.Event()

    def script(step: Step) -> str | None:
        if step.name == "dot" and step.nth == 3:
            stop.set()
        return None

    with Sink(script=script) as sink:
        summary = run(store, connect(sink), stop=stop)
        assert set(summary.counts) <= {"accepted", "pending"}
        assert summary.counts["accepted"] == len(sink.mails) < READERS
        assert oracle(store, sink, connect) == {"accepted": READERS}


def test_two_senders_at_once_share_the_work(store: Store, connect: Connect) -> None:
    with Sink() as sink:
        others = [
            threading.Thread(target=run, args=(store, connect(sink)), kwargs={"alongside": True}) for _ in range(3)
        ]
        for other in others:
            other.start()
        for other in others:
            other.join()
        assert sorted(sink.recipients) == sorted(addresses(READERS))
        assert oracle(store, sink, connect) == {"accepted": READERS}


def test_a_second_sender_beside_a_living_one_says_so(store: Store, connect: Connect) -> None:
    besides: list[str | None] = []

    def script(step: Step) -> str | None:
        if step.name == "dot" and step.nth == 1:
            besides.append(run(store, connect(sink)).beside)
        return None

    with Sink(script=script) as sink:
        assert run(store, connect(sink)).ok
        assert besides != [None]
        assert len(sink.mails) == READERS


def test_a_mail_is_the_same_at_every_attempt(store: Store, connect: Connect) -> None:
    with Sink(script=At("dot", "451 4.3.0 later", *range(1, READERS + 1))) as sink:
        run(store, connect(sink))
        assert oracle(store, sink, connect) == {"accepted": READERS}
        again = {mail.rcpt_to[0]: mail.data for mail in sink.mails}
    ids = {data.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode() for data in again.values()}
    assert ids == set(column(store, "message_id").values())
    assert all(f"{SLOT:%a, %d %b %Y %H:%M:%S} +0000".encode() in data for data in again.values())
