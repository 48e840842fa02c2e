"""The pages under load with two workers, beside a bare Starlette page served by the same uvicorn in the same run.

    python -m benchmarks.web [JOBS] [JOBS_OF_THE_SEARCH] [SECONDS]

`kept`: 200 searches asked again and again, as visitors do. `new`: searches that nobody asked before, right after those,
and then again after 6,000 other ones, when most words and jobs were seen already, as on any day. CPU is user + system
of the server's processes for each request: on a machine that is shared with the load generator and with others, it
tells more than requests per second.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.board import BRANDS, KINDS, LEVELS, TITLES, TOWNS, a_store

CONFIG = """\
newsletter: {name: Bench, from: Bench <a@example.com>, base_url: "http://127.0.0.1"}
secret_key: bench
sources: [{jsonl: rows.jsonl}]
"""
ROOT = Path(__file__).parent.parent
CONNECTIONS = 16
WARM = 6  # times that each page is asked for beforehand: both workers have it then
COUNTRIES = ("Germany", "France", "US", "UK", "Canada", "India", "Switzerland", "Europe", "Japan", "Poland")
TICKS = os.sysconf("SC_CLK_TCK")


async def hello(_request: Request) -> Response:
    """The bare page: what one can get at most."""
    return HTMLResponse("<!doctype html><title>bare</title><p>Hello.")


bare = Starlette(routes=[Route("/", hello)])


def searches(count: int, dice: random.Random) -> list[str]:
    """Different searches such as people type and click, some of them deep into the list."""
    found: dict[str, None] = {}
    while len(found) < count:
        title, role = dice.choice(TITLES)
        words = dice.choice(
            ("", "", title, title.split()[0], "engineer", "senior scientist", "robot*", dice.choice(BRANDS))
        )
        query = {
            "q": f"{words} {dice.choice(KINDS)}" if words and dice.random() < 0.2 else words,
            "role": role if dice.random() < 0.4 else "",
            "place": dice.choice((dice.choice(TOWNS)[0], dice.choice(COUNTRIES))) if dice.random() < 0.6 else "",
            "remote": "yes" if dice.random() < 0.2 else "",
            "seniority": dice.choice(LEVELS) if dice.random() < 0.2 else "",
            "pay": dice.choice((50, 80, 100, 140, 200)) * 1000 if dice.random() < 0.2 else "",
            "after": ((739_000 + dice.randrange(900)) << 40) if dice.random() < 0.1 else "",
        }
        given = {name: value for name, value in query.items() if value}
        if given:
            found[f"/jobs?{urlencode(given)}"] = None
    return list(found)


@contextmanager
def server(*command: str, port: int) -> Iterator[int]:
    """A server in processes of its own, its first answer awaited; gives its process id."""
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environ, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    if connection.recv(1):
                        break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)  # the second worker
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(own[11]) + int(own[12])) / TICKS + sum(cpu_of(int(child)) for child in children)


def load(
    pid: int, port: int, paths: Sequence[str], seconds: float, connections: int = CONNECTIONS, least: int = 1
) -> dict[str, Any]:
    """What the load generator measured, with `rate` and the server's `cpu` in ms a request."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(paths))
        file.flush()
        before = cpu_of(pid)
        command = [
            sys.executable,
            "-m",
            "benchmarks.load",
            "127.0.0.1",
            str(port),
            file.name,
            str(seconds),
            str(connections),
            str(least),
        ]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    found["cpu"] = 1000 * (cpu_of(pid) - before) / found["requests"]
    found["rate"] = found["requests"] / found["seconds"]
    return found


def main(jobs: int = 100_000, most: int = 200_000, seconds: float = 5.0) -> None:
    """Print the table."""
    dice = random.Random(3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages_of(folder, jobs, seconds, dice)
    with tempfile.TemporaryDirectory() as name:
        latency_of(Path(name), most, dice)


def install(folder: Path, size: int) -> Path:
    """A configuration beside a filled database."""
    config = folder / "config.yaml"
    config.write_text(CONFIG)
    begin = time.perf_counter()
    a_store(f"sqlite:///{folder}/digest.db", size)
    print(f"{size:,} jobs stored in {time.perf_counter() - begin:.0f} s", flush=True)
    return config


def token(config: Path) -> str:
    """A link for leaving, as a mail carries it."""
    from jobdigest.app import App
    from jobdigest.subscribers.tokens import UNSUBSCRIBE

    return App.load(config).keys.sign(UNSUBSCRIBE, 1)


def pages_of(folder: Path, size: int, seconds: float, dice: random.Random) -> None:
    """Requests per second and CPU of each kind of page, beside the bare one."""
    config = install(folder, size)
    popular, new = searches(200, dice), searches(26_000, dice)
    cases = {
        "/": ["/"],
        "/jobs": ["/jobs"],
        "/jobs?… kept": popular,
        "/jobs?… new": new[:10_000],
        "/jobs?… new, later": new[10_000:20_000],
        "/jobs/ID kept": [f"/jobs/j{dice.randrange(size) + 1}" for _ in range(200)],
        "/unsubscribe/…": [f"/unsubscribe/{token(config)}"],
    }
    port, other = free_port(), free_port()
    ours = ("jobdigest", "--config", str(config), "web", "--port", str(port), "--workers", "2")
    plain = ("uvicorn", "benchmarks.web:bare", "--port", str(other), "--workers", "2", "--no-access-log")
    plain += ("--http", "jobdigest.web.wire:Patient")  # stock uvicorn waits 40 ms for each answer of two workers
    with server(*ours, port=port) as pid, server(*plain, port=other) as bare_pid:
        load(bare_pid, other, ["/"], 1)
        print(f"{'':19}{'req/s':>9}{'p99 ms':>9}{'CPU ms':>9}   of bare: req/s, CPU", flush=True)
        for name, paths in cases.items():
            if name.endswith("kept"):
                load(pid, port, paths, 0, least=WARM * len(paths))
            elif name.endswith("later"):
                load(pid, port, new[20_000:], 0, least=6000)
            first = load(bare_pid, other, ["/"], seconds)
            found = load(pid, port, paths, seconds)
            second = load(bare_pid, other, ["/"], seconds)
            rate, cpu = (first["rate"] + second["rate"]) / 2, (first["cpu"] + second["cpu"]) / 2
            print(f"{'bare':19}{rate:9,.0f}{first['p99']:9.1f}{cpu:9.2f}")
            share = f"{found['rate'] / rate:.2f}, {cpu / found['cpu']:.2f}"
            print(f"{name:19}{found['rate']:9,.0f}{found['p99']:9.1f}{found['cpu']:9.2f}   {share}", flush=True)
            assert set(found["statuses"]) <= {"200"}, found["statuses"]


def latency_of(folder: Path, size: int, dice: random.Random) -> None:
    """How long one visitor waits for searches that nobody asked before."""
    config = install(folder, size)
    port, other = free_port(), free_port()
    ours = ("jobdigest", "--config", str(config), "web", "--port", str(port))
    plain = ("uvicorn", "benchmarks.web:bare", "--port", str(other), "--no-access-log")
    with server(*ours, port=port) as pid, server(*plain, port=other) as bare_pid:
        load(pid, port, ["/jobs"], 2, connections=1)
        found = load(pid, port, searches(20_000, dice), 20, connections=1)
        beside = load(bare_pid, other, ["/"], 5, connections=1)
    print(f"{found['requests']:,} different searches at {size:,} jobs, one after another: {_latency(found)}")
    print(f"bare page, the same way: {_latency(beside)}")


def _latency(found: dict[str, Any]) -> str:
    return " · ".join(f"{name} {found[name]:.1f} ms" for name in ("p50", "p95", "p99", "cpu"))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]), *(float(word) for word in sys.argv[3:4]))
