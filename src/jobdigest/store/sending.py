"""The ledger of one edition as a sender uses it: every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from jobdigest.errors import DeliveryError
from jobdigest.model import Delivery, Limit, Outcome
from jobdigest.store import Store, claims, holds, ledger, rates, suppressions


class SendingLedger:
    """What `deliver.send` asks of the store, for one sender of one edition.

    `owner` names the sender, `alive` tells whether the process behind another name of this machine still runs (None
    for other machines). Every method raises StoreError where the database fails, and then may or may not have acted.
    """

    def __init__(self, store: Store, edition: str, owner: str, alive: Callable[[str], bool | None]) -> None:
        self.edition = edition
        self._store, self._owner, self._alive = store, owner, alive

    def open(self, now: datetime, *, alongside: bool) -> str | None:
        """Start the edition and take over what dead senders held; the name of a living one that is in the way."""
        with self._store.begin() as conn:
            if where := holds.moved_to(conn):
                raise DeliveryError(f"{self.edition}: everything moved to {where}; it is sent from there")
            other = ledger.enlist(conn, self.edition, self._owner, now, self._alive, alongside=alongside)
            if other is None:
                claims.take_over(conn, self.edition, self._owner, now, self._alive)
                ledger.start(conn, self.edition)
        return other

    def claim(
        self,
        n: int,
        limits: Sequence[Limit],
        domain_limits: Mapping[str, Limit],
        *,
        now: datetime,
        calendar: datetime,
        late_before: datetime,
    ) -> list[Delivery] | None:
        """At most `n` due deliveries within the limits; None where the edition is not being sent any more."""
        with self._store.begin() as conn:
            if ledger.edition_state(conn, self.edition)[0] != "sending":
                return None
            every = [*limits, *domain_limits.values()]
            left = rates.remaining(conn, every, now)
            n = min([n, *(left[limit.scope] for limit in limits)])

            def take(amount: int, domain: str | None = None, others: Sequence[str] = ()) -> list[Delivery]:
                return claims.claim(
                    conn,
                    self.edition,
                    self._owner,
                    amount,
                    now,
                    calendar=calendar,
                    late_before=late_before,
                    domain=domain,
                    not_domains=others,
                )

            taken: list[Delivery] = []
            used: dict[str, int] = {}
            for domain, limit in domain_limits.items():
                some = take(min(n - len(taken), left[limit.scope]), domain)
                taken, used[limit.scope] = taken + some, len(some)
            taken += take(n - len(taken), others=tuple(domain_limits))
            rates.spend(conn, every, used | {limit.scope: len(taken) for limit in limits}, now)
        return taken

    def let_go(self, keep: Sequence[int]) -> None:
        """Give back every claim but these; asked for after a claim that failed and may have acted all the same."""
        with self._store.begin() as conn:
            claims.let_go(conn, self.edition, self._owner, keep)

    def settle(
        self,
        ready: Sequence[int],
        outcomes: Sequence[Outcome],
        unsent: Sequence[int],
        stop: str | None,
        patience: timedelta,
        now: datetime,
    ) -> set[int]:
        """One durable commit of marks and outcomes; the ids of `ready` whose final dot may now be sent.

        `unsent` are claims to give back, also such as were marked and whose dot was surely not sent. `stop` is the
        evidence of a stop rule. Recipients deferred for longer than `patience` have failed.
        """
        with self._store.begin() as conn:
            if unsent:
                claims.release(conn, self.edition, self._owner, unsent)
            claims.record(conn, self._owner, claims.patiently(conn, outcomes, patience), now)
            for outcome in outcomes:
                if outcome.no_such_address:
                    suppressions.suppress(
                        conn, outcome.delivery.address_hash, "bounced", outcome.reason or "no such address", now
                    )
            if stop:
                ledger.stop(conn, self.edition, stop)
            return claims.mark_sending(conn, self.edition, self._owner, ready, now) if ready else set()

    def renew(self, ids: Sequence[int], now: datetime) -> None:
        """Say that this sender lives and still holds these rows; frees what others lost meanwhile."""
        with self._store.begin() as conn:
            ledger.stay_enlisted(conn, self.edition, self._owner, now)
            claims.renew(conn, self._owner, ids, now)
            claims.take_over(conn, self.edition, self._owner, now, self._alive)

    def next_wait(self, now: datetime, calendar: datetime) -> timedelta | None:
        """How long until a row may be due; None once all are final or in doubt, and then the edition is `sent`."""
        with self._store.begin() as conn:
            wait = claims.next_wait(conn, self.edition, now, calendar)
            if wait is None:
                ledger.finish(conn, self.edition, now)
            return wait

    def standing(self) -> tuple[str, str | None, dict[str, int]]:
        """The edition's state, why it stopped, and its rows by state."""
        with self._store.read() as conn:
            state, reason, _ = ledger.edition_state(conn, self.edition)
            return state, reason, ledger.counts(conn, self.edition)

    def state(self) -> str:
        """The edition's state."""
        with self._store.read() as conn:
            return ledger.edition_state(conn, self.edition)[0]

    def senders(self) -> int:
        """How many senders this edition had at the same time, at most."""
        with self._store.read() as conn:
            return ledger.most_senders(conn, self.edition)

    def close(self) -> None:
        """This sender is done."""
        with self._store.begin() as conn:
            ledger.leave(conn, self.edition, self._owner)
