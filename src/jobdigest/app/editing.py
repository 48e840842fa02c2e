"""From open jobs to a frozen edition: which jobs, for whom, compiled once, written down before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jobdigest.compose.assemble import assemble
from jobdigest.compose.compiled import CompiledEdition
from jobdigest.compose.draft import Draft, draft
from jobdigest.compose.edition import compile_edition
from jobdigest.compose.select import Choice, Matcher
from jobdigest.compose.templates import Templates
from jobdigest.curate import place
from jobdigest.deliver.message import Sender, build, message_id_for
from jobdigest.deliver.setup import sender_from, signers_from
from jobdigest.errors import DeliveryError
from jobdigest.model import Delivery, Job, Message, Subscriber, SubscriberState
from jobdigest.slots import Slot, local_slot, weeks_between
from jobdigest.store import editions, jobs, ledger, news, postings
from jobdigest.store import subscribers as store_subscribers
from jobdigest.store.ledger import Recipient
from jobdigest.subscribers.preferences import CADENCE_WEEKS, from_json

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

WEEKS_KEPT = 5  # a reader's candidates reach this far back
READERS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An edition that could be frozen now: what it announces, its draft and its compiled fragments."""

    slot: Slot
    news: news.News
    draft: Draft
    compiled: CompiledEdition
    templates: Templates


def prepare(app: App, connection: Connection, slot: Slot, now: datetime) -> Prepared:
    """The edition of a slot from what the store has; writes nothing."""
    found = news.find_news(connection, slot.at, now)
    earlier = [edition.key for edition in editions.previous(connection, WEEKS_KEPT - 1, before=slot.edition)]
    recent = news.recent_jobs(connection, [key for key in earlier if weeks_between(key, slot.edition) < WEEKS_KEPT])
    wanted = found.job_ids | recent
    open_now = [job for job in jobs.open_jobs(connection, app.job_url) if job.id in wanted]
    histories = news.histories(connection, [job.id for job in open_now], slot.at.date())
    drafted = draft(
        key=slot.edition,
        slot=slot.at,
        jobs=[_as_of(job, found, slot.edition, histories) for job in open_now],
        config=app.config,
        groups=[(role.id, role.name) for role in app.roles.groups],
        left_out=found.left_out,
        note=_note(app, connection, slot.edition),
    )
    templates = Templates.of(app.config)
    compiled = compile_edition(drafted, config=app.config, templates=templates, languages=_languages(app, connection))
    return Prepared(slot=slot, news=found, draft=drafted, compiled=compiled, templates=templates)


def _as_of(job: Job, found: news.News, key: str, histories: Mapping[str, Any]) -> Job:
    """The job as this edition knows it: announced now if one of its postings is news."""
    announced = key if job.id in found.job_ids else job.announced_in
    return replace(job, announced_in=announced, history=histories.get(job.id))


def _note(app: App, connection: Connection, key: str) -> str | None:
    from jobdigest.store import facts

    note = facts.get(connection, f"note:{key}")
    return str(note) if note else None


def _languages(app: App, connection: Connection) -> set[str]:
    return store_subscribers.languages(connection) | {app.config.newsletter.language}


@dataclass(slots=True)
class Audience:
    """Counts of a freeze, for the operator's report."""

    by_reason: Counter[str] = field(default_factory=Counter)
    readers: int = 0


def choices(
    app: App, connection: Connection, prepared: Prepared, audience: Audience
) -> Iterator[tuple[Subscriber, Choice]]:
    """Every active reader with what they are shown, by id, in memory that doesn't grow with readers."""
    matcher = Matcher(prepared.draft, app.config.edition, place)
    shown = editions.ShownBefore(connection, matcher.postings)
    readers = store_subscribers.each_with_quiet(connection, from_json, SubscriberState.ACTIVE)
    for _, some in groupby(enumerate(readers), key=lambda pair: pair[0] // READERS_AT_ONCE):
        chunk = [reader for _, reader in some]
        seen = shown.of_range(chunk[0][0].id, chunk[-1][0].id)
        for reader, quiet in chunk:
            choice = _choice(matcher, prepared.slot.edition, reader, seen.get(reader.id, 0), quiet)
            audience.readers += 1
            audience.by_reason[choice.skip or "mail"] += 1
            yield reader, choice


def _choice(matcher: Matcher, key: str, reader: Subscriber, seen: int, quiet: int) -> Choice:
    weeks = CADENCE_WEEKS[reader.preferences.cadence]
    if reader.caught_up_to and weeks_between(reader.caught_up_to, key) < weeks:
        return Choice(skip="not_due")
    return matcher.choose(
        reader.preferences,
        timezone=reader.timezone,
        caught_up_to=reader.caught_up_to,
        seen=seen,
        quiet_weeks=quiet,
    )


def freeze(app: App, slot: Slot, now: datetime, approve: str | None = None) -> Audience:
    """Write the edition and its audience in one transaction; raises DeliveryError where the approved hash differs."""
    audience = Audience()
    with app.store.begin() as connection:
        postings.lock_curation(connection)
        store_subscribers.wake(connection, slot.local.date())
        jobs.sweep_expired(connection, now, place.place_keys)
        prepared = prepare(app, connection, slot, now)
        if approve and approve != prepared.compiled.content_hash:
            raise DeliveryError(_differs(approve, prepared))
        editions.save_frozen(
            connection,
            key=slot.edition,
            slot=slot.at,
            frozen_at=now,
            content_hash=prepared.compiled.content_hash,
            compiled=prepared.compiled.to_bytes(),
            jobs=[item.job for item in prepared.draft.items],
            stats={"jobs": len(prepared.draft.items), "new": len(prepared.news.job_ids), **prepared.news.left_out},
            note=prepared.draft.note,
        )
        first = not editions.previous(connection, 1, before=slot.edition)
        editions.announce(connection, slot.edition, prepared.news.posting_ids)
        jobs.announce(connection, prepared.news.job_ids, slot.edition)
        if first:
            news.drop_old_stock(connection, slot.at)
        rows = recipients(app, connection, prepared, audience)
        ledger.freeze(connection, slot.edition, rows, now)
        store_subscribers.count_quiet(connection, slot.edition)
    return audience


def _differs(approve: str, prepared: Prepared) -> str:
    now = prepared.compiled.content_hash
    return (
        f"the edition has changed since it was approved: {approve[:12]} was approved, {now[:12]} would go out "
        f"({len(prepared.draft.items)} jobs, {len(prepared.news.job_ids)} of them new); "
        "look at `digest send --dry-run` again and approve the hash it prints"
    )


def recipients(app: App, connection: Connection, prepared: Prepared, audience: Audience) -> Iterator[Recipient]:
    """The audience as ledger rows: every active reader once, mailed or skipped with the reason."""
    sender = sender_from(app.config, app.keys)
    for reader, choice in choices(app, connection, prepared, audience):
        yield recipient(app, prepared.compiled, sender, reader, choice, due(app, prepared.slot, reader))


def due(app: App, slot: Slot, reader: Subscriber) -> datetime:
    """When an edition is due for one reader."""
    schedule = app.config.schedule
    return local_slot(slot.edition, schedule, reader.timezone) if schedule.send_at == "local" else slot.at


def recipient(
    app: App, compiled: CompiledEdition, sender: Sender, reader: Subscriber, choice: Choice, not_before: datetime
) -> Recipient:
    """One reader's ledger row."""
    address_hash = app.keys.address_hash(reader.email)
    return Recipient(
        subscriber_id=reader.id,
        address_hash=address_hash,
        domain=reader.email.rpartition("@")[2].lower(),
        language=compiled.language(reader.language),
        name=reader.name,
        shown=choice.shown,
        extra=choice.extra,
        key_id=app.keys.newest.hex(),
        not_before=not_before,
        message_id=message_id_for(compiled.key, reader.id, address_hash, sender.domain),
        skip=choice.skip,
    )


def delivery_of(row: Recipient, edition: str, email: str) -> Delivery:
    """The delivery that a ledger row will be, for a preview of its message."""
    return Delivery(
        id=0,
        edition=edition,
        subscriber_id=row.subscriber_id,
        address_hash=row.address_hash,
        email=email,
        name=row.name,
        language=row.language,
        shown=row.shown,
        extra=row.extra or {},
        key_id=row.key_id,
        not_before=row.not_before,
    )


class MessageMaker:
    """The message of a delivery: a pure function of the edition, the delivery and the keys."""

    def __init__(self, app: App, compiled: CompiledEdition) -> None:
        self._compiled, self._keys, self._letter = compiled, app.keys, app.config.newsletter
        self._sender, self._signers = sender_from(app.config, app.keys), signers_from(app.config)

    def __call__(self, delivery: Delivery) -> Message:
        letter = self._letter
        parts = assemble(self._compiled, delivery, self._keys, letter.base_url, letter.leave_by_mail)
        return build(parts, delivery, self._sender, self._signers)
