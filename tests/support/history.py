"""Twelve weeks of a newsletter as its store remembers them: editions, deliveries, bounces, polls, suspects, reports."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from jobdigest.app import App
from jobdigest.slots import slot_of
from jobdigest.store import Connection, editions, facts, ledger, reports, schema
from jobdigest.store.schema import bounces, deliveries, polls, postings, subscribers
from jobdigest.store.schema import sources as source_table
from support.editions import job

NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")
WEEKS = [f"2026-W{week}" for week in range(37, 49)]
SOURCES = (
    "greenhouse: anthropic",
    "greenhouse: scaleai",
    "greenhouse: duolingo",
    "ashby: openai",
    "ashby: cohere",
    "ashby: harvey",
    "ashby: langchain",
    "lever: mistral",
    "lever: spotify",
    "workable: huggingface",
    "smartrecruiters: Canva",
    "rss: https://jobs.example.com/feed.xml",
)
FAILING, DOUBTED = "lever:spotify", "ashby:harvey"
READERS = 240
CUSTOMARY = (18, 9, 7, 6, 5, 4, 3, 2)  # new jobs a week by role type, the busiest first
STATED = {"hard": "550 5.1.1 no such user", "soft": "452 4.2.2 mailbox full", "complaint": "feedback report"}


def remember(app: App, *, trouble: bool = True) -> None:
    """Fill the store; `trouble`: with a failing source, deliveries in doubt and an old backup."""
    dice = random.Random(48)
    with app.store.begin() as connection:
        _readers(connection)
        for number, week in enumerate(WEEKS):
            _edition(app, connection, week, number, dice, trouble=trouble)
        _polls(connection, dice, trouble=trouble)
        _suspects(connection)
        facts.put(connection, "last_tick", (NOW - timedelta(seconds=40)).isoformat())
        facts.put(connection, "last_backup", (NOW - timedelta(days=4 if trouble else 0, hours=6)).isoformat())


def _readers(connection: Connection) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": number,
            "email": f"reader{number}@example.com",
            "address_hash": number.to_bytes(16, "big"),
            "state": "active",
            "preferences": {},
            "created": NOW - timedelta(days=200),
        }
        for number in range(1, READERS + 1)
    ]
    connection.execute(insert(subscribers), rows)


def _edition(app: App, connection: Connection, week: str, number: int, dice: random.Random, *, trouble: bool) -> None:
    slot = slot_of(week, app.config.schedule)
    assert slot
    news = [
        job(position, role_type=role.id, announced_in=week, id=f"{week}-{role.id}-{position}")
        for role, usual in zip(app.roles.groups, CUSTOMARY, strict=False)
        for position in range(max(0, round(dice.gauss(usual, usual / 3))))
    ]
    editions.save_frozen(
        connection, key=week, slot=slot.at, frozen_at=slot.at, content_hash="c", compiled=b"", jobs=news, stats={}
    )
    audience = READERS - 12 * (len(WEEKS) - number)
    rows = list(_deliveries(week, slot.at, audience, dice, in_doubt=trouble and week == WEEKS[-1]))
    connection.execute(insert(deliveries), rows)
    _bounces(connection, week, slot.at, dice)
    done = {"state": "sent", "audience": audience, "finished_at": slot.at + timedelta(minutes=3)}
    connection.execute(schema.editions.update().where(schema.editions.c.key == week).values(**done))
    assert ledger.check(connection, week) == []


def _deliveries(
    week: str, at: datetime, audience: int, dice: random.Random, *, in_doubt: bool
) -> Iterator[dict[str, Any]]:
    for reader in range(1, audience + 1):
        chance = dice.random()
        state, reason = "accepted", None
        if chance < 0.06:
            state, reason = "skipped", "not_due" if chance < 0.04 else "too_few"
        elif chance < 0.075:
            state, reason = "failed", f"rcpt: 550 5.1.1 <reader{reader}@example.com>: no such user"
        elif in_doubt and chance < 0.09:
            state, reason = "in_doubt", "dot: the connection was lost"
        yield {
            "edition": week, "subscriber_id": reader, "address_hash": reader.to_bytes(16, "big"),
            "domain": "example.com", "state": state, "reason": reason, "language": "en", "shown": b"\1",
            "key_id": "k", "not_before": at, "message_id": f"<{week}.{reader}@example.com>", "updated": at,
        }  # fmt: skip


def _bounces(connection: Connection, week: str, at: datetime, dice: random.Random) -> None:
    for kind, usual in (("hard", 2), ("soft", 4), ("complaint", 0.4)):
        for count in range(max(0, round(dice.gauss(usual, 1)))):
            values = {
                "address_hash": dice.randbytes(16), "edition": week, "kind": kind, "evidence": STATED[kind],
                "fingerprint": f"{week} {kind} {count}", "at": at + timedelta(hours=2),
            }  # fmt: skip
            connection.execute(insert(bounces).values(**values))


def _polls(connection: Connection, dice: random.Random, *, trouble: bool) -> None:
    for index, entry in enumerate(SOURCES):
        name, known = entry.replace(": ", ":"), 400 // (index + 2)
        bad = trouble and name == FAILING
        doubted = trouble and name == DOUBTED
        last = NOW - timedelta(days=3 if bad else 0, hours=2)
        rows: list[dict[str, object]] = []
        for quarter in range(28 * 4):
            at = NOW - timedelta(hours=6 * quarter + 2)
            failed = (bad and at > last) or dice.random() < 0.01
            error = "503 Service Unavailable" if failed else None
            if doubted and quarter < 3:
                error = f"only 6 postings, but {known} before; nothing is closed"
            row = {"source": name, "at": at, "state": "failed" if failed else "ok", "problems": 0, "error": error}
            seen = 0 if failed else 6 if doubted and quarter < 3 else known - quarter // 8
            rows.append({**row, "seen": seen, "new": quarter % 3})
        connection.execute(insert(polls), rows)
        health = {
            "name": name, "kind": entry.partition(":")[0], "first_success": NOW - timedelta(days=200),
            "last_attempt": NOW, "last_success": last, "failures": 12 if bad else 0, "postings": known,
            "error": "503 Service Unavailable" if bad else None, "new": 0, "unchanged": 0,
            "alarm": f"only 6 postings, but {known} before; nothing is closed" if doubted else None,
        }  # fmt: skip
        connection.execute(insert(source_table).values(**health))


def _suspects(connection: Connection) -> None:
    titles = (
        ("Data Annotation Expert, paid in advance <script>alert(1)</script>", "asks for money before work begins"),
        ("Remote AI Trainer, 900 $ a day, no interview", "pay far above the usual; contact by messenger only"),
        ("Prompt Engineer (urgent)", "the link leads to a shortener"),
    )
    for number, (title, reason) in enumerate(titles, 1):
        row = {
            "id": number, "source": "rss:https://jobs.example.com/feed.xml", "source_id": str(number),
            "raw_hash": bytes(16), "job_id": f"s{number}", "title": title, "company": f"Quick Hire {number}",
            "company_key": "quick hire", "url": "javascript:alert(1)" if number == 1 else "https://jobs.example.com/1",
            "in_scope": True, "role_type": "other-ai", "role_evidence": "title", "places": [], "safety": "suspect",
            "safety_reasons": [reason], "direct": False, "identity_keys": b"", "first_seen": NOW, "last_seen": NOW,
        }  # fmt: skip
        connection.execute(insert(postings).values(**row))
        job_row = {"id": f"s{number}", "created": NOW, "title": title, "company": f"Quick Hire {number}"}
        merged = {"company_key": "quick hire", "role_type": "other-ai", "places": [], "first_seen": NOW}
        connection.execute(insert(schema.jobs).values(**job_row, **merged))
    reports.add(connection, "s3", "scam", "they asked me for a fee", bytes(16), NOW)
