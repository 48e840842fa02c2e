"""Subscribers as CSV (RFC 4180, UTF-8): rows in, rows out, every mistake with its line."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from jobdigest.config import did_you_mean
from jobdigest.errors import DigestError
from jobdigest.model import Preferences, Subscriber
from jobdigest.subscribers.preferences import FieldError, read_preferences, read_timezone, write_preferences

COLUMNS = (
    "email",
    "name",
    "timezone",
    "language",
    "role_types",
    "locations",
    "remote_only",
    "seniority",
    "min_salary",
    "include",
    "exclude",
    "cadence",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscriber:
    """One good row: an address whose syntax is right (RFC 5321, 6531; DNS is never asked), and what it wants."""

    email: str
    name: str | None = None
    timezone: str | None = None
    language: str | None = None
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was not taken, as `file:line: column: why`."""

    problem: str


def read_rows(file: TextIO, name: str, role_types: Collection[str]) -> Iterator[NewSubscriber | BadRow]:
    """Every row of a CSV as a new subscriber or a named mistake; raises DigestError where the header is wrong."""
    reader = csv.DictReader(file)
    header = [column.strip() for column in reader.fieldnames or []]
    unknown = [column for column in header if column not in COLUMNS]
    if unknown:
        hints = "; ".join(f"unknown column {column!r}{did_you_mean(column, COLUMNS)}" for column in unknown)
        raise DigestError(f"{name}:1: {hints}; the columns are {', '.join(COLUMNS)}")
    if "email" not in header:
        raise DigestError(f"{name}:1: no column `email`; the first line names the columns")
    reader.fieldnames = header
    for row in reader:
        yield _read_row(
            {key: value or "" for key, value in row.items() if key}, f"{name}:{reader.line_num}", role_types
        )


def _read_row(row: dict[str, str], where: str, role_types: Collection[str]) -> NewSubscriber | BadRow:
    try:
        return NewSubscriber(
            email=check_address(row["email"]),
            name=" ".join(row.get("name", "").split())[:100] or None,
            timezone=read_timezone(row.get("timezone", "")),
            language=row.get("language", "").strip()[:20] or None,
            preferences=read_preferences(row, role_types),
        )
    except FieldError as error:
        return BadRow(f"{where}: {error.field}: {error}")


def check_address(text: str) -> str:
    """The address in its usual form (domain in lower case, NFC); raises FieldError if its syntax is wrong."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise FieldError("email", f"{text.strip()[:80]!r} is not an address: {error}") from None


def write_rows(file: TextIO, subscribers: Iterator[Subscriber]) -> int:
    """Write subscribers as a CSV that `read_rows` takes; returns how many."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    count = 0
    for subscriber in subscribers:
        plain = {"email": subscriber.email, "name": subscriber.name or "", "timezone": subscriber.timezone or ""}
        row = {**plain, "language": subscriber.language or "", **write_preferences(subscriber.preferences)}
        writer.writerow(
            {key: _inert(value) if key in ("name", "include", "exclude") else value for key, value in row.items()}
        )
        count += 1
    return count


def _inert(value: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f" {value}" if value[:1] in ("=", "+", "-", "@") else value
