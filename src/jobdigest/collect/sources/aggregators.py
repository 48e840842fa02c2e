"""Job boards over many employers that give JSON lists: a row of the table each, with the terms they ask for."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jobdigest.collect.sources._board import Board, Paging
from jobdigest.collect.sources._countries import is_country
from jobdigest.collect.sources._parts import dig, epoch, joined, line, many, pay, plain, readable, repaired, text, words
from jobdigest.collect.sources.base import Manners, Option
from jobdigest.config import SourceConfig
from jobdigest.model import Salary

_SPAM_TRAP = "Please mention the word"
_BREAKS = re.compile(r"(?:\s|<br\s*/?>)+$")
_CURRENCIES = {
    "gb": "GBP", "us": "USD", "at": "EUR", "au": "AUD", "be": "EUR", "br": "BRL", "ca": "CAD", "ch": "CHF", "de": "EUR",
    "es": "EUR", "fr": "EUR", "in": "INR", "it": "EUR", "mx": "MXN", "nl": "EUR", "nz": "NZD", "pl": "PLN", "sg": "SGD",
    "za": "ZAR",
}  # fmt: skip


def _remote_in(*names: Any) -> tuple[str, ...]:
    """`Remote (United States, Canada)`: where a remote-only board says that people may live."""
    shown = ", ".join(part for name in names for part in words(name, ","))
    return (f"Remote ({shown})" if shown else "Remote",)


def _remoteok_text(row: Any, name: str) -> str | None:
    found = text(dig(row, name))
    return html.unescape(repaired(found)) if found else None


def _remoteok_description(row: Any) -> str | None:
    """Without the last sentences, which ask applicants to repeat a secret word and are none of the employer's."""
    body = repaired(text(dig(row, "description")) or "")
    kept, found, trap = body.rpartition(_SPAM_TRAP)
    if not found or len(trap) > 500:
        return body
    return kept[:-1000] + _BREAKS.sub("", kept[-1000:])


def _remoteok_location(row: Any) -> str | None:
    return (_remoteok_text(row, "location") or "").strip(" ,") or None


def _remoteok_workplace(row: Any) -> str | None:
    """The board calls everything remote, also shop assistants in Cammeray: a town is believed before the board."""
    location = _remoteok_location(row)
    open_to_all = not location or re.search("remote|anywhere|world", location, re.IGNORECASE) or is_country(location)
    return "remote" if open_to_all else None


def _himalayas_company(row: Any) -> str | None:
    """The API gave the literal word `name` for a while in 2026; the slug was right."""
    name, slug = line(dig(row, "companyName")), line(dig(row, "companySlug"))
    return readable(slug) if slug and name in (None, "name") else name


def _himalayas_url(source: SourceConfig) -> str:
    return (
        f"https://himalayas.app/jobs/api{'/search?page={page}' if source.options.get('q') else '?limit=20&offset={at}'}"
    )


def _jobicy_salary(row: Any) -> Salary | None:
    low, high = (dig(row, f"salary{end}") or dig(row, f"annualSalary{end}") for end in ("Min", "Max"))
    return pay(low, high, dig(row, "salaryCurrency"), dig(row, "salaryPeriod") or "year")


def _adzuna_salary(row: Any) -> Salary | None:
    """Stated pay only: Adzuna's own predictions are marked `salary_is_predicted`."""
    if line(dig(row, "salary_is_predicted")) == "1":
        return None
    country = re.match(r"https?://(?:www\.)?adzuna\.(?:com?\.)?([a-z]+)/", line(dig(row, "redirect_url")) or "")
    code = {"uk": "gb", "com": "us"}.get(country[1], country[1]) if country else ""
    return pay(dig(row, "salary_min"), dig(row, "salary_max"), _CURRENCIES.get(code), "year")


def _usajobs(name: str) -> str:
    return f"MatchedObjectDescriptor.{name}"


def _usajobs_id(row: Any) -> str | None:
    uri = line(dig(row, _usajobs("PositionURI"))) or ""
    return line(dig(row, "MatchedObjectId")) or line(dig(row, _usajobs("PositionID"))) or uri.rstrip("/").split("/")[-1]


def _usajobs_salary(row: Any) -> Salary | None:
    first = dig(row, _usajobs("PositionRemuneration.0"))
    return pay(dig(first, "MinimumRange"), dig(first, "MaximumRange"), "USD", dig(first, "RateIntervalCode"))


def _usajobs_locations(row: Any) -> tuple[str, ...]:
    named = words([dig(place, "LocationName") for place in many(row, _usajobs("PositionLocation"))])
    return named or words(dig(row, _usajobs("PositionLocationDisplay")))


def _usajobs_headers(source: SourceConfig) -> Mapping[str, str]:
    return {
        "User-Agent": str(source.options.get("email", "")),
        "Authorization-Key": str(source.options.get("key", "")),
    }


KINDS = (
    Board(
        name="remoteok",
        url="https://remoteok.com/api",
        needs_value=False,
        direct=False,
        skip=lambda row: "legal" in row and "position" not in row,
        attribution="Remote OK",
        fields={
            "source_id": "id",
            "title": lambda row: _remoteok_text(row, "position"),
            "company": lambda row: _remoteok_text(row, "company"),
            "url": "url",
            "locations": _remoteok_location,
            "workplace": _remoteok_workplace,
            "salary": lambda row: pay(dig(row, "salary_min"), dig(row, "salary_max"), "USD", "year"),
            "date_posted": lambda row: dig(row, "date") or epoch(dig(row, "epoch")),
            "description": _remoteok_description,
        },
        manners=Manners(concurrency=1, per_second=0.5, every=timedelta(hours=1)),
    ),
    Board(
        name="himalayas",
        url=_himalayas_url,
        items="jobs",
        needs_value=False,
        direct=False,
        query=("q", "country", "seniority", "employment_type"),
        options={
            "q": Option(help="words to search for; without them only the newest 1,000 of about 100,000 are read"),
            "country": Option(help="with `q`: only jobs open to people there"),
            "seniority": Option(help="with `q`: only this level"),
            "employment_type": Option(help="with `q`: only this type"),
        },
        paging=Paging(size=20, cap=1000),
        attribution="Himalayas",
        fields={
            "source_id": "guid",
            "title": lambda row: plain(dig(row, "title")),
            "company": _himalayas_company,
            "url": lambda row: dig(row, "applicationLink") or dig(row, "guid"),
            "locations": lambda row: _remote_in(dig(row, "locationRestrictions")),
            "workplace": lambda row: "remote",
            "salary": lambda row: pay(*(dig(row, k) for k in ("minSalary", "maxSalary", "currency", "salaryPeriod"))),
            "employment_type": "employmentType",
            "date_posted": lambda row: epoch(dig(row, "pubDate")),
            "valid_through": lambda row: epoch(dig(row, "expiryDate")),
            "description": "description",
        },
        manners=Manners(concurrency=1, per_second=1.0, every=timedelta(hours=6)),
    ),
    Board(
        name="remotive",
        url="https://remotive.com/api/remote-jobs",
        items="jobs",
        needs_value=False,
        direct=False,
        query=("category", "search"),
        options={
            "category": Option(help="slug of a Remotive category, like `software-dev`"),
            "search": Option(help="words in title or description"),
        },
        attribution="Remotive",
        fields={
            "source_id": "id",
            "title": lambda row: plain(dig(row, "title")),
            "company": "company_name",
            "url": "url",
            "locations": lambda row: _remote_in(dig(row, "candidate_required_location")),
            "workplace": lambda row: "remote",
            "salary": "salary",
            "employment_type": "job_type",
            "team": "category",
            "date_posted": "publication_date",
            "description": "description",
        },
        manners=Manners(concurrency=1, per_second=1 / 30, every=timedelta(hours=6), by_terms=True),
    ),
    Board(
        name="arbeitnow",
        url="https://www.arbeitnow.com/api/job-board-api?page={page}",
        items="data",
        needs_value=False,
        direct=False,
        paging=Paging(size=100, cap=5000),
        attribution="Arbeitnow",
        fields={
            "source_id": "slug",
            "title": lambda row: plain(dig(row, "title")),
            "company": "company_name",
            "url": "url",
            "locations": "location",
            "workplace": lambda row: "remote" if dig(row, "remote") is True else None,
            "employment_type": "job_types",
            "date_posted": lambda row: epoch(dig(row, "created_at")),
            "description": "description",
        },
        manners=Manners(concurrency=1, per_second=1.0),
    ),
    Board(
        name="jobicy",
        url="https://jobicy.com/api/v2/remote-jobs?count=100",
        items="jobs",
        needs_value=False,
        direct=False,
        query=("geo", "industry", "tag"),
        options={
            "geo": Option(help="region, like `usa` or `europe`"),
            "industry": Option(help="industry slug, like `engineering`"),
            "tag": Option(help="words in title or description"),
        },
        attribution="Jobicy",
        fields={
            "source_id": "id",
            "title": lambda row: plain(dig(row, "jobTitle")),
            "company": lambda row: plain(dig(row, "companyName")),
            "url": "url",
            "locations": lambda row: _remote_in(dig(row, "jobGeo")),
            "workplace": lambda row: "remote",
            "salary": _jobicy_salary,
            "employment_type": "jobType",
            "team": lambda row: plain(joined(dig(row, "jobIndustry"))),
            "date_posted": "pubDate",
            "description": "jobDescription",
        },
        manners=Manners(concurrency=1, per_second=0.2, every=timedelta(hours=1), by_terms=True),
    ),
    Board(
        name="workingnomads",
        url="https://www.workingnomads.com/api/exposed_jobs/",
        needs_value=False,
        direct=False,
        attribution="Working Nomads",
        fields={
            "source_id": "url",
            "title": lambda row: plain(dig(row, "title")),
            "company": "company_name",
            "url": "url",
            "locations": lambda row: _remote_in(dig(row, "location")),
            "workplace": lambda row: "remote",
            "team": "category_name",
            "date_posted": "pub_date",
            "description": "description",
        },
        manners=Manners(concurrency=1, per_second=0.5, every=timedelta(hours=1)),
    ),
    Board(
        name="adzuna",
        url="https://api.adzuna.com/v1/api/jobs/{value}/search/{page}?results_per_page=50&content-type=application/json",
        items="results",
        total="count",
        direct=False,
        query=("app_id", "app_key", "what", "where", "days:max_days_old"),
        options={
            "app_id": Option(help="id of your Adzuna API account", required=True, secret=True),
            "app_key": Option(help="its key, as `${ADZUNA_KEY}`", required=True, secret=True),
            "what": Option(help="words to search for"),
            "where": Option(help="place to search in"),
            "days": Option(help="only postings this young"),
        },
        paging=Paging(size=50, cap=500, cap_is="their 250 calls a day"),
        attribution="Jobs by Adzuna",
        fields={
            "source_id": "id",
            "title": lambda row: plain(dig(row, "title")),
            "company": "company.display_name",
            "url": "redirect_url",
            "locations": "location.display_name",
            "salary": _adzuna_salary,
            "employment_type": lambda row: words([dig(row, "contract_time"), dig(row, "contract_type")]),
            "team": "category.label",
            "date_posted": "created",
            "description": "description",
        },
        manners=Manners(concurrency=1, per_second=0.4, every=timedelta(hours=2), by_terms=True),
    ),
    Board(
        name="usajobs",
        url="https://data.usajobs.gov/api/Search?ResultsPerPage=500&Page={page}",
        items="SearchResult.SearchResultItems",
        total="SearchResult.SearchResultCountAll",
        evidence="synthetic",
        needs_value=False,
        direct=False,
        headers=_usajobs_headers,
        query=("keyword:Keyword", "days:DatePosted"),
        options={
            "email": Option(help="the address that your API key belongs to", required=True, secret=True),
            "key": Option(help="the API key, as `${USAJOBS_KEY}`", required=True, secret=True),
            "keyword": Option(help="words to search for; an unfiltered query may be refused", required=True),
            "days": Option(help="only postings of the last so many days (0–60)"),
        },
        paging=Paging(size=500, cap=10_000, cap_is="their own limit"),
        fields={
            "source_id": _usajobs_id,
            "title": _usajobs("PositionTitle"),
            "company": _usajobs("OrganizationName"),
            "url": _usajobs("PositionURI"),
            "locations": _usajobs_locations,
            "workplace": lambda row: (
                "remote" if dig(row, _usajobs("UserArea.Details.RemoteIndicator")) is True else None
            ),
            "salary": _usajobs_salary,
            "employment_type": lambda row: words(dig(row, _usajobs("PositionSchedule"))),
            "date_posted": _usajobs("PublicationStartDate"),
            "valid_through": _usajobs("ApplicationCloseDate"),
            "description": _usajobs("UserArea.Details.JobSummary"),
            "requisition_id": _usajobs("PositionID"),
        },
        manners=Manners(concurrency=1, per_second=1.0),
    ),
)
