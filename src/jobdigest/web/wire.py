"""HTTP/1.1 with an end to every wait: uvicorn has none for a head that drips in or an answer that nobody reads."""

from __future__ import annotations

import asyncio
import socket

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # from the first byte of a request (or from connecting) to the end of its head
ANSWER_SECONDS = 30.0  # for the asker to take what is written
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Patient(H11Protocol):
    """One connection; bodies have their own end of waiting in guard.py."""

    _head: asyncio.TimerHandle | None = None
    _answer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection that says nothing is cut."""
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
            # asyncio does it for its own sockets, not for one that several workers share: each answer would wait 40 ms
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = self.loop.call_later(HEAD_SECONDS, self._cut)

    def data_received(self, data: bytes) -> None:
        """The clock runs until a request has begun, whatever else is said."""
        if self._between_requests() and self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self._cut)
        super().data_received(data)
        if not self._between_requests():
            self._stop_head()

    def on_response_complete(self) -> None:
        """A connection that is closing must get rid of what is written."""
        super().on_response_complete()
        if self.transport.is_closing() and self._answer is None:
            self._answer = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def pause_writing(self) -> None:
        """The asker reads more slowly than we write."""
        super().pause_writing()
        if self._answer is None:
            self._answer = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        self._stop_answer()

    def timeout_keep_alive_handler(self) -> None:
        """An idle connection is closed; one that never took its last answer is cut."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_head()
        self._stop_answer()
        super().connection_lost(exc)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _cut(self) -> None:
        self._head = None
        if self._between_requests() and not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()
            self._answer = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def _stop_head(self) -> None:
        if self._head:
            self._head.cancel()
            self._head = None

    def _stop_answer(self) -> None:
        if self._answer:
            self._answer.cancel()
            self._answer = None
