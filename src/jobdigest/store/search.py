"""Finding open jobs by words and facts: one string of tokens for each job, which the database indexes in its own way.

`jobs.words` holds the folded words of title, employer and cities, and a token for every fact that can be filtered by:
`r_research` (role type), `l_senior` (level), `w_remote`, `e_openai` (employer), `k_london`, `k__gb` (place keys),
`s_emea` (region a remote job is open to), `p_80` (pays at least 80,000 euros a year, roughly). Folding leaves no
underscore in a word, so nobody's title can pretend to be a fact. SQLite indexes it with FTS5, kept in step by triggers;
PostgreSQL with GIN over a tsvector. A search is an AND of groups of tokens, a group an OR; a token ending in `*` is a
beginning. matching.py does the AND.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from time import time_ns
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from jobdigest.compose.money import yearly_euros
from jobdigest.store import facts
from jobdigest.store.schema import jobs

PAY_STEPS = (*range(20, 120, 10), *range(120, 200, 20), 200, 250, 300, 400, 500)  # thousand euros a year
MOST_WORDS, LONGEST = 60, 40
FIRST = 1 << 62  # above every rank
_DAY = 40  # bits below the day in a rank
LISTED = jobs.c.open & ~jobs.c.hidden
VERSION = "jobs_version"
Group = tuple[str, ...]
"""Tokens of which a job must have one."""
_NOT_SHOWN = ("words", "place_keys", "yearly_pay", "created", "redirect_to", "open", "closed_at")
_SHOWN = [one for one in jobs.c if one.name not in _NOT_SHOWN]
_BY_RANK = jobs.c.rank.in_(bindparam("ranks", expanding=True))
_ROWS = select(*_SHOWN).where(LISTED, _BY_RANK).order_by(jobs.c.rank.desc())
_INDEX = table("job_words", column("rowid"), column("job_words"))  # FTS5: the second is the whole row, for MATCH
_VECTOR = func.array_to_tsvector(func.string_to_array(jobs.c.words, literal_column("' '")))

_MARKS = re.compile("[\u0300-\u036f]")
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """`text` as plain words: case, accents and punctuation gone."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text)))
    return _NOT_WORD.sub(" ", text).strip()


@lru_cache(maxsize=65_536)
def fact(kind: str, value: str) -> str:
    """The token of a fact; of places `=` and `/` count, so that a country is not a city of the same letters."""
    plain = "".join(letter if letter.isalnum() else "_" for letter in value.casefold())
    return f"{kind}_{plain}"[: LONGEST * 2]


def words_of(fields: Mapping[str, Any], place_keys: Iterable[str]) -> str:
    """The tokens of a merged job; `place_keys` are those of all its places."""
    keys = sorted(place_keys)
    cities = " ".join(key for key in keys if not {"=", "/"} & set(key))
    said = fold(f"{fields['title']} {fields['company'] or ''} {cities}").split()
    tokens = [word[:LONGEST] for word in said[:MOST_WORDS]]
    tokens += [fact("k", key) for key in keys]
    single = (("r", "role_type"), ("l", "seniority"), ("e", "company_key"))
    tokens += [fact(kind, fields[name]) for kind, name in single if fields[name]]
    scope = fields["remote_scope"] or ()
    remote = fields["workplace"] == "remote" or bool(fields["workplace"] is None and scope and not fields["places"])
    if remote:
        tokens += ["w_remote", *(fact("s", region) for region in scope)]
    pay = yearly_euros(fields["salary"]) or 0
    tokens += [f"p_{step}" for step in PAY_STEPS if pay >= step * 1000]
    return " ".join(dict.fromkeys(tokens))


def rank_of(job_id: str, posted: date | None, first_seen: datetime) -> int:
    """Where a job stands in lists, the highest first: by its day (never one in the future), then by arrival."""
    seen = first_seen.astimezone(UTC).date()
    return (min(posted or seen, seen).toordinal() << _DAY) + int(job_id[1:])


def day_of(rank: int) -> date:
    """The day in a rank."""
    return date.fromordinal(rank >> _DAY)


def id_of(rank: int) -> str:
    """The job that has a rank."""
    return f"j{rank & (1 << _DAY) - 1}"


def bump(connection: Connection) -> None:
    """Jobs have changed: whoever keeps a page of them must look again."""
    facts.put(connection, VERSION, time_ns())


def version(connection: Connection) -> int:
    """A number that changes with the jobs."""
    return int(facts.get(connection, VERSION) or 0)


def ranks(connection: Connection) -> list[int]:
    """The ranks of all listed jobs, in no order."""
    return _numbers(connection, jobs.c.rank, LISTED & jobs.c.rank.is_not(None))


def ranks_with(connection: Connection, group: Group) -> list[int]:
    """The ranks of the listed jobs that have any of a group's tokens, by whatever this database searches with."""
    return _numbers(connection, *_matching(connection, group))


def count(connection: Connection, group: Group) -> int:
    """How many those are."""
    rank, where = _matching(connection, group)
    return connection.scalar(select(func.count(rank)).where(where)) or 0


def count_by_role(connection: Connection) -> dict[str, int]:
    """How many listed jobs there are of each role type."""
    query = select(jobs.c.role_type, func.count()).where(LISTED).group_by(jobs.c.role_type)
    return {role: number for role, number in connection.execute(query)}


def _matching(connection: Connection, group: Group) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    if connection.dialect.name == "sqlite":
        return _INDEX.c.rowid, _INDEX.c.job_words.match(fts5(group))
    return jobs.c.rank, LISTED & _VECTOR.bool_op("@@")(cast(tsquery(group), TSQUERY))


def _numbers(connection: Connection, number: ColumnElement[int], where: ColumnElement[bool]) -> list[int]:
    """All in one text: a row of its own costs many times what a number does."""
    text = connection.scalar(select(func.aggregate_strings(cast(number, String), ",")).where(where))
    return [int(one) for one in text.split(",")] if text else []


def rows(connection: Connection, ranks: Sequence[int]) -> Sequence[Row[Any]]:
    """The rows of listed jobs by their ranks, the highest first."""
    return connection.execute(_ROWS, {"ranks": ranks}).all()


def newest_places(connection: Connection, most: int) -> Iterator[list[list[str | None]]]:
    """The places of the newest listed jobs, as `[city, region, country]`."""
    query = select(jobs.c.places).where(LISTED, jobs.c.rank.is_not(None)).order_by(jobs.c.rank.desc()).limit(most)
    yield from connection.scalars(query)


def fts5(group: Group) -> str:
    """A search in the words of SQLite's FTS5; tokens are letters, digits and underscores."""
    return " OR ".join(f'"{token[:-1]}" *' if token.endswith("*") else f'"{token}"' for token in group)


def tsquery(group: Group) -> str:
    """A search as PostgreSQL's tsquery."""
    return " | ".join(f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'" for token in group)
