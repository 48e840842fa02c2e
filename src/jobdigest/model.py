"""The words of the project as frozen values; every stage takes and returns these.

    RawPosting ──curate──► Posting ──dedupe──► Job ──compose──► Edition ──assemble──► Message
    (a source's words)     (judged)            (an entry)       (items, fragments)    (bytes for one Delivery)

Field names are schema.org JobPosting's in snake case. Times are aware UTC datetimes, calendar days are `date`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

Workplace = Literal["remote", "hybrid", "onsite"]
Period = Literal["hour", "day", "week", "month", "year"]
Seniority = Literal[
    "intern", "new-grad", "junior", "mid", "senior", "staff", "principal", "lead", "manager", "director", "executive"
]
Degree = Literal["phd", "masters", "bachelors"]
Liveness = Literal["live", "expired", "unknown"]
Safety = Literal["ok", "suspect"]
Decision = Literal["kept", "merged", "dropped"]


LONGEST_ID = 500
"""Characters of an id, which databases keep in indexes."""


def short_id(text: str, longest: int = LONGEST_ID) -> str:
    """An id as it is; one longer than `longest` as its beginning and a hash of the whole, every time the same."""
    if len(text) <= longest:
        return text
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{text[: longest - len(digest) - 1]}~{digest}"


class Place(NamedTuple):
    """A city, a state or a country; `country` is ISO 3166 alpha-2, `region` the postal code in US, CA and AU."""

    city: str | None
    region: str | None
    country: str | None


class Salary(NamedTuple):
    """Pay as printed, not annualised; every member may be unknown (`up to` has no `min`)."""

    currency: str | None
    min: float | None
    max: float | None
    period: Period | None


class Where(NamedTuple):
    """What a posting says about place: `remote_scope` holds country codes or region words, None if unsaid."""

    places: tuple[Place, ...]
    workplace: Workplace | None
    remote_scope: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPosting:
    """One vacancy as its source published it: free text stays free text, structured facts stay structured.

    `locations` are the strings as shown. `workplace` is what the source states in a field of its own (any spelling).
    `salary` is free text, or a `Salary` where the source has fields for it. `date_posted` and `valid_through` are free
    text or an aware datetime. `description` is HTML or plain text, unescaped exactly as the source's format asks.
    `ats_id` names the vacancy across sources (`greenhouse:anthropic:4012`), `requisition_id` within the employer.
    `closed` is the source's own word that the posting is over. `attribution` is whom the terms ask us to name.
    """

    source_id: str
    title: str
    company: str | None = None
    url: str | None = None
    locations: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    workplace: str | None = None
    remote_scope: tuple[str, ...] | None = None
    salary: str | Salary | None = None
    employment_type: str | None = None
    team: str | None = None
    date_posted: str | datetime | None = None
    valid_through: str | datetime | None = None
    description: str | None = None
    ats_id: str | None = None
    requisition_id: str | None = None
    closed: bool = False
    attribution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A RawPosting, judged: every field that `digest postings --json` shows, before merging.

    `role_evidence` says which rule decided scope and role type. `identities` holds all that makes two postings one
    job: strong identities (`ats:…`, `url:…`, `req:…`, `text:…`) and the role at its employer (`role:…`).
    `stated_closed` is the source's own word that it is over.
    `direct` is true where the employer's own ATS published it. `text` is the description as sanitised plain text.
    """

    source: str
    source_id: str
    title: str
    company: str | None
    company_key: str
    url: str | None
    in_scope: bool
    role_type: str | None
    role_evidence: str
    seniority: Seniority | None
    degree: Degree | None
    employment_type: str | None
    base_salary: Salary | None
    places: tuple[Place, ...]
    workplace: Workplace | None
    remote_scope: tuple[str, ...] | None
    date_posted: date | None
    valid_through: date | None
    stated_closed: str | None
    safety: Safety
    safety_reasons: tuple[str, ...]
    identities: tuple[str, ...]
    direct: bool
    text: str
    attribution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRef:
    """Provenance: where one posting of a job can be found."""

    source: str
    source_id: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One entry a reader would see, with the best of each field over its postings.

    `first_seen` and `date_posted` are the earliest of its postings, `last_looked` the latest time it was seen open.
    `announced_in` is the newest edition that could first show one of its postings. `history` is the ghost-job memory
    in facts: see `JobHistory`. `pinned` and `hidden` are the operator's hand.
    """

    id: str
    title: str
    company: str
    company_key: str
    url: str
    role_type: str
    seniority: Seniority | None
    degree: Degree | None
    employment_type: str | None
    base_salary: Salary | None
    places: tuple[Place, ...]
    workplace: Workplace | None
    remote_scope: tuple[str, ...] | None
    date_posted: date | None
    first_seen: datetime
    last_looked: datetime | None
    announced_in: str | None
    direct: bool
    attribution: str | None
    postings: tuple[PostingRef, ...]
    posting_ids: tuple[int, ...]
    pinned: bool = False
    hidden: bool = False
    history: JobHistory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHistory:
    """What our own records say: the how-manieth posting since when, days open, the employer's median days open."""

    times_posted: int
    since: date
    days_open: int
    employer_median_days: int | None


class SubscriberState(StrEnum):
    """Where a subscriber stands; only `active` ones are mailed."""

    PENDING = "pending"
    ACTIVE = "active"
    SNOOZED = "snoozed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a reader wants; an empty tuple means anything goes. `min_salary` is yearly, `(amount, currency)`."""

    role_types: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    remote_only: bool = False
    seniority: tuple[str, ...] = ()
    min_salary: tuple[float, str | None] | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    cadence: Literal["weekly", "biweekly", "monthly"] = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A reader. `caught_up_to` is the last edition key they have had or explicitly skipped."""

    id: int
    email: str
    name: str | None
    timezone: str | None
    language: str | None
    state: SubscriberState
    preferences: Preferences = field(default_factory=Preferences)
    caught_up_to: str | None = None
    snoozed_until: date | None = None


class DeliveryState(StrEnum):
    """States of the send ledger; the last four are final save `in_doubt`, which an operator resolves."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A ledger row with what its message is a function of: `shown` is a bitmap over the edition's items.

    Bit `i` of the little-endian integer in `shown` stands for the item at position `i` of the edition. `extra` is
    plain JSON from the choice (`compose.select.Choice.extra`), kept as it is.
    """

    id: int
    edition: str
    subscriber_id: int
    address_hash: bytes
    email: str
    name: str | None
    language: str
    shown: bytes
    key_id: str
    not_before: datetime
    attempts: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt. `tried` is true where this recipient, not the way to the server, was the question.

    `retry_at` is set for a recipient the server deferred, `no_such_address` where it says there is none.
    """

    delivery: Delivery
    state: DeliveryState
    reason: str | None = None
    answer: str | None = None
    queue_id: str | None = None
    retry_at: datetime | None = None
    tried: bool = False
    no_such_address: bool = False


class Limit(NamedTuple):
    """At most `quota` in every span of `seconds` that begins at a multiple of it since the epoch."""

    scope: str
    seconds: int
    quota: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The exact bytes for one delivery, CRLF line ends, not dot-stuffed, ready for DATA; `dotless` as in `Parts`."""

    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes
    dotless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One mail before its headers and frame: both bodies quoted-printable (RFC 2045, lines ≤ 76), CRLF line ends.

    `dotless` promises that no line begins with a dot, so that no transport has to look for one (RFC 5321, 4.5.2).
    """

    subject: str
    text: bytes
    html: bytes
    dotless: bool = False
