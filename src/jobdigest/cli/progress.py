"""Progress of a collection: a bar on a terminal, plain lines otherwise, a line per source either way."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jobdigest.cli.session import say, warn

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from jobdigest.collect.sources.base import SourceReport

MOST_PROBLEMS = 5


class Progress:
    """A context manager whose `report` takes each source's outcome as it comes."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("collecting", total=self.total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, report: SourceReport) -> None:
        """Print one source's line, and what it could not read."""
        if self._bar:
            self._bar.advance(self._task)
        (warn if report.state == "failed" else say)(describe(report))
        for problem in report.problems[:MOST_PROBLEMS]:
            warn(f"  {report.source}: {problem.row}: {problem.reason}")
        if len(report.problems) > MOST_PROBLEMS:
            warn(f"  {report.source}: … and {len(report.problems) - MOST_PROBLEMS} more rows not taken")


def describe(report: SourceReport) -> str:
    """`greenhouse:anthropic: ok · 412 seen · 12 new`."""
    if report.state == "failed":
        return f"{report.source}: failed: {report.error}; nothing closed"
    parts = [f"{report.source}: {report.state}", f"{report.seen:,} seen", f"{report.new:,} new"]
    if report.closed:
        parts.append(f"{report.closed:,} closed")
    if report.problems:
        parts.append(f"{len(report.problems):,} rows not taken")
    if report.truncated:
        parts.append(f"truncated: {report.truncated}")
    if report.alarm:
        parts.append(f"ALARM: {report.alarm}")
    return " · ".join(parts if report.state == "ok" else parts[:1] + parts[3:])
