"""`digest bounces`, `digest dkim keygen`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli.session import app_of, moment, next_step, say
from jobdigest.errors import UsageError

dkim_app = typer.Typer(no_args_is_help=True, help="Keys that sign mail (RFC 6376, RFC 8463).")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("bounces")(bounces)
    app.add_typer(dkim_app, name="dkim")


def bounces(
    context: typer.Context, source: Annotated[str, typer.Argument(help="a Maildir, or - for one mail on stdin")]
) -> None:
    """Read bounces, complaints and mails that ask to leave; draw the consequences."""
    from jobdigest.app.mailing import take_reports

    say(take_reports(app_of(context), source, moment(None)))
    next_step("digest subscribers list")


@dkim_app.callback()
def _dkim() -> None:
    """Keys that sign mail (RFC 6376, RFC 8463)."""


@dkim_app.command("keygen")
def keygen(
    domain: str,
    selector: str,
    algorithm: Annotated[str, typer.Option(help="rsa or ed25519")] = "rsa",
    folder: Annotated[Path, typer.Option(help="where to write the key")] = Path(),
) -> None:
    """Make a signing key; print the DNS record that verifies it."""
    from jobdigest.app.mailing import make_dkim_key

    if algorithm not in ("rsa", "ed25519"):
        raise UsageError(f"--algorithm: {algorithm!r} is neither rsa nor ed25519")
    for line in make_dkim_key(domain, selector, "rsa" if algorithm == "rsa" else "ed25519", folder):
        say(line)
    next_step("name the key under delivery.dkim in config.yaml, then digest check --live")
