"""Where the rectangles of a chart stand: x and width in percent, so that type stays legible at any width; y in pixels.

Numbers only; `templates/operator/charts.html.j2` draws them as SVG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

GAP = 0.28  # of a column's share
_STEPS = (1, 2, 5)


class Box(NamedTuple):
    """One rectangle: what it stands for, how many, and where."""

    name: str
    value: int
    x: float
    y: float
    width: float
    height: float
    title: str = ""


class Column(NamedTuple):
    """The stacked boxes of one point of time, its label and the middle of its foot."""

    label: str
    total: int
    middle: float
    boxes: Sequence[Box]


class Columns(NamedTuple):
    """A chart of columns; `lines` are the grid's values with their y, every `every`th column has its label shown."""

    height: int
    every: int
    columns: Sequence[Column]
    lines: Sequence[tuple[int, float]]


def columns(
    points: Sequence[tuple[str, Mapping[str, int]]],
    names: Sequence[str],
    height: int,
    *,
    top: int | None = None,
    every: int = 1,
) -> Columns:
    """Stacked columns of `points` (label, name → value), stacked in the order of `names` from the foot."""
    highest = max([top or 0, 1, *(sum(values.get(name, 0) for name in names) for _, values in points)])
    ticks = scale(highest)
    reach = max(highest, ticks[-1])
    share = 100 / max(1, len(points))
    made = []
    for index, (label, values) in enumerate(points):
        foot, boxes = float(height), []
        for name in names:
            tall = height * values.get(name, 0) / reach
            if tall:
                foot -= tall
                x, width = share * (index + GAP / 2), share * (1 - GAP)
                boxes.append(Box(name, values[name], round(x, 3), round(foot, 2), round(width, 3), round(tall, 2)))
        total = sum(values.get(name, 0) for name in names)
        made.append(Column(label, total, round(share * (index + 0.5), 3), boxes))
    return Columns(height, every, made, [(tick, round(height - height * tick / reach, 2)) for tick in ticks])


def row(values: Mapping[str, int], names: Sequence[str], reach: int, height: int) -> list[Box]:
    """Boxes of one bar from left to right; `reach` is the value of the whole width."""
    boxes, x = [], 0.0
    for name in names:
        width = 100 * values.get(name, 0) / max(1, reach)
        if width:
            boxes.append(Box(name, values[name], round(x, 3), 0, round(width, 3), height))
            x += width
    return boxes


def scale(highest: int) -> list[int]:
    """Two to five round values up to at least `highest`, without 0."""
    step = next(base * 10**power for power in range(20) for base in _STEPS if highest <= 4 * base * 10**power)
    return [step * count for count in range(1, -(-highest // step) + 1)]
