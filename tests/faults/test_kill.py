"""`kill -9` at every statement of the send loop and at random times; the ledger must account for everybody.

The statements are enumerated by tracing a healthy run in `support/kill_target.py`. After each kill the same oracle as
in the SMTP faults: at most one mail per reader, sums right, in doubt at most one per connection, and the next run
finishes the rest.
"""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.process
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from jobdigest.store import Store
from support import kill_target
from support.sending import addresses, freeze, open_at, problems, run, states
from support.smtp_sink import Sink, Step

READERS, CONNECTIONS = 10, 3
Sender = multiprocessing.process.BaseProcess
SENDERS = multiprocessing.get_context(
    "forkserver"
)  # forks of a server that has imported everything: hundreds are quick
SENDERS.set_forkserver_preload([*kill_target.NEEDED])
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def now_and_then(step: Step) -> str | None:
    """A server that also defers, so that the paths of retries are walked too."""
    return "450 4.2.0 later" if step.name == "rcpt" and step.nth == 4 else None


def address_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


def target(store: Store, sink: Sink, **task: Any) -> Sender:
    """The sender in a process, started and ready to send."""
    task = {"database": address_of(store), "port": sink.port, "connections": CONNECTIONS} | task
    ready, said = SENDERS.Pipe(duplex=False)
    process = SENDERS.Process(target=kill_target.main, args=(task, said))
    process.start()
    said.close()
    ready.recv()
    return process


def ended(process: Sender) -> int:
    process.join(180)
    assert process.exitcode is not None
    return process.exitcode


def oracle(store: Store, sink: Sink) -> Counter[str]:
    """Checks, then finishes with a healthy sender in this process, and checks again."""
    check(store, sink)
    server = Server(host=sink.host, port=sink.port, tls="none", timeout=10, local_name="example.com")
    run(store, Pipelined(server, CONNECTIONS))
    check(store, sink)
    found = states(store)
    assert set(found.values()) <= {"accepted", "in_doubt"}
    missing = set(addresses(READERS)) - set(sink.recipients)
    assert missing <= {address for address, state in found.items() if state == "in_doubt"}
    return Counter(found.values())


def check(store: Store, sink: Sink) -> None:
    assert problems(store) == []
    assert max(Counter(sink.recipients).values(), default=0) <= 1
    assert Counter(states(store).values())["in_doubt"] <= CONNECTIONS


def statements(folder: Path, kind: str) -> list[tuple[str, int, int]]:
    """Every statement a run executes, and how often."""
    store = open_at(kind, folder)
    freeze(store, addresses(READERS))
    with Sink(script=now_and_then) as sink:
        assert ended(target(store, sink, record=str(folder / "seen.json"))) == 0
    store.close()
    return [(name, line, times) for name, line, times in json.loads((folder / "seen.json").read_text())]


def killed_at(folder: Path, kind: str, statement: tuple[str, int, int]) -> Counter[str]:
    folder.mkdir()
    store = open_at(kind, folder)
    freeze(store, addresses(READERS))
    with Sink(script=now_and_then) as sink:
        code = ended(target(store, sink, kill=list(statement)))
        assert code in (-signal.SIGKILL, 0)  # a statement may run less often when the timing differs
        end = oracle(store, sink)
    store.close()
    return end


def every(folder: Path, kind: str, chosen: Callable[[list[tuple[str, int, int]]], list[tuple[str, int, int]]]) -> None:
    dice = random.Random(6)
    found = statements(folder, kind)
    names = {name for name, _, _ in found}
    assert set(kill_target.TRACED) == names
    for i, (name, line, times) in enumerate(chosen(found)):
        killed_at(folder / str(i), kind, (name, line, dice.randint(1, times)))


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_a_sample_of_statements(tmp_path: Path, kind: str) -> None:
    """The two that matter most, and a few at random."""
    dice = random.Random(48)
    every(tmp_path, kind, lambda found: dice.sample([s for s in found if s[0] == "deliver/send.py"], 2))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_statement(tmp_path: Path, kind: str) -> None:
    every(tmp_path, kind, lambda found: found)


def at_random_times(folder: Path, kind: str, times: int, senders: int) -> None:
    dice = random.Random(2026)
    for i in range(times):
        (folder / str(i)).mkdir()
        store = open_at(kind, folder / str(i))
        freeze(store, addresses(READERS))
        with Sink(script=now_and_then) as sink:
            racing = [target(store, sink, alongside=True, connections=1) for _ in range(senders)]
            time.sleep(dice.uniform(0, 0.25))  # the accident, not a synchronisation
            racing[0].kill()
            for process in racing:
                ended(process)
            oracle(store, sink)
        store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_two_race(tmp_path: Path, kind: str) -> None:
    at_random_times(tmp_path, kind, 1, senders=2)


@pytest.mark.soak
@pytest.mark.parametrize("senders", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_many_random_times(tmp_path: Path, kind: str, senders: int) -> None:
    at_random_times(tmp_path, kind, 100, senders)
