"""Ask an ASGI application without a socket between."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp


class Asked(NamedTuple):
    """One request, as it stands on the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def ask(app: ASGIApp, asked: Asked, loop: asyncio.AbstractEventLoop | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer; many requests are quicker in a loop of their own."""
    return loop.run_until_complete(_ask(app, asked)) if loop else asyncio.run(_ask(app, asked))


async def _ask(app: ASGIApp, asked: Asked) -> tuple[int, dict[str, str], str]:
    path, _, query = asked.target.partition("?")
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in asked.headers]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method}
    scope |= {"scheme": "http", "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode()}
    scope |= {"headers": headers, "client": ("203.0.113.7", 5000), "server": ("127.0.0.1", 80), "root_path": ""}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    said = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], said, body.decode("utf-8", "replace")
