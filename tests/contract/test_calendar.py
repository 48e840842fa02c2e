"""What fires when: weeks skipped or moved, processes down, clocks that are set, schedulers that race or died."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from jobdigest import schedule, work
from jobdigest.app import App
from jobdigest.app.collecting import collect_all
from jobdigest.app.upkeep import begin
from jobdigest.deliver.owner import new_owner
from support.cli import Operator
from support.postgres import database
from support.smtp_sink import Sink

READERS = 4
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


class Newsletter:
    """A newsletter with jobs and readers, whose slot is Tuesdays at 09:00 UTC, and a scheduler's ticks."""

    def __init__(self, folder: Path, sink: Sink, kind: str, more: str) -> None:
        operator = Operator(folder, database=database() if kind == "postgresql" else None)
        smtp = f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none, connections: 2}}}}"
        config = operator.config.read_text().replace("delivery: {file: mail}", smtp)
        operator.config.write_text(config.replace('Europe/London, send: "tue 09:00"', f'UTC, send: "tue 09:00"{more}'))
        rows = [{"id": str(n), "title": f"Machine Learning Engineer {n}", "company": f"Firm {n}"} for n in range(3)]
        operator.write("postings.jsonl", *rows)
        (folder / "readers.csv").write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(READERS)))
        operator.types("subscribers", "import", "readers.csv")
        self.app, self.sink = App.load(operator.config), sink
        collect_all(self.app, None, at("2026-01-19T00:00"), lambda report: None)

    def ticks(self, *moments: str, owner: str = "") -> None:
        for moment in moments:
            work.send_edition(self.app, at(moment), owner or new_owner(), threading.Event())

    @property
    def fired(self) -> list[str]:
        """The editions there are, in the order in which they were frozen."""
        with self.app.store.read() as connection:
            return list(connection.scalars(text("SELECT key FROM editions ORDER BY frozen_at, key")))

    def mails(self) -> set[int]:
        """How many mails the readers got; one number where it is the same for all."""
        counts = Counter(self.sink.recipients)
        assert len(counts) == READERS
        return set(counts.values())


@pytest.fixture
def more() -> str:
    return ""


@pytest.fixture(params=KINDS)
def newsletter(request: pytest.FixtureRequest, tmp_path: Path, more: str) -> Iterator[Newsletter]:
    with Sink() as sink:
        made = Newsletter(tmp_path, sink, request.param, more)
        yield made
        made.app.store.close()


@pytest.mark.parametrize("more", [', skip: [2026-W05], move: {2026-W06: "thu 10:00"}'])
def test_a_skipped_week_stays_silent_and_a_moved_one_waits_for_its_slot(newsletter: Newsletter) -> None:
    newsletter.ticks("2026-01-20T08:59", "2026-01-20T09:00", "2026-01-27T09:00", "2026-01-27T10:00")
    assert newsletter.fired == ["2026-W04"]
    newsletter.ticks("2026-02-03T09:00", "2026-02-05T09:59")
    assert newsletter.fired == ["2026-W04"]
    newsletter.ticks("2026-02-05T10:00")
    assert newsletter.fired == ["2026-W04", "2026-W06"]
    assert newsletter.mails() == {1}


def test_down_over_a_slot(newsletter: Newsletter, caplog: pytest.LogCaptureFixture) -> None:
    newsletter.ticks("2026-01-20T09:00")
    newsletter.ticks("2026-01-28T08:59")  # a day late, and the last minute of it
    assert newsletter.fired == ["2026-W04", "2026-W05"]
    with caplog.at_level(logging.ERROR):
        newsletter.ticks("2026-02-05T09:01", "2026-02-05T09:02", "2026-02-06T09:00")
    assert [record.getMessage()[:8] for record in caplog.records] == ["2026-W06"], "said once"
    newsletter.ticks("2026-02-10T09:00")
    assert newsletter.fired == ["2026-W04", "2026-W05", "2026-W07"]


def test_a_clock_that_is_set_fires_nothing_twice(newsletter: Newsletter) -> None:
    newsletter.ticks("2026-01-20T09:00", "2026-01-20T08:00", "2026-01-20T09:00", "2026-01-13T09:00", "2026-01-20T09:30")
    assert Counter(newsletter.fired) == {"2026-W03": 1, "2026-W04": 1}
    assert newsletter.mails() == {1}, "the clock of a week before had no news to tell"
    newsletter.ticks("2026-01-27T09:05", "2026-01-27T08:05", "2026-01-27T09:05")  # an hour ahead, corrected, and due
    assert Counter(newsletter.fired) == {"2026-W03": 1, "2026-W04": 1, "2026-W05": 1}
    assert newsletter.mails() == {1}


def test_schedulers_at_once_mail_everybody_once(newsletter: Newsletter) -> None:
    gate = threading.Barrier(3)

    def race() -> None:
        owner = new_owner()
        gate.wait()
        for moment in ("2026-01-20T09:00", "2026-01-20T09:01", "2026-01-20T09:02"):
            newsletter.ticks(moment, owner=owner)

    racing = [threading.Thread(target=race) for _ in range(3)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    newsletter.ticks("2026-01-20T09:03")
    assert newsletter.fired == ["2026-W04"]
    assert newsletter.mails() == {1}


def test_who_holds_a_run_key(newsletter: Newsletter) -> None:
    """A process that lives keeps it, of a dead one it is free at once, one elsewhere is believed for an hour."""
    app, due = newsletter.app, at("2026-01-20T09:00")
    print_owner = "from jobdigest.deliver.owner import new_owner; print(new_owner())"
    dead = subprocess.run(
        [sys.executable, "-c", print_owner], capture_output=True, text=True, check=True
    ).stdout.strip()
    for holder, later, free in (
        (new_owner(), timedelta(days=1), False),
        (dead, timedelta(0), True),
        ("elsewhere/1/2/3", timedelta(minutes=59), False),
        ("elsewhere/1/2/3", timedelta(minutes=61), True),
        ("elsewhere/1/2/3", timedelta(hours=-2), True),  # the clock was set back
    ):
        key = f"{holder}:{later}"
        assert begin(app, key, due, holder, due)
        assert begin(app, key, due, holder, due), "its own"
        assert begin(app, key, due, new_owner(), due + later) is free, (holder, later)


def test_a_tick_that_takes_long_is_followed_by_the_next_and_never_joined_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, at_once, ticks = threading.Event(), threading.Lock(), list[datetime]()
    monkeypatch.setattr(schedule, "TICK_SECONDS", 0.05)

    def tick(_: schedule.Keeper) -> None:
        assert at_once.acquire(blocking=False), "two ticks at a time"
        ticks.append(datetime.now(UTC))
        if len(ticks) == 2:
            stop.wait(0.5)  # ten intervals go by
        at_once.release()
        if len(ticks) == 6:
            stop.set()

    monkeypatch.setattr(schedule.Keeper, "tick", tick)
    running = threading.Thread(target=schedule.run_forever, args=(App.load(Operator(tmp_path).config), stop))
    running.start()
    assert stop.wait(30)
    running.join()
    assert len(ticks) == 6


def backups(folder: Path) -> list[str]:
    return sorted(path.name[7:15] for path in (folder / "backups").glob("digest-*.db"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """A tick of keeping the house."""
    app, owner = App.load(Operator(tmp_path).config), new_owner()
    yield lambda moment: work.keep_house(app, at(moment), owner, threading.Event())
    app.store.close()


def test_a_backup_every_day_and_the_newest_seven_are_kept(tmp_path: Path, house: Callable[[str], None]) -> None:
    for day in range(1, 10):
        for hour in ("00:01", "06:00", "23:59"):
            house(f"2026-03-0{day}T{hour}")
    assert backups(tmp_path) == [f"2026030{day}" for day in range(3, 10)]


def test_a_backup_that_fails_is_tried_again_every_hour(tmp_path: Path, house: Callable[[str], None]) -> None:
    (tmp_path / "backups").write_text("in the way")
    for moment in ("2026-03-01T10:05", "2026-03-01T11:05"):
        with pytest.raises(work.DigestError, match="backup to"):
            house(moment)
        house(moment)  # a minute later nothing is tried
    (tmp_path / "backups").unlink()
    house("2026-03-01T12:05")
    assert backups(tmp_path) == ["20260301"]


def test_forgetting_is_weekly_and_never_just_before_an_edition(tmp_path: Path) -> None:
    app, owner = App.load(Operator(tmp_path).config), new_owner()

    def pruned(moment: str) -> list[str]:
        work.keep_house(app, at(moment), owner, threading.Event())
        with app.store.read() as connection:
            return list(connection.scalars(text("SELECT key FROM runs WHERE key LIKE 'prune:%' ORDER BY key")))

    assert pruned("2026-03-03T07:00") == [], "the edition is due at nine"
    assert pruned("2026-03-03T10:00") == ["prune:2026-W10"]
    assert pruned("2026-03-04T10:00") == ["prune:2026-W10"]
    assert pruned("2026-03-09T00:00") == ["prune:2026-W10", "prune:2026-W11"]
    app.store.close()
