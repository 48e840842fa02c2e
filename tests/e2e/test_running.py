"""`digest run` as a process on SQLite: a week by itself, a clean end at any moment, several at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.machines import Cluster, posting
from support.smtp_sink import Sink, Step

READERS = 12
STRUCK = """
import signal, threading, time
from jobdigest.schedule import wait_for_the_end

def strike():
    while signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        time.sleep(0.01)
    time.sleep(0.1)  # let the main thread begin to wait; where it hasn't, this is the ordinary case
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

threading.Thread(target=strike).start()
stop = threading.Event()
wait_for_the_end(stop)
print(stop.is_set())
"""


class Mute:
    """A web server that accepts every connection and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._asked = threading.Semaphore(0)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            self._asked.release()

    def is_asked(self) -> None:
        assert self._asked.acquire(timeout=60), "nobody asked"

    def close(self) -> None:
        for connection in [self._socket, *self._open]:
            connection.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def mute() -> Iterator[Mute]:
    server = Mute()
    yield server
    server.close()


@pytest.fixture
def due() -> timedelta:
    """When the edition is due."""
    return timedelta(minutes=-5)


@pytest.fixture
def cluster(tmp_path: Path, sink: Sink, due: timedelta) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path, sink=sink, readers=READERS, due=due)
    yield cluster
    cluster.stops()


def sent(cluster: Cluster) -> bool:
    return cluster.asks("SELECT outcome FROM runs WHERE key LIKE 'edition:%'") == [("sent",)]


def last_tick(cluster: Cluster) -> list[tuple[str]]:
    return cluster.asks("SELECT value FROM meta WHERE key = 'last_tick'")


def test_a_week_by_itself_and_after_a_restart_nothing_twice(cluster: Cluster, sink: Sink) -> None:
    first = cluster.starts("run")
    cluster.waits_until(lambda: sent(cluster))
    cluster.waits_until(lambda: len(list((cluster.folder / "backups").glob("*.db"))) == 1)
    cluster.ends(first)
    assert Counter(sink.recipients) == dict.fromkeys((f"r{n}@example.com" for n in range(READERS)), 1)
    assert "finishing what is in flight" in cluster.logs()
    before = last_tick(cluster)
    again = cluster.starts("run")
    cluster.waits_until(lambda: last_tick(cluster) != before)  # the last of the duties that a tick begins
    cluster.ends(again)  # and none is left at work
    assert len(sink.recipients) == READERS
    assert len(cluster.asks("SELECT 1 FROM runs WHERE key LIKE 'backup:%'")) == 1


def test_it_ends_in_time_while_it_sends_and_goes_on_at_the_next_start(cluster: Cluster, sink: Sink) -> None:
    half, asked = threading.Event(), threading.Event()

    def slowly(step: Step) -> str | None:
        if step.name == "dot" and step.nth >= READERS // 2:
            half.set()
            asked.wait(30)
        return None

    sink.script = slowly
    first = cluster.starts("run")
    assert half.wait(60), cluster.logs()
    first.terminate()
    cluster.waits_until(lambda: "finishing what is in flight" in cluster.logs())
    asked.set()
    cluster.ends(first)
    states = Counter(dict(cluster.asks("SELECT id, state FROM deliveries")).values())
    assert set(states) == {"accepted", "pending"}, "every mark is settled, and not everybody was mailed"
    assert states["accepted"] == len(sink.recipients)
    cluster.starts("run")
    cluster.waits_until(lambda: sent(cluster))
    assert Counter(sink.recipients) == dict.fromkeys((f"r{n}@example.com" for n in range(READERS)), 1)


def test_a_signal_that_reaches_another_thread_is_not_lost() -> None:
    done = subprocess.run([sys.executable, "-c", STRUCK], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True\n"


def test_it_ends_in_time_during_a_long_collection(cluster: Cluster, mute: Mute) -> None:
    text = cluster.config.read_text().replace("  - jsonl: s0.jsonl", f"  - rss: {mute.address}/feed")
    cluster.config.write_text(text)
    process = cluster.starts("run")
    mute.is_asked()
    cluster.ends(process)
    rows = cluster.asks("SELECT failures FROM sources WHERE name LIKE 'rss:%'")
    assert [row for row in rows if row[0]] == [], "what we interrupted is no failure of the source"


@pytest.mark.parametrize("due", [timedelta(hours=3)])  # after the first look, nine hours before, and not the second
def test_a_link_check_ends_in_time_and_a_dead_one_is_taken_up_again(cluster: Cluster, mute: Mute) -> None:
    cluster.write("s0.jsonl", *({**posting(n), "url": f"{mute.address}/{n}"} for n in range(6)))
    cluster.types("collect")
    stopped = cluster.starts("run")
    mute.is_asked()
    cluster.ends(stopped)
    key = "SELECT finished, outcome FROM runs WHERE key LIKE 'links:%'"
    assert cluster.asks(key) == [(None, None)]
    killed = cluster.starts("run")
    mute.is_asked()
    killed.kill()
    killed.wait()
    last = cluster.starts("run")
    mute.is_asked()
    assert cluster.asks(key) == [(None, None)]
    cluster.ends(last)


def test_two_at_once_send_everybody_one_mail(cluster: Cluster, sink: Sink) -> None:
    both = [cluster.starts("run") for _ in range(2)]
    cluster.waits_until(lambda: sent(cluster))
    for process in both:
        cluster.ends(process)
    assert Counter(sink.recipients) == dict.fromkeys((f"r{n}@example.com" for n in range(READERS)), 1)
    assert [len(cluster.asks(f"SELECT 1 FROM runs WHERE key LIKE '{key}:%'")) for key in ("edition", "backup")] == [
        1,
        1,
    ]
