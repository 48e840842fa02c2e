"""The job board: a page of open jobs under filters, an employer's jobs, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.filters import Filters, groups, in_place
from jobdigest.app.lines import Line, Lines
from jobdigest.compose.render import clean
from jobdigest.compose.words import Words
from jobdigest.curate.company import company_key
from jobdigest.model import Job, Place
from jobdigest.store import jobs, search

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

A_PAGE = 25
SAMPLE, TOP = 3000, 10  # places to offer are those of the newest jobs
CHOICES_SECONDS = 60.0


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


class Board:
    """The board of one installation; it keeps the choices it offers for a while, because they need many counts."""

    def __init__(self, app: App, words: Words) -> None:
        self.app, self.words, self.lines = app, words, Lines(words)
        self._choices: tuple[int, float, Choices] | None = None
        self._counting = Lock()

    def listing(self, filters: Filters, *, below: int = 0, above: int = 0, most: int = A_PAGE) -> Listing:
        """Jobs under filters, newest first: the first page, the one below a rank, or the one just above a rank."""
        wanted = groups(filters)
        with self.app.store.read() as connection:
            total = search.count(connection, wanted) if wanted else self.choices().total
            found = self._rows(connection, wanted, below, above, most)
        rows = found[:most] if not above else found[-most:]
        more = len(found) > most
        newer = rows[0].rank if rows and (below or (above and more)) else 0
        older = rows[-1].rank if rows and (above or more) else 0
        page = tuple(jobs.read_job(row, (), self.app.job_url) for row in rows)
        today = datetime.now(UTC).date()
        lines = tuple(self.lines.of(job, today, filters.place) for job in page)
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

    def choices(self) -> Choices:
        """What to offer where nothing is chosen; at most a minute behind the jobs."""
        kept = self._choices
        if kept and monotonic() - kept[1] < CHOICES_SECONDS:
            return kept[2]
        if not self._counting.acquire(blocking=kept is None) and kept:
            return kept[2]  # somebody is counting
        try:
            if self._choices is kept or self._choices is None:
                self._choices = self._looked(kept)
            return self._choices[2]
        finally:
            self._counting.release()

    def _looked(self, kept: tuple[int, float, Choices] | None) -> tuple[int, float, Choices]:
        with self.app.store.read() as connection:
            version = search.version(connection)
            same = kept is not None and kept[0] == version
            return version, monotonic(), kept[2] if kept and same else self._offered(connection)

    def _offered(self, connection: Connection) -> Choices:
        counts = search.count_by_role(connection)
        roles = tuple(
            Choice(role.name, role.id, counts[role.id]) for role in self.app.roles.groups if role.id in counts
        )
        cities, countries = _commonest(search.newest_places(connection, SAMPLE))
        names = [self.words.country(code) for code in countries]
        towns = [name for place in cities if (name := self.words.place(place)) not in names]
        return Choices(
            total=sum(counts.values()),
            roles=roles,
            cities=self._counted(connection, towns),
            countries=self._counted(connection, names),
        )

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
