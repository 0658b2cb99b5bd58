"""Ways round a gate that were seen in the field, taken step by step; each beside its honest twin.

The numbers are ours, one per class; classes that need a forge are tested with the forge.
"""

import json
from pathlib import Path

import pytest

from builders import POLICY, public_key
from scenes import (
    commit,
    land,
    on_feature,
    only_statement,
    opens,
    put,
    rebase,
    said_again,
    statements,
    still_shut,
)
from shopfloor import AI, Shop, a_shop, catalogue, people_yaml, who

TWO = POLICY.replace("default: { require: [{ approvals: 1", "default: { require: [{ approvals: 2")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = a_shop(tmp_path)
    shop.change()
    return shop


@pytest.mark.promise(2)
def test_bypass_1_promise_2_a_yes_renamed_to_look_like_one_for_the_new_head_opens_nothing(shop: Shop) -> None:
    """Retargeting: the same envelope under another name, and then with another head written into it."""
    shop.yes("p_peer")
    (envelope,) = statements(shop).values()
    head = on_feature(shop, {"src/evil.py": "e = 1\n"})
    blob = shop.git("hash-object", "-w", "--stdin", stdin=json.dumps(envelope).encode())
    shop.git("update-ref", "refs/blastdoor/approvals/apr_bbbbbbbbbbbbbbbb", blob)
    assert shop.check()["verdict"] == "hold"
    edited = envelope["payload"].replace(json.loads(envelope["payload"])["seal"]["head"], head)
    put(shop, {**envelope, "payload": edited})
    assert shop.check()["verdict"] == "hold"
    shop.git("update-ref", "-d", "refs/blastdoor/approvals/apr_bbbbbbbbbbbbbbbb")
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(2)
def test_bypass_2_promise_2_a_yes_to_an_older_commit_is_none_to_the_head(shop: Shop) -> None:
    older = shop.git("rev-parse", "HEAD")
    on_feature(shop, {"src/evil.py": "e = 1\n"})
    assert shop.approve("p_peer", "--head", older).status == 0
    still_shut(shop, "p_peer")
    assert shop.run("check", "--head", older).status == 0
    assert shop.approve("p_other").status == 0
    opens(shop)


@pytest.mark.promise(2)
def test_bypass_3_promise_2_approve_then_swap(shop: Shop) -> None:
    shop.yes("p_peer", "p_senior")
    opens(shop)
    base = shop.git("rev-parse", "main")
    on_feature(shop, {"src/app.py": "import evil\n"}, parents=(base,))
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert not any(vote["counts"] for vote in verdict["votes"])


@pytest.mark.promise(2)
def test_bypass_4_promise_2_a_bots_commit_on_top_is_a_commit_on_top(shop: Shop) -> None:
    shop.yes("p_peer")
    on_feature(shop, {"src/app.py": "x = 3\n"}, by="a_bot")
    still_shut(shop, "p_peer")
    assert shop.approve("p_elder").status == 11
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(1)
def test_bypass_5_promise_1_a_shallow_history_is_unknown_and_not_open(shop: Shop, tmp_path: Path) -> None:
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    source = f"file://{shop.repository}"
    shop.git("clone", "--quiet", "--depth=1", "--no-single-branch", source, str(tmp_path / "c"))
    shop.git(
        "--git-dir",
        str(tmp_path / "c" / ".git"),
        "fetch",
        "--quiet",
        "origin",
        "refs/blastdoor/*:refs/blastdoor/*",
    )
    said = shop.run("check", "--head", "origin/feature", "--repo", str(tmp_path / "c"))
    assert said.status in {2, 10}
    opens_here = shop.run("check", "--head", "feature")
    assert opens_here.status == 0


@pytest.mark.promise(2)
def test_bypass_8_promise_2_approve_one_branch_and_ask_for_another(shop: Shop) -> None:
    shop.yes("p_peer")
    commit(shop.git, "other", {"src/app.py": "x = 99\n"}, parents=("main",))
    other = shop.check("--head", "other")
    assert other["verdict"] == "hold"
    assert not any(vote["counts"] for vote in other["votes"])
    opens(shop)


@pytest.mark.promise(2)
def test_bypass_9_promise_2_a_sibling_branch_on_another_base_borrows_nothing(shop: Shop) -> None:
    """A commit on top of somebody else's unapproved work is judged with all of it."""
    stacked = commit(shop.git, "stacked", {"src/top.py": "t = 1\n"}, parents=("feature",), by="p_other")
    verdict = shop.check("--head", "stacked")
    assert (verdict["change"]["head"], verdict["change"]["files"]) == (stacked, 2)
    assert verdict["verdict"] == "hold"
    assert shop.approve("p_peer", "--head", "stacked").status == 0
    assert shop.check("--head", "stacked")["verdict"] == "pass"


@pytest.mark.promise(4)
def test_bypass_12_promise_4_one_person_and_their_bot_are_not_two(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, TWO)
    shop.change()
    shop.yes("p_elder")
    assert shop.approve("a_bot").status == 11
    assert shop.approve("a_bot", "--anyway").status == 0
    envelope = next(one for one in statements(shop).values() if '"p_elder"' in one["payload"])
    put(shop, said_again(envelope, "a_bot", person="p_elder", given_at="2026-11-01T00:00:00Z"))
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(4)
def test_bypass_13_promise_4_a_rebase_by_somebody_else_frees_no_author(shop: Shop) -> None:
    land(shop, {"docs/x": "1\n"})
    rebase(shop, by="p_other")
    assert shop.git("log", "-1", "--format=%ae %ce") == "author@shop.example other@shop.example"
    assert shop.approve("p_author").status == 11
    assert shop.approve("p_other").status == 11
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(4)
@pytest.mark.parametrize(
    "by",
    [
        "A <nobody@nowhere.example>",
        "A <AUTHOR@shop.example.evil>",
        "A <>",
        "author@shop.example <x>",
        "noreply <noreply@github.com>",
    ],
)
def test_bypass_14_promise_4_an_address_of_nobody_hides_nobody(tmp_path: Path, by: str) -> None:
    """p_author writes under an address that no one holds, and then says yes to it."""
    shop = a_shop(tmp_path)
    on_feature(shop, {"src/app.py": "x = 2\n"}, by=by)
    shop.approve("p_author", "--anyway")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(4)
def test_bypass_14_promise_4_naming_another_as_the_author_only_adds_a_hand(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {"src/app.py": "x = 2\n"}, by="p_peer", committer="p_author")
    assert shop.approve("p_author").status == 11
    assert shop.approve("p_peer").status == 11
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(2)
def test_bypass_15_promise_2_a_no_edited_into_a_yes_is_neither(shop: Shop) -> None:
    shop.approve("p_peer", "--reject", "--reason", "no")
    envelope = only_statement(shop)
    put(shop, {**envelope, "payload": envelope["payload"].replace('"answer":"no"', '"answer":"yes"')})
    assert shop.check()["verdict"] == "hold"
    assert not any(vote["counts"] for vote in shop.check()["votes"])
    put(shop, said_again(envelope, "p_peer", answer="yes"))
    assert shop.check()["verdict"] in {"hold", "pass"}


@pytest.mark.promise(3)
def test_bypass_16_promise_3_edits_hidden_in_the_resolution_of_a_conflict(shop: Shop) -> None:
    shop.yes("p_peer")
    land(shop, {"src/app.py": "x = 7\n"})
    shop.git("merge", "main", who=who("p_author"), ok=False)
    (shop.repository / "src" / "app.py").write_text("x = 2\nimport evil\n")
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--no-edit", who=who("p_author"))
    still_shut(shop, "p_peer")
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(6)
def test_bypass_17_promise_6_the_gate_edited_in_the_change_it_judges(shop: Shop) -> None:
    loose = POLICY.replace("level_at_least: engineer", "level_at_least: junior").replace("enforce", "observe")
    on_feature(shop, {".blastdoor/policy.yaml": loose})
    verdict = shop.check()
    assert (verdict["mode"], verdict["verdict"], verdict["reach"]["level"]) == ("enforce", "hold", "critical")
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_senior")
    opens(shop)


@pytest.mark.promise(6)
@pytest.mark.parametrize("to", ["attic/policy.yaml", ".blastdoor.d/policy.yaml"])
def test_bypass_18_promise_6_renaming_out_of_a_protected_path_touches_it(tmp_path: Path, to: str) -> None:
    rule = '  - { name: vault, when: touches("vault/**"), require: [{ approvals: 1, from: senior }] }\n'
    shop = a_shop(tmp_path, POLICY + rule)
    secret = "the same long text on both sides\n" * 20
    land(shop, {"vault/a.txt": secret})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"vault/a.txt": None, "open/a.txt": secret})
    assert "vault" in {one["rule"] for one in shop.check()["demands"]}
    policy = shop.git("show", "main:.blastdoor/policy.yaml") + "\n"
    on_feature(shop, {".blastdoor/policy.yaml": None, to: policy}, parents=("main",))
    assert shop.check()["reach"]["policy_files"] is True


@pytest.mark.promise(1)
def test_bypass_19_promise_1_what_comes_after_hundreds_of_commits_and_files_is_seen(tmp_path: Path) -> None:
    """The mark of the agent is in the oldest of 400 commits, the policy among 3,500 files."""
    shop = a_shop(tmp_path)
    commit(shop.git, "feature", {"src/first.py": "f = 1\n"}, f"first\n\n{AI}")
    parent = shop.git("rev-parse", "feature")
    stream = b""
    for number in range(400):
        above = f"from {parent}\n" if number == 0 else ""
        stream += (
            "commit refs/heads/feature\ncommitter p_author <author@shop.example> 1772355600 +0000\n"
            f"data 3\nall\n{above}M 100644 inline bulk/{number}.txt\ndata 2\nx\n\n"
        ).encode()
    shop.git("fast-import", "--quiet", stdin=stream)
    bulk: dict[str, str | bytes | None] = {f"many/{number}.txt": f"{number}\n" for number in range(3500)}
    commit(shop.git, "feature", bulk)
    commit(shop.git, "feature", {".blastdoor/policy.yaml": "version: 1\n"})
    commit(shop.git, "feature", {".blastdoor/policy.yaml": POLICY + "# looser one day\n"})
    verdict = shop.check()
    assert verdict["change"]["commits"] == 404
    assert (verdict["provenance"]["state"], verdict["reach"]["policy_files"]) == ("ai_disclosed", True)
    assert verdict["reach"]["level"] == "critical"


@pytest.mark.promise(2)
@pytest.mark.parametrize("namespace", ["git", "file"])
def test_bypass_20_promise_2_a_good_signature_over_another_kind_of_thing(shop: Shop, namespace: str) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    put(shop, said_again(envelope, "p_peer", namespace))
    still_shut(shop, "p_peer")
    shop.git("update-ref", "-d", next(iter(statements(shop))))
    put(shop, said_again(envelope, "p_peer", kind="something-else"))
    assert shop.check()["verdict"] == "hold"
    shop.git("update-ref", "-d", next(iter(statements(shop))))
    put(shop, envelope)
    opens(shop)


@pytest.mark.promise(4)
def test_bypass_21_promise_4_one_key_counted_twice(tmp_path: Path) -> None:
    """Two statements by one key, and one key under two persons."""
    shop = a_shop(tmp_path, TWO)
    shop.change()
    shop.yes("p_peer")
    (envelope,) = statements(shop).values()
    put(shop, said_again(envelope, "p_peer", given_at="2026-11-01T00:00:00Z"))
    put(shop, said_again(envelope, "p_peer", person="p_other"))
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_other")
    opens(shop)
    land(shop, {".blastdoor/people.yaml": people_yaml().replace(public_key("p_other"), public_key("p_peer"))})
    assert shop.run("check").status == 2


@pytest.mark.promise(6)
def test_bypass_22_promise_6_bringing_an_older_policy_back(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY.replace("enforce", "observe"))
    loose = shop.git("rev-parse", "main")
    land(shop, {".blastdoor/policy.yaml": POLICY})
    shop.git("reset", "--quiet", "--hard", "main")
    shop.git("checkout", "--quiet", loose, "--", ".blastdoor")
    shop.git("commit", "--quiet", "-m", "as it was", who=who("p_author"))
    verdict = shop.check()
    assert (verdict["mode"], verdict["exit"], verdict["reach"]["level"]) == ("enforce", 10, "critical")


@pytest.mark.promise(6)
def test_bypass_22_promise_6_asking_about_an_older_commit_is_still_held_to_the_newest_rules(
    shop: Shop,
) -> None:
    land(shop, {".blastdoor/policy.yaml": TWO})
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert verdict["demands"][0]["need"] == 2


@pytest.mark.promise(5)
def test_bypass_23_promise_5_a_file_that_only_looks_exempt(tmp_path: Path) -> None:
    """An exemption for documents does not hold for one line of code among them, nor for what agents obey."""
    shop = a_shop(tmp_path)
    on_feature(shop, {"docs/a.md": "x\n"}, f"words\n\n{AI}")
    assert {one["rule"] for one in shop.check()["demands"]} == {"default"}
    for path in ("docs/a.py", "docs/AGENTS.md", "docs/run.md.sh", "README.md/x.py", "docs/.md/hook"):
        on_feature(shop, {path: "x\n", "docs/a.md": "x\n"}, f"words\n\n{AI}", parents=("main",))
        if path.startswith("README.md/"):
            on_feature(shop, {"README.md": None, path: "x\n"}, f"words\n\n{AI}", parents=("main",))
        assert "AI needs a senior" in {one["rule"] for one in shop.check()["demands"]}, path


@pytest.mark.promise(5)
def test_bypass_23_promise_5_a_document_that_is_a_program_or_a_link_is_none(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    commit(shop.git, "feature", {"docs/run.md": "#!/bin/sh\n"}, f"words\n\n{AI}", mode="100755")
    assert shop.check()["reach"]["docs_only"] is False
    commit(shop.git, "feature", {"docs/l.md": "../x"}, f"words\n\n{AI}", parents=("main",), mode="120000")
    assert shop.check()["reach"]["docs_only"] is False


@pytest.mark.promise(4)
def test_bypass_27_promise_4_an_ai_reviewer_whose_key_is_on_the_roster_counts_for_nothing(shop: Shop) -> None:
    for words in ([], ["--anyway"]):
        shop.approve("a_bot", *words)
    assert shop.check()["verdict"] == "hold"
    opening = shop.check()["openings"][0]["steps"][0]
    assert all(person.startswith("p_") for person in opening["of"])
    shop.yes("p_peer")
    opens(shop)


@pytest.mark.promise(1)
def test_bypass_28_promise_1_doing_and_undoing_still_shows_who_and_what(tmp_path: Path) -> None:
    """X and then X undone: nothing differs in the end, and the agent's hand is still in the history."""
    shop = a_shop(tmp_path)
    on_feature(shop, {"src/app.py": "import evil\n"}, f"x\n\n{AI}")
    on_feature(shop, {"src/app.py": "x = 1\n"}, "undo x")
    said = shop.run("check", "--json")
    assert said.status in {2, 10}
    on_feature(shop, {"src/other.py": "o = 1\n"}, "harmless")
    verdict = shop.check()
    assert verdict["provenance"]["state"] == "ai_disclosed"
    assert "AI needs a senior" in {one["rule"] for one in verdict["demands"]}


@pytest.mark.promise(2)
def test_bypass_28_promise_2_the_same_lines_in_another_place(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {"a/settings.py": "SAFE = True\n", "b/settings.py": "SAFE = True\n"})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"a/settings.py": "SAFE = False\n"})
    shop.yes("p_peer")
    on_feature(shop, {"b/settings.py": "SAFE = False\n"}, parents=("main",))
    still_shut(shop, "p_peer")


@pytest.mark.promise(1)
@pytest.mark.parametrize("field", ["repository", "target_branch", "base", "head", "tree", "patch"])
def test_bypass_29_promise_1_an_empty_digest_matches_nothing(shop: Shop, field: str) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    put(shop, said_again(envelope, "p_peer", **{f"seal__{field}": ""}))
    verdict = shop.check()
    assert (verdict["verdict"], any(vote["counts"] for vote in verdict["votes"])) == ("hold", False)
    for ref in statements(shop):
        shop.git("update-ref", "-d", ref)
    put(shop, envelope)
    opens(shop)


@pytest.mark.promise(5)
def test_a_catalogue_entry_brought_by_the_change_neither_lowers_nor_hides_a_tier(tmp_path: Path) -> None:
    shop = a_shop(
        tmp_path, **{"services/pay/catalog-info.yaml": catalogue("pay", 0), "services/pay/p.py": "p = 1\n"}
    )
    files = {
        "services/pay/p.py": "p = 2\n",
        "services/pay/catalog-info.yaml": catalogue("pay", 9),
        "services/pay/inner/catalog-info.yaml": catalogue("decoy", 9),
    }
    on_feature(shop, files)
    assert shop.check()["reach"]["tier"] == 0
