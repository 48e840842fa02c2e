"""`make demo`: the whole pipeline on real postings' facts, over real HTTP and SMTP on loopback, without the network.

Each step is the `digest` command that an operator would type; what it prints is what they would see.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

HERE = Path(__file__).parent
OUT = Path.cwd() / "out" / "demo"
NOW = "2025-10-28T09:05:00Z"  # the Tuesday after the boards were recorded
PATHS = {  # where each kind asks → the file that answers
    "/posting-api/job-board/": "ashby",
    "/v1/boards/": "greenhouse",
    "/v0/postings/": "lever",
    "/v1/companies/": "smartrecruiters",
    "/api/v1/widget/accounts/": "workable",
}


class Boards(BaseHTTPRequestHandler):
    """Answers like the job boards whose files lie under boards/."""

    def do_GET(self) -> None:
        """Serve the board that the path names, or 404."""
        path = self.path.partition("?")[0]
        for prefix, kind in PATHS.items():
            if path.startswith(prefix):
                return self._answer(HERE / "boards" / kind / f"{path.removeprefix(prefix).split('/')[0]}.json")
        return self._answer(HERE / "boards" / Path(path).name)

    def _answer(self, file: Path) -> None:
        body = file.read_bytes() if file.is_file() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/json" if file.suffix == ".json" else "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the demo's output to what the operator would see."""


class Sink:
    """A mail server's side of the conversation: keeps what it accepts."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        """Accept a message."""
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return f"250 2.0.0 Ok: queued as DEMO{len(self.mails)}"


@contextmanager
def boards() -> Iterator[int]:
    """The job boards on a free port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Boards)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mail_server(sink: Sink) -> Iterator[int]:
    """An SMTP server on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller needs to know its port beforehand
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def digest(environ: dict[str, str], *words: str) -> None:
    """Type a command and show what it prints."""
    print(f"\n$ digest {' '.join(words)}", flush=True)
    command = [sys.executable, "-m", "jobdigest", "--config", str(HERE / "config.yaml"), *words]
    subprocess.run(command, env=environ, check=True)


def main() -> None:
    """Run the demo."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    sink = Sink()
    with boards() as board_port, mail_server(sink) as smtp_port:
        environ = os.environ | {
            "DEMO_OUT": str(OUT),
            "DEMO_SECRET": "only for the demo: no link of it works anywhere",
            "DEMO_BOARDS": f"http://127.0.0.1:{board_port}",
            "DEMO_SMTP_PORT": str(smtp_port),
        }
        run = partial(digest, environ)
        run("check")
        run("collect", "--now", NOW)
        run("subscribers", "import", str(HERE / "subscribers.csv"))
        run("send", "--dry-run", "--out", str(OUT / "preview"), "--now", NOW)
        run("send", "--now", NOW)
        run("send", "--now", NOW)
        run("deliveries", "--check")
    folder = OUT / "inbox"
    folder.mkdir()
    for address, data in sink.mails:
        (folder / f"{address}.eml").write_bytes(data)
    subjects = [message_from_bytes(data, policy=policy.default)["Subject"] for _, data in sink.mails]
    print(f"\n{len(sink.mails)} mails accepted by the local mail server, the first: {subjects[0] if subjects else '-'}")
    print(f"Look at   {OUT / 'preview' / 'index.html'}")
    print(f"Inboxes   {folder}")


if __name__ == "__main__":
    main()
