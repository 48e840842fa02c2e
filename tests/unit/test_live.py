"""What `digest check --live` says about mail server and DNS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from jobdigest.deliver.dkim import Algorithm, Signer, keygen
from jobdigest.deliver.live import check_dns, check_smtp
from jobdigest.deliver.transports.smtp import Server
from support.smtp_sink import Sink

GOOD = {
    ("example.com", "TXT"): ["some other", "v=spf1 include:_spf.example.net ~all"],
    ("example.com", "MX"): ["10 mx.example.com."],
    ("_dmarc.example.com", "TXT"): ["v=DMARC1; p=none"],
    ("s1._domainkey.example.com", "TXT"): ["v=DKIM1; k=rsa; p=ABC DEF"],
}
KEY = ("example.com", "s1", "ABCDEF")


def levels(records: dict[tuple[str, str], list[str]], sender: str = "example.com") -> dict[str, str]:
    found = check_dns(sender, "example.com", [KEY], lambda name, kind: records.get((name, kind), []))
    return {finding.what: finding.level for finding in found}


def test_all_is_well() -> None:
    assert levels(GOOD) == {"spf": "ok", "mx": "ok", "dmarc": "ok", "alignment": "ok", "dkim": "ok"}
    assert levels(GOOD, "news.example.com")["dmarc"] == "ok"  # inherited, and relaxed alignment


@pytest.mark.parametrize(
    ("change", "what", "level"),
    [
        ({("example.com", "TXT"): []}, "spf", "bad"),
        ({("example.com", "TXT"): ["v=spf1 -all", "v=spf1 ~all"]}, "spf", "bad"),
        ({("example.com", "TXT"): ["v=spf1 +all"]}, "spf", "warn"),
        ({("example.com", "MX"): ["0 ."]}, "mx", "bad"),
        ({("_dmarc.example.com", "TXT"): []}, "dmarc", "bad"),
        ({("s1._domainkey.example.com", "TXT"): []}, "dkim", "bad"),
        ({("s1._domainkey.example.com", "TXT"): ["v=DKIM1; p=OTHER"]}, "dkim", "bad"),
    ],
)
def test_what_is_wrong(change: dict[tuple[str, str], list[str]], what: str, level: str) -> None:
    assert levels(GOOD | change)[what] == level


def test_a_foreign_signature_is_not_aligned() -> None:
    found = levels(GOOD, "other.org")
    assert (found["dkim"], found["alignment"]) == ("bad", "bad")


def test_dns_that_does_not_answer() -> None:
    def broken(name: str, kind: str) -> list[str]:
        raise OSError("no network")

    found = {finding.what: finding.level for finding in check_dns("a.example", "a.example", [], broken)}
    assert found == {"dns": "bad", "alignment": "ok"}


def test_the_key_we_sign_with_is_the_one_published() -> None:
    for algorithm in get_args(Algorithm):
        pair = keygen("example.com", "s1", algorithm)
        assert f"p={Signer('example.com', 's1', pair.private_pem).public_key}" in pair.record


def server(sink: Sink, password: str, ca_file: str | None = None) -> Server:
    return Server(
        host=sink.host, port=sink.port, tls=sink.tls, username="ada", password=password, ca_file=ca_file, timeout=5,
        local_name="example.com",
    )  # fmt: skip


def test_smtp_login_and_certificate(tmp_path: object) -> None:
    with Sink(tls="starttls", user=("ada", "secret")) as sink:
        assert "not trusted" in check_smtp(server(sink, "secret")).text
        ca_file = f"{tmp_path}/ca.pem"
        sink.authority.cert_pem.write_to_path(ca_file)
        assert check_smtp(server(sink, "secret", ca_file))[0] == "ok"
        assert "535" in check_smtp(server(sink, "wrong", ca_file)).text
        assert sink.mails == []


@pytest.mark.parametrize(("days", "level"), [(13, "warn"), (15, "ok")])
def test_a_certificate_that_ends_soon_is_told_in_time(tmp_path: Path, days: int, level: str) -> None:
    ends = datetime.now(UTC) + timedelta(days=days, minutes=-1)
    with Sink(tls="implicit", certificate_ends=ends) as sink:
        sink.authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        found = check_smtp(Server(host=sink.host, port=sink.port, tls="implicit", ca_file=str(tmp_path / "ca.pem"),
                                  timeout=5, local_name="example.com"))  # fmt: skip
    assert found.level == level
    assert ("its certificate ends in 13 days" in found.text) == (level == "warn")
