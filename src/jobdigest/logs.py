"""Log lines for a console or as JSON (`DIGEST_LOG=json`); addresses of people never stand in them.

We log none ourselves, but mail servers put them into their answers and libraries into their tracebacks, so whatever
looks like one is taken out of every line.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

IDS = ("run", "source")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_run: ContextVar[str | None] = ContextVar("run", default=None)


@contextmanager
def run(name: str) -> Iterator[None]:
    """Every line that is logged inside the block belongs to this piece of work (`edition:2026-W48`)."""
    token = _run.set(name)
    try:
        yield
    finally:
        _run.reset(token)


def _with_ids(record: logging.LogRecord) -> bool:
    """A filter that lets everything pass, with the ids it belongs to."""
    name = _run.get()
    record.__dict__.update(run=name, about=f"{name}: " if name else "")
    return True


def without_addresses(text: str) -> str:
    """`text` with `<address>` in place of each mail address."""
    return _ADDRESS.sub("<address>", text)


class Console(logging.Formatter):
    """A line to read, and the traceback if any."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(about)s%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        return without_addresses(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the run and source it is about, the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in IDS if (value := getattr(record, name, None))}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: without_addresses(value) for name, value in line.items()}, ensure_ascii=False)


def set_up() -> None:
    """Send the log to stderr in the form that `DIGEST_LOG` asks for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if os.environ.get("DIGEST_LOG") == "json" else Console())
    handler.addFilter(_with_ids)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # httpx names whole addresses, keys included
    for noisy in ("alembic", "apscheduler", "procrastinate", "httpcore", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
