"""Finding open jobs by words and facts: one string of tokens for each job, which the database indexes in its own way.

`jobs.words` holds the folded words of title, employer and cities, and a token for every fact that can be filtered by:
`r_research` (role type), `l_senior` (level), `w_remote`, `e_openai` (employer), `k_london`, `k__gb` (place keys),
`s_emea` (region a remote job is open to), `p_80` (pays at least 80,000 euros a year, roughly). Folding leaves no
underscore in a word, so nobody's title can pretend to be a fact. SQLite indexes it with FTS5, kept in step by triggers;
PostgreSQL with GIN over a tsvector. A search is an AND of ORs of tokens; a token ending in `*` is a beginning.
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
    and_,
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
LISTED = jobs.c.open & ~jobs.c.hidden
VERSION = "jobs_version"
Groups = Sequence[Sequence[str]]
_ROWS = select(jobs).where(LISTED, jobs.c.rank.in_(bindparam("ranks", expanding=True))).order_by(jobs.c.rank.desc())
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
    return (min(posted or seen, seen).toordinal() << 40) + int(job_id[1:])


def day_of(rank: int) -> date:
    """The day in a rank."""
    return date.fromordinal(rank >> 40)


def bump(connection: Connection) -> None:
    """Jobs have changed: whoever keeps a page of them must look again."""
    facts.put(connection, VERSION, time_ns())


def version(connection: Connection) -> int:
    """A number that changes with the jobs."""
    return int(facts.get(connection, VERSION) or 0)


def page(
    connection: Connection, groups: Groups, *, below: int = FIRST, above: int = 0, most: int
) -> Sequence[Row[Any]]:
    """Rows of listed jobs that match, highest rank first, with ranks below `below`; or those next above `above`."""
    rank, where = _matching(connection, groups)
    ranks = select(rank).where(where, rank < below, rank > above).order_by(rank if above else rank.desc()).limit(most)
    found = connection.scalars(ranks).all()  # two steps: a join lets SQLite walk the jobs instead of the index
    return connection.execute(_ROWS, {"ranks": found}).all() if found else []


def count(connection: Connection, groups: Groups) -> int:
    """How many listed jobs match."""
    rank, where = _matching(connection, groups)
    return connection.scalar(select(func.count(rank)).where(where)) or 0


def count_by_role(connection: Connection) -> dict[str, int]:
    """How many listed jobs there are of each role type."""
    query = select(jobs.c.role_type, func.count()).where(LISTED).group_by(jobs.c.role_type)
    return {role: number for role, number in connection.execute(query)}


def newest_places(connection: Connection, most: int) -> Iterator[list[list[str | None]]]:
    """The places of the newest listed jobs, as `[city, region, country]`."""
    query = select(jobs.c.places).where(LISTED, jobs.c.rank.is_not(None)).order_by(jobs.c.rank.desc()).limit(most)
    yield from connection.scalars(query)


def ids(connection: Connection, *, skip: int, most: int) -> Sequence[tuple[str, int]]:
    """Ids and ranks of listed jobs, the oldest first, for a site map."""
    query = select(jobs.c.id, jobs.c.rank).where(LISTED, jobs.c.rank.is_not(None)).order_by(jobs.c.rank)
    return [(id_, rank) for id_, rank in connection.execute(query.offset(skip).limit(most))]


def _matching(connection: Connection, groups: Groups) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """The column that ranks, and the condition, over whatever this database searches by."""
    if not groups:
        return jobs.c.rank, LISTED
    if connection.dialect.name == "sqlite":
        return _INDEX.c.rowid, _INDEX.c.job_words.match(fts5(groups))
    return jobs.c.rank, and_(LISTED, _VECTOR.bool_op("@@")(cast(tsquery(groups), TSQUERY)))


def fts5(groups: Groups) -> str:
    """A search in the words of SQLite's FTS5; tokens are letters, digits and underscores."""
    ors = (
        " OR ".join(f'"{token[:-1]}" *' if token.endswith("*") else f'"{token}"' for token in some) for some in groups
    )
    return " AND ".join(f"({one})" for one in ors)


def tsquery(groups: Groups) -> str:
    """A search as PostgreSQL's tsquery."""
    ors = (
        " | ".join(f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'" for token in some) for some in groups
    )
    return " & ".join(f"({one})" for one in ors)
