"""A collection killed amid its detail calls goes on where it stopped, losing at most the fifty not yet stored."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.cli import Operator

POSTINGS = 300
FALLS_AFTER = 230
AT_ONCE = 4  # SmartRecruiters' manners


class Board:
    """A SmartRecruiters of 300 postings that stops answering after 230 detail calls until it is freed."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.full, self.freed, self.lock = threading.Event(), threading.Event(), threading.Lock()

    def answer(self, path: str) -> bytes:
        if "offset=" in path:
            start = int(path.split("offset=")[1].split("&")[0])
            rows = [{"id": str(n), "name": f"Data Engineer {n}"} for n in range(start, min(start + 100, POSTINGS))]
            return json.dumps({"totalFound": POSTINGS, "content": rows}).encode()
        with self.lock:
            self.asked[path] += 1
            if self.asked.total() > FALLS_AFTER:
                self.full.set()
        if self.full.is_set():
            self.freed.wait(60)
        return b'{"jobAd": {"sections": {"jobDescription": {"text": "<p>Work.</p>"}}}}'


@contextmanager
def serving(board: Board) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 2**16  # head and body in one piece

        def do_GET(self) -> None:
            body = board.answer(self.path)
            try:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True  # whoever asked was killed

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        board.freed.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_details_go_on_where_a_killed_run_stopped(tmp_path: Path) -> None:
    board = Board()
    with serving(board) as url:
        operator = Operator(tmp_path, f"  - smartrecruiters: acme\n    base_url: {url}")
        command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "collect"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            assert board.full.wait(60), "the collection asked for too few details"
            running.send_signal(signal.SIGKILL)
        first = set(board.asked)
        board.freed.set()
        board.asked.clear()
        operator.types("collect")
        second = set(board.asked)
        board.asked.clear()
        operator.types("collect")
        stored = operator.lines("postings")
    assert first | second == {f"/v1/companies/acme/postings/{number}" for number in range(POSTINGS)}
    assert len(first & second) <= 50 + AT_ONCE, "stored details were asked for again"
    assert board.asked == Counter(), "a third run asks for none"
    assert len(stored) == POSTINGS
