"""Let long work over the network end within a moment of being asked to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Event
from typing import Any, TypeVar

T = TypeVar("T")
LOOKED_AT_EVERY = 0.2  # seconds


async def until_stopped(work: Coroutine[Any, Any, T], stop: Event | None) -> T | None:
    """The result of `work`; None where `stop` was set meanwhile and the work was cancelled."""
    if stop is None:
        return await work
    task = asyncio.create_task(work)
    while not task.done() and not stop.is_set():
        await asyncio.wait({task}, timeout=LOOKED_AT_EVERY)
    if not task.done():
        task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        if stop.is_set():
            return None
        raise
