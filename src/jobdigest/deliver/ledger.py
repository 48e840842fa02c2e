"""What the send loop asks of the store, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from jobdigest.model import Delivery, Limit, Outcome


class Ledger(Protocol):
    """What the loop asks of the store; `store.sending.SendingLedger` says what each method means."""

    edition: str

    def open(self, now: datetime, *, alongside: bool) -> str | None: ...
    def claim(
        self,
        n: int,
        limits: Sequence[Limit],
        domain_limits: Mapping[str, Limit],
        *,
        now: datetime,
        calendar: datetime,
        late_before: datetime,
    ) -> list[Delivery] | None: ...
    def let_go(self, keep: Sequence[int]) -> None: ...
    def settle(
        self,
        ready: Sequence[int],
        outcomes: Sequence[Outcome],
        unsent: Sequence[int],
        stop: str | None,
        patience: timedelta,
        now: datetime,
    ) -> set[int]: ...
    def renew(self, ids: Sequence[int], now: datetime) -> None: ...
    def next_wait(self, now: datetime, calendar: datetime) -> timedelta | None: ...
    def standing(self) -> tuple[str, str | None, dict[str, int]]: ...
    def state(self) -> str: ...
    def senders(self) -> int: ...
    def close(self) -> None: ...
