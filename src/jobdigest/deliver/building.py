"""Messages built ahead of the connections, in threads: RSA lets go of the interpreter, so signing uses every core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from jobdigest.errors import DigestError
from jobdigest.model import Delivery, Message

CHUNK = 8  # deliveries in one piece of work: handing one over costs as much as framing a mail
AHEAD = 8  # pieces of work for each thread, so that none runs dry while the connections are served


class Built(NamedTuple):
    """A delivery and its message, or why there can be none."""

    delivery: Delivery
    message: Message | DigestError


class Builders:
    """As many threads as cores; messages come out in the order their deliveries went in.

    `wake` is called from the threads whenever a piece of work is done.
    """

    def __init__(self, make_message: Callable[[Delivery], Message], wake: Callable[[], None]) -> None:
        self._make_message, self._wake = make_message, wake
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(cores, "build")
        self._most = cores * AHEAD * CHUNK
        self._work: deque[Future[list[Built]]] = deque()
        self._done: deque[Built] = deque()
        self.held: dict[int, Delivery] = {}

    def room(self) -> int:
        """How many more deliveries make a whole piece of work; 0 while there is enough."""
        return CHUNK if len(self.held) + CHUNK <= self._most else 0

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Start building these."""
        self.held.update((delivery.id, delivery) for delivery in deliveries)
        work = self._pool.submit(self._build, deliveries)
        self._work.append(work)
        work.add_done_callback(lambda _: self._wake())

    def next(self) -> Built | None:
        """The next message, or None where it is not ready yet."""
        while not self._done and self._work and self._work[0].done():
            self._done.extend(self._work.popleft().result())
        if not self._done:
            return None
        built = self._done.popleft()
        del self.held[built.delivery.id]
        return built

    def close(self) -> list[int]:
        """End the threads; the deliveries whose messages nobody has taken."""
        self._pool.shutdown(cancel_futures=True)
        return list(self.held)

    def _build(self, deliveries: Sequence[Delivery]) -> list[Built]:
        return [Built(delivery, self._one(delivery)) for delivery in deliveries]

    def _one(self, delivery: Delivery) -> Message | DigestError:
        try:
            return self._make_message(delivery)
        except DigestError as error:
            return error
