"""`digest postings` and `digest jobs …`: what is stored, and the operator's hand on it."""

from __future__ import annotations

from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, Now, app_of, emit, moment, next_step, say

jobs_app = typer.Typer(help="The entries readers see; hide, pin, split, add, note.")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("postings")(postings)
    app.add_typer(jobs_app, name="jobs")


def postings(
    context: typer.Context,
    as_json: AsJson = False,
    suspect: Annotated[
        bool, typer.Option("--suspect", help="only those held as suspect, or reported by readers")
    ] = False,
    allow: Annotated[
        str | None, typer.Option(help="never suspect this employer, domain or posting (SOURCE/ID)")
    ] = None,
    deny: Annotated[str | None, typer.Option(help="always leave out this employer, domain or posting")] = None,
    now: Now = None,
) -> None:
    """Every stored posting with what was decided about it and why."""
    from jobdigest.app.looking import posting_rows, rule

    app = app_of(context)
    if allow or deny:
        say(rule(app, allow, deny, moment(now)))
        next_step("digest collect")
        return
    rows = posting_rows(app, moment(now), suspect_only=suspect)
    if as_json:
        emit(rows)
        return
    for row in rows:
        reported = f" · reported by {row['reported']}" if row["reported"] else ""
        posting = f"{row['source']}/{row['source_id']}"
        say(f"{row['decision']}: {row['title']} · {row['company'] or '?'} · {row['reason']}{reported} [{posting}]")
    next_step("digest postings --suspect, or digest jobs")


@jobs_app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context,
    as_json: AsJson = False,
    edition: Annotated[str | None, typer.Option(help="the jobs of this edition, like 2026-W48")] = None,
    now: Now = None,
) -> None:
    """Every open job, or those of one edition."""
    if context.invoked_subcommand:
        return
    from jobdigest.app.looking import job_rows

    rows = job_rows(app_of(context), edition, moment(now))
    if as_json:
        emit(rows)
        return
    for row in rows:
        say(
            f"{row['job_id']}: {row['title']} · {row['company']} · {row['role_type']} · {len(row['postings'])} postings"
        )
    next_step("digest send --dry-run")


@jobs_app.command("hide")
def hide(context: typer.Context, job: str, note: str = "", undo: bool = False) -> None:
    """Leave a job out of every mail and page (`--undo` takes it back)."""
    _mark(context, "hide", job, note, undo)


@jobs_app.command("pin")
def pin(context: typer.Context, job: str, note: str = "", undo: bool = False) -> None:
    """Rank a job above all others, among the best and in its group (`--undo` takes it back)."""
    _mark(context, "pin", job, note, undo)


def _mark(context: typer.Context, verb: str, job: str, note: str, undo: bool) -> None:
    from jobdigest.app.looking import mark_job

    say(mark_job(app_of(context), verb, job, note, moment(None), undo=undo))
    next_step("digest send --dry-run")


@jobs_app.command("split")
def split(context: typer.Context, job: str, source: str, source_id: str, note: str = "", undo: bool = False) -> None:
    """Take a posting out of a job it doesn't belong to; it stays out (`--undo` takes it back)."""
    from jobdigest.app.looking import split_posting

    say(split_posting(app_of(context), job, (source, source_id), note, moment(None), undo=undo))
    next_step("digest jobs")


@jobs_app.command("add")
def add(
    context: typer.Context,
    title: str,
    company: Annotated[str, typer.Option()],
    url: Annotated[str, typer.Option()],
    location: Annotated[list[str] | None, typer.Option()] = None,
    salary: str = "",
    now: Now = None,
) -> None:
    """Add a job by hand; it is judged like any other."""
    from jobdigest.app.looking import add_by_hand

    say(add_by_hand(app_of(context), title, company, url, tuple(location or ()), salary, moment(now)))
    next_step("digest jobs")


@jobs_app.command("note")
def note(context: typer.Context, words: str = typer.Argument(""), undo: bool = False, now: Now = None) -> None:
    """Put a note of yours at the head of the next edition (`--undo` takes it back)."""
    from jobdigest.app.looking import note_edition

    say(note_edition(app_of(context), words, moment(now), undo=undo))
    next_step("digest send --dry-run")
