"""Readers' reports of jobs that are wrong: taken here, judged by the operator in `digest postings --suspect`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jobdigest.model import Job
from jobdigest.store import editions, jobs, reports

if TYPE_CHECKING:
    from jobdigest.app import App

REASONS = {
    "scam": "It looks like a scam",
    "closed": "It is closed, or the link is dead",
    "facts": "Place, pay or title are wrong",
    "repeat": "It is here twice",
    "other": "Something else",
}
MOST_NOTE = 300


def report(app: App, job_id: str, reason: str, note: str, reporter: bytes) -> bool | None:
    """Keep what a reader says of a job; False where their network says too much, None for no such job or reason."""
    with app.store.begin() as connection:
        root = jobs.find_root(connection, job_id)
        if root is None or reason not in REASONS:
            return None
        words = " ".join("".join(c if c.isprintable() else " " for c in note).split())[:MOST_NOTE]
        return reports.add(connection, root, reason, words, reporter, datetime.now(UTC))


def jobs_of_edition(app: App, key: str) -> list[Job] | None:
    """The jobs of an edition as of its freeze; None for one that never was."""
    with app.store.read() as connection:
        edition = editions.load(connection, key)
        return None if edition is None else editions.items(connection, key)
