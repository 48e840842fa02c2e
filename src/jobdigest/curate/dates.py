"""Days from the words that pages and boards use for "posted": relative, localised, epochs, ISO 8601, RFC 822.

Conventions (docs/quality.md): the UTC day; months are calendar months; a day without a year is the latest past one;
"07.11.2026" is day-first, "03/11/2026" may be either and is unknown; "30+ days ago" is read as 30 days; a day more than
two days ahead of `now`, before 2000, or that isn't in the calendar is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from jobdigest.curate.patterns import pattern, table

MAX_TEXT = 120
_MOST_BESIDE = 5  # words on either side of a day
_EARLIEST = date(2000, 1, 1)
_AHEAD = timedelta(days=2)
_LATEST_CLOSING = timedelta(days=3653)

_TABLE = table("days")
_MONTHS: dict[str, int] = {word: int(number) for number, names in _TABLE["months"].items() for word in names.split()}
_UNITS: dict[str, str] = {word.casefold(): unit for unit, names in _TABLE["units"].items() for word in names.split()}
_COUNTS: dict[str, int] = {**dict.fromkeys(_TABLE["words"]["one"], 1), **_TABLE["counts"]}
_SPELLED: dict[str, str] = {unicodedata.normalize("NFKC", word): meant for word, meant in _TABLE["spelled"].items()}
_BEGINS: list[tuple[str, str]] = list(_TABLE["begins"].items())
_TODAY, _YESTERDAY, _BEFORE_YESTERDAY, _LAST_WEEK, _LAST_MONTH = (
    frozenset(word.casefold() for word in _TABLE["words"][key])
    for key in ("today", "yesterday", "before_yesterday", "last_week", "last_month")
)

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$")
_NUMERIC = re.compile(
    r"(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\s*\.?(?:[ ,T]+\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]m)?)?$"
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:T\d{4,6}Z?)?$")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.$")
_EAST = re.compile(r"(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]")
_YEAR_LAST = re.compile(r"^(\D+\d{1,2}) (\d\d:\d\d:\d\d) ([a-z]{3,4}|[+-]\d{4}) (\d{4})$")  # as `date` prints
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{16})(?:\.\d+)?$")
_LONE_UNIT = re.compile(rf"([^\W\d_]+)\s+{_TABLE['patterns']['ago']}$")
_RELATIVE = pattern("days", "relative")
_LABEL = pattern("days", "label")
_FROM_UNIT = re.compile(rf"{_TABLE['patterns']['from']}\s+([^\W\d_]+)$")
_SPELLING = re.compile("|".join(sorted(map(re.escape, _SPELLED), key=len, reverse=True)))
_TRAIL = pattern("days", "trail")
_PARTS = re.compile(r"\s*[·•|]\s*|\s[-–—]\s")
_CLOSING = pattern("days", "closing")
_WEEKDAY = pattern("days", "weekday")
_CLOCK = pattern("days", "clock")
_HALF = re.compile(r"\d\s*([ap])\.?m\b")
_TWO_UNITS = re.compile(r"(\d+)\s+([^\W\d_]+)(?:,|\s+and)?\s+(\d+)\s+([^\W\d_]+)\s+ago$")
_EAST_SHORT = re.compile(r"(\d{1,2})[/.-](\d{1,2})\.?\s*(?:\([月火水木金土日월화수목금토일]\))?$")
_REIWA = re.compile(r"令和\s*(\d{1,2})\s*年")  # began in 2019
_BUDDHIST = re.compile(r"\b25(?:[5-9]\d)\b")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_BESIDE_DAYS = frozenset("st nd rd th er de of del di den d г р le el am the o º".split())
_HOURS = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}


def read_date(text: str, now: datetime, *, future: bool = False) -> date | None:
    """The UTC day that a posting's date text means as of `now` (aware); None if it means none or an impossible one.

    `future` is for closing dates: days up to ten years ahead count, words relative to now and yearless days don't.
    """
    text = text.strip()
    return _read(text, now, future) if 0 < len(text) <= MAX_TEXT else None


@lru_cache(maxsize=16_384)
def _read(text: str, now: datetime, future: bool) -> date | None:
    found = _absolute(text)
    if found is None and not future and not _EPOCH.match(text) and not _ISO.match(text):
        found = _by_now(text, now.astimezone(UTC).replace(second=0, microsecond=0))
    return found if found and _EARLIEST <= found <= _latest(now, future) else None


@lru_cache(maxsize=16)
def _latest(now: datetime, future: bool) -> date:
    return now.astimezone(UTC).date() + (_LATEST_CLOSING if future else _AHEAD)


@lru_cache(maxsize=16_384)
def _absolute(text: str) -> date | None:
    """A day that does not depend on now: ISO, epoch, RFC 822, numbers, names of months with a year."""
    try:
        if match := _ISO.match(text):
            return _iso(match)
        if match := _EPOCH.match(text):
            seconds = int(match[1]) / {9: 1, 10: 1, 12: 1e3, 13: 1e3, 16: 1e6}[len(match[1])]
            return datetime.fromtimestamp(seconds, UTC).date()
        if match := _COMPACT.match(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        plain = _plain(text)
        if match := _ISO.match(plain.upper()):
            return _iso(match)
        if match := _NUMERIC.match(plain):
            return _numeric(int(match[1]), match[2], int(match[3]), int(match[4]), match[4])
        match = _EAST.search(plain)
        if match and match[1]:
            return date(int(match[1]), int(match[2]), int(match[3]))
        return _named(plain, None)
    except (ValueError, OverflowError, OSError):
        return None


def _plain(text: str) -> str:
    """Lower case, one spelling of blanks, the label ("Posted on") and the weekday gone; a closing date stays marked."""
    text = unicodedata.normalize("NFKC", text).casefold() if not text.isascii() else text.lower()
    text = " ".join(text.replace("’", "'").split()).strip(" .!•|")
    if not text.isascii():
        thai = "\u0e00" <= max(text) < "\u0e80"
        text = " ".join(_SPELLING.sub(lambda match: _SPELLED[match[0]], text).split()).lstrip(": ")
        text = _REIWA.sub(lambda match: f"{2018 + int(match[1])}年", text)
        text = _BUDDHIST.sub(lambda match: str(int(match[0]) - 543), text) if thai else text
    text = _TRAIL.sub("", _WEEKDAY.sub("", _LABEL.sub("", text, count=1), count=1))
    text = _YEAR_LAST.sub(r"\1 \4 \2 \3", text)
    if text.isascii():
        return text
    text = text.replace("以上", "").replace("이상", "")
    return next((meant + text[len(begin) :] for begin, meant in _BEGINS if text.startswith(begin)), text)


def _iso(match: re.Match[str]) -> date:
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    zone = match[7]
    if match[4] is None or zone in (None, "Z", "UTC", "GMT"):
        if match[4] and int(match[4]) > 24:
            raise ValueError(match[0])
        return date(year, month, day)
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * sign
    moment = datetime(year, month, day, int(match[4]), int(match[5]), int(match[6] or 0), tzinfo=UTC)
    return (moment - offset).date()


def _numeric(first: int, separator: str, second: int, third: int, written: str) -> date | None:
    if first > 31 or (first > 12 and third < 1000 and len(written) < 3 and first > 31):
        return date(first, second, third)
    if len(written) == 2:
        third += 2000
    if third < 1000:
        return None
    if separator == "." or first > 12:
        return date(third, second, first)
    if second > 12:
        return date(third, first, second)
    return date(third, first, second) if first == second else None


def _named(plain: str, today: date | None) -> date | None:
    """ "12. Oktober 2026", "Nov 3rd, 2026", "1er octobre"; without a year (`today` given) the latest past one."""
    if _CLOSING.search(plain):
        return None
    clock = _CLOCK.search(plain)
    found = [word for word in _WORDS.findall(plain[: clock.start()] if clock else plain) if word not in _BESIDE_DAYS]
    months = [index for index, word in enumerate(found) if word in _MONTHS]
    numbers = [word for word in found if word.isdigit()]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(numbers) != len(found) - 1:
        return None
    month = _MONTHS[found[months[0]]]
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    if years and len(days) == 1:
        return _shifted(date(int(years[0]), month, int(days[0])), clock)
    if len(days) == 2 and months[0] == 1:
        return _shifted(date(2000 + int(days[1]), month, int(days[0])), clock)
    return _latest_past(month, int(days[0]), today) if today and len(numbers) == len(days) == 1 else None


def _shifted(day: date, clock: re.Match[str] | None) -> date:
    """The UTC day of a day with a clock time and a zone, as RFC 822 writes it."""
    zone = clock["zone"] if clock else None
    if not clock or not zone or zone in ("z", "utc", "gmt"):
        return day
    hour, minute = re.findall(r"\d+", clock[0])[:2]
    zone = zone.removeprefix("utc").removeprefix("gmt")
    offset = _HOURS.get(zone)
    shift = timedelta(hours=offset) if offset is not None else timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if zone[0] == "-":
        shift = -shift
    hours = int(hour) % 12 + 12 * (half[1] == "p") if (half := _HALF.search(clock[0])) else int(hour)
    return (datetime(day.year, day.month, day.day, hours, int(minute), tzinfo=UTC) - shift).date()


def _latest_past(month: int, day: int, today: date) -> date | None:
    for year in (today.year, today.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


@lru_cache(maxsize=16_384)
def _by_now(text: str, now: datetime) -> date | None:
    """A day said relative to now or without its year, also between other words or beside other facts."""
    if match := _DAY_AND_MONTH.match(text):
        return _latest_past(int(match[2]), int(match[1]), now.date())
    plain = _plain(text)
    if not text.isascii() and (match := _EAST_SHORT.match(plain)) and not _CLOSING.search(text):
        return _latest_past(int(match[1]), int(match[2]), now.date())
    if found := _relative(plain, now):
        return found
    parts = [_plain(part) for part in _PARTS.split(text) if not _CLOSING.search(part)]
    days = {day for part in parts if (day := _within(part, now))}
    return days.pop() if len(days) == 1 else None


def _within(plain: str, now: datetime) -> date | None:
    """The day that stands between words that are not about it: `Anzeige vom 14.10.2026`, `3 days ago by Jo`."""
    words = plain.split()
    if not any(word[0].isdigit() or word in _COUNTS or word in _YESTERDAY for word in words):
        return None
    for first in range(min(len(words), _MOST_BESIDE)):
        for last in range(len(words), max(first, len(words) - _MOST_BESIDE), -1):
            some = " ".join(words[first:last]).strip(",:;!")
            if any(map(str.isdigit, "".join(words[:first] + words[last:]))):
                continue
            if (_is_sure(some) and (found := _relative(some, now))) or (found := _dated(some, now.date())):
                return found
    return None


def _dated(plain: str, today: date) -> date | None:
    try:
        return _absolute(plain) or _named(plain, today)
    except ValueError:
        return None


def _is_sure(plain: str) -> bool:
    """Whether words are about a past day wherever they stand."""
    match = _RELATIVE.match(plain)
    return plain in _YESTERDAY or plain in _BEFORE_YESTERDAY or bool(match and (match["ago"] or match["from"]))


def _relative(plain: str, now: datetime) -> date | None:
    today = now.date()
    day = _CLOCK.sub("", plain)
    if day in _TODAY:
        return today
    if day in _YESTERDAY:
        return today - timedelta(days=1)
    if day in _BEFORE_YESTERDAY:
        return today - timedelta(days=2)
    if day in _LAST_WEEK:
        return today - timedelta(days=7)
    if day in _LAST_MONTH:
        return _months_back(today, 1)
    try:
        return _counted(plain, now) or _yearless(plain, today)
    except (ValueError, OverflowError):
        return None


def _counted(plain: str, now: datetime) -> date | None:
    """ "3 weeks ago", "vor einem Monat", "1 week, 2 days ago"."""
    if (match := _RELATIVE.match(plain)) and (unit := _unit(match["unit"])) and (count := _count(match)):
        return _back(count, unit, now) if unit != "y" or _said_ago(match) or len(match["unit"]) < 4 else None
    if (
        not plain[:1].isdigit()
        and (match := _LONE_UNIT.match(plain) or _FROM_UNIT.match(plain))
        and (unit := _unit(match[1]))
    ):
        return _back(1, unit, now)
    if (match := _TWO_UNITS.match(plain)) and (unit := _unit(match[2])) and (smaller := _unit(match[4])):
        day = _back(float(match[1]), unit, now)
        return _back(float(match[3]), smaller, datetime.combine(day, now.timetz()))
    return None


def _yearless(plain: str, today: date) -> date | None:
    match = _EAST.search(plain)
    if match and not _CLOSING.search(plain):
        return _latest_past(int(match[2]), int(match[3]), today)
    return _named(plain, today)


def _unit(word: str) -> str | None:
    return _UNITS.get(word) or _UNITS.get(word.rstrip("."))


def _count(match: re.Match[str]) -> float | None:
    """How many units back; "one" in words counts only beside "ago" or its like, and 0 is a small number of them."""
    counted = match["count"]
    if counted[0].isdigit():
        return float(counted.replace(",", ".")) or 1e-9
    return _COUNTS.get(counted) if _said_ago(match) or match["plus"] or match["over"] or match["more"] else None


def _said_ago(match: re.Match[str]) -> bool:
    return bool(match["from"] or match["ago"])


def _back(count: float, unit: str, now: datetime) -> date:
    if unit in ("mo", "y"):
        return _months_back(now.date(), round(count * (12 if unit == "y" else 1)))
    spans = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    return (now - spans.get(unit, timedelta(weeks=1)) * count).date()


def _months_back(day: date, months: int) -> date:
    """Calendar months back; the last day of a shorter month stands for days it lacks."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise ValueError(months)
