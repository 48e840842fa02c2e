"""The send ledger's contract, over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.exc import IntegrityError

from jobdigest.errors import DeliveryError
from jobdigest.model import Delivery, DeliveryState, Limit, Outcome
from jobdigest.store import Store, claims, ledger, rates, suppressions
from jobdigest.store.schema import deliveries, subscribers
from jobdigest.store.sending import SendingLedger
from support.sending import EDITION, KEYS, SLOT, addresses, column, freeze, open_at, problems, states

NOW = SLOT
DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_at(request.param, tmp_path)
    yield opened
    assert problems(opened) == []  # the states sum to the frozen audience after every test
    opened.close()


def alive(_: str) -> bool | None:
    return None


def sender(store: Store, owner: str = "a") -> SendingLedger:
    return SendingLedger(store, EDITION, owner, alive)


def claim(
    store: Store, n: int = 10, owner: str = "a", now: Any = NOW, limits: Any = (), domains: Any = None
) -> list[Delivery]:
    with store.begin() as conn:
        ledger.start(conn, EDITION)
    taken = sender(store, owner).claim(n, limits, domains or {}, now=now, calendar=now, late_before=now - DAY)
    assert taken is not None
    return taken


def settle(
    store: Store, ready: list[int], outcomes: list[Outcome], owner: str = "a", now: Any = NOW, **options: Any
) -> set[int]:
    values: dict[str, Any] = {"unsent": [], "stop": None, "patience": timedelta(hours=12)} | options
    return sender(store, owner).settle(ready, outcomes, now=now, **values)


def accepted(delivery: Delivery) -> Outcome:
    return Outcome(
        delivery=delivery, state=DeliveryState.ACCEPTED, answer="250 2.0.0 Ok: queued as 4ABC", queue_id="4ABC"
    )


def deferred(delivery: Delivery, minutes: int = 5) -> Outcome:
    return Outcome(
        delivery=delivery,
        state=DeliveryState.PENDING,
        reason="rcpt: 450 4.2.0 later",
        retry_at=NOW + timedelta(minutes=minutes),
        tried=True,
    )


def set_reader(store: Store, who: str, **values: Any) -> None:
    with store.begin() as conn:
        conn.execute(update(subscribers).where(subscribers.c.email == who).values(**values))


def test_the_way_of_an_accepted_delivery(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store)
    assert (delivery.email, delivery.name, delivery.shown, delivery.attempts) == (
        "reader0@example.org",
        "Ada",
        b"\x07",
        0,
    )
    assert settle(store, [delivery.id], []) == {delivery.id}
    assert states(store) == {"reader0@example.org": "sending"}
    settle(store, [], [accepted(delivery)])
    with store.read() as conn:
        (row,) = ledger.rows(conn)
    assert (row["state"], row["attempts"], row["answer"]) == ("accepted", 1, "250 2.0.0 Ok: queued as 4ABC")
    assert row["message_id"] == f"<2026-W48.{delivery.subscriber_id}.{delivery.address_hash[:6].hex()}@example.com>"
    assert row["updated"].endswith("Z")
    assert column(store, "queue_id") == {"reader0@example.org": "4ABC"}


def test_accepted_moves_caught_up_to_and_nothing_else_does(store: Store) -> None:
    freeze(store, addresses(2))
    first, second = claim(store)
    settle(store, [first.id, second.id], [])
    settle(store, [], [accepted(first), Outcome(delivery=second, state=DeliveryState.FAILED, reason="dot: 554 no")])
    with store.read() as conn:
        moved = dict(
            conn.execute(subscribers.select().with_only_columns(subscribers.c.email, subscribers.c.caught_up_to)).all()
        )
    assert moved == {first.email: EDITION, second.email: None}


def test_an_older_edition_never_moves_caught_up_to_back(store: Store) -> None:
    freeze(store, addresses(1))
    set_reader(store, "reader0@example.org", caught_up_to="2026-W49")
    (delivery,) = claim(store)
    settle(store, [], [accepted(delivery)])
    with store.read() as conn:
        assert conn.execute(subscribers.select()).one().caught_up_to == "2026-W49"


def test_the_audience_is_frozen_once(store: Store) -> None:
    freeze(store, addresses(1))
    with store.read() as conn:
        row = conn.execute(deliveries.select()).one()._asdict()
    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(insert(deliveries).values({**row, "id": 99, "subscriber_id": 99}))  # same address
    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(insert(deliveries).values({**row, "id": 99, "address_hash": b"x" * 16}))  # same reader


def test_skipped_at_the_freeze_is_counted_and_never_claimed(store: Store) -> None:
    freeze(store, addresses(3), change=lambda number: {"skip": "too_few"} if number == 2 else {})
    assert {delivery.subscriber_id for delivery in claim(store)} == {1, 3}
    assert column(store, "reason")["reader1@example.org"] == "too_few"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "unsubscribed"}, "unsubscribed"),
        ({"state": "complained"}, "complained"),
        ({"state": "bounced"}, "bounced"),
        ({"state": "pending"}, "pending"),
        ({"state": "snoozed", "snoozed_until": date(2026, 12, 24)}, "snoozed"),
        ({"address_hash": b"another address!"}, "address_changed"),
        ({"email": None}, "forgotten"),
    ],
)
def test_an_address_that_no_longer_wants_mail_is_skipped_at_the_claim(
    store: Store, change: dict[str, Any], reason: str
) -> None:
    freeze(store, addresses(2))
    set_reader(store, "reader0@example.org", **change)
    assert [delivery.email for delivery in claim(store)] == ["reader1@example.org"]
    with store.read() as conn:
        assert [row["reason"] for row in ledger.rows(conn, state="skipped")] == [reason]


def test_a_snooze_that_is_over_is_no_reason(store: Store) -> None:
    freeze(store, addresses(1))
    set_reader(store, "reader0@example.org", state="snoozed", snoozed_until=NOW.date())
    assert len(claim(store)) == 1


def test_suppressed_addresses_are_skipped_until_the_suppression_expires(store: Store) -> None:
    freeze(store, addresses(3))
    hashes = [KEYS.address_hash(email) for email in addresses(3)]
    with store.begin() as conn:
        suppressions.suppress(conn, hashes[0], "bounced", "5.1.1", NOW, NOW + DAY)
        suppressions.suppress(conn, hashes[1], "bounced", "5.1.1", NOW - 2 * DAY, NOW - DAY)
    assert [delivery.email for delivery in claim(store)] == ["reader1@example.org", "reader2@example.org"]
    assert column(store, "reason")["reader0@example.org"] == "suppressed"


def test_stale_news_is_not_sent(store: Store) -> None:
    freeze(store, addresses(1))
    assert claim(store, now=SLOT + DAY + timedelta(minutes=1)) == []
    assert column(store, "reason") == {"reader0@example.org": "late"}


def test_nothing_is_claimed_before_its_time(store: Store) -> None:
    freeze(store, addresses(2), change=lambda number: {"not_before": SLOT + timedelta(hours=number)})
    assert claim(store) == []
    with store.read() as conn:
        assert claims.next_wait(conn, EDITION, NOW, NOW) == timedelta(hours=1)
    assert [delivery.subscriber_id for delivery in claim(store, now=SLOT + timedelta(hours=1))] == [1]


def test_an_edition_is_not_sent_while_another_sender_claims_the_rest(store: Store) -> None:
    """The other claims after each statement of the one that asks whether anything is left."""
    if store.is_sqlite:
        pytest.skip("a write transaction of SQLite has the database to itself")
    freeze(store, addresses(3))
    with store.begin() as conn:
        ledger.start(conn, EDITION)
    waiting, theirs = ["b"], list[Delivery]()

    def other(*_: Any) -> None:
        if waiting:
            theirs.extend(claim(store, owner=waiting.pop()))

    event.listen(store.engine, "after_cursor_execute", other)
    assert sender(store, "a").next_wait(NOW, NOW) == timedelta()
    assert len(theirs) == 3
    assert sender(store, "a").next_wait(NOW, NOW) == claims.LEASE
    with store.begin() as conn:
        assert not ledger.finish(conn, EDITION, NOW)
    ids = {delivery.id for delivery in theirs}
    assert settle(store, sorted(ids), [], owner="b") == ids


def test_two_owners_never_hold_the_same_row(store: Store) -> None:
    freeze(store, addresses(10))
    first, second = claim(store, 6, "a"), claim(store, 6, "b")
    assert (len(first), len(second)) == (6, 4)
    assert not {delivery.id for delivery in first} & {delivery.id for delivery in second}


def test_a_mark_needs_the_claim(store: Store) -> None:
    freeze(store, addresses(2))
    mine, other = claim(store, 1, "a"), claim(store, 1, "b")
    assert settle(store, [mine[0].id, other[0].id], [], "a") == {mine[0].id}
    assert settle(store, [mine[0].id], [], "a") == set()  # and it stands once


def test_an_owner_that_lost_its_lease_cannot_send(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store, owner="slow")
    later = NOW + claims.LEASE + timedelta(seconds=1)
    assert [d.id for d in claim(store, owner="quick", now=later)] == [delivery.id]
    assert settle(store, [delivery.id], [], "slow", later) == set()
    assert settle(store, [delivery.id], [], "quick", later) == {delivery.id}


def test_the_dead_are_taken_over_at_once_and_the_unknown_after_their_lease(store: Store) -> None:
    freeze(store, addresses(4))
    for owner in ("dead", "far"):
        sending, _ = claim(store, 2, owner)
        settle(store, [sending.id], [], owner)

    def life(owner: str) -> bool | None:
        return {"dead": False, "far": None}[owner]

    with store.begin() as conn:
        assert claims.take_over(conn, EDITION, "new", NOW, life) == 1
    assert sorted(states(store).values()) == ["in_doubt", "pending", "pending", "sending"]
    assert len(claim(store, owner="new")) == 1
    with store.begin() as conn:
        assert claims.take_over(conn, EDITION, "new", NOW + claims.LEASE + timedelta(seconds=1), life) == 1
    assert sorted(states(store).values()) == ["in_doubt", "in_doubt", "pending", "pending"]


def test_a_lease_written_by_a_wrong_clock_does_not_last(store: Store) -> None:
    freeze(store, addresses(1))
    claim(store, owner="tomorrow", now=NOW + timedelta(hours=20))
    assert len(claim(store, owner="today")) == 1


def test_who_asked_the_server_knows_best(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store, owner="stalled")
    settle(store, [delivery.id], [], "stalled")
    with store.begin() as conn:
        claims.take_over(conn, EDITION, "new", NOW + DAY, alive)
    assert list(states(store).values()) == ["in_doubt"]
    settle(store, [], [accepted(delivery)], "stalled", NOW + DAY)
    assert list(states(store).values()) == ["accepted"]


def test_a_settlement_repeated_after_a_lost_commit_changes_nothing(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store)
    for _ in range(2):
        settle(store, [], [deferred(delivery)])
    assert column(store, "attempts") == {"reader0@example.org": 1}


def test_a_mark_whose_dot_was_not_sent_is_given_back(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store)
    settle(store, [delivery.id], [])
    settle(store, [], [], unsent=[delivery.id])
    assert list(states(store).values()) == ["pending"]
    assert len(claim(store, owner="b")) == 1


def test_a_deferred_recipient_waits_and_then_gives_up(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store)
    settle(store, [], [deferred(delivery)])
    assert claim(store) == []
    with store.read() as conn:
        assert claims.next_wait(conn, EDITION, NOW, NOW) == timedelta(minutes=5)
    (again,) = claim(store, now=NOW + timedelta(minutes=6))
    assert again.attempts == 1
    settle(store, [], [replace(deferred(again), retry_at=NOW + timedelta(hours=13))])
    (failed,) = column(store, "reason").values()
    assert failed == "gave up after 12 h; rcpt: 450 4.2.0 later"
    assert list(states(store).values()) == ["failed"]


def test_no_such_address_suppresses_and_bounces_the_reader(store: Store) -> None:
    freeze(store, addresses(1))
    (delivery,) = claim(store)
    no = Outcome(
        delivery=delivery, state=DeliveryState.FAILED, reason="rcpt: 550 5.1.1 who?", tried=True, no_such_address=True
    )
    settle(store, [], [no])
    with store.read() as conn:
        assert conn.execute(subscribers.select()).one().state == "bounced"


@pytest.mark.parametrize(
    ("act", "state"), [(ledger.pause, "paused"), (lambda c, e: ledger.stop(c, e, "why"), "stopped")]
)
def test_a_paused_or_stopped_edition_marks_and_claims_nothing_until_resumed(store: Store, act: Any, state: str) -> None:
    freeze(store, addresses(2))
    (delivery,) = claim(store, 1)
    with store.begin() as conn:
        act(conn, EDITION)
        assert ledger.edition_state(conn, EDITION)[0] == state
    assert settle(store, [delivery.id], []) == set()
    assert sender(store).claim(5, (), {}, now=NOW, calendar=NOW, late_before=NOW - DAY) is None
    with store.begin() as conn:
        assert ledger.resume(conn, EDITION)
    assert settle(store, [delivery.id], []) == {delivery.id}


def test_cancelling_skips_what_is_pending_and_only_that(store: Store) -> None:
    freeze(store, addresses(3))
    first, second = claim(store, 2)
    settle(store, [first.id, second.id], [])
    settle(store, [], [accepted(first)])
    with store.begin() as conn:
        assert ledger.cancel(conn, EDITION, NOW) == 1
    assert sorted(states(store).values()) == ["accepted", "sending", "skipped"]
    settle(store, [], [accepted(second)])
    assert sorted(states(store).values()) == ["accepted", "accepted", "skipped"]


@pytest.mark.parametrize(("resend", "state"), [(True, "pending"), (False, "accepted")])
def test_the_operator_resolves_what_is_in_doubt(store: Store, resend: bool, state: str) -> None:
    freeze(store, addresses(2))
    held = claim(store)
    settle(store, [delivery.id for delivery in held], [])
    settle(store, [], [Outcome(delivery=delivery, state=DeliveryState.IN_DOUBT, reason="lost") for delivery in held])
    with store.begin() as conn:
        assert ledger.resolve(conn, EDITION, NOW, resend=resend, address_hash=held[0].address_hash) == 1
    assert states(store) == {held[0].email: state, held[1].email: "in_doubt"}


def test_a_second_sender_hears_of_the_first(store: Store) -> None:
    freeze(store, addresses(1))
    assert sender(store, "a").open(NOW, alongside=False) is None
    assert sender(store, "b").open(NOW, alongside=False) == "a"
    assert sender(store, "c").open(NOW, alongside=True) is None
    sender(store, "a").close()
    sender(store, "c").close()
    assert sender(store, "b").open(NOW, alongside=False) is None


def test_limits_hold_over_owners_and_windows(store: Store) -> None:
    freeze(store, [*addresses(5), *addresses(5, "gmail.com")])
    limits, domains = (Limit("all", 1, 4),), {"gmail.com": Limit("gmail", 1, 1)}
    first = claim(store, 10, "a", limits=limits, domains=domains)
    assert sorted(delivery.email.rpartition("@")[2] for delivery in first) == ["example.org"] * 3 + ["gmail.com"]
    assert claim(store, 10, "b", limits=limits, domains=domains) == []
    assert len(claim(store, 10, "b", NOW + timedelta(seconds=1), limits, domains)) == 3
    with store.begin() as conn:
        assert rates.remaining(conn, limits, NOW) == {"all": 0}


def test_an_unknown_edition_is_named(store: Store) -> None:
    with pytest.raises(DeliveryError, match="2031-W01"), store.read() as conn:
        ledger.edition_state(conn, "2031-W01")


def test_check_finds_a_lost_row(store: Store) -> None:
    freeze(store, addresses(2))
    with store.begin() as conn:
        row = conn.execute(deliveries.select().limit(1)).one()._asdict()
        conn.execute(deliveries.delete().where(deliveries.c.id == row["id"]))
    assert problems(store) == ["2026-W48: 1 deliveries, but 2 were frozen: {'pending': 1}"]
    with store.begin() as conn:
        conn.execute(insert(deliveries).values(row))
