"""What the words of a title mean: the vocabulary and the rules that `scope` and `roles` decide with.

    title ─► words ─► phrases of data/roles_words.txt ─► concepts, one bit each ─► first rule of data/roles_rules.txt

The tables say how they are written; docs/roles.md says why it is done so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from jobdigest.curate.titlewords import is_place

TITLE_LIMIT = 300
_LONGEST_IDEOGRAPHIC = 12
_CJK = "\u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af"
_NO_ACCENT = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d"})  # letters that do not decompose
_WORD = re.compile(r"[a-z0-9]+")
_EITHER_GENDER = re.compile(  # `Ingeniero/a`, `Entwickler:in`, `Doctorant·e`, `Anotador(a)`
    r"(?<=[a-z]{4})(?:[/*:·•._-]|\()-?(?:in|innen|[aeo]s?|r|n|ne|te|se|ve|rice|trice|euse|ere|eure)(?![\w-])\)?"
)
_ANY_WORD = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+")
_RATE = re.compile(r"(?<=\d)k?\+?\s?/\s?(?:hr|hour|day|week|month|yr|year)s?\b")  # no human resources
_DECLARES = {"imply", "set", "given", "policy", "spelled"}
_COMPOUND = re.compile(  # `Bildverarbeitungsentwickler`: what it is about, and the person
    r"([a-z]{4,}?)s?(entwickler|ingenieur|spezialist|experte|analyst|berater|architekt|wissenschaftler|forscher"
    r"|beauftragter?|leiter|trainer|referent)(?:in|innen)?"
)
_IS_CJK = re.compile(rf"[{_CJK}]")


class Hit(NamedTuple):
    """Words found in a title, and the concepts they stand for as a bit mask."""

    bits: int
    words: str


class Reading(NamedTuple):
    """All concepts of a title as one bit mask, and where each came from."""

    bits: int
    hits: tuple[Hit, ...]


class Rule(NamedTuple):
    """`outcome` holds where every mask of `needs` is met and nothing of `forbids` is there."""

    outcome: str
    needs: tuple[int, ...]
    forbids: int

    def holds(self, bits: int) -> bool:
        """Whether it holds for these concepts."""
        return not self.forbids & bits and all(need & bits for need in self.needs)


class Phrase(NamedTuple):
    """The words after the second, and what the whole stands for."""

    rest: tuple[str, ...]
    bits: int


class Start(NamedTuple):
    """What a word can begin: `bits` of the word alone, and longer phrases by their second word, the longest first."""

    bits: int
    longer: dict[str, list[Phrase]]


class Policy(NamedTuple):
    """What an open title is worth at one kind of employer.

    `needed` terms of AI work in a text bring it in (None: no number does). `alone` says what the title is worth
    without a text: `in`, `out`, `bare`, in where it says nothing more than that, or `near`, one word more.
    """

    needed: int | None
    alone: str


class Tables(NamedTuple):
    """The data files, parsed. `bits` also has the named sets; `policies` is outcome → employer kind → policy.

    `text_terms` are the words of AI work to look for in a text, by outcome; those of `text` go for all others.
    """

    bits: Mapping[str, int]
    phrases: Mapping[str, Start]
    ideographs: Mapping[str, int]
    grants: Mapping[str, int]
    given: tuple[Rule, ...]
    scope: tuple[Rule, ...]
    roles: tuple[Rule, ...]
    policies: Mapping[str, Mapping[str, Policy]]
    facets: frozenset[str]
    romance: frozenset[str]
    text_terms: Mapping[str, tuple[str, ...]]
    employers: Mapping[str, str]


def fold(text: str) -> str:
    """Small letters without accents, in composed form."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_NO_ACCENT))
    return unicodedata.normalize("NFKC", "".join(c for c in parts if not unicodedata.combining(c)))


def words_of(text: str) -> list[str]:
    """The words of a text, folded; a run of ideographs is one word."""
    folded = _RATE.sub(" ", _EITHER_GENDER.sub("", fold(text))).replace("&", " and ")
    return (_WORD if folded.isascii() else _ANY_WORD).findall(folded)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The shipped tables, read once."""
    lines: dict[str, list[tuple[str, str]]] = {}
    for key, value in _lines_of("roles_rules.txt"):
        kind, _, name = key.rpartition(" ")
        lines.setdefault(kind if kind in _DECLARES else "rule", []).append((name if kind in _DECLARES else key, value))
    implied = dict(lines["imply"])
    bits, words = _read_words(implied, lines["spelled"])
    for name, members in lines["set"]:
        bits[name] = _mask(members.split(), bits)
    policies = {f"ask {name}": dict(map(_policy, value.split(","))) for name, value in lines["policy"]}
    rules = [_rule(outcome, value, bits) for outcome, value in lines["rule"]]
    evidence: dict[str, list[str]] = {}
    for kind, value in _lines_of("roles_evidence.txt"):
        evidence.setdefault(kind, []).extend(each.strip() for each in value.split(","))
    return Tables(
        bits=bits,
        phrases=_by_first_words(words),
        ideographs={phrase: mask for phrase, mask in words.items() if _IS_CJK.search(phrase)},
        grants={concept: _with_implied(concept, implied, bits) for concept, _ in lines["given"]},
        given=tuple(_rule(concept, value, bits) for concept, value in lines["given"]),
        scope=tuple(rule for rule in rules if rule.outcome in {"in", "out", *policies}),
        roles=tuple(rule for rule in rules if rule.outcome not in {"in", "out", *policies}),
        policies=policies,
        facets=frozenset(evidence["facets"]),
        romance=frozenset(evidence["romance"]),
        text_terms={
            name.replace("text ", "ask "): tuple(evidence[name]) for name in evidence if name.startswith("text")
        },
        employers={name.replace(" ", ""): kind for kind in ("lab", "ai", "feeder", "chip") for name in evidence[kind]},
    )


def _lines_of(name: str) -> Iterator[tuple[str, str]]:
    text = (files("jobdigest.curate") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            yield fold(key.strip()), fold(value.strip())


def _read_words(
    implied: Mapping[str, str], spelled: Iterable[tuple[str, str]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Concept → bit, and phrase → bits; no phrase has the concepts `first` and `vouched`."""
    bits, words = {"first": 1, "vouched": 2}, dict[str, int]()
    for concept, value in _lines_of("roles_words.txt"):
        mask = _with_implied(concept, implied, bits)
        for phrase in map(str.strip, value.split(",")):
            words[phrase] = words.get(phrase, 0) | mask
    for short, long in spelled:
        for phrase in [each for each in words if short in each.split()]:
            words.setdefault(" ".join(long if word == short else word for word in phrase.split()), words[phrase])
    return bits, words


def _with_implied(concept: str, implied: Mapping[str, str], bits: dict[str, int]) -> int:
    mask = bits.setdefault(concept, 1 << len(bits))
    for other in implied.get(concept, "").split():
        mask |= _with_implied(other, implied, bits)
    return mask


def _mask(names: Iterable[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for name in names:
        mask |= bits[name]
    return mask


def _policy(text: str) -> tuple[str, Policy]:
    """`ai 3 in` as (employer kind, policy)."""
    kind, needed, alone = text.split()
    return kind, Policy(None if needed == "-" else int(needed), alone)


def _rule(outcome: str, conditions: str, bits: Mapping[str, int]) -> Rule:
    positive, _, negative = conditions.partition(" - ")
    needs = tuple(_mask(term.strip().split("|"), bits) for term in positive.split("&"))
    return Rule(outcome, needs, _mask(negative.strip().split("|"), bits) if negative else 0)


def _by_first_words(words: Mapping[str, int]) -> dict[str, Start]:
    """Phrases by their first two words or the plurals of these; what is written out goes before a plural."""
    singles = {text: mask for text, mask in words.items() if " " not in text}
    plurals = {text + "s": mask for text, mask in singles.items() if len(text) > 2}
    singles = plurals | {text: mask | plurals.get(text, 0) for text, mask in singles.items()}
    found = {text: Start(mask, {}) for text, mask in singles.items()}
    for text, mask in sorted(words.items(), key=lambda each: -each[0].count(" ")):
        first, *others = text.split()
        for one in (first, first + "s") if others else ():
            longer = found.setdefault(one, Start(0, {})).longer
            for two in (others[0], others[0] + "s"):
                longer.setdefault(two, []).append(Phrase(tuple(others[1:]), mask))
    return found


@lru_cache(maxsize=32_768)
def read(title: str) -> Reading:
    """The concepts of a title, or of any short phrase; looks at its first 300 characters."""
    known = tables()
    words = [part for word in words_of(title[:TITLE_LIMIT]) for part in _parts(word, known.phrases)]
    hits: list[Hit] = []
    at = 0
    while at < len(words):
        word = words[at]
        start = known.phrases.get(word)
        used, mask = _longest(start, words, at) if start else (1, 0)
        if mask:
            hits.append(Hit(mask, word if used == 1 else " ".join(words[at : at + used])))
        elif not word.isascii():
            hits.extend(_ideographic(word, known.ideographs))
        at += used
    bits = union(hits)
    if bits & known.bits["ia"] and _says_ai(words, hits, known.romance):
        bits |= known.bits["ai"]
    if bits & known.bits["outhead"] and _starts_in_field(hits, known.bits):
        bits |= known.bits["first"]
    settled = _settle(bits)
    return Reading(settled, tuple(_credit(hits, settled & ~bits) if settled != bits else hits))


def _parts(word: str, known: Mapping[str, Start]) -> tuple[str, ...]:
    """A German compound that the table lacks, as its two parts; any other word as it is."""
    if len(word) < 12 or word in known or not (found := _COMPOUND.fullmatch(word)):
        return (word,)
    return found.groups()


def _longest(start: Start, words: Sequence[str], at: int) -> tuple[int, int]:
    """How many words the longest phrase at this place has, and its concepts."""
    if start.longer and at + 1 < len(words):
        for rest, mask in start.longer.get(words[at + 1], ()):
            if not rest or _same_words(words, at + 2, rest):
                return 2 + len(rest), mask
    return 1, start.bits


def _same_words(words: Sequence[str], start: int, rest: Sequence[str]) -> bool:
    there = words[start : start + len(rest)]
    return len(there) == len(rest) and all(word in (part, part + "s") for word, part in zip(there, rest, strict=True))


def _ideographic(run: str, known: Mapping[str, int]) -> Iterator[Hit]:
    """Chinese, Japanese and Korean write no spaces: the longest known phrase at each place."""
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST_IDEOGRAPHIC, len(run) - at), 0, -1):
            if mask := known.get(run[at : at + size]):
                yield Hit(mask, run[at : at + size])
                break
        at += size


def _says_ai(words: Sequence[str], hits: Sequence[Hit], romance: frozenset[str]) -> bool:
    """Whether "IA" is AI: beside a word of a language that calls it so, or right after a function, not after a town."""
    before = words[words.index("ia") - 1] if words[0] != "ia" else ""
    return not romance.isdisjoint(words) or any(hit.words.endswith(before) for hit in hits if before)


def _starts_in_field(hits: Sequence[Hit], known: Mapping[str, int]) -> bool:
    """Whether a person of the field is named before any plain function: "Data Engineer, Sales".

    A bare "Analyst" may be a rank: "Analyst/Associate - Equity Research".
    """
    either = known["person"] | known["outhead"]
    hits = [hit for hit in hits if hit.words != "analyst"]
    return next((not hit.bits & known["outhead"] for hit in hits if hit.bits & either), False)


@lru_cache(maxsize=16_384)
def _settle(bits: int) -> int:
    """Adds the concepts that words have only in company; titles share few sets, so it is remembered."""
    known = tables()
    for rule in known.given:
        if rule.holds(bits):
            bits |= known.grants[rule.outcome]
    return bits


def unread(title: str, reading: Reading, company: str | None) -> int:
    """How many words of a title say something besides what was read: facets, numbers, places and the employer don't."""
    known = (
        {word for hit in reading.hits for word in hit.words.split()} | tables().facets | set(words_of(company or ""))
    )
    return sum(not (word in known or word.isdigit() or is_place((word,))) for word in words_of(title[:TITLE_LIMIT]))


def _credit(hits: Sequence[Hit], added: int) -> Iterator[Hit]:
    """Gives the words that a `given` rule was waiting for the concept that it added."""
    known = tables()
    rules = [rule for rule in known.given if known.bits[rule.outcome] & added]
    for hit in hits:
        yield Hit(hit.bits | _mask((r.outcome for r in rules if r.needs[0] & hit.bits), known.bits), hit.words)


def union(hits: Iterable[Hit]) -> int:
    """The concepts of several hits."""
    bits = 0
    for hit in hits:
        bits |= hit.bits
    return bits


def first_rule(rules: Iterable[Rule], bits: int) -> Rule | None:
    """The first rule that holds for these concepts."""
    return next((rule for rule in rules if rule.holds(bits)), None)


def words_for(rule: Rule, reading: Reading) -> str:
    """The words that made a rule hold: `"fraud" and "data scientist"`."""
    found: list[str] = []
    for need in rule.needs:
        for hit in reading.hits:
            if hit.bits & need:
                if hit.words not in found:
                    found.append(hit.words)
                break
    return '"' + '" and "'.join(found or [hit.words for hit in reading.hits]) + '"'
