"""One job in one line of a list: its facts in words, with its age."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from jobdigest.compose.render import clean, saying
from jobdigest.compose.words import Words
from jobdigest.curate.place import matches
from jobdigest.model import Job, Place

NEW_DAYS = 3
KEPT = 20_000


class Line(NamedTuple):
    """One job in a list, in words; `where` is the first of `wheres`, one for each of `places` if it matters."""

    id: str
    title: str
    company: str
    company_key: str
    where: str
    wheres: tuple[str, ...]
    places: tuple[Place, ...]
    facts: tuple[str, ...]
    day: date
    age: str
    new: bool
    url: str
    role_type: str
    first_seen: datetime

    def at(self, place: str) -> Line:
        """The line with the place that was asked for standing first."""
        if not place or len(self.wheres) < 2:
            return self
        return self._replace(where=self.wheres[_index(place, self.places)])


class Lines:
    """Makes lines in one language; what many jobs share (places, pay) is put into words once."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._pay = lru_cache(maxsize=KEPT)(words.pay)
        self._wheres: dict[tuple[object, ...], tuple[str, ...]] = {}

    def of(self, job: Job, today: date) -> Line:
        """A job as lists show it."""
        words, wheres = self._words, self._wheres_of(job)
        day = min(job.date_posted or today, job.first_seen.astimezone(UTC).date())
        facts = (
            self._pay(job.base_salary),
            words.named("seniority", job.seniority),
            words.named("degree", job.degree),
            words.named("employment", job.employment_type),
        )
        return Line(
            id=job.id,
            title=clean(job.title) or "Untitled",
            company=clean(job.company),
            company_key=job.company_key,
            where=wheres[0],
            wheres=wheres,
            places=job.places,
            facts=tuple(fact for fact in facts if fact),
            day=day,
            age=age(day, today, words),
            new=(today - day).days <= NEW_DAYS,
            url=job.url,
            role_type=job.role_type,
            first_seen=job.first_seen,
        )

    def _wheres_of(self, job: Job) -> tuple[str, ...]:
        key = (job.places, job.workplace, job.remote_scope)
        if key not in self._wheres:
            if len(self._wheres) >= KEPT:
                self._wheres.clear()
            separator = self._words.table["separator"]
            self._wheres[key] = tuple(one.removeprefix(separator) for one in saying(job, self._words, "").where)
        return self._wheres[key]


@lru_cache(maxsize=KEPT)
def _index(asked: str, places: tuple[Place, ...]) -> int:
    return next((number for number, place in enumerate(places) if matches(asked, place)), 0)


def age(day: date, today: date, words: Words) -> str:
    """How long ago, as one would say it."""
    days = (today - day).days
    if days < 2:
        return "yesterday" if days == 1 else "today"
    if days < 14:
        return f"{days} days ago"
    return f"{days // 7} weeks ago" if days < 60 else words.day(day, "day", year=today.year)
