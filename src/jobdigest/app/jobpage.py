"""One job with all that is known of it: whether it is open, the postings behind it, its past, others like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from jobdigest.app.board import Board
from jobdigest.app.lines import Line
from jobdigest.compose.render import clean, safe_url
from jobdigest.compose.words import Words
from jobdigest.curate.place import place_keys
from jobdigest.curate.state import state
from jobdigest.model import Job, JobHistory
from jobdigest.store import jobs, news, search

if TYPE_CHECKING:
    from jobdigest.store import Row

SIMILAR = 6
LONG_DAYS = 14  # before that, the age says it already
OWN_KINDS = ("jsonl", "json", "csv")  # the operator's own files
Standing = Literal["open", "closed", "withheld"]


class Seen(NamedTuple):
    """One posting behind a job: on which site, since when, and what is known of its being open."""

    source: str
    url: str | None
    since: str
    evidence: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """A job as its page tells it. `ours` says that search engines may be given its facts in their own format."""

    job: Job
    line: Line
    standing: Standing
    closed_on: str
    apply: str | None
    seen: tuple[Seen, ...]
    past: tuple[str, ...]
    similar: tuple[Line, ...]
    others: int
    ours: bool


def job_page(board: Board, job_id: str) -> JobPage | None:
    """A job under its id or the one it was merged into, open or not; None where there never was one."""
    app, now = board.app, datetime.now(UTC)
    with app.store.read() as connection:
        root = jobs.find_root(connection, job_id)
        found = jobs.of_ids(connection, [root], app.job_url) if root else []
        if not found:
            return None
        (job,) = found
        rows = jobs.postings_of(connection, job.id)
        standing = _standing(job, rows, open_now=job.id in jobs.still_open(connection, [job.id]))
        history = news.histories(connection, [job.id], now.date()).get(job.id)
    own = {source.name for source in app.config.sources if source.kind in OWN_KINDS}
    closed = max((row.closed_at for row in rows if row.closed_at), default=None) if standing == "closed" else None
    url = safe_url(job.url)
    company = board.matching.find([(search.fact("e", job.company_key),)]) if job.company_key else None
    others = company.total - (standing == "open") if company else 0
    place = board.words.place(job.places[0]) if job.places else ""
    return JobPage(
        job=job,
        line=board.making.of(job, now.date()),
        standing=standing,
        closed_on=board.words.day(closed.date(), "day_year") if closed else "",
        apply=url if url and standing == "open" and url != app.job_url(job.id) else None,
        seen=tuple(_seen(row, board.words, now) for row in rows if row.safety == "ok" and row.in_scope),
        past=tuple(_past(job, history, standing, closed.date() if closed else now.date(), board.words)),
        similar=() if standing == "withheld" else _similar(board, job, place),
        others=max(others, 0),
        ours=standing == "open" and not job.attribution and (job.direct or any(row.source in own for row in rows)),
    )


def _standing(job: Job, rows: Sequence[Row[Any]], *, open_now: bool) -> Standing:
    """Withheld is what the operator hid and what nobody should apply to: suspects, and what is no AI job after all."""
    if job.hidden or not any(row.in_scope and row.safety == "ok" for row in rows):
        return "withheld"
    return "open" if open_now else "closed"


def _seen(row: Row[Any], words: Words, now: datetime) -> Seen:
    found = state(jobs.sightings(row), now)
    day = row.date_posted or row.first_seen.date()
    since = f"{'posted' if row.date_posted else 'first seen'} {words.day(day, year=now.year)}"
    url = safe_url(row.url or "")
    where = urlsplit(url).hostname if url else None  # to a reader it says more than what the operator calls the source
    return Seen((where or row.source).removeprefix("www."), url, since, clean(found.evidence), found.showable)


def _past(job: Job, history: JobHistory | None, standing: Standing, until: date, words: Words) -> Iterator[str]:
    """What our own records say, in sentences without judgement."""
    if history is None:
        return
    days = max((until - history.since).days, 0)
    if history.times_posted > 1:
        yield words.ordinal(history.times_posted, "history", month=words.day(history.since, "month_year"))
    if days >= LONG_DAYS or (standing == "closed" and days):
        yield f"{'open' if standing == 'open' else 'was open'} {days} days"
    if history.employer_median_days is not None:
        yield f"jobs at {clean(job.company)} are usually open {history.employer_median_days} days"


def _similar(board: Board, job: Job, place: str) -> tuple[Line, ...]:
    """Open jobs of the same role type, the nearest in place and level first."""
    role = (search.fact("r", job.role_type),) if job.role_type else ()
    level = (search.fact("l", job.seniority),) if job.seniority else ()
    keys = {key for place in job.places for key in place_keys(place)}
    near = tuple(search.fact("k", key) for key in sorted(keys) if "/" in key)
    country = tuple(search.fact("k", key) for key in sorted(keys) if len(key) == 3 and key.startswith("="))
    where = near or country or (("w_remote",) if job.workplace == "remote" else ())
    ranks: dict[int, None] = {}
    for wanted in ((role, where, level), (role, where), (role, country or where), (role,)):
        groups = [group for group in wanted if group]
        if groups and len(ranks) <= SIMILAR:
            ranks |= dict.fromkeys(board.matching.find(groups).below(search.FIRST, SIMILAR + 1))
    return board.lines([rank for rank in ranks if search.id_of(rank) != job.id][:SIMILAR], place)
