"""The runner: each source alone in its failures, nothing remembered before it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from jobdigest.collect import run
from jobdigest.collect.sources.base import Batch, Context, Manners, Option, RowProblem, SourceReport
from jobdigest.config import SourceConfig
from jobdigest.errors import FetchError, ParseError, StoreError
from jobdigest.model import RawPosting
from jobdigest.polling import Health, Validator
from support.canned import Memory as Kept
from support.collecting import NOW, Shelf

HOUR = timedelta(hours=1)
Fetch = Callable[[Context], AsyncIterator[Batch]]


@dataclass
class Told:
    """A `Kind` that does what it is told."""

    fetch: Fetch
    name: str = "told"
    needs_value: bool = True
    direct: bool = True
    evidence: str = "recorded"
    manners: Manners = field(default_factory=Manners)
    options: Mapping[str, Option] = field(default_factory=dict)

    def recognise(self, url: str) -> str | None:
        return None


class Details(Kept):
    flushed = 0

    def flush(self) -> None:
        self.flushed += 1


@dataclass
class Notes:
    """A `Memory` in memory."""

    known: dict[str, Health] = field(default_factory=dict)
    records: list[run.Record] = field(default_factory=list)

    def health(self) -> Mapping[str, Health]:
        return self.known

    def validators(self) -> Mapping[str, Mapping[str, Validator]]:
        return {}

    def details(self, source: str) -> Details:
        return Details()

    def record(self, records: Sequence[run.Record]) -> None:
        self.records += records

    def after(self, source: str) -> run.Record:
        (found,) = [record for record in self.records if record.health.name == source]
        return found


class Silent:
    """A client that nobody asks, with a validator of this poll."""

    fresh: Mapping[str, Validator] = {"https://x.example": Validator('"1"', None)}
    not_modified = 0


def row(number: object, title: Any = "Engineer", **more: Any) -> RawPosting:
    return RawPosting(source_id=str(number), title=title, **more)


def gives(*batches: Batch | Exception) -> Fetch:
    async def fetch(context: Context) -> AsyncIterator[Batch]:
        for batch in batches:
            if isinstance(batch, Exception):
                raise batch
            yield batch

    return fetch


def poll(
    *fetches: Fetch, sink: Shelf | None = None, notes: Notes | None = None, only_due: bool = False, **manners: Any
) -> dict[str, SourceReport]:
    """Poll a source for each of `fetches`, named a, b, c."""
    kinds = {f"kind-{n}": Told(fetch, f"kind-{n}", manners=Manners(**manners)) for n, fetch in enumerate(fetches)}
    sources = [SourceConfig(kind=name, value="x", name="abc"[n]) for n, name in enumerate(kinds)]
    reports = asyncio.run(
        run.collect(
            sources,
            kinds=kinds,
            http=lambda *_: Silent(),  # type: ignore[arg-type,return-value]
            memory=notes or Notes(),
            sink=sink or Shelf(),
            now=NOW,
            every=6 * HOUR,
            only_due=only_due,
        )
    )
    return {report.source: report for report in reports}


WELL = Batch(postings=[row(1), row(2)])


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (FetchError("403 Forbidden", status=403), "403 Forbidden"),
        (ParseError("not JSON at byte 7"), "not JSON at byte 7"),
        (SystemError("error return without exception set\nand a second line"),
         "unexpected SystemError: error return without exception set"),
        (KeyError(), "unexpected KeyError"),
        (RecursionError("maximum depth"), "unexpected RecursionError: maximum depth"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line_and_costs_only_its_source(failure: Exception, said: str) -> None:
    sink, notes = Shelf(), Notes()
    reports = poll(gives(WELL, failure), gives(WELL), sink=sink, notes=notes)
    assert (reports["a"].state, reports["a"].error, reports["a"].seen) == ("failed", said, 2)
    assert (reports["b"].state, reports["b"].error) == ("ok", None)
    assert sink.closed == []
    assert not sink.outcomes["a"].complete
    assert notes.after("a").health.failures == 1
    assert notes.after("a").validators == {}, "an answer that is not stored whole is asked for again"
    assert notes.after("b").validators == Silent.fresh


def test_a_store_that_fails_ends_the_run() -> None:
    class Full(Shelf):
        def take(self, source: SourceConfig, batch: Batch, *, first_success: bool) -> Any:
            raise StoreError("disk full")

    with pytest.raises(StoreError, match="disk full"):
        poll(gives(WELL), gives(WELL), sink=Full())


def test_a_sink_that_stumbles_fails_the_source() -> None:
    class Stumbling(Shelf):
        def finish(self, source: SourceConfig, outcome: Any) -> int:
            if source.name == "a":
                raise ValueError("odd")
            return 0

    notes = Notes()
    reports = poll(gives(WELL), gives(WELL), sink=Stumbling(), notes=notes)
    assert (reports["a"].state, reports["a"].error, reports["b"].state) == (
        "failed",
        "unexpected ValueError: odd",
        "ok",
    )
    assert notes.after("a").validators == {}


def test_of_one_id_the_last_row_counts_and_unsound_rows_are_named() -> None:
    sink = Shelf()
    batch = Batch(
        postings=[row(1, "Old"), row(1, "New"), row(2, 17), row(3, " "), row("", "No id"), row(4, url="x" * 4_001)],
        problems=[RowProblem(row="9", reason="not an object")],
    )
    report = poll(gives(batch), sink=sink)["a"]
    assert {key: posting.title for key, posting in sink.postings["a"].items()} == {"1": "New"}
    assert [(problem.row[:3], problem.reason) for problem in report.problems] == [
        ("9", "not an object"),
        ("2", "title is int, not text"),
        ("3", "no title"),
        ("?", "no id"),
        ("4", "url is longer than 4000 characters"),
    ]


def test_a_source_that_pages_in_circles_is_left() -> None:
    report = poll(gives(*[WELL] * 50))["a"]
    assert (report.seen, report.truncated) == (2, "repeats itself after 2 postings")


def test_a_poll_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forever(context: Context) -> AsyncIterator[Batch]:
        yield WELL
        await asyncio.Event().wait()

    monkeypatch.setattr(run, "POLL_WALL", timedelta(milliseconds=50))
    report = poll(forever)["a"]
    assert (report.state, report.seen) == ("failed", 2)
    assert (report.error or "").startswith("not done after")


def test_terms_and_turns_are_kept() -> None:
    known = Health(name="a", kind="kind-0", last_attempt=NOW - HOUR, next_poll=NOW + HOUR)
    due = replace(known, name="b", kind="kind-1", next_poll=NOW)
    notes = Notes(known={"a": known, "b": due})
    reports = poll(gives(WELL), gives(WELL), notes=notes, only_due=True)
    assert reports["a"].state == "skipped"
    assert reports["a"].details["why"] == "not due before 2026-11-23 10:00 UTC"
    assert reports["b"].state == "ok"
    assert [record.health.name for record in notes.records] == ["b"]
    reports = poll(gives(WELL), notes=Notes(known={"a": known}), every=6 * HOUR, by_terms=True)
    assert reports["a"].details["why"] == "its terms allow a request every 6 h; the next at 2026-11-23 14:00 UTC"


def test_no_more_of_a_kind_at_once_than_its_manners_allow() -> None:
    inside = most = 0

    async def count(context: Context) -> AsyncIterator[Batch]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        for _ in range(5):
            await asyncio.sleep(0)
        inside -= 1
        yield WELL

    kind = Told(count, manners=Manners(concurrency=2))
    sources = [SourceConfig(kind="told", value="x", name=str(n)) for n in range(9)]
    reports = asyncio.run(
        run.collect(
            sources, kinds={"told": kind}, http=lambda *_: Silent(), memory=Notes(), sink=Shelf(), now=NOW,  # type: ignore[arg-type,return-value]
            every=HOUR,
        )
    )  # fmt: skip
    assert len(reports) == 9
    assert most == 2
