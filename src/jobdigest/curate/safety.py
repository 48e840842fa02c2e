"""Is a posting a fraud? Evidence in words, for an operator to judge.

    assess(…) ─► reasons (empty: ok) ─► judge_safety(reasons, …, allow, deny) ─► ok | suspect, reasons

The text is read sentence by sentence. Each signal of data/safety.toml (who is asked for what) has a weight: 2 is
enough, 1 needs company. A sentence that warns, denies, or speaks of fraud as the work is no evidence, nor are those
right after an outright warning. A host unlike the employer is no evidence either; one that imitates it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from jobdigest.curate.clues import SENTENCE, Clues, folded, lines_with
from jobdigest.curate.lookalike import lookalike
from jobdigest.curate.url import host, registrable_domain
from jobdigest.curate.wording import ENOUGH, SHORT, UNHEARD, Reading, head_features, reading, touchy_in
from jobdigest.model import Safety

SUSPECT_AT = 2.0
MAX_READ = 20_000  # characters of a description
MAX_SENTENCE = 700
MAX_WORDING = 8_000  # characters
LIKE_A_FRAUD = 1.1  # of `wording.reading`; a long text has many passages, so one must say much
LIKE_ONE_WHOLE = 0.4  # the same of a short text
FAINTLY_LIKE = -1.0  # beside other evidence
HONEST_BELOW = -2.5  # so far off, a short text is honest unless several things speak against it


class _Signal(NamedTuple):
    """One entry of data/safety.toml: what must be there, what mustn't, and how much it weighs."""

    reason: str
    weight: float
    stack: bool
    near: bool
    excuse: bool
    unless: re.Pattern[str] | None
    also: re.Pattern[str] | None
    patterns: tuple[re.Pattern[str], ...]
    all: tuple[re.Pattern[str], ...]
    two_of: tuple[re.Pattern[str], ...]

    def weighs(self, sentence: str, window: str) -> float:
        """The weight of the evidence in a sentence, or in a window of three for signals that look for parts."""
        text = window if self.all and not self.near else sentence
        if self.also and not self.also.search(text):
            return 0
        hits = sum(pattern.search(text) is not None for pattern in self.patterns)
        if self.all:
            hits = all(pattern.search(text) for pattern in self.all) and self._has_two(text)
        if not hits or (self.unless and self.unless.search(sentence)) or (self.excuse and _excused(sentence, text)):
            return 0
        return min(self.weight * hits, SUSPECT_AT) if self.stack else self.weight

    def _has_two(self, text: str) -> bool:
        return not self.two_of or sum(pattern.search(text) is not None for pattern in self.two_of) > 1


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("jobdigest.curate").joinpath("data/safety.toml").read_text("utf-8"))


@cache
def _clues() -> Clues:
    words: dict[str, list[str]] = {}
    pieces: dict[str, list[str]] = {}
    for number, entry in enumerate(_table()["signal"]):
        if entry["weight"] < 1:
            continue
        for word in entry.get("words", "").split():
            words.setdefault(word, []).append(str(number))
        for piece in entry.get("pieces", "").split():
            pieces.setdefault(piece, []).append(str(number))
    return Clues(words, pieces)


@cache
def _marks() -> dict[str, frozenset[str]]:
    """What is no word by itself, such as `@` and `t.me/`, and the signals it is a clue to."""
    marks: dict[str, set[str]] = {}
    for number, entry in enumerate(_table()["signal"]):
        for mark in entry.get("marks", "").split():
            marks.setdefault(mark, set()).add(str(number))
    return {mark: frozenset(names) for mark, names in marks.items()}


@cache
def _signal(number: str) -> _Signal:
    entry = _table()["signal"][int(number)]
    stack = entry.get("stack", False)
    patterns = entry.get("patterns", [])
    return _Signal(
        entry["reason"],
        entry["weight"],
        stack,
        entry.get("near", False),
        entry.get("excuse", True),
        _compiled(entry["unless"]) if "unless" in entry else None,
        _compiled(entry["also"]) if "also" in entry else None,
        tuple(map(_compiled, patterns if stack else ["|".join(f"(?:{one})" for one in patterns)] if patterns else [])),
        tuple(map(_compiled, entry.get("all", []))),
        tuple(map(_compiled, entry.get("two_of", []))),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    table = _table()
    return re.compile(pattern.replace("{MONEY}", table["money"]).replace("{YOU}", table["you"]))


@cache
def _says(what: str) -> re.Pattern[str]:
    """One of the lists `excuse`, `warning`, `disowned` of the table."""
    return re.compile("|".join(_table()[what]))


def _excused(sentence: str, text: str) -> bool:
    """Whether the text denies it, or the sentence is about what others do or about what is to be built."""
    if _says("excuse").search(text) or _DUTY.match(sentence):
        return True
    return _OTHERS.search(sentence) is not None and not _ADDRESSED.search(sentence)


_OTHERS = re.compile(
    r"\b(?:customers?|clients?|users?|creators?|sellers?|merchants?|drivers?|riders?|shoppers?|players|people|residents"
    r"|freelancers|students|learners|tenants|patients|buyers|policyholders|subscribers|borrowers|members|shops|companies"
    r"|businesses|firms|employers|consumers|households|families|travell?ers|guests|hosts|donors|investors|traders)"
    r"(?: and \w+)? (?:(?:can|how|may|will|must|could|sometimes|often|usually|then|also|who|to|easily) )*"
    r"(?:pay|pays|buy|buys|top|send|sends|keep|move|earn|deposit|withdraw|transfer|rate|like|exchange|lose|use|share"
    r"|upload|submit|get|choose|link|invite|recharge|receive|open|rent|sell|dispute|verify|scan|borrow|convert|chat"
    r"|message|write|contact|place|order|refill|fund|join|accept|hold)\b"
)
_ADDRESSED = re.compile(r"\b(?:you|your|yours|yourself|applicants?|candidates?|hires?|trainees?|newcomers?)\b")
_DUTY = re.compile(
    r"(?:you(?:'ll| will| would)? |we |our team |the team |as \w+ \w+,? you )?"
    r"(?:build|design|develop|model|study|analy[sz]e|forecast|predict|maintain|research|engineer|detect|reverse"
    r"|architect|implement|integrate|migrate|audit)\b"
    r"(?! (?:your|a (?:team|downline|network)|\w+ (?:lines|legs|levels)))"
)
_SAFETY_WORK = re.compile(
    r"fraud|scam|trust (?:&|and) safety|abuse|integrity|\baml\b|money laundering|identity|kyc|threat|security"
    r"|moderation|compliance|risk",
    re.IGNORECASE,
)


def assess(
    *, title: str, company: str | None, url: str | None, salary: str | None, description: str
) -> tuple[str, ...]:
    """Why a posting is suspect, strongest reason first; empty if the evidence isn't enough to hold it back."""
    line = f"{title}\n{salary}" if salary else title
    found = _spoken(f"{line}\n{description[:MAX_READ]}") if description else dict(_spoken_in_line(line))
    pay = _pay(title, salary, description)
    if pay:
        found[pay[0]] = pay[1]
    imitated = lookalike(url, company) if url else None
    if imitated:
        found[imitated] = SUSPECT_AT
    needed = SUSPECT_AT + (1 if found and not imitated and _SAFETY_WORK.search(title) else 0)
    missing = needed - sum(found.values())
    if 0 < missing < 1:
        found |= _late(description)
    heard = _heard(title, salary or "", description) if description else None
    total = sum(found.values())
    if heard and total < needed:
        found |= _by_wording(heard, total)
    elif heard and not imitated and UNHEARD < heard.whole < HONEST_BELOW and total < needed + SUSPECT_AT:
        return ()
    if sum(found.values()) < needed:
        return ()
    return tuple(sorted(found, key=lambda reason: (-found[reason], reason)))


def _late(description: str) -> dict[str, float]:
    """The faint signals, tried only where they could decide."""
    signals = (_signal(str(number)) for number, entry in enumerate(_table()["signal"]) if entry["weight"] < 1)
    low = folded(description[:MAX_READ])
    return {signal.reason: signal.weight for signal in signals if signal.weighs(low, low)}


def _heard(title: str, salary: str, description: str) -> Reading | None:
    """How the text reads, if it speaks of what frauds are after."""
    low = folded(description[:MAX_WORDING])
    things = touchy_in(low)
    if len(things) < (1 if len(low) <= SHORT else ENOUGH):
        return None
    sentences = _sentences(low)
    head = head_features(folded(title), folded(salary[:MAX_SENTENCE]))
    heard = reading(sentences, things, head)
    if heard.touchy < LIKE_A_FRAUD and heard.whole < LIKE_ONE_WHOLE:
        return heard
    excuse = _says("excuse")  # costly, so looked for only where it could decide
    return reading(
        [(sentence, warned or excuse.search(sentence) is not None) for sentence, warned in sentences], things, head
    )


def _by_wording(heard: Reading, total: float) -> dict[str, float]:
    """What the text's likeness to frauds weighs beside evidence of a `total` weight."""
    if heard.touchy >= LIKE_A_FRAUD or heard.whole >= LIKE_ONE_WHOLE:
        weight = 2.0
    else:
        weight = 1.0 if total >= 1 and heard.whole >= FAINTLY_LIKE else 0.0
    return {f"reads like known frauds ({', '.join(heard.about[:5])})": weight} if weight else {}


@lru_cache(maxsize=32_768)
def _spoken_in_line(text: str) -> Mapping[str, float]:
    """The same of a title, which come again."""
    return _spoken(text)


def _spoken(text: str) -> dict[str, float]:
    """The signals in `text` with their weights; one reason counts once."""
    found: dict[str, float] = {}
    clues = _clues().find(text)
    for mark, names in _marks().items():
        if mark in text:
            clues[mark.lower()] = names
    if not clues:
        return found
    low = folded(text).replace("rs. ", "rs ")
    for start, end in lines_with(low, clues):
        _weigh(low[start:end], clues, found)
    return found


def _weigh(line: str, clues: Mapping[str, Collection[str]], found: dict[str, float]) -> None:
    """Add to `found` what the sentences of one line weigh."""
    present = {clue: names for clue, names in clues.items() if clue in line}
    sentences = _sentences(line)
    for at, (sentence, warned) in enumerate(sentences):
        numbers = {number for clue, names in present.items() if clue in sentence for number in names}
        window = " ".join(text for text, _ in sentences[max(at - 1, 0) : at + 3]) if numbers else ""
        for signal in map(_signal, sorted(numbers)):
            if found.get(signal.reason, 0) < SUSPECT_AT and not (warned and signal.excuse):
                weight = signal.weighs(sentence, window)
                if weight:
                    found[signal.reason] = max(weight, found.get(signal.reason, 0))


_BEHIND = ("th", "it", "such", "please", "report", "forward", "ignore", "delete")  # how what is `disowned` begins


def _sentences(line: str) -> list[tuple[str, bool]]:
    """The sentences of a text, and whether each stands in or right after a warning, or before "that is not us"."""
    sentences: list[tuple[str, bool]] = []
    left = 0  # sentences that still belong to the warning
    stems = [stem for stem in _table()["warning_stems"] if stem in line]
    for match in SENTENCE.finditer(line):
        sentence = match[0].strip()[:MAX_SENTENCE]
        if stems and any(map(sentence.__contains__, stems)) and _says("warning").search(sentence):
            left = 5
        elif sentence.startswith(_BEHIND) and _says("disowned").match(sentence):
            sentences[-2:] = [(before, True) for before, _ in sentences[-2:]]
        sentences.append((sentence, left > 0))
        left -= 1
    return sentences


# --- pay --------------------------------------------------------------------------------------------------------

_AMOUNT = re.compile(
    r"(?P<currency>us\$|[$€£]|\busd|\beur|\bgbp)\s?(?P<amount>\d{1,3}(?:[,.]\d{3})+|\d+)(?:[.,]\d{1,2})?\s?(?P<k>k\b)?"
    r"(?P<rest>.{0,30})",
    re.IGNORECASE | re.DOTALL,
)
_PER_YEAR = (
    (re.compile(r"(?:/|\bper\b|\ban?\b|\beach\b|\bevery\b)\s*(?:h(?:ou)?r)|hourly", re.IGNORECASE), 2080),
    (re.compile(r"(?:/|\bper\b|\ba\b|\beach\b|\bevery\b|\bin a\b)\s*day|daily", re.IGNORECASE), 260),
    (re.compile(r"(?:/|\bper\b|\ba\b|\beach\b|\bevery\b)\s*w(?:ee)?k|weekly", re.IGNORECASE), 52),
    (re.compile(r"(?:/|\bper\b|\ba\b|\beach\b|\bevery\b)\s*mo(?:nth)?\b|monthly", re.IGNORECASE), 12),
)
_SIMPLE = re.compile(
    r"\b(?:data entry|annotat|label(?:l?er|l?ing)|rater|typist|typing|assistant|survey|optimi[sz]er|trainee"
    r"|entry[- ]level|clerk|tester|helper|no experience|beginner|captcha|chat support|customer service|moderator"
    r"|online job|(?:student|weekend|evening)s? job|part[- ]time (?:job|work|role|helper))",
    re.IGNORECASE,
)
_SKILLED = re.compile(
    r"\b(?:physician|doctor|lawyer|attorney|phd|expert|engineer|scientist|research|principal|staff|director|quant|executive"
    r"|senior|lead|head|specialist in|advis\w+|consultant|board|professor|manager|architect|developer)",
    re.IGNORECASE,
)
_INTERN = re.compile(r"\b(?:intern|internship|working student|apprentice)\b", re.IGNORECASE)


def _pay(title: str, salary: str | None, description: str) -> tuple[str, float] | None:
    """Pay that nobody gives for such work: above 350,000 a year for interns, 150,000 or 250,000 for simple tasks."""
    if not salary:
        return None
    intern = _INTERN.search(title) is not None
    simple = _SIMPLE.search(title) is not None and not _SKILLED.search(title)
    if not intern and not simple:
        return None
    yearly = _yearly(salary[:200])
    if yearly > (350_000 if intern else 250_000):
        return f"pay beyond belief for such work ({salary.strip()[:40]})", 2.0
    if simple and yearly > 120_000:
        return f"high pay for simple work ({salary.strip()[:40]})", 1.0
    return None


def _yearly(salary: str) -> float:
    """The largest amount in `salary` over a year, in its own currency; 0 where no period is named."""
    largest = 0.0
    for match in _AMOUNT.finditer(salary):
        amount = float(re.sub(r"\D", "", match["amount"])) * (1000 if match["k"] else 1)
        factor = next((times for period, times in _PER_YEAR if period.search(match["rest"])), 0)
        largest = max(largest, amount * factor)
    return largest


# --- the operator's word ----------------------------------------------------------------------------------------


def judge_safety(
    reasons: tuple[str, ...],
    company: str | None,
    url: str | None,
    allow: Collection[str],
    deny: Collection[str],
    posting: str = "",
) -> tuple[Safety, tuple[str, ...]]:
    """The verdict after the operator's lists: employers (any case), domains (`acme.com` with its hosts), postings.

    `posting` is its id, `SOURCE/ID`. `deny` beats `allow`, and both beat the evidence; a denial is a reason of its own.
    """
    if not reasons and not deny:
        return "ok", ()
    names = _names(company, url) | {posting.casefold()}
    denied = sorted(entry for entry in deny if entry.strip().casefold() in names)
    if denied:
        return "suspect", (f"on the operator's deny list ({denied[0]})", *reasons)
    if not reasons or any(entry.strip().casefold() in names for entry in allow):
        return "ok", ()
    return "suspect", reasons


def _names(company: str | None, url: str | None) -> set[str]:
    names = {" ".join(company.split()).casefold()} if company else set()
    name = host(url) if url else None
    if name:
        names |= {name, name.removeprefix("www."), registrable_domain(name)}
    return names
