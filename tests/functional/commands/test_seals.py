"""What a yes speaks for, and what it carries over to."""

from pathlib import Path

import pytest

from shopfloor import Shop, a_shop, catalogue, who, why


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


@pytest.mark.promise(2)
def test_promise_2_one_more_commit_needs_a_new_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.change("more", text="x = 3\n")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "which is not this content" in why(verdict, "p_peer")
    assert "git range-diff" in why(verdict, "p_peer")


@pytest.mark.promise(2)
def test_promise_2_an_amended_message_keeps_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("commit", "--quiet", "--amend", "-m", "better words", who=who("p_author"))
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(2)
def test_promise_2_an_indentation_that_changes_meaning_needs_a_new_yes(shop: Shop) -> None:
    shop.change(text="if x:\n    y()\n    z()\n")
    shop.yes("p_peer")
    shop.change(text="if x:\n    y()\nz()\n")
    shop.git("reset", "--quiet", "--soft", "HEAD~2")
    shop.git("commit", "--quiet", "-m", "change", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_a_clean_rebase_carries_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    verdict = shop.check()
    assert verdict["verdict"] == "pass"
    assert [vote["carried"] for vote in verdict["votes"]] == [True]


@pytest.mark.promise(3)
def test_promise_3_merging_main_into_the_branch_carries_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("merge", "--quiet", "--no-edit", "main", who=who("p_author"))
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(3)
def test_promise_3_an_edit_hidden_in_a_merge_needs_a_new_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("merge", "--quiet", "--no-commit", "--no-ff", "main", who=who("p_author"))
    (shop.repository / "docs" / "x").write_text("2\n")
    shop.git("commit", "--quiet", "--all", "-m", "merge main", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_a_resolved_conflict_needs_a_new_yes(shop: Shop) -> None:
    shop.change(text="x = 2\n")
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"src/app.py": "x = 5\n"}, who=who("p_elder"))
    shop.git("switch", "--quiet", "feature")
    shop.git("rebase", "main", who=who("p_author"), ok=False)
    (shop.repository / "src" / "app.py").write_text("x = 2\n")
    shop.git("add", "--all")
    shop.git("-c", "core.editor=true", "rebase", "--continue", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_risk_that_grew_on_main_needs_a_new_yes(shop: Shop) -> None:
    shop.change("stock", "services/stock/main.py", "stock = 2\n")
    shop.yes("p_peer", "p_senior")
    assert shop.check()["verdict"] == "pass"
    shop.git("switch", "--quiet", "main")
    shop.git.commit("more critical", {"services/stock/catalog-info.yaml": catalogue("stock", 1)})
    shop.git("switch", "--quiet", "feature")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "given for" in why(verdict, "p_peer")


def test_a_yes_covers_one_landing_and_not_the_same_change_again_after_a_revert(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"docs/x": "1\n"})
    shop.git("merge", "--quiet", "--squash", "feature")
    shop.git("commit", "--quiet", "-m", "land it")
    shop.git("revert", "--no-edit", "HEAD")
    shop.git("switch", "--quiet", "feature")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "used up" in why(verdict, "p_peer")
