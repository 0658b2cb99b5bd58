"""A mark of AI that was recorded stays with the change, however it is rewritten."""

from pathlib import Path
from typing import Any

import pytest

from shopfloor import AI, Shop, a_shop, who

pytestmark = pytest.mark.promise(5)
_CODE = "def price(x):\n    y = x * 2\n    return y\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def record(shop: Shop) -> None:
    said = shop.run("check", "--json", "--record")
    assert said.status in {0, 10}, said.err


def marked(shop: Shop) -> str:
    """A change with a mark, which was recorded."""
    commit = shop.change(f"change\n\n{AI}", text=_CODE)
    record(shop)
    return commit


def amend(shop: Shop, message: str = "my own work") -> str:
    shop.git("commit", "--quiet", "--amend", "-m", message, who=who("p_author"))
    return str(shop.git("rev-parse", "HEAD"))


def provenance(shop: Shop) -> Any:
    return shop.check()["provenance"]


def test_promise_5_amending_the_mark_away_leaves_it(shop: Shop) -> None:
    marked(shop)
    head = amend(shop)
    found = provenance(shop)
    assert found["state"] == "ai_disclosed"
    (signal,) = found["signals"]
    assert (signal["tool"], signal["removed_in"]) == ("claude-code", head)
    assert f"mark removed in {head[:10]}" in shop.run("check").out


def test_promise_5_a_rebase_over_the_same_file_leaves_it(shop: Shop) -> None:
    marked(shop)
    shop.on_main("meanwhile", lib__x="1\n", **{"README.md": "# other\n"})
    amend(shop)
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    assert provenance(shop)["state"] == "ai_disclosed"


def test_promise_5_a_squash_leaves_it(shop: Shop) -> None:
    marked(shop)
    shop.change("more", path="src/more.py", text="z = 1\n")
    record(shop)
    shop.git("reset", "--quiet", "--soft", "main")
    shop.git("commit", "--quiet", "-m", "all of it", who=who("p_author"))
    assert provenance(shop)["state"] == "ai_disclosed"


def test_promise_5_another_branch_and_another_indentation_leave_it(shop: Shop) -> None:
    marked(shop)
    shop.git("switch", "--quiet", "-c", "fresh", "main")
    shop.change(text=_CODE.replace("    ", "  "))
    assert provenance(shop)["state"] == "ai_disclosed"


def test_promise_5_starting_the_branch_anew_leaves_it(shop: Shop) -> None:
    marked(shop)
    shop.git("reset", "--quiet", "--hard", "main")
    shop.change(path="src/else.py", text="q = 4\n")
    assert provenance(shop)["state"] == "ai_disclosed"


def test_a_change_that_was_not_recorded_is_not_remembered(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}", text=_CODE)
    assert provenance(shop)["state"] == "ai_disclosed"
    amend(shop)
    assert provenance(shop)["state"] == "no_disclosure"


def test_other_work_is_not_tainted(shop: Shop) -> None:
    marked(shop)
    shop.git("switch", "--quiet", "-c", "other", "main")
    shop.change(path="src/other.py", text="o = 1\n")
    assert provenance(shop)["state"] == "no_disclosure"


def test_a_branchs_name_is_free_again_once_its_work_has_landed(shop: Shop) -> None:
    marked(shop)
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--quiet", "--squash", "feature")
    shop.git("commit", "--quiet", "-m", "landed", who=who("p_elder"))
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.change(path="src/next.py", text="n = 1\n")
    assert provenance(shop)["state"] == "no_disclosure"


def test_promise_5_what_was_signed_as_ai_is_remembered_without_any_state(shop: Shop, tmp_path: Path) -> None:
    shop.change(f"change\n\n{AI}", text=_CODE)
    assert shop.approve("p_peer", "--state", str(tmp_path / "mine")).status == 0
    amend(shop)
    found = provenance(shop)
    assert found["state"] == "ai_disclosed"
    assert [signal["source"] for signal in found["signals"]] == ["statement"]


def test_promise_1_a_record_that_cannot_be_read_holds(shop: Shop) -> None:
    marked(shop)
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    state.write_bytes(b"SQLite format 3\0" + b"broken" * 1000)
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "marks-unreadable" in {reason["code"] for reason in verdict["reasons"]}


def test_a_pull_request_is_known_again_by_its_number(shop: Shop, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"v":1,"pull_request":{"number":7,"head":"codex/fix","body":""}}')
    shop.change()
    assert shop.check("--facts", str(facts), "--record")["provenance"]["state"] == "ai_disclosed"
    shop.git("switch", "--quiet", "-c", "renamed", "main")
    shop.change(path="src/q.py", text="q = 9\n")
    assert provenance(shop)["state"] == "no_disclosure"
    facts.write_text('{"v":1,"pull_request":{"number":7,"head":"renamed"}}')
    assert shop.check("--facts", str(facts))["provenance"]["state"] == "ai_disclosed"
