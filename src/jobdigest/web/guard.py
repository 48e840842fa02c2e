"""What every answer carries and every request must keep to: headers, a cap on bodies and on waiting for them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 64 * 1024
MOST_NOTICE = 512 * 1024  # of a mail service: Amazon SNS sends up to 256 KB, with every quote escaped
SLOWEST_PIECE = 10.0  # seconds between two pieces of a body
SLOWEST_BODY = 30.0  # seconds for all of it
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # with none at all browsers send `Origin: null` with our own forms
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 31_536_000


class Guard:
    """ASGI middleware; `secure` is the public address, whose https switches HSTS on."""

    def __init__(self, app: ASGIApp, secure: str) -> None:
        self.app = app
        hsts = {"Strict-Transport-Security": f"max-age={YEAR}"} if secure.startswith("https") else {}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in (HEADERS | hsts).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on, unless its body is too large or its address cannot be meant."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                missing = [pair for pair in self._headers if pair[0] not in said]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        refused = _refused(scope)
        if refused:
            await PlainTextResponse(f"{refused[1]}\n", refused[0], {"Connection": "close"})(scope, receive, guarded)
        else:
            await self.app(scope, _Body(receive, _most(scope)).next, guarded)


def _most(scope: Scope) -> int:
    return MOST_NOTICE if scope["path"].startswith("/webhooks/") else MOST_BODY


def _refused(scope: Scope) -> tuple[int, str] | None:
    length = Headers(scope=scope).get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > _most(scope):
        return 413, "too large"
    return (400, "no such address") if "\0" in scope["path"] else None


class _Body:
    """A request's body, piece by piece; what comes after its end is the server's business."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most = receive, most
        self._seen, self._whole = 0, False
        self._until: float | None = None

    async def next(self) -> Message:
        """The next piece; raises HTTPException where there are too many or they come too slowly."""
        if self._whole:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + SLOWEST_BODY
        try:
            message = await asyncio.wait_for(self._receive(), min(SLOWEST_PIECE, max(self._until - now, 0)))
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._most:
            raise HTTPException(413, headers={"Connection": "close"})
        return message
