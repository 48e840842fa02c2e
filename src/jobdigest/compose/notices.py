"""A notice to the operator: what is wrong, and what to type."""

from __future__ import annotations

from collections.abc import Sequence

from jobdigest.compose.compiled import encode
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.config import Newsletter
from jobdigest.model import Parts


def notice(
    templates: Templates, newsletter: Newsletter, subject: str, lines: Sequence[str], commands: Sequence[str]
) -> Parts:
    """The subject and both bodies."""
    said = {"subject": subject, "lines": lines, "commands": commands}
    context = {**said, "newsletter": newsletter, "p": palette(newsletter.theme)}
    text, html = (templates.render(f"operator/notice.{kind}.j2", context) for kind in ("txt", "html"))
    return Parts(subject=f"{newsletter.name}: {subject}", text=encode(text), html=encode(html))
