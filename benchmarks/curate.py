"""Collecting postings from jsonl into a cold store, against the least that any program would do with the same rows.

    python -m benchmarks.curate [ROWS] [FILE.jsonl.gz]           cold store, and the same again unchanged
    python -m benchmarks.curate --stored [ROWS] [FILE.jsonl.gz]  10,000 new rows beside 10,000 and beside ROWS stored

The limit is `json.loads` of every line plus one `executemany` upsert into an indexed SQLite table, timed in the same
run, pair by pair. CPU seconds are user + system of the whole process, which has its bytecode as an installed one has.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
RECORDED = ROOT.parent / "shared" / "data" / "postings-100k.jsonl.gz"
CONFIG = """\
newsletter: {name: Bench, from: Bench <a@example.com>}
secret_key: bench
sources: [{jsonl: rows.jsonl, name: first}, {jsonl: more.jsonl, name: more}]
"""
COLUMNS = ("id", "title", "company", "locations", "url", "date_posted", "salary")
FEW = 10_000
FAR = 100_000_000  # between the ids of one copy and of the next


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


def forget(folder: Path) -> None:
    """Remove the store."""
    for file in folder.glob("digest.db*"):
        file.unlink()


def collect(folder: Path, source: str = "first") -> tuple[float, float]:
    """CPU seconds and peak MB of `digest collect`."""
    command = [sys.executable, "-m", "jobdigest", "--config", str(folder / "config.yaml"), "collect"]
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*command, "--source", source, "--now", "2026-11-22T12:00:00Z"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **compiled},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, after.ru_maxrss / 1024


def write(lines: Iterator[str], count: int, path: Path) -> None:
    """The next rows as a source's file."""
    path.write_text("".join(islice(lines, count)), encoding="utf-8")


def cold(folder: Path, lines: Iterator[str], count: int, pairs: int = 3) -> None:
    """Pairs of the limit and a cold collection."""
    rows = folder / "rows.jsonl"
    write(lines, count, rows)
    ratios, peak = [], 0.0
    for _ in range(pairs):
        least = limit(rows, folder)
        forget(folder)
        cpu, peak = collect(folder)
        ratios.append(cpu / least)
        print(
            f"limit {least:.2f} s · digest collect {cpu:.2f} s · ratio {cpu / least:.1f} · peak {peak:.0f} MB",
            flush=True,
        )
    again, _ = collect(folder)
    print(f"{count:,} rows, {os.cpu_count()} cores: median ratio {median(ratios):.1f}, again unchanged {again:.2f} s")


def beside_stored(folder: Path, lines: Iterator[str], count: int, rounds: int = 3) -> None:
    """What 10,000 new rows cost in a small store and in one that holds copies of it under other ids and keys."""
    write(lines, FEW, folder / "rows.jsonl")
    write(lines, FEW, folder / "more.jsonl")
    collect(folder)
    small, large = folder / "small.db", folder / "large.db"
    shutil.copy(folder / "digest.db", small)
    multiply(folder / "digest.db", count // FEW)
    shutil.move(folder / "digest.db", large)
    ratios = []
    for _ in range(rounds):
        spent = []
        for store in (small, large):
            forget(folder)
            shutil.copy(store, folder / "digest.db")
            os.sync()  # or else the collection pays for writing the copy
            spent.append(collect(folder, "more")[0])
        ratios.append(spent[1] / spent[0])
        print(f"{FEW:,} new rows beside {FEW:,}: {spent[0]:.2f} s · beside {count:,}: {spent[1]:.2f} s", flush=True)
    print(f"median ratio {median(ratios):.2f}, store of {large.stat().st_size / 1e6:,.0f} MB")


def multiply(database: Path, times: int) -> None:
    """Copy every stored posting, job and identity, each copy with ids and keys of its own."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")
    columns = {
        table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for table in ("postings", "jobs", "identities")
    }
    job = "'j' || (CAST(substr({}, 2) AS INTEGER) + :far)"
    for number in range(1, times):
        given = {"far": number * FAR, "key": (number * 0x1E3779B97F4A7C15) % 2**63, "source": f"copy {number}"}
        other = {
            "postings": {"id": "id + :far", "source": ":source", "job_id": job.format("job_id")},
            "jobs": {"id": job.format("id"), "redirect_to": job.format("redirect_to"), "rank": "rank + :far"},
            "identities": {"identity": "(identity | :key) - (identity & :key)", "job_id": job.format("job_id")},
        }
        for table, changed in other.items():
            values = ", ".join(changed.get(name, f'"{name}"') for name in columns[table])
            names = ", ".join(f'"{name}"' for name in columns[table])
            key = {"postings": "id", "jobs": "rank", "identities": "identity"}[table]
            most = {"postings": f"id < {FAR}", "jobs": f"CAST(substr(id, 2) AS INTEGER) < {FAR}"}.get(table)
            rows = f"SELECT * FROM {table} WHERE {most}" if most else "SELECT * FROM first_identities"
            if table == "identities" and number == 1:
                connection.execute("CREATE TEMP TABLE first_identities AS SELECT * FROM identities")
            connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM ({rows}) ORDER BY {key}", given)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def main(*arguments: str) -> None:
    """Print the table."""
    measure = beside_stored if "--stored" in arguments else cold
    count, source, *_ = [*(word for word in arguments if word != "--stored"), "", ""]
    path = Path(source or RECORDED)
    if not path.is_file():
        sys.exit(f"{path} is not here; name a .jsonl.gz of postings")
    with tempfile.TemporaryDirectory() as name, gzip.open(path, "rt", encoding="utf-8") as lines:
        folder = Path(name)
        (folder / "config.yaml").write_text(CONFIG)
        for file in ("rows.jsonl", "more.jsonl"):
            (folder / file).write_text(json.dumps({"title": "Warming up"}))
        collect(folder)  # compiles every module
        forget(folder)
        measure(folder, iter(lines), int(count or (1_000_000 if measure is beside_stored else 20_000)))


if __name__ == "__main__":
    main(*sys.argv[1:])
