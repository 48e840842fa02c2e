"""Backups, restores, a week in one go, and runs that die: nobody is mailed twice."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from jobdigest.app import App, operating
from jobdigest.errors import DigestError
from support.cli import Operator
from support.smtp_sink import Sink, Step

NOW = "2026-01-20T09:00:00Z"
NEXT_WEEK = "2026-01-27T09:30:00Z"
READERS = 30


def jobs(first: int, count: int) -> list[dict[str, str]]:
    crafts = ("Vision", "Speech", "Search", "Ranking", "Ads", "Maps", "Fraud", "Robotics")
    return [
        {
            "id": str(number),
            "title": f"Machine Learning Engineer, {crafts[number % len(crafts)]}",
            "company": f"Company {number}",
        }
        for number in range(first, first + count)
    ]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def operator(tmp_path: Path, sink: Sink) -> Operator:
    operator = Operator(tmp_path)
    smtp = f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none, connections: 2}}}}"
    operator.config.write_text(operator.config.read_text().replace("delivery: {file: mail}", smtp))
    operator.write("postings.jsonl", *jobs(1, 6))
    (tmp_path / "readers.csv").write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(READERS)))
    operator.types("subscribers", "import", "readers.csv")
    return operator


def test_an_older_ledger_resends_nothing(operator: Operator, sink: Sink) -> None:
    operator.types("collect", "--now", NOW)
    said = operator.types("backup", "before.db").stdout
    assert [(operator.folder / name).stat().st_mode & 0o777 for name in ("digest.db", "before.db")] == [0o600, 0o600]
    assert "before.db" in said
    operator.types("send", "--now", NOW)
    assert len(sink.recipients) == READERS
    operator.types("restore", "before.db", "--now", NOW)
    refused = operator.types("send", "--now", NOW, exit_code=1)
    assert "is held" in refused.stderr
    assert len(sink.recipients) == READERS
    assert "HELD" in operator.types("status", "--now", NOW).stdout
    operator.types("restore", "--resume")
    assert "frozen" in operator.types("send", "--now", NOW).stdout  # the operator vouched for it


def test_restoring_what_is_no_backup_changes_nothing(operator: Operator) -> None:
    operator.types("collect", "--now", NOW)
    (operator.folder / "wrong.db").write_text("not a database")
    assert "is not a backup" in operator.types("restore", "wrong.db", exit_code=2).stderr
    assert operator.lines("jobs", "--now", NOW)


def test_a_database_in_use_is_not_replaced(operator: Operator) -> None:
    operator.types("collect", "--now", NOW)
    operator.types("backup", "before.db")
    with closing(sqlite3.connect(operator.folder / "digest.db")) as other:
        other.execute("SELECT count(*) FROM postings").fetchall()
        refused = operator.types("restore", "before.db", exit_code=2)
    assert "is in use; stop `digest run`" in refused.stderr
    assert "HELD" not in operator.types("status", "--now", NOW).stdout


def test_a_backup_of_a_newer_version_is_not_put_back(operator: Operator) -> None:
    operator.types("collect", "--now", NOW)
    operator.types("backup", "newer.db")
    with closing(sqlite3.connect(operator.folder / "newer.db")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
        copy.commit()
    assert "install the newer jobdigest" in operator.types("restore", "newer.db", exit_code=1).stderr
    assert operator.lines("jobs", "--now", NOW)


def test_a_backup_takes_the_place_of_a_damaged_database(operator: Operator) -> None:
    operator.types("collect", "--now", NOW)
    operator.types("backup", "before.db")
    (operator.folder / "digest.db").write_bytes(b"what the disk made of it" * 1000)
    operator.types("restore", "before.db", "--now", NOW)
    assert operator.lines("jobs", "--now", NOW)
    assert (operator.folder / "digest.db.before-restore").read_bytes().startswith(b"what the disk")


def test_a_schema_of_a_newer_version_is_refused(operator: Operator) -> None:
    operator.types("collect", "--now", NOW)
    with closing(sqlite3.connect(operator.folder / "digest.db")) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    for command in (("run",), ("once",), ("send",)):
        refused = operator.types(*command, exit_code=1)
        assert "install the newer jobdigest again" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_once_does_a_week_and_twice_nothing_more(operator: Operator, sink: Sink) -> None:
    folder = operator.folder
    save = f"cp {folder}/digest.db {folder}/saved.db"
    said = operator.types("once", "--save", save, "--archive", "site", "--now", NOW).stdout
    assert f"{READERS} accepted" in said
    assert (folder / "site" / "editions" / "2026-W04.html").is_file()
    assert "2026-W04.html" in (folder / "site" / "index.html").read_text()
    assert (folder / "saved.db").is_file()
    operator.types("once", "--save", save, "--archive", "site", "--now", NOW)
    assert len(sink.recipients) == READERS


def test_a_state_that_cannot_be_saved_sends_nothing(operator: Operator, sink: Sink) -> None:
    refused = operator.types("once", "--save", "echo disk full >&2; exit 3", "--now", NOW, exit_code=1)
    assert "disk full" in refused.stderr
    assert sink.recipients == []


def test_a_state_that_is_never_saved_sends_nothing(
    operator: Operator, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "SAVE_SECONDS", 0.5)
    app = App.load(operator.config)
    with pytest.raises(DigestError, match="'sleep 600' was not done after"):
        list(operating.once(app, datetime.fromisoformat(NOW), save="sleep 600", archive=None))
    app.store.close()
    assert sink.recipients == []


@pytest.mark.parametrize("after", [1, 7])
def test_a_runner_that_dies_while_sending_doubles_nobody(
    operator: Operator, sink: Sink, tmp_path: Path, after: int
) -> None:
    """The machine vanishes with its disk; the next run starts from the state saved before sending."""
    saved = tmp_path / "saved.db"
    save = f"{sys.executable} -m jobdigest --config config.yaml backup {saved}"
    command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "once"]
    reached = threading.Event()

    def watch(step: Step) -> None:
        if step.name == "dot" and step.nth > after:
            reached.set()

    sink.script = watch
    with subprocess.Popen([*command, "--save", save, "--now", NOW], cwd=tmp_path, env=operator.environ) as run:
        assert reached.wait(60)
        run.send_signal(signal.SIGKILL)
    sink.script = lambda step: None
    for name in ("digest.db", "digest.db-wal", "digest.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(saved, tmp_path / "digest.db")
    operator.types("once", "--now", NOW, exit_code=None)
    assert len(sink.recipients) == len(set(sink.recipients)), "somebody got it twice"
    states = [row["state"] for row in operator.lines("deliveries")]
    assert len(states) == READERS
    assert set(states) <= {"in_doubt", "accepted"}
    assert operator.types("deliveries", "--check").stdout.startswith("the ledger is whole")


def test_an_edition_missed_for_good_is_said_and_not_sent(operator: Operator, sink: Sink) -> None:
    operator.types("collect", "--now", NOW)
    said = operator.types("send", "--now", "2026-01-22T09:00:00Z").stdout
    assert "nothing is due; 2026-W04 was due" in said
    assert sink.recipients == []


def test_prune_keeps_what_readers_were_shown(operator: Operator, sink: Sink) -> None:
    operator.types("collect", "--now", NOW)
    operator.types("send", "--now", NOW)
    operator.types("prune", "--now", "2027-06-01T09:00:00Z")
    operator.types("collect", "--now", NEXT_WEEK)
    operator.types("send", "--now", NEXT_WEEK)
    assert len(sink.recipients) == READERS, "the same jobs were sent again"
