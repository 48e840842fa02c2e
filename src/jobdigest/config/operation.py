"""How mail leaves, what requests may do, and how the machine is looked after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from jobdigest.config.base import Section, parse_every, parse_rate


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


class Ses(Section):
    """Amazon SES, whose bounces and complaints come by way of an SNS topic."""

    topic: str = Field(description="the topic's ARN; calls of any other are refused")
    base_url: str | None = Field(None, description="replaces scheme://host of requests to Amazon (tests, proxies)")


class Webhooks(Section):
    """Mail services that may report bounces and complaints by calling `/webhooks/NAME`; each is off until named."""

    ses: Ses | None = Field(None, description="the ARN of the SNS topic that Amazon SES publishes to")
    postmark: SecretStr | None = Field(None, description="`user:password` as written into the address Postmark calls")

    @field_validator("ses", mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"topic": value} if isinstance(value, str) else value

    @field_validator("postmark")
    @classmethod
    def _user_and_password(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[^:]+:.{16,}", value.get_secret_value()):
            raise ValueError(
                "write user:password, the password 16 characters or more, like postmark:${POSTMARK_PASSWORD}"
            )
        return value


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
    webhooks: Webhooks = Webhooks()

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


class Network(Section):
    """What requests may do (design decision 11)."""

    allow_private: bool = Field(False, description="permit http, loopback and private addresses (tests, intranets)")
    user_agent: str | None = Field(None, description="how we introduce ourselves; name a contact")
    nameservers: tuple[str, ...] = Field(
        (), description="`address` or `address:port` that `digest check --live` asks instead of the system's resolvers"
    )
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
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), description="addresses or networks whose X-Forwarded-For is believed: your TLS proxy"
    )
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
    """Mails to the operator about what needs a human: one a day at most of each kind, sources again after a week."""

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
