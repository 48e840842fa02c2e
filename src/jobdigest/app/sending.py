"""Send the edition that is due: freeze it once, then let the ledger decide what is left to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobdigest.app.editing import MessageMaker, freeze
from jobdigest.compose.compiled import CompiledEdition
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.owner import alive, new_owner
from jobdigest.deliver.policy import policy_from
from jobdigest.deliver.send import Summary, run
from jobdigest.deliver.setup import send_one, transport_from
from jobdigest.errors import DeliveryError, UsageError
from jobdigest.model import Message
from jobdigest.slots import Slot, due_slot, latest_slot, slots_from
from jobdigest.store import editions, holds, ledger
from jobdigest.store.sending import SendingLedger

if TYPE_CHECKING:
    from jobdigest.app import App

OVER = ("sent", "cancelled")
HELD = (
    "{edition} is held: the database was restored from a backup, and the edition may have been sent since; "
    "`digest restore --resume` releases it if it was not"
)
MOVED = (
    "{edition} is held: everything moved to {where}; set `database` in config.yaml, "
    "or go on with this one by `digest restore --resume` if nothing was sent from there"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What `digest send` did, in words, and whether every row ended well."""

    lines: Sequence[str]
    ok: bool = True


def send_due(
    app: App,
    now: datetime,
    *,
    approve: str | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sent:
    """Freeze and send the edition that is due, or go on with it; twice sends nothing twice."""
    lines = freeze_due(app, now, approve)
    slot = due_slot(app.config.schedule, now)
    if slot is None or is_over(app, slot.edition):
        return Sent(lines)
    summary = send_frozen(app, slot.edition, now, stop=stop, progress=progress)
    return Sent([*lines, *describe(summary)], summary.ok)


def freeze_due(app: App, now: datetime, approve: str | None = None) -> list[str]:
    """Freeze the edition that is due unless it is frozen already; says in words what was done."""
    slot = due_slot(app.config.schedule, now)
    if slot is None:
        return [nothing_due(app, now)]
    with app.store.read() as connection:
        edition = editions.load(connection, slot.edition)
        if holds.is_held(connection, slot.at) and not (edition and edition.state == "sent"):
            where = holds.moved_to(connection)
            raise DeliveryError((MOVED if where else HELD).format(edition=slot.edition, where=where))
    if edition is None:
        check_way_out(app)
        audience = freeze(app, slot, now, approve)
        return [f"{slot.edition} frozen: {audience.readers:,} readers, {audience.by_reason['mail']:,} mails"]
    if edition.state in OVER:
        return [f"{slot.edition} was {edition.state} already; nothing is sent twice"]
    if approve and approve != edition.content_hash:
        raise DeliveryError(f"{slot.edition} was frozen with {edition.content_hash}, not {approve}; nothing was sent")
    return []


def is_over(app: App, edition: str) -> bool:
    """Whether nothing is left to do for an edition."""
    with app.store.read() as connection:
        found = editions.load(connection, edition)
        return found is not None and found.state in OVER


def send_frozen(
    app: App,
    edition: str,
    now: datetime,
    *,
    stop: threading.Event | None = None,
    alongside: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Summary:
    """Send what is due of a frozen edition; see `deliver.send.run`."""
    return run(
        SendingLedger(app.store, edition, new_owner(), alive),
        MessageMaker(app, compiled_of(app, edition)),
        transport_from(app.config),
        policy_from(app.config.delivery, app.config.schedule.late_within),
        clock=Clock(now),
        stop=stop,
        alongside=alongside,
        progress=progress,
    )


def compiled_of(app: App, edition: str) -> CompiledEdition:
    """An edition's fragments; raises UsageError for one that nobody froze."""
    with app.store.read() as connection:
        data = editions.load_compiled(connection, edition)
    if data is None:
        raise UsageError(f"there is no edition {edition}; `digest send` freezes the one that is due")
    return CompiledEdition.from_bytes(data)


def nothing_due(app: App, now: datetime) -> str:
    """What to say when no slot is due: when the next is, and whether one was missed."""
    following = next(slots_from(app.config.schedule, now))
    missed = latest_slot(app.config.schedule, now)
    late = ""
    if missed:
        with app.store.read() as connection:
            known = editions.load(connection, missed.edition)
        if known is None:
            late = f"; {missed.edition} was due {missed.at:%d %b %H:%M} UTC and is too late (late_within)"
    return f"nothing is due{late}; the next edition is {following.edition}, {following.local:%a %d %b %H:%M %Z}"


def describe(summary: Summary) -> list[str]:
    """A summary as the operator's lines."""
    if summary.beside:
        return [f"{summary.edition}: another sender is at work ({summary.beside}); left to it"]
    counts = " · ".join(f"{count:,} {state}" for state, count in sorted(summary.counts.items())) or "nobody to mail"
    lines = [f"{summary.edition} · {summary.edition_state} · {counts}"]
    if summary.stopped:
        lines.append(f"stopped: {summary.stopped}; `digest send --resume` goes on")
    if summary.waiting:
        lines.append(f"waiting: {summary.waiting}; run `digest send` again then")
    if summary.counts.get("in_doubt"):
        lines.append("in doubt: `digest deliveries` lists them, `digest deliveries resolve` decides")
    return lines


def check_way_out(app: App) -> None:
    """Raise DeliveryError where config names no way for mail to leave."""
    if not app.config.delivery.smtp and not app.config.delivery.file:
        raise DeliveryError("delivery: neither smtp nor file is set in config.yaml; name one")


def send_single(app: App, message: Message) -> str:
    """Hand in a single mail outside the ledger; returns the server's answer, raises DeliveryError for a refusal."""
    return str(send_one(transport_from(app.config), message))


def shown_slot(app: App, now: datetime) -> Slot:
    """The slot that a preview shows: the one that is due, else the next."""
    return due_slot(app.config.schedule, now) or next(slots_from(app.config.schedule, now))


def operate(app: App, verb: str, now: datetime) -> str:
    """Pause, resume or cancel the edition being sent; says in words what happened."""
    with app.store.begin() as connection:
        found = [edition for edition in editions.previous(connection, 8) if edition.state != "sent"]
        if not found:
            raise UsageError(f"no edition is being sent; there is nothing to {verb}")
        key = found[0].key
        if verb == "cancel":
            return f"{key}: cancelled; {ledger.cancel(connection, key, now):,} readers get no mail of it"
        done = ledger.pause(connection, key) if verb == "pause" else ledger.resume(connection, key)
    state = "paused; `digest send --resume` goes on" if verb == "pause" else "goes on; run `digest send`"
    return f"{key}: {state}" if done else f"{key}: is {found[0].state}; nothing changed"


def delivery_rows(app: App, edition: str | None, state: str | None = None) -> Iterator[dict[str, Any]]:
    """The ledger's rows: `digest deliveries --json`."""
    with app.store.read() as connection:
        yield from ledger.rows(connection, edition, state)


def check_ledger(app: App, edition: str | None) -> list[str]:
    """What is wrong with the ledger; nothing is the good answer."""
    with app.store.read() as connection:
        return ledger.check(connection, edition)


def resolve(app: App, edition: str, address: str | None, now: datetime, *, resend: bool) -> str:
    """The operator's word on deliveries in doubt; says in words what happened."""
    digest = app.keys.address_hash(address) if address else None
    with app.store.begin() as connection:
        ledger.edition_state(connection, edition)
        count = ledger.resolve(connection, edition, now, resend=resend, address_hash=digest)
    done = "will be sent again by `digest send`" if resend else "count as accepted"
    return f"{edition}: {count:,} in doubt {done}"
