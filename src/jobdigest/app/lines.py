"""One job in one line of a list: its facts in words, with its age."""

from __future__ import annotations

from datetime import UTC, date
from functools import lru_cache
from typing import NamedTuple

from jobdigest.compose.render import clean, saying
from jobdigest.compose.words import Words
from jobdigest.curate.place import matches
from jobdigest.model import Job, Place

NEW_DAYS = 3
KEPT = 20_000


class Line(NamedTuple):
    """One job in a list, in words."""

    id: str
    title: str
    company: str
    company_key: str
    where: str
    facts: tuple[str, ...]
    day: date
    age: str
    new: bool


class Lines:
    """Makes lines in one language; what many jobs share (places, pay) is put into words once."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._pay = lru_cache(maxsize=KEPT)(words.pay)
        self._wheres: dict[tuple[object, ...], tuple[str, ...]] = {}

    def of(self, job: Job, today: date, place: str = "") -> Line:
        """A job as lists show it; the place that was asked for stands first."""
        words = self._words
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
            where=self._where(job, place),
            facts=tuple(fact for fact in facts if fact),
            day=day,
            age=age(day, today, words),
            new=(today - day).days <= NEW_DAYS,
        )

    def _where(self, job: Job, asked: str) -> str:
        key = (job.places, job.workplace, job.remote_scope)
        if key not in self._wheres:
            if len(self._wheres) >= KEPT:
                self._wheres.clear()
            separator = self._words.table["separator"]
            self._wheres[key] = tuple(one.removeprefix(separator) for one in saying(job, self._words, "").where)
        wheres = self._wheres[key]
        return wheres[_index(asked, job.places) if asked and len(wheres) > 1 else 0]


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
