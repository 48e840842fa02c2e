"""A reader's mail from fragments: complete, each job once, the same links in both parts, the same bytes every time."""

from __future__ import annotations

import json
import quopri
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobdigest.compose.assemble import assemble, feed_entry, public_page
from jobdigest.compose.bits import positions
from jobdigest.compose.compiled import CompiledEdition, encode
from jobdigest.compose.select import Choice
from jobdigest.model import Delivery, Parts
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE, Keys
from support.editions import KEYS, READERS, REPO, a_draft, choice, compiled, config, delivery, headers

BASE = "https://jobs.jobdigest.dev"
DRAFT = a_draft()
EDITION = compiled(DRAFT)
GOLDEN = REPO / "tests" / "golden"


def mail(reader: str) -> tuple[Choice, Parts]:
    chosen = choice(reader, DRAFT)
    language = READERS[reader].get("language", "en")
    return chosen, assemble(EDITION, delivery(chosen.shown, chosen.extra, language=language), KEYS, BASE)


def bodies(parts: Parts) -> tuple[str, str]:
    html, text = (quopri.decodestring(part).decode().replace("\r\n", "\n") for part in (parts.html, parts.text))
    return html, text


class Links(HTMLParser):
    """Every href, and the structure of headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs.append(dict(attrs)["href"] or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)


@pytest.mark.parametrize("reader", READERS)
def test_every_job_once_and_the_same_links_in_both_parts(reader: str) -> None:
    chosen, parts = mail(reader)
    html, text = bodies(parts)
    found = Links(html)
    for position in positions(chosen.shown):
        url = DRAFT.items[position].job.url
        assert found.hrefs.count(url) == 1
        assert text.count(url + "\n") == 1
    assert set(found.hrefs) == set(re.findall(r"https://\S+", text))
    assert found.headings[0] == "h1"
    assert found.headings.count("h1") == 1
    assert found.headings.count("h3") == chosen.count
    assert "@@" not in html + text


@pytest.mark.parametrize("reader", READERS)
def test_bodies_are_quoted_printable_by_rfc_2045(reader: str) -> None:
    _, parts = mail(reader)
    for body in (parts.html, parts.text):
        assert body.endswith(b"\r\n")
        lines = body.split(b"\r\n")
        assert max(map(len, lines)) <= 76
        assert not any(line.endswith((b" ", b"\t")) for line in lines)
        assert re.fullmatch(rb"(?:[\t\r\n !-<>-~]|=[0-9A-F]{2}|=\r\n)*", body)


@pytest.mark.parametrize("reader", READERS)
def test_the_same_mail_always_has_the_same_bytes(reader: str) -> None:
    chosen, parts = mail(reader)
    again = CompiledEdition.from_bytes(EDITION.to_bytes())
    language = READERS[reader].get("language", "en")
    assert assemble(again, delivery(chosen.shown, chosen.extra, language=language), KEYS, BASE) == parts


def test_an_edition_stored_before_dots_were_written_as_codes_promises_nothing() -> None:
    stored = json.loads(zlib.decompress(EDITION.to_bytes()))
    assert stored.pop("dotless") is True
    old = CompiledEdition.from_bytes(zlib.compress(json.dumps(stored).encode()))
    chosen, parts = mail("london")
    again = assemble(old, delivery(chosen.shown, chosen.extra), KEYS, BASE)
    assert not again.dotless
    assert replace(again, dotless=True) == parts


def test_links_are_signed_with_the_key_of_the_delivery() -> None:
    rotated = Keys([b"a newer secret", b"a secret for tests only"])
    chosen = choice("london", DRAFT)
    old = delivery(chosen.shown, chosen.extra)
    assert assemble(EDITION, old, rotated, BASE) == assemble(EDITION, old, KEYS, BASE)
    _, text = bodies(assemble(EDITION, old, rotated, BASE))
    (leave,) = re.findall(r"/unsubscribe/(\S+)", text)
    (change,) = set(re.findall(r"/preferences/([\w-]+)", text))
    assert rotated.verify(leave, UNSUBSCRIBE) == (UNSUBSCRIBE, 7, 0)
    assert rotated.verify(change, PREFERENCES) == (PREFERENCES, 7, 0)


def test_no_address_and_no_name_in_any_link() -> None:
    html, text = bodies(mail("london")[1])
    assert "reader@" not in html + text


def test_subject_says_how_many_and_where() -> None:
    _, parts = mail("london")
    assert parts.subject == "8 AI jobs open now: Anthropic, Monzo, Depop"
    assert mail("berlin")[1].subject.startswith("9 KI-Stellen jetzt offen: ")


def test_own_subject() -> None:
    conf = config(newsletter={"subject": "{name}: {count} this week"})
    made = compiled(conf=conf)
    chosen = choice("london", DRAFT)
    parts = assemble(made, delivery(chosen.shown, chosen.extra), KEYS, BASE)
    assert parts.subject == "AI Jobs Weekly: 8 this week"


def test_long_employers_do_not_make_a_long_subject() -> None:
    made = a_draft(3, company="A very long name of an employer that would fill the whole line " * 2)
    parts = assemble(compiled(made), delivery(b"\x07"), KEYS, BASE)
    assert len(parts.subject) <= 78


def test_what_an_inbox_shows_beside_the_subject_is_long_enough() -> None:
    short = compiled(a_draft(1, title="ML", company="X"))
    html, _ = bodies(assemble(short, delivery(b"\1"), KEYS, BASE))
    assert ">ML at X · You get this because you subscribed to AI Jobs Weekly.<" in html


def test_the_readers_place_leads() -> None:
    _, text = bodies(mail("london")[1])
    assert "Mistral AI · London +1 · hybrid" in text
    _, text = bodies(mail("berlin")[1])
    assert "Mistral AI · Paris +2 · hybrid" in text


def test_when_the_jobs_were_seen_open() -> None:
    items = tuple(item._replace(looked=None) if n == 1 else item for n, item in enumerate(EDITION.items))
    older = tuple(
        item._replace(looked=(item.looked or 0) - 60 * 30) if n == 2 else item for n, item in enumerate(items)
    )
    said = {
        bits: bodies(assemble(replace(EDITION, items=older, memo={}), delivery(bits), KEYS, BASE))[1]
        for bits in (b"\1", b"\2", b"\3", b"\5")
    }
    assert "All seen open Tuesday 24 Nov, 08:40 UTC.\n" in said[b"\1"]
    assert "seen open" not in said[b"\2"], "never seen since"
    assert "1 of 2 seen open Tuesday 24 Nov, 08:40 UTC." in said[b"\3"]
    assert "All seen open Monday 23 Nov, 02:40 UTC or later." in said[b"\5"]


@pytest.mark.parametrize(
    ("looked", "said"),
    [(datetime(2026, 11, 23, 7, 5, tzinfo=UTC), "All seen open Monday 23 Nov, 07:05 UTC."), (None, None)],
)
def test_the_last_look_at_a_job_reaches_its_mail(looked: datetime | None, said: str | None) -> None:
    html, text = bodies(assemble(compiled(a_draft(1, last_looked=looked)), delivery(b"\1"), KEYS, BASE))
    assert ("seen open" in text, "seen open" in html) == ((said is not None,) * 2)
    assert said is None or (said in text and said in html)


def test_why_the_reader_gets_this() -> None:
    _, text = bodies(mail("london")[1])
    assert "because you chose ML engineering, trust & safety, London." in text
    _, text = bodies(mail("paid")[1])
    assert "because you chose at least £90K." in text
    _, text = bodies(mail("everything")[1])
    assert "because you subscribed to AI Jobs Weekly." in text


def test_small_groups_are_folded_and_three_are_linked() -> None:
    html, text = bodies(mail("everything")[1])
    assert "And these" in html
    assert "Jump to" in html
    assert f"{BASE}/editions/2026-W48#g-research" in text
    html, _ = bodies(mail("remote")[1])
    assert "Jump to" not in html


def test_what_did_not_fit_is_behind_one_link() -> None:
    html, text = bodies(mail("everything")[1])
    assert "<b>6 more match</b>" in html
    assert f"6 more match. See everything in this edition:\n{BASE}/editions/2026-W48\n" in text


def test_more_at_one_employer() -> None:
    _, text = bodies(mail("berlin")[1])
    assert f"+1 weitere bei Mistral AI: {BASE}/companies/mistral-ai" in text


def test_unknown_pay_prints_nothing_and_history_and_attribution_do() -> None:
    _, text = bodies(mail("everything")[1])
    assert "mid-level · posted 13 Nov · third posting since March" in text
    assert "senior · posted 14 Nov · via Remotive" in text
    assert "We left out 29 closed, 9 repeats and 3 suspected scams." in text


def test_pay_stands_out_from_the_other_facts() -> None:
    html, _ = bodies(mail("london")[1])
    assert re.search(r'<br />£70–85K<span class="m"[^>]*> · mid-level · posted 21 Nov</span>', html)
    assert re.search(r'<br /><span class="m"[^>]*>lead · posted 18 Nov</span>', html)


def test_a_quiet_month_says_so() -> None:
    html, text = bodies(assemble(EDITION, delivery(b"\1", {"quiet": 4, "places": ["London"]}), KEYS, BASE))
    assert "A quiet month" in html
    assert "Loosen London?" in text
    empty = assemble(EDITION, delivery(b"", {"quiet": 4}), KEYS, BASE)
    assert empty.subject == "Still looking for AI jobs that fit you"


def test_a_language_that_was_not_compiled_falls_back() -> None:
    one: Delivery = delivery(b"\1", language="fr")
    assert assemble(EDITION, one, KEYS, BASE) == assemble(EDITION, replace(one, language="en"), KEYS, BASE)


def test_the_public_page_has_no_readers_links() -> None:
    page = public_page(EDITION, "en", closed={"j1"}, correction="Pay of <X> was wrong")
    assert "/unsubscribe/" not in page
    assert "/preferences/" not in page
    assert page.count("<h3") == 31
    assert page.count("Closed: ") == 1
    assert "Pay of &lt;X&gt; was wrong" in page
    assert 'id="g-research"' in page
    assert f'href="{BASE}/editions/2026-W48#g-research"' in page, "jump links, as in a mail of three groups"
    assert "@@" not in page


def test_the_public_page_leaves_out_what_earlier_editions_announced() -> None:
    older = compiled(a_draft(announced_in="2026-W47"))
    assert public_page(older, "en").count("<h3") == 0


def test_a_feed_entry_is_the_public_pages_list() -> None:
    entry = feed_entry(EDITION, "en")
    assert entry.startswith("<table")
    assert entry.count("<h3") == 31
    assert "/unsubscribe/" not in entry
    assert "<html" not in entry


def test_a_place_is_a_reason_only_where_it_was_wished_for() -> None:
    """A remote job at home in Toronto fits a reader in Leeds, but not because of Toronto."""
    chosen = {"places": ["Leeds"], "best": [0, 1, 2, 3, 4]}
    at = next(n for n, item in enumerate(DRAFT.items) if item.job.company == "Wise")
    for index, said in ((-1, "→ pay stated · data science"), (0, "→ London · pay stated · data science")):
        shown = [at, *range(4)]
        extra = {**chosen, "best": shown, "place": {str(at): index}}
        bits = sum(1 << position for position in {*shown, 20}).to_bytes(4, "little")
        assert said in bodies(assemble(EDITION, delivery(bits, extra), KEYS, BASE))[1]


@given(st.lists(st.text()))
@example(["\r", "\n"])
@example(["a=  x.你xé你 a\t.  aéx你\t=\t.  .aaa=x a\t\n"])
@example(["." * 200, ".", "\n.\n."])
@example(["000\x1f\x1f\x80\x80\x80\x80\x80\U00010000\U00010000\U000100000"])
def test_encoded_pieces_can_be_joined_anywhere(pieces: list[str]) -> None:
    joined = b"".join(encode(piece) for piece in pieces)
    assert max(map(len, joined.split(b"\r\n"))) <= 76
    assert b"\n." not in b"\n" + joined
    expected = "".join(piece.replace("\r\n", "\n").replace("\r", "\n") for piece in pieces).encode("utf-8")
    assert quopri.decodestring(joined.replace(b"\r\n", b"\n")) == expected


@pytest.mark.parametrize("char", ["a", "ä", "=", ".", " a", "你", "a=", "😀"])
def test_lines_of_every_length_keep_the_limit(char: str) -> None:
    for length in range(90):
        for before in ("", "x", "xx"):
            text = before + char * length
            data = encode(text)
            assert max(map(len, data.split(b"\r\n"))) <= 76
            assert b"\n." not in b"\n" + data
            assert quopri.decodestring(data.replace(b"\r\n", b"\n")).decode() == text


@pytest.mark.parametrize("reader", ["london", "berlin"])
def test_golden(reader: str) -> None:
    """The exact mail; after a wanted change write the new files and read them (docs/compose.md says how)."""
    chosen, parts = mail(reader)
    html, text = bodies(parts)
    made = delivery(chosen.shown, chosen.extra, language=READERS[reader].get("language", "en"))
    assert headers(parts, made) == (GOLDEN / f"edition_{reader}.headers").read_bytes()
    assert parts.dotless
    assert b"\n." not in parts.html + parts.text
    assert parts.subject + "\n" == (GOLDEN / f"edition_{reader}.subject").read_text(encoding="utf-8")
    assert text == (GOLDEN / f"edition_{reader}.txt").read_text(encoding="utf-8")
    assert html == (GOLDEN / f"edition_{reader}.html").read_text(encoding="utf-8")
