"""The door, as its users meet it: check, approve, decide on real repositories."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from blastdoor.model import NAMESPACE
from builders import POLICY, public_key
from realgit import ENVIRONMENT, RealGit, a_repository
from schemas import FOLDER
from shopfloor import AI, Shop, a_shop, catalogue, people_yaml, who, why


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def met(verdict: dict[str, list[dict[str, str]]]) -> dict[str, bool]:
    rules: dict[str, bool] = {}
    for demand in verdict["demands"]:
        rules[demand["rule"]] = bool(demand["met"]) and rules.get(demand["rule"], True)
    return rules


def test_an_ordinary_change_needs_one_peer_and_then_passes(shop: Shop) -> None:
    shop.change()
    before = shop.check()
    assert (before["verdict"], before["exit"]) == ("hold", 10)
    shop.yes("p_peer")
    after = shop.check()
    assert (after["verdict"], after["exit"], after["openings"]) == ("pass", 0, [])


def test_an_ai_assisted_change_needs_a_senior(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_peer")
    assert met(shop.check()) == {"default": True, "AI needs a senior": False}
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


def test_an_ai_assisted_document_needs_only_a_peer(shop: Shop) -> None:
    shop.change(f"words\n\n{AI}", "README.md", "# the shop\n")
    assert set(met(shop.check())) == {"default"}


def test_wide_reach_is_found_through_imports_and_the_catalogue(tmp_path: Path) -> None:
    files = {
        "libs/money/money/__init__.py": "",
        "libs/money/money/rates.py": "RATE = 1\n",
        "services/checkout/catalog-info.yaml": catalogue("checkout", 1),
        "services/checkout/app.py": "from money.rates import RATE\n",
        "services/front/catalog-info.yaml": catalogue("front", 3, "checkout"),
    }
    shop = a_shop(tmp_path, **files)
    shop.change("rates", "libs/money/money/rates.py", "RATE = 2\n")
    reach = shop.check()["reach"]
    assert (reach["level"], reach["tier"]) == ("critical", 1)
    paths = {service["name"]: service["path"] for service in reach["services"]}
    assert paths["front"] == ["libs/money/money/rates.py", "services/checkout/app.py", "checkout", "front"]
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


def test_only_a_forbidding_rule_denies(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY + '  - { name: keys, when: touches("keys/**"), forbid: not in git }\n')
    shop.change("a key", "keys/x", "secret\n")
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("deny", 11)


def test_observing_lets_through_and_says_what_it_would(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY.replace("enforce", "observe"))
    shop.change()
    verdict = shop.check()
    assert (verdict["verdict"], verdict["mode"], verdict["exit"]) == ("hold", "observe", 0)
    assert shop.run("check").out.startswith("WOULD HOLD")


def test_without_any_set_up_the_verdict_is_advisory(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "bare")
    git.commit("1", {"a.py": "x = 1\n"})
    git("switch", "--quiet", "-c", "feature")
    git.commit("2", {"a.py": "x = 2\n"})
    shop = Shop(git, tmp_path)
    verdict = shop.check()
    assert (verdict["advisory"], verdict["exit"]) == (True, 10)
    assert "blastdoor init" in verdict["openings"][0]["steps"][0]["text"]
    assert not (git.folder / ".git" / "blastdoor" / "state.sqlite").exists()


def test_init_and_the_built_in_policy_ask_the_same(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "r")
    git.commit("1", {"a.py": "x = 1\n"})
    git("switch", "--quiet", "-c", "feature")
    git.commit(f"2\n\n{AI}", {"a.py": "x = 2\n", ".github/workflows/ci.yml": "on: push\n"})
    shop = Shop(git, tmp_path)
    built_in = shop.check()
    git("switch", "--quiet", "main")
    assert shop.run("init").status == 0
    git.commit("rules")
    git("switch", "--quiet", "feature")
    own = shop.check()
    assert own["demands"] == built_in["demands"]
    assert (own["advisory"], own["mode"], own["exit"]) == (False, "observe", 0)
    again = shop.run("init")
    assert again.status == 0 or "is there already" in again.err


def test_the_words_for_people_name_verdict_reasons_and_openings(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    said = shop.run("check")
    assert said.status == 10
    for words in ("HOLD", "AI took part", "claude-code", "AI needs a senior", "to open", "p_senior"):
        assert words in said.out
    assert "\x1b" not in said.out


def test_json_is_one_canonical_document_of_the_committed_schema(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    said = shop.run("check", "--json")
    document = json.loads(said.out)
    jsonschema.validate(document, json.loads((FOLDER / "verdict.json").read_text()))
    assert said.out == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert said.err == ""


# Persons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ("p_author", "had a hand in the change"),
        ("a_bot", "a bot never counts"),
        ("p_junior", "qualifies for none"),
    ],
)
@pytest.mark.promise(4)
def test_promise_4_who_cannot_vouch_is_refused_with_the_reason(shop: Shop, person: str, says: str) -> None:
    shop.change()
    said = shop.approve(person)
    assert (said.status, said.out.startswith("refused")) == (11, True)
    assert says in said.out
    assert shop.check()["votes"] == []
    assert shop.approve(person, "--anyway").status == 0
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert says in why(verdict, person)


@pytest.mark.parametrize(
    "trailer",
    [
        "Co-authored-by: X <senior@shop.example>",
        "CO-AUTHORED-BY: X <Senior@Shop.Example>",
        "Co-developed-by: X <senior@shop.example>",
        "Co-authored-by: X senior@shop.example",
        "text in between\nCo-authored-by: X <senior@shop.example>\n\nand the rest of a squash",
    ],
)
@pytest.mark.promise(4)
def test_promise_4_a_co_author_in_any_spelling_cannot_approve(shop: Shop, trailer: str) -> None:
    shop.change(f"change\n\n{trailer}")
    assert shop.approve("p_senior").status == 11


@pytest.mark.promise(4)
def test_promise_4_the_owner_of_an_agent_cannot_approve_its_work(shop: Shop) -> None:
    shop.change(by="a_bot")
    assert shop.approve("p_elder").status == 11
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


def test_a_committer_had_a_hand_as_well(shop: Shop) -> None:
    shop.change()
    shop.git("commit", "--quiet", "--amend", "--no-edit", "--author", who("p_other"), who=who("p_peer"))
    assert shop.approve("p_peer").status == 11


def test_a_stranger_among_the_authors_asks_for_one_more(shop: Shop) -> None:
    shop.change()
    shop.git.commit("by a stranger", {"src/b.py": "y = 1\n"}, who="S <s@elsewhere.example>")
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert [one["id"] for one in verdict["contributors"] if one["kind"] == "unmapped"] == ["u_1"]
    assert "elsewhere.example" not in json.dumps(verdict)
    shop.yes("p_other")
    assert shop.check()["verdict"] == "pass"


def test_a_key_nobody_holds_is_told_so(shop: Shop) -> None:
    shop.change()
    said = shop.approve("p_mallory")
    assert said.status == 2
    assert "lists this key for nobody" in said.err


def test_an_unsigned_yes_is_shown_and_opens_nothing(shop: Shop) -> None:
    shop.change()
    assert shop.run("approve", "--unsigned", "--as", "p_peer").status == 11
    assert shop.run("approve", "--unsigned", "--as", "p_peer", "--anyway").status == 0
    assert why(shop.check(), "p_peer").startswith("asserted")


def test_a_signature_by_ssh_keygen_counts(shop: Shop) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    shop.change()
    shop.approve("p_peer")
    (ref,) = shop.git("for-each-ref", "--format=%(refname)", "refs/blastdoor").split()
    envelope = json.loads(shop.git("cat-file", "blob", ref))

    def sign(namespace: str) -> None:
        words = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(shop.key("p_peer"))]
        done = subprocess.run(words, input=envelope["payload"].encode(), capture_output=True, check=True)
        again = json.dumps({**envelope, "signature": done.stdout.decode()})
        blob = shop.git("hash-object", "-w", "--stdin", stdin=again.encode())
        shop.git("update-ref", ref, blob)

    sign("file")
    assert "does not verify" in why(shop.check(), "p_peer")
    sign(NAMESPACE)
    assert shop.check()["verdict"] == "pass"


# Rejections ------------------------------------------------------------------------------------------


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


# Seals -----------------------------------------------------------------------------------------------


@pytest.mark.promise(2)
def test_promise_2_one_more_commit_needs_a_new_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.change("more", text="x = 3\n")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "which is not this content" in why(verdict, "p_peer")
    assert "git range-diff" in why(verdict, "p_peer")


@pytest.mark.promise(2)
def test_promise_2_an_amended_message_keeps_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("commit", "--quiet", "--amend", "-m", "better words", who=who("p_author"))
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(2)
def test_promise_2_an_indentation_that_changes_meaning_needs_a_new_yes(shop: Shop) -> None:
    shop.change(text="if x:\n    y()\n    z()\n")
    shop.yes("p_peer")
    shop.change(text="if x:\n    y()\nz()\n")
    shop.git("reset", "--quiet", "--soft", "HEAD~2")
    shop.git("commit", "--quiet", "-m", "change", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_a_clean_rebase_carries_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    verdict = shop.check()
    assert verdict["verdict"] == "pass"
    assert [vote["carried"] for vote in verdict["votes"]] == [True]


@pytest.mark.promise(3)
def test_promise_3_merging_main_into_the_branch_carries_the_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("merge", "--quiet", "--no-edit", "main", who=who("p_author"))
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(3)
def test_promise_3_an_edit_hidden_in_a_merge_needs_a_new_yes(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("merge", "--quiet", "--no-commit", "--no-ff", "main", who=who("p_author"))
    (shop.repository / "docs" / "x").write_text("2\n")
    shop.git("commit", "--quiet", "--all", "-m", "merge main", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_a_resolved_conflict_needs_a_new_yes(shop: Shop) -> None:
    shop.change(text="x = 2\n")
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"src/app.py": "x = 5\n"}, who=who("p_elder"))
    shop.git("switch", "--quiet", "feature")
    shop.git("rebase", "main", who=who("p_author"), ok=False)
    (shop.repository / "src" / "app.py").write_text("x = 2\n")
    shop.git("add", "--all")
    shop.git("-c", "core.editor=true", "rebase", "--continue", who=who("p_author"))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(3)
def test_promise_3_risk_that_grew_on_main_needs_a_new_yes(shop: Shop) -> None:
    shop.change("stock", "services/stock/main.py", "stock = 2\n")
    shop.yes("p_peer", "p_senior")
    assert shop.check()["verdict"] == "pass"
    shop.git("switch", "--quiet", "main")
    shop.git.commit("more critical", {"services/stock/catalog-info.yaml": catalogue("stock", 1)})
    shop.git("switch", "--quiet", "feature")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "given for" in why(verdict, "p_peer")


def test_a_yes_covers_one_landing_and_not_the_same_change_again_after_a_revert(shop: Shop) -> None:
    shop.change()
    shop.yes("p_peer")
    shop.git("switch", "--quiet", "main")
    shop.git.commit("meanwhile", {"docs/x": "1\n"})
    shop.git("merge", "--quiet", "--squash", "feature")
    shop.git("commit", "--quiet", "-m", "land it")
    shop.git("revert", "--no-edit", "HEAD")
    shop.git("switch", "--quiet", "feature")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "used up" in why(verdict, "p_peer")


# Whose rules -----------------------------------------------------------------------------------------


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
    assert [reason["code"] for reason in shop.check()["reasons"]] == ["proposed-rules-do-not-load"]


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


# Bundles, the record ---------------------------------------------------------------------------------


@pytest.mark.promise(8)
def test_promise_8_a_bundle_decides_the_same_bytes_without_git_or_repository(
    shop: Shop, tmp_path: Path
) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    away = tmp_path / "away"
    away.mkdir()
    checked = shop.run("check", "--json", "--bundle", str(away / "case.json"))
    nothing = {"PATH": str(away), "HOME": str(away)}
    decided = shop.run("decide", "case.json", "--json", cwd=away, env=nothing)
    assert (decided.out, decided.status) == (checked.out, checked.status)
    assert "inputs not authenticated" in decided.err
    (away / "keys").write_text(public_key("p_senior") + "\n")
    authenticated = shop.run("decide", "case.json", "--json", "--key", "keys", cwd=away, env=nothing)
    assert (authenticated.out, authenticated.err) == (checked.out, "")
    (away / "keys").write_text(public_key("p_peer") + "\n")
    assert shop.run("decide", "case.json", "--key", "keys", cwd=away).status == 2
    text = (away / "case.json").read_text()
    (away / "case.json").write_text(text.replace('"docs_only":false', '"docs_only":true'))
    assert shop.run("decide", "case.json", cwd=away).status == 2


@pytest.mark.promise(12)
def test_promise_12_what_is_recorded_has_its_entry(shop: Shop) -> None:
    shop.change()
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    shop.check()
    assert not state.exists()
    shop.yes("p_peer")
    verdict = shop.check("--record")
    with closing(sqlite3.connect(state)) as database, database:
        entries = [json.loads(row[0]) for row in database.execute("select bytes from entry order by seq")]
        statements = database.execute("select count(*) from statement").fetchone()[0]
        assert [entry["kind"] for entry in entries] == ["approval", "verdict"]
        assert entries[1]["subject"] == verdict["id"]
        assert statements == 1
        for change in ("update entry set seq = 9", "delete from entry"):
            with pytest.raises(sqlite3.DatabaseError):
                database.execute(change)


def test_a_database_from_a_newer_version_is_refused(shop: Shop) -> None:
    shop.change()
    shop.check("--record")
    state = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    with closing(sqlite3.connect(state)) as database, database:
        database.execute("update alembic_version set version_num = '9999'")
    said = shop.run("check", "--record")
    assert (said.status, said.out) == (2, "")
    assert "newer" in said.err


# Openings --------------------------------------------------------------------------------------------


@pytest.mark.promise(9)
def test_promise_9_taking_the_steps_of_an_opening_opens(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}", ".github/workflows/ci.yml", "on: push\n")
    (opening,) = shop.check()["openings"]
    spoken: list[str] = []
    for step in opening["steps"]:
        assert shop.check()["verdict"] == "hold"
        chosen = [id_ for id_ in step["of"] if id_ not in spoken][: step["count"]]
        shop.yes(*chosen)
        spoken += chosen
    assert shop.check()["verdict"] == "pass"


# Bad input -------------------------------------------------------------------------------------------


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


def test_the_environment_of_these_tests_is_clean() -> None:
    assert ENVIRONMENT["GIT_CONFIG_NOSYSTEM"] == "1"
