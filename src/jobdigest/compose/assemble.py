"""One reader's mail from a compiled edition: pure, and cheap enough to do again at every attempt.

Everything a mail says comes from the edition, the delivery's row and the keys, so it is never stored.
"""

from __future__ import annotations

import quopri
from collections.abc import Collection
from functools import lru_cache

from jobdigest.compose.bits import positions
from jobdigest.compose.compiled import SOFT_BREAK, CompiledEdition, encode
from jobdigest.compose.press import Press
from jobdigest.model import Delivery, Parts
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE, Keys

PAUSE, FOUND = encode("?pause=4"), encode("?found=1")


def assemble(
    compiled: CompiledEdition, delivery: Delivery, keys: Keys, base_url: str, leave_by_mail: str | None = None
) -> Parts:
    """The subject and both bodies for one delivery; the same arguments give the same bytes.

    `leave_by_mail` is the address that takes goodbyes where no page serves `base_url` (RFC 6068 mailto).
    """
    press = press_for(compiled, delivery.language)
    tag = bytes.fromhex(delivery.key_id)
    leave = keys.sign(UNSUBSCRIBE, delivery.subscriber_id, key_tag=tag).encode() + SOFT_BREAK
    change = keys.sign(PREFERENCES, delivery.subscriber_id, key_tag=tag).encode() + SOFT_BREAK
    page = _address(f"{base_url}/preferences/") + change
    leave_at = f"mailto:{leave_by_mail}?subject=unsubscribe%20" if leave_by_mail else f"{base_url}/unsubscribe/"
    links = {
        "unsubscribe": _address(leave_at) + leave,
        "change": page,
        "pause": page + PAUSE,
        "found": page + FOUND,
    }
    return press.parts(positions(delivery.shown), delivery.extra, links)


@lru_cache(maxsize=16)
def _address(start: str) -> bytes:
    return encode(start)


def public_page(
    compiled: CompiledEdition, language: str, *, closed: Collection[str] = (), correction: str | None = None
) -> str:
    """The edition as everybody may see it: every job it announced, no reader's links, as a whole HTML page.

    Jobs whose id is in `closed` are marked so; `correction` is plain text printed on top.
    """
    press = press_for(compiled, language)
    return press.public(_announced(compiled), frozenset(closed), correction)


def feed_entry(compiled: CompiledEdition, language: str) -> str:
    """The edition's jobs as HTML for a feed: what the public page lists, without its head and foot."""
    press = press_for(compiled, language)
    rows = b"".join(pair[0] for pair in press.public_body(_announced(compiled), frozenset()))
    return f'<table role="presentation">{quopri.decodestring(rows).decode()}</table>'


def _announced(compiled: CompiledEdition) -> list[int]:
    return [at for at, item in enumerate(compiled.items) if item.announced_in in (None, compiled.key)]


def press_for(compiled: CompiledEdition, language: str) -> Press:
    """The press of one language, made once per compiled edition."""
    fragments = compiled.fragments(language)
    language = fragments.words.language
    if language not in compiled.memo:
        compiled.memo[language] = Press(compiled, fragments)
    press: Press = compiled.memo[language]
    return press
