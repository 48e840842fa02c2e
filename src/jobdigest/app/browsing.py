"""What the pages show of jobs: lists, one job with its history, an employer's open roles, a reader's choices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from jobdigest.curate.place import place_name
from jobdigest.model import Job, JobHistory, Preferences, SubscriberState
from jobdigest.store import jobs, news
from jobdigest.store import subscribers as store_subscribers
from jobdigest.subscribers import lifecycle, preferences
from jobdigest.subscribers.tokens import PREFERENCES

if TYPE_CHECKING:
    from jobdigest.app import App

A_PAGE = 50
PAUSE = timedelta(weeks=4)


class JobPage(NamedTuple):
    """One job as its page tells it."""

    job: Job
    open: bool
    places: tuple[str, ...]
    history: JobHistory | None


def open_jobs(app: App, *, role: str | None = None, company: str | None = None, after: int = 0) -> list[JobPage]:
    """A page of open jobs, newest first, of one role type or one employer if named; `after` skips as many."""
    with app.store.read() as connection:
        found = jobs.page_of_open(connection, app.job_url, role=role, company=company, skip=after, most=A_PAGE)
    return [JobPage(job, True, places_of(job), None) for job in found]


def one_job(app: App, job_id: str) -> JobPage | None:
    """A job under its id or the one it was merged into, open or not; None where there never was one."""
    with app.store.read() as connection:
        root = jobs.find_root(connection, job_id)
        found = jobs.of_ids(connection, [root], app.job_url) if root else []
        if not found:
            return None
        is_open = bool(jobs.still_open(connection, [found[0].id]))
        history = news.histories(connection, [found[0].id], datetime.now(UTC).date())
    return JobPage(found[0], is_open, places_of(found[0]), history.get(found[0].id))


def places_of(job: Job) -> tuple[str, ...]:
    """A job's places in words."""
    return tuple(place_name(place) for place in job.places)


class Choosing(NamedTuple):
    """A reader at their preference page."""

    state: SubscriberState
    fields: Mapping[str, str]


def choices_of(app: App, token: str) -> Choosing | None:
    """What the reader behind a mail's link has chosen; None where we never signed the link."""
    claim = app.keys.verify(token, PREFERENCES)
    if claim is None:
        return None
    with app.store.read() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
    if row is None or row.email is None:
        return None
    chosen = preferences.from_json(row.preferences)
    return Choosing(SubscriberState(row.state), preferences.write_preferences(chosen))


def choose(app: App, token: str, wanted: Preferences) -> bool:
    """Keep what a reader chose; False where the link is not one of ours."""
    return _change(app, token, None, {"preferences": preferences.to_json(wanted)})


def pause(app: App, token: str) -> bool:
    """No mail for four weeks."""
    return _change(app, token, "snooze", {"snoozed_until": (datetime.now(UTC) + PAUSE).date()})


def found_a_job(app: App, token: str) -> bool:
    """The happiest way to leave."""
    return _change(app, token, "leave", {"state_reason": "found a job"})


def _change(app: App, token: str, verb: str | None, values: dict[str, object]) -> bool:
    claim = app.keys.verify(token, PREFERENCES)
    if claim is None:
        return False
    with app.store.begin() as connection:
        row = store_subscribers.get(connection, claim.subscriber_id)
        if row is None or row.email is None:
            return False
        if verb:
            values = {**values, "state": lifecycle.move(SubscriberState(row.state), verb)}
        store_subscribers.change(connection, row.id, **values)
    return True
