"""A frozen edition in a fresh database, for tests of the ledger, the send loop and the transports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import insert, select

from jobdigest.deliver import owner, send
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.message import Sender, build, message_id_for
from jobdigest.deliver.policy import Policy
from jobdigest.deliver.send import Summary
from jobdigest.deliver.transports.base import Transport
from jobdigest.model import Delivery, Message, Parts
from jobdigest.store import Store, ledger, open_store
from jobdigest.store.schema import deliveries, editions, subscribers
from jobdigest.store.sending import SendingLedger
from jobdigest.subscribers.tokens import Keys
from support import postgres

EDITION = "2026-W48"
SLOT = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEYS = Keys([b"a secret for tests"])
SENDER = Sender(
    newsletter="AI Jobs Weekly",
    from_="AI Jobs Weekly <jobs@example.com>",
    base_url="https://jobs.example.com",
    keys=KEYS,
    bounce_address="bounces@example.com",
)
PARTS = Parts(subject="3 new AI jobs", text=b"Hello\r\n.dot first\r\n", html=b"<p>Hello</p>\r\n" * 20)


class QuickClock(Clock):
    """Real time that jumps over its own waits: nobody sleeps in a test, and every wait is as long as it says."""

    def __init__(self, calendar: datetime | None = None) -> None:
        self.skipped = 0.0
        super().__init__(calendar or SLOT)

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.skipped)

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped

    def sleep(self, seconds: float, until: Event) -> None:
        if not until.is_set():
            self.skipped += seconds


def open_at(kind: str, folder: Path) -> Store:
    """A fresh store on `sqlite` or `postgresql`."""
    return open_store(f"sqlite:///{folder}/digest.db" if kind == "sqlite" else postgres.database())


def freeze(
    store: Store,
    addresses: Iterable[str],
    edition: str = EDITION,
    change: Callable[[int], dict[str, Any]] | None = None,
) -> None:
    """Active subscribers at these addresses and an edition frozen for all of them."""
    now = SLOT - timedelta(hours=1)
    people = [
        {"email": email, "address_hash": KEYS.address_hash(email), "state": "active", "preferences": {}, "created": now}
        for email in addresses
    ]
    with store.begin() as conn:
        conn.execute(insert(subscribers), people)
        conn.execute(
            insert(editions).values(
                key=edition, slot=SLOT, state="frozen", frozen_at=now, content_hash="0", compiled=b"", stats={}
            )
        )
        known = conn.execute(select(subscribers.c.id, subscribers.c.email, subscribers.c.address_hash)).all()
        ledger.freeze(conn, edition, (_recipient(edition, *row, change) for row in known), now)


def _recipient(
    edition: str, number: int, email: str, address_hash: bytes, change: Callable[[int], dict[str, Any]] | None
) -> ledger.Recipient:
    fields: dict[str, Any] = {
        "subscriber_id": number,
        "address_hash": address_hash,
        "domain": email.rpartition("@")[2],
        "language": "en",
        "name": "Ada",
        "shown": b"\x07",
        "key_id": KEYS.newest.hex(),
        "not_before": SLOT,
        "message_id": message_id_for(edition, number, address_hash, SENDER.domain),
    }
    return ledger.Recipient(**fields | (change(number) if change else {}))


def make_message(delivery: Delivery) -> Message:
    """The mail of every delivery in these tests."""
    return build(PARTS, delivery, SENDER)


def run(
    store: Store, transport: Transport, edition: str = EDITION, policy: Policy | None = None, **options: Any
) -> Summary:
    """The send loop as the composition root wires it, on a clock that does not wait."""
    ledger_of_one = SendingLedger(store, edition, owner.new_owner(), owner.alive)
    options = {"clock": QuickClock()} | options
    return send.run(ledger_of_one, make_message, transport, policy or Policy(), **options)


def addresses(n: int, domain: str = "example.org") -> list[str]:
    """`n` different readers."""
    return [f"reader{i}@{domain}" for i in range(n)]


def states(store: Store, edition: str = EDITION) -> dict[str, str]:
    """State by address."""
    with store.read() as conn:
        return {row["address"]: row["state"] for row in ledger.rows(conn, edition)}


def problems(store: Store) -> list[str]:
    """What `digest deliveries --check` would say."""
    with store.read() as conn:
        return ledger.check(conn)


def column(store: Store, name: str, edition: str = EDITION) -> dict[str, Any]:
    """One column of the ledger by address."""
    query = select(subscribers.c.email, deliveries.c[name]).join_from(
        deliveries, subscribers, subscribers.c.id == deliveries.c.subscriber_id
    )
    with store.read() as conn:
        return dict(conn.execute(query.where(deliveries.c.edition == edition)).all())
