"""What the connections are fed with: deliveries claimed ahead of time, and their messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future

from jobdigest.deliver.building import Builders, Built
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.ledger import Ledger
from jobdigest.deliver.policy import Breaker, Policy, canary_size
from jobdigest.model import Delivery, Message

MAX_BATCH = 500
PAUSE = 0.05  # seconds after a claim that brought nothing


class Supply:
    """The rows that a sender holds and has not begun.

    Claims run in `database`, the one thread that writes, and nobody waits for them; `wake` is called whenever there is
    more to take. The breaker is told while the canary is still being judged. Not thread-safe.
    """

    def __init__(
        self,
        ledger: Ledger,
        database: Executor,
        make_message: Callable[[Delivery], Message],
        policy: Policy,
        breaker: Breaker,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._ledger, self._database, self._policy, self._breaker = ledger, database, policy, breaker
        self._clock, self._wake = clock, wake
        self._queue: deque[Delivery] = deque()  # claimed, not being built
        self._builders = Builders(make_message, wake)
        self._claim: Future[list[Delivery] | None] | None = None
        self._unsure = False  # the last claim failed, and may have acted all the same
        self._batch, self._claimed_at, self._next_claim = 32, 0.0, 0.0
        self.over = False  # the edition is not being sent any more

    def held(self) -> list[int]:
        """The rows."""
        return [*self._builders.held, *(delivery.id for delivery in self._queue)]

    def pending(self) -> bool:
        """Whether a claim or messages are on their way."""
        return self._claim is not None or bool(self._builders.held)

    def fill(self, flying: Collection[int]) -> bool:
        """Take in what was claimed, build it, and claim more where it runs low; whether a claim has just succeeded.

        `flying` are rows that the same sender has begun. Raises StoreError where a claim failed.
        """
        claimed = self._take_in()
        while self._queue and (room := self._builders.room()):
            self._builders.add([self._queue.popleft() for _ in range(min(room, len(self._queue)))])
        low = self._claim is None and len(self._queue) <= self._batch // 2
        if low and not self.over and self._clock.monotonic() >= self._next_claim:
            self._begin_claim(flying)
        return claimed

    def next(self) -> Built | None:
        """The next message, or None where it is not ready yet."""
        return self._builders.next()

    def close(self) -> list[int]:
        """End the threads; the rows that are to be given back."""
        if self._claim and self._claim.exception() is None:
            self._take_in()
        rest = [*self._builders.close(), *(delivery.id for delivery in self._queue)]
        self._queue.clear()
        return rest

    def _begin_claim(self, flying: Collection[int]) -> None:
        held = [*flying, *self.held()]
        amount = min(self._size(), self._canary_room(len(held)))
        self._claim = self._database.submit(self._ask, amount, held if self._unsure else None)
        self._unsure = True
        self._claim.add_done_callback(lambda _: self._wake())

    def _ask(self, amount: int, keep: list[int] | None) -> list[Delivery] | None:
        if keep is not None:
            self._ledger.let_go(keep)
        calendar, policy = self._clock.calendar(), self._policy
        return self._ledger.claim(
            amount,
            policy.limits,
            policy.domain_limits,
            now=self._clock.now(),
            calendar=calendar,
            late_before=calendar - policy.late_within,
        )

    def _take_in(self) -> bool:
        """Whether a claim has ended well; raises StoreError where it has not."""
        if self._claim is None or not self._claim.done():
            return False
        claim, self._claim = self._claim, None
        claimed = claim.result()
        self._unsure, self.over = False, claimed is None
        self._queue.extend(claimed or ())
        if not claimed:
            self._next_claim = self._clock.monotonic() + PAUSE
        return True

    def _size(self) -> int:
        """What about a second needs: a claim is also the last look at whether a reader still wants mail."""
        now = self._clock.monotonic()
        if now - self._claimed_at < 0.5:
            self._batch = min(MAX_BATCH, self._batch * 2)
        elif now - self._claimed_at > 2:
            self._batch = max(16, self._batch // 2)
        self._claimed_at = now
        return self._batch

    def _canary_room(self, held: int) -> int:
        """How many more may be tried before the canary has ended well; without one, any number."""
        if not self._policy.canary:
            return MAX_BATCH
        found = self._ledger.standing()[2]
        size = canary_size(self._policy, sum(found.values()) - found.get("skipped", 0))
        decided = sum(found.get(state, 0) for state in ("accepted", "failed", "in_doubt"))
        self._breaker.canary = decided < size
        return max(0, size - decided - held) if self._breaker.canary else MAX_BATCH
