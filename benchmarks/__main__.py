"""`make bench`: every benchmark at a moderate size, each a process of its own."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("benchmarks.curate", "benchmarks.compose", "benchmarks.deliver")

if __name__ == "__main__":
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", name], check=False)
