"""From config.yaml to what sending needs: sender, signers, transport; and one mail outside every ledger."""

from __future__ import annotations

import time
from email.utils import parseaddr

from jobdigest.config import Config, Smtp
from jobdigest.deliver.dkim import Signer, load_signer
from jobdigest.deliver.message import Sender, ascii_domain
from jobdigest.deliver.replies import Reply
from jobdigest.deliver.transports.base import Transport, What
from jobdigest.deliver.transports.file import file_transport
from jobdigest.deliver.transports.pipelined import Pipelined
from jobdigest.deliver.transports.smtp import Server
from jobdigest.errors import ConfigError, DeliveryError
from jobdigest.model import Message
from jobdigest.subscribers.tokens import Keys


def sender_from(config: Config, keys: Keys) -> Sender:
    """The newsletter as the headers name it."""
    news = config.newsletter
    return Sender(
        newsletter=news.name,
        from_=news.from_,
        base_url=news.base_url,
        keys=keys,
        reply_to=news.reply_to,
        bounce_address=news.bounce_address,
        unsubscribe_mailto=news.unsubscribe_mailto,
        one_click=news.pages == "served",
    )


def signers_from(config: Config) -> list[Signer]:
    """The DKIM keys; raises ConfigError naming a file that is missing or no key."""
    return [load_signer(key.domain, key.selector, config.path(key.key_file)) for key in config.delivery.dkim]


def transport_from(config: Config, connections: int | None = None) -> Transport:
    """The configured way out; `connections` overrides the configured number. Connects only when there is mail."""
    delivery = config.delivery
    if delivery.file:
        return file_transport(config.path(delivery.file))
    if delivery.smtp is None:
        raise ConfigError(["delivery: neither smtp nor file is set; mail has no way out"])
    return Pipelined(server_from(config, delivery.smtp), connections or delivery.smtp.connections)


def server_from(config: Config, smtp: Smtp) -> Server:
    """The mail server; we introduce ourselves with the sender's domain."""
    return Server(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        username=smtp.username,
        password=smtp.password.get_secret_value() if smtp.password else None,
        timeout=smtp.timeout.total_seconds(),
        ca_file=str(config.path(smtp.ca_file)) if smtp.ca_file else None,
        local_name=ascii_domain(parseaddr(config.newsletter.from_)[1]).rpartition("@")[2],
    )


def send_one(transport: Transport, message: Message, timeout: float = 120.0) -> Reply:
    """Send one mail outside the ledger (letters, tests, notices) and close the transport; the server's answer.

    Raises DeliveryError with the server's words where it was not accepted.
    """
    deadline = time.monotonic() + timeout
    try:
        transport.begin(0, message)
        while time.monotonic() < deadline:
            for event in transport.wait(1.0):
                if event.what is What.READY:
                    transport.finish(0)
                elif event.reply and event.what is What.ANSWERED and 200 <= event.reply.code < 300:
                    return event.reply
                else:
                    raise DeliveryError(f"mail to {message.rcpt_to} was not accepted: {event.reply}")
    finally:
        transport.close()
    raise DeliveryError(f"mail to {message.rcpt_to} was not accepted within {timeout:.0f} s")
