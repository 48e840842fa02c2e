"""The built wheel works where there is no checkout: its templates are inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.cli import Operator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_renders_an_edition(installed: Path, tmp_path: Path) -> None:
    operator = Operator(tmp_path, PYTHONPATH=str(installed))
    where = "import jobdigest, jobdigest.compose.templates as t; print(jobdigest.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], env=operator.environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(str(installed)), "the checkout was tested instead of the wheel"
    operator.write("postings.jsonl", {"id": "1", "title": "Machine Learning Engineer", "company": "Faculty"})
    operator.types("collect", "--now", "2026-01-20T09:00:00Z")
    operator.types("send", "--dry-run", "--now", "2026-01-20T09:00:00Z")
    assert "Machine Learning Engineer" in (tmp_path / "out" / "messages" / "reader@example.com.html").read_text()


def test_no_file_outside_the_package_is_installed(installed: Path) -> None:
    assert {path.name for path in installed.iterdir()} == {"jobdigest", _info(installed)}
    assert os.path.getsize(installed / "jobdigest" / "templates" / "edition.mjml.j2") > 0


def _info(installed: Path) -> str:
    return next(path.name for path in installed.iterdir() if path.name.endswith(".dist-info"))
