"""`digest send`, `digest deliveries`, `digest explain`, `digest schedule`."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli.session import AsJson, Now, app_of, emit, moment, next_step, say, warn
from jobdigest.errors import UsageError

deliveries_app = typer.Typer(help="The send ledger: every reader of every edition, and what became of their mail.")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("send")(send)
    app.add_typer(deliveries_app, name="deliveries")
    app.command("explain")(explain)
    app.command("schedule")(schedule)


def send(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would go out; send and change nothing")] = False,
    test: Annotated[str | None, typer.Option(metavar="ADDRESS", help="one real mail, outside the ledger")] = None,
    out: Annotated[Path, typer.Option(help="where a dry run writes")] = Path("out"),
    to: Annotated[list[str] | None, typer.Option(help="also write this reader's mail (dry run)")] = None,
    approve: Annotated[str | None, typer.Option(metavar="HASH", help="send only if the content has this hash")] = None,
    pause: Annotated[bool, typer.Option("--pause", help="stop sending until --resume")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="go on after a pause or a stop")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="end this edition; what is unsent stays unsent")] = False,
    now: Now = None,
) -> None:
    """Freeze and send the edition that is due; go on with one that was interrupted."""
    asked = {"dry-run": dry_run, "test": bool(test), "pause": pause, "resume": resume, "cancel": cancel}
    chosen = [name for name, wanted in asked.items() if wanted]
    if len(chosen) > 1:
        raise UsageError(f"--{' and --'.join(chosen)} exclude each other")
    if dry_run:
        _preview(context, out, to or [], now)
    elif test:
        from jobdigest.app.previewing import send_test

        say(send_test(app_of(context), test, moment(now)))
        next_step("digest send")
    elif chosen:
        from jobdigest.app.sending import operate

        say(operate(app_of(context), chosen[0], moment(now)))
        next_step("digest send" if resume else "digest deliveries")
    else:
        _send(context, approve, now)


def _preview(context: typer.Context, out: Path, to: list[str], now: str | None) -> None:
    from jobdigest.app.previewing import dry_run

    for line in dry_run(app_of(context), moment(now), out, to):
        say(line)
    next_step("digest send --test you@example.com")


def _send(context: typer.Context, approve: str | None, now: str | None) -> None:
    import signal
    import threading
    from types import FrameType

    from jobdigest.app.sending import send_due

    app = app_of(context)
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        warn("finishing the messages in flight; a second `digest send` goes on with the rest")
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    sent = send_due(app, moment(now), approve=approve, stop=stop)
    for line in sent.lines:
        say(line)
    next_step("digest deliveries")
    if not sent.ok:
        warn("digest: not every delivery ended well; `digest deliveries` says which")
        raise typer.Exit(1)


@deliveries_app.callback(invoke_without_command=True)
def deliveries(
    context: typer.Context,
    edition: Annotated[str | None, typer.Option(help="only this edition, like 2026-W48")] = None,
    check: Annotated[bool, typer.Option("--check", help="prove that states sum to the frozen audience")] = False,
    as_json: AsJson = False,
) -> None:
    """Every delivery with its state, and why."""
    if context.invoked_subcommand:
        return
    from jobdigest.app.sending import check_ledger, delivery_rows

    app = app_of(context)
    if check:
        problems = check_ledger(app, edition)
        for problem in problems:
            warn(problem)
        if problems:
            raise typer.Exit(1)
        if not as_json:
            say("the ledger is whole: states sum to every frozen audience")
            return
    rows = delivery_rows(app, edition)
    if as_json:
        emit(rows)
        return
    for row in rows:
        why = f" · {row['reason']}" if row["reason"] else ""
        say(f"{row['edition']} · {row['address'] or '(forgotten)'} · {row['state']}{why}")
    next_step("digest deliveries --check")


@deliveries_app.command("resolve")
def resolve(
    context: typer.Context,
    edition: str,
    address: Annotated[str | None, typer.Option(help="only this reader")] = None,
    resend: Annotated[bool, typer.Option("--resend", help="send again; they may get it twice")] = False,
    assume_accepted: Annotated[bool, typer.Option("--assume-accepted", help="count as accepted")] = False,
) -> None:
    """Decide what becomes of deliveries in doubt."""
    from jobdigest.app.sending import resolve as decide

    if resend == assume_accepted:
        raise UsageError("say either --resend or --assume-accepted")
    say(decide(app_of(context), edition, address, moment(None), resend=resend))
    next_step("digest send" if resend else "digest deliveries --check")


def explain(context: typer.Context, address: str, now: Now = None) -> None:
    """Why this reader gets what they get, and what happened to it."""
    from jobdigest.app.previewing import explain_reader

    for line in explain_reader(app_of(context), address, moment(now)):
        say(line)
    next_step(f"digest send --dry-run --to {address}")


def schedule(
    context: typer.Context,
    count: Annotated[int, typer.Option("--next", help="how many slots")] = 4,
    start: Annotated[str | None, typer.Option("--from", metavar="ISO", help="from this time on")] = None,
    as_json: AsJson = False,
) -> None:
    """The next slots, right across every change of the clocks."""
    from jobdigest.slots import slots_from

    app = app_of(context)
    slots = list(islice(slots_from(app.config.schedule, moment(start)), count))
    if as_json:
        utc = [slot.at.strftime("%Y-%m-%dT%H:%M:%SZ") for slot in slots]
        emit(
            {"edition": slot.edition, "local": slot.local.isoformat(), "utc": at}
            for slot, at in zip(slots, utc, strict=True)
        )
        return
    for slot in slots:
        say(f"{slot.edition} · {slot.local:%a %d %b %Y %H:%M %Z} · {slot.at:%Y-%m-%d %H:%M} UTC")
    next_step("digest run")
