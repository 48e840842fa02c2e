"""A loopback server with any number of job boards in the formats of Greenhouse, Lever and Ashby.

    python -m benchmarks.boards LATENCY_MS

Board `b17` has 20 to 200 postings, made as they are asked for, and an ETag. A posting has 6 KB of HTML, its row
8 to 14 KB of JSON, as in the recorded boards (Cohere, Harvey, Aleph Alpha: 12 to 13 KB). `GET /round/2` begins
round 2: every fifth board then has changed postings, the others answer 304 to who knows their ETag. Prints its port.
"""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
import sys
from functools import cache
from typing import Any

KINDS = ("greenhouse", "lever", "ashby")
PATHS = {
    "greenhouse": "/v1/boards/b{}/jobs?content=true",
    "lever": "/v0/postings/b{}?mode=json",
    "ashby": "/posting-api/job-board/b{}?includeCompensation=true",
}
FRAMES = {"greenhouse": (b'{"jobs":[', b"]}"), "lever": (b"[", b"]"), "ashby": (b'{"jobs":[', b'],"apiVersion":"1"}')}
CHANGED = 5
"""Of so many boards one changes in a round."""
_PROTOTYPES = 60
_ROLES = (
    "Machine Learning Engineer", "Research Scientist, Alignment", "Software Engineer, Inference", "Data Scientist",
    "Applied AI Engineer", "Account Executive", "Technical Recruiter", "Product Manager, Agents", "Payroll Specialist",
    "Trust & Safety Analyst", "Site Reliability Engineer", "Office Manager",
)  # fmt: skip
_LEVELS = ("", "Senior ", "Staff ", "Principal ", "Junior ")
_PLACES = ("London", "San Francisco", "Berlin", "Paris", "New York", "Zurich", "Toronto", "Bengaluru")
_WORDS = (
    "models evaluation customers platform training inference systems research team build deploy measure reliable "
    "safety product users latency pipeline experience years degree communicate ownership remote benefits equity health "
    "paid leave equal opportunity we you will work with and the of to for in on our a large language production scale"
).split()


def board_kind(number: int) -> str:
    """The kind of board `number`."""
    return KINDS[number % 3]


def size_of(number: int) -> int:
    """How many postings board `number` has: 20 to 200, 110 on average."""
    return 20 + number * 7919 % 181


def path_of(number: int) -> str:
    """Where board `number` is."""
    return PATHS[board_kind(number)].format(number)


def _prose(dice: random.Random) -> str:
    """Some 6 KB of HTML."""
    paragraphs = [" ".join(dice.choices(_WORDS, k=dice.randint(40, 90))).capitalize() for _ in range(10)]
    items = "".join(f"<li>{' '.join(dice.choices(_WORDS, k=12))}</li>" for _ in range(16))
    pay = f"<p>The salary range is ${dice.randint(90, 200)},000 - ${dice.randint(201, 320)},000 USD a year.</p>"
    return "".join(f"<p>{text}.</p>" for text in paragraphs) + f"<h3>You have</h3><ul>{items}</ul>{pay}"


def _greenhouse(dice: random.Random, title: str, place: str, prose: str) -> dict[str, Any]:
    return {
        "absolute_url": "https://job-boards.greenhouse.io/BOARD/jobs/@@", "internal_job_id": "@@1", "id": "@@",
        "location": {"name": place}, "metadata": [], "updated_at": "2026-11-21T08:00:00-05:00",
        "requisition_id": "R@@", "title": title, "company_name": "Company BOARD",
        "first_published": f"2026-11-{dice.randint(1, 20):02}T10:00:00-05:00", "application_deadline": None,
        "content": html.escape(prose), "departments": [{"id": 1, "name": "Research", "child_ids": []}],
        "offices": [{"id": 2, "name": place, "location": place, "child_ids": []}],
    }  # fmt: skip


def _lever(dice: random.Random, title: str, place: str, prose: str) -> dict[str, Any]:
    plain = re.sub("<[^>]+>", " ", prose)
    return {
        "id": "@@", "text": title, "hostedUrl": "https://jobs.lever.co/BOARD/@@", "country": None,
        "applyUrl": "https://jobs.lever.co/BOARD/@@/apply", "createdAt": 1_790_000_000_000 + dice.randint(0, 10**9),
        "categories": {"location": place, "allLocations": [place], "team": "Research", "commitment": "Full-time"},
        "workplaceType": "hybrid", "description": prose, "descriptionPlain": plain, "additional": "<p>Apply.</p>",
        "lists": [{"text": "You will", "content": f"<li>{plain[:200]}</li>"}],
        "salaryRange": {"currency": "USD", "interval": "per-year-salary", "min": 100_000, "max": 200_000},
    }  # fmt: skip


def _ashby(dice: random.Random, title: str, place: str, prose: str) -> dict[str, Any]:
    post = {"postalAddress": {"addressLocality": place, "addressRegion": None, "addressCountry": "United States"}}
    return {
        "id": "@@", "title": title, "department": "Research", "team": "Models", "employmentType": "FullTime",
        "location": place, "secondaryLocations": [], "address": post, "isListed": True, "isRemote": False,
        "workplaceType": "Hybrid", "publishedAt": f"2026-11-{dice.randint(1, 20):02}T10:00:00.000+00:00",
        "jobUrl": "https://jobs.ashbyhq.com/BOARD/@@", "applyUrl": "https://jobs.ashbyhq.com/BOARD/@@/application",
        "descriptionHtml": prose, "descriptionPlain": re.sub("<[^>]+>", "\n", prose),
        "shouldDisplayCompensationOnJobPostings": True, "compensation": {"compensationTiers": []},
    }  # fmt: skip


@cache
def _prototypes(kind: str) -> list[bytes]:
    """Postings with `@@` where the number goes and `BOARD` where the board's name does."""
    dice = random.Random(kind)
    make = {"greenhouse": _greenhouse, "lever": _lever, "ashby": _ashby}[kind]
    rows = []
    for _ in range(_PROTOTYPES):
        title = f"{dice.choice(_LEVELS)}{dice.choice(_ROLES)}, Team @@"
        rows.append(json.dumps(make(dice, title, dice.choice(_PLACES), _prose(dice))).encode())
    return rows


def body_of(number: int, version: int) -> bytes:
    """Board `number` in `version`: a tenth of its postings differ from the version before."""
    kind, rows = board_kind(number), []
    board = f"b{number}".encode()
    for at in range(size_of(number)):
        stamp = version if at % 10 == 0 else 0
        row = _prototypes(kind)[(number + at) % _PROTOTYPES]
        rows.append(row.replace(b"@@", b"%d%03d%d" % (number + 1000, at, stamp)).replace(b"BOARD", board))
    start, end = FRAMES[kind]
    return start + b",".join(rows) + end


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and no bodies in requests."""

    round = 1
    latency = 0.0
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            request, self.received = self.received.split(b"\r\n\r\n", 1)
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self.answer, request)
            else:
                self.answer(request)

    def answer(self, request: bytes) -> None:
        if found := re.match(rb"GET /round/(\d+)", request):
            _Connection.round = int(found[1])
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        named = re.search(rb"/b(\d+)[/?]", request)
        assert named, request
        number = int(named[1])
        version = self.round if number % CHANGED == 0 else 1
        tag = b'"%d-%d"' % (number, version)
        if tag in request:
            self.transport.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag)
            return
        body = body_of(number, version)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: %s\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % (tag, len(body)) + body)


async def main(latency: float) -> None:
    """Serve until killed."""
    _Connection.latency = latency
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
