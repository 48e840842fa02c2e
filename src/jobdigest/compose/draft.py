"""Jobs in an edition's order and groups, before any template; free of clock and audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobdigest.compose import rank
from jobdigest.config import Config
from jobdigest.model import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftItem:
    """One item of an edition: the job as of the freeze, what it scored, and the group it is printed under."""

    job: Job
    score: float
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An ordered edition before any template; `left_out` counts by reason, `weights` are those it was ordered with."""

    key: str
    slot: datetime
    items: tuple[DraftItem, ...]
    groups: tuple[tuple[str, str], ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    note: str | None = None
    weights: Mapping[str, float] = field(default_factory=dict)


def draft(
    *,
    key: str,
    slot: datetime,
    jobs: Sequence[Job],
    config: Config,
    groups: Sequence[tuple[str, str]],
    left_out: Mapping[str, int] | None = None,
    note: str | None = None,
) -> Draft:
    """The edition's items in order: `jobs` are this edition's and the still-live ones of up to four before it.

    `groups` are (role type, heading) in print order; jobs of a role type that is not among them go to the last.
    Raises ConfigError for unknown weights.
    """
    weights = rank.weights_from(config.edition.weights)
    hidden = {role.id for role in config.roles if role.hide}
    shown = [job for job in jobs if not job.hidden and job.role_type not in hidden]
    names = {role for role, _ in groups}
    last = groups[-1][0] if groups else ""
    items = tuple(
        DraftItem(job=job, score=score, group=job.role_type if job.role_type in names else last)
        for job, score in rank.order(shown, weights, slot)
    )
    return Draft(
        key=key, slot=slot, items=items, groups=tuple(groups), left_out=dict(left_out or {}), note=note, weights=weights
    )
