"""Text out of markup, and titles as one safe line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.html import MAX_TEXT, clean_line, shallow, to_text
from support.growth import is_linear


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>w</b>orld</p><p>next</p>", "Hello world\nnext"),
        ("<ul><li>one<li>two</ul>tail", "one\ntwo\ntail"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>first\nline</p>", "first line"),
        ("plain\ntext & more < 3\n\nend", "plain\ntext & more < 3\nend"),
        ("some <b>bold</b>\nplain lines", "some bold\nplain lines"),
        ("R&amp;D &amp;lt;b&amp;gt;", "R&D &lt;b&gt;"),
        ("<p>R&amp;D &amp;lt;b&amp;gt;<script>x</script>", "R&D &lt;b&gt;"),
        ("<p>seen</p><script>no()</script><style>p{}</style><!-- no -->", "seen"),
        ("<p>seen</p><p hidden>no</p><p style='display: none'>no</p><p class='sr-only'>no</p>", "seen"),
        ("<p>seen</p><div aria-hidden=true>no</div><template>no</template><noscript>no</noscript>", "seen"),
        ('<a title="a > b">link</a>', "link"),
        (
            "<p class='hidden md:block'>wide</p><p class='hidden'>no</p><p class='d-none d-md-block'>screen</p>",
            "wide\nscreen",
        ),
        ("<div aria-hidden=true><main><h1>behind a dialog</h1></main></div>", "behind a dialog"),
        ("a\u2028b\x00c\x07\ufeff", "a\nbc"),
        ("a\xa0 \t b", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ud800<p hidden>x</p>y\udfff", "y"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("", ""),
        ("<p>", ""),
    ],
)
def test_to_text(html: str, text: str) -> None:
    assert to_text(html) == text


def test_to_text_is_capped() -> None:
    assert len(to_text("<p>word</p>" * 50_000)) == MAX_TEXT


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Senior <b>ML</b> Engineer", "Senior ML Engineer"),
        ("R&amp;D Lead", "R&D Lead"),
        ("R&amp;amp;D Lead", "R&D Lead"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Engineer", "Engineer"),
        ("<script>alert(1)", ""),
        ("pay < 5 > 3", "pay < 5 > 3"),
        ("gpj.\u202eexe\u202c", "gpj.exe"),
        ("En\u200bgi\u00adneer\u2060", "Engineer"),
        ("a\u200cb", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d💻 Dev", "👨\u200d💻 Dev"),
        ("Zürich e\u0301", "Zürich é"),
        ("Z" + "\u0335" * 40 + "algo", "Z\u0335\u0335algo"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("हिन्दी में", "हिन्दी में"),
        ("tab\tnew\nlin\u2028x\xa0y\u3164z\x1fe", "tab new lin x y z e"),
        ("bell\x07\x1b[31m", "bell[31m"),
        ("\ud83d", ""),
        ("a very long title of a job", "a very long title…"),
    ],
)
def test_clean_line(text: str, line: str) -> None:
    assert clean_line(text, 19) == line


@given(st.text(st.characters(), max_size=400), st.integers(0, 60))
def test_clean_line_is_one_safe_line(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert not set(line) & set("\n\r\t\x00\x0b\x85\u2028\u202e\u200b\u2066\ufeff")
    line.encode("utf-8")


PIECES = [
    "<",
    ">",
    "p",
    "/",
    " ",
    "hidden",
    "<script>",
    "</p>",
    "&amp;",
    "\n",
    "\ud800",
    "é",
    "<!--",
    "<p hidden>",
    '"',
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_to_text_never_fails(html: str) -> None:
    to_text(html).encode("utf-8")


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", "&", "<p hidden>", "<div aria-hidden=true>", "\u0301", "<script>", "<b", " ", "\n ", "<!--", "x"],
)
def test_linear(unit: str) -> None:
    assert is_linear(to_text, unit, small=100_000)  # below, the square of a small depth is borne
    assert is_linear(lambda text: clean_line(text, 300), unit)


@pytest.mark.parametrize("unit", ["<aside>", "<ul><li>", "<table><tr><td>"])
def test_markup_nested_beyond_reading_is_read_as_its_text(unit: str) -> None:
    nested = unit * (900_000 // len(unit))
    assert shallow(nested).count("<") == 0
    assert to_text(f"{nested}<p>Build models & ship them</p>") == "Build models & ship them"


def test_a_long_page_of_ordinary_depth_keeps_its_markup() -> None:
    page = "<ul>" + "<li><b>Python</b><p>and <a href='/x'>more</a></li>" * 5_000 + "</ul>"
    assert page.count("<") > 10_000
    assert shallow(page) == page
