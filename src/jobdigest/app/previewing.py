"""Show before sending: the dry run, one test mail, and why one reader gets what they get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jobdigest.app.editing import Audience as Counts
from jobdigest.app.editing import MessageMaker, Prepared, choices, delivery_of, due, prepare, recipient
from jobdigest.app.looking import posting_rows
from jobdigest.app.readers import row_of
from jobdigest.app.sending import check_way_out, send_single, shown_slot
from jobdigest.compose import preview, report
from jobdigest.compose.assemble import assemble
from jobdigest.compose.report import Audience, LeftOut, Past, Sample
from jobdigest.compose.select import Choice
from jobdigest.curate import place
from jobdigest.deliver.setup import sender_from
from jobdigest.errors import UsageError
from jobdigest.model import Delivery, Preferences, Subscriber, SubscriberState
from jobdigest.slots import Slot
from jobdigest.store import editions, ledger, postings
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers.importing import check_address
from jobdigest.subscribers.preferences import FieldError, from_json, write_preferences

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

SAMPLES = 10
PAST_EDITIONS = 8
SAMPLE_READER = Subscriber(
    id=0, email="reader@example.com", name="Sample Reader", timezone=None, language=None, state=SubscriberState.ACTIVE
)


def dry_run(app: App, now: datetime, out: Path, to: Sequence[str]) -> list[str]:
    """Write `out/index.html`, `out/report.json` and the messages; sends nothing, changes nothing in the store."""
    slot = shown_slot(app, now)
    with app.store.read() as connection:
        if postings.is_empty(connection):
            raise UsageError("the store is empty; run `digest collect` first")
        prepared = prepare(app, connection, slot, now)
        audience, samples = _samples(app, connection, prepared, to)
        past = [
            Past(key=edition.key, jobs=editions.items(connection, edition.key))
            for edition in editions.previous(connection, PAST_EDITIONS, before=slot.edition)
        ]
    said = report.build(
        draft=prepared.draft,
        compiled=prepared.compiled,
        config=app.config,
        audience=audience,
        samples=samples,
        left_out=_left_out(app, now),
        past=past,
    )
    page = preview.write(out, said, samples, config=app.config, templates=prepared.templates)
    return _summary(prepared, audience, samples, said["warnings"], page)


def _summary(
    prepared: Prepared, audience: Audience, samples: Sequence[Sample], warnings: Sequence[str], page: Path
) -> list[str]:
    out = " · ".join(f"{count:,} {reason}" for reason, count in sorted(prepared.draft.left_out.items()) if count)
    lines = [f"{len(prepared.news.job_ids):,} new and live" + (f" · left out: {out}" if out else "")]
    lines += [f"warning: {warning}" for warning in warnings]
    sizes = [f"{sample.jobs} jobs · {len(sample.html.encode()) // 1024} KB" for sample in samples[:1]]
    who = (
        f"{audience.mailed:,} of {audience.mailed + audience.skipped.total():,} readers"
        if samples[0].address != (SAMPLE_READER.email)
        else "sample reader"
    )
    lines.append(f"{prepared.slot.edition} · {who} · {' '.join(sizes)} · nothing sent")
    lines.append(f"content hash {prepared.compiled.content_hash}")
    lines.append(f"Preview: {page}")
    return lines


def _samples(app: App, connection: Connection, prepared: Prepared, to: Sequence[str]) -> tuple[Audience, list[Sample]]:
    """The first readers' mails, and those of the readers named; a sample reader's if there is nobody."""
    audience = Audience()
    samples: list[Sample] = []
    make = _SampleMaker(app, prepared)
    wanted = {address.strip().casefold() for address in to}
    for reader, choice in choices(app, connection, prepared, Counts()):
        language = prepared.compiled.language(reader.language)
        audience.add(reader.preferences, language, choice)
        named = reader.email.casefold() in wanted
        wanted.discard(reader.email.casefold())
        if not choice.skip and (named or len(samples) < SAMPLES):
            samples.append(make(reader, choice))
    if strangers := ", ".join(sorted(wanted)):
        raise UsageError(f"--to: {strangers}: not an active reader; `digest subscribers list` shows who is")
    if not samples:
        samples.append(make(SAMPLE_READER, _sample_choice(app, prepared)))
    return audience, samples


class _SampleMaker:
    """One reader's mail exactly as it would go out."""

    def __init__(self, app: App, prepared: Prepared) -> None:
        self._app, self._prepared = app, prepared
        self._make, self._sender = MessageMaker(app, prepared.compiled), sender_from(app.config, app.keys)

    def __call__(self, reader: Subscriber, choice: Choice) -> Sample:
        delivery = self.delivery(reader, choice)
        letter = self._app.config.newsletter
        parts = assemble(self._prepared.compiled, delivery, self._app.keys, letter.base_url, letter.leave_by_mail)
        return Sample.of(reader.email, delivery.language, choice.count, parts, self._make(delivery).data)

    def delivery(self, reader: Subscriber, choice: Choice) -> Delivery:
        """The delivery this reader would get."""
        slot, compiled = self._prepared.slot, self._prepared.compiled
        row = recipient(self._app, compiled, self._sender, reader, choice, due(self._app, slot, reader))
        return delivery_of(row, slot.edition, reader.email)


def _sample_choice(app: App, prepared: Prepared) -> Choice:
    """What a reader who wants everything would be shown, however little that is."""
    from jobdigest.compose.select import QUIET_WEEKS, Matcher

    matcher = Matcher(prepared.draft, app.config.edition, place)
    return matcher.choose(Preferences(), quiet_weeks=0 if len(prepared.draft.items) else QUIET_WEEKS)


def _left_out(app: App, now: datetime) -> list[LeftOut]:
    """Postings in scope that no edition shows, with their reason."""
    return [
        LeftOut(
            job_id=row["job_id"],
            title=row["title"],
            company=row["company"] or "",
            url=row["url"],
            reason=row["reason"],
        )
        for row in posting_rows(app, now)
        if row["in_scope"] and row["decision"] != "kept"
    ]


def send_test(app: App, address: str, now: datetime) -> str:
    """One real mail of the edition that a dry run shows, outside the ledger; says in words what the server answered."""
    try:
        email = check_address(address)
    except FieldError as error:
        raise UsageError(f"--test: {error}") from None
    check_way_out(app)
    slot = shown_slot(app, now)
    with app.store.read() as connection:
        if postings.is_empty(connection):
            raise UsageError("the store is empty; run `digest collect` first")
        prepared = prepare(app, connection, slot, now)
    reader = Subscriber(id=0, email=email, name=None, timezone=None, language=None, state=SubscriberState.ACTIVE)
    maker = _SampleMaker(app, prepared)
    delivery = maker.delivery(reader, _sample_choice(app, prepared))
    answer = send_single(app, MessageMaker(app, prepared.compiled)(delivery))
    return f"{slot.edition}: test mail to {email}: {answer}"


def explain_reader(app: App, address: str, now: datetime) -> Iterator[str]:
    """Why a reader gets what they get, and what happened to their mail, line by line."""
    slot = shown_slot(app, now)
    with app.store.read() as connection:
        row = row_of(app, connection, address)
        reader = store_subscribers.read(row, from_json)
        yield f"{address}: {reader.state}" + (f" ({row.state_reason})" if row.state_reason else "")
        wants = {name: value for name, value in write_preferences(reader.preferences).items() if value}
        yield "wants " + (", ".join(f"{name} {value}" for name, value in wants.items()) or "anything")
        yield f"caught up to {reader.caught_up_to or 'nothing yet'}"
        yield from _explain_next(app, connection, slot, reader, now)
        for delivery in ledger.of_reader(connection, reader.id):
            why = f" · {delivery.reason}" if delivery.reason else ""
            yield f"{delivery.edition}: {delivery.state}{why} · attempts {delivery.attempts} · {delivery.answer or ''}"


def _explain_next(app: App, connection: Connection, slot: Slot, reader: Subscriber, now: datetime) -> Iterator[str]:
    if reader.state is not SubscriberState.ACTIVE:
        yield f"{slot.edition}: no mail, because the reader is {reader.state}"
        return
    known = editions.load(connection, slot.edition)
    if known:
        yield f"{slot.edition}: {known.state}"
        return
    prepared = prepare(app, connection, slot, now)
    choice = next(choice for other, choice in choices(app, connection, prepared, Counts()) if other.id == reader.id)
    yield f"{slot.edition}: " + (f"no mail: {choice.skip}" if choice.skip else f"{choice.count} jobs")
    yield f"{choice.matching} of {len(prepared.draft.items)} jobs match and were not shown before"
