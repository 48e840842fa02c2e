"""Join the fragments of one language; pieces that many readers share are encoded once.

best ──► with their reasons ─┐
rest ──► groups, small ones folded ─┼─► body ─► page, slots filled ─► subject, html, text
extra ─► +N more, quiet, because ─┘
"""

from __future__ import annotations

import quopri
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from jobdigest.compose.compiled import (
    Chunks,
    CompiledEdition,
    Fragments,
    Layout,
    Slot,
    encode,
    encode_both,
    encode_html,
)
from jobdigest.compose.render import BEST, FOLDED
from jobdigest.compose.words import Words
from jobdigest.model import Parts, Salary

SUBJECT_LIMIT = 78
PREHEADER_LEAST, PREHEADER_LIMIT = 30, 140  # characters
PREHEADER_JOBS = 4
NAV_FROM = 3
REASONS = 3
MEMO_LIMIT = 20_000
_COMPANIES = "\0"  # stands for the employers in a subject that is kept
_NOTHING: Mapping[int, int] = {}
Pair = tuple[bytes, bytes]  # html and text
Links = Mapping[str, bytes]  # signed, of token characters only: the same in both parts


class Press:
    """Joins one language of an edition; pieces that many readers share are encoded once."""

    def __init__(self, compiled: CompiledEdition, fragments: Fragments) -> None:
        self.items = compiled.items
        self.settings, self.dotless = compiled.settings, compiled.dotless
        self.fragments = fragments
        self.words: Words = fragments.words
        self.headings = dict(fragments.groups)
        self.separator = str(self.words.table["separator"])
        self.headlines = [
            self.words("preheader_job", title=item.title, company=item.company) if item.company else item.title
            for item in compiled.items
        ]
        self._groups = [item.group for item in compiled.items]
        self._companies = [item.company for item in compiled.items]
        self._looked = [item.looked for item in compiled.items]
        self._first: dict[str, int] = {}
        for position, item in enumerate(compiled.items):
            self._first.setdefault(item.company_key, position)
        self._forms = tuple(_form(layout) for layout in (fragments.html, fragments.text))
        self._pieces: dict[Any, Pair] = {}  # few: they depend on the edition alone
        self._said: dict[tuple[Any, ...], Pair] = {}  # as many as readers' wishes: emptied now and then
        self._pays: dict[tuple[float, str | None], str] = {}
        self._plain = _Plain(self)
        self._subjects: dict[int, str] = {}

    def parts(self, shown: Sequence[int], extra: Mapping[str, Any], links: Links) -> Parts:
        """The mail for the reader who is shown `shown`."""
        if len(self._said) > MEMO_LIMIT:
            self._said.clear()
            self._pays.clear()
        best = [position for position in extra.get("best", ()) if position in shown]
        rest = [position for position in shown if position not in best]
        ranked = best + rest
        preheader = self.once(("preheader", *ranked[:PREHEADER_JOBS]), lambda: self.preheader(ranked))
        lead = self.once(("lead", len(shown)), lambda: self.words("lead", n=len(shown)))
        seen, because = self.seen(shown), self.because(extra)
        html, text = zip(*self.body(best, rest, extra, links), strict=True) if shown or "quiet" in extra else ((), ())
        html_slots = {"preheader": preheader[0], "lead": lead[0], "seen": seen[0], "because": because[0]}
        text_slots = {"preheader": preheader[1], "lead": lead[1], "seen": seen[1], "because": because[1]}
        return Parts(
            subject=self.subject(ranked),
            text=_filled(self._forms[1], {**text_slots, **links}, text),
            html=_filled(self._forms[0], {**html_slots, **links}, html),
            dotless=self.dotless,  # the edition's fragments are, and every other piece comes from `encode`
        )

    def once(self, key: tuple[Any, ...], say: Callable[[], str]) -> Pair:
        """A text in both encodings, made once for all readers to whom it says the same."""
        pair = self._said.get(key)
        if pair is None:
            pair = self._said[key] = encode_both(say())
        return pair

    def public(self, shown: Sequence[int], closed: Collection[str], correction: str | None) -> str:
        """The public page with the items at `shown`."""
        body = [self.fill("correction", {"text": correction})] if correction else []
        there = {self._groups[position] for position in shown}
        if len(there) >= NAV_FROM:
            body.append(self.nav(tuple(name for name in self.headings if name in there)))
        body += self.public_body(shown, closed)
        slots = {
            "preheader": encode_html(self.preheader(shown)),
            "lead": encode_html(self.words("lead_public", n=len(shown))),
            "seen": self.seen(shown)[0],
            "jobs": b"".join(pair[0] for pair in body),
        }
        return quopri.decodestring(_joined(self.fragments.html.page, slots)).decode()

    def public_body(self, shown: Sequence[int], closed: Collection[str]) -> list[Pair]:
        """The items at `shown`, grouped, nothing folded, the closed ones marked."""
        members: dict[str, list[int]] = {}
        for position in shown:
            members.setdefault(self._groups[position], []).append(position)
        body = []
        for name, _ in self.fragments.groups:
            if name in members:
                body.append(self.fill(f"head:{name}", {"count": self.words.number(len(members[name]))}))
                for position in members[name]:
                    mark = f"{self.words('closed')}: " if self.items[position].job_id in closed else ""
                    body.append(self.job(position, 0, mark))
        return body

    def body(self, best: Sequence[int], rest: Sequence[int], extra: Mapping[str, Any], links: Links) -> list[Pair]:
        """Everything between lead and foot: the best, then the groups, then what did not fit."""
        groups = self.grouped(rest)
        own, at = _by_position(extra, "place"), _by_position(extra, "at")
        body: list[Pair] = []
        if "quiet" in extra:
            body.append(self.quiet(extra, links))
        linked = [name for name, _ in groups if name != FOLDED]
        if len(linked) < NAV_FROM:
            linked = []
        else:
            body.append(self.nav(tuple(linked)))
        if best:
            body.append(self.head(BEST, len(best), False))
            wished = bool(extra.get("places"))
            for position in best:
                body.append(self.best(position, own.get(position, 0), wished))
                if position in at:
                    body.append(self.more_at(position, at[position]))
        plain = self._plain
        special = own.keys() | at.keys()
        for name, members in groups:
            body.append(self.head(name, len(members), name in linked))
            for position in members:
                if position not in special:
                    body.append(plain[position])
                    continue
                body.append(self.job(position, own.get(position, 0)))
                if position in at:
                    body.append(self.more_at(position, at[position]))
        if extra.get("more"):
            body.append(self.more(extra["more"]))
        return body

    def head(self, group: str, count: int, linked: bool) -> Pair:
        """A group's heading; in the text part with the address of the whole group where there are jump links."""
        key = (group, count, linked)
        if key not in self._pieces:
            page = f"{self.settings['page']}#g-{group}\n" if linked else ""
            self._pieces[key] = self.fill(f"head:{group}", {"count": self.words.number(count), "page": page})
        return self._pieces[key]

    def more(self, count: int) -> Pair:
        """How many match that are not shown, and where they are."""
        key = ("more", count)
        if key not in self._pieces:
            self._pieces[key] = self.fill("more", {"text": self.words("more", n=count)})
        return self._pieces[key]

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
        members: dict[str, list[int]] = {name: [] for name in self.headings}
        for position in shown:
            members[self._groups[position]].append(position)
        groups = [(name, found) for name, found in members.items() if found]
        small = [name for name, found in groups if len(found) < self.settings["fold_below"]]
        if len(small) < 2:
            return groups
        folded = [position for name in small for position in members[name]]
        return [(name, found) for name, found in groups if name not in small] + [(FOLDED, folded)]

    def job(self, position: int, place: int, closed: str = "") -> Pair:
        """An item under its group."""
        key = (position, place, closed)
        if key not in self._pieces:
            where = self.fragments.sayings[position].where
            self._pieces[key] = self.fill(f"job:{position}", {"where": _at(where, place), "closed": closed})
        return self._pieces[key]

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
        companies: list[str] = []
        for position in ranked:
            company = self._companies[position]
            if company and company not in companies:
                companies.append(company)
                if len(companies) == 3:
                    break
        companies = companies or [self.items[ranked[0]].title]
        pattern = self._subject(len(ranked))
        for count in range(len(companies), 0, -1):
            subject = pattern.replace(_COMPANIES, ", ".join(companies[:count]))
            if len(subject) <= SUBJECT_LIMIT:
                return subject
        return subject[: SUBJECT_LIMIT - 1] + "…"

    def _subject(self, n: int) -> str:
        if n not in self._subjects:
            own, named = self.settings["subject"], {name: self.settings[name] for name in ("name", "week")}
            self._subjects[n] = (
                str(own).format(n=n, count=n, companies=_COMPANIES, **named)
                if own
                else self.words("subject", n=n, companies=_COMPANIES)
            )
        return self._subjects[n]

    def preheader(self, ranked: Sequence[int]) -> str:
        """What an inbox shows after the subject: the first jobs."""
        text = ""
        for position in ranked[:PREHEADER_JOBS]:
            longer = f"{text}{self.separator}{self.headlines[position]}" if text else self.headlines[position]
            if len(longer) > PREHEADER_LIMIT:
                break
            text = longer
        if not text:
            return self.words("quiet")
        if len(text) < PREHEADER_LEAST:
            text += self.separator + self.words("because_all", name=self.settings["name"])
        return text

    def seen(self, shown: Sequence[int]) -> Pair:
        """When the jobs were last seen open: the earliest of those times, and of how many where some is unknown."""
        looks = [self._looked[position] for position in shown]
        times = [time for time in set(looks) if time is not None]
        if not times:
            return b"", b""
        first, number, unknown = min(times), len(looks), looks.count(None)
        key = "seen" if max(times) - first < 60 else "seen_since"
        some = (number - unknown, number) if unknown else ()

        def say() -> str:
            when = self.words.instant(datetime.fromtimestamp(first * 60, UTC))
            who = self.words("seen_some", n=some[0], all=number) if some else self.words("seen_all")
            return self.words(key, who=who, when=when)

        return self.once((key, first, some), say)

    def because(self, extra: Mapping[str, Any]) -> Pair:
        """Why this reader gets this, in their own choices."""
        roles, places, pay = extra.get("roles", ()), extra.get("places", ()), extra.get("pay", ())
        key = ("because", tuple(roles), tuple(places), tuple(pay), extra.get("remote"))
        return self.once(key, lambda: self._because(extra))

    def _because(self, extra: Mapping[str, Any]) -> str:
        chosen = [self.words.inside(self.headings.get(role, role)) for role in extra.get("roles", ())]
        chosen += extra.get("places", ())
        if extra.get("remote"):
            chosen.append(self.words("because_remote"))
        if "pay" in extra:
            chosen.append(self._least_pay(*extra["pay"]))
        if not chosen:
            return self.words("because_all", name=self.settings["name"])
        return self.words("because", what=", ".join(chosen))

    def _least_pay(self, amount: float, currency: str | None) -> str:
        if (amount, currency) not in self._pays:
            pay = self.words.pay(Salary(currency, amount, amount, "year"))
            self._pays[amount, currency] = self.words("because_pay", amount=pay)
        return self._pays[amount, currency]

    def more_at(self, position: int, count: int) -> Pair:
        """How many more of an item's employer match."""
        item = self.items[position]
        key = ("at", item.company_key, count)
        if key not in self._pieces:
            text = self.words("more_at", n=count, company=item.company)
            self._pieces[key] = self.fill(f"at:{self._first[item.company_key]}", {"text": text})
        return self._pieces[key]


class _Plain(dict[int, Pair]):
    """The items as most readers see them, each made when it is first wanted."""

    def __init__(self, press: Press) -> None:
        super().__init__()
        self._press = press

    def __missing__(self, position: int) -> Pair:
        pair = self[position] = self._press.job(position, 0)
        return pair


def _by_position(extra: Mapping[str, Any], name: str) -> Mapping[int, int]:
    """A map of `extra` by position: JSON has made its keys strings."""
    found = extra.get(name)
    return {int(position): value for position, value in found.items()} if found else _NOTHING


def _at(lines: Sequence[str], place: int) -> str:
    """The line that leads with a place; a job that's remote has but one line."""
    return lines[place] if 0 <= place < len(lines) else lines[0]


def _joined(chunks: Chunks, slots: Links) -> bytes:
    return b"".join([slots.get(chunk.name, b"") if isinstance(chunk, Slot) else chunk for chunk in chunks])


class _Form(NamedTuple):
    """A page, the reader's own block set in, ready to be copied and filled; `jobs` is where the entries go."""

    pieces: list[bytes]
    slots: tuple[tuple[int, str], ...]
    jobs: int


def _form(layout: Layout) -> _Form:
    chunks: list[bytes | Slot] = []
    for chunk in layout.page:
        chunks += layout.blocks["personal"] if chunk == Slot("personal") else (chunk,)
    return _Form(
        [b"" if isinstance(chunk, Slot) else chunk for chunk in chunks],
        tuple((at, chunk.name) for at, chunk in enumerate(chunks) if isinstance(chunk, Slot)),
        chunks.index(Slot("jobs")),
    )


def _filled(form: _Form, values: Links, jobs: Sequence[bytes]) -> bytes:
    pieces = form.pieces.copy()
    for at, name in form.slots:
        pieces[at] = values.get(name, b"")
    pieces[form.jobs : form.jobs + 1] = jobs
    return b"".join(pieces)
