"""Which postings are one job: connected components over shared keys, kept up as postings arrive.

Every key (a strong identity, or the role at its employer) belongs to one job. A new posting joins the jobs of its keys;
if there are several, they meet: the oldest id stays, the others redirect to it. When a posting loses a key, its job is
taken apart and put together again. So the partition is a function of the postings alone, whatever their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from jobdigest.store.postings import Kept, Known, pack_keys, split_mask, unpack_keys
from jobdigest.store.schema import identities, jobs, postings

_OWNERS = {
    "qmark": "SELECT identity, job_id FROM identities WHERE identity IN (SELECT value FROM json_each(?))",
    "pyformat": "SELECT identity, job_id FROM identities WHERE identity = ANY(%s)",
}
_ADD_KEY = {
    "qmark": "INSERT INTO identities (identity, job_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
    "pyformat": "INSERT INTO identities (identity, job_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
}


class Assigned(NamedTuple):
    """The job of each posting, the jobs whose postings change, and those that may fall apart."""

    job_of: dict[int, str]
    touched: set[str]
    shrunk: set[str]


def assign(connection: Connection, kept: Sequence[Kept]) -> Assigned:
    """Find the jobs of postings, before they are written; jobs that meet through them are joined at once."""
    groups = _Groups()
    stored = _owners(connection, {key for row in kept for key in row.keys})
    owner = dict(stored)
    old_jobs = {*owner.values(), *(row.known.job_id for row in kept if row.known)}
    for row in kept:
        own = _own(row)
        groups.add(own)
        for key in row.keys:
            if (other := owner.setdefault(key, own)) != own:
                groups.join(own, other)
    roots = {job: groups.root(job) for job in {*old_jobs, *groups.members()}}
    moved = {job: roots[job] for job in old_jobs if roots[job] != job}
    _join(connection, moved)
    _add_keys(connection, {key: roots[owner[key]] for row in kept for key in row.keys if key not in stored})
    job_of = {row.id: roots[_own(row)] for row in kept}
    shrunk = {job_of[row.id] for row in kept if row.known and not set(unpack_keys(row.known.keys)) <= set(row.keys)}
    return Assigned(job_of, {*job_of.values(), *moved.values()}, shrunk)


def _own(row: Kept) -> str:
    return row.known.job_id if row.known else f"j{row.id}"


def _owners(connection: Connection, keys: set[int]) -> dict[int, str]:
    """The jobs of those keys that have one, asked for as one array: there are thousands of keys in a batch."""
    wanted = sorted(keys)
    lite = connection.dialect.paramstyle == "qmark"
    rows = connection.exec_driver_sql(_OWNERS[connection.dialect.paramstyle], (str(wanted) if lite else wanted,))
    return {key: job_id for key, job_id in rows}


def _join(connection: Connection, moved: dict[str, str]) -> None:
    """Jobs that met: everything of the younger is the older one's, and its id redirects."""
    if not moved:
        return
    pairs = [{"old": old, "new": new} for old, new in moved.items()]
    for table in (postings, identities):
        connection.execute(
            update(table).where(table.c.job_id == bindparam("old")).values(job_id=bindparam("new")), pairs
        )
    connection.execute(
        update(jobs).where(jobs.c.id == bindparam("old")).values(redirect_to=bindparam("new"), open=False), pairs
    )
    connection.execute(
        update(jobs).where(jobs.c.redirect_to == bindparam("old")).values(redirect_to=bindparam("new")), pairs
    )


def _add_keys(connection: Connection, owners: dict[int, str]) -> None:
    """Keys that are new, in key order (neighbours on a page), past the ORM's layers: these are most of all rows."""
    if owners:
        connection.exec_driver_sql(_ADD_KEY[connection.dialect.paramstyle], sorted(owners.items()))


def rebuild(connection: Connection, job_id: str) -> set[str]:
    """Take one job apart and put it together from its postings' present keys; returns the jobs that result.

    The part with the oldest posting keeps the id; every other part gets the id of its own oldest posting.
    """
    members = connection.execute(
        select(postings.c.id, postings.c.identity_keys).where(postings.c.job_id == job_id).order_by(postings.c.id)
    ).all()
    connection.execute(delete(identities).where(identities.c.job_id == job_id))
    groups, owner = _Groups(), dict[int, str]()
    for id_, packed in members:
        groups.add(f"j{id_}")
        for key in unpack_keys(packed):
            groups.join(f"j{id_}", owner.setdefault(key, f"j{id_}"))
    names = {groups.root(f"j{members[0].id}"): job_id} if members else {}
    moves = [(id_, names.setdefault(root := groups.root(f"j{id_}"), root)) for id_, _ in members]
    parts = defaultdict(list)
    for id_, name in moves:
        parts[name].append(id_)
    for name, ids in parts.items():
        connection.execute(update(postings).where(postings.c.id.in_(ids)).values(job_id=name))
        connection.execute(update(jobs).where(jobs.c.id == name).values(redirect_to=None))
    _add_keys(connection, {key: names[groups.root(job)] for key, job in owner.items()})
    return set(parts) | {job_id}


def remask(connection: Connection, known: Known, source: str, source_id: str, *, undo: bool) -> set[str]:
    """Keep one posting's keys apart from all others', or let them meet again; returns the jobs that changed."""
    mask = split_mask(source, source_id)
    keys = tuple(key ^ mask for key in unpack_keys(known.keys))
    connection.execute(update(postings).where(postings.c.id == known.id).values(identity_keys=pack_keys(keys)))
    touched = rebuild(connection, known.job_id)
    if undo:
        own = connection.scalar(select(postings.c.job_id).where(postings.c.id == known.id)) or known.job_id
        found = assign(connection, [Kept(known.id, keys, known._replace(job_id=own, keys=pack_keys(keys)))])
        connection.execute(update(postings).where(postings.c.id == known.id).values(job_id=found.job_of[known.id]))
        touched |= found.touched
    return touched


class _Groups:
    """Union-find over job ids; the root of a group is its oldest id."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def add(self, job: str) -> None:
        self._parent.setdefault(job, job)

    def members(self) -> list[str]:
        return list(self._parent)

    def root(self, job: str) -> str:
        parent = self._parent.get(job, job)
        while parent != self._parent.get(parent, parent):
            parent = self._parent[job] = self._parent[parent]
            job, parent = parent, self._parent[parent]
        return parent

    def join(self, one: str, other: str) -> None:
        self.add(other)
        first, second = self.root(one), self.root(other)
        if first != second:
            old, new = sorted((first, second), key=_age)
            self._parent[new] = old


def _age(job: str) -> int:
    return int(job[1:])
