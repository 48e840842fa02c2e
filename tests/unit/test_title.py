"""Titles taken apart: facets in many languages, display for readers, and no text that breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdigest.curate.title import LONGEST_SHOWN, read_employment_type, read_title


@pytest.mark.parametrize(
    ("title", "core"),
    [
        ("Sr. SWE, ML", "software engineer ml"),
        ("Machine-Learning Engineering Intern", "ml engineer"),
        ("Full Stack Developer", "fullstack developer"),
        ("R&D Intern – Machine Learning Engineer - 2026", "rnd ml engineer"),
        ("Forward Deployed Engineer (FDE), Generative AI", "forward deployed engineer genai"),
        ("Softwareentwickler (m/w/d) KI", "software developer ai"),
        ("Ingénieur·e Machine Learning", "engineer ml"),
        ("Estágio em Ciência de Dados", "data scientist"),
        ("Starszy Inżynier Danych", "engineer data"),
        ("高级机器学习工程师", "engineer ml"),
        ("C++ Developer / C# Developer", "c++ developer c# developer"),
        ("Remote Sensing Scientist", "remote sensing scientist"),
        ("Hybrid Cloud Engineer (Hybrid)", "hybrid cloud engineer"),
        ("AI Scientist - Drug Discovery", "ai scientist drug discovery"),
        ("Research Analyst – Structured Finance (NY)", "research analyst structured finance"),
        ("Java Spring Developer", "java developer spring"),
    ],
)
def test_core_says_what_the_role_is(title: str, core: str) -> None:
    assert sorted(read_title(title).core) == sorted(core.split())


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        ("Werkstudent Machine Learning (m/w/d)", "intern"),
        ("Praktikant KI", "intern"),
        ("Stagiaire en recherche", "intern"),
        ("Stage - Data Scientist H/F", "intern"),
        ("Alternance Data Engineer", "intern"),
        ("Becario de Inteligencia Artificial", "intern"),
        ("Tirocinante Data Science", "intern"),
        ("算法实习生 - 北京", "intern"),
        ("機械学習エンジニア（インターン）", "intern"),
        ("머신러닝 엔지니어 인턴", "intern"),
        ("Senior Research Intern", "intern"),
        ("Internship Program Manager", None),
        ("Graduate Software Engineer", "new-grad"),
        ("Software Engineer - New College Grad 2026", "new-grad"),
        ("Entry-Level Data Analyst", "junior"),
        ("Associate Data Scientist", "junior"),
        ("Associate Director, AI", "director"),
        ("Desenvolvedor Pleno", "mid"),
        ("Sr. Data Scientist", "senior"),
        ("シニア機械学習エンジニア", "senior"),
        ("Senior Staff ML Engineer", "staff"),
        ("Member of Technical Staff", None),
        ("Staff Accountant", None),
        ("Chief of Staff", None),
        ("Lead Machine Learning Engineer", "lead"),
        ("Lead Generation Specialist", None),
        ("Principal Scientist", "principal"),
        ("Engineering Manager, ML", "manager"),
        ("Senior Product Manager, AI", "senior"),
        ("Head of AI", "director"),
        ("VP, Machine Learning", "executive"),
        ("Account Executive", None),
        ("Stage Manager", None),
    ],
)
def test_seniority(title: str, seniority: str | None) -> None:
    assert read_title(title).seniority == seniority


@pytest.mark.parametrize(
    ("title", "degree"),
    [
        ("Research Intern (PhD)", "phd"),
        ("Ph.D. Intern", "phd"),
        ("Software Engineer Intern (BS/MS)", "bachelors"),
        ("Quant Intern - Master's", "masters"),
        ("Master Data Analyst", None),
        ("MS SQL Developer", None),
    ],
)
def test_degree(title: str, degree: str | None) -> None:
    assert read_title(title).degree == degree


@pytest.mark.parametrize(
    ("title", "employment"),
    [
        ("ML Engineer (Full-Time)", "FULL_TIME"),
        ("AI Trainer - Part Time", "PART_TIME"),
        ("Data Scientist (Contract)", "CONTRACTOR"),
        ("Contract Manager", None),
        ("Seasonal Analyst", "TEMPORARY"),
        ("Entwickler in Teilzeit", "PART_TIME"),
        ("ML Engineer", None),
        ("ML Intern", "INTERN"),
    ],
)
def test_employment_type_only_if_the_title_says_so(title: str, employment: str | None) -> None:
    assert read_title(title).employment_type == employment


@pytest.mark.parametrize(
    ("title", "years", "seasons"),
    [
        ("ML Intern - Summer 2026", (2026,), ("summer",)),
        ("ML Intern, Fall '25", (2025,), ("fall",)),
        ("2025/26 Apprenticeship", (2025, 2026), ()),
        ("Fall Embedded Engineer Intern", (), ("fall",)),
        ("Fall Detection Algorithm Engineer", (), ()),
        ("Praktikum Sommer 2026", (2026,), ("summer",)),
    ],
)
def test_terms(title: str, years: tuple[int, ...], seasons: tuple[str, ...]) -> None:
    facts = read_title(title)
    assert (facts.years, facts.seasons) == (years, seasons)


@pytest.mark.parametrize(
    ("title", "level"),
    [("Engineer II", "2"), ("Engineer 2 - Java", "2"), ("Engineer I/II", "1/2"), ("SWE3", "3"), ("Engineer, L5", "5"),
     ("Level 2 Analyst", "2"), ("Engineer", None), ("Co-op - 4-16 months", None)],
)  # fmt: skip
def test_levels(title: str, level: str | None) -> None:
    assert read_title(title).level == level


@pytest.mark.parametrize(
    ("title", "shown", "place"),
    [
        (
            "Machine Learning Engineer - Content Safety Platform (AU remote)",
            "Machine Learning Engineer - Content Safety Platform",
            "AU remote",
        ),
        ("Sr. ML Engineer II (R-18658) - Remote, US", "Sr. ML Engineer II", "US; remote"),
        ("Software Engineer (Platform, London)", "Software Engineer (Platform)", "London"),
        ("[Remote] Data Engineer", "Data Engineer", "remote"),
        ("Sales Trainee (Sales) -Bloomington, MN", "Sales Trainee (Sales)", "Bloomington, MN"),
        ("Data Engineer, Washington, DC Metro Area", "Data Engineer", "Washington, DC Metro Area"),
        ("Data Engineer - Cary or Raleigh, NC Area", "Data Engineer", "Cary or Raleigh, NC Area"),
        ("ML Engineer &amp; Researcher <b>(m/f/d)</b>", "ML Engineer & Researcher", None),
        ("Research  Intern,\u2028Summer 2026 (PhD)", "Research Intern, Summer 2026 (PhD)", None),
        ("Robotics Engineer - Mobile", "Robotics Engineer - Mobile", None),
        ("London", "London", None),
        ("", "", None),
    ],
)
def test_display_loses_noise_and_never_meaning(title: str, shown: str, place: str | None) -> None:
    facts = read_title(title)
    assert (facts.display, facts.place_text) == (shown, place)


def test_requisition() -> None:
    assert read_title("Data Engineer I - R-18658").requisition == "18658"
    assert read_title("Research Engineer - SJ2026YM").requisition == "SJ2026YM"
    assert read_title("Web3 Engineer, 5G").requisition is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Full-time", "FULL_TIME"), ("fulltime_permanent", "FULL_TIME"), ("FullTime", "FULL_TIME"), ("Intern", "INTERN"),
     ("CDI", "FULL_TIME"), ("CDD", "TEMPORARY"), ("Festanstellung", "FULL_TIME"), ("PART_TIME", "PART_TIME"),
     ("Teilzeit", "PART_TIME"), ("Contract", "CONTRACTOR"), ("PER_DIEM", "PER_DIEM"), ("Stage", "INTERN"),
     ("Volunteer", "VOLUNTEER"), ("正社員", "FULL_TIME"), ("OTHER", "OTHER"), ("Hybrid", None), ("", None)],
)  # fmt: skip
def test_a_sources_own_field(text: str, kind: str | None) -> None:
    assert read_employment_type(text) == kind


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    facts = read_title(text)
    assert len(facts.display) <= LONGEST_SHOWN
    assert "\n" not in facts.display
    assert all(facts.core)


@given(
    st.lists(
        st.sampled_from(
            "Intern - ( ) , / | 2026 II Remote London, MN ML AI Senior 'x (m/f/d) $5k – 実習生 実 #1".split()
        )
    )
)
def test_words_of_titles_in_any_order(words: list[str]) -> None:
    text = " ".join(words)
    assert read_title(text) == read_title(f"  {text} ")


@pytest.mark.parametrize(
    "piece", ["(", "<b", "a-", "&amp;", "$1", "- ", "Z̸̢", "\U0001f600", "New York, ", "\u202e", "1"]
)
def test_long_texts_are_cut(piece: str) -> None:
    assert len(read_title(piece * 100_000).display) <= LONGEST_SHOWN
