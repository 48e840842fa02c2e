"""Is a posting AI work at all? Reads a title as a set of concepts and lets an ordered table of rules decide.

    title ─► words ─► concepts (data/roles_words.txt) ─► first rule that holds (data/roles_rules.txt) ─► in, out
                                                                                                   └► ask: employer, text

`roles` answers the second question, which type, with the same reading and the same kind of rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

TITLE_LIMIT = 300
TEXT_LIMIT = 6_000
_CJK = "\u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af"
_NO_ACCENT = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d"})  # letters that do not decompose
_WORD = re.compile(r"[a-z0-9]+|&")
_ANY_WORD = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+|&")
_IS_CJK = re.compile(rf"[{_CJK}]")
_OF_ROLE = re.compile(
    r"\b(?:as (?:an?|our|the|your)|(?:looking for|seeking|hiring|searching for|role of|position of) (?:an? |our |the )?)"
    r" ?([^.,;:!\n]{3,70})"
)


_SCOPES = {"in", "out"}
_KINDS = {"chip": "an AI chip maker", "ai": "an AI company", "lab": "a known research lab", "other": "of no known kind"}


class Hit(NamedTuple):
    """A phrase found in a title, and the concepts it stands for as a bit mask."""

    bits: int
    words: str


class Reading(NamedTuple):
    """What the words of a title mean: all concepts as one bit mask, and where each came from."""

    bits: int
    hits: tuple[Hit, ...]

    def __add__(self, other: Reading) -> Reading:  # type: ignore[override]
        return Reading(self.bits | other.bits, self.hits + other.hits)


class Rule(NamedTuple):
    """`outcome` holds where every mask of `needs` is met and nothing of `forbids` is there."""

    outcome: str
    needs: tuple[int, ...]
    forbids: int


class Scope(NamedTuple):
    """The answer to the first question; `reading` also carries what employer and text added to the title."""

    in_scope: bool
    evidence: str
    reading: Reading


class Tables(NamedTuple):
    """The data files, parsed: concept → bit, first word → (phrase, bits), ideographic phrases, rules by part."""

    bits: Mapping[str, int]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    ideographs: Mapping[str, int]
    given: tuple[Rule, ...]
    scope: tuple[Rule, ...]
    roles: tuple[Rule, ...]
    romance: frozenset[str]
    text_terms: tuple[str, ...]
    employers: Mapping[str, str]
    policies: Mapping[str, Mapping[str, tuple[int | None, bool]]]


def fold(text: str) -> str:
    """Small letters without accents, in composed form."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_NO_ACCENT))
    return unicodedata.normalize("NFKC", "".join(c for c in parts if not unicodedata.combining(c)))


def lines_of(name: str) -> Iterator[tuple[str, str]]:
    """The `key: value` lines of a data file, folded, without comments."""
    text = (files("jobdigest.curate") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            yield fold(key.strip()), fold(value.strip())


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The shipped tables, read once."""
    implied: dict[str, list[str]] = {}
    sets: dict[str, list[str]] = {}
    raw_rules: list[tuple[str, str]] = []
    raw_given: list[tuple[str, str]] = []
    policies: dict[str, Mapping[str, tuple[int | None, bool]]] = {}
    for key, value in lines_of("roles_rules.txt"):
        kind, _, name = key.rpartition(" ")
        if kind == "given":
            raw_given.append((name, value))
        elif kind == "policy":
            policies[f"ask {name}"] = dict(map(_policy, value.split(",")))
        elif kind == "imply":
            implied[name] = value.split()
        elif kind == "set":
            sets[name] = value.split()
        else:
            raw_rules.append((key, value))
    bits: dict[str, int] = {"first": 1}
    words: dict[str, int] = {}
    for concept, value in lines_of("roles_words.txt"):
        mask = _with_implied(concept, implied, bits)
        for phrase in value.split(","):
            words[phrase.strip()] = words.get(phrase.strip(), 0) | mask
    for name, members in sets.items():
        bits[name] = _mask(members, bits)
    evidence: dict[str, list[str]] = {}
    for kind, value in lines_of("roles_evidence.txt"):
        evidence.setdefault(kind, []).extend(each.strip() for each in value.split(","))
    rules = [parse_rule(outcome, value, bits) for outcome, value in raw_rules]
    return Tables(
        bits,
        _by_first_word(words),
        {phrase: mask for phrase, mask in words.items() if _IS_CJK.search(phrase)},
        tuple(parse_rule(concept, value, bits) for concept, value in raw_given),
        tuple(rule for rule in rules if rule.outcome in _SCOPES or rule.outcome in policies),
        tuple(rule for rule in rules if rule.outcome not in _SCOPES and rule.outcome not in policies),
        frozenset(evidence["romance"]),
        tuple(evidence["text"]),
        {name.replace(" ", ""): kind for kind in ("lab", "ai", "chip") for name in evidence[kind]},
        policies,
    )


def _policy(text: str) -> tuple[str, tuple[int | None, bool]]:
    """`ai 3 in` as (kind, (terms needed in a text or None, in without a text))."""
    kind, needed, alone = text.split()
    return kind, (None if needed == "-" else int(needed), alone == "in")


def _with_implied(concept: str, implied: Mapping[str, Sequence[str]], bits: dict[str, int]) -> int:
    mask = bits.setdefault(concept, 1 << len(bits))
    for other in implied.get(concept, ()):
        mask |= _with_implied(other, implied, bits)
    return mask


def _mask(names: Sequence[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for name in names:
        mask |= bits[name]
    return mask


def parse_rule(outcome: str, conditions: str, bits: Mapping[str, int]) -> Rule:
    """`a|b & c - d|e` as masks; KeyError names a concept that roles_words.txt lacks."""
    positive, _, negative = conditions.partition(" - ")
    needs = tuple(_mask(term.strip().split("|"), bits) for term in positive.split("&"))
    return Rule(outcome, needs, _mask(negative.strip().split("|"), bits) if negative else 0)


def _by_first_word(words: Mapping[str, int]) -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for phrase, mask in words.items():
        parts = tuple(phrase.split())
        if parts:
            found.setdefault(parts[0], []).append((parts, mask))
    return {first: tuple(sorted(each, key=lambda p: -len(p[0]))) for first, each in found.items()}


@lru_cache(maxsize=8192)
def read(title: str) -> Reading:
    """The concepts of a title, or of any short phrase; looks at its first 300 characters."""
    folded = fold(title[:TITLE_LIMIT])
    words = (_WORD if folded.isascii() else _ANY_WORD).findall(folded)
    phrases, hits, at = tables().phrases, [], 0
    while at < len(words):
        hit, used = _longest(words, at, phrases)
        if hit:
            hits.append(hit)
        elif not words[at].isascii() and _IS_CJK.search(words[at]):
            hits.extend(_ideographic(words[at]))
        at += used
    bits = _all_of(hits)
    for rule in tables().given:
        if not rule.forbids & bits and all(need & bits for need in rule.needs):
            bits |= tables().bits[rule.outcome]
    if bits & tables().bits["outhead"] and _starts_in_field(hits):
        bits |= tables().bits["first"]
    if bits & tables().bits["ia"] and not tables().romance.isdisjoint(words):
        bits |= tables().bits["ai"]
    return Reading(bits, tuple(hits))


def _starts_in_field(hits: Sequence[Hit]) -> bool:
    """Whether a person of the field is named before any plain function."""
    known = tables().bits
    for hit in hits:
        if hit.bits & (known["person"] | known["outhead"]):
            return not hit.bits & known["outhead"]
    return False


def _same(word: str, part: str) -> bool:
    return word == part or (word[-1:] == "s" and word[:-1] == part) or (word == "&" and part == "and")


def _longest(
    words: Sequence[str], at: int, phrases: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
) -> tuple[Hit | None, int]:
    word = words[at]
    candidates = phrases.get(word, ())
    if word[-1] == "s" and len(word) > 3:
        candidates += phrases.get(word[:-1], ())
    best: tuple[Hit | None, int] = (None, 1)
    for parts, mask in candidates:
        size = len(parts)
        if (best[0] is None or size > best[1]) and at + size <= len(words):
            if size == 1 or all(map(_same, words[at + 1 : at + size], parts[1:])):
                best = (Hit(mask, " ".join(words[at : at + size])), size)
    return best


def _ideographic(run: str) -> Iterator[Hit]:
    known, at = tables().ideographs, 0
    while at < len(run):
        for size in range(min(12, len(run) - at), 0, -1):
            if mask := known.get(run[at : at + size]):
                yield Hit(mask, run[at : at + size])
                break
        at += size


def first_rule(rules: Sequence[Rule], bits: int) -> Rule | None:
    """The first rule that holds for these concepts."""
    for rule in rules:
        if not rule.forbids & bits and all(need & bits for need in rule.needs):
            return rule
    return None


def words_for(rule: Rule, reading: Reading) -> str:
    """The words that made a rule hold: `"fraud" and "data scientist"`."""
    found: list[str] = []
    for need in rule.needs:
        words = next((hit.words for hit in reading.hits if hit.bits & need), "")
        if words and words not in found:
            found.append(words)
    return " and ".join(f'"{words}"' for words in found)


@lru_cache(maxsize=4096)
def scope_rule(bits: int) -> Rule | None:
    """The scope rule for a set of concepts; titles share few sets, so it is remembered."""
    return first_rule(tables().scope, bits)


@lru_cache(maxsize=4096)
def employer_kind(company: str | None) -> str:
    """`chip`, `ai` or `lab` where the employer's name tells, else `other` (roles_evidence.txt has the names)."""
    words = _ANY_WORD.findall(fold((company or "")[:TITLE_LIMIT]))
    known = tables().employers
    named = next((known[name] for size in (3, 2, 1) if (name := "".join(words[:size])) in known), None)
    if named is None and words and ("ai" in (words[0], words[-1]) or (company or "").rstrip().endswith("AI")):
        return "ai"
    return named or "other"


def judge_scope(title: str, *, company: str | None = None, team: str | None = None, text: str = "") -> Scope:
    """In or out; employer, team and text are asked only where the title cannot tell.

    `text` is the description as plain text; its first 6,000 characters are looked at.
    """
    reading = read(title)
    rule = scope_rule(reading.bits)
    if rule is None:
        return Scope(False, "nothing in the title is AI or data work", reading)
    if rule.outcome in {"in", "out"}:
        if reading.bits & tables().bits["mts"]:
            reading += role_in(text[:TEXT_LIMIT].lower())
        return Scope(rule.outcome == "in", f"title says {words_for(rule, reading)}", reading)
    about = read(team or "")
    found = scope_rule(about.bits)
    if found and found.outcome == "in" and not rule.outcome.endswith(("product", "algorithm")):
        return Scope(True, f"team says {words_for(found, about)}", reading + about)
    return _ask(rule, reading, employer_kind(company), text)


def _ask(rule: Rule, reading: Reading, kind: str, text: str) -> Scope:
    """What the employer and the text say where the title leaves it open."""
    policy = tables().policies[rule.outcome]
    needed, alone = policy.get(kind) or policy["ai" if kind == "chip" else "other"]
    said = f"title says {words_for(rule, reading)}"
    if not text:
        return Scope(alone, f"{said}, employer is {_KINDS[kind]}", reading)
    lowered = text[:TEXT_LIMIT].lower()
    terms = [term for term in tables().text_terms if term in lowered]
    if needed is None or len(terms) < needed:
        return Scope(False, f"{said}, and the text names too little AI work", reading)
    named = ", ".join(f'"{term}"' for term in terms[:3])
    return Scope(
        True, f"{said}, text says {named}", reading + role_in(lowered) if rule.outcome == "ask staff" else reading
    )


def role_in(lowered: str) -> Reading:
    """The function a description names: `as our solutions architect for …`, `we are looking for a researcher`."""
    functions, hits = tables().bits["function"], list[Hit]()
    for match, _ in zip(_OF_ROLE.finditer(lowered), range(4), strict=False):
        if found := read(match[1]).bits & functions:
            hits.append(Hit(found, match[1]))
    return Reading(_all_of(hits), tuple(hits))


def _all_of(hits: Sequence[Hit]) -> int:
    bits = 0
    for hit in hits:
        bits |= hit.bits
    return bits
