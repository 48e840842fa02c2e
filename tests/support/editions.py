"""A small real-looking week: jobs with every shape that an edition must print, and readers who differ."""

# ruff: noqa: E501 (the table of jobs reads better wide)
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from jobdigest.compose.compiled import CompiledEdition
from jobdigest.compose.draft import Draft, draft
from jobdigest.compose.edition import compile_edition
from jobdigest.compose.select import Choice, Matcher
from jobdigest.compose.templates import Templates
from jobdigest.config import Config
from jobdigest.deliver.message import Sender, build
from jobdigest.model import Delivery, Job, JobHistory, Parts, Place, PostingRef, Preferences, Salary
from jobdigest.subscribers.tokens import Keys

REPO = Path(__file__).parents[2]
SLOT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = "2026-W48"
KEYS = Keys([b"a secret for tests only"])
GROUPS = (
    ("trust-safety", "Trust & safety"),
    ("ml-engineering", "ML engineering"),
    ("genai-nlp", "Generative AI & language"),
    ("research", "Research"),
    ("ml-infrastructure", "ML infrastructure"),
    ("data-science", "Data science"),
    ("governance", "AI governance"),
    ("other-ai", "Other AI roles"),
)
LEFT_OUT = {"closed": 29, "repeats": 9, "suspects": 3}

LONDON = Place("London", None, "GB")
PARIS = Place("Paris", None, "FR")
BERLIN = Place("Berlin", None, "DE")
SYDNEY = Place("Sydney", "NSW", "AU")
SF = Place("San Francisco", "CA", "US")
NYC = Place("New York", "NY", "US")
TORONTO = Place("Toronto", "ON", "CA")

# title, company, role type, seniority, places, workplace, scope, pay, days ago
_FACTS: tuple[tuple[Any, ...], ...] = (
    ("Research Engineer, Safeguards", "Anthropic", "trust-safety", None, (LONDON, SF), "hybrid", None, ("GBP", 250e3, 325e3, "year"), 3),
    ("Machine Learning Engineer", "Faculty", "ml-engineering", None, (LONDON,), "hybrid", None, None, 6),
    ("Lead Machine Learning Engineer", "Faculty", "ml-engineering", "lead", (LONDON,), None, None, None, 5),
    ("Staff Machine Learning Engineer", "Databricks", "ml-engineering", "staff", (SF,), None, None, ("USD", 190e3, 285e3, "year"), 8),
    ("Machine Learning Engineer (RAGs)", "Factored", "genai-nlp", None, (), "remote", ("LATAM",), None, 12),
    ("Senior Machine Learning Engineer, Safety", "Patreon", "trust-safety", "senior", (), "remote", None, None, 9),
    ("Senior Machine Learning Engineer", "Censys", "ml-engineering", "senior", (), "remote", ("US", "CA"), ("USD", 170e3, 204e3, "year"), 3),
    ("Machine Learning Engineer, Content Safety Platform", "Canva", "trust-safety", None, (SYDNEY,), "remote", ("AU",), None, 5),
    ("R&D Intern, Machine Learning Engineer", "Motorola Solutions", "ml-engineering", "intern", (Place("Irvine", "CA", "US"), Place("Los Angeles", "CA", "US")), None, None, ("USD", 29, 34, "hour"), 11),
    ("Applied AI Engineer", "Mistral AI", "genai-nlp", None, (PARIS, LONDON, SF), "hybrid", None, ("EUR", 80e3, None, "year"), 2),
    ("Research Scientist, Pretraining", "Mistral AI", "research", "senior", (PARIS,), None, None, None, 2),
    ("AI Scientist, Safety", "Mistral AI", "trust-safety", None, (PARIS, LONDON), "hybrid", None, None, 4),
    ("Solutions Research Scientist", "Mistral AI", "research", None, (LONDON,), None, None, None, 7),
    ("Speech Engineer", "Mistral AI", "genai-nlp", None, (LONDON, PARIS), None, None, None, 1),
    ("Member of Technical Staff, Inference", "Cohere", "ml-infrastructure", None, (TORONTO, LONDON, NYC), "remote", None, ("CAD", 180e3, 240e3, "year"), 1),
    ("ML Compiler Engineer", "Cohere", "ml-infrastructure", "staff", (TORONTO,), "hybrid", None, None, 6),
    ("Senior Data Scientist, Experimentation", "Wise", "data-science", "senior", (LONDON,), "hybrid", None, ("GBP", 95e3, 120e3, "year"), 5),
    ("Data Scientist, Fraud", "Monzo", "trust-safety", None, (LONDON,), "remote", ("GB",), ("GBP", 75e3, 100e3, "year"), 4),
    ("AI Policy Manager, Europe", "OpenAI", "governance", "manager", (BERLIN, PARIS), None, None, None, 6),
    ("Alignment Researcher", "Apollo Research", "research", None, (LONDON,), None, None, ("GBP", 100e3, 180e3, "year"), 9),
    ("ML Engineer, Recommendations", "Zalando", "ml-engineering", "mid", (BERLIN,), "hybrid", None, ("EUR", 72e3, 90e3, "year"), 3),
    ("GPU Kernel Engineer", "NVIDIA", "ml-infrastructure", "senior", (BERLIN, Place(None, None, "PL")), None, None, None, 13),
    ("Prompt Engineer, Arabic & English <Beta>", "Lebenshilfe \"KI\" GmbH", "genai-nlp", "junior", (BERLIN,), None, None, ("EUR", 4200.5, 5000, "month"), 2),
    ("Data Scientist, Growth", "Deliveroo", "data-science", "mid", (LONDON,), "hybrid", None, (None, 60, 75, None), 10),
    ("ML Platform Engineer", "Monzo", "ml-infrastructure", "senior", (LONDON,), "remote", ("GB",), ("GBP", 90e3, 125e3, "year"), 2),
    ("Director of AI", "Lloyds Banking Group", "other-ai", "director", (LONDON, Place("Leeds", None, "GB")), "hybrid", None, None, 6),
    ("AI Red Teamer", "Haize Labs", "trust-safety", None, (NYC,), None, None, ("USD", 150e3, 220e3, "year"), 1),
    ("Computer Vision Research Intern", "Oxa", "research", "intern", (Place("Oxford", None, "GB"),), None, None, None, 0),
    ("Senior Applied Scientist, Search", "Spotify", "ml-engineering", "senior", (LONDON, Place("Stockholm", None, "SE")), "hybrid", None, None, 4),
    ("Machine Learning Engineer, Ranking", "Depop", "ml-engineering", "mid", (LONDON,), "hybrid", None, ("GBP", 70e3, 85e3, "year"), 2),
    ("NLP Engineer", "PolyAI", "genai-nlp", "mid", (LONDON,), "hybrid", None, ("GBP", 60e3, 80e3, "year"), 1),
)  # fmt: skip


def job(number: int, **changes: Any) -> Job:
    """The n-th job of the week, with `changes`."""
    title, company, role, seniority, places, workplace, scope, pay, age = _FACTS[number % len(_FACTS)]
    slug = company.lower().replace(" ", "-").replace('"', "")
    posted = date(2026, 11, 23) - timedelta(days=age)
    url = f"https://careers.{slug.replace('&', '')}.com/jobs/{4000 + number}?gh_jid={4000 + number}&utm=mail"
    facts: dict[str, Any] = {
        "id": f"j{number}",
        "title": title,
        "company": company,
        "company_key": slug,
        "url": url,
        "role_type": role,
        "seniority": seniority,
        "degree": "phd" if "Research Scientist" in title else None,
        "employment_type": "CONTRACTOR" if "Prompt" in title else "FULL_TIME",
        "base_salary": Salary(*pay) if pay else None,
        "places": places,
        "workplace": workplace,
        "remote_scope": scope,
        "date_posted": posted if number % 7 != 6 else None,
        "first_seen": datetime(2026, 11, 23, 6, 0, tzinfo=UTC) - timedelta(days=age % 6),
        "last_looked": datetime(2026, 11, 24, 8, 40, tzinfo=UTC),
        "announced_in": KEY,
        "direct": number % 5 != 4,
        "attribution": "Remotive" if company == "Patreon" else None,
        "postings": (PostingRef(source="greenhouse:x", source_id=str(number), url=url),),
        "posting_ids": (number * 2 + 1, number * 2 + 2),
        "history": JobHistory(times_posted=3, since=date(2026, 3, 2), days_open=40, employer_median_days=30)
        if company == "Deliveroo"
        else None,
    }
    return Job(**{**facts, **changes})


def jobs(count: int = len(_FACTS), **changes: Any) -> list[Job]:
    """`count` jobs; beyond the listed ones they repeat at other employers, under other titles."""
    made = []
    for number in range(count):
        made.append(job(number, **changes))
        if number >= len(_FACTS):
            round_ = number // len(_FACTS) + 1
            name = f"{made[-1].company} {round_}"
            made[-1] = job(number, company=name, company_key=f"{made[-1].company_key}-{round_}", **changes)
    return made


def config(**changes: Any) -> Config:
    """A newsletter; `changes` are whole sections."""
    newsletter = {
        "name": "AI Jobs Weekly",
        "from": "AI Jobs Weekly <jobs@jobdigest.dev>",
        "postal_address": "12 Old Street, London EC1V 9BE",
        "base_url": "https://jobs.jobdigest.dev",
    }
    newsletter.update(changes.pop("newsletter", {}))
    return Config.model_validate({"newsletter": newsletter, "sources": [], **changes})


class PlainPlaces:
    """Places by their bare names and codes: as much geography as a test needs."""

    cities: ClassVar = {"london": "GB", "berlin": "DE", "paris": "FR", "toronto": "CA", "leeds": "GB"}
    countries: ClassVar = {"germany": "DE", "gb": "GB", "us": "US"}

    def wish_keys(self, wanted: str, /) -> frozenset[str]:
        name = wanted.strip().casefold()
        if name in self.countries:
            return frozenset({f"={self.countries[name]}"})
        return frozenset({f"{name}//{self.cities.get(name, '')}"})

    def place_keys(self, place: Place, /) -> frozenset[str]:
        return frozenset({f"{(place.city or '').casefold()}//{place.country or ''}", f"={place.country}"})

    def place_covers(self, scope: tuple[str, ...], country: str, /) -> bool:
        return country in scope or "Worldwide" in scope


READERS: dict[str, dict[str, Any]] = {
    "everything": {},
    "london": {"preferences": Preferences(locations=("London",), role_types=("ml-engineering", "trust-safety"))},
    "remote": {"preferences": Preferences(remote_only=True), "timezone": "Europe/London"},
    "berlin": {"preferences": Preferences(locations=("Berlin", "Paris")), "language": "de"},
    "paid": {"preferences": Preferences(min_salary=(90000, "GBP"), exclude=("intern", "director"))},
}


def a_draft(count: int = len(_FACTS), conf: Config | None = None, **changes: Any) -> Draft:
    conf = conf or config()
    return draft(key=KEY, slot=SLOT, jobs=jobs(count, **changes), config=conf, groups=GROUPS, left_out=LEFT_OUT)


def compiled(
    made: Draft | None = None, conf: Config | None = None, languages: tuple[str, ...] = ("en", "de")
) -> CompiledEdition:
    conf = conf or config()
    return compile_edition(made or a_draft(conf=conf), config=conf, templates=Templates.of(conf), languages=languages)


def choice(reader: str, made: Draft, conf: Config | None = None) -> Choice:
    wishes = READERS[reader]
    matcher = Matcher(made, (conf or config()).edition, PlainPlaces())
    return matcher.choose(wishes.get("preferences", Preferences()), timezone=wishes.get("timezone"))


def delivery(shown: bytes, extra: Any = None, *, language: str = "en", subscriber_id: int = 7) -> Delivery:
    return Delivery(
        id=1,
        edition=KEY,
        subscriber_id=subscriber_id,
        address_hash=b"0" * 16,
        email="reader@example.net",
        name="Reader",
        language=language,
        shown=shown,
        key_id=KEYS.newest.hex(),
        not_before=SLOT,
        extra=extra or {},
    )


def headers(parts: Parts, made: Delivery) -> bytes:
    """The header lines of the mail as it would be sent, LF line ends."""
    sender = Sender(
        newsletter="AI Jobs Weekly",
        from_="AI Jobs Weekly <jobs@jobdigest.dev>",
        base_url="https://jobs.jobdigest.dev",
        keys=KEYS,
        unsubscribe_mailto="unsubscribe@jobdigest.dev",
    )
    return build(parts, made, sender).data.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\n"
