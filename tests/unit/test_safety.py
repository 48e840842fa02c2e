"""Frauds are held, honest postings that look alike are not; see support/fraud_words.py and honest_words.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.html import to_text
from jobdigest.curate.lookalike import lookalike
from jobdigest.curate.safety import assess, judge_safety
from support.fraud_words import FRAUDS, fields
from support.growth import is_linear
from support.honest_words import HONEST

SHARED = Path(__file__).parents[3] / "shared"


def reasons(description: str = "", **more: str | None) -> tuple[str, ...]:
    given: dict[str, str | None] = {"title": "ML Engineer", "company": None, "url": None, "salary": None, **more}
    return assess(description=description, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", FRAUDS)
def test_frauds_are_suspect(line: str) -> None:
    assert assess(**fields(line))  # type: ignore[arg-type]


@pytest.mark.parametrize("line", HONEST)
def test_honest_postings_are_not(line: str) -> None:
    assert assess(**fields(line)) == ()  # type: ignore[arg-type]


FILLER = "We build models for hospitals. You will work with doctors, read papers and ship code every week. "


@pytest.mark.parametrize("line", FRAUDS[::9])
def test_a_fraud_hidden_in_a_long_text(line: str) -> None:
    found = fields(line)
    found["description"] = FILLER * 12 + (found["description"] or "") + " " + FILLER * 12
    assert assess(**found)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", FRAUDS[::9])
def test_in_capitals_too(line: str) -> None:
    found = fields(line)
    found["description"] = (found["description"] or "").upper()
    assert assess(**found)  # type: ignore[arg-type]


def test_reasons_are_words_strongest_first() -> None:
    found = reasons(
        "Congratulations! Pay a registration fee of $50. Interview on Telegram only, say hello to @hr_desk1."
    )
    assert found[:2] == ("asks applicants for money", "hires over a messenger")
    assert "writes to people who did not apply" in found


def test_a_weak_signal_alone_is_not_enough() -> None:
    assert reasons("Congratulations on reading this far.") == ()
    assert reasons("Mail us at acme.jobs@gmail.com.") == ()
    assert reasons("Congratulations, you have been selected! Mail us at acme.jobs@gmail.com.")


def test_a_warning_covers_the_sentences_after_it() -> None:
    text = "They write on WhatsApp +1 555 010 0199, ask you to pay a fee of $50 and send a cheque for you to deposit."
    assert reasons(text)
    assert reasons("Beware of fake recruiters. " + text) == ()


def test_work_against_fraud_needs_more() -> None:
    text = "Contact people on Telegram: @research_panel and talk about what they saw."
    assert reasons(text, title="Data Entry Clerk")
    assert reasons(text, title="Fraud Research Analyst") == ()


@pytest.mark.parametrize(
    ("title", "salary", "suspect"),
    [
        ("Data Entry Clerk", "$900/hr", True),
        ("Annotator", "$2,000 per day", True),
        ("Machine Learning Intern", "$45,000/month", True),
        ("Machine Learning Intern", "$12,000/month", False),
        ("Data Entry Clerk", "$22/hr", False),
        ("Physician Data Annotator, MD Expert", "$200/hr", False),
        ("Principal Scientist", "$900,000", False),
        ("Data Entry Clerk", "$45,000 a year", False),
        ("Annotator", "competitive", False),
    ],
)
def test_pay_beyond_belief(title: str, salary: str, suspect: bool) -> None:
    assert bool(reasons(title=title, salary=salary)) is suspect


@pytest.mark.parametrize(
    "url",
    [
        "https://careers-google.example.com/apply",
        "https://google-careers.net/x",
        "https://www.g00gle.com/jobs/1",
        "https://arnazon.com/jobs",
        "https://openai.com.apply-now.top/1",
        "https://xn--ggle-0nda.com/jobs",
        "https://xn--80ak6aa92e.com/jobs",
        "https://jobs.micr0soft.com/1",
        "https://hr-nvidia.com/offer",
    ],
)
def test_addresses_that_imitate(url: str) -> None:
    assert lookalike(url, None)
    assert "imitates" in reasons(url=url)[0]


def test_one_slip_counts_only_with_the_employers_name() -> None:
    assert lookalike("https://microsotf.com/jobs/1", "Microsoft")
    assert lookalike("https://microsotf.com/jobs/1", "Sotf") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://careers.google.com/jobs/1",
        "https://www.google.com/about/careers",
        "https://www.metacareers.com/jobs/1",
        "https://careers-google.icims.com/jobs/12",
        "https://nvidia.wd5.myworkdayjobs.com/x",
        "https://lifeattiktok.com/search/1",
        "https://www.amazon.jobs/en/jobs/1",
        "https://scale.com/careers",
        "https://jobs.tiny-startup.example/1",
        "https://jobright.ai/jobs/info/1",
        "https://intelligence-careers.com/1",
        "https://applecart.co/jobs",
        "https://metabase.com/jobs",
        "https://siemens-healthineers.com/1",
        "nonsense",
    ],
)
def test_unlike_is_not_imitating(url: str) -> None:
    assert lookalike(url, "Google") is None
    assert reasons(url=url, company="Google") == ()


def test_the_operators_word() -> None:
    found = ("asks applicants for money",)
    url = "https://jobs.acme.co.uk/1"
    assert judge_safety((), "Acme", url, (), ()) == ("ok", ())
    assert judge_safety(found, "Acme", url, (), ()) == ("suspect", found)
    assert judge_safety(found, "Acme", url, ("ACME ",), ()) == ("ok", ())
    assert judge_safety(found, "Acme", url, ("acme.co.uk",), ()) == ("ok", ())
    assert judge_safety(found, "Acme", url, ("other.co.uk",), ()) == ("suspect", found)
    safety, why = judge_safety((), "Acme", url, ("acme",), ("jobs.acme.co.uk",))
    assert (safety, why) == ("suspect", ("on the operator's deny list (jobs.acme.co.uk)",))
    assert judge_safety(found, "Acme", None, (), ("Acme",))[1][1:] == found


@given(st.text(st.characters(), max_size=300), st.none() | st.text(max_size=60), st.text(max_size=60))
def test_nothing_breaks_it(text: str, other: str | None, title: str) -> None:
    assess(title=title, company=other, url=other, salary=other, description=text)


CHUNKS = [
    "pay ",
    "fee of $",
    "50 ",
    "whatsapp ",
    "you ",
    "never ",
    ". ",
    "\n",
    "İ",
    "deposit ",
    "a check ",
    "@gmail.com ",
    "押金",
    "缴纳",
]


@given(st.lists(st.sampled_from(CHUNKS), max_size=60).map("".join))
def test_nor_do_its_own_words(text: str) -> None:
    for reason in reasons(text):
        assert reason


@pytest.mark.parametrize(
    "unit",
    ["pay ", "fee of $5 ", "whatsapp ", "account ", "押金", "a@", "send your ssn ", "deposit. ", "you pay\n", "1"],
)
def test_linear(unit: str) -> None:
    assert is_linear(reasons, unit)


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded boards (../shared) are not here")
def test_no_false_alarm_on_real_postings() -> None:
    rows = [json.loads(line) for line in (SHARED / "data/roles.dev.jsonl").read_text("utf-8").split("\n") if line]
    texts = [row["description"] for row in rows if row.get("description")]
    for path in sorted((SHARED / "sources/fixtures/ashby").glob("*.json")):
        board = json.loads(path.read_text("utf-8"))
        if isinstance(board, dict):
            texts += [to_text(job.get("descriptionHtml") or "") for job in board.get("jobs", [])]
    assert len(texts) > 400
    assert [(text[:80], reasons(text)) for text in texts if reasons(text)] == []
