"""The newest edition for those who come after its freeze: what it would show somebody, and their own copy of it."""

from __future__ import annotations

import quopri
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from jobdigest.app.editing import delivery_of, prepare, recipient
from jobdigest.app.sending import compiled_of, send_frozen
from jobdigest.compose import rank
from jobdigest.compose.assemble import assemble
from jobdigest.compose.compiled import CompiledEdition
from jobdigest.compose.draft import Draft, DraftItem
from jobdigest.compose.select import QUIET_WEEKS, Choice, Matcher
from jobdigest.curate import place
from jobdigest.deliver.setup import sender_from
from jobdigest.model import Preferences, Subscriber, SubscriberState
from jobdigest.slots import slots_from
from jobdigest.store import editions, holds, jobs, ledger

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

STILL_NEWS = timedelta(days=8)
LOOKED_AT_EVERY = 60.0  # seconds between two looks at which jobs are still open
MADE_EVERY = 900.0  # where nothing was frozen yet, the edition to come stands in
MONTH = 4  # editions


class Issue(NamedTuple):
    """An edition ready to be matched; `closed` is the bit set of its jobs that are closed by now.

    `by_role` counts the jobs of each role type that this and the three editions before it announced.
    """

    key: str
    slot: datetime
    frozen: bool
    compiled: CompiledEdition
    matcher: Matcher
    closed: int
    by_role: Mapping[str, int]


class Latest:
    """The newest edition of one installation, kept in memory for a moment."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = Lock()
        self._kept: tuple[str | None, float, Issue] | None = None

    def issue(self, now: datetime) -> Issue:
        """The newest frozen edition; before the first one, the edition that would be frozen now."""
        with self._app.store.read() as connection:
            newest = next(iter(editions.previous(connection, 1)), None)
            key = newest.key if newest else None
            with self._lock:
                kept, patience = self._kept, LOOKED_AT_EVERY if newest else MADE_EVERY
                if kept is None or kept[0] != key or monotonic() - kept[1] > patience:
                    made = _frozen(self._app, connection, newest) if newest else _to_come(self._app, connection, now)
                    self._kept = kept = (key, monotonic(), made)
        return kept[2]

    def choice(self, preferences: Preferences, timezone: str | None, now: datetime) -> Choice:
        """What the newest edition would show somebody who was never shown anything."""
        issue = self.issue(now)
        return issue.matcher.choose(preferences, timezone=timezone, seen=issue.closed)

    def mail(self, preferences: Preferences, language: str | None, now: datetime) -> tuple[str, str]:
        """Subject and HTML of the mail for a choice, however little that is; its links belong to nobody."""
        issue, config = self.issue(now), self._app.config
        choice = issue.matcher.choose(preferences, seen=issue.closed, quiet_weeks=QUIET_WEEKS)
        extra = {name: value for name, value in choice.extra.items() if name != "quiet"}
        nobody = Subscriber(
            id=0, email="you@example.com", name=None, timezone=None, language=language, state=SubscriberState.ACTIVE
        )
        sender = sender_from(config, self._app.keys)
        row = recipient(self._app, issue.compiled, sender, nobody, replace(choice, extra=extra, skip=None), issue.slot)
        made = delivery_of(row, issue.key, nobody.email)
        parts = assemble(issue.compiled, made, self._app.keys, config.newsletter.base_url)
        return parts.subject, quopri.decodestring(parts.html).decode()

    def admit(self, reader: Subscriber, now: datetime) -> bool:
        """Put somebody who has just confirmed on the list of the newest edition; False where it has nothing for them.

        The ledger decides as for everybody else: a reader who is on the list already is not put there again.
        """
        issue = self.issue(now)
        choice = issue.matcher.choose(
            reader.preferences,
            timezone=reader.timezone,
            caught_up_to=reader.caught_up_to,
            seen=issue.closed | self._seen(reader, issue.matcher),
        )
        if not issue.frozen or choice.skip or now - issue.slot > STILL_NEWS:
            return False
        row = recipient(self._app, issue.compiled, sender_from(self._app.config, self._app.keys), reader, choice, now)
        with self._app.store.begin() as connection:
            return not holds.is_held(connection, issue.slot) and ledger.admit(connection, issue.key, row, now)

    def _seen(self, reader: Subscriber, matcher: Matcher) -> int:
        """What somebody who comes back was shown before."""
        if reader.caught_up_to is None:
            return 0
        with self._app.store.read() as connection:
            return editions.ShownBefore(connection, matcher.postings).of_range(reader.id, reader.id).get(reader.id, 0)

    def send_copies(self, now: datetime) -> None:
        """Send what the newest edition still owes; where another sender is at work, it is left to that one."""
        send_frozen(self._app, self.issue(now).key, now)


def _frozen(app: App, connection: Connection, edition: editions.StoredEdition) -> Issue:
    """A frozen edition with its jobs as of the freeze, matched anew; scores come out as they were."""
    compiled, items = compiled_of(app, edition.key), editions.items(connection, edition.key)
    weights = rank.weights_from(app.config.edition.weights)
    scores = {job.id: score for job, score in rank.order(items, weights, edition.slot)}
    drafted = Draft(
        key=edition.key,
        slot=edition.slot,
        items=tuple(
            DraftItem(job=job, score=scores[job.id], group=entry.group)
            for job, entry in zip(items, compiled.items, strict=True)
        ),
        groups=compiled.fragments(compiled.default_language).groups,
        weights=weights,
    )
    still = jobs.still_open(connection, [job.id for job in items])
    closed = sum(1 << position for position, job in enumerate(items) if job.id not in still)
    by_role = editions.announced_by_role(connection, [one.key for one in editions.previous(connection, MONTH)])
    matcher = Matcher(drafted, app.config.edition, place)
    return Issue(edition.key, edition.slot, True, compiled, matcher, closed, by_role)


def _to_come(app: App, connection: Connection, now: datetime) -> Issue:
    slot = next(slots_from(app.config.schedule, now))
    made = prepare(app, connection, slot, now)
    matcher = Matcher(made.draft, app.config.edition, place)
    by_role = Counter(item.group for item in made.draft.items)
    return Issue(slot.edition, slot.at, False, made.compiled, matcher, 0, by_role)
