"""Rows before they are judged: an id of any length is kept, and names the same posting every time."""

from __future__ import annotations

from typing import Any

import pytest

from jobdigest.collect.sound import sound, sound_problem
from jobdigest.collect.sources.base import RowProblem
from jobdigest.model import LONGEST_ID, RawPosting, short_id


def row(**fields: Any) -> RawPosting:
    return RawPosting(**{"source_id": "1", "title": "Engineer", **fields})


def kept(**fields: Any) -> RawPosting:
    found = sound(row(**fields))
    assert isinstance(found, RawPosting)
    return found


def test_an_id_that_fits_stays_as_it_is() -> None:
    raw = row(source_id="x" * LONGEST_ID)
    assert sound(raw) is raw


@pytest.mark.parametrize("field", ["source_id", "ats_id", "requisition_id"])
@pytest.mark.parametrize("text", ["x" * 4_000, "é\ud800\x00" * 900], ids=["plain", "broken"])
def test_a_longer_id_is_its_beginning_and_a_hash(field: str, text: str) -> None:
    first, again, other = (getattr(kept(**{field: one}), field) for one in (text, text, f"{text}!"))
    assert first == again != other
    assert first[:100] == text.replace("\x00", "").replace("\ud800", "\ufffd")[:100]
    assert len(first) <= 2_000
    first.encode()


def test_the_hash_is_the_same_in_every_run() -> None:
    assert short_id("abc" * 200) == ("abc" * 156)[: LONGEST_ID - 33] + "~5e0229f10125645ddb8e9e49b21c4d59"


def test_a_row_that_cannot_be_read_is_known_by_the_id_it_would_be_kept_by() -> None:
    raw = row(source_id="x" * 4_000)
    broken = sound(row(source_id=raw.source_id, title=" "))
    assert isinstance(broken, RowProblem)
    assert broken.source_id == kept(source_id=raw.source_id).source_id
    named = sound_problem(RowProblem(row="7", reason="no title", source_id=raw.source_id))
    assert named.source_id == broken.source_id


def test_other_text_is_cut_and_a_longer_address_is_no_address() -> None:
    assert len(kept(team="x" * 4_000).team or "") == 2_000
    unsound = sound(row(url="https://x.example/" + "x" * 4_000))
    assert isinstance(unsound, RowProblem)
    assert (unsound.reason, unsound.source_id) == ("url is longer than 4000 characters", "1")
