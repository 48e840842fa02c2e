"""Recorded and labelled data that lies beside a developer's checkout and in no user's clone."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"
needs_fixtures = pytest.mark.skipif(
    not (SHARED / "sources" / "fixtures").is_dir(),
    reason="the recorded boards (../shared/sources/fixtures) are not here",
)
needs_labels = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="the labelled data (../shared/data) is not here"
)
