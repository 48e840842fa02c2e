"""What a user installs: licences we may ship with, locks without an index address, unit files that hold together."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "examples" / "deploy"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_licence_is_one_to_ship_with_and_is_listed() -> None:
    licences = tool("licences")
    table = licences.table()
    assert len(table) > 40
    assert {name: licence for name, licence in table.items() if not licences.accepted(licence)} == {}
    listed = set(re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs" / "licences.md").read_text(), re.MULTILINE))
    assert set(table) <= listed, "run `make docs`"


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "unknown", "MIT AND GPL-2.0-only", "Proprietary"])
def test_other_licences_are_refused(licence: str) -> None:
    assert not tool("licences").accepted(licence)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_locks_have_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.findall(r"^\S+==", text, re.MULTILINE)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(packages)
    assert "://" not in text


def test_both_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements-run.lock") < pins("requirements.lock")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "digest.service"
    digest = Path(sys.executable).with_name("digest")
    unit.write_text((DEPLOY / "digest.service").read_text().replace("/opt/digest/bin/digest", str(digest)))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "digest.service" not in done.stderr, done.stderr


def test_the_container_is_built_from_what_is_there(tmp_path: Path) -> None:
    """No container engine runs here: the image's own copies and its build command are carried out in a folder."""
    text = (DEPLOY / "Containerfile").read_text()
    for sources, target in re.findall(r"^COPY (?!--from)(.+) (\S+)$", text, re.MULTILINE):
        for source in sources.split():
            found = ROOT / source
            if found.is_dir():
                shutil.copytree(found, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(found, tmp_path / target)
    assert "python -m hatchling build -t wheel -d /dist" in text
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    assert list((tmp_path / "dist").glob("jobdigest-*.whl"))


def test_the_container_may_do_little() -> None:
    service: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]["digest"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "USER 10001" in (DEPLOY / "Containerfile").read_text()
    assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
