"""The store: the record of what was decided and said, the cache of facts, and key files.

Invariant: the only room that knows SQL. SQLAlchemy (0.15 to 0.3 s) is imported when a record is opened, not
when this room is.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from blastdoor.ports import Clock
from blastdoor.store.cache import SqliteFactCache
from blastdoor.store.keys import load_private_key, public_key_of, sign_statement, throwaway_key
from blastdoor.store.marks import SqliteMarks

if TYPE_CHECKING:
    from blastdoor.store.record import SqliteRecord

__all__ = [
    "SqliteFactCache",
    "SqliteMarks",
    "load_private_key",
    "open_record",
    "public_key_of",
    "sign_statement",
    "throwaway_key",
]


def open_record(directory: Path, clock: Clock) -> "SqliteRecord":
    """The record in `directory` (`state.sqlite`), made or brought to this version's schema where needed.

    InputError if a newer Blastdoor wrote it; SourceError if it cannot be read or written.
    """
    from blastdoor.store.database import open_database  # noqa: PLC0415 - start-up
    from blastdoor.store.record import SqliteRecord  # noqa: PLC0415 - start-up

    return SqliteRecord(open_database(directory), clock)
