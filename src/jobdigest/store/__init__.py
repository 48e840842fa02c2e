"""The store: everything that is remembered, and the only code that speaks SQL.

`Store` opens a database and hands out transactions; the functions that read and write one part of the ledger stand in
the module of that part and take a `Connection` first. Others know `Connection` and `Row` as types only.
"""

from __future__ import annotations

from sqlalchemy import Connection, Row

from jobdigest.store.engine import Store, open_store

__all__ = ["Connection", "Row", "Store", "open_store"]
