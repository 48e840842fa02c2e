"""Does a text say that its own vacancy is over?

A sentence counts when it says so of *this* posting and as a fact: not as a condition ("once the position is filled"),
a plan ("applications close on 3 December"), of something else ("we closed our Series B"), or beside an opening that is
said to be still open. The words of each language are in data/closed.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jobdigest.curate.clues import SENTENCE, Clues, folded, lines_with

MAX_NOTICE = 300  # characters; a longer sentence tells a story
MAX_LINES, MAX_LINE, MAX_LOUD = 60, 200, 120  # of a page without a way to apply


class _Language(NamedTuple):
    pieces: tuple[str, ...]
    states: re.Pattern[str]
    phrases: re.Pattern[str]
    loose: re.Pattern[str]
    bare: re.Pattern[str]
    lines: re.Pattern[str]
    unless: re.Pattern[str]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("jobdigest.curate").joinpath("data/closed.toml").read_text("utf-8"))


@cache
def _clues() -> Clues:
    words: dict[str, list[str]] = {}
    pieces: dict[str, list[str]] = {}
    for name, entry in _table().items():
        for word in entry.get("words", "").split() + entry.get("ends", "").split():
            words.setdefault(word, []).append(name)
        for piece in entry.get("pieces", "").split():
            pieces.setdefault(piece, []).append(name)
    return Clues(words, pieces)


@cache
def _ends() -> frozenset[str]:
    return frozenset(word for entry in _table().values() for word in entry.get("ends", "").split())


# By whom, when or why, behind a line such as "vacancy closed".
_AFTER_LINE = (
    r"(?: ?\([^()]{1,60}\)| (?:by|por|par|da|von|door|przez|av) [\w .-]{1,40}| (?:\w{1,3} )?\d[\w./, -]{3,22})?"
)


@cache
def _language(name: str) -> _Language:
    entry = _table()[name]
    spaced = "pieces" not in entry
    patterns = [_expanded(pattern, entry) for pattern in entry.get("strong", [])]
    edge = r"\b" if spaced else ""
    if "nouns" in entry:
        patterns += _beside(edge, entry["nouns"], entry["states"])
    loose = [_expanded(entry.get(f"loose_{part}", entry.get(part, "(?!)")), entry) for part in ("nouns", "states")]
    unless = "|".join(map(re.escape, entry["unless"].split()))
    return _Language(
        pieces=tuple(entry.get("pieces", "").split()),
        states=_any(patterns),
        loose=_any(_beside(edge, *loose)),
        bare=_any([entry[key] for key in ("bare_states", "loose_states") if key in entry][:1]),
        phrases=_any(entry.get("phrases", [])),
        lines=re.compile(
            rf"\W*(?:{'|'.join(_expanded(line, entry) for line in entry.get('lines', ['$.']))}){_AFTER_LINE}\W*"
        ),
        unless=re.compile(rf"\b(?:{unless})\b" if spaced else unless),
    )


def _beside(edge: str, nouns: str, states: str) -> list[str]:
    """Patterns of one of `nouns` near one of `states`, in either order."""
    noun, state = f"{edge}(?:{nouns})", f"{edge}(?:{states})"
    return [f"{noun}.{{0,70}}?{state}", f"{state}.{{0,30}}?{noun}"]


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


def _expanded(pattern: str, entry: dict[str, Any]) -> str:
    return pattern.replace("{OVER}", entry.get("over", "")).replace("{JOB}", entry.get("job", ""))


# Something is said to be open: what is closed is then another round, seat or city.
_STILL_OPEN = re.compile(
    r"\b(?:still|remains?|now|(?<!not )(?<!n't )currently|again) (?:open|hiring|accepting|recruiting)"
    r"|\b(?:is|are) open(?: now)?\b"
    r"|\b(?:we now|now we) (?:look|seek|search|need|hire)|now (?:looking|seeking)"
    r"|round two|next round|second round|new round|\b(?:hence|which is why) (?:this|we)\b"
    r"|noch offen|weiterhin offen|reste(?:nt)? ouvert|sigue abiert|continua abert"
)
# Not yet, by no one, or not on this way: "no longer by fax".
_NOT_YET = re.compile(
    r"\bnot (?:yet )?(?:been )?(?:closed|expired|filled)|\bexists? (?:elsewhere|outside|yet)|"
    r"\bclosed[- ](?:source|loop|beta|form|door|end|set|captions?)"
    r"|\b(?:the|our) last (?:\w+ )?(?:opening|round|search|vacancy|role|job|position|post|call)\b"
    r"|\b(?:no ?one|nobody|never)\b|\bwithin (?:\w+ ){1,2}(?:days?|weeks?|months?)\b"
    r"|\b(?:by|per|par|por|via|på) (?:post|mail|e-?mail|phone|telephone|letter|courrier|correo|brief)\b|fax|факс"
    r"|\bpapier\w*|\bpaper (?:applications?|cvs?|forms?)|\b(?:em|en) papel|cartace\w|бумажн|по почте|郵送|우편|邮寄"
    r"|\?\s*$"
)
_CAN = re.compile(r"\bcan(?:not|'t)?\b")
_MENTION = re.compile(r"\b(?:jobs|postings|roles|positions) (?:that|which|marked|shown|listed)\b")


# In running text, what is over must be this vacancy, or all that the line says.
_THIS = re.compile(
    r"\b(?:this(?! one)|diese[rs]?|cette?|ce|est[ae]|ess[ae]|quest[oa]|deze|dit|ta|to|tej?|tę|denn?[ae]|dette|den här"
    r"|det här|tämä\w*|tähän|tuto|tato|tento|této|bu|ez|erre|aceast[ăa]|acest[a]?|αυτή|эт[аоу]|этой|ця|цю|ini|này)\b"
    r"|\bquest'|^\W*(?:the )?(?:job|position|role|vacancy|posting|requisition|opening) (?:is|has|was)\b"
    r"|\b(?:no longer|not|stopped|closed|\w+n't) (?:\w+ )?(?:accepting|taking|to new|for) (?:\w+ )?(?:app|cand|cv)"
    r"|\b(?:job|position|role|post|posting|vacancy|page) (?:that )?you\b|[本该該此この이]|هذه|هذا|זו|הזו|यह|इस|นี้"
)
_CLAUSE = re.compile(r"; | but | while | whereas | although ")
_BRIEF = 32  # characters


def closed_notice(text: str, *, running: bool = False) -> str | None:
    """The sentence of `text` (plain text) that says its vacancy is over, or None.

    `running`: the text is one of many sentences, or stands beside a way to apply, and so must be clear.
    """
    clues = _clues().find(text)
    if not clues:
        return None
    low = folded(text)
    if len(low) != len(text):  # a few capitals grow, and positions would no longer fit
        text = low
    for start, end in lines_with(low, clues):
        line, original = low[start:end].strip(), text[start:end].strip()
        if len(line) < 80 and any(_language(name).lines.fullmatch(line) for name in _languages(line, clues)):
            return original
        found = _sentence_of(line, clues, running and len(line) > _BRIEF)
        if found:
            return original[found[0] : found[1]].strip()
    return None


def loose_notice(text: str, loud: str) -> str | None:
    """The same for a page that offers no way to apply: any language's words in a short line will do.

    In what is `loud`, such as a banner or a dead button, the words for the end need no vacancy beside them.
    """
    for line in text.splitlines()[:MAX_LINES]:
        for sentence in SENTENCE.findall(line) if len(line) <= MAX_LINE else ():
            low = folded(sentence).strip()
            if not _STILL_OPEN.search(low) and (_says_closed(low, list(_table())) or _says_loosely(low)):
                return str(sentence.strip())
    lines = (line for line in loud.splitlines()[:MAX_LINES] if len(line) <= MAX_LOUD)
    return next((line for line in lines if _says_end(folded(line))), None)


def _says_end(line: str) -> bool:
    return (
        not _STILL_OPEN.search(line)
        and not _NOT_YET.search(line)
        and any(
            language.bare.search(line) and not _is_condition(language, line, len(line), "")
            for language in map(_language, _table())
        )
    )


def _says_loosely(sentence: str) -> bool:
    return not _NOT_YET.search(sentence) and any(
        language.loose.search(sentence) and not _is_condition(language, sentence, len(sentence), "")
        for language in map(_language, _table())
    )


def _languages(part: str, clues: Mapping[str, Collection[str]]) -> list[str]:
    ends = _ends()
    found = (clue for clue in clues if clue in part and (clue not in ends or part.rstrip(" .!").endswith(clue)))
    return sorted({name for clue in found for name in clues[clue]})


def _sentence_of(line: str, clues: Mapping[str, Collection[str]], clear: bool) -> tuple[int, int] | None:
    """Where in `line` (lower case) a notice stands, if one does."""
    spans = [match.span() for match in SENTENCE.finditer(line)]
    for number, (start, end) in enumerate(spans):
        sentence = line[start:end].strip()
        if len(sentence) > MAX_NOTICE or not _says_closed(sentence, _languages(sentence, clues)):
            continue
        if clear and not any(
            _THIS.search(clause) and _says_closed(clause, _languages(clause, clues))
            for clause in _CLAUSE.split(sentence)
        ):
            continue
        after = line[start : spans[min(number + 1, len(spans) - 1)][1]]
        if not _STILL_OPEN.search(after):
            return start, end
    return None


def _says_closed(sentence: str, languages: list[str]) -> bool:
    for name in languages:
        language = _language(name)
        found = language.states.search(sentence)
        if found and not _is_condition(language, sentence, found.end(), found[0]) and not _NOT_YET.search(sentence):
            return True
        found = language.phrases.search(sentence)  # may hold a word like "can" of its own
        if found and not _is_condition(language, sentence, found.start(), "") and not _NOT_YET.search(sentence):
            return True
    return False


def _is_condition(language: _Language, sentence: str, end: int, found: str) -> bool:
    """Is what was `found` a condition or a plan, by the words of `sentence` up to `end`?"""
    if language.pieces:
        return language.unless.search(sentence) is not None
    conditions = set(language.unless.findall(sentence[:end]))
    if " have" in found or "couldn't" in found:
        conditions.clear()
    elif _CAN.search(found[:12]):
        conditions.discard("can")
    return bool(conditions) or _MENTION.search(sentence) is not None
