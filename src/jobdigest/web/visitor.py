"""Who asks, as far as a page without login may know: from our own pages or not, and a keyed hash of the network."""

from __future__ import annotations

import logging
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request

if TYPE_CHECKING:
    from jobdigest.app import App

log = logging.getLogger("jobdigest")


def from_our_page(request: Request) -> bool:
    """Whether a POST without a signed link can come from a page of ours.

    Browsers say where a form stood (Sec-Fetch-Site, Origin); who says neither is no browser and carries nobody's
    authority.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    app: App = request.app.state.app
    ours = urlsplit(app.config.newsletter.base_url).netloc
    return origin.partition("://")[2] in (request.headers.get("host", ours), ours)


def network_hash(request: Request) -> bytes:
    """16 bytes for the visitor's address (IPv6: its /64), of no use without the key."""
    app: App = request.app.state.app
    host = request.client.host if request.client else ""
    if forwarded := request.headers.get("x-forwarded-for"):
        _look_at_proxy(request, believed=host in forwarded)
    try:
        address = ip_address(host)
    except ValueError:
        return app.keys.address_hash(host)
    prefix = 32 if address.version == 4 else 64
    return app.keys.address_hash(str(ip_network(f"{address}/{prefix}", strict=False)))


def _look_at_proxy(request: Request, *, believed: bool) -> None:
    """Say once that everybody counts as one visitor, which would soon let nobody join."""
    state = request.app.state
    if not believed and not getattr(state, "proxy_named", False):
        state.proxy_named = True
        log.warning("requests come through a proxy that web.trusted_proxies does not name: its visitors count as one")
