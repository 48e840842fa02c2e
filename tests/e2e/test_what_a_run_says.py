"""`digest run` as a process: it collects, sends what is due, tells the operator, ends on SIGTERM, logs no address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobdigest.app import App
from jobdigest.logs import without_addresses
from jobdigest.store import facts
from support.cli import Operator
from support.smtp_sink import Sink, Step

READERS = [f"reader{number}@private.example" for number in range(8)]
UNKNOWN, SLOW = READERS[0], READERS[1]
OPERATOR = "boss@private.example"


class Server:
    """A mail server that names people in its answers, and says when everybody was tried."""

    def __init__(self) -> None:
        self.tried: set[str] = set()
        self.done = threading.Event()

    def __call__(self, step: Step) -> str | None:
        if step.name != "rcpt":
            return None
        self.tried.add(step.argument)
        if self.tried >= {*READERS, OPERATOR}:
            self.done.set()
        if step.argument == UNKNOWN:
            return f"550 5.1.1 <{UNKNOWN}>: no such user"
        return f"450 4.2.0 <{SLOW}>: greylisted" if step.argument in (SLOW, OPERATOR) else None


@pytest.fixture
def server() -> Iterator[tuple[Server, Sink]]:
    script = Server()
    with Sink(script=script) as sink:
        yield script, sink


@pytest.fixture
def operator(tmp_path: Path, server: tuple[Server, Sink]) -> Operator:
    """A newsletter whose slot was a few minutes ago, with a source that fails and something to tell."""
    operator = Operator(tmp_path, "  - jsonl: postings.jsonl\n  - jsonl: missing.jsonl")
    slot = datetime.now(UTC) - timedelta(minutes=5)
    text = operator.config.read_text().replace('Europe/London, send: "tue 09:00"', f'UTC, send: "{slot:%a %H:%M}"')
    smtp = f"{{smtp: {{host: 127.0.0.1, port: {server[1].port}, tls: none}}}}"
    operator.config.write_text(text.replace("{file: mail}", smtp) + f"notices: {{to: {OPERATOR}}}\n")
    titles = ("Machine Learning Engineer", "Research Scientist, NLP", "Data Scientist")
    operator.write("postings.jsonl", *({"id": t, "title": t, "company": f"{t} Ltd"} for t in titles))
    (tmp_path / "readers.csv").write_text("email\n" + "\n".join(READERS))
    operator.types("subscribers", "import", "readers.csv")
    store = App.load(operator.config).store
    with store.begin() as connection:  # what was wrong an hour ago already need not be waited for
        facts.put(connection, "backup_failed", f"no room, says {OPERATOR}")
        hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        facts.put(connection, "last_tick", hour)
        facts.put(connection, "notices", {"backup": {"since": hour, "told": None, "about": []}})
    store.close()
    return operator


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_week_of_the_daemon(operator: Operator, server: tuple[Server, Sink], form: str) -> None:
    script, sink = server
    command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "run"]
    environ = {**os.environ, "DIGEST_LOG": form}
    with subprocess.Popen(command, env=environ, cwd=operator.folder, stderr=subprocess.PIPE, text=True) as run:
        assert script.done.wait(120)
        run.send_signal(signal.SIGTERM)
        _, log = run.communicate(timeout=60)
    assert run.returncode == 0
    assert sorted(sink.recipients) == READERS[2:]
    assert operator.types("deliveries", "--check").stdout.startswith("the ledger is whole")
    assert "private.example" not in log
    if form == "json":
        _is_json_with_ids(log)
    else:
        assert "source jsonl:missing.jsonl failed" in log


def _is_json_with_ids(log: str) -> None:
    lines = [json.loads(line) for line in log.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    (failed,) = [line for line in lines if line.get("source") == "jsonl:missing.jsonl"]
    assert failed["level"] == "warning"
    runs = {line["run"].partition(":")[0] for line in lines if "run" in line}
    assert {"collect", "edition"} <= runs


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("550 5.1.1 <ada.l+x@mail.example.co.uk>: no", "550 5.1.1 <<address>>: no"),
        ("to=%3Cada%40example.com%3E", "<address>%3E"),
        ("jürgen@müller.example away", "<address> away"),
        ("mail to o'brien@example.com was not accepted", "mail to <address> was not accepted"),
        ("greenhouse:acme 12 @ 09:00", "greenhouse:acme 12 @ 09:00"),
        ("https://user:secret@host.example/x", "https://user:<address>/x"),
        ("a" * 200_000, "a" * 200_000),
    ],
)
def test_addresses_are_taken_out(said: str, logged: str) -> None:
    assert without_addresses(said) == logged
