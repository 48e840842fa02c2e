"""What is stored, as plain rows, and the operator's hand on it: hide, pin, split, add, note, allow, deny."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobdigest.app.intake import Intake
from jobdigest.curate.place import place_keys
from jobdigest.curate.state import State, decide, state
from jobdigest.errors import UsageError
from jobdigest.model import Job, Place, RawPosting, Salary
from jobdigest.store import editions, facts, jobs, postings, reports, resolve, rulings
from jobdigest.store.postings import read_places, read_salary
from jobdigest.store.reports import Complaint
from jobdigest.store.rulings import Verb

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection, Row

BY_HAND = "by-hand"


def posting_rows(app: App, now: datetime, *, suspect_only: bool = False) -> Iterator[dict[str, Any]]:
    """Every stored posting with its judgement, decision and reason: `digest postings --json`."""
    with app.store.read() as connection:
        leaders = jobs.leaders(connection, now)
        hidden = jobs.hidden(connection)
        reported = reports.by_job(connection)
        for row in postings.each_posting(connection):
            if suspect_only and row.safety != "suspect" and row.job_id not in reported:
                continue
            found = _posting_row(row, state(jobs.sightings(row), now), leaders, hidden)
            yield found | {"reported": _reported(reported.get(row.job_id))}


def _reported(found: Complaint | None) -> str | None:
    if found is None:
        return None
    return f"{found.people} reader{'s' if found.people > 1 else ''}: {', '.join(found.reasons)}"


def _posting_row(row: Row[Any], seen: State, leaders: dict[str, int], hidden: dict[str, str]) -> dict[str, Any]:
    leader = leaders.get(row.job_id)
    verdict = decide(
        in_scope=row.in_scope,
        role_evidence=row.role_evidence,
        seen=seen,
        safety_reasons=tuple(row.safety_reasons),
        suspect=row.safety == "suspect",
        hidden=hidden.get(row.job_id),
        merged_into=row.job_id if leader is not None and leader != row.id else None,
    )
    return {
        "source": row.source,
        "source_id": row.source_id,
        "title": row.title,
        "company": row.company,
        "url": row.url,
        "in_scope": row.in_scope,
        "role_type": row.role_type if row.in_scope else None,
        "seniority": row.seniority,
        "degree": row.degree,
        "employment_type": row.employment_type,
        "base_salary": salary_json(read_salary(row.salary)),
        "places": places_json(read_places(row.places)),
        "workplace": row.workplace,
        "remote_scope": row.remote_scope,
        "date_posted": row.date_posted.isoformat() if row.date_posted else None,
        "first_seen": _iso(row.first_seen),
        "valid_through": row.valid_through.isoformat() if row.valid_through else None,
        "job_id": row.job_id,
        "liveness": seen.liveness,
        "liveness_evidence": seen.evidence,
        "safety": row.safety,
        "safety_reasons": row.safety_reasons,
        "role_evidence": row.role_evidence,
        "announced_in": row.announced_in,
        "decision": verdict.decision,
        "reason": verdict.reason,
    }


def job_rows(app: App, edition: str | None, now: datetime) -> Iterator[dict[str, Any]]:
    """Every open job, or those of one edition: `digest jobs --json`."""
    with app.store.begin() as connection:
        jobs.sweep_expired(connection, now, place_keys)
    with app.store.read() as connection:
        found = (
            jobs.of_edition(connection, edition, app.job_url) if edition else jobs.open_jobs(connection, app.job_url)
        )
    yield from (job_json(job) for job in found)


def job_json(job: Job) -> dict[str, Any]:
    """A job as plain values."""
    return {
        "job_id": job.id,
        "title": job.title,
        "company": job.company,
        "url": job.url,
        "role_type": job.role_type,
        "seniority": job.seniority,
        "degree": job.degree,
        "employment_type": job.employment_type,
        "base_salary": salary_json(job.base_salary),
        "places": places_json(job.places),
        "workplace": job.workplace,
        "remote_scope": list(job.remote_scope) if job.remote_scope is not None else None,
        "date_posted": job.date_posted.isoformat() if job.date_posted else None,
        "first_seen": _iso(job.first_seen),
        "last_looked": _iso(job.last_looked) if job.last_looked else None,
        "announced_in": job.announced_in,
        "pinned": job.pinned,
        "postings": [{"source": ref.source, "source_id": ref.source_id, "url": ref.url} for ref in job.postings],
    }


def salary_json(salary: Salary | None) -> dict[str, Any] | None:
    """Pay as an object, whole amounts without a decimal point."""
    if salary is None:
        return None
    amounts = {name: _whole(getattr(salary, name)) for name in ("min", "max")}
    return {"currency": salary.currency, **amounts, "period": salary.period}


def _whole(amount: float | None) -> float | int | None:
    return int(amount) if amount is not None and amount == int(amount) else amount


def places_json(places: tuple[Place, ...]) -> list[dict[str, str | None]]:
    """Places as objects."""
    return [place._asdict() for place in places]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def mark_job(app: App, verb: str, job_id: str, note: str, now: datetime, *, undo: bool) -> str:
    """Hide or pin a job, or take it back; says in words what happened."""
    ruling: Verb = "hide" if verb == "hide" else "pin"
    with app.store.begin() as connection:
        root = _existing_job(connection, job_id)
        rulings.take_back(connection, ruling, root)
        if not undo:
            rulings.put(connection, ruling, root, note or None, now)
        jobs.mark(connection, root, ruling, not undo)
    return f"{root}: {'no longer ' if undo else ''}{'hidden' if verb == 'hide' else 'pinned'}"


def _existing_job(connection: Connection, job_id: str) -> str:
    root = jobs.find_root(connection, job_id)
    if root is None:
        raise UsageError(f"there is no job {job_id!r}; `digest jobs` lists them with their ids")
    return root


def split_posting(app: App, job_id: str, posting: tuple[str, str], note: str, now: datetime, *, undo: bool) -> str:
    """Take a posting out of a job for good (or let it come back); says in words what happened."""
    source, source_id = posting
    with app.store.begin() as connection:
        postings.lock_curation(connection)
        known = postings.find_known(connection, source, [source_id]).get(source_id)
        if known is None or (not undo and known.job_id != jobs.find_root(connection, job_id)):
            raise UsageError(f"{job_id} has no posting {source_id!r} of {source!r}; `digest jobs --json` shows them")
        if undo:
            rulings.take_back(connection, "split", f"{source}|{source_id}")
        else:
            rulings.put(connection, "split", f"{source}|{source_id}", note or None, now)
        touched = resolve.remask(connection, known, source, source_id, undo=undo)
        jobs.refresh(connection, touched, now, place_keys)
    return f"{source} {source_id}: {'joins whatever it matches again' if undo else f'split off {job_id}, for good'}"


def add_by_hand(
    app: App, title: str, company: str, url: str, locations: tuple[str, ...], salary: str, now: datetime
) -> str:
    """Store a posting of the operator's own; says in words what became of it."""
    raw = RawPosting(
        source_id=url,
        title=title,
        company=company,
        url=url,
        locations=locations,
        salary=salary or None,
        date_posted=now,
    )
    intake = Intake(store=app.store, rules=app.rules(), now=now, source=BY_HAND, direct=True, first_success=False)
    intake.take([raw])
    row = next(row for row in posting_rows(app, now) if (row["source"], row["source_id"]) == (BY_HAND, url))
    return f"{row['job_id']}: {row['decision']}: {row['reason']}"


def note_edition(app: App, note: str, now: datetime, *, undo: bool) -> str:
    """Put a note at the head of the edition that is due or next, or take it back; says in words what happened."""
    from jobdigest.app.sending import shown_slot

    key = shown_slot(app, now).edition
    words = " ".join("".join(c if c.isprintable() else " " for c in note).split())
    if not words and not undo:
        raise UsageError("a note needs words: digest jobs note 'We are away next week.'")
    with app.store.begin() as connection:
        if editions.load(connection, key):
            raise UsageError(f"{key} is frozen already; a note can be given until an edition starts to be sent")
        facts.put(connection, f"note:{key}", None if undo else words)
    return f"{key}: {'no note' if undo else words}"


def rule(app: App, allow: str | None, deny: str | None, now: datetime) -> str:
    """Remember an employer, domain or posting as always or never safe; postings are judged again at the next poll."""
    said = []
    with app.store.begin() as connection:
        pairs: tuple[tuple[Verb, str | None, Verb], ...] = (("allow", allow, "deny"), ("deny", deny, "allow"))
        for verb, subject, opposite in pairs:
            if subject:
                rulings.take_back(connection, opposite, subject)
                rulings.put(connection, verb, subject, None, now)
                said.append(f"{verb}: {subject}")
    return f"{', '.join(said)}; applies from the next `digest collect`"
