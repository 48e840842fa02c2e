"""The operator's report: one page with what happened over the weeks, how sources fare, and what waits for a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jobdigest.app.standing import Standing, concerns, standing
from jobdigest.app.status import in_words
from jobdigest.compose import charts
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.errors import DigestError, UsageError
from jobdigest.store import editions, jobs, overview, reports
from jobdigest.store.editions import StoredEdition
from jobdigest.store.overview import Polled

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection

WEEKS = 12
DAYS = 28
MOST_SOURCES, MOST_SUSPECTS, MOST_REASONS = 60, 25, 8
STATES = ("accepted", "skipped", "pending", "in_doubt", "failed")
KINDS = ("soft", "hard", "complaint", "unsubscribe")


def write_report(app: App, edition: str | None, out: Path, now: datetime) -> list[str]:
    """Write the page as of an edition (the newest unless one is named); says where."""
    html = Templates.of(app.config).render("operator/report.html.j2", report(app, edition, now))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(html.encode("utf-8", "replace"))
    except OSError as error:
        raise DigestError(f"{out}: {error.strerror}; name another file with --out") from None
    return [f"wrote {out}"]


def report(app: App, key: str | None, now: datetime) -> dict[str, Any]:
    """Everything that the page shows."""
    found = standing(app, now)
    with app.store.read() as connection:
        edition = _edition(connection, key) if key else found.edition
        weeks = _weeks(connection, edition)
        today = {
            "totals": overview.totals(connection),
            "open_jobs": jobs.count_open(connection),
            "suspects": [_suspect(row) for row in overview.suspects(connection, MOST_SUSPECTS)],
            "reported": _reported(app, connection),
            "sources": _sources(app, found, overview.polled(connection, now - timedelta(days=DAYS)), now),
        }
        issue = _issue(app, connection, edition, weeks) if edition else None
    zone = ZoneInfo(app.config.schedule.timezone)
    return {
        "newsletter": app.config.newsletter,
        "p": palette(app.config.newsletter.theme),
        "made": now.astimezone(zone),
        "zone": zone,
        "concerns": concerns(found),
        "edition": edition,
        "issue": issue,
        "weeks": len(weeks),
        "days": DAYS,
        **today,
    }


def _edition(connection: Connection, key: str) -> StoredEdition:
    edition = editions.load(connection, key)
    if edition is None:
        known = ", ".join(other.key for other in editions.previous(connection, 4)) or "none yet"
        raise UsageError(f"there is no edition {key}; the last ones: {known}")
    return edition


def _weeks(connection: Connection, edition: StoredEdition | None) -> list[str]:
    """Keys of the edition and those before it, the oldest first."""
    if edition is None:
        return []
    before = editions.previous(connection, WEEKS - 1, before=edition.key)
    return [*(other.key for other in reversed(before)), edition.key]


def _issue(app: App, connection: Connection, edition: StoredEdition, weeks: Sequence[str]) -> dict[str, Any]:
    """What the editions were: new jobs, deliveries, what came back."""
    sent = overview.deliveries_by_state(connection, weeks)
    back = overview.bounces_by_edition(connection, weeks)
    news = overview.new_by_role(connection, weeks)
    mine = sent.get(edition.key, {})
    mailed = max([1, *(sum(states.values()) - states.get("skipped", 0) for states in sent.values())])
    return {
        "new": sum(news.get(edition.key, {}).values()),
        "deliveries": mine,
        "bounces": back.get(edition.key, {}),
        "complaints": back.get(edition.key, {}).get("complaint", 0) / max(1, mine.get("accepted", 0)),
        "reasons": overview.reasons(connection, edition.key, MOST_REASONS),
        "new_chart": charts.columns(
            [(_short(week), {"new": sum(news.get(week, {}).values())}) for week in weeks], ("new",), 150
        ),
        "roles": _roles(app, weeks, news),
        "sent_rows": [
            {"week": week[5:], "states": sent.get(week, {}), "boxes": _sent(sent.get(week, {}), mailed)}
            for week in reversed(weeks)
        ],
        "bounce_chart": charts.columns([(_short(week), back.get(week, {})) for week in weeks], KINDS, 110),
        "states": STATES,
        "kinds": KINDS,
        "table": [(week, news.get(week, {}), sent.get(week, {}), back.get(week, {})) for week in reversed(weeks)],
    }


def _sent(states: Mapping[str, int], reach: int) -> list[charts.Box]:
    """The bar of one edition: mails only, since who is not due this week is no news."""
    under_way = {**states, "pending": states.get("pending", 0) + states.get("sending", 0)}
    return charts.row(under_way, [state for state in STATES if state != "skipped"], reach, 14)


def _roles(app: App, weeks: Sequence[str], news: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """A small chart for each role type, all on one scale, those with most new jobs first."""
    names = {role.id: role.name for role in app.roles.groups}
    ids = list(dict.fromkeys([*names, *(role for week in weeks for role in news.get(week, {}))]))
    series = {role: [news.get(week, {}).get(role, 0) for week in weeks] for role in ids}
    top = max((max(values) for values in series.values()), default=1)
    return [
        {
            "name": names.get(role, role),
            "now": values[-1],
            "usual": sum(values[-5:-1]) / len(values[-5:-1]) if len(values) > 1 else None,
            "chart": charts.columns(
                [(_short(week), {"new": count}) for week, count in zip(weeks, values, strict=True)],
                ("new",),
                44,
                top=top,
            ),
        }
        for role, values in sorted(series.items(), key=lambda pair: -sum(pair[1]))
        if any(values)
    ]


def _short(week: str) -> str:
    return week[6:]


def _sources(app: App, found: Standing, polls: Mapping[str, Mapping[str, Polled]], now: datetime) -> dict[str, Any]:
    """Health by source, those in trouble first, and how many postings were listed day by day."""
    days = [(now.astimezone(UTC).date() - timedelta(days=ago)).isoformat() for ago in range(DAYS - 1, -1, -1)]
    rows = [_source(source.name, found, polls.get(source.name, {}), days) for source in app.chosen_sources(None)]
    rows.sort(key=lambda row: (not row["trouble"], row["polled"], row["name"]))
    listed = [0] * len(days)
    for of_source in polls.values():
        for index, seen in enumerate(_listed(of_source, days)):
            listed[index] += seen
    points = [(day[8:], {"listed": count}) for day, count in zip(days, listed, strict=True)]
    return {
        "rows": rows[:MOST_SOURCES],
        "more": len(rows) - MOST_SOURCES,
        "count": len(rows),
        "well": sum(not row["trouble"] and row["polled"] for row in rows),
        "chart": charts.columns(points, ("listed",), 110, every=3),
    }


def _listed(polls: Mapping[str, Polled], days: Sequence[str]) -> Iterator[int]:
    """How many postings a source listed day by day: what it did last on days when it wasn't asked."""
    seen = 0
    for day in days:
        if day in polls:
            seen = polls[day].seen if polls[day].worked else 0
        yield seen


def _source(name: str, found: Standing, polls: Mapping[str, Polled], days: Sequence[str]) -> dict[str, Any]:
    health = found.health.get(name)
    share = 100 / len(days)
    cells = [_cell(day, polls[day], index * share, share * 0.82) for index, day in enumerate(days) if day in polls]
    trouble = [text for text in (found.failing.get(name), found.alarms.get(name)) if text]
    last = health.last_success if health else None
    return {
        "name": name,
        "polled": health is not None,
        "cells": cells,
        "postings": health.postings if health else 0,
        "last": in_words(last - found.now) if last else "never",
        "trouble": "; ".join(trouble),
        "note": health.truncated if health else None,
    }


def _cell(day: str, polled: Polled, x: float, width: float) -> charts.Box:
    was = _day_was(polled)
    title = f"{day}: {polled.worked} polls answered, {polled.failed} failed; {polled.seen:,} postings"
    tall = {"worked": 14, "failed": 5}.get(was, 10)  # so that colour is not all that tells
    return charts.Box(was, polled.seen, round(x, 3), 14 - tall, round(width, 3), tall, title)


def _day_was(polled: Polled) -> str:
    if polled.worked == 0:
        return "failed"
    return "doubted" if polled.alarmed else "mixed" if polled.failed else "worked"


def _suspect(row: Any) -> dict[str, Any]:
    safe = row.url if row.url and row.url.startswith(("https://", "http://")) else None
    return {
        "title": row.title,
        "company": row.company or "?",
        "url": safe,
        "source": row.source,
        "reasons": row.safety_reasons,
        "seen": row.first_seen,
    }


def _reported(app: App, connection: Connection) -> list[dict[str, Any]]:
    complaints = reports.by_job(connection)
    known = {job.id: job for job in jobs.of_ids(connection, list(complaints)[:MOST_SUSPECTS], app.job_url)}
    return [
        {"job": job, "people": complaints[id_].people, "reasons": complaints[id_].reasons} for id_, job in known.items()
    ]
