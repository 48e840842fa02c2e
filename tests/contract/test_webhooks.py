"""Mail services call over real HTTP: what is proven genuine counts like a bounce by mail, all else changes nothing."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdigest.app import App
from jobdigest.store import subscribers as store_subscribers
from jobdigest.web.pages import create
from jobdigest.web.server import settings
from support.amazon import CERTIFICATE_URL, HOST, TOPIC, Amazon, bounce
from support.cli import Operator
from support.serving import served

READERS = ("ada", "bola", "chen", "dee", "eve", "fay", "gil", "hana", "ivy")
PASSWORD = "postmark:a-long-enough-password"


@dataclass
class Site:
    """The pages, and the Amazon that they ask."""

    base: str
    app: App
    amazon: Amazon
    asked: list[str]
    away: bool = False

    def call(self, path: str, body: bytes, **headers: str) -> int:
        request = urllib.request.Request(f"{self.base}/webhooks/{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def state(self, email: str) -> str:
        with self.app.store.read() as connection:
            row = store_subscribers.find(connection, self.app.keys.address_hash(email))
            assert row
            return str(row.state)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, amazon: Amazon) -> Iterator[Site]:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return Response(amazon.certificate, status_code=500 if site.away else 200)

    mirror = Starlette(routes=[Route("/{path:path}", answer)])
    with served(uvicorn.Config(mirror, host="127.0.0.1", port=0, log_config=None)) as address:
        operator = Operator(tmp_path_factory.mktemp("site"))
        hooks = f'{{ses: {{topic: "{TOPIC}", base_url: "{address}"}}, postmark: "{PASSWORD}"}}'
        text = operator.config.read_text().replace("{file: mail}", f"{{file: mail, webhooks: {hooks}}}")
        operator.config.write_text(text)
        (operator.folder / "readers.csv").write_text("email\n" + "".join(f"{name}@example.org\n" for name in READERS))
        operator.types("subscribers", "import", "readers.csv")
        app = App.load(operator.config)
        with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, **settings(app))) as base:
            site = Site(base, app, amazon, asked)
            yield site
        app.store.close()


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon.new()


def basic(secret: str) -> str:
    return "Basic " + b64encode(secret.encode()).decode()


def test_a_bounce_at_amazon_suppresses_and_its_certificate_is_fetched_once(site: Site) -> None:
    site.asked.clear()
    soft = bounce("Transient", "MailboxFull", status="5.2.2", diagnosticCode="")
    assert site.call("ses", site.amazon.notification(soft, MessageId="m-0")) == 204
    assert site.state("ada@example.org") == "active"
    assert site.call("ses", site.amazon.notification(bounce())) == 204
    assert site.state("ada@example.org") == "bounced"
    assert site.asked == [urlsplit(CERTIFICATE_URL).path]


def test_a_notification_may_be_as_large_as_amazon_lets_it_be(site: Site) -> None:
    event = bounce(emailAddress="ivy@example.org") | {"mail": {"headers": ["x" * 1000] * 250}}
    assert site.call("ses", site.amazon.notification(event, MessageId="m-large")) == 204
    assert site.state("ivy@example.org") == "bounced"
    connection = http.client.HTTPConnection(urlsplit(site.base).netloc, timeout=30)
    connection.putrequest("POST", "/webhooks/ses")
    connection.putheader("Content-Length", "600000")
    connection.endheaders()  # refused by its length, before any of it is sent
    with closing(connection):
        assert connection.getresponse().status == 413


def test_what_amazon_did_not_sign_changes_nothing(site: Site) -> None:
    event = bounce(emailAddress="bola@example.org")
    good = site.amazon.notification(event)
    assert site.call("ses", good.replace(b"5.1.1", b"5.1.2")) == 403
    assert site.call("ses", site.amazon.notification(event, TopicArn=TOPIC + "x")) == 403
    assert site.call("ses", Amazon.new().notification(event)) == 403  # signed, with another key
    assert site.call("ses", b"{}") == site.call("ses", b"\xff") == 403
    assert site.state("bola@example.org") == "active"


def test_a_subscription_is_confirmed(site: Site) -> None:
    visit = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": f"{HOST}/?Action=Confirm&Token=t"}
    assert site.call("ses", site.amazon.notification("hello", **visit)) == 204
    assert site.asked[-1] == "/?Action=Confirm&Token=t"


def test_amazon_calls_again_where_its_certificate_cannot_be_had(site: Site) -> None:
    event, elsewhere = bounce(emailAddress="chen@example.org"), f"{HOST}/SimpleNotificationService-new.pem"
    body = site.amazon.notification(event, MessageId="m-9", SigningCertURL=elsewhere)
    site.away = True
    assert site.call("ses", body) == 503
    site.away = False
    assert site.call("ses", body) == 204
    assert site.state("chen@example.org") == "bounced"


def complaint(name: str) -> bytes:
    return json.dumps({"RecordType": "SpamComplaint", "Email": f"{name}@example.org", "ID": 2}).encode()


@pytest.mark.parametrize(
    ("name", "said", "status", "state"),
    [
        ("dee", basic(PASSWORD), 204, "complained"),
        ("eve", basic("postmark:wrong"), 403, "active"),
        ("fay", "Basic !", 403, "active"),
        ("gil", "Bearer " + PASSWORD, 403, "active"),
        ("hana", "", 403, "active"),
    ],
)
def test_postmark_is_known_by_its_password(site: Site, name: str, said: str, status: int, state: str) -> None:
    assert site.call("postmark", complaint(name), Authorization=said) == status
    assert site.state(f"{name}@example.org") == state


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"RecordType": "Open"}'])
def test_a_call_that_says_nothing_is_taken(site: Site, body: bytes) -> None:
    assert site.call("postmark", body, Authorization=basic(PASSWORD)) == 204


def test_a_service_that_is_not_configured_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    operator = Operator(tmp_path_factory.mktemp("plain"))
    app = App.load(operator.config)
    with served(uvicorn.Config(create(app), host="127.0.0.1", port=0, **settings(app))) as base:
        site: Any = Site(base, app, Amazon.new(), [])
        assert site.call("ses", site.amazon.notification(bounce())) == 403
        assert site.call("postmark", complaint("ada"), Authorization=basic(":")) == 403
    app.store.close()
