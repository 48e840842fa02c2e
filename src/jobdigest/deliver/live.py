"""Looks from outside, for `digest check --live`: does the mail server let us in, and does DNS vouch for us?

Every check gives a `Finding`; none raises. DNS comes by a function, so that judging stays apart from asking.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from jobdigest.deliver.transports.base import RefusedError
from jobdigest.deliver.transports.smtp import Server, connect

Resolve = Callable[[str, str], list[str]]
"""Name and type (`TXT`, `MX`) to records as text; an empty list where there are none; raises OSError on failure."""


FEW_DAYS = 14  # of a certificate


class Finding(NamedTuple):
    """One line of the report: `bad` fails the check, `warn` does not; `text` says what to do."""

    level: Literal["ok", "warn", "bad"]
    what: str
    text: str


def check_smtp(server: Server) -> Finding:
    """Connect, secure, log in, say goodbye; sends no mail. A certificate that is not trusted is named."""
    try:
        smtp = connect(server)
    except RefusedError as error:
        return Finding("bad", "smtp", f"{server.host}:{server.port}: {error.reply}")
    offers = [name.upper() for name in ("pipelining", "smtputf8") if smtp.has_extn(name)]
    left = _days_left(smtp.sock)
    smtp.close()
    if left is not None and left < FEW_DAYS:
        return Finding("warn", "smtp", f"{server.host}:{server.port}: its certificate ends in {left:.0f} days")
    secured = {"none": "not encrypted", "starttls": "STARTTLS", "implicit": "TLS"}[server.tls]
    login = f"logged in as {server.username}" if server.username else "no login"
    level: Literal["ok", "warn"] = "warn" if server.tls == "none" and not _is_local(server.host) else "ok"
    return Finding(
        level, "smtp", f"{server.host}:{server.port}: {secured}, {login}, offers {', '.join(offers) or 'little'}"
    )


def _days_left(connection: object) -> float | None:
    """How long the certificate that a connection was secured by is still good; None without one."""
    if not isinstance(connection, ssl.SSLSocket):
        return None
    ends = str((connection.getpeercert() or {}).get("notAfter", ""))
    return (ssl.cert_time_to_seconds(ends) - time.time()) / 86_400 if ends else None


def check_dns(
    sender_domain: str, return_domain: str, dkim: Sequence[tuple[str, str, str]], resolve: Resolve
) -> list[Finding]:
    """SPF and MX of the return path's domain, DMARC of the sender's, and each DKIM key's record.

    `dkim` holds (domain, selector, public key as base64) of the keys we sign with; without any, the mail server must
    sign, which only a received mail can show.
    """
    checks: list[Callable[[], Finding]] = [
        lambda: _spf(return_domain, resolve),
        lambda: _mx(return_domain, resolve),
        lambda: _dmarc(sender_domain, resolve),
        lambda: _aligned(sender_domain, [return_domain, *(domain for domain, _, _ in dkim)]),
        *(partial(_dkim, sender_domain, key, resolve) for key in dkim),
    ]
    return [_carefully(check) for check in checks]


def _carefully(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except OSError as error:
        return Finding("bad", "dns", f"cannot ask: {error}")


def _spf(domain: str, resolve: Resolve) -> Finding:
    records = [text for text in resolve(domain, "TXT") if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]
    if len(records) != 1:
        found = f"{len(records)} SPF records, where RFC 7208 allows one" if records else "no SPF record"
        return Finding("bad", "spf", f"{domain}: {found}; publish one that includes your mail server")
    if re.search(r"[+?]all\b|(?<![-~+?])\ball\b", records[0]):
        return Finding("warn", "spf", f"{domain}: {records[0]!r} lets everybody send; end it with ~all or -all")
    return Finding("ok", "spf", f"{domain}: {records[0]}")


def _mx(domain: str, resolve: Resolve) -> Finding:
    records = resolve(domain, "MX")
    if not records or records == ["0 ."]:
        return Finding("bad", "mx", f"{domain}: takes no mail, so bounces are lost; publish an MX record")
    return Finding("ok", "mx", f"{domain}: {', '.join(sorted(records))}")


def _dmarc(domain: str, resolve: Resolve) -> Finding:
    """The domain's own record, or the one it inherits from the organisation's domain above it (RFC 7489 6.6.3)."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        for text in resolve(f"_dmarc.{name}", "TXT"):
            if text.lower().startswith("v=dmarc1"):
                return Finding("ok", "dmarc", f"{name}: {text}")
    return Finding("bad", "dmarc", f'{domain}: no DMARC record; publish _dmarc.{domain} TXT "v=DMARC1; p=none"')


def _dkim(sender_domain: str, key: tuple[str, str, str], resolve: Resolve) -> Finding:
    domain, selector, public_key = key
    name = f"{selector}._domainkey.{domain}"
    keys = [match[1] for text in resolve(name, "TXT") if (match := re.search(r"\bp=([^;]*)", re.sub(r"\s", "", text)))]
    if not keys:
        return Finding("bad", "dkim", f"{name}: no record; `digest dkim keygen` prints the one to publish")
    if public_key not in keys:
        return Finding("bad", "dkim", f"{name}: the record is of another key than the one we sign with")
    if not _related(sender_domain, domain):
        return Finding("bad", "dkim", f"{name}: not aligned with From at {sender_domain} (RFC 7489)")
    return Finding("ok", "dkim", f"{name}: publishes our key, aligned with From")


def _aligned(sender: str, domains: Sequence[str]) -> Finding:
    """DMARC passes by a return path (SPF) or a signature whose domain is From's (RFC 7489 section 3.1)."""
    if found := next((domain for domain in domains if _related(sender, domain)), None):
        return Finding("ok", "alignment", f"From at {sender} goes with {found}")
    return Finding("bad", "alignment", f"neither return path nor signature is of {sender}, so DMARC fails")


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def resolver(nameservers: Sequence[str] = ()) -> Resolve:
    """Records by these `address[:port]`, else by the system's resolvers."""
    import dns.exception
    import dns.nameserver
    import dns.resolver

    asking = dns.resolver.Resolver(configure=not nameservers)
    if nameservers:
        pairs = (text.rpartition(":") if text.count(":") == 1 else (text, "", "53") for text in nameservers)
        asking.nameservers = [dns.nameserver.Do53Nameserver(host, int(port)) for host, _, port in pairs]

    def resolve(name: str, kind: str) -> list[str]:
        try:
            answers = asking.resolve(name, kind, lifetime=10)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return []
        except dns.exception.DNSException as error:
            raise OSError(f"{name} {kind}: {error}") from error
        if kind == "TXT":
            return ["".join(part.decode("utf-8", "replace") for part in record.strings) for record in answers]
        return [record.to_text() for record in answers]

    return resolve


def _is_local(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")
