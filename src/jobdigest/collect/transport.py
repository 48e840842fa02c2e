"""httpx's door to the network, ours: kept-alive connections to checked addresses in place of httpx's own pool.

httpx's pool looks through all its connections at every request, follows proxies named by the environment and connects
to whatever a name resolves to. This transport does neither. It is asked directly: the rest of an httpx client (cookies,
redirects, authentication) would cost a quarter of an exchange and do nothing here.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpcore
import httpx

from jobdigest.collect.connect import Connections, Guard


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carries requests over `Connections`; failures come as httpcore's exceptions, for `connect.explain`."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None) -> None:
        self._connections = Connections(guard, tls)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the connection is given back when the answer is closed."""
        url = request.url
        wire = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        origin = wire.url.origin
        connection = await self._connections.take(origin, request.extensions["timeout"]["connect"])
        try:
            answer = await connection.handle_async_request(wire)
        except BaseException:
            await self._connections.release(origin, connection)
            raise
        body = _Body(answer, self._connections, origin, connection)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close what is idle."""
        await self._connections.aclose()


class _Body(httpx.AsyncByteStream):
    """An answer's bytes as they come off the wire."""

    def __init__(
        self,
        answer: httpcore.Response,
        connections: Connections,
        origin: httpcore.Origin,
        connection: httpcore.AsyncHTTP11Connection,
    ) -> None:
        self._answer, self._connections, self._origin, self._connection = answer, connections, origin, connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        try:
            await self._answer.aclose()
        finally:
            await self._connections.release(self._origin, self._connection)
