"""Fetching a row's own page or record where a list lacks what we need, with a memory that resumes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jobdigest.collect.sources.base import Context
from jobdigest.errors import BlockedError, SourceError

_PATIENCE = 5


async def with_details(
    context: Context,
    rows: Sequence[tuple[str, str]],
    load: Callable[[str], Awaitable[Any]],
) -> tuple[dict[str, Any], str | None]:
    """The details of rows, given as (id, stamp), by id; and a note where some could not be had.

    A detail fetched before is not fetched again until its stamp changes. A row without its detail is still a posting:
    it keeps what the list says, and the next poll asks again. After five failures, or a refusal, we stop asking.
    """
    wanted = dict(rows)
    found: dict[str, Any] = {}
    failures: list[SourceError] = []

    async def one(source_id: str, stamp: str) -> None:
        known = context.details.get(source_id, stamp)
        if known is not None:
            found[source_id] = known
        elif len(failures) < _PATIENCE and not any(isinstance(error, BlockedError) for error in failures):
            try:
                found[source_id] = await load(source_id)
            except SourceError as error:
                failures.append(error)
            else:
                context.details.put(source_id, stamp, found[source_id])

    await asyncio.gather(*(one(source_id, stamp) for source_id, stamp in wanted.items()))
    missing = len(wanted) - len(found)
    return found, f"{missing} of {len(wanted)} detail pages not read ({failures[0].reason})" if missing else None
