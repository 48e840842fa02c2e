"""`digest subscribers …` and `digest explain`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, app_of, emit, moment, next_step, say, warn

app = typer.Typer(no_args_is_help=True, help="Readers: add, import, export, list, remove, forget.")


def register(parent: typer.Typer) -> None:
    """Add this module's commands."""
    parent.add_typer(app, name="subscribers")


@app.command("add")
def add(context: typer.Context, email: str, name: Annotated[str, typer.Option(help="how to greet them")] = "") -> None:
    """Add one reader; you vouch for their consent."""
    from jobdigest.app.readers import add_one

    say(add_one(app_of(context), email, name, moment(None)))
    next_step("digest subscribers list")


@app.command("import")
def import_file(context: typer.Context, file: Path) -> None:
    """Add or update readers from a CSV; the same file twice changes nothing, an interrupted one goes on."""
    from jobdigest.app.readers import import_csv

    outcome = import_csv(app_of(context), file, moment(None))
    for problem in outcome.problems:
        warn(problem)
    say(outcome.summary())
    next_step("digest send --dry-run")
    if outcome.problems:
        raise typer.Exit(1)


@app.command("export")
def export(context: typer.Context) -> None:
    """Write all active readers as CSV to stdout."""
    from jobdigest.app.readers import export_csv

    warn(f"{export_csv(app_of(context), sys.stdout):,} readers")


@app.command("list")
def list_readers(context: typer.Context, as_json: AsJson = False) -> None:
    """Every reader with state and preferences."""
    from jobdigest.app.readers import each_reader

    rows = each_reader(app_of(context))
    if as_json:
        emit(rows)
        return
    for row in rows:
        say(f"{row['email']} · {row['state']} · {row['wants']}")


@app.command("remove")
def remove(context: typer.Context, email: str) -> None:
    """Unsubscribe a reader; what they chose is kept in case they return."""
    from jobdigest.app.readers import leave

    say(leave(app_of(context), email, "removed by the operator"))


@app.command("forget")
def forget(context: typer.Context, email: str) -> None:
    """Erase a reader; only a keyed hash stays, so that nobody mails them again by mistake."""
    from jobdigest.app.readers import forget_one

    say(forget_one(app_of(context), email, moment(None)))
