"""Connections that go only where they may: resolve, check every address, connect to a checked one.

httpcore speaks HTTP over the streams we give it. Because the address that was checked is the address that is used, a
name that changes its answer between check and use (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
from collections import deque
from typing import Any

import httpcore

from jobdigest.errors import FetchError

_HELD = 2**18  # bytes
_TRIED_ADDRESSES = 4
_KEPT = 64
_KEPT_FOR = 30.0  # seconds
Origin = tuple[bytes, bytes, int]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class TransientError(FetchError):
    """A failure that another attempt may not meet."""


def is_public(address: str) -> bool:
    """True for an address of the public Internet, also when it wraps an IPv4 address (mapped, 6to4, Teredo, NAT64)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class Guard:
    """Which hosts may be reached. Private addresses only where allowed, and then only for hosts named by ourselves.

    A host that a server redirects us to is never "named": `network.allow_private` trusts config.yaml, not answers.
    """

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private
        self._named: set[str] = set()

    def name(self, host: str) -> None:
        """Trust `host` because a source or an operator names it."""
        if self.allow_private:
            self._named.add(host)

    async def addresses(self, host: str, port: int, *, redirected: bool = False) -> list[str]:
        """The addresses of `host`; raises FetchError where there is none, or a private one that may not be used."""
        found = await _resolve(host, port)
        if redirected or host not in self._named:
            for address in found:
                if not is_public(address):
                    raise FetchError(f"{'redirect to' if redirected else host + ' is'} a private address ({address})")
        return found


async def _resolve(host: str, port: int) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    try:
        infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise TransientError(f"no DNS answer for {host}") from None
        raise FetchError(f"no such host: {host}") from None
    except UnicodeError:
        raise FetchError(f"no such host: {host[:80]!r}") from None
    return list(dict.fromkeys(str(info[4][0]) for info in infos))[:_TRIED_ADDRESSES]


async def connect(guard: Guard, host: str, port: int, timeout: float | None) -> Stream:
    """A stream to the first address of `host` that may be used and answers."""
    try:
        async with asyncio.timeout(timeout):
            return await _connect_any(await guard.addresses(host, port), port)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


async def _connect_any(addresses: list[str], port: int) -> Stream:
    loop = asyncio.get_running_loop()
    for last, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
        try:
            return (await loop.create_connection(Stream, address, port))[1]
        except OSError:
            if not last:
                raise
    raise OSError("no address")


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection in httpcore's clothes. What comes is handed on piece by piece as it came: copies have a price."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._paused = self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport to write to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep a piece; no more come while much is kept."""
        self._pieces.append(data)
        self._held += len(data)
        if self._held > _HELD and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come, perhaps for a reason."""
        self._ended, self._error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next piece, of whatever size it came in, or nothing at the end."""
        if not (self._pieces or self._ended):
            await self._something(timeout)
        if self._pieces:
            piece = self._pieces.popleft()
            self._held -= len(piece)
            if self._paused and self._held <= _HELD:
                self._paused = False
                self._transport.resume_reading()
            return piece
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        return b""

    async def _something(self, timeout: float | None) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._waiter
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        finally:
            self._waiter = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`; requests are small, so there is nothing to drain."""
        if buffer:
            self._transport.write(buffer)

    async def aclose(self) -> None:
        """Drop the connection: a farewell over TLS could hang on a dead peer."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Speak TLS from here on."""
        loop, plain = asyncio.get_running_loop(), self._transport
        try:
            async with asyncio.timeout(timeout):
                secured = await loop.start_tls(plain, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            plain.abort()
            raise httpcore.ConnectTimeout from error
        except (OSError, ssl.CertificateError) as error:
            plain.abort()
            raise httpcore.ConnectError(str(error)) from error
        assert secured is not None
        self._transport = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        """Only `is_readable`: an idle connection that is readable was closed, or says what nobody asked."""
        return bool(self._pieces or self._ended) if info == "is_readable" else None


class Connections:
    """Connections kept alive, by origin. httpcore's own pool looks through all of them at every request."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None) -> None:
        self._guard = guard
        self._tls = tls
        self._idle: dict[Origin, list[httpcore.AsyncHTTP11Connection]] = {}
        self._kept = 0

    async def take(self, origin: httpcore.Origin, timeout: float | None) -> httpcore.AsyncHTTP11Connection:
        """An idle connection to `origin`, or a new one; give it back with `release`."""
        idle = self._idle.get(_key(origin), [])
        while idle:
            self._kept -= 1
            connection = idle.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        host = origin.host.decode("ascii")
        stream: httpcore.AsyncNetworkStream = await connect(self._guard, host, origin.port, timeout)
        if origin.scheme == b"https":
            self._tls = self._tls or trust()
            stream = await stream.start_tls(self._tls, host, timeout)
        return httpcore.AsyncHTTP11Connection(origin, stream, keepalive_expiry=_KEPT_FOR)

    async def release(self, origin: httpcore.Origin, connection: httpcore.AsyncHTTP11Connection) -> None:
        """Keep `connection` for the next request if it can take one."""
        if not connection.is_idle() or connection.has_expired():
            await connection.aclose()
            return
        if self._kept >= _KEPT:
            await self.aclose()
        self._idle.setdefault(_key(origin), []).append(connection)
        self._kept += 1

    async def aclose(self) -> None:
        """Close what is idle."""
        for idle in self._idle.values():
            for connection in idle:
                await connection.aclose()
        self._idle.clear()
        self._kept = 0


def _key(origin: httpcore.Origin) -> Origin:
    return origin.scheme, origin.host, origin.port


def trust() -> ssl.SSLContext:
    """The system's certificate authorities, and certifi's unless SSL_CERT_FILE names others."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not os.environ.get("SSL_CERT_FILE"):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def explain(error: BaseException) -> FetchError:
    """A failed exchange as one line that an operator understands."""
    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        text = (cause.verify_message or str(cause)).rstrip(".")
        return FetchError(text if text.startswith("certificate") else f"certificate not accepted: {text}")
    if isinstance(cause, ssl.SSLError):
        return TransientError(f"TLS failed: {(cause.reason or str(cause)).replace('_', ' ').lower()}")
    if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
        return TransientError(_os_words(cause))
    text = str(error).rstrip(".")
    if text.startswith("peer closed connection"):
        return TransientError(f"connection closed mid-body{text[text.find(' (') :] if ' (' in text else ''}")
    if text.startswith("Server disconnected"):
        return TransientError("connection closed without an answer")
    return TransientError(f"not HTTP: {text[:120] or type(error).__name__}")


def _os_words(error: OSError) -> str:
    if isinstance(error, ConnectionResetError):
        return "connection reset"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return (error.strerror or str(error) or type(error).__name__).lower()
