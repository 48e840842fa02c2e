"""Answers that depend on their address alone are kept, for a minute at most and only while the jobs stay the same.

A page says so itself by `Cache-Control: public`; the same header tells browsers and proxies. Everything else passes
through. Every kept answer has an ETag, so whoever asks again gets 304 while nothing has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_SECONDS = 60.0
LOOK_SECONDS = 1.0  # how often the store is asked whether jobs have changed
MOST_BYTES = 32 * 2**20
LONGEST_KEY = 500
_PUBLIC = b"public"

Key = tuple[str, bytes]
RawHeaders = list[tuple[bytes, bytes]]


class Kept(NamedTuple):
    """An answer with status 200."""

    headers: RawHeaders
    body: bytes
    etag: bytes
    until: float


class Cache:
    """ASGI middleware; `version` gives a number that changes with the jobs, and may block."""

    def __init__(self, app: ASGIApp, version: Callable[[], int]) -> None:
        self.app, self._version = app, version
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._seen, self._looked, self._generation = -1, -LOOK_SECONDS, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on and keep the answer if it may be kept."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        await self._look()
        key = (scope["path"], scope["query_string"])
        kept = self._kept.get(key)
        if kept and kept.until > monotonic():
            await _answer(kept, scope, send)
        else:
            await self._pass_on(key, scope, receive, send)

    async def _look(self) -> None:
        """Forget everything where the jobs have changed."""
        if monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = monotonic()
        version = await run_in_threadpool(self._version)
        if version != self._seen:
            self._seen = version
            self._generation += 1
            self._kept.clear()
            self._bytes = 0

    async def _pass_on(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        generation = self._generation
        start: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_kept(message):
                start = message
            elif start is not None and not message.get("more_body", False):
                kept = _kept(start["headers"], message.get("body", b""))
                if generation == self._generation and len(key[0]) + len(key[1]) < LONGEST_KEY:
                    self._keep(key, kept)
                await _answer(kept, scope, send)
            else:
                await send(message)

        await self.app(scope, receive, watched)

    def _keep(self, key: Key, kept: Kept) -> None:
        self._drop(key)
        self._kept[key] = kept
        self._bytes += len(kept.body)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone.body) if gone else 0


def _may_be_kept(start: Message) -> bool:
    said = dict(start["headers"]).get(b"cache-control", b"")
    return start["status"] == 200 and bool(said.startswith(_PUBLIC))


def _kept(headers: RawHeaders, body: bytes) -> Kept:
    etag = b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    return Kept([*headers, (b"etag", etag)], body, etag, monotonic() + KEPT_SECONDS)


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    """The answer, or 304 (RFC 9110 §15.4.5) where the asker has it already."""
    asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
    same = kept.etag in [one.strip().removeprefix(b"W/") for one in asked.split(b",")]
    headers = [pair for pair in kept.headers if not same or pair[0] not in (b"content-length", b"content-type")]
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if same else kept.body})
