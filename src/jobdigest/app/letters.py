"""Single mails to readers: the letter behind a name, in their language, and whether the link in it still works.

Pages answer first and write then (`Writing`): how long an answer takes must not tell whether a letter was written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from jobdigest.app.sending import send_single
from jobdigest.compose.letters import Name, letter
from jobdigest.compose.templates import Templates
from jobdigest.compose.words import Words
from jobdigest.deliver.message import Letter, build_letter
from jobdigest.deliver.setup import sender_from, signers_from
from jobdigest.errors import DigestError
from jobdigest.model import Message
from jobdigest.slots import slots_from

if TYPE_CHECKING:
    from jobdigest.app import App

_MINUTE = timedelta(minutes=1)
Writing = Callable[[], object]
"""A letter to be written once whoever asked has been answered."""
EMPTY: Mapping[str, Any] = MappingProxyType({})
log = logging.getLogger("jobdigest")


def no_letter() -> None:
    """Where nobody is to be written to."""


def post(
    app: App, name: Name, email: str, language: str | None, path: str, now: datetime, wants: Mapping[str, Any] = EMPTY
) -> bool:
    """Send one letter whose button leads to `path`; False, and a line in the log, where it cannot leave."""
    try:
        send_single(app, _written(app, name, email, language, path, now, wants))
    except DigestError as error:
        log.error("a letter (%s) did not leave: %s", name, type(error).__name__)
        return False
    return True


def _written(
    app: App, name: Name, email: str, language: str | None, path: str, now: datetime, wants: Mapping[str, Any]
) -> Message:
    templates, news = Templates.of(app.config), app.config.newsletter
    words = templates.catalogues.words(templates.catalogues.pick(language, news.language))
    parts = letter(
        templates,
        words.language,
        name,
        f"{news.base_url}/{path}",
        news,
        day=weekday(app, words, now),
        what=in_words(app, words, wants),
    )
    basis = f"{name}-{int(now.timestamp())}"
    envelope = Letter(basis=basis, email=email, name=None, language=words.language, at=now)
    return build_letter(parts, envelope, sender_from(app.config, app.keys), signers_from(app.config))


def weekday(app: App, words: Words, now: datetime) -> str:
    """The day of the week on which the next edition comes, by name."""
    return str(format_date(next(slots_from(app.config.schedule, now)).local, "EEEE", locale=words.locale))


def in_words(app: App, words: Words, wants: Mapping[str, Any]) -> str:
    """`Machine learning engineering, London, remote only`."""
    names = {role.id: role.name for role in app.roles.groups}
    said = [names.get(role, role) for role in wants.get("role_types", ())]
    said += list(wants.get("locations", ()))
    said += [words("because_remote")] if wants.get("remote_only") else []
    return ", ".join(said) or words("letter_anything")


def stamp(now: datetime) -> int:
    """The epoch minute that goes into a link whose time is limited."""
    return int(now.timestamp()) // 60


def fresh(app: App, token: str, purpose: bytes, valid: timedelta, now: datetime) -> int | None:
    """The subscriber of a link that was signed within `valid`, else None."""
    claim = app.keys.verify(token, purpose)
    if claim is None:
        return None
    age = now - datetime.fromtimestamp(claim.stamp * 60, UTC)
    return claim.subscriber_id if -_MINUTE <= age <= valid + _MINUTE else None
