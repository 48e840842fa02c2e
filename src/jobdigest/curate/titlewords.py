"""What words in titles mean: the table `data/titles.toml` as look-ups, and the folding that both sides share.

"Sr. Machine-Learning Engineer" ─ tokens ─► sr · machine · learning · engineer ─ LEXICON ─► senior · ml · engineer
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from jobdigest.curate import gazetteer

MIN_PEOPLE = 60  # thousands; smaller towns share their names with too many products
MIN_PEOPLE_LONG = 15  # names of several words are seldom anything else

Phrase = tuple[str, ...]


class Meaning(NamedTuple):
    """`rest` are the words that must follow; `kind` is a table of the file, `value` its key as words."""

    rest: Phrase
    kind: str
    value: Phrase


class _Folding(dict[int, int]):
    """Code point → code point without its accent, one to one so that offsets stay true; filled as letters turn up."""

    def __missing__(self, code: int) -> int:
        base = unicodedata.normalize("NFKD", chr(code))[0]
        self[code] = folded = ord(base) if base.isascii() and base.isalnum() else code
        return folded


_FOLDING = _Folding({ord(a): ord(b) for a, b in zip("øłđıßæœØŁ’‘ʼ`´", "oldisaoOL'''''", strict=True)})


def fold(text: str) -> str:
    """`text` without accents, case and length kept: `Développeur` → `Developpeur`."""
    return text if text.isascii() else text.translate(_FOLDING)


def word_list(name: str) -> frozenset[str]:
    """A set of words of the table `lists`."""
    return frozenset(_RAW["lists"][name].split())


_RAW: dict[str, dict[str, str]] = tomllib.loads(files(__package__).joinpath("data", "titles.toml").read_text("utf-8"))


def _read_table() -> dict[str, dict[str, list[Phrase]]]:
    return {
        kind: {
            key: [tuple(fold(item).split()) for item in text.split(",") if item.strip()] for key, text in table.items()
        }
        for kind, table in _RAW.items()
        if kind != "lists"
    }


_TABLE = _read_table()
_SPOKEN = {"executive", "new-grad"}  # values that aren't themselves words for what they mean


def _lexicon() -> dict[str, tuple[Meaning, ...]]:
    found: dict[str, dict[Phrase, Meaning]] = {}
    for kind in (
        "noise",
        "work",
        "month",
        "season",
        "degree",
        "employment",
        "kin",
        "executives",
        "directors",
        "seniority",
        "core",
    ):
        for key, phrases in _TABLE[kind].items():
            value = tuple(key.split())
            own = [value] if key and kind != "employment" and key not in _SPOKEN else []
            for phrase in [*phrases, *own]:
                found.setdefault(phrase[0], {})[phrase[1:]] = Meaning(phrase[1:], kind, value)
    return {first: tuple(sorted(rest.values(), key=lambda m: -len(m.rest))) for first, rest in found.items()}


def _field_words() -> dict[Phrase, str]:
    found = dict.fromkeys((*_TABLE["seniority"]["intern"], ("intern",)), "INTERN")
    for table in (_TABLE["employment"], _TABLE["field"]):
        for kind, phrases in table.items():
            found |= dict.fromkeys([*phrases, tuple(kind.lower().split("_"))], kind)
    return found


LEXICON = _lexicon()
FIELD_WORDS = _field_words()
SOFT = frozenset(word for phrase in _TABLE["soft"][""] for word in phrase)
FOREIGN = tuple(
    (first, meaning)
    for first, meanings in LEXICON.items()
    if not first.isascii()
    for meaning in meanings
    if not meaning.rest and meaning.kind in ("seniority", "core", "kin")
)
_NEAR_PLACES = frozenset(" ".join(phrase) for phrase in _TABLE["place"]["around"])
_SHORT_PLACES = frozenset(" ".join(phrase) for phrase in _TABLE["place"]["name"])
_NEVER_PLACES = frozenset(" ".join(phrase) for phrase in _TABLE["place"]["never"])
STATES = word_list("states")


@lru_cache(maxsize=16_384)
def is_place(words: Phrase) -> bool:
    """Whether folded words name places and nothing else: `new york or london`, `remote us`, `greater toronto area`."""
    named, at = False, 0
    while at < len(words):
        for size in (4, 3, 2, 1):
            name = " ".join(words[at : at + size])
            if _names_place(name):
                named = True
                break
            if name in _NEAR_PLACES:
                break
        else:
            return False
        at += size
    return named


@lru_cache(maxsize=32_768)
def is_name(written: str) -> bool:
    """Whether a word or two as written are surely a place's name: a known short one in capitals, or a big city."""
    name = written.lower()
    if name in _SHORT_PLACES:
        return written.isupper() or " " in written or not written.isascii()
    return len(name) > 3 and _names_place(name)


def _names_place(name: str) -> bool:
    if name in _SHORT_PLACES:
        return True
    if len(name) < 3 or name in _NEVER_PLACES or name in LEXICON or name.isdigit():
        return False
    key = gazetteer.fold(name) if name[:3] in ("st ", "ft ", "mt ") else name
    first = next(iter(gazetteer.lookup(key)), None)
    return first is not None and (
        first.kind != "city" or first.people >= (MIN_PEOPLE_LONG if " " in name else MIN_PEOPLE)
    )


def stem(word: str) -> str:
    """English plurals brought to the singular; nothing cleverer, since `Data` and `Database` must stay two."""
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui" and not word.endswith("netes"):
        return word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return word
