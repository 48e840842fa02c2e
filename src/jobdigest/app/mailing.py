"""The back channel and the keys of mail: bounces, complaints, mails that ask to leave, DKIM keys."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jobdigest.deliver.bounces import Report, from_maildir, read
from jobdigest.deliver.dkim import keygen, zone_line
from jobdigest.errors import UsageError
from jobdigest.store import suppressions

if TYPE_CHECKING:
    from jobdigest.app import App
    from jobdigest.store import Connection


def take_reports(app: App, source: str, now: datetime) -> str:
    """Read one mail from stdin (`-`) or the unread ones of a Maildir; says in words what followed."""
    effects: Counter[str] = Counter()
    for data, done in _mails(source):
        report = read(data, app.keys)
        effects[take_report(app, report, now) if report else "nothing in it for us"] += 1
        done()
    return " · ".join(f"{count:,} {effect}" for effect, count in sorted(effects.items())) or "no unread mail"


def _mails(source: str) -> Iterator[tuple[bytes, Callable[[], None]]]:
    if source == "-":
        yield sys.stdin.buffer.read(), lambda: None
    else:
        yield from from_maildir(Path(source).expanduser())


def take_report(app: App, report: Report, now: datetime) -> str:
    """Draw the consequence of one report, once however often it comes."""
    with app.store.begin() as connection:
        digest = _whose(app, connection, report)
        if digest is None:
            return "about nobody we know"
        edition = report.tag.edition if report.tag else f"{now:%G-W%V}"  # of a report that names none: its week
        return suppressions.note_report(
            connection, report.kind, digest, edition, report.evidence, report.fingerprint, now
        )


def _whose(app: App, connection: Connection, report: Report) -> bytes | None:
    if report.tag:
        return suppressions.whose(connection, *report.tag)
    if report.subscriber_id is not None:
        return suppressions.address_hash_of(connection, report.subscriber_id)
    return app.keys.address_hash(report.address) if report.address else None


def make_dkim_key(domain: str, selector: str, algorithm: Literal["rsa", "ed25519"], folder: Path) -> list[str]:
    """Write a new private key and give its DNS record; raises UsageError rather than overwrite one."""
    pair = keygen(domain, selector, algorithm)
    path = folder / f"{selector}.pem"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} is there already; choose another selector") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pair.private_pem)
    return [f"wrote {path}", "publish this record:", zone_line(pair)]
