"""Marks: signals as they were seen with a verdict or statement, to be found again when they are gone."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0002"
down_revision = "0001"

_TRIGGERS = (
    """CREATE TRIGGER mark_is_not_updated BEFORE UPDATE ON mark
       BEGIN SELECT RAISE(ABORT, 'a mark is never changed'); END""",
    """CREATE TRIGGER mark_is_not_deleted BEFORE DELETE ON mark
       BEGIN SELECT RAISE(ABORT, 'a mark is never deleted'); END""",
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "mark",
        Column("key", Text, primary_key=True),
        Column("head", Text, primary_key=True),
        Column("signal", Text, primary_key=True),
        Column("base", Text, nullable=False),
        Column("commit", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)
