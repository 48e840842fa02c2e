"""`digest status`, `digest report`, `digest backup`, `digest restore`, `digest prune`, `digest once`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, Now, app_of, emit, moment, next_step, say
from jobdigest.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("status")(status)
    app.command("report")(report)
    app.command("once")(once)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("prune")(prune)
    app.command("migrate-to")(migrate_to)


def status(context: typer.Context, as_json: AsJson = False, now: Now = None) -> None:
    """The state of things on one screen."""
    from jobdigest.app.status import status as look
    from jobdigest.app.status import status_lines

    found = look(app_of(context), moment(now))
    if as_json:
        emit([found])
        return
    for line in status_lines(found):
        say(line)
    next_step("digest report, or digest sources list")


def report(
    context: typer.Context,
    edition: Annotated[str | None, typer.Argument(help="like 2026-W48; the newest unless named")] = None,
    out: Annotated[Path, typer.Option(help="the file to write")] = Path("out/report.html"),
    now: Now = None,
) -> None:
    """One page to look at: new jobs over the weeks, deliveries, bounces, sources, suspects to judge."""
    from jobdigest.app.overview import write_report

    for line in write_report(app_of(context), edition, out, moment(now)):
        say(line)
    next_step("open it in a browser; digest postings --suspect lists what waits for a word")


def once(
    context: typer.Context,
    save: Annotated[str | None, typer.Option(help="shell command that stores the state, before and after")] = None,
    archive: Annotated[Path | None, typer.Option(help="write the editions as static pages into this folder")] = None,
    now: Now = None,
) -> None:
    """A week in one run: collect, check links, send what is due, archive. For a scheduled job in a repository."""
    from jobdigest.app.operating import once as run_once

    for line in run_once(app_of(context), moment(now), save=save, archive=archive):
        say(line)
    next_step("digest status")


def backup(context: typer.Context, file: Annotated[Path | None, typer.Argument(help="where to")] = None) -> None:
    """A consistent copy of the database while it is in use."""
    from jobdigest.app.operating import make_backup

    say(f"wrote {make_backup(app_of(context), file, moment(None))}")
    next_step("keep it on another machine; `digest restore FILE` brings it back")


def restore(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="a backup")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="what was held was not sent: go on")] = False,
    now: Now = None,
) -> None:
    """Put a backup in place of the database; what may have been sent since is held until --resume."""
    from jobdigest.app.operating import restore as put_back
    from jobdigest.app.operating import resume_after_restore

    if (file is None) != resume:
        raise UsageError("name a backup to restore, or say --resume")
    if file is None:
        say(resume_after_restore(app_of(context)))
        next_step("digest send")
        return
    for line in put_back(app_of(context), file, moment(now)):
        say(line)
    next_step("digest status, then digest restore --resume")


def migrate_to(
    context: typer.Context, url: Annotated[str, typer.Argument(help="an empty database: postgresql://user@host/name")]
) -> None:
    """Move everything from SQLite to PostgreSQL; the old file stays, and sends nothing from then on."""
    from jobdigest.app.moving import migrate

    migrate(app_of(context), url, moment(None), say)
    next_step("set `database` in config.yaml to the new address; then digest run, and digest worker on any machine")


def prune(context: typer.Context, now: Now = None) -> None:
    """Forget what retention in config.yaml says: old descriptions, tombstones, details of deliveries."""
    from jobdigest.app.operating import prune as forget

    say(forget(app_of(context), moment(now)))
    next_step("digest backup")
