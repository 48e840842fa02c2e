"""What every section of config.yaml is made of: no unknown keys, spans, rates, and near misses named."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

_EVERY = re.compile(r"^(?:every\s+)?(\d+)\s*(s|m|h|d|w)$")
_RATE = re.compile(r"^(\d+(?:\.\d+)?)\s*/\s*(s|m|h)$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Section(BaseModel):
    """Common rules of every section: unknown keys are mistakes, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_every(text: object) -> timedelta:
    """`every 6h`, `90m`, `2d` as a timedelta; raises ValueError with an example otherwise."""
    if isinstance(text, timedelta):
        return text
    match = _EVERY.match(str(text).strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError(f"{text!r} is not a span of time; write it like 6h, 90m or 2d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_rate(text: str) -> tuple[float, timedelta]:
    """`14/s` as (14.0, one second); raises ValueError with an example otherwise."""
    match = _RATE.match(text.strip().lower())
    if not match or float(match[1]) == 0:
        raise ValueError(f"{text!r} is not a rate; write it like 14/s or 5000/h")
    return float(match[1]), timedelta(**{_UNITS[match[2]]: 1})


def did_you_mean(word: str, names: Any) -> str:
    """`; did you mean …` with the nearest of `names`, or nothing."""
    near = difflib.get_close_matches(word.lower(), {str(name).lower(): name for name in names}, 1, 0.6)
    return f"; did you mean {next(n for n in names if str(n).lower() == near[0])}?" if near else ""
