"""Poll many sources at once; each alone in its failures.

    sources ──why_skipped──► adapter ──batches──► sink (one thread) ──► judge ──► finish, health, report
                             sources/*.py                               outcome.py

The event loop waits for the network; storing and judging postings happens in one other thread, in order. A source that
fails in any way becomes a line of the report. Validators are remembered only after what they stand for is stored.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from jobdigest.collect.outcome import Outcome, Tally, aged, judge, next_poll, poll_of, why_skipped, worth_remembering
from jobdigest.collect.sound import sound, sound_problem
from jobdigest.collect.sources.base import (
    Batch,
    Context,
    DetailMemory,
    Http,
    Kind,
    RowProblem,
    SourceReport,
    without_secrets,
)
from jobdigest.config import SourceConfig
from jobdigest.errors import FetchError, SourceError, StoreError
from jobdigest.model import RawPosting
from jobdigest.polling import Health, Poll, Validator

POLL_WALL = timedelta(minutes=30)
STALE_BATCHES = 3
"""So many batches in a row without an id not seen before end a poll: the source pages in circles."""
_ACTIVE = 20  # sources between their first request and their last batch
_RECORDED_TOGETHER = 50
_log = logging.getLogger(__name__)
T = TypeVar("T")


class SourceHttp(Http, Protocol):
    """One source's client, with what the runner wants to know about the poll."""

    @property
    def fresh(self) -> Mapping[str, Validator]:
        """Validators of this poll's answers, by URL."""
        ...

    @property
    def not_modified(self) -> int:
        """How many answers said that nothing changed."""
        ...


class Details(DetailMemory, Protocol):
    """Detail memory that is written in one go."""

    def flush(self) -> None:
        """Store what was put since the last flush."""
        ...


class Record(NamedTuple):
    """What a poll leaves behind: the source's new health, its log line, and validators that are new."""

    health: Health
    poll: Poll
    validators: Mapping[str, Validator]


class Memory(Protocol):
    """What is remembered between polls; `record` and `Details.flush` are called from the writing thread."""

    def health(self) -> Mapping[str, Health]:
        """Every source polled before, by name."""
        ...

    def validators(self) -> Mapping[str, Mapping[str, Validator]]:
        """Stored validators by source and URL."""
        ...

    def details(self, source: str) -> Details:
        """The source's detail memory."""
        ...

    def record(self, records: Sequence[Record]) -> None:
        """Store the ends of some polls."""
        ...


class Counts(Protocol):
    """What became of a batch."""

    @property
    def new(self) -> int:
        """Postings never stored before."""
        ...


class Sink(Protocol):
    """Where postings go. Called from one thread, one call at a time; what it raises fails the source.

    StoreError is the exception: it stops the whole run.
    """

    def take(self, source: SourceConfig, batch: Batch, *, first_success: bool) -> Counts:
        """Store a batch with each id once; `first_success` until a poll of this source has succeeded.

        Rows that could not be read come as its problems: those with an id are listed still, so they are not missing.
        """
        ...

    def finish(self, source: SourceConfig, outcome: Outcome) -> int:
        """After a source's last batch: close what is missing where `outcome.complete`; says how many were closed.

        An unchanged answer comes without a batch and lists what the last one did.
        """
        ...


HttpFactory = Callable[[SourceConfig, Kind, Mapping[str, Validator]], SourceHttp]


async def collect(
    sources: Sequence[SourceConfig],
    *,
    kinds: Mapping[str, Kind],
    http: HttpFactory,
    memory: Memory,
    sink: Sink,
    now: datetime,
    every: timedelta,
    report: Callable[[SourceReport], None] = lambda _: None,
    only_due: bool = False,
) -> list[SourceReport]:
    """Poll `sources` and give a report for each, in the order of their ends. Raises StoreError only.

    Not polled are those whose terms fix an interval that isn't over and, with `only_due`, those whose turn it isn't.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="collect-store") as thread:
        run = _Run(
            kinds, http, memory, sink, now, every, only_due, report, thread, memory.health(), memory.validators()
        )
        try:
            async with asyncio.TaskGroup() as group:
                for waiting, workers in _queues(sources, kinds):
                    for _ in range(workers):
                        group.create_task(run.work(waiting))
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            await run.write_records(all_of_them=True)
        return run.reports


def _queues(sources: Sequence[SourceConfig], kinds: Mapping[str, Kind]) -> list[tuple[deque[SourceConfig], int]]:
    """Sources by kind and how many of each may run at once, so that a slow kind holds nobody else up."""
    by_kind: defaultdict[str, deque[SourceConfig]] = defaultdict(deque)
    for source in sources:
        by_kind[source.kind].append(source)
    return [(waiting, min(len(waiting), kinds[kind].manners.concurrency)) for kind, waiting in by_kind.items()]


@dataclass(slots=True)
class _Run:
    kinds: Mapping[str, Kind]
    http: HttpFactory
    memory: Memory
    sink: Sink
    now: datetime
    every: timedelta
    only_due: bool
    report: Callable[[SourceReport], None]
    thread: ThreadPoolExecutor
    healths: Mapping[str, Health]
    validators: Mapping[str, Mapping[str, Validator]]
    reports: list[SourceReport] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    active: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_ACTIVE))

    async def work(self, waiting: deque[SourceConfig]) -> None:
        """Poll sources until none is waiting."""
        while waiting:
            source = waiting.popleft()
            async with self.active:
                report = await self._source(source)
            self.reports.append(report)
            self.report(report)
            await self.write_records()

    async def _source(self, source: SourceConfig) -> SourceReport:
        kind = self.kinds[source.kind]
        health = self.healths.get(source.name) or Health(name=source.name, kind=source.kind)
        fixed = kind.manners.every if kind.manners.by_terms else None
        why = why_skipped(health, self.now, fixed=fixed, only_due=self.only_due)
        if why:
            return SourceReport(source=source.name, state="skipped", started=self.now, details={"why": why})
        poll = _OnePoll(source, kind, health, self)
        return await poll.run()

    async def in_thread(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """`function` in the writing thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, lambda: function(*args, **options))

    async def write_records(self, *, all_of_them: bool = False) -> None:
        """Store ends of polls, some at a time."""
        if self.records and (all_of_them or len(self.records) >= _RECORDED_TOGETHER):
            records, self.records = self.records, []
            await self.in_thread(self.memory.record, records)


class _OnePoll:
    """One source, from its first request to its line in the report."""

    def __init__(self, source: SourceConfig, kind: Kind, health: Health, run: _Run) -> None:
        self.source, self.kind, self.health, self.run_ = source, kind, health, run
        self.http = run.http(source, kind, run.validators.get(source.name, {}))
        self.details = run.memory.details(source.name)
        self.tally = Tally()

    async def run(self) -> SourceReport:
        error, retry_after = await self._failure()
        outcome = judge(
            self.tally,
            self.health,
            self.run_.now,
            not_modified=self.http.not_modified,
            error=error,
            retry_after=retry_after,
        )
        closed = 0
        try:
            closed = await self.run_.in_thread(self._finish, outcome)
        except StoreError:
            raise
        except Exception as failure:
            outcome = replace(outcome, state="failed", complete=False, error=self._unexpected(failure))
        self._remember(outcome)
        return self._report(outcome, closed)

    async def _failure(self) -> tuple[str | None, float | None]:
        """Take everything the source gives; the reason if that ended badly, and the pause that the host asked for."""
        try:
            async with asyncio.timeout(POLL_WALL.total_seconds()):
                await self._take_all()
        except StoreError:
            raise
        except SourceError as failure:
            reason = without_secrets(failure.reason, self.kind, self.source)
            return reason, failure.retry_after if isinstance(failure, FetchError) else None
        except TimeoutError:
            return f"not done after {POLL_WALL.total_seconds() / 60:.0f} minutes", None
        except Exception as failure:
            return self._unexpected(failure), None
        return None, None

    def _unexpected(self, failure: Exception) -> str:
        _log.debug("%s failed", self.source.name, exc_info=failure)
        first_line = (str(failure).splitlines() or [""])[0]
        words = f"unexpected {type(failure).__name__}: {first_line}".rstrip(": ")
        return without_secrets(words, self.kind, self.source)[:200]

    async def _take_all(self) -> None:
        context = Context(source=self.source, http=self.http, now=self.run_.now, details=self.details)
        async with aclosing(self.kind.fetch(context)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                await self._take(batch)
                if self.tally.batches_without_news >= STALE_BATCHES:
                    self.tally.truncated = f"repeats itself after {len(self.tally.ids)} postings"
                    return

    async def _take(self, batch: Batch) -> None:
        tally = self.tally
        rows, unsound = _sound_rows(batch.postings)
        problems = (*map(sound_problem, batch.problems), *unsound)
        tally.add_problems(problems)
        tally.truncated = tally.truncated or batch.truncated
        before = len(tally.ids)
        tally.ids.update(hash(row.source_id) for row in rows)
        if rows:
            tally.batches_without_news = 0 if len(tally.ids) > before else tally.batches_without_news + 1
        if rows or problems:
            clean = replace(batch, postings=rows, problems=problems)
            tally.new += await self.run_.in_thread(self._store, clean)

    def _store(self, batch: Batch) -> int:
        self.details.flush()
        first = self.health.first_success is None
        return self.run_.sink.take(self.source, batch, first_success=first).new

    def _finish(self, outcome: Outcome) -> int:
        self.details.flush()
        return self.run_.sink.finish(self.source, outcome)

    def _remember(self, outcome: Outcome) -> None:
        run = self.run_
        health = aged(self.health, outcome, run.now)
        at = next_poll(
            health,
            run.now,
            every=self.source.every or run.every,
            fixed=self.kind.manners.every,
            retry_after=outcome.retry_after,
            jitter=random.random(),
        )
        fresh = dict(self.http.fresh) if worth_remembering(outcome, self.tally) else {}
        run.records.append(Record(replace(health, next_poll=at), poll_of(self.source.name, outcome, run.now), fresh))

    def _report(self, outcome: Outcome, closed: int) -> SourceReport:
        return SourceReport(
            source=self.source.name,
            state=outcome.state,
            seen=outcome.seen,
            new=outcome.new,
            closed=closed,
            problems=self.tally.named_problems(),
            truncated=outcome.truncated,
            error=outcome.error,
            alarm=outcome.alarm,
            started=self.run_.now,
        )


def _sound_rows(postings: Sequence[RawPosting]) -> tuple[list[RawPosting], list[RowProblem]]:
    """The rows that can be judged, of each id the last, and what is wrong with the others."""
    rows: dict[str, RawPosting] = {}
    problems = []
    for raw in postings:
        checked = sound(raw)
        if isinstance(checked, RowProblem):
            problems.append(checked)
        else:
            rows[checked.source_id] = checked
    return list(rows.values()), problems
