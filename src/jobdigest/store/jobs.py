"""Jobs as the store keeps them: merged rows kept in step with their postings, and the readings of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Insert, Row, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobdigest.curate.merge import Member, Merged, merge
from jobdigest.curate.state import Sightings, State, state
from jobdigest.model import Job, PostingRef, Salary
from jobdigest.store import search
from jobdigest.store.bulk import among, write
from jobdigest.store.postings import COLUMNS_OF_A_POSTING, read_places, read_salary
from jobdigest.store.schema import jobs, postings, rulings

_NOT_MERGED = {"source", "source_id", "role_evidence", "safety_reasons", "old_news"}
_MERGED = tuple(column for column in COLUMNS_OF_A_POSTING if column.name not in _NOT_MERGED)
PlaceKeys = Callable[[Any], frozenset[str]]
YEARLY = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}


def sightings(row: Row[Any]) -> Sightings:
    """What a posting's row says of its being open."""
    return Sightings(
        direct=row.direct,
        last_seen=row.last_seen,
        stated_closed=row.stated_closed,
        valid_through=row.valid_through,
        missing_since=row.missing_since,
        closed_at=row.closed_at,
        look=row.look,
        look_evidence=row.look_evidence,
        looked_at=row.looked_at,
        negative_since=row.negative_since,
    )


def member(row: Row[Any], seen: State) -> Member:
    """A posting's row as merging sees it."""
    return Member(
        id=row.id,
        title=row.title,
        company=row.company,
        company_key=row.company_key,
        url=row.url,
        good=row.in_scope and row.safety == "ok" and seen.showable,
        in_scope=row.in_scope,
        role_type=row.role_type,
        seniority=row.seniority,
        degree=row.degree,
        employment_type=row.employment_type,
        salary=read_salary(row.salary),
        places=read_places(row.places),
        workplace=row.workplace,
        remote_scope=tuple(row.remote_scope) if row.remote_scope is not None else None,
        date_posted=row.date_posted,
        first_seen=row.first_seen,
        announced_in=row.announced_in,
        direct=row.direct,
        attribution=row.attribution,
        last_looked=row.looked_at if row.look == "live" else row.last_seen if row.direct else None,
        closed_at=row.closed_at,
    )


def refresh(connection: Connection, job_ids: Iterable[str], now: datetime, place_keys: PlaceKeys) -> None:
    """Merge the postings of these jobs again; a job without a posting in scope has no row."""
    rows, touched = [], list(job_ids)
    for job_id, merged in _merged(connection, touched, now):
        if merged:
            rows.append(_row(job_id, merged, now, place_keys))
        else:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(open=False))
    if touched:
        search.bump(connection)
    if rows:
        write(connection, _upsert(connection.dialect.name, tuple(rows[0])), rows)


@lru_cache
def _upsert(dialect_name: str, names: tuple[str, ...]) -> Insert:
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    upsert = dialect.insert(jobs).values({name: bindparam(name) for name in names})
    kept = ("id", "created", "hidden", "pinned")
    changed = {name: upsert.excluded[name] for name in names if name not in kept}
    made: Insert = upsert.on_conflict_do_update(index_elements=["id"], set_=changed)
    return made


def _merged(connection: Connection, job_ids: Sequence[str], now: datetime) -> Iterator[tuple[str, Merged | None]]:
    for start in range(0, len(job_ids), 1000):
        some = job_ids[start : start + 1000]
        scoped = select(postings.c.job_id).where(among(connection, postings.c.job_id, some), postings.c.in_scope)
        query = select(*_MERGED).where(postings.c.job_id.in_(scoped)).order_by(postings.c.job_id)
        found = set()
        for job_id, group in groupby(connection.execute(query).all(), key=lambda row: row.job_id):
            found.add(job_id)
            yield job_id, merge([member(row, state(sightings(row), now)) for row in group])
        without = [job_id for job_id in some if job_id not in found]
        yield from ((job_id, None) for job_id in _open_of(connection, without))


def _open_of(connection: Connection, job_ids: Sequence[str]) -> list[str]:
    """Those of some jobs that are open; looked up by their ids, since a database may think that few jobs are open."""
    rows = connection.execute(select(jobs.c.id, jobs.c.open).where(among(connection, jobs.c.id, job_ids)))
    return [row.id for row in rows if row.open]


def _row(job_id: str, merged: Merged, now: datetime, place_keys: PlaceKeys) -> dict[str, Any]:
    fields = merged.fields
    keys = {key for place in fields["places"] for key in place_keys(place)}
    return {
        **fields,
        "id": job_id,
        "redirect_to": None,
        "created": now,
        "open": merged.open,
        "yearly_pay": yearly(fields["salary"]),
        "place_keys": f" {' '.join(sorted(key.replace(' ', '_') for key in keys))} " if keys else None,
        "words": search.words_of(fields, keys),
        "rank": search.rank_of(job_id, fields["date_posted"], fields["first_seen"]),
        "hidden": False,
        "pinned": False,
    }


def yearly(salary: Salary | None) -> float | None:
    """The upper end of a year's pay in its own currency, for filters and ranking; None where unsaid."""
    amount = (salary.max or salary.min) if salary else None
    return amount * YEARLY[salary.period or "year"] if salary and amount else None


def sweep_expired(connection: Connection, now: datetime, place_keys: PlaceKeys) -> None:
    """Close the jobs whose postings' stated last day has passed since they were last merged."""
    late = connection.scalars(select(postings.c.job_id).where(postings.c.valid_through < now.date())).all()
    refresh(connection, _open_of(connection, late), now, place_keys)


def read_jobs(connection: Connection, where: Any, page_url: Callable[[str], str]) -> list[Job]:
    """The jobs that satisfy an SQL condition, oldest first, with their postings as provenance.

    `page_url` gives the address of a job's own page, its link where no posting has one.
    """
    rows = connection.execute(select(jobs).where(where, jobs.c.redirect_to.is_(None)).order_by(jobs.c.id)).all()
    refs = _provenance(connection, [row.id for row in rows])
    return [read_job(row, refs.get(row.id, ()), page_url) for row in rows]


def open_jobs(connection: Connection, page_url: Callable[[str], str]) -> list[Job]:
    """Every job a reader may be shown now."""
    return read_jobs(connection, jobs.c.open & ~jobs.c.hidden, page_url)


def count_open(connection: Connection) -> int:
    """How many jobs a reader may be shown now."""
    return connection.scalar(select(func.count()).where(jobs.c.open, ~jobs.c.hidden)) or 0


def still_open(connection: Connection, job_ids: Sequence[str]) -> set[str]:
    """Those of some jobs that are open now, under this id or the one they redirect to."""
    found: set[str] = set()
    target = jobs.alias()
    here = jobs.outerjoin(target, target.c.id == jobs.c.redirect_to)
    is_open = (jobs.c.open & ~jobs.c.hidden) | (target.c.open & ~target.c.hidden)
    for start in range(0, len(job_ids), 1000):
        query = select(jobs.c.id).select_from(here).where(jobs.c.id.in_(job_ids[start : start + 1000]), is_open)
        found.update(connection.scalars(query))
    return found


def postings_of(connection: Connection, job_id: str) -> Sequence[Row[Any]]:
    """The postings of one job, the first seen first."""
    query = select(*COLUMNS_OF_A_POSTING).where(postings.c.job_id == job_id)
    return connection.execute(query.order_by(postings.c.first_seen, postings.c.id)).all()


def name_of_employer(connection: Connection, company_key: str) -> str | None:
    """How an employer is written, by any of its jobs, open or not; None for one that never had any."""
    query = select(jobs.c.company).where(jobs.c.company_key == company_key).order_by(jobs.c.open.desc()).limit(1)
    return connection.scalar(query)


def of_ids(connection: Connection, job_ids: Sequence[str], page_url: Callable[[str], str]) -> list[Job]:
    """Jobs by id, open or not."""
    return read_jobs(connection, jobs.c.id.in_(job_ids), page_url)


def of_edition(connection: Connection, key: str, page_url: Callable[[str], str]) -> list[Job]:
    """The jobs that an edition announced."""
    announced = select(postings.c.job_id).where(postings.c.announced_in == key)
    return read_jobs(connection, jobs.c.id.in_(announced), page_url)


def leaders(connection: Connection, now: datetime) -> dict[str, int]:
    """For every open job of several postings, the posting that leads it: the others are merged into it."""
    several = select(postings.c.job_id).group_by(postings.c.job_id).having(func.count() > 1)
    ids = connection.scalars(several).all()
    return {job_id: merged.leader for job_id, merged in _merged(connection, ids, now) if merged and merged.open}


def hidden(connection: Connection) -> dict[str, str]:
    """Jobs hidden by hand, with the note."""
    rows = connection.execute(select(rulings.c.subject, rulings.c.note).where(rulings.c.verb == "hide"))
    return {subject: note or "hidden" for subject, note in rows}


def mark(connection: Connection, job_id: str, verb: str, on: bool) -> None:
    """Set or clear a job's `hidden` or `pinned`."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values({"hidden" if verb == "hide" else "pinned": on}))
    search.bump(connection)


def announce(connection: Connection, job_ids: Iterable[str], key: str) -> None:
    """Note on jobs which edition announced them last."""
    ids = sorted(job_ids)
    for start in range(0, len(ids), 1000):
        connection.execute(update(jobs).where(jobs.c.id.in_(ids[start : start + 1000])).values(announced_in=key))


def find_root(connection: Connection, job_id: str) -> str | None:
    """The id under which a job is known now, following redirects; None where there never was one."""
    row = connection.execute(select(jobs.c.id, jobs.c.redirect_to).where(jobs.c.id == job_id)).one_or_none()
    return (row.redirect_to or row.id) if row else None


def _provenance(connection: Connection, job_ids: Sequence[str]) -> dict[str, list[tuple[int, PostingRef]]]:
    columns = (postings.c.job_id, postings.c.id, postings.c.source, postings.c.source_id, postings.c.url)
    found: dict[str, list[tuple[int, PostingRef]]] = {}
    for start in range(0, len(job_ids), 1000):
        some = job_ids[start : start + 1000]
        for row in connection.execute(select(*columns).where(postings.c.job_id.in_(some)).order_by(postings.c.id)):
            ref = PostingRef(source=row.source, source_id=row.source_id, url=row.url)
            found.setdefault(row.job_id, []).append((row.id, ref))
    return found


def read_job(row: Row[Any], refs: Sequence[tuple[int, PostingRef]], page_url: Callable[[str], str]) -> Job:
    """A row of `jobs` as a value."""
    return Job(
        id=row.id,
        title=row.title,
        company=row.company or "",
        company_key=row.company_key,
        url=row.url or page_url(row.id),
        role_type=row.role_type,
        seniority=row.seniority,
        degree=row.degree,
        employment_type=row.employment_type,
        base_salary=read_salary(row.salary),
        places=read_places(row.places),
        workplace=row.workplace,
        remote_scope=tuple(row.remote_scope) if row.remote_scope is not None else None,
        date_posted=row.date_posted,
        first_seen=row.first_seen,
        last_looked=row.last_looked,
        announced_in=row.announced_in,
        direct=row.direct,
        attribution=row.attribution,
        postings=tuple(ref for _, ref in refs),
        posting_ids=tuple(id_ for id_, _ in refs),
        pinned=row.pinned,
        hidden=row.hidden,
    )
