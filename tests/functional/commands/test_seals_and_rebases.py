"""What a yes was given for, and what becomes of it when the change or the world around it moves."""

from pathlib import Path

import pytest

from builders import POLICY
from scenes import commit, land, on_feature, opens, rebase, still_shut, vote_of
from shopfloor import AI, Shop, a_shop, catalogue, who

BODY = "".join(f"line_{n} = {n}\n" for n in range(40))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A change in the middle of a file, and p_peer's yes to it."""
    shop = a_shop(tmp_path)
    land(shop, {"src/body.py": BODY})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"src/body.py": BODY.replace("line_20 = 20", "line_20 = 2020")})
    shop.yes("p_peer")
    opens(shop)
    return shop


def moved(text: str, line: int) -> str:
    return text.replace(f"line_{line} = {line}\n", f"line_{line} = -1\n")


@pytest.mark.promise(3)
def test_promise_3_a_clean_rebase_in_the_same_file_is_carried_and_said_to_be(shop: Shop) -> None:
    land(shop, {"src/body.py": moved(BODY, 1)})
    rebase(shop)
    vote = vote_of(opens(shop), "p_peer")
    assert (vote["counts"], vote["carried"]) == (True, True)
    assert "carried" in shop.run("check").out


@pytest.mark.promise(3)
def test_promise_3_many_rebases_one_after_the_other_are_carried(shop: Shop) -> None:
    for line in (1, 5, 39):
        land(shop, {f"docs/{line}.txt": "x\n", "src/body.py": moved(BODY, line)})
        rebase(shop)
        assert vote_of(opens(shop), "p_peer")["carried"] is True


@pytest.mark.promise(3)
@pytest.mark.parametrize("edit", ["another file", "the same file", "a mode", "a deletion", "a space"])
def test_promise_3_a_rebase_that_edits_anything_is_not_carried(shop: Shop, edit: str) -> None:
    land(shop, {"docs/x": "1\n"})
    rebase(shop)
    text = BODY.replace("line_20 = 20", "line_20 = 2020")
    edits: dict[str, tuple[dict[str, str | None], str]] = {
        "another file": ({"src/extra.py": "e = 1\n"}, "100644"),
        "the same file": ({"src/body.py": moved(text, 30)}, "100644"),
        "a mode": ({"src/body.py": text}, "100755"),
        "a deletion": ({"docs/x": None}, "100644"),
        "a space": ({"src/body.py": text.replace("line_21 = ", "    line_21 = ")}, "100644"),
    }
    files, mode = edits[edit]
    base = shop.git("rev-parse", "main")
    on_feature(shop, {"src/body.py": text, **files}, parents=(base,), mode=mode)
    why = still_shut(shop, "p_peer")
    assert "range-diff" in why


@pytest.mark.promise(3)
def test_promise_3_a_base_that_never_was_main_is_not_carried_to(shop: Shop) -> None:
    """Main's first-parent history alone: a side branch that was merged is nobody's base."""
    root = shop.git("rev-parse", "main")
    side = commit(shop.git, "side", {"docs/side": "1\n"}, parents=(root,), by="p_elder")
    land(shop, {"docs/other": "1\n"})
    shop.git("switch", "--quiet", "main")
    shop.git("reset", "--quiet", "--hard")
    shop.git("merge", "--quiet", "--no-edit", "side", who=who("p_elder"))
    shop.git("switch", "--quiet", "feature")
    shop.git("rebase", "--quiet", side, who=who("p_author"))
    assert shop.check()["change"]["base"] == side
    still_shut(shop, "p_peer")


@pytest.mark.promise(2)
@pytest.mark.parametrize("how", ["squash", "split", "reworded", "other author"])
def test_promise_2_the_same_content_on_the_same_base_keeps_the_yes(shop: Shop, how: str) -> None:
    base, text = shop.git("merge-base", "main", "feature"), BODY.replace("line_20 = 20", "line_20 = 2020")
    if how == "split":
        on_feature(shop, {"src/body.py": BODY.replace("line_20 = 20", "line_20 = 7")}, parents=(base,))
        on_feature(shop, {"src/body.py": text})
    else:
        by = "p_other" if how == "other author" else "p_author"
        on_feature(shop, {"src/body.py": text}, f"by way of {how}", parents=(base,), by=by)
    opens(shop)


@pytest.mark.promise(2)
def test_promise_2_the_same_lines_in_another_file_need_a_new_yes(shop: Shop) -> None:
    """A context copy: the difference reads alike, and lands elsewhere."""
    base = shop.git("rev-parse", "main")
    on_feature(shop, {"src/twin.py": BODY.replace("line_20 = 20", "line_20 = 2020")}, parents=(base,))
    still_shut(shop, "p_peer")


@pytest.mark.promise(2)
def test_promise_2_approve_then_swap_needs_a_new_yes(shop: Shop) -> None:
    base = shop.git("rev-parse", "main")
    on_feature(shop, {"src/body.py": moved(BODY, 20)}, parents=(base,))
    still_shut(shop, "p_peer")
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(2)
def test_promise_2_swapping_back_to_what_was_approved_opens_again(shop: Shop) -> None:
    approved = shop.git("rev-parse", "feature")
    on_feature(shop, {"src/more.py": "m = 1\n"})
    still_shut(shop, "p_peer")
    shop.git("reset", "--quiet", "--hard", approved)
    opens(shop)


@pytest.mark.promise(2)
def test_promise_2_the_same_tree_on_another_base_is_another_change(shop: Shop) -> None:
    """An evil revert: main gains a fix, the branch keeps its tree, and so takes the fix away again."""
    text = BODY.replace("line_20 = 20", "line_20 = 2020")
    tip = land(shop, {"src/fix.py": "fixed = True\n"})
    on_feature(shop, {"src/body.py": text, "src/fix.py": None}, parents=(tip,))
    assert shop.check()["change"]["files"] == 2
    still_shut(shop, "p_peer")


@pytest.mark.promise(2)
def test_promise_2_undoing_everything_does_not_keep_the_yes_for_what_follows(shop: Shop) -> None:
    on_feature(shop, {"src/body.py": BODY})
    on_feature(shop, {"src/body.py": moved(BODY, 3)})
    still_shut(shop, "p_peer")


@pytest.mark.promise(3)
def test_promise_3_a_conflict_resolved_in_a_merge_needs_a_new_yes(shop: Shop) -> None:
    land(shop, {"src/body.py": BODY.replace("line_20 = 20", "line_20 = 3")})
    shop.git("merge", "main", who=who("p_author"), ok=False)
    (shop.repository / "src" / "body.py").write_text(BODY.replace("line_20 = 20", "line_20 = 2020"))
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--no-edit", who=who("p_author"))
    still_shut(shop, "p_peer")


@pytest.mark.promise(3)
def test_promise_3_content_taken_back_while_merging_main_needs_a_new_yes(shop: Shop) -> None:
    """`merge -s ours` brings main's history and not its content: it undoes what landed meanwhile."""
    land(shop, {"src/fix.py": "fixed = True\n"})
    shop.git("merge", "--quiet", "--strategy=ours", "--no-edit", "main", who=who("p_author"))
    still_shut(shop, "p_peer")


@pytest.mark.promise(3)
def test_promise_3_main_merged_in_cleanly_several_times_is_carried(shop: Shop) -> None:
    for line in (1, 39):
        land(shop, {"src/body.py": moved(BODY, line)})
        shop.git("merge", "--quiet", "--no-edit", "main", who=who("p_author"))
        assert vote_of(opens(shop), "p_peer")["carried"] is True


def test_main_moving_on_without_a_rebase_changes_nothing_for_the_yes(shop: Shop) -> None:
    land(shop, {"docs/x": "1\n"})
    land(shop, {"src/body.py": moved(BODY, 1)})
    vote = vote_of(opens(shop), "p_peer")
    assert vote["counts"] is True


# Risk that grew --------------------------------------------------------------------------------------


@pytest.mark.promise(3)
def test_promise_3_disclosing_ai_after_the_yes_was_given_asks_for_it_again(shop: Shop) -> None:
    """The same tree on the same base, and a message that now says that AI took part."""
    shop.yes("p_senior")
    shop.git("commit", "--quiet", "--amend", "-m", f"change\n\n{AI}", who=who("p_author"))
    why = still_shut(shop, "p_senior")
    assert "given for" in why
    shop.yes("p_senior")
    opens(shop)


@pytest.mark.promise(3)
def test_promise_3_a_new_dependant_on_main_makes_a_yes_given_for_less(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {"services/stock/main.py": "stock = 2\n"})
    shop.yes("p_peer", "p_senior")
    opens(shop)
    land(shop, {"services/checkout/catalog-info.yaml": catalogue("checkout", 0, "stock")})
    assert "given for" in still_shut(shop, "p_senior")
    shop.yes("p_senior", "p_peer")
    opens(shop)


@pytest.mark.promise(3)
def test_promise_3_a_rebase_onto_an_importer_that_matters_makes_a_yes_given_for_less(tmp_path: Path) -> None:
    """The merge is clean and the content the same; what imports it is not."""
    checkout = {"services/checkout/catalog-info.yaml": catalogue("checkout", 0)}
    shop = a_shop(tmp_path)
    land(shop, {**checkout, "money/__init__.py": "", "money/rates.py": "RATE = 1\n"})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"money/rates.py": "RATE = 2\n"})
    shop.yes("p_peer", "p_senior")
    opens(shop)
    land(shop, {"services/checkout/app.py": "from money.rates import RATE\n"})
    rebase(shop)
    assert "given for" in still_shut(shop, "p_senior")


@pytest.mark.promise(5)
def test_promise_5_risk_that_shrank_keeps_the_yes(tmp_path: Path) -> None:
    files = {"services/checkout/catalog-info.yaml": catalogue("checkout", 1, "stock")}
    shop = a_shop(tmp_path, **files)
    on_feature(shop, {"services/stock/main.py": "stock = 2\n"})
    shop.yes("p_peer", "p_senior")
    before = opens(shop)["reach"]
    land(shop, {"services/checkout/catalog-info.yaml": catalogue("checkout", 1)})
    after = opens(shop)
    assert (before["level"], after["reach"]["level"]) == ("critical", "low")


@pytest.mark.promise(5)
def test_promise_5_a_less_critical_tier_keeps_the_yes(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {"services/stock/catalog-info.yaml": catalogue("stock", 1)})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"services/stock/main.py": "stock = 2\n"})
    shop.yes("p_peer", "p_senior")
    land(shop, {"services/stock/catalog-info.yaml": catalogue("stock", 5)})
    opens(shop)


@pytest.mark.promise(5)
def test_promise_5_one_more_yes_never_shuts_the_door(shop: Shop) -> None:
    for person in ("p_other", "p_senior", "p_elder", "p_author", "p_junior", "a_bot"):
        assert shop.approve(person, "--anyway").status == 0
        opens(shop)


# Used up, or for elsewhere ---------------------------------------------------------------------------


def test_a_yes_copied_into_another_repository_opens_nothing_there(tmp_path: Path) -> None:
    """The same files and the same people, in a repository that is called something else."""
    (one, other) = (
        a_shop(tmp_path / name, POLICY.replace("version: 1\n", f"version: 1\nid: {name}\n"))
        for name in ("one", "other")
    )
    for shop in (one, other):
        shop.change()
    one.yes("p_peer")
    opens(one)
    other.git("fetch", "--quiet", str(one.repository), "refs/blastdoor/*:refs/blastdoor/*")
    verdict = other.check()
    assert verdict["verdict"] == "hold"
    assert not any(vote["counts"] for vote in verdict["votes"])


def test_a_yes_travels_by_fetch_and_counts_in_a_clone(shop: Shop, tmp_path: Path) -> None:
    """The twin: the same repository elsewhere. It is called alike since its root commit is the same."""
    shop.git("clone", "--quiet", "--bare", str(shop.repository), str(tmp_path / "clone.git"))
    there = str(tmp_path / "clone.git")
    said = shop.run("check", "--json", "--head", "feature", "--repo", there)
    assert said.json["votes"] == []
    shop.git("push", "--quiet", there, "refs/blastdoor/*:refs/blastdoor/*")
    shop.git("--git-dir", there, "symbolic-ref", "HEAD", "refs/heads/main")
    shop.git("--git-dir", there, "remote", "remove", "origin")
    said = shop.run("check", "--json", "--head", "feature", "--repo", there)
    assert said.json["verdict"] == "pass", said.json["votes"]


def test_a_yes_for_one_branch_opens_no_other(tmp_path: Path) -> None:
    policy = POLICY.replace(
        "  production: { branch: main }\n", "  production: { branch: main }\n  next: { branch: next }\n"
    )
    shop = a_shop(tmp_path, policy)
    shop.git("branch", "--quiet", "next", "main")
    shop.change()
    shop.yes("p_peer")
    opens(shop)
    said = shop.run("check", "--json", "--environment", "next")
    assert said.status in {2, 10}, said.out
