"""Which type a posting is: own titles by type, the operator's hand, evidence, hostile titles, and speed in shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobdigest.config import Role
from jobdigest.curate import reading
from jobdigest.curate.roles import ROLE_TYPES, RoleRules, Verdict, classify
from support.growth import is_linear

TITLES = Path(__file__).parent / "data" / "role_titles.txt"
IDS = {each.id for each in ROLE_TYPES}


def own_titles() -> Iterator[tuple[str, str]]:
    """(title, role type or `out`) of our list."""
    group = ""
    for line in TITLES.read_text("utf-8").splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif line and not line.startswith("#"):
            yield line, group


@pytest.mark.parametrize("group", [*sorted(IDS), "out"])
def test_own_titles(group: str) -> None:
    titles = [title for title, expected in own_titles() if expected == group]
    assert len(titles) >= 25
    wrong = {title: verdict for title in titles if ((verdict := classify(title)).role_type or "out") != group}
    assert not wrong


def test_fourteen_types_with_names() -> None:
    assert len(IDS) == len(ROLE_TYPES) == 14
    assert len({each.name for each in ROLE_TYPES}) == 14


def test_every_rule_decides_for_a_known_outcome_and_every_concept_is_used() -> None:
    known = reading.tables()
    assert {rule.outcome for rule in known.roles} <= IDS
    assert set(known.policies) == {rule.outcome for rule in known.scope} - {"in", "out"}
    asked = known.bits["ia"] | known.bits["mts"]  # these are asked for by name
    for rule in (*known.scope, *known.roles, *known.given):
        asked |= rule.forbids
        for need in rule.needs:
            asked |= need
    masks = [start.bits for start in known.phrases.values()]
    masks += [phrase.bits for start in known.phrases.values() for some in start.longer.values() for phrase in some]
    idle = {mask for mask in masks if mask and not mask & asked}
    assert idle <= {known.bits["other"]}, "only `other` has words that do nothing but hide their parts"


@pytest.mark.parametrize(
    ("title", "role_type"),
    [
        ("Data Engineer, Sales Operations", "data-engineering"),
        ("Machine Learning Engineer - NLP", "genai-nlp"),
        ("Machine Learning Engineer, Computer Vision", "vision-robotics"),
        ("Data Scientist, Trust & Safety", "trust-safety"),
        ("Research Scientist, Perception", "research"),
        ("AI Consultant, Computer Vision", "solutions"),
        ("Product Manager, Fraud ML Platform", "trust-safety"),
        ("  SENIOR   machine-learning ENGINEER (m/f/d) ", "ml-engineering"),
        ("Ｍａｃｈｉｎｅ Learning Engineer", "ml-engineering"),
        ("Científica/o de Datos", "data-science"),
        ("Ingénieur·e Machine Learning", "ml-engineering"),
        ("Entwickler:in KI (LLM)", "genai-nlp"),
        ("Large Language Model Engineer", "genai-nlp"),
    ],
)
def test_first_rule_wins(title: str, role_type: str) -> None:
    assert classify(title).role_type == role_type


def test_team_that_fights_harm_counts_whatever_the_craft() -> None:
    assert classify("Machine Learning Engineer", team="Trust & Safety").role_type == "trust-safety"
    assert classify("Software Engineer", team="Trust & Safety").role_type == "trust-safety"
    assert classify("Accountant", team="Trust & Safety").role_type is None


def test_iowa_is_a_state() -> None:
    assert classify("Chef de projet IA").role_type == "product"
    assert not classify("Chef de cuisine, Ames IA", location="Ames, IA").in_scope
    assert not classify("Project Manager, Ames IA").in_scope


def test_evidence_names_the_words_that_decided() -> None:
    assert classify("Fraud Analyst, Data Science").evidence == 'title says "fraud" and "data science"'
    assert classify("Recruiter, Data Science").evidence == 'out: title says "recruiter"'
    assert "nothing in the title" in classify("Plumber").evidence
    assert "text says" in classify("Research Scientist", text="pytorch neurips llm transformer " * 3).evidence


def test_operator_patterns_come_first_and_may_name_a_new_type() -> None:
    rules = RoleRules.from_config(
        [Role(id="quantum-ml", name="Quantum", patterns=("quantum",)), Role(id="research", patterns=("plumber",))]
    )
    verdict = classify("Quantum Machine Learning Engineer", rules=rules)
    assert verdict == Verdict(True, "quantum-ml", 'your pattern for quantum-ml matches "Quantum"')
    assert classify("PLUMBER", rules=rules).role_type == "research"
    assert classify("Data Analyst", rules=rules).role_type == "data-science"


def test_operator_reorders_renames_hides_and_adds() -> None:
    rules = RoleRules.from_config(
        [Role(id="data-science", name="Numbers"), Role(id="other-ai", hide=True), Role(id="edge-ai")]
    )
    assert [each.name for each in rules.groups[:2]] == ["Numbers", "Edge ai"]
    assert {each.id for each in rules.groups} == (IDS - {"other-ai"}) | {"edge-ai"}
    assert [each.id for each in rules.groups[2:]] == [
        each.id for each in ROLE_TYPES if each.id not in {"data-science", "other-ai"}
    ]
    assert RoleRules.from_config([]).groups == ROLE_TYPES


hostile = st.text(max_size=400) | st.text("aA IAai&/-\u202e\u0301\u2028\x00🤖機械学習エンジニア데이터", max_size=400)


@given(hostile, hostile, hostile)
@settings(deadline=None)
def test_no_text_crashes_it(title: str, team: str, text: str) -> None:
    verdict = classify(title, company=team, team=team, location=title, text=text)
    assert verdict.in_scope == (verdict.role_type is not None)
    assert verdict.role_type is None or verdict.role_type in IDS
    assert verdict.evidence


@given(st.sampled_from(list(own_titles())), st.sampled_from(["upper", "lower", "title"]))
@settings(deadline=None)
def test_case_and_surrounding_marks_decide_nothing(known: tuple[str, str], method: str) -> None:
    title, group = known
    assert (classify(f"🚀 {getattr(title, method)()} !").role_type or "out") == group


@pytest.mark.parametrize("word", ["ai ", "data ", "機械", "é" * 3, "a\u0301" * 2, "\u202e x", "as our ", "&"])
def test_time_does_not_grow_with_what_is_not_looked_at(word: str) -> None:
    def read_everywhere(long: str) -> None:
        classify(long, company=long, team=long, location=long, text="member of technical staff " + long)

    assert is_linear(read_everywhere, word)
    assert is_linear(lambda long: classify("Member of Technical Staff", text=long), word)
