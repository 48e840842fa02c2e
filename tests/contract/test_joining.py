"""Joining, coming back, changing the address and leaving, over real HTTP and a real SMTP conversation."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from jobdigest.app import choosing, joining, leaving
from jobdigest.model import Preferences
from jobdigest.store import ledger, suppressions
from jobdigest.store import subscribers as store_subscribers
from jobdigest.store.schema import counters
from jobdigest.subscribers.importing import NewSubscriber
from jobdigest.subscribers.tokens import CONFIRM, PREFERENCES, RESUBSCRIBE, UNSUBSCRIBE
from support.asking import Asked, ask
from support.cli import Operator
from support.postgres import database
from support.reading import DELIVERY, Pages, copies_sent, message, prepare, serving, text_of
from support.smtp_sink import Sink


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Operator, Sink]]:
    with Sink() as sink:
        yield prepare(tmp_path_factory.mktemp("sent"), sink.port), sink


@pytest.fixture
def pages(sent: tuple[Operator, Sink], tmp_path: Path) -> Iterator[Pages]:
    """A copy of that installation, at a mail server of its own that has taken what was sent before."""
    made, before = sent
    with Sink(mails=list(before.mails)) as sink:
        operator = Operator(tmp_path)
        for name in ("digest.db", "config.yaml", "postings.jsonl"):
            shutil.copy(made.folder / name, tmp_path / name)
        text = operator.config.read_text()
        operator.config.write_text(text.replace(DELIVERY.format(before.port), DELIVERY.format(sink.port)))
        with serving(operator, sink) as pages:
            yield pages


def test_joining_on_postgresql(tmp_path: Path) -> None:
    with Sink() as sink, serving(prepare(tmp_path, sink.port, database()), sink) as pages:
        test_from_the_form_to_the_first_edition(pages)
        test_who_left_or_was_forgotten_comes_back_by_the_form(pages)


def test_from_the_form_to_the_first_edition(pages: Pages) -> None:
    status, page = pages.ask("/join", {"email": "Ada@example.com", "role_types": "data-science", "cadence": "weekly"})
    assert (status, "Look into your mailbox" in page) == (200, True)
    (subject,) = pages.letters("Ada@example.com")
    assert subject == "Please confirm: Test Weekly"
    (letter,) = [mail for mail in pages.sink.mails if mail.rcpt_to == ("Ada@example.com",)]
    assert "List-Unsubscribe" not in message(letter)
    assert "Data science" in text_of(letter)
    link = pages.link("Ada@example.com", "confirm")
    for _ in range(2):
        assert "Shall it come to you?" in pages.ask(link)[1]
    assert pages.row("ada@example.com")["state"] == "pending", "a scanner that follows links confirms nothing"
    assert "newest edition is on its way" in pages.ask(link, {})[1]
    copies_sent()
    kept = pages.row("ada@example.com")
    assert (kept["state"], kept["preferences"]) == ("active", {"role_types": ["data-science"]})
    assert set(dict(kept["consent"])) == {"asked", "confirmed", "wording", "network"}  # type: ignore[call-overload]
    assert "Welcome" in pages.ask(link, {})[1], "a second click changes nothing"
    edition = [mail for mail in pages.sink.mails if mail.rcpt_to == ("Ada@example.com",)][1]
    assert "Data Scientist" in text_of(edition)
    assert "Computer Vision" not in text_of(edition)
    with pages.app.store.read() as connection:
        assert ledger.check(connection) == []
    pages.operator.types("send")
    assert len(pages.letters("Ada@example.com")) == 2


def test_the_answer_tells_nothing_about_an_address(pages: Pages) -> None:
    with pages.app.store.begin() as connection:
        digest = pages.app.keys.address_hash("angry@example.com")
        suppressions.suppress(connection, digest, "complained", "said so", datetime.now(UTC))
    answers = {pages.ask("/join", {"email": f"{name}@example.com"}) for name in ("known", "new", "angry")}
    assert len(answers) == 1
    assert pages.letters("new@example.com") == ["Please confirm: Test Weekly"]
    assert pages.letters("known@example.com")[1:] == ["Test Weekly comes to you already"]
    assert pages.letters("angry@example.com") == []
    assert pages.row("known@example.com")["preferences"] == {}


def test_how_long_an_answer_takes_tells_nothing_either(pages: Pages) -> None:
    go_on = threading.Event()
    pages.sink.script = lambda step: None if go_on.wait(30) else "451 4.3.0 the test has ended"
    assert "Look into your mailbox" in pages.ask("/join", {"email": "new@example.com"})[1], "answered before it is sent"
    go_on.set()
    assert pages.letters("new@example.com") == ["Please confirm: Test Weekly"]


def test_sign_up_bombs_are_held_off(pages: Pages) -> None:
    for _ in range(3):
        assert pages.ask("/join", {"email": "victim@example.com"})[0] == 200
    assert len(pages.letters("victim@example.com")) == 1, "one letter to an address and hour"
    assert pages.ask("/join", {"email": "robot@example.com", "website": "http://spam"})[0] == 200
    assert pages.letters("robot@example.com") == []
    assert pages.ask("/join", {"email": "x@example.com"}, Origin="https://evil.example")[0] == 403
    seen = {pages.ask("/join", {"email": f"n{number}@example.com"})[0] for number in range(joining.AN_HOUR)}
    assert seen == {200, 429}
    status, page = pages.ask("/join", {"email": "nobody"})
    assert (status, "is not an address" in page) == (422, True)


def test_where_mail_cannot_leave_the_asker_may_try_again_at_once(pages: Pages) -> None:
    pages.sink.script = lambda step: "451 4.3.0 later" if step.name == "rcpt" else None
    assert pages.ask("/join", {"email": "ada@example.com"})[0] == 200
    assert pages.letters("ada@example.com") == []
    pages.sink.script = lambda step: None
    assert pages.ask("/join", {"email": "ada@example.com"})[0] == 200
    assert pages.letters("ada@example.com") == ["Please confirm: Test Weekly"]


def test_old_and_forged_links_do_nothing(pages: Pages) -> None:
    pages.ask("/join", {"email": "ada@example.com"})
    reader = int(str(pages.row("ada@example.com")["id"]))
    hours = [datetime.now(UTC) - timedelta(hours=hours) for hours in (49, -1)]
    for at in hours:
        token = pages.app.keys.sign(CONFIRM, reader, int(at.timestamp()) // 60)
        assert pages.ask(f"/confirm/{token}", {})[0] == 404
    assert pages.ask(f"/confirm/{pages.app.keys.sign(PREFERENCES, reader)}", {})[0] == 404
    assert pages.row("ada@example.com")["state"] == "pending"


def test_leaving_by_the_page_can_be_undone(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    leave = f"/unsubscribe/{pages.app.keys.sign(UNSUBSCRIBE, reader)}"
    assert pages.ask(leave, {"leave": "1"})[0] == 200
    assert pages.row("known@example.com")["state"] == "unsubscribed"
    assert pages.letters("known@example.com")[-1] == "You have left Test Weekly"
    undo = pages.link("known@example.com", "undo")
    pages.ask(undo)
    assert pages.row("known@example.com")["state"] == "unsubscribed"
    assert "As if nothing had happened" in pages.ask(undo, {})[1]
    assert pages.row("known@example.com")["state"] == "active"
    stamp = int((datetime.now(UTC) - leaving.UNDO).timestamp()) // 60 - 2
    assert pages.ask(f"/undo/{pages.app.keys.sign(RESUBSCRIBE, reader, stamp)}", {})[0] == 404


def test_one_click_in_the_mail_program_is_the_last_word(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    before = len(pages.letters("known@example.com"))
    token = pages.app.keys.sign(UNSUBSCRIBE, reader)
    assert pages.ask(f"/unsubscribe/{token}", {"List-Unsubscribe": "One-Click"})[0] == 200
    assert pages.row("known@example.com")["state"] == "unsubscribed"
    assert len(pages.letters("known@example.com")) == before
    assert pages.ask(f"/unsubscribe/{token}", {"leave": "1"})[0] == 200
    assert len(pages.letters("known@example.com")) == before, "who has left gets no goodbye for a second click"


def test_who_left_or_was_forgotten_comes_back_by_the_form(pages: Pages) -> None:
    pages.operator.types("subscribers", "forget", "known@example.com")
    assert pages.row("known@example.com")["email"] is None
    pages.ask("/join", {"email": "known@example.com"})
    pages.ask(pages.link("known@example.com", "confirm"), {})
    assert pages.row("known@example.com")["state"] == "active"
    with pages.app.store.read() as connection:
        digest = pages.app.keys.address_hash("known@example.com")
        assert store_subscribers.suppressed(connection, [digest], datetime.now(UTC)) == {}
    copies_sent()
    editions = [subject for subject in pages.letters("known@example.com") if "open now" in subject]
    assert len(editions) == 1, "the edition they had is not sent again"


def test_a_request_changes_no_consent_before_it_is_confirmed(pages: Pages) -> None:
    def consent() -> dict[str, Any]:
        return dict(pages.row("ada@example.com")["consent"])  # type: ignore[call-overload]

    pages.ask("/join", {"email": "ada@example.com", "role_types": "data-science"})
    first = pages.link("ada@example.com", "confirm")
    pages.ask(first, {})
    given, reader = consent(), int(str(pages.row("ada@example.com")["id"]))
    pages.ask(f"/unsubscribe/{pages.app.keys.sign(UNSUBSCRIBE, reader)}", {"List-Unsubscribe": "One-Click"})
    later = datetime.now(UTC) + timedelta(hours=2)
    stranger = joining.Consent("other words", b"elsewhere")
    wanted = NewSubscriber(email="ada@example.com", preferences=Preferences(remote_only=True))
    letter = joining.ask(pages.app, wanted, stranger, later)
    assert letter is not None
    asked = consent()
    assert asked.pop("request")["wording"] == "other words"
    assert asked == given, "what they agreed to stands as it was"
    assert pages.row("ada@example.com")["preferences"] == {"role_types": ["data-science"]}
    pages.operator.types("prune", "--now", f"{later + timedelta(days=8):%Y-%m-%dT%H:%M:%SZ}")
    assert consent() == given, "a request that nobody confirms is forgotten"

    assert joining.ask(pages.app, wanted, stranger, later + timedelta(hours=2)) is not None
    token = pages.app.keys.sign(CONFIRM, reader, int(later.timestamp()) // 60)
    assert joining.confirm(pages.app, token, later + timedelta(hours=3)) is not None
    now = consent()
    assert (now["wording"], now["earlier"]) == ("other words", [given])
    assert pages.row("ada@example.com")["preferences"] == {"remote_only": True}


def test_an_old_link_brings_back_what_was_chosen(pages: Pages) -> None:
    pages.ask("/join", {"email": "ada@example.com", "role_types": "data-science"})
    link = pages.link("ada@example.com", "confirm")
    pages.ask(link, {})
    reader = int(str(pages.row("ada@example.com")["id"]))
    pages.ask(f"/unsubscribe/{pages.app.keys.sign(UNSUBSCRIBE, reader)}", {"List-Unsubscribe": "One-Click"})
    pages.ask(link, {})
    row = pages.row("ada@example.com")
    assert (row["state"], row["preferences"]) == ("active", {"role_types": ["data-science"]})
    assert len(dict(row["consent"])["earlier"]) == 1  # type: ignore[call-overload]


def test_the_link_of_every_mail_works_after_keys_were_rotated(pages: Pages) -> None:
    old = str(message(pages.sink.mails[0])["List-Unsubscribe"]).partition("jobs.example.com")[2].partition(">")[0]
    (pages.operator.folder / "keys").write_text("a newer secret\na secret for tests only\n")
    text = pages.operator.config.read_text()
    pages.operator.config.write_text(text.replace("secret_key: a secret for tests only", "secret_key_file: keys"))
    with serving(pages.operator, pages.sink) as rotated:
        token = rotated.app.keys.sign(UNSUBSCRIBE, 1)
        assert rotated.app.keys.newest != pages.app.keys.newest
        assert pages.ask(f"/unsubscribe/{token}", {})[0] == 404, "signed with the new key"
        assert rotated.ask(old, {"List-Unsubscribe": "One-Click"})[0] == 200
        assert rotated.row("known@example.com")["state"] == "unsubscribed"


def test_a_proxy_that_is_not_named_is_noticed(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(2):
        pages.ask("/join", {"email": f"n{number}@example.com"}, **{"X-Forwarded-For": f"198.51.100.{number}"})
    assert "trusted_proxies" not in caplog.text
    with pages.app.store.read() as connection:
        scopes = {scope for scope in connection.scalars(select(counters.c.scope)) if scope.startswith("join:")}
    assert len(scopes) == 2, "the proxy on this machine is believed"
    headers = (
        ("Host", "x"),
        ("X-Forwarded-For", "198.51.100.9"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    for number in range(2):
        assert ask(pages.site, Asked("POST", "/join", headers, f"email=m{number}@example.com".encode()))[0] == 200
    assert caplog.text.count("trusted_proxies") == 1


def test_pausing_after_leaving_is_not_promised(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    page = f"/preferences/{pages.app.keys.sign(PREFERENCES, reader)}"
    assert "Paused." in pages.ask(page, {"pause": "1", "until": f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"})[1]
    assert "Paused until" in pages.ask(page)[1]
    assert "Good to have you back" in pages.ask(page, {"resume": "1"})[1]
    assert pages.ask(page, {"pause": "1", "until": "2020-01-01"})[0] == 422
    assert "Congratulations" in pages.ask(page, {"found": "1"})[1]
    gone = ({"pause": "1"}, {"cadence": "monthly"}, {"address": "1", "email": "new@example.com"}, {"found": "1"})
    for form in gone:
        assert "You get no mail from us" in pages.ask(page, form)[1], form
    assert pages.row("known@example.com")["preferences"] == {}
    assert pages.letters("new@example.com") == []
    assert pages.row("known@example.com")["state"] == "unsubscribed"


def test_an_address_changes_only_by_a_letter_to_the_new_one(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    page = f"/preferences/{pages.app.keys.sign(PREFERENCES, reader)}"
    assert "Look into your new mailbox" in pages.ask(page, {"address": "1", "email": "new@example.com"})[1]
    link = pages.link("new@example.com", "address")
    pages.ask(link)
    assert pages.row("known@example.com")
    assert "Done." in pages.ask(link, {})[1]
    assert (pages.row("known@example.com"), pages.row("new@example.com")["id"]) == ({}, reader)
    assert pages.ask(link, {})[0] == 404, "a link works once"
    assert pages.letters("known@example.com")[-1] == "Test Weekly goes to another address now"


def test_of_two_who_take_an_address_at_once_one_is_too_late(tmp_path: Path) -> None:
    with Sink() as sink, serving(prepare(tmp_path, sink.port, database()), sink) as pages:
        pages.operator.types("subscribers", "add", "second@example.com")
        links = []
        for address in ("known@example.com", "second@example.com"):
            page = pages.app.keys.sign(PREFERENCES, int(str(pages.row(address)["id"])))
            pages.ask(f"/preferences/{page}", {"address": "1", "email": "new@example.com"})
            links.append(pages.link("new@example.com", "address"))
        answers = []
        late = threading.Thread(target=lambda: answers.append(pages.ask(links[1], {})))
        about_to_write = threading.Event()

        @event.listens_for(pages.app.store.engine, "before_cursor_execute")
        def _notice(*args: Any) -> None:
            if threading.current_thread() is not threading.main_thread() and args[2].startswith("UPDATE subscribers"):
                about_to_write.set()

        first, digest = int(str(pages.row("known@example.com")["id"])), pages.app.keys.address_hash("new@example.com")
        with pages.app.store.begin() as connection:
            assert store_subscribers.move(connection, first, "new@example.com", digest)
            late.start()
            assert about_to_write.wait(30), "the second has seen the address free, and waits for the first"
        late.join(30)
        assert answers[0][0] == 404
        assert "This link" in answers[0][1]
        assert pages.row("new@example.com")["id"] == first
        assert pages.row("second@example.com")["state"] == "active"


def test_a_reader_cannot_have_us_write_to_many(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    page = f"/preferences/{pages.app.keys.sign(PREFERENCES, reader)}"
    asked = [pages.ask(page, {"address": "1", "email": f"n{number}@example.com"})[0] for number in range(7)]
    assert asked == [200] * choosing.LETTERS + [429] * 2
    assert [len(pages.letters(f"n{number}@example.com")) for number in range(7)] == [1] * 5 + [0] * 2


def test_data_can_be_taken_and_erased(pages: Pages) -> None:
    reader = int(str(pages.row("known@example.com")["id"]))
    page = f"/preferences/{pages.app.keys.sign(PREFERENCES, reader)}"
    assert "known@" not in pages.ask(page)[1], "a mail that was passed on must not tell whose it was"
    assert "sent you a link" in pages.ask(page, {"data": "1"})[1]
    kept = json.loads(pages.ask(pages.link("known@example.com", "data"))[1])
    assert kept["email"] == "known@example.com"
    assert [mail["state"] for mail in kept["mails"]] == ["accepted"]
    assert pages.ask(f"{page}?erase=1")[0] == 200
    assert pages.row("known@example.com")["email"] == "known@example.com"
    assert "You are forgotten" in pages.ask(page, {"erase": "1"})[1]
    assert pages.row("known@example.com")["email"] is None
    assert pages.letters("known@example.com")[-1] == "Test Weekly has forgotten you"
    assert pages.ask(page)[0] == 404
    assert pages.ask(pages.link("known@example.com", "data"))[0] == 404
    assert pages.ask(f"/data/{page.rpartition('/')[2]}")[0] == 404, "the link in an edition is not enough"


def test_what_nobody_confirms_is_forgotten(pages: Pages) -> None:
    pages.ask("/join", {"email": "ada@example.com"})
    pages.operator.types("prune", "--now", f"{datetime.now(UTC) + timedelta(days=8):%Y-%m-%dT%H:%M:%SZ}")
    assert pages.row("ada@example.com") == {}


def test_the_mail_is_seen_before_an_address_is_given(pages: Pages) -> None:
    status, page = pages.ask("/join?role=data-science")
    assert (status, "1 new job." in page) == (200, True)
    status, mail = pages.ask("/join/mail?role=data-science")
    assert (status, "Data Scientist" in mail, "Computer Vision" in mail) == (200, True, False)
    assert pages.ask("/join?role=nonsense&pay=lots")[0] == 422
    assert pages.ask("/join/mail?role=nonsense&pay=lots")[0] == 200
