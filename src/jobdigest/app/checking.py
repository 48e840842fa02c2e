"""`digest check`: everything that can be wrong before anything is sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from typing import TYPE_CHECKING

from jobdigest.compose import edition
from jobdigest.compose.theme import palette
from jobdigest.deliver import live
from jobdigest.deliver.live import Finding
from jobdigest.deliver.setup import server_from, signers_from
from jobdigest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from jobdigest.app import App

ENOUGH_DISK = 500 * 2**20


def check_offline(app: App) -> list[str]:
    """What is configured, in words; raises ConfigError with every mistake in config, secrets, theme and templates."""
    config = app.config
    problems: list[str] = []
    looks: tuple[Callable[[], object], ...] = (
        lambda: app.keys,
        lambda: palette(config.newsletter.theme),
        lambda: edition.check(config),
        lambda: signers_from(config),
        app.rules,
    )
    for look in looks:
        try:
            look()
        except DigestError as error:
            problems += error.problems if isinstance(error, ConfigError) else [str(error)]
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    way = f"smtp {config.delivery.smtp.host}" if config.delivery.smtp else f"files in {config.delivery.file}"
    return [
        f"config: {len(config.sources)} sources · {config.schedule.send} {config.schedule.timezone} · {way}",
        f"database: {config.database.partition('://')[0]}",
        "secrets, theme and templates: ok",
    ]


def check_live(app: App) -> list[Finding]:
    """Try what only the running world can tell; every finding, good and bad."""
    return [finding for look in (_disk, _database, _mail, _dns, _pages) for finding in _carefully(look, app)]


def _carefully(look: Callable[[App], Iterator[Finding]], app: App) -> list[Finding]:
    try:
        return list(look(app))
    except DigestError as error:
        return [Finding("bad", look.__name__.strip("_"), str(error))]


def _disk(app: App) -> Iterator[Finding]:
    free = shutil.disk_usage(app.config.root).free
    yield Finding("ok" if free >= ENOUGH_DISK else "bad", "disk", f"{free // 2**20:,} MB free")


def _database(app: App) -> Iterator[Finding]:
    with app.store.begin():
        yield Finding("ok", "database", "answers and can be written")


def _mail(app: App) -> Iterator[Finding]:
    smtp = app.config.delivery.smtp
    if smtp is None:
        yield Finding("warn", "smtp", "not configured: mail goes into files")
    else:
        yield live.check_smtp(server_from(app.config, smtp))


def _dns(app: App) -> Iterator[Finding]:
    letter = app.config.newsletter
    sender = parseaddr(letter.from_)[1].rpartition("@")[2]
    returns = (letter.bounce_address or letter.from_).rpartition("@")[2].strip(">")
    signers = zip(app.config.delivery.dkim, signers_from(app.config), strict=True)
    keys = [(key.domain, key.selector, signer.public_key) for key, signer in signers]
    yield from live.check_dns(sender, returns, keys, live.resolve)


def _pages(app: App) -> Iterator[Finding]:
    """One-click leaving must answer from outside: GET the health page and a link that is not one of ours."""
    import asyncio

    from jobdigest.app.collecting import PAGES, client_of
    from jobdigest.errors import FetchError

    base = app.config.newsletter.base_url

    async def ask() -> str | None:
        async with client_of(app) as client:
            http = client.session(PAGES, kind="pages")
            try:
                await http.get(f"{base}/healthz")
                await http.get(f"{base}/unsubscribe/not-a-token")
            except FetchError as error:
                return None if error.status == 404 else error.reason
        return None

    reason = asyncio.run(ask())
    text = f"{base}: {reason or 'answers'}"
    yield Finding("bad" if reason else "ok", "pages", text)
