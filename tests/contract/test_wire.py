"""Slow and silent clients on a real socket: every wait has an end, and the answer says why where one can be given."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jobdigest.web import guard, wire
from support.serving import served

BIG = b"x" * 30_000_000  # more than the kernel takes off our hands


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


async def big(_request: Request) -> Response:
    return PlainTextResponse(BIG)


def config(**settings: Any) -> uvicorn.Config:
    app = guard.Guard(Starlette(routes=[Route("/", echo, methods=["GET", "POST"]), Route("/big", big)]), "http://x")
    return uvicorn.Config(app, port=0, log_config=None, http=wire.Patient, **settings)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that is out of patience sooner than ours."""
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(guard, "SLOWEST_BODY", 0.5)
    with served(config()) as base:
        yield base


def connected(base: str) -> closing[socket.socket]:
    parts = urlsplit(base)
    return closing(socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=30))


def rest(connection: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def drip(connection: socket.socket, text: bytes, stop: threading.Event) -> None:
    """A byte now and then, as a slow loris does, until the server has had enough."""
    try:
        for byte in text:
            if stop.wait(0.05):
                return
            connection.sendall(bytes([byte]))
    except OSError:
        pass


def test_a_connection_that_says_nothing_is_cut(base: str) -> None:
    with connected(base) as connection:
        assert rest(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_head_that_drips_in_is_cut(base: str, first: bytes) -> None:
    with connected(base) as connection:
        if first:  # also on a connection that asked properly once
            connection.sendall(first)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        stop = threading.Event()
        head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 2000
        dripping = threading.Thread(target=drip, args=(connection, head, stop))
        dripping.start()
        answer = rest(connection)
        stop.set()
        dripping.join()
    assert b"HTTP/1.1 408 " in answer


def test_a_body_that_drips_in_is_cut_although_no_piece_is_late(base: str) -> None:
    with connected(base) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")
        stop = threading.Event()
        dripping = threading.Thread(target=drip, args=(connection, b"a" * 5000, stop))
        dripping.start()
        answer = rest(connection)
        stop.set()
        dripping.join()
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_nobody_reads_is_given_up(base: str) -> None:
    with connected(base) as connection:
        connection.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(1)
        deadline = time.monotonic() + 30
        gone = False
        while not gone and time.monotonic() < deadline:
            try:  # what we send is refused only once the other side has cut the connection
                connection.sendall(b"x")
                threading.Event().wait(0.05)
            except OSError:
                gone = True
        assert gone
        assert len(rest(connection)) < len(BIG)


def test_a_quick_client_notices_nothing() -> None:
    with served(config()) as base, connected(base) as connection:
        for _ in range(3):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
            answer = b""
            while not answer.endswith(b"\r\n\r\nok"):
                piece = connection.recv(65536)
                assert piece
                answer += piece
            assert answer.startswith(b"HTTP/1.1 200 ")
