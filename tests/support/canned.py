"""Job sources in a box: canned answers by path, over a real loopback server or straight from memory.

Routes map `GET /path?query` (or `POST /path`) to a list of answers; a request takes the next one, the last one
stays. An answer is text, bytes, or anything else as JSON. What has no route is 404, as at the real thing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobdigest.collect.sources.base import Batch, Context, Kind, Response
from jobdigest.config import SourceConfig
from jobdigest.errors import FetchError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Routes = Mapping[str, list[Any]]


def body_of(answer: Any) -> bytes:
    if isinstance(answer, bytes):
        return answer
    return (answer if isinstance(answer, str) else json.dumps(answer)).encode()


class Answers:
    """The routes with their memory; `asked` lists the requests in order."""

    def __init__(self, routes: Routes) -> None:
        self.left = {route: list(answers) for route, answers in routes.items()}
        self.asked: list[str] = []

    def take(self, request: str) -> bytes | None:
        self.asked.append(request)
        answers = self.left.get(request) or self.left.get("*")
        if not answers:
            return None
        return body_of(answers.pop(0) if len(answers) > 1 else answers[0])


@contextmanager
def serving(routes: Routes) -> Iterator[tuple[str, Answers]]:
    """A real HTTP server on a free port of 127.0.0.1; gives its address and what was asked."""
    answers = Answers(routes)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 2**16  # head and body in one piece

        def do_GET(self) -> None:
            body = answers.take(f"{self.command} {self.path}")
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Canned:
    """`Http` from memory, for thousands of examples a second."""

    def __init__(self, routes: Routes) -> None:
        self.answers = Answers(routes)

    async def get(self, url: str, **_: object) -> Response:
        return self._answer("GET", url)

    async def post(self, url: str, body: Any, **_: object) -> Response:
        return self._answer("POST", url)

    async def stream(self, url: str) -> AsyncIterator[bytes]:
        body = self._answer("GET", url).body
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    def _answer(self, method: str, url: str) -> Response:
        parts = urlsplit(url)
        body = self.answers.take(f"{method} {parts.path}{f'?{parts.query}' if parts.query else ''}")
        if body is None:
            raise FetchError("404 Not Found", status=404)
        return Response(status=200, url=url, headers={}, body=body)


class Memory:
    """`DetailMemory` as long as the test lasts."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    def get(self, source_id: str, stamp: str) -> Any | None:
        return self.kept.get((source_id, stamp))

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        self.kept[source_id, stamp] = detail


def source_of(case: Mapping[str, Any], kind: str, folder: Path | None = None) -> SourceConfig:
    """The source entry of a golden case; a file kind's rows are written into `folder` first."""
    value = case.get("value")
    if folder and "file" in case:
        path = folder / f"postings.{kind}"
        path.write_text(case["file"], encoding="utf-8", newline="")
        value = str(path)
    return SourceConfig(kind=kind, value=value, name=kind, options=case.get("options", {}), company=case.get("company"))


async def collect(kind: Kind, source: SourceConfig, http: Any, memory: Memory | None = None) -> list[Batch]:
    """Every batch of one poll."""
    context = Context(source=source, http=http, now=NOW, details=memory or Memory())
    return [batch async for batch in kind.fetch(context)]


def facts(batches: list[Batch]) -> list[dict[str, Any]]:
    """The postings as plain values, without what is absent."""
    postings = [posting for batch in batches for posting in batch.postings]
    return [{name: _plain(value) for name in p.__slots__ if (value := getattr(p, name))} for p in postings]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return {name: part for name, part in value._asdict().items() if part is not None}
    return list(value) if isinstance(value, tuple) else value
