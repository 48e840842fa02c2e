"""What every transport must do, whatever carries the mail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobdigest.deliver.setup import send_one
from jobdigest.deliver.transports.base import Event, Transport, What
from jobdigest.deliver.transports.file import file_transport
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server, smtplib_transport
from jobdigest.errors import DeliveryError
from jobdigest.model import Message
from support.smtp_sink import Sink

Accepted = Callable[[], list[bytes]]


def mail(number: int = 1, body: bytes = b"Hello\r\n") -> Message:
    head = f"Message-ID: <{number}@example.com>\r\nSubject: x\r\n\r\n".encode()
    return Message(
        message_id=f"<{number}@example.com>",
        mail_from="jobs@example.com",
        rcpt_to=f"r{number}@example.org",
        data=head + body,
    )


@pytest.fixture(params=["file", "smtplib", "pipelined"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Transport, Accepted]]:
    """A transport of two connections, and what its other side has accepted."""
    if request.param == "file":
        files = file_transport(tmp_path)
        yield files, lambda: [path.read_bytes() for path in sorted(tmp_path.glob("*.eml"))]
        files.close()
        return
    with Sink() as sink:
        make = smtplib_transport if request.param == "smtplib" else Pipelined
        transport = make(Server(host=sink.host, port=sink.port, tls="none", timeout=10, local_name="example.com"), 2)
        yield transport, lambda: [accepted.data for accepted in sink.mails]
        transport.close()


def wait_for(transport: Transport, count: int = 1) -> list[Event]:
    """The next events, at least `count` of them."""
    found: list[Event] = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        found += transport.wait(0.5)
    assert len(found) >= count
    return found


def test_nothing_is_accepted_before_the_dot_and_everything_after(pair: tuple[Transport, Accepted]) -> None:
    transport, accepted = pair
    transport.begin(7, mail())
    assert wait_for(transport) == [Event(7, What.READY)]
    assert accepted() == []
    transport.finish(7)
    (event,) = wait_for(transport)
    assert (event.ticket, event.what) == (7, What.ANSWERED)
    assert event.reply
    assert event.reply.code == 250
    assert accepted() == [mail().data]


def test_what_is_abandoned_is_not_accepted_and_the_next_one_is(pair: tuple[Transport, Accepted]) -> None:
    transport, accepted = pair
    transport.begin(1, mail(1))
    wait_for(transport)
    transport.abandon(1)
    transport.begin(2, mail(2))
    assert wait_for(transport) == [Event(2, What.READY)]
    transport.finish(2)
    wait_for(transport)
    assert accepted() == [mail(2).data]


@pytest.mark.parametrize(
    "body",
    [b".\r\n", b"..\r\n.x\r\n", b".", b"\r\n.\r\nQUIT\r\n", b"no line end", b"x" * 900_000 + b"\r\n", b"\r\n\r\n"],
)
def test_every_body_arrives_as_it_is(pair: tuple[Transport, Accepted], body: bytes) -> None:
    transport, accepted = pair
    message = mail(1, body)
    transport.begin(1, message)
    wait_for(transport)
    transport.finish(1)
    wait_for(transport)
    (data,) = accepted()
    assert data.removesuffix(b"\r\n") == message.data.removesuffix(b"\r\n")


def test_many_messages_over_few_connections(pair: tuple[Transport, Accepted]) -> None:
    transport, accepted = pair
    todo, done = list(range(20)), 0
    while done < 20:
        while todo and transport.room():
            transport.begin(todo[0], mail(todo.pop(0)))
        for event in wait_for(transport):
            if event.what is What.READY:
                transport.finish(event.ticket)
            else:
                assert event.what is What.ANSWERED
                done += 1
    assert sorted(accepted()) == sorted(mail(number).data for number in range(20))


def test_the_room_is_kept_and_comes_back(pair: tuple[Transport, Accepted]) -> None:
    transport, _ = pair
    room = transport.room()
    assert room >= transport.connections
    transport.begin(1, mail())
    assert transport.room() == room - 1
    wait_for(transport)
    transport.finish(1)
    wait_for(transport)
    assert transport.room() == room


def test_what_was_begun_is_withdrawn_or_ready_and_never_accepted(pair: tuple[Transport, Accepted]) -> None:
    transport, accepted = pair
    tickets = list(range(transport.room()))
    for ticket in tickets:
        transport.begin(ticket, mail(ticket))
    wait_for(transport)
    withdrawn = transport.withdraw()
    assert set(withdrawn) <= set(tickets)
    transport.close()
    assert accepted() == []


def test_another_thread_can_wake_it(pair: tuple[Transport, Accepted]) -> None:
    transport, _ = pair
    threading.Timer(0.05, transport.wake).start()
    began = time.monotonic()
    assert transport.wait(20) == []
    assert time.monotonic() - began < 10


def test_one_mail_outside_the_ledger(pair: tuple[Transport, Accepted]) -> None:
    transport, accepted = pair
    assert send_one(transport, mail()).code == 250
    assert accepted() == [mail().data]


def test_one_mail_that_is_refused_says_why() -> None:
    with Sink(script=lambda step: "550 5.1.1 nobody" if step.name == "rcpt" else None) as sink:
        server = Server(host=sink.host, port=sink.port, tls="none", local_name="example.com")
        with pytest.raises(DeliveryError, match=r"550 5\.1\.1 nobody"):
            send_one(Pipelined(server, 1), mail())


def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        send_one(file_transport(tmp_path), mail())
    assert [path.name for path in tmp_path.iterdir()] == ["1@example.com.eml"]


def test_pipelining_saves_round_trips_and_is_used_only_where_offered() -> None:
    for extensions in (("PIPELINING",), ()):
        with Sink(extensions=extensions) as sink:
            send_one(Pipelined(Server(host=sink.host, port=sink.port, tls="none", local_name="x.com"), 1), mail())
            assert [step.name for step in sink.steps if step.name != "quit"] == [
                "connect", "ehlo", "mail", "rcpt", "data", "body", "dot",
            ]  # fmt: skip
