"""Pages of open, closed and walled vacancies; the sentences are in support/closing_words.py."""

# ruff: noqa: E501 (pages are easier to read on one line)

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.liveness import closed_notice, read_page
from support.closing_words import CLOSED, OPEN
from support.growth import is_linear

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = "<p>You will train and ship ranking models with a team of twelve in Lyon.</p>"


def look(html: str, status: int = 200, url: str | None = None, final_url: str | None = None) -> str:
    return read_page(html, status, url, final_url, NOW).liveness


def page(body: str, title: str = "ML Engineer", head: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"


@pytest.mark.parametrize("notice", CLOSED)
def test_closed(notice: str) -> None:
    assert closed_notice(notice)
    assert closed_notice(f"ML Engineer\nWe build models.\n{notice}\nAbout us")
    ld = '<script type="application/ld+json">{"@type":"JobPosting","validThrough":"2027-01-31"}</script>'
    assert look(page(f"<div class=banner>{notice}</div>{BODY}<a href=/apply/7>Apply</a>", head=ld)) == "expired"
    assert look(page(f"{BODY}<button disabled>{notice}</button>")) == "expired"
    assert look(f"<main><p>{notice}</p><a href=/jobs>All jobs</a></main>") == "expired"


@pytest.mark.parametrize("notice", CLOSED)
def test_what_is_not_seen_does_not_count(notice: str) -> None:
    unseen = [
        f"<div hidden>{notice}</div>",
        f'<div style="display: none">{notice}</div>',
        f"<!-- {notice} -->",
        f'<script>var closed = "{notice}"</script>',
        f"<template><p>{notice}</p></template>",
        f"<style>.gone{{display:none}}</style><p class=gone>{notice}</p>",
        f"<aside><h3>Similar jobs</h3><a href=/j/9>Analyst</a> {notice}</aside>",
    ]
    assert look(page(BODY + "".join(unseen) + "<a href=/apply>Apply now</a>")) == "live"


@pytest.mark.parametrize("sentence", OPEN)
def test_open(sentence: str) -> None:
    assert closed_notice(sentence) is None
    assert look(page(f"<p>{sentence}</p>{BODY}<a href=/apply/7>Apply now</a>")) == "live"
    assert look(page(f"<ul><li>Python</li></ul><p>{sentence}</p><p>Send a CV to jobs@acme.example</p>")) == "live"


LD = '<script type="application/ld+json">{{"@context":"https://schema.org","@type":"JobPosting","title":"ML","validThrough":"{}"}}</script>'


@pytest.mark.parametrize(
    ("through", "expected"),
    [
        ("2025-12-31", "expired"),
        ("2026-11-20T00:00:00Z", "expired"),
        ("2026-11-22T11:00:00+00:00", "expired"),
        ("2025-12-31T00:00", "expired"),
        ("2026-11-22", "live"),
        ("2026-12-31T23:59:59.000+01:00", "live"),
        ("9999-12-31", "live"),
        ("whenever", "live"),
        ("0000-00-00", "live"),
    ],
)
def test_valid_through(through: str, expected: str) -> None:
    assert look(page(BODY + "<a href=/apply>Apply</a>", head=LD.format(through))) == expected
    assert look(page(BODY + f'<meta itemprop="validThrough" content="{through}"><a href=/apply>Apply</a>')) == expected


def test_a_list_of_postings_has_no_end_of_its_own() -> None:
    html = page("<a href=/apply>Apply</a>" + BODY, head=LD.format("2026-12-31") + LD.format("2027-01-31"))
    assert look(html) == "live"


APPLY = """Apply|Apply now|Easy Apply|I'm interested|Jetzt bewerben|Postuler|Je postule|Aplicar|Postularme|Candidatar-se|Candidati
Solliciteer direct|Aplikuj|Hemen başvur|Ansök nu|Søk på stillingen|Ansøg|Hae tehtävää|Jelentkezem|Aplică acum|Откликнуться
Відгукнутися|応募する|エントリー|立即申请|投递简历|應徵|지원하기|قدم الآن|הגש מועמדות|आवेदन करें|Lamar sekarang|Ứng tuyển ngay"""


@pytest.mark.parametrize("label", APPLY.replace("\n", "|").split("|"))
def test_a_way_to_apply(label: str) -> None:
    assert look(page(f"{BODY}<a href=/x>{label}</a>")) == "live"
    assert look(page(f"{BODY}<button>{label}</button>")) == "live"
    assert look(page(f"<p>Short.</p><button disabled>{label}</button>")) == "unknown"


@pytest.mark.parametrize("status", [0, 301, 400, 401, 403, 407, 408, 418, 429, 451, 500, 502, 503, 504, 520, 522, 999])
def test_statuses_that_tell_nothing(status: int) -> None:
    assert look(page("<p>This job has expired.</p>"), status) == "unknown"


@pytest.mark.parametrize("status", [404, 410])
def test_gone(status: int) -> None:
    assert look("", status) == "expired"


WALLS = {
    "cloudflare": "<title>Just a moment...</title><p>Checking your browser before accessing the site.</p>",
    "attention": "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>",
    "akamai": "<title>Access Denied</title><p>You don't have permission. Reference #18.1</p>",
    "captcha": "<title>Security check</title><p>Please verify you are a human</p>",
    "perimeterx": "<title>Access to this page has been denied</title><p>Press &amp; Hold to confirm</p>",
    "imperva": "<title>Pardon Our Interruption</title><p>As you were browsing something made us think</p>",
    "robot": "<title>Robot Check</title><p>Enter the characters you see below</p>",
    "traffic": "<p>Our systems have detected unusual traffic from your network.</p>",
    "ru": "<title>Проверка браузера</title><p>Подождите</p>",
    "zh": "<title>安全验证</title><p>请完成验证</p>",
    "linkedin": "<title>Sign In | LinkedIn</title><h1>Sign in</h1><form><input type=password></form>",
    "join": "<title>Join LinkedIn</title><p>Sign in to view this job</p>",
    "de": "<title>Anmelden</title><p>Bitte melden Sie sich an</p><input type=password>",
    "fr": "<p>Connectez-vous pour voir cette offre</p>",
    "es": "<h1>Iniciar sesión</h1>",
    "ja": "<h1>ログイン</h1><p>続けるにはログインしてください</p>",
    "shell": '<div id="root"></div><script>boot()</script>',
    "noscript": "<noscript>You need to enable JavaScript to run this app.</noscript><div id=app></div>",
    "js": "<p>Please enable JavaScript to continue</p>",
    "loading": "<title>Careers</title><div class=spinner>Loading...</div>",
    "workday": '<div data-automation-id="jobPosting" hidden>ML Engineer</div><script>window.workday={}</script>',
    "cookies": "<h1>Your privacy</h1><p>We use cookies. Accept all cookies?</p><button>Accept</button>",
    "maintenance": "<h1>Workday is currently unavailable.</h1><p>We'll be back after scheduled maintenance.</p>",
    "later": "<p>Something went wrong. Try again later.</p>",
    "empty": "",
    "title only": "<title>Careers</title>",
}


@pytest.mark.parametrize("wall", WALLS)
def test_walls_tell_nothing(wall: str) -> None:
    assert look(WALLS[wall]) == "unknown"


STYLES = [
    (
        "greenhouse",
        "expired",
        "<div id=flash_pending class=flash><p>The job you are looking for is no longer open.</p></div><h1>Jobs at Acme</h1>",
    ),
    (
        "lever",
        "expired",
        "<h2>Sorry, we couldn't find anything here</h2><p>The job posting you're looking for might have closed, or it has been removed. (404 error).</p>",
    ),
    ("ashby", "expired", "<div><h1>Job not found</h1><p>The job you requested was not found.</p></div>"),
    (
        "linkedin",
        "expired",
        "<h1>ML Engineer</h1><figure class=closed-job><figcaption>No longer accepting applications</figcaption></figure><a>Sign in</a>",
    ),
    (
        "indeed",
        "expired",
        "<h1>ML Engineer</h1><p>This job has expired on Indeed</p><p>Reasons could include: the employer is not accepting applications</p>",
    ),
    ("workable", "expired", "<h1>Oops!</h1><p>This job is not available anymore.</p>"),
    ("smartrecruiters", "expired", "<h1>Sorry, this job has expired</h1><a href=/acme>See other jobs</a>"),
    ("icims", "expired", "<div class=iCIMS_Error>The job listing no longer exists.</div>"),
    ("workday", "expired", "<h2>The page you are looking for doesn't exist.</h2><button>Search for Jobs</button>"),
    ("soft 404", "expired", "<title>Page not found - Acme</title><h1>Page not found</h1><p>Go home.</p>"),
    ("hn", "live", "<h1>Acme | ML Engineer | Paris</h1><p>We train models. Email jane@acme.example.</p>"),
    (
        "jsonld without end",
        "live",
        '<title>ML</title><script type="application/ld+json">{"@type":"JobPosting","title":"ML"}</script><h1>ML</h1><p>Build models with us in Paris and ship them.</p>',
    ),
    ("long text", "live", "<h1>ML Engineer</h1>" + BODY * 8),
    ("signed out but shown", "live", "<a>Sign in</a><h1>ML Engineer</h1>" + BODY * 10 + "<button>Easy Apply</button>"),
    ("cookie bar", "live", "<div>We use cookies</div><h1>ML Engineer</h1>" + BODY + "<a href=/apply>Apply</a>"),
    (
        "list below",
        "live",
        "<h1>ML Engineer</h1>" + BODY + "<a href=a>Apply</a><h3>Similar jobs</h3><p>This job has expired</p>",
    ),
]


@pytest.mark.parametrize(("style", "expected", "html"), STYLES, ids=[style[0] for style in STYLES])
def test_styles_of_known_systems(style: str, expected: str, html: str) -> None:
    assert look(html) == expected


@pytest.mark.parametrize(
    "title", ["Bot Detection Engineer", "Security Check Analyst", "CAPTCHA Researcher", "Sign-in Engineer"]
)
def test_jobs_about_walls(title: str) -> None:
    assert look(page(BODY + "<a href=/apply>Apply</a>", title)) == "live"
    assert look(page(BODY * 40, title)) == "live"


JOB = page(BODY + "<a href=/apply>Apply</a>")
LIST = "<title>Careers</title><h1>Careers at Acme</h1><p>All open positions</p><a href=/j/1>Analyst</a>"


@pytest.mark.parametrize(
    ("url", "final_url", "html", "expected"),
    [
        ("https://acme.com/careers/ml-engineer", "https://acme.com/careers", LIST, "expired"),
        ("https://acme.com/jobs/4411", "https://acme.com/", LIST, "expired"),
        ("https://acme.com/jobs/4411", "https://www.acme.com/en/jobs/search?q=", LIST, "expired"),
        (
            "https://boards.greenhouse.io/acme/jobs/4012345",
            "https://boards.greenhouse.io/acme?error=true",
            LIST,
            "expired",
        ),
        (
            "https://jobs.lever.co/acme/0f5b1c3e-1111-4222-8333-444455556666",
            "https://jobs.lever.co/acme",
            LIST,
            "expired",
        ),
        ("https://acme.com/j/551", "https://acme.com/j/551-ml-engineer", JOB, "live"),
        ("https://acme.com/j/551/apply", "https://acme.com/j/551", JOB, "live"),
        ("http://acme.com/j/551", "https://www.acme.com/j/551/", JOB, "live"),
        ("https://acme.com/jobs/ml-engineer", "https://acme.com/en/jobs/551/ml-engineer", JOB, "live"),
        ("https://boards.greenhouse.io/acme/jobs/4012345", "https://acme.com/careers?gh_jid=4012345", JOB, "live"),
        ("https://grnh.se/abc", "https://job-boards.greenhouse.io/acme/jobs/4012345", JOB, "live"),
        ("https://acme.com/jobs/4411", "https://acme.com/login?next=/jobs/4411", LIST, "unknown"),
        ("https://acme.com/jobs/4411", "https://acme.com/careers", WALLS["cloudflare"], "unknown"),
        ("https://acme.com/jobs/4411", None, JOB, "live"),
        ("https://[bad", "https://acme.com/", JOB, "live"),
    ],
)
def test_redirects(url: str, final_url: str | None, html: str, expected: str) -> None:
    assert look(html, 200, url, final_url) == expected


def test_meta_refresh_is_a_redirect() -> None:
    html = '<meta http-equiv="refresh" content="0; url=/careers">'
    assert look(html, 200, "https://acme.com/jobs/4411") == "expired"
    assert look('<meta http-equiv="Refresh" content="600">' + JOB, 200, "https://acme.com/jobs/4411") == "live"


def test_evidence_is_in_words() -> None:
    found = read_page(page("<p>This job has expired.</p>"), 200, None, None, NOW)
    assert found.evidence == "the page says “This job has expired.”"
    assert "2025-12-31" in read_page(page(BODY, head=LD.format("2025-12-31T10:00Z")), 200, None, None, NOW).evidence


@given(st.text(st.characters(), max_size=300), st.integers(-1, 1000), st.none() | st.text(), st.none() | st.text())
def test_nothing_breaks_it(html: str, status: int, url: str | None, final_url: str | None) -> None:
    found = read_page(html, status, url, final_url, NOW)
    assert found.liveness in ("live", "expired", "unknown")
    assert found.evidence
    closed_notice(html)


PIECES = [
    "this job ",
    "is ",
    "closed",
    ". ",
    "no longer ",
    "募集",
    "終了",
    "if ",
    "\n",
    "İ",
    "ß",
    "position ",
    "has been ",
    "filled ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_a_notice_is_a_part_of_the_text(text: str) -> None:
    notice = closed_notice(text)
    assert notice is None or notice in text or notice in text.lower().replace("’", "'")


@pytest.mark.parametrize(
    "unit", ["this job ", "closed ", "the position ", "募集", "<p>", "<aside>", "no longer ", "a.b", "this "]
)
def test_linear(unit: str) -> None:
    assert is_linear(closed_notice, unit, " closed")
    assert is_linear(lambda text: read_page(text, 200, None, None, NOW), unit, " closed")


@pytest.mark.parametrize(
    "notice",
    [
        "Inscrições encerradas para esta vaga",
        "Oglas je istekao.",
        "Search for this post: now concluded",
        "Bewerbung nicht mehr möglich",
    ],
)
def test_few_words_are_enough_without_a_way_to_apply(notice: str) -> None:
    assert look(page(f"<p>{notice}</p>{BODY}")) == "expired"
    assert look(page(f"{BODY * 4}<div class=status-label>Archived in April</div>")) == "expired"
    assert look(page(f"{BODY * 4}<button disabled>Ended in April</button>")) == "expired"
    assert look(page(f"{BODY * 4}<div>We archived the results in April.</div>")) == "unknown"
    assert look(page(f"<p>Sobald die Stelle besetzt ist, endet die Suche.</p>{BODY}")) == "unknown"


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        ("Apply by 10 October 2026", "expired"),
        ("Bewerbungsfrist: 31.10.2026", "expired"),
        ("Closing date: 2026-12-01", "unknown"),
        ("Deadline: 1 October 2026, extended. New deadline: December 4, 2026", "unknown"),
    ],
)
def test_a_closing_day_in_the_past(deadline: str, expected: str) -> None:
    assert look(page(f"<p>{deadline}</p>{BODY}")) == expected
    assert look(page(f"<p>{deadline}</p>{BODY}<a href=/apply/7>Apply</a>")) == "live"


@pytest.mark.parametrize("apply", ["<a href=/apply/7>Apply now</a>", "<p>Write to jobs@acme.example.</p>"])
def test_beside_a_way_to_apply_a_plain_sentence_must_be_clear(apply: str) -> None:
    for vague in (
        "Hiring for the Leeds laboratory is now complete.",
        "Le processus de recrutement est terminé pour Nantes.",
    ):
        assert look(page(f"<p>{vague}</p>{BODY}{apply}")) == "live"
        assert look(page(f"<p class=notice>{vague}</p>{BODY}{apply}")) == "expired"
        assert look(page(f"<p><strong>{vague}</strong></p>{BODY}{apply}")) == "expired"
        assert closed_notice(vague)
        assert not closed_notice(vague, running=True)
    for clear in ("This vacancy has now been closed by the team.", "Position filled."):
        assert look(page(f"<p>{clear}</p>{BODY}{apply}")) == "expired"


def test_a_second_heading_stands_for_a_first() -> None:
    assert look("<title>Acme</title><h2>ML Engineer</h2><p>Ranking.</p><a href=/apply>Apply</a>") == "live"


SHARED = Path(__file__).parents[3] / "shared" / "data" / "roles.dev.jsonl"


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled data (../shared/data) is not here")
def test_no_real_description_is_taken_for_closed() -> None:
    rows = [json.loads(line) for line in SHARED.read_text("utf-8").split("\n") if line]
    texts = [row["description"] for row in rows if row.get("description")]
    assert len(texts) > 100
    assert [closed_notice(text) for text in texts if closed_notice(text)] == []
