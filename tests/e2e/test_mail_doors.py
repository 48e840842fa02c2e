"""What an operator types about mail: `digest check --live`, `digest bounces`, `digest dkim keygen`."""

from __future__ import annotations

import mailbox
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
import uvicorn
from cryptography.hazmat.primitives import serialization

from jobdigest.app import App
from jobdigest.web.pages import create
from jobdigest.web.server import settings
from support.cli import Operator
from support.nameserver import Nameserver
from support.serving import served
from support.smtp_sink import Sink

NOW = "2026-01-20T09:00:00Z"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Three readers who have had an edition, with return paths of their own."""
    operator = Operator(tmp_path_factory.mktemp("mail"))
    text = operator.config.read_text()
    operator.config.write_text(text.replace("  base_url:", "  bounce_address: bounces@example.com\n  base_url:"))
    operator.write("postings.jsonl", {"id": "1", "title": "Machine Learning Engineer", "company": "Acme"})
    (operator.folder / "readers.csv").write_text("email\nada@example.org\nbola@example.org\nchen@example.org\n")
    operator.types("collect", "--now", NOW)
    operator.types("subscribers", "import", "readers.csv")
    operator.types("send", "--now", NOW)
    return operator


def report_about(operator: Operator, reader: str) -> bytes:
    """The delivery report that a mail server would send to the return path of a mail."""
    (message_id,) = [row["message_id"] for row in operator.lines("deliveries") if row["address"] == reader]
    tag = message_id.strip("<").partition("@")[0].lower().replace(".", "-")
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: bounces+{tag}@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {reader}
Action: failed
Status: 5.1.1

--b--
""".encode()


def state(operator: Operator, reader: str) -> str:
    (row,) = [row for row in operator.lines("subscribers", "list") if row["email"] == reader]
    return str(row["state"])


def piped(operator: Operator, mail: bytes) -> str:
    command = [sys.executable, "-m", "jobdigest", "--config", str(operator.config), "bounces", "-"]
    return subprocess.run(command, input=mail, capture_output=True, check=True, timeout=120).stdout.decode()


def test_a_maildir_is_read_once(operator: Operator) -> None:
    box = mailbox.Maildir(operator.folder / "Maildir")
    box.add(report_about(operator, "ada@example.org"))
    box.add(
        b"From: bola@example.org\nTo: bounces@example.com\nSubject: on holiday\nAuto-Submitted: auto-replied\n\nBye\n"
    )
    done = operator.types("bounces", "Maildir")
    assert "1 nothing in it for us · 1 suppressed" in done.stdout
    assert (state(operator, "ada@example.org"), state(operator, "bola@example.org")) == ("bounced", "active")
    assert "no unread mail" in operator.types("bounces", "Maildir").stdout
    assert "is no Maildir" in operator.types("bounces", "elsewhere", exit_code=1).stderr


def test_a_pipe_brings_one_mail(operator: Operator) -> None:
    mail = report_about(operator, "chen@example.org")
    assert "1 suppressed" in piped(operator, mail)
    assert "1 known already" in piped(operator, mail)
    assert state(operator, "chen@example.org") == "bounced"


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_new_key_is_for_its_owner_only_and_never_overwritten(operator: Operator, algorithm: str) -> None:
    words = ("dkim", "keygen", "example.com", algorithm, "--algorithm", algorithm)
    done = operator.types(*words)
    file = operator.folder / f"{algorithm}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert re.search(
        rf"^{algorithm}\._domainkey\.example\.com\. IN TXT \( \"v=DKIM1; k={algorithm}; p=", done.stdout, re.M
    )
    before = file.read_bytes()
    assert "is there already" in operator.types(*words, exit_code=None).stderr
    assert file.read_bytes() == before
    assert "neither rsa nor ed25519" in operator.types("dkim", "keygen", "a.example", "s", "--algorithm", "dsa",
                                                       exit_code=2).stderr  # fmt: skip


# --- check --live ------------------------------------------------------------------------------------------------

RECORDS = {
    ("example.com", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],
    ("example.com", "MX"): ["10 mx.example.com."],
    ("_dmarc.example.com", "TXT"): ['"v=DMARC1; p=none"'],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Operator, Nameserver, Sink]]:
    """A whole installation on loopback: mail server with STARTTLS, DNS with our key in it, pages."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    operator = Operator(tmp_path)
    record = operator.types("dkim", "keygen", "example.com", "s1").stdout
    published = {("s1._domainkey.example.com", "TXT"): [" ".join(re.findall(r'"[^"]*"', record))]}
    with (
        Nameserver(RECORDS | published) as names,
        Sink(tls="starttls", authority=authority, user=("jobs", "secret")) as sink,
    ):
        smtp = f"{{host: 127.0.0.1, port: {sink.port}, username: jobs, password: secret, ca_file: ca.pem}}"
        delivery = f"{{smtp: {smtp}, dkim: {{domain: example.com, selector: s1, key_file: s1.pem}}}}"
        text = operator.config.read_text().replace("{file: mail}", delivery)
        text = text.replace("{allow_private: true}", f'{{allow_private: true, nameservers: ["{names.address}"]}}')
        operator.config.write_text(text)
        app = App.load(operator.config)
        with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, **settings(app))) as base:
            operator.config.write_text(text.replace("https://jobs.example.com", base))
            yield operator, names, sink
        app.store.close()


def levels(output: str) -> dict[str, str]:
    return {what: level for level, what in re.findall(r"^(ok|warn|bad): ([\w-]+):", output, re.M)}


def test_everything_is_looked_at_from_outside(world: tuple[Operator, Nameserver, Sink]) -> None:
    operator, _, sink = world
    operator.types("subscribers", "add", "ada@example.org")
    done = operator.types("check", "--live")
    looked = ("disk", "database", "smtp", "spf", "mx", "dmarc", "alignment", "dkim", "one-click", "clock")
    assert levels(done.stdout) == dict.fromkeys(looked, "ok")
    assert "STARTTLS, logged in as jobs" in done.stdout
    assert sink.mails == []
    assert state(operator, "ada@example.org") == "active"  # the POST left for nobody


def test_what_is_wrong_is_said_and_fails(world: tuple[Operator, Nameserver, Sink]) -> None:
    operator, names, _ = world
    names.records.pop(("_dmarc.example.com", "TXT"))
    names.records[("example.com", "MX")] = ["0 ."]
    text = operator.config.read_text().replace("password: secret", "password: wrong")
    operator.config.write_text(text.replace("secret_key: a secret", "secret_key: another secret"))
    done = operator.types("check", "--live", exit_code=1)
    assert {what for what, level in levels(done.stderr).items() if level == "bad"} == {
        "smtp",
        "mx",
        "dmarc",
        "one-click",
    }
    assert "another secret_key" in done.stderr
    assert "Traceback" not in done.stderr
