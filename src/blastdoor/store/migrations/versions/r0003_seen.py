"""When a difference was first on record, which a cooling time counts from."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0003"
down_revision = "0002"

_TRIGGERS = (
    """CREATE TRIGGER seen_is_not_updated BEFORE UPDATE ON seen
       BEGIN SELECT RAISE(ABORT, 'what was seen first stays'); END""",
    """CREATE TRIGGER seen_is_not_deleted BEFORE DELETE ON seen
       BEGIN SELECT RAISE(ABORT, 'what was seen first stays'); END""",
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "seen",
        Column("key", Text, primary_key=True),
        Column("at", Text, nullable=False),
        Column("seq", Integer, ForeignKey("entry.seq"), nullable=False),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger)
