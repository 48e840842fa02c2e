"""Everything that can go wrong, as one tree.

DigestError                     shown to the operator as text, never as a traceback; exit 1
├── UsageError                  the command was used wrongly; exit 2
│   └── ConfigError             config.yaml, templates or secrets are wrong; lists every mistake; exit 2
├── SourceError                 one source failed; the others go on and nothing is closed
│   ├── FetchError              no usable answer came (status, time-out, TLS, DNS, size, redirect)
│   │   └── BlockedError        the site refused us or showed a challenge page
│   └── ParseError              an answer came, and it isn't what the source's format says
├── TemplateError               a template cannot be rendered; names file and line
├── DeliveryError               the edition cannot be sent as it stands
│   └── EditionStoppedError          a stop rule fired or the operator paused; names the evidence
└── StoreError                  the database is missing, locked, full or newer than this program
"""

from __future__ import annotations

from collections.abc import Sequence


class DigestError(Exception):
    """A failure that an operator can act on: `str(error)` says what, where, why and what to do."""

    exit_code = 1


class UsageError(DigestError):
    """The command line asks for something that makes no sense."""

    exit_code = 2


class ConfigError(UsageError):
    """One or more mistakes in what the operator wrote; `problems` holds a line for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class SourceError(DigestError):
    """A source gave no complete answer; `reason` is one line without the source's name."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return self.reason


class FetchError(SourceError):
    """No usable answer: `status` is the HTTP status if there was one, `retry_after` the seconds asked for."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


class BlockedError(FetchError):
    """The site refuses us: 401/403, a challenge page, robots.txt."""


class ParseError(SourceError):
    """The body isn't in the source's format; `reason` says where it stops making sense."""


class TemplateError(DigestError):
    """A template is broken; the message names its file and line."""


class DeliveryError(DigestError):
    """The edition cannot be sent as it stands."""


class EditionStoppedError(DeliveryError):
    """Sending stopped itself or was paused; the message gives the evidence and the command to go on."""


class StoreError(DigestError):
    """The database is missing, locked, full, or written by a newer version."""
