"""`digest collect`, `digest sources …`, `digest links check`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, Now, app_of, emit, moment, next_step, say, session_of, warn

sources_app = typer.Typer(no_args_is_help=True, help="Where postings come from: add, list, test.")
links_app = typer.Typer(no_args_is_help=True, help="Look whether postings are still open.")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("collect")(collect)
    app.add_typer(sources_app, name="sources")
    app.add_typer(links_app, name="links")


def collect(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Option("--source", help="only this source (may be repeated)")] = None,
    now: Now = None,
) -> None:
    """Poll every source now; store and judge what they list."""
    from jobdigest.app.collecting import collect_all
    from jobdigest.cli.progress import Progress

    app = app_of(context)
    with Progress(len(app.chosen_sources(source))) as progress:
        outcome = collect_all(app, source, moment(now), progress.report)
    for line in outcome.summary():
        say(line)
    next_step("digest send --dry-run")
    if outcome.failed:
        raise typer.Exit(1)


@sources_app.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """Every source with its health: last success, postings, failures, next poll, truncated or not, and why."""
    from jobdigest.app.collecting import source_health

    rows = source_health(app_of(context))
    if as_json:
        emit(rows)
        return
    for row in rows:
        mark = {"recorded": "", "list": "details experimental · "}.get(row["evidence"], "experimental · ")
        say(f"{row['source']}: {mark}{row['summary']}")
    next_step("digest sources test NAME, or digest sources add URL")


@sources_app.command("test")
def try_one(context: typer.Context, name: str, now: Now = None) -> None:
    """Poll one source without storing anything; show five postings."""
    from jobdigest.app.collecting import try_source

    app = app_of(context)
    (chosen,) = app.chosen_sources([name])
    for line in try_source(app, chosen, moment(now)):
        say(line)


@sources_app.command("add")
def add_source(context: typer.Context, url: Annotated[str, typer.Argument(help="a careers or posting page")]) -> None:
    """Recognise the job board behind an address, try it, and write it into config.yaml."""
    from jobdigest.app.collecting import add_source_for

    session = session_of(context)
    for line in add_source_for(session.app, session.config, url, moment(None)):
        say(line)
    next_step("digest collect")


@links_app.command("check")
def check_links(context: typer.Context, now: Now = None, as_json: AsJson = False) -> None:
    """Look at the pages of open postings; a second negative look ≥ 6 h after the first confirms."""
    from jobdigest.app.links import check_pages

    looks = check_pages(app_of(context), moment(now))
    if as_json:
        emit(looks)
        return
    counts = {state: sum(look["liveness"] == state for look in looks) for state in ("live", "expired", "unknown")}
    for look in looks:
        if look["liveness"] != "live":
            warn(f"{look['source']} {look['source_id']}: {look['liveness']}: {look['evidence']}")
    say(f"{len(looks)} looked at · " + " · ".join(f"{count} {state}" for state, count in counts.items()))
    next_step("digest send --dry-run")
