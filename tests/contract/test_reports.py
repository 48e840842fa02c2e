"""Reports that come back, in the store's contract over SQLite and PostgreSQL: what each does to a reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobdigest.store import Store, suppressions
from jobdigest.store import subscribers as store_subscribers
from jobdigest.store.schema import deliveries, subscribers
from jobdigest.store.sending import SendingLedger
from support.sending import EDITION, KEYS, SLOT, addresses, freeze, open_at, problems

NOW = SLOT


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_at(request.param, tmp_path)
    yield opened
    assert problems(opened) == []
    opened.close()


def note(store: Store, kind: str, number: int, edition: str = EDITION, now: Any = NOW) -> str:
    with store.begin() as conn:
        who = KEYS.address_hash("reader0@example.org")
        return suppressions.note_report(conn, kind, who, edition, "evidence", f"report {number}", now)


def standing(store: Store) -> tuple[str, int]:
    with store.read() as conn:
        hashes = [KEYS.address_hash("reader0@example.org")]
        return conn.execute(subscribers.select()).one().state, len(store_subscribers.suppressed(conn, hashes, NOW))


@pytest.mark.parametrize(
    ("kind", "effect", "end"),
    [
        ("hard", "suppressed", ("bounced", 1)),
        ("complaint", "suppressed", ("complained", 1)),
        ("unsubscribe", "unsubscribed", ("unsubscribed", 0)),
        ("soft", "noted", ("active", 0)),
    ],
)
def test_what_a_report_does(store: Store, kind: str, effect: str, end: tuple[str, int]) -> None:
    freeze(store, addresses(1))
    assert note(store, kind, 1) == effect
    assert note(store, kind, 1) == "known already"
    assert standing(store) == end


def test_three_editions_that_come_back_suppress_for_a_while(store: Store) -> None:
    freeze(store, addresses(1))
    for number, edition in enumerate(("2026-W45", "2026-W45", "2026-W46")):
        assert note(store, "soft", number, edition) == "noted"
    assert note(store, "soft", 9, "2026-W47") == "suppressed"
    assert standing(store) == ("active", 1)
    sender = SendingLedger(store, EDITION, "a", lambda _: None)
    sender.open(NOW, alongside=False)
    assert sender.claim(10, (), {}, now=NOW, calendar=NOW, late_before=NOW - timedelta(days=1)) == []
    with store.read() as conn:
        later = NOW + suppressions.SOFT_WINDOW
        assert not store_subscribers.suppressed(conn, [KEYS.address_hash("reader0@example.org")], later)


def test_old_soft_bounces_are_forgotten(store: Store) -> None:
    freeze(store, addresses(1))
    for number, edition in enumerate(("2026-W30", "2026-W31")):
        assert note(store, "soft", number, edition, NOW - timedelta(days=90)) == "noted"
    assert note(store, "soft", 9) == "noted"


def test_only_a_tag_of_ours_names_a_reader(store: Store) -> None:
    freeze(store, addresses(1))
    with store.read() as conn:
        row = conn.execute(deliveries.select()).one()
        assert suppressions.whose(conn, EDITION, row.subscriber_id, row.address_hash[:6]) == row.address_hash
        assert suppressions.whose(conn, "2020-W01", row.subscriber_id, row.address_hash[:6]) == row.address_hash
        assert suppressions.whose(conn, EDITION, row.subscriber_id, b"guess!") is None
        assert suppressions.whose(conn, EDITION, 99, row.address_hash[:6]) is None
