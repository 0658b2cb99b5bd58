"""Marks, and when what was first seen, read from the record, for a `check` that records nothing.

Written with Python's own sqlite3 for the reason that the cache is (docs/adr/0006-libraries.md): every check
asks, and importing SQLAlchemy would cost it a third of its time. What is written goes through the record.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from blastdoor.errors import SourceError
from blastdoor.model import Mark, Signal

_CHUNK = 1_000
_MARKS = 'SELECT key, base, head, "commit", text FROM mark'
_PATIENCE = 5
#: The key of any mark of a repository.
ANY = "any"
_Read = TypeVar("_Read")


class SqliteMarks:
    """The port `Marks` on a state directory; where there is no record, there are no marks."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "state.sqlite"

    def recall(self, repository: str, keys: Sequence[str]) -> tuple[Mark, ...]:
        """The marks of a repository under one of the keys, in a stable order."""

        def read(connection: sqlite3.Connection) -> tuple[Mark, ...]:
            found: list[Mark] = []
            wanted = sorted({f"{repository} {key}" for key in keys})
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                places = ",".join("?" * len(chunk))
                query = f"{_MARKS} WHERE key IN ({places}) ORDER BY key, head, text"
                found += [
                    Mark(
                        key=key.removeprefix(f"{repository} "),
                        base=base,
                        head=head,
                        commit=commit,
                        signal=msgspec.json.decode(text, type=Signal),
                    )
                    for key, base, head, commit, text in connection.execute(query, chunk)
                ]
            return tuple(found)

        return self._read(read, ()) if keys else ()

    def has(self, repository: str) -> bool:
        """Whether there is any mark of this repository."""

        def read(connection: sqlite3.Connection) -> bool:
            query = "SELECT 1 FROM mark WHERE key = ? LIMIT 1"
            return connection.execute(query, (f"{repository} {ANY}",)).fetchone() is not None

        return self._read(read, False)

    def first_seen(self, repository: str, patch: str) -> str | None:
        """When a difference was first recorded."""

        def read(connection: sqlite3.Connection) -> str | None:
            found = connection.execute(
                "SELECT at FROM seen WHERE key = ?", (f"{repository} {patch}",)
            ).fetchone()
            return None if found is None else str(found[0])

        return self._read(read, None, "seen")

    def _read(
        self, read: Callable[[sqlite3.Connection], _Read], otherwise: _Read, table: str = "mark"
    ) -> _Read:
        try:
            if not self._path.is_file():
                return otherwise
            # A record in a folder that cannot be written is read as it lies there.
            for mode in ("mode=ro", "immutable=1"):
                try:
                    return self._try(read, mode, otherwise, table)
                except sqlite3.OperationalError as error:
                    failure = error
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{self._path}: the marks in it cannot be read ({error})") from error
        raise SourceError(f"{self._path}: the marks in it cannot be read ({failure})") from failure

    def _try(
        self, read: Callable[[sqlite3.Connection], _Read], mode: str, otherwise: _Read, table: str
    ) -> _Read:
        address = f"file:{quote(str(self._path.absolute()))}?{mode}"
        connection = sqlite3.connect(address, uri=True, timeout=_PATIENCE)
        try:
            query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            if connection.execute(query, (table,)).fetchone() is None:
                return otherwise  # a record from before there was this table
            return read(connection)
        finally:
            connection.close()
