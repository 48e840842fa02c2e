"""All postings of one job → the one entry a reader would see: the best of each field, the employer's own first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from jobdigest.model import Place, Salary

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One posting of a job, as far as merging needs it; `good` is in scope, safe and showable."""

    id: int
    title: str
    company: str | None
    company_key: str
    url: str | None
    good: bool
    in_scope: bool
    role_type: str | None
    seniority: str | None
    degree: str | None
    employment_type: str | None
    salary: Salary | None
    places: tuple[Place, ...]
    workplace: str | None
    remote_scope: tuple[str, ...] | None
    date_posted: date | None
    first_seen: datetime
    announced_in: str | None
    direct: bool
    attribution: str | None
    last_looked: datetime | None
    closed_at: datetime | None


class Merged(NamedTuple):
    """The fields of a job, and which posting leads it."""

    leader: int
    open: bool
    fields: dict[str, Any]


def merge(members: Sequence[Member]) -> Merged | None:
    """The entry for `members`, or None where none of them is in scope."""
    scoped = [member for member in members if member.in_scope]
    if not scoped:
        return None
    good = [member for member in scoped if member.good]
    ranked = sorted(good or scoped, key=lambda m: (not m.direct, m.url is None, m.id))
    first = ranked[0]
    fields = {
        "title": first.title,
        "company": _first(ranked, lambda m: m.company),
        "company_key": first.company_key,
        "url": first.url,
        "role_type": _role(ranked),
        "seniority": _first(ranked, lambda m: m.seniority),
        "degree": _first(ranked, lambda m: m.degree),
        "employment_type": _first(ranked, lambda m: m.employment_type),
        "salary": max(filter(None, (m.salary for m in ranked)), key=_told, default=None),
        "places": tuple(dict.fromkeys(place for member in ranked for place in member.places)),
        "workplace": _first(ranked, lambda m: m.workplace),
        "remote_scope": _scopes(ranked),
        "date_posted": min((m.date_posted for m in ranked if m.date_posted), default=None),
        "first_seen": min(m.first_seen for m in ranked),
        "last_looked": max((m.last_looked for m in ranked if m.last_looked), default=None),
        "announced_in": max((m.announced_in for m in ranked if m.announced_in), default=None),
        "closed_at": None if good else max((m.closed_at for m in scoped if m.closed_at), default=None),
        "direct": any(m.direct for m in ranked),
        "attribution": first.attribution,
    }
    return Merged(first.id, bool(good), fields)


def _first(ranked: Sequence[Member], field: Callable[[Member], T | None]) -> T | None:
    return next((value for member in ranked if (value := field(member)) is not None), None)


def _role(ranked: Sequence[Member]) -> str | None:
    """A definite role type beats `other-ai`, which only says that a text did not tell."""
    return _first(ranked, lambda m: m.role_type if m.role_type != "other-ai" else None) or ranked[0].role_type


def _told(salary: Salary) -> int:
    return sum(value is not None for value in salary)


def _scopes(ranked: Sequence[Member]) -> tuple[str, ...] | None:
    """Every region that some posting opens the job to; unsaid where a remote posting leaves it unsaid."""
    scopes = [member.remote_scope for member in ranked if member.workplace == "remote"]
    if not scopes:
        return _first(ranked, lambda m: m.remote_scope)
    return None if None in scopes else tuple(dict.fromkeys(region for scope in scopes for region in scope or ()))
