"""Addresses: which vacancy one names, whose it is, and whether it may be fetched.

ats_identity(url)  the vacancy's own id where its host is a known applicant tracking system or job site
canonical(url)     one spelling for all addresses of a page: the key for duplicates, not a link to print
host, registrable_domain, is_public_https
"""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import safe_url_string

MAX_URL = 2_000

# --- hosts ------------------------------------------------------------------------------------------------------

_SECOND_LEVEL = frozenset(
    ["co", "com", "org", "net", "gov", "gob", "gouv", "ac", "edu", "or", "ne", "go", "gv", "govt"]
)
# Hosts whose customers own a subdomain each.
_SHARED = frozenset(
    re.split(
        " ",
        "github.io gitlab.io pages.dev workers.dev vercel.app netlify.app web.app firebaseapp.com herokuapp.com "
        "onrender.com blogspot.com wordpress.com wixsite.com weebly.com webflow.io myshopify.com notion.site carrd.co "
        "framer.website azurewebsites.net cloudfront.net amazonaws.com appspot.com eu.org us.com uk.com in.net",
    )
)
_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid", "onion")
_ODD = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")


class _Parts(NamedTuple):
    """An http(s) address taken apart; `name` is its host in lower case, `login` whether it carries one."""

    scheme: str
    name: str
    login: bool
    path: str
    query: str
    fragment: str


_PLAIN = re.compile(r"(https?)://([A-Za-z0-9.-]+)(/[^?#\x00-\x20]*|)(?:\?([^#\x00-\x20]*))?(?:#([^\x00-\x20]*))?")


@lru_cache(maxsize=8192)  # the addresses of one batch are asked several things
def _split(url: str) -> _Parts | None:
    if plain := _PLAIN.fullmatch(url):  # nearly all are, and urlsplit takes four times as long
        return _Parts(plain[1], plain[2].lower(), False, plain[3], plain[4] or "", plain[5] or "")
    try:
        parts = urlsplit(url)
        if ":" in parts.netloc:
            _ = parts.port  # raises where it is no port
    except ValueError:
        return None
    name = parts.hostname
    if not name or parts.scheme not in ("http", "https"):
        return None
    return _Parts(parts.scheme, name, "@" in parts.netloc, parts.path, parts.query, parts.fragment)


def host(url: str) -> str | None:
    """The host of an http(s) URL: lower case, ASCII (IDNA), without port and final dot; None if there is none."""
    parts = _split(url.strip()[: MAX_URL * 2])
    return _ascii_host(parts.name) if parts else None


@lru_cache(maxsize=4096)
def _ascii_host(name: str) -> str | None:
    name = name.rstrip(".")
    if name.isascii():
        return name.lower() or None
    try:
        return name.encode("idna").decode("ascii").lower() or None
    except UnicodeError:
        return None


def registrable_domain(host: str) -> str:
    """What was registered: `jobs.acme.co.uk` → `acme.co.uk`, `x.github.io` → itself; an IP address stays one.

    A small rule instead of the Public Suffix List: a generic second level under a country code counts as a suffix.
    """
    labels = host.lower().rstrip(".").split(".")
    if len(labels) < 3 or labels[-1].isdigit() or ":" in host:
        return ".".join(labels)
    shared = ".".join(labels[-2:]) in _SHARED
    national = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if shared or national else labels[-2:])


def is_public_https(url: str, allow_private: bool) -> bool:
    """May this URL be asked for, as far as its spelling tells? (The resolved address is checked when connecting.)

    https, a host that isn't private by name or literal in any notation, no userinfo, at most 2,000 characters.
    `allow_private` permits http and private hosts too.
    """
    if len(url) > MAX_URL or _ODD.search(url):
        return False
    parts = _split(url)
    if parts is None or parts.login:
        return False
    if allow_private:
        return True
    name = _ascii_host(parts.name)
    return parts.scheme == "https" and name is not None and _is_public_host(name)


@lru_cache(maxsize=4096)
def _is_public_host(name: str) -> bool:
    address = _address(name)
    if address is not None:
        mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        return address.is_global and not address.is_multicast and (mapped is None or mapped.is_global)
    last = name.rsplit(".", 1)[-1]
    if "." not in name or last in _PRIVATE_NAMES or name.endswith(".home.arpa"):
        return False
    return not re.fullmatch(r"\d+|0x[0-9a-f]*", last)  # a number that is no valid address


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a literal means, in the old notations too: `127.1`, `0x7f000001`, `2130706433`."""
    try:
        return ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        pass
    if not re.fullmatch(r"[0-9a-fx.]+", name):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


# --- identities -------------------------------------------------------------------------------------------------

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_END = r"(?:[/?]|$)"


class _Site(NamedTuple):
    """Where a site's addresses carry the vacancy's id: `tenant` reads the host before the domain, `id` path?query.

    An id that is unique only inside a tenant goes with it.
    """

    kind: str
    tenant: re.Pattern[str] | None
    id: re.Pattern[str]


_SITES: dict[str, _Site] = {
    domain: _Site(kind, re.compile(tenant) if tenant else None, re.compile(pattern, re.IGNORECASE))
    for kind, domain, tenant, pattern in (
        ("greenhouse", "greenhouse.io", "", r"/jobs/(\d{4,})|/job_app\?(?:.*&)?(?:token|gh_jid)=(\d{4,})"),
        ("lever", "lever.co", "", rf"/({_UUID}){_END}"),
        ("ashby", "ashbyhq.com", "", rf"/({_UUID}){_END}"),
        ("workable", "workable.com", "", r"/j(?:obs(?:/view)?)?/([0-9A-F]{10})(?:[/?.]|$)"),
        ("smartrecruiters", "smartrecruiters.com", "", r"^/(?!oneclick)[^/]+/(\d{8,})(?:[-/?]|$)|/postings/(\d{8,})"),
        ("recruitee", "recruitee.com", r"([^.]+)\..+\.", r"/o/([^/?]+)"),
        ("personio", "personio.de", r"(.+)\.jobs\.", r"^/job/(\d+)"),
        ("personio", "personio.com", r"(.+)\.jobs\.", r"^/job/(\d+)"),
        ("teamtailor", "teamtailor.com", r"([^.]+)\..+\.", r"/jobs/(\d+)"),
        ("gem", "gem.com", "", r"^/[^/]+/([\w-]{12,})" + _END),
        ("rippling", "rippling.com", "", rf"/jobs/({_UUID})"),
        ("pinpoint", "pinpointhq.com", "", rf"/postings/({_UUID})"),
        ("bamboohr", "bamboohr.com", r"([^.]+)\..+\.", r"/careers/(\d+)|/view\.php\?(?:.*&)?id=(\d+)"),
        ("breezy", "breezy.hr", "", r"^/p/([0-9a-f]{12})"),
        ("eightfold", "eightfold.ai", r"([^.]+)\..+\.", r"/careers/job/(\d+)|[?&]pid=(\d+)"),
        ("oracle", "oraclecloud.com", r"(.+)\.fa\.", r"/(?:job|requisitions)/(?:preview/)?(\d+)"),
        ("icims", "icims.com", r"(?:[^.]*(?:careers|jobs)-)?([^.]+)\..+\.", r"^/jobs/(\d+)"),
        ("jobvite", "jobvite.com", "", rf"/job/([0-9A-Za-z]{{8,9}}){_END}"),
        ("jazzhr", "applytojob.com", "", rf"^/apply/(?:jobs/details/)?([0-9A-Za-z]{{10}}){_END}"),
        ("paylocity", "paylocity.com", "", r"/jobs/(?:details|apply)/(\d+)"),
        ("ukg", "ultipro.com", "", rf"opportunity(?:id=|detail/)({_UUID})"),
        ("ukg", "ultipro.ca", "", rf"opportunity(?:id=|detail/)({_UUID})"),
        ("amazon", "amazon.jobs", "", r"/jobs/(\d+)"),
        ("linkedin", "linkedin.com", "", r"/jobs/view/(?:[^/?]*-)?(\d{8,})|[?&]currentJobId=(\d{8,})"),
        ("indeed", "indeed.com", "", rf"[?&]jk=([0-9a-f]{{16}})|/job/.*-([0-9a-f]{{16}}){_END}"),
        ("glassdoor", "glassdoor.com", "", r"[?&]jl=(\d{8,})|JL_?(\d{8,})|[?&]jobListingId=(\d{8,})"),
    )
}
_ANYWHERE = (
    ("greenhouse", "gh_jid=", re.compile(r"(?:^|&)gh_jid=(\d{4,})")),
    ("ashby", "ashby_jid=", re.compile(rf"(?:^|&)ashby_jid=({_UUID})", re.IGNORECASE)),
)
_CASED = ("jobvite", "jazzhr", "gem")  # ids where case matters


def ats_identity(url: str) -> str | None:
    """The vacancy's own id at a known applicant tracking system or job site, the same however the URL is dressed.

    `greenhouse:4012345`, `lever:UUID`, `workday:TENANT:REQUISITION`, …: the tenant only where ids aren't global.
    """
    parts = _split(url.strip()[:MAX_URL])
    return _identity(parts) if parts else None


@lru_cache(maxsize=64)
def _identity(parts: _Parts) -> str | None:
    for kind, mark, pattern in _ANYWHERE:
        if mark in parts.query and (found := pattern.search(parts.query)):
            return f"{kind}:{found[1].lower()}"
    name = parts.name.rstrip(".")
    domain = ".".join(name.rsplit(".", 2)[-2:])
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if domain in ("myworkdayjobs.com", "myworkdaysite.com"):
        return _workday(name, path)
    site = _SITES.get(domain)
    found = site.id.search(path) if site else None
    if not site or not found:
        return None
    vacancy = next(filter(None, found.groups()))
    tenant = site.tenant.match(name) if site.tenant else None
    if site.tenant and not tenant:
        return None
    words = [site.kind, *([tenant[1]] if tenant else []), vacancy if site.kind in _CASED else vacancy.lower()]
    return ":".join(words)


_REQUISITION = re.compile(r"/(?:job|details)/(?:[^?]*/)?[^/?]*_([A-Za-z0-9][A-Za-z0-9-]*)(?:/apply[^?]*)?/?(?:\?|$)")
_MIRROR = re.compile(r"(?<=\d{4})-[1-9]\d?$")
_YEARLY = re.compile(r"(?:^|\D)(?:19|20)\d\d-\d+$")


def _workday(name: str, path: str) -> str | None:
    """Tenant and requisition; a `-1` at its end is the same requisition on another of the tenant's sites."""
    found = _REQUISITION.search(path)
    if not found or not any(map(str.isdigit, found[1])):
        return None
    tenant = name.split(".", 1)[0]
    if "/recruiting/" in path:  # wd5.myworkdaysite.com/recruiting/TENANT/SITE/job/…
        tenant = path.split("/recruiting/", 1)[1].split("/", 1)[0]
    requisition = found[1]
    if not _YEARLY.search(requisition):  # JR-2024-12 is number 12 of 2024
        requisition = _MIRROR.sub("", requisition)
    return f"workday:{tenant}:{requisition}".lower()


# --- one spelling -----------------------------------------------------------------------------------------------

_TRACKING = frozenset(
    re.split(
        " ",
        "gh_src lever-source lever-origin lever-via source src ref refid referer referrer trk trackingid fbclid gclid "
        "dclid msclkid yclid twclid igshid mc_cid mc_eid iis iisn indeed-apply-token jobsource oga embed mode lang "
        "language locale hl domain jobboard jobboardsource rx_campaign rx_cid rx_group rx_job rx_medium rx_r rx_source "
        "rx_ts rx_viewer rx_vp sid cmpid campaign medium mobile needsredirect in_iframe nl fr ss _ga _gl bid tags from "
        "via share_id applicationsource application_source sourcetype icims hss_channel",
    )
)
_TRACKED = re.compile(r"utm_|mkt_|pk_|hsa_|_hs|at_|ga_|icid|jt=", re.IGNORECASE)
_SLASHES = re.compile("/{2,}")
_LOCALE = re.compile(r"^/[a-z]{2}[-_][A-Za-z]{2}(?=/)")
_APPLY = re.compile(r"(?<=.)/(?:apply|application|apply-now|application/new|applications/new|applymanually)/?$", re.I)
_ROUTE = re.compile(r"^!?/?[^:~]*\d")  # a fragment that is a page of a one-page application
_LISTS = re.compile(
    r"(?:/[^/]+)?/jobdetails?|(?:/(?:[a-z]{2}(?:[-_][a-z]{2})?|about(?:-us)?|company|careers?|jobs?|search|results|all|open-?(?:positions|roles)|"
    r"openings|opportunities|vacancies|positions|join(?:-us)?|work-with-us|index\.\w+|redirect|apply|home|stellenangebote"
    r"|karriere|emplois?|empleos?|vagas|carriere|search-?jobs|job-?search|joblist|list|home))*/?",
    re.IGNORECASE,
)


def canonical(url: str) -> str | None:
    """One spelling of `url` for finding duplicates, or None where it cannot name one vacancy (home and list pages).

    Known systems' forms become one (`…/apply`, embeds, `?gh_jid=`); https, no `www.`, tracking, fragment or final
    slash; the query sorted. It need not be fetchable.
    """
    parts = _split(url.strip()[:MAX_URL])
    if parts is None:
        return None
    identity = _identity(parts)
    if identity:
        return f"https://ats/{identity}"
    name = _ascii_host(parts.name)
    path = _LOCALE.sub("", parts.path)
    path = _APPLY.sub("", (_SLASHES.sub("/", path) if "//" in path else path).rstrip("/"))
    query = _query(parts.query)
    fragment = "#" + parts.fragment if "/" in parts.fragment and _ROUTE.search(parts.fragment) else ""
    if not name or (not query and not fragment and is_list(path)):
        return None
    spelled = f"https://{name.removeprefix('www.')}{path}{query}{fragment}"
    return spelled if spelled.isascii() and "%" not in spelled else safe_url_string(spelled)


def is_list(path: str) -> bool:
    """Is this path, by its words, a home, search or list page rather than one vacancy?"""
    return len(path) < 100 and _LISTS.fullmatch(path) is not None


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query[:MAX_URL], max_num_fields=None)
    kept = sorted(pair for pair in pairs if pair[0].lower() not in _TRACKING and not _TRACKED.match(pair[0]))
    return "?" + urlencode(kept) if kept else ""
