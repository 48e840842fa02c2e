"""Where the rectangles of a chart stand: within it, beside each other, as tall and long as what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobdigest.compose import charts

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ("a", "b", "c")
POINTS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 10**7)), min_size=1, max_size=12)


@patient
@given(POINTS, st.integers(20, 300))
def test_columns_stand_side_by_side_within_the_chart(points: list[dict[str, int]], height: int) -> None:
    chart = charts.columns([(str(n), values) for n, values in enumerate(points)], NAMES, height)
    right = 0.0
    for column, values in zip(chart.columns, points, strict=True):
        assert column.total == sum(values.values())
        assert sum(box.value for box in column.boxes) == column.total
        foot = float(height)
        for box in column.boxes:
            assert right <= box.x <= box.x + box.width <= 100.01
            assert box.y + box.height == pytest.approx(foot, abs=0.03)
            foot = box.y
        assert foot >= -0.03
        right = max([right, *(box.x + box.width for box in column.boxes)])
    assert 1 <= len(chart.lines) <= 5
    assert all(-0.01 <= y < height for _, y in chart.lines)


@patient
@given(st.integers(1, 10**9))
def test_a_scale_has_few_round_values(highest: int) -> None:
    ticks = charts.scale(highest)
    assert ticks[-1] >= highest
    assert len(ticks) <= 4
    assert str(ticks[0]).rstrip("0") in ("1", "2", "5")


@patient
@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 1000)), st.integers(0, 1000))
def test_a_bar_is_as_long_as_its_parts(values: dict[str, int], more: int) -> None:
    whole = sum(values.values()) + more
    boxes = charts.row(values, NAMES, whole, 14)
    assert sum(box.width for box in boxes) == pytest.approx(100 * sum(values.values()) / max(1, whole), abs=0.01)
