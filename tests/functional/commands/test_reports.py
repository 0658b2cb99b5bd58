"""Reports: what lowers a demand is signed by a producer that the rules name, for exactly this commit."""

from pathlib import Path

import pytest

from builders import POLICY
from shopfloor import Said, Shop, a_shop, people_yaml
from yard import PRODUCERS

pytestmark = pytest.mark.promise(22)
RECORD = "# Summary\nwhat\n# Risk\nlow\n# Verification\ntests\n# Rollback\nrevert\n"


def shop_that_asks(folder: Path, requirement: str) -> Shop:
    text = POLICY.replace("from: peer }] }", f"from: peer }}, {requirement}] }}", 1)
    shop = a_shop(folder, text.replace("environments:", PRODUCERS + "environments:"))
    shop.in_process = True
    shop.change()
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"
    return shop


def report(shop: Shop, key: str, *words: str) -> Said:
    return shop.run("report", "--key", str(shop.key(key)), *words)


def test_promise_22_a_check_counts_from_the_producer_that_the_rules_name(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ check: unit, producer: ci }")
    assert report(shop, "cd", "--check", "unit=success").status == 0
    assert shop.check()["verdict"] == "hold", "the right check by the wrong producer"
    assert report(shop, "cd", "--producer", "ci", "--check", "unit=success").status == 11
    assert shop.check()["verdict"] == "hold", "in another's name"
    assert report(shop, "ci", "--check", "unit=success").status == 0
    assert shop.check()["verdict"] == "pass"


def test_promise_22_a_report_is_about_one_commit(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ check: unit, producer: ci }")
    report(shop, "ci", "--check", "unit=success")
    shop.change("more", text="x = 9\n")
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"


def test_promise_22_of_two_reports_the_worse_counts(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ check: unit, producer: ci }")
    report(shop, "ci", "--check", "unit=success")
    report(shop, "ci", "--check", "unit=failure")
    assert shop.check()["verdict"] == "hold"


def test_promise_22_a_person_does_not_vouch_for_a_check(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ check: unit, producer: p_senior }")
    assert report(shop, "p_senior", "--check", "unit=success").status == 11
    assert shop.check()["verdict"] == "hold"


def test_promise_22_a_change_record_has_its_headings_filled(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ change_record: true }")
    text = tmp_path / "record.md"
    text.write_text(RECORD.replace("revert", ""))
    assert report(shop, "p_author", "--change-record", str(text)).status == 0
    assert shop.check()["verdict"] == "hold"
    text.write_text(RECORD)
    assert report(shop, "p_author", "--change-record", str(text)).status == 0
    assert shop.check()["verdict"] == "pass"


def test_promise_22_a_rollout_starts_small(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ staged_rollout: { first_percent: 10 } }")
    report(shop, "cd", "--rollout", "50,100")
    assert shop.check()["verdict"] == "hold"
    report(shop, "cd", "--rollout", "10,100")
    assert shop.check()["verdict"] == "pass"


def test_promise_22_an_agents_key_reports_nothing(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ rollback_plan: true }")
    text = tmp_path / "plan.md"
    text.write_text("roll back\n")
    said = report(shop, "a_bot", "--rollback-plan", str(text), "--producer", "p_senior")
    assert said.status == 11
    assert shop.check()["verdict"] == "hold"


def test_a_cooling_time_counts_from_our_own_record(tmp_path: Path) -> None:
    shop = shop_that_asks(tmp_path, "{ cooling_hours: 1 }")
    (opening,) = shop.check()["openings"]
    assert "check --record" in opening["steps"][0]["text"]
    shop.run("check", "--record")
    verdict = shop.check()
    assert verdict["openings"][0]["steps"][0]["kind"] == "wait"


def test_a_freeze_is_waited_for_or_excepted(tmp_path: Path) -> None:
    freeze = (
        "freezes:\n  - { name: peak, from: 2020-01-01T00:00:00Z, until: 2099-01-01T00:00:00+01:00,"
        " unless: [{ approvals: 1, from: senior }] }\ndefault:"
    )
    shop = a_shop(tmp_path, POLICY.replace("default:", freeze, 1))
    shop.change()
    shop.yes("p_peer")
    verdict = shop.check()
    kinds = [tuple(step["kind"] for step in opening["steps"]) for opening in verdict["openings"]]
    assert sorted(kinds) == [("approvals",), ("wait",)]
    assert "2098-12-31T23:00:00Z" in str(verdict["openings"])
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


def test_owners_of_touched_paths_are_asked(tmp_path: Path) -> None:
    text = POLICY.replace("from: peer }] }", "from: peer }, { owners: 1 }] }", 1)
    people = people_yaml().replace("id: p_other,", "id: p_other, teams: [stock],")
    shop = a_shop(tmp_path, text, people, CODEOWNERS="/services/stock/ @shop/stock\n")
    shop.change(path="services/stock/main.py", text="stock = 3\n")
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert verdict["openings"][0]["steps"][0]["of"] == ["p_other"]
    shop.yes("p_other")
    assert shop.check()["verdict"] == "pass"


def test_who_knows_the_code_is_told_by_recent_commits(tmp_path: Path) -> None:
    text = POLICY.replace("from: peer }] }", "from: peer, knows_code: { commits: 1, days: 3650 } }] }", 1)
    shop = a_shop(tmp_path, text, src__old="")
    shop.on_main("by the elder", src__app="x = 1\n")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("by a peer", {"src/more.py": "y = 1\n"}, who="p_peer <peer@shop.example>")
    shop.git("switch", "--quiet", "feature")
    shop.change()
    assert shop.approve("p_other").status == 11
    assert shop.approve("p_peer").status == 0
    assert shop.check()["verdict"] == "pass"
