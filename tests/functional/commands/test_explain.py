"""Explain: the rule tree, what counted, what did not, and every way out."""

from pathlib import Path

from shopfloor import AI, a_shop
from yard import Yard


def test_each_rule_is_told_with_the_facts_it_looks_at(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change(f"change\n\n{AI}")
    shop.approve("p_author", "--anyway")
    said = shop.run("explain")
    assert said.status == 10
    assert "✗ AI needs a senior" in said.out
    assert "provenance.state = ai_disclosed" in said.out
    assert "· wide reach" in said.out
    assert "not applied" in said.out
    assert "p_author yes" in said.out
    assert "had a hand in the change" in said.out
    assert "ways out" in said.out


def test_a_bundle_is_explained_offline(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    shop.check("--bundle", str(tmp_path / "b.json"))
    here = shop.run("explain", "--json")
    said = shop.run("explain", "--bundle", str(tmp_path / "b.json"), "--json", cwd=tmp_path)
    assert said.status == here.status == 10
    assert said.json["parts"] == here.json["parts"]


def test_a_deployment_is_explained_landing_by_landing(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    landed = yard.push("src/a.py", "a = 1\n")
    said = yard.shop.run("explain", "--to", "main")
    assert "nothing is known to run" in said.out
    yard.shop.approve("p_senior", "--baseline", yard.start)
    yard.shop.approve("p_peer", "--baseline", yard.start)
    yard.deployed(yard.start, "--baseline")
    said = yard.shop.run("explain", "--to", "main")
    assert f"landing {landed[:12]}: uncovered" in said.out


def test_what_changed_since_a_yes_is_shown_as_a_range_diff(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    shop.yes("p_peer")
    shop.change("one more", text="x = 3\n")
    said = shop.run("explain")
    assert "what changed since apr_" in said.out
    assert "one more" in said.out
