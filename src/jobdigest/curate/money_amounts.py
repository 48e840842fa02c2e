"""Amounts in a text: numbers as any country writes them, with multiplier ("k", "万", "lakh") and currency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jobdigest.curate import money_words as words

_NUMBER = re.compile(
    r"(?<![\d#])(?<!\d[.,])(?:"
    r"\d{1,3}(?:[ ,.'’]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?"  # 1,234.50 · 1.234,50 · 1 234 · 1'234
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?"  # 12,00,000
    r"|\d+(?:[.,]\d{1,3})?(?!\d))"  # 52.5 · 22,5 · 65000
)


def _any_of(written: Iterable[str]) -> str:
    """Alternatives for a pattern, longer forms first; a form that begins with a letter begins a word."""
    longest_first = sorted(written, key=len, reverse=True)
    return "|".join(
        rf"(?<![A-Za-z]){re.escape(form)}" if form[0].isalpha() else re.escape(form) for form in longest_first
    )


_BEFORE = re.compile(
    rf"(?:(?<![A-Za-z])(?P<code>[A-Z]{{3}})[\s:]?\$?|(?P<sign>{_any_of(words.SYMBOLS.keys() - {'CA'})}))\s{{0,2}}$"
)
_TIMES = re.compile(r"(?:[xX]|T(?!\s?(?:€|EUR)))(?![^\W\d_])")  # "60x", "$2T"
_MULTIPLIED = "|".join(re.escape(word) for word in sorted(words.MULTIPLIERS, key=len, reverse=True))
_FORMS = "|".join(re.escape(form) for form in sorted(words.SYMBOLS.keys() - {"R", "S/"}, key=len, reverse=True))
_AFTER = re.compile(
    rf"(?P<space>\s?)(?P<mult>(?i:{_MULTIPLIED})(?![^\W\d_]|\.\w)|[kKmMTtLl](?=[€£$])|천만|千万|千萬|백만|百万|百萬|[万萬만억億千천]|(?i:k|lpa)(?=[A-Z]{{3}}\b))?"
    rf"\s?(?P<cur>(?:\$\s?)?(?:{_FORMS}|[A-Z]{{3}})(?![A-Za-z]))?"
)


@dataclass(slots=True)
class Amount:
    """A number with what stands around it; `text[start:end]` includes its currency."""

    value: float
    currency: str | None
    multiplier: str
    start: int
    end: int


def find_amounts(text: str) -> list[Amount]:
    """Every number of the text that may be money, in order, with what stands around it."""
    found: list[Amount] = []
    for match in _NUMBER.finditer(text):
        previous = found[-1].end if found else -1
        if match.start() < previous or _is_part_of_a_word(text, match.start(), previous):
            continue
        if _TIMES.match(text, match.end()):
            continue
        before = _BEFORE.search(text[max(0, match.start() - 8) : match.start()])
        after = _AFTER.match(text, match.end())
        sign, width = _written(before)
        word = (after["mult"] or "").lower() if after else ""
        if word in ("t", "l", "b", "h", "mil", "m", "tr", "rb") and not _multiplies(word, after, sign):
            word, after = "", None
        end = match.end()
        if after and (word or after["cur"]):
            trailing = _currency((after["cur"] or "").lstrip("$ ") or after["cur"])
            end = after.end("cur") if trailing else after.end("mult") if word else match.end()
            if trailing and sign in (None, "$", "kr") and (trailing != "$" or not sign):
                sign = trailing
        value = _value(match[0]) * words.MULTIPLIERS.get(word, 1.0)
        if word in words.INDIAN and not sign:
            sign = "INR"
        found.append(Amount(value, sign, word, match.start() - width, end))
    return found


def _is_part_of_a_word(text: str, start: int, previous: int) -> bool:
    """True for the digits of "GS-13", "S13", "B2B", "#12"; letters may precede digits only as a currency."""
    if start == 0:
        return False
    before = text[start - 1]
    if before in "#_":
        return True
    if before == "-" and previous < start - 1 and start > 1 and text[start - 2].isalpha() and text[start - 2].isascii():
        return True
    return before.isalpha() and before.isascii() and _BEFORE.search(text[max(0, start - 8) : start]) is None


def _written(match: re.Match[str] | None) -> tuple[str | None, int]:
    if not match:
        return None, 0
    sign = _currency(match["code"] or match["sign"])
    if sign is None and "$" in match[0]:  # capitals that are no currency: "OTE $300,000"
        return "$", len(match[0]) - match[0].index("$")
    return (sign, len(match[0])) if sign else (None, 0)


def _currency(written: str | None) -> str | None:
    if not written:
        return None
    if written in words.CODES:
        return written
    return words.SYMBOLS.get(written)


def _multiplies(word: str, after: re.Match[str] | None, sign: str | None) -> bool:
    """Short words multiply only where a currency stands by: "70 T€", "₹8L", "$5M", "R$ 8 mil"."""
    if after is None:
        return False
    tied = bool(sign) and (not after["space"] or len(word) > 1)
    if word == "l":
        return sign in ("INR", "PKR") or _currency(after["cur"]) in ("INR", "PKR")
    if word == "t":
        return after["cur"] in ("€", "EUR")
    return tied or bool(after["cur"])


def _value(digits: str) -> float:
    """The number as written anywhere: 1,234.50 · 1.234,50 · 1 234 · 1'234 · 12,00,000 · 22,5."""
    digits = digits.replace(" ", "").replace("'", "").replace("’", "")
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return float(digits)
    tail = digits[last + 1 :]
    separator = digits[last]
    if len(tail) == 3 and (
        digits.count(separator) > 1 or len(digits[:last]) <= 3 or "," in digits[:last] or "." in digits[:last]
    ):
        return float(re.sub("[.,]", "", digits))
    whole = re.sub("[.,]", "", digits[:last])
    return float(f"{whole or 0}.{tail}")
