"""Words of pay, in the languages of the sources: currencies, multipliers, periods and noise, from data/pay.toml."""

from __future__ import annotations

import re
from typing import get_args

from jobdigest.curate.patterns import pattern, table, word_set
from jobdigest.model import Period

_TABLE = table("pay")
SYMBOLS: dict[str, str] = {form: code for code, forms in _TABLE["symbols"].items() for form in forms}
CODES = word_set("pay", "codes")
UNITS: dict[str, float] = _TABLE["units"]
MULTIPLIERS: dict[str, float] = {
    word: float(number) for number, listed in _TABLE["multipliers"].items() for word in listed
}
INDIAN = frozenset(_TABLE["lists"]["indian"])
MILLIONS = frozenset(_TABLE["lists"]["millions"])

_PER = r"""(?ix) (?:(?:per|each|every|pr\.?|por|par|pro|je|al|le|la|im|na|za|в|на|за|ao|à|an?)\s+(?:l['’])?
    |(?:à\s+|de\s+)?l['’]|all['’]|p\s?[/.]\s*|/\s*(?:l['’])?)"""
PERIODS: tuple[Period, ...] = get_args(Period)
PERIOD_AFTER = [(each, re.compile(rf"{_PER}(?:{_TABLE['period_after'][each]})(?![^\W\d_])")) for each in PERIODS]
PERIOD_WORD = [(each, re.compile(_TABLE["period_word"][each])) for each in PERIODS]

UP_TO = pattern("pay", "up_to")
AT_LEAST = pattern("pay", "at_least")
OR_MORE = pattern("pay", "or_more")
OR_LESS = pattern("pay", "or_less")
TO = pattern("pay", "to")
FAR_TO = pattern("pay", "far_to")
BETWEEN = pattern("pay", "between")
PAY = pattern("pay", "pay")
OF_A_ROLE = pattern("pay", "of_a_role")
BASE = pattern("pay", "base")
OTE = pattern("pay", "ote", ignore_case=False)
NOISE_AFTER = pattern("pay", "noise_after")
NOISE_BEFORE = pattern("pay", "noise_before")
UNIT_PRICE = pattern("pay", "unit_price")
