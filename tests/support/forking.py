"""`digest` commands as processes that need not import anything first: each is forked off one that has.

Importing costs more than most commands do, and the tests type some thousand. Each still runs in a fresh process with
its own words, environment and folder, and ends with its own exit code.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import lru_cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import jobdigest

Done = subprocess.CompletedProcess[str]


def run(words: list[str], folder: Path, environ: Mapping[str, str], timeout: float) -> Done:
    """What `subprocess.run(["digest", *words])` gives. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory() as said:
        out, err = Path(said, "out"), Path(said, "err")
        process = _stem().Process(target=_digest, args=(words, folder, dict(environ), out, err))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout)
        code = process.exitcode
        process.close()
        return Done(words, code, out.read_text(), err.read_text())


def anew(words: list[str], folder: Path, environ: Mapping[str, str], timeout: float) -> Done:
    """The same by a Python that starts from nothing, for those who have it import something else."""
    command = [sys.executable, "-m", "jobdigest", *words]
    return subprocess.run(
        command, env=environ, cwd=folder, capture_output=True, text=True, timeout=timeout, check=False
    )


@lru_cache(maxsize=1)
def _stem() -> ForkServerContext:
    """What processes are forked off: one that has imported all of jobdigest."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([m.name for m in pkgutil.walk_packages(jobdigest.__path__, "jobdigest.")])
    return context


def _digest(words: list[str], folder: Path, environ: dict[str, str], out: Path, err: Path) -> None:
    from jobdigest.cli import main

    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["digest", *words]
    code: str | int | None = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    gc.collect()  # a process of this kind ends without; a database is closed by it
    sys.exit(code)
