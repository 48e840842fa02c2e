"""What sources ask of those who read them: intervals, few requests at once, patience, their name beside each job."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jobdigest.collect.sources.registry import load_kinds
from jobdigest.config import SourceConfig
from jobdigest.store import open_store
from jobdigest.store.sources import SourceMemory
from support.canned import serving
from support.collecting import NOW, Shelf, run_collect
from support.hostile import canned
from support.hostile import serving as serving_hostile

ROOT = Path(__file__).parents[2]
KINDS = load_kinds()


def test_limits_that_hosts_set_are_the_defaults() -> None:
    assert KINDS["workable"].manners.concurrency <= 2
    assert KINDS["ashby"].manners.timeout >= timedelta(seconds=30)
    for name, least in {"jobicy": timedelta(hours=1), "remotive": timedelta(days=1) / 4}.items():
        manners = KINDS[name].manners
        assert manners.by_terms
        assert manners.every is not None
        assert manners.every >= least


def test_adzunas_daily_calls_are_not_used_up() -> None:
    board = KINDS["adzuna"]
    calls = board.paging.cap / board.paging.size  # type: ignore[attr-defined]
    assert board.manners.every is not None
    assert calls * (timedelta(days=1) / board.manners.every) <= 250


@pytest.mark.parametrize("name", ["remoteok", "himalayas", "adzuna", "remotive", "weworkremotely", "jobicy"])
def test_their_name_comes_with_every_posting(name: str) -> None:
    assert KINDS[name].attribution  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["config.yaml", "examples/config.yaml", "src/jobdigest/app/starter.py"])
def test_remotive_is_in_no_config_of_ours(path: str) -> None:
    assert "remotive" not in (ROOT / path).read_text(encoding="utf-8").lower()


def test_an_interval_set_by_terms_is_kept_when_the_operator_asks_sooner(tmp_path: Path) -> None:
    store, shelf = open_store("sqlite:///t.db", tmp_path), Shelf()
    jobs = {"jobs": [{"id": 1, "title": "Engineer", "url": "https://remotive.com/1"}]}
    with serving({"GET /api/remote-jobs": [jobs]}) as (url, answers):
        source = SourceConfig(kind="remotive", name="remotive", base_url=url)
        first, soon, later = (
            run_collect([source], SourceMemory(store, now), shelf, now=now)["remotive"]
            for now in (NOW, NOW + timedelta(hours=5), NOW + timedelta(hours=6))
        )
    store.close()
    assert (first.state, soon.state, later.state) == ("ok", "skipped", "unchanged")
    assert soon.details["why"].startswith("its terms allow a request every 6 h")
    assert len(answers.asked) == 2


def test_a_personio_account_that_is_gone_leads_to_no_other_host(tmp_path: Path) -> None:
    store = open_store("sqlite:///t.db", tmp_path)
    with serving_hostile() as server:
        server.pages["/xml?language=en"] = canned("307 Temporary Redirect", b"", "Location: https://www.personio.com/")
        source = SourceConfig(kind="personio", value="gone", name="gone", base_url=server.url)
        report = run_collect([source], SourceMemory(store, NOW), Shelf())["gone"]
    store.close()
    assert report.error == "redirected to www.personio.com: no such account; some are on NAME.jobs.personio.com"
    assert len(server.log) == 1


def test_an_unknown_smartrecruiters_company_closes_nothing(tmp_path: Path) -> None:
    store, shelf = open_store("sqlite:///t.db", tmp_path), Shelf()
    listed = {"totalFound": 1, "content": [{"id": "1", "name": "Engineer"}]}
    gone = {"totalFound": 0, "content": []}
    asked = "GET /v1/companies/acme/postings?limit=100&offset=0"
    with serving({asked: [listed, gone], "GET /v1/companies/acme/postings/1": [{"jobAd": {}}]}) as (url, _):
        source = SourceConfig(kind="smartrecruiters", value="acme", name="acme", base_url=url)
        for hours in (0, 7):
            now = NOW + timedelta(hours=hours)
            report = run_collect([source], SourceMemory(store, now), shelf, now=now)["acme"]
    store.close()
    assert report.alarm == "empty, but had 1 postings before; nothing is closed"
    assert shelf.closed == []
