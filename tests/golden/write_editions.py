"""Write the golden mails anew: `PYTHONPATH=tests python tests/golden/write_editions.py`, then read the difference."""

from __future__ import annotations

import quopri
from pathlib import Path

from jobdigest.compose.assemble import assemble
from support.editions import KEYS, READERS, a_draft, choice, compiled, delivery, headers


def main() -> None:
    """One subject, text and html for each of two readers."""
    draft = a_draft()
    edition = compiled(draft)
    for reader in ("london", "berlin"):
        chosen = choice(reader, draft)
        language = READERS[reader].get("language", "en")
        made = delivery(chosen.shown, chosen.extra, language=language)
        parts = assemble(edition, made, KEYS, "https://jobs.jobdigest.dev")
        stem = Path(__file__).parent / f"edition_{reader}"
        stem.with_suffix(".subject").write_bytes((parts.subject + "\n").encode())
        stem.with_suffix(".txt").write_bytes(quopri.decodestring(parts.text).replace(b"\r\n", b"\n"))
        stem.with_suffix(".headers").write_bytes(headers(parts, made))
        stem.with_suffix(".html").write_bytes(quopri.decodestring(parts.html).replace(b"\r\n", b"\n"))


if __name__ == "__main__":
    main()
