"""Poll sources into the store; try, add and list them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from jobdigest.app.intake import Counts, Intake
from jobdigest.app.stopping import until_stopped
from jobdigest.collect.http import Client, user_agent
from jobdigest.collect.outcome import Outcome, why_skipped
from jobdigest.collect.run import collect
from jobdigest.collect.sources.base import Batch, Kind, Manners, SourceReport, without_secrets
from jobdigest.config import SourceConfig
from jobdigest.curate.judge import Rules
from jobdigest.curate.place import place_keys
from jobdigest.errors import SourceError
from jobdigest.polling import Health
from jobdigest.store import Store, jobs, postings
from jobdigest.store.sources import SourceMemory, read_health

if TYPE_CHECKING:
    from jobdigest.app import App

PAGES = Manners(concurrency=2, per_second=2.0)  # for each host
SHOWN = 5
NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSink:
    """The collect stage's sink: every batch is judged and stored, a complete answer closes what it lacks."""

    store: Store
    kinds: Mapping[str, Kind]
    rules: Rules
    now: datetime

    def _intake(self, source: SourceConfig, *, first_success: bool = False) -> Intake:
        return Intake(
            store=self.store,
            rules=self.rules,
            now=self.now,
            source=source.name,
            direct=self.kinds[source.kind].direct,
            first_success=first_success,
        )

    def take(self, source: SourceConfig, batch: Batch, *, first_success: bool) -> Counts:
        """Judge and store a batch; what it lists but could not read stays as it was."""
        listed = [problem.source_id for problem in batch.problems if problem.source_id]
        if listed:
            with self.store.begin() as connection:
                postings.lock_curation(connection)
                postings.touch_listed(connection, source.name, listed, self.now)
        return self._intake(source, first_success=first_success).take(batch.postings)

    def finish(self, source: SourceConfig, outcome: Outcome) -> int:
        """Close what a complete answer did not list; an unchanged one lists what the last one did."""
        if outcome.state == "unchanged":
            with self.store.begin() as connection:
                postings.lock_curation(connection)
                postings.touch_source(connection, source.name, self.now)
        return self._intake(source).finish(self.now) if outcome.complete else 0


@dataclass(slots=True)
class Collected:
    """What a collection came to."""

    reports: list[SourceReport] = field(default_factory=list)
    totals: tuple[int, int, int] = (0, 0, 0)

    @property
    def failed(self) -> bool:
        """Whether a whole source failed."""
        return any(report.state == "failed" for report in self.reports)

    def summary(self) -> list[str]:
        """`11 ok · 1 failed (xai: 403, nothing closed)` and `1,842 postings → 611 AI → 540 jobs`."""
        states = ("ok", "unchanged", "skipped")
        counts = {state: sum(report.state == state for report in self.reports) for state in states}
        parts = [f"{count} {state}" for state, count in counts.items() if count]
        bad = [f"{report.source}: {report.error}" for report in self.reports if report.state == "failed"]
        if bad:
            more = f"; and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
            parts.append(f"{len(bad)} failed ({'; '.join(bad[:NAMED])}{more}; nothing closed)")
        alarms = [f"{report.source}: {report.alarm}" for report in self.reports if report.alarm]
        stored, scoped, open_jobs = self.totals
        lines = [" · ".join(parts) or "no source was polled"]
        lines += [f"alarm: {alarm}" for alarm in alarms]
        return [*lines, f"{stored:,} postings → {scoped:,} AI → {open_jobs:,} jobs"]


def collect_all(
    app: App,
    names: Sequence[str] | None,
    now: datetime,
    report: Callable[[SourceReport], None],
    *,
    only_due: bool = False,
    stop: Event | None = None,
) -> Collected:
    """Poll sources (all enabled ones, or those named) into the store.

    `stop` ends it within a moment: what is stored stays, sources that are not done are polled again.
    """
    reports = poll(app, app.chosen_sources(names), now, report, only_due=only_due, stop=stop)
    with app.store.begin() as connection:
        postings.lock_curation(connection)
        jobs.sweep_expired(connection, now, place_keys)
        totals = (*postings.totals(connection), jobs.count_open(connection))
    return Collected(reports, totals)


def poll(
    app: App,
    sources: Sequence[SourceConfig],
    now: datetime,
    report: Callable[[SourceReport], None] = lambda _: None,
    *,
    only_due: bool = False,
    stop: Event | None = None,
    sharers: int = 1,
) -> list[SourceReport]:
    """Poll these sources; `sharers` processes do the like at the same time and divide what a host bears."""
    rules = app.rules()
    sink = StoreSink(store=app.store, kinds=app.kinds, rules=rules, now=now)
    memory = SourceMemory(app.store, now, rules.fingerprint, [source.name for source in sources])
    reports: list[SourceReport] = []

    def note(done: SourceReport) -> None:
        reports.append(done)
        report(done)

    async def run() -> None:
        async with client_of(app, sharers) as client:
            await collect(
                [app.located(source) for source in sources],
                kinds=app.kinds,
                http=client.for_source,
                memory=memory,
                sink=sink,
                now=now,
                every=app.config.schedule.collect,
                report=note,
                only_due=only_due,
            )

    asyncio.run(until_stopped(run(), stop))
    return reports


def due_sources(app: App, now: datetime) -> list[tuple[SourceConfig, datetime | None]]:
    """The enabled sources whose turn it is, and since when; None for those never polled."""
    known = read_health(app.store)
    found = []
    for source in app.chosen_sources(None):
        health = known.get(source.name) or Health(name=source.name, kind=source.kind)
        manners = app.kinds[source.kind].manners
        if not why_skipped(health, now, fixed=manners.every if manners.by_terms else None, only_due=True):
            found.append((source, health.next_poll))
    return found


def client_of(app: App, sharers: int = 1) -> Client:
    """The HTTP client as configured."""
    network = app.config.network
    return Client(network, user_agent(app.config.newsletter, network), sharers=sharers)


def source_health(app: App) -> Iterator[dict[str, Any]]:
    """Every configured source with its health in plain values and one line of words."""
    known = read_health(app.store)
    for source in app.config.sources:
        health = known.get(source.name)
        evidence = app.kinds[source.kind].evidence
        row: dict[str, Any] = {"source": source.name, "kind": source.kind, "enabled": source.enabled}
        row |= {"evidence": evidence, "experimental": evidence not in ("recorded", "list"), "where": source.where}
        if health is None:
            yield {**row, "summary": "never polled" if source.enabled else "off in config"}
            continue
        yield {
            **row,
            "last_success": _iso(health.last_success),
            "next_poll": _iso(health.next_poll),
            "postings": health.postings,
            "new": health.new,
            "failures": health.failures,
            "error": health.error,
            "alarm": health.alarm,
            "truncated": health.truncated,
            "summary": _health_words(health),
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _health_words(health: Any) -> str:
    last = f"last success {health.last_success:%Y-%m-%d %H:%M}" if health.last_success else "no success yet"
    parts = [last, f"{health.postings:,} postings", f"{health.new:,} new"]
    if not health.postings and not health.first_success and not health.failures:
        parts.append("has never listed any: is the name right?")
    if health.failures:
        parts.append(f"{health.failures} failures in a row: {health.error}")
    if health.truncated:
        parts.append(f"truncated: {health.truncated}")
    if health.alarm:
        parts.append(f"ALARM: {health.alarm}")
    if health.next_poll:
        parts.append(f"next poll {health.next_poll:%Y-%m-%d %H:%M}")
    return " · ".join(parts)


class _NoDetails:
    """Detail memory of a poll that leaves nothing behind."""

    def get(self, source_id: str, stamp: str) -> Any | None:
        """Nothing was ever fetched."""

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        """Nothing is remembered."""


def try_source(app: App, source: SourceConfig, now: datetime) -> list[str]:
    """Poll one source without storing anything; a line per posting shown, and the counts."""
    from jobdigest.collect.sources.base import Context

    kind = app.kinds[source.kind]

    async def poll() -> list[Batch]:
        async with client_of(app) as client:
            http = client.for_source(source, kind, {})
            context = Context(source=app.located(source), http=http, now=now, details=_NoDetails())
            return [batch async for batch in kind.fetch(context)]

    try:
        return describe_batches(source.name, asyncio.run(poll()))
    except SourceError as error:
        error.reason = without_secrets(error.reason, kind, source)
        raise


def describe_batches(name: str, batches: Sequence[Batch]) -> list[str]:
    """Five postings and the counts, in words."""
    found = [posting for batch in batches for posting in batch.postings]
    problems = [problem for batch in batches for problem in batch.problems]
    lines = [
        f"  {posting.title.strip()} · {posting.company or '?'} · {'; '.join(posting.locations) or 'no place'}"
        for posting in found[:SHOWN]
    ]
    lines += [f"  {problem.row}: {problem.reason}" for problem in problems[:SHOWN]]
    cut = next((f"; truncated: {batch.truncated}" for batch in batches if batch.truncated), "")
    return [*lines, f"{name}: {len(found):,} postings, {len(problems):,} rows not taken{cut}"]


def add_source_for(app: App, config: Path, url: str, now: datetime) -> list[str]:
    """Find the board behind an address, try it, write its line into config.yaml.

    Raises SourceError saying what was tried, UsageError where the source is configured already.
    """
    from jobdigest.collect.detect import Found, find
    from jobdigest.config.edit import add_source

    async def look() -> Found:
        async with client_of(app) as client:
            pages = client.session(PAGES, kind="pages")
            return await find(
                url,
                kinds=app.kinds,
                pages=pages,
                http=lambda source, kind: client.for_source(source, kind, {}),
                now=now,
            )

    found = asyncio.run(look())
    lines = describe_batches(
        f"{found.kind}:{found.value}" if found.value else found.kind, [Batch(postings=found.postings)]
    )
    added = add_source(config, found.kind, found.value, found.options)
    return [*lines, f"added to {config}:", *added.rstrip().splitlines()]
