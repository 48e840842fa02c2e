"""One raw posting → one judged posting: the curate stage in a page, every step a pure module of its own.

title ─► facets           locations ─► places, workplace, scope      text ─► closed? safe? pay?
title, team, text ─► in scope? which role type?                      url, ids, role ─► identities
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from jobdigest.curate import dates, dedupe, html, liveness, place, safety, salary, title, url
from jobdigest.curate.company import company_key
from jobdigest.curate.roles import RoleRules, classify
from jobdigest.model import Posting, RawPosting, Safety, Salary, Where

TITLE_LIMIT = 200
COMPANY_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator can change about judging; `fingerprint` differs whenever a posting must be judged again."""

    roles: RoleRules
    aliases: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    allow_private: bool = False
    fingerprint: bytes = b""


def raw_hash(raw: RawPosting, rules: Rules) -> bytes:
    """16 bytes that change when the source's words or the rules do."""
    return hashlib.blake2b(repr(raw).encode("utf-8", "surrogatepass"), digest_size=16, key=rules.fingerprint).digest()


def judge(raw: RawPosting, *, source: str, direct: bool, rules: Rules, now: datetime) -> Posting:
    """Everything that can be said of one posting by itself."""
    return judge_all([raw], source=source, direct=direct, rules=rules, now=now)[0]


def judge_all(raws: Sequence[RawPosting], *, source: str, direct: bool, rules: Rules, now: datetime) -> list[Posting]:
    """The same for many, one kind of question at a time, which a processor answers a quarter quicker."""
    texts = [html.to_text(raw.description) if raw.description else "" for raw in raws]
    names = [html.clean_line(raw.title, TITLE_LIMIT) for raw in raws]
    companies = [html.clean_line(raw.company, COMPANY_LIMIT) if raw.company else None for raw in raws]
    employers = [company_key(company, rules.aliases) for company in companies]
    links = [read_link(raw.url, rules.allow_private) for raw in raws]
    titles = [title.read_title(name) for name in names]
    wheres = list(map(read_place, raws, (facets.place_text for facets in titles)))
    verdicts = [
        classify(name, company=company, team=raw.team, location="; ".join(raw.locations), text=text, rules=rules.roles)
        for raw, name, company, text in zip(raws, names, companies, texts, strict=True)
    ]
    safeties = [
        read_safety(raw, name, company, link, text, rules, f"{source}/{raw.source_id}")
        for raw, name, company, link, text in zip(raws, names, companies, links, texts, strict=True)
    ]
    identities = list(map(read_identities, raws, names, employers, links, texts))
    days = [(read_day(raw.date_posted, now), read_day(raw.valid_through, now, future=True)) for raw in raws]
    return [
        Posting(
            source=source,
            source_id=raw.source_id,
            title=facets.display,
            company=company,
            company_key=employer,
            url=link,
            in_scope=verdict.in_scope,
            role_type=verdict.role_type,
            role_evidence=verdict.evidence,
            seniority=facets.seniority,
            degree=facets.degree,
            employment_type=read_employment(raw, facets.employment_type),
            base_salary=read_pay(raw, text),
            places=where.places,
            workplace=where.workplace,
            remote_scope=where.remote_scope,
            date_posted=posted,
            valid_through=until,
            stated_closed="the source says it is closed" if raw.closed else liveness.closed_notice(text, running=True),
            safety=safe,
            safety_reasons=why,
            identities=own,
            direct=direct,
            text=text,
            attribution=raw.attribution,
        )
        for raw, text, company, employer, link, facets, where, verdict, (safe, why), own, (posted, until) in zip(
            raws, texts, companies, employers, links, titles, wheres, verdicts, safeties, identities, days, strict=True
        )
    ]


def read_safety(
    raw: RawPosting, named: str, company: str | None, link: str | None, text: str, rules: Rules, posting: str
) -> tuple[Safety, tuple[str, ...]]:
    """Whether it is to be held back, and why, by the evidence and the operator's word."""
    pay = raw.salary if isinstance(raw.salary, str) else None
    reasons = safety.assess(title=named, company=company, url=link, salary=pay, description=text)
    return safety.judge_safety(reasons, company, link, rules.allow, rules.deny, posting)


def read_link(link: str | None, allow_private: bool) -> str | None:
    """An address that a reader may be sent to, with https wherever plain http is all that is wrong; else None."""
    link = (link or "").strip()
    secure = f"https://{link[7:]}" if link[:7].lower() == "http://" and not allow_private else link
    return secure if secure and url.is_public_https(secure, allow_private) else None


def read_place(raw: RawPosting, in_title: str | None) -> Where:
    """Places from the source's fields, then its words; the title fills in what they leave open."""
    where = place.read_where(raw.locations, raw.workplace)
    if not (in_title or raw.places or raw.remote_scope):
        return where
    scope = raw.remote_scope or where.remote_scope
    titled = place.read_where((in_title,)) if in_title else Where((), None, None)
    return Where(
        raw.places or where.places or titled.places,
        where.workplace or titled.workplace,
        scope or titled.remote_scope,
    )


def read_pay(raw: RawPosting, text: str) -> Salary | None:
    """The source's own figures, else its words, else what the description states plainly."""
    if isinstance(raw.salary, Salary):
        return raw.salary
    if raw.salary:
        return salary.read_salary(raw.salary)
    return salary.salary_in_description(text) if text else None


def read_employment(raw: RawPosting, in_title: str | None) -> str | None:
    """schema.org's word for the kind of contract."""
    return (title.read_employment_type(raw.employment_type) if raw.employment_type else None) or in_title


def read_day(value: str | datetime | None, now: datetime, *, future: bool = False) -> date | None:
    """The UTC day of a stated time; a posting date beyond every zone's tomorrow is none."""
    if value is None:
        return None
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else dates.read_date(value, now, future=future)
    if day is None or (not future and (day - now.date()).days > 2) or day.year < 2000:
        return None
    return day


def read_identities(raw: RawPosting, named: str, employer: str, link: str | None, text: str) -> tuple[str, ...]:
    """All that makes two postings one job, strongest first."""
    role = dedupe.facts(named, employer, raw.locations, raw.salary if isinstance(raw.salary, str) else None)
    linked = url.ats_identity(link) if link else None
    strong = dedupe.identities(
        ats_id=raw.ats_id,
        linked_id=linked,
        requisition_id=raw.requisition_id,
        company_key=employer,
        canonical_url=url.canonical(link) if link and not linked else None,  # an id needs no address beside it
        text=text,
        role=role,
    )
    return (*strong, *(f"role:{key}" for key in dedupe.role_keys(role)))
