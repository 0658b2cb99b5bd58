"""A deployment covers every landing since the last fully covered revision."""

from pathlib import Path
from typing import Any

import pytest

from shopfloor import AI
from yard import DEPLOYED, Yard, statuses


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


@pytest.mark.promise(7)
@pytest.mark.parametrize("way", ["squash", "merge", "rebase", "fast_forward"])
def test_promise_7_an_approved_branch_is_covered_however_it_lands(yard: Yard, way: str) -> None:
    yard.branch("one", "a = 1", "a = 2")
    yard.yes("p_peer")
    landed = getattr(yard, way)("one")
    verdict = yard.to(yard.start)
    assert (verdict["verdict"], statuses(verdict)) == ("pass", ["covered"]), verdict["reasons"]
    assert verdict["landings"][0]["commit"] == landed
    assert verdict["what_if"]


@pytest.mark.promise(7)
@pytest.mark.parametrize("way", ["squash", "merge", "rebase", "fast_forward"])
def test_promise_7_one_landing_that_nobody_approved_holds_all_and_is_named(yard: Yard, way: str) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.squash("one")
    yard.branch("two", "b = 1")
    landed = getattr(yard, way)("two")
    verdict = yard.to(yard.start)
    assert (verdict["verdict"], statuses(verdict)) == ("hold", ["covered", "uncovered"])
    assert landed[:12] in verdict["reasons"][0]["text"]


@pytest.mark.promise(7)
def test_promise_7_what_main_became_meanwhile_does_not_matter_if_our_own_merge_gives_it(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.branch("two", "b = 1")
    yard.yes("p_peer", head="one")
    yard.yes("p_peer", head="two")
    yard.squash("two")
    yard.squash("one")
    assert statuses(yard.to(yard.start)) == ["covered", "covered"]


@pytest.mark.promise(7)
def test_promise_7_what_was_slipped_in_while_landing_is_not_covered(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.git("switch", "--quiet", "main")
    yard.git("merge", "--quiet", "--squash", "one")
    yard.git.commit("one (squashed)", {"src/more.py": "backdoor\n"})
    assert statuses(yard.to(yard.start)) == ["uncovered"]


@pytest.mark.promise(7)
def test_promise_7_landing_again_after_a_revert_takes_a_new_yes(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    first = yard.squash("one")
    revert = yard.revert(first)
    assert yard.shop.approve("p_other", "--landed", f"{first}..{revert}").status == 0
    again = yard.revert(revert)
    verdict = yard.to(yard.start)
    assert statuses(verdict) == ["covered", "covered", "uncovered"], verdict["landings"]
    said = yard.shop.approve("p_other", "--landed", f"{revert}..{again}")
    assert said.status == 0, said.out + said.err
    assert yard.to(yard.start)["verdict"] == "pass"


@pytest.mark.promise(7)
def test_promise_7_a_tree_equal_to_an_older_approved_one_proves_nothing(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    first = yard.squash("one")
    yard.push("src/one.py", "a = 666\n")
    yard.push("src/one.py", "a = 1\n")
    assert yard.git("rev-parse", "main^{tree}") == yard.git("rev-parse", f"{first}^{{tree}}")
    assert statuses(yard.to(yard.start)) == ["covered", "uncovered", "uncovered"]


def test_who_pressed_the_button_may_be_who_approved(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.merge("one", by="p_peer")
    yard.branch("two", "b = 1")
    yard.yes("p_peer")
    yard.rebase("two", by="p_peer")
    assert statuses(yard.to(yard.start)) == ["covered", "covered"]


@pytest.mark.promise(4)
def test_promise_4_who_wrote_on_the_branch_is_a_hand_also_where_a_squash_hides_it(yard: Yard) -> None:
    yard.branch("one", "a = 1", by="p_author")
    yard.git.commit("more", {"src/one.py": "a = 2\n"}, who="p_peer <peer@shop.example>")
    said = yard.shop.approve("p_peer")
    assert said.status == 11
    yard.shop.approve("p_peer", "--anyway")
    yard.squash("one", by="p_author")
    assert statuses(yard.to(yard.start)) == ["uncovered"]


def test_a_step_that_changes_no_file_is_covered(yard: Yard) -> None:
    yard.git("switch", "--quiet", "main")
    yard.git("commit", "--quiet", "--allow-empty", "-m", "nothing")
    assert statuses(yard.to(yard.start)) == ["unchanged"]


def test_a_landing_is_approved_afterwards(yard: Yard) -> None:
    landed = yard.push("src/x.py", "x = 1\n")
    held = yard.to(yard.start)
    (opening,) = held["openings"]
    assert f"approve --landed {yard.start[:10]}..{landed[:10]}" in opening["steps"][0]["text"]
    assert yard.shop.approve("p_author", "--landed", landed).status == 11, "their own"
    assert yard.shop.approve("p_peer", "--landed", landed).status == 0
    assert yard.to(yard.start)["verdict"] == "pass"


def test_a_no_to_the_branch_holds_its_landing(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    assert yard.shop.approve("p_other", "--reject", "--reason", "not yet").status == 0
    yard.squash("one")
    verdict = yard.to(yard.start)
    assert statuses(verdict) == ["uncovered"]
    assert any("not yet" in reason["text"] for reason in verdict["landings"][0]["reasons"])


# What runs -------------------------------------------------------------------------------------------


def begin(yard: Yard, revision: str) -> Any:
    """Begin production with a revision, as it is meant to be done."""
    assert yard.shop.approve("p_senior", "--baseline", revision).status == 0
    assert yard.shop.approve("p_peer", "--baseline", revision).status == 0
    return yard.deployed(revision, "--baseline")


def test_where_nothing_is_known_to_run_the_way_in_is_a_baseline(yard: Yard) -> None:
    verdict = yard.to()
    assert (verdict["verdict"], verdict["reasons"][0]["code"]) == ("hold", "no-baseline")
    assert "--baseline" in verdict["openings"][0]["steps"][0]["text"]


@pytest.mark.promise(22)
def test_promise_22_a_baseline_that_nobody_approved_starts_nothing(yard: Yard) -> None:
    assert yard.deployed(yard.start, "--baseline")["covered"] is False
    assert yard.to()["reasons"][0]["code"] == "no-baseline"


@pytest.mark.promise(22)
def test_promise_22_what_runs_counts_from_the_deployer_alone(yard: Yard) -> None:
    assert yard.shop.approve("p_senior", "--baseline", yard.start).status == 0
    assert yard.shop.approve("p_peer", "--baseline", yard.start).status == 0
    assert yard.deployed(yard.start, "--baseline", key="ci")["counts"] is False
    assert yard.to()["reasons"][0]["code"] == "no-baseline"
    said = yard.shop.run("deployed", yard.start, "--baseline", "--key", str(yard.shop.key("p_senior")))
    assert said.status == 2


@pytest.mark.promise(7)
def test_promise_7_coverage_starts_at_the_last_fully_covered_revision(yard: Yard) -> None:
    assert begin(yard, yard.start)["covered"]
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    first = yard.squash("one")
    assert yard.to()["verdict"] == "pass"
    assert not yard.to()["what_if"]
    assert yard.deployed(first)["covered"]
    yard.push("src/x.py", "x = 1\n")
    forced = yard.deployed("main")
    assert not forced["covered"]
    yard.branch("two", "b = 1")
    yard.yes("p_peer")
    yard.squash("two")
    verdict = yard.to()
    assert verdict["start"] == first
    assert statuses(verdict) == ["owed", "covered"]
    assert verdict["verdict"] == "pass", "what was forced is owed, and holds nothing until it is due"


def test_with_several_revisions_running_coverage_starts_at_each(yard: Yard) -> None:
    begin(yard, yard.start)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    first = yard.squash("one")
    yard.deployed(first, "--also", yard.start)
    assert yard.to()["start"] == yard.start
    yard.deployed(first)
    assert yard.to()["start"] == first


def test_a_rollback_goes_to_what_ran_covered(yard: Yard) -> None:
    begin(yard, yard.start)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.squash("one")
    second = yard.deployed("main")
    assert second["covered"]
    back = yard.to(to=yard.start)
    assert (back["verdict"], back["reasons"]) == ("pass", [])
    yard.deployed(yard.start, "--withdrawn")
    back = yard.to(to=yard.start)
    assert (back["verdict"], back["reasons"][0]["code"]) == ("hold", "rollback")


def test_a_rollback_to_what_never_ran_holds(yard: Yard) -> None:
    begin(yard, yard.start)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    first = yard.squash("one")
    yard.branch("two", "b = 1")
    yard.yes("p_peer")
    yard.squash("two")
    assert yard.deployed("main")["covered"]
    assert yard.to(to=first)["reasons"][0]["code"] == "rollback"


def test_a_candidate_that_has_not_landed_holds(yard: Yard) -> None:
    begin(yard, yard.start)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    assert yard.to(to="one")["reasons"][0]["code"] == "not-landed"


def test_a_target_is_held_by_what_it_holds_alone(tmp_path: Path) -> None:

    policy = DEPLOYED.replace(
        "deployer: cd }", "deployer: cd, targets: { stock: { paths: ['services/stock/**'] } } }"
    )
    yard = Yard(tmp_path, policy)
    yard.push("src/app.py", "x = 3\n")
    assert yard.to(yard.start)["verdict"] == "hold"
    assert yard.to(yard.start, "--target", "stock")["verdict"] == "pass"
    yard.push("services/stock/main.py", "stock = 2\n")
    assert yard.to(yard.start, "--target", "stock")["verdict"] == "hold"


@pytest.mark.promise(8)
def test_promise_8_a_deployment_is_decided_again_from_its_bundle(yard: Yard, tmp_path: Path) -> None:
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    yard.squash("one")
    bundle = tmp_path / "bundle.json"
    said = yard.shop.run("check", "--json", "--to", "main", "--from", yard.start, "--bundle", str(bundle))
    again = yard.shop.run("decide", str(bundle), "--json", cwd=tmp_path)
    assert again.out == said.out
    assert again.status == said.status == 0


@pytest.mark.promise(7)
def test_promise_7_what_was_on_the_branch_between_two_states_that_were_approved_is_not_covered(
    yard: Yard,
) -> None:
    yard.branch("one", "a = 1", "a = 2")
    yard.yes("p_peer")
    yard.push("src/one.py", "a = 666\n")
    yard.push("src/one.py", "a = 2\n")
    assert "uncovered" in statuses(yard.to(yard.start))


def test_going_back_over_what_cannot_be_undone_is_a_change_to_approve(yard: Yard) -> None:
    begin(yard, yard.start)
    yard.branch("one", "drop table orders;", path="db/migrations/0001_drop.sql")
    yard.yes("p_senior", "p_peer")
    yard.squash("one")
    assert yard.deployed("main")["covered"], yard.to()["reasons"]
    assert yard.to(to=yard.start)["verdict"] == "hold"
    for person in ("p_senior", "p_peer"):
        said = yard.shop.approve(person, "--rollback", yard.start)
        assert said.status == 0, said.out + said.err
    assert yard.to(to=yard.start)["verdict"] == "pass"
    yard.deployed(yard.start, "--withdrawn")
    assert yard.to(to=yard.start)["reasons"][0]["code"] == "rollback", "approved, and withdrawn since"


def test_ai_that_a_squash_hides_stays_with_the_landing(yard: Yard) -> None:
    yard.branch("one", "a = 1")
    yard.git.commit(f"more\n\n{AI}", {"src/one.py": "a = 2\n"}, who="p_author <author@shop.example>")
    yard.yes("p_senior")
    yard.squash("one")
    verdict = yard.to(yard.start)
    assert statuses(verdict) == ["covered"]
    assert "AI needs a senior" in {demand["rule"] for demand in verdict["landings"][0]["demands"]}
