"""Which items a reader is shown: bit sets over the edition's positions, one AND per wish.

Positions are in the edition's order, best first, so the lowest set bit is the best item. A reader's stated wishes
that an item *meets* (not merely leaves open) lift it by the weight `match`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

from babel.core import get_global

from jobdigest.compose.bits import bitmap_of, each_of
from jobdigest.compose.draft import Draft, DraftItem
from jobdigest.compose.money import wished_euros, yearly_euros
from jobdigest.compose.rank import employer, is_remote
from jobdigest.config import Edition
from jobdigest.model import Place, Preferences

QUIET_WEEKS = 4
_REMOTE_WORDS = frozenset({"remote", "anywhere", "worldwide"})


class Places(Protocol):
    """What compose must know of places; the curate stage's `place` module is one.

    A key is `=CC` (country), `=CC-REGION`, or `city/REGION/CC`; other forms never tell a country.
    """

    def wish_keys(self, wanted: str, /) -> frozenset[str]:
        """Keys of a place as a reader wrote it."""

    def place_keys(self, place: Place, /) -> frozenset[str]:
        """Keys under which a job's place can be wished for."""

    def place_covers(self, scope: tuple[str, ...], country: str, /) -> bool:
        """Whether a remote scope includes a country."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one reader is shown; `extra` is what their message says beside it, kept in the delivery row.

    `extra` holds, where not empty: `best` (positions shown first), `place` (position → index of the reader's own
    place, -1 for none), `more` (matching, not shown), `at` (position → how many more of its employer match), `quiet`
    (weeks without a mail), and why the reader gets this: `roles`, `places`, `remote`, `pay`. `skip` is `too_few` where
    no mail is due.
    """

    shown: bytes = b""
    count: int = 0
    matching: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    skip: str | None = None


class Matcher:
    """One edition against any number of readers; `postings` maps a posting id to the bit of its item."""

    def __init__(self, draft: Draft, edition: Edition, places: Places) -> None:
        self._items = draft.items
        self._edition = edition
        self._places = places
        self._boost = draft.weights.get("match", 0.0)
        self._scores = [item.score for item in draft.items]
        self._all = (1 << len(draft.items)) - 1
        self._roles = _masks(self._items, lambda item: item.job.role_type)
        self._seniority = _masks(self._items, lambda item: item.job.seniority)
        self._companies = [employer(item.job) for item in self._items]
        self._of_company = _masks(self._items, lambda item: employer(item.job))
        self._remote = _mask(self._items, lambda item: is_remote(item.job))
        self._scopes = _masks(self._items, lambda item: item.job.remote_scope or () if is_remote(item.job) else None)
        self._places_at: dict[str, int] = defaultdict(int)
        self._item_keys = [[places.place_keys(place) for place in item.job.places] for item in self._items]
        for position, keys in enumerate(self._item_keys):
            for key in frozenset().union(*keys):
                self._places_at[key] |= 1 << position
        self.postings = {
            posting: 1 << position for position, item in enumerate(self._items) for posting in item.job.posting_ids
        }
        self._newest = _masks(self._items, lambda item: item.job.announced_in)
        self._pay = _PayMasks(self._items)
        self._titles = [f"{item.job.title} {item.job.company}".casefold() for item in self._items]
        self._reader = lru_cache(maxsize=16384)(self._match)
        self._chosen = lru_cache(maxsize=8192)(self._choose)
        self._wish = lru_cache(maxsize=16384)(self._wished)
        self._named = lru_cache(maxsize=4096)(self._places_named)
        self._word = lru_cache(maxsize=4096)(self._with_word)
        self._covering = lru_cache(maxsize=1024)(self._covered)
        self._since = lru_cache(maxsize=1024)(self._announced_after)

    def matching(self, preferences: Preferences, timezone: str | None = None) -> tuple[int, int]:
        """Bit sets of the items that fit a reader, and of those that meet a stated wish."""
        return self._reader(preferences, timezone)

    def choose(
        self,
        preferences: Preferences,
        *,
        timezone: str | None = None,
        caught_up_to: str | None = None,
        seen: int = 0,
        quiet_weeks: int = 0,
    ) -> Choice:
        """The items for one reader; `seen` is the bit set of items shown to them before.

        `quiet_weeks` counts the reader's weeks without a mail: from the fourth on, even too few are sent, with a line
        that says so.
        """
        fits, met = self._reader(preferences, timezone)
        if caught_up_to is not None:
            fits &= self._since(caught_up_to)
        fits &= ~seen
        choice = self._chosen(preferences, fits, met)
        if choice.count and choice.count >= self._edition.min_jobs:
            return choice
        if quiet_weeks < QUIET_WEEKS:
            return Choice(count=choice.count, matching=choice.matching, skip="too_few")
        return replace(choice, extra={**choice.extra, "quiet": quiet_weeks})

    def _choose(self, preferences: Preferences, fits: int, met: int) -> Choice:
        shown, dropped = self._pick(fits, met)
        matching = fits.bit_count()
        return Choice(bitmap_of(shown), len(shown), matching, self._extra(preferences, shown, dropped, matching))

    def _pick(self, fits: int, met: int) -> tuple[list[int], dict[int, int]]:
        """Positions to show in the reader's order, and how many more of its employer match, at the last one shown."""
        cap, limit, companies = self._edition.per_company, self._edition.max_jobs, self._companies
        taken: dict[str, int] = {}
        shown: list[int] = []
        for position in self._ordered(fits, met):
            name = companies[position]
            count = taken.get(name, 0)
            if count < cap:
                taken[name] = count + 1
                shown.append(position)
                if len(shown) == limit:
                    break
        over: dict[int, int] = {}
        for name, count in taken.items():
            left = (fits & self._of_company[name]).bit_count() - cap if count == cap else 0
            if left:
                over[max(position for position in shown if companies[position] == name)] = left
        return shown, over

    def _ordered(self, fits: int, met: int) -> Iterator[int]:
        """Set positions by score, those of `met` lifted: two lists that are sorted already, merged."""
        met &= fits
        if not met or met == fits or not self._boost:
            return each_of(fits)
        return self._merged(each_of(met), each_of(fits & ~met))

    def _merged(self, lifted: Iterator[int], plain: Iterator[int]) -> Iterator[int]:
        scores, boost = self._scores, self._boost
        one, other = next(lifted), next(plain)
        while True:
            if scores[one] + boost >= scores[other]:
                yield one
                following = next(lifted, None)
                if following is None:
                    yield other
                    yield from plain
                    return
                one = following
            else:
                yield other
                following = next(plain, None)
                if following is None:
                    yield one
                    yield from lifted
                    return
                other = following

    def _extra(
        self, preferences: Preferences, shown: Sequence[int], dropped: Mapping[int, int], matching: int
    ) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        best = self._best(shown)
        if best:
            extra["best"] = best
        if preferences.locations:
            own = self._own_places(preferences.locations, shown, best)
            if own:
                extra["place"] = own
        if matching > len(shown):
            extra["more"] = matching - len(shown)
        if dropped:
            extra["at"] = {str(position): count for position, count in dropped.items()}
        for name, wish in (("roles", preferences.role_types), ("places", preferences.locations)):
            if wish:
                extra[name] = list(wish)
        if preferences.remote_only:
            extra["remote"] = True
        if preferences.min_salary:
            extra["pay"] = list(preferences.min_salary)
        return extra

    def _best(self, shown: Sequence[int]) -> list[int]:
        """The first few, of different employers as far as there are; none where the mail is hardly longer."""
        wanted = self._edition.best
        if len(shown) < wanted + 3:
            return []
        firsts: dict[str, int] = {}
        for position in shown:
            firsts.setdefault(self._companies[position], position)
            if len(firsts) == wanted:
                return list(firsts.values())
        best = list(firsts.values())
        return best + [position for position in shown if position not in best][: wanted - len(best)]

    def _own_places(self, wishes: tuple[str, ...], shown: Sequence[int], best: Sequence[int]) -> dict[str, int]:
        """Which of a job's places the reader wished for, where that isn't the first; -1 for a best one fit by none."""
        maps = [self._named(wish) for wish in wishes]
        own = {}
        for position in shown:
            if len(self._item_keys[position]) < 2 and position not in best:
                continue
            index = min([found[position] for found in maps if position in found], default=-1)
            if index > 0 or (index < 0 and position in best):
                own[str(position)] = index
        return own

    def _places_named(self, wish: str) -> dict[int, int]:
        """For each item with a place that a wish names: the first such place."""
        keys, found = self._wish(wish)[0], {}
        for position, of_item in enumerate(self._item_keys):
            at = [number for number, of_place in enumerate(of_item) if not keys.isdisjoint(of_place)]
            if at:
                found[position] = at[0]
        return found

    def _match(self, preferences: Preferences, timezone: str | None) -> tuple[int, int]:
        fits = met = self._all
        if preferences.role_types:
            fits = _either(self._roles, preferences.role_types)
        if preferences.seniority:
            wished = _either(self._seniority, preferences.seniority)
            fits &= wished | self._seniority.get(None, 0)
            met &= wished
        here, remote = self._reachable(preferences, timezone)
        if preferences.locations:
            fits &= here | remote
            met &= here
        else:
            fits &= remote | (self._all & ~self._remote)
        if preferences.remote_only:
            fits &= self._remote
        if preferences.min_salary:
            enough = self._pay.at_least(wished_euros(preferences.min_salary))
            fits &= enough | self._pay.unknown
            met &= enough
        if preferences.include:
            fits &= self._any_word(preferences.include)
        if preferences.exclude:
            fits &= ~self._any_word(preferences.exclude)
        wishes = preferences.seniority or preferences.locations or preferences.min_salary
        return fits, met & fits if wishes else 0

    def _reachable(self, preferences: Preferences, timezone: str | None) -> tuple[int, int]:
        """Items in a wished place, and remote items open to the reader's country."""
        here, countries, anywhere = 0, set[str](), False
        for wish in preferences.locations:
            keys, found = self._wish(wish)
            anywhere |= wish.strip().casefold() in _REMOTE_WORDS
            countries |= found
            for key in keys:
                here |= self._places_at.get(key, 0)
        if not countries and timezone:
            countries |= zone_countries(timezone)
        if not countries:
            return here | (self._remote if anywhere else 0), self._remote
        remote = 0
        for country in countries:
            remote |= self._covering(country)
        return here | (remote if anywhere else 0), remote

    def _wished(self, wish: str) -> tuple[frozenset[str], frozenset[str]]:
        if wish.strip().casefold() in _REMOTE_WORDS:
            return frozenset(), frozenset()
        keys = self._places.wish_keys(wish)
        return keys, frozenset(country for key in keys if (country := _country_of(key)))

    def _covered(self, country: str) -> int:
        mask = 0
        for scope, items in self._scopes.items():
            if scope is not None and (not scope or self._places.place_covers(scope, country)):
                mask |= items
        return mask

    def _any_word(self, words: Collection[str]) -> int:
        mask = 0
        for word in words:
            mask |= self._word(word.casefold())
        return mask

    def _with_word(self, word: str) -> int:
        return sum(1 << position for position, title in enumerate(self._titles) if word in title)

    def _announced_after(self, key: str) -> int:
        mask = 0
        for announced, items in self._newest.items():
            if announced is None or announced > key:
                mask |= items
        return mask


class _PayMasks:
    """For any amount, the items that pay it: amounts sorted once, a bit set per step."""

    def __init__(self, items: Sequence[DraftItem]) -> None:
        known = []
        self.unknown = 0
        for position, item in enumerate(items):
            amount = yearly_euros(item.job.base_salary)
            if amount is None:
                self.unknown |= 1 << position
            else:
                known.append((amount, position))
        known.sort()
        self._amounts = [amount for amount, _ in known]
        masks = [0]
        for _, position in reversed(known):
            masks.append(masks[-1] | 1 << position)
        self._masks = masks[::-1]

    def at_least(self, amount: float | None) -> int:
        """Items whose upper end is known to be at least `amount`; every known one for None."""
        return self._masks[0 if amount is None else bisect_left(self._amounts, amount)]


@lru_cache(maxsize=1024)
def zone_countries(timezone: str) -> frozenset[str]:
    """The country of an IANA zone by CLDR; empty for `UTC` and unknown ones."""
    territory = get_global("zone_territories").get(get_global("zone_aliases").get(timezone, timezone))
    return frozenset({territory}) if territory and territory not in ("001", "ZZ") else frozenset()


def _country_of(key: str) -> str:
    return key[1:3] if key.startswith("=") else key.rpartition("/")[2] if "/" in key else ""


def _mask(items: Sequence[DraftItem], test: Any) -> int:
    return sum(1 << position for position, item in enumerate(items) if test(item))


def _masks(items: Sequence[DraftItem], key: Any) -> dict[Any, int]:
    masks: dict[Any, int] = Counter()
    for position, item in enumerate(items):
        masks[key(item)] |= 1 << position
    return dict(masks)


def _either(masks: Mapping[Any, int], wanted: Iterable[str]) -> int:
    found = 0
    for value in wanted:
        found |= masks.get(value, 0)
    return found
