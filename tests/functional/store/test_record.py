"""The record: one transaction with its ledger entry, whatever happens around it."""

import datetime as dt
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from blastdoor.errors import InputError, IntegrityError, SourceError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.ledger import read_entry, verify_chain
from blastdoor.model import Envelope
from blastdoor.ports import Record
from blastdoor.store import open_record
from blastdoor.store.migrations import SCHEMA
from blastdoor.store.record import SqliteRecord
from builders import a_case, a_statement

NOW = dt.datetime(2026, 3, 10, 13, 0, 0, 999, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def clock() -> dt.datetime:
    return NOW


@pytest.fixture
def record(tmp_path: Path) -> SqliteRecord:
    return open_record(tmp_path / "state", clock)


STATEMENT: dict[str, Any] = msgspec.to_builtins(a_statement(a_case(), "p_ines"))


def an_envelope(answer: str = "yes", signature: str = "", **more: Any) -> bytes:
    payload = canonical_bytes(STATEMENT | {"answer": answer} | more).decode()
    return canonical_bytes(Envelope(payload=payload, signature=signature or msgspec.UNSET))


def a_bundle(names: dict[str, str] | None = None, **more: Any) -> bytes:
    return canonical_bytes({"kind": "blastdoor-bundle", "v": 1, "names": names or {}} | more)


def in_sql(record: SqliteRecord, *statements: str) -> list[Any]:
    """What somebody does who opens the file with another program."""
    connection = sqlite3.connect(record._database.path, isolation_level=None)
    try:
        return [connection.execute(statement).fetchall() for statement in statements]
    finally:
        connection.close()


def test_a_record_is_the_port(record: SqliteRecord) -> None:
    port: Record = record
    port.add_verdict("vrd_a", b"{}", a_bundle(), ())
    port.add_statement("apr_a", an_envelope(), "p_ines", ())
    assert len(list(record.entries())) == 2


def test_a_new_record_is_empty(record: SqliteRecord) -> None:
    assert list(record.entries()) == []
    assert record.verdict("vrd_a") is None
    assert record.body(digest(b"x")) is None
    assert record.names() == {}


def test_a_verdict_is_recorded_with_its_bundle_and_entry(record: SqliteRecord) -> None:
    record.add_verdict("vrd_a", b'{"verdict":"hold"}', a_bundle(case=1))
    (entry,) = map(read_entry, record.entries())
    assert (entry.kind, entry.subject, entry.actor) == ("verdict", "vrd_a", "blastdoor")
    assert entry.time == "2026-03-10T12:00:00Z"
    assert record.verdict("vrd_a") == b'{"verdict":"hold"}'
    body = msgspec.json.decode(record.body(entry.body) or b"")
    assert body == {"v": 1, "verdict": digest(b'{"verdict":"hold"}'), "bundle": digest(a_bundle(case=1))}
    assert record.body(body["bundle"]) == a_bundle(case=1)


@pytest.mark.parametrize(
    ("answer", "kind"), [("yes", "approval"), ("no", "rejection"), ("withdraw", "withdrawal")]
)
def test_a_statement_is_recorded_by_what_it_says(record: SqliteRecord, answer: str, kind: str) -> None:
    record.add_statement("apr_a", an_envelope(answer), "p_ines")
    (entry,) = map(read_entry, record.entries())
    assert (entry.kind, entry.subject, entry.actor) == (kind, "apr_a", "p_ines")
    assert record.body(entry.body) == an_envelope(answer)


def test_entries_follow_one_another_over_openings(tmp_path: Path) -> None:
    for number in range(5):
        open_record(tmp_path, clock).add_statement(f"apr_{number}", an_envelope(), "p_ines")
    entries = list(open_record(tmp_path, clock).entries())
    verify_chain(entries)
    assert [read_entry(entry).subject for entry in entries] == [f"apr_{number}" for number in range(5)]


def test_entries_come_in_order_over_many_pages(record: SqliteRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blastdoor.store.record._PAGE", 3)
    for number in range(10):
        record.add_statement(f"apr_{number}", an_envelope(), "p_ines")
    verify_chain(record.entries())
    assert len(list(record.entries())) == 10


def test_the_same_thing_again_adds_nothing(record: SqliteRecord) -> None:
    for _ in range(3):
        record.add_verdict("vrd_a", b"{}", a_bundle())
        record.add_verdict("vrd_a", b"{}", a_bundle({"p_ines": "Ines Example"}))  # the same but for names
        record.add_statement("apr_a", an_envelope(), "p_ines")
    assert len(list(record.entries())) == 2


def test_a_signed_statement_is_not_kept_out_by_its_unsigned_copy(record: SqliteRecord) -> None:
    record.add_statement("apr_a", an_envelope(), "p_ines")
    record.add_statement("apr_a", an_envelope(signature="signed"), "p_ines")
    assert record.body(digest(an_envelope(signature="signed"))) is not None
    assert len(list(record.entries())) == 2


def test_two_statements_of_the_same_words_share_a_body(record: SqliteRecord) -> None:
    record.add_statement("apr_a", an_envelope(), "p_ines")
    record.add_statement("apr_b", an_envelope(), "p_otto")
    assert in_sql(record, "SELECT count(*) FROM body") == [[(1,)]]
    assert len(list(record.entries())) == 2


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        b'{"payload":"{}"}',
        an_envelope("perhaps"),
        b'{"payload":"\\ud800"}',
    ],
)
def test_what_is_no_statement_is_refused_and_leaves_nothing(record: SqliteRecord, envelope: bytes) -> None:
    with pytest.raises(InputError, match="not a statement"):
        record.add_statement("apr_a", envelope, "p_ines")
    assert list(record.entries()) == []


@pytest.mark.parametrize("bundle", [b"", b"[]", b'{"names":{"p_ines":1}}', b'{"names":', b'{"names":null}'])
def test_what_is_no_bundle_is_refused_and_leaves_nothing(record: SqliteRecord, bundle: bytes) -> None:
    with pytest.raises(InputError, match="not a bundle"):
        record.add_verdict("vrd_a", b"{}", bundle)
    assert list(record.entries()) == []


def test_a_refused_entry_leaves_nothing_of_its_transaction(record: SqliteRecord) -> None:
    """The verdict's bodies are written before the entry; with the entry refused, they are not there."""
    with pytest.raises(InputError, match="not an id"):
        record.add_verdict("Not An Id", b"{}", a_bundle({"p_ines": "Ines Example"}))
    with pytest.raises(InputError, match="not an id or a pseudonym"):
        record.add_statement("apr_a", an_envelope(), "Ines Example")
    counts = in_sql(
        record,
        "SELECT count(*) FROM entry",
        "SELECT count(*) FROM body",
        "SELECT count(*) FROM verdict",
        "SELECT count(*) FROM identity",
    )
    assert counts == [[(0,)]] * 4


# --- entries stay ----------------------------------------------------------------------------------------


@pytest.mark.promise(12)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET bytes = x'00' WHERE seq = 1",
        "UPDATE entry SET digest = 'x'",
        "UPDATE entry SET seq = 9 WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry VALUES (2, x'00', 'x')",
        "REPLACE INTO entry SELECT 1, bytes, digest FROM entry WHERE seq = 2",
        "INSERT INTO entry VALUES (4, x'00', 'x')",
        "INSERT INTO entry VALUES (-1, x'00', 'x')",
        "INSERT INTO entry (bytes, digest) VALUES (x'00', 'x')",
        "INSERT INTO entry VALUES (1, x'00', 'x') ON CONFLICT (seq) DO UPDATE SET bytes = x'00'",
    ],
)
def test_the_database_refuses_to_change_an_entry(record: SqliteRecord, statement: str) -> None:
    record.add_statement("apr_a", an_envelope(), "p_ines")
    record.add_statement("apr_b", an_envelope(), "p_ines")
    before = list(record.entries())
    with pytest.raises(sqlite3.IntegrityError, match="an entry is"):
        in_sql(record, statement)
    assert list(record.entries()) == before


def test_a_body_can_be_erased_and_the_chain_stays(record: SqliteRecord) -> None:
    record.add_statement("apr_a", an_envelope(), "p_ines")
    record.add_verdict("vrd_a", b"{}", a_bundle())
    in_sql(record, "DELETE FROM body")
    verify_chain(record.entries())
    assert record.verdict("vrd_a") is None
    record.add_statement("apr_a", an_envelope(), "p_ines")  # erased stays erased
    assert record.body(digest(an_envelope())) is None


def test_a_body_that_was_altered_is_not_handed_out(record: SqliteRecord) -> None:
    record.add_verdict("vrd_a", b"{}", a_bundle())
    in_sql(record, "UPDATE body SET bytes = x'00'")
    with pytest.raises(IntegrityError, match="was altered"):
        record.verdict("vrd_a")


def test_nothing_is_appended_to_a_last_entry_that_was_altered(record: SqliteRecord) -> None:
    record.add_statement("apr_a", an_envelope(), "p_ines")
    in_sql(record, "DROP TRIGGER entry_is_not_updated", "UPDATE entry SET bytes = x'7b7d'")
    with pytest.raises(IntegrityError, match="the last entry"):
        record.add_statement("apr_b", an_envelope(), "p_ines")


# --- names -----------------------------------------------------------------------------------------------


def on_disk(record: SqliteRecord) -> bytes:
    return b"".join(file.read_bytes() for file in record._database.path.parent.iterdir())


def test_names_of_a_bundle_can_be_erased_and_the_bundle_stays(record: SqliteRecord) -> None:
    names = {"p_ines": "Ines Example", "u_1": "bo@shop.example", "u_2": "Bo Nameless"}
    record.add_verdict("vrd_a", b"{}", a_bundle(names))
    record.add_verdict("vrd_b", b'{"b":1}', a_bundle({"u_1": "kim@shop.example"}, case=2))
    assert record.names() == {"p_ines": "Ines Example"}
    assert record.names("vrd_a") == names
    assert record.names("vrd_b") == {"p_ines": "Ines Example", "u_1": "kim@shop.example"}
    assert b"Ines Example" in on_disk(record)

    assert record.erase_identity("p_ines") == 1
    assert record.erase_identity("BO@shop.example") == 1
    assert record.erase_identity("Bo Nameless") == 1
    assert record.erase_identity("p_ines") == 0
    assert record.names("vrd_a") == {}
    left = on_disk(record)
    for name in (b"Ines Example", b"bo@shop.example", b"Bo Nameless"):
        assert name not in left
    assert b"kim@shop.example" in left
    assert record.body(digest(a_bundle())) == a_bundle()
    verify_chain(record.entries())


def test_an_identity_can_be_added_and_replaced(record: SqliteRecord) -> None:
    record.add_identity("p_ines", name="Ines", mailbox="ines@shop.example")
    record.add_identity("p_otto", mailbox="otto@shop.example")
    record.add_identity("p_ines", name="Ines Example")
    assert record.names() == {"p_ines": "Ines Example", "p_otto": "otto@shop.example"}
    with pytest.raises(InputError, match="a name or a mailbox"):
        record.add_identity("p_none")


# --- what may lie there already --------------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_refused(record: SqliteRecord) -> None:
    in_sql(record, "UPDATE alembic_version SET version_num = '0007'")
    with pytest.raises(InputError) as refused:
        open_record(record._database.path.parent, clock)
    assert refused.value.message == (
        f"state.sqlite was written by a newer Blastdoor (schema 7, this one knows {SCHEMA})"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM alembic_version",
        "UPDATE alembic_version SET version_num = 'x'",
        "UPDATE alembic_version SET version_num = '0000'",
        "DROP TABLE alembic_version",
        "PRAGMA application_id = 1",
    ],
)
def test_a_database_that_does_not_say_what_it_is_is_refused(record: SqliteRecord, statement: str) -> None:
    in_sql(record, statement)
    with pytest.raises(SourceError, match=r"state\.sqlite"):
        open_record(record._database.path.parent, clock)


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.execute("CREATE TABLE songs (name)")
    connection.close()
    with pytest.raises(SourceError, match="a database of something else"):
        open_record(tmp_path, clock)
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    connection.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"not a database " * 1000)
    with pytest.raises(SourceError, match="not a database, or a damaged one") as refused:
        open_record(tmp_path, clock)
    assert str(tmp_path) in refused.value.message
    assert (tmp_path / "state.sqlite").read_bytes() == b"not a database " * 1000


def test_a_database_that_was_damaged_is_told(record: SqliteRecord) -> None:
    for number in range(200):
        record.add_statement(f"apr_{number}", an_envelope(reason=f"{number}" + "x" * 500), "p_ines")
    path = record._database.path
    data = bytearray(path.read_bytes())
    data[4096 * 3 :] = os.urandom(len(data) - 4096 * 3)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="damaged"):  # noqa: PT012 - either may meet the damage first
        again = open_record(path.parent, clock)
        list(again.entries())
        again.add_statement("apr_x", an_envelope(), "p_ines")


def test_an_empty_file_becomes_a_record(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").touch()
    open_record(tmp_path, clock).add_statement("apr_a", an_envelope(), "p_ines")


@pytest.mark.parametrize("name", ["a b", "50%", "what?", "a#b", "é", "%(here)s"])
def test_any_directory_name_will_do(tmp_path: Path, name: str) -> None:
    open_record(tmp_path / name, clock).add_statement("apr_a", an_envelope(), "p_ines")
    assert (tmp_path / name / "state.sqlite").exists()


def test_a_directory_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="the state directory cannot be made"):
        open_record(tmp_path / "file" / "state", clock)
    (tmp_path / "state.sqlite").mkdir()
    with pytest.raises(SourceError, match="cannot be opened for writing"):
        open_record(tmp_path, clock)


AS_NOBODY = """
import datetime as dt, sys
from pathlib import Path
from blastdoor.errors import SourceError
from blastdoor.store import open_record, SqliteFactCache
import blastdoor.store.record, alembic.command, alembic.config
import os
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
cache = SqliteFactCache(Path(sys.argv[1]))
cache.put_many({"key": b"fact"})
assert cache.get_many(["key"]) == {}
try:
    open_record(Path(sys.argv[1]), lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
except SourceError as error:
    print(error)
"""


def test_a_directory_that_is_read_only_is_told_by_the_record_and_not_by_the_cache(tmp_path: Path) -> None:
    """Run as nobody where the tests run as root, whom no permission stops."""
    state = tmp_path / "state"
    state.mkdir(mode=0o555)
    opened = [folder for folder in (tmp_path, *tmp_path.parents[:3]) if folder.stat().st_uid == os.getuid()]
    modes = {folder: folder.stat().st_mode for folder in opened}
    for folder in opened:
        folder.chmod(modes[folder] | 0o011)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(state)], capture_output=True, text=True, check=False
        )
    finally:
        for folder in opened:
            folder.chmod(modes[folder])
    assert ran.returncode == 0, ran.stderr
    assert "the record cannot be opened for writing" in ran.stdout
    assert list(state.iterdir()) == []


# --- the schema ------------------------------------------------------------------------------------------


def test_the_tables_of_the_code_are_those_of_the_migrations(record: SqliteRecord) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - this test alone compares
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from blastdoor.store.tables import metadata  # noqa: PLC0415

    with record._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_schema_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("blastdoor.store.database._APPLICATION_ID", "no number;")
        with pytest.raises(SourceError, match="the database failed"):
            open_record(tmp_path, clock)
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    open_record(tmp_path, clock).add_statement("apr_a", an_envelope(), "p_ines")


def test_the_newest_revision_is_the_schema_that_the_code_knows(record: SqliteRecord) -> None:
    assert in_sql(record, "SELECT version_num FROM alembic_version") == [[(f"{SCHEMA:04}",)]]


def test_a_record_is_durable_and_guards_its_references(record: SqliteRecord) -> None:
    with record._database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }
    full = 2
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "secure_delete": 1,
    }


def test_alembic_is_loaded_only_to_change_a_schema(record: SqliteRecord) -> None:
    code = (
        "import sys; from pathlib import Path; import blastdoor.store\n"
        "assert not {'sqlalchemy', 'alembic', 'cryptography'} & set(sys.modules)\n"
        "blastdoor.store.open_record(Path(sys.argv[1]), None)\n"
        "assert 'sqlalchemy' in sys.modules and 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(record._database.path.parent)], check=True)


# --- many at once ----------------------------------------------------------------------------------------

WRITER = """
import datetime as dt, json, sys
from pathlib import Path
from blastdoor.store import open_record
directory, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
statement = json.loads(sys.argv[4])
record = open_record(directory, lambda: dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))
for number in range(count):
    payload = json.dumps({**statement, "reason": f"{name} {number}"})
    envelope = json.dumps({"payload": payload, "v": 1}).encode()
    record.add_statement(f"apr_{name}_{number}", envelope, "p_" + name)
    print(number, flush=True)
"""


def a_writer(directory: Path, name: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(directory), name, str(count), json.dumps(STATEMENT)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.promise(12)
def test_many_processes_write_one_chain(tmp_path: Path) -> None:
    """They also all find no database, and make it at the same time."""
    writers = [a_writer(tmp_path, name, 25) for name in ("a", "b", "c", "d")]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    entries = list(open_record(tmp_path, clock).entries())
    verify_chain(entries)
    assert len(entries) == 100
    for name in ("a", "b", "c", "d"):
        subjects = [read_entry(entry).subject for entry in entries]
        mine = [subject for subject in subjects if subject.startswith(f"apr_{name}_")]
        assert mine == [f"apr_{name}_{number}" for number in range(25)]


@pytest.mark.promise(12)
def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    for round_ in range(4):
        writer = a_writer(tmp_path, f"w{round_}", 100_000)
        assert writer.stdout is not None
        assert writer.stderr is not None
        said = [writer.stdout.readline() for _ in range(5)]
        time.sleep(0.013 * round_)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.wait(timeout=60)
        writer.stdout.close()
        writer.stderr.close()
        acknowledged = [int(line) for line in said if re.fullmatch(r"\d+\n", line)]
        assert len(acknowledged) >= 5

        record = open_record(tmp_path, clock)
        entries = list(record.entries())
        verify_chain(entries)
        subjects = [read_entry(entry).subject for entry in entries]
        mine = [subject for subject in subjects if subject.startswith(f"apr_w{round_}_")]
        assert mine == [f"apr_w{round_}_{number}" for number in range(len(mine))]
        assert len(mine) in {len(acknowledged), len(acknowledged) + 1}
        for entry in entries:
            assert record.body(read_entry(entry).body) is not None
        rows = in_sql(record, "SELECT id FROM statement ORDER BY seq", "PRAGMA integrity_check")
        assert [row[0] for row in rows[0]] == subjects
        assert rows[1] == [("ok",)]
