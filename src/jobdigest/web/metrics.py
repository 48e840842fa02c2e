"""`/metrics`: the few numbers that matter, for Prometheus; docs/monitoring.md explains each. They name nobody.

All of it is read from the store, so every process that serves pages answers the same, and nothing is counted twice.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app.standing import Standing, concerns, standing
from jobdigest.slots import slots_from
from jobdigest.store import jobs, overview
from jobdigest.store import subscribers as store_subscribers
from jobdigest.web.page import app_of, not_found

if TYPE_CHECKING:
    from jobdigest.app import App

KINDS = ("late", "stopped", "in-doubt", "coverage", "backup")
EDITION_STATES = ("frozen", "sending", "paused", "stopped", "cancelled", "sent")
DELIVERY_STATES = ("pending", "sending", "accepted", "failed", "in_doubt", "skipped")
BOUNCES = ("hard", "soft", "complaint", "unsubscribe")
READ_SECONDS = 10.0  # however many ask, the store is read this seldom
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")

Sample = tuple[Mapping[str, str], float]


class Scrape:
    """The text of the last reading, and its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until, self._text = 0.0, b""

    def text(self, app: App) -> bytes:
        """What `/metrics` says now."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._text = render(app, datetime.now(UTC))
                self._until = time.monotonic() + READ_SECONDS
            return self._text


def metrics(request: Request) -> Response:
    """The metrics, for whom `web.metrics` lets see them; for others there is no such page."""
    if not _may_read(request):
        return not_found(request)
    from prometheus_client import CONTENT_TYPE_LATEST

    scrape: Scrape = request.app.state.scrape
    return Response(scrape.text(app_of(request)), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(request: Request) -> bool:
    web = app_of(request).config.web
    if web.metrics == "token" and web.metrics_token:
        said = request.headers.get("authorization", "")
        return hmac.compare_digest(said.encode(), f"Bearer {web.metrics_token.get_secret_value()}".encode())
    return web.metrics == "public" or (web.metrics == "loopback" and _is_here(request))


def _is_here(request: Request) -> bool:
    """Whether the asker sits on this machine and is no proxy that asks for somebody else."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    if request.headers.get("host", "").rpartition(":")[0] not in _LOCAL:
        return False
    return request.client is not None and ip_address(request.client.host).is_loopback


def render(app: App, now: datetime) -> bytes:
    """All metrics in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import GaugeMetricFamily

    class Families:
        def collect(self) -> Iterator[Any]:
            for name, help_, samples in figures(app, now):
                labels = tuple(samples[0][0]) if samples else ()
                family = GaugeMetricFamily(f"digest_{name}", help_, labels=labels)
                for values, number in samples:
                    family.add_metric(tuple(values.values()), number)
                yield family

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Families())
    return bytes(generate_latest(registry))


def figures(app: App, now: datetime) -> Iterator[tuple[str, str, list[Sample]]]:
    """Name, meaning and samples of every metric."""
    found = standing(app, now)
    yield from _of_sources(found)
    yield from _of_jobs(app)
    yield from _of_editions(app, found)
    yield from _of_upkeep(found)
    wrong = {concern.kind for concern in concerns(found)}
    yield "concern", "1 where something needs a human, by kind", _by("kind", {kind: kind in wrong for kind in KINDS})


def _of_sources(found: Standing) -> Iterator[tuple[str, str, list[Sample]]]:
    yield "sources", "Sources that are enabled", _one(found.sources)
    yield "sources_failing", "Sources whose last poll failed", _one(len(found.failing))
    yield "sources_doubted", "Sources whose last answer had far fewer postings than before", _one(len(found.alarms))
    yield "sources_lasting", "Sources failing for a day, or doubted", _one(len(found.lasting))
    truncated = sum(bool(health.truncated) for health in found.health.values())
    yield "sources_truncated", "Sources that keep back a part of their list", _one(truncated)
    listed = sum(health.postings for health in found.health.values())
    yield "listed_postings", "Postings in the last believed answers of all sources", _one(listed)
    last = max((health.last_success for health in found.health.values() if health.last_success), default=None)
    yield "last_success_timestamp_seconds", "When any source last answered well", _at(last)


def _of_jobs(app: App) -> Iterator[tuple[str, str, list[Sample]]]:
    with app.store.read() as connection:
        totals = overview.totals(connection)
        open_jobs = jobs.count_open(connection)
        readers = store_subscribers.count_by_state(connection)
        reported = overview.reported(connection)
    yield "postings", "Postings stored", _one(totals.stored)
    yield "postings_in_scope", "Postings stored that are AI jobs", _one(totals.in_scope)
    yield "jobs_open", "Jobs a reader could be shown", _one(open_jobs)
    yield "suspects", "Postings held as suspect, to be judged", _one(totals.suspects)
    yield "jobs_reported", "Jobs that readers have reported", _one(reported)
    if readers:
        yield "readers", "Readers by state", _by("state", readers)


def _of_editions(app: App, found: Standing) -> Iterator[tuple[str, str, list[Sample]]]:
    following = next(slots_from(app.config.schedule, found.now))
    yield "next_edition_timestamp_seconds", "The slot of the next edition", _at(following.at)
    with app.store.read() as connection:
        came_back = overview.bounces_since(connection, found.now - timedelta(weeks=1))
    yield "bounces_week", "Reports of the last seven days, by kind", _by("kind", dict.fromkeys(BOUNCES, 0) | came_back)
    yield "deliveries_in_doubt", "Deliveries in doubt, of all editions", _one(sum(found.in_doubt.values()))
    edition = found.edition
    if edition:
        yield "last_edition_timestamp_seconds", "When the newest edition was frozen", _at(edition.frozen_at)
        states = {state: state == edition.state for state in EDITION_STATES}
        yield "edition_state", "1 for the state of the newest edition", _by("state", states)
        counts = dict.fromkeys(DELIVERY_STATES, 0) | dict(found.deliveries)
        yield "edition_deliveries", "Deliveries of the newest edition by state", _by("state", counts)


def _of_upkeep(found: Standing) -> Iterator[tuple[str, str, list[Sample]]]:
    if found.last_tick:
        yield "last_tick_timestamp_seconds", "The last sign of life of `digest run`", _at(found.last_tick)
    if found.backs_up:
        yield "last_backup_timestamp_seconds", "The last backup, 0 for never", _at(found.last_backup)
        yield "backup_failed", "1 where the last backup failed", _one(bool(found.backup_failed))
    yield "held", "1 while editions are held after a restore or a move", _one(found.held)


def _one(number: float) -> list[Sample]:
    return [({}, number)]


def _at(moment: datetime | None) -> list[Sample]:
    return _one(moment.timestamp() if moment else 0)


def _by(label: str, numbers: Mapping[str, float]) -> list[Sample]:
    return [({label: name}, number) for name, number in sorted(numbers.items())]


ROUTES = [Route("/metrics", metrics, methods=["GET"])]
