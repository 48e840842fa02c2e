"""The state of things on one screen: `digest status`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobdigest.app.standing import concerns, standing
from jobdigest.slots import slots_from
from jobdigest.store import jobs, overview
from jobdigest.store import subscribers as store_subscribers

if TYPE_CHECKING:
    from jobdigest.app import App

WEEK = timedelta(weeks=1)
SHOWN = 5  # lines of each list: one screen is 24 lines


def status(app: App, now: datetime) -> dict[str, Any]:
    """The state of things in plain values."""
    found = standing(app, now)
    with app.store.read() as connection:
        totals = overview.totals(connection)
        reported = overview.reported(connection)
        came_back = overview.bounces_since(connection, now - WEEK)
        readers = store_subscribers.count_by_state(connection)
        open_jobs = jobs.count_open(connection)
    following = next(slots_from(app.config.schedule, now))
    edition = found.edition
    return {
        "now": now.isoformat(),
        "next_edition": following.edition,
        "next_slot": following.local.isoformat(),
        "held": found.held,
        "last_edition": edition.key if edition else None,
        "last_state": edition.state if edition else None,
        "deliveries": dict(found.deliveries),
        "in_doubt": dict(found.in_doubt),
        "bounces": came_back,
        "postings": totals.stored,
        "in_scope": totals.in_scope,
        "open_jobs": open_jobs,
        "suspects": totals.suspects,
        "reported": reported,
        "readers": readers,
        "sources": found.sources,
        "failing": found.failing,
        "alarms": found.alarms,
        "last_success": _iso(max((h.last_success for h in found.health.values() if h.last_success), default=None)),
        "last_backup": _iso(found.last_backup),
        "last_tick": _iso(found.last_tick),
        "concerns": [
            {
                "kind": concern.kind,
                "subject": concern.subject,
                "text": list(concern.lines),
                "type": list(concern.commands),
            }
            for concern in concerns(found)
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def status_lines(found: Mapping[str, Any]) -> list[str]:
    """One screen for the operator: the figures, then what needs them."""
    now = datetime.fromisoformat(found["now"])
    sent = f" · {found['last_state']} · {_counts(found['deliveries'])}" if found["last_edition"] else ""
    bad = f" · {len(found['failing'])} failing · {len(found['alarms'])} doubted"
    lines = [
        f"next edition   {found['next_edition']} · {_when(found['next_slot'], now)}",
        f"last edition   {found['last_edition'] or 'none yet'}{sent}",
        f"came back      {_counts(found['bounces']) or 'nothing'} in the last 7 days",
        f"postings       {found['postings']:,} → {found['in_scope']:,} AI → {found['open_jobs']:,} open jobs",
        f"to judge       {found['suspects']:,} suspects · {found['reported']:,} reported by readers",
        f"readers        {_counts(found['readers']) or 'none yet'}",
        f"sources        {found['sources']:,}{bad} · last success {_when(found['last_success'], now)}",
        f"digest run     last sign of life {_when(found['last_tick'], now)}",
        f"last backup    {_when(found['last_backup'], now)}",
    ]
    lines += _some(f"  {name}: {error}" for name, error in sorted(found["failing"].items()))
    lines += _some(f"  ALARM {name}: {alarm}" for name, alarm in sorted(found["alarms"].items()))
    lines += ["HELD: `digest send` says why; `digest restore --resume` releases"] if found["held"] else []
    if found["concerns"]:
        lines += ["", "needs you:"]
        lines += [f"  {concern['subject']}: {' · '.join(concern['type'])}" for concern in found["concerns"]]
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in sorted(counts.items()))


def _some(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    return every[:SHOWN] + ([f"  and {len(every) - SHOWN:,} more"] if len(every) > SHOWN else [])


def _when(text: str | None, now: datetime) -> str:
    """`2026-11-24 09:00 UTC, in 3 days`."""
    if text is None:
        return "never"
    moment = datetime.fromisoformat(text)
    return f"{moment:%a %d %b %Y %H:%M %Z}, {in_words(moment - now)}"


def in_words(span: timedelta) -> str:
    """`in 3 days`, `2 hours ago`."""
    seconds = abs(span.total_seconds())
    size, name = next(
        ((size, name) for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")) if seconds >= size),
        (1, "second"),
    )
    count = int(seconds // size)
    words = f"{count:,} {name}{'' if count == 1 else 's'}"
    return f"in {words}" if span > timedelta() else f"{words} ago"
