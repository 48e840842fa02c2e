"""Pay from free text in any currency: amounts as printed, never annualised, and never invented from noise.

    "$62.4K • Offers Equity • $20K Commission"  →  amounts  →  ranges and single amounts  →  the best statement of pay

Conventions (docs/quality.md): one amount is both min and max; "up to" has no min, "from" and "+" no max; base pay beats
on-target earnings; a bare "35000-73000" has no currency; perks, funding and unit prices are noise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from jobdigest.curate import money_words as words
from jobdigest.curate.money_amounts import Amount, find_amounts
from jobdigest.curate.money_period import likely_period, period_after, period_before, plausible
from jobdigest.model import Period, Salary

MAX_TEXT = 2_000
MAX_STATEMENTS = 40
MAX_PASSAGES = 60

_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s?(?:(?:-|to)\s?)?(?:\d+(?:[.,]\d+)?)?\s?%")
_PLANS = re.compile(r"(?i)\b40[13]\s?\(?[kb]\b\)?|\b24/7\b")
_BREAK = re.compile(r"[•|\n]|;(?!\s?[$€£]\d[\d.,]*\s?/)|[!?]\s|\.\s+(?=[A-Z])|\s--\s|\s/\s(?=[A-Z])|,\s(?=[a-z]{4})")
_ENDS = re.compile(r"\s*(?:$|[+(,|/])")
_JOINT = re.compile(r"[+,/(;|]")
_LOWER_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}")
_DIGIT = re.compile(r"\d")
_DASHES = re.compile("\\s*[\u2010-\u2015\u2212\uff0d]\\s*")
_MONTHS_PAID = re.compile(r"\d\d\s?薪")  # "15薪": fifteen months' pay a year
_EVEN = re.compile(r"(?<=\d)[,.][-–—](?!\s?\d)")  # "55.000,-"
_CASH = re.compile(r"^\s*(?:(?:cash|gross|annual|yearly|fixed)\s+)?")
_OF_THAT = re.compile(r"%\s*\([~≈]?\s?$")  # "10% (~$11,500)"
_HEADED = re.compile(r"[^\W\d_]{3,}\s*:\s*$")
_NAMED = re.compile(
    r"(?:(?<![A-Za-z])(?!around|about|approx|circa|gross|brut|lord)[a-z]{3,}|(?<![A-Za-z])[A-Z]{2,4})\s*(?::|\(|of)?\s*$"
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_PERK: dict[Period | None, float] = {None: 1_000, "hour": 0, "day": 40, "week": 100, "month": 250, "year": 20_000}
_OTHER_CURRENCY = re.compile(r"^\s*/\s*\d+\s?[A-Z]{3}\b")  # "35 EUR / 40 USD per visit"
_PER_THING = re.compile(r"(?i)\s*per\s+(?!your\b|our\b|the\b|experience\b)[a-z]{3}")  # "$5 per finished widget"
_SLASHED = re.compile(r"\s?/\s?$")
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f\u3000]")
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SIMPLE = re.compile(
    r"\s*([$£€])\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d\d?)?\s?([kK])?(?:\s?(?:-|–|—|to)\s?\1?\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d\d?)?\s?([kK])?)?"
    r"\s*(?:(?:/|per|an?)\s?(hour|hr|year|yr|annum|month|day|week))?\s*"
)
_UNIT: dict[str, Period] = {each: each for each in words.PERIODS} | {"hr": "hour", "yr": "year", "annum": "year"}
_BARE = re.compile(
    r"(?i)^\W*(?:(?:salary|pay|compensation|gehalt|salaire|salario)\s*:?\s*)?"
    r"(?:(?:up\s+to|from|min\.?|max\.?|ab|bis\s+zu|around|circa|ca\.?|approx\.?)\s+)?[\d.,\s'k]+(?:\s*(?:-|to)\s*[\d.,\s'k]+)?\W*(?:(?:per|/|an?)\s*)?(?:hour|hr|day|week|month|year|yr|annum|annually|p\.?a\.?)?\W*$"
)


@dataclass(slots=True)
class _Statement:
    """One amount or range that may be pay."""

    low: Amount
    high: Amount
    start: int
    end: int


def read_salary(text: str) -> Salary | None:
    """The pay that a short text states ("$181K - $285K/yr", "年収600万円〜900万円"); None where it states none."""
    return _read_salary(text[:MAX_TEXT]) if text and _DIGIT.search(text) else None


@lru_cache(maxsize=16_384)
def _read_salary(text: str) -> Salary | None:
    simple = _SIMPLE.fullmatch(text)
    if simple:
        return _simple(simple)
    found = _best(_tidy(text))
    return found[1] if found else None


def _simple(match: re.Match[str]) -> Salary | None:
    """The short way for what nearly every board prints: "$120k-150k", "$45.50 - $60.00 per hour"."""
    sign, first, cents, thousand, second, more_cents, more_thousand, unit = match.groups()
    currency = {"$": "USD", "£": "GBP"}.get(sign, "EUR")
    low = Amount(float(first.replace(",", "") + (cents or "")), currency, "k" if thousand else "", 0, 0)
    high = low
    if thousand:
        low.value *= 1000
    if second:
        high = Amount(float(second.replace(",", "") + (more_cents or "")), currency, "k" if more_thousand else "", 0, 0)
        if more_thousand:
            high.value *= 1000
        _share(low, high)
    bottom, top = min(low.value, high.value), max(low.value, high.value)
    period = _UNIT[unit] if unit else likely_period(top, currency)
    return Salary(currency, bottom, top, period) if plausible(top, currency, period) else None


def _tidy(text: str) -> str:
    if not text.isascii():
        text = _MONTHS_PAID.sub("薪", text)
        text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).translate(_ARABIC))
        text = _DASHES.sub(" - ", text)
    if "-" in text:
        text = _EVEN.sub("", text)
    if "%" in text:
        text = _PERCENT.sub(" % ", text)
    return _PLANS.sub(" % ", text) if "40" in text or "24/7" in text else text


def _best(text: str) -> tuple[float, Salary] | None:
    """The most credible statement with its score; the first of equals."""
    best: tuple[float, Salary] | None = None
    bare = _BARE.match(text) is not None
    for statement in islice(_statements(text, find_amounts(text)), MAX_STATEMENTS):
        scored = _judge(text, statement, bare)
        if scored and (best is None or scored[0] > best[0]):
            best = scored
    return best


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _statements(text: str, amounts: list[Amount]) -> Iterator[_Statement]:
    """Amounts paired into ranges where "-", "to" or "between … and" joins them, else alone."""
    index = 0
    while index < len(amounts):
        low = amounts[index]
        high = amounts[index + 1] if index + 1 < len(amounts) else None
        if high and _joined(text, low, high):
            _share(low, high)
            yield _Statement(low, high, low.start, high.end)
            index += 2
            continue
        yield _Statement(low, low, low.start, low.end)
        index += 1


def _joined(text: str, low: Amount, high: Amount) -> bool:
    between = text[low.end : high.start]
    if high.multiplier and not low.multiplier:  # "35 mil a 45 mil MXN": the first one counts by the second
        between = re.sub(rf"(?i)^\s*{re.escape(high.multiplier)}(?=[\s-])", "", between)
    if low.value < 10 and low.currency is None and not (low.multiplier or high.multiplier) and high.value >= 1000:
        return False  # "Level 5 - CAD 88,000"
    if words.TO.match(between):
        return not (
            low.currency
            and high.currency
            and low.currency != high.currency
            and "$" not in (low.currency, high.currency)
        )
    if high.multiplier and _SLASHED.match(between) and low.value < 1000 * words.MULTIPLIERS[low.multiplier or "k"]:
        return True
    if words.TO.match(_without_period(between)):
        return True
    if words.FAR_TO.search(between) and period_after(between) and period_after(text[high.end : high.end + 30]):
        return high.value > low.value and low.currency == high.currency
    far = len(between) < 70 and words.FAR_TO.search(between) and not _BREAK.search(between)
    return bool(far and low.currency and words.BETWEEN.search(text[max(0, low.start - 30) : low.start]))


def _without_period(between: str) -> str:
    for _, pattern in words.PERIOD_AFTER:
        match = pattern.match(between.lstrip())
        if match:
            return " " + between.lstrip()[match.end() :]
    return re.sub(r"(?i)^\s*(?:gross|brutto|bruto|brut|net)\b", " ", between)


def _share(low: Amount, high: Amount) -> None:
    """A multiplier said once holds for both: "$100 - 180k", "€40-65,000", "600〜900万円"."""
    if (
        high.multiplier
        and not low.multiplier
        and low.value < 10_000
        and low.value * words.MULTIPLIERS[high.multiplier] <= high.value * 1.001
    ):
        low.value *= words.MULTIPLIERS[high.multiplier]
    elif (
        not high.multiplier
        and not low.multiplier
        and 1000 > low.value >= 10
        and high.value >= 10_000
        and low.value * 1000 <= high.value
    ):
        low.value *= 1000
    elif (
        low.multiplier
        and not high.multiplier
        and high.value < 1000
        and low.value < high.value * words.MULTIPLIERS[low.multiplier]
    ):
        high.value *= words.MULTIPLIERS[low.multiplier]


# ── judgement ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _judge(text: str, statement: _Statement, bare: bool) -> tuple[float, Salary] | None:
    """Score and pay of one statement; None where its surroundings say that it is something else."""
    start, end = _clause(text, statement)
    before, after = text[start : statement.start], text[statement.end : end]
    low, high = statement.low, statement.high
    stated = bool(words.PAY.search(before) or words.PAY.match(_CASH.sub("", after)))
    if _is_negative(text, statement) or _is_noise(before, after):
        return None
    currency = _resolve(text, low, high)
    said = period_after(after) or period_before(before) or period_after(text[low.end : high.start])
    if currency is None and not _counts_without_currency(statement, bare, stated, said, after):
        return None
    evident = stated or bare or said == "hour" or words.OF_A_ROLE.search(before)
    if not evident and _is_prose(before if said else before + after, low.value, currency):
        return None
    if low is high and said != "hour" and not (stated or bare) and _is_of_something(before, low.value, currency, said):
        return None
    bottom, top = min(low.value, high.value), max(low.value, high.value)
    period = said or likely_period(top, currency)
    in_millions = low.multiplier in words.MILLIONS and words.UNITS.get(currency or "USD", 1) < 10
    if in_millions or not plausible(top, currency, period):
        return None
    score = (1.0 if stated else 0.0) + (0.5 if high is not low else 0.0) + (0.5 if said else 0.0)
    label = _label(before, after)
    if statement.start == 0 and low is not high and not after.strip():
        score += 1.0  # what a board's summary begins with: "$75K – $90K • Offers Commission • …"
    score += 2.0 if words.BASE.search(label) else 0.0
    score -= 4.0 if words.OTE.search(label) else 0.0
    return score, _salary(text, statement, currency, bottom, top, period)


def _is_noise(before: str, after: str) -> bool:
    """Perks, funding, revenue, budgets and unit prices."""
    if words.UNIT_PRICE.match(_OTHER_CURRENCY.sub("", after)) or (
        words.NOISE_AFTER.match(after) and not words.OTE.match(after.strip())
    ):
        return True
    if _OF_THAT.search(before) or (_PER_THING.match(after) and not period_after(after)):
        return True
    return bool(words.NOISE_BEFORE.search(before)) and not _about_pay(before)


def _label(before: str, after: str) -> str:
    """The words that name this very amount, not its neighbours': "$120k base / $200k OTE"."""
    near = _DIGIT.split(before)[-1]
    near = _JOINT.split(near)[-1] if near != before else near
    return near + " | " + _DIGIT.split(after)[0][:30]


def _is_prose(around: str, value: float, currency: str | None) -> bool:
    """True where a lone amount stands in a sentence that never speaks of pay: "because a $200 drone shouldn't …"."""
    small = value / words.UNITS.get(currency or "USD", 1.0) < 10_000
    return len(_LOWER_WORD.findall(around)) >= (3 if small else 5)


def _is_of_something(before: str, value: float, currency: str | None, said: Period | None) -> bool:
    """True where a small lone amount belongs to the words before it: "Home office setup: $1,000", "Gym 50 €/month"."""
    dollars = value / words.UNITS.get(currency or "USD", 1.0)
    if dollars >= 20_000:
        return False
    named = words.AT_LEAST.sub("", words.UP_TO.sub("", before))
    headed = said is None and _HEADED.search(named)
    return bool(headed or _NAMED.search(named) or (dollars < _PERK[said] and _LETTERS.search(named)))


def _is_negative(text: str, statement: _Statement) -> bool:
    at = statement.start
    minus = at > 0 and text[at - 1] == "-" and (at < 2 or text[at - 2] in " (:")
    return minus and statement.low is statement.high


def _counts_without_currency(statement: _Statement, bare: bool, stated: bool, said: Period | None, after: str) -> bool:
    """A bare number is pay where it is all there is, where words speak of pay, or as "150-200k" in a list of facts."""
    low, high = statement.low, statement.high
    if bare and all(1990 <= amount.value < 2040 for amount in (low, high)):
        return False
    if low is not high and high.multiplier == "k" and _ENDS.match(after):
        return True
    if low is high:
        return (bool(said) and (bare or stated)) or (bare and low.value >= 10)
    return bare or stated


def _salary(text: str, statement: _Statement, currency: str | None, low: float, high: float, period: Period) -> Salary:
    before, after = text[: statement.start], text[statement.end :]
    if statement.low is statement.high:
        if words.OR_MORE.match(after) or (words.AT_LEAST.search(before) and not words.OR_LESS.match(after)):
            return Salary(currency, low, None, period)
        if words.UP_TO.search(before) or words.OR_LESS.match(after):
            return Salary(currency, None, high, period)
    return Salary(currency, low, high, period)


def _about_pay(before: str) -> bool:
    """Whether the word nearest before the amount speaks of pay, whatever noise stands earlier."""
    pay = max((match.end() for match in words.PAY.finditer(before)), default=0)
    noise = words.NOISE_BEFORE.search(before)
    while noise and noise.end("head") < pay:
        noise = words.NOISE_BEFORE.search(before, noise.end("head"))
    return pay > 0 and noise is None


def _clause(text: str, statement: _Statement) -> tuple[int, int]:
    start, end = 0, len(text)
    for match in _BREAK.finditer(text):
        if match.end() <= statement.start:
            start = match.end()
        elif match.start() >= statement.end:
            end = match.start()
            break
    return max(start, statement.start - 90), min(end, statement.end + 60)


def _resolve(text: str, low: Amount, high: Amount) -> str | None:
    """The currency of a statement, with "$", "kr" and "¥" settled by the other words of the text."""
    signs = [sign for sign in (high.currency, low.currency) if sign]
    exact = [sign for sign in signs if len(sign) == 3]
    if exact:
        return "TWD" if exact[0] == "CNY" and re.search("台[灣湾北]|臺|NT", text) else exact[0]
    if not signs:
        return _by_words(text, high)
    if signs[0] == "$":
        named = re.search(
            r"(?<![A-Za-z])(?:CAD|CDN|AUD|NZD|SGD|HKD|MXN|COP|CLP|ARS|TWD|USD)(?![A-Za-z])|(?<=\$ )CA\b", text
        )
        return {"CDN": "CAD", "CA": "CAD"}.get(named[0], named[0]) if named else "USD"
    if signs[0] == "kr":
        if named := re.search(r"(?<![A-Za-z])(?:SEK|NOK|DKK|ISK)(?![A-Za-z])", text):
            return named[0]
        if re.search(r"(?i)kr\.|\bpr\.|md\b|måned(?:en|lig)|løn\b", text):
            return "NOK" if re.search(r"(?i)lønn|mnd|brutto pr", text) else "DKK"
        return "NOK" if re.search(r"(?i)lønn|mnd|\bkr \d.*\bår", text) else "SEK"
    chinese = re.search("薪|元|人民币|RMB|CNY", text) or (
        high.value < 150_000 and ("k" in (low.multiplier, high.multiplier) or re.search("/月|/年|每月", text))
    )
    return "CNY" if chinese and not re.search("[ぁ-ん円]|年収|給", text) else "JPY"


def _by_words(text: str, high: Amount) -> str | None:
    """The currency that other words imply: "25-50K·14薪", "2-4万/月", "RAL 30-38K"."""
    if named := re.search(r"(?<![A-Za-z])(?:TWD|HKD|SGD|JPY|KRW|CNY)(?![A-Za-z])", text):
        return named[0]
    tens = high.multiplier in ("万", "萬", "k") and re.search(r"[/每]\s?[月年]", text)
    if (tens or re.search("薪[^給]*$|^[^給]*薪", text)) and not re.search("[ぁ-ん給円]|NT", text):
        return "CNY"
    return "EUR" if re.search(r"\bRAL\b", text) else None


# ── in a description ─────────────────────────────────────────────────────────────────────────────────────────────────

_LINE_BREAK = re.compile(r"\s*\n[\s*-]*")
# A mention is worth a closer look; the signs alone are worth looking for one. Most texts have neither.
_SIGNS = ("$", "€", "£", "₹", "¥", "USD", "EUR", "GBP", "CHF", "CAD", "INR", "PLN", "SEK", "円", "원", "元", "₪", "zł")
_MENTION = re.compile(r"[$€£₹¥₪]\s?\d|\d\s?(?:k\s?)?(?:€|£|zł|円|만|万|元)|\b(?:USD|EUR|GBP|CHF|CAD|AUD|INR|PLN|SEK)\b")


def salary_in_description(text: str) -> Salary | None:
    """The pay a long description states, only where the words around it leave no doubt."""
    if not any(sign in text for sign in _SIGNS):
        return None
    best: tuple[float, Salary] | None = None
    last = -1
    for match in islice(_MENTION.finditer(text), 0, MAX_PASSAGES):
        if match.start() < last:
            continue
        start, last = _sentence(text, match.start())
        passage = _tidy(_LINE_BREAK.sub(" ", text[start:last]))
        if not words.PAY.search(passage):
            continue
        found = _best(passage)
        if (
            found
            and found[0] >= (1.0 if found[1].period == "year" else 1.5)
            and _certain(found[1])
            and (best is None or found[0] > best[0])
        ):
            best = found
    return best[1] if best else None


def _sentence(text: str, at: int) -> tuple[int, int]:
    """From the start of the sentence to the end of the line; a line that opens with the amount takes its heading in."""
    start = max(text.rfind("\n", 0, at), text.rfind(". ", 0, at), text.rfind("•", 0, at), at - 240) + 1
    if at - start < 8:
        heading = text[:start].rstrip()
        start = max(heading.rfind("\n"), len(heading) - 80, 0)
    ends = [end for end in (text.find("\n", at), text.find("•", at)) if end >= 0]
    return start, min([*ends, at + 200, len(text)])


def _certain(salary: Salary) -> bool:
    if salary.currency is None or salary.max is None or salary.period is None:
        return False
    dollars = salary.max / words.UNITS.get(salary.currency, 1.0)
    floor = {"hour": 4, "day": 40, "week": 150, "month": 400, "year": 8_000}[salary.period]
    ceiling = {"hour": 500, "day": 4_000, "week": 15_000, "month": 60_000, "year": 1_500_000}[salary.period]
    return floor <= dollars <= ceiling
