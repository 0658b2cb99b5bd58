"""Whose rules: the protected branch's tip, and nothing that the change, its author or the folder brings."""

from pathlib import Path

import pytest

from builders import POLICY, public_key
from realgit import RealGit
from scenes import commit, land, on_feature, only_statement, opens, put, rebase, said_again, still_shut
from shopfloor import AI, Shop, a_shop, catalogue, people_yaml, who

WEAK = POLICY.replace("level_at_least: engineer", "level_at_least: junior").replace("enforce", "observe")
STRICT = POLICY.replace("default: { require: [{ approvals: 1", "default: { require: [{ approvals: 3")
MALLORY = people_yaml().replace(
    "agents:",
    f"  - {{ id: p_mallory, level: principal, keys: [{public_key('p_mallory')}],"
    " accounts: [{ provider: git, id: mallory@shop.example }] }\nagents:",
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = a_shop(tmp_path)
    shop.change()
    return shop


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    "files",
    [
        {".blastdoor/policy.yaml": WEAK},
        {".blastdoor/policy.yaml": None},
        {".blastdoor/policy.yaml": None, ".blastdoor/people.yaml": None},
        {".blastdoor/people.yaml": people_yaml(p_junior="principal")},
        {"services/stock/catalog-info.yaml": catalogue("stock", 9)},
        {"services/stock/catalog-info.yaml": None},
        {".github/CODEOWNERS": "* @me\n"},
        {".blastdoor/extra.txt": "x"},
    ],
    ids=lambda files: "+".join(f"{path}{'' if text else ' removed'}" for path, text in files.items()),
)
def test_promise_6_touching_the_rules_is_critical_and_judged_by_the_old_ones(
    tmp_path: Path, files: dict[str, str | None]
) -> None:
    shop = a_shop(tmp_path)
    main = shop.git("rev-parse", "main")
    on_feature(shop, files)
    verdict = shop.check()
    assert (verdict["mode"], verdict["advisory"], verdict["exit"]) == ("enforce", False, 10)
    assert verdict["rules"]["commit"] == main
    assert (verdict["reach"]["level"], verdict["reach"]["policy_files"]) == ("critical", True)
    assert shop.approve("p_junior").status == 11
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(6)
def test_promise_6_a_roster_that_the_change_brings_lets_nobody_in(shop: Shop) -> None:
    shop.yes("p_peer")
    envelope = said_again(only_statement(shop), "p_mallory", person="p_mallory")
    on_feature(shop, {".blastdoor/people.yaml": MALLORY})
    assert shop.approve("p_mallory", "--anyway").status == 2
    put(shop, said_again(envelope, "p_mallory", rules=shop.git("rev-parse", "feature")))
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert not any(vote["counts"] for vote in verdict["votes"] if vote["person"] == "p_mallory")


@pytest.mark.promise(6)
def test_promise_6_a_fork_from_before_there_were_any_rules_is_judged_by_them(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    root = commit(shop.git, "old", {"a.py": "a = 1\n"}, parents=(), by="p_elder")
    commit(shop.git, "main", {"a.py": "a = 1\n"}, parents=(root,), by="p_elder")
    rules = {".blastdoor/policy.yaml": POLICY, ".blastdoor/people.yaml": people_yaml()}
    tip = land(shop, rules)
    commit(shop.git, "feature", {"a.py": "a = 2\n"}, parents=(root,))
    shop.git("reset", "--quiet", "--hard")
    verdict = shop.check()
    assert (verdict["change"]["base"], verdict["rules"]["commit"]) == (root, tip)
    assert (verdict["advisory"], verdict["verdict"]) == (False, "hold")
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(6)
def test_promise_6_a_base_from_before_the_rule_asks_nothing_less(shop: Shop) -> None:
    """`--base` chooses the difference that is looked at, never whose rules it is held to."""
    root = shop.git("rev-parse", "main")
    tip = land(shop, {".blastdoor/policy.yaml": STRICT})
    rebase(shop)
    verdict = shop.check("--base", root)
    assert (verdict["what_if"], verdict["rules"]["commit"]) == (True, tip)
    assert verdict["demands"][0]["need"] == 3


@pytest.mark.promise(6)
@pytest.mark.parametrize("where", ["working tree", "index", "stash"])
def test_promise_6_what_is_not_landed_has_no_say(shop: Shop, where: str) -> None:
    before = shop.check()
    (shop.repository / ".blastdoor" / "policy.yaml").write_text(WEAK)
    (shop.repository / ".blastdoor" / "people.yaml").write_text(MALLORY)
    (shop.repository / "services" / "stock" / "catalog-info.yaml").unlink()
    if where == "index":
        shop.git("add", "--all")
    elif where == "stash":
        shop.git("stash", "--quiet")
    after = shop.check()
    for name in ("policy", "mode", "rules", "reach", "demands"):
        assert after[name] == before[name]
    assert shop.approve("p_mallory", "--anyway").status == 2


@pytest.mark.promise(6)
def test_promise_6_a_policy_in_the_folder_does_not_make_an_advisory_verdict_firm(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {".blastdoor/policy.yaml": None, ".blastdoor/people.yaml": None})
    on_feature(shop, {"src/app.py": "x = 2\n"}, parents=("main",))
    (shop.repository / ".blastdoor").mkdir(exist_ok=True)
    (shop.repository / ".blastdoor" / "policy.yaml").write_text(WEAK)
    verdict = shop.check()
    assert (verdict["advisory"], verdict["mode"], verdict["rules"]["source"]) == (True, "enforce", "built-in")


@pytest.mark.promise(6)
def test_promise_6_a_policy_tightened_later_applies_to_yeses_given_before(shop: Shop) -> None:
    shop.yes("p_peer")
    opens(shop)
    land(shop, {".blastdoor/policy.yaml": STRICT})
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_other", "p_senior")
    opens(shop)


@pytest.mark.promise(6)
def test_promise_6_in_a_clone_origins_branch_rules_and_not_the_local_one(shop: Shop, tmp_path: Path) -> None:
    shop.git("switch", "--quiet", "main")
    shop.git("clone", "--quiet", str(shop.repository), str(tmp_path / "clone"))
    clone = Shop(RealGit(tmp_path / "clone"), shop.keys)
    clone.git("switch", "--quiet", "-c", "feature", "origin/feature")
    origin = clone.git("rev-parse", "origin/main")
    commit(clone.git, "main", {".blastdoor/policy.yaml": WEAK})
    verdict = clone.check()
    assert (verdict["rules"]["commit"], verdict["mode"]) == (origin, "enforce")
    assert verdict["rules"]["assurance"] == "asserted"


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    "decoy", ["refs/tags/main", "refs/heads/refs/heads/main", "refs/main", "refs/heads/heads/main"]
)
def test_promise_6_a_ref_that_is_called_like_the_protected_branch_does_not_rule(
    shop: Shop, decoy: str
) -> None:
    main = shop.git("rev-parse", "refs/heads/main")
    weak = commit(shop.git, "attic", {".blastdoor/policy.yaml": WEAK}, parents=(main,))
    shop.git("update-ref", decoy, weak)
    verdict = shop.check()
    assert (verdict["rules"]["commit"], verdict["mode"]) == (main, "enforce")


@pytest.mark.promise(6)
@pytest.mark.parametrize("how", ["replace", "graft"])
def test_promise_6_replaced_and_grafted_commits_do_not_rule(shop: Shop, how: str) -> None:
    main = shop.git("rev-parse", "main")
    weak = commit(shop.git, "attic", {".blastdoor/policy.yaml": WEAK}, parents=())
    if how == "replace":
        shop.git("replace", main, weak)
        assert "observe" in shop.git("show", "main:.blastdoor/policy.yaml")
    else:
        (shop.repository / ".git" / "info" / "grafts").write_text(f"{main} {weak}\n")
    verdict = shop.check()
    assert (verdict["mode"], verdict["rules"]["commit"], verdict["exit"]) == ("enforce", main, 10)


def test_an_ai_rule_is_as_strict_on_a_branch_of_any_name(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change(f"change\n\n{AI}")
    for name in ("release", "hotfix/emergency", "dependabot/x", "main2", "HEAD-1", "origin"):
        shop.git("branch", "--quiet", "--force", name, "feature")
        verdict = shop.check("--head", f"refs/heads/{name}")
        assert {one["rule"] for one in verdict["demands"]} == {"default", "AI needs a senior"}, name


def test_somebody_demoted_and_somebody_promoted_count_as_neither(shop: Shop) -> None:
    shop.yes("p_peer")
    land(shop, {".blastdoor/people.yaml": people_yaml(p_peer="junior")})
    assert shop.check()["verdict"] == "hold"
    land(shop, {".blastdoor/people.yaml": people_yaml()})
    opens(shop)


def test_rules_that_move_while_a_change_waits_are_named_in_each_verdict(shop: Shop) -> None:
    first = shop.check()["rules"]["commit"]
    second = land(shop, {"docs/x": "1\n"})
    assert shop.check()["rules"]["commit"] == second != first
    shop.git("merge", "--quiet", "--no-edit", "main", who=who("p_author"))
    assert shop.check()["rules"]["commit"] == second
    shop.approve("p_junior", "--anyway")
    still_shut(shop, "p_junior")
