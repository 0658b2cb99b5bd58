"""The cache of facts: quick, forgetful, and never in the way."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from blastdoor.ports import FactCache
from blastdoor.store import SqliteFactCache

FACTS = {"python:1:aa": b"one", "python:1:bb": b"", "go:1:aa": bytes(range(256))}


@pytest.fixture
def cache(tmp_path: Path) -> SqliteFactCache:
    return SqliteFactCache(tmp_path / "state")


def in_sql(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_what_was_put_is_found_and_nothing_else(cache: SqliteFactCache) -> None:
    port: FactCache = cache
    port.put_many(FACTS)
    assert port.get_many([*FACTS, "python:2:aa", *FACTS]) == FACTS
    assert port.get_many(["go:1:aa"]) == {"go:1:aa": FACTS["go:1:aa"]}
    assert port.get_many([]) == {}
    port.put_many({})


def test_facts_stay_for_the_next_run_and_can_be_replaced(cache: SqliteFactCache, tmp_path: Path) -> None:
    cache.put_many(FACTS)
    cache.put_many({"go:1:aa": b"new"})
    assert SqliteFactCache(tmp_path / "state").get_many(list(FACTS)) == FACTS | {"go:1:aa": b"new"}


def test_more_keys_than_sqlite_takes_at_once_are_found(cache: SqliteFactCache) -> None:
    facts = {f"key:{number}": str(number).encode() for number in range(40_000)}
    cache.put_many(facts)
    assert cache.get_many(list(facts)) == facts


def not_a_database(path: Path) -> None:
    path.write_bytes(b"junk " * 5000)


def damaged(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + random.Random(7).randbytes(len(data) - 100))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def of_another_version(path: Path) -> None:
    in_sql(path, "PRAGMA user_version = 99")


def of_another_form(path: Path) -> None:
    in_sql(path, "DROP TABLE fact", "CREATE TABLE fact (other)")


def holding_text_that_is_none(path: Path) -> None:
    in_sql(path, "UPDATE fact SET value = CAST(x'ff' AS TEXT)")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "harm",
    [
        not_a_database,
        damaged,
        cut_short,
        of_another_version,
        of_another_form,
        holding_text_that_is_none,
        emptied,
    ],
)
def test_a_cache_that_cannot_be_used_is_made_anew(
    cache: SqliteFactCache, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    cache.put_many({f"key:{number}": b"x" * 100 for number in range(1000)})
    harm(tmp_path / "state" / "cache.sqlite")
    assert cache.get_many(["key:1", "key:500"]) == {}
    cache.put_many(FACTS)
    assert cache.get_many(list(FACTS)) == FACTS


def test_a_fact_whose_bytes_changed_is_not_known(cache: SqliteFactCache, tmp_path: Path) -> None:
    cache.put_many(FACTS)
    in_sql(
        tmp_path / "state" / "cache.sqlite",
        "UPDATE fact SET value = x'6f6e65ff' WHERE key = 'python:1:aa'",
        "UPDATE fact SET value = 'text' WHERE key = 'go:1:aa'",
    )
    assert cache.get_many(list(FACTS)) == {"python:1:bb": b""}


def test_a_directory_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "cache.sqlite").mkdir()
    for directory in (tmp_path / "file" / "state", tmp_path):
        cache = SqliteFactCache(directory)
        cache.put_many(FACTS)
        assert cache.get_many(list(FACTS)) == {}


def test_a_cache_that_another_process_holds_is_no_error(
    cache: SqliteFactCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blastdoor.store.cache._PATIENCE", 0.05)
    cache.put_many(FACTS)
    other = sqlite3.connect(tmp_path / "state" / "cache.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache.put_many({"later": b"x"})
    assert cache.get_many(list(FACTS)) == FACTS
    other.execute("ROLLBACK")
    other.close()
    assert cache.get_many(["later"]) == {}


def test_processes_share_a_cache(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from blastdoor.store import SqliteFactCache\n"
        "cache = SqliteFactCache(Path(sys.argv[1]))\n"
        "for n in range(30): cache.put_many({f'{sys.argv[2]}:{n}': b'x' * 1000})\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    writers = [subprocess.Popen([*command, name]) for name in "abc"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    keys = [f"{name}:{number}" for name in "abc" for number in range(30)]
    assert set(SqliteFactCache(tmp_path).get_many(keys)) == set(keys)


def test_five_thousand_facts_are_read_quickly(cache: SqliteFactCache) -> None:
    """About 20 ms where this was written; the bound is loose, for machines that are busy."""
    facts = {f"python:1:{os.urandom(20).hex()}": os.urandom(400) for _ in range(20_000)}
    cache.put_many(facts)
    keys = random.Random(7).sample(sorted(facts), 5_000)
    best = 10.0
    for _ in range(5):
        started = time.perf_counter()
        assert len(cache.get_many(keys)) == 5_000
        best = min(best, time.perf_counter() - started)
    assert best < 0.2
