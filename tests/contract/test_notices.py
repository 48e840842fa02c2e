"""Notices reach the operator over real SMTP: the right ones, in words that say what to do, and never too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from jobdigest.app import App
from jobdigest.app.notices import PATIENCE, tell
from jobdigest.deliver.owner import new_owner
from jobdigest.errors import DeliveryError
from jobdigest.store import facts, ledger, schema
from jobdigest.store.holds import hold_after_restore
from support import history
from support.cli import Operator
from support.history import NOW
from support.postgres import database
from support.smtp_sink import Sink

ENTRIES = "\n".join(f"  - {entry}" for entry in history.SOURCES)
SUBJECTS = {"in-doubt": "in doubt", "coverage": "too little", "backup": "no fresh backup", "late": "is late"}
NEVER = threading.Event()
ME = new_owner()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> Iterator[App]:
    yield from opened(tmp_path, sink, database() if request.param == "postgresql" else None)


@pytest.fixture
def here(tmp_path: Path, sink: Sink) -> Iterator[App]:
    """On SQLite."""
    yield from opened(tmp_path, sink, None)


def opened(folder: Path, sink: Sink, address: str | None, to: str = "ops@example.com") -> Iterator[App]:
    operator = Operator(folder, ENTRIES, address)
    smtp = f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}}}"
    text = operator.config.read_text().replace("delivery: {file: mail}", smtp)
    operator.config.write_text(f"{text}notices: {{to: {to}}}\n")
    app = App.load(operator.config)
    history.remember(app)
    yield app
    app.store.close()


def mails(sink: Sink) -> list[EmailMessage]:
    found = [message_from_bytes(mail.data, policy=policy.default) for mail in sink.mails]
    assert all(isinstance(mail, EmailMessage) for mail in found)
    return found  # type: ignore[return-value]


def kinds(sink: Sink) -> list[str]:
    """What was told, in order."""
    subjects = [str(mail["Subject"]) for mail in mails(sink)]
    return [next(kind for kind, words in SUBJECTS.items() if words in subject) for subject in subjects]


def body(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    assert part
    return str(part.get_content())


def ticks(app: App, start: datetime, span: timedelta, every: timedelta) -> None:
    """The duty, again and again."""
    at = start
    while at <= start + span:
        tell(app, at, ME, NEVER)
        at += every


def test_trouble_is_told_once_it_lasts(app: App, sink: Sink) -> None:
    tell(app, NOW, ME, NEVER)
    assert sink.mails == []
    tell(app, NOW + PATIENCE, ME, NEVER)
    told = kinds(sink)
    assert told == ["in-doubt", "coverage"] + (["backup"] if app.store.is_sqlite else [])
    tell(app, NOW + 2 * PATIENCE, ME, NEVER)
    assert kinds(sink) == told


def test_a_notice_says_what_is_wrong_and_what_to_type(here: App, sink: Sink) -> None:
    ticks(here, NOW, PATIENCE, PATIENCE)
    doubt, coverage, _ = mails(sink)
    assert [mail.rcpt_to for mail in sink.mails] == [("ops@example.com",)] * 3
    assert doubt["Subject"] == "Test Weekly: 5 deliveries in doubt"
    assert doubt["Auto-Submitted"] == "auto-generated"
    assert doubt["List-Unsubscribe"] is None
    for form in ("plain", "html"):
        assert "digest deliveries resolve 2026-W48 --assume-accepted" in body(doubt, form)
        assert "lever:spotify: 503 Service Unavailable" in body(coverage, form)
    assert "@example.com" not in body(doubt, "plain"), "who is in doubt stands in the ledger, not in a mail"


def test_notices_stand_outside_the_ledger(here: App, sink: Sink) -> None:
    before = ledger_rows(here)
    ticks(here, NOW, PATIENCE, PATIENCE)
    assert len(sink.mails) == 3
    assert ledger_rows(here) == before


def ledger_rows(app: App) -> list[object]:
    with app.store.read() as connection:
        return list(ledger.rows(connection))


def test_never_more_than_one_of_a_kind_a_day(here: App, sink: Sink) -> None:
    """Over nine days of hourly ticks; the edition of the second week is missed, too."""
    days = 9
    ticks(here, NOW, timedelta(days=days), timedelta(hours=1))
    dates = [parsedate_to_datetime(str(mail["Date"])) for mail in mails(sink)]
    told = list(zip(kinds(sink), dates, strict=True))
    for kind in SUBJECTS:
        times = [at for other, at in told if other == kind]
        assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(times)), kind
    counts = {kind: sum(other == kind for other, _ in told) for kind in SUBJECTS}
    assert counts["in-doubt"] == counts["backup"] == days
    assert counts["coverage"] == 2  # the same sources again only after a week
    assert counts["late"] == 2  # due, and then too late for good


def test_more_of_the_same_waits_for_the_next_day(here: App, sink: Sink) -> None:
    ticks(here, NOW, PATIENCE, PATIENCE)
    with here.store.begin() as connection:
        everybody = schema.deliveries.c.edition == history.WEEKS[-1]
        connection.execute(update(schema.deliveries).where(everybody).values(state="in_doubt"))
    told = len(sink.mails)
    ticks(here, NOW + 2 * PATIENCE, timedelta(hours=23), timedelta(hours=1))
    assert kinds(sink)[told:] == []
    ticks(here, NOW + PATIENCE + timedelta(days=1), timedelta(), timedelta(hours=1))
    assert "in-doubt" in kinds(sink)[told:]
    assert "228 deliveries in doubt" in str(mails(sink)[told]["Subject"])


def test_what_mends_itself_is_not_told(here: App, sink: Sink) -> None:
    tell(here, NOW, ME, NEVER)
    with here.store.begin() as connection:
        facts.put(connection, "last_backup", NOW.isoformat())
    tell(here, NOW + PATIENCE, ME, NEVER)
    assert kinds(sink) == ["in-doubt", "coverage"]


@pytest.mark.parametrize(
    ("held", "days", "words"),
    [
        (False, 0, "Nothing has been frozen or sent"),
        (True, 0, "It is held"),
        (False, 3, "It is too late to send it"),
    ],
)
def test_a_late_edition_is_told(here: App, sink: Sink, held: bool, days: int, words: str) -> None:
    slot = datetime.fromisoformat("2026-12-01T09:00:00+00:00") + timedelta(days=days)
    if held:
        with here.store.begin() as connection:
            hold_after_restore(connection, slot)
    ticks(here, slot + timedelta(minutes=50), timedelta(minutes=20), timedelta(minutes=10))
    assert "late" in kinds(sink)
    late = mails(sink)[kinds(sink).index("late")]
    assert late["Subject"] == "Test Weekly: 2026-W49 is late"
    assert words in body(late, "plain")


def test_a_stuck_and_a_stopped_edition_are_told(here: App, sink: Sink) -> None:
    table = schema.editions
    this = update(table).where(table.c.key == history.WEEKS[-1])
    waiting = update(schema.deliveries).where(schema.deliveries.c.edition == history.WEEKS[-1])
    with here.store.begin() as connection:
        connection.execute(this.values(state="sending"))
        some = schema.deliveries.c.subscriber_id < 20
        connection.execute(
            waiting.where(some).values(state="pending", updated=NOW, not_before=NOW - timedelta(hours=5))
        )
    ticks(here, NOW, PATIENCE, PATIENCE)
    assert any("2026-W48 is stuck" in str(mail["Subject"]) for mail in mails(sink))
    with here.store.begin() as connection:
        connection.execute(this.values(state="stopped", stop_reason="12 of the last 50 answers refuse mail like ours"))
    ticks(here, NOW + 2 * PATIENCE, PATIENCE, PATIENCE)
    last = mails(sink)[-1]
    assert last["Subject"] == "Test Weekly: 2026-W48 has stopped itself"
    assert "12 of the last 50 answers" in body(last, "plain")
    assert "digest send --resume" in body(last, "plain")


def test_an_edition_under_way_is_not_stuck(here: App, sink: Sink) -> None:
    with here.store.begin() as connection:
        table = schema.editions
        connection.execute(update(table).where(table.c.key == history.WEEKS[-1]).values(state="sending"))
        rows = schema.deliveries
        mine = rows.c.edition == history.WEEKS[-1]
        early = {"not_before": NOW - timedelta(hours=5)}
        connection.execute(update(rows).where(mine, rows.c.subscriber_id < 20).values(state="pending", **early))
        connection.execute(update(rows).where(mine, rows.c.subscriber_id >= 20).values(updated=NOW))
    ticks(here, NOW, PATIENCE, PATIENCE)
    assert not any("stuck" in str(mail["Subject"]) for mail in mails(sink))


def test_a_server_that_is_away_is_tried_again_in_the_next_hour(here: App, sink: Sink) -> None:
    sink.script = lambda step: "451 4.3.0 not now" if step.name == "rcpt" else None
    tell(here, NOW, ME, NEVER)
    with pytest.raises(DeliveryError):
        tell(here, NOW + PATIENCE, ME, NEVER)
    sink.script = lambda step: None
    tell(here, NOW + timedelta(hours=2), ME, NEVER)
    assert kinds(sink)[0] == "in-doubt"
    tell(here, NOW + timedelta(hours=4), ME, NEVER)
    assert len(kinds(sink)) == len(set(kinds(sink))) == 3


def test_one_bad_address_of_two_costs_nobody_their_notice(tmp_path: Path, sink: Sink) -> None:
    sink.script = lambda step: "550 5.1.1 no such user" if step.argument == "gone@example.com" else None
    (app,) = opened(tmp_path, sink, None, "[gone@example.com, ops@example.com]")
    ticks(app, NOW, 3 * PATIENCE, PATIENCE)
    assert sink.recipients == ["ops@example.com"] * 3
    app.store.close()


def test_two_schedulers_tell_once(app: App, sink: Sink) -> None:
    tell(app, NOW, ME, NEVER)
    gate = threading.Barrier(2)

    def one(owner: str) -> None:
        gate.wait()
        tell(app, NOW + PATIENCE, owner, NEVER)

    threads = [threading.Thread(target=one, args=(new_owner(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kinds(sink)) == len(set(kinds(sink)))
    assert set(kinds(sink)) >= {"in-doubt", "coverage"}


def test_without_an_address_nobody_is_told(tmp_path: Path, sink: Sink) -> None:
    (app,) = opened(tmp_path, sink, None, "[]")
    ticks(app, NOW, 3 * PATIENCE, PATIENCE)
    assert sink.mails == []
    app.store.close()
