"""The job board: a page of open jobs under filters, an employer's jobs, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.filters import Filters, groups, in_place
from jobdigest.compose.render import clean, saying
from jobdigest.compose.words import Words
from jobdigest.curate.company import company_key
from jobdigest.curate.place import matches
from jobdigest.model import Job, Place
from jobdigest.store import jobs, search

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

A_PAGE = 50
SAMPLE, TOP = 3000, 10  # places to offer are those of the newest jobs
CHOICES_SECONDS = 60.0
NEW_DAYS = 3


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


class Listing(NamedTuple):
    """A page of jobs. `newer` and `older` are the ranks that its neighbours begin at, 0 where there is none."""

    lines: tuple[Line, ...]
    total: int
    newer: int
    older: int
    jobs: tuple[Job, ...]


class Choice(NamedTuple):
    """A filter to offer: what it is called, its value and how many jobs it leaves."""

    name: str
    value: str
    number: int


class Choices(NamedTuple):
    """All that can be chosen where nothing is chosen yet."""

    total: int
    roles: tuple[Choice, ...]
    cities: tuple[Choice, ...]
    countries: tuple[Choice, ...]


def line(job: Job, words: Words, today: date, place: str = "") -> Line:
    """A job as lists show it; the place that was asked for stands first."""
    asked = next((n for n, one in enumerate(job.places) if matches(place, one)), 0) if place else 0
    wheres = saying(job, words, "").where
    day = min(job.date_posted or today, job.first_seen.astimezone(UTC).date())
    facts = (
        words.pay(job.base_salary),
        words.named("seniority", job.seniority),
        words.named("degree", job.degree),
        words.named("employment", job.employment_type),
    )
    return Line(
        id=job.id,
        title=clean(job.title) or "Untitled",
        company=clean(job.company),
        company_key=job.company_key,
        where=wheres[asked if asked < len(wheres) else 0].removeprefix(words.table["separator"]),
        facts=tuple(fact for fact in facts if fact),
        day=day,
        age=age(day, today, words),
        new=(today - day).days <= NEW_DAYS,
    )


def age(day: date, today: date, words: Words) -> str:
    """How long ago, as one would say it."""
    days = (today - day).days
    if days < 2:
        return "yesterday" if days == 1 else "today"
    if days < 14:
        return f"{days} days ago"
    return f"{days // 7} weeks ago" if days < 60 else words.day(day, "day", year=today.year)


class Board:
    """The board of one installation; it keeps the choices it offers for a while, because they need many counts."""

    def __init__(self, app: App, words: Words) -> None:
        self.app, self.words = app, words
        self._choices: tuple[int, float, Choices] | None = None

    def listing(self, filters: Filters, *, below: int = 0, above: int = 0, most: int = A_PAGE) -> Listing:
        """Jobs under filters, newest first: the first page, the one below a rank, or the one just above a rank."""
        wanted = groups(filters)
        with self.app.store.read() as connection:
            total = search.count(connection, wanted) if wanted else self.choices(connection).total
            found = self._rows(connection, wanted, below, above, most)
        rows = found[:most] if not above else found[-most:]
        more = len(found) > most
        newer = rows[0].rank if rows and (below or (above and more)) else 0
        older = rows[-1].rank if rows and (above or more) else 0
        page = tuple(jobs.read_job(row, (), self.app.job_url) for row in rows)
        today = datetime.now(UTC).date()
        lines = tuple(line(job, self.words, today, filters.place) for job in page)
        return Listing(lines, total, newer, older, page)

    def _rows(
        self, connection: Connection, wanted: list[tuple[str, ...]], below: int, above: int, most: int
    ) -> Sequence[Row[Any]]:
        """One row more than asked for, to know whether it goes on; too few newer ones are the first page instead."""
        if above:
            rows = search.page(connection, wanted, above=above, most=most + 1)
            if len(rows) >= most:
                return rows
        return search.page(connection, wanted, below=below or search.FIRST, most=most + 1)

    def choices(self, connection: Connection) -> Choices:
        """What to offer where nothing is chosen; at most a minute behind the jobs."""
        kept, version = self._choices, search.version(connection)
        if kept and (kept[0] == version or monotonic() - kept[1] < CHOICES_SECONDS):
            return kept[2]
        counts = search.count_by_role(connection)
        roles = tuple(
            Choice(role.name, role.id, counts[role.id]) for role in self.app.roles.groups if role.id in counts
        )
        cities, countries = _commonest(search.newest_places(connection, SAMPLE))
        made = Choices(
            total=sum(counts.values()),
            roles=roles,
            cities=self._counted(connection, [self.words.place(place) for place in cities]),
            countries=self._counted(connection, [self.words.country(code) for code in countries]),
        )
        self._choices = (version, monotonic(), made)
        return made

    def _counted(self, connection: Connection, names: Sequence[str]) -> tuple[Choice, ...]:
        found = (Choice(name, name, search.count(connection, [in_place(name)])) for name in names)
        return tuple(
            sorted((choice for choice in found if choice.number), key=lambda choice: (-choice.number, choice.name))
        )

    def employer(self, name: str) -> tuple[str, str] | None:
        """Key and name of an employer by either; None for one that never had a job here."""
        with self.app.store.read() as connection:
            for key in dict.fromkeys((name, company_key(name))):
                if key and (written := jobs.name_of_employer(connection, key)):
                    return key, clean(written)
        return None


def _commonest(places: Any) -> tuple[list[Place], list[str]]:
    """The cities and the country codes that most of some jobs are in."""
    cities: Counter[Place] = Counter()
    countries: Counter[str] = Counter()
    for some in places:
        found = {Place(*place) for place in some or ()}
        cities.update(place for place in found if place.city)
        countries.update({place.country for place in found if place.country})
    return [place for place, _ in cities.most_common(TOP)], [code for code, _ in countries.most_common(TOP)]
