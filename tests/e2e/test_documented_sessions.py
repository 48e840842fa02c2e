"""Every `console` block of the documentation is typed, line by line, by an operator whose newsletter has a few jobs.

What such a block prints is an example and is not compared: the figures are another newsletter's.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from support.canned import serving
from support.cli import Operator
from support.markdown import Block, blocks
from support.smtp_sink import Sink

SESSIONS = [block for block in blocks() if block.language == "console"]
PAGE = "<html><title>{0}</title><h1>{0}</h1><p>A long page about the vacancy.</p><a href='/apply'>Apply now</a></html>"
TITLES = ("Machine Learning Engineer", "Research Scientist, NLP", "Data Scientist", "MLOps Engineer")


@pytest.mark.parametrize("block", SESSIONS, ids=str)
def test_a_documented_session_works(block: Block, tmp_path: Path) -> None:
    pages = {f"GET /jobs/{number}": [PAGE.format(title)] for number, title in enumerate(TITLES)}
    with serving(pages) as (url, _), Sink() as sink:
        operator = an_operator(tmp_path, url, sink)
        for line in re.findall(r"^\$ (?:\S*/)?digest (.+)$", block.text, re.MULTILINE):
            operator.types(*shlex.split(line, comments=True))


def an_operator(folder: Path, url: str, sink: Sink) -> Operator:
    """A folder with config.yaml, four postings whose pages answer, a reader, and a mail server."""
    operator = Operator(folder)
    smtp = f"delivery: {{smtp: {{host: 127.0.0.1, port: {sink.port}, tls: none}}}}"
    operator.config.write_text(operator.config.read_text().replace("delivery: {file: mail}", smtp))
    rows = [
        {"id": str(number), "title": title, "company": f"Company {number}", "url": f"{url}/jobs/{number}"}
        for number, title in enumerate(TITLES)
    ]
    operator.write("postings.jsonl", *rows)
    (folder / "readers.csv").write_text("email\nreader@example.com\n")
    operator.types("subscribers", "add", "somebody@example.com")
    return operator
