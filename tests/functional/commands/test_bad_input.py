"""One clear sentence, exit 2 or a hold, nothing half-written."""

import json
from pathlib import Path

import pytest

from builders import POLICY
from realgit import RealGit
from shopfloor import Shop, a_shop, catalogue, people_yaml, who


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def refused(shop: Shop, *words: str) -> str:
    said = shop.run("check", *words)
    assert (said.status, said.out) == (2, ""), said.out
    assert said.err.startswith("blastdoor: error: ")
    return said.err


def test_a_head_on_the_protected_branch_is_told_what_to_try(shop: Shop) -> None:
    assert "nothing to check: HEAD is already on main; try --base HEAD~5" in refused(shop)


def test_refs_and_ranges_that_are_none_are_refused(shop: Shop) -> None:
    shop.change()
    assert "'nope'" in refused(shop, "--base", "nope")
    assert "'nope'" in refused(shop, "--head", "nope")
    assert "the same commit" in refused(shop, "--base", "HEAD")
    assert "no environment called 'moon'" in refused(shop, "--environment", "moon")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("rules:", "rulse:", "main:.blastdoor/policy.yaml:9: unknown field `rulse`"),
        ("reach.docs_only", "reach.doc_only", "no fact is called reach.doc_only"),
        ('at_least(reach.level, "high")', "reach.level == 'high'", "reach.level is graded"),
        ("default:", "x: &a 1\ndefault:", "main:.blastdoor/policy.yaml:8: x: anchors and aliases"),
        ("default:", "x: 1\ndefault:", "main:.blastdoor/policy.yaml:8: unknown field `x`"),
        ("version: 1", "version: [", "not readable as YAML"),
        ("level_at_least: senior", "level_at_least: sage", "no level is called 'sage'"),
    ],
)
def test_a_policy_on_main_that_does_not_load_names_the_line(
    shop: Shop, old: str, new: str, says: str
) -> None:
    shop.change()
    shop.git("switch", "--quiet", "main")
    assert old in POLICY
    shop.git.commit("broken", {".blastdoor/policy.yaml": POLICY.replace(old, new)})
    shop.git("switch", "--quiet", "feature")
    assert says in refused(shop)


def test_a_roster_with_one_account_twice_names_both_lines(shop: Shop) -> None:
    shop.change()
    shop.git("switch", "--quiet", "main")
    shop.git.commit("twice", {".blastdoor/people.yaml": people_yaml().replace("peer@shop", "author@shop")})
    shop.git("switch", "--quiet", "feature")
    assert "main:.blastdoor/people.yaml:4: persons[1].accounts[0].id" in refused(shop)


def test_a_catalogue_with_a_hole_is_listed_and_one_with_a_circle_is_fine(tmp_path: Path) -> None:
    files = {
        "services/a/catalog-info.yaml": catalogue("a", 3, "b", "ghost"),
        "services/b/catalog-info.yaml": catalogue("b", 3, "a"),
        "services/b/b.py": "b = 1\n",
    }
    shop = a_shop(tmp_path, **files)
    shop.change("b", "services/b/b.py", "b = 2\n")
    reach = shop.check()["reach"]
    assert {service["name"] for service in reach["services"]} == {"a", "b"}
    assert any("ghost" in unknown["what"] for unknown in reach["unknowns"])


def test_a_catalogue_behind_a_link_is_unknown(shop: Shop) -> None:
    shop.change()
    shop.git("switch", "--quiet", "main")
    (shop.repository / "services" / "linked").mkdir()
    (shop.repository / "services" / "linked" / "catalog-info.yaml").symlink_to("../stock/catalog-info.yaml")
    shop.git.commit("a link")
    shop.git("switch", "--quiet", "feature")
    reach = shop.check()["reach"]
    assert (reach["unknowns"][0]["code"], reach["level"]) == ("catalogue-link", "medium")


def test_a_shallow_clone_whose_base_is_missing_says_how_to_fetch_it(shop: Shop, tmp_path: Path) -> None:
    shop.change("1")
    shop.change("2", text="x = 3\n")
    address = f"file://{shop.repository}"
    shop.git("switch", "--quiet", "main")
    shop.git("clone", "--quiet", "--depth=1", "--no-single-branch", address, str(tmp_path / "clone"))
    clone = Shop(RealGit(tmp_path / "clone"), shop.keys)
    assert "git fetch --unshallow" in refused(clone, "--head", "origin/feature")
    clone.git("fetch", "--quiet", "--unshallow")
    assert clone.check("--head", "origin/feature")["verdict"] == "hold"


def test_several_merge_bases_hold(shop: Shop) -> None:
    first = shop.change("feature")
    main = shop.on_main("main", docs__x="1\n")
    shop.git("merge", "--quiet", "--no-edit", main, who=who("p_author"))
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--quiet", "--no-edit", first)
    shop.git("switch", "--quiet", "feature")
    shop.change("more", "src/more.py", "m = 1\n")
    verdict = shop.check()
    assert "several-merge-bases" in {reason["code"] for reason in verdict["reasons"]}


def test_unrelated_history_is_a_change_of_the_whole_tree(shop: Shop) -> None:
    shop.git("switch", "--quiet", "--orphan", "stranger")
    shop.git.commit("new", {"a.py": "x = 1\n"}, who=who("p_author"))
    verdict = shop.check()
    assert (verdict["change"]["base"], verdict["change"]["files"]) == ("empty", 1)


def test_odd_files_are_read_and_shown_safely(shop: Shop) -> None:
    (shop.repository / "esc\x1b[2J\nname.py").write_text("x = 1\n")
    (shop.repository / "link").symlink_to("/etc/passwd")
    shop.git.commit("odd", who=who("p_author"))
    shop.git("update-index", "--add", "--cacheinfo", f"160000,{shop.git('rev-parse', 'HEAD')},module")
    shop.git("commit", "--quiet", "-m", "module", who=who("p_author"))
    said = shop.run("check")
    assert said.status == 10
    assert "\x1b" not in said.out
    assert any("module" in unknown["what"] for unknown in shop.check()["reach"]["unknowns"])


def test_something_else_under_the_approvals_might_be_a_no_and_holds(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("update-ref", "refs/blastdoor/approvals/junk", "HEAD")
    assert [reason["code"] for reason in shop.check()["reasons"]] == ["unreadable-statement"]


@pytest.mark.promise(22)
def test_promise_22_facts_in_a_file_lower_nothing(tmp_path: Path) -> None:
    demand = "  - { name: proven, when: 'true', require: [{ check: unit, producer: ci }] }\n"
    shop = a_shop(tmp_path, POLICY + demand)
    head = shop.change()
    shop.yes("p_peer")
    check = {"name": "unit", "producer": "ci", "conclusion": "success", "head": head, "source": "me"}
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"v": 1, "checks": [check]}))
    verdict = shop.check("--facts", str(facts))
    assert verdict["verdict"] == "hold"
    (note,) = [demand["note"] for demand in verdict["demands"] if demand["kind"] == "check"]
    assert note.startswith("asserted")
    facts.write_text(json.dumps({"v": 1, "checks": [{**check, "assurance": "token"}]}))
    assert "assurance" in refused(shop, "--facts", str(facts))


def test_init_writes_into_the_repository_it_was_asked_for_alone(shop: Shop, tmp_path: Path) -> None:
    """A hostile repository can name any folder as its working tree."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shop.git("rm", "--quiet", "-r", ".blastdoor")
    shop.git("config", "core.worktree", str(elsewhere))
    said = shop.run("init", "--repo", str(shop.repository))
    assert said.status == 2
    assert list(elsewhere.iterdir()) == []


def test_help_is_there_for_every_command(shop: Shop) -> None:
    overview = shop.run("--help")
    for name in ("init", "check", "approve", "decide", "demo"):
        assert name in overview.out
        said = shop.run(name, "--help")
        assert (said.status, said.err) == (0, "")
