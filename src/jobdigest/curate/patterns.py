"""Word tables of the normalisers: TOML files in data/, with `«name»` in a pattern standing for another of the table."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed file `data/NAME.toml`."""
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


def pattern(name: str, key: str, ignore_case: bool = True) -> re.Pattern[str]:
    """The compiled pattern `key` of the file's table `patterns`."""
    known: dict[str, str] = table(name)["patterns"]
    text = known[key]
    for part, meaning in known.items():
        text = text.replace(f"«{part}»", meaning)
    return re.compile(text, re.IGNORECASE if ignore_case else 0)


def word_set(name: str, key: str) -> frozenset[str]:
    """The blank-separated words of the file's entry `lists.KEY`."""
    return frozenset(table(name)["lists"][key].split())
