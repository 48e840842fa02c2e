"""What every answer carries and every request must keep to: headers, a cap on bodies and on waiting for them."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 64 * 1024
SLOWEST_PIECE = 10.0  # seconds between two pieces of a body
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
YEAR = 31_536_000


class Guard:
    """ASGI middleware; `secure` is the public address, whose https switches HSTS on."""

    def __init__(self, app: ASGIApp, secure: str) -> None:
        self.app = app
        self.headers = HEADERS | (
            {"Strict-Transport-Security": f"max-age={YEAR}"} if secure.startswith("https") else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on, unless its body is too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            await PlainTextResponse("too large\n", 413)(scope, receive, send)
            return
        seen, whole = 0, False

        async def counted() -> Message:
            """The next piece of the body; what comes after its end is the server's business."""
            nonlocal seen, whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), SLOWEST_PIECE)
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if seen > MOST_BODY:
                raise HTTPException(413, headers={"Connection": "close"})
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, counted, guarded)
