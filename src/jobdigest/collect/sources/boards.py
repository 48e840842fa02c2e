"""Employers' own boards that give everything in one JSON list: a row of the table each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from jobdigest.collect.sources._board import Board
from jobdigest.collect.sources._countries import Address, address, country_name, is_country
from jobdigest.collect.sources._parts import dig, line, many, pay, sections, text, unescaped, words
from jobdigest.collect.sources.base import Manners, Option
from jobdigest.config import SourceConfig
from jobdigest.model import Salary

_NO_PLACE = re.compile(
    r"(?:\W|remote|hybrid|distributed|on-?site|flexible|multiple|various|locations?)*", re.IGNORECASE
)


def _greenhouse_locations(row: Any) -> tuple[str, ...]:
    """The one free string, and the offices where it names only a way of working (`Hybrid`)."""
    shown = words(dig(row, "location.name"), ";")
    if not all(_NO_PLACE.fullmatch(part) for part in shown):
        return shown
    return shown + words([dig(office, "location") or dig(office, "name") for office in many(row, "offices")])


def _greenhouse_extra(row: Any, name: str) -> Any:
    """A company's own field by its name; every employer names theirs as they like."""
    for extra in many(row, "metadata"):
        if re.fullmatch(name, line(dig(extra, "name")) or "", re.IGNORECASE):
            return dig(extra, "value")
    return None


def _greenhouse_requisition(row: Any) -> str | None:
    """The employer's number; placeholders such as `TBD` give way to Greenhouse's own, which twin posts share."""
    own = line(dig(row, "requisition_id"))
    return own if own and re.search(r"\d", own) else line(dig(row, "internal_job_id"))


def _lever_url(source: SourceConfig) -> str:
    eu = source.options.get("region") == "eu" or re.search(r"^eu/|\.eu\.lever\.co", source.value or "")
    return f"https://api{'.eu' if eu else ''}.lever.co/v0/postings/{{value}}?mode=json"


def _lever_locations(row: Any) -> tuple[str, ...]:
    shown = words(dig(row, "categories.allLocations")) or words(dig(row, "categories.location"))
    if len(shown) == 1 and "," not in shown[0] and not is_country(shown[0]):
        country = country_name(line(dig(row, "country")))
        return (f"{shown[0]}, {country}",) if country else shown
    return shown


def _lever_description(row: Any) -> str | None:
    items = [
        (dig(part, "text"), f"<ul>{content}</ul>")
        for part in many(row, "lists")
        if (content := text(dig(part, "content")))
    ]
    rest = [(None, dig(row, name)) for name in ("additional", "salaryDescription")]
    return sections((None, dig(row, "description")), *items, *rest)


def _lever_salary(row: Any) -> Salary | None:
    shown = dig(row, "salaryRange")
    return pay(dig(shown, "min"), dig(shown, "max"), dig(shown, "currency"), dig(shown, "interval"))


def _ashby_addresses(row: Any) -> Iterable[Address]:
    """Structured addresses; a name that says more than its address (`Remote (US)`) stands in for the city."""
    for spot in (row, *many(row, "secondaryLocations")):
        post, shown = dig(spot, "address.postalAddress"), line(dig(spot, "location"))
        city = line(dig(post, "addressLocality"))
        if shown and (re.search("remote|hybrid", shown, re.IGNORECASE) or not (city or dig(post, "addressCountry"))):
            yield shown, None, None
        else:
            yield city, dig(post, "addressRegion"), dig(post, "addressCountry")


def _ashby_salary(row: Any) -> Salary | None:
    """The widest span of the salary components in the first one's currency and interval, unless the board hides pay."""
    if dig(row, "shouldDisplayCompensationOnJobPostings") is False:
        return None
    lists = [many(tier, "components") for tier in many(row, "compensation.compensationTiers")]
    lists.append(many(row, "compensation.summaryComponents"))
    found = [
        one
        for part in lists
        for item in part
        if dig(item, "compensationType") == "Salary"
        and (one := pay(*(dig(item, key) for key in ("minValue", "maxValue", "currencyCode", "interval"))))
    ]
    alike = [one for one in found if (one.currency, one.period) == (found[0].currency, found[0].period)]
    lows, highs = [one.min for one in alike if one.min], [one.max for one in alike if one.max]
    return found[0]._replace(min=min(lows, default=None), max=max(highs, default=None)) if found else None


def _ashby_workplace(row: Any) -> Any:
    """`workplaceType`; without it `isRemote` counts only where no city is named: most hybrid jobs carry it too."""
    anywhere = dig(row, "isRemote") is True and not line(dig(row, "address.postalAddress.addressLocality"))
    return dig(row, "workplaceType") or ("remote" if anywhere else None)


def _recruitee_addresses(row: Any) -> Iterable[Address]:
    for spot in many(row, "locations") or (row,):
        yield dig(spot, "city"), dig(spot, "state"), dig(spot, "country") or dig(spot, "country_code")


def _recruitee_workplace(row: Any) -> str | None:
    return next((name for name in ("remote", "hybrid", "on_site") if dig(row, name) is True), None)


def _workable_addresses(row: Any) -> Iterable[Address]:
    shown = [spot for spot in many(row, "locations") if dig(spot, "hidden") is not True]
    for spot in shown or (row,):
        yield dig(spot, "city"), dig(spot, "region") or dig(spot, "state"), dig(spot, "country")


def _pinpoint_salary(row: Any) -> Salary | None:
    names = ("minimum", "maximum", "currency", "frequency")
    shown = dig(row, "compensation_visible") is True
    return pay(*(dig(row, f"compensation_{name}") for name in names)) if shown else None


def _pinpoint_description(row: Any) -> str | None:
    names = ("key_responsibilities", "skills_knowledge_expertise", "benefits")
    return sections((None, dig(row, "description")), *((dig(row, f"{name}_header"), dig(row, name)) for name in names))


def _gem_locations(row: Any) -> tuple[str, ...]:
    named = [dig(office, "location.name") or dig(office, "name") for office in many(row, "offices")]
    return words([dig(row, "location.name"), *named])


def _tail(address: Any) -> str:
    return (line(address) or "").rstrip("/").rsplit("/", 1)[-1]


KINDS = (
    Board(
        name="greenhouse",
        url="https://boards-api.greenhouse.io/v1/boards/{value}/jobs?content=true",
        items="jobs",
        total="meta.total",
        ids="global",
        fields={
            "source_id": "id",
            "title": "title",
            "company": "company_name",
            "url": "absolute_url",
            "locations": _greenhouse_locations,
            "workplace": lambda row: _greenhouse_extra(row, r"(work|location|remote)\S* (model|type|status)"),
            "employment_type": lambda row: _greenhouse_extra(row, r"(employment|job|time|contract) type"),
            "team": lambda row: words(dig(row, "departments")),
            "date_posted": "first_published",
            "valid_through": "application_deadline",
            "description": lambda row: unescaped(text(dig(row, "content")) or ""),
            "requisition_id": _greenhouse_requisition,
        },
        manners=Manners(concurrency=8, per_second=8.0),
        pages=(
            r"boards-api(?:\.eu)?\.greenhouse\.io/v1/boards/([^/?#]+)",
            r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/embed/[^?#]*\?(?:[^#]*&)?for=([^&#]+)",
            r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?!embed\b)([^/?#]+)",
        ),
    ),
    Board(
        name="lever",
        url=_lever_url,
        ids="global",
        regions=("eu",),
        options={"region": Option(help="`eu` for boards on jobs.eu.lever.co", values=("us", "eu"))},
        fields={
            "source_id": "id",
            "title": "text",
            "url": "hostedUrl",
            "locations": _lever_locations,
            "workplace": lambda row: None if dig(row, "workplaceType") == "unspecified" else dig(row, "workplaceType"),
            "salary": _lever_salary,
            "employment_type": "categories.commitment",
            "team": lambda row: dig(row, "categories.department") or dig(row, "categories.team"),
            "date_posted": "createdAt",
            "description": _lever_description,
        },
        manners=Manners(concurrency=2, per_second=2.0),
        pages=(
            r"(?:jobs|api)\.(eu)\.lever\.co/(?:v0/postings/)?([^/?#]+)",
            r"jobs\.lever\.co/([^/?#]+)",
            r"api\.lever\.co/v0/postings/([^/?#]+)",
        ),
    ),
    Board(
        name="ashby",
        url="https://api.ashbyhq.com/posting-api/job-board/{value}?includeCompensation=true",
        items="jobs",
        ids="global",
        advice={404: "no such board, or its public API is off; then try `sitemap:` with the employer's own site"},
        skip=lambda row: row.get("isListed") is False,
        addresses=_ashby_addresses,
        fields={
            "source_id": "id",
            "title": "title",
            "url": "jobUrl",
            "workplace": _ashby_workplace,
            "salary": _ashby_salary,
            "employment_type": "employmentType",
            "team": lambda row: dig(row, "department") or dig(row, "team"),
            "date_posted": "publishedAt",
            "description": lambda row: dig(row, "descriptionHtml") or dig(row, "descriptionPlain"),
        },
        manners=Manners(concurrency=2, per_second=1.0, timeout=timedelta(seconds=30)),
        pages=(r"jobs\.ashbyhq\.com/([^/?#]+)", r"api\.ashbyhq\.com/posting-api/job-board/([^/?#]+)"),
    ),
    Board(
        name="recruitee",
        url="https://{host}/api/offers/",
        host="recruitee.com",
        items="offers",
        skip=lambda row: row.get("status", "published") != "published",
        addresses=_recruitee_addresses,
        fields={
            "source_id": "id",
            "ats_id": "slug",
            "title": "title",
            "company": "company_name",
            "url": "careers_url",
            "locations": "location",
            "workplace": _recruitee_workplace,
            "salary": lambda row: pay(*(dig(row, f"salary.{key}") for key in ("min", "max", "currency", "period"))),
            "employment_type": "employment_type_code",
            "team": "department",
            "date_posted": "published_at",
            "valid_through": "close_at",
            "description": lambda row: sections((None, dig(row, "description")), (None, dig(row, "requirements"))),
        },
        pages=(r"(?!www\.|api\.|app\.)([a-z0-9-]+)\.recruitee\.com(?:/|$)",),
    ),
    Board(
        name="workable",
        url="https://apply.workable.com/api/v1/widget/accounts/{value}?details=true",
        items="jobs",
        company="name",
        ids="global",
        addresses=_workable_addresses,
        fields={
            "source_id": "shortcode",
            "title": "title",
            "url": "url",
            "workplace": lambda row: "remote" if dig(row, "telecommuting") is True else None,
            "employment_type": "employment_type",
            "team": "department",
            "date_posted": "published_on",
            "description": "description",
            "requisition_id": "code",
        },
        manners=Manners(concurrency=2, per_second=1.0),
        pages=(
            r"apply\.workable\.com/(?:api/v\d/(?:widget/)?accounts/)?(?!api/|j/)([^/?#]+)",
            r"(?!www\.|apply\.|help\.|resources\.|jobs\.)([a-z0-9-]+)\.workable\.com(?:/|$)",
        ),
    ),
    Board(
        name="pinpoint",
        url="https://{host}/postings.json",
        host="pinpointhq.com",
        items="data",
        ids="global",
        fields={
            "source_id": lambda row: dig(row, "id") or _tail(dig(row, "url") or dig(row, "path")),
            "title": "title",
            "url": "url",
            "locations": lambda row: address(
                dig(row, "location.city") or dig(row, "location.name"), dig(row, "location.province"), None
            ),
            "workplace": "workplace_type",
            "salary": _pinpoint_salary,
            "employment_type": "employment_type",
            "team": lambda row: dig(row, "job.department.name") or dig(row, "department.name"),
            "valid_through": "deadline_at",
            "description": _pinpoint_description,
            "requisition_id": "job.requisition_id",
        },
        link=lambda board, source, key: f"https://{board.token(source)}.pinpointhq.com/postings/{key}",
        pages=(r"(?!www\.|app\.)([a-z0-9-]+)\.pinpointhq\.com(?:/|$)",),
    ),
    Board(
        name="gem",
        ids="url",
        url="https://api.gem.com/job_board/v0/{value}/job_posts/",
        evidence="synthetic",
        fields={
            "source_id": lambda row: dig(row, "id") or _tail(dig(row, "absolute_url")),
            "title": "title",
            "url": "absolute_url",
            "locations": _gem_locations,
            "workplace": "location_type",
            "employment_type": "employment_type",
            "team": lambda row: words(dig(row, "departments")),
            "date_posted": "first_published_at",
            "description": "content",
            "requisition_id": "requisition_id",
        },
        pages=(r"jobs\.gem\.com/(?!api/)([^/?#]+)", r"api\.gem\.com/job_board/v0/([^/?#]+)"),
    ),
)
