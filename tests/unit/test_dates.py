"""Days from the words of boards and pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.dates import read_date

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17 days ago", "2026-11-05"),
        ("Posted 30+ Days Ago", "2026-10-23"),
        ("30d+", "2026-10-23"),
        ("3w", "2026-11-01"),
        ("18h", "2026-11-21"),
        ("an hour ago", "2026-11-22"),
        ("over 2 years ago", "2024-11-22"),
        ("Just posted", "2026-11-22"),
        ("Reposted 2 weeks ago", "2026-11-08"),
        ("vor einem Monat", "2026-10-22"),
        ("il y a 3 semaines", "2026-11-01"),
        ("hace un mes", "2026-10-22"),
        ("há 6 dias", "2026-11-16"),
        ("3 giorni fa", "2026-11-19"),
        ("för 3 dagar sedan", "2026-11-19"),
        ("неделю назад", "2026-11-15"),
        ("2ヶ月前", "2026-09-22"),
        ("5小时前", "2026-11-22"),
        ("2주 전", "2026-11-08"),
        ("לפני 3 ימים", "2026-11-19"),
        ("yesterday at 5pm", "2026-11-21"),
        ("Today, 9:30 am", "2026-11-22"),
        ("pred 3 dňami", "2026-11-19"),
        ("昨天", "2026-11-21"),
        ("Reposted 1 month ago · Over 100 applicants", "2026-10-22"),
        ("Job opened 18 days ago by the team", "2026-11-04"),
        ("1 week, 2 days ago", "2026-11-13"),
        ("Gestern veröffentlicht", "2026-11-21"),
        ("Publié il y a 3 semaines", "2026-11-01"),
        ("Publicada hace más de 30 días", "2026-10-23"),
        ("meer dan 30 dagen geleden", "2026-10-23"),
        ("dodano 3 dni temu", "2026-11-19"),
        ("před měsícem", "2026-10-22"),
        ("πριν από 3 ημέρες", "2026-11-19"),
        ("3 วันที่ผ่านมา", "2026-11-19"),
        ("3 दिन पहले", "2026-11-19"),
        ("قبل يومين", "2026-11-20"),
        ("לפני שבועיים", "2026-11-08"),
        ("4 mths ago", "2026-07-22"),
        ("2日前に掲載", "2026-11-20"),
        ("3天前更新", "2026-11-19"),
        ("어제 등록", "2026-11-21"),
    ],
)
def test_relative_words_count_back_from_now(text: str, expected: str) -> None:
    assert read_date(text, NOW) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T03:15:00+09:00", "2026-11-20"),
        ("2026-11-05T23:30:00-0800", "2026-11-06"),
        ("Thu, 05 Nov 2026 23:30:00 -0500", "2026-11-06"),
        ("1788303600", "2026-09-01"),
        ("1794733200123", "2026-11-15"),
        ("20261103", "2026-11-03"),
        ("2026. 11. 3.", "2026-11-03"),
        ("03.11.2026", "2026-11-03"),
        ("11/13/2026", "2026-11-13"),
        ("13/11/2026", "2026-11-13"),
        ("November 3rd, 2026", "2026-11-03"),
        ("12. Oktober 2026", "2026-10-12"),
        ("1er octobre 2026", "2026-10-01"),
        ("3 de noviembre de 2026", "2026-11-03"),
        ("3 ноября 2026 г.", "2026-11-03"),
        ("2026年11月3日", "2026-11-03"),
        ("Veröffentlicht am 03.11.2026", "2026-11-03"),
        ("Nov 5, 2026, 10:30 AM", "2026-11-05"),
        ("Nov 5, 2026 11:30 PM EST", "2026-11-06"),
        ("Thu Nov 5 10:00:00 UTC 2026", "2026-11-05"),
        ("Anzeige vom 03.11.2026", "2026-11-03"),
        ("First posted: Nov 3", "2026-11-03"),
        ("3 พฤศจิกายน 2569", "2026-11-03"),
        ("令和8年11月3日", "2026-11-03"),
        ("11/3(화) 등록", "2026-11-03"),
    ],
)
def test_written_days_are_utc_days(text: str, expected: str) -> None:
    assert read_date(text, NOW) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Dec 09", "2025-12-09"), ("Nov 22", "2026-11-22"), ("Nov 23", "2025-11-23"), ("12月3日", "2025-12-03")],
)
def test_a_day_without_year_is_the_latest_past_one(text: str, expected: str) -> None:
    assert read_date(text, NOW) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("03/11/2026", "32/10/2026", "2026-13-05", "2026-02-30", "Feb 29", "9999-12-31", "1969-12-31", "0", "-1d", ""),
        *("-80.552001", "Remote", "MD", "2026", "in 3 days", "2027-01-15", "99999999999999", "100000d"),
        *("Closes 30 November 2026", "Bewerbungsfrist 10.11.2026", "Apply by Nov 10, 2026"),
    ],
)
def test_what_is_no_posting_day_is_none(text: str) -> None:
    assert read_date(text, NOW) is None


def test_a_closing_date_may_lie_ahead_but_not_for_ever() -> None:
    assert read_date("2027-01-15", NOW, future=True) == date(2027, 1, 15)
    assert read_date("9999-12-31", NOW, future=True) is None
    assert read_date("3 days ago", NOW, future=True) is None


@given(st.text(max_size=60))
def test_any_text_gives_a_past_day_or_none(text: str) -> None:
    found = read_date(text, NOW)
    assert found is None or date(2000, 1, 1) <= found <= NOW.date() + timedelta(days=2)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2026, 11, 22)))
def test_every_written_form_of_a_day_means_it(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "Posted on %b %d, %Y"):
        assert read_date(day.strftime(form), NOW) == day


@given(st.integers(min_value=0, max_value=3000))
def test_days_ago_count_days(count: int) -> None:
    for form in (f"{count} days ago", f"{count}d", f"vor {count} Tagen", f"hace {count} días", f"{count}天前"):
        assert read_date(form, NOW) == (NOW - timedelta(days=count)).date()
