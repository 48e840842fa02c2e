"""A source kind that comes in a package of its own, as CONTRIBUTING.md describes it; and who must be named is named."""

from __future__ import annotations

import email
import email.policy
import subprocess
import sys
from pathlib import Path

import pytest

from support.canned import serving
from support.cli import Operator

MODULE = """
from collections.abc import AsyncIterator
from jobdigest.collect.sources.base import Batch, Context, Manners, Option
from jobdigest.errors import ParseError
from jobdigest.model import RawPosting


class NoticeBoard:
    name = "noticeboard"
    needs_value = True
    direct = True
    evidence = "synthetic"
    manners = Manners(concurrency=1, per_second=1.0)
    options = {"floor": Option(help="which floor's board")}

    async def fetch(self, context: Context) -> AsyncIterator[Batch]:
        answer = (await context.http.get("https://notices.example/" + context.source.value, conditional=True))
        if answer.not_modified:
            return
        rows = answer.json()
        if not isinstance(rows, list):
            raise ParseError("no list of notices")
        yield Batch(postings=[RawPosting(source_id=str(r["id"]), title=r["title"], company="Acme") for r in rows])

    def recognise(self, url: str) -> str | None:
        return None
"""
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "jobdigest-noticeboard"
version = "1.0"
[project.entry-points."jobdigest.kinds"]
noticeboard = "jobdigest_noticeboard:NoticeBoard"
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the package installed in it, by pip as anybody would."""
    package = tmp_path / "package"
    (package / "jobdigest_noticeboard").mkdir(parents=True)
    (package / "jobdigest_noticeboard" / "__init__.py").write_text(MODULE, encoding="utf-8")
    (package / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(package)], check=True, capture_output=True)
    return target


def test_an_installed_kind_is_a_kind_like_others(installed: Path, tmp_path: Path) -> None:
    with serving({"GET /lobby": [[{"id": 1, "title": "Machine Learning Engineer"}]]}) as (url, _):
        sources = f"  - noticeboard: lobby\n    floor: 2\n    base_url: {url}"
        operator = Operator(tmp_path, sources, PYTHONPATH=str(installed))
        assert "1 postings, 0 rows not taken" in operator.types("sources", "test", "noticeboard:lobby").stdout
        operator.types("collect")
        assert "noticeboard:lobby: experimental · last success" in operator.types("sources", "list").stdout
    (posting,) = operator.lines("postings")
    assert (posting["source"], posting["source_id"], posting["company"]) == ("noticeboard:lobby", "1", "Acme")
    without = Operator(tmp_path, sources).types("check", exit_code=2)
    assert "noticeboard" in without.stderr


BOARDS = {
    "remoteok": ("  - remoteok:\n    base_url: {}", [{"legal": "…"}], "Remote OK"),
    "himalayas": ("  - himalayas:\n    base_url: {}", {"jobs": []}, "Himalayas"),
    "adzuna": ("  - adzuna: gb\n    app_id: i\n    app_key: k\n    base_url: {}", {"results": []}, "Jobs by Adzuna"),
}
ROWS = {
    "remoteok": {
        "id": "7", "position": "Machine Learning Engineer", "company": "Acme", "url": "https://remoteok.com/7",
    },
    "himalayas": {
        "guid": "https://himalayas.app/7", "title": "Machine Learning Engineer", "companyName": "Acme",
        "pubDate": 1794000000,
    },
    "adzuna": {
        "id": "7", "title": "Machine Learning Engineer", "company": {"display_name": "Acme"},
        "redirect_url": "https://www.adzuna.co.uk/jobs/land/ad/7", "location": {"display_name": "London"},
    },
}  # fmt: skip
LINKS = {"remoteok": "https://remoteok.com/7", "himalayas": "https://himalayas.app/7",
         "adzuna": "https://www.adzuna.co.uk/jobs/land/ad/7"}  # fmt: skip


@pytest.mark.parametrize("kind", BOARDS)
def test_who_must_be_named_is_named_in_the_newsletter_and_linked(kind: str, tmp_path: Path) -> None:
    sources, answer, name = BOARDS[kind]
    whole = [*answer, ROWS[kind]] if isinstance(answer, list) else {key: [ROWS[kind]] for key in answer}
    with serving({"*": [whole]}) as (url, _):
        operator = Operator(tmp_path, sources.format(url))
        operator.types("collect", "--now", "2026-11-23T12:00:00Z")
    operator.types("send", "--dry-run", "--out", "out", "--now", "2026-11-24T09:00:00Z")
    (mail,) = sorted((tmp_path / "out" / "messages").glob("*.eml"))
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    for form in ("plain", "html"):
        part = message.get_body((form,))
        assert part is not None
        assert f"via {name}" in part.get_content(), form
        assert "via via" not in part.get_content()
        assert LINKS[kind] in part.get_content(), form
