"""The tables: one truth for SQLite and PostgreSQL, in the order of the flow.

Instants are aware UTC datetimes (`Instant`), JSON is text that Python reads, keys of people in the ledger are keyed
address hashes. Migrations under `migrations/` build exactly this; a test compares them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps it without the zone, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Json(TypeDecorator[Any]):
    """A JSON value as compact text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _TO_JSON(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def _only(condition: str) -> dict[str, Any]:
    """An index over some rows: most postings are never announced and not closed yet."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_Id = BigInteger().with_variant(Integer, "sqlite")

# Small facts by key: address-hash key check, pause flags, hold after restore, last backup.
meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Json))

# --- collect -----------------------------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("first_success", Instant),
    Column("last_attempt", Instant),
    Column("last_success", Instant),
    Column("next_poll", Instant),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("error", Text),
    Column("alarm", Text),
    Column("truncated", Text),
    Column("postings", Integer, nullable=False, default=0),  # in the last complete answer
    Column("new", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),  # polls without news in a row
)

http_cache = Table(
    "http_cache",
    metadata,
    Column("source", String, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
)

details = Table(
    "details",
    metadata,
    Column("source", String, primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("stamp", String, nullable=False),
    Column("detail", Json, nullable=False),
    Column("fetched", Instant, nullable=False),
)

polls = Table(
    "polls",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("source", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("error", Text),
    Index("ix_polls_source_at", "source", "at"),
)

# --- curate ------------------------------------------------------------------------------------------------------

postings = Table(
    "postings",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("source", String, nullable=False),
    Column("source_id", String, nullable=False),
    Column("raw_hash", LargeBinary(16), nullable=False),  # of the RawPosting and the rules: unchanged rows cost nothing
    Column("job_id", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("company", Text),
    Column("company_key", String, nullable=False),
    Column("url", Text),
    Column("in_scope", Boolean, nullable=False),
    Column("role_type", String),
    Column("role_evidence", Text, nullable=False),
    Column("seniority", String),
    Column("degree", String),
    Column("employment_type", String),
    Column("salary", Json),  # [currency, min, max, period]
    Column("places", Json, nullable=False),  # [[city, region, country], …]
    Column("workplace", String),
    Column("remote_scope", Json),
    Column("date_posted", Date),
    Column("valid_through", Date),
    Column("stated_closed", Text),  # the source's own words
    Column("safety", String, nullable=False),
    Column("safety_reasons", Json, nullable=False),
    Column("direct", Boolean, nullable=False),
    Column("attribution", Text),
    Column("text", Text),  # sanitised description, dropped by retention
    Column("identity_keys", LargeBinary, nullable=False),  # packed 64-bit hashes of identities and role keys
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("announced_in", String),  # the edition that first could show it
    Column("old_news", Boolean, nullable=False, default=False),  # a first success's old stock: never announced
    Column("missing_since", Instant),  # absent from a complete answer
    Column("closed_at", Instant),
    Column("looked_at", Instant),
    Column("look", String),  # liveness at the last look
    Column("look_evidence", Text),
    Column("negative_since", Instant),  # first of an unbroken run of negative looks
    UniqueConstraint("source", "source_id"),
    Index("ix_postings_announced_in", "announced_in", **_only("announced_in IS NOT NULL")),
    Index("ix_postings_closed", "company_key", **_only("closed_at IS NOT NULL")),
    Index(
        "ix_postings_in_scope_job_id", "job_id", sqlite_where=text("in_scope = 1"), postgresql_where=text("in_scope")
    ),
    Index("ix_postings_valid_through", "valid_through", **_only("valid_through IS NOT NULL")),
)

# What makes two postings one job, as 64-bit hashes: postings that share a key share the job.
identities = Table(
    "identities",
    metadata,
    Column("identity", _Id, primary_key=True, autoincrement=False),
    Column("job_id", String, nullable=False, index=True),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("redirect_to", String),  # merged into an older job
    Column("created", Instant, nullable=False),
    Column("open", Boolean, nullable=False, default=False),  # in scope, safe, not expired, not hidden
    Column("title", Text),
    Column("company", Text),
    Column("company_key", String),
    Column("url", Text),
    Column("role_type", String),
    Column("seniority", String),
    Column("degree", String),
    Column("employment_type", String),
    Column("salary", Json),
    Column("yearly_pay", Float),  # upper end, for filters only
    Column("places", Json),
    Column("place_keys", Text),  # ` key key `: what a wish can match
    Column("words", Text),  # what a search can match: see search.py, which each database indexes in its own way
    Column("rank", BigInteger),  # the order of lists, newest first: day of posting, then number
    Column("workplace", String),
    Column("remote_scope", Json),
    Column("date_posted", Date),
    Column("first_seen", Instant),
    Column("last_looked", Instant),
    Column("announced_in", String),
    Column("closed_at", Instant),
    Column("direct", Boolean),
    Column("attribution", Text),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("pinned", Boolean, nullable=False, default=False),
    Index("ix_jobs_open_hidden_rank", "open", "hidden", "rank"),
    Index("ix_jobs_open_hidden_role_type", "open", "hidden", "role_type"),
    Index("ix_jobs_company_key", "company_key"),
    Index("ix_jobs_redirect_to", "redirect_to", **_only("redirect_to IS NOT NULL")),
)

# The operator's hand: hide, pin, allow, deny, split; remembered and explained.
rulings = Table(
    "rulings",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("verb", String, nullable=False),  # hide, pin, allow, deny, split
    Column("subject", String, nullable=False),  # job id, posting id, employer or domain
    Column("note", Text),
    Column("at", Instant, nullable=False),
    UniqueConstraint("verb", "subject"),
)

# --- compose -----------------------------------------------------------------------------------------------------

editions = Table(
    "editions",
    metadata,
    Column("key", String, primary_key=True),
    Column("slot", Instant, nullable=False),
    Column("state", String, nullable=False),  # frozen, sending, paused, stopped, cancelled, sent
    Column("frozen_at", Instant, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("audience", Integer, nullable=False, default=0),
    Column("compiled", LargeBinary, nullable=False),  # compressed fragments per language
    Column("stats", Json, nullable=False),  # counts for the mail's own words and the operator's report
    Column("note", Text),
    Column("correction", Text),
    Column("stop_reason", Text),
    Column("finished_at", Instant),
)

edition_items = Table(
    "edition_items",
    metadata,
    Column("edition", String, ForeignKey("editions.key"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("job_id", String, nullable=False, index=True),
    Column("posting_ids", Json, nullable=False),  # as of the freeze: shown under either counts as shown
    Column("job", Json, nullable=False),  # the job as of the freeze
)

# --- subscribers -------------------------------------------------------------------------------------------------

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email", String),  # null once forgotten
    Column("address_hash", LargeBinary(16), nullable=False, unique=True),
    Column("name", Text),
    Column("timezone", String),
    Column("language", String),
    Column("state", String, nullable=False),
    Column("preferences", Json, nullable=False),
    Column("caught_up_to", String),
    Column("snoozed_until", Date),
    Column("created", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirm_sent_at", Instant),
    Column("consent", Json),  # when, wording, keyed hash of the IP
    Column("state_reason", Text),
    Column("quiet_weeks", Integer, nullable=False, default=0),
    Column("new_email", String),  # a change of address that waits for its confirmation
    Index("ix_subscribers_state", "state"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", LargeBinary(16), primary_key=True),
    Column("reason", String, nullable=False),
    Column("evidence", Text),
    Column("at", Instant, nullable=False),
    Column("expires", Instant),
)

bounces = Table(
    "bounces",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("address_hash", LargeBinary(16), nullable=False, index=True),
    Column("edition", String),
    Column("kind", String, nullable=False),  # hard, soft, complaint, unsubscribe
    Column("evidence", Text, nullable=False),
    Column("fingerprint", String, nullable=False, unique=True),  # the same report twice counts once
    Column("at", Instant, nullable=False),
)

# --- deliver -----------------------------------------------------------------------------------------------------

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("edition", String, ForeignKey("editions.key"), nullable=False),
    Column("subscriber_id", _Id, nullable=False),
    Column("address_hash", LargeBinary(16), nullable=False),
    Column("domain", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text),
    Column("language", String, nullable=False),
    Column("name", Text),
    Column("shown", LargeBinary, nullable=False),
    Column("extra", Json),  # what else the message says to this reader: see compose/select.py
    Column("key_id", String, nullable=False),
    Column("not_before", Instant, nullable=False),  # the Date header, and the start of lateness
    Column("retry_at", Instant),  # real clock
    Column("lease_until", Instant),
    Column("owner", String),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_attempt", Instant),
    Column("message_id", String, nullable=False),
    Column("answer", Text),
    Column("queue_id", String),
    Column("updated", Instant, nullable=False),
    UniqueConstraint("edition", "subscriber_id"),
    UniqueConstraint("edition", "address_hash"),
    Index("ix_deliveries_edition_state_id", "edition", "state", "id"),
    Index("ix_deliveries_subscriber_id", "subscriber_id"),
)

# --- work --------------------------------------------------------------------------------------------------------

# One row per thing that must happen once: `edition:2026-W48`, `collect:…`, `backup:2026-11-24`.
runs = Table(
    "runs",
    metadata,
    Column("key", String, primary_key=True),
    Column("due", Instant, nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("owner", String),
    Column("outcome", Text),
)

# Counting windows for rate limits that survive a restart: sending, sign-ups, reports.
counters = Table(
    "counters",
    metadata,
    Column("scope", String, primary_key=True),
    Column("window", BigInteger, primary_key=True),  # epoch seconds at which it began
    Column("count", Integer, nullable=False),
)

# What readers say is wrong with a job; `reporter` is a keyed hash of a network address.
reports = Table(
    "reports",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("job_id", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", Text),
    Column("reporter", LargeBinary(16), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("job_id", "reporter"),
)
