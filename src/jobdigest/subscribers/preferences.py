"""What a reader wants, as text in a CSV or a form ⇄ `Preferences`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, get_args
from zoneinfo import available_timezones

from jobdigest.config import did_you_mean
from jobdigest.model import Preferences, Seniority

CADENCES = ("weekly", "biweekly", "monthly")
CADENCE_WEEKS = {"weekly": 1, "biweekly": 2, "monthly": 4}
SENIORITIES: tuple[str, ...] = get_args(Seniority)
LIST_FIELDS = ("role_types", "locations", "seniority", "include", "exclude")
_SALARY = re.compile(r"^\s*(?:([A-Za-z]{3})\s*)?(\d[\d,.' ]*)\s*([kK])?\s*([A-Za-z]{3})?\s*$")
_YES = ("1", "true", "yes", "y", "on", "x")
_NO = ("", "0", "false", "no", "n", "off")
MAX_WORDS = 20
MOST_PAY = 1e12  # a year, in the smallest of currencies
MAX_LENGTH = 100


class FieldError(ValueError):
    """One field cannot be understood; `field` names it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def read_preferences(fields: Mapping[str, str], role_types: Collection[str]) -> Preferences:
    """Preferences from a row of text, lists separated by `;`; raises FieldError for what makes no sense."""
    lists = {name: split_list(fields.get(name) or "") for name in LIST_FIELDS}
    for name, known in (("role_types", role_types), ("seniority", SENIORITIES)):
        for word in lists[name]:
            if word not in known:
                raise FieldError(name, f"{word!r} is not one of {', '.join(known)}{did_you_mean(word, known)}")
    cadence = (fields.get("cadence") or "weekly").strip().lower()
    if cadence not in CADENCES:
        raise FieldError("cadence", f"{cadence!r} is not one of {', '.join(CADENCES)}{did_you_mean(cadence, CADENCES)}")
    return Preferences(
        **lists,
        remote_only=read_flag("remote_only", fields.get("remote_only") or ""),
        min_salary=read_min_salary(fields.get("min_salary") or ""),
        cadence=cadence,  # type: ignore[arg-type]
    )


def split_list(text: str) -> tuple[str, ...]:
    """`a; b;;c` as ("a", "b", "c"), without repeats."""
    words = ("".join(filter(str.isprintable, word)).strip()[:MAX_LENGTH] for word in text.split(";"))
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def read_flag(field: str, text: str) -> bool:
    """A yes or no in the usual spellings."""
    word = text.strip().lower()
    if word not in (*_YES, *_NO):
        raise FieldError(field, f"{text!r} is neither yes nor no")
    return word in _YES


def read_min_salary(text: str) -> tuple[float, str | None] | None:
    """`80000 EUR`, `EUR 80k` or `80,000` as (80000.0, currency or None); a year's pay."""
    if not text.strip():
        return None
    match = _SALARY.match(text)
    if not match:
        raise FieldError("min_salary", f"{text!r} is not a year's pay; write it like 80000 EUR")
    digits = re.sub(r"[,' ]|\.(?=\d{3}\b)", "", match[2])
    try:
        amount = float(digits) * (1000 if match[3] else 1)
    except ValueError:
        raise FieldError("min_salary", f"{text!r} is not a year's pay; write it like 80000 EUR") from None
    if not amount <= MOST_PAY:
        raise FieldError("min_salary", f"{text[:40]!r} is more than anyone is paid; write it like 80000 EUR")
    return amount, (match[1] or match[4] or "").upper() or None


def read_timezone(text: str) -> str | None:
    """An IANA zone, or None where nothing is said."""
    zone = text.strip()
    if zone and zone not in available_timezones():
        raise FieldError("timezone", f"{zone!r} is not a time zone{did_you_mean(zone, available_timezones())}")
    return zone or None


def write_preferences(preferences: Preferences) -> dict[str, str]:
    """The text fields of a CSV row, such that `read_preferences` gives the same back."""
    amount = preferences.min_salary
    return {
        **{name: ";".join(getattr(preferences, name)) for name in LIST_FIELDS},
        "remote_only": "yes" if preferences.remote_only else "",
        "min_salary": f"{amount[0]:g} {amount[1] or ''}".strip() if amount else "",
        "cadence": preferences.cadence,
    }


def to_json(preferences: Preferences) -> dict[str, Any]:
    """Only what differs from wanting everything, for the store."""
    plain = {name: getattr(preferences, name) for name in (*LIST_FIELDS, "remote_only", "min_salary", "cadence")}
    return {name: value for name, value in plain.items() if value and value != "weekly"}


def from_json(value: Mapping[str, Any]) -> Preferences:
    """What `to_json` wrote."""
    lists = {name: tuple(value.get(name, ())) for name in LIST_FIELDS}
    salary = value.get("min_salary")
    return Preferences(
        **lists,
        remote_only=bool(value.get("remote_only")),
        min_salary=(salary[0], salary[1]) if salary else None,
        cadence=value.get("cadence", "weekly"),
    )
