"""HTTP as a client: the only module that speaks it.

    Session.get ──robots──► retries ──► redirects by hand ──► turn at the host ──► exchange ──► body within bounds
                                          each target checked    manners.py         transport.py   body.py

A `Client` lives for one run and owns connections, turnstiles and robots.txt; a `Session` is one source's view of it and
keeps that source's validators. httpx speaks the protocol; redirects, decoding, retries and addresses are decided here.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import random
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore
import httpx

from jobdigest.collect.body import challenge, within
from jobdigest.collect.connect import Guard, TransientError, explain
from jobdigest.collect.manners import LONGEST_WAIT, Robots, Turnstile
from jobdigest.collect.sources.base import Kind, Manners, Response
from jobdigest.collect.transport import GuardedTransport
from jobdigest.collect.wire import (
    OURS,
    conditions,
    fields,
    is_private_literal,
    is_this_machine,
    located,
    port_of,
    refusal,
    validator,
    web_address,
    wire_url,
)
from jobdigest.config import Network, Newsletter, SourceConfig
from jobdigest.errors import BlockedError, FetchError
from jobdigest.polling import Validator

ATTEMPTS = 3
MAX_REDIRECTS = 5
WALL = 4
"""A whole exchange may take this many times the longest silence (`Manners.timeout`)."""
STREAM_WALL = 1800.0
STREAM_CAP = 16
"""A streamed body may be this many times `network.max_body`."""
_ERROR_BODY = 2**16
_REDIRECTS = (301, 302, 303, 307, 308)


def user_agent(newsletter: Newsletter, network: Network) -> str:
    """How we introduce ourselves: the program, who runs it, and where to complain."""
    return (
        network.user_agent
        or f"jobdigest/{importlib.metadata.version('jobdigest')} (+{newsletter.base_url}; {newsletter.from_})"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One request; `url` is the address as the source names it, before `base_url`."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    same_host: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    url: str
    headers: Mapping[str, str]
    body: AsyncIterator[bytes]
    deadline: float


class Client:
    """Connections, turnstiles and robots.txt of one run; use as `async with`.

    `sharers` are the clients that ask the same hosts at the same time, this one included.
    """

    def __init__(
        self,
        network: Network,
        agent: str,
        *,
        backoff: timedelta = timedelta(seconds=1),
        tls: ssl.SSLContext | None = None,
        sharers: int = 1,
    ) -> None:
        self.network = network
        self.sharers = sharers
        self.agent = agent
        self.backoff = backoff.total_seconds()
        self.guard = Guard(network.allow_private)
        self.robots = Robots(agent)
        self.slots = asyncio.Semaphore(network.concurrency)
        self.wire = GuardedTransport(self.guard, tls)
        self._turnstiles: dict[tuple[str, str], Turnstile] = {}

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.aclose()

    def session(
        self,
        manners: Manners,
        *,
        kind: str = "",
        base_url: str | None = None,
        validators: Mapping[str, Validator] | None = None,
    ) -> Session:
        """One source's view; `kind` separates what hosts get to feel of different kinds' manners."""
        return Session(self, manners, kind, base_url, validators or {})

    def for_source(self, source: SourceConfig, kind: Kind, validators: Mapping[str, Validator]) -> Session:
        """The session for one poll of `source`: what `run.collect` takes as `http`."""
        manners = replace(kind.manners, timeout=source.timeout) if source.timeout else kind.manners
        manners = manners.shared_by(self.sharers)
        return self.session(manners, kind=kind.name, base_url=source.base_url, validators=validators)

    def turnstile(self, parts: SplitResult, kind: str, manners: Manners) -> Turnstile:
        """The way to a host for a kind; our own machine is spared the speed limit, not the concurrency."""
        key = (parts.netloc, kind)
        if key not in self._turnstiles:
            self._turnstiles[key] = Turnstile(parts.netloc, manners, limited=not is_this_machine(parts.hostname))
        return self._turnstiles[key]


@dataclass(slots=True)
class Session:
    """`Http` for one poll of one source: see `sources.base.Http` for what each method promises.

    `fresh` are the validators to keep once the poll's postings are safe; `not_modified` counts answers that said so.
    """

    _client: Client
    _manners: Manners
    _kind: str
    _base_url: str | None
    _validators: Mapping[str, Validator]
    fresh: dict[str, Validator] = field(default_factory=dict)
    not_modified: int = 0

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        robots: bool = False,
        same_host: bool = False,
    ) -> Response:
        """GET `url`."""
        if robots:
            await self._obey_robots(url)
        asked = {**(headers or {}), **(conditions(self._validators.get(url)) if conditional else {})}
        response = await self._ask(_Ask(method="GET", url=url, headers=asked, same_host=same_host))
        return self._compared(url, response) if conditional else response

    async def post(self, url: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Response:
        """POST `body` as JSON, bytes as they are."""
        asked = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        content = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        return await self._ask(_Ask(method="POST", url=url, headers=asked, content=content))

    async def stream(self, url: str) -> AsyncIterator[bytes]:
        """The body of `url`, piece by piece; retried only before the first piece."""
        ask = _Ask(method="GET", url=url, headers={})
        cap = self._client.network.max_body * STREAM_CAP
        self._name(ask)
        for attempt in range(ATTEMPTS):
            started = False
            try:
                async with self._open(ask) as answer:
                    await self._refuse_errors(answer)
                    end = time.monotonic() + STREAM_WALL
                    async for piece in within(answer.body, answer.headers.get("content-encoding", ""), cap):
                        started = True
                        yield piece
                        if time.monotonic() > end:
                            raise FetchError(f"timed out after {STREAM_WALL:.0f} s")
                return
            except TransientError as error:
                if started:
                    raise
                await self._pause(error, attempt)

    async def _obey_robots(self, url: str) -> None:
        async def fetch(address: str) -> str:
            return (await self.get(address)).text()

        address = self._physical(url)
        delay = await self._client.robots.check(address, fetch)
        if delay:
            self._client.turnstile(urlsplit(address), self._kind, self._manners).slow_down(delay)

    def _compared(self, url: str, response: Response) -> Response:
        """Remember the answer's version; a body equal to the last one is `not_modified` too."""
        known = self._validators.get(url)
        if response.not_modified:
            self.not_modified += 1
            return response
        found = validator(response)
        if known is not None and found == known and (found.etag or "").startswith(OURS):
            self.not_modified += 1
            return replace(response, body=b"", not_modified=True)
        self.fresh[url] = found
        return response

    async def _ask(self, ask: _Ask) -> Response:
        self._name(ask)
        for attempt in range(ATTEMPTS):
            try:
                return await self._fetch(ask)
            except TransientError as error:
                await self._pause(error, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _name(self, ask: _Ask) -> None:
        self._client.guard.name(web_address(self._physical(ask.url)).hostname or "")

    async def _pause(self, error: TransientError, attempt: int) -> None:
        """Wait before the next attempt, or give `error` up."""
        wait = error.retry_after
        if attempt + 1 == ATTEMPTS or (wait or 0) > LONGEST_WAIT:
            raise error
        await asyncio.sleep(self._client.backoff * 2**attempt * random.uniform(0.75, 1.25) if wait is None else wait)

    async def _fetch(self, ask: _Ask) -> Response:
        async with self._open(ask) as answer:
            if answer.status == 304 and any(name.lower().startswith("if-") for name in ask.headers):
                async for _ in answer.body:  # there is none; but a connection is kept only if read to the end
                    pass
                return Response(status=304, url=answer.url, headers=answer.headers, body=b"", not_modified=True)
            await self._refuse_errors(answer)
            body = await _gathered(answer, self._client.network.max_body)
        who = challenge(answer.headers, body)
        if who:
            raise BlockedError(who, status=answer.status)
        return Response(status=answer.status, url=answer.url, headers=answer.headers, body=body)

    async def _refuse_errors(self, answer: _Answer) -> None:
        if 200 <= answer.status < 300:
            return
        body = b""
        with suppress(FetchError):  # the status says enough
            body = await _gathered(answer, _ERROR_BODY)
        raise refusal(answer.status, answer.headers, body)

    @asynccontextmanager
    async def _open(self, ask: _Ask) -> AsyncIterator[_Answer]:
        """The answer at the end of the redirects."""
        been = {ask.url}
        for _ in range(MAX_REDIRECTS + 1):
            async with self._exchange(ask) as answer:
                location = answer.headers.get("location")
                if answer.status not in _REDIRECTS or not location:
                    yield answer
                    return
            ask = await self._redirected(ask, answer.status, urljoin(ask.url, location))
            if ask.url in been:
                raise FetchError(f"redirect loop at {urlsplit(ask.url).hostname}")
            been.add(ask.url)
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")

    async def _redirected(self, ask: _Ask, status: int, target: str) -> _Ask:
        """`ask` at its new address; raises FetchError where we must not go there. Keys stay with their host."""
        old, new = urlsplit(ask.url), web_address(target, "redirect to ")
        if new.hostname != old.hostname:
            if ask.same_host:
                raise FetchError(f"redirected to {new.hostname}", status=status)
            await self._check_target(new)
        headers = {k: v for k, v in ask.headers.items() if new.netloc == old.netloc or k.lower().startswith("accept")}
        if ask.method == "POST" and status in (307, 308):
            return replace(ask, url=target, headers=headers)
        return replace(ask, url=target, headers=headers, method="GET", content=None)

    async def _check_target(self, target: SplitResult) -> None:
        host = target.hostname or ""
        if self._base_url is None:
            await self._client.guard.addresses(host, port_of(target), redirected=True)
        elif host != urlsplit(self._base_url).hostname and is_private_literal(host):
            raise FetchError(f"redirect to a private address ({host})")

    @asynccontextmanager
    async def _exchange(self, ask: _Ask) -> AsyncIterator[_Answer]:
        """One request and its answer, the body still unread."""
        parts = self._permitted(ask.url)
        silence = self._manners.timeout.total_seconds()
        request = self._request(ask, parts, silence)
        turnstile = self._client.turnstile(parts, self._kind, self._manners)
        async with turnstile.turn(), self._client.slots:
            with _explained(silence):
                deadline = asyncio.get_running_loop().time() + silence * WALL
                async with asyncio.timeout_at(deadline):
                    response = await self._client.wire.handle_async_request(request)
                try:
                    headers, body = fields(response.headers.raw), response.stream
                    assert isinstance(body, httpx.AsyncByteStream)
                    pieces = aiter(body)  # as it comes: decoding under a cap is `body.within`'s
                    yield _Answer(
                        status=response.status_code, url=ask.url, headers=headers, body=pieces, deadline=deadline
                    )
                finally:
                    await response.aclose()

    def _request(self, ask: _Ask, parts: SplitResult, silence: float) -> httpx.Request:
        headers = {"User-Agent": self._client.agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        headers |= {"Host": parts.netloc.rpartition("@")[2], **ask.headers}
        if ask.content is not None:
            headers["Content-Length"] = str(len(ask.content))
        return httpx.Request(
            ask.method,
            wire_url(parts),
            headers=[
                (name.encode("latin-1", "replace"), text.encode("latin-1", "replace")) for name, text in headers.items()
            ],
            stream=httpx.ByteStream(ask.content or b""),
            extensions={"timeout": {"connect": silence, "read": silence}},
        )

    def _permitted(self, url: str) -> SplitResult:
        parts = web_address(self._physical(url))
        if parts.scheme == "http" and not self._client.network.allow_private:
            raise FetchError("http is not safe enough; write https (or set network.allow_private)")
        return parts

    def _physical(self, url: str) -> str:
        return located(url, self._base_url)


async def _gathered(answer: _Answer, cap: int) -> bytes:
    async with asyncio.timeout_at(answer.deadline):
        encoding = answer.headers.get("content-encoding", "")
        return b"".join([piece async for piece in within(answer.body, encoding, cap)])


@contextmanager
def _explained(silence: float) -> Iterator[None]:
    """Whatever goes wrong on the wire as a FetchError of one line."""
    try:
        yield
    except httpcore.ConnectTimeout:
        raise TransientError(f"timed out after {silence:g} s, not connected") from None
    except httpcore.TimeoutException:
        raise TransientError(f"timed out after {silence:g} s") from None
    except TimeoutError:
        raise FetchError(f"timed out after {silence * WALL:g} s, too slow") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        raise explain(error) from error
