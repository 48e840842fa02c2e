"""Which listed jobs a search finds, as sets that stay in memory while the jobs stay the same.

The database says which jobs have any of a group's tokens (see search.py). That is kept as one integer with a bit for
each listed job, the newest in the highest: AND is `&`, counting is `bit_count`, a page is the next few bits. So a
search costs the database no more than the groups that nobody has used yet, and what many jobs have is used soon.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from jobdigest.store import search
from jobdigest.store.search import Group

if TYPE_CHECKING:
    from jobdigest.store.engine import Store

LOOK_SECONDS = 1.0  # how often the store is asked whether jobs have changed
MOST_BYTES = 16 * 2**20  # of sets
WINDOW = 1024  # bits looked at in one go: on all of them every step would take long


class Listed:
    """All listed jobs at one version, by rank, the oldest first, and the sets that are known of them."""

    def __init__(self, version: int, ranks: Iterable[int]) -> None:
        self.version, self.ranks = version, sorted(ranks)
        self.everything = (1 << len(self.ranks)) - 1
        self._places = {rank: place for place, rank in enumerate(reversed(self.ranks))}
        self._sets: dict[Group, int] = {}
        self._most = MOST_BYTES * 8 // max(len(self.ranks), 1)

    def known(self, groups: Iterable[Group]) -> list[int]:
        """The sets of those groups that were asked before."""
        return [found for group in groups if (found := self._sets.get(group)) is not None]

    def asked(self, connection: Connection, group: Group) -> int:
        """The set of a group, from the database unless it is known."""
        if group not in self._sets:
            if len(self._sets) >= self._most:
                self._sets.clear()
            self._sets[group] = self._set_of(search.ranks_with(connection, group))
        return self._sets[group]

    def _set_of(self, ranks: Iterable[int]) -> int:
        """A rank that is not listed (any more) counts for nothing."""
        digits, one = bytearray(b"0") * len(self.ranks), ord("1")
        for place in map(self._places.get, ranks):
            if place is not None:
                digits[place] = one
        return int(digits or b"0", 2)


@dataclass(frozen=True, slots=True)
class Found:
    """The jobs that match: bit n stands for `listed.ranks[n]`."""

    listed: Listed
    bits: int

    @property
    def total(self) -> int:
        """How many there are."""
        return self.bits.bit_count()

    def below(self, rank: int, most: int) -> list[int]:
        """The ranks of the next jobs below one, the highest first."""
        ranks, found = self.listed.ranks, list[int]()
        left = self.bits & (1 << bisect_left(ranks, rank)) - 1
        while left and len(found) < most:
            start = max(left.bit_length() - WINDOW, 0)
            window = left >> start
            left ^= window << start
            while window and len(found) < most:
                highest = window.bit_length() - 1
                found.append(ranks[start + highest])
                window ^= 1 << highest
        return found

    def above(self, rank: int, most: int) -> list[int]:
        """The ranks of the next jobs above one, the highest first."""
        ranks, found = self.listed.ranks, list[int]()
        start = bisect_right(ranks, rank)
        left = self.bits >> start
        while left and len(found) < most:
            lowest = (left & -left).bit_length() - 1
            found.append(ranks[start + lowest])
            left ^= 1 << lowest
        return found[::-1]


class Matching:
    """Finds listed jobs; what it says is at most a second old."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listed: Listed | None = None
        self._looked = 0.0
        self._looking = Lock()

    @property
    def version(self) -> int:
        """The version of the jobs that was seen last."""
        return self._listed.version if self._listed else 0

    def look(self) -> int:
        """The version of the jobs as they are now."""
        with self._store.read() as connection:
            return self._as_of(connection).version

    def find(self, groups: Sequence[Group]) -> Found:
        """The jobs that match an AND of groups; all listed ones where there is none."""
        found = self.at_hand(groups)
        if found is None:
            with self._store.read() as connection:
                listed = self._as_of(connection)
                found = _all_of(listed, [listed.asked(connection, group) for group in groups])
        return found

    def at_hand(self, groups: Sequence[Group]) -> Found | None:
        """The same, or None where the database has to be asked for it."""
        listed = self._listed
        if listed is None or monotonic() - self._looked >= LOOK_SECONDS:
            return None
        sets = listed.known(groups)
        return _all_of(listed, sets) if len(sets) == len(groups) else None

    def _as_of(self, connection: Connection) -> Listed:
        version = search.version(connection)
        with self._looking:  # one thread alone reads all ranks
            if self._listed is None or self._listed.version != version:
                self._listed = Listed(version, search.ranks(connection))
            self._looked = monotonic()
            return self._listed


def _all_of(listed: Listed, sets: Iterable[int]) -> Found:
    return Found(listed, reduce(and_, sets, listed.everything))
