"""The newsletter's own words and looks, when it goes out, how much of it, and what the operator says about judging."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from jobdigest.config.base import Section, did_you_mean, parse_every

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLOT = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)\s+([01]?\d|2[0-3]):([0-5]\d)$")


class Theme(Section):
    """Looks of the mail and the pages; pairs that cannot be read are refused by the templates' own check."""

    accent: str = Field("#0b5c5c", pattern=r"^#[0-9a-fA-F]{6}$", description="links and headings on light ground")
    accent_dark: str = Field("#7fd1c7", pattern=r"^#[0-9a-fA-F]{6}$", description="links and headings on dark ground")
    text: str = Field("#1c2326", pattern=r"^#[0-9a-fA-F]{6}$", description="text on light ground")
    background: str = Field("#ffffff", pattern=r"^#[0-9a-fA-F]{6}$", description="the light ground")
    logo: str | None = Field(
        None, description="https address of a picture at most 48 px high; the name is its alt text"
    )


class Newsletter(Section):
    """Who sends: the words a reader sees around the jobs."""

    name: str = Field(min_length=1, max_length=100, description="the newsletter's name")
    from_: str = Field(alias="from", description="sender as `Name <address>`")
    reply_to: str | None = Field(None, description="where answers go")
    postal_address: str | None = Field(None, description="printed in every mail; many laws ask for it")
    base_url: str = Field("http://127.0.0.1:8000", description="public address of `digest web`, without a final slash")
    language: str = Field("en", description="language of the fixed words where a reader has not chosen one")
    subject: str | None = Field(None, description="subject template; see docs/compose.md")
    bounce_address: str | None = Field(None, description="return path; VERP adds the reader's tag before the @")
    unsubscribe_mailto: str | None = Field(None, description="address for unsubscribing by mail")
    imprint: str | None = Field(None, description="who answers for the pages: text, or a file that holds it")
    privacy: str | None = Field(
        None, description="privacy notice: text, or a file; without it the page says what the program really keeps"
    )
    pages: Literal["served", "static"] = Field(
        "served", description="`static`: no `digest web` runs; past editions are files and readers leave by mail"
    )
    theme: Theme = Theme()

    @property
    def leave_by_mail(self) -> str | None:
        """The address that takes readers' goodbyes where no page can, else None."""
        return (self.unsubscribe_mailto or parseaddr(self.from_)[1]) if self.pages == "static" else None

    @field_validator("from_")
    @classmethod
    def _from_is_an_address(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or "\n" in value or "\r" in value:
            raise ValueError(f'{value!r} is not a sender; write it like "AI Jobs Weekly <jobs@example.com>"')
        return value

    @field_validator("base_url")
    @classmethod
    def _base_url_is_a_url(cls, value: str) -> str:
        if not re.match(r"^https?://[^/\s]+", value):
            raise ValueError(f"{value!r} is not a web address; write it like https://jobs.example.com")
        return value.rstrip("/")


class Schedule(Section):
    """When: the weekly slot, the polling interval, and how late an edition may still go out."""

    timezone: str = Field("UTC", description="IANA zone of the slot")
    send: str = Field("tue 09:00", description="weekly slot, `day hh:mm`")
    send_at: Literal["newsletter", "local"] = Field("newsletter", description="`local`: the slot in each reader's zone")
    collect: timedelta = Field(timedelta(hours=6), description="how often sources are polled, like `every 6h`")
    late_within: timedelta = Field(timedelta(hours=24), description="a missed slot is caught up within this span")
    skip: tuple[str, ...] = Field((), description="ISO weeks without an edition, like 2026-W52")
    move: dict[str, str] = Field(
        default_factory=dict, description="ISO week → another slot, like `2026-W53: mon 10:00`"
    )

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone{did_you_mean(value, available_timezones())}")
        return value

    @field_validator("send")
    @classmethod
    def _slot_is_a_slot(cls, value: str) -> str:
        if not _SLOT.match(value.strip().lower()):
            raise ValueError(f'{value!r} is not a weekly slot; write it like "tue 09:00"')
        return value.strip().lower()

    @field_validator("skip")
    @classmethod
    def _weeks_are_weeks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            _check_week(key)
        return value

    @field_validator("move")
    @classmethod
    def _moves_are_slots(cls, value: dict[str, str]) -> dict[str, str]:
        for key in value:
            _check_week(key)
        return {key: cls._slot_is_a_slot(slot) for key, slot in value.items()}

    @field_validator("collect", "late_within", mode="before")
    @classmethod
    def _span(cls, value: object) -> timedelta:
        return parse_every(value)


def _check_week(key: str) -> None:
    try:
        known = re.fullmatch(r"\d{4}-W\d\d", key) and date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
    except ValueError:
        raise ValueError(f"{key!r}: that year has no such week") from None
    if not known:
        raise ValueError(f"{key!r} is not an ISO week; write it like 2026-W48")


class Edition(Section):
    """How much goes into one mail, counted per message after the reader's preferences."""

    max_jobs: int = Field(25, ge=1, le=200, description="jobs in one mail")
    per_company: int = Field(3, ge=1, description="jobs of one employer in one mail; the rest is `+N more at X`")
    min_jobs: int = Field(3, ge=0, description="fewer than this: no mail this week, the jobs roll over")
    best: int = Field(5, ge=0, le=10, description="jobs shown first, each with its reason")
    fold_below: int = Field(2, ge=1, description="groups smaller than this are folded into one")
    weights: dict[str, float] = Field(default_factory=dict, description="ranking weights; see docs/compose.md")
    templates: Path | None = Field(
        None, description="folder whose files replace the shipped templates of the same name"
    )


class Role(Section):
    """One entry under `roles:`: add, rename, hide or extend a role type."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="id of a shipped role type, or a new one")
    name: str | None = Field(None, description="heading in the mail")
    hide: bool = Field(False, description="leave these jobs out of every mail")
    patterns: tuple[str, ...] = Field((), description="titles that belong here, as regular expressions, tried first")

    @field_validator("patterns")
    @classmethod
    def _patterns_compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
        return value


class Curation(Section):
    """The operator's lists for judging; files are relative to config.yaml."""

    aliases: Path | None = Field(None, description="file of employers that are one: `PlayStation = Sony Interactive`")
    allow: tuple[str, ...] = Field((), description="employers, domains or postings (SOURCE/ID) that are never suspects")
    deny: tuple[str, ...] = Field((), description="employers, domains or postings (SOURCE/ID) that are always left out")
