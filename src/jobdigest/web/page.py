"""One page of the site: a template in the newsletter's colours, with the headers that all pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from jobdigest.compose.templates import Templates

if TYPE_CHECKING:
    from jobdigest.app import App


def page(request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
    """Render `web/NAME.html.j2`."""
    app: App = request.app.state.app
    html = Templates.of(app.config).render(
        f"web/{name}.html.j2", {"newsletter": app.config.newsletter, "path": request.url.path, **context}
    )
    return HTMLResponse(html, status)


def not_found(request: Request) -> Response:
    """The page for what isn't there."""
    return page(request, "not_found", status=404)
