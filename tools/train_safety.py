"""Makes src/jobdigest/curate/data/safety_wording.txt from the examples in tools/safety_examples.txt.

    python -m tools.train_safety

Logistic regression over the words of each example, with decay, by AdaGrad in an order that a seed fixes: the same
examples give the same file. The examples are of our own making; add to them what your readers reported.
"""

from __future__ import annotations

import random
from collections import Counter
from math import exp, sqrt
from pathlib import Path

from jobdigest.curate.clues import folded
from jobdigest.curate.wording import features, head_features, score, words_of

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "tools/safety_examples.txt"
OUT = ROOT / "src/jobdigest/curate/data/safety_wording.txt"
HEAD = "# How much words and pairs of words speak for a fraud; made by tools/train_safety.py, not by hand\n"
ROUNDS = 40
RATE = 0.3
DECAY = 2.0


def examples(text: str) -> list[tuple[str, bool]]:
    """The lines under `[fraud]` and `[honest]`, each with whether it is a fraud."""
    found = []
    fraud = False
    for line in text.splitlines():
        if line in ("[fraud]", "[honest]"):
            fraud = line == "[fraud]"
        elif line and not line.startswith("#"):
            found.append((line, fraud))
    return found


def _features(line: str) -> list[str]:
    """Those of a text, or of `title | pay | text`."""
    title, pay, text = line.split(" | ", 2) if line.count(" | ") == 2 else ("", "", line)
    return [*features(words_of(text)), *head_features(title, pay)]


def train(rows: list[tuple[str, bool]]) -> dict[str, float]:
    """Weights of the features that at least two examples share; the empty one is the bias."""
    read = [(_features(folded(line)), fraud) for line, fraud in rows]
    seen = Counter(one for found, _ in read for one in found)
    shared = [([one for one in found if seen[one] > 1], fraud) for found, fraud in read]
    weights = {one: 0.0 for one in sorted(seen) if seen[one] > 1} | {"": 0.0}
    steps = dict.fromkeys(weights, 1e-8)
    order = random.Random(1)
    for _ in range(ROUNDS):
        order.shuffle(shared)
        for found, fraud in shared:
            off = 1 / (1 + exp(-score(found, weights))) - fraud
            for one in found:
                slope = off / sqrt(len(found) + 1) + DECAY * weights[one] / len(shared)
                steps[one] += slope * slope
                weights[one] -= RATE * slope / sqrt(steps[one])
            weights[""] -= 0.02 * off
    return weights


def table(weights: dict[str, float]) -> str:
    """As the file has it; weights too small to matter are left out."""
    lines = (f"{weight:.2f} {one}\n" for one, weight in sorted(weights.items()) if abs(weight) >= 0.1 or not one)
    return HEAD + "".join(lines)


if __name__ == "__main__":
    OUT.write_text(table(train(examples(EXAMPLES.read_text("utf-8")))), "utf-8")
