"""How things stand, and what of it needs a human: one judgement for the screen, the mail, the page and the metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jobdigest.polling import Health
from jobdigest.slots import Slot, due_slot, latest_slot
from jobdigest.store import editions, facts, holds, ledger, overview
from jobdigest.store.editions import StoredEdition
from jobdigest.store.sources import read_health

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
LATE_AFTER = timedelta(hours=1)  # an edition that is due waits for a collection, at most half an hour
STALLED_AFTER = timedelta(minutes=30)
BACKUP_OLD = timedelta(days=2)
FAILING = 3  # polls in a row; one that fails once is asked again soon
NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that needs a human: what it is about (so that more of it is news), in words, and what to type."""

    kind: str
    subject: str
    lines: Sequence[str]
    commands: Sequence[str]
    about: Sequence[str] = ()
    again: timedelta = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the store says at one moment."""

    now: datetime
    sources: int  # enabled in config.yaml
    health: Mapping[str, Health]  # of those that were ever polled
    edition: StoredEdition | None  # the newest
    deliveries: Mapping[str, int]  # of the newest edition, by state
    in_doubt: Mapping[str, int]  # by edition
    missed: Slot | None  # a slot that went by an hour ago or more without its edition
    too_late: bool  # to send it still
    stalled: bool
    held: bool
    backs_up: bool  # by `digest run`, which must have been here
    last_backup: datetime | None
    backup_failed: str | None
    last_tick: datetime | None

    @property
    def failing(self) -> dict[str, str]:
        """Source → error, of those whose last poll failed."""
        return {name: found.error or "failed" for name, found in self.health.items() if found.failures}

    @property
    def alarms(self) -> dict[str, str]:
        """Source → alarm, of those whose answer is not believed."""
        return {name: found.alarm for name, found in self.health.items() if found.alarm}

    @property
    def lasting(self) -> dict[str, str]:
        """Source → why, of those that gave nothing for a day or an answer that is not believed."""
        lost = {
            name: f"{found.error} (last success {_day(found.last_success)})"
            for name, found in self.health.items()
            if found.failures >= FAILING and not (found.last_success and self.now - found.last_success < DAY)
        }
        return lost | self.alarms


def standing(app: App, now: datetime) -> Standing:
    """Read it; cheap enough for once a minute."""
    enabled = {source.name for source in app.chosen_sources(None)}
    health = {name: found for name, found in read_health(app.store).items() if name in enabled}
    with app.store.read() as connection:
        newest = next(iter(editions.previous(connection, 1)), None)
        sent_now = newest.key if newest and newest.state in ("frozen", "sending") else None
        last_tick = _moment(facts.get(connection, "last_tick"))
        return Standing(
            now=now,
            sources=len(enabled),
            health=health,
            edition=newest,
            deliveries=ledger.counts(connection, newest.key) if newest else {},
            in_doubt=overview.in_doubt(connection),
            missed=_missed(app, connection, health, now),
            too_late=due_slot(app.config.schedule, now) is None,
            stalled=sent_now is not None
            and overview.is_stalled(connection, sent_now, now - LATE_AFTER, now - STALLED_AFTER),
            held=_is_held(app, connection, now),
            backs_up=app.store.is_sqlite and app.config.backups.keep > 0 and last_tick is not None,
            last_backup=_moment(facts.get(connection, "last_backup")),
            backup_failed=facts.get(connection, "backup_failed"),
            last_tick=last_tick,
        )


def _missed(app: App, connection: Connection, health: Mapping[str, Health], now: datetime) -> Slot | None:
    """The latest slot, if its edition should be there and is not; one before we were at work counts for nothing."""
    slot = latest_slot(app.config.schedule, now)
    if slot is None or now - slot.at < LATE_AFTER or editions.load(connection, slot.edition):
        return None
    began = min((found.first_success for found in health.values() if found.first_success), default=None)
    return slot if began and began < slot.at else None


def _is_held(app: App, connection: Connection, now: datetime) -> bool:
    """Whether the edition of the latest slot waits for the operator's word, or everything here does."""
    if holds.moved_to(connection):
        return True
    slot = latest_slot(app.config.schedule, now)
    edition = editions.load(connection, slot.edition) if slot else None
    return holds.is_held(connection, slot.at if slot else now) and not (edition and edition.state == "sent")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- what needs a human ------------------------------------------------------------------------------------------


def concerns(found: Standing) -> list[Concern]:
    """Everything that needs a human, the most urgent first."""
    return [concern for judge in _JUDGES for concern in judge(found)]


def _late(found: Standing) -> Iterator[Concern]:
    edition = found.edition
    if found.missed:
        key, due = found.missed.edition, f"{found.missed.local:%a %d %b %H:%M %Z}"
        why, commands, again = "Nothing has been frozen or sent.", ("digest send", "digest status"), DAY
        if found.held:
            why = "It is held: the database was restored or moved, so the edition may have been sent already."
            commands = ("digest restore --resume", "digest status")
        elif found.too_late:
            why = "It is too late to send it (schedule.late_within); its jobs will be in the next edition."
            commands, again = ("digest schedule", "digest status"), WEEK
        lines = (f"{key} was due on {due}. {why}",)
        yield Concern(
            kind="late", subject=f"{key} is late", lines=lines, commands=commands, about=(key, why), again=again
        )
    elif found.stalled and edition:
        waits = f"{found.deliveries.get('pending', 0):,} mails of {edition.key} wait, and none has left for a while."
        yield Concern(
            kind="late",
            subject=f"{edition.key} is stuck",
            lines=(waits,),
            commands=("digest check --live", "digest send"),
            about=(edition.key,),
        )


def _stopped(found: Standing) -> Iterator[Concern]:
    edition = found.edition
    if edition and edition.state == "stopped":
        yield Concern(
            kind="stopped",
            subject=f"{edition.key} has stopped itself",
            lines=(
                f"Sending {edition.key} was stopped before it does harm: {edition.stop_reason}.",
                f"{found.deliveries.get('pending', 0):,} mails wait.",
            ),
            commands=("digest deliveries", "digest send --resume", "digest send --cancel"),
            about=(edition.key,),
        )


def _in_doubt(found: Standing) -> Iterator[Concern]:
    if found.in_doubt:
        key = max(found.in_doubt)
        yield Concern(
            kind="in-doubt",
            subject=f"{sum(found.in_doubt.values()):,} deliveries in doubt",
            lines=(
                "The mail server got the message and its answer was lost, so nothing is sent again by itself.",
                *(f"{edition}: {count:,}" for edition, count in found.in_doubt.items()),
            ),
            commands=(
                f"digest deliveries --edition {key}",
                f"digest deliveries resolve {key} --assume-accepted",
                f"digest deliveries resolve {key} --resend",
            ),
            about=tuple(f"{edition}: {count}" for edition, count in found.in_doubt.items()),
        )


def _coverage(found: Standing) -> Iterator[Concern]:
    lost = found.lasting
    if lost:
        yield Concern(
            kind="coverage",
            subject=f"{len(lost):,} of {found.sources:,} sources give{'' if len(lost) > 1 else 's'} too little",
            lines=(
                "They fail for a day or list far less than before. None of their jobs was closed for it.",
                *(f"{name}: {why}" for name, why in sorted(lost.items())[:NAMED]),
                *((f"and {len(lost) - NAMED:,} more",) if len(lost) > NAMED else ()),
            ),
            commands=("digest sources list", f"digest sources test {min(lost)}"),
            about=tuple(sorted(lost)),
            again=WEEK,
        )


def _backup(found: Standing) -> Iterator[Concern]:
    if not found.backs_up:
        return
    old = found.last_backup is None or found.now - found.last_backup > BACKUP_OLD
    if old or found.backup_failed:
        last = f"The last backup is of {_day(found.last_backup)}." if found.last_backup else "There is no backup."
        yield Concern(
            kind="backup",
            subject="no fresh backup",
            lines=(last, *((f"The last attempt failed: {found.backup_failed}",) if found.backup_failed else ())),
            commands=("digest backup",),
        )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


_JUDGES = (_late, _stopped, _in_doubt, _coverage, _backup)
