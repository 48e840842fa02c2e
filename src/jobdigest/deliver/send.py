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
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from jobdigest.deliver.clock import Clock
from jobdigest.deliver.ledger import Ledger
from jobdigest.deliver.policy import LONGEST_WAIT, Backoff, Breaker, Policy, outcome
from jobdigest.deliver.replies import Verdict
from jobdigest.deliver.supply import Supply
from jobdigest.deliver.transports.base import Event, Transport, What
from jobdigest.errors import DigestError, StoreError
from jobdigest.model import Delivery, DeliveryState, Message, Outcome

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds between renewals of our leases
PATIENCE_WITH_DATABASE = 300.0  # seconds
GATHERING = 0.002  # seconds that a commit waits at most for the other connections to share it
STOPPING = 8.0  # seconds that messages in flight get once we are asked to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How an edition stands when `run` returns.

    `counts` are rows by state, `edition_state` is the edition's own. `beside` names a living sender that we left
    alone; `stopped` gives the evidence of a stop rule or a pause; `waiting` says why and how long rows still wait.
    """

    edition: str
    edition_state: str
    counts: Mapping[str, int]
    beside: str | None = None
    stopped: str | None = None
    waiting: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every row is accepted or skipped, or somebody else is still at it."""
        unhappy = ("pending", "sending", "failed", "in_doubt")
        return self.beside is not None or not any(self.counts.get(state) for state in unhappy)


def run(
    ledger: Ledger,
    make_message: Callable[[Delivery], Message],
    transport: Transport,
    policy: Policy,
    *,
    clock: Clock | None = None,
    stop: threading.Event | None = None,
    alongside: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Summary:
    """Send what is due of a frozen edition until every row is final or waits for more than ten minutes.

    The transport is closed at the end. `stop` ends the run within ten seconds and leaves nothing half done.
    `alongside` lets it work next to other living senders of the same edition. `progress` is told how many more rows
    have become final. Raises DeliveryError for an unknown edition, StoreError where the database stays away.
    """
    sender = _Sender(ledger, make_message, transport, policy, clock or Clock(), stop or threading.Event(), progress)
    try:
        beside = ledger.open(sender.clock.now(), alongside=alongside)
        if beside is None:
            sender.loop()
    finally:
        sender.end()
    state, reason, counts = ledger.standing()
    return Summary(
        edition=ledger.edition,
        edition_state=state,
        counts=counts,
        beside=beside,
        stopped=reason,
        waiting=sender.waiting,
    )


@dataclass(slots=True)
class _Commit:
    """A transaction on its way to the disk, and what it says."""

    ready: list[int]
    outcomes: list[Outcome]
    unsent: set[int]
    evidence: str | None
    marked: Future[set[int]]


class _Sender:
    """One sender of one edition: the rows it holds and the transport it feeds.

    One thread talks to the transport, another to the database, so that the connections go on while a commit is on its
    way; what they say meanwhile shares the next one.
    """

    def __init__(
        self,
        ledger: Ledger,
        make_message: Callable[[Delivery], Message],
        transport: Transport,
        policy: Policy,
        clock: Clock,
        stop: threading.Event,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.ledger, self.transport, self.policy, self.clock, self.stop = ledger, transport, policy, clock, stop
        self.progress = progress
        self.database = ThreadPoolExecutor(1, "ledger")
        self.flying: dict[int, Delivery] = {}  # begun, no outcome yet
        self.ready: dict[int, None] = {}  # in order; of these all but the final dot is with the server
        self.dotted: set[int] = set()  # of these the final dot may have been sent
        self.unsaved: list[Outcome] = []  # not committed yet
        self.unsent: set[int] = set()  # to give back; perhaps marked, but their dot was surely not sent
        self.evidence: str | None = None  # a stop rule fired
        self.commit: _Commit | None = None
        self.gathering = 0.0  # since when something waits for the next commit
        self.backoff, self.breaker, self.beat = Backoff(), Breaker(), clock.monotonic()
        self.supply = Supply(ledger, self.database, make_message, policy, self.breaker, clock, transport.wake)
        self.trouble_since: float | None = None
        self.halted = False  # the edition is not `sending` any more
        self.waiting: str | None = None

    def loop(self) -> None:
        """Until nothing is left to do now."""
        self._look_around()
        while not self.stop.is_set() and not self.halted:
            try:
                self._fill()
                self._turn(0.5)
                if self._at_rest() and not self._idle():
                    return
                self._heartbeat()
            except StoreError as error:
                self._database_failed(error)

    # --- taking on ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Begin as many messages as the transport takes."""
        if self._held_back():
            return
        if self.supply.fill(self.flying):
            self.trouble_since = None
        self.halted = self.halted or self.supply.over
        while self.transport.room() and (built := self.supply.next()):
            self._begin(*built)

    def _held_back(self) -> bool:
        """Whether nothing may be begun now."""
        troubled = self.trouble_since and (self.unsaved or self.commit)
        return bool(troubled or self.unsent or self.evidence or self.clock.monotonic() < self.backoff.until)

    def _supplied(self) -> bool:
        """Whether messages are about to be begun."""
        return self.supply.pending() and not self._held_back()

    def _begin(self, delivery: Delivery, message: Message | DigestError) -> None:
        if isinstance(message, DigestError):
            reason = f"cannot be built: {message}"
            self.unsaved.append(Outcome(delivery=delivery, state=DeliveryState.FAILED, reason=reason))
            return
        self.flying[delivery.id] = delivery
        self.transport.begin(delivery.id, message)

    # --- settling -------------------------------------------------------------------------------------------------

    def _turn(self, timeout: float) -> None:
        """Hear the transport, end a commit that is durable, begin the next one."""
        self._hear(timeout if self.commit or not self._unwritten() else min(timeout, GATHERING))
        if self.commit and self.commit.marked.done():
            self._committed(self.commit)
        if self.commit is None and self._unwritten():
            now = self.clock.monotonic()
            self.gathering = self.gathering or now
            enough = len(self.ready) >= min(len(self.flying), self.transport.connections)
            if enough or now - self.gathering >= GATHERING:
                self._begin_commit()

    def _unwritten(self) -> bool:
        """Whether there is something to commit."""
        return bool(self.ready or self.unsaved or self.unsent or self.evidence)

    def _hear(self, timeout: float) -> None:
        for event in self.transport.wait(timeout) if self.flying or self.commit or self._supplied() else ():
            if event.what is What.READY:
                self.ready[event.ticket] = None
            else:
                self._judge(event)

    def _begin_commit(self) -> None:
        """Marks and outcomes of all connections go into one transaction."""
        self.gathering = 0.0
        ready, outcomes, unsent, evidence = list(self.ready), self.unsaved, self.unsent, self.evidence
        self.ready, self.unsaved, self.unsent, self.evidence = {}, [], set(), None
        patience, now = self.policy.give_up_after, self.clock.now()
        future = self.database.submit(self.ledger.settle, ready, outcomes, list(unsent), evidence, patience, now)
        self.commit = _Commit(ready, outcomes, unsent, evidence, future)
        future.add_done_callback(lambda _: self.transport.wake())

    def _committed(self, commit: _Commit) -> None:
        """Send the final dots that are marked; after a failure, none, and everything is said again."""
        self.commit = None
        try:
            marked = commit.marked.result()
        except StoreError:
            self.unsaved, self.unsent = commit.outcomes + self.unsaved, commit.unsent | self.unsent
            self.evidence = commit.evidence or self.evidence
            self._drop(commit.ready)
            raise
        try:
            self._saved(commit)
        except StoreError:
            self._drop(commit.ready)
            raise
        may_go = set() if self.halted or self.evidence else marked  # no dot more once there is too much in doubt
        for ticket in commit.ready:
            if ticket in may_go and ticket in self.flying:
                self.dotted.add(ticket)
                self.transport.finish(ticket)
        self._drop(ticket for ticket in commit.ready if ticket not in may_go)

    def _judge(self, event: Event) -> None:
        """Turn an event that ended an attempt into an outcome, and into what we think of server and edition."""
        delivery, reply = self.flying.pop(event.ticket), event.reply
        self.dotted.discard(event.ticket)
        self.ready.pop(event.ticket, None)
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
        if verdict is Verdict.STOP:
            self.evidence = f"the server refuses our own sender address: {reply}"
        self.breaker.saw(reply)
        self.evidence = self.evidence or self.breaker.evidence()

    def _saved(self, commit: _Commit) -> None:
        """The commit is durable: nothing of it has to be repeated."""
        self.trouble_since = None
        self.halted = self.halted or commit.evidence is not None
        done = sum(ended.state is not DeliveryState.PENDING for ended in commit.outcomes)
        if done and self.progress:
            self.progress(done)
        if any(ended.state is DeliveryState.IN_DOUBT for ended in commit.outcomes):
            self._look_around()

    def _drop(self, tickets: Iterable[int]) -> None:
        """Give up messages that wait for their dot, and the claims on them."""
        for ticket in tickets:
            if self.flying.pop(ticket, None):
                self.transport.abandon(ticket)
                self.unsent.add(ticket)

    def _look_around(self) -> None:
        """Whether the edition is being sent at all; more in doubt than accidents explain stops it."""
        state, _, counts = self.ledger.standing()
        self.halted = state != "sending"
        doubt, most = counts.get("in_doubt", 0), 2 * self.transport.connections
        if doubt > most and doubt > most * self.ledger.senders():
            self.evidence = f"{doubt} deliveries are in doubt; say what becomes of them: digest deliveries resolve"

    def _heartbeat(self) -> None:
        if self.clock.monotonic() - self.beat > HEARTBEAT:
            held = [*self.flying, *self.supply.held()]
            self.database.submit(self.ledger.renew, held, self.clock.now()).result()
            self.beat = self.clock.monotonic()

    def _database_failed(self, error: StoreError) -> None:
        """Wait and try again; raise when the database has been away for too long."""
        now = self.clock.monotonic()
        self.trouble_since = self.trouble_since or now
        if now - self.trouble_since > PATIENCE_WITH_DATABASE:
            raise error
        log.warning("%s; trying again", error)
        self.clock.sleep(min(5.0, 0.2 + (now - self.trouble_since) / 4), self.stop)

    # --- waiting and ending ---------------------------------------------------------------------------------------

    def _at_rest(self) -> bool:
        busy = self.flying or self._supplied() or self.commit or self.unsaved or self.unsent or self.evidence
        return not (busy or self.halted)

    def _idle(self) -> bool:
        """Nothing is in flight: wait for what comes next; False where it is over for now."""
        wait = self.ledger.next_wait(self.clock.now(), self.clock.calendar())
        if wait is None:
            return False
        wait = max(wait, timedelta(seconds=self.backoff.until - self.clock.monotonic()))
        if wait > LONGEST_WAIT:
            cause = f" after {self.backoff.why}" if self.backoff.why else ""
            self.waiting = f"the rest waits for {wait.total_seconds() / 60:.0f} more minutes{cause}"
            return False
        self.clock.sleep(min(max(wait.total_seconds(), 0.05), 1.0), self.stop)
        self.halted = self.ledger.state() != "sending"
        return True

    def end(self) -> None:
        """Leave nothing half done: let messages in flight end, cut the rest, give back what is not sent."""
        self._give_back([*self.transport.withdraw(), *self.supply.close()])
        deadline = self.clock.monotonic() + STOPPING
        try:
            while (self.flying or self.commit) and self.clock.monotonic() < deadline:
                self._turn(0.2)
        except StoreError as error:
            log.warning("%s", error)
        finally:
            self.transport.close()
            self._cut()
            self.database.shutdown()

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
        self.ready = {}
        try:
            if self.commit:
                self.commit.marked.exception()  # one transaction after the other
                self.unsaved, self.commit = self.commit.outcomes + self.unsaved, None
            if self.unsaved or self.unsent or self.evidence:
                self._begin_commit()
                assert self.commit
                self.commit.marked.result()
            self.ledger.close()
        except StoreError as error:
            log.warning("%s; the next `digest send` takes over what this one held", error)
