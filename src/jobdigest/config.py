"""What config.yaml may say: the model whose defaults, limits and descriptions are the config reference.

Nothing here knows what a source kind, a role type or a template is called: the composition root checks those names
against the code that has them, with `SourceConfig.where` for the line. `config_file.py` reads the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator, model_validator

from jobdigest.errors import ConfigError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLOT = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)\s+([01]?\d|2[0-3]):([0-5]\d)$")
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
        for key, slot in value.items():
            _check_week(key)
            cls._slot_is_a_slot(slot)
        return value

    @field_validator("collect", "late_within", mode="before")
    @classmethod
    def _span(cls, value: object) -> timedelta:
        return parse_every(value)


def _check_week(key: str) -> None:
    if not re.match(r"^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$", key):
        raise ValueError(f"{key!r} is not an ISO week; write it like 2026-W48")


class SourceConfig(BaseModel):
    """One entry under `sources:`; `options` are the keys that only its kind knows, `where` is `file:line`."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str | None = None
    name: str
    company: str | None = None
    base_url: str | None = None
    enabled: bool = True
    timeout: timedelta | None = None
    every: timedelta | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    where: str = "config"

    @field_validator("timeout", "every", mode="before")
    @classmethod
    def _span(cls, value: object) -> object:
        return value if value is None else parse_every(value)


SOURCE_KEYS = ("name", "company", "base_url", "enabled", "timeout", "every")


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
    allow: tuple[str, ...] = Field((), description="employers or domains that are never suspects")
    deny: tuple[str, ...] = Field((), description="employers or domains that are always left out")


class Smtp(Section):
    """The mail server to hand messages to (RFC 5321)."""

    host: str
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    connections: int = Field(4, ge=1, le=100)
    timeout: timedelta = Field(timedelta(seconds=60), description="for each step of the conversation")
    ca_file: Path | None = Field(None, description="certificate authority of a server with a private one")

    @field_validator("timeout", mode="before")
    @classmethod
    def _span(cls, value: object) -> timedelta:
        return parse_every(value)


class Dkim(Section):
    """In-app DKIM signing (RFC 6376, RFC 8463); leave it out where the mail server signs."""

    domain: str
    selector: str
    key_file: Path


class Delivery(Section):
    """How mail leaves, and how patient to be."""

    smtp: Smtp | None = None
    file: Path | None = Field(None, description="write .eml files into this folder instead of sending")
    dkim: tuple[Dkim, ...] = ()
    rate: tuple[str, ...] = Field((), description="limits like `14/s` or `5000/h`")
    per_domain: dict[str, str] = Field(
        default_factory=dict, description="recipient domain → limit, like `gmail.com: 5/s`"
    )
    give_up_after: timedelta = Field(timedelta(hours=12), description="retries of one delivery end after this")
    canary: float | None = Field(None, gt=0, lt=1, description="share of readers that must go well first, like 0.01")

    @field_validator("rate", mode="before")
    @classmethod
    def _rates(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("rate")
    @classmethod
    def _rates_are_rates(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            parse_rate(text)
        return value

    @field_validator("per_domain")
    @classmethod
    def _domain_rates_are_rates(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            parse_rate(text)
        return value

    @field_validator("give_up_after", mode="before")
    @classmethod
    def _span(cls, value: object) -> timedelta:
        return parse_every(value)

    @field_validator("dkim", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _one_way_out(self) -> Delivery:
        if self.smtp and self.file:
            raise ValueError("smtp and file exclude each other; keep one")
        return self


def parse_rate(text: str) -> tuple[float, timedelta]:
    """`14/s` as (14.0, one second); raises ValueError with an example otherwise."""
    match = _RATE.match(text.strip().lower())
    if not match or float(match[1]) == 0:
        raise ValueError(f"{text!r} is not a rate; write it like 14/s or 5000/h")
    return float(match[1]), timedelta(**{_UNITS[match[2]]: 1})


class Network(Section):
    """What requests may do (design decision 11)."""

    allow_private: bool = Field(False, description="permit http, loopback and private addresses (tests, intranets)")
    user_agent: str | None = Field(None, description="how we introduce ourselves; name a contact")
    concurrency: int = Field(10, ge=1, le=100, description="requests in flight over all hosts")
    max_body: int = Field(64 * 2**20, ge=1024, description="bytes a body may have after decompression")


class Retention(Section):
    """How long what is kept (design decision 12)."""

    descriptions: timedelta = timedelta(days=30)
    postings: timedelta = timedelta(days=365)
    deliveries: timedelta = timedelta(weeks=13)

    @field_validator("*", mode="before")
    @classmethod
    def _span(cls, value: object) -> timedelta:
        return parse_every(value)


class Web(Section):
    """The pages; `digest run` serves them too where `serve` is true."""

    serve: bool = False
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    trusted_proxies: tuple[str, ...] = Field((), description="addresses whose X-Forwarded-For is believed")
    metrics: Literal["loopback", "token", "public", "off"] = Field(
        "loopback", description="who may read `/metrics`: this machine (not through a proxy), a token, anybody, nobody"
    )
    metrics_token: SecretStr | None = Field(None, description="for `metrics: token`, as `Authorization: Bearer …`")

    @model_validator(mode="after")
    def _token_where_asked_for(self) -> Web:
        if self.metrics == "token" and not self.metrics_token:
            raise ValueError("metrics: token needs metrics_token, like ${METRICS_TOKEN}")
        return self


class Backups(Section):
    """The daily copy that `digest run` makes of a SQLite database; PostgreSQL has tools of its own."""

    folder: Path = Field(Path("backups"), description="where copies go; best on another disk")
    keep: int = Field(7, ge=0, description="copies kept, the newest; 0: `digest run` makes none")


class Notices(Section):
    """Mails to the operator about what needs a human; each once a day at most while it lasts, sources once a week."""

    to: tuple[str, ...] = Field((), description="address or list of addresses; without one the log has to do")

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
                raise ValueError(f"{address!r} is not an address; write it like ops@example.com")
        return value


class Config(Section):
    """All of config.yaml."""

    newsletter: Newsletter
    sources: tuple[SourceConfig, ...]
    database: str = Field("sqlite:///digest.db", description="sqlite:///file or postgresql://…")
    secret_key: SecretStr | None = Field(None, description="signs links; `${DIGEST_SECRET_KEY}`; a list rotates")
    secret_key_file: Path | None = Field(None, description="file with one key a line, the newest first")
    schedule: Schedule = Schedule()
    edition: Edition = Edition()
    roles: tuple[Role, ...] = ()
    curation: Curation = Curation()
    delivery: Delivery = Delivery()
    network: Network = Network()
    retention: Retention = Retention()
    web: Web = Web()
    backups: Backups = Field(Backups(), description="a folder, or the keys below")
    notices: Notices = Notices()

    _root: Path = PrivateAttr(default=Path())

    @field_validator("backups", mode="before")
    @classmethod
    def _folder_alone(cls, value: object) -> object:
        return {"folder": value} if isinstance(value, str) else value

    @property
    def root(self) -> Path:
        """The folder of config.yaml, which relative paths are relative to."""
        return self._root

    def path(self, path: Path | str) -> Path:
        """`path` made absolute from the folder of config.yaml."""
        return self._root / path

    def secret_keys(self) -> list[bytes]:
        """The signing keys, newest first; raises ConfigError where none is set."""
        if self.secret_key:
            return [self.secret_key.get_secret_value().encode()]
        if self.secret_key_file:
            path = self.path(self.secret_key_file)
            try:
                keys = [line.strip().encode() for line in path.read_text().splitlines() if line.strip()]
            except OSError as error:
                raise ConfigError([f"secret_key_file: {path}: {error.strerror}; `digest init` writes one"]) from None
            if keys:
                return keys
        raise ConfigError(["secret_key: not set; links in mails are signed with it (`digest init` writes a key file)"])


def did_you_mean(word: str, names: Any) -> str:
    """`; did you mean …` with the nearest of `names`, or nothing."""
    near = difflib.get_close_matches(word.lower(), {str(name).lower(): name for name in names}, 1, 0.6)
    return f"; did you mean {next(n for n in names if str(n).lower() == near[0])}?" if near else ""
