"""The record: verdicts and statements, each written in one transaction with its ledger entry.

Specified in `docs/spec/state.md`.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, or_, select

from blastdoor.errors import InputError, IntegrityError
from blastdoor.formats import canonical_bytes, digest, moment_text
from blastdoor.ledger import Kind, next_entry
from blastdoor.model import Deployment, Envelope, Mark, Override, Report, Statement
from blastdoor.ports import Clock
from blastdoor.store import tables
from blastdoor.store.database import Database

#: Who speaks in an entry that no person made.
_OURSELVES = "blastdoor"
_PAGE = 1_000


_KINDS: Mapping[str, Kind] = {
    "yes": "approval",
    "no": "rejection",
    "no_ai": "attestation",
    "used_ai": "attestation",
    "not_mine": "attestation",
    "withdraw": "withdrawal",
    "accept": "acceptance",
    "override": "override",
    "review": "override_review",
}


class SqliteRecord:
    """The port `Record`, kept in SQLite. Safe for many processes and threads at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add_verdict(
        self,
        id: str,  # noqa: A002 - the domain's word
        verdict: bytes,
        bundle: bytes,
        marks: Sequence[Mark] = (),
        seen: Sequence[tuple[str, str]] = (),
        carried: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Record a verdict and the bundle it was decided from; the same once more changes nothing.

        The bundle's names go to the identities, from where they can be erased.
        """
        nameless, names = _without_names(bundle)
        key = {"id": id, "verdict": digest(verdict), "bundle": digest(nameless)}
        body = canonical_bytes({"v": 1, "verdict": key["verdict"], "bundle": key["bundle"]})
        with self._database.writing() as connection:
            _add_names(connection, id, names)
            if _exists(connection, tables.verdict, key):
                return
            for part in (verdict, nameless):
                _add_body(connection, part)
            seq = self._append(connection, "verdict", id, _OURSELVES, body)
            connection.execute(insert(tables.verdict).values(**key, seq=seq))
            _add_marks(connection, marks, seq)
            _add_seen(connection, seen, moment_text(self._clock()), seq)
            for statement, proof in carried:
                self._append(connection, "carry", statement, _OURSELVES, proof)

    def add_statement(
        self,
        id: str,  # noqa: A002 - the domain's word
        envelope: bytes,
        actor: str,
        marks: Sequence[Mark] = (),
    ) -> None:
        """Record what a person said; the same once more changes nothing.

        `envelope` is canonical bytes. The same statement in another envelope (signed, where the first was
        not) is another entry: an unsigned copy must not keep the signed one off the record.
        """
        kind = _kind_of(envelope)
        key = {"id": id, "envelope": digest(envelope)}
        with self._database.writing() as connection:
            if _exists(connection, tables.statement, key):
                return
            seq = self._append(connection, kind, id, actor, envelope)
            connection.execute(insert(tables.statement).values(**key, seq=seq))
            _add_marks(connection, marks, seq)

    def entries(self) -> Iterator[bytes]:
        """The canonical bytes of every entry, in order; a page at a time, so that no writer waits."""
        last = 0
        while True:
            query = select(tables.entry.c.seq, tables.entry.c.bytes).where(tables.entry.c.seq > last)
            with self._database.reading() as connection:
                rows = connection.execute(query.order_by(tables.entry.c.seq).limit(_PAGE)).all()
            if not rows:
                return
            yield from (row.bytes for row in rows)
            last = rows[-1].seq

    def verdict(self, id: str) -> bytes | None:  # noqa: A002 - the domain's word
        """The bytes of a recorded verdict; None if there is none, or it was erased."""
        table = tables.verdict
        with self._database.reading() as connection:
            found = connection.scalar(select(table.c.verdict).where(table.c.id == id).order_by(table.c.seq))
        return None if found is None else self.body(found)

    def body(self, key: str) -> bytes | None:
        """The bytes whose digest is `key`; None if there are none, or they were erased.

        IntegrityError if they do not have that digest.
        """
        with self._database.reading() as connection:
            found: bytes | None = connection.scalar(
                select(tables.body.c.bytes).where(tables.body.c.digest == key)
            )
        if found is not None and digest(found) != key:
            raise IntegrityError(f"{self._database.path}: the body {key} was altered")
        return found

    def names(self, scope: str = "") -> dict[str, str]:
        """What pseudonyms stand for, as far as it was not erased: a name, else a mailbox.

        With a verdict's id as `scope`, also the `u_1`, `u_2`, … that mean something in that verdict alone.
        """
        table = tables.identity
        query = select(table).where(table.c.scope.in_(("", scope))).order_by(table.c.pseudonym)
        with self._database.reading() as connection:
            return {row.pseudonym: row.name or row.mailbox for row in connection.execute(query)}

    def add_identity(self, pseudonym: str, *, name: str | None = None, mailbox: str | None = None) -> None:
        """Remember whom a pseudonym stands for; what was remembered before is replaced."""
        if not name and not mailbox:
            raise InputError(f"{pseudonym}: a name or a mailbox is needed")
        with self._database.writing() as connection:
            _put_identity(connection, "", pseudonym, name, mailbox)

    def erase_identity(self, who: str) -> int:
        """Erase what ties a person to the record, and say how many rows that were.

        `who` is a pseudonym, or a mailbox or name as it stands here. Entries and bodies stay, and decide the
        same; the bytes erased are overwritten in the file.
        """
        table = tables.identity
        wanted = or_(
            (table.c.scope == "") & (table.c.pseudonym == who),
            func.lower(table.c.mailbox) == who.lower(),
            table.c.name == who,
        )
        with self._database.writing() as connection:
            erased = connection.execute(delete(table).where(wanted)).rowcount
        self._database.fold()
        return erased

    def _append(self, connection: Connection, kind: Kind, subject: str, actor: str, body: bytes) -> int:
        """Write the next entry with its body. The caller holds the write lock, so the chain cannot fork."""
        last = connection.scalar(select(tables.entry.c.bytes).order_by(tables.entry.c.seq.desc()).limit(1))
        time = moment_text(self._clock())
        entry = next_entry(last, time=time, kind=kind, subject=subject, actor=actor, body=digest(body))
        data = canonical_bytes(entry)
        _add_body(connection, body)
        connection.execute(insert(tables.entry).values(seq=entry.seq, bytes=data, digest=digest(data)))
        return entry.seq


def _exists(connection: Connection, table: Table, key: Mapping[str, str]) -> bool:
    query = select(table.c.seq).where(*(table.c[column] == value for column, value in key.items()))
    return connection.scalar(query) is not None


def _add_body(connection: Connection, data: bytes) -> None:
    key = digest(data)
    known = connection.scalar(select(tables.body.c.digest).where(tables.body.c.digest == key))
    if known is None:
        connection.execute(insert(tables.body).values(digest=key, bytes=data))


def _add_marks(connection: Connection, marks: Sequence[Mark], seq: int) -> None:
    for mark in marks:
        signal = canonical_bytes(mark.signal).decode("utf-8")
        key = {"key": mark.key, "head": mark.head, "signal": digest(signal.encode("utf-8"))}
        if not _exists(connection, tables.mark, key):
            row = {**key, "base": mark.base, "commit": mark.commit, "text": signal, "seq": seq}
            connection.execute(insert(tables.mark).values(row))


def _add_seen(connection: Connection, seen: Sequence[tuple[str, str]], at: str, seq: int) -> None:
    for repository, patch in seen:
        key = {"key": f"{repository} {patch}"}
        if not _exists(connection, tables.seen, key):
            connection.execute(insert(tables.seen).values(**key, at=at, seq=seq))


def _add_names(connection: Connection, verdict: str, names: Mapping[str, str]) -> None:
    for pseudonym, called in names.items():
        lasting = pseudonym.startswith(("p_", "a_"))
        name, mailbox = (None, called) if "@" in called and not lasting else (called, None)
        _put_identity(connection, "" if lasting else verdict, pseudonym, name, mailbox)


def _put_identity(
    connection: Connection, scope: str, pseudonym: str, name: str | None, mailbox: str | None
) -> None:
    table = tables.identity
    connection.execute(delete(table).where(table.c.scope == scope, table.c.pseudonym == pseudonym))
    connection.execute(
        insert(table).values(scope=scope, pseudonym=pseudonym, name=name or None, mailbox=mailbox or None)
    )


def _kind_of(envelope: bytes) -> Kind:
    try:
        read = msgspec.json.decode(envelope, type=Envelope, strict=True)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(f"this is not a statement that could be recorded: {error}") from error
    said = read.read(Statement) or read.read(Override)
    if said is not None:
        return _KINDS[said.answer]
    if read.read(Report) is not None:
        return "report"
    if read.read(Deployment) is not None:
        return "deployment"
    raise InputError("this is not a statement that could be recorded: its payload is not readable")


def _without_names(bundle: bytes) -> tuple[bytes, dict[str, str]]:
    """A bundle with its `names` emptied, and those names. Canonical bytes stay canonical."""
    try:
        fields = msgspec.json.decode(bundle, type=dict[str, msgspec.Raw])
        names = msgspec.json.decode(fields.get("names", b"{}"), type=dict[str, str])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InputError(f"this is not a bundle that could be recorded: {error}") from error
    fields["names"] = msgspec.Raw(b"{}")
    return msgspec.json.encode(fields, order="sorted"), names
