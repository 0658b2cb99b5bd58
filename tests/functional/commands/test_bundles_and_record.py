"""Deciding again, and what is kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from builders import public_key
from shopfloor import AI, Shop, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


@pytest.mark.promise(8)
def test_promise_8_a_bundle_decides_the_same_bytes_without_git_or_repository(
    shop: Shop, tmp_path: Path
) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    away = tmp_path / "away"
    away.mkdir()
    checked = shop.run("check", "--json", "--bundle", str(away / "case.json"))
    nothing = {"PATH": str(away), "HOME": str(away)}
    decided = shop.run("decide", "case.json", "--json", cwd=away, env=nothing)
    assert (decided.out, decided.status) == (checked.out, checked.status)
    assert "inputs not authenticated" in decided.err
    (away / "keys").write_text(public_key("p_senior") + "\n")
    authenticated = shop.run("decide", "case.json", "--json", "--key", "keys", cwd=away, env=nothing)
    assert (authenticated.out, authenticated.err) == (checked.out, "")
    (away / "keys").write_text(public_key("p_peer") + "\n")
    assert shop.run("decide", "case.json", "--key", "keys", cwd=away).status == 2
    text = (away / "case.json").read_text()
    (away / "case.json").write_text(text.replace('"docs_only":false', '"docs_only":true'))
    assert shop.run("decide", "case.json", cwd=away).status == 2


@pytest.mark.promise(12)
def test_promise_12_what_is_recorded_has_its_entry(shop: Shop) -> None:
    shop.change()
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    shop.check()
    assert not state.exists()
    shop.yes("p_peer")
    verdict = shop.check("--record")
    with closing(sqlite3.connect(state)) as database, database:
        entries = [json.loads(row[0]) for row in database.execute("select bytes from entry order by seq")]
        statements = database.execute("select count(*) from statement").fetchone()[0]
        assert [entry["kind"] for entry in entries] == ["approval", "verdict"]
        assert entries[1]["subject"] == verdict["id"]
        assert statements == 1
        for change in ("update entry set seq = 9", "delete from entry"):
            with pytest.raises(sqlite3.DatabaseError):
                database.execute(change)


def test_a_database_from_a_newer_version_is_refused(shop: Shop) -> None:
    shop.change()
    shop.check("--record")
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    with closing(sqlite3.connect(state)) as database, database:
        database.execute("update alembic_version set version_num = '9999'")
    said = shop.run("check", "--record")
    assert (said.status, said.out) == (2, "")
    assert "newer" in said.err
