"""From a draft to an edition: `compile_edition` makes the fragments that every reader's mail is put together from.

jobs ──draft──► Draft ──templates, words──► CompiledEdition ──choose, per reader──► shown ──assemble──► Parts
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from jobdigest.compose import render
from jobdigest.compose.compiled import CompiledEdition, Entry
from jobdigest.compose.draft import Draft, DraftItem
from jobdigest.compose.draft import draft as drafted
from jobdigest.compose.templates import Templates
from jobdigest.config import Config
from jobdigest.errors import ConfigError
from jobdigest.model import Job, Place, Salary


def compile_edition(draft: Draft, *, config: Config, templates: Templates, languages: Iterable[str]) -> CompiledEdition:
    """The draft in every one of `languages` (those with a catalogue), and in the newsletter's own.

    Raises TemplateError for a broken template and ConfigError for colours that cannot be read.
    """
    check_subject(config.newsletter.subject)
    default = templates.catalogues.pick(config.newsletter.language, "en")
    wanted = sorted({templates.catalogues.pick(language, default) for language in languages} | {default})
    edition = config.edition
    return CompiledEdition(
        key=draft.key,
        slot=draft.slot,
        content_hash=content_hash(draft, config, templates),
        items=tuple(_entry(item) for item in draft.items),
        languages={name: render.fragments(draft, config, templates, name) for name in wanted},
        default_language=default,
        settings={
            "name": config.newsletter.name,
            "subject": config.newsletter.subject,
            "page": f"{config.newsletter.base_url}/editions/{draft.key}",
            "week": int(draft.key.rpartition("W")[2]),
            "best": edition.best,
            "fold_below": edition.fold_below,
        },
    )


def check_subject(subject: str | None) -> None:
    """Raise ConfigError for a subject template with a mark that has no meaning."""
    try:
        (subject or "").format(count=1, n=1, companies="A", name="B", week=1)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        known = "it may use {count}, {companies}, {name} and {week}"
        raise ConfigError([f"newsletter.subject: {subject!r}: {error} is not known; {known}"]) from None


def check(config: Config) -> None:
    """Compile a sample edition in every language: raises the TemplateError or ConfigError that a real one would."""
    templates = Templates.of(config)
    sample = Job(
        id="sample", title="Machine Learning Engineer", company="Example", company_key="example",
        url="https://example.com/", role_type="sample", seniority="senior", degree="phd", employment_type="INTERN",
        base_salary=Salary("EUR", 60_000, 80_000, "year"), places=(Place("Paris", None, "FR"),), workplace="hybrid",
        remote_scope=None, date_posted=None, first_seen=datetime(2026, 1, 1, tzinfo=UTC), last_looked=None,
        announced_in=None, direct=True, attribution="Example", postings=(), posting_ids=(),
    )  # fmt: skip
    slot = datetime(2026, 1, 6, 9, tzinfo=UTC)
    made = drafted(key="2026-W02", slot=slot, jobs=[sample], config=config, groups=[("sample", "Sample")])
    compile_edition(made, config=config, templates=templates, languages=templates.catalogues.languages)


def content_hash(draft: Draft, config: Config, templates: Templates) -> str:
    """Hex of what a reader can be shown: jobs, order, words and templates; not the audience, not the clock."""
    said = {
        "key": draft.key,
        "items": [_lasting(item) for item in draft.items],
        "groups": draft.groups,
        "note": draft.note,
        "newsletter": config.newsletter.model_dump(mode="json"),
        "edition": config.edition.model_dump(mode="json", exclude={"templates", "weights"}),
        "templates": templates.sources(),
        "words": templates.catalogues.fingerprint(),
    }
    text = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _lasting(item: DraftItem) -> dict[str, Any]:
    """A job without what only the clock changes, or no reader sees."""
    job = asdict(item.job)
    for name in ("last_looked", "postings", "posting_ids"):
        del job[name]
    if job["history"]:
        job["history"] = [job["history"]["times_posted"], job["history"]["since"]]
    return {**job, "group": item.group}


def _entry(item: DraftItem) -> Entry:
    job = item.job
    looked = int(job.last_looked.timestamp()) // 60 if job.last_looked else None
    title, company = render.clean(job.title), render.clean(job.company)
    return Entry(job.id, title, company, job.company_key, item.group, job.announced_in, looked)
