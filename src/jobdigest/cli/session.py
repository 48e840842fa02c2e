"""What every command needs: where the configuration is, the opened application, and a way to speak."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobdigest.errors import UsageError

if TYPE_CHECKING:
    from jobdigest.app import App


class Session:
    """One call of `digest`."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self._app: App | None = None

    @property
    def app(self) -> App:
        """The application behind the configuration, opened when first asked for."""
        if self._app is None:
            from jobdigest.app import App

            self._app = App.load(self.config)
        return self._app


def session_of(context: typer.Context) -> Session:
    """The session that `commands.py` put into the context."""
    assert isinstance(context.obj, Session)
    return context.obj


def app_of(context: typer.Context) -> App:
    """The opened application."""
    return session_of(context).app


def say(text: str) -> None:
    """A line for the operator."""
    typer.echo(text)


def warn(text: str) -> None:
    """A line for the operator beside the output: stderr."""
    typer.echo(text, err=True)


def next_step(command: str) -> None:
    """How every command ends: what to do now."""
    say(f"Next: {command}")


def emit(rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON lines in UTF-8 on stdout, and nothing else there."""
    out = sys.stdout.buffer
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
    out.flush()


def moment(text: str | None) -> datetime:
    """`--now` as an aware UTC datetime; the real time where it isn't given."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now: {text!r} is not a time; write it like 2026-11-24T09:00:00Z") from None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


Now = Annotated[str | None, typer.Option("--now", help="pretend it is this time (ISO 8601)", metavar="ISO")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout")]
