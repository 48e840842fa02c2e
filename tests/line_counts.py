"""Printed by `make check`: lines of `src/` per folder, and a refusal of files that have grown too long."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

SRC = Path(__file__).parent.parent / "src" / "jobdigest"
LONGEST = 400


def main() -> int:
    """Print the counts; 1 if a file is over the limit."""
    counts: Counter[str] = Counter()
    too_long = []
    for path in sorted(SRC.rglob("*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if "migrations" in path.parts:
            continue
        inside = path.relative_to(SRC).parts
        counts[inside[0] if len(inside) > 1 else "(top)"] += lines
        if lines > LONGEST:
            too_long.append(f"{path.relative_to(SRC)}: {lines} lines, more than {LONGEST}")
    print(" · ".join(f"{name} {count:,}" for name, count in sorted(counts.items())), f"· total {counts.total():,}")
    print("\n".join(too_long), end="\n" if too_long else "")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
