"""An open job's facts as schema.org's JobPosting in JSON-LD, for search engines; nothing of the employer's own text."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from jobdigest.model import Job, Place, Salary

UNITS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}


def job_posting(job: Job, url: str) -> Markup | None:
    """The text of a `<script type="application/ld+json">`; None where the required day of posting is unsaid."""
    if job.date_posted is None:
        return None
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "datePosted": job.date_posted.isoformat(),
        "hiringOrganization": {"@type": "Organization", "name": job.company} if job.company else None,
        "jobLocation": [_location(place) for place in job.places],
        "jobLocationType": "TELECOMMUTE" if job.workplace == "remote" else None,
        "employmentType": job.employment_type,
        "baseSalary": _pay(job.base_salary) if job.base_salary else None,
        "url": url,
    }
    text = json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - no tag can begin


def _location(place: Place) -> dict[str, Any]:
    parts = {"addressLocality": place.city, "addressRegion": place.region, "addressCountry": place.country}
    address = {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}
    return {"@type": "Place", "address": address}


def _pay(salary: Salary) -> dict[str, Any] | None:
    if not salary.currency or not salary.period:
        return None
    value: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": UNITS[salary.period]}
    value |= {name: amount for name, amount in (("minValue", salary.min), ("maxValue", salary.max)) if amount}
    return {"@type": "MonetaryAmount", "currency": salary.currency, "value": value}
