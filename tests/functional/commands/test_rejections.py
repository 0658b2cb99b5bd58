"""A no wins, and belongs to the change."""

from pathlib import Path

import pytest

from shopfloor import Shop, a_shop, who


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def test_a_reason_without_a_no_is_not_taken_for_a_yes(shop: Shop) -> None:
    shop.change()
    assert shop.approve("p_peer", "--reason", "no, no, no").status == 2
    assert shop.check()["votes"] == []


def test_a_no_wins_survives_rewriting_and_ends_when_its_person_takes_it_back(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer", "p_senior")
    said = shop.approve("p_other", "--reject", "--reason", "not like this")
    assert said.status == 0
    apr = said.out.split()[0]
    assert [reason["code"] for reason in shop.check()["reasons"]] == ["rejected"]
    shop.change("another", "src/c.py", "z = 1\n")
    assert "rejected" in {reason["code"] for reason in shop.check()["reasons"]}
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    shop.git("commit", "--quiet", "--amend", "-m", "all new", who=who("p_author"))
    assert "rejected" in {reason["code"] for reason in shop.check()["reasons"]}
    shop.approve("p_peer", "--withdraw", apr, "--anyway")
    assert "rejected" in {reason["code"] for reason in shop.check()["reasons"]}
    assert shop.approve("p_other", "--withdraw", apr).status == 0
    assert "rejected" not in {reason["code"] for reason in shop.check()["reasons"]}
