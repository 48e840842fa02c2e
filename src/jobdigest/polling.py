"""What is remembered about a source between polls: values that collecting writes and the store keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Validator(NamedTuple):
    """What an answer said about its version: `etag` (or `body:` and a hash of ours, where the server gives none)."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source has fared; the row that `digest sources list` shows.

    `postings` were in the last answer that was believed, `new` in the last poll; `failures` and `unchanged` count polls
    in a row. `last_success` is the last poll without an error and without an alarm.
    """

    name: str
    kind: str
    first_success: datetime | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    next_poll: datetime | None = None
    failures: int = 0
    error: str | None = None
    alarm: str | None = None
    truncated: str | None = None
    postings: int = 0
    new: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One line of a source's log."""

    source: str
    at: datetime
    state: str
    seen: int
    new: int
    problems: int
    error: str | None
