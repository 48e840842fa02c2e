"""Collecting from many boards over HTTP, against `curl --parallel` of the same addresses plus `json.loads`.

    python -m benchmarks.collect [BOARDS] [--pairs N] [--latency MS] [--stored] [--memory POSTINGS]

Two rounds: all boards new, then a fifth of them changed and the others answering 304 to their ETag; curl sends the
same ETags. `collection` is fetching and parsing into postings, with nothing stored; with `--stored` comes the whole
`digest collect`, which also judges, merges and stores. CPU seconds are user + system of whole processes; the server is
another process. Wall time is compared with one httpx client asking for one board after the other. `--memory` gives the
peak of a collection of so many postings. Full size: `2000 --stored --memory 500000`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.boards import CHANGED, board_kind, path_of, size_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONFIG = """\
newsletter: {name: Bench, from: Bench <a@example.com>}
secret_key: bench
network: {allow_private: true}
sources:
"""


class Cost(NamedTuple):
    """What a process took."""

    cpu: float
    wall: float
    peak: float
    """MB"""


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end."""
    begin = time.perf_counter()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)[:200]}: exit {process.returncode}\n{(folder / 'said').read_text()[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - begin, used.ru_maxrss / 1024)


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The boards' address."""
    command = [sys.executable, "-m", "benchmarks.boards", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def begin_round(base: str, number: int) -> None:
    """Let a fifth of the boards change."""
    urllib.request.urlopen(f"{base}/round/{number}").close()


# The peer: curl and json.


def curl_config(base: str, boards: int, folder: Path, number: int) -> Path:
    """One request a board; in the second round with the ETag that the first one gave."""
    requests = []
    for board in range(boards):
        request = f'url = "{base}{path_of(board)}"\noutput = "{folder}/{board}"\n'
        requests.append(request + (f'header = "If-None-Match: \\"{board}-1\\""\n' if number > 1 else ""))
    path = folder / "curl.config"
    path.write_text("next\n".join(requests))
    return path


PARSE = "import json, os, sys\nfor e in os.scandir(sys.argv[1]):\n    e.name.isdigit() and json.loads(open(e).read())"


def peer(base: str, boards: int, folder: Path, number: int) -> Cost:
    """curl, then json.loads of what it got."""
    at = folder / "curl"
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    config = curl_config(base, boards, at, number)
    fetched = cost(["curl", "--silent", "--fail", "--parallel", "--config", str(config)], folder)
    got = sum(path.name.isdigit() and path.stat().st_size > 0 for path in at.iterdir())
    assert got == (boards if number == 1 else -(-boards // CHANGED)), got
    parsed = cost([sys.executable, "-S", "-c", PARSE, str(at)], folder)
    return Cost(fetched.cpu + parsed.cpu, fetched.wall + parsed.wall, parsed.peak)


SEQUENTIAL = """
import httpx, sys
with httpx.Client() as client:
    for url in open(sys.argv[1]).read().split():
        client.get(url).raise_for_status().json()
"""


def sequential(base: str, boards: int, folder: Path) -> Cost:
    """httpx asking for one board after the other."""
    (folder / "urls").write_text("\n".join(base + path_of(board) for board in range(boards)))
    return cost([sys.executable, "-c", SEQUENTIAL, str(folder / "urls")], folder)


# Ours.


class _Nothing:
    """A sink and memory that keep no posting; validators go through a file from round to round."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seen = self.new = 0
        self.kept: dict[str, Any] = pickle.loads(file.read_bytes()) if file.exists() else {}

    def health(self) -> dict[str, Any]:
        return {}

    def validators(self) -> dict[str, Any]:
        return self.kept

    def details(self, source: str) -> _Nothing:
        return self

    def get(self, source_id: str, stamp: str) -> None:
        return None

    def put(self, source_id: str, stamp: str, detail: Any) -> None:
        pass

    def flush(self) -> None:
        pass

    def record(self, records: Sequence[Any]) -> None:
        self.kept |= {record.health.name: record.validators for record in records if record.validators}

    def take(self, source: Any, batch: Any, *, first_success: bool) -> _Nothing:
        self.seen += len(batch.postings)
        return self

    def finish(self, source: Any, outcome: Any) -> int:
        return 0


def fetch_and_parse(base: str, boards: int, file: Path) -> None:
    """A collection that stores nothing, in a process set up as the command's."""
    from jobdigest.cli import calm_collector
    from jobdigest.collect.http import Client
    from jobdigest.collect.run import collect
    from jobdigest.collect.sources.registry import load_kinds
    from jobdigest.config import Network, SourceConfig

    calm_collector()
    sources = [
        SourceConfig(kind=board_kind(board), value=f"b{board}", name=f"b{board}", base_url=base)
        for board in range(boards)
    ]
    nothing = _Nothing(file)

    async def run() -> None:
        async with Client(Network(allow_private=True), "benchmark") as client:
            reports = await collect(
                sources, kinds=load_kinds(), http=client.for_source, memory=nothing, sink=nothing, now=NOW,
                every=timedelta(hours=6),
            )  # fmt: skip
        failed = [report for report in reports if report.state == "failed"]
        assert not failed, failed[:3]

    asyncio.run(run())
    file.write_bytes(pickle.dumps(nothing.kept))
    print(nothing.seen)


def collection(base: str, boards: int, folder: Path) -> Cost:
    """Fetching and parsing, in a process of its own."""
    file = folder / "validators"
    return cost([sys.executable, "-m", "benchmarks.collect", "--fetch", base, str(boards), str(file)], folder)


def digest_collect(base: str, boards: int, folder: Path, number: int) -> Cost:
    """The whole command, into the store that the round before left."""
    entries = [f"  - {board_kind(board)}: b{board}\n    base_url: {base}\n" for board in range(boards)]
    (folder / "config.yaml").write_text(CONFIG + "".join(entries))
    when = (NOW + timedelta(hours=7 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    command = [sys.executable, "-m", "jobdigest", "--config", str(folder / "config.yaml"), "collect", "--now", when]
    return cost(command, folder)


def speed(base: str, boards: int, pairs: int, folder: Path, *, stored: bool) -> None:
    """Both rounds, pair by pair."""
    for number, words in ((1, "all new"), (2, f"1 of {CHANGED} changed, the others 304")):
        begin_round(base, number)
        ratios: list[float] = []
        for pair in range(pairs):
            if number == 1:
                (folder / "validators").unlink(missing_ok=True)
                known = None
            elif pair == 0:
                known = (folder / "validators").read_bytes()
            if known:
                (folder / "validators").write_bytes(known)
            least, ours = peer(base, boards, folder, number), collection(base, boards, folder)
            ratios.append(ours.cpu / least.cpu)
            print(
                f"{words}: curl + json {least.cpu:.2f} s CPU, {least.wall:.1f} s · collection {ours.cpu:.2f} s CPU, "
                f"{ours.wall:.1f} s, peak {ours.peak:.0f} MB · ratio {ratios[-1]:.2f}", flush=True,
            )  # fmt: skip
        print(f"{words}: median ratio {median(ratios):.2f}", flush=True)
        if stored:
            whole = digest_collect(base, boards, folder, number)
            print(f"{words}: digest collect {whole.cpu:.1f} s CPU, {whole.wall:.1f} s, "
                  f"{whole.cpu / least.cpu:.1f} × curl + json, peak {whole.peak:.0f} MB", flush=True)  # fmt: skip


def walls(boards: int, latency: float, folder: Path) -> None:
    """Ours at once against httpx one by one, from a server that takes its time."""
    with server(latency) as base:
        (folder / "validators").unlink(missing_ok=True)
        slow, ours = sequential(base, boards, folder), collection(base, boards, folder)
    print(f"{boards:,} boards, {latency:g} ms away: {boards:,} sequential httpx calls {slow.wall:.1f} s · "
          f"collection {ours.wall:.1f} s · {slow.wall / ours.wall:.1f} times quicker", flush=True)  # fmt: skip


def memory(postings: int, folder: Path) -> None:
    """The peak of a collection of so many postings."""
    boards = count = 0
    while count < postings:
        count += size_of(boards)
        boards += 1
    with server(0) as base:
        whole = collection(base, boards, folder)
    print(f"{count:,} postings of {boards:,} boards: collection peak {whole.peak:.0f} MB, {whole.cpu:.0f} s CPU, "
          f"{whole.wall:.0f} s", flush=True)  # fmt: skip


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--fetch"]:
        fetch_and_parse(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("boards", nargs="?", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--latency", type=float, default=20.0, metavar="MS")
    parser.add_argument("--stored", action="store_true")
    parser.add_argument("--memory", type=int, default=0, metavar="POSTINGS")
    given = parser.parse_args()
    print(f"{given.boards:,} boards, {sum(map(size_of, range(given.boards))):,} postings, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        with server(0) as base:
            speed(base, given.boards, given.pairs, Path(name), stored=given.stored)
        walls(given.boards, given.latency, Path(name))
    if given.memory:
        with tempfile.TemporaryDirectory() as name:
            memory(given.memory, Path(name))


if __name__ == "__main__":
    main()
