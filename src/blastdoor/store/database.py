"""`state.sqlite`: opened with the settings a record needs, and brought to this version's schema.

Every connection is opened for one piece of work and closed after it: the last one to close folds the
write-ahead log back in, so that between two commands the record is one file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError

from blastdoor.errors import InputError, SourceError
from blastdoor.store.migrations import SCHEMA

#: How long a writer waits for another, in seconds.
_PATIENCE = 30
#: "Bldr": tells our file from another program's SQLite database.
_APPLICATION_ID = 0x426C6472
#: Execution option of a connection: how its transactions begin.
_BEGIN = "blastdoor_begin"


class Database:
    """The record's database. `reading` and `writing` are one transaction each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _engine(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the record. SourceError if the database fails."""
        with _told(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its beginning.

        What it reads is still so when it writes, whatever other processes do. SourceError if the database
        fails; then, as for any other error, nothing of it is written.
        """
        engine = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with _told(self.path), engine.begin() as connection:
            yield connection

    def fold(self) -> None:
        """Move everything from the write-ahead log into the database file, and empty the log."""
        with _told(self.path), self._engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def open_database(directory: Path) -> Database:
    """The database in `directory`, both made where they are absent.

    InputError if a newer Blastdoor wrote it; SourceError if it cannot be opened, or is not ours.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"{directory}: the state directory cannot be made ({error.strerror})",
            hint="give another with --state DIR or BLASTDOOR_STATE",
        ) from error
    database = Database(directory / "state.sqlite")
    with database.reading() as connection:
        current = _schema(connection, database.path)
    if current != SCHEMA:
        _migrate(database)
    return database


def _migrate(database: Database) -> None:
    with database.writing() as connection:
        # Asked again under the lock: another process may just have done it.
        if _schema(connection, database.path) == SCHEMA:
            return
        # Alembic costs 0.4 s, and is needed once in a schema's life.
        from alembic import command  # noqa: PLC0415 - start-up
        from alembic.config import Config  # noqa: PLC0415 - start-up

        config = Config()
        config.set_main_option("script_location", "blastdoor.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")


def _schema(connection: Connection, path: Path) -> int:
    """The number of the schema that is there; 0 for an empty database."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return 0
    ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == _APPLICATION_ID
    if not ours or "alembic_version" not in names:
        raise SourceError(
            f"{path.name} is a database of something else, not a record of Blastdoor ({path})",
            hint="move it away, or give another directory with --state DIR",
        )
    written = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    schema = int(written) if isinstance(written, str) and written.isascii() and written.isdigit() else 0
    if schema > SCHEMA:
        raise InputError(
            f"{path.name} was written by a newer Blastdoor (schema {schema}, this one knows {SCHEMA})",
            hint=f"run a Blastdoor at least as new as the one that wrote {path}",
        )
    if schema < 1:
        raise SourceError(f"{path.name} does not say which schema it has ({path})", hint="it is damaged")
    return schema


def _engine(path: Path) -> Engine:
    engine = create_engine(
        # A creator, not an address: a path may hold `?`, `#` and `%`.
        "sqlite://",
        creator=lambda: _connect(path),
        poolclass=NullPool,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions begin where we say, also around DDL.
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The database's failures as one sentence each."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorname", "")
        said, hint = next((told for start, told in _FAILURES.items() if code.startswith(start)), ("", ""))
        raise SourceError(f"{path}: {said or 'the database failed'} ({error.orig})", hint=hint) from error


_DAMAGED = ("this is not a database, or a damaged one", "move it away to start a new record, and keep it")
_NO_ACCESS = ("the record cannot be opened for writing", "give another directory with --state DIR")
#: By the beginning of SQLite's name for the error: what to say, and what to do.
_FAILURES = {
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CANTOPEN": _NO_ACCESS,
    "SQLITE_READONLY": _NO_ACCESS,
    "SQLITE_PERM": _NO_ACCESS,
    "SQLITE_BUSY": ("another process has been writing to the record for too long", "try again"),
    "SQLITE_FULL": ("the disk is full, and nothing was written", "make room, then try again"),
}
