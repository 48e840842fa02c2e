"""From a source's batch to stored, judged postings in their jobs: where collect, curate and the store meet."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from jobdigest.curate.judge import Rules, judge_all, raw_hash
from jobdigest.curate.place import place_keys
from jobdigest.model import Posting, RawPosting
from jobdigest.store import Store, jobs, postings, resolve, rulings
from jobdigest.store.postings import Fresh

CHUNK = 4000


class Counts(NamedTuple):
    """What became of a batch: rows taken, those never seen before, those whose words changed."""

    seen: int = 0
    new: int = 0
    changed: int = 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles, which takes a tenth of the time: judging makes none, only a multitude of objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()  # what is remembered grew old at once, without being looked through
            gc.enable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes one source's answer, batch by batch, in transactions of their own."""

    store: Store
    rules: Rules
    now: datetime
    source: str
    direct: bool
    first_success: bool

    def take(self, raws: Sequence[RawPosting]) -> Counts:
        """Store a batch; of rows with the same id in one batch the last one counts."""
        latest = list({raw.source_id: raw for raw in raws}.values())
        total = Counts()
        for start in range(0, len(latest), CHUNK):
            with _uncollected():
                counts = self._take_chunk(latest[start : start + CHUNK])
            total = Counts(*(a + b for a, b in zip(total, counts, strict=True)))
        return total

    def _take_chunk(self, raws: Sequence[RawPosting]) -> Counts:
        hashes = [raw_hash(raw, self.rules) for raw in raws]
        ids = [raw.source_id for raw in raws]
        judged = self._judge_ahead(raws, hashes, ids)
        with self.store.begin() as connection:
            postings.lock_curation(connection)
            known = postings.find_known(connection, self.source, ids)
            split_off = rulings.splits(connection, self.source)
            fresh, unchanged = [], []
            for raw, digest in zip(raws, hashes, strict=True):
                before = known.get(raw.source_id)
                if before and before.raw_hash == digest:
                    unchanged.append(before.id)
                else:
                    posting = judged.get(raw.source_id) or self._judge([raw])[raw.source_id]
                    mask = postings.split_mask(self.source, raw.source_id) if raw.source_id in split_off else 0
                    fresh.append(Fresh(posting, digest, before, mask))
            touched = set(postings.touch(connection, unchanged, self.now))
            kept = postings.number(connection, fresh)
            found = resolve.assign(connection, kept)
            postings.save(connection, fresh, kept, found.job_of, self.now, first_success=self.first_success)
            touched |= found.touched
            for job_id in found.shrunk:
                touched |= resolve.rebuild(connection, job_id)
            jobs.refresh(connection, touched, self.now, place_keys)
        new = sum(row.known is None for row in fresh)
        return Counts(len(raws), new, len(fresh) - new)

    def _judge_ahead(
        self, raws: Sequence[RawPosting], hashes: Sequence[bytes], ids: Sequence[str]
    ) -> dict[str, Posting]:
        """Judge what is new or changed before the transaction, in which nobody else may store."""
        with self.store.read() as connection:
            known = postings.find_known(connection, self.source, ids)
        return self._judge(
            [
                raw
                for raw, digest in zip(raws, hashes, strict=True)
                if raw.source_id not in known or known[raw.source_id].raw_hash != digest
            ]
        )

    def _judge(self, raws: Sequence[RawPosting]) -> dict[str, Posting]:
        judged = judge_all(raws, source=self.source, direct=self.direct, rules=self.rules, now=self.now)
        return {posting.source_id: posting for posting in judged}

    def finish(self, started: datetime) -> int:
        """After a complete answer: close what it no longer lists, by the rules of absence; returns how many."""
        with self.store.begin() as connection:
            postings.lock_curation(connection)
            closed, touched = postings.close_missing(connection, self.source, started, self.now)
            jobs.refresh(connection, touched, self.now, place_keys)
        return closed
