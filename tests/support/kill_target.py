"""A sender for a process of its own, to be killed.

Its task says which `database` and `port`, and one of: `record` (a file that gets how often each statement ran) or
`kill` (`[file, line, nth]`: die by SIGKILL just before that statement runs for the nth time). Statements are found by
tracing from here; the product knows nothing of it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import jobdigest
from jobdigest.deliver import owner, send
from jobdigest.deliver.policy import Policy
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from jobdigest.store import open_store
from jobdigest.store.sending import SendingLedger
from support.sending import EDITION, QuickClock, make_message

NEEDED = ("jobdigest.deliver.send", "jobdigest.deliver.transports.pipelined", "jobdigest.store.sending",
          "jobdigest.store.upgrade", "sqlalchemy.dialects.sqlite", "psycopg")  # fmt: skip
ROOT = str(Path(jobdigest.__file__).parent)
TRACED = (
    "deliver/send.py",
    "deliver/supply.py",
    "deliver/building.py",
    "deliver/transports/pipelined.py",
    "store/sending.py",
    "store/claims.py",
)


def main(task: dict[str, Any], ready: Connection) -> None:
    """Say that we are ready, and send."""
    store = open_store(task["database"])
    transport = Pipelined(
        Server(host="127.0.0.1", port=task["port"], tls="none", timeout=10, local_name="example.com"),
        task["connections"],
    )
    ledger = SendingLedger(store, EDITION, owner.new_owner(), owner.alive)
    ready.send(True)
    seen: Counter[tuple[str, int]] = Counter()
    if "record" in task or "kill" in task:
        follow = partial(_follow, seen=seen, kill=task.get("kill"))
        threading.settrace(follow)  # the thread that talks to the database
        sys.settrace(follow)
    try:
        send.run(ledger, make_message, transport, Policy(), clock=QuickClock(), alongside=task.get("alongside", False))
    finally:
        sys.settrace(None)
    store.close()
    if "record" in task:
        Path(task["record"]).write_text(json.dumps([[*statement, n] for statement, n in sorted(seen.items())]))


def _follow(frame: FrameType, event: str, _: Any, seen: Counter[tuple[str, int]], kill: list[Any] | None) -> Any:
    return _trace(frame, event, seen, kill)


def _trace(frame: FrameType, event: str, seen: Counter[tuple[str, int]], kill: list[Any] | None) -> Any:
    name = frame.f_code.co_filename.removeprefix(ROOT + "/")
    if name not in TRACED:
        return None
    if event == "line":
        seen[name, frame.f_lineno] += 1
        if kill and [name, frame.f_lineno, seen[name, frame.f_lineno]] == kill:
            os.kill(os.getpid(), signal.SIGKILL)
    return lambda inner, what, _: _trace(inner, what, seen, kill)
