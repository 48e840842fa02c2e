"""Which kind of AI work a posting is: the second question, decided by the same reading of the title as the first.

An operator's own patterns are tried first; then `scope` says in or out; then the first rule of the role part of
data/roles_rules.txt that holds names the type. Where none holds the type is `other-ai`: abstaining beats guessing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from jobdigest.config import Role
from jobdigest.curate.reading import TITLE_LIMIT, Reading, Rule, first_rule, read, tables, words_for
from jobdigest.curate.scope import Scope, judge_scope


class RoleType(NamedTuple):
    """A group of the digest; `name` is its heading."""

    id: str
    name: str


class Verdict(NamedTuple):
    """The answers to both questions; `evidence` names the words that decided. `role_type` is None when out."""

    in_scope: bool
    role_type: str | None
    evidence: str


ROLE_TYPES = (
    RoleType("research", "Research"),
    RoleType("ml-engineering", "Machine learning engineering"),
    RoleType("genai-nlp", "Generative AI and language"),
    RoleType("vision-robotics", "Vision and robotics"),
    RoleType("ml-infrastructure", "ML infrastructure"),
    RoleType("ai-hardware", "AI hardware"),
    RoleType("data-science", "Data science and analytics"),
    RoleType("data-engineering", "Data engineering"),
    RoleType("solutions", "Solutions and customer engineering"),
    RoleType("product", "Product, program and design"),
    RoleType("human-data", "Training data and evaluation"),
    RoleType("trust-safety", "Trust and safety"),
    RoleType("governance", "AI governance and policy"),
    RoleType("other-ai", "More AI jobs"),
)


@dataclass(frozen=True, slots=True)
class RoleRules:
    """What an operator made of the role types: `groups` to show, in order, and patterns tried before ours."""

    groups: tuple[RoleType, ...] = ROLE_TYPES
    patterns: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @classmethod
    def from_config(cls, roles: Sequence[Role]) -> RoleRules:
        """The `roles:` of config.yaml: those named come first, in their order; the rest follow as shipped."""
        shipped = {each.id: each for each in ROLE_TYPES}
        named = {role.id: RoleType(role.id, role.name or _name(role.id, shipped)) for role in roles}
        hidden = {role.id for role in roles if role.hide}
        groups = (*named.values(), *(each for each in ROLE_TYPES if each.id not in named))
        return cls(
            tuple(each for each in groups if each.id not in hidden),
            tuple((role.id, re.compile(pattern, re.IGNORECASE)) for role in roles for pattern in role.patterns),
        )


def _name(role_id: str, shipped: dict[str, RoleType]) -> str:
    return shipped[role_id].name if role_id in shipped else role_id.replace("-", " ").capitalize()


_SHIPPED = RoleRules()
_IOWA = re.compile(r"\bIA\b")


def classify(
    title: str,
    *,
    company: str | None = None,
    team: str | None = None,
    location: str | None = None,
    text: str = "",
    rules: RoleRules | None = None,
) -> Verdict:
    """Both questions for one posting.

    `text` is its description as plain text and may be empty; `location` only tells whether "IA" is a state.
    """
    for role_id, pattern in (rules or _SHIPPED).patterns:
        if found := pattern.search(title[:TITLE_LIMIT]):
            return Verdict(True, role_id, f'your pattern for {role_id} matches "{found[0]}"')
    if location and _IOWA.search(location):
        title = _IOWA.sub(" ", title[:TITLE_LIMIT])
    scope = judge_scope(title, company=company, team=team, text=text)
    if not scope.in_scope:
        return Verdict(False, None, f"out: {scope.evidence}")
    return _typed(scope, read(team) if team else None)


def _typed(scope: Scope, team: Reading | None) -> Verdict:
    """The first role rule that holds; a team that fights harm counts whatever the craft."""
    rule = role_rule(scope.reading.bits)
    role_type = rule.outcome if rule else "other-ai"
    if team and role_type != "trust-safety" and team.bits & tables().bits["harm"]:
        return Verdict(True, "trust-safety", f"{scope.evidence}; team fights harm")
    if rule is None:
        return Verdict(True, role_type, f"{scope.evidence}; nothing tells the type")
    words = words_for(rule, scope.reading)
    return Verdict(True, role_type, scope.evidence + ("" if words in scope.evidence else f"; type by {words}"))


@lru_cache(maxsize=4096)
def role_rule(bits: int) -> Rule | None:
    """The role rule for a set of concepts; titles share few sets, so it is remembered."""
    return first_rule(tables().roles, bits)
