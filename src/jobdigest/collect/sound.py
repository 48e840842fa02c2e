"""What a row must be before anyone judges it: text of sane size, without NULs and lone surrogates."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from jobdigest.collect.sources.base import RowProblem
from jobdigest.model import LONGEST_ID, RawPosting, Salary, short_id

LONGEST = {"description": 500_000, "title": 1_000, "source_id": LONGEST_ID, "url": 4_000}
"""Characters a field may have. A longer id is kept by its hash, a longer address makes the row a problem, other text is
cut."""
_LONGEST_ELSE = 2_000
_MOST_PLACES = 500
_IDS = ("source_id", "ats_id", "requisition_id")
_FREE = {"salary": Salary, "date_posted": datetime, "valid_through": datetime}
_TEXTS = tuple(
    (field.name, LONGEST.get(field.name, _LONGEST_ELSE))
    for field in fields(RawPosting)
    if "str" in str(field.type) and "tuple" not in str(field.type)
)
_values = attrgetter(*(name for name, _ in _TEXTS))


def sound(raw: RawPosting) -> RawPosting | RowProblem:
    """`raw` in a form that everything after can hold, or why there is none."""
    changes: dict[str, Any] = {}
    for (name, longest), value in zip(_TEXTS, _values(raw), strict=True):
        if value is None or _is_fit(value, longest) or (name in _FREE and isinstance(value, _FREE[name])):
            continue
        if not isinstance(value, str):
            return _problem(raw, f"{name} is {type(value).__name__}, not text")
        if len(value) > longest and name == "url":
            return _problem(raw, f"url is longer than {longest} characters")
        clean = short_id(_clean(value), longest) if name in _IDS else _clean(value[:longest])
        if clean is not value:
            changes[name] = clean
    if not raw.source_id or not raw.title or not raw.title.strip():
        return _problem(raw, "no title" if raw.source_id else "no id")
    return _with_clean_places(replace(raw, **changes) if changes else raw)


def sound_problem(problem: RowProblem) -> RowProblem:
    """`problem` with its posting's id as `sound` would have it."""
    if problem.source_id is None or _is_fit(problem.source_id, LONGEST_ID):
        return problem
    return replace(problem, source_id=short_id(_clean(problem.source_id)))


def _is_fit(value: Any, longest: int) -> bool:
    """Nearly always: short enough, and of characters that nothing can stumble over."""
    return value.__class__ is str and len(value) <= longest and value.isascii() and "\x00" not in value


def _problem(raw: RawPosting, reason: str) -> RowProblem:
    named = raw.source_id if isinstance(raw.source_id, str) and raw.source_id else None
    return sound_problem(RowProblem(row=str(raw.source_id)[:80] or "?", reason=reason, source_id=named))


def _with_clean_places(raw: RawPosting) -> RawPosting | RowProblem:
    if len(raw.locations) <= _MOST_PLACES and all(_is_fit(place, _LONGEST_ELSE) for place in raw.locations):
        return raw
    if not all(isinstance(place, str) for place in raw.locations):
        return _problem(raw, "locations hold something that is not text")
    clean = tuple(_clean(place[:_LONGEST_ELSE]) for place in raw.locations[:_MOST_PLACES])
    return raw if clean == raw.locations else replace(raw, locations=clean)


def _clean(text: str) -> str:
    """`text` itself if databases and mails can hold it, else with the offending characters replaced."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
