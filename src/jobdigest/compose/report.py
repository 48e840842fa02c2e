"""What an operator wants to know before an edition goes out, as plain data: the content of `report.json`."""

from __future__ import annotations

import quopri
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from statistics import median
from typing import Any

from jobdigest.compose import rank
from jobdigest.compose.cohorts import Cohorts
from jobdigest.compose.compiled import CompiledEdition
from jobdigest.compose.draft import Draft, DraftItem
from jobdigest.compose.select import Choice
from jobdigest.config import Config
from jobdigest.model import Job, Parts, Preferences

CLIP_BYTES = 102_400  # Gmail cuts longer html
FAR_OFF = 0.5  # of the median of the last eight editions
WEEKS_TO_AVERAGE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A job that is not in the edition, and why."""

    job_id: str
    title: str
    company: str
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One reader's exact mail: the .eml as it would be sent, and its bodies decoded for looking at."""

    address: str
    language: str
    subject: str
    jobs: int
    eml: bytes
    html: str
    text: str

    @classmethod
    def of(cls, address: str, language: str, jobs: int, parts: Parts, eml: bytes) -> Sample:
        """A sample from an assembled mail and its bytes."""
        html, text = (quopri.decodestring(body).decode() for body in (parts.html, parts.text))
        return cls(address=address, language=language, subject=parts.subject, jobs=jobs, eml=eml, html=html, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier edition: its jobs as of its freeze, with their group."""

    key: str
    jobs: Sequence[Job]


@dataclass(slots=True)
class Audience:
    """Counts of readers, filled one at a time so that a million need no memory."""

    mailed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    cohorts: Cohorts = field(default_factory=Cohorts)
    jobs_per_mail: Counter[int] = field(default_factory=Counter)

    def add(self, wishes: Preferences, language: str, choice: Choice) -> None:
        """One reader, and what was chosen for them."""
        self.cohorts.add(wishes, language, None if choice.skip else choice.count)
        if choice.skip:
            self.skipped[choice.skip] += 1
            return
        self.mailed += 1
        self.jobs_per_mail[choice.count] += 1


def build(
    *,
    draft: Draft,
    compiled: CompiledEdition,
    config: Config,
    audience: Audience,
    samples: Sequence[Sample],
    left_out: Sequence[LeftOut] = (),
    past: Sequence[Past] = (),
    warnings: Iterable[str] = (),
) -> dict[str, Any]:
    """The report; `past` are earlier editions, newest first. Same arguments, same data."""
    groups = _groups(draft, past)
    report = {
        "edition": draft.key,
        "slot": draft.slot.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "newsletter": config.newsletter.name,
        "content_hash": compiled.content_hash,
        "jobs": [*(_in(number, item, draft) for number, item in enumerate(draft.items)), *map(_out, left_out)],
        "counts": {
            "in": len(draft.items),
            "new": sum(_is_new(item.job, draft.key) for item in draft.items),
            "left_out": dict(sorted(draft.left_out.items())),
        },
        "groups": groups,
        "weights": dict(draft.weights),
        "recipients": _recipients(audience),
        "messages": [_message(sample) for sample in samples],
        "difference": _difference(draft, past),
        "languages": sorted(compiled.languages),
    }
    report["warnings"] = [*warnings, *_warnings(draft, groups, samples, past, audience)]
    return report


def _in(position: int, item: DraftItem, draft: Draft) -> dict[str, Any]:
    job = item.job
    parts = rank.parts(job, draft.weights, draft.slot.astimezone(UTC).date())
    worth = " + ".join(f"{name} {value:.2f}" for name, value in parts.items() if value)
    crowd = sum(parts.values()) - item.score
    spread = f" - spread {crowd:.2f}" if crowd > 0.004 else ""
    news = "new" if _is_new(job, draft.key) else f"first shown in {job.announced_in}, still open"
    return {
        "job_id": job.id,
        "in": True,
        "reason": f"{news}; {item.score:.2f} = {worth}{spread}",
        "position": position,
        "title": job.title,
        "company": job.company,
        "url": job.url,
        "group": item.group,
        "new": _is_new(job, draft.key),
        "score": round(item.score, 4),
        "date_posted": job.date_posted.isoformat() if job.date_posted else None,
    }


def _out(out: LeftOut) -> dict[str, Any]:
    return {
        "job_id": out.job_id,
        "in": False,
        "reason": out.reason,
        "title": out.title,
        "company": out.company,
        "url": out.url,
    }


def _is_new(job: Job, key: str) -> bool:
    return job.announced_in in (None, key)


def _groups(draft: Draft, past: Sequence[Past]) -> list[dict[str, Any]]:
    now = Counter(item.group for item in draft.items if _is_new(item.job, draft.key))
    earlier = past[:WEEKS_TO_AVERAGE]
    before = Counter(job.role_type for edition in earlier for job in edition.jobs if job.announced_in == edition.key)
    return [
        {
            "id": role,
            "heading": heading,
            "jobs": now[role],
            "four_week_average": round(before[role] / len(earlier), 1) if earlier else None,
        }
        for role, heading in draft.groups
    ]


def _recipients(audience: Audience) -> dict[str, Any]:
    return {
        "mailed": audience.mailed,
        "skipped": dict(sorted(audience.skipped.items())),
        "cohorts": audience.cohorts.table(),
        "jobs_per_mail": {str(count): readers for count, readers in sorted(audience.jobs_per_mail.items())},
    }


def _message(sample: Sample) -> dict[str, Any]:
    return {
        "address": sample.address,
        "file": f"messages/{file_name(sample.address)}.eml",
        "language": sample.language,
        "subject": sample.subject,
        "jobs": sample.jobs,
        "bytes": len(sample.eml),
        "html_bytes": len(sample.html.encode()),
    }


def _difference(draft: Draft, past: Sequence[Past]) -> dict[str, Any] | None:
    if not past:
        return None
    before = {job.id: job for job in past[0].jobs}
    now = {item.job.id for item in draft.items}
    gone = [job for id_, job in before.items() if id_ not in now]
    return {
        "edition": past[0].key,
        "added": len(now - set(before)),
        "kept": len(now & set(before)),
        "gone": len(gone),
        "gone_jobs": [{"job_id": job.id, "title": job.title, "company": job.company} for job in gone],
    }


def _warnings(
    draft: Draft,
    groups: Sequence[Mapping[str, Any]],
    samples: Sequence[Sample],
    past: Sequence[Past],
    audience: Audience,
) -> list[str]:
    found = []
    for sample in samples:
        size = len(sample.html.encode())
        if size > CLIP_BYTES:
            found.append(
                f"{sample.address}: {size:,} bytes of html; Gmail clips at {CLIP_BYTES:,} (lower edition.max_jobs)"
            )
    found += [
        f"no new job under {group['heading']!r}; {group['four_week_average']} is usual"
        for group in groups
        if not group["jobs"] and (group["four_week_average"] or 0) >= 1
    ]
    counts = [sum(job.announced_in == edition.key for job in edition.jobs) for edition in past[:8]]
    new = sum(_is_new(item.job, draft.key) for item in draft.items)
    usual = median(counts) if counts else 0
    if usual and abs(new - usual) > FAR_OFF * usual:
        found.append(f"{new} new jobs; the last {len(counts)} editions had {usual:g} in the middle: check the sources")
    if not draft.items:
        found.append("no job at all is in this edition")
    elif not audience.mailed:
        found.append("nobody would get a mail")
    return found


def file_name(address: str) -> str:
    """An address as a file name that every system takes."""
    return "".join(char if char.isalnum() or char in "-_.@+" else "_" for char in address)[:100].strip(".") or "_"
