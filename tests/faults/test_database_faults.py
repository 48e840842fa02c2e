"""A database that fails, fills up, hangs up or lies about the time while an edition is being sent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from jobdigest.deliver import owner, send
from jobdigest.deliver.policy import Policy
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from jobdigest.errors import StoreError
from jobdigest.store import Store
from jobdigest.store.sending import SendingLedger
from support import postgres
from support.sending import EDITION, QuickClock, addresses, freeze, make_message, open_at, problems, run, states
from support.smtp_sink import Sink, Step

READERS, CONNECTIONS = 12, 3
METHODS = ["claim", "settle", "next_wait", "standing", "state", "renew", "close"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_at("sqlite", tmp_path)
    freeze(opened, addresses(READERS))
    yield opened
    opened.close()


def transport(sink: Sink) -> Pipelined:
    return Pipelined(Server(host=sink.host, port=sink.port, tls="none", local_name="example.com"), CONNECTIONS)


def check(store: Store, sink: Sink) -> None:
    assert problems(store) == []
    assert max(Counter(sink.recipients).values(), default=0) <= 1
    assert Counter(states(store).values())["in_doubt"] <= CONNECTIONS


class Failing:
    """A real ledger whose `nth` call of one method fails, before it acts or after (a commit whose answer is lost)."""

    def __init__(self, ledger: SendingLedger, method: str, nth: set[int], *, after: bool) -> None:
        self._ledger, self._method, self._nth, self._after = ledger, method, nth, after
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._ledger, name)
        return self._call(real) if name == self._method else real

    def _call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            fails = self.calls in self._nth
            if fails and not self._after:
                raise StoreError("the database is gone")
            answer = real(*args, **options)
            if fails:
                raise StoreError("the database is gone, and nobody knows whether it had acted")
            return answer

        return call


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", [{1}, {2}, {3}, {2, 3, 4}, {1, 3, 5, 7, 9}])
@pytest.mark.parametrize("method", METHODS)
def test_a_call_that_fails_sends_nobody_twice_and_forgets_nobody(
    store: Store, method: str, nth: set[int], after: bool
) -> None:
    with Sink(script=lambda step: "450 4.2.0 later" if step.name == "rcpt" and step.nth == 4 else None) as sink:
        ledger: Any = Failing(SendingLedger(store, EDITION, owner.new_owner(), owner.alive), method, nth, after=after)
        try:
            send.run(ledger, make_message, transport(sink), Policy(), clock=QuickClock())
        except StoreError:
            assert method == "standing"  # the last words of a run, or its first look
        check(store, sink)
        run(store, transport(sink))
        check(store, sink)
        assert set(states(store).values()) == {"accepted"}
        assert len(sink.mails) == READERS


def test_a_full_disk_holds_everything_until_there_is_room(tmp_path: Path, store: Store) -> None:
    pages = {"limit": 1}

    def limited(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['limit']}")

    class UntilRoom(QuickClock):
        """The operator makes room while the sender waits for the third time."""

        waits = 0

        def sleep(self, seconds: float, until: threading.Event) -> None:
            self.waits += 1
            if self.waits == 3:
                pages["limit"] = 1_000_000
                store.engine.dispose()
            super().sleep(seconds, until)

    with store.begin() as conn:  # long answers make the table grow beyond what is allowed
        conn.execute(text("CREATE TABLE filler AS SELECT hex(randomblob(4000)) AS x"))
    event.listen(store.engine, "connect", limited)
    long_words = "250 2.0.0 " + "accepted " * 50
    with Sink(script=lambda step: long_words if step.name == "dot" else None) as sink:
        store.engine.dispose()
        clock = UntilRoom()
        run(store, transport(sink), clock=clock)
        check(store, sink)
        assert set(states(store).values()) == {"accepted"}
        assert len(sink.mails) == READERS


@pytest.mark.postgres
def test_postgresql_hangs_up_in_the_middle(tmp_path: Path) -> None:
    store = open_at("postgresql", tmp_path)
    freeze(store, addresses(READERS))

    def script(step: Step) -> str | None:
        if step.name in ("dot", "rcpt") and step.nth in (2, 5, 8):
            with psycopg.connect(postgres.server(), autocommit=True) as operator:
                query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                operator.execute(query, [store.engine.url.database])
        return None

    with Sink(script=script) as sink:
        run(store, transport(sink))
        check(store, sink)
        run(store, transport(sink))
        check(store, sink)
        assert set(states(store).values()) == {"accepted"}
    store.close()


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_a_day(store: Store, jump: timedelta) -> None:
    class Jumping(QuickClock):
        ahead = timedelta()

        def now(self) -> datetime:
            return super().now() + self.ahead

    clock = Jumping()

    def script(step: Step) -> str | None:
        if step.name == "dot" and step.nth == 3:
            clock.ahead = jump
        return "450 4.2.0 later" if step.name == "rcpt" and step.nth in (2, 7) else None

    with Sink(script=script) as sink:
        run(store, transport(sink), clock=clock)
        check(store, sink)
        assert set(states(store).values()) == {"accepted"}


def test_a_database_that_stays_locked_is_said(store: Store) -> None:
    """Every call fails for as long as we are patient; the sender ends with the reason and leaves nothing marked."""
    with Sink() as sink:
        ledger: Any = Failing(
            SendingLedger(store, EDITION, owner.new_owner(), owner.alive), "settle", set(range(1, 10_000)), after=False
        )
        with pytest.raises(StoreError, match="gone"):
            send.run(ledger, make_message, transport(sink), Policy(), clock=QuickClock())
        assert sink.mails == []
        check(store, sink)
        run(store, transport(sink), alongside=True)  # the first one's process is ours, and it lives
        assert set(states(store).values()) == {"accepted"}
