"""The job board: a page of open jobs under filters, an employer's jobs, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from jobdigest.app.filters import Filters, groups, in_place
from jobdigest.app.lines import KEPT, Line, Lines
from jobdigest.compose.render import clean
from jobdigest.compose.words import Words
from jobdigest.curate.company import company_key
from jobdigest.model import Place
from jobdigest.store import jobs, search
from jobdigest.store.matching import Found, Matching

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

A_PAGE = 25
SAMPLE, TOP = 3000, 10  # places to offer are those of the newest jobs
CHOICES_SECONDS = 60.0
LEVELS = ("intern", "new-grad", "junior", "senior", "staff", "lead", "manager")
PAYS = (50, 80, 100, 140, 200)


class Listing(NamedTuple):
    """A page of jobs. `newer` and `older` are the ranks that its neighbours begin at, 0 where there is none."""

    lines: tuple[Line, ...]
    total: int
    newer: int
    older: int


class Choice(NamedTuple):
    """A filter to offer: what it is called, its value and how many jobs it leaves, where that is known."""

    name: str
    value: str | int
    number: int | None = None


class Choices(NamedTuple):
    """All that can be chosen where nothing is chosen yet; pay in thousand euros."""

    roles: tuple[Choice, ...]
    remote: tuple[Choice, ...]
    cities: tuple[Choice, ...]
    countries: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    pays: tuple[Choice, ...]


class Counted(NamedTuple):
    """Choices as they were at one version of the jobs, and when that was seen last."""

    version: int
    seen: float
    choices: Choices


class Shown(NamedTuple):
    """Lines that were made already for one version of the jobs, on one day, by rank."""

    version: int
    day: date
    lines: dict[int, Line]


class Board:
    """The board of one installation; it keeps what many pages show, since they need many counts and many words."""

    def __init__(self, app: App, words: Words) -> None:
        self.app, self.words, self.making = app, words, Lines(words)
        self.matching = Matching(app.store)
        self._shown = Shown(0, date.min, {})
        self._choices: Counted | None = None
        self._counting = Lock()

    def listing(self, filters: Filters, *, below: int = 0, above: int = 0, most: int = A_PAGE) -> Listing:
        """Jobs under filters, newest first: the first page, the one below a rank, or the one just above a rank."""
        found = self.matching.find(groups(filters))
        ranks, newer, older = _turned(found, below, above, most)
        return Listing(self.lines(ranks, filters.place), found.total, newer, older)

    def at_hand(self, filters: Filters, *, below: int = 0, above: int = 0) -> Listing | None:
        """The same, or None where the database has to be asked for it or for the choices beside it."""
        found = self.matching.at_hand(groups(filters))
        if found is None or self._choices is None or _is_old(self._choices):
            return None
        ranks, newer, older = _turned(found, below, above, A_PAGE)
        if not self._lines().keys() >= set(ranks):
            return None
        return Listing(self.lines(ranks, filters.place), found.total, newer, older)

    def lines(self, ranks: Sequence[int], place: str = "") -> tuple[Line, ...]:
        """Listed jobs in words; the place that was asked for stands first."""
        lines, today = self._lines(), datetime.now(UTC).date()
        missing = [rank for rank in ranks if rank not in lines]
        if missing:
            with self.app.store.read() as connection:
                rows = search.rows(connection, missing)
            for row in rows:
                lines[row.rank] = self.making.of(jobs.read_job(row, (), self.app.job_url), today)
        return tuple(line.at(place) for rank in ranks if (line := lines.get(rank)))

    def _lines(self) -> dict[int, Line]:
        version, today = self.matching.version, datetime.now(UTC).date()
        if (version, today) != self._shown[:2]:
            self._shown = Shown(version, today, {})
        elif len(self._shown.lines) > KEPT:
            self._shown = Shown(version, today, dict(list(self._shown.lines.items())[KEPT // 2 :]))
        return self._shown.lines

    def choices(self) -> Choices:
        """What to offer where nothing is chosen; at most a minute behind the jobs."""
        kept = self._choices
        if kept and not _is_old(kept):
            return kept.choices
        if not self._counting.acquire(blocking=kept is None) and kept:
            return kept.choices  # somebody is counting
        try:
            if self._choices is kept or self._choices is None:
                self._choices = self._looked(kept)
            return self._choices.choices
        finally:
            self._counting.release()

    def _looked(self, kept: Counted | None) -> Counted:
        with self.app.store.read() as connection:
            version = search.version(connection)
            same = kept if kept and kept.version == version else None
            return Counted(version, monotonic(), same.choices if same else self._offered(connection))

    def _offered(self, connection: Connection) -> Choices:
        counts = search.count_by_role(connection)
        cities, countries = _commonest(search.newest_places(connection, SAMPLE))
        names = [self.words.country(code) for code in countries]
        towns = [name for place in cities if (name := self.words.place(place)) not in names]
        groups = self.app.roles.groups
        return Choices(
            roles=tuple(Choice(role.name, role.id, counts[role.id]) for role in groups if role.id in counts),
            remote=(Choice(self.words("remote"), True),),
            cities=_places(connection, towns),
            countries=_places(connection, names),
            levels=tuple(Choice(self.words.named("seniority", level).capitalize(), level) for level in LEVELS),
            pays=tuple(Choice(f"€{self.words.number(pay * 1000)} or more", pay) for pay in PAYS),
        )

    def employer(self, name: str) -> tuple[str, str] | None:
        """Key and name of an employer by either; None for one that never had a job here."""
        with self.app.store.read() as connection:
            for key in dict.fromkeys((name, company_key(name))):
                if key and (written := jobs.name_of_employer(connection, key)):
                    return key, clean(written)
        return None


def _turned(found: Found, below: int, above: int, most: int) -> tuple[list[int], int, int]:
    """The ranks of a page, and those that the pages beside it begin at; too few newer jobs are the first page."""
    ranks = found.above(above, most + 1) if above else []  # one more, to know whether it goes on
    if len(ranks) < most:
        above, ranks = 0, found.below(below or search.FIRST, most + 1)
    more = len(ranks) > most
    ranks = ranks[-most:] if above else ranks[:most]
    newer = ranks[0] if ranks and (below or (above and more)) else 0
    older = ranks[-1] if ranks and (above or more) else 0
    return ranks, newer, older


def _is_old(kept: Counted) -> bool:
    return monotonic() - kept.seen >= CHOICES_SECONDS


def _places(connection: Connection, names: Iterable[str]) -> tuple[Choice, ...]:
    """The places where there are jobs, most jobs first."""
    numbers = {name: search.count(connection, in_place(name)) for name in names}
    most_first = sorted(numbers, key=lambda name: (-numbers[name], name))
    return tuple(Choice(name, name, numbers[name]) for name in most_first if numbers[name])


def _commonest(places: Any) -> tuple[list[Place], list[str]]:
    """The cities and the country codes that most of some jobs are in."""
    cities: Counter[Place] = Counter()
    countries: Counter[str] = Counter()
    for some in places:
        found = {Place(*place) for place in some or ()}
        cities.update(place for place in found if place.city)
        countries.update({place.country for place in found if place.country})
    return [place for place, _ in cities.most_common(TOP)], [code for code, _ in countries.most_common(TOP)]
