"""Send an edition: design decision 7 as a loop.

    claim ─► begin (MAIL, RCPT, DATA, body) ─► READY ─► mark `sending`, committed ─► finish (the final dot)
      ▲                                                                                 │
      └───────────── retry later ◄── REFUSED, a 4xx ── record, committed ◄── ANSWERED, LOST

Marks and outcomes of all connections share one commit. Nothing is ever sent on the strength of a commit that may not
have happened: where the database fails, the connections that wait for their dot are dropped, which delivers nothing.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from jobdigest.deliver import owner as owners
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.message import ascii_domain
from jobdigest.deliver.policy import LONGEST_WAIT, Backoff, Breaker, Policy, canary_size, gave_up, outcome
from jobdigest.deliver.replies import Verdict
from jobdigest.deliver.transports.base import Event, Transport, What
from jobdigest.errors import DigestError, StoreError
from jobdigest.model import Delivery, DeliveryState, Message
from jobdigest.store import Store, claims, ledger, rates, suppressions
from jobdigest.store.claims import Connection, Outcome

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds between renewals of our leases
PATIENCE_WITH_DATABASE = 300.0  # seconds
STOPPING = 8.0  # seconds that messages in flight get once we are asked to stop
MAX_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How an edition stands when `run` returns.

    `counts` are rows by state, `edition_state` is the edition's own. `beside` names a living sender that we left
    alone; `stopped` gives the evidence of a stop rule or a pause; `waiting` says why and until when rows still wait.
    """

    edition: str
    edition_state: str
    counts: Mapping[str, int]
    beside: str | None = None
    stopped: str | None = None
    waiting: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every row is accepted or skipped."""
        return self.beside is not None or not any(
            self.counts.get(state) for state in ("pending", "sending", "failed", "in_doubt")
        )


def run(
    store: Store,
    edition: str,
    make_message: Callable[[Delivery], Message],
    connect: Callable[[], Transport],
    policy: Policy,
    *,
    clock: Clock | None = None,
    stop: threading.Event | None = None,
    alongside: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Summary:
    """Send what is due of a frozen edition until every row is final or waits for more than ten minutes.

    `connect` opens the transport, lazily: no connection is made where nothing is due. `stop` ends the run within ten
    seconds and leaves nothing half done. `alongside` lets it work next to other living senders of the same edition.
    `progress` is told how many rows have become final. Raises DeliveryError for an unknown edition and StoreError
    where the database stays away.
    """
    sender = _Sender(store, edition, make_message, connect(), policy, clock or Clock(), stop, progress)
    try:
        if other := sender.enlist(alongside=alongside):
            return _summary(store, edition, beside=other)
        sender.loop()
    finally:
        sender.end()
    return _summary(store, edition, waiting=sender.waiting)


def _summary(store: Store, edition: str, beside: str | None = None, waiting: str | None = None) -> Summary:
    with store.read() as conn:
        state, reason, _ = ledger.edition_state(conn, edition)
        counts = ledger.counts(conn, edition)
    return Summary(edition=edition, edition_state=state, counts=counts, beside=beside, stopped=reason, waiting=waiting)


class _Sender:
    """One sender of one edition: the rows it holds and the transport it feeds."""

    def __init__(
        self,
        store: Store,
        edition: str,
        make_message: Callable[[Delivery], Message],
        transport: Transport,
        policy: Policy,
        clock: Clock,
        stop: threading.Event | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.store, self.edition, self.transport, self.policy = store, edition, transport, policy
        self.clock, self.stop = clock, stop or threading.Event()
        self.make_message, self.progress = make_message, progress
        self.me = owners.new_owner()
        self.queue: deque[Delivery] = deque()  # claimed, not begun
        self.flying: dict[int, Delivery] = {}  # begun, no outcome yet
        self.dotted: set[int] = set()  # of these the final dot may have been sent
        self.unsaved: list[Outcome] = []  # not committed yet
        self.unsent: set[int] = set()  # perhaps marked, but their dot was surely not sent
        self.suppress: list[Outcome] = []  # addresses that do not exist
        self.backoff, self.breaker = Backoff(), Breaker()
        self.batch, self.claimed_at, self.beat = 32, 0.0, clock.monotonic()
        self.trouble_since: float | None = None
        self.stop_reason: str | None = None
        self.halted = False  # the edition is not `sending` any more
        self.waiting: str | None = None

    def enlist(self, *, alongside: bool) -> str | None:
        """Start the edition and take over what dead senders held; the name of a living one that is in the way."""
        now = self.clock.now()
        with self.store.begin() as conn:
            if other := ledger.enlist(conn, self.edition, self.me, now, owners.alive, alongside=alongside):
                return other
            claims.take_over(conn, self.edition, self.me, now, owners.alive)
            self.halted = ledger.start(conn, self.edition) != "sending"
        return None

    def loop(self) -> None:
        """Until nothing is left to do now."""
        self._check_doubt()
        while not self.stop.is_set() and not self.halted:
            self._fill()
            if self.flying or self.unsaved or self.unsent:
                self._settle(self._events(0.5))
            elif (wait := self._idle()) is not None:
                self.clock.sleep(wait, self.stop)
                self._settle([])
            else:
                return

    # --- taking on ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Begin as many messages as the transport takes."""
        if self.unsaved or self.clock.monotonic() < self.backoff.until:
            return
        while self.transport.room() and (self.queue or self._claim()):
            delivery = self.queue.popleft()
            try:
                message = self.make_message(delivery)
            except DigestError as error:
                reason = f"cannot be built: {error}"
                self.unsaved.append(Outcome(delivery=delivery, state=DeliveryState.FAILED, reason=reason))
                continue
            self.flying[delivery.id] = delivery
            self.transport.begin(delivery.id, message)

    def _claim(self) -> bool:
        """Fill the queue from the ledger, within the limits; False if nothing may be sent now."""
        self._adapt_batch()
        domains = self.policy.domain_limits
        limits = [*self.policy.limits, *domains.values()]
        now = self.clock.now()
        try:
            with self.store.begin() as conn:
                self.halted = ledger.edition_state(conn, self.edition)[0] != "sending"
                if self.halted:
                    return False
                left = rates.remaining(conn, limits, now)
                n = min([self.batch, self._canary_room(conn), *(left[limit.scope] for limit in self.policy.limits)])
                taken = self._take(conn, n, left)
                used = dict.fromkeys((limit.scope for limit in self.policy.limits), len(taken)) | {
                    limit.scope: sum(_domain(one) == domain for one in taken) for domain, limit in domains.items()
                }
                rates.spend(conn, limits, used, now)
        except StoreError as error:
            self._database_failed(error)
            return False
        self.queue.extend(taken)
        return bool(taken)

    def _take(self, conn: Connection, n: int, left: Mapping[str, int]) -> list[Delivery]:
        """Claim `n` rows, those of limited domains within what is left for them."""
        now, calendar = self.clock.now(), self.clock.calendar()
        take = partial(
            claims.claim,
            conn,
            self.edition,
            self.me,
            now=now,
            calendar=calendar,
            late_before=calendar - self.policy.late_within,
        )
        taken: list[Delivery] = []
        for domain, limit in self.policy.domain_limits.items():
            taken += take(n=min(n - len(taken), left[limit.scope]), domain=domain)
        return taken + take(n=n - len(taken), not_domains=tuple(self.policy.domain_limits))

    def _adapt_batch(self) -> None:
        """Claim what about a second needs: a claim is also the last look at whether a reader still wants mail."""
        now = self.clock.monotonic()
        if now - self.claimed_at < 0.5:
            self.batch = min(MAX_BATCH, self.batch * 2)
        elif now - self.claimed_at > 2:
            self.batch = max(16, self.batch // 2)
        self.claimed_at = now

    def _canary_room(self, conn: Connection) -> int:
        """How many more may be tried before the canary has ended well; without one, any number."""
        if not self.policy.canary:
            return MAX_BATCH
        found = ledger.counts(conn, self.edition)
        size = canary_size(self.policy, sum(found.values()) - found.get("skipped", 0))
        decided = sum(found.get(state, 0) for state in ("accepted", "failed", "in_doubt"))
        self.breaker.canary = decided < size
        return MAX_BATCH if decided >= size else max(0, size - decided - len(self.flying))

    # --- settling -------------------------------------------------------------------------------------------------

    def _events(self, timeout: float) -> list[Event]:
        return [] if self.unsaved else self.transport.wait(timeout)

    def _settle(self, events: list[Event]) -> None:
        """Commit marks and outcomes together; only then send the final dots that were marked."""
        ready = [event.ticket for event in events if event.what is What.READY]
        for event in events:
            if event.what is not What.READY:
                self._judge(event)
        if not (ready or self.unsaved or self.unsent or self.stop_reason or self._heartbeat_due()):
            return
        now = self.clock.now()
        try:
            with self.store.begin() as conn:
                self._save(conn, now)
                marked = claims.mark_sending(conn, self.edition, self.me, ready, now) if ready else set()
        except StoreError as error:
            self._database_failed(error)
            self._drop(ready)
            return
        self._saved()
        self._finish(ready, marked)

    def _judge(self, event: Event) -> None:
        """Turn an event that ended an attempt into an outcome, and into what we think of server and edition."""
        delivery, reply = self.flying.pop(event.ticket), event.reply
        self.dotted.discard(event.ticket)
        ended, verdict = outcome(event, delivery, self.clock.now())
        self.unsaved.append(ended)
        if reply is None or verdict is None:
            return
        if verdict in (Verdict.BACK_OFF, Verdict.DENIED):
            self.backoff.failed(reply, self.clock.monotonic())
            log.warning("the mail server: %s", reply)
            return
        if verdict is Verdict.ACCEPT:
            self.backoff.worked()
        if verdict is Verdict.SUPPRESS:
            self.suppress.append(ended)
        if verdict is Verdict.STOP:
            self.stop_reason = f"the server refuses our own sender address: {reply}"
        self.breaker.saw(reply)
        self.stop_reason = self.stop_reason or self.breaker.evidence()

    def _save(self, conn: Connection, now: datetime) -> None:
        """Everything that is not in the ledger yet."""
        if self.unsent:
            claims.release(conn, self.edition, self.me, list(self.unsent))
        claims.record(conn, self.me, self._patiently(conn, now), now)
        for ended in self.suppress:
            suppressions.suppress(conn, ended.delivery.address_hash, "bounced", ended.reason or "", now)
        if self.stop_reason:
            ledger.stop(conn, self.edition, self.stop_reason)
        if self._heartbeat_due():
            ledger.stay_enlisted(conn, self.edition, self.me, now)
            claims.renew(conn, self.me, [*self.flying, *(delivery.id for delivery in self.queue)], now)

    def _patiently(self, conn: Connection, now: datetime) -> list[Outcome]:
        """The outcomes, with an end to the deferrals of recipients that were tried for too long."""
        deferred = [ended.delivery.id for ended in self.unsaved if ended.retry_at]
        since = claims.first_attempts(conn, deferred) if deferred else {}
        return [gave_up(ended, since.get(ended.delivery.id), self.policy) for ended in self.unsaved]

    def _saved(self) -> None:
        """The commit is durable: nothing of it has to be repeated."""
        done = sum(ended.state not in claims.IN_FLIGHT for ended in self.unsaved)
        doubt = any(ended.state is DeliveryState.IN_DOUBT for ended in self.unsaved)
        if self._heartbeat_due():
            self.beat = self.clock.monotonic()
        self.halted = self.halted or self.stop_reason is not None
        self.unsaved, self.suppress, self.unsent, self.trouble_since = [], [], set(), None
        if done and self.progress:
            self.progress(done)
        if doubt:
            self._check_doubt()

    def _finish(self, ready: list[int], marked: set[int]) -> None:
        """Send the final dot where the mark stands; drop the connection where it does not."""
        for ticket in ready:
            if ticket in marked:
                self.dotted.add(ticket)
                self.transport.finish(ticket)
        self._drop(ticket for ticket in ready if ticket not in marked)

    def _drop(self, tickets: Iterable[int]) -> None:
        """Give up messages that wait for their dot, and the claims on them."""
        for ticket in tickets:
            self.transport.abandon(ticket)
            del self.flying[ticket]
            self.unsent.add(ticket)

    def _database_failed(self, error: StoreError) -> None:
        """Wait and try again; raise when the database has been away for too long."""
        now = self.clock.monotonic()
        self.trouble_since = self.trouble_since or now
        if now - self.trouble_since > PATIENCE_WITH_DATABASE:
            raise error
        log.warning("%s; trying again", error)
        self.clock.sleep(min(5.0, 0.2 + (now - self.trouble_since) / 4), threading.Event())

    def _heartbeat_due(self) -> bool:
        return self.clock.monotonic() - self.beat > HEARTBEAT

    def _check_doubt(self) -> None:
        """Stop where more is in doubt than accidents explain."""
        with self.store.begin() as conn:
            doubt = ledger.counts(conn, self.edition).get("in_doubt", 0)
            if doubt > 2 * self.transport.connections:
                reason = f"{doubt} deliveries are in doubt; `digest deliveries resolve` says what becomes of them"
                self.halted = ledger.stop(conn, self.edition, reason) or self.halted

    # --- waiting and ending ---------------------------------------------------------------------------------------

    def _idle(self) -> float | None:
        """Nothing is in flight: how long to wait, or None where it is over for now."""
        now = self.clock.now()
        with self.store.begin() as conn:
            wait = claims.next_wait(conn, self.edition, now, self.clock.calendar())
            if wait is None:
                ledger.finish(conn, self.edition, now)
                return None
            self.halted = ledger.edition_state(conn, self.edition)[0] != "sending"
        wait = max(wait, timedelta(seconds=self.backoff.until - self.clock.monotonic()))
        if wait > LONGEST_WAIT:
            cause = f" after {self.backoff.why}" if self.backoff.why else ""
            self.waiting = f"waits for {wait.total_seconds() / 60:.0f} more minutes{cause}"
            return None
        return min(max(wait.total_seconds(), 0.05), 1.0)

    def end(self) -> None:
        """Leave nothing half done: let messages in flight end, cut the rest, give back what is not sent."""
        self._give_back([*self.transport.withdraw(), *(delivery.id for delivery in self.queue)])
        self.queue.clear()
        deadline = self.clock.monotonic() + STOPPING
        try:
            while (self.flying or self.unsaved) and self.clock.monotonic() < deadline:
                self._settle(self._events(0.2))
        finally:
            self.transport.close()
            self._cut()

    def _give_back(self, ids: Iterable[int]) -> None:
        for row in ids:
            self.flying.pop(row, None)
            self.unsent.add(row)

    def _cut(self) -> None:
        """The connections are closed: what had its dot is in doubt, all else was surely not delivered."""
        for row in self.dotted & self.flying.keys():
            reason = "stopped between the final dot and the answer"
            self.unsaved.append(Outcome(delivery=self.flying.pop(row), state=DeliveryState.IN_DOUBT, reason=reason))
        self._give_back(list(self.flying))
        try:
            with self.store.begin() as conn:
                self._save(conn, self.clock.now())
                ledger.leave(conn, self.edition, self.me)
        except StoreError as error:
            log.warning("%s; the next `digest send` takes over what this one held", error)


def _domain(delivery: Delivery) -> str:
    return ascii_domain(delivery.email).rpartition("@")[2].lower()
