"""What is to come of each way in which `support.hostile` misbehaves; docs/faults.md tells operators the same."""

from __future__ import annotations

from support.hostile import CANNED

BAD_BYTE = CANNED["bad-json"].split(b"\r\n\r\n")[1].index(b"oops")
FAILED = {  # misbehaviour → what the operator reads
    "redirect-loop": r"redirect loop at boards-api\.greenhouse\.io",
    "redirect-chain": r"more than 5 redirects",
    "redirect-to-private": r"redirect to a private address \(169\.254\.169\.254\)",
    "redirect-to-file": r"redirect to 'file:///etc/passwd', which is no web address",
    "challenge-200": r"challenge page \('Just a moment'\)",
    "challenge-403": r"403 with a challenge page \('Just a moment'\)",
    "forbidden": r"403 Forbidden",
    "not-found": r"404 Not Found",
    "too-many": r"429 Too Many Requests",
    "too-many-for-long": r"429 Too Many Requests \(retry after 60 min\)",
    "server-error": r"500 Internal Server Error",
    "unavailable-until": r"503 Service Unavailable \(retry after \d+ days\)",
    "stall": r"timed out after 1 s",
    "stall-in-body": r"timed out after 1 s",
    "drip": r"timed out after 4 s, too slow",
    "truncated-gzip": r"truncated gzip after \d+ bytes",
    "false-gzip": r"not gzip, whatever its header says",
    "brotli": r"content-encoding 'br', which was not asked for",
    "gzip-bomb": r"more than 8 MB",
    "gigabyte": r"more than 8 MB",
    "bad-json": rf"not JSON at byte {BAD_BYTE}: expecting value, found 'oops .*",
    "html": r"not JSON at byte 0: .*",
    "deep": r"not JSON we can read: nested too deeply",
    "long-number": r"not JSON we can read: .*",
    "million-items": r"more than 2,000,000 values in one answer",
    "not-a-board": r"no list .*",
    "closed-at-once": r"connection closed without an answer",
    "closed-in-body": r"connection closed mid-body.*",
    "reset": r"connection reset|connection closed without an answer",
    "reset-in-headers": r"connection reset|connection closed.*",
    "reset-in-body": r"connection reset|connection closed mid-body.*",
    "not-http": r"not HTTP: .*",
    "bad-header": r"not HTTP: .*",
    "endless-header": r"not HTTP: .*",
    "billion-laughs": r"the XML declares a document type, which is refused since it can hold harmful entities",
    "xml-cut-short": r"not XML at line \d+: .*",
}
ALARMED = {
    "empty": r"empty, but had 6 postings before; nothing is closed",
    "half-gone": r"only 2 postings, but 6 before; nothing is closed",
    "duplicate-ids": r"only 1 postings, but 6 before; nothing is closed",
    "changing-ids": r"only 0 of 6 postings have the ids they had before; nothing is closed",
    "rows-of-rubbish": r"(empty|only 1 postings), but .*",
    "xml-empty": r"empty, but had 6 postings before; nothing is closed",
}
TAKEN = {"wrong-charset": 6, "mojibake": 6, "not-utf8": 6, "nul-bytes": 6, "too-many-for-a-moment": 7, "one-bad-row": 6}
XML = ("billion-laughs", "xml-cut-short", "xml-empty")
GOOD = ("good-1", "good-2", "good-3")
EVERY = (*FAILED, *ALARMED, *TAKEN)
