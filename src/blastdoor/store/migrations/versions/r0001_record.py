"""The record: entries, bodies, verdicts, statements, identities."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text

revision = "0001"
down_revision = None

# An INSERT OR REPLACE would delete a row without asking a DELETE trigger; so inserting checks too.
_TRIGGERS = (
    """CREATE TRIGGER entry_is_not_updated BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END""",
    """CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END""",
    """CREATE TRIGGER entry_is_appended BEFORE INSERT ON entry
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
       BEGIN SELECT RAISE(ABORT, 'an entry is only ever appended'); END""",
)


def upgrade() -> None:
    """Make the first schema."""
    op.create_table(
        "entry",
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("bytes", LargeBinary, nullable=False),
        Column("digest", Text, nullable=False),
    )
    op.create_table(
        "body",
        Column("digest", Text, primary_key=True),
        Column("bytes", LargeBinary, nullable=False),
    )
    op.create_table(
        "verdict",
        Column("id", Text, primary_key=True),
        Column("verdict", Text, primary_key=True),
        Column("bundle", Text, primary_key=True),
        Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
    )
    op.create_table(
        "statement",
        Column("id", Text, primary_key=True),
        Column("envelope", Text, primary_key=True),
        Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
    )
    op.create_table(
        "identity",
        Column("scope", Text, primary_key=True),
        Column("pseudonym", Text, primary_key=True),
        Column("name", Text),
        Column("mailbox", Text),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)
