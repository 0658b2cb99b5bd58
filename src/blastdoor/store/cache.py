"""`cache.sqlite`: facts that can be had again, kept so that they need not be.

Written with Python's own sqlite3, not SQLAlchemy: that import alone (0.15 to 0.3 s) is more than a cache
saves on a small repository, and a cache is never a record: no migrations, no durability, deletable at any
time. Each row carries a checksum, since without fsync a power cut may leave anything, and a wrong fact would
be worse than a missing one. It is no seal: who may write the file may write what they like into it.
"""

import contextlib
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

#: Of the table's form. A cache of any other version is emptied.
_VERSION = 1
#: SQLite of Debian 12 takes 32,766 variables; a smaller statement is as fast.
_CHUNK = 1_000
#: Measured: 5,000 of 50,000 facts of 1 kB in 20 ms. A table WITHOUT ROWID reads as fast, but gives each value
#: over a quarter of a page pages of its own: with SQLite's 4,096, four times the file and twice the time.
_PAGE_SIZE = 16_384
#: Seconds to wait for another process. Asking git again is quicker than waiting long.
_PATIENCE = 2


class SqliteFactCache:
    """The port `FactCache` in one file. It never fails: what goes wrong is a fact it does not have."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "cache.sqlite"

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Those of the facts that are known and whole."""
        found: dict[str, bytes] = {}

        def read(connection: sqlite3.Connection) -> None:
            # In the order of the table, so that each of its pages is read once.
            wanted = sorted(set(keys))
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT key, sum, value FROM fact WHERE key IN ({marks})"  # noqa: S608 - marks alone
                found.update(
                    {
                        key: value
                        for key, total, value in connection.execute(query, chunk)
                        if isinstance(value, bytes) and total == _checksum(key, value)
                    }
                )

        if keys:
            self._run(read)
        return found

    def put_many(self, facts: Mapping[str, bytes]) -> None:
        """Remember, or silently do not."""
        rows = [(key, _checksum(key, value), value) for key, value in sorted(facts.items())]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO fact (key, sum, value) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

        if rows:
            self._run(write)

    def _run(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do the work on a connection of its own; once more on a new file if this one is damaged."""
        for _ in range(2):
            try:
                with contextlib.closing(_open(self._path)) as connection:
                    work(connection)
            except sqlite3.Error as error:
                # Python's own errors have no name: a text in the file that is no UTF-8.
                if not getattr(error, "sqlite_errorname", "SQLITE_ERROR").startswith(_DAMAGED):
                    return
                self._delete()
            except OSError:
                return
            else:
                return

    def _delete(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + suffix).unlink()


#: Not a database, a broken one, or a table of another form (SQLITE_ERROR: no such column).
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR")


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        if _version(connection) != _VERSION:
            connection.execute("BEGIN IMMEDIATE")
            if _version(connection) != _VERSION:
                connection.execute("DROP TABLE IF EXISTS fact")
                connection.execute(
                    "CREATE TABLE fact (key TEXT PRIMARY KEY, sum INTEGER NOT NULL, value BLOB NOT NULL)"
                )
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _checksum(key: str, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key.encode("utf-8", "surrogatepass")))
