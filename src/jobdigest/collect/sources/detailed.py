"""Employers' boards whose list lacks the description: a row of the table each, plus where a row's detail is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jobdigest.collect.sources import _jobposting as jobposting
from jobdigest.collect.sources._board import Board, Page, Paging, Table, read_off_loop
from jobdigest.collect.sources._countries import Address
from jobdigest.collect.sources._details import Details
from jobdigest.collect.sources._parts import dig, epoch, line, many, number, pay, plain, sections, words
from jobdigest.collect.sources.base import Context, Manners, Option, Response
from jobdigest.config import SourceConfig
from jobdigest.errors import FetchError
from jobdigest.model import Salary

_BAMBOO_ITEM = re.compile('id="bhrPositionID_')
_WORKPLACES = {"0": "onsite", "1": "remote", "2": "hybrid", "ORA_REMOTE": "remote", "ORA_HYBRID": "hybrid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedBoard(Board):
    """A `Board` whose rows get their detail under the key `detail` before the fields are read.

    Its list is always asked for in full: one that has not changed may still lack details from the last poll. Where
    `detail_is_page`, details are pages for people, so robots.txt counts.
    """

    conditional: bool = False
    row_id: str
    detail: Callable[[Board, SourceConfig, str], str]
    detail_is_page: bool = False
    read_detail: Callable[[Response], Any] = lambda response: response.json()

    async def page(self, response: Response, context: Context, details: Details, first: int) -> Page:
        """See `Board.page`."""
        table = await read_off_loop(response, self.table)
        known = [(key, _stamp(row)) for row in table.rows if (key := line(dig(row, self.row_id)))]
        found = await details.read(known, lambda key: self.load(context, key))
        rows = [
            {**row, "detail": found.get(line(dig(row, self.row_id)) or "")} if isinstance(row, dict) else row
            for row in table.rows
        ]
        return self.convert(table._replace(rows=rows), context.source, first)

    async def load(self, context: Context, key: str) -> Any:
        """A row's detail. Raises SourceError."""
        url = self.detail(self, context.source, quote(key, safe=""))
        return self.read_detail(await context.http.get(url, robots=self.detail_is_page))


class BambooBoard(DetailedBoard):
    """BambooHR: where a tenant's list is off, the same jobs stand in the widget for other sites."""

    async def ask(self, context: Context, at: int, number: int) -> Response:
        """See `Board.ask`."""
        try:
            return await DetailedBoard.ask(self, context, at, number)
        except FetchError as error:
            if error.status != 404:
                raise
            return await context.http.get(f"https://{_host(self, context.source)}/jobs/embed2.php", same_host=True)

    def table(self, response: Response) -> Table:
        """See `Board.table`."""
        if "BambooHR-ATS" not in response.text():
            return DetailedBoard.table(self, response)
        return Table([_bamboo_item(item) for item in _BAMBOO_ITEM.split(response.text())[1:]], None, None)


def _bamboo_item(item: str) -> dict[str, Any]:
    """A row like the list's from what follows the number in the widget's HTML."""
    number, _, rest = item.partition('"')
    title = re.search(r"<a\b[^<>]*>([^<>]*)</a>", rest)
    place = re.search(r'BambooHR-ATS-Location"[^<>]*>([^<>]*)<', rest)
    return {
        "id": number,
        "jobOpeningName": plain(title[1]) if title else None,
        "place": plain(place[1]) if place else None,
    }


def _stamp(row: Any) -> str:
    """Changes when anything in the list's row does."""
    return hashlib.blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=8).hexdigest()


def _host(board: Board, source: SourceConfig) -> str:
    token = board.token(source)
    return token if "." in token else f"{token}.{board.host}"


def _smartrecruiters_addresses(row: Any) -> Iterable[Address]:
    country = dig(row, "location.country")
    yield dig(row, "location.city"), dig(row, "location.region"), None if country == "remote" else country


def _smartrecruiters_description(row: Any) -> str | None:
    names = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")
    found = [dig(row, f"detail.jobAd.sections.{name}") for name in names]
    return sections(*((dig(part, "title"), dig(part, "text")) for part in found))


def _flag(row: Any, at: str) -> str | None:
    return next((name for name in ("remote", "hybrid") if dig(row, f"{at}.{name}") is True), None)


def _bamboo_addresses(row: Any) -> Iterable[Address]:
    for spot in (dig(row, "atsLocation"), dig(row, "location")):
        found = dig(spot, "city"), dig(spot, "state") or dig(spot, "province"), dig(spot, "country")
        if any(found):
            yield found
            return


def _rippling_pay(row: Any) -> Salary | None:
    shown = dig(row, "detail.payRangeDetails.0")
    return pay(*(dig(shown, key) for key in ("rangeStart", "rangeEnd", "currency", "frequency")))


def _oracle_site(board: Board, source: SourceConfig) -> tuple[str, str]:
    host, _, site = board.token(source).partition("/")
    return host, site or "CX_1"


def _oracle_list(source: SourceConfig) -> str:
    host, site = _oracle_site(_ORACLE, source)
    window = "limit=25,offset={at}"
    search = f',keyword="{quote(str(source.options["search"]))}"' if source.options.get("search") else ""
    return (
        f"https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisitions?onlyData=true"
        f"&expand=requisitionList.secondaryLocations&limit=25&offset={{at}}"
        f"&finder=findReqs;siteNumber={site},{window},sortBy=POSTING_DATES_DESC{search}"
    )


def _oracle_detail(board: Board, source: SourceConfig, key: str) -> str:
    host, site = _oracle_site(board, source)
    return (
        f"https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails?expand=all&onlyData=true"
        f"&finder=ById;Id=%22{key}%22,siteNumber={site}"
    )


def _oracle_read(response: Response) -> Any:
    payload = response.json()
    return dig(payload, "items.0") or payload


def _oracle_locations(row: Any) -> tuple[str, ...]:
    return words([dig(row, "PrimaryLocation"), *(dig(other, "Name") for other in many(row, "secondaryLocations"))])


def _oracle_description(row: Any) -> str | None:
    names = ("Description", "Responsibilities", "Qualifications")
    return sections(*((None, dig(row, f"detail.External{name}Str")) for name in names)) or sections(
        (None, dig(row, "ShortDescriptionStr"))
    )


class EightfoldBoard(DetailedBoard):
    """Eightfold: with `api: pcsx` the newer of its two interfaces, which wraps the same lists once more."""

    def table(self, response: Response) -> Table:
        """See `Board.table`."""
        payload = response.json()
        if not isinstance(dig(payload, "data.positions"), list):
            return DetailedBoard.table(self, response)
        return Table(many(payload, "data.positions"), int(number(dig(payload, "data.count")) or 0), None)


def _eightfold_query(source: SourceConfig) -> str:
    domain = quote(str(source.options.get("domain") or f"{(source.value or '').split('.')[0]}.com"))
    return f"domain={domain}"


def _eightfold_list(source: SourceConfig) -> str:
    search = f"&query={quote(str(source.options['search']))}" if source.options.get("search") else ""
    if source.options.get("api") == "pcsx":
        query = search or "&query="
        return f"https://{{host}}/api/pcsx/search?{_eightfold_query(source)}{query}&start={{at}}&sort_by=timestamp"
    return f"https://{{host}}/api/apply/v2/jobs?{_eightfold_query(source)}&start={{at}}&num=10{search}"


def _eightfold_detail(board: Board, source: SourceConfig, key: str) -> str:
    root = f"https://{_host(board, source)}/api"
    if source.options.get("api") == "pcsx":
        return f"{root}/pcsx/position_details?position_id={key}&{_eightfold_query(source)}"
    return f"{root}/apply/v2/jobs/{key}?{_eightfold_query(source)}"


def _eightfold_read(response: Response) -> Any:
    payload = response.json()
    return dig(payload, "data") or payload


def _first(*paths: str) -> Callable[[Any], Any]:
    """The first of some paths at which anything stands."""
    return lambda row: next((found for path in paths if (found := dig(row, path))), None)


_SEARCH = {"search": Option(help="only postings that fit these words; large employers' lists are capped")}
_ORACLE = DetailedBoard(
    name="oracle",
    token_is_name=False,
    ids="url",
    url=lambda source: _oracle_list(source),
    items="items.0.requisitionList",
    total="items.0.TotalJobsCount",
    paging=Paging(size=25, cap=10_000, cap_is="Oracle's own limit"),
    options=_SEARCH,
    row_id="Id",
    detail=_oracle_detail,
    read_detail=_oracle_read,
    fields={
        "source_id": "Id",
        "title": "Title",
        "locations": _oracle_locations,
        "workplace": lambda row: (
            _WORKPLACES.get(line(dig(row, "WorkplaceTypeCode")) or "") or dig(row, "detail.WorkplaceType")
        ),
        "employment_type": "detail.JobSchedule",
        "date_posted": lambda row: dig(row, "detail.ExternalPostedStartDate") or dig(row, "PostedDate"),
        "valid_through": "detail.ExternalPostedEndDate",
        "description": _oracle_description,
        "requisition_id": "Id",
    },
    link=lambda board, source, key: "https://{}/hcmUI/CandidateExperience/en/sites/{}/job/{}".format(
        *_oracle_site(board, source), key
    ),
    pages=(r"([a-z0-9.-]+\.oraclecloud\.com)/hcmUI/CandidateExperience/[\w-]+/sites/([^/?#]+)",),
)

KINDS = (
    DetailedBoard(
        name="smartrecruiters",
        url="https://api.smartrecruiters.com/v1/companies/{value}/postings?limit=100&offset={at}",
        items="content",
        total="totalFound",
        ids="global",
        query=("search:q",),
        options=_SEARCH,
        paging=Paging(size=100),
        addresses=_smartrecruiters_addresses,
        row_id="id",
        detail=lambda board, source, key: (
            f"https://api.smartrecruiters.com/v1/companies/{quote(board.token(source), safe='')}/postings/{key}"
        ),
        fields={
            "source_id": "id",
            "title": "name",
            "company": "company.name",
            "url": "detail.postingUrl",
            "locations": "location.fullLocation",
            "workplace": lambda row: _flag(row, "location"),
            "employment_type": "typeOfEmployment.label",
            "team": lambda row: dig(row, "department.label") or dig(row, "function.label"),
            "date_posted": "releasedDate",
            "description": _smartrecruiters_description,
            "requisition_id": "refNumber",
        },
        link=lambda board, source, key: f"https://jobs.smartrecruiters.com/{quote(board.token(source))}/{key}",
        manners=Manners(concurrency=4, per_second=8.0),
        pages=(
            r"(?:jobs|careers)\.smartrecruiters\.com/(?:ni/|sr-jobs/)?([^/?#]+)",
            r"api\.smartrecruiters\.com/v1/companies/([^/?#]+)",
        ),
    ),
    BambooBoard(
        name="bamboohr",
        evidence="list",
        url="https://{host}/careers/list",
        host="bamboohr.com",
        same_host=True,
        items="result",
        total="meta.totalCount",
        addresses=_bamboo_addresses,
        row_id="id",
        detail=lambda board, source, key: f"https://{_host(board, source)}/careers/{key}/detail",
        read_detail=lambda response: dig(response.json(), "result.jobOpening"),
        fields={
            "source_id": "id",
            "title": "jobOpeningName",
            "locations": "place",
            "workplace": lambda row: (
                "remote" if dig(row, "isRemote") is True else _WORKPLACES.get(line(dig(row, "locationType")) or "")
            ),
            "salary": "detail.compensation",
            "employment_type": "employmentStatusLabel",
            "team": "departmentLabel",
            "date_posted": "detail.datePosted",
            "description": "detail.description",
        },
        link=lambda board, source, key: f"https://{_host(board, source)}/careers/{key}",
        pages=(r"(?!www\.|api\.|app\.)([a-z0-9-]+)\.bamboohr\.com(?:/|$)",),
    ),
    DetailedBoard(
        name="breezy",
        evidence="list",
        url="https://{host}/json",
        host="breezy.hr",
        same_host=True,
        ids="global",
        row_id="friendly_id",
        detail=lambda board, source, key: f"https://{_host(board, source)}/p/{key}",
        detail_is_page=True,
        read_detail=lambda response: next(iter(jobposting.found_in(response.text())), {}),
        addresses=lambda row: (
            (dig(spot, "city"), dig(spot, "state.name") or dig(spot, "state.id"), dig(spot, "country.name"))
            for spot in (many(row, "locations") or [dig(row, "location")])
        ),
        fields={
            "source_id": "id",
            "title": "name",
            "company": "company.name",
            "url": "url",
            "locations": "location.name",
            "workplace": lambda row: "remote" if dig(row, "location.is_remote") is True else None,
            "salary": "salary",
            "employment_type": lambda row: None if dig(row, "type.id") == "other" else dig(row, "type.name"),
            "team": "department",
            "date_posted": "published_date",
            "valid_through": "detail.validThrough",
            "description": lambda row: jobposting.description(dig(row, "detail")),
        },
        manners=Manners(concurrency=2, per_second=2.0),
        pages=(r"(?!www\.|app\.|api\.)([a-z0-9-]+)\.breezy\.hr(?:/|$)",),
    ),
    DetailedBoard(
        name="rippling",
        evidence="list",
        url="https://api.rippling.com/platform/api/ats/v1/board/{value}/jobs",
        ids="global",
        row_id="uuid",
        detail=lambda board, source, key: (
            f"https://api.rippling.com/platform/api/ats/v1/board/{quote(board.token(source), safe='')}/jobs/{key}"
        ),
        fields={
            "source_id": "uuid",
            "title": "name",
            "company": "detail.companyName",
            "url": "url",
            "locations": lambda row: words([dig(row, "workLocation.label"), *many(row, "detail.workLocations")]),
            "salary": _rippling_pay,
            "employment_type": "detail.employmentType.label",
            "team": "department.label",
            "date_posted": "detail.createdOn",
            "description": lambda row: sections(
                *((None, dig(row, f"detail.description.{k}")) for k in ("role", "company"))
            ),
        },
        pages=(r"ats\.(?:us1\.|eu1\.)?rippling\.com/(?:[a-z]{2}-[A-Z]{2}/)?(?!api/)([^/?#]+)",),
    ),
    _ORACLE,
    EightfoldBoard(
        name="eightfold",
        evidence="list",
        url=_eightfold_list,
        host="eightfold.ai",
        items="positions",
        total="count",
        paging=Paging(size=10),
        options={
            **_SEARCH,
            "api": Option(help="`pcsx` for employers on Eightfold's newer interface", values=("apply", "pcsx")),
            "domain": Option(help="the employer's domain as Eightfold knows it; else the token with `.com`"),
        },
        advice=dict.fromkeys(
            (403, 404, 405), "set `api: pcsx`; if that is refused too, use `sitemap: https://HOST/careers/sitemap.xml`"
        ),
        row_id="id",
        detail=_eightfold_detail,
        read_detail=_eightfold_read,
        fields={
            "source_id": "id",
            "title": "name",
            "url": _first("canonicalPositionUrl", "detail.publicUrl"),
            "locations": lambda row: words(dig(row, "locations")) or words(dig(row, "location")),
            "workplace": _first("work_location_option", "workLocationOption"),
            "team": "department",
            "date_posted": lambda row: epoch(dig(row, "t_create") or dig(row, "postedTs")),
            "description": _first("detail.job_description", "detail.jobDescription", "job_description"),
            "requisition_id": _first("ats_job_id", "atsJobId", "display_job_id", "displayJobId"),
        },
        link=lambda board, source, key: f"https://{_host(board, source)}/careers/job/{key}",
        pages=(r"(?!www\.|app\.)([a-z0-9-]+)\.eightfold\.ai(?:/|$)",),
    ),
)
