"""Compose: choosing for many readers, assembling their mails, against rendering per reader and against plain bytes.

    python -m benchmarks.compose [READERS]

Peers run interleaved in one process (A B C A B C), CPU time, medians of 3: "render" is Jinja and MJML for each
reader, "replace" is `bytes.replace` of six marks in one fixed mail, "join" the same mail split once and joined.
"""

from __future__ import annotations

import quopri
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mjml import mjml2html

from jobdigest.compose import render
from jobdigest.compose.assemble import assemble
from jobdigest.compose.bits import positions
from jobdigest.compose.compiled import encode
from jobdigest.compose.edition import compile_edition
from jobdigest.compose.select import Matcher
from jobdigest.compose.templates import Templates
from jobdigest.curate import place
from jobdigest.model import Delivery, Preferences
from jobdigest.subscribers.tokens import PREFERENCES, UNSUBSCRIBE
from support.editions import GROUPS, KEYS, SLOT, a_draft, compiled, config, delivery, jobs

BASE = "https://jobs.jobdigest.dev"
CITIES = ("London", "Berlin", "Paris", "San Francisco", "New York", "Toronto", "Sydney", "Leeds", "Oxford", "Stockholm")
COUNTRIES = ("GB", "US", "DE", "FR", "CA", "AU", "SE", "NL", "IN", "Spain")
ZONES = (None, "Europe/London", "Europe/Berlin", "America/New_York", "Australia/Sydney")


def readers(count: int, seed: int = 1) -> list[tuple[Preferences, str | None]]:
    """Readers whose preferences are all different."""
    rng = random.Random(seed)
    found: dict[tuple[Preferences, str | None], None] = {}
    roles = [role for role, _ in GROUPS]
    while len(found) < count:
        wish = Preferences(
            role_types=tuple(rng.sample(roles, rng.randint(0, 5))),
            locations=tuple(rng.sample((*CITIES, *COUNTRIES), rng.randint(0, 3))),
            remote_only=rng.random() < 0.1,
            seniority=tuple(rng.sample(("intern", "mid", "senior", "staff", "lead"), rng.choice((0, 0, 1, 3)))),
            min_salary=(rng.randrange(30_000, 150_000, 500), "EUR") if rng.random() < 0.3 else None,
            include=(rng.choice(("engineer", "scientist", "research")),) if rng.random() < 0.1 else (),
            exclude=(rng.choice(("intern", "director", "manager")),) if rng.random() < 0.3 else (),
        )
        found[wish, rng.choice(ZONES)] = None
    return list(found)


def cpu(work: Callable[[], Any]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def exhaust(results: Iterable[Any]) -> None:
    """Make every result and keep none, as a sender does."""
    for _ in results:
        pass


def choosing(count: int, size: int) -> None:
    """Time matching, and the whole choice, for `count` readers over `size` jobs."""
    conf = config()
    drafted = a_draft(size)
    wishes = readers(count)
    match, choose = [], []
    for _ in range(3):
        matcher = Matcher(drafted, conf.edition, place)
        match.append(cpu(lambda m=matcher: [m.matching(*wish) for wish in wishes]))  # type: ignore[misc]
        matcher = Matcher(drafted, conf.edition, place)
        choose.append(cpu(lambda m=matcher: [m.choose(wish, timezone=zone) for wish, zone in wishes]))  # type: ignore[misc]
    print(f"preferences of {count:,} different readers x {size:,} jobs: {statistics.median(match):.2f} s CPU")
    print(f"  and the choice of what each is shown: {statistics.median(choose):.2f} s CPU")


def assembling(count: int, size: int) -> None:
    """Time mails for readers with different preferences against the two peers."""
    conf = config(edition={"min_jobs": 1})
    drafted = a_draft(size, conf)
    edition = compiled(drafted, conf, languages=("en",))
    matcher = Matcher(drafted, conf.edition, place)
    chosen = [(wish, matcher.choose(wish, timezone=zone)) for wish, zone in readers(count * 3, seed=2)]
    full = [choice for _, choice in chosen if choice.count == conf.edition.max_jobs][:count]
    mails = [delivery(choice.shown, choice.extra, subscriber_id=number) for number, choice in enumerate(full)]
    fixed = assemble(edition, mails[0], KEYS, BASE)
    template = fixed.text + b"\r\n" + fixed.html
    slow = PerReader(drafted, conf)
    peers = {
        "assembled": lambda: exhaust(assemble(edition, mail, KEYS, BASE) for mail in mails),
        "render": lambda: exhaust(slow.mail(mail) for mail in mails[:300]),
        "replace": lambda: exhaust(replaced(template, mail) for mail in mails),
        "join": lambda: joined(template, mails),
    }
    amounts = {"assembled": len(mails), "render": 300, "replace": len(mails), "join": len(mails)}
    took: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(3):
        edition.memo.clear()
        for name, work in peers.items():
            took[name].append(cpu(work) / amounts[name])
    each = {name: statistics.median(times) for name, times in took.items()}
    print(f"{len(mails):,} mails of {conf.edition.max_jobs} of {size} jobs, {len(template):,} bytes each, a core:")
    for name, seconds in each.items():
        ratio = seconds / each["assembled"]
        print(f"  {name:10} {1 / seconds:10,.0f} mails/s  {seconds * 1000:8.4f} ms  assembled is {ratio:.2f}x as fast")


class PerReader:
    """The same mail the usual way: this reader's jobs through one Jinja template, MJML, and quoted-printable.

    A job's words (pay, dates, place) are made once beforehand, as in a newsletter that prepares its rows.
    """

    def __init__(self, drafted: Any, conf: Any) -> None:
        self.words = words = TEMPLATES.catalogues.words("en")
        self.common = render._common(drafted, conf, words)
        said = [render.saying(item.job, words, item.group) for item in drafted.items]
        views = [render.view(item.job, words, SLOT.year, BASE) for item in drafted.items]
        self.jobs = [
            job._replace(company=job.company + saying.where[0]) for job, saying in zip(views, said, strict=True)
        ]
        self.reasons = [" · ".join(saying.reasons) for saying in said]
        self.groups = [item.group for item in drafted.items]
        jinja = TEMPLATES._jinja
        source = TEMPLATES.path("edition.mjml.j2").read_text(encoding="utf-8").replace("{{ jobs }}", LOOP_MJML)
        self.mjml = jinja.from_string(source)
        self.text = jinja.overlay(autoescape=False).from_string(LOOP_TEXT)

    def mail(self, reader: Delivery) -> tuple[bytes, bytes]:
        """Both bodies, encoded."""
        shown, extra = positions(reader.shown), reader.extra
        groups: dict[str, list[Any]] = {}
        for position in shown:
            if position not in extra["best"]:
                groups.setdefault(self.groups[position], []).append(self.jobs[position])
        leave = KEYS.sign(UNSUBSCRIBE, reader.subscriber_id)
        change = f"{BASE}/preferences/{KEYS.sign(PREFERENCES, reader.subscriber_id)}"
        values = {
            "lead": self.words("lead", n=len(shown)),
            "seen": self.words.instant(SLOT),
            "preheader": " · ".join(f"{self.jobs[at].title} at {self.jobs[at].company}" for at in extra["best"][:3]),
            "because": ", ".join((*extra.get("roles", ()), *extra.get("places", ()))),
            "unsubscribe": f"{BASE}/unsubscribe/{leave}",
            "change": change,
            "pause": f"{change}?pause=4",
            "found": f"{change}?found=1",
            "reason": self.reasons[shown[0]],
        }
        best = [self.jobs[position] for position in extra["best"]]
        context = {
            **self.common,
            "personal": "",
            "groups": groups,
            "best": best,
            "slot": lambda name: values.get(name, ""),
        }
        return encode(mjml2html(self.mjml.render(context))), encode(self.text.render(context))


LOOP_MJML = """{% for job in best %}{% include "partials/best.mjml.j2" %}{% endfor %}
{% for heading, found in groups.items() %}{% set counted = false %}{% set anchor = heading %}
{% include "partials/group.mjml.j2" %}{% for job in found %}{% include "partials/job.mjml.j2" %}{% endfor %}{% endfor %}
{% include "partials/personal.mjml.j2" %}"""
LOOP_TEXT = """{{ slot("lead") }}
{% for job in best %}{% include "partials/best.txt.j2" %}{% endfor %}
{% for heading, found in groups.items() %}{{ heading|upper }}
{% for job in found %}{% include "partials/job.txt.j2" %}{% endfor %}{% endfor %}
{% include "partials/personal.txt.j2" %}"""
TEMPLATES = Templates.of(config())


def replaced(template: bytes, mail: Delivery) -> bytes:
    """Plain byte substitution: two signed links, four places each, in one fixed mail."""
    leave = KEYS.sign(UNSUBSCRIBE, mail.subscriber_id).encode()
    change = KEYS.sign(PREFERENCES, mail.subscriber_id).encode()
    for mark, value in (
        (b"Unsubscribe", leave),
        (b"Change", change),
        (b"Pause 4 weeks", change),
        (b"London", b"Paris"),
    ):
        template = template.replace(mark, value)
    return template


def joined(template: bytes, mails: Sequence[Delivery]) -> None:
    """The physical limit: the fixed mail cut once at four marks, joined with two signed links."""
    size = len(template) // 5
    pieces = [template[start : start + size] for start in range(0, len(template), size)]
    for mail in mails:
        leave = KEYS.sign(UNSUBSCRIBE, mail.subscriber_id).encode()
        change = KEYS.sign(PREFERENCES, mail.subscriber_id).encode()
        b"".join((pieces[0], leave, pieces[1], change, pieces[2], change, pieces[3], leave, *pieces[4:]))


def sizes() -> None:
    """HTML bytes at 25, 60 and 100 jobs."""
    for count in (25, 60, 100):
        conf = config(edition={"max_jobs": count, "per_company": 9})
        drafted = a_draft(count, conf)
        choice = Matcher(drafted, conf.edition, place).choose(Preferences())
        parts = assemble(compiled(drafted, conf, ("en",)), delivery(choice.shown, choice.extra), KEYS, BASE)
        html, text = (len(quopri.decodestring(body)) for body in (parts.html, parts.text))
        print(
            f"{choice.count:4} jobs: {html:,} bytes of html ({html / 102_400:.0%} of Gmail's limit), {text:,} of text"
        )


def compiling() -> None:
    """Compile time, which grows with jobs and languages, never with readers."""
    for count in (60, 300, 1000):
        drafted, conf = a_draft(count), config()
        once = cpu(lambda d=drafted, c=conf: compile_edition(d, config=c, templates=TEMPLATES, languages=("en",)))  # type: ignore[misc]
        size = len(compiled(drafted, conf, ("en",)).to_bytes())
        print(f"compile {count:5} jobs in one language: {once:.2f} s CPU, {size:,} bytes stored")


def main(argv: Sequence[str]) -> None:
    """All of it; READERS is how many mails are assembled."""
    count = int(argv[0]) if argv else 10_000
    jobs(1)
    sizes()
    compiling()
    choosing(count * 10, 1000)
    assembling(count, 300)


if __name__ == "__main__":
    main(sys.argv[1:])
