"""`/metrics` says what the store holds and names nobody; the documented alerts name metrics that exist, and fire."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from sqlalchemy import insert, update

from jobdigest.app import App
from jobdigest.store import facts, schema
from jobdigest.store.holds import hold_after_restore
from jobdigest.web.metrics import render
from jobdigest.web.pages import create
from jobdigest.web.server import settings
from support import history
from support.cli import Operator
from support.history import NOW
from support.markdown import ROOT
from support.postgres import database
from support.promql import Labels, fires, names
from support.serving import served

RULES = YAML(typ="safe").load(ROOT / "docs" / "alerts.yml")["groups"][0]["rules"]
ENTRIES = "\n".join(f"  - {entry}" for entry in history.SOURCES)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    yield from opened(tmp_path, database() if request.param == "postgresql" else None)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[App]:
    """On SQLite."""
    yield from opened(tmp_path, None)


def opened(folder: Path, address: str | None) -> Iterator[App]:
    app = App.load(Operator(folder, ENTRIES, address).config)
    yield app
    app.store.close()


def samples(app: App, now: datetime = NOW) -> dict[str, dict[Labels, float]]:
    """Metric → labels → value, as Prometheus reads the page."""
    found: dict[str, dict[Labels, float]] = defaultdict(dict)
    for family in text_string_to_metric_families(render(app, now).decode()):
        assert family.documentation
        for sample in family.samples:
            found[sample.name][frozenset(sample.labels.items())] = sample.value
    return found


def test_the_numbers_are_those_of_the_store(app: App) -> None:
    history.remember(app)
    found = samples(app)

    def of(name: str, **labels: str) -> float:
        return found[f"digest_{name}"][frozenset(labels.items())]

    assert of("sources") == len(history.SOURCES)
    assert (of("sources_failing"), of("sources_doubted"), of("sources_lasting")) == (1, 1, 2)
    assert of("last_success_timestamp_seconds") == (NOW - timedelta(hours=2)).timestamp()
    assert of("readers", state="active") == history.READERS
    assert (of("postings_in_scope"), of("suspects"), of("jobs_reported"), of("jobs_open")) == (3, 3, 1, 0)
    assert of("deliveries_in_doubt") == of("edition_deliveries", state="in_doubt") > 0
    assert sum(found["digest_edition_deliveries"].values()) == history.READERS - 12
    assert of("edition_state", state="sent") == 1
    assert sum(found["digest_edition_state"].values()) == 1
    assert of("next_edition_timestamp_seconds") > NOW.timestamp() > of("last_edition_timestamp_seconds")
    kinds = {dict(labels)["kind"]: value for labels, value in found["digest_concern"].items()}
    wrong = {"in-doubt", "coverage"} | ({"backup"} if app.store.is_sqlite else set())
    assert {kind for kind, value in kinds.items() if value} == wrong
    assert ("digest_last_backup_timestamp_seconds" in found) is app.store.is_sqlite


def test_an_empty_store_has_numbers_too(app: App) -> None:
    found = samples(app)
    assert found["digest_sources"][frozenset()] == len(history.SOURCES)
    assert found["digest_postings"][frozenset()] == 0
    assert [rule["alert"] for rule in RULES if fires(rule["expr"], found, NOW.timestamp())] == [
        "DigestNothingCollected"
    ]


def test_nobody_is_named(here: App) -> None:
    history.remember(here)
    text = render(here, NOW).decode()
    assert "@" not in text
    assert not re.search("greenhouse|anthropic|Quick Hire", text)


# --- the documented alerts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_a_rule_is_whole_and_about_what_exists(here: App, rule: dict[str, Any]) -> None:
    history.remember(here)
    assert names(rule["expr"]) <= set(samples(here))
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"].keys() == {"summary", "action"}
    assert re.fullmatch(r"\d+[mh]", rule.get("for", "0m"))


def test_all_is_quiet_while_all_is_well(here: App) -> None:
    history.remember(here, trouble=False)
    found = samples(here)
    assert [rule["alert"] for rule in RULES if fires(rule["expr"], found, NOW.timestamp())] == []


def test_every_rule_fires_in_its_trouble(here: App) -> None:
    history.remember(here)
    later = NOW + timedelta(days=7)  # the scheduler died: no tick, no poll, no backup, no edition at its slot
    with here.store.begin() as connection:
        hold_after_restore(connection, later)
        editions = schema.editions
        stopped = update(editions).where(editions.c.key == history.WEEKS[-1])
        connection.execute(stopped.values(state="stopped", stop_reason="12 of the last 50 answers refuse mail"))
        ledger = schema.deliveries
        refused = (ledger.c.edition == history.WEEKS[-1]) & (ledger.c.subscriber_id < 40)
        connection.execute(update(ledger).where(refused).values(state="failed"))
        for number in range(5):
            report = {"address_hash": bytes(16), "kind": "complaint", "evidence": "arf", "at": later}
            connection.execute(insert(schema.bounces).values(**report, fingerprint=f"late {number}"))
    found = samples(here, later)
    silent = [rule["alert"] for rule in RULES if not fires(rule["expr"], found, later.timestamp())]
    assert silent == []


def test_two_states_never_meet_by_themselves(here: App) -> None:
    history.remember(here)
    found = samples(here)
    pair = 'digest_edition_deliveries{{state="accepted"}} > {}0.1 * digest_edition_deliveries{{state="failed"}}'
    assert not fires(pair.format(""), found, 0)
    assert fires(pair.format("ignoring(state) "), found, 0)


# --- who may read them -------------------------------------------------------------------------------------------


def status_of(base: str, **headers: str) -> int:
    try:
        with urlopen(Request(f"{base}/metrics", headers=headers), timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            assert b"digest_sources " in answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize(
    ("web", "headers", "expected"),
    [
        ("{}", {}, 200),
        ("{}", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("{}", {"Forwarded": "for=203.0.113.9"}, 404),
        ("{}", {"Host": "jobs.example.com"}, 404),
        ("{metrics: off}", {}, 404),
        ("{metrics: public}", {"X-Forwarded-For": "203.0.113.9", "Host": "jobs.example.com"}, 200),
        ("{metrics: token, metrics_token: let me in}", {}, 404),
        ("{metrics: token, metrics_token: let me in}", {"Authorization": "Bearer let me"}, 404),
        ("{metrics: token, metrics_token: let me in}", {"Authorization": "Bearer l\xe9t me in"}, 404),
        ("{metrics: token, metrics_token: let me in}", {"Authorization": "Bearer let me in"}, 200),
    ],
)
def test_only_whom_the_config_names_may_read(tmp_path: Path, web: str, headers: dict[str, str], expected: int) -> None:
    operator = Operator(tmp_path)
    operator.config.write_text(f"{operator.config.read_text()}web: {web}\n")
    app = App.load(operator.config)
    with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, **settings(app))) as base:
        assert status_of(base, **headers) == expected
    app.store.close()


def test_however_many_ask_the_store_is_read_once(here: App) -> None:
    history.remember(here)
    with served(uvicorn.Config(create(here), host="127.0.0.1", port=0, **settings(here))) as base:
        assert status_of(base) == 200
        with here.store.begin() as connection:
            facts.put(connection, "backup_failed", "disk full")
        with urlopen(f"{base}/metrics", timeout=30) as answer:
            assert b"digest_backup_failed 0.0" in answer.read()
