"""The little of PromQL that our alert rules use: series, numbers, `time()`, + - * > and `ignoring(…)`.

A vector operation pairs series whose labels are equal, save those ignored, as Prometheus does: two states of one metric
never meet by themselves, and a rule that forgets so would never fire.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

Labels = frozenset[tuple[str, str]]
Series = Mapping[Labels, float]
Value = float | Series
Samples = Mapping[str, Series]

_TOKEN = re.compile(r"\s*(time\(\)|ignoring\s*\(([^)]*)\)|\d+(?:\.\d+)?|[a-z_]+(?:\{[^}]*\})?|[-+*>])")
_APPLY: dict[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def names(expression: str) -> set[str]:
    """Every metric that an expression names."""
    return {token.partition("{")[0] for token in _tokens(expression) if re.match(r"[a-z_]+(\{|$)", token)}


def fires(expression: str, samples: Samples, now: float) -> bool:
    """Whether an alert with this expression is on."""
    value = _Reader(_tokens(expression), samples, now).comparison()
    return bool(value)


def _tokens(expression: str) -> list[str]:
    found, at = [], 0
    while at < len(expression.rstrip()):
        match = _TOKEN.match(expression, at)
        assert match, f"not understood: {expression[at:]!r}"
        found.append(match[1])
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str], samples: Samples, now: float) -> None:
        self.tokens, self.samples, self.now = tokens, samples, now

    def comparison(self) -> Value:
        left = self.sum()
        assert self.tokens.pop(0) == ">"
        ignored, right = self._ignored(), self.sum()
        assert not self.tokens
        return _paired(left, right, ignored, lambda a, b: a if a > b else None)

    def sum(self) -> Value:
        return self._chain("+-", self.product)

    def product(self) -> Value:
        return self._chain("*", self.atom)

    def _chain(self, signs: str, part: Callable[[], Value]) -> Value:
        value = part()
        while self.tokens and self.tokens[0] in signs:
            apply = _APPLY[self.tokens.pop(0)]
            ignored = self._ignored()
            value = _paired(value, part(), ignored, apply)
        return value

    def _ignored(self) -> set[str]:
        if not self.tokens or not self.tokens[0].startswith("ignoring"):
            return set()
        return {name.strip() for name in self.tokens.pop(0).partition("(")[2].rstrip(")").split(",")}

    def atom(self) -> Value:
        token = self.tokens.pop(0)
        if token == "time()":
            return self.now
        if token[0].isdigit():
            return float(token)
        name, _, rest = token.partition("{")
        wanted = set(re.findall(r'(\w+)="([^"]*)"', rest))
        return {labels: value for labels, value in self.samples.get(name, {}).items() if wanted <= labels}


def _paired(left: Value, right: Value, ignored: set[str], apply: Callable[[float, float], float | None]) -> Value:
    if not isinstance(left, Mapping) and not isinstance(right, Mapping):
        return apply(left, right) or 0.0
    if not isinstance(left, Mapping):
        assert isinstance(right, Mapping)
        found = {labels: apply(left, value) for labels, value in right.items()}
    elif not isinstance(right, Mapping):
        found = {labels: apply(value, right) for labels, value in left.items()}
    else:
        others = {_without(labels, ignored): value for labels, value in right.items()}
        pairs = ((labels, value, _without(labels, ignored)) for labels, value in left.items())
        found = {labels: apply(value, others[key]) for labels, value, key in pairs if key in others}
    return {labels: value for labels, value in found.items() if value is not None}


def _without(labels: Labels, ignored: set[str]) -> Labels:
    return frozenset(pair for pair in labels if pair[0] not in ignored)
