"""A web server on loopback that misbehaves in every way we know, one way per first path segment.

While `hostile` is false each path answers like a well-behaved Greenhouse board with six jobs (or a Personio feed).
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import re
import socket
import ssl
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

Write = Callable[[bytes], Awaitable[None]]


def job(number: int | str, title: str = "Machine Learning Engineer") -> dict[str, object]:
    return {
        "id": number,
        "title": f"{title} {number}",
        "absolute_url": f"https://boards.greenhouse.io/acme/jobs/{number}",
        "location": {"name": "London"},
        "content": "&lt;p&gt;Train models.&lt;/p&gt;",
        "first_published": "2026-11-20T10:00:00-04:00",
    }


def board(jobs: list[dict[str, object]]) -> bytes:
    return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()


SIX = board([job(number) for number in range(1, 7)])
SEVEN = board([job(number) for number in range(1, 8)])
PERSONIO = "<workzag-jobs>{}</workzag-jobs>"
POSITION = "<position><id>{0}</id><name>Engineer {0}</name><office>Berlin</office></position>"
SIX_POSITIONS = PERSONIO.format("".join(POSITION.format(number) for number in range(1, 7))).encode()
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">%s]>
<workzag-jobs><position><id>1</id><name>&a30;</name></position></workzag-jobs>""" % b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 31)
)


def head(status: str, body: bytes, *fields: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *fields]
    if not any(field.lower().startswith("content-type") for field in fields):
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode()


def canned(status: str, body: bytes = b"", *fields: str) -> bytes:
    return head(status, body, *fields) + body


CANNED: dict[str, bytes] = {
    "redirect-loop": canned("302 Found", b"", "Location: ?again"),
    "redirect-to-private": canned("302 Found", b"", "Location: http://169.254.169.254/latest/meta-data"),
    "redirect-to-file": canned("302 Found", b"", "Location: file:///etc/passwd"),
    "challenge-200": canned("200 OK", CHALLENGE, "Content-Type: text/html"),
    "challenge-403": canned("403 Forbidden", CHALLENGE, "Content-Type: text/html"),
    "forbidden": canned("403 Forbidden"),
    "not-found": canned("404 Not Found"),
    "too-many": canned("429 Too Many Requests"),
    "too-many-for-long": canned("429 Too Many Requests", b"", "Retry-After: 3600"),
    "server-error": canned("500 Internal Server Error", b"boom"),
    "unavailable-until": canned("503 Service Unavailable", b"", "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT"),
    "truncated-gzip": canned("200 OK", gzip.compress(SIX)[:-40], "Content-Encoding: gzip"),
    "false-gzip": canned("200 OK", SIX, "Content-Encoding: gzip"),
    "brotli": canned("200 OK", SIX, "Content-Encoding: br"),
    "wrong-charset": canned(
        "200 OK",
        SIX.replace(b"London", "Zürich".encode()),
        "Content-Type: application/json; charset=iso-8859-1",
    ),
    "mojibake": canned("200 OK", SIX.replace(b"London", "ZÃ¼rich".encode())),
    "not-utf8": canned("200 OK", SIX.replace(b"London", b"Z\xfcrich")),
    "bad-json": canned("200 OK", SIX.replace(b"}, {", b"}, oops {", 1)),
    "html": canned("200 OK", b"<html><title>Maintenance</title></html>", "Content-Type: text/html"),
    "deep": canned("200 OK", b"[" * 200_000),
    "long-number": canned("200 OK", b'{"jobs": [' + b"9" * 10_000 + b"]}"),
    "nul-bytes": canned("200 OK", SIX.replace(b"Machine", rb"Mach\u0000ine \ud800")),
    "million-items": canned("200 OK", b'{"jobs":[' + b"{}," * 1_000_000 + b"{}]}"),
    "not-a-board": canned("200 OK", b'{"error": "unknown"}'),
    "rows-of-rubbish": canned("200 OK", b'{"jobs":[1,null,"x",[],{"id":{}},{"id":1,"title":["a"]}]}'),
    "one-bad-row": canned("200 OK", board([{"id": 9, "title": None}, *(job(n) for n in range(1, 7))])),
    "duplicate-ids": canned("200 OK", board([job(1) for _ in range(50)])),
    "changing-ids": canned("200 OK", board([job(number) for number in range(101, 107)])),
    "empty": canned("200 OK", board([])),
    "half-gone": canned("200 OK", board([job(1), job(2)])),
    "not-http": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "bad-header": b"HTTP/1.1 200 OK\r\nContent Length : many\r\n\r\n",
    "endless-header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000,
    "billion-laughs": canned("200 OK", LAUGHS, "Content-Type: text/xml"),
    "xml-cut-short": canned("200 OK", SIX_POSITIONS[:-60], "Content-Type: text/xml"),
    "xml-empty": canned("200 OK", b"<workzag-jobs/>", "Content-Type: text/xml"),
}


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _send_bomb(writer: asyncio.StreamWriter) -> None:
    """A gigabyte of zeros in a megabyte; never finished, as nobody should read that far."""
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = start + again * 1023
    writer.write(canned("200 OK", bomb, "Content-Encoding: gzip"))
    await writer.drain()


async def _send_gigabyte(writer: asyncio.StreamWriter) -> None:
    writer.write(head("200 OK", b"", length=2**30))
    for _ in range(1024):
        writer.write(b" " * 2**20)
        await writer.drain()


async def _send_in_drips(writer: asyncio.StreamWriter) -> None:
    writer.write(head("200 OK", SIX))
    for at in range(len(SIX)):
        writer.write(SIX[at : at + 1])
        await writer.drain()
        await asyncio.sleep(0.05)


class HostileServer:
    """Serves until the block ends; `requests` counts by first path segment.

    `pages` maps a path to a whole answer, or to several: one for each request, the last again and again. `log` keeps
    what was asked (request line and header fields), `most_at_once` how many requests were open together.
    """

    def __init__(self) -> None:
        self.pages: dict[str, bytes | list[bytes]] = {}
        self.log: list[str] = []
        self.at_once = self.most_at_once = 0
        self.hostile = False
        self.connections = 0
        self.requests: Counter[str] = Counter()
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", request, re.IGNORECASE)
        self.log.append(request + (await reader.readexactly(int(length[1]))).decode() if length else request)
        path = request.split(" ")[1]
        if path in self.pages:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(0.002)  # long enough for others to come in beside this one
            self.at_once -= 1
            writer.write(self._page(path))
            return True
        found = re.match(r"GET /([\w-]+)(\S*)", request)
        name = found[1] if found else ""
        self.requests[name] += 1
        if not self.hostile or name.startswith("good"):
            writer.write(canned("200 OK", SIX_POSITIONS if "/xml" in path else SIX))
            return True
        return await self._misbehave(name, found[2] if found else "", writer)

    def _page(self, path: str) -> bytes:
        answers = self.pages[path]
        if isinstance(answers, bytes):
            return answers
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def _misbehave(self, name: str, rest: str, writer: asyncio.StreamWriter) -> bool:
        if name in CANNED:
            writer.write(CANNED[name])
            return not name.startswith(("not-http", "endless", "bad-header"))
        if name == "redirect-chain":
            hop = int((re.search(r"hop=(\d+)", rest) or [0, 0])[1]) + 1
            writer.write(canned("302 Found", b"", f"Location: /redirect-chain/x?hop={hop}"))
            return True
        if name == "too-many-for-a-moment":
            busy = self.requests[name] % 2 == 0  # the first request of the hostile round is the second of all
            writer.write(canned("429 Too Many Requests", b"", "Retry-After: 0") if busy else canned("200 OK", SEVEN))
            return True
        if name == "gzip-bomb":
            await _send_bomb(writer)
        elif name == "gigabyte":
            await _send_gigabyte(writer)
        elif name == "drip":
            await _send_in_drips(writer)
        elif name == "stall":
            await asyncio.sleep(60)
        elif name == "stall-in-body":
            writer.write(head("200 OK", SIX) + SIX[:100])
            await writer.drain()
            await asyncio.sleep(60)
        elif name == "closed-in-body":
            writer.write(head("200 OK", SIX) + SIX[:100])
        elif name == "closed-at-once":
            pass
        elif name.startswith("reset"):
            writer.write(
                {"reset-in-headers": b"HTTP/1.1 200 OK\r\nCont", "reset-in-body": head("200 OK", SIX) + b"{"}.get(
                    name, b""
                )
            )
            await writer.drain()
            reset(writer)
        else:
            raise AssertionError(f"no such misbehaviour: {name}")
        return False


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[HostileServer]:
    """A running server in a thread of its own."""
    server, ready, loop = HostileServer(), threading.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
        server.url = f"http{'s' if tls else ''}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        ready.set()
        try:
            await listening.serve_forever()
        finally:
            listening.close()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(_cancel_others())
        loop.close()

    task = loop.create_task(serve())
    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
