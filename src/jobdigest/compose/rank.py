"""Order the jobs of an edition: a score that an operator can read and change, then spread over employers and places.

    score = freshness x 0.5^(age in days / 14) + pay (stated) + direct (the employer's own posting) + intern + pinned
    each next job: the highest score, less `spread_company` and `spread_place` for every one already placed

`match` is added per reader, for jobs that meet a stated wish and not only fail to contradict it. Ties fall to the
newer, then the job id: the same jobs always come out in the same order.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from jobdigest.config import did_you_mean
from jobdigest.errors import ConfigError
from jobdigest.model import Job

WEIGHTS: Mapping[str, float] = {
    "freshness": 1.0,
    "pay": 0.4,
    "direct": 0.3,
    "intern": -0.25,
    "match": 0.6,
    "pinned": 10.0,
    "spread_company": 0.25,
    "spread_place": 0.02,
}
HALF_LIFE_DAYS = 14
UNDATED_DAYS = 10  # a posting without a date was up for a while before we saw it


def weights_from(configured: Mapping[str, float]) -> dict[str, float]:
    """The default weights with the operator's changes; raises ConfigError for a weight that does not exist."""
    unknown = [name for name in configured if name not in WEIGHTS]
    if unknown:
        known = ", ".join(WEIGHTS)
        raise ConfigError(
            [
                f"edition.weights.{name}: no such weight (there are {known}){did_you_mean(name, WEIGHTS)}"
                for name in unknown
            ]
        )
    return {**WEIGHTS, **configured}


def parts(job: Job, weights: Mapping[str, float], day: date) -> dict[str, float]:
    """What the job is worth by itself on `day`, by weight; an operator reads this in the dry run."""
    age = max(0, (day - born(job)).days)
    return {
        "freshness": weights["freshness"] * float(0.5 ** (age / HALF_LIFE_DAYS)),
        "pay": weights["pay"] * bool(job.base_salary),
        "direct": weights["direct"] * job.direct,
        "intern": weights["intern"] * (job.seniority == "intern"),
        "pinned": weights["pinned"] * job.pinned,
    }


def order(jobs: Sequence[Job], weights: Mapping[str, float], slot: datetime) -> list[tuple[Job, float]]:
    """The jobs, best first, with the score each was placed with (never rising)."""
    day = slot.astimezone(UTC).date()
    companies: Counter[str] = Counter()
    places: Counter[object] = Counter()

    def worth(job: Job, base: float) -> float:
        crowd = weights["spread_company"] * companies[employer(job)]
        return base - crowd - weights["spread_place"] * places[job.places[:1]]

    heap = [
        (-base, (-born(job).toordinal(), job.title, employer(job), job.id), base, job)
        for job in jobs
        for base in (sum(parts(job, weights, day).values()),)
    ]
    heapq.heapify(heap)
    placed = []
    while heap:
        negative, tie, base, job = heapq.heappop(heap)
        now = worth(job, base)
        if now < -negative:  # others were placed since it was weighed
            heapq.heappush(heap, (-now, tie, base, job))
            continue
        companies[employer(job)] += 1
        places[job.places[:1]] += 1
        placed.append((job, round(now, 6)))
    return placed


def born(job: Job) -> date:
    """The day it was posted, guessed from when it was first seen where that isn't said."""
    return job.date_posted or job.first_seen.astimezone(UTC).date() - timedelta(days=UNDATED_DAYS)


def employer(job: Job) -> str:
    """Whose job it is; one without a known employer stands alone."""
    return job.company_key or job.id


def is_remote(job: Job) -> bool:
    """Whether it can be done from elsewhere: said so, or an area of hiring is all that is said about place."""
    return job.workplace == "remote" or bool(job.workplace is None and job.remote_scope and not job.places)
