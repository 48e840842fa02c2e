"""Who holds a claim: a name for this sender, and whether the sender behind another name still lives."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path


def new_owner() -> str:
    """`machine/pid/start/nonce`, unique per sender; `machine` tells boots and containers apart."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def alive(owner: str) -> bool | None:
    """True or False for a process of this machine, None for one elsewhere, of which only its lease can tell."""
    machine, _, rest = owner.partition("/")
    if machine != _machine():
        return None
    pid, start = rest.split("/")[:2]
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(int(pid)) == start


def _machine() -> str:
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid").strip("pid:[]"))
    return "-".join(part.replace("/", "_") for part in parts)


def _started(pid: int) -> str:
    """When the kernel started this process, so that a reused pid is not taken for it; `-` where it doesn't say.

    A zombie counts as gone: it will never send again.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "-"
    return "zombie" if fields[0] in "ZX" else fields[19]
