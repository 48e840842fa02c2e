"""A place for postings and a way to run a collection in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from jobdigest.collect.http import Client
from jobdigest.collect.outcome import Outcome
from jobdigest.collect.run import Memory, collect
from jobdigest.collect.sources.base import Batch, Kind, SourceReport
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import Network, SourceConfig
from jobdigest.model import RawPosting

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Counted(NamedTuple):
    new: int


@dataclass
class Shelf:
    """A `Sink` in memory: postings by source and id, and what was closed."""

    postings: dict[str, dict[str, RawPosting]] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)
    seen_now: dict[str, set[str]] = field(default_factory=dict)

    def take(self, source: SourceConfig, batch: Batch, *, first_success: bool) -> Counted:
        known = self.postings.setdefault(source.name, {})
        new = sum(posting.source_id not in known for posting in batch.postings)
        known.update({posting.source_id: posting for posting in batch.postings})
        self.seen_now.setdefault(source.name, set()).update(posting.source_id for posting in batch.postings)
        return Counted(new)

    def finish(self, source: SourceConfig, outcome: Outcome) -> int:
        self.outcomes[source.name] = outcome
        seen = self.seen_now.pop(source.name, set())
        concluded = outcome.complete and outcome.state != "unchanged"
        gone = [(source.name, i) for i in self.postings.get(source.name, {}) if i not in seen] if concluded else []
        self.closed += gone
        return len(gone)


def run_collect(
    sources: Sequence[SourceConfig],
    memory: Memory,
    sink: Shelf,
    *,
    now: datetime = NOW,
    network: Network | None = None,
    kinds: Mapping[str, Kind] | None = None,
    only_due: bool = False,
    tls: object = None,
) -> dict[str, SourceReport]:
    """Reports by source name of one collection over real HTTP, with short pauses between attempts."""

    async def run() -> list[SourceReport]:
        settings = network or Network(allow_private=True)
        async with Client(settings, "jobdigest/test", backoff=timedelta(milliseconds=5), tls=tls) as client:  # type: ignore[arg-type]
            return await collect(
                sources,
                kinds=kinds or load_kinds(),
                http=client.for_source,
                memory=memory,
                sink=sink,
                now=now,
                every=timedelta(hours=6),
                only_due=only_due,
            )

    return {report.source: report for report in asyncio.run(run())}
