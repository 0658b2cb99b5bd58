"""Policy, roster and catalogue come from the protected branch."""

from pathlib import Path

import pytest

from builders import POLICY
from realgit import a_repository
from shopfloor import AI, Shop, a_shop, catalogue, people_yaml, who


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def met(verdict: dict[str, list[dict[str, str]]]) -> dict[str, bool]:
    rules: dict[str, bool] = {}
    for demand in verdict["demands"]:
        rules[demand["rule"]] = bool(demand["met"]) and rules.get(demand["rule"], True)
    return rules


@pytest.mark.promise(6)
def test_promise_6_a_change_does_not_judge_itself(shop: Shop) -> None:
    weak = POLICY.replace("senior: { level_at_least: senior }", "senior: { level_at_least: junior }")
    files = {
        ".blastdoor/policy.yaml": weak.replace("engineer", "junior").replace("enforce", "observe"),
        ".blastdoor/people.yaml": people_yaml(p_junior="principal"),
        "services/stock/catalog-info.yaml": catalogue("stock", 9),
    }
    shop.git.commit("let us in", files, who=who("p_author"))
    verdict = shop.check()
    assert (verdict["mode"], verdict["reach"]["level"], verdict["exit"]) == ("enforce", "critical", 10)
    assert verdict["reach"]["policy_files"] is True
    assert shop.approve("p_junior").status == 11
    shop.yes("p_senior", "p_peer")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(6)
def test_promise_6_a_fork_made_before_the_rule_does_not_escape_it(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    stricter = POLICY.replace(
        "{ approvals: 1, from: peer }] }\nrules", "{ approvals: 2, from: peer }] }\nrules"
    )
    shop.git("switch", "--quiet", "main")
    tip = shop.git.commit("stricter", {".blastdoor/policy.yaml": stricter})
    shop.git("switch", "--quiet", "feature")
    verdict = shop.check()
    assert (verdict["rules"]["commit"], verdict["verdict"]) == (tip, "hold")
    shop.yes("p_other")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(6)
def test_promise_6_the_working_tree_has_no_say(shop: Shop) -> None:
    shop.change()
    before = shop.check()
    (shop.repository / ".blastdoor" / "policy.yaml").write_text("version: 1\n")
    assert shop.check()["policy"] == before["policy"]


def test_rules_that_would_not_load_are_held_before_they_land(shop: Shop) -> None:
    shop.git.commit("broken", {".blastdoor/policy.yaml": "version: 1\n"}, who=who("p_author"))
    shop.yes("p_senior", "p_peer")
    assert [reason["code"] for reason in shop.check()["reasons"]] == ["proposed-rules"]


def test_a_fork_made_before_there_were_rules_does_not_take_them_away(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "shop")
    git.commit("begin", {"a.py": "x = 1\n", "catalog-info.yaml": catalogue("a", 3)}, who=who("p_elder"))
    git("switch", "--quiet", "-c", "feature")
    git.commit("catalogue", {"catalog-info.yaml": catalogue("a", 4)}, who=who("p_author"))
    (tmp_path / "keys").mkdir()
    shop = Shop(git, tmp_path / "keys")
    shop.on_main("rules", **{".blastdoor__policy.yaml": POLICY, ".blastdoor__people.yaml": people_yaml()})
    shop.yes("p_senior", "p_peer")
    assert shop.check()["verdict"] == "pass"


def test_somebody_promoted_after_their_yes_must_say_it_again(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("promoted", {".blastdoor/people.yaml": people_yaml(p_peer="senior")})
    shop.git("switch", "--quiet", "feature")
    assert met(shop.check()) == {"default": True, "AI needs a senior": False}
    shop.git("commit", "--quiet", "--allow-empty", "--amend", "--no-edit", who=who("p_author"))
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


def test_somebody_demoted_after_their_yes_no_longer_serves(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"
    shop.git("switch", "--quiet", "main")
    shop.git.commit("demoted", {".blastdoor/people.yaml": people_yaml(p_senior="engineer")})
    shop.git("switch", "--quiet", "feature")
    assert shop.check()["verdict"] == "hold"
