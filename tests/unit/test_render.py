"""Templates, words and theme: overriding them, breaking them, and data that tries to break out of them."""

# ruff: noqa: E501 (tables of cases read better wide)
from __future__ import annotations

import quopri
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.compose.assemble import assemble
from jobdigest.compose.compiled import CompiledEdition
from jobdigest.compose.draft import draft
from jobdigest.compose.edition import check, compile_edition, content_hash
from jobdigest.compose.render import clean, safe_url
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import contrast, palette
from jobdigest.compose.words import Catalogues, Words
from jobdigest.config import Config, Theme
from jobdigest.errors import ConfigError, StoreError, TemplateError
from jobdigest.model import Place, Salary
from support.editions import GROUPS, KEY, KEYS, SLOT, a_draft, compiled, config, delivery, job, jobs

ALL = (1 << 31) - 1


def own(folder: Path, **files: str) -> Config:
    """A config with a templates folder holding `files` (`job_mjml` → partials/job.mjml.j2)."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return config(edition={"templates": str(folder)})


def rendered(made: CompiledEdition, *, language: str = "en", extra: Any = None) -> tuple[str, str, str]:
    shown = ((1 << len(made.items)) - 1).to_bytes(len(made.items) // 8 + 1, "little")
    parts = assemble(made, delivery(shown, extra, language=language), KEYS, "https://jobs.jobdigest.dev")
    return parts.subject, quopri.decodestring(parts.html).decode(), quopri.decodestring(parts.text).decode()


def words(language: str = "en") -> Words:
    return Templates.of(config()).catalogues.words(language)


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("salary", "english", "german"),
    [
        (Salary("GBP", 95e3, 120e3, "year"), "£95–120K", "95.000–120.000 £"),
        (Salary("USD", 190e3, 285e3, "year"), "$190–285K", "190.000–285.000 $"),
        (Salary("USD", 29, 34, "hour"), "$29–34 an hour", "29–34 $ je Stunde"),
        (Salary("EUR", 4200.5, 5000, "month"), "€4,200.50–5,000.00 a month", "4.200,50–5.000,00 € im Monat"),
        (Salary("EUR", 80e3, None, "year"), "from €80K", "ab 80.000 €"),
        (Salary("CHF", None, 150e3, "year"), "up to CHF 150K", "bis 150.000 CHF"),
        (Salary("USD", 181_500, 285e3, "year"), "$181.5–285K", "181.500–285.000 $"),
        (Salary("USD", 90e3, 90e3, "year"), "$90K", "90.000 $"),
        (Salary(None, 35e3, 73e3, None), "35–73K", "35.000–73.000"),
        (Salary(None, 60, 75, None), "", ""),
        (Salary("EUR", None, None, "year"), "", ""),
        (None, "", ""),
    ],
)
def test_pay_in_words(salary: Salary | None, english: str, german: str) -> None:
    assert words().pay(salary).replace("\u00a0", " ") == english
    assert words("de").pay(salary).replace("\u00a0", " ") == german


def test_dates_numbers_and_plurals_are_the_languages_own() -> None:
    assert words().day(date(2026, 11, 19), year=2026) == "19 Nov"
    assert words().day(date(2025, 12, 3), year=2026) == "3 Dec 2025"
    assert words("de").day(date(2026, 11, 19), year=2026) == "19. Nov."
    assert words()("lead", n=1) == "1 new job matches you."
    assert words()("lead", n=1240) == "1,240 new jobs match you."
    assert words("de")("lead", n=1240) == "1.240 neue Stellen passen zu Ihnen."
    assert [words().ordinal(n, "history", month="March") for n in (3, 6, 21, 22)] == [
        "third posting since March", "6th posting since March", "21st posting since March", "22nd posting since March",
    ]  # fmt: skip
    assert words("de").ordinal(3, "history", month="März") == "dritte Ausschreibung seit März"


def test_headings_inside_a_line_are_written_as_the_language_writes_words() -> None:
    assert [words().inside(name) for name in ("Trust & safety", "ML engineering", "")] == [
        "trust & safety",
        "ML engineering",
        "",
    ]
    assert words("de").inside("Vertrauen und Sicherheit") == "Vertrauen und Sicherheit"


def test_places_in_words() -> None:
    english = words()
    assert english.place(Place("San Francisco", "CA", "US")) == "San Francisco, CA"
    assert english.place(Place("Sydney", "NSW", "AU")) == "Sydney"
    assert english.place(Place(None, "CA", "US")) == "CA, US"
    assert english.place(Place(None, None, "PL")) == "Poland"
    assert words("de").place(Place(None, None, "PL")) == "Polen"
    assert english.remote(("US", "CA")) == "Remote (US, Canada)"
    assert english.remote(("Worldwide",)) == "Remote, worldwide"
    assert english.remote(("DE", "FR", "GB", "PL", "ES")) == "Remote (Germany, France, UK +2)"


def test_german_says_everything_that_english_says() -> None:
    english, german = words().table, words("de").table
    catalogues = dict(Templates.of(config()).catalogues.fingerprint())
    sections = [key for key, value in english.items() if isinstance(value, dict)]
    assert set(catalogues["de"]) == set(catalogues["en"])
    for section in sections:
        assert set(german[section]) >= set(english[section]) - {"one", "two", "few"}, section


def test_reader_languages_find_the_nearest_catalogue() -> None:
    catalogues = Templates.of(config()).catalogues
    assert [catalogues.pick(wish, "en") for wish in ("de-AT", "de", "fr", None, "EN", "")] == [
        "de",
        "de",
        "en",
        "en",
        "en",
        "en",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('lead = "{count} jobs"', r"words/xx\.toml: 'xx' is not a language code"),
        ("lead = ", r"xx\.toml: not TOML"),
    ],
)
def test_a_broken_catalogue_is_named(tmp_path: Path, text: str, said: str) -> None:
    conf = own(tmp_path, **{"words/xx.toml": text})
    with pytest.raises(TemplateError, match=said):
        Templates.of(conf)


def test_a_catalogue_may_not_use_unknown_placeholders_or_keys(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"words/fr\.toml: lead: unknown \{count\}; it may use: n"):
        Templates.of(own(tmp_path, **{"words/fr.toml": 'lead = "{count} offres"'}))
    with pytest.raises(TemplateError, match=r"words/fr\.toml: leed: no such key"):
        Templates.of(own(tmp_path, **{"words/fr.toml": 'leed = "offres"'}))


def test_an_operator_changes_single_words(tmp_path: Path) -> None:
    conf = own(tmp_path, **{"words/en.toml": 'unsubscribe = "Leave"\n[seniority]\nsenior = "Senior+"'})
    _, html, text = rendered(compiled(conf=conf))
    assert ">Leave<" in html
    assert "Leave: https://" in text
    assert "Senior+" in html
    assert "internship" in html, "the other words of a section stay"


# --- theme -------------------------------------------------------------------------------------------------------


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_shipped_theme_can_be_read() -> None:
    assert palette(Theme()).accent == "#0b5c5c"


@pytest.mark.parametrize(
    ("name", "colour"),
    [("accent", "#ffee00"), ("text", "#aaaaaa"), ("accent_dark", "#223344"), ("background", "#333333")],
)
def test_unreadable_colours_are_refused_with_one_that_would_do(name: str, colour: str) -> None:
    with pytest.raises(
        ConfigError, match=r"newsletter\.theme\.\w+: #\w+ on #\w+ has a contrast of .*#(\w+) would do"
    ) as caught:
        palette(Theme.model_validate({name: colour}))
    if name != "background":
        better = str(caught.value).split("; ")[-1].split()[0]
        palette(Theme.model_validate({name: better}))


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_a_palette_is_readable_or_refused(accent: str, background: str) -> None:
    try:
        made = palette(Theme.model_validate({"accent": accent, "background": background}))
    except ConfigError:
        return
    assert (
        min(contrast(made.accent, made.tint), contrast(made.muted, made.ground), contrast(made.text, made.tint)) >= 4.5
    )


# --- templates ---------------------------------------------------------------------------------------------------


def test_a_single_partial_can_be_replaced(tmp_path: Path) -> None:
    conf = own(tmp_path, **{"partials/job.mjml.j2": "<mj-text><h3>OWN {{ job.title }}</h3></mj-text>"})
    _, html, _ = rendered(compiled(conf=conf))
    assert html.count("OWN ") == 31


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("partials/job.mjml.j2", "<mj-text>\n{% if %}\n</mj-text>", r"partials/job\.mjml\.j2:2: "),
        ("partials/job.mjml.j2", "<mj-text>\n\n{{ jab.title }}</mj-text>", r"partials/job\.mjml\.j2:3: 'jab' is undefined"),
        ("partials/job.txt.j2", "{{ job.titel }}", r"partials/job\.txt\.j2:1: job has no attribute 'titel'"),
        ("partials/footer.mjml.j2", "{{ personal }}\n{{ t('no_such') }}", r"partials/footer\.mjml\.j2:2: 'no_such' is not known"),
        ("partials/job.mjml.j2", "<mj-text>\n<mj-txt>x</mj-txt></mj-text>", r"partials/job\.mjml\.j2:2: <mj-txt> is not an MJML tag"),
        ("partials/best.mjml.j2", "<mj-text><h3>x</h3>", r"partials/best\.mjml\.j2: not valid MJML"),
        ("partials/masthead.mjml.j2", "<mj-text><b>x</mj-text>", r"partials/masthead\.mjml\.j2: not valid MJML"),
        ("partials/personal.mjml.j2", "<mj-text>bye</mj-text>", r"partials/personal has no .*unsubscribe"),
        ("partials/footer.mjml.j2", "<mj-text>bye</mj-text>", r"edition\.mjml\.j2: \{\{ personal \}\} is missing"),
        ("edition.txt.j2", "{{ personal }}", r"edition\.txt\.j2: \{\{ jobs \}\} is missing"),
        ("edition.mjml.j2", "{% include 'partials/gone.mjml.j2' %}", r"partials/gone\.mjml\.j2: no such template"),
        ("partials/jump.html.j2", "{{ 1 / 0 }}", r"partials/jump\.html\.j2:1: division by zero"),
    ],
)  # fmt: skip
def test_a_broken_template_is_named_before_anything_is_sent(tmp_path: Path, name: str, text: str, said: str) -> None:
    conf = own(tmp_path, **{name: text})
    with pytest.raises(TemplateError, match=said):
        compiled(conf=conf)


def test_a_missing_templates_folder_is_a_mistake_in_the_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"edition\.templates: .*no such folder"):
        Templates.of(config(edition={"templates": str(tmp_path / "gone")}))


def test_right_to_left(tmp_path: Path) -> None:
    """An Arabic catalogue of a few words: the page turns round, the plural forms are Arabic's."""
    own(
        tmp_path,
        **{"words/ar.toml": 'lead = { one = "وظيفة", two = "وظيفتان", few = "{n} وظائف", other = "{n} وظيفة" }'},
    )
    conf = config(edition={"templates": str(tmp_path)})
    made = compiled(conf=conf, languages=("ar",))
    _, html, text = rendered(made, language="ar", extra={"best": [0, 1, 2, 3, 4]})
    assert 'lang="ar" dir="rtl"' in html
    assert "border-right:3px" in html
    assert "border-left" not in html
    assert 'align="right"' in html
    assert 'align="left"' not in html
    assert "وظيفة" in text
    assert "direction:ltr" not in html
    assert "\u2068AI Red Teamer\u2069" in text, "a title of another direction stays in one piece"


def test_the_check_finds_what_an_edition_would_trip_over(tmp_path: Path) -> None:
    check(config())
    with pytest.raises(ConfigError, match=r"newsletter\.subject: .*'jobs' is not known; it may use \{count\}"):
        check(config(newsletter={"subject": "{jobs} jobs"}))
    with pytest.raises(ConfigError, match=r"edition\.weights\.fresh"):
        check(config(edition={"weights": {"fresh": 1}}))
    with pytest.raises(TemplateError, match=r"best\.txt\.j2:1"):
        check(own(tmp_path, **{"partials/best.txt.j2": "{{ x }}"}))


def test_the_date_is_the_one_at_the_newsletters_place() -> None:
    """Tuesday nine o'clock in Sydney is still Monday in Greenwich."""
    conf = config(schedule={"timezone": "Australia/Sydney"})
    slot = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    made = draft(key=KEY, slot=slot, jobs=[job(0)], config=conf, groups=GROUPS)
    edition = compile_edition(made, config=conf, templates=Templates.of(conf), languages=("en",))
    assert "Week 48 · Tuesday 24 November 2026" in rendered(edition)[2]


def test_headings_are_the_operators_then_the_languages() -> None:
    conf = config(newsletter={"language": "de"}, roles=[{"id": "research", "name": "Wissenschaft"}])
    groups = tuple((role, "Wissenschaft" if role == "research" else heading) for role, heading in GROUPS)
    made = draft(key=KEY, slot=SLOT, jobs=jobs(), config=conf, groups=groups)
    edition = compile_edition(made, config=conf, templates=Templates.of(conf), languages=("en",))
    headings = dict(edition.fragments("de").groups)
    assert (headings["research"], headings["ml-engineering"]) == ("Wissenschaft", "ML-Entwicklung")
    assert dict(edition.fragments("en").groups)["research"] == "Wissenschaft"


# --- hostile data ------------------------------------------------------------------------------------------------

NASTY = (
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "@@unsubscribe@@", "@@begin job:0@@", "a\r\nBcc: x@y.z", "\u202eevil",
    '"><img src=x onerror=1>', "=3D=\n.\n..", "&amp; & &lt;", "</mj-text><mj-raw>", "\x00\x1b[31m", "ünï — 你好 \U0001f600",
)  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_job_data_stays_data(text: str) -> None:
    bad = job(0, id="bad", title=text, company=text, attribution=text, url=f"https://x.example/{text}")
    conf = config()
    made = compile_edition(
        draft(key=KEY, slot=SLOT, jobs=[bad, job(1)], config=conf, groups=GROUPS),
        config=conf,
        templates=Templates.of(conf),
        languages=("en",),
    )
    subject, html, plain = rendered(made)
    assert "\n" not in subject
    assert "\r" not in subject
    assert "\u202e" not in subject + html + plain
    assert "<script" not in html
    assert "<img" not in html
    assert "<mj-" not in html
    assert "49" not in html.partition("<body")[2].replace("#14191b", "")
    assert html.count("/unsubscribe/") == 1
    assert plain.count("/unsubscribe/") == 1


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("https://a.example/ä b", "https://a.example/%C3%A4%20b"),
        ('https://a.example/"><b>\\', "https://a.example/%22%3E%3Cb%3E%5C"),
        ("https://a.example/%20", "https://a.example/%20"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example", None),
        ("https://", None),
    ],
)
def test_only_web_addresses_become_links(url: str, safe: str | None) -> None:
    assert safe_url(url) == safe


@given(st.text())
def test_cleaned_text_is_one_line_without_marks(text: str) -> None:
    cleaned = clean(text)
    assert "@@" not in cleaned
    assert cleaned == " ".join(cleaned.split())
    assert not any(ord(char) < 32 for char in cleaned)


# --- hash and storage --------------------------------------------------------------------------------------------


def test_the_hash_follows_content_and_nothing_else(tmp_path: Path) -> None:
    conf = config()
    templates = Templates.of(conf)
    first = content_hash(a_draft(), conf, templates)
    assert first == content_hash(a_draft(), conf, templates)
    assert first == content_hash(a_draft(last_looked=SLOT, posting_ids=(99,)), conf, templates), "looked at again"
    assert first != content_hash(a_draft(30), conf, templates), "a job less"
    assert first != content_hash(a_draft(title="Other"), conf, templates)
    renamed = config(newsletter={"name": "Other Weekly"})
    assert first != content_hash(a_draft(), renamed, templates)
    changed = own(tmp_path, **{"partials/job.txt.j2": "x"})
    assert first != content_hash(a_draft(), conf, Templates.of(changed))
    reworded = own(tmp_path / "w", **{"words/en.toml": 'unsubscribe = "Leave"'})
    assert first != content_hash(a_draft(), conf, Templates.of(reworded))


def test_languages_do_not_change_the_hash() -> None:
    assert compiled(languages=("en",)).content_hash == compiled(languages=("en", "de")).content_hash


def test_a_compiled_edition_survives_storage() -> None:
    made = compiled()
    data = made.to_bytes()
    again = CompiledEdition.from_bytes(data)
    assert again == made
    assert again.to_bytes() == data
    assert rendered(again, language="de") == rendered(made, language="de")


@pytest.mark.parametrize("data", [b"", b"x", b"x\x9c\x03\x00", compiled().to_bytes()[:500]])
def test_a_damaged_edition_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        CompiledEdition.from_bytes(data)


def test_english_is_needed(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"words/en\.toml: not found"):
        Catalogues([tmp_path])
