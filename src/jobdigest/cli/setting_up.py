"""`digest init`, `digest check`, `digest eval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, next_step, say, session_of, warn


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("init")(init)
    app.command("check")(check)
    app.command("eval")(evaluate)


def init(directory: Annotated[Path, typer.Argument(help="where to write config.yaml")] = Path()) -> None:
    """Ask five questions; write a commented config.yaml and a key file."""
    from jobdigest.app.starter import Answers, write_starter

    answers = Answers(
        name=typer.prompt("The newsletter's name", default="AI Jobs Weekly"),
        sender=typer.prompt("The address it comes from", default="jobs@example.com"),
        timezone=typer.prompt("Time zone of the weekly slot", default="UTC"),
        send=typer.prompt("When it goes out, weekly", default="tue 09:00"),
        smtp_host=typer.prompt("SMTP server (empty: write .eml files to out/mail)", default=""),
    )
    for path in write_starter(directory, answers):
        say(f"wrote {path}")
    next_step(f"digest --config {directory / 'config.yaml'} check")


def check(
    context: typer.Context,
    live: Annotated[
        bool, typer.Option("--live", help="also try SMTP, DNS, the one-click address, disk, clock")
    ] = False,
) -> None:
    """Validate config, templates and secrets: every mistake at once, with file and line."""
    from jobdigest.app.checking import check_live, check_offline

    app = session_of(context).app
    for line in check_offline(app):
        say(line)
    if live:
        findings = check_live(app)
        for finding in findings:
            (warn if finding.level == "bad" else say)(f"{finding.level}: {finding.what}: {finding.text}")
        if any(finding.level == "bad" for finding in findings):
            raise typer.Exit(1)
    next_step("digest collect" if live else "digest check --live, or digest collect")


def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="labelled files; see docs/quality.md")] = None,
    as_json: AsJson = False,
) -> None:
    """Print quality figures on labelled files."""
    from jobdigest.curate.evaluate import main

    raise typer.Exit(main(files or [], as_json))
