"""Every adapter over the responses recorded from real boards: each row is a posting, or named, or known to be none.

The recordings aren't ours to publish, so they live beside the project; without them these tests say so and skip.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from jobdigest.collect.sources.registry import load_kinds
from support.recordings import FILES, RECORDED, RECORDINGS, Recording, own_lines, read

WANTED = {"title", "company", "url", "locations", "date_posted", "description"}
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded responses at {RECORDED}")


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


def test_every_kinds_lines_are_counted() -> None:
    lines = own_lines()
    assert set(lines) == set(load_kinds())
    assert min(lines.values()) > 5
