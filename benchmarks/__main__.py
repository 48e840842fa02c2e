"""`make bench`: every benchmark at a moderate size, each a process of its own."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "benchmarks.collect",
    "benchmarks.curate",
    "benchmarks.compose",
    "benchmarks.deliver",
    "benchmarks.pipeline",
    "benchmarks.web",
)

if __name__ == "__main__":
    failed = 0
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", name], check=False).returncode
    sys.exit(1 if failed else 0)
