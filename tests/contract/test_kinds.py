"""The contract of every source kind, shipped or third-party: what to pass when you add one.

Each kind needs a golden case in tests/golden/kinds: answers in the source's own format and what they must become. It
is served over a real loopback server to the real HTTP client; the hostile inputs come straight from memory.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobdigest.collect.http import Client
from jobdigest.collect.sources.base import Batch, Kind, Manners, Option
from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import Network
from jobdigest.errors import ConfigError, ParseError, SourceError
from jobdigest.model import RawPosting
from support.canned import Canned, Memory, body_of, collect, facts, serving, source_of

GOLDEN = Path(__file__).parent.parent / "golden" / "kinds"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLDEN.glob("*.json"))}
KINDS = load_kinds()
FILES = ("jsonl", "json", "csv")
REMOTE = [name for name, case in CASES.items() if case["kind"] not in FILES]
NOT_A_ROW = {"rss-atom", "rss-rdf"}  # these cases show dates, not broken rows
quick = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def poll(case: dict[str, Any], base_url: str | None, folder: Path) -> list[Batch]:
    """One poll with the real client, all requests going to `base_url`."""
    kind = KINDS[case["kind"]]
    network = Network(allow_private=True)
    async with Client(network, "jobdigest-tests") as client:
        session = client.session(kind.manners, kind=kind.name, base_url=base_url)
        return await collect(kind, source_of(case, kind.name, folder), session)


@pytest.mark.parametrize("name", CASES)
def test_golden_case_over_http(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with serving(case.get("routes", {})) as (base_url, answers):
        batches = asyncio.run(poll(case, base_url, tmp_path))
    assert facts(batches) == case["expected"]
    assert [f"{problem.row}: {problem.reason}" for batch in batches for problem in batch.problems] == case["problems"]
    assert [batch.truncated for batch in batches if batch.truncated] == case["truncated"]
    assert set(case.get("routes", {})) <= {*answers.asked, "GET /robots.txt"}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_golden_case_with_a_broken_row(name: str) -> None:
    cases = {case_name for case_name, case in CASES.items() if case["kind"] == name}
    assert cases, f"write tests/golden/kinds/{name}.json"
    for case in cases - NOT_A_ROW:
        assert CASES[case]["problems"], f"{case}: one row must be broken, and cost only itself"


@pytest.mark.parametrize("name", KINDS)
def test_kind_says_what_it_is(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name
    assert kind.evidence in ("recorded", "list", "synthetic")
    assert isinstance(kind.manners, Manners)
    assert 1 <= kind.manners.concurrency <= 10
    assert kind.manners.per_second > 0
    assert all(isinstance(option, Option) and option.help for option in kind.options.values())
    assert kind.recognise("https://example.com/about") is None


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize(
    "body",
    ["", "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>", "{}", "null"],
    ids=["empty", "page", "object", "null"],
)
def test_another_body_is_an_error_and_never_an_empty_list(name: str, body: str, tmp_path: Path) -> None:
    case = CASES[name]
    kind = KINDS[case["kind"]]
    with pytest.raises(ParseError):
        asyncio.run(collect(kind, source_of(case, kind.name, tmp_path), Canned({"*": [body]})))


@pytest.mark.parametrize("name", REMOTE)
def test_a_server_that_always_gives_the_same_page_is_left(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    kind = KINDS[case["kind"]]
    http = Canned(case["routes"])
    batches = asyncio.run(collect(kind, source_of(case, kind.name, tmp_path), http))
    asked = len(http.answers.asked)
    once = Canned({route: [again] for route, (*_, again) in case["routes"].items()})
    assert facts(asyncio.run(collect(kind, source_of(case, kind.name, tmp_path), once))) == facts(batches)
    assert len(once.answers.asked) == asked


@pytest.mark.parametrize("name", REMOTE)
def test_a_second_poll_asks_for_no_detail_again(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    kind, source, memory = KINDS[case["kind"]], source_of(case, case["kind"], tmp_path), Memory()
    first = facts(asyncio.run(collect(kind, source, Canned(case["routes"]), memory)))
    again = Canned(case["routes"])
    assert facts(asyncio.run(collect(kind, source, again, memory))) == first
    assert len(again.answers.asked) <= len(Canned(case["routes"]).answers.left) + len(case["problems"])


def run_hostile(case: dict[str, Any], routes: dict[str, list[Any]], folder: Path) -> list[Batch]:
    """What the kind makes of it; only SourceError may come out."""
    kind = KINDS[case["kind"]]
    try:
        batches = asyncio.run(collect(kind, source_of(case, kind.name, folder), Canned(routes)))
    except SourceError as error:
        reason = error.reason
        batches = []
    else:
        reason = "none"
    assert reason
    assert "\n" not in reason
    for posting in (posting for batch in batches for posting in batch.postings):
        check_posting(posting)
    return batches


def check_posting(posting: RawPosting) -> None:
    """The promises of RawPosting, whatever the input was."""
    assert isinstance(posting.source_id, str)
    assert posting.source_id.strip()
    assert posting.title.strip()
    assert "\n" not in posting.title
    assert all(isinstance(place, str) and place.strip() for place in posting.locations)
    assert posting.url is None or posting.url.lower().startswith(("http://", "https://"))
    for value in (posting.company, posting.employment_type, posting.team, posting.description, posting.workplace):
        assert value is None or (isinstance(value, str) and value.strip())


@pytest.mark.parametrize("name", REMOTE)
@given(body=st.binary(max_size=400))
@quick
def test_no_bytes_crash_a_kind(name: str, tmp_path: Path, body: bytes) -> None:
    run_hostile(CASES[name], {"*": [body]}, tmp_path)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy of a JSON value with one place changed."""
    changed = copy.deepcopy(value)
    spot = changed
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = by
    return changed


@pytest.mark.parametrize("name", REMOTE)
@given(data=st.data())
@quick
def test_wrong_types_cost_at_most_their_row(name: str, tmp_path: Path, data: st.DataObject) -> None:
    case = CASES[name]
    routes = dict(case["routes"])
    places = [(route, path) for route, answers in routes.items() for path in paths_of(answers) if len(path) > 1]
    if not places:
        return  # not JSON; its bytes are mixed up in the next test
    for route, path in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=2)):
        try:
            routes[route] = replaced(routes[route], path, data.draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the second's place away
    run_hostile(case, routes, tmp_path)


@pytest.mark.parametrize("name", REMOTE)
@given(data=st.data())
@quick
def test_damaged_answers_never_crash_a_kind(name: str, tmp_path: Path, data: st.DataObject) -> None:
    case = CASES[name]
    routes = {route: [body_of(answer) for answer in answers] for route, answers in case["routes"].items()}
    route = data.draw(st.sampled_from(sorted(routes)))
    body = routes[route][0]
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 40)))
    routes[route] = [body[:start] + data.draw(st.binary(max_size=6)) + body[end:]]
    run_hostile(case, routes, tmp_path)


@pytest.mark.parametrize("name", FILES)
@given(body=st.binary(max_size=300))
@quick
def test_no_bytes_crash_a_file_kind(name: str, tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "hostile"
    path.write_bytes(body)
    run_hostile({"kind": name, "value": str(path)}, {}, tmp_path)


def test_a_missing_file_names_its_path(tmp_path: Path) -> None:
    case = {"kind": "jsonl", "value": str(tmp_path / "nowhere.jsonl")}
    with pytest.raises(SourceError, match=r"nowhere\.jsonl: No such file"):
        asyncio.run(collect(KINDS["jsonl"], source_of(case, "jsonl"), Canned({})))


def test_the_last_of_many_rows_with_one_id_wins(tmp_path: Path) -> None:
    lines = [json.dumps({"id": "same", "title": f"Title {number}"}) for number in range(5000)]
    case = {"kind": "jsonl", "file": "\n".join([*lines, '{"id": "same"}', '{"title": "Late", "id": "late"}'])}
    batches = asyncio.run(collect(KINDS["jsonl"], source_of(case, "jsonl", tmp_path), Canned({})))
    assert [fact["title"] for fact in facts(batches)] == ["Title 4999", "Late"]
    assert [problem.row for batch in batches for problem in batch.problems] == ["line 5001"]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_batch_of_long_rows_is_a_small_one(kind: str, tmp_path: Path) -> None:
    text = "x" * 100_000
    rows = [json.dumps({"title": str(number), "description": text}) for number in range(200)]
    if kind == "csv":
        rows = ["title,description", *(f"{number},{text}" for number in range(200))]
    path = tmp_path / "long"
    path.write_text("\n".join(rows))
    batches = asyncio.run(collect(KINDS[kind], source_of({"value": str(path)}, kind), Canned({})))
    assert max(len(batch.postings) for batch in batches) == 84
    assert [posting.title for batch in batches for posting in batch.postings] == [str(number) for number in range(200)]


class _Planted:
    """An entry point as a broken or greedy package would bring it."""

    value = "their_package:kind"

    def __init__(self, name: str, made: Any) -> None:
        self.name = name
        self._made = made

    def load(self) -> Any:
        if isinstance(self._made, Exception):
            raise self._made
        return self._made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (ImportError("no module their_package"), "cannot be loaded.*reinstall or remove"),
        (dict, "is not a source kind"),
        (KINDS["greenhouse"], "'greenhouse' exists already"),
    ],
)
def test_a_bad_third_party_kind_is_named(made: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobdigest.collect.sources.registry.entry_points", lambda group: [_Planted("theirs", made)])
    with pytest.raises(ConfigError, match=said):
        load_kinds.__wrapped__()


def test_a_good_third_party_kind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Theirs:
        name = "theirs"

        def fetch(self, context: Any) -> Any:
            raise AssertionError("only listed here")

    monkeypatch.setattr("jobdigest.collect.sources.registry.entry_points", lambda group: [_Planted("theirs", Theirs)])
    found: dict[str, Kind] = load_kinds.__wrapped__()
    assert isinstance(found["theirs"], Theirs)
    assert set(found) == {*KINDS, "theirs"}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["kind"] != "hackernews"])
def test_the_operators_name_for_the_employer_counts(name: str, tmp_path: Path) -> None:
    case = {**CASES[name], "company": "Our Own Name"}
    batches = asyncio.run(
        collect(KINDS[case["kind"]], source_of(case, case["kind"], tmp_path), Canned(case.get("routes", {})))
    )
    assert {fact["company"] for fact in facts(batches)} == {"Our Own Name"}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_in_the_docs(name: str) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "kinds.md").read_text(encoding="utf-8")
    rows = [row for row in docs.splitlines() if row.startswith(f"| `{name}` |")]
    assert len(rows) == 1, f"docs/kinds.md needs one row for {name}"
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert bool(cells[1]) == KINDS[name].needs_value
    assert {part.strip("`") for part in cells[2].split()} == set(KINDS[name].options)
    assert cells[3] == KINDS[name].evidence


def test_a_line_without_end_is_named_and_the_next_one_taken(tmp_path: Path) -> None:
    long = '{"title": "' + "x" * (17 * 2**20) + '"}'
    case = {"kind": "jsonl", "file": f'{long}\n{{"title": "Next"}}'}
    batches = asyncio.run(collect(KINDS["jsonl"], source_of(case, "jsonl", tmp_path), Canned({})))
    assert [fact["title"] for fact in facts(batches)] == ["Next"]
    assert [f"{problem.row}: {problem.reason}" for problem in batches[0].problems] == ["line 1: longer than 16 MB"]
