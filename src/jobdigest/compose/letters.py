"""Single mails outside every edition, about joining, leaving, addresses and data. One layout, words by name.

The words of a letter are the catalogue's `letter_NAME_subject`, `_lead`, `_text`, `_button` and `_small`.
"""

from __future__ import annotations

from typing import Literal

from jobdigest.compose.compiled import encode
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.config import Newsletter
from jobdigest.model import Parts

Name = Literal["confirm", "known", "goodbye", "address", "moved", "data", "erased"]
PIECES = ("subject", "lead", "text", "button", "small")


def letter(templates: Templates, language: str, name: Name, link: str, newsletter: Newsletter, **values: str) -> Parts:
    """The subject and both bodies of a letter whose one button leads to `link`; `values` fill its words."""
    words = templates.catalogues.words(language)
    said = {piece: words(f"letter_{name}_{piece}", name=newsletter.name, **values) for piece in PIECES}
    context = {"said": said, "link": link, "newsletter": newsletter, "words": words, "p": palette(newsletter.theme)}
    text, html = (templates.render(f"letters/letter.{kind}.j2", context) for kind in ("txt", "html"))
    return Parts(subject=said["subject"], text=encode(text), html=encode(html))
