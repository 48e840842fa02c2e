"""`digest check`: everything that can be wrong before anything is sent."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

from jobdigest.app.collecting import PAGES, client_of
from jobdigest.collect.sources.base import Response
from jobdigest.compose import edition
from jobdigest.compose.theme import palette
from jobdigest.deliver import live
from jobdigest.deliver.live import Finding
from jobdigest.deliver.setup import server_from, signers_from
from jobdigest.errors import ConfigError, DigestError, FetchError
from jobdigest.subscribers.tokens import UNSUBSCRIBE

if TYPE_CHECKING:
    from jobdigest.app import App

ENOUGH_DISK = 500 * 2**20
MOST_APART = 30  # seconds
NOBODY = 0  # no reader has this number


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
    yield from live.check_dns(sender, returns, keys, live.resolver(app.config.network.nameservers))


def _pages(app: App) -> Iterator[Finding]:
    """One-click leaving must work from outside: a POST as mail programs send it, for a reader whom nobody is."""
    letter = app.config.newsletter
    if letter.pages != "served":
        yield Finding("warn", "one-click", "no page is served that could take it; readers leave by mail")
        return
    url = f"{letter.base_url}/unsubscribe/{app.keys.sign(UNSUBSCRIBE, NOBODY)}"
    try:
        asked, answer = datetime.now(UTC), asyncio.run(_one_click(app, url))
    except FetchError as error:
        why = "our links are not known there; is it served with another secret_key?" if error.status == 404 else error
        yield Finding("bad", "one-click", f"{letter.base_url}: {why}")
        return
    yield Finding("ok", "one-click", f"{letter.base_url}: takes a one-click POST (RFC 8058)")
    yield _clock(answer.headers.get("date"), asked)


async def _one_click(app: App, url: str) -> Response:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    async with client_of(app) as client:
        return await client.session(PAGES, kind="pages").post(url, b"List-Unsubscribe=One-Click", headers=form)


def _clock(date: str | None, now: datetime) -> Finding:
    """Ours against the one of whoever serves the pages; slots and signatures go by it."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return Finding("warn", "clock", "the pages' server tells no time to compare with")
    apart = abs((there - now).total_seconds())
    return Finding("ok" if apart <= MOST_APART else "bad", "clock", f"{apart:.0f} s apart from the pages' server")
