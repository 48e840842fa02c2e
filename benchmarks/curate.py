"""Collecting postings from jsonl into a cold store, against the least that any program would do with the same rows.

    python -m benchmarks.curate [ROWS] [FILE.jsonl.gz]

The limit is `json.loads` of every line plus one `executemany` upsert into an indexed SQLite table, timed in the same
run, pair by pair. CPU seconds are user + system of the whole process.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
RECORDED = ROOT.parent / "shared" / "data" / "postings-100k.jsonl.gz"
CONFIG = """\
newsletter: {name: Bench, from: Bench <a@example.com>}
secret_key: bench
sources: [{jsonl: rows.jsonl}]
"""
COLUMNS = ("id", "title", "company", "locations", "url", "date_posted", "salary")


def limit(rows: Path, folder: Path) -> float:
    """CPU seconds of the least: read, parse, one executemany upsert."""
    database = folder / "limit.db"
    database.unlink(missing_ok=True)
    begin = time.process_time()
    parsed = [json.loads(line) for line in rows.open(encoding="utf-8")]
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE p ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
    connection.executemany(
        f"INSERT INTO p VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT (id) DO UPDATE SET title = excluded.title",
        [tuple(json.dumps(v) if isinstance(v := row.get(c), list) else v for c in COLUMNS) for row in parsed],
    )
    connection.commit()
    connection.close()
    return time.process_time() - begin


def collect(folder: Path, *, cold: bool) -> tuple[float, float]:
    """CPU seconds and peak MB of `digest collect`."""
    if cold:
        for file in folder.glob("digest.db*"):
            file.unlink()
    command = [sys.executable, "-m", "jobdigest", "--config", str(folder / "config.yaml"), "collect"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--now", "2026-11-22T12:00:00Z"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, after.ru_maxrss / 1024


def main(count: int = 20_000, source: Path = RECORDED, pairs: int = 3) -> None:
    """Print the table."""
    if not source.is_file():
        sys.exit(f"{source} is not here; name a .jsonl.gz of postings")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(CONFIG)
        rows = folder / "rows.jsonl"
        with gzip.open(source, "rt", encoding="utf-8") as file, rows.open("w", encoding="utf-8") as out:
            out.writelines(line for _, line in zip(range(count), file, strict=False))
        ratios, peak = [], 0.0
        for _ in range(pairs):
            least = limit(rows, folder)
            cpu, peak = collect(folder, cold=True)
            ratios.append(cpu / least)
            print(f"limit {least:.2f} s · digest collect {cpu:.2f} s · ratio {cpu / least:.1f} · peak {peak:.0f} MB")
        again, _ = collect(folder, cold=False)
        cores = os.cpu_count()
        print(f"{count:,} rows, {cores} cores: median ratio {median(ratios):.1f}, again unchanged {again:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, Path(sys.argv[2]) if len(sys.argv) > 2 else RECORDED)
