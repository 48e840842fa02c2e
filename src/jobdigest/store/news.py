"""What is new for an edition (design decision 4), and what our own records say of a job's past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from jobdigest.curate.state import state
from jobdigest.model import JobHistory
from jobdigest.store.jobs import sightings
from jobdigest.store.postings import COLUMNS_OF_A_POSTING
from jobdigest.store.schema import editions, jobs, postings

FIRST_EDITION_DAYS = timedelta(days=30)
REPOST_DAYS = timedelta(days=90)
POSTED_AGAIN_AFTER = timedelta(days=14)
ENOUGH_CLOSED = 3  # below this a median says nothing about an employer


class News(NamedTuple):
    """What an edition can announce: the new postings of open jobs, and how many were left out and why."""

    posting_ids: tuple[int, ...]
    job_ids: frozenset[str]
    left_out: Mapping[str, int]


def find_news(connection: Connection, slot: datetime, now: datetime) -> News:
    """The postings that an edition with this slot announces, with the jobs they belong to."""
    first = connection.scalar(select(func.count()).select_from(editions)) == 0
    open_jobs = set(connection.scalars(select(jobs.c.id).where(jobs.c.open, ~jobs.c.hidden)))
    unannounced = postings.c.in_scope & postings.c.announced_in.is_(None) & ~postings.c.old_news
    announced = _announced_places(connection, slot)
    fresh: list[int] = []
    job_ids: set[str] = set()
    left_out: Counter[str] = Counter()
    for row in connection.execute(select(*COLUMNS_OF_A_POSTING).where(unannounced).order_by(postings.c.id)):
        if first and row.date_posted and slot.date() - row.date_posted > FIRST_EDITION_DAYS:
            left_out["old"] += 1
        elif row.safety == "suspect":
            left_out["suspects"] += 1
        elif not state(sightings(row), now).showable or row.job_id not in open_jobs:
            left_out["closed"] += 1
        elif (before := announced.get(row.job_id)) is not None and _places(row.places) <= before:
            left_out["repeats"] += 1
        else:
            left_out["repeats"] += row.job_id in job_ids
            fresh.append(row.id)
            job_ids.add(row.job_id)
    return News(tuple(fresh), frozenset(job_ids), dict(left_out))


def _announced_places(connection: Connection, slot: datetime) -> dict[str, set[tuple[str | None, ...]]]:
    """Jobs announced within the time in which the same job again is no news, with the places announced."""
    since = f"{slot - REPOST_DAYS:%G-W%V}"
    query = select(postings.c.job_id, postings.c.places).where(postings.c.announced_in >= since)
    found: dict[str, set[tuple[str | None, ...]]] = {}
    for job_id, places in connection.execute(query):
        found.setdefault(job_id, set()).update(_places(places))
    return found


def _places(places: Iterable[Sequence[str | None]]) -> set[tuple[str | None, ...]]:
    return {tuple(place) for place in places}


def drop_old_stock(connection: Connection, slot: datetime) -> None:
    """After the first edition: what was too old for it is no news later either."""
    oldest = (slot - FIRST_EDITION_DAYS).date()
    old = postings.c.announced_in.is_(None) & (postings.c.date_posted < oldest)
    connection.execute(update(postings).where(old).values(old_news=True))


def recent_jobs(connection: Connection, keys: Sequence[str]) -> set[str]:
    """The jobs that these editions announced."""
    return set(connection.scalars(select(postings.c.job_id).where(postings.c.announced_in.in_(keys))))


def histories(connection: Connection, job_ids: Sequence[str], today: date) -> dict[str, JobHistory]:
    """For each job: how often it was posted since when, how long it is open, how long the employer's stay open."""
    dates: dict[str, list[date]] = {}
    employer: dict[str, str] = {}
    for start in range(0, len(job_ids), 1000):
        some = job_ids[start : start + 1000]
        columns = (postings.c.job_id, postings.c.company_key, postings.c.date_posted, postings.c.first_seen)
        for row in connection.execute(select(*columns).where(postings.c.job_id.in_(some))):
            dates.setdefault(row.job_id, []).append(row.date_posted or row.first_seen.date())
            employer[row.job_id] = row.company_key
    usual = _days_open(connection, set(employer.values()))
    return {job_id: _history(sorted(found), usual.get(employer[job_id]), today) for job_id, found in dates.items()}


def _history(found: Sequence[date], usual: int | None, today: date) -> JobHistory:
    waves = [found[0]]
    for day in found:
        if day - waves[-1] >= POSTED_AGAIN_AFTER:
            waves.append(day)
    return JobHistory(
        times_posted=len(waves), since=found[0], days_open=max((today - found[0]).days, 0), employer_median_days=usual
    )


def _days_open(connection: Connection, employers: set[str]) -> dict[str, int]:
    """Median days that an employer's closed postings had been open."""
    columns = (postings.c.company_key, postings.c.date_posted, postings.c.first_seen, postings.c.closed_at)
    lengths: dict[str, list[int]] = {}
    some = sorted(employers)
    for start in range(0, len(some), 1000):
        closed = postings.c.closed_at.is_not(None) & postings.c.company_key.in_(some[start : start + 1000])
        for row in connection.execute(select(*columns).where(closed)):
            opened = row.date_posted or row.first_seen.date()
            lengths.setdefault(row.company_key, []).append((row.closed_at.date() - opened).days)
    return {name: round(median(days)) for name, days in lengths.items() if len(days) >= ENOUGH_CLOSED}
