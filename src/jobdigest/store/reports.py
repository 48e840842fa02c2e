"""What readers say is wrong with a job: for the operator to judge, never acted on by itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from jobdigest.model import Limit
from jobdigest.store import rates
from jobdigest.store.schema import reports

HOUR, AN_HOUR = 3600, 5  # reports taken from one network address


class Complaint(NamedTuple):
    """All reports of one job: how many people, and what they said, the commonest first."""

    people: int
    reasons: tuple[str, ...]


def add(connection: Connection, job_id: str, reason: str, note: str, reporter: bytes, now: datetime) -> bool:
    """Keep a report; a second one of the same job by the same reporter counts once. False where there were too many.

    `reporter` is a keyed hash of a network address.
    """
    limits = [Limit(f"report:{reporter.hex()}", HOUR, AN_HOUR)]
    if not all(rates.remaining(connection, limits, now).values()):
        return False
    rates.spend(connection, limits, {limits[0].scope: 1}, now)
    mine = (reports.c.job_id == job_id) & (reports.c.reporter == reporter)
    if not connection.scalar(select(func.count()).where(mine)):
        values = {"job_id": job_id, "reason": reason, "note": note or None, "reporter": reporter, "at": now}
        connection.execute(insert(reports).values(values))
    return True


def by_job(connection: Connection) -> dict[str, Complaint]:
    """Every reported job."""
    said: dict[str, list[str]] = {}
    for job_id, reason, note in connection.execute(
        select(reports.c.job_id, reports.c.reason, reports.c.note).order_by(reports.c.id)
    ):
        said.setdefault(job_id, []).append(f"{reason} ({note})" if note else reason)
    return {
        job_id: Complaint(len(all_), tuple(sorted(dict.fromkeys(all_), key=lambda one: -all_.count(one))))
        for job_id, all_ in said.items()
    }
