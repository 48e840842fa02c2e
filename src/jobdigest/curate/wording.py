"""Does a text read like a fraud? Trained on examples, for what no rule of data/safety.toml says.

    reading(sentences, touchy_in(text)) ─► Reading: above 0 more like the frauds, below more like honest postings

Passages of a few sentences are judged one by one, by their words and pairs of words: each has a weight in
data/safety_wording.txt, which `tools/train_safety.py` makes. How a text is written tells little about frauds of another
hand, so the score counts for much only in a passage that speaks of several things frauds are after (`TOUCHY`). A short
text is judged as a whole, too, with its title and pay, if it speaks of one of them: a fraud rarely says more than it
needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from jobdigest.curate.clues import Clues

PASSAGE = 350  # characters, about the length of the examples
SHORT = 1_500  # characters
STRANGE, DOUBT = 0.3, 1.2  # a share of the words; what it takes off the score
_WORD = re.compile(r"[^\W_]+(?:'\w+)?|[@%]")
_AMOUNT = re.compile(r"(?:[$€£₹₦]|\b(?:rs|inr|usd|eur|usdt)\.?) ?\d[\d,.]*+(?P<large> ?(?:[kmb]|million|billion)\b)?")
_NUMBER = re.compile(r"\d[\d,.]*")
_ENDINGS = ("ingly", "ing", "ed", "es", "s", "e", "ly")


class Reading(NamedTuple):
    touchy: float  # the score of the worst passage among those that touch what frauds are after; UNHEARD without any
    whole: float  # of a short text that touches anything; else UNHEARD
    about: tuple[str, ...]  # what that passage touches, or all of them


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_TOUCHY_WORDS = (
    "wallet usdt crypto cryptocurrency bitcoin btc eth blockchain passport ssn selfie face id licence license bank"
    " banking routing account card voucher deposit withdraw withdrawal balance recharge refill refilled cheque check"
    " gift steam parcel package courier telegram whatsapp signal wechat hangouts login password seed"
    " antivirus defender install download terminal repository repo clone anydesk teamviewer fee charge refund refunded"
    " refundable upfront commission profit percent cash money fund transfer wire zelle paypal venmo upi pix vip bundle"
    " invest investment downline enrol enroll certificate course guaranteed proxy mentor visa ticket camera"
    " congratulations gmail outlook rent secret nobody daily tonight today seat dollar euro earning payout sudo ssh zip"
    " unzip apk macro friend sticker skype message"
    " konto guthaben provision paket pakete ausweis personalausweis überweisung kaution gebühr bitcoins"
    " cuenta tarjeta recarga depósito comisión paquete dinero compte carte virement colis chèque frais"
    " conta cartão taxa dinheiro conto ricarica pacco pacchi denaro commissione przelew wpłata kaucja dowód paczki"
    " карта карту баланс перевод посылки hesap kart para paketler"
)
TOUCHY = frozenset(word + ending for word in _TOUCHY_WORDS.split() for ending in ("", "s"))
_TO_WORDS = str.maketrans(dict.fromkeys('.,!?:;()[]{}"*|/<>=+&#~_-', " "))
UNHEARD = float("-inf")
ENOUGH = 2  # of them in one passage
_SHORTEST, _SHORTEST_WHOLE = 18, 40  # words; what is shorter says nothing


@cache
def _clues() -> Clues:
    return Clues(dict.fromkeys(TOUCHY, ()), {})


def touchy_in(text: str) -> frozenset[str]:
    """What frauds are after, in a text (lower case)."""
    found = set(_clues().find(text))
    found.update(mark for mark in "@%$€£₹₦" if mark in text)
    found.update(name for name in ("rs", "inr", "usd", "eur", "usdt") if name in text)
    return frozenset(found)


def _touched(sentence: str, known: frozenset[str]) -> set[str]:
    """What of `known` is in a sentence; sums of money are one thing."""
    near = [one for one in known if one in sentence]
    if not near:
        return set()
    words = {*sentence.translate(_TO_WORDS).split(), "%", "@"}
    found = {one for one in near if one in words}
    if any(not amount["large"] for amount in _AMOUNT.finditer(sentence)):
        found.add("sum")
    return found


def words_of(passage: str) -> list[str]:
    """The stems of a passage (lower case) in their order; sums of money and numbers are one word each."""
    low = _AMOUNT.sub(lambda amount: " large " if amount["large"] else " sum ", passage)
    return [stem(word) for word in _WORD.findall(_NUMBER.sub(" number ", low))]


def features(words: list[str]) -> list[str]:
    """The stems and pairs of neighbours, each once, in the order of the alphabet."""
    return sorted({*words, *(f"{one} {two}" for one, two in pairwise(words))})


def head_features(title: str, pay: str) -> list[str]:
    """The same of a title, without pairs, and of how pay is put (both lower case), told from those of the text."""
    return [*(f"t:{word}" for word in sorted(set(words_of(title)))), *(f"p:{one}" for one in features(words_of(pay)))]


def _passages(sentences: list[str]) -> Iterator[tuple[int, int]]:
    """Where pieces of whole sentences that overlap by half start and end."""
    start = end = 0
    while end < len(sentences):
        end, size = start, 0
        while end < len(sentences) and (end == start or size + len(sentences[end]) < PASSAGE):
            size += len(sentences[end]) + 1
            end += 1
        yield start, end
        start = max(start + 1, (start + end) // 2)


@cache
def _weights() -> dict[str, float]:
    lines = files("jobdigest.curate").joinpath("data/safety_wording.txt").read_text("utf-8").splitlines()
    return {word: float(weight) for weight, word in (line.split(" ", 1) for line in lines if line[:1] != "#")}


def score(found: list[str], weights: dict[str, float]) -> float:
    """The mean pull of the known features, as the training sees it; the empty feature is the bias."""
    known = [weights[one] for one in found if one in weights]
    return weights.get("", 0.0) + sum(known) / sqrt(len(known) + 1)


def reading(sentences: list[tuple[str, bool]], known: frozenset[str], head: list[str]) -> Reading:
    """How the passages that touch what frauds are after read, and a short text as a whole with its `head_features`.

    Sentences are in lower case, each with whether it belongs to a warning, which touches nothing; `known` is what
    `touchy_in` found in all of them.
    """
    texts = [sentence[:PASSAGE] for sentence, _ in sentences]
    touched = [set[str]() if warned else _touched(sentence, known) for sentence, warned in sentences]
    touchy, about = UNHEARD, set[str]()
    for start, end in _passages(texts):
        things = set[str]().union(*touched[start:end])
        if len(things) >= ENOUGH and (value := _judged(texts[start:end], _SHORTEST, [])) > touchy:
            touchy, about = value, things
    short = any(touched) and sum(map(len, texts)) <= SHORT
    whole = _judged(texts, _SHORTEST_WHOLE, head) if short else UNHEARD
    return Reading(touchy, whole, tuple(sorted(about or set[str]().union(*touched))))


def _judged(texts: list[str], shortest: int, head: list[str]) -> float:
    """The score of sentences, with a doubt where many words are strange, as those of another trade or language are."""
    found = words_of(" ".join(texts))
    if len(found) < shortest:
        return UNHEARD
    words = set(found)
    strange = sum(word not in _weights() for word in words) > STRANGE * len(words)
    return score([*features(found), *head], _weights()) - (DOUBT if strange else 0.0)
