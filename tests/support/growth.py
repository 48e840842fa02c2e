"""How the work of a function grows with its input: a ratio of CPU times, so that no machine is too slow for a test."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES, TRIES = 8, 3


def is_linear(run: Callable[[str], object], unit: str, end: str = "", *, small: int = 12_500) -> bool:
    """Whether eight times the text costs some eight times the CPU; were it the square, it would be sixty-four.

    The least of three tries counts, each with a text of its own that no cache knows; a busy machine gets three chances,
    of which the square would use none.
    """
    return any(_cost(run, unit, end, small * TIMES) < 3 * TIMES * _cost(run, unit, end, small) for _ in range(3))


def _cost(run: Callable[[str], object], unit: str, end: str, size: int) -> float:
    spent = []
    for attempt in range(TRIES):
        text = unit * (size // len(unit)) + f" {attempt}{end}"
        start = time.thread_time()
        run(text)
        spent.append(time.thread_time() - start)
    return min(spent)
