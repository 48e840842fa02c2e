"""Readers by what they chose: how many there are, how many get a mail, and how full it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jobdigest.model import Preferences

KEPT = 2000  # different values of one choice: readers write places freely, and memory must not grow with them
ANY, OTHERS = "any", "others"


@dataclass(slots=True)
class Cohort:
    """Readers who made one choice; `jobs` counts mails by their number of jobs."""

    readers: int = 0
    jobs: Counter[int] = field(default_factory=Counter)

    def median_jobs(self) -> int | None:
        """The lower median of jobs in a mail; None if nobody gets one."""
        seen = 0
        for count in sorted(self.jobs):
            seen += self.jobs[count]
            if 2 * seen >= self.jobs.total():
                return count
        return None


class Cohorts:
    """Cohorts by role type, place, language and cadence; a reader with two role types is in two of them."""

    def __init__(self) -> None:
        self._by: dict[str, dict[str, Cohort]] = {"role_type": {}, "place": {}, "language": {}, "cadence": {}}

    def add(self, wishes: Preferences, language: str, jobs: int | None) -> None:
        """One reader; `jobs` in their mail, None for no mail."""
        for facet, values in (
            ("role_type", wishes.role_types or (ANY,)),
            ("place", wishes.locations or (("remote",) if wishes.remote_only else (ANY,))),
            ("language", (language,)),
            ("cadence", (wishes.cadence,)),
        ):
            for value in values:
                self._count(self._by[facet], value, jobs)

    def _count(self, cohorts: dict[str, Cohort], value: str, jobs: int | None) -> None:
        cohort = cohorts.setdefault(value if value in cohorts or len(cohorts) < KEPT else OTHERS, Cohort())
        cohort.readers += 1
        if jobs is not None:
            cohort.jobs[jobs] += 1

    def table(self) -> dict[str, list[dict[str, Any]]]:
        """For each choice its cohorts, the largest first: value, readers, mailed, median of jobs in a mail."""
        return {facet: list(_rows(cohorts)) for facet, cohorts in self._by.items()}


def _rows(cohorts: dict[str, Cohort]) -> Iterator[dict[str, Any]]:
    for value, cohort in sorted(cohorts.items(), key=lambda pair: (-pair[1].readers, pair[0])):
        yield {
            "value": value,
            "readers": cohort.readers,
            "mailed": cohort.jobs.total(),
            "median_jobs": cohort.median_jobs(),
        }
