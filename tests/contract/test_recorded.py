"""Every adapter over the responses recorded from real boards: each row is a posting, or named, or known to be none.

The recordings aren't ours to publish, so they live beside the project; without them these tests say so and skip.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jobdigest.collect.sources.registry import load_kinds
from support.canned import Canned, collect, facts, source_of

RECORDED = Path(__file__).parents[3] / "shared" / "sources" / "fixtures"
WANTED = {"title", "company", "url", "locations", "date_posted", "description"}
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded responses at {RECORDED}")


class Recording(NamedTuple):
    """A recorded list: how many vacancies it holds by a count of our own, and fields that it doesn't have."""

    kind: str
    pattern: str
    count: Callable[[str], int]
    value: str | None = "acme"
    lacks: frozenset[str] = frozenset()
    then: tuple[Any, ...] = ()
    options: dict[str, str] = {}  # noqa: RUF012 - never changed


def distinct(items: str, key: str) -> Callable[[str], int]:
    """The number of different ids in a JSON list at a path."""

    def count(text: str) -> int:
        rows = json.loads(text)
        for step in items.split(".") if items else ():
            rows = rows[int(step)] if step.isdigit() else rows[step]
        return len({str(row[key]) for row in rows if key in row and row.get("isListed") is not False})

    return count


def titled(element: str) -> Callable[[str], int]:
    """The number of XML elements with a title."""
    return lambda text: len(re.findall(rf"<{element}[ >](?:(?!</{element}>).)*?<title>", text, re.DOTALL))


LIST_ONLY = frozenset({"description"})
RECORDINGS = (
    Recording("greenhouse", "greenhouse/*.json", distinct("jobs", "id")),
    Recording("lever", "lever/*.json", distinct("", "id")),
    Recording("ashby", "ashby/[!e]*.json", distinct("jobs", "id")),
    Recording("recruitee", "recruitee/careerkit.json", distinct("offers", "id")),
    Recording("workable", "workable/m*.json", distinct("jobs", "shortcode")),
    Recording("workable", "workable/c*.json", distinct("jobs", "shortcode"), lacks=LIST_ONLY),
    Recording("pinpoint", "pinpoint/careerkit*.json", distinct("data", "id"), lacks=frozenset({"date_posted"})),
    Recording("smartrecruiters", "smartrecruiters/careerkit.json", distinct("content", "id"), lacks=LIST_ONLY),
    Recording("smartrecruiters", "smartrecruiters/*page*.json", distinct("content", "id"), lacks=LIST_ONLY),
    Recording("bamboohr", "bamboohr/careerkit*.json", distinct("result", "id"), lacks=LIST_ONLY | {"date_posted"}),
    Recording("breezy", "breezy/hunt.json", distinct("", "id"), lacks=LIST_ONLY),
    Recording("rippling", "rippling/careerkit*.json", distinct("", "uuid"), lacks=LIST_ONLY | {"date_posted"}),
    Recording("eightfold", "eightfold/careerkit*.json", distinct("positions", "id"), lacks=LIST_ONLY),
    Recording(
        "oracle",
        "oracle/careerkit_oracle_orc.json",
        distinct("items.0.requisitionList", "Id"),
        value="acme.fa.us2.oraclecloud.com/CX_1",
        lacks=LIST_ONLY | {"company"},
    ),
    Recording(
        "workday",
        "workday/[ch]*.json",
        distinct("jobPostings", "externalPath"),
        value="acme.wd5/Site",
        lacks=LIST_ONLY | {"locations"},
    ),
    Recording(
        "personio", "personio/careerkit.xml", lambda text: len(set(re.findall(r"<id>(\d+)", text))), lacks=LIST_ONLY
    ),
    Recording("teamtailor", "teamtailor/*.xml", lambda text: len(set(re.findall(r"/jobs/(\d+)", text)))),
    Recording("jsonld", "jsonld/*.html", lambda text: text.count('"JobPosting"'), value="https://acme.example/job"),
    Recording(
        "rss", "rss/*.rss", titled("item"), value="https://acme.example/f", lacks=frozenset({"company", "locations"})
    ),
    Recording("weworkremotely", "rss/michael*.rss", titled("item"), value=None),
    Recording("weworkremotely", "wwr/*.rss", titled("item"), value=None),
    Recording(
        "hackernews",
        "hn/*.json",
        lambda text: len([hit for hit in json.loads(text)["hits"] if hit["parent_id"] == hit["story_id"]]) + 2,
        value=None,
        lacks=frozenset({"locations"}),
        then=("story",),
    ),
    Recording("remoteok", "remoteok/*.json", distinct("", "id"), value=None, lacks=frozenset({"locations"})),
    Recording("himalayas", "himalayas/*.json", distinct("jobs", "guid"), value=None),
    Recording("remotive", "remotive/*.json", distinct("jobs", "id"), value=None),
    Recording("arbeitnow", "arbeitnow/*.json", distinct("data", "slug"), value=None),
    Recording("jobicy", "jobicy/*.json", distinct("jobs", "id"), value=None),
    Recording("workingnomads", "workingnomads/*.json", distinct("", "url"), value=None),
    Recording("adzuna", "adzuna/*.json", distinct("results", "id"), value="gb"),
    Recording(
        "usajobs",
        "usajobs/*.json",
        lambda text: text.count('"PositionTitle"'),
        value=None,
    ),
    Recording("indeed_xml", "indeed_xml/*.xml", titled("job"), value="https://acme.example/feed.xml"),
    Recording(
        "linkedin_xml",
        "linkedin_xml/*.xml",
        titled("job"),
        value="https://acme.example/feed.xml",
        lacks=frozenset({"date_posted"}),
    ),
)
FILES = [(one, path) for one in RECORDINGS for path in sorted(RECORDED.glob(one.pattern))]


def read(one: Recording, path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The postings in a recording, and what was said about rows that are none."""
    body = path.read_bytes()
    answers: list[Any] = [body]
    if one.then:  # the thread is found first
        story = json.loads(body)
        answers = [{"hits": [{"objectID": str(story["story_id"]), "title": story["story_title"]}]}, body]
    kind = load_kinds()[one.kind]
    first, *rest = answers
    routes = {"GET /nothing": [""], "*": [first, *rest]}
    if one.kind in ("smartrecruiters", "bamboohr", "breezy", "rippling", "eightfold", "oracle", "workday"):
        routes["*"] = [first, "not recorded"]
    batches = asyncio.run(collect(kind, source_of({"value": one.value}, one.kind), Canned(routes)))
    return facts(batches), [problem.reason for batch in batches for problem in batch.problems]


@pytest.mark.parametrize(("one", "path"), FILES, ids=[f"{one.kind}-{path.stem}" for one, path in FILES])
def test_every_recorded_vacancy_is_read(one: Recording, path: Path) -> None:
    postings, problems = read(one, path)
    assert len(postings) == one.count(path.read_text(encoding="utf-8"))
    assert set(problems) <= {"no title"}, problems  # vendors' samples hold empty elements
    filled = Counter(name for posting in postings for name in posting)
    never = {name for name in WANTED if not filled[name]}
    assert never <= one.lacks, f"no row has {never - one.lacks}"


def test_recordings_are_there() -> None:
    assert {one.kind for one, _ in FILES} == {one.kind for one in RECORDINGS}
