"""What commands write into the record: with its entry or not at all, and never without being asked."""

import contextlib
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realgit import ENVIRONMENT
from scenes import files_below, statements
from shopfloor import Shop, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = a_shop(tmp_path)
    shop.change()
    return shop


@contextlib.contextmanager
def opened(state: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(state / "state.sqlite")) as database:
        yield database


def local_state(shop: Shop) -> Path:
    return shop.repository / ".git" / "blastdoor"


def entries(state: Path) -> list[dict[str, Any]]:
    """The entries, after looking at the chain from the outside."""
    with opened(state) as database:
        rows = list(database.execute("select seq, bytes, digest from entry order by seq"))
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    found, before = [], None
    for _, raw, digest in rows:
        data = raw if isinstance(raw, bytes) else raw.encode()
        assert digest == "sha256:" + hashlib.sha256(data).hexdigest()
        entry = json.loads(data)
        assert entry.get("prev") == before
        assert data == json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
        before = digest
        found.append(entry)
    return found


@pytest.mark.promise(12)
def test_promise_12_every_statement_and_recorded_verdict_has_its_entry_and_its_row(shop: Shop) -> None:
    yes = shop.approve("p_peer").out.split()[0]
    no = shop.approve("p_other", "--reject", "--reason", "wait").out.split()[0]
    back = shop.approve("p_other", "--withdraw", no).out.split()[0]
    verdict = shop.check("--record")
    state = local_state(shop)
    found = [(entry["kind"], entry["subject"], entry["actor"]) for entry in entries(state)]
    assert found == [
        ("approval", yes, "p_peer"),
        ("rejection", no, "p_other"),
        ("withdrawal", back, "p_other"),
        ("verdict", verdict["id"], "blastdoor"),
    ]
    with opened(state) as database:
        rows = dict(database.execute("select id, seq from statement"))
        assert rows == {yes: 1, no: 2, back: 3}
        assert list(database.execute("select id, seq from verdict")) == [(verdict["id"], 4)]


@pytest.mark.promise(12)
def test_promise_12_the_bodies_are_what_the_entries_name(shop: Shop) -> None:
    shop.yes("p_peer")
    (envelope,) = statements(shop).values()
    (entry,) = entries(local_state(shop))
    with opened(local_state(shop)) as database:
        ((body,),) = database.execute("select bytes from body where digest = ?", (entry["body"],))
    data = body if isinstance(body, bytes) else body.encode()
    assert "sha256:" + hashlib.sha256(data).hexdigest() == entry["body"]
    assert json.loads(data) == envelope


@pytest.mark.promise(12)
@pytest.mark.parametrize(
    "statement",
    ["update entry set bytes = 'x'", "delete from entry", "insert or replace into entry select * from entry"],
)
def test_promise_12_entries_are_never_rewritten(shop: Shop, statement: str) -> None:
    shop.yes("p_peer")
    before = entries(local_state(shop))
    with opened(local_state(shop)) as database, pytest.raises(sqlite3.DatabaseError):
        database.execute(statement)
    assert entries(local_state(shop)) == before


def test_looking_writes_no_record(shop: Shop) -> None:
    shop.check()
    shop.run("check", "--bundle", str(shop.repository.parent / "case.json"))
    shop.run("decide", str(shop.repository.parent / "case.json"))
    shop.approve("p_author")
    assert not (local_state(shop) / "state.sqlite").exists()


def test_state_goes_where_it_is_told(shop: Shop, tmp_path: Path) -> None:
    by_option, by_variable = tmp_path / "option", tmp_path / "variable"
    shop.run("check", "--record", "--state", str(by_option), env={"BLASTDOOR_STATE": str(by_variable)})
    assert (by_option / "state.sqlite").exists()
    assert not by_variable.exists()
    shop.run("check", "--record", env={"BLASTDOOR_STATE": str(by_variable)})
    assert (by_variable / "state.sqlite").exists()
    assert not (local_state(shop) / "state.sqlite").exists()


def test_a_work_tree_records_beside_the_repository_that_it_belongs_to(shop: Shop, tmp_path: Path) -> None:
    shop.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "feature")
    said = shop.run("check", "--record", cwd=tmp_path / "tree")
    assert said.status == 10
    assert [entry["kind"] for entry in entries(local_state(shop))] == ["verdict"]


@pytest.mark.promise(12)
def test_promise_12_a_yes_that_cannot_be_recorded_is_not_given(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = shop.approve("p_peer", "--state", str(tmp_path / "file"))
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("blastdoor: error: ")
    assert statements(shop) == {}
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(12)
def test_promise_12_many_at_once_make_one_chain_and_lose_nothing(shop: Shop) -> None:
    people = ["p_peer", "p_other", "p_senior", "p_elder"]
    words = [["approve", "--key", str(shop.key(person))] for person in people] + [["check", "--record"]] * 2
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "blastdoor", *one],
            cwd=shop.repository,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for one in words
    ]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in running]
    assert all(status in {0, 10} for *_, status in ended), [error for _, error, _ in ended]
    kinds = [entry["kind"] for entry in entries(local_state(shop))]
    assert kinds.count("approval") == len(people) == len(statements(shop))
    assert kinds.count("verdict") >= 1


def test_a_refused_yes_leaves_nothing_anywhere(shop: Shop) -> None:
    shop.check()
    before = files_below(shop.repository)
    for person in ("p_author", "p_junior", "a_bot"):
        assert shop.approve(person).status == 11
    assert files_below(shop.repository) == before


def test_neither_entries_nor_verdicts_name_anybody(shop: Shop) -> None:
    shop.git("commit", "--quiet", "--amend", "--no-edit", "--author", "Zelda Zorn <zelda@far.example>")
    shop.yes("p_peer")
    shop.check("--record")
    told = json.dumps(entries(local_state(shop)))
    with opened(local_state(shop)) as database:
        identity = json.dumps(list(database.execute("select * from identity")))
    assert "shop.example" not in told
    assert "zelda" not in told.lower()
    assert "zelda" in identity.lower()
