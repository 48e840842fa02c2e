"""Draft → fragments in one language: partials are rendered per job and group, compiled once, cut apart at markers.

Slots and markers are `@@name@@`; job data is cleaned of `@@`, so no posting can forge one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from jobdigest.compose import rank
from jobdigest.compose import templates as tpl
from jobdigest.compose.addresses import Addresses
from jobdigest.compose.compiled import Chunks, Fragments, Layout, Saying, Slot, encode
from jobdigest.compose.draft import Draft
from jobdigest.compose.templates import Templates
from jobdigest.compose.theme import palette
from jobdigest.compose.words import Words
from jobdigest.config import Config
from jobdigest.errors import TemplateError
from jobdigest.model import Job

FOLDED = "_folded"
BEST = "_best"
_SLOT = re.compile(r"@@([a-z_]+)@@")
_BLOCK = re.compile(r"@@begin ([^@]+)@@(.*?)@@end@@", re.DOTALL)
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
INLINE = frozenset({"jump"})  # partials that stand inside a line: HTML, not MJML, and none in the text part
_JOINERS = "\u200c\u200d"  # part of Persian spelling and of emoji


class Block(NamedTuple):
    """A piece that may occur in a mail: its name, the partial that draws it and what it draws."""

    name: str
    partial: str
    values: Mapping[str, Any]


class JobView(NamedTuple):
    """A job as the templates see it; `facts` begin with the separator where `pay` stands before them."""

    id: str
    title: str
    company: str
    url: str
    pay: str
    facts: str


def fragments(draft: Draft, config: Config, templates: Templates, language: str) -> Fragments:
    """The draft's fragments in `language`; raises TemplateError naming the file that is wrong."""
    templates.check_sources()
    words = templates.catalogues.words(language)
    groups = tuple((role, _heading(role, heading, words, config)) for role, heading in draft.groups)
    common = _common(draft, config, words)
    headings = dict(groups)
    sayings = tuple(saying(item.job, words, headings.get(item.group, "")) for item in draft.items)
    blocks = _blocks(draft, groups, words, config)
    personal = [Block("personal", "personal", {})]
    return Fragments(
        words=Words(words.language, words.table),
        html=_html(templates, common, blocks, personal),
        text=_text(templates, common, blocks, personal),
        sayings=sayings,
        groups=groups,
    )


def view(job: Job, words: Words, year: int, addresses: Addresses) -> JobView:
    """What a template prints of a job, cleaned and in words."""
    history = job.history
    facts = [
        words.named("seniority", job.seniority),
        words.named("degree", job.degree),
        words.named("employment", job.employment_type),
        words("posted", date=words.day(job.date_posted, year=year))
        if job.date_posted
        else words("first_seen", date=words.day(job.first_seen.astimezone(UTC).date(), year=year)),
        words.ordinal(history.times_posted, "history", month=_month(history.since, words, year))
        if history and history.times_posted > 1
        else "",
        words("via", source=clean(job.attribution)) if job.attribution else "",
    ]
    url = safe_url(job.url) or addresses.job(job.id)
    pay, separator = words.isolated(words.pay(job.base_salary)), words.table["separator"]
    line = separator.join(words.isolated(fact) for fact in facts if fact)
    title, company = words.isolated(clean(job.title)), words.isolated(clean(job.company))
    return JobView(job.id, title, company, url, pay, separator + line if pay else line)


def saying(job: Job, words: Words, role: str) -> Saying:
    """The lines of an item that depend on the reader: where it is, seen from each of its places, and why it's good."""
    separator = words.table["separator"]
    mode = words.named("workplace", job.workplace) if job.workplace == "hybrid" else ""
    names = [clean(words.place(place)) for place in job.places]
    if rank.is_remote(job) and (job.remote_scope or not names):
        lines = [clean(words.remote(job.remote_scope))]
    else:
        mode = words("remote").lower() if job.workplace == "remote" else mode
        others = len(names) - 1
        lines = [words("more_places", place=name, n=others) if others else name for name in names] or [""]
    company = [""] if job.company else []  # the separator after the employer's name
    where = tuple(
        separator.join([*company, *(words.isolated(part) for part in (line, mode) if part)]) for line in lines
    )
    direct = job.direct and not job.base_salary
    what = words.inside(role)
    reasons = (words("reason_pay") if job.base_salary else "", what, words("reason_direct") if direct else "")
    return Saying(
        where,
        tuple(words.isolated(name) for name in names),
        tuple(words.isolated(reason) for reason in reasons if reason),
    )


def clean(text: str) -> str:
    """Job data made safe to print: no control or bidi-override characters, no forged slots, one line."""
    if text.isascii() and text.isprintable() and "@@" not in text:
        return " ".join(text.split())
    visible = (c for c in text if unicodedata.category(c) != "Cf" or c in _JOINERS)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") else c for c in visible)
    return " ".join(kept.replace("@@", "@ @").split())


def safe_url(url: str) -> str | None:
    """An http(s) address as ASCII, quoted so that it can stand in an attribute; None for anything else."""
    quoted = quote(url.strip(), safe=_URL_SAFE).replace("@@", "%40%40")
    return quoted if re.match(r"https?://[^/\s]", quoted, re.IGNORECASE) else None


def _month(day: Any, words: Words, year: int) -> str:
    return words.day(day, "month" if day.year == year else "month_year")


def _heading(role: str, heading: str, words: Words, config: Config) -> str:
    """The operator's own name for a role type, else the catalogue's, else the shipped one, which is English."""
    named = {entry.id for entry in config.roles if entry.name}
    return heading if role in named else words.named("roles", role, heading)


def _common(draft: Draft, config: Config, words: Words) -> dict[str, Any]:
    day = draft.slot.astimezone(ZoneInfo(config.schedule.timezone)).date()
    rtl = words.direction == "rtl"
    date = words.day(day, "long")
    return {
        "t": words,
        "p": palette(config.newsletter.theme),
        "newsletter": config.newsletter,
        "edition": draft.key,
        "week": int(draft.key.rpartition("W")[2]),
        "date": date,
        "title": words("title", name=config.newsletter.name, date=date),
        "note": draft.note,
        "left_out": _left_out(draft.left_out, words),
        "arrow": "←" if rtl else "→",
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "links": Addresses(config.newsletter, draft.key),
        "slot": lambda name: Markup(f"@@{name}@@"),  # noqa: S704 (names come from templates)
    }


def _left_out(counts: Mapping[str, int], words: Words) -> str:
    items = [
        words(f"left_{name}", n=counts[name]) for name in ("closed", "repeats", "suspects") if counts.get(name, 0) > 0
    ]
    return words("left_out", items=words.listed(items)) if items else ""


def _blocks(draft: Draft, groups: Sequence[tuple[str, str]], words: Words, config: Config) -> list[Block]:
    """Everything that may occur in a mail."""
    year, addresses = draft.slot.year, Addresses(config.newsletter, draft.key)
    blocks = [Block("nav", "nav", {}), Block("more", "more", {}), Block("quiet", "quiet", {})]
    blocks.append(Block("correction", "correction", {}))
    first = words("best", n=words.spelled(config.edition.best))
    blocks.append(Block(f"head:{BEST}", "group", {"anchor": "best", "heading": first, "counted": False}))
    for name, heading in (*groups, (FOLDED, words("folded"))):
        anchor = "g-" + name.strip("_")
        blocks.append(Block(f"head:{name}", "group", {"anchor": anchor, "heading": heading, "counted": name != FOLDED}))
    for name, heading in groups:
        blocks.append(Block(f"jump:{name}", "jump", {"heading": heading, "url": f"{addresses.view}#g-{name}"}))
    for position, item in enumerate(draft.items):
        job = view(item.job, words, year, addresses)
        blocks.append(Block(f"job:{position}", "job", {"job": job}))
        blocks.append(Block(f"best:{position}", "best", {"job": job}))
    employers = {item.job.company_key: position for position, item in reversed(list(enumerate(draft.items)))}
    for company, position in sorted(employers.items()):
        blocks.append(Block(f"at:{position}", "more_at", {"url": addresses.company(company)}))
    return blocks


def _html(
    templates: Templates, common: Mapping[str, Any], blocks: Sequence[Block], personal: Sequence[Block]
) -> Layout:
    drawn = {
        name: Markup(  # noqa: S704 (partials are rendered with autoescape)
            f"<mj-raw>@@{name}@@</mj-raw>"
            + "".join(_marked(templates, common, block) for block in some if block.partial not in INLINE)
        )
        for name, some in (("jobs", blocks), ("personal", personal))
    }
    source = templates.render("edition.mjml.j2", {**common, **drawn})
    try:
        html = tpl.compile_mjml(source, str(templates.path("edition.mjml.j2")))
    except TemplateError as error:
        raise _blamed(templates, common, (*blocks, *personal)) or error from None
    found = {block.name: _chunks(_inline(templates, common, block)) for block in blocks if block.partial in INLINE}

    def cut(match: re.Match[str]) -> str:
        found[match[1]] = _chunks(match[2])
        return ""

    page = _chunks(_BLOCK.sub(cut, html))
    return _checked(Layout(page, found), templates.path("edition.mjml.j2"))


def _text(
    templates: Templates, common: Mapping[str, Any], blocks: Sequence[Block], personal: Sequence[Block]
) -> Layout:
    slots = {name: f"@@{name}@@" for name in ("jobs", "personal")}
    page = _chunks(templates.render("edition.txt.j2", {**common, **slots}))
    found = {
        block.name: _chunks(templates.render(f"partials/{block.partial}.txt.j2", {**common, **block.values}))
        for block in (*blocks, *personal)
        if block.partial not in INLINE
    }
    return _checked(Layout(page, found), templates.path("edition.txt.j2"))


def _marked(templates: Templates, common: Mapping[str, Any], block: Block) -> str:
    drawn = templates.render(f"partials/{block.partial}.mjml.j2", {**common, **block.values})
    return f"<mj-raw>@@begin {block.name}@@</mj-raw>{drawn}<mj-raw>@@end@@</mj-raw>"


def _inline(templates: Templates, common: Mapping[str, Any], block: Block) -> str:
    return templates.render(f"partials/{block.partial}.html.j2", {**common, **block.values})


def _blamed(templates: Templates, common: Mapping[str, Any], blocks: Sequence[Block]) -> TemplateError | None:
    """The first partial that is not MJML by itself."""
    tried: set[str] = set()
    attempts: list[tuple[str, Mapping[str, Any]]] = [("masthead", {}), ("footer", {"personal": ""})]
    for block in blocks:
        if block.partial not in tried and block.partial not in INLINE:
            tried.add(block.partial)
            attempts.append((block.partial, block.values))
    for partial, values in attempts:
        name = f"partials/{partial}.mjml.j2"
        if not tpl.compiles_alone(templates.render(name, {**common, **values})):
            return TemplateError(f"{templates.path(name)}: not valid MJML; look for a tag that is not closed")
    return None


def _chunks(text: str, coder: Callable[[str], bytes] = encode) -> Chunks:
    pieces = _SLOT.split(text)
    chunks: list[bytes | Slot] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            chunks.append(Slot(piece))
        elif piece:
            chunks.append(coder(piece))
    return tuple(chunks)


def _checked(layout: Layout, path: Any) -> Layout:
    """Refuse a page without its jobs, or without the reader's way out."""
    for name in ("jobs", "personal"):
        if Slot(name) not in layout.page:
            raise TemplateError(f"{path}: {{{{ {name} }}}} is missing")
    if Slot("unsubscribe") not in layout.blocks["personal"]:
        raise TemplateError(
            f'{path}: partials/personal has no {{{{ slot("unsubscribe") }}}}; no mail may go without it'
        )
    return layout
