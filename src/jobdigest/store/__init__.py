"""The store: everything that is remembered, and the only code that speaks SQL.

`Store` opens a database and hands out transactions; the functions that read and write one part of the ledger stand in
the module of that part and take a `Connection` first.
"""

from __future__ import annotations

from jobdigest.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
