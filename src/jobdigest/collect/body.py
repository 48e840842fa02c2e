"""Bodies within bounds: decompress piece by piece under a cap, and tell a challenge page from an answer."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping

from jobdigest.collect.connect import TransientError
from jobdigest.errors import FetchError

_PIECE = 2**18
_GZIP = b"\x1f\x8b"
_CHALLENGE = re.compile(
    rb"<title>\s*(just a moment|attention required! \| cloudflare|access denied|pardon our interruption"
    rb"|ddos-guard|security check|are you a robot|robot check|human verification)"
    rb"|_cf_chl_opt|cf-browser-verification|cf-challenge-running|/cdn-cgi/challenge-platform/h/"
    rb"|_incapsula_resource|captcha-delivery\.com|px-captcha|errors\.edgesuite\.net|sec-if-cpt-container|sgcaptcha"
    rb"|awswafcookiedomainlist",
    re.IGNORECASE,
)
_LOOKED_AT = 2**15


def in_words(size: int) -> str:
    """A size for people: `64 MB`, `512 KB`."""
    return f"{size // 2**20} MB" if size >= 2**20 else f"{size // 2**10} KB"


def challenge(headers: Mapping[str, str], body: bytes) -> str | None:
    """Who put a challenge page in place of an answer, or None. Looks at small HTML pages only."""
    if "challenge" in headers.get("cf-mitigated", ""):
        return "challenge page (Cloudflare)"
    if body[:256].lstrip()[:1] != b"<" or len(body) > 2**20:
        return None
    found = _CHALLENGE.search(body, 0, _LOOKED_AT)
    if not found:
        return None
    return f"challenge page ({(found[1] or found[0]).decode(errors='replace')!r})"


async def within(chunks: AsyncIterator[bytes], encoding: str, cap: int) -> AsyncIterator[bytes]:
    """The decoded pieces of a body; raises FetchError past `cap` bytes, before or after decompression.

    A body that is itself a gzip file (`sitemap.xml.gz`) is unpacked too.
    """
    layers = [name for name in (part.strip() for part in encoding.lower().split(",")) if name not in ("", "identity")]
    if len(layers) > 1 or not set(layers) <= {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"content-encoding {encoding[:40]!r}, which was not asked for")
    pieces = _capped(chunks, cap)
    if layers:
        pieces = _capped(_inflated(pieces), cap)
    async for piece in _capped(_unpacked(pieces), cap):
        yield piece


async def _capped(chunks: AsyncIterator[bytes], cap: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > cap:
            raise FetchError(f"more than {in_words(cap)}")
        yield chunk


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces as they are, or unpacked where the first bytes say gzip."""
    async for first in chunks:
        if len(first) > 1 and first.startswith(_GZIP):
            async for piece in _inflated(_chained(first, chunks)):
                yield piece
            return
        yield first
        break
    async for chunk in chunks:
        yield chunk


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _inflated(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflater = _Inflater()
    async for chunk in chunks:
        for piece in inflater.feed(chunk):
            yield piece
    inflater.end()


class _Inflater:
    """gzip (several members too), zlib or bare deflate, never more than a piece at a time."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=47)
        self._fed = 0
        self._made = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decompressed pieces that `data` completes."""
        while data:
            piece = self._decompress(data)
            self._made += len(piece)
            if piece:
                yield piece
            if self._member.eof:
                data = self._member.unused_data
                if not data.startswith(_GZIP):
                    return  # padding after the last member
                self._member = zlib.decompressobj(wbits=47)
            else:
                data = self._member.unconsumed_tail
        self._fed += 1

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, _PIECE)
        except zlib.error as error:
            if self._made or self._fed or data.startswith(_GZIP):
                raise FetchError(f"broken gzip after {self._made} bytes") from error
        self._member = zlib.decompressobj(wbits=-15)
        try:
            return self._member.decompress(data, _PIECE)
        except zlib.error as error:
            raise FetchError("not gzip, whatever its header says") from error

    def end(self) -> None:
        """Raises TransientError where the stream stopped early."""
        if not self._member.eof and (self._fed or self._made):
            raise TransientError(f"truncated gzip after {self._made} bytes")
