"""Log lines for a console or as JSON (`DIGEST_LOG=json`); addresses of people never stand in them."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up() -> None:
    """Send the log to stderr in the form that `DIGEST_LOG` asks for."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("DIGEST_LOG") == "json"
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("alembic", "apscheduler", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
