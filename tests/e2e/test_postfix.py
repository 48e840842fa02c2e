"""A real MTA takes an edition: Debian's Postfix, with a configuration of its own, delivers into Maildirs; counted."""

from __future__ import annotations

import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from support.sending import addresses, column, freeze, open_at, problems, run

READERS = 60
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("postfix") is None, reason="Debian's postfix is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="postfix starts only as root"),
]


@contextmanager
def postfix(folder: Path) -> Iterator[int]:
    """Postfix on a free loopback port, delivering everything for example.org below `folder/mail`."""
    user = pwd.getpwnam("postfix")
    for name in ("queue", "data", "mail"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, user.pw_uid, user.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "main.cf").write_text(f"""\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.example.org
mydestination =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/maps
virtual_minimum_uid = 1
virtual_uid_maps = static:{user.pw_uid}
virtual_gid_maps = static:{user.pw_gid}
""")
    (folder / "maps").write_text("".join(f"{address} {address.partition('@')[0]}/\n" for address in addresses(READERS)))
    services = [f"127.0.0.1:{port} inet n - n - - smtpd", "postlog unix-dgram n - n - 1 postlogd"]
    services += ["pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr"]
    for name in ("rewrite", "bounce", "defer", "trace", "virtual", "error", "retry", "anvil", "smtp", "proxymap"):
        program = {"rewrite": "trivial-rewrite", "defer": "bounce", "trace": "bounce", "retry": "error"}.get(name, name)
        limit = 0 if program == "bounce" else "-"
        services.append(f"{name} unix - {'n' if name == 'virtual' else '-'} n - {limit} {program}")
    (folder / "master.cf").write_text("\n".join(services) + "\n")
    command = ["postfix", "-c", str(folder)]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        yield port
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)


def test_everybody_gets_exactly_one(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    store = open_at("sqlite", tmp_path)
    freeze(store, addresses(READERS))
    try:
        with postfix(folder) as port:
            server = Server(host="127.0.0.1", port=port, tls="none", local_name="example.com")
            assert run(store, Pipelined(server, 4)).counts == {"accepted": READERS}
            deadline = time.monotonic() + 60
            while len(list(folder.glob("mail/*/new/*"))) < READERS and time.monotonic() < deadline:
                time.sleep(0.1)  # the MTA delivers when it likes
            boxes = {box.name: mailbox.Maildir(box) for box in (folder / "mail").iterdir()}
        assert {name: len(box) for name, box in boxes.items()} == {a.partition("@")[0]: 1 for a in addresses(READERS)}
        ids = {message["Message-ID"] for box in boxes.values() for message in box}
        assert ids == set(column(store, "message_id").values())
        assert all(column(store, "queue_id").values())
        assert problems(store) == []
    finally:
        store.close()
        shutil.rmtree(folder)
