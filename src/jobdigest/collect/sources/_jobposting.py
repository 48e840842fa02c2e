"""schema.org JobPosting as JSON-LD in pages → the values of a `RawPosting`. Does no I/O.

Written as leniently as pages are: scripts hold objects, lists or graphs, JSON with raw line ends, comments or commas
too many, and every property comes as text, object or list of either. https://schema.org/JobPosting
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jobdigest.collect.sources._countries import Address, addresses
from jobdigest.collect.sources._parts import dig, joined, line, moment, pay, plain, sections, text, web, words
from jobdigest.model import Salary

_SCRIPT = re.compile(r"<script\b[^<>]{0,500}ld\+json[^<>]{0,500}>", re.IGNORECASE)
_END = re.compile("</script", re.IGNORECASE)
_WRAPPING = re.compile(r"^\s*(?:<!--|(?://\s*)?<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$")
_COMMA = re.compile(r",(\s*[}\]])")
_CITY_STATE = re.compile(r"[^,]+, [A-Z]{2}")
_DEPTH = 6


def found_in(page: str) -> list[Mapping[str, Any]]:
    """Every JobPosting in a page, in order; scripts that are no JSON even with good will are passed over."""
    return [posting for script in _scripts(page) for posting in _postings(_json(script), _DEPTH)]


def _scripts(page: str) -> Iterator[str]:
    start = _SCRIPT.search(page)
    while start and (end := _END.search(page, start.end())):
        yield page[start.end() : end.start()]
        start = _SCRIPT.search(page, end.end())


def _json(script: str) -> Any:
    bare = _WRAPPING.sub("", script)
    for attempt in (bare, _COMMA.sub(r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _postings(node: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, list) and depth:
        for part in node:
            yield from _postings(part, depth - 1)
    elif isinstance(node, dict):
        if "JobPosting" in words(node.get("@type")):
            yield node
        elif depth:
            for name in ("@graph", "mainEntity", "itemListElement", "item"):
                yield from _postings(node.get(name), depth - 1)


def values(posting: Mapping[str, Any], page_url: str) -> dict[str, Any]:
    """The posting's own words; its address names it, since what sites write into `identifier` may be anything."""
    url = web(posting.get("url"), page_url) or page_url
    number = line(_of(posting.get("identifier"), "value"))
    number = number if number and re.search(r"\d", number) else None
    locations = addresses(_addresses(posting.get("jobLocation")))
    remote = "TELECOMMUTE" in words(posting.get("jobLocationType"))
    scope = words(_names(posting.get("applicantLocationRequirements")))
    return {
        "source_id": url,
        "title": plain(posting.get("title")) or plain(posting.get("name")),
        "company": plain(_of(posting.get("hiringOrganization"), "name")),
        "url": url,
        "locations": (*locations, *([f"Remote ({', '.join(scope)})"] if remote and scope else ())),
        "workplace": "remote" if remote else None,
        "salary": salary(posting.get("baseSalary")),
        "employment_type": joined(posting.get("employmentType")),
        "team": plain(_of(posting.get("occupationalCategory"), "name")),
        "date_posted": moment(posting.get("datePosted")),
        "valid_through": moment(posting.get("validThrough")),
        "description": description(posting),
        "requisition_id": number,
    }


def description(posting: Any) -> str | None:
    """The description, unescaped if it came escaped, with what some sites split off into properties of their own."""
    extra = [(name.title(), dig(posting, name)) for name in ("responsibilities", "qualifications")]
    body = _markup(dig(posting, "description")) or ""
    kept = [(head, found) for head, part in extra if (found := _markup(part)) and found not in body]
    return sections((None, body), *kept)


def _markup(value: Any) -> str | None:
    found = text("\n".join(words(value)) if isinstance(value, list) else value)
    if not found:
        return None
    if "&lt;" in found and not re.search(r"<[a-z]+[\s/>]", found, re.IGNORECASE):
        found = html.unescape(found)
    return found.replace("\\n", "\n")


def salary(value: Any) -> Salary | str | None:
    """`baseSalary` as number, text or MonetaryAmount."""
    shown = value[0] if isinstance(value, list) and value else value
    if not isinstance(shown, dict):
        return line(shown)
    amount, currency = shown.get("value"), shown.get("currency")
    if not isinstance(amount, dict):
        amount = {"value": amount} if amount is not None else shown
    low, high = (amount.get(f"{end}Value") or amount.get("value") for end in ("min", "max"))
    return pay(low, high, currency or amount.get("currency"), amount.get("unitText") or shown.get("unitText"))


def _addresses(value: Any) -> Iterable[Address]:
    for place in value if isinstance(value, list) else (value,):
        name, address = line(dig(place, "name")), dig(place, "address") if isinstance(place, dict) else place
        for one in address if isinstance(address, list) else (address,):
            if name and _CITY_STATE.fullmatch(name):  # Meta gives every place the first one's address
                city, _, state = name.partition(", ")
                yield city, state, _country(one)
            elif isinstance(one, dict):
                yield one.get("addressLocality"), one.get("addressRegion"), _country(one)
            else:
                yield one, None, None


def _country(address: Any) -> str | None:
    return next(iter(words(_of(dig(address, "addressCountry"), "name"))), None)


def _of(value: Any, name: str) -> Any:
    """A property that may be an object (then its `name`), a list (then its first) or the value itself."""
    value = value[0] if isinstance(value, list) and value else value
    return dig(value, name) if isinstance(value, dict) else value


def _names(value: Any) -> list[Any]:
    return [_of(part, "name") for part in (value if isinstance(value, list) else [value])]
