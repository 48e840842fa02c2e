"""Words about where work is done, in the languages of the sources: workplace, remote scopes, noise around places.

`mark` turns a location string into one where every phrase about the workplace is a single private character, so that
the reader of places sees `REMOTE`, `HYBRID` or `ONSITE` as one word and never a town called Remote.
"""

from __future__ import annotations

import re
import unicodedata

from jobdigest.curate.patterns import pattern, table, word_set
from jobdigest.model import Workplace

REMOTE, HYBRID, ONSITE, ANYWHERE = "\ue000", "\ue001", "\ue002", "\ue003"
BREAK = ";"

# Scope words by folded name, with what each stands for; noise that no place is named after; ends of street names.
SCOPES: dict[str, tuple[str, ...]] = {name: tuple(codes) for name, codes in table("places")["scopes"].items()}
USUALLY_NOISE = word_set("places", "noise")
STREETS = word_set("places", "streets")

_REMOTE = pattern("places", "remote")
_HYBRID = pattern("places", "hybrid")
_NOT_REMOTE = pattern("places", "not_remote")
_ONSITE = pattern("places", "onsite")
_ANYWHERE = pattern("places", "anywhere")
_LOOSE_REMOTE = pattern("places", "loose_remote")
_EXCLUDED = pattern("places", "excluded")
_MORE = pattern("places", "more")
_POSTCODE = pattern("places", "postcode", ignore_case=False)
_LABEL = pattern("places", "label")
_CUT_OFF = pattern("places", "cut_off")
_TIMEZONES = pattern("places", "timezones")
_SOUTH_CENTRAL = pattern("places", "south_central")
_LOUISIANA = re.compile(r"^\s*(USA?|United States)[\s,-]+LA\s*$")  # a code behind its country, not the city's nickname
_CAPITAL = re.compile(r"(?i)\b(bogot[aá]),? d\.? ?c\b\.?(?:, (?:capital district|distrito capital))?")  # not Washington
_DISTRICT = re.compile(
    r"(?<=[一-龥])\s*[·・-]\s*[一-龥]{2,4}[区區县縣](?![一-龥])|(?<=시)\s+[가-힣]{1,4}[구군](?![가-힣])"
)
# Most strings hold none of these; the others pay for the thorough look.
_CLUES = tuple(clue.replace("_", " ") for clue in sorted(word_set("places", "clues")))
_DIGIT_OR_MANY = pattern("places", "digit_or_many")


def tidy(text: str) -> str:
    """One spelling of blanks, dashes and full-width forms, control characters gone; line breaks separate places."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u3001\uff0f]", "/", text))
        text = _DISTRICT.sub("", text)
    text = re.sub(r"[\n\r\u2028\u2029]+", BREAK, text.strip())
    return re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ue000-\uf8ff]+", " ", text)


def mark(text: str) -> str:
    """`text` with phrases about the workplace as single marks and with noise (`+ 3 more`, postal codes) gone."""
    text = _LOUISIANA.sub(r"\1 Louisiana", _LABEL.sub("", text))
    if "ogot" in text:
        text = _CAPITAL.sub(r"\1", text)
    if text.endswith(("...", "…")):
        text = _CUT_OFF.sub("", text)
    if not text.isascii() or any(map(text.lower().__contains__, _CLUES)):
        text = _SOUTH_CENTRAL.sub(r"\1 america / \2 america", text)
        text = _EXCLUDED.sub(" ", text)
        text = _NOT_REMOTE.sub(ONSITE, text)
        text = _HYBRID.sub(HYBRID, text)
        text = _REMOTE.sub(REMOTE, text)
        text = _ONSITE.sub(ONSITE, text)
        text = _ANYWHERE.sub(ANYWHERE, text)
        text = _LOOSE_REMOTE.sub(REMOTE if HYBRID not in text else " ", text)
        text = _TIMEZONES.sub(" ", text)
    if _DIGIT_OR_MANY.search(text):
        text = _POSTCODE.sub(" ", text)
        text = _MORE.sub(BREAK if "+" in text else " ", text)
    return text


def read_workplace(stated: str | None) -> Workplace | None:
    """A source's own workplace field in any spelling (`ON_SITE`, `Remote`, `TELECOMMUTE`); None if it says nothing."""
    if not stated:
        return None
    marks = mark(tidy(stated.replace("_", " ")))
    if REMOTE in marks or ANYWHERE in marks:
        return "remote"
    if HYBRID in marks:
        return "hybrid"
    return "onsite" if ONSITE in marks or stated.strip().lower() in ("office", "in office") else None
