"""Ways in which approval gates have been got round, each taken for real: the door stays shut.

Each has a twin in which the honest variant passes, so that nothing here passes because everything is shut.
Numbers are those of the classes that were collected from other gates.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders import POLICY
from scenes import CLAUDE, land, on_feature, only_statement, put, said_again, signature
from shopfloor import AI, Shop, people_yaml, who
from shopfloor import a_shop as _a_shop
from yard import DEPLOYED, PRODUCERS, Yard, statuses

#: Classes that only a forge can show, and what stands in for them here.
FORGE_ONLY = {
    5: "a forge that answers with yesterday's head: here heads are git's own; a shallow clone stands in",
    24: "an administrator who switches protection off: here the rules of now judge what landed meanwhile",
    26: "a webhook that is delivered twice: here a statement is replayed for other work",
}


def a_shop(folder: Path, *given: Any, **files: str) -> Shop:
    """A shop whose commands are called in this process."""
    made = _a_shop(folder, *given, **files)
    made.in_process = True
    return made


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = a_shop(tmp_path)
    made.change()
    return made


def held(shop: Shop, *words: str) -> Any:
    verdict = shop.check(*words)
    assert (verdict["verdict"], verdict["exit"]) != ("pass", 0), verdict["votes"]
    return verdict


def passes(shop: Shop, *words: str) -> Any:
    verdict = shop.check(*words)
    assert (verdict["verdict"], verdict["exit"]) == ("pass", 0), (verdict["reasons"], verdict["votes"])
    return verdict


def twin(shop: Shop, *ids: str) -> None:
    """The honest way: those who may say yes to what is there now do."""
    shop.yes(*(ids or ("p_peer",)))
    passes(shop)


def test_bypass_01_a_yes_is_rewritten_to_the_new_head(shop: Shop) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    old, new = shop.git("rev-parse", "HEAD"), shop.change("swapped", text="x = 666\n")
    tree = shop.git("rev-parse", "HEAD^{tree}")
    payload = json.loads(envelope["payload"])
    payload["seal"] |= {"head": new, "tree": tree}
    put(shop, envelope | {"payload": envelope["payload"].replace(old, new)})
    put(shop, envelope | {"payload": json.dumps(payload, sort_keys=True, separators=(",", ":"))})
    held(shop)
    twin(shop)


def test_bypass_02_a_yes_to_an_older_commit_of_the_branch(shop: Shop) -> None:
    shop.yes("p_peer")
    shop.change("one more", text="x = 3\n")
    assert shop.approve("p_other", "--head", "HEAD~1").status == 0
    held(shop)
    twin(shop)


@pytest.mark.parametrize("how", ["amend", "reset", "mode", "symlink", "submodule"])
def test_bypass_03_approve_then_swap(shop: Shop, how: str) -> None:
    shop.yes("p_peer")
    match how:
        case "amend":
            (shop.repository / "src/app.py").write_text("x = 666\n")
            shop.git("commit", "--quiet", "--amend", "--all", "--no-edit", who=who("p_author"))
        case "reset":
            shop.git("reset", "--quiet", "--hard", "main")
            shop.change("another", text="x = 666\n")
        case "mode":
            (shop.repository / "src/app.py").chmod(0o755)
            shop.git("commit", "--quiet", "--all", "-m", "mode", who=who("p_author"))
        case "symlink":
            on_feature(shop, {"src/app.py": "/etc/passwd"}, mode="120000")
        case "submodule":
            on_feature(shop, {"vendor": "1" * 40}, mode="160000")
    held(shop)
    if how in {"amend", "mode"}:
        twin(shop)


def test_bypass_04_a_vote_that_sticks_while_a_bot_adds_a_commit(shop: Shop) -> None:
    shop.yes("p_peer")
    shop.change("by the bot", text="x = 4\n", by="a_bot")
    assert shop.approve("a_bot").status == 11
    held(shop)
    twin(shop, "p_peer", "p_senior")


def test_bypass_05_history_that_is_cut_off_is_not_yesterdays_answer(shop: Shop, tmp_path: Path) -> None:
    shop.yes("p_peer")
    clone = tmp_path / "clone"
    origin = f"file://{shop.repository}"
    shop.git(
        "clone", "--quiet", "--depth", "1", "--branch", "feature", "--no-single-branch", origin, str(clone)
    )
    assert shop.run("check", cwd=clone).status == 2
    passes(shop)


def test_bypass_06_main_moves_between_the_check_and_the_merge(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    passes(yard.shop, "--head", "one")
    yard.git.commit("slipped in", {"src/one.py": "a = 666\n"}, who=who("p_author"))
    yard.squash("one")
    assert statuses(yard.to(yard.start)) == ["uncovered"]
    yard.branch("two", "b = 1")
    yard.yes("p_peer")
    before = yard.git("rev-parse", "main")
    yard.squash("two")
    assert yard.to(before)["verdict"] == "pass"


def test_bypass_07_a_push_between_the_check_and_the_deployment(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    landed = yard.squash("one")
    assert yard.to(yard.start)["verdict"] == "pass"
    yard.push("src/late.py", "late = 1\n")
    assert yard.to(yard.start)["verdict"] == "hold"
    assert yard.to(yard.start, to=landed)["verdict"] == "pass", "what was checked may go"
    yard.branch("raw", "c = 1")
    assert yard.to(yard.start, to="raw")["verdict"] == "hold", "a commit that has not landed"


def test_bypass_08_approve_one_thing_and_run_another(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    for person in ("p_senior", "p_peer"):
        yard.shop.approve(person, "--baseline", yard.start)
    yard.deployed(yard.start, "--baseline")
    yard.branch("one", "a = 1")
    yard.yes("p_peer")
    old = yard.squash("one")
    yard.branch("two", "b = 1")
    yard.yes("p_peer")
    yard.squash("two")
    assert yard.deployed("main")["covered"]
    assert yard.to(to=old)["verdict"] == "hold", "the oldest of the waiting runs"
    assert yard.to(to=yard.start)["verdict"] == "pass", "an honest way back"


def test_bypass_09_a_sibling_on_the_same_commit(tmp_path: Path) -> None:
    policy = POLICY.replace("production: { branch: main }", "production: { branch: release }").replace(
        "mode: { production: enforce }", "mode: { production: enforce, staging: enforce }"
    )
    shop = a_shop(tmp_path, policy.replace("environments:\n", "environments:\n  staging: { branch: main }\n"))
    shop.change()
    assert shop.approve("p_peer", "--environment", "staging").status == 0
    passes(shop, "--environment", "staging")
    assert held(shop)["reasons"][0]["code"] == "other-branch"


def test_bypass_10_commits_that_say_they_are_old(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY.replace("from: peer }] }", "from: peer }, { cooling_hours: 24 }] }", 1))
    shop.change()  # its dates lie in the past
    shop.yes("p_peer")
    assert any("first seen" in reason["text"] for reason in held(shop)["reasons"])
    other = a_shop(tmp_path / "other")
    other.change()
    twin(other)


def test_bypass_11_a_check_of_the_right_name_by_somebody_else(tmp_path: Path) -> None:
    text = POLICY.replace("from: peer }] }", "from: peer }, { check: unit, producer: ci }] }", 1)
    shop = a_shop(tmp_path, text.replace("environments:", PRODUCERS + "environments:"))
    head = shop.change()
    shop.yes("p_peer")
    facts = tmp_path / "facts.json"
    check = {"name": "unit", "producer": "ci", "conclusion": "success", "head": head, "source": "ci"}
    facts.write_text(json.dumps({"v": 1, "checks": [check]}))
    held(shop, "--facts", str(facts))
    shop.run("report", "--key", str(shop.key("cd")), "--check", "unit=success")
    shop.run("report", "--key", str(shop.key("p_senior")), "--producer", "ci", "--check", "unit=success")
    held(shop)
    assert shop.run("report", "--key", str(shop.key("ci")), "--check", "unit=success").status == 0
    passes(shop)


def test_bypass_12_one_actor_and_their_bot_are_one(shop: Shop) -> None:
    assert shop.approve("a_bot").status == 11
    shop.approve("a_bot", "--anyway")
    held(shop)
    shop.change("with the bot", text="x = 5\n", by="a_bot")
    assert shop.approve("p_elder").status == 11, "its owner had a hand in it"
    twin(shop)


def test_bypass_13_somebody_else_rebases_the_authors_work(shop: Shop) -> None:
    land(shop, {"README.md": "# more\n"})
    shop.git("rebase", "--quiet", "main", who=who("p_other"))
    assert shop.approve("p_author").status == 11
    assert shop.approve("p_other").status == 11, "and who rebased it had a hand in it"
    held(shop)
    twin(shop)


@pytest.mark.parametrize("by", ["Nobody <nobody@nowhere.example>", "p_peer <>", " <  >"])
def test_bypass_14_an_author_that_nobody_knows(tmp_path: Path, by: str) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {"src/app.py": "x = 7\n"}, by=by)
    shop.yes("p_author")
    assert held(shop)["notes"][0].startswith("every count is"), "one of them may be who wrote it"
    twin(shop, "p_peer", "p_other")


def test_bypass_15_a_no_that_is_edited_into_a_yes(shop: Shop) -> None:
    assert shop.approve("p_peer", "--reject", "--reason", "no").status == 0
    envelope = only_statement(shop)
    put(shop, envelope | {"payload": envelope["payload"].replace('"answer":"no"', '"answer":"yes"')})
    held(shop)
    put(shop, said_again(envelope, "p_other", answer="yes", person="p_peer"))
    held(shop)
    twin(shop, "p_peer")


def test_bypass_16_edits_that_hide_in_a_merge(shop: Shop) -> None:
    shop.yes("p_peer")
    land(shop, {"README.md": "# more\n"})
    shop.git("merge", "--quiet", "--no-commit", "main", who=who("p_author"))
    (shop.repository / "src/app.py").write_text("x = 666\n")
    shop.git("commit", "--quiet", "--all", "-m", "merge main", who=who("p_author"))
    held(shop)
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    shop.git("merge", "--quiet", "-m", "merge main", "main", who=who("p_author"))
    passes(shop)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".blastdoor/policy.yaml", POLICY.replace("from: senior", "from: peer")),
        (".blastdoor/people.yaml", people_yaml(p_author="principal", p_peer="principal")),
        (
            ".blastdoor/people.yaml",
            people_yaml().replace("id: p_peer, level: engineer", "id: p_peer, level: senior"),
        ),
        ("services/stock/catalog-info.yaml", "kind: Component\nmetadata: { name: stock }\n"),
    ],
)
def test_bypass_17_the_gate_is_edited_in_the_change_that_it_judges(
    tmp_path: Path, path: str, text: str
) -> None:
    shop = a_shop(tmp_path)
    shop.change(f"looser\n\n{AI}")
    shop.change("looser", path, text)
    shop.yes("p_peer")
    held(shop)
    twin(shop, "p_senior", "p_other")


@pytest.mark.parametrize("case", ["db/big.sql", "db/Big.SQL"])
def test_bypass_18_a_rename_out_of_a_protected_path(tmp_path: Path, case: str) -> None:
    rule = "  - name: tables\n    when: 'touches(\"db/**\")'\n    require: [{ approvals: 1, from: senior }]\n"
    shop = a_shop(tmp_path, POLICY + rule, **{case: "create table t (a int);\n"})
    (shop.repository / "lib").mkdir()
    shop.git("mv", case, "lib/big.txt")
    shop.git("commit", "--quiet", "-m", "tidy", who=who("p_author"))
    shop.approve("p_peer", "--anyway")
    held(shop)
    twin(shop, "p_senior", "p_other")


def test_bypass_19_the_mark_stands_in_the_oldest_of_many_commits(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    stream = b"".join(
        b"commit refs/heads/feature\nauthor %b 1772355600 +0000\ncommitter %b 1772355600 +0000\n"
        b"data %d\n%b%bM 100644 inline src/app.py\ndata %d\n%b\n"
        % (
            who("p_author").encode(),
            who("p_author").encode(),
            len(message),
            message,
            b"from refs/heads/feature^0\n" if number == 0 else b"",
            len(text),
            text,
        )
        for number in range(600)
        for message in (
            (f"change {number}" + (f"\n\nCo-authored-by: {CLAUDE}\n" if number == 0 else "")).encode()
            + b"\n",
        )
        for text in (f"x = {number}\n".encode(),)
    )
    shop.git("fast-import", "--quiet", "--force", stdin=stream)
    shop.git("reset", "--quiet", "--hard", "feature")
    shop.approve("p_peer", "--anyway")
    assert held(shop)["provenance"]["state"] == "ai_disclosed"
    twin(shop, "p_senior")


@pytest.mark.parametrize("namespace", ["git", "file", "report@blastdoor", "deployment@blastdoor", ""])
def test_bypass_20_a_valid_signature_of_another_kind(shop: Shop, namespace: str) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    put(shop, envelope | {"signature": signature("p_peer", envelope["payload"], namespace)})
    held(shop)
    put(shop, {"v": 1, "payload": envelope["payload"], "signature": ""})
    held(shop)
    twin(shop)


def test_bypass_21_one_person_counted_twice(tmp_path: Path) -> None:
    people = people_yaml().replace(
        "id: p_junior, level: junior", "id: p_junior, level: engineer, active: false"
    )
    shop = a_shop(
        tmp_path, POLICY.replace("approvals: 1, from: peer }] }", "approvals: 2, from: peer }] }", 1), people
    )
    shop.change()
    shop.yes("p_peer")
    envelope = only_statement(shop)
    put(shop, envelope)
    put(shop, said_again(envelope, "p_peer", given_at="2026-03-02T00:00:00Z"))
    put(shop, said_again(envelope, "p_peer", requirements=["other words"]))
    put(shop, said_again(envelope, "p_peer", person="p_other"))
    held(shop)
    twin(shop, "p_other")


def test_bypass_22_the_rules_of_before_they_were_stricter(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    shop.yes("p_peer")
    passes(shop)
    stricter = POLICY.replace("approvals: 1, from: peer }] }", "approvals: 2, from: peer }] }", 1)
    shop.on_main("stricter", **{".blastdoor/policy.yaml": stricter})
    held(shop)
    shop.git("branch", "--quiet", "older", "main~1")
    held(shop)
    shop.yes("p_other")
    passes(shop)


@pytest.mark.parametrize(
    "path", ["AGENTS.md", "CLAUDE.md", ".github/workflows/x.md", "docs/conf.py", ".cursor/rules.md"]
)
def test_bypass_23_a_path_that_is_only_documentation_by_its_name(tmp_path: Path, path: str) -> None:
    shop = a_shop(tmp_path)
    shop.change(f"words\n\n{AI}", path, "obey\n")
    shop.approve("p_peer", "--anyway")
    assert held(shop)["reach"]["docs_only"] is False
    twin(shop, "p_senior", "p_other")


def test_bypass_24_what_landed_while_the_rules_were_off_is_judged_by_those_of_now(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.git("switch", "--quiet", "main")
    observing = DEPLOYED.replace("production: enforce", "production: observe")
    off = yard.git.commit("off", {".blastdoor/policy.yaml": observing}, who=who("p_elder"))
    slipped = yard.push("src/slipped.py", "x = 1\n")
    on = yard.git.commit("on again", {".blastdoor/policy.yaml": DEPLOYED}, who=who("p_elder"))
    verdict = yard.to(yard.start)
    assert (verdict["verdict"], verdict["mode"]) == ("hold", "enforce")
    assert slipped in [one["commit"] for one in verdict["landings"] if one["status"] == "uncovered"]
    for commit in (off, slipped, on):
        for person in ("p_senior", "p_peer"):
            yard.shop.approve(person, "--landed", commit)
    assert yard.to(yard.start)["verdict"] == "pass"


def test_bypass_25_the_emergency_door_is_not_self_service(tmp_path: Path) -> None:
    door = "override: { from: senior, presence: false }\ndefault:"
    yard = Yard(tmp_path, DEPLOYED.replace("default:", door, 1))
    for person in ("p_senior", "p_peer"):
        yard.shop.approve(person, "--baseline", yard.start)
    yard.deployed(yard.start, "--baseline")
    yard.push("src/fix.py", "fix = 1\n", by="p_elder")

    def override(by: str, asked_by: str) -> int:
        return yard.shop.run(
            "override", "--reason", "now", "--incident", "I-1", "--requested-by", asked_by, "--to", "main",
            "--key", str(yard.shop.key(by)),
        ).status  # fmt: skip

    assert override("p_elder", "p_elder") == 11, "who wrote it, for themselves"
    assert override("p_elder", "p_peer") == 11, "who wrote it, in another's name"
    assert override("p_senior", "p_senior") == 11
    assert yard.to()["verdict"] == "hold"
    assert override("p_senior", "p_elder") == 0
    assert yard.to()["verdict"] == "pass"


def test_bypass_26_a_yes_that_is_replayed_for_other_work(shop: Shop) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    for fields in (
        {"seal__repository": "elsewhere"},
        {"seal__target_branch": "release"},
        {"seal__base": shop.git("rev-parse", "HEAD")},
    ):
        shop.git("update-ref", "-d", "refs/blastdoor/approvals/" + put(shop, envelope))
        put(shop, said_again(envelope, "p_peer", **fields))
        held(shop)
    twin(shop)


def test_bypass_27_a_program_that_speaks_for_a_person(shop: Shop) -> None:
    shop.yes("p_senior")
    envelope = only_statement(shop)
    put(shop, said_again(envelope, "a_bot"))
    put(shop, said_again(envelope, "a_bot", person="a_bot"))
    held(shop)
    twin(shop)


def test_bypass_28_what_was_done_and_undone_in_one_change(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change(f"with help\n\n{AI}", text="x = 666\n")
    shop.change("undo", text="x = 2\n")
    shop.approve("p_peer", "--anyway")
    assert held(shop)["provenance"]["state"] == "ai_disclosed"
    twin(shop, "p_senior")


@pytest.mark.parametrize("field", ["seal__patch", "seal__tree", "seal__head", "seal__base"])
def test_bypass_29_an_empty_digest_skips_nothing(shop: Shop, field: str) -> None:
    shop.yes("p_peer")
    envelope = only_statement(shop)
    made = put(shop, said_again(envelope, "p_peer", **{field: ""}))
    held(shop)
    shop.git("update-ref", "-d", "refs/blastdoor/approvals/" + made)
    twin(shop)


def test_every_class_is_tried_here_or_told_to_be_a_forges() -> None:
    tried = {int(found[1]) for name in globals() if (found := re.match(r"test_bypass_(\d\d)_", name))}
    assert tried | set(FORGE_ONLY) == set(range(1, 30))
