"""What keeps the cost of a new posting the same in a large store: no step of a collection reads a whole table.

In SQLite only an INTEGER key is the table itself; with the BIGINT of before every key stood in an index, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_IN_SQLITE = (
    "ALTER TABLE identities RENAME TO identities_before",
    "DROP INDEX ix_identities_job_id",
    "CREATE TABLE identities (identity INTEGER NOT NULL, job_id VARCHAR NOT NULL, "
    "CONSTRAINT pk_identities PRIMARY KEY (identity))",
    "INSERT INTO identities SELECT identity, job_id FROM identities_before ORDER BY identity",
    "DROP TABLE identities_before",
    "CREATE INDEX ix_identities_job_id ON identities (job_id)",
    "INSERT INTO job_words (job_words, rank) VALUES ('automerge', 8)",  # eight pieces at a time, not four: less writing
)


def upgrade() -> None:
    """Make keys their table's own, merge the search index less, and index the few rows that a collection looks for."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in _IN_SQLITE:
            op.execute(statement)
    _index("ix_postings_in_scope_job_id", "postings", "job_id", "in_scope", "in_scope = 1")
    for table, column in (("jobs", "redirect_to"), ("postings", "valid_through")):
        _index(f"ix_{table}_{column}", table, column, f"{column} IS NOT NULL")


def _index(name: str, table: str, column: str, some: str, in_sqlite: str = "") -> None:
    """An index over some rows."""
    lite = sa.text(in_sqlite or some)
    op.create_index(name, table, [column], sqlite_where=lite, postgresql_where=sa.text(some))
