"""All commands in one tree; a module for each part of an operator's day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobdigest.cli import collecting, looking, mailing, operating, readers, sending, serving, setting_up, working
from jobdigest.cli.session import Session

app = typer.Typer(
    name="digest",
    help="Collects new AI job postings every week, keeps the real ones, and mails each reader the few that fit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _every_command(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="the configuration file", envvar="DIGEST_CONFIG")] = Path("config.yaml"),
) -> None:
    context.obj = Session(config)


for module in (setting_up, collecting, looking, sending, readers, serving, working, operating, mailing):
    module.register(app)
