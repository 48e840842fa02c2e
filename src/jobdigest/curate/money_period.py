"""The period that pay is for: said beside the amount, else told by its size in that currency."""

from __future__ import annotations

import re

from jobdigest.curate import money_words as words
from jobdigest.model import Period

_GLUE = re.compile(
    r"(?i)^[\s,()*]*(?:(?:(?-i:[A-Z]{3})|eur|usd|gross|brutto|bruto|brutos|brutas|brut|bruttó|base|basic|salary|pay|net|netto|nett[aei]|netos|neto|libres?|líquid[oa]s?|lord[oi]|hrubého|cash|on\s+average|fixe?|wage|stipend|ctc|equivalent|\(\w+\))[\s,()/]+){0,3}"
)
_MOST = {"hour": 2_500, "day": 20_000, "week": 60_000, "month": 250_000, "year": 4_000_000}
_LEAST = {"hour": 0.5, "day": 10, "week": 20, "month": 50, "year": 600}


def period_after(after: str) -> Period | None:
    """The period said right after an amount: "/hr", "per annum", "brutto monatlich"."""
    glue = _GLUE.match(after)
    glued = glue[0] if glue else ""
    rest = after[len(glued) :]
    for candidate in (after.lstrip(" ,()*+"), rest, "/" + rest if "/" in glued or after[:1] == "/" else rest):
        for period, pattern in words.PERIOD_AFTER:
            if pattern.match(candidate):
                return period
    head = rest[:22]
    for name, pattern in words.PERIOD_WORD:
        match = pattern.search(head)
        if match and not head[: match.start()].strip(" ,.()/+-–*:;").replace("DOE", ""):
            return name
    return None


def period_before(before: str) -> Period | None:
    """The period said last before an amount: "Hourly rate:", "年収"."""
    best: tuple[int, Period] | None = None
    for period, pattern in words.PERIOD_WORD:
        for match in pattern.finditer(before):
            if best is None or match.start() > best[0]:
                best = match.start(), period
    if best:
        return best[1]
    for period, pattern in words.PERIOD_AFTER:
        said = pattern.search(before)
        if said and len(said[0]) > 4 and said.end() > len(before) - 12:
            return period
    return None


def likely_period(top: float, currency: str | None) -> Period:
    """What an amount of that size is paid for, by what the currency buys."""
    dollars = top / words.UNITS.get(currency or "USD", 1.0)
    if dollars < 200:
        return "hour"
    if dollars < 1000:
        return "day"
    return "month" if dollars < 10_000 else "year"


def plausible(top: float, currency: str | None, period: Period) -> bool:
    """Within what anyone is paid: funding rounds and prices of lunches aren't."""
    dollars = top / words.UNITS.get(currency or "USD", 1.0)
    return _LEAST[period] <= dollars <= _MOST[period]
