"""A made-up job board of any size, straight into a store: what `benchmarks.web` serves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from jobdigest.curate.company import company_key
from jobdigest.curate.place import place_keys
from jobdigest.model import Place, Salary
from jobdigest.store import Store, search
from jobdigest.store.bulk import insert_rows
from jobdigest.store.schema import jobs, postings

TITLES = (
    ("Machine Learning Engineer", "ml-engineering"), ("Research Scientist", "research"),
    ("Research Engineer, Post-training", "research"), ("Applied Scientist, Language", "genai-nlp"),
    ("Generative AI Engineer", "genai-nlp"), ("Computer Vision Engineer", "vision-robotics"),
    ("Robotics Perception Engineer", "vision-robotics"), ("ML Infrastructure Engineer", "ml-infrastructure"),
    ("GPU Kernel Engineer", "ai-hardware"), ("Data Scientist", "data-science"), ("Data Engineer", "data-engineering"),
    ("Forward Deployed Engineer", "solutions"), ("AI Product Manager", "product"),
    ("Annotation Lead, Speech", "human-data"), ("Trust and Safety Analyst, AI", "trust-safety"),
    ("AI Policy Manager", "governance"),
)  # fmt: skip
LEVELS = (None, None, "senior", "senior", "staff", "junior", "intern", "lead", "principal", "manager")
TOWNS = (
    ("San Francisco", "CA", "US"), ("New York", "NY", "US"), ("Seattle", "WA", "US"), ("Austin", "TX", "US"),
    ("Boston", "MA", "US"), ("London", None, "GB"), ("Berlin", None, "DE"), ("Munich", None, "DE"),
    ("Paris", None, "FR"), ("Zurich", None, "CH"), ("Toronto", "ON", "CA"), ("Bengaluru", None, "IN"),
    ("Hyderabad", None, "IN"), ("Singapore", None, "SG"), ("Tokyo", None, "JP"), ("Sydney", "NSW", "AU"),
    ("Dublin", None, "IE"), ("Amsterdam", None, "NL"), ("Warsaw", None, "PL"), ("Tel Aviv", None, "IL"),
)  # fmt: skip
BRANDS = ("North", "Clear", "Deep", "Quiet", "Bright", "Open", "Iron", "Blue", "Swift", "Grand", "Lumen", "Vector")
KINDS = ("field", "mind", "scale", "labs", "works", "bank", "health", "motion", "grid", "soft", "point", "data")
CURRENCIES = {"US": "USD", "GB": "GBP", "CA": "CAD", "CH": "CHF"}
SCOPES = (None, ("US",), ("US", "CA"), ("GB",), ("Europe",), ("EMEA",), ("Worldwide",))
CHUNK = 10_000


def fill(store: Store, size: int, now: datetime, seed: int = 7) -> None:
    """Put `size` open jobs of made-up employers into an empty store, each with one posting or two."""
    dice = random.Random(seed)
    for start in range(1, size + 1, CHUNK):
        made = [_job(number, dice, now) for number in range(start, min(start + CHUNK, size + 1))]
        with store.begin() as connection:
            insert_rows(connection, jobs, made)
            insert_rows(connection, postings, [row for job in made for row in _postings(job, size, dice, now)])
            search.bump(connection)


def _job(number: int, dice: random.Random, now: datetime) -> dict[str, Any]:
    title, role = dice.choice(TITLES)
    level = dice.choice(LEVELS)
    company = f"{dice.choice(BRANDS)}{dice.choice(KINDS)} {int(dice.paretovariate(0.9)) % 1500}"
    remote = dice.random() < 0.2
    towns = () if remote and dice.random() < 0.6 else tuple(dice.sample(TOWNS, dice.choice((1, 1, 1, 2, 3))))
    seen = now - timedelta(minutes=(1 + dice.random()) * number % (90 * 24 * 60))
    currency = CURRENCIES.get(towns[0][2], "EUR") if towns else "USD"
    low = dice.randrange(40, 220) * 1000.0
    fields: dict[str, Any] = {
        "title": f"{level.capitalize()} {title}" if level in ("senior", "staff", "principal") else title,
        "company": company,
        "company_key": company_key(company),
        "url": f"https://jobs.example.net/{number}",
        "role_type": role,
        "seniority": level,
        "degree": "phd" if role == "research" and dice.random() < 0.4 else None,
        "employment_type": "FULL_TIME",
        "salary": Salary(currency, low, low * 1.3, "year") if dice.random() < 0.4 else None,
        "places": tuple(Place(*town) for town in towns),
        "workplace": "remote" if remote else dice.choice((None, "hybrid", "onsite")),
        "remote_scope": dice.choice(SCOPES) if remote else None,
        "date_posted": (seen - timedelta(days=dice.randrange(20))).date() if dice.random() < 0.8 else None,
        "first_seen": seen,
    }
    keys = {key for place in fields["places"] for key in place_keys(place)}
    return {
        **fields,
        "id": f"j{number}",
        "created": seen,
        "open": True,
        "hidden": False,
        "pinned": False,
        "direct": dice.random() < 0.7,
        "words": search.words_of(fields, keys),
        "rank": search.rank_of(f"j{number}", fields["date_posted"], seen),
    }


def _postings(job: dict[str, Any], size: int, dice: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    number = int(job["id"][1:])
    shared = ("title", "company", "company_key", "url", "role_type", "seniority", "degree", "employment_type", "salary",
              "places", "workplace", "remote_scope", "direct", "date_posted")  # fmt: skip
    for copy in range(1 + (dice.random() < 0.2)):
        yield {
            **{name: job[name] for name in shared},
            "id": number + copy * size,
            "source": f"board-{number % 40}" if copy == 0 else "aggregator",
            "source_id": str(number),
            "raw_hash": b"",
            "job_id": job["id"],
            "in_scope": True,
            "role_evidence": "made up",
            "safety": "ok",
            "safety_reasons": (),
            "identity_keys": b"",
            "first_seen": job["first_seen"] - timedelta(days=100 * copy),
            "last_seen": now,
            "old_news": False,
        }


def a_store(url: str, size: int) -> None:
    """Create and fill a store."""
    from jobdigest.store import open_store

    store = open_store(url)
    fill(store, size, datetime.now(UTC))
    store.close()
