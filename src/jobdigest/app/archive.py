"""The public pages of past editions: the same fragments as the mails, no reader's data, closed jobs marked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jobdigest.app.sending import compiled_of
from jobdigest.compose.assemble import feed_entry, public_page
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.store import editions, jobs

if TYPE_CHECKING:
    from jobdigest.app import App

KEPT = 520  # ten years of weeks


def edition_page(app: App, key: str) -> str | None:
    """An edition as everybody may see it now; None for one that never was."""
    with app.store.read() as connection:
        edition = editions.load(connection, key)
        if edition is None or edition.state == "cancelled":
            return None
        items = [job.id for job in editions.items(connection, key)]
        closed = set(items) - jobs.still_open(connection, items)
    compiled = compiled_of(app, key)
    return public_page(compiled, compiled.default_language, closed=closed, correction=edition.correction)


def past_editions(app: App) -> list[editions.StoredEdition]:
    """The editions that have pages, newest first."""
    with app.store.read() as connection:
        return editions.previous(connection, KEPT)


class FeedEntry(NamedTuple):
    """One edition in a feed: its jobs as HTML."""

    edition: editions.StoredEdition
    title: str
    html: str


def feed_entries(app: App, most: int) -> list[FeedEntry]:
    """The last editions as a feed carries them, newest first."""
    with app.store.read() as connection:
        past = [edition for edition in editions.previous(connection, most) if edition.state != "cancelled"]
    compiled = [compiled_of(app, edition.key) for edition in past]
    return [
        FeedEntry(edition, f"{app.config.newsletter.name}, {edition.key}", feed_entry(one, one.default_language))
        for edition, one in zip(past, compiled, strict=True)
    ]


def write_archive(app: App, folder: Path) -> int:
    """Write an index and every edition's page, `editions/KEY.html`, into `folder`; returns how many pages."""
    pages = folder / "editions"
    pages.mkdir(parents=True, exist_ok=True)
    past = past_editions(app)
    for edition in past:
        page = edition_page(app, edition.key)
        if page:
            (pages / f"{edition.key}.html").write_text(page, encoding="utf-8")
    letter = app.config.newsletter
    context = {"newsletter": letter, "p": palette(letter.theme), "editions": past}
    index = Templates.of(app.config).render("archive.html.j2", context)
    (folder / "index.html").write_text(index, encoding="utf-8")
    return len(past) + 1
