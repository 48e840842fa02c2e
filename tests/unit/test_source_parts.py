"""Careful reading of strangers' values: what adapters share."""

from __future__ import annotations

import html
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.collect.sources import _feeds, _jobposting, _parts, hackernews
from jobdigest.collect.sources._countries import address
from jobdigest.model import RawPosting, Salary
from support.growth import is_linear

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
READERS = (
    _parts.text,
    _parts.line,
    _parts.plain,
    _parts.words,
    _parts.joined,
    _parts.number,
    _parts.period,
    _parts.moment,
    _parts.epoch,
    _parts.day,
    _parts.web,
    _parts.many,
    _jobposting.salary,
    _jobposting.description,
    lambda value: _parts.dig(value, "a.0.b"),
    lambda value: _parts.pay(value, value, value, value),
    lambda value: _parts.sections((value, value)),
    lambda value: address(value, value, value),
)


@given(ANYTHING)
def test_no_value_makes_a_reader_raise(value: Any) -> None:
    for read in READERS:
        read(value)


@given(
    st.lists(st.sampled_from(["&", "&lt;", "&gt;", "&quot;", "&#39;", "&amp;", "&nbsp;", "&#x27;", "not", ";", "a b"]))
)
def test_the_quick_unescape_is_the_slow_one(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert _parts.unescaped(text) == html.unescape(text)


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2026-07-16T11:55:32-04:00", datetime(2026, 7, 16, 15, 55, 32, tzinfo=UTC)),
        ("2026-08-05 10:10:39 UTC", datetime(2026, 8, 5, 10, 10, 39, tzinfo=UTC)),
        ("2026-08-13T06:25:53", datetime(2026, 8, 13, 6, 25, 53, tzinfo=UTC)),
        ("2026-07-03T00:00:00.0000000", datetime(2026, 7, 3, tzinfo=UTC)),
        ("Fri, 20 Mar 2026 09:30:04 +0100", datetime(2026, 3, 20, 8, 30, 4, tzinfo=UTC)),
        (1764205361939, datetime(2025, 11, 27, 1, 2, 41, 939000, tzinfo=UTC)),
        (1786807824, datetime(2026, 8, 15, 15, 30, 24, tzinfo=UTC)),
        ("2026-08-05", "2026-08-05"),
        ("Posted 30+ Days Ago", "Posted 30+ Days Ago"),
        ("0001-01-01T00:00:00+23:00", "0001-01-01T00:00:00+23:00"),
        ("", None),
    ],
)
def test_moments(shown: Any, meant: Any) -> None:
    assert _parts.moment(shown) == meant


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("per-year-salary", "year"),
        ("per-hour-wage", "hour"),
        ("1 YEAR", "year"),
        ("1 MONTH", "month"),
        ("NONE", None),
        ("annually", "year"),
        ("PA", "year"),
        ("PH", "hour"),
        ("weekly", "week"),
        ("DAY", "day"),
        (None, None),
    ],
)
def test_periods(shown: Any, meant: str | None) -> None:
    assert _parts.period(shown) == meant


def test_pay_says_only_what_is_stated() -> None:
    assert _parts.pay("60000", 75000.5, "eur", "year") == Salary("EUR", 60000.0, 75000.5, "year")
    assert _parts.pay(0, 0, "USD", "year") is None
    assert _parts.pay(None, float("inf"), "USD", "year") is None
    assert _parts.pay(True, 40, "dollars", None) == Salary(None, None, 40.0, None)


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("SÃ£o Paulo", "São Paulo"),
        ("Itâ€™s fun", "It’s fun"),
        ("São Paulo", "São Paulo"),
        ("Âge and Ãge", "Âge and Ãge"),
        ("plain", "plain"),
    ],
)
def test_mojibake_is_repaired_and_nothing_else(broken: str, right: str) -> None:
    assert _parts.repaired(broken) == right


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["C"])))
def test_what_was_misread_as_latin_1_comes_back(shown: str) -> None:
    misread = shown.encode().decode("latin-1")
    assert _parts.repaired(misread) in (shown, misread)


def test_rows_of_one_id_are_one_posting_with_all_places() -> None:
    rows = [
        RawPosting(source_id=key, title="A", locations=(place,)) for key, place in (("1", "x"), ("2", "y"), ("1", "z"))
    ]
    assert [(row.source_id, row.locations) for row in _parts.united(rows)] == [("1", ("x", "z")), ("2", ("y",))]


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("scale-ai", "Scale AI"),
        ("n8n", "n8n"),
        ("1password", "1Password"),
        ("Notion", "Notion"),
        ("jobs.acme.com", "Acme"),
        ("Acme%20Labs", "Acme Labs"),
    ],
)
def test_readable_tokens(token: str, name: str) -> None:
    assert _parts.readable(token) == name


def test_a_countrys_code_is_written_out() -> None:
    assert address("Toronto", "ON", "CA") == "Toronto, ON, Canada"
    assert address("Los Angeles", "CA", "us") == "Los Angeles, CA, United States"
    assert address("", None, "Deutschland") == "Deutschland"
    assert address(None, " ", 5.5) == "5.5"


HOSTILE = ["<", '<script type="application/ld+json">', "<br>", '<a href="', "x at ", "contractor", " \t", "|"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_does_not_grow_faster_than_the_text(unit: str) -> None:
    def read(text: str) -> None:
        _parts.plain(text)
        _parts.repaired("Ã" + text)
        _jobposting.found_in(text)
        _jobposting.description({"description": text})
        _feeds.role_and_company(text)
        _feeds.company_and_role(text)
        for comment in (text, f"Acme | {text}"):
            with suppress(ValueError):
                hackernews.comment_postings({"objectID": "1", "comment_text": comment})

    assert is_linear(read, unit, "!")
