"""Editions in the store, on a real SQLite: frozen once, read back whole, and who has been shown what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from jobdigest.errors import StoreError
from jobdigest.model import Job
from jobdigest.store import editions
from jobdigest.store.engine import Store, open_store
from jobdigest.store.schema import deliveries, postings
from support.editions import KEY, SLOT, job, jobs

NOW = datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/digest.db")
    yield opened
    opened.close()


def save(conn: Any, key: str = KEY, some: list[Job] | None = None) -> None:
    editions.save_frozen(
        conn,
        key=key,
        slot=SLOT,
        frozen_at=NOW,
        content_hash="abc",
        compiled=b"fragments",
        jobs=jobs(4) if some is None else some,
        stats={"closed": 3},
        note="Hello",
    )


def deliver(conn: Any, key: str, subscriber: int, shown: bytes, state: str = "accepted") -> None:
    conn.execute(
        insert(deliveries).values(
            edition=key, subscriber_id=subscriber, address_hash=subscriber.to_bytes(16, "big"), domain="x", state=state,
            language="en", shown=shown, key_id="00", not_before=SLOT, message_id=f"<{key}.{subscriber}>", updated=NOW,
        )
    )  # fmt: skip


def test_an_edition_comes_back_as_it_was(store: Store) -> None:
    with store.begin() as conn:
        save(conn)
    with store.read() as conn:
        found = editions.load(conn, KEY)
        assert found is not None
        assert (found.key, found.slot, found.state, found.frozen_at) == (KEY, SLOT, "frozen", NOW)
        assert (found.stats, found.note, found.correction) == ({"closed": 3}, "Hello", None)
        assert editions.load_compiled(conn, KEY) == b"fragments"
        assert editions.items(conn, KEY) == jobs(4)
        assert editions.load(conn, "2026-W01") is None
        assert editions.load_compiled(conn, "2026-W01") is None


def test_an_edition_is_frozen_once(store: Store) -> None:
    with store.begin() as conn:
        save(conn)
    with pytest.raises(Exception, match="UNIQUE"), store.begin() as conn:
        save(conn)


def test_the_editions_before(store: Store) -> None:
    with store.begin() as conn:
        for key in ("2026-W46", "2026-W47", "2026-W48"):
            save(conn, key, [])
        conn.exec_driver_sql("UPDATE editions SET state = 'cancelled' WHERE key = '2026-W47'")
    with store.read() as conn:
        assert [found.key for found in editions.previous(conn, 5)] == ["2026-W48", "2026-W46"]
        assert [found.key for found in editions.previous(conn, 5, before="2026-W48")] == ["2026-W46"]
        assert [found.key for found in editions.previous(conn, 1)] == ["2026-W48"]


def test_announcing_marks_postings_once(store: Store) -> None:
    row = {
        "source": "s", "raw_hash": b"", "job_id": "j", "title": "t", "company_key": "c", "in_scope": True,
        "role_evidence": "", "places": [], "safety": "ok", "safety_reasons": [], "direct": True, "role_key": 1,
        "first_seen": NOW, "last_seen": NOW, "identity_keys": b"",
    }  # fmt: skip
    known = {column.name for column in postings.c}
    with store.begin() as conn:
        rows = [{**row, "id": n, "source_id": str(n), "role_key": n} for n in range(1, 1203)]
        conn.execute(insert(postings), [{k: v for k, v in r.items() if k in known} for r in rows])
        assert editions.announce(conn, "2026-W47", [1]) == 1
        assert editions.announce(conn, KEY, range(1, 1203)) == 1201
        found = dict(conn.execute(select(postings.c.id, postings.c.announced_in)).all())
    assert found[1] == "2026-W47"
    assert found[2] == found[1202] == KEY


def test_a_correction_is_kept(store: Store) -> None:
    with store.begin() as conn:
        save(conn)
        editions.correct(conn, KEY, "The pay was wrong.")
        found = editions.load(conn, KEY)
    assert found is not None
    assert found.correction == "The pay was wrong."


def test_shown_before_under_any_posting_of_the_job(store: Store) -> None:
    """Job 1 was two postings last week; now one of them, under another job, is item 0 of the new edition."""
    with store.begin() as conn:
        save(conn, "2026-W47", [job(0, posting_ids=(1, 2)), job(1, posting_ids=(3,)), job(2, posting_ids=(9,))])
        deliver(conn, "2026-W47", 1, b"\x01")
        deliver(conn, "2026-W47", 2, b"\x07", "in_doubt")
        deliver(conn, "2026-W47", 3, b"\x07", "failed")
        deliver(conn, "2026-W47", 4, b"\x04")
        deliver(conn, "2026-W47", 5, b"", "skipped")
    bits = {2: 0b01, 3: 0b10}
    with store.read() as conn:
        seen = editions.ShownBefore(conn, bits)
        assert seen.of_range(1, 100) == {1: 0b01, 2: 0b11}
        assert seen.of_range(2, 2) == {2: 0b11}


def test_nothing_was_shown_before_the_first_edition(store: Store) -> None:
    with store.read() as conn:
        assert editions.ShownBefore(conn, {1: 1}).of_range(0, 10**9) == {}


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a database address"):
        open_store("nonsense", tmp_path)


@given(st.integers(0, 30), st.booleans())
@settings(max_examples=31)
def test_jobs_survive_json(number: int, pinned: bool) -> None:
    one = job(number, pinned=pinned)
    assert editions.job_from_json(editions.job_to_json(one)) == one
