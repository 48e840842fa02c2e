"""`examples/repository` as it is: the workflow's own steps on throw-away clones; runners die, nobody gets two mails."""

from __future__ import annotations

import email
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.smtp_sink import Sink, Step

EXAMPLE = Path(__file__).parents[2] / "examples" / "repository"
READERS = 12
FIRST_WEEK, SECOND_WEEK = "2026-01-20T09:10:00Z", "2026-01-27T09:10:00Z"
# Stands between `digest once` and state.sh: at the n-th save, before or after it, says so and waits to be killed.
WAITING = """\
#!/bin/sh
set -eu
echo x >> {runner}/saves
at=$(wc -l < {runner}/saves)
here() {{ [ "$at $1" != "{point}" ] || {{ echo reached > {fifo}; exec sleep 1000; }}; }}
here before; ./state.sh save; here after
"""

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str) -> None:
    settings = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True)


def jobs(week: int) -> str:
    rows = [
        {"id": str(n), "title": f"Machine Learning Engineer {n}", "company": f"Company {n}"}
        for n in range(1, 4 + 3 * week)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def steps() -> list[str]:
    """What the workflow runs after the installation, in order."""
    workflow = YAML(typ="safe").load(EXAMPLE / ".github" / "workflows" / "edition.yml")
    found = workflow["jobs"]["edition"]["steps"]
    return [step["run"].strip() for step in found if "run" in step and step["name"] != "Install"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


class Repository:
    """A repository made of the example, with a source, readers and a mail server of the test's own."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        self.made, self.remote, self.folder = folder / "made", folder / "remote.git", folder
        shutil.copytree(EXAMPLE, self.made)
        config = self.made / "config.yaml"
        smtp = f"{{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none, connections: 2}}}}"
        config.write_text(
            config.read_text().partition("sources:")[0]
            + f"sources: [jsonl: jobs.jsonl]\nedition: {{min_jobs: 1}}\ndelivery: {smtp}\n"
        )
        (self.made / "jobs.jsonl").write_text(jobs(0))
        (self.made / "readers.csv").write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(READERS)))
        git(self.made, "init", "--quiet")
        self.commit("the newsletter")
        git(folder, "clone", "--quiet", "--bare", str(self.made), str(self.remote))

    def commit(self, message: str) -> None:
        git(self.made, "add", "--all")
        git(self.made, "commit", "--quiet", "--message", message)

    def next_week(self) -> None:
        (self.made / "jobs.jsonl").write_text(jobs(1))
        self.commit("new jobs")
        git(self.made, "push", "--quiet", str(self.remote), "HEAD:main")

    def runner(self, now: str, point: str = "never") -> subprocess.Popen[str]:
        """A fresh machine runs the workflow as of `now`; at `point` it says so on the fifo and waits."""
        place = self.folder / f"runner{len(list(self.folder.glob('runner*')))}"
        git(self.folder, "clone", "--quiet", str(self.remote), str(place))
        fifo = self.folder / "reached"
        if not fifo.exists():
            os.mkfifo(fifo)
        waiting = self.folder / "waiting.sh"
        waiting.write_text(WAITING.format(runner=place, point=point, fifo=fifo))
        waiting.chmod(0o755)
        script = " && ".join(steps()).replace("digest once", f"digest once --now {now}")
        script = script.replace('"./state.sh save"', str(waiting))
        assert str(waiting) in script
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environ = os.environ | {"PATH": path, "DIGEST_SECRET_KEY": "a secret for tests only"}
        return subprocess.Popen(
            ["bash", "-c", script],
            cwd=place,
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def week(self, now: str) -> str:
        """A whole run; what it said. A delivery in doubt ends it with 1."""
        with self.runner(now) as run:
            said, wrong = run.communicate(timeout=120)
        assert run.returncode in (0, 1), wrong
        assert "Traceback" not in wrong
        return said + wrong


@pytest.fixture
def repository(tmp_path: Path, sink: Sink) -> Repository:
    return Repository(tmp_path, sink)


def kill(run: subprocess.Popen[str]) -> None:
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()


def test_two_weeks_in_a_repository(repository: Repository, sink: Sink) -> None:
    assert f"{READERS} accepted" in repository.week(FIRST_WEEK)
    assert "nothing is due" not in repository.week(FIRST_WEEK)
    assert len(sink.recipients) == READERS, "a second run on the same day mailed somebody again"
    repository.next_week()
    assert f"{READERS} accepted" in repository.week(SECOND_WEEK)
    assert len(sink.recipients) == 2 * READERS
    site = sorted(repository.folder.glob("runner*"))[-1] / "site"
    assert sorted(page.name for page in (site / "editions").iterdir()) == ["2026-W04.html", "2026-W05.html"]
    promises_no_page(sink)


def promises_no_page(sink: Sink) -> None:
    mail = email.message_from_bytes(sink.mails[0].data)
    assert mail["List-Unsubscribe"].startswith("<mailto:jobs@example.com?subject=unsubscribe%20")
    assert mail["List-Unsubscribe-Post"] is None
    bodies = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]  # type: ignore[union-attr]
    for body in bodies:
        assert "mailto:jobs@example.com?subject=unsubscribe%20" in body
        assert "https://example.github.io/ai-jobs/editions/2026-W04.html" in body
        assert not [
            word
            for word in body.split()
            if "ai-jobs/" in word and not word.rstrip('">').endswith(("ai-jobs/", ".html"))
        ]


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("1 before", marks=pytest.mark.soak),
        "1 after",
        pytest.param("2 before", marks=pytest.mark.soak),
        pytest.param("2 after", marks=pytest.mark.soak),
    ],
)
def test_a_runner_that_dies_around_saving_doubles_nobody(repository: Repository, sink: Sink, point: str) -> None:
    run = repository.runner(FIRST_WEEK, point)
    assert (repository.folder / "reached").read_text() == "reached\n"
    kill(run)
    before = len(sink.recipients)
    assert before == (0 if point.startswith("1") else READERS)
    said = repository.week(FIRST_WEEK)
    assert len(sink.recipients) == len(set(sink.recipients)), "somebody was mailed twice"
    if point == "1 before":  # nothing was stored: the next machine simply begins again
        assert f"{READERS} accepted" in said
    elif point in ("1 after", "2 before"):  # it may have been sent, and nobody can tell any more
        assert f"{READERS} deliveries are in doubt" in said
        assert len(sink.recipients) == before


def test_a_runner_that_dies_while_sending_doubles_nobody(repository: Repository, sink: Sink) -> None:
    reached = threading.Event()

    def watch(step: Step) -> None:
        if step.name == "dot" and step.nth > READERS // 2:
            reached.set()

    sink.script = watch
    run = repository.runner(FIRST_WEEK)
    assert reached.wait(60)
    kill(run)
    sink.script = lambda step: None
    said = repository.week(FIRST_WEEK)
    assert len(sink.recipients) == len(set(sink.recipients)), "somebody was mailed twice"
    assert "are in doubt" in said


def test_a_remote_that_does_not_answer_is_not_a_first_week(repository: Repository, sink: Sink) -> None:
    git(repository.made, "push", "--quiet", str(repository.remote), "HEAD:state")
    place = repository.folder / "cut-off"
    git(repository.folder, "clone", "--quiet", str(repository.remote), str(place))
    repository.remote.rename(repository.folder / "gone.git")
    done = subprocess.run(["./state.sh", "fetch"], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 2)
    assert not (place / "digest.db").exists()
