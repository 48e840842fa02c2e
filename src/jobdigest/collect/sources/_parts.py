"""What adapters share: careful reading of values that come from strangers, into the types `RawPosting` asks for.

Every function takes anything that JSON, XML or HTML may hold and gives a clean value or None; none raises.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urljoin

from jobdigest.model import Period, RawPosting, Salary

_PERIODS: tuple[tuple[re.Pattern[str], Period], ...] = (
    (re.compile(r"hour|\bhr\b|^ph$"), "hour"),
    (re.compile(r"\bday|daily|^pd$"), "day"),
    (re.compile(r"week|^pw$"), "week"),
    (re.compile(r"month|^pm$"), "month"),
    (re.compile(r"year|annu|\byr\b|^pa$"), "year"),
)
_TAG = re.compile(r"<[^<>]*>")
_MOJIBAKE = re.compile("[ÂÃÄÅâð][\x80-\xbf\u2018-\u2122\u0152-\u0192\u20ac\u02c6\u02dc]")
_WEB = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
_MARKS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"))
_EPOCH_MS = 100_000_000_000
_LONGEST_LINE = 10_000


def dig(value: Any, path: str) -> Any:
    """The value at a dotted path (`items.0.name`), None where a step is missing; the empty path is `value` itself."""
    if path and "." not in path and isinstance(value, dict):  # nearly always
        return value.get(path)
    for step in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def many(value: Any, path: str = "") -> list[Any]:
    """The list at a dotted path, an empty one where something else stands there."""
    found = dig(value, path)
    return found if isinstance(found, list) else []


def text(value: Any) -> str | None:
    """A string or number as stripped text without NULs; None for anything else and for blanks."""
    if isinstance(value, str):
        return (value.replace("\x00", "") if "\x00" in value else value).strip() or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def line(value: Any) -> str | None:
    """`text` on one line, single-spaced."""
    if isinstance(value, str):
        return " ".join((value.replace("\x00", "") if "\x00" in value else value).split()) or None
    found = text(value)
    return " ".join(found.split()) if found else None


def plain(value: Any) -> str | None:
    """A one-line text from a field where the source leaves tags and entities (`R&amp;D`, `<strong>`)."""
    found = text(value)
    return line(html.unescape(_TAG.sub("", found[:_LONGEST_LINE]))) if found else None


def unescaped(value: str) -> str:
    """`html.unescape`, many times as quick where nothing is escaped but the five characters that must be."""
    for mark, character in _MARKS:
        if mark in value:
            value = character.join(value.split(mark))  # quicker than replace() where there are hundreds
    if "&" not in value:
        return value
    if value.count("&") != value.count("&amp;"):
        return html.unescape(value)
    return value.replace("&amp;", "&")  # last, so that nothing is unescaped twice


def words(value: Any, separator: str | None = None) -> tuple[str, ...]:
    """A list of texts, or one text (split at `separator`), each once and in order; objects count by their `name`."""
    if isinstance(value, str) and not separator:
        return (one,) if (one := line(value)) else ()
    found = value.split(separator) if separator and isinstance(value, str) else value
    kept: dict[str, None] = {}
    for part in found if isinstance(found, (list, tuple)) else (found,):
        if clean := line(part.get("name", part.get("Name")) if isinstance(part, dict) else part):
            kept[clean] = None
    return tuple(kept)


def joined(value: Any) -> str | None:
    """`words` as one text."""
    if isinstance(value, str):
        return line(value)
    return ", ".join(words(value)) or None


def number(value: Any) -> float | None:
    """A positive finite number, also from text; 0 is how sources say `none`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found > 0 else None


def period(value: Any) -> Period | None:
    """`per-year-salary`, `1 HOUR`, `annually`, `PA` … as a period."""
    return _period((text(value) or "").lower())


@lru_cache(256)
def _period(found: str) -> Period | None:
    return next((name for pattern, name in _PERIODS if pattern.search(found)), None)


def pay(low: Any, high: Any, currency: Any, per: Any) -> Salary | None:
    """A salary from a source's own fields; None where neither amount is stated."""
    least, most = number(low), number(high)
    code = (line(currency) or "").upper()
    if least is None and most is None:
        return None
    return Salary(code if len(code) == 3 and code.isascii() and code.isalpha() else None, least, most, period(per))


def moment(value: Any) -> str | datetime | None:
    """An ISO or mail timestamp as an aware datetime (UTC if it names no zone); a bare date or other text stays text."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return epoch(value)
    found = text(value)
    if not found or len(found) <= len("2026-08-05"):
        return found
    try:
        if found[0].isdigit():
            return _utc(datetime.fromisoformat(found.replace(" UTC", "+00:00"))) or found
        return _utc(parsedate_to_datetime(found)) or found
    except (ValueError, TypeError, IndexError, OverflowError):
        return found


def epoch(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970 as a datetime."""
    seconds = number(value)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > _EPOCH_MS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _utc(value: datetime) -> datetime | None:
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        return None


def day(value: Any) -> str | None:
    """`dd/mm/yyyy` as an ISO date; other text unchanged."""
    found = text(value)
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", found or "")
    if not match:
        return found
    try:
        return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    except ValueError:
        return found


def sections(*parts: tuple[Any, Any]) -> str | None:
    """HTML put together from `(heading, HTML)` parts; headings are plain text, empty parts are left out."""
    found = [
        (f"<h3>{html.escape(title)}</h3>\n" if (title := line(heading)) else "") + body
        for heading, content in parts
        if (body := text(content))
    ]
    return "\n".join(found) or None


def web(value: Any, base: str = "") -> str | None:
    """An absolute http(s) address; relative ones are joined to `base`."""
    found = text(value)
    if not found:
        return None
    try:
        found = urljoin(base, found) if base else found
    except ValueError:
        return None
    return found if _WEB.match(found) else None


def repaired(value: str) -> str:
    """UTF-8 that somebody read as Latin-1 or Windows-1252 (`SÃ£o`), read right; other text unchanged."""
    if not _MOJIBAKE.search(value):
        return value
    for wrong in ("cp1252", "latin-1"):
        try:
            return value.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
    return value


@lru_cache(4096)
def match_url(patterns: tuple[str, ...], url: str) -> str | None:
    """The groups, joined by `/`, of the first pattern that fits `url` from its host on."""
    bare = re.sub(r"^\s*(https?:)?//(www\.)?", "", url, flags=re.IGNORECASE)
    host, slash, rest = bare.partition("/")
    for pattern in patterns:
        if found := re.match(pattern, host.lower() + slash + rest):
            return unquote("/".join(group for group in found.groups() if group))
    return None


@lru_cache(4096)
def readable(token: str) -> str:
    """An employer's name guessed from a board's token or host: `scale-ai` → `Scale AI`, `Notion`, `n8n` as they are."""
    name = re.sub(r"^(?:https?://)?(?:www|jobs|careers?|apply|boards?)\.", "", unquote(token))
    name = re.split(r"[/?#.]", re.sub(r"^https?://", "", name))[0]
    name = re.sub(r"[-_+\s]+", " ", name).strip() or token
    return " ".join(_in_capitals(word) for word in name.split(" ")) if name == name.lower() else name


def _in_capitals(word: str) -> str:
    if word in ("ai", "ml"):
        return word.upper()
    return word if re.search(r"[a-z]\d", word) else word.title()


def united(postings: Iterable[RawPosting]) -> list[RawPosting]:
    """Rows of one id as one posting with all their locations, for sources that print a row per location."""
    found: dict[str, RawPosting] = {}
    for posting in postings:
        first = found.get(posting.source_id)
        if first is None:
            found[posting.source_id] = posting
        elif first.locations != posting.locations:
            found[posting.source_id] = _with_locations(first, posting)
    return list(found.values())


def _with_locations(first: RawPosting, other: RawPosting) -> RawPosting:
    return replace(first, locations=tuple(dict.fromkeys((*first.locations, *other.locations))))
