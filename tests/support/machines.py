"""Several machines in one: `digest run` and `digest worker` as processes on one database."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

from support.cli import Operator
from support.smtp_sink import Sink

SECONDS = 180.0  # on a busy machine; a failure alone takes so long
SQLITE = "sqlite:///digest.db"


def posting(n: int) -> dict[str, Any]:
    """A job of its own."""
    return {"id": f"p{n}", "title": f"Machine Learning Engineer {n}", "company": f"Firm {n}", "locations": ["London"],
            "url": f"https://example.com/{n}", "description": "Train models."}  # fmt: skip


class Cluster(Operator):
    """An operator with an edition that is due in `due`, `readers` readers, and the machines they started."""

    def __init__(
        self, folder: Path, database: str = SQLITE, *, sink: Sink, readers: int, sources: int = 4, jobs: int = 6,
        due: timedelta = timedelta(minutes=-5),
    ) -> None:  # fmt: skip
        super().__init__(folder, "\n".join(f"  - jsonl: s{n}.jsonl" for n in range(sources)), database)
        slot = datetime.now(UTC) + due
        smtp = f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none, connections: 2}}}}"
        text = self.config.read_text().replace("delivery: {file: mail}", smtp)
        text = text.replace('Europe/London, send: "tue 09:00"', f'UTC, send: "{slot:%a %H:%M}"'.lower())
        self.config.write_text(text.replace("timezone: utc", "timezone: UTC"))
        for n in range(sources):
            self.write(f"s{n}.jsonl", *(posting(n * jobs + i) for i in range(jobs)))
        (folder / "readers.csv").write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(readers)))
        self.types("subscribers", "import", "readers.csv")
        self.database = database
        self.running: list[subprocess.Popen[str]] = []

    def starts(self, *words: str) -> subprocess.Popen[str]:
        """A command that goes on until it is stopped or killed; its log goes to a file."""
        command = [sys.executable, "-m", "jobdigest", "--config", str(self.config), *words]
        with (self.folder / f"{words[0]}-{len(self.running)}.log").open("w") as log:
            process = subprocess.Popen(command, env=self.environ, cwd=self.folder, stdout=log, stderr=log, text=True)
        self.running.append(process)
        return process

    def ends(self, process: subprocess.Popen[str]) -> None:
        """SIGTERM; every duty must end within ten seconds, the process before systemd would kill it, and in peace."""
        process.terminate()
        assert process.wait(timeout=20) == 0, self.logs()
        assert "not done in time" not in self.logs()
        assert "Traceback" not in self.logs()

    def asks(self, query: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(self.folder / "digest.db", timeout=30)) as file:
                return file.execute(query).fetchall()
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def logs(self) -> str:
        """What all of them said."""
        return "\n".join(f"== {path.name}\n{path.read_text()}" for path in sorted(self.folder.glob("*.log")))

    def waits_until(self, happened: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Look every now and then; fails with all logs where it doesn't happen in time."""
        pause, deadline = Event(), datetime.now(UTC) + timedelta(seconds=seconds)
        while not happened():
            assert datetime.now(UTC) < deadline, self.logs()
            pause.wait(0.1)

    def stops(self) -> None:
        """End every machine."""
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait()
