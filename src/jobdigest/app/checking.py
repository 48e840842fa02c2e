"""`digest check`: everything that can be wrong before anything is sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from jobdigest.app import App

ENOUGH_DISK = 500 * 2**20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `what` says it in words."""

    good: bool
    what: str

    def __str__(self) -> str:
        return f"{'ok' if self.good else 'NOT OK'}: {self.what}"


def check_offline(app: App) -> list[str]:
    """What is configured, in words; raises ConfigError with every mistake in config, secrets, theme and templates."""
    problems: list[str] = []
    for look in (lambda: app.keys, lambda: palette(app.config.newsletter.theme), lambda: _templates(app), app.rules):
        try:
            look()
        except DigestError as error:
            problems += error.problems if isinstance(error, ConfigError) else [str(error)]
    if problems:
        raise ConfigError(problems)
    config = app.config
    way = f"smtp {config.delivery.smtp.host}" if config.delivery.smtp else f"files in {config.delivery.file}"
    return [
        f"config: {len(config.sources)} sources · {config.schedule.send} {config.schedule.timezone} · {way}",
        f"database: {config.database.partition('://')[0]}",
        "secrets, theme and templates: ok",
    ]


def _templates(app: App) -> None:
    Templates.of(app.config).check_sources()


def check_live(app: App) -> list[Finding]:
    """Try what only the running world can tell; every finding, good and bad."""
    return [*_each("disk", lambda: _disk(app)), *_each("mail", lambda: _mail(app))]


def _each(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except DigestError as error:
        yield Finding(False, f"{name}: {error}")


def _disk(app: App) -> Iterator[Finding]:
    free = shutil.disk_usage(app.config.root).free
    yield Finding(free >= ENOUGH_DISK, f"disk: {free // 2**20:,} MB free")


def _mail(app: App) -> Iterator[Finding]:
    yield Finding(app.config.delivery.smtp is not None, "delivery.smtp is configured")
