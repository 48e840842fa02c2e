"""The fixed words of mails and pages: catalogues (`words/LANGUAGE.toml`), plurals, dates, pay and places in words.

A catalogue holds a text for each key, or a table of CLDR plural forms (`one`, `other`, …) chosen by the value `n`.
English is complete; another language may leave keys out and falls back to it. Numbers, dates, currencies and country
names are Babel's (CLDR). A `Words` is plain data plus Babel, so a compiled edition carries the words it was made with.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_symbol

from jobdigest.errors import TemplateError
from jobdigest.model import Place, Salary

BASE = "en"
THOUSANDS_FROM = 10_000
_NBSP = "\u00a0"


@dataclass(frozen=True)
class Words:
    """One language's words; call it with a key: `words("lead", n=14)`."""

    language: str
    table: Mapping[str, Any]

    @cached_property
    def locale(self) -> Locale:
        """Babel's locale: `date_locale` of the catalogue if it says so, else the language."""
        return Locale.parse(self.table.get("locale", self.language), sep="-")

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the `dir` attribute."""
        return str(self.locale.text_direction)

    def __call__(self, key: str, /, **values: Any) -> str:
        """The text for `key`; integers are written the language's way, `n` also chooses the plural form."""
        text = self.table[key]
        if not isinstance(text, str):
            form = self.locale.plural_form(values["n"])
            text = text.get(form, text["other"])
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return str(text).format_map(shown)

    def isolated(self, text: str) -> str:
        """`text` kept in one piece inside a right-to-left line (Unicode's FSI … PDI); as it is in other languages."""
        return f"\u2068{text}\u2069" if text and self.direction == "rtl" else text

    def named(self, section: str, key: str | None, default: str = "") -> str:
        """The word for `key` in a section like `seniority`, or `default`."""
        return str(self.table.get(section, {}).get(key, default))

    def inside(self, heading: str) -> str:
        """A heading inside a line, `Trust & safety` → `trust & safety`, in languages that write it so."""
        lowered = self.table["heading_inside"] == "lower" and heading[1:2].islower()
        return heading[:1].lower() + heading[1:] if lowered else heading

    def number(self, value: float) -> str:
        """`1,240` or `1.240`."""
        if isinstance(value, int) and 0 <= value < 1000:
            return str(value)  # the same in every locale, and the common case
        return _decimal(value, None, self.locale)

    def spelled(self, value: int) -> str:
        """Small numbers as words where the catalogue has them."""
        return self.named("numbers", str(value), self.number(value))

    def ordinal(self, n: int, key: str, **values: Any) -> str:
        """The text of `key` for the n-th: the one for that very number (`third`), else by CLDR ordinal forms."""
        forms = self.table[key]
        form = str(n) if str(n) in forms else self.locale.ordinal_form(n)
        return str(forms.get(form, forms["other"])).format_map({"n": n, **values})

    def listed(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        return str(format_list(list(items), locale=self.locale)) if items else ""

    def day(self, value: date, style: str = "day", *, year: int | None = None) -> str:
        """A calendar day in the catalogue's `dates` style; with the year where it differs from `year`."""
        if year is not None and value.year != year:
            style = "day_year"
        return str(format_date(value, self.named("dates", style), locale=self.locale))

    def instant(self, value: datetime) -> str:
        """A moment as `Tuesday 24 Nov, 08:40 UTC`."""
        return str(format_datetime(value.astimezone(UTC), self.named("dates", "instant"), locale=self.locale))

    def pay(self, salary: Salary | None) -> str:
        """`£95–120K`, `$29–34 an hour`, `up to 80K`; empty where nothing is known."""
        if salary is None or (salary.min is None and salary.max is None):
            return ""
        values = [value for value in (salary.min, salary.max) if value is not None]
        if not salary.currency and min(values) < THOUSANDS_FROM:
            return ""  # `60–75` of what?
        amount = self._amount(values, salary.currency)
        if salary.min is None or salary.max is None:
            amount = self("pay_up_to" if salary.min is None else "pay_from", amount=amount)
        return str(self.table.get(f"pay_{salary.period}", "{amount}")).format(amount=amount)

    def _amount(self, values: Sequence[float], currency: str | None) -> str:
        unit = str(self.table.get("thousand", "")) if min(values) >= THOUSANDS_FROM else ""
        scaled = [value / 1000 if unit else value for value in values]
        fraction = ".#" if unit else ".00" if any(value % 1 for value in values) else ""
        numbers = [_decimal(value, f"#,##0{fraction}", self.locale) for value in scaled]
        text = "–".join(dict.fromkeys(numbers)) + unit
        if not currency:
            return text
        symbol = self.named("currencies", currency) or str(get_currency_symbol(currency, locale=self.locale))
        if str(self.locale.currency_formats["standard"].pattern).lstrip("\u200e\u200f").startswith("¤"):
            return f"{symbol}{_NBSP if symbol[-1].isalpha() else ''}{text}"
        return f"{text}{_NBSP}{symbol}"

    def country(self, code: str) -> str:
        """A country by its name; short forms from the catalogue (`UK`, `US`) first, region words as they are."""
        return self.named("countries", code) or str(self.locale.territories.get(code, code))

    def place(self, place: Place) -> str:
        """`London`, `San Francisco, CA`, `California, US`, `Germany`."""
        if place.city:
            return f"{place.city}, {place.region}" if place.region and place.country in ("US", "CA") else place.city
        country = self.country(place.country) if place.country else ""
        return ", ".join(part for part in (place.region, country) if part)

    def remote(self, scope: Sequence[str] | None) -> str:
        """`Remote`, `Remote (US, Canada)`."""
        if not scope or tuple(scope) == ("Worldwide",):
            return self("remote_worldwide") if scope else self("remote")
        names = [self.country(code) for code in scope[:3]]
        more = f" +{len(scope) - 3}" if len(scope) > 3 else ""
        return self("remote_scope", scope=", ".join(names) + more)


@lru_cache(maxsize=4096)
def _decimal(value: float, pattern: str | None, locale: Locale) -> str:
    return str(format_decimal(value, pattern, locale=locale))


class Catalogues:
    """The languages found under `words/` of the template folders; the first folder wins key by key."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._tables: dict[str, dict[str, Any]] = {}
        for folder in reversed([Path(folder) for folder in folders]):
            for file in sorted(folder.glob("words/*.toml")):
                _merge(self._tables.setdefault(file.stem, {}), _read(file))
        if BASE not in self._tables:
            raise TemplateError(f"words/{BASE}.toml: not found; the installation is incomplete")
        base = self._tables[BASE]
        for language, table in self._tables.items():
            _check(language, table, base)

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that has a catalogue."""
        return tuple(sorted(self._tables))

    def pick(self, wanted: str | None, default: str) -> str:
        """The catalogue nearest to a reader's wish: `de-AT` → `de`; `default` where there is none."""
        for name in (wanted or "", (wanted or "").replace("_", "-").partition("-")[0].lower()):
            if name in self._tables:
                return name
        return default if default in self._tables else BASE

    def words(self, language: str) -> Words:
        """The words of one language, with English where it is silent."""
        table: dict[str, Any] = {}
        _merge(table, self._tables[BASE])
        table.pop("locale", None) if language != BASE else None
        _merge(table, self._tables[language])
        return Words(language, table)

    def fingerprint(self) -> list[tuple[str, Any]]:
        """Everything said, in a stable order, for the content hash."""
        return sorted(self._tables.items())


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(f"{file}: not TOML: {error}") from None


def _merge(into: dict[str, Any], table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict) and "other" not in value:
            into[key] = {**into[key], **value}
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _check(language: str, table: Mapping[str, Any], base: Mapping[str, Any]) -> None:
    """Every text may use the placeholders that English uses, and no other."""
    try:
        Locale.parse(table.get("locale", language), sep="-")
    except (UnknownLocaleError, ValueError):
        raise TemplateError(
            f"words/{language}.toml: {language!r} is not a language code; name it like de.toml"
        ) from None
    for key, value in table.items():
        if key not in base:
            raise TemplateError(f"words/{language}.toml: {key}: no such key in words/{BASE}.toml")
        allowed = _placeholders(base[key])
        extra = _placeholders(value) - allowed
        if extra:
            known = ", ".join(sorted(allowed)) or "none"
            raise TemplateError(f"words/{language}.toml: {key}: unknown {{{extra.pop()}}}; it may use: {known}")


def _placeholders(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return set().union(*(_placeholders(text) for text in value.values()))
    return (
        {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
        if isinstance(value, str)
        else set()
    )
