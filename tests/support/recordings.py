"""The responses recorded from real boards, what each holds by a count of our own, and a table of what we make of them.

    make kinds

The recordings aren't ours to publish, so they lie beside the project; the table says so where they are missing.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from jobdigest.collect.sources import registry
from jobdigest.collect.sources.detailed import DetailedBoard
from jobdigest.collect.sources.workday import Workday
from support.canned import Canned, collect, facts, source_of
from support.shared import SHARED

RECORDED = SHARED / "sources" / "fixtures"


class Recording(NamedTuple):
    """A recorded list: how many vacancies it holds by a count of our own, and fields that it doesn't have."""

    kind: str
    pattern: str
    count: Callable[[str], int]
    value: str | None = "acme"
    lacks: frozenset[str] = frozenset()
    detail: str = ""
    """A recorded detail page, given for every row."""


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
    Recording(
        "smartrecruiters",
        "smartrecruiters/*page*.json",
        distinct("content", "id"),
        detail="smartrecruiters/md_smartrecruiters_detail.json",
    ),
    Recording("bamboohr", "bamboohr/careerkit*.json", distinct("result", "id"), lacks=LIST_ONLY | {"date_posted"}),
    Recording("breezy", "breezy/hunt.json", distinct("", "id"), lacks=LIST_ONLY),
    Recording("rippling", "rippling/careerkit*.json", distinct("", "uuid"), lacks=LIST_ONLY | {"date_posted"}),
    Recording("eightfold", "eightfold/careerkit*.json", distinct("positions", "id"), lacks=LIST_ONLY),
    Recording(
        "oracle",
        "oracle/careerkit_oracle_orc.json",
        distinct("items.0.requisitionList", "Id"),
        value="acme.fa.us2.oraclecloud.com/CX_1",
        lacks=frozenset({"company"}),
        detail="oracle/careerkit_oracle_orc_detail.json",
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
    answers: list[Any] = [path.read_bytes()]
    kind = registry.load_kinds()[one.kind]
    if one.kind == "hackernews":  # the thread is found first
        story = json.loads(answers[0])
        answers.insert(0, {"hits": [{"objectID": str(story["story_id"]), "title": story["story_title"]}]})
    if isinstance(kind, (DetailedBoard, Workday)):
        answers.append((RECORDED / one.detail).read_bytes() if one.detail else "not recorded")
    routes = {"GET /nothing": [""], "*": answers}
    batches = asyncio.run(collect(kind, source_of({"value": one.value}, one.kind), Canned(routes)))
    return facts(batches), [problem.reason for batch in batches for problem in batch.problems]


SHOWN = ("company", "url", "locations", "workplace", "salary", "employment_type", "team", "date_posted", "description")
HEADS = ("kind", "evidence", "files", "expected", "parsed", *(name.split("_")[0] for name in SHOWN), "lines")


def own_lines() -> dict[str, int]:
    """How many lines each kind needs that no other kind does: its row of a table and what only that row refers to."""
    counts: dict[str, int] = {}
    for name in registry.MODULES:
        path = Path(str(import_module(f"jobdigest.collect.sources.{name}").__file__))
        counts |= _own_lines(path.read_text(encoding="utf-8"))
    return counts


def _own_lines(source: str) -> dict[str, int]:
    tree = ast.parse(source)
    rows = {kind: call for call in ast.walk(tree) if isinstance(call, ast.Call) and (kind := _kind_of(call))}
    named = {name: node for node in tree.body for name in _defines(node) if not set(ast.walk(node)) & {*rows.values()}}
    if len(rows) < 2:  # a file for one kind, whose class says its name
        (kind,) = rows or re.findall(r'^    name: str = "(\w+)"', source, re.MULTILINE)
        return {kind: len(source.splitlines())}
    needs = {kind: _reachable(call, named) for kind, call in rows.items()}
    users = Counter(name for needed in needs.values() for name in needed)
    return {
        kind: _length(rows[kind]) + sum(_length(named[name]) for name in needed if users[name] == 1)
        for kind, needed in needs.items()
    }


def _kind_of(call: ast.Call) -> str | None:
    """The kind that a call makes: `Board(name="ashby", …)`, `XmlFeed("indeed_xml", …)`."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "name"] or call.args[:1]
    name = given[0].value if given and isinstance(given[0], ast.Constant) else None
    return name if isinstance(name, str) and name in registry.load_kinds() else None


def _defines(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _reachable(node: ast.AST, named: dict[str, ast.stmt]) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        used = {part.id for part in ast.walk(waiting.pop()) if isinstance(part, ast.Name)}
        fresh = (used & set(named)) - found
        found |= fresh
        waiting += [named[name] for name in fresh]
    return found


def _length(node: ast.AST) -> int:
    return int(node.end_lineno - node.lineno + 1)  # type: ignore[attr-defined]


def table() -> Iterator[list[str]]:
    """A row a kind: recorded files, postings expected and parsed, per cent of them with each field, lines of code."""
    lines = own_lines()
    for name, kind in registry.load_kinds().items():
        files = [(one, path) for one, path in FILES if one.kind == name]
        expected = sum(one.count(path.read_text(encoding="utf-8")) for one, path in files)
        postings = [posting for one, path in files for posting in read(one, path)[0]]
        filled = Counter(field for posting in postings for field in posting)
        shares = [f"{100 * filled[field] // len(postings)}" if postings else "–" for field in SHOWN]
        yield [name, kind.evidence, *map(str, (len(files), expected, len(postings))), *shares, str(lines[name])]


def main() -> None:
    """Print the table as Markdown."""
    if not FILES:
        print(f"no recorded responses at {RECORDED}: only the lines are counted")
    for cells in (list(HEADS), ["---"] * len(HEADS), *table()):
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
