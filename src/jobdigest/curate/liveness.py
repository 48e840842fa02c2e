"""Is a vacancy's page still open? Read from what a visitor sees, never from what is hidden.

    read_page(html, status, url, final_url, now) ─► Look(live | expired | unknown, why)

In this order: the status; a wall in front of the page (challenge, login, cookies, an empty shell) is `unknown`; a
visible notice is `expired` and beats everything below; a redirect to a list or home page is `expired`; then
schema.org's `validThrough`, or the last closing day shown where there is no way to apply; then what an open vacancy
shows (a way to apply, a heading with a text).
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jobdigest.curate.closed import closed_notice as closed_notice
from jobdigest.curate.closed import loose_notice
from jobdigest.curate.dates import read_date
from jobdigest.curate.html import MAX_HTML, drop, drop_unseen, shallow, to_text
from jobdigest.curate.url import ats_identity, is_list
from jobdigest.model import Liveness


class Look(NamedTuple):
    """The verdict on one page and what it rests on, in words for the operator."""

    liveness: Liveness
    evidence: str


class _Page(NamedTuple):
    title: str
    heading: str
    text: str  # what is seen, without navigation and lists of other vacancies
    loud: str  # of it, what is no plain paragraph
    banners: str  # of that, what is made to be noticed
    valid_through: tuple[str, ...]
    is_posting: bool  # marked up as one JobPosting
    can_apply: bool
    asks_password: bool
    refresh: str | None


def read_page(html: str, status: int, url: str | None, final_url: str | None, now: datetime) -> Look:
    """Judge one look at a posting's page: the answer's body and status, the URL asked for and the one that answered."""
    if status in (404, 410):
        return Look("expired", f"the page is gone (HTTP {status})")
    if not 200 <= status < 300:
        return Look("unknown", f"no answer that tells (HTTP {status})")
    page = _seen(html)
    wall = _wall(page, final_url)
    if wall:
        return Look("unknown", wall)
    offers = page.can_apply or _WRITE_TO.search(page.text) is not None
    notice = closed_notice(page.loud) or closed_notice(page.text, running=offers) or _missing(page)
    if notice is None and not offers:
        notice = loose_notice(page.text, page.text if len(page.text) < _BARE else page.banners)
    if notice:
        return Look("expired", f"the page says “{notice[:160]}”")
    moved = _moved(url, final_url, page)
    if moved:
        return Look("expired", moved)
    return _by_date(page, now) or _by_signs(page)


# --- reading ----------------------------------------------------------------------------------------------------

_STYLED_AWAY = re.compile(r"([.#][\w-]+)\s*\{[^{}]*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_VALID_THROUGH = re.compile(r'"validThrough"\s*:\s*"([^"]{4,40})"')
_POSTING = re.compile(r'"@type"\s*:\s*\[?\s*"JobPosting"')
_LOUD = re.compile(
    r"alert|banner|notice|status|flash|message|warn|info|closed|expired|callout|badge|error", re.IGNORECASE
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"\s;]+)", re.IGNORECASE)


@cache
def _says(what: str) -> re.Pattern[str]:
    """The compiled entry `what` of data/closed_pages.toml."""
    table = tomllib.loads(files("jobdigest.curate").joinpath("data/closed_pages.toml").read_text("utf-8"))
    words = "|".join(f"(?:{pattern})" for pattern in table[what])
    whole = rf"^(?:{words})\W*$" if what == "others" else words
    return re.compile(whole, re.IGNORECASE | re.MULTILINE)


def _seen(html: str) -> _Page:
    html = shallow(html[:MAX_HTML].encode("utf-8", "ignore").decode("utf-8"))
    tree = LexborHTMLParser(html)
    data = [node.text() for node in tree.css('script[type="application/ld+json"]')]
    data = [text for text in data if _POSTING.search(text)]
    title = _text(tree.css_first("title"))
    meta = tree.css_first('meta[http-equiv="refresh" i]')
    styles = " ".join(node.text() for node in tree.css("style"))
    selectors = sorted(set(_STYLED_AWAY.findall(styles)))[:50]
    if selectors:
        drop(tree.css(", ".join(selectors)))
    marked = [node.attributes.get("content") or "" for node in tree.css('[itemprop="validThrough"]')]
    drop_unseen(tree)
    asks_password = tree.css_first('input[type="password"]') is not None
    heading = _text(tree.css_first("h1"))
    _drop_others(tree)
    heading = heading or _text(tree.css_first("h2"))
    refresh = _REFRESH.search(meta.attributes.get("content") or "") if meta else None
    dates = tuple(date for text in data for date in _VALID_THROUGH.findall(text)) + tuple(filter(None, marked))
    text = _without_list(to_text(tree.body.html or "") if tree.body else "")
    one = sum(len(_POSTING.findall(text)) for text in data) == 1
    can_apply = _can_apply(tree)
    banners = "" if can_apply else _banners(tree)
    drop(node for node in tree.css("p, li, dd, blockquote") if not _stands_out(node))
    loud = _without_list(to_text(tree.body.html or "") if tree.body else "")
    return _Page(
        title, heading, text, loud, banners, dates, one, can_apply, asks_password, refresh[1] if refresh else None
    )


def _banners(tree: LexborHTMLParser) -> str:
    found = tree.css("[class], [role], button[disabled]")[:MAX_BANNERS]
    return "\n".join(_text(node) for node in found if _stands_out(node))


def _stands_out(node: LexborNode) -> bool:
    """Is an element made to be noticed: named so, in a box named so, a dead button, or with bold words in it?"""
    around = [node, *([node.parent] if node.parent else [])]
    names = " ".join(f"{each.attributes.get(key)}" for each in around for key in ("class", "role", "id"))
    return _LOUD.search(names) is not None or "disabled" in node.attributes or _is_bold(node)


def _is_bold(node: LexborNode) -> bool:
    return node.tag in ("p", "li", "dd", "blockquote") and node.css_first("strong, b, mark") is not None


def _text(node: LexborNode | None) -> str:
    return " ".join(node.text().split())[:300] if node else ""


def _drop_others(tree: LexborHTMLParser) -> None:
    """Navigation, and side columns and lists that link to other vacancies."""
    drop(node for node in tree.css("nav, footer, select, aside:has(a)"))


def _without_list(text: str) -> str:
    """`text` up to a heading such as "Similar jobs": what stands below is about other vacancies."""
    found = _says("others").search(text)
    return text[: found.start()] if found and found.start() > 0 else text


def _can_apply(tree: LexborHTMLParser) -> bool:
    for node in tree.css('a[href], button, input[type="submit"], [role="button"], form'):
        attributes = node.attributes
        if "disabled" in attributes or attributes.get("aria-disabled") == "true":
            continue
        if node.tag == "form" and "apply" in (attributes.get("action") or ""):
            return True
        label = f"{node.text() if node.tag != 'form' else ''} {attributes.get('value') or ''}"
        if len(label) < 80 and _says("apply").search(label):
            return True
        if node.tag == "a" and re.match(r"mailto:", attributes.get("href") or ""):
            return True
    return False


# --- judging ----------------------------------------------------------------------------------------------------

_COOKIES = re.compile(r"cookie", re.IGNORECASE)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|auth|authwall|sso|oauth2?|account|consent|challenge|captcha|checkpoint)(?:/|$|\.)", re.I
)
MAX_BANNERS = 500  # elements looked at
_BARE = 200  # characters; a page with less has only its notice to show
_SHORT = 500  # characters; more than this is a page of its own, whatever stands around it


def _wall(page: _Page, final_url: str | None) -> str | None:
    """What stands between us and the page, if anything does."""
    short = len(page.text) < _SHORT
    head = f"{page.title}\n{page.heading}"
    shows_job = page.is_posting or page.can_apply or len(page.text) > 4 * _SHORT  # titles speak of "bot detection" too
    if not shows_job and (_says("challenge").search(head) or (short and _says("challenge").search(page.text))):
        return "a security check, not the page"
    if final_url and _LOGIN_PATH.search(_path(final_url)):
        return "a login or consent page instead of the posting"
    if short and not page.is_posting and closed_notice(page.text) is None:
        return _thin_wall(page, head)
    return None


def _thin_wall(page: _Page, head: str) -> str | None:
    if page.asks_password or _says("login").search(head) or (_says("login").search(page.text) and not page.can_apply):
        return "a login stands before the page"
    if _COOKIES.search(page.text) and not page.can_apply:
        return "a cookie question, not the page"
    if (_says("shell").search(page.text) and not page.can_apply) or (not page.text and not page.refresh):
        return "a page that shows its text only in a browser"
    return None


def _missing(page: _Page) -> str | None:
    """A title or heading that says the page isn't there, on a page that shows no vacancy."""
    if page.can_apply and page.is_posting:
        return None
    return next(
        (line for line in (page.title, page.heading) if closed_notice(line) or _says("missing").match(line)), None
    )


def _path(url: str) -> str:
    """The path of `url`, empty where it cannot be read."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


_FLAGGED = re.compile(
    r"(?:^|&)(?:error=true|(?:job[_-]?)?(?:not[_-]?found|expired|closed|unavailable|inactive)\b)", re.I
)


def _moved(url: str | None, final_url: str | None, page: _Page) -> str | None:
    """Why the address that answered is a list or home page instead of the posting, or None."""
    target = final_url or url
    if page.refresh and not page.can_apply:
        target = _joined(target or "", page.refresh)
    if not url or not target or target == url:
        return f"the page sends on to {target}" if page.refresh and target and not url and is_list(target) else None
    try:
        was, now_at = urlsplit(url), urlsplit(target)
    except ValueError:
        return None
    if ats_identity(target) is not None and ats_identity(target) == ats_identity(url):
        return None
    if page.is_posting and page.can_apply:
        return None
    was_path, path = was.path.rstrip("/"), now_at.path.rstrip("/")
    same = was_path == path and was.query == now_at.query
    flagged = _FLAGGED.search(now_at.query) is not None
    listed = is_list(path) and not re.search(r"\d{3,}", now_at.query + now_at.fragment)
    ancestor = was_path.startswith(path + "/") and not re.search(r"\d{3,}", path + now_at.query + now_at.fragment)
    if not same and (flagged or (listed and not is_list(was_path)) or (ancestor and not _is_tail(was_path, path))):
        return f"the posting's address now leads to {target[:120]}"
    return None


def _is_tail(was: str, path: str) -> bool:
    """Is `was` the same page under a longer name (`…/apply`, a slug after the id)?"""
    rest = was[len(path) :].strip("/").lower()
    return rest in ("apply", "application", "job", "login") or re.search(r"\d{3,}", path) is not None


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target


_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.)? (?:de )?[^\W\d_]{3,12}\.? (?:de )?\d{4}"
    r"|[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)


def _by_deadline(page: _Page, now: datetime) -> Look | None:
    """Judge a page without a way to apply by the last of the closing days that it shows."""
    if page.can_apply:
        return None
    text = page.text
    shown = [_DAY.search(text[: match.end() + 50], match.end()) for match in _says("deadline").finditer(text)]
    days = [day for found in shown if found and (day := read_date(found[0], now, future=True))]
    return Look("expired", f"applications closed on {max(days)}") if days and max(days) < now.date() else None


def _by_date(page: _Page, now: datetime) -> Look | None:
    dates = [date for text in page.valid_through if (date := _end(text))]
    if not dates:
        return _by_deadline(page, now)
    last = max(dates)
    if last < now:
        return Look("expired", f"validThrough was {last:%Y-%m-%d}")
    return Look("live", f"open until {last:%Y-%m-%d} (validThrough)") if page.is_posting else None


def _end(text: str) -> datetime | None:
    """The moment a `validThrough` ends: a bare day lasts until it is over everywhere."""
    text = text.strip().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(text)
        bare = len(text) <= 10
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment + timedelta(hours=36) if bare else moment
    except (ValueError, OverflowError):
        return None


_WRITE_TO = re.compile(r"[\w.+-]+@[\w-]+\.\w")


def _by_signs(page: _Page) -> Look:
    if page.is_posting and len(page.text) > 40:
        return Look("live", "the page shows the posting")
    if page.can_apply and (page.heading or len(page.text) > 200):
        return Look("live", "the page offers a way to apply")
    if page.heading and _WRITE_TO.search(page.text):
        return Look("live", "the page says where to apply")
    if page.heading and len(page.text) >= 400:
        return Look("live", "the page shows the posting and no notice")
    return Look("unknown", "neither a notice nor a way to apply was found")
