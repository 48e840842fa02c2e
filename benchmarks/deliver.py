"""Sending, measured against postfix's `smtp-source` in the same run.

    python -m benchmarks.deliver [-n MAILS] [-r ROUNDS] [-c CONNECTIONS] [--readers AUDIENCE] [--nodemailer FOLDER]

Every mail of ours is personal (its own headers, token and slots in the body), goes through the ledger with durable
marks, and is as large as the one constant mail that `smtp-source` sends. Peers take turns (A B C A B C); figures are
medians. The sink is postfix's `smtp-sink`. Further: freezing, and memory over a large audience with a transport that
accepts everything at once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
from sqlalchemy import insert

from jobdigest.deliver import owner, send
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.dkim import Signer, keygen
from jobdigest.deliver.message import Sender, build, message_id_for
from jobdigest.deliver.policy import Policy
from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.base import Event, What
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from jobdigest.model import Delivery, Message, Parts
from jobdigest.store import Store, ledger, open_store
from jobdigest.store.schema import editions, subscribers
from jobdigest.store.sending import SendingLedger
from jobdigest.subscribers.tokens import UNSUBSCRIBE, Keys

USUAL = "EmailMessage, dkimpy (RSA-2048), smtplib in a loop"
NODE = "nodemailer, a pool of 10, its DKIM (RSA-2048)"
EDITION = "2026-W48"
SLOT = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEYS = Keys([b"a benchmark's key"])
SENDER = Sender(
    newsletter="AI Jobs Weekly", from_="AI Jobs Weekly <jobs@example.com>", base_url="https://x.example.com", keys=KEYS
)
_PIECE = (b"<p>A job at a company in a place, worth reading =E2=80=93 more</p>\r\n" * 100,)
TEXT = b"A job at a company in a place, worth reading =E2=80=93 more\r\n" * 130


def make_message(delivery: Delivery, signers: list[Signer]) -> Message:
    """About 55 KB; the reader's link in the middle of both bodies, as the assembled edition has it."""
    link = KEYS.sign(UNSUBSCRIBE, delivery.subscriber_id).encode()
    html = b"".join((*_PIECE * 4, b"<p>", link, b"</p>\r\n", *_PIECE * 3))
    return build(
        Parts(subject="24 new AI jobs", text=TEXT + link + b"\r\n", html=html, dotless=True), delivery, SENDER, signers
    )


def freeze(store: Store, readers: int) -> float:
    """An audience of this size; the seconds that `ledger.freeze` took."""
    with store.begin() as conn:
        conn.execute(
            insert(editions).values(
                key=EDITION, slot=SLOT, state="frozen", frozen_at=SLOT, content_hash="0", compiled=b"", stats={}
            )
        )
        for start in range(0, readers, 10_000):
            conn.execute(insert(subscribers), [_subscriber(i) for i in range(start, min(start + 10_000, readers))])
        began = time.perf_counter()
        ledger.freeze(conn, EDITION, (_recipient(i) for i in range(readers)), SLOT)
    return time.perf_counter() - began


def _subscriber(i: int) -> dict[str, object]:
    email = f"reader{i}@example.org"
    return {"id": i + 1, "email": email, "address_hash": KEYS.address_hash(email), "state": "active", "preferences": {},
            "created": SLOT}  # fmt: skip


def _recipient(i: int) -> ledger.Recipient:
    address_hash = KEYS.address_hash(f"reader{i}@example.org")
    return ledger.Recipient(
        subscriber_id=i + 1,
        address_hash=address_hash,
        domain="example.org",
        language="en",
        name=f"Reader {i}",
        shown=b"\xff\xff\xff",
        key_id=KEYS.newest.hex(),
        not_before=SLOT,
        message_id=message_id_for(EDITION, i + 1, address_hash, SENDER.domain),
    )


def pem_of(database: str, name: str) -> Path:
    """Where a round keeps its key."""
    return Path(f"{database.removeprefix('sqlite:///')}.{name}.pem")


def our_sender(
    database: str, port: int, connections: int, algorithms: tuple[str, ...], ready: Any, go: Any, done: Any
) -> None:
    """A sender process; says when it is ready, waits for the start, and says when all is sent."""
    signers = [Signer("example.com", name, pem_of(database, name).read_bytes()) for name in algorithms]
    store = open_store(database)
    server = Server(host="127.0.0.1", port=port, tls="none", local_name="example.com")
    ready.release()
    go.wait()
    send.run(
        SendingLedger(store, EDITION, owner.new_owner(), owner.alive),
        lambda delivery: make_message(delivery, signers),
        Pipelined(server, connections),
        Policy(),
        clock=Clock(SLOT),
    )
    done.release()


def ours(folder: Path, mails: int, port: int, connections: int, algorithms: tuple[str, ...] = ()) -> float:
    """Seconds that our sender needs for an edition that is already frozen."""
    database = f"sqlite:///{folder}/{time.monotonic_ns()}.db"
    store = open_store(database)
    freeze(store, mails)
    for name in algorithms:
        pem_of(database, name).write_bytes(keygen("example.com", name, name).private_pem)  # type: ignore[arg-type]
    context = multiprocessing.get_context("spawn")
    ready, go, done = context.Semaphore(0), context.Event(), context.Semaphore(0)
    sender = context.Process(target=our_sender, args=(database, port, connections, algorithms, ready, go, done))
    sender.start()
    ready.acquire()
    began = time.perf_counter()
    go.set()
    done.acquire()
    took = time.perf_counter() - began
    sender.join()
    with store.read() as conn:
        assert ledger.counts(conn, EDITION) == {"accepted": mails}, ledger.counts(conn, EDITION)
    store.close()
    return took


def smtp_source(mails: int, port: int, mail: Path) -> float:
    """Seconds that postfix's load generator needs for one constant mail of the same size."""
    began = time.perf_counter()
    command = ["smtp-source", "-d", "-s", "10", "-m", str(mails), "-F", str(mail), "-f", "a@example.com",
               "-t", "b@example.com", f"127.0.0.1:{port}"]  # fmt: skip
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def usual(mails: int, port: int) -> float:
    """Seconds of what most programs do: EmailMessage, dkimpy, smtplib, one after the other, and no ledger."""
    key = keygen("example.com", "rsa", "rsa").private_pem
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(mails):
            message = EmailMessage()
            message["From"], message["To"] = "a@example.com", f"reader{number}@example.org"
            message["Subject"], message["Message-ID"] = "24 new AI jobs", f"<{number}@example.com>"
            message.set_content(TEXT.decode().replace("=E2=80=93", "–") + f"{number}\n", cte="quoted-printable")
            html = (_PIECE[0] * 7).decode().replace("=E2=80=93", "–") + f"<p>{number}</p>\n"
            message.add_alternative(html, subtype="html", cte="quoted-printable")
            data = message.as_bytes(policy=policy.SMTP)
            signature = dkim.sign(data, b"rsa", b"example.com", key, include_headers=[b"from", b"to", b"subject"])
            smtp.sendmail("a@example.com", [f"reader{number}@example.org"], signature + data)
    return time.perf_counter() - began


def nodemailer(mails: int, port: int, folder: Path) -> float:
    """Seconds that nodemailer, installed in `folder` with npm, needs to compose, sign and send as many mails."""
    key = keygen("example.com", "rsa", "rsa").private_pem
    command = ["node", str(Path(__file__).with_name("nodemailer.js")), str(mails), str(port)]
    found = {**os.environ, "NODE_PATH": str(folder.resolve() / "node_modules")}
    done = subprocess.run(command, input=key, env=found, check=True, stdout=subprocess.PIPE)
    return mails / float(done.stdout)


@contextmanager
def sink() -> Iterator[int]:
    """postfix's smtp-sink on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", "-u", "root", f"127.0.0.1:{port}", "1000"])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait()


class Null:
    """A transport that accepts everything at once: what is measured is all but SMTP."""

    connections = 10

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._woken = threading.Event()

    def room(self) -> int:
        return 500 - len(self._events)

    def begin(self, ticket: int, message: Message) -> None:
        self._events.append(Event(ticket, What.READY))

    def finish(self, ticket: int) -> None:
        self._events.append(Event(ticket, What.ANSWERED, Reply(Phase.DOT, 250, "2.0.0 Ok: queued as NULL")))

    def abandon(self, ticket: int) -> None:
        raise AssertionError

    def wait(self, timeout: float) -> list[Event]:
        if not self._events:
            self._woken.wait(timeout)
        self._woken.clear()
        events, self._events = self._events, []
        return events

    def wake(self) -> None:
        self._woken.set()

    def withdraw(self) -> list[int]:
        return []

    def close(self) -> None:
        pass


def large_audience(folder: Path, readers: int) -> None:
    """Freeze and send to many with the null transport; prints times and the peak of resident memory."""
    store = open_store(f"sqlite:///{folder}/large.db")
    seconds = freeze(store, readers)
    sys.stdout.write(f"freezing {readers:,} recipients: {seconds:.1f} s\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    began = time.perf_counter()
    small = Parts(subject="3 jobs", text=b"text\r\n", html=b"<p></p>\r\n")
    send.run(
        SendingLedger(store, EDITION, owner.new_owner(), owner.alive),
        lambda delivery: build(small, delivery, SENDER),
        Null(),
        Policy(),
        clock=Clock(SLOT),
    )
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"sending to them through the ledger, null transport: {readers / took:,.0f} mails/s, ")
    sys.stdout.write(f"peak {peak} MB ({before} MB after the freeze)\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=10_000, help="mails per peer and round")
    parser.add_argument("-r", type=int, default=3, help="rounds")
    parser.add_argument("-c", type=int, default=40, help="our connections")
    parser.add_argument("--readers", type=int, default=100_000, help="audience of the memory figure; 0 skips it")
    parser.add_argument(
        "--nodemailer", type=Path, help="a folder where `npm install nodemailer` was run: a further peer"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.readers:
            worker = multiprocessing.get_context("spawn").Process(target=large_audience, args=(folder, options.readers))
            worker.start()
            worker.join()
        if shutil.which("smtp-sink") is None:
            sys.stdout.write("smtp-sink and smtp-source are not installed (Debian: postfix); the race is left out\n")
            return
        race(folder, options.n, options.r, options.c, options.nodemailer)


def race(folder: Path, mails: int, rounds: int, connections: int, node: Path | None) -> None:
    """All peers in turn; a table."""
    store = open_store(f"sqlite:///{folder}/one.db")
    freeze(store, 1)
    with store.begin() as conn:
        ledger.start(conn, EDITION)
    (one,) = (
        SendingLedger(store, EDITION, "x", owner.alive).claim(1, (), {}, now=SLOT, calendar=SLOT, late_before=SLOT)
        or []
    )
    mail = folder / "mail"
    data = make_message(one, []).data
    mail.write_bytes(re.sub(rb"\r\n", b"\n", data))
    with sink() as port:
        peers: dict[str, Callable[[], float]] = {
            "smtp-source -d -s 10": lambda: smtp_source(mails, port, mail),
            "unsigned": lambda: ours(folder, mails, port, connections),
            "Ed25519": lambda: ours(folder, mails, port, connections, ("ed25519",)),
            "RSA-2048": lambda: ours(folder, mails, port, connections, ("rsa",)),
        }
        if node:
            peers[NODE] = lambda: 10 * nodemailer(mails // 10, port, node)
        found: dict[str, list[float]] = {name: [] for name in (*peers, USUAL)}
        for _ in range(rounds):
            for name, peer in peers.items():
                found[name].append(mails / peer())
            found[USUAL].append(mails // 30 / usual(mails // 30, port))
    base = statistics.median(found["smtp-source -d -s 10"])
    sys.stdout.write(f"{mails:,} mails of {len(data):,} bytes, {rounds} rounds, {connections} connections of ours\n")
    sys.stdout.write("| peer | mails/s (median; min..max) | ratio |\n|---|---|---|\n")
    for name, rates in found.items():
        middle = statistics.median(rates)
        sys.stdout.write(f"| {name} | {middle:,.0f} ({min(rates):,.0f}..{max(rates):,.0f}) | {middle / base:.2f} |\n")


if __name__ == "__main__":
    main()
