"""An installation whose newest edition has just gone out, its pages over HTTP and a mail server that keeps its mail."""

from __future__ import annotations

import email
import email.policy
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from jobdigest.app import App
from jobdigest.store import subscribers as store_subscribers
from jobdigest.web.pages import create
from jobdigest.web.server import settings
from support.cli import Operator
from support.serving import served
from support.smtp_sink import Mail, Sink

DELIVERY = "delivery: {{smtp: {{host: 127.0.0.1, port: {}, tls: none}}}}"
TITLES = ("Machine Learning Engineer", "Data Scientist", "Computer Vision Engineer")


class Pages:
    """The pages of an installation whose newest edition is of today."""

    def __init__(self, operator: Operator, site: Starlette, base: str, sink: Sink) -> None:
        self.operator, self.site, self.base, self.sink = operator, site, base, sink
        self.app: App = site.state.app
        self.now = datetime.now(UTC)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def letters(self, address: str) -> list[str]:
        """The subjects of what an address got, in order."""
        self.written()
        return [str(message(mail)["Subject"]) for mail in self.sink.mails if mail.rcpt_to == (address,)]

    def link(self, address: str, part: str) -> str:
        """The path of the newest link of a kind that an address got."""
        self.written()
        texts = [text_of(mail) for mail in self.sink.mails if mail.rcpt_to == (address,)]
        return re.findall(rf"https://jobs\.example\.com(/{part}/\S+)", "\n".join(texts))[-1]

    def written(self) -> None:
        """Wait for the letters that are written after an answer, one after another."""
        self.site.state.postman.submit(int).result(30)

    def row(self, address: str) -> dict[str, object]:
        with self.app.store.read() as connection:
            row = store_subscribers.find(connection, self.app.keys.address_hash(address))
            return dict(row._mapping) if row else {}

    def a_week_later(self, *titles: str, weeks: int = 1) -> None:
        """New jobs, and the edition of a later week."""
        now = f"{self.now + timedelta(weeks=weeks):%Y-%m-%dT%H:%M:%SZ}"
        self.operator.write("postings.jsonl", *({"id": t, "title": t, "company": f"{t} & Co"} for t in titles))
        self.operator.types("collect", "--now", now)
        self.operator.types("send", "--now", now)


def message(mail: Mail) -> email.message.EmailMessage:
    parsed = email.message_from_bytes(mail.data, policy=email.policy.default)
    assert isinstance(parsed, email.message.EmailMessage)
    return parsed


def text_of(mail: Mail) -> str:
    body = message(mail).get_body(("plain",))
    assert body
    return str(body.get_content())


def prepare(folder: Path, port: int, url: str | None = None) -> Operator:
    """An installation with one reader, whose edition went out five minutes ago."""
    operator = Operator(folder, database=url)
    slot = f"{datetime.now(UTC) - timedelta(minutes=5):%a %H:%M}".lower()
    text = operator.config.read_text().replace("delivery: {file: mail}", DELIVERY.format(port))
    text = text.replace('timezone: Europe/London, send: "tue 09:00"', f'timezone: UTC, send: "{slot}"')
    operator.config.write_text(text)
    operator.write("postings.jsonl", *({"id": t, "title": t, "company": f"{t} & Co"} for t in TITLES))
    operator.types("subscribers", "add", "known@example.com")
    operator.types("collect")
    operator.types("send")
    return operator


@contextmanager
def serving(operator: Operator, sink: Sink) -> Iterator[Pages]:
    app = App.load(operator.config)
    site = create(app)
    with served(uvicorn.Config(site, host="127.0.0.1", port=0, **settings(app))) as base:
        yield Pages(operator, site, base, sink)
    app.store.close()


def copies_sent() -> None:
    """Wait for what the pages send after their answer."""
    for thread in threading.enumerate():
        if thread.name == "copy":
            thread.join(30)
