"""Fetching a row's own page or record where a list lacks what we need, with a memory that resumes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from jobdigest.collect.sources.base import Context
from jobdigest.errors import BlockedError, SourceError

_PATIENCE = 5


class Details:
    """The details of one poll; after five failures in all, or one refusal, nothing more is asked for."""

    def __init__(self, context: Context) -> None:
        self._memory = context.details
        self._failures: list[SourceError] = []
        self._missing = self._wanted = 0

    async def read(self, rows: Iterable[tuple[str, str]], load: Callable[[str], Awaitable[Any]]) -> dict[str, Any]:
        """Details by id, for rows given as (id, stamp); what was read before is not read again until its stamp changes.

        A row without its detail is still a posting: it keeps what the list says, and the next poll asks again.
        """
        wanted = dict(rows)
        found: dict[str, Any] = {}

        async def one(source_id: str, stamp: str) -> None:
            detail = self._memory.get(source_id, stamp)
            if detail is None and not self._given_up():
                detail = await self._loaded(source_id, stamp, load)
            if detail is not None:
                found[source_id] = detail

        await asyncio.gather(*(one(source_id, stamp) for source_id, stamp in wanted.items()))
        self._wanted += len(wanted)
        self._missing += len(wanted) - len(found)
        return found

    @property
    def note(self) -> str | None:
        """What is to be said about details that could not be had."""
        if not self._missing:
            return None
        why = f" ({self._failures[0].reason})" if self._failures else ""
        return f"{self._missing} of {self._wanted} detail pages not read{why}"

    def _given_up(self) -> bool:
        return len(self._failures) >= _PATIENCE or any(isinstance(error, BlockedError) for error in self._failures)

    async def _loaded(self, source_id: str, stamp: str, load: Callable[[str], Awaitable[Any]]) -> Any:
        try:
            detail = await load(source_id)
        except SourceError as error:
            self._failures.append(error)
            return None
        self._memory.put(source_id, stamp, detail)
        return detail
