"""Look at the pages of open postings before an edition, and remember what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobdigest.app.collecting import PAGES, client_of
from jobdigest.collect.sources.base import Http
from jobdigest.curate.liveness import Look, read_page
from jobdigest.curate.place import place_keys
from jobdigest.curate.state import state
from jobdigest.errors import FetchError
from jobdigest.store import jobs, looks

if TYPE_CHECKING:
    from jobdigest.app import App

AT_ONCE = 50
GONE = (404, 410)


def check_pages(app: App, now: datetime) -> list[dict[str, Any]]:
    """Look at every open posting's page; a row for each with its liveness and the evidence."""
    with app.store.read() as connection:
        waiting = looks.to_look_at(connection)
    seen = asyncio.run(_look_at(app, waiting, now))
    with app.store.begin() as connection:
        touched = looks.record(connection, seen, now)
        jobs.refresh(connection, touched, now, place_keys)
    with app.store.read() as connection:
        rows = looks.read(connection, [posting.id for posting in waiting])
    return [_row(row, now) for row in rows]


async def _look_at(app: App, waiting: Sequence[looks.ToLookAt], now: datetime) -> list[tuple[int, Look]]:
    queue = list(reversed(waiting))
    seen: list[tuple[int, Look]] = []
    async with client_of(app) as client:
        http = client.session(PAGES, kind="pages")

        async def work() -> None:
            while queue:
                posting = queue.pop()
                seen.append((posting.id, await _look(http, posting.url, now)))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(waiting))):
                group.create_task(work())
    return seen


async def _look(http: Http, url: str, now: datetime) -> Look:
    """One page; what could not be read is unknown, save where the server says that it is gone."""
    try:
        answer = await http.get(url, robots=True)
    except FetchError as error:
        if error.status in GONE:
            return Look("expired", f"the page answers {error.status}")
        return Look("unknown", error.reason)
    return await asyncio.to_thread(read_page, answer.text(), answer.status, url, answer.url, now)


def _row(row: Any, now: datetime) -> dict[str, Any]:
    seen = state(jobs.sightings(row), now)
    liveness = seen.liveness if seen.liveness != "live" or row.look == "live" else "unknown"
    evidence = seen.evidence if row.look != "unknown" else row.look_evidence
    return {
        "source": row.source,
        "source_id": row.source_id,
        "url": row.url,
        "liveness": liveness,
        "evidence": evidence,
    }
