"""Look at the pages of open postings before an edition, and remember what was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, Any

from jobdigest.app.collecting import PAGES, client_of
from jobdigest.app.stopping import until_stopped
from jobdigest.collect.sources.base import Http
from jobdigest.curate.liveness import Look, read_page
from jobdigest.curate.place import place_keys
from jobdigest.curate.state import state
from jobdigest.errors import FetchError
from jobdigest.store import jobs, looks, postings

if TYPE_CHECKING:
    from jobdigest.app import App

AT_ONCE = 50
RECORDED_TOGETHER = 200  # looks; a check that is interrupted keeps what it saw
GONE = (404, 410)


def check_pages(
    app: App,
    now: datetime,
    *,
    since: datetime | None = None,
    stop: Event | None = None,
    progress: Callable[[], None] = lambda: None,
    mine: Callable[[str], bool] = lambda host: True,
) -> list[dict[str, Any]]:
    """Look at every open posting's page; a row for each looked at, with its liveness and the evidence.

    `since` leaves out what was looked at after it, so that a check that was interrupted goes on where it ended; `stop`
    interrupts it. `progress` is called now and then, from any thread. `mine` says which hosts are ours to ask.
    """
    with app.store.read() as connection:
        every = looks.to_look_at(connection, since)
        waiting = [posting for posting in every if mine(posting.url.partition("://")[2].partition("/")[0])]
    done: list[int] = []

    def keep(seen: Sequence[tuple[int, Look]]) -> None:
        with app.store.begin() as connection:
            postings.lock_curation(connection)
            touched = looks.record(connection, seen, now)
            jobs.refresh(connection, touched, now, place_keys)
        done.extend(id_ for id_, _ in seen)
        progress()

    seen: list[tuple[int, Look]] = []
    asyncio.run(until_stopped(_look_at(app, waiting, now, seen, keep), stop))
    keep(seen)
    with app.store.read() as connection:
        return [_row(row, now) for row in looks.read(connection, sorted(done))]


async def _look_at(
    app: App,
    waiting: Sequence[looks.ToLookAt],
    now: datetime,
    seen: list[tuple[int, Look]],
    keep: Callable[[Sequence[tuple[int, Look]]], None],
) -> None:
    """Fill `seen`, and hand over what is in it whenever that is enough for a transaction."""
    queue = list(reversed(waiting))
    async with client_of(app) as client:
        http = client.session(PAGES, kind="pages")

        async def work() -> None:
            while queue:
                posting = queue.pop()
                seen.append((posting.id, await _look(http, posting.url, now)))
                if len(seen) >= RECORDED_TOGETHER:
                    batch = seen[:]
                    seen.clear()
                    await asyncio.to_thread(keep, batch)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(waiting))):
                group.create_task(work())


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
