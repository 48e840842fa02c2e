"""Is a posting AI work at all? The title decides where it can; else employer, team and text are asked.

title ─► reading ─► in | out | ask ─► team ─► text, measured against what such an employer's title is worth
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from jobdigest.curate.reading import (
    TITLE_LIMIT,
    Hit,
    Reading,
    Rule,
    first_rule,
    read,
    tables,
    union,
    unread,
    words_for,
    words_of,
)

TEXT_LIMIT = 5_000
_NOTHING = "nothing in the title is AI or data work"
_KINDS = {
    "chip": "an AI chip maker",
    "feeder": "a supplier of training data",
    "ai": "an AI company",
    "lab": "a known research lab",
    "other": "of no known kind",
}
_BY_TEAM = {"ask staff", "ask research", "ask customer", "ask solutions", "ask architect", "ask collection", "ask chip"}
_SPARE = {"bare": 0, "near": 1}  # words of the title that may be left unread
_MAKER = "ask maker"
_MAKERS = {_MAKER, "ask serving"}
_ROLE_NAMED = re.compile(
    r"\b(?:as (?:an?|our|the|your)|(?:looking for|seeking|hiring|role of|position of) (?:an? |our |the )?)"
    r" ?([^.,;:!\n]{3,70})"
)


class Scope(NamedTuple):
    """The answer; `reading` also carries what team and text added to the title."""

    in_scope: bool
    evidence: str
    reading: Reading


def judge_scope(title: str, *, company: str | None = None, team: str | None = None, text: str = "") -> Scope:
    """In or out, and the words that decided.

    `text` is the description as plain text; its first 5,000 characters are looked at, and only if need be.
    """
    reading = read(title)
    rule = scope_rule(reading.bits)
    if rule is None:
        return _whatever_craft(team, reading)
    if rule.outcome in {"in", "out"}:
        if text and reading.bits & tables().bits["mts"]:
            reading = _join(reading, role_named(text[:TEXT_LIMIT].lower()))
        return Scope(rule.outcome == "in", f"title says {words_for(rule, reading)}", reading)
    if team and (found := _by_team(title, team, rule)):
        return Scope(True, f"team says {words_for(*found)}", _join(reading, found[1]))
    return _ask(title, rule, reading, company, text)


def _whatever_craft(team: str | None, reading: Reading) -> Scope:
    """A title that says nothing of the field is in only where its team fights harm."""
    known = tables().bits
    about = read(team) if team else reading
    if about.bits & known["harm"] and not reading.bits & (known["outhead"] | known["outfield"]):
        return Scope(True, f'team says "{team}"', _join(reading, about))
    return Scope(False, _NOTHING, reading)


def _by_team(title: str, team: str, rule: Rule) -> tuple[Rule, Reading] | None:
    """The rule that a team settles what the title leaves open by, and its reading.

    A plain engineer in a modelling team is read as `Software Engineer, Perception` would be.
    """
    known = tables().bits
    if rule.outcome in _MAKERS:
        about, telling = read(f"{title}, {team}"), known["mlteam"] | known["harm"]
    else:
        about, telling = read(team), ~0 if rule.outcome in _BY_TEAM else known["harm"]
    found = scope_rule(about.bits)
    return (found, about) if found and found.outcome == "in" and about.bits & telling else None


@lru_cache(maxsize=16_384)
def scope_rule(bits: int) -> Rule | None:
    """The scope rule for a set of concepts; titles share few sets, so it is remembered."""
    return first_rule(tables().scope, bits)


@lru_cache(maxsize=16_384)
def employer_kind(company: str | None) -> str:
    """`chip`, `feeder`, `ai` or `lab` where the name tells, else `other`; roles_evidence.txt has the names."""
    words, known = words_of((company or "")[:TITLE_LIMIT]), tables().employers
    named = next((known[name] for size in (3, 2, 1) if (name := "".join(words[:size])) in known), None)
    if named is None and words and ("ai" in (words[0], words[-1]) or (company or "").rstrip().endswith("AI")):
        return "ai"
    return named or "other"


def _ask(title: str, rule: Rule, reading: Reading, company: str | None, text: str) -> Scope:
    """What employer and text say where the title leaves it open."""
    kind = employer_kind(company)
    policy = tables().policies[rule.outcome]
    needed, alone = policy.get(kind) or policy["ai" if kind in {"chip", "feeder"} else "other"]
    if rule.outcome == _MAKER and (person := role_named(text[:TEXT_LIMIT].lower(), "wanted")).hits:
        return Scope(True, f'text says "{person.hits[0].words}"', _join(reading, person))
    if needed is None and alone == "out":
        return Scope(False, _NOTHING, reading)
    said, vouched = f"title says {words_for(rule, reading)}", tables().bits["vouched"]
    if not text:
        inside = alone == "in" or (alone in _SPARE and unread(title, reading, company) <= _SPARE[alone])
        return Scope(inside, f"{said}, employer is {_KINDS[kind]}", _join(reading, Reading(vouched, ())))
    lowered = text[:TEXT_LIMIT].lower()
    least = needed or 0
    sought = tables().text_terms.get(rule.outcome) or tables().text_terms["text"]
    terms = tuple(islice((term for term in sought if term in lowered), max(least, 3)))
    if len(terms) < least:
        return Scope(False, f"{said}, and the text names too little AI work", reading)
    named = ", ".join(f'"{term}"' for term in terms)
    added = role_named(lowered) if reading.bits & tables().bits["mts"] else Reading(0, ())
    return Scope(True, f"{said}, text says {named}", _join(reading, Reading(added.bits | vouched, added.hits)))


def role_named(lowered: str, kinds: str = "function") -> Reading:
    """The function that a description names: `as our solutions architect for …`, `we are looking for a researcher`."""
    sought, hits = tables().bits[kinds], list[Hit]()
    for match, _ in zip(_ROLE_NAMED.finditer(lowered), range(4), strict=False):
        if found := read(match[1]).bits & sought:
            hits.append(Hit(found, match[1]))
    return Reading(union(hits), tuple(hits))


def _join(one: Reading, other: Reading) -> Reading:
    return Reading(one.bits | other.bits, one.hits + other.hits)
