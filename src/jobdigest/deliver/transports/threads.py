"""A transport made of blocking connections, one thread each."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from jobdigest.deliver.replies import Phase, Reply
from jobdigest.deliver.transports.base import Connection, Event, RefusedError, What
from jobdigest.model import Message

_Job = tuple[int, Message]


class Threads:
    """`connections` threads that each open a connection when there is something to send, and keep it."""

    def __init__(self, connect: Callable[[], Connection], connections: int) -> None:
        self.connections = connections
        self._connect = connect
        self._todo: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._verdicts: dict[int, queue.SimpleQueue[bool]] = {}
        self._open: set[int] = set()
        self._live: set[Connection] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(connections)]
        for thread in self._threads:
            thread.start()

    def room(self) -> int:
        """One message per connection."""
        return self.connections - len(self._open)

    def begin(self, ticket: int, message: Message) -> None:
        """Hand the message to the next free thread."""
        self._open.add(ticket)
        self._verdicts[ticket] = queue.SimpleQueue()
        self._todo.put((ticket, message))

    def finish(self, ticket: int) -> None:
        """Let the thread send the final dot."""
        self._verdicts[ticket].put(True)

    def abandon(self, ticket: int) -> None:
        """Let the thread drop its connection."""
        self._forget(ticket).put(False)

    def wait(self, timeout: float) -> list[Event]:
        """All events that are there, waiting for the first."""
        found: list[Event | None] = []
        with suppress(queue.Empty):
            found.append(self._events.get(timeout=timeout))
            while True:
                found.append(self._events.get_nowait())
        events = [event for event in found if event]
        for event in events:
            if event.what is not What.READY:
                self._forget(event.ticket)
        return events

    def wake(self) -> None:
        """Nothing happened, but `wait` returns."""
        self._events.put(None)

    def withdraw(self) -> list[int]:
        """The messages no thread has taken yet."""
        taken = []
        with suppress(queue.Empty):
            while True:
                if job := self._todo.get_nowait():
                    self._forget(job[0])
                    taken.append(job[0])
        return taken

    def close(self) -> None:
        """End the threads; connections in the middle of a message are cut."""
        self.withdraw()
        for _ in self._threads:
            self._todo.put(None)
        for verdict in list(self._verdicts.values()):
            verdict.put(False)
        if self._open:
            for connection in list(self._live):
                connection.interrupt()
        deadline = time.monotonic() + 2  # a thread that still opens its connection ends by itself
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _forget(self, ticket: int) -> queue.SimpleQueue[bool]:
        self._open.discard(ticket)
        return self._verdicts.pop(ticket)

    def _work(self) -> None:
        connection: Connection | None = None
        while job := self._todo.get():
            connection = self._one(connection, *job)
        if connection:
            connection.quit()

    def _one(self, connection: Connection | None, ticket: int, message: Message) -> Connection | None:
        """Take one message through; the connection if it is of more use."""
        verdict = self._verdicts[ticket]
        try:
            connection = connection or self._opened()
            connection.begin(message)
        except RefusedError as refusal:
            self._events.put(Event(ticket, What.REFUSED, refusal.reply))
            return connection if not refusal.broken else self._drop(connection)
        self._events.put(Event(ticket, What.READY))
        if not verdict.get():
            return self._drop(connection)
        try:
            self._events.put(Event(ticket, What.ANSWERED, connection.finish()))
        except OSError as error:
            self._events.put(Event(ticket, What.LOST, Reply(Phase.DOT, 0, f"no answer: {error}")))
            return self._drop(connection)
        return connection

    def _opened(self) -> Connection:
        connection = self._connect()
        self._live.add(connection)
        return connection

    def _drop(self, connection: Connection | None) -> Connection | None:
        if connection:
            self._live.discard(connection)
            connection.drop()
        return None
