"""`digest collect` in processes of its own over servers that misbehave: what is stored stays, in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from support.cli import Operator
from support.hostile import HostileServer, serving
from support.misbehaviours import ALARMED, EVERY, FAILED, GOOD, XML

MOMENTS = ("2026-11-23T09:00:00Z", "2026-11-23T16:00:00Z", "2026-11-23T23:00:00Z")


class Round(NamedTuple):
    """One collection: what it said, its exit code, its peak in MB, and what is stored after it."""

    said: str
    exit_code: int
    peak: float
    stored: dict[tuple[str, str], dict[str, Any]]


def entry(name: str, server: HostileServer) -> str:
    kind = "personio" if name in XML else "greenhouse"
    options = {"name": name, "base_url": f"{server.url}/{name}", "timeout": "1s"}
    return "\n".join([f"  - {kind}: acme", *(f"    {key}: {value}" for key, value in options.items())])


def collected(operator: Operator, moment: str) -> Round:
    command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "collect", "--now", moment]
    said = operator.folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=operator.folder, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    stored = {(row["source"], row["source_id"]): row for row in operator.lines("postings")}
    return Round(said.read_text(encoding="utf-8"), process.returncode, used.ru_maxrss / 1024, stored)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    found = []
    with serving() as server:
        operator = Operator(tmp_path_factory.mktemp("all"), "\n".join(entry(name, server) for name in (*GOOD, *EVERY)))
        operator.config.write_text(
            operator.config.read_text().replace("allow_private: true", "allow_private: true, max_body: 8388608")
        )
        for hostile, moment in zip((False, True, False), MOMENTS, strict=True):
            server.hostile = hostile
            found.append(collected(operator, moment))
    return found


def test_only_the_hostile_round_fails_and_says_so(rounds: list[Round]) -> None:
    assert [one.exit_code for one in rounds] == [0, 1, 0]
    assert f"{len(FAILED)} failed" in rounds[1].said
    assert rounds[1].said.count("alarm: ") == len(ALARMED)
    assert "Traceback" not in rounds[1].said


def test_what_was_stored_is_there_and_open(rounds: list[Round]) -> None:
    before, during, _ = (one.stored for one in rounds)
    assert len(before) == 6 * len((*GOOD, *EVERY))
    assert before.keys() <= during.keys()
    assert {during[key]["liveness"] for key in before} == {"live"}


def test_all_is_well_again_after_it(rounds: list[Round]) -> None:
    before, _, after = (one.stored for one in rounds)
    assert {key: after[key]["liveness"] for key in before} == {key: before[key]["liveness"] for key in before}


def test_misbehaviour_costs_little_memory(rounds: list[Round]) -> None:
    calm, hostile, _ = (one.peak for one in rounds)
    assert hostile - calm < 50, f"{calm:.0f} MB where all is well, {hostile:.0f} MB under attack"
