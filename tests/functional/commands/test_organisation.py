"""A repository can add to what its organisation demands, and never take away."""

from pathlib import Path
from typing import Any

import pytest

from builders import POLICY, public_key
from shopfloor import Said, Shop, a_shop, people_yaml

ABOVE = """\
version: 1
groups:
  lead: { level_at_least: senior }
environments:
  production: { branch: main }
default: { require: [{ approvals: 1, from: lead }] }
rules:
  - name: rules take a record
    when: reach.policy_files
    require: [{ change_record: true }]
"""


def above(folder: Path, text: str = ABOVE, people: str | None = None) -> dict[str, str]:
    """The organisation's folder, as the environment names it."""
    place = folder / "organisation"
    place.mkdir()
    (place / "policy.yaml").write_text(text)
    if people is not None:
        (place / "people.yaml").write_text(people)
    return {"BLASTDOOR_ORGANISATION": str(place)}


def check(shop: Shop, env: dict[str, str]) -> Any:
    said = shop.run("check", "--json", env=env)
    assert said.status in {0, 10, 11}, said.err
    return said.json


def refused(shop: Shop, env: dict[str, str]) -> Said:
    said = shop.run("check", "--json", env=env)
    assert said.status == 2, said.out
    return said


@pytest.mark.promise(5)
def test_promise_5_both_policies_ask_and_one_person_may_serve_both(tmp_path: Path) -> None:
    shop, env = a_shop(tmp_path), above(tmp_path)
    shop.change()
    shop.yes("p_peer")
    verdict = check(shop, env)
    assert verdict["verdict"] == "hold"
    assert [one["rule"] for one in verdict["demands"] if not one["met"]] == ["organisation: default"]
    shop.yes("p_senior")
    assert check(shop, env)["verdict"] == "pass"


@pytest.mark.promise(5)
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("groups:\n", "groups:\n  lead: { level_at_least: junior }\n", "groups.lead"),
        ("{ branch: main }", "{ branch: other }", "environments.production"),
        ("default:", "override: { from: peer }\ndefault:", "override"),
    ],
)
def test_promise_5_a_repository_redefines_nothing(tmp_path: Path, old: str, new: str, says: str) -> None:
    shop, env = a_shop(tmp_path, POLICY.replace(old, new, 1)), above(tmp_path)
    shop.change()
    assert says in refused(shop, env).err


def test_a_repository_that_observes_is_enforced_all_the_same(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY.replace("production: enforce", "production: observe"))
    shop.change()
    said = shop.run("check", "--json", env=above(tmp_path))
    assert (said.status, said.json["mode"]) == (10, "enforce")


def test_persons_are_the_organisations_to_list(tmp_path: Path) -> None:
    shop, env = a_shop(tmp_path), above(tmp_path, people=people_yaml())
    shop.change()
    assert "persons and root keys are the organisation's" in refused(shop, env).err


def test_its_roster_is_used_where_the_repository_has_none(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, people="version: 1\npersons: []\n")
    env = above(tmp_path, people=people_yaml())
    shop.change()
    said = shop.run("approve", "--key", str(shop.key("p_senior")), env=env)
    assert said.status == 0, said.out + said.err
    assert check(shop, env)["verdict"] == "pass"


@pytest.mark.promise(8)
def test_promise_8_the_bundle_holds_both_policies(tmp_path: Path) -> None:
    shop, env = a_shop(tmp_path), above(tmp_path)
    shop.change()
    bundle = tmp_path / "b.json"
    said = shop.run("check", "--json", "--bundle", str(bundle), env=env)
    assert shop.run("decide", str(bundle), "--json", cwd=tmp_path).out == said.out


def test_a_folder_without_a_policy_is_an_error(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    (tmp_path / "empty").mkdir()
    assert "holds no policy.yaml" in refused(shop, {"BLASTDOOR_ORGANISATION": str(tmp_path / "empty")}).err


# Beginnings and lock-outs ----------------------------------------------------------------------------

ROOTED = people_yaml().replace(
    "persons:",
    f"root: {{ keys: ['{public_key('root_1')}', '{public_key('root_2')}'], needed: 2 }}\npersons:",
    1,
)


def accept(shop: Shop, key: str) -> Said:
    return shop.run("approve", "--accept", "--key", str(shop.key(key)))


def test_the_first_rules_are_accepted_by_their_root_keys(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.git("switch", "--quiet", "--orphan", "fresh")
    shop.git.commit("begin", {"src/app.py": "x = 1\n"})
    shop.git("branch", "--quiet", "--force", "main", "fresh")
    shop.git("switch", "--quiet", "-c", "rules")
    shop.git.commit("rules", {".blastdoor/policy.yaml": POLICY, ".blastdoor/people.yaml": ROOTED})
    verdict = shop.check()
    assert (verdict["verdict"], verdict["openings"][0]["steps"][0]["kind"]) == ("hold", "accept")
    assert accept(shop, "root_1").status == 0
    assert accept(shop, "p_senior").status == 11
    assert shop.check()["verdict"] == "hold", "one of two"
    assert accept(shop, "root_2").status == 0
    verdict = shop.check()
    assert (verdict["verdict"], verdict["accepted"]) == ("pass", 2)


@pytest.mark.promise(6)
def test_promise_6_root_keys_open_nothing_that_has_another_way_out(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, people=ROOTED)
    shop.change("looser", ".blastdoor/policy.yaml", POLICY.replace("from: senior", "from: peer"))
    for key in ("root_1", "root_2"):
        accept(shop, key)
    assert shop.check()["verdict"] == "hold"


def test_root_keys_repair_a_lock_out_in_a_change_of_the_rules_alone(tmp_path: Path) -> None:
    forbids = (
        POLICY + "  - name: frozen rules\n    when: reach.policy_files\n    forbid: nobody changes rules\n"
    )
    shop = a_shop(tmp_path, forbids, ROOTED)
    shop.change("repair", ".blastdoor/policy.yaml", POLICY)
    assert shop.check()["verdict"] == "deny"
    for key in ("root_1", "root_2"):
        assert accept(shop, key).status == 0
    assert shop.check()["verdict"] == "pass"
    shop.change("and more", "src/app.py", "x = 3\n")
    for key in ("root_1", "root_2"):
        accept(shop, key)
    assert shop.check()["verdict"] == "deny", "more than the rules"


@pytest.mark.promise(6)
def test_promise_6_rules_that_do_not_load_are_repaired_under_the_last_that_did(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    broken = {".blastdoor/policy.yaml": "version: 1\nnonsense\n"}
    shop.git("switch", "--quiet", "main")
    shop.git.commit("broken", broken)
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.change()
    said = shop.run("check")
    assert (said.status, "policy.yaml" in said.err) == (2, True)
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.change("repair", ".blastdoor/policy.yaml", POLICY)
    verdict = shop.check()
    assert (verdict["verdict"], verdict["rules"]["source"]) == ("hold", "earlier")
    shop.yes("p_senior", "p_peer")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(3)
def test_promise_3_a_yes_that_was_carried_over_has_an_entry_of_its_own(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", README__md="# shop\n\nmore\n")
    shop.git("rebase", "--quiet", "main")
    verdict = shop.check()
    assert [vote["carried"] for vote in verdict["votes"]] == [True]
    assert shop.run("check", "--record").status == 0
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    assert b'"kind":"carry"' in state.read_bytes()
