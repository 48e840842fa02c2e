"""Lists longer than a page: everything is taken, nothing twice, and what cannot be had is said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jobdigest.collect.sources.base import Batch, Response
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.errors import BlockedError, FetchError
from support.canned import Canned, Memory, collect, facts, source_of

KINDS = load_kinds()


def poll(kind: str, http: Any, value: str | None = None, memory: Memory | None = None, **options: str) -> list[Batch]:
    case = {"value": value, "options": options}
    return asyncio.run(collect(KINDS[kind], source_of(case, kind), http, memory))


def ids(batches: list[Batch]) -> list[str]:
    return [fact["source_id"] for fact in facts(batches)]


def said(batches: list[Batch]) -> list[str]:
    return [batch.truncated for batch in batches if batch.truncated]


def arbeitnow(start: int, stop: int) -> dict[str, Any]:
    return {"data": [{"slug": f"job-{number}", "title": "Engineer"} for number in range(start, stop)]}


def test_pages_are_asked_for_until_a_short_one() -> None:
    pages = {f"GET /api/job-board-api?page={page}": [arbeitnow(page * 100, page * 100 + 100)] for page in (1, 2)}
    http = Canned({**pages, "GET /api/job-board-api?page=3": [arbeitnow(300, 307)]})
    batches = poll("arbeitnow", http)
    assert ids(batches) == [f"job-{number}" for number in range(100, 307)]
    assert len(http.answers.asked) == 3
    assert said(batches) == []


def test_a_list_that_ends_with_a_full_page_ends_with_an_empty_one() -> None:
    http = Canned({"GET /api/job-board-api?page=1": [arbeitnow(0, 100)], "*": [{"data": []}]})
    assert len(ids(poll("arbeitnow", http))) == 100
    assert len(http.answers.asked) == 2


def test_our_own_limit_is_said() -> None:
    http = Canned({"*": [arbeitnow(page * 100, page * 100 + 100) for page in range(60)]})
    batches = poll("arbeitnow", http)
    assert len(ids(batches)) == 5000
    assert said(batches) == ["stopped at 5000 rows (our own limit)"]


@pytest.mark.parametrize(
    ("kind", "value", "status", "said"),
    [
        ("ashby", "acme", 404, r"no such board, or its public API is off; then try `sitemap:` .*"),
        ("personio", "acme", 404, r"the employer's XML feed is off; .* try `sitemap:` .*"),
        ("personio", "acme", 307, r"no such account; .*"),
        ("eightfold", "acme", 403, r"set `api: pcsx`; if that is refused too, use `sitemap: .*"),
    ],
)
def test_a_board_that_is_off_says_what_to_do(kind: str, value: str, status: int, said: str) -> None:
    class Off:
        async def get(self, url: str, **_: object) -> Response:
            raise FetchError("refused", status=status)

    with pytest.raises(FetchError, match=rf"^refused: {said}$") as caught:
        poll(kind, Off(), value)
    assert caught.value.status == status


class Slices:
    """A SmartRecruiters that gives 50 rows whatever is asked, from the offset asked for."""

    def __init__(self, total: int, fail: Exception | None = None) -> None:
        self.total, self.fail, self.details = total, fail, 0

    async def get(self, url: str, **_: object) -> Response:
        if "offset=" not in url:
            self.details += 1
            if self.fail:
                raise self.fail
            return Response(status=200, url=url, headers={}, body=b'{"jobAd": {}}')
        offset = int(url.split("offset=")[1].split("&")[0])
        rows = ",".join(f'{{"id": "{n}", "name": "Job"}}' for n in range(offset, min(offset + 50, self.total)))
        body = f'{{"totalFound": {self.total}, "content": [{rows}]}}'.encode()
        return Response(status=200, url=url, headers={}, body=body)


def test_a_servers_own_lower_limit_loses_no_rows() -> None:
    batches = poll("smartrecruiters", Slices(130), "acme")
    assert ids(batches) == [str(number) for number in range(130)]
    assert said(batches) == []


def test_details_are_given_up_after_five_failures_and_taken_up_again() -> None:
    memory, failing = Memory(), Slices(130, FetchError("429 Too Many Requests", status=429))
    batches = poll("smartrecruiters", failing, "acme", memory)
    assert len(ids(batches)) == 130
    assert failing.details == 5
    assert said(batches) == ["130 of 130 detail pages not read (429 Too Many Requests)"]
    working = Slices(130)
    assert said(poll("smartrecruiters", working, "acme", memory)) == []
    assert working.details == 130


def test_one_refusal_ends_the_details() -> None:
    refusing = Slices(100, BlockedError("403 Forbidden", status=403))
    assert len(ids(poll("smartrecruiters", refusing, "acme"))) == 100
    assert refusing.details == 1


class Workday:
    """2,500 postings in two job families of which one is over the cap itself; offsets beyond the cap start anew."""

    def __init__(self, facets: bool) -> None:
        self.facets = facets
        self.families = {"a": range(400), "b": range(400, 2500)}

    async def post(self, url: str, body: Any, **_: object) -> Response:
        assert set(body) == {"appliedFacets", "limit", "offset", "searchText"}
        assert body["limit"] == 20
        wanted = [self.families[key] for key in body["appliedFacets"].get("jobFamilyGroup", self.families)]
        numbers = [number for family in wanted for number in family]
        start = body["offset"] % 2000
        rows = [{"title": "Job", "externalPath": f"/job/x/Job_R-{n}"} for n in numbers[start : min(start + 20, 2000)]]
        values = [{"id": key, "count": len(family)} for key, family in self.families.items()]
        answer: dict[str, Any] = {"total": min(len(numbers), 2000) if not body["offset"] else 0, "jobPostings": rows}
        if self.facets:
            answer["facets"] = [{"facetParameter": "jobFamilyGroup", "values": values}]
        return await Canned({"*": [answer]}).get(url)

    async def get(self, url: str, **_: object) -> Response:
        return await Canned({"*": [{"jobPostingInfo": {"jobDescription": "Work."}}]}).get(url)


def test_workdays_cap_is_met_by_asking_for_job_families() -> None:
    batches = poll("workday", Workday(facets=True), "acme.wd5/Careers")
    assert len(ids(batches)) == len(set(ids(batches))) == 2400
    assert said(batches) == ["stopped at Workday's cap of 2,000 rows; set `search:` to narrow it"]


def test_workdays_cap_without_facets_is_said() -> None:
    batches = poll("workday", Workday(facets=False), "acme.wd5/Careers")
    assert len(ids(batches)) == 2000
    assert said(batches) == ["stopped at Workday's cap of 2,000 rows; set `search:` to narrow it"]
