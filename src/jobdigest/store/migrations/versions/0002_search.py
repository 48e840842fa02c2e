"""What browsing reads and writes: the words of jobs, indexed in each database's own way; readers' reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OLD = "old.open AND NOT old.hidden AND old.rank IS NOT NULL"
_NEW = _OLD.replace("old.", "new.")
_LEAVE = "INSERT INTO job_words (job_words, rowid, words) SELECT 'delete', old.rank, old.words WHERE " + _OLD
_ENTER = "INSERT INTO job_words (rowid, words) SELECT new.rank, new.words WHERE " + _NEW
_CHANGED = f"old.words IS NOT new.words OR old.rank IS NOT new.rank OR ({_OLD}) IS NOT ({_NEW})"
SQLITE = (
    "CREATE VIRTUAL TABLE job_words USING fts5 (words, content='jobs', content_rowid='rank', detail=column, "
    "columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    f"CREATE TRIGGER job_words_insert AFTER INSERT ON jobs WHEN {_NEW} BEGIN {_ENTER}; END",
    f"CREATE TRIGGER job_words_update AFTER UPDATE ON jobs WHEN {_CHANGED} BEGIN {_LEAVE}; {_ENTER}; END",
    f"CREATE TRIGGER job_words_delete AFTER DELETE ON jobs WHEN {_OLD} BEGIN {_LEAVE}; END",
)
POSTGRESQL = (
    "CREATE INDEX ix_jobs_words ON jobs USING gin (array_to_tsvector(string_to_array(words, ' '))) "
    "WHERE open AND NOT hidden",
)


def upgrade() -> None:
    """Add what searching goes by, and the table of reports."""
    op.add_column("jobs", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("rank", sa.BigInteger(), nullable=True))
    op.drop_index("ix_jobs_open_first_seen", "jobs")
    op.drop_index("ix_jobs_open_role_type", "jobs")
    op.create_index("ix_jobs_open_hidden_rank", "jobs", ["open", "hidden", "rank"])
    op.create_index("ix_jobs_open_hidden_role_type", "jobs", ["open", "hidden", "role_type"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reporter", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("job_id", "reporter", name=op.f("uq_reports_job_id_reporter")),
    )
