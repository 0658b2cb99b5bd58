"""Ways round the door that were tried, each with the honest way beside it where nothing else tells it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import POLICY
from realgit import RealGit, a_repository
from shopfloor import Shop, a_shop, people_yaml, who, why


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def stored(shop: Shop) -> dict[str, Any]:
    """The one stored envelope, its payload taken apart."""
    (ref,) = shop.git("for-each-ref", "--format=%(refname)", "refs/blastdoor/approvals").split()
    envelope = json.loads(shop.git("cat-file", "blob", ref))
    return {**json.loads(envelope["payload"]), "ref": ref}


def store_unsigned(shop: Shop, payload: dict[str, Any], name: str) -> None:
    """What anyone can do who may push: an envelope without a signature, under any name."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    blob = shop.git("hash-object", "-w", "--stdin", stdin=json.dumps({"v": 1, "payload": text}).encode())
    shop.git("update-ref", f"refs/blastdoor/approvals/{name}", blob)


@pytest.mark.parametrize("head", ["--output=src/app.py", "nonexistent", "0" * 40, "HEAD"])
def test_bypass_a_statement_that_names_an_option_instead_of_a_commit(shop: Shop, head: str) -> None:
    shop.change()
    shop.on_main("moved", docs__x="1\n")
    shop.approve("p_junior", "--anyway")
    payload = stored(shop)
    payload.pop("ref")
    payload["seal"]["head"] = head
    before = (shop.repository / "src" / "app.py").read_bytes()
    store_unsigned(shop, payload, "evil")
    assert shop.check()["exit"] == 10
    assert (shop.repository / "src" / "app.py").read_bytes() == before
    shop.git("update-ref", "-d", "refs/blastdoor/approvals/evil")
    shop.yes("p_peer")
    assert shop.check()["exit"] == 0


LANDINGS: dict[str, Callable[[RealGit], object]] = {
    "squashed with one more file": lambda git: (
        git("merge", "--squash", "--quiet", "feature"),
        git.commit("land", {"CHANGELOG.md": "- x\n"}),
        git("revert", "--no-edit", "HEAD"),
    ),
    "commit by commit": lambda git: (
        git("cherry-pick", "main..feature"),
        git("revert", "--no-edit", "HEAD"),
        git("revert", "--no-edit", "HEAD~2"),
    ),
    "in a batch": lambda git: (
        git("switch", "--quiet", "-c", "queue"),
        git("merge", "--quiet", "--no-edit", "feature"),
        git.commit("other work", {"docs/other": "1\n"}),
        git("switch", "--quiet", "main"),
        git("merge", "--quiet", "--no-ff", "-m", "batch", "queue"),
        git("revert", "--no-edit", "-m", "1", "HEAD"),
    ),
    "merged where the same file had changed": lambda git: (
        git("merge", "--quiet", "--no-ff", "-m", "land", "feature"),
        git("revert", "--no-edit", "-m", "1", "HEAD"),
    ),
}


@pytest.mark.parametrize("landing", sorted(LANDINGS))
def test_bypass_an_approval_used_again_after_a_revert(shop: Shop, landing: str) -> None:
    lines = [f"line{number} = 1\n" for number in range(20)]
    shop.git("switch", "--quiet", "main")
    shop.git.commit("lines", {"src/app.py": "".join(lines)})
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.change("one", text="".join(["line0 = 2\n", *lines[1:]]))
    shop.change("two", text="".join(["line0 = 3\n", *lines[1:]]))
    shop.yes("p_peer")
    assert shop.check()["exit"] == 0
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"docs/x": "1\n"})
    if "same file" in landing:
        shop.git.commit("meanwhile, too", {"src/app.py": "".join([*lines[:-1], "line19 = 9\n"])})
    LANDINGS[landing](shop.git)
    tree, base = shop.git("rev-parse", "feature^{tree}"), shop.git("merge-base", "feature", "main~3")
    again = shop.git("commit-tree", "-m", "again", "-p", base, tree, who=who("p_author"))
    shop.git("switch", "--quiet", "-C", "feature", again)
    verdict = shop.check()
    assert verdict["exit"] == 10
    assert "used up" in why(verdict, "p_peer")


def test_bypass_a_branch_called_main_does_not_become_the_rules_base(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    shop.git("branch", "-m", "main", "master")
    clone = a_repository(tmp_path / "clone")
    clone("fetch", "--quiet", str(shop.repository), "+refs/heads/*:refs/remotes/origin/*")
    clone("checkout", "--quiet", "--detach", "origin/feature")
    assert Shop(RealGit(clone.folder), shop.keys).check()["rules"]["ref"] == "refs/remotes/origin/master"
    clone("update-ref", "refs/remotes/origin/main", "origin/feature")
    said = Shop(RealGit(clone.folder), shop.keys).run("check")
    assert said.status == 2
    assert "nothing says which of them is protected" in said.err


@pytest.mark.parametrize("flood", [0, 70])
def test_bypass_a_rejection_outrun_by_rebase_new_commit_and_new_name(shop: Shop, flood: int) -> None:
    lines = [f"line{number} = 1\n" for number in range(20)]
    shop.git("switch", "--quiet", "main")
    shop.git.commit("lines", {"src/app.py": "".join(lines)})
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.change("one", text="".join(["line0 = 2\n", *lines[1:]]))
    assert shop.approve("p_peer", "--reject", "--reason", "no").status == 0
    payload = stored(shop)
    payload.pop("ref")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"src/app.py": "".join([*lines[:-1], "line19 = 9\n"])})
    shop.git("switch", "--quiet", "-c", "renamed", "feature")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    shop.git("branch", "-D", "feature")
    shop.change("two", "src/more.py", "m = 1\n")
    tree = shop.git("rev-parse", "main^{tree}")
    for number in range(flood):
        loose = shop.git("commit-tree", "-m", f"{number}", tree)
        seal = {**payload["seal"], "head": loose, "base": "0" * 40}
        late = {**payload, "answer": "yes", "given_at": "2099-01-01T00:00:00Z", "seal": seal, "patches": []}
        store_unsigned(shop, {**late, "commits": []}, f"flood{number}")
    shop.yes("p_other")
    assert "rejected" in {reason["code"] for reason in shop.check()["reasons"]}


def test_bypass_taking_the_rejecter_off_the_roster(shop: Shop) -> None:
    shop.change()
    assert shop.approve("p_junior", "--reject").status == 0
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    without = "".join(line for line in people_yaml().splitlines(keepends=True) if "p_junior" not in line)
    shop.git.commit("somebody left", {".blastdoor/people.yaml": without})
    shop.git("switch", "--quiet", "feature")
    assert [reason["code"] for reason in shop.check()["reasons"]] == ["rejected"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "policy.yaml",
            POLICY.replace("peer: { level_at_least: engineer }", "peer: { persons: [p_nobody] }"),
        ),
        ("policy.yaml", POLICY.replace("  production: { branch: main }", "  moon: { branch: main }")),
        ("policy.yaml", POLICY.replace("branch: main", "branch: nowhere")),
        ("policy.yaml", None),
        ("people.yaml", None),
        ("people.yaml", people_yaml().replace("peer@shop.example", "author@shop.example")),
    ],
)
def test_bypass_rules_that_lock_everybody_out_are_held_before_they_land(
    shop: Shop, file: str, text: str | None
) -> None:
    shop.git.commit("rules", {f".blastdoor/{file}": text}, who=who("p_author"))
    shop.yes("p_senior", "p_peer")
    verdict = shop.check()
    assert [reason["code"] for reason in verdict["reasons"]] == ["proposed-rules"]
    assert "@shop.example" not in json.dumps(verdict)


def test_names_that_are_not_utf8_stop_nobody(shop: Shop) -> None:
    shop.change()
    head = shop.git("rev-parse", "HEAD").encode()
    shop.git("update-ref", b"refs/blastdoor/approvals/\xff\xfe", head)
    shop.git("update-ref", b"refs/heads/fe\xff", head)
    shop.git("symbolic-ref", b"HEAD", b"refs/heads/fe\xff")
    verdict = shop.check()
    assert "unreadable-statement" in {reason["code"] for reason in verdict["reasons"]}


def test_an_amended_message_keeps_its_yes_in_a_clone_that_never_saw_the_approved_commit(
    shop: Shop, tmp_path: Path
) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("commit", "--quiet", "--amend", "-m", "better words", who=who("p_author"))
    shop.on_main("meanwhile", docs__x="1\n")
    clone = a_repository(tmp_path / "clone")
    for refs in (
        "+refs/heads/*:refs/remotes/origin/*",
        "refs/blastdoor/approvals/*:refs/blastdoor/approvals/*",
    ):
        clone("fetch", "--quiet", str(shop.repository), refs)
    clone("checkout", "--quiet", "--detach", "origin/feature")
    assert Shop(RealGit(clone.folder), shop.keys).check()["verdict"] == "pass"


def test_an_unrelated_history_can_be_approved_though_main_moves(shop: Shop) -> None:
    shop.git("switch", "--quiet", "--orphan", "stranger")
    shop.git.commit("new", {"a.py": "x = 1\n"}, who=who("p_author"))
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    assert shop.check()["verdict"] == "pass"


def test_a_refused_or_failed_approval_leaves_nothing_behind(shop: Shop) -> None:
    shop.change()
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    assert shop.approve("p_author").status == 11
    assert not state.exists()
    shop.git("config", "hook.x.event", "reference-transaction")
    shop.git("config", "hook.x.command", "true")
    said = shop.approve("p_peer")
    assert said.status == 2
    assert shop.git("for-each-ref", "refs/blastdoor") == ""


def test_approve_seals_the_change_itself_and_takes_no_what_if(shop: Shop) -> None:
    shop.change()
    assert shop.approve("p_peer", "--base", "HEAD~1").status == 2


def test_approve_says_so_where_a_yes_would_be_used_up_at_once(shop: Shop) -> None:
    """The same change proposed again from the old base after a revert: only a rebase makes it new."""
    shop.change()
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--squash", "--quiet", "feature")
    shop.git.commit("land")
    shop.git("revert", "--no-edit", "HEAD")
    shop.git("switch", "--quiet", "feature")
    said = shop.approve("p_peer")
    assert (said.status, "used up" in said.out) == (11, True)
    old = shop.git("rev-parse", "feature")
    shop.git("switch", "--quiet", "-C", "feature", "main")
    shop.git("cherry-pick", old, who=who("p_author"))
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


def test_rejections_of_other_work_cost_nothing_and_hold_nothing(shop: Shop) -> None:
    """However many branches were rejected and left: those with no file in common are not looked at."""
    shop.change()
    assert shop.approve("p_peer", "--reject").status == 0
    payload = stored(shop)
    ref = payload.pop("ref")
    shop.git("switch", "--quiet", "-c", "later", "main")
    shop.change("later", "src/later.py", "l = 1\n")
    shop.on_main("moved", docs__x="1\n")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    tree = shop.git("rev-parse", "feature^{tree}")
    base = shop.git("merge-base", "feature", "main")
    for number in range(210):
        loose = shop.git("commit-tree", "-m", f"{number}", "-p", base, tree)
        seal = {**payload["seal"], "head": loose}
        other = {**payload, "seal": seal, "commits": [], "patches": [], "branch": f"other{number}"}
        store_unsigned(shop, other, f"no{number}")
    shop.git("update-ref", "-d", ref)
    shop.yes("p_other")
    assert shop.check()["verdict"] == "pass"
