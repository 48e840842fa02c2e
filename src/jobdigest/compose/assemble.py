"""Join a compiled edition's fragments into one reader's mail: pure, and cheap enough to do again at every attempt.

shown, extra ──► subject, slots        shown by group ──► blocks, joined
"""

from __future__ import annotations

import quopri
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jobdigest.compose.bits import each
from jobdigest.compose.compiled import SOFT_BREAK, Chunks, CompiledEdition, Fragments, Slot, encode, encode_html
from jobdigest.compose.render import BEST, FOLDED
from jobdigest.compose.words import Words
from jobdigest.model import Delivery, Parts, Salary
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE, Keys

SUBJECT_LIMIT = 78
PREHEADER_LIMIT = 140
NAV_FROM = 3
REASONS = 3
PAUSE, FOUND = encode("?pause=4"), encode("?found=1")
MEMO_LIMIT = 100_000  # pieces that readers share; a reader's own wishes are among them
Pair = tuple[bytes, bytes]
Links = Mapping[str, bytes]  # signed, of token characters only: the same in both parts


def assemble(compiled: CompiledEdition, delivery: Delivery, keys: Keys, base_url: str) -> Parts:
    """The subject and both bodies for one delivery; the same arguments give the same bytes."""
    press = press_for(compiled, delivery.language)
    tag = bytes.fromhex(delivery.key_id)
    leave = keys.sign(UNSUBSCRIBE, delivery.subscriber_id, key_tag=tag).encode() + SOFT_BREAK
    change = keys.sign(PREFERENCES, delivery.subscriber_id, key_tag=tag).encode() + SOFT_BREAK
    page = encode(f"{base_url}/preferences/") + change
    links = {
        "unsubscribe": encode(f"{base_url}/unsubscribe/") + leave,
        "change": page,
        "pause": page + PAUSE,
        "found": page + FOUND,
    }
    return press.parts(positions(delivery.shown), delivery.extra, links)


def public_page(
    compiled: CompiledEdition, language: str, *, closed: Collection[str] = (), correction: str | None = None
) -> str:
    """The edition as everybody may see it: every job it announced, no reader's links, as a whole HTML page.

    Jobs whose id is in `closed` are marked so; `correction` is plain text printed on top.
    """
    press = press_for(compiled, language)
    return press.public(_announced(compiled), frozenset(closed), correction)


def feed_entry(compiled: CompiledEdition, language: str) -> str:
    """The edition's jobs as HTML for a feed: what the public page lists, without its head and foot."""
    press = press_for(compiled, language)
    rows = b"".join(pair[0] for pair in press.public_body(_announced(compiled), frozenset()))
    return f'<table role="presentation">{quopri.decodestring(rows).decode()}</table>'


def _announced(compiled: CompiledEdition) -> list[int]:
    return [at for at, item in enumerate(compiled.items) if item.announced_in in (None, compiled.key)]


def positions(shown: bytes) -> list[int]:
    """The set bits of a delivery's bitmap, lowest first."""
    return list(each(shown))


def press_for(compiled: CompiledEdition, language: str) -> Press:
    """The press of one language, made once per compiled edition."""
    fragments = compiled.fragments(language)
    language = fragments.words.language
    if language not in compiled.memo:
        compiled.memo[language] = Press(compiled, fragments)
    press: Press = compiled.memo[language]
    return press


class Press:
    """Joins one language of an edition; pieces that many readers share are encoded once."""

    def __init__(self, compiled: CompiledEdition, fragments: Fragments) -> None:
        self.items = compiled.items
        self.settings = compiled.settings
        self.fragments = fragments
        self.words: Words = fragments.words
        self.headings = dict(fragments.groups)
        self.separator = str(self.words.table["separator"])
        self.headlines = [
            self.words("preheader_job", title=item.title, company=item.company) if item.company else item.title
            for item in compiled.items
        ]
        self._first: dict[str, int] = {}
        for position, item in enumerate(compiled.items):
            self._first.setdefault(item.company_key, position)
        self._pieces: dict[Any, Pair] = {}

    def parts(self, shown: Sequence[int], extra: Mapping[str, Any], links: Links) -> Parts:
        """The mail for the reader who is shown `shown`."""
        if len(self._pieces) > MEMO_LIMIT:
            self._pieces.clear()
        chosen = set(shown)
        best = [position for position in extra.get("best", ()) if position in chosen]
        chosen.difference_update(best)
        rest = [position for position in shown if position in chosen]
        preheader = self.preheader(best + rest)
        slots = {
            "preheader": (encode_html(preheader), encode(preheader)),
            "lead": self.once(("lead", len(shown)), lambda: self.words("lead", n=len(shown))),
            "seen": self.seen(shown),
            "personal": self.personal(extra, links),
        }
        html, text = self.page(slots, self.body(best, rest, extra, links))
        return Parts(subject=self.subject(best + rest), text=text, html=html)

    def once(self, key: tuple[Any, ...], say: Callable[[], str]) -> Pair:
        """A text in both encodings, made once for all readers to whom it says the same."""
        pair = self._pieces.get(key)
        if pair is None:
            text = say()
            pair = self._pieces[key] = encode_html(text), encode(text)
        return pair

    def personal(self, extra: Mapping[str, Any], links: Links) -> Pair:
        """Why this reader gets this, and their own links."""
        wishes = tuple(str(extra.get(name, "")) for name in ("roles", "places", "remote", "pay"))
        because = self.once(("because", *wishes), lambda: self.because(extra))
        html, text = self.fragments.html.blocks["personal"], self.fragments.text.blocks["personal"]
        return _joined(html, {**links, "because": because[0]}), _joined(text, {**links, "because": because[1]})

    def public(self, shown: Sequence[int], closed: Collection[str], correction: str | None) -> str:
        """The public page with the items at `shown`."""
        body = [self.fill("correction", {"text": correction})] if correction else []
        body += self.public_body(shown, closed)
        said = {"lead": self.words("lead_public", n=len(shown)), "preheader": self.preheader(shown)}
        slots = {name: (encode_html(text), b"") for name, text in said.items()}
        html, _ = self.page({**slots, "seen": self.seen(shown)}, body)
        return quopri.decodestring(html).decode()

    def public_body(self, shown: Sequence[int], closed: Collection[str]) -> list[Pair]:
        """The items at `shown`, grouped, nothing folded, the closed ones marked."""
        members: dict[str, list[int]] = {}
        for position in shown:
            members.setdefault(self.items[position].group, []).append(position)
        body = []
        for name, _ in self.fragments.groups:
            if name in members:
                body.append(self.fill(f"head:{name}", {"count": self.words.number(len(members[name]))}))
                for position in members[name]:
                    mark = f"{self.words('closed')}: " if self.items[position].job_id in closed else ""
                    body.append(self.job(position, 0, mark))
        return body

    def page(self, slots: Mapping[str, Pair], body: Sequence[Pair]) -> Pair:
        """Both pages with their slots filled."""
        html = {name: pair[0] for name, pair in slots.items()}
        text = {name: pair[1] for name, pair in slots.items()}
        html["jobs"], text["jobs"] = b"".join([pair[0] for pair in body]), b"".join([pair[1] for pair in body])
        return _joined(self.fragments.html.page, html), _joined(self.fragments.text.page, text)

    def body(self, best: Sequence[int], rest: Sequence[int], extra: Mapping[str, Any], links: Links) -> list[Pair]:
        """Everything between lead and foot: the best, then the groups, then what did not fit."""
        groups = self.grouped(rest)
        own, at = extra.get("place", {}), extra.get("at", {})
        body = []
        if "quiet" in extra:
            body.append(self.quiet(extra, links))
        linked = {name: f"{self.settings['page']}#g-{name}\n" for name, _ in groups if name != FOLDED}
        if len(linked) < NAV_FROM:
            linked = {}
        if linked:
            body.append(self.nav(tuple(linked)))
        if best:
            wished = bool(extra.get("places"))
            body.append(self.shared(f"head:{BEST}"))
            for position in best:
                body.append(self.best(position, own.get(str(position), 0) if own else 0, wished))
                if at:
                    self._more_at(body, position, at)
        for name, members in groups:
            body.append(self.shared(f"head:{name}", count=self.words.number(len(members)), page=linked.get(name, "")))
            for position in members:
                body.append(self.job(position, own.get(str(position), 0) if own else 0))
                if at:
                    self._more_at(body, position, at)
        if extra.get("more"):
            body.append(self.shared("more", text=self.words("more", n=extra["more"])))
        return body

    def quiet(self, extra: Mapping[str, Any], links: Links) -> Pair:
        """The line after a month in which little matched."""
        what = next(iter(extra.get("places", ())), self.words("quiet_anything"))
        loosen = self.words("quiet_loosen", what=what)
        html, text = self.fragments.html.blocks["quiet"], self.fragments.text.blocks["quiet"]
        return (
            _joined(html, {"loosen": encode_html(loosen), "change": links["change"]}),
            _joined(text, {"loosen": encode(loosen), "change": links["change"]}),
        )

    def grouped(self, shown: Sequence[int]) -> list[tuple[str, list[int]]]:
        """Groups in print order, the small ones folded into one at the end."""
        members: dict[str, list[int]] = {}
        for position in shown:
            members.setdefault(self.items[position].group, []).append(position)
        groups = [(name, members[name]) for name, _ in self.fragments.groups if name in members]
        small = [name for name, found in groups if len(found) < self.settings["fold_below"]]
        if len(small) < 2:
            return groups
        folded = [position for name in small for position in members[name]]
        return [(name, found) for name, found in groups if name not in small] + [(FOLDED, folded)]

    def job(self, position: int, place: int, closed: str = "") -> Pair:
        """An item under its group."""
        key = (position, place, closed)
        pair = self._pieces.get(key)
        if pair is None:
            where = self.fragments.sayings[position].where
            slots = {"where": _at(where, place), "closed": closed}
            pair = self._pieces[key] = self.fill(f"job:{position}", slots)
        return pair

    def best(self, position: int, place: int, wished: bool) -> Pair:
        """An item among the best, with its reason."""
        key = (position, place, wished)
        pair = self._pieces.get(key)
        if pair is None:
            saying = self.fragments.sayings[position]
            named = saying.places[place : place + 1] if wished and place >= 0 else ()
            reason = self.separator.join((*named, *saying.reasons)[:REASONS])
            slots = {"where": _at(saying.where, place), "reason": reason}
            pair = self._pieces[key] = self.fill(f"best:{position}", slots)
        return pair

    def nav(self, groups: tuple[str, ...]) -> Pair:
        """Links to the groups on the public page; the text part has them under its headings."""
        if groups not in self._pieces:
            html, text = self.fragments.html.blocks, self.fragments.text.blocks
            links = b"".join(_joined(html[f"jump:{name}"], {}) for name in groups)
            self._pieces[groups] = _joined(html["nav"], {"links": links}), _joined(text["nav"], {})
        return self._pieces[groups]

    def shared(self, block: str, **slots: str) -> Pair:
        """A block whose filling many readers share."""
        key = (block, *slots.values())
        pair = self._pieces.get(key)
        if pair is None:
            pair = self._pieces[key] = self.fill(block, slots)
        return pair

    def fill(self, block: str, slots: Mapping[str, str]) -> Pair:
        """A block with its slots filled, in both parts."""
        html, text = self.fragments.html.blocks[block], self.fragments.text.blocks[block]
        return (
            _joined(html, {name: encode_html(value) for name, value in slots.items()}),
            _joined(text, {name: encode(value) for name, value in slots.items()}),
        )

    def subject(self, ranked: Sequence[int]) -> str:
        """`14 AI jobs open now: Anthropic, Mistral, Canva`, within 78 characters."""
        if not ranked:
            return self.words("subject_quiet")
        named = (self.items[position].company for position in ranked)
        companies = [company for company in dict.fromkeys(named) if company][:3] or [self.items[ranked[0]].title]
        for count in range(len(companies), 0, -1):
            subject = self._subject(len(ranked), ", ".join(companies[:count]))
            if len(subject) <= SUBJECT_LIMIT:
                return subject
        return subject[: SUBJECT_LIMIT - 1] + "…"

    def _subject(self, n: int, companies: str) -> str:
        own = self.settings["subject"]
        if own:
            said = {"name": self.settings["name"], "week": self.settings["week"]}
            return str(own).format(n=n, count=n, companies=companies, **said)
        return self.words("subject", n=n, companies=companies)

    def preheader(self, ranked: Sequence[int]) -> str:
        """What an inbox shows after the subject: the first jobs."""
        text = ""
        for position in ranked:
            longer = f"{text}{self.separator}{self.headlines[position]}" if text else self.headlines[position]
            if len(longer) > PREHEADER_LIMIT:
                break
            text = longer
        return text or self.words("quiet")

    def seen(self, shown: Sequence[int]) -> Pair:
        """When the jobs were last seen open: the earliest of those times, and of how many where some is unknown."""
        times = [time for position in shown if (time := self.items[position].looked) is not None]
        if not times:
            return b"", b""
        first, known, number = min(times), len(times), len(shown)
        key = "seen" if max(times) - first < 60 else "seen_since"
        some = (known, number) if known < number else ()

        def say() -> str:
            when = self.words.instant(datetime.fromtimestamp(first * 60, UTC))
            who = self.words("seen_some", n=known, all=number) if some else self.words("seen_all")
            return self.words(key, who=who, when=when)

        return self.once((key, first, some), say)

    def because(self, extra: Mapping[str, Any]) -> str:
        """Why this reader gets this, in their own choices."""
        chosen = [self.headings.get(role, role) for role in extra.get("roles", ())]
        chosen += extra.get("places", ())
        if extra.get("remote"):
            chosen.append(self.words("because_remote"))
        if "pay" in extra:
            amount, currency = extra["pay"]
            chosen.append(self.words("because_pay", amount=self.words.pay(Salary(currency, amount, amount, "year"))))
        if not chosen:
            return self.words("because_all", name=self.settings["name"])
        return self.words("because", what=", ".join(chosen))

    def _more_at(self, body: list[Pair], position: int, at: Mapping[str, int]) -> None:
        count = at.get(str(position))
        if count:
            item = self.items[position]
            text = self.words("more_at", n=count, company=item.company)
            body.append(self.shared(f"at:{self._first[item.company_key]}", text=text))


def _at(lines: Sequence[str], place: int) -> str:
    """The line that leads with a place; a job that's remote has but one line."""
    return lines[place] if 0 <= place < len(lines) else lines[0]


def _joined(chunks: Chunks, slots: Mapping[str, bytes]) -> bytes:
    return b"".join([slots.get(chunk.name, b"") if isinstance(chunk, Slot) else chunk for chunk in chunks])
