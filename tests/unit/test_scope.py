"""In or out: the title first, then employer, team and text where it leaves the question open."""

from __future__ import annotations

import pytest

from jobdigest.curate.scope import employer_kind, judge_scope

ML_TEXT = (
    "You will train large language models with PyTorch, run reinforcement learning at scale, "
    "and publish what you find at NeurIPS. Machine learning is all we do."
)
WEB_TEXT = "You will build our billing pages, answer customers, and keep the servers up."


@pytest.mark.parametrize(
    "title",
    [
        "Recruiter, Machine Learning",
        "Account Executive, AI",
        "Full-Stack Engineer, AI startup",
        "Data Center Technician",
        "Tax Associate - JD/LLM",
        "NLP Coach (Neuro-Linguistic Programming)",
        "Real Estate Agents wanted",
        "Wheel Alignment Specialist",
        "DBT Therapist",
        "ETL Executive Team Leader",
        "Environmental Safeguards Adviser",
        "Spark Driver",
        "Diffusion Furnace Engineer",
        "Transformer Design Engineer",
        "Trust Officer, Wealth",
        "Rag & Bone Sales Associate",
        "Analyst/Associate - Equity Research - AI Infrastructure",
    ],
)
def test_words_of_the_field_in_other_trades(title: str) -> None:
    assert not judge_scope(title).in_scope


@pytest.mark.parametrize(
    ("title", "company", "inside"),
    [
        ("Research Scientist Intern", "Adobe", True),
        ("Research Scientist Intern", "Nation-wide Hospital", False),
        ("Research Scientist Intern, Nano-Optics", "Meta", False),
        ("Research Scientist Intern - Glaciers", "Meta", False),
        ("Research Scientist Intern - Stockholm", "Meta", True),
        ("Member of Technical Staff", "OpenAI", True),
        ("Member of Technical Staff", "Acme Networks", False),
        ("ASIC Verification Lead", "Cerebras Systems", True),
        ("ASIC Verification Lead", "Acme Networks", False),
        ("Forward Deployed Engineer", None, True),
        ("Software Engineer, Integrity", "Meta", True),
        ("Software Engineer, Integrity", "Acme Networks", False),
        ("Product Manager", "OpenAI", False),
    ],
)
def test_employer_decides_where_the_title_cannot(title: str, company: str | None, inside: bool) -> None:
    assert judge_scope(title, company=company).in_scope is inside


@pytest.mark.parametrize("title", ["Research Scientist", "Member of Technical Staff", "Forward Deployed Engineer"])
def test_text_decides_where_the_title_cannot(title: str) -> None:
    assert judge_scope(title, text=ML_TEXT).in_scope
    assert not judge_scope(title, text=WEB_TEXT).in_scope


def test_text_is_not_asked_where_the_title_is_clear() -> None:
    assert judge_scope("Data Scientist", text=WEB_TEXT).in_scope
    assert not judge_scope("Accountant", company="OpenAI", text=ML_TEXT).in_scope
    assert not judge_scope("Software Engineer, Billing", company="OpenAI", text=ML_TEXT).in_scope


def test_team_is_asked_before_the_text() -> None:
    scope = judge_scope("Member of Technical Staff", team="Machine Learning Research", text=WEB_TEXT)
    assert scope.in_scope
    assert scope.evidence.startswith("team says")


def test_a_plain_platform_counts_where_the_text_is_full_of_what_models_run_on() -> None:
    text = "You keep GPU nodes healthy: Slurm, NCCL over InfiniBand, checkpoints of training runs, and LLM inference."
    assert judge_scope("Site Reliability Engineer", company="Lambda", text=text).in_scope
    assert not judge_scope("Site Reliability Engineer", company="Lambda", text=WEB_TEXT).in_scope
    assert not judge_scope("Site Reliability Engineer", company="Lambda").in_scope
    assert judge_scope("Infrastructure Engineer", team="Machine Learning").in_scope


def test_a_plain_engineer_counts_in_a_modelling_team_only() -> None:
    assert judge_scope("Software Engineer II", team="Perception").in_scope
    assert not judge_scope("Software Engineer II", team="Payments", text=ML_TEXT).in_scope
    assert not judge_scope("Mechanical Engineer", team="Robotics Hardware").in_scope
    assert judge_scope("Queue Associate, Nights", team="Trust & Safety").in_scope
    assert not judge_scope("Queue Associate, Nights", team="Machine Learning").in_scope
    assert not judge_scope("Executive Assistant", team="Trust & Safety").in_scope
    assert not judge_scope("Full Stack Engineer", team="Agentic Platform", company="Cohere", text=ML_TEXT).in_scope


def test_text_names_who_is_wanted_for_a_plain_title() -> None:
    scope = judge_scope(
        "Software Engineer III", text="We are looking for a Machine Learning Engineer who ranks videos."
    )
    assert scope.in_scope
    assert scope.evidence.startswith('text says "machine learning engineer')
    assert not judge_scope("Software Engineer III", text="You work with our machine learning engineers.").in_scope
    assert not judge_scope("Accountant", text="We are looking for a data scientist.").in_scope


FEEDING_TEXT = (
    "You rank model responses and write prompts: your human feedback, and the data annotation that comes with it, "
    "is used to train AI models."
)


@pytest.mark.parametrize("title", ["French Language Expert", "Physics Expert (remote, $60/hr)", "Content Reviewer"])
def test_experts_are_asked_for_the_making_of_training_data(title: str) -> None:
    assert judge_scope(title, text=FEEDING_TEXT).in_scope
    assert judge_scope(title, company="Outlier").in_scope
    assert not judge_scope(title, text=WEB_TEXT).in_scope
    assert not judge_scope(title).in_scope


@pytest.mark.parametrize("title", ["Research Scientist, Computational Biology", "Scientist, Protein Design"])
def test_another_science_is_asked_for_machine_learning(title: str) -> None:
    text = "You build deep learning models of proteins, train them in PyTorch, and publish on machine learning."
    assert judge_scope(title, text=text).in_scope
    assert not judge_scope(title, text="You run assays and write protocols for the group.").in_scope
    assert not judge_scope(title).in_scope


def test_text_names_the_function_of_technical_staff() -> None:
    text = "As our Solutions Architect for large language models you work with clients. " + ML_TEXT
    with_text = judge_scope("Member of Technical Staff", company="OpenAI", text=text)
    assert any("solutions architect" in hit.words for hit in with_text.reading.hits)


@pytest.mark.parametrize(
    ("company", "kind"),
    [
        ("OpenAI", "ai"),
        ("Acme AI", "ai"),
        ("PolyAI", "ai"),
        ("Prime Intellect", "ai"),
        ("PrimeIntellect", "ai"),
        ("Tenstorrent Inc.", "chip"),
        ("Microsoft", "lab"),
        ("TELUS Digital", "feeder"),
        ("Shanghai", "other"),
        ("", "other"),
        (None, "other"),
    ],
)
def test_kinds_of_employers(company: str | None, kind: str) -> None:
    assert employer_kind(company) == kind
