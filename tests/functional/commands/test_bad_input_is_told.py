"""Bad input: one clear sentence with its place, status 2, nothing printed, nothing written."""

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from builders import POLICY, public_key
from realgit import ENVIRONMENT, a_repository
from scenes import a_person_line, commit, files_below, land, on_feature, roster, statements
from shopfloor import Said, Shop, a_shop, catalogue, people_yaml

RULE = POLICY.count("\n") + 1  # the line of a rule put behind the others


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = a_shop(tmp_path)
    shop.change()
    return shop


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a change, for commands that must change nothing."""
    shop = a_shop(tmp_path_factory.mktemp("untouched"))
    shop.change()
    return shop


def refused(said: Said, *says: str) -> str:
    """One error sentence that says these things, and nothing else; gives it."""
    assert (said.status, said.out) == (2, ""), (said.out, said.err)
    first, *more = said.err.splitlines()
    assert first.startswith("blastdoor: error: "), said.err
    assert all(line.startswith("hint: ") for line in more), said.err
    assert "\x1b" not in said.err
    for words in says:
        assert words in said.err
    return first


# The question ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--base", "no-such-ref"], "no-such-ref"),
        (["--head", "no-such-ref"], "no-such-ref"),
        (["--head", "HEAD:src/app.py"], "HEAD:src/app.py"),
        (["--head", ""], ""),
        (["--head=--output=leak"], "--output=leak"),
        (["--base=--all"], "--all"),
        (["--head", "HEAD..main"], "HEAD..main"),
        (["--head", "a\nb"], "a"),
        (["--base", "HEAD"], "same commit"),
        (["--environment", "moon"], "moon"),
        (["--repo", "no-such-folder"], "no-such-folder"),
        (["--repo", "README.md"], "README.md"),
        (["--facts", "no-such-file"], "no-such-file"),
        (["--facts", "src"], "src"),
        (["--bundle", "no/such/folder/case.json"], "no/such/folder/case.json"),
    ],
    ids=repr,
)
def test_a_question_that_cannot_be_asked_is_refused_by_name(
    untouched: Shop, words: list[str], says: str
) -> None:
    before = files_below(untouched.repository)
    refused(untouched.run("check", "--json", *words), says)
    assert files_below(untouched.repository) == before


@pytest.mark.parametrize("words", [["--no-such-option"], ["extra"], ["--head"], ["--key", "x"]], ids=repr)
def test_a_command_line_that_is_none_is_status_2(untouched: Shop, words: list[str]) -> None:
    said = untouched.run("check", *words)
    assert (said.status, said.out) == (2, "")
    assert said.err


def test_a_folder_without_a_repository_is_told(untouched: Shop, tmp_path: Path) -> None:
    for command in (["check"], ["init"], ["approve", "--key", str(untouched.key("p_peer"))]):
        refused(untouched.run(*command, cwd=tmp_path), "not a git repository")
    assert list(tmp_path.iterdir()) == []


def test_a_head_that_has_landed_is_told_the_exact_sentence(untouched: Shop) -> None:
    said = untouched.run("check", "--head", "main")
    assert "nothing to check: main is already on main; try --base main~5" in refused(said)


@pytest.mark.parametrize("command", ["check", "approve"])
def test_a_repository_without_a_commit_is_told(tmp_path: Path, command: str) -> None:
    shop = Shop(a_repository(tmp_path / "r"), tmp_path)
    words = ["--key", str(shop.key("p_peer"))] if command == "approve" else []
    refused(shop.run(command, *words))


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"v":2}', '{"v":1,"chekcs":[]}', '{"v":1,"checks":3}', "\x00", "[" * 9999],
)
def test_facts_that_are_none_are_refused(shop: Shop, tmp_path: Path, text: str) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(text)
    refused(shop.run("check", "--facts", str(facts)), "facts.json")


# Keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["absent", "folder", "empty", "words", "cut", "certificate"])
def test_a_key_that_is_none_is_refused_and_nothing_is_written(shop: Shop, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "key"
    good = shop.key("p_peer").read_text()
    texts = {"empty": "", "words": "no key\n", "cut": good[:100], "certificate": good.replace("OPENSSH", "X")}
    if kind == "folder":
        path.mkdir()
    elif kind != "absent":
        path.write_text(texts[kind])
        path.chmod(0o600)
    refused(shop.run("approve", "--key", str(path)), str(path))
    assert statements(shop) == {}


def test_an_encrypted_key_without_its_passphrase_is_refused_and_does_not_wait(
    shop: Shop, tmp_path: Path
) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    path = tmp_path / "locked"
    shutil.copy(shop.key("p_peer"), path)
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-N", "open sesame", "-f", str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    said = shop.run(
        "approve", "--key", str(path), env={"SSH_AUTH_SOCK": "", "DISPLAY": "", "SSH_ASKPASS": ""}
    )
    assert (said.status, said.out) == (2, "")
    assert "blastdoor: error: " in said.err
    assert str(path) in said.err
    assert statements(shop) == {}


def test_a_key_that_nobody_holds_is_refused_and_nothing_is_written(shop: Shop) -> None:
    refused(shop.approve("p_mallory"), "nobody")
    refused(shop.approve("p_mallory", "--anyway"), "nobody")
    assert statements(shop) == {}


# The policy ------------------------------------------------------------------------------------------


def a_rule(when: str, rest: str = "require: [{ approvals: 1, from: peer }]") -> str:
    return POLICY + f"  - name: new\n    when: {when}\n    {rest}\n"


def asking(count: str) -> str:
    return POLICY.replace("approvals: 1, from: senior", f"approvals: {count}, from: senior", 1)


POLICIES: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", ""),
    "no mapping": ("- 1\n", ":1"),
    "cut short": (POLICY[:-20] + "[", ""),
    "tabs": (POLICY.replace("  senior:", "\tsenior:"), ":4"),
    "not text": (b"version: 1\n\xff\xfe\x00", ""),
    "no version": (POLICY.replace("version: 1\n", ""), "version"),
    "another version": (POLICY.replace("version: 1", "version: 2"), ":1"),
    "a version of another type": (POLICY.replace("version: 1", "version: [1]"), ":1"),
    "an unknown field": (POLICY + "colour: red\n", f":{RULE}: unknown field `colour`"),
    "an unknown field inside": (POLICY.replace("from: peer }] }", "form: peer }] }"), ":8"),
    "no default": (re.sub(r"default:.*\n", "", POLICY), "default"),
    "an empty default": (re.sub(r"default:.*", "default: { require: [] }", POLICY), ":8"),
    "a default of nobody": (POLICY.replace("{ approvals: 1,", "{ approvals: 0,", 1), ":8"),
    "a default without a person": (
        re.sub(r"default:.*", "default: { require: [{ change_record: true }] }", POLICY), ":8"
    ),
    "a count that is a word": (asking("two"), ":12"),
    "a count below nought": (asking("-1"), ":12"),
    "a group nobody made": (POLICY.replace("from: senior }]", "from: wizards }]", 1), "wizards"),
    "a level nobody has": (POLICY.replace("level_at_least: senior", "level_at_least: sage"), "sage"),
    "a mode that is none": (POLICY.replace("production: enforce", "production: enforec"), ":2"),
    "a mode of no environment": (POLICY.replace("{ production: enforce }", "{ moon: enforce }"), "moon"),
    "an anchor": (POLICY.replace("[{ approvals: 1", "&a [{ approvals: 1", 1), ":8"),
    "an alias": (POLICY.replace("mode:", "x: &x 1\ny: *x\nmode:"), ":2"),
    "a merge key": (POLICY.replace("  peer: {", "  peer: { <<: {},"), ":5"),
    "a bomb": ("a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n", ":1"),
    "a key twice": (POLICY + "version: 1\n", f":{RULE}"),
    "a tag": (POLICY.replace("version: 1", "version: !!python/object/apply:os.system ['true']"), ":1"),
    "a nest without end": ("x: " + "[" * 200 + "]" * 200 + "\n", ":1"),
    "a file without end": (POLICY + "#" * 1_100_000, ""),
    "two documents": (POLICY + "---\nversion: 1\n", "document"),
    "a condition that lost its negation": (a_rule("!reach.docs_only"), f":{RULE + 1}"),
    "a fact misspelt": (a_rule("reach.doc_only"), "reach.doc_only"),
    "a fact of another type": (a_rule("environment.name"), f":{RULE + 1}"),
    "a condition that is a number": (a_rule("'1'"), f":{RULE + 1}"),
    "a graded fact compared": (a_rule('reach.level == "high"'), "reach.level"),
    "a graded fact unlike": (a_rule('provenance.state != "ai_disclosed"'), "provenance.state"),
    "a graded fact below": (a_rule("reach.tier < 2"), "reach.tier"),
    "a graded fact negated": (a_rule("'!at_least(reach.level, \"high\")'"), f":{RULE + 1}"),
    "a graded fact negated in a bracket": (
        a_rule("'!(reach.docs_only || at_least(reach.level, \"high\"))'"), f":{RULE + 1}"
    ),
    "a rising fact negated": (a_rule("'!reach.policy_files'"), "reach.policy_files"),
    "a rising glob negated": (a_rule("'!touches(\"a/**\")'"), f":{RULE + 1}"),
    "a level that is none": (a_rule('at_least(reach.level, "hihg")'), "hihg"),
    "a level of another fact": (a_rule('at_least(reach.level, "ai_disclosed")'), "ai_disclosed"),
    "a glob that is computed": (a_rule('touches("a" + environment.name)'), f":{RULE + 1}"),
    "a macro": (a_rule("'[1, 2].exists(x, x > 1)'"), f":{RULE + 1}"),
    "a dyn": (a_rule("dyn(1) == 1"), f":{RULE + 1}"),
    "a has": (a_rule("has(reach.docs_only)"), f":{RULE + 1}"),
    "an empty condition": (a_rule("''"), f":{RULE + 1}"),
    "a rule that asks nothing": (a_rule("reach.docs_only", ""), f":{RULE}"),
    "a rule without a name": (POLICY + "  - when: reach.docs_only\n    forbid: x\n", f":{RULE}"),
    "an overlay that ends before it begins": (
        POLICY + "overlays:\n  - { name: o, from: 2026-02-01, until: 2026-01-01, when: 'true', forbid: x }\n",
        f":{RULE + 1}",
    ),
    "a day that is none": (
        POLICY + "overlays:\n  - { name: o, from: 2026-02-30, until: 2026-03-01, when: 'true', forbid: x }\n",
        f":{RULE + 1}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.promise(1)
def test_promise_1_a_policy_with_a_fault_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    text, says = POLICIES[name]
    shop = a_shop(tmp_path)
    commit(shop.git, "main", {".blastdoor/policy.yaml": text})
    shop.git("reset", "--quiet", "--hard", "main")
    shop.change()
    before = files_below(shop.repository)
    sentence = refused(shop.run("check", "--json"))
    assert "main:.blastdoor/policy.yaml" in sentence
    assert says in sentence
    assert len(sentence) < 500
    assert files_below(shop.repository) == before


def test_a_tag_is_told_to_be_a_condition_that_wants_quotes(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, a_rule("!reach.docs_only"))
    shop.change()
    assert "quote" in shop.run("check").err


@pytest.mark.promise(1)
@pytest.mark.parametrize("when", ["1/0 > 0", "1 % 0 == 0", "[1][3] == 1", '"a".startsWith("a") && 1/0 > 0'])
def test_promise_1_a_condition_that_fails_while_it_runs_never_passes(tmp_path: Path, when: str) -> None:
    shop = a_shop(tmp_path, a_rule(f"'{when}'"))
    shop.change()
    for person in ("p_peer", "p_senior", "p_elder"):
        shop.approve(person, "--anyway")
    said = shop.run("check", "--json")
    assert said.status in {2, 10}
    assert said.status == 2 or said.json["verdict"] == "hold"


def test_a_policy_that_is_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    (tmp_path / "outside.yaml").write_text(POLICY)
    commit(shop.git, "main", {".blastdoor/policy.yaml": str(tmp_path / "outside.yaml")}, mode="120000")
    shop.change()
    refused(shop.run("check"), ".blastdoor/policy.yaml")


# The roster ------------------------------------------------------------------------------------------

ONE = a_person_line("p_one", "senior", public_key("p_one"))
ROSTERS = {
    "one account twice": (
        roster(ONE, a_person_line("p_two", "junior", accounts="[{ provider: git, id: ONE@shop.example }]")),
        [":4", "3"],
    ),
    "one key twice": (
        roster(ONE, a_person_line("p_two", "junior", public_key("p_one") + " other")), [":4", "3"]
    ),
    "one key twice at one person": (
        roster(a_person_line("p_one", "senior", public_key("p_one"), public_key("p_one"))), [":3"]
    ),
    "a person's key at an agent": (
        roster(ONE, agents=f"  - {{ id: a_one, keys: [{public_key('p_one')}] }}\n"), [":5", "3"]
    ),
    "one id twice": (roster(ONE, ONE.replace(public_key("p_one"), public_key("x"))), [":4", "3"]),
    "an unknown level": (roster(a_person_line("p_one", "wizard")), [":3", "wizard"]),
    "an owner who is nobody": (roster(ONE, agents="  - { id: a_one, owner: p_ghost }\n"), [":5", "p_ghost"]),
    "an id that is none": (roster(a_person_line("p_One!", "senior", accounts="[]")), [":3", "persons[0].id"]),
    "a key that is none": (roster(a_person_line("p_one", "senior", "ssh-ed25519 AAAA")), [":3"]),
    "an account without a provider": (
        roster(a_person_line("p_one", "senior", accounts="[{ id: x }]")), [":3"]
    ),
    "an unknown field": (roster(a_person_line("p_one", "senior", boss="p_two")), [":3", "boss"]),
    "a state of another type": (roster(a_person_line("p_one", "senior", active="maybe")), [":3", "active"]),
    "a training on no day": (roster(a_person_line("p_one", "senior", trainings="{ ai: soon }")), [":3"]),
    "persons of another type": ("version: 1\npersons: 3\n", [":2", "persons"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_with_a_fault_is_refused_with_its_places(tmp_path: Path, name: str) -> None:
    text, says = ROSTERS[name]
    shop = a_shop(tmp_path, people=text)
    shop.change()
    refused(shop.run("check", "--json"), "main:.blastdoor/people.yaml", *says)


def test_a_policy_without_a_roster_holds_every_change_or_is_refused(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {".blastdoor/people.yaml": None})
    shop.change()
    said = shop.run("check", "--json")
    assert said.status in {2, 10}


# Trees and histories that are odd --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [b"latin-\xe9.py", b"new\nline.py", b"tab\there.py", b'quote".py', b"back\\slash.py", b" \x1b[31mred.py"],
    ids=repr,
)
def test_a_file_may_be_called_anything(shop: Shop, name: bytes) -> None:
    commit(shop.git, "feature", {b"odd/" + name: b"x = 1\n"})
    said = shop.run("check", "--json")
    assert (said.status, said.json["change"]["files"]) == (10, 2)
    words = shop.run("check")
    assert words.status == 10
    assert "\x1b" not in words.out
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.parametrize("kind", ["submodule", "symlink out", "symlink round", "executable"])
def test_what_is_no_plain_file_is_said_to_be_so_and_is_not_followed(shop: Shop, kind: str) -> None:
    mode, content = {
        "submodule": ("160000", shop.git("rev-parse", "HEAD")),
        "symlink out": ("120000", "/etc/passwd"),
        "symlink round": ("120000", "thing"),
        "executable": ("100755", "#!/bin/sh\n"),
    }[kind]
    commit(shop.git, "feature", {"src/thing": content}, mode=mode)
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "root:" not in json.dumps(verdict)
    if kind == "executable":
        return
    told = [rule["id"] for rule in verdict["reach"]["rules"]]
    assert kind.split(maxsplit=1)[0] in told
    assert verdict["reach"]["level"] in {"medium", "high", "critical"}


def test_a_merge_commit_as_head_and_an_octopus_are_checked(shop: Shop) -> None:
    tips = [commit(shop.git, f"arm{n}", {f"src/arm{n}.py": "a = 1\n"}, parents=("main",)) for n in (1, 2, 3)]
    feature = shop.git("rev-parse", "feature")
    merged = {f"src/arm{n}.py": "a = 1\n" for n in (1, 2, 3)}
    commit(shop.git, "feature", merged, "octopus", parents=(feature, *tips))
    verdict = shop.check()
    assert (verdict["verdict"], verdict["change"]["commits"], verdict["change"]["files"]) == ("hold", 5, 4)
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.promise(1)
def test_promise_1_a_change_of_no_files_does_not_pass_by_itself(shop: Shop) -> None:
    shop.git("reset", "--quiet", "--hard", "main")
    shop.git("commit", "--quiet", "--allow-empty", "-m", "nothing")
    assert shop.run("check").status in {2, 10}


def test_a_catalogue_that_runs_in_a_circle_or_names_a_ghost_is_read_all_the_same(tmp_path: Path) -> None:
    services = {
        "services/a/catalog-info.yaml": catalogue("a", 2, "b", "ghost"),
        "services/b/catalog-info.yaml": catalogue("b", 2, "c"),
        "services/c/catalog-info.yaml": catalogue("c", 2, "a"),
        "services/c/main.py": "c = 1\n",
    }
    shop = a_shop(tmp_path, **services)
    shop.change("c", "services/c/main.py", "c = 2\n")
    reach = shop.check()["reach"]
    assert {one["name"] for one in reach["services"]} == {"a", "b", "c"}
    (ghost,) = [one for one in reach["unknowns"] if "ghost" in one["what"]]
    assert "services/a/catalog-info.yaml" in ghost["where"]


@pytest.mark.promise(1)
@pytest.mark.parametrize("text", ["kind: [", "- 1\n", "kind: Component\nmetadata: 3\n", "\xff", "&a [*a]"])
def test_promise_1_a_catalogue_that_cannot_be_read_counts_as_the_most_critical(
    tmp_path: Path, text: str
) -> None:
    files = {"services/pay/catalog-info.yaml": text, "services/pay/main.py": "p = 1\n"}
    shop = a_shop(tmp_path, **files)
    shop.change("pay", "services/pay/main.py", "p = 2\n")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert "services/pay/catalog-info.yaml" in json.dumps(verdict["reach"]["unknowns"])
    assert verdict["reach"]["level"] in {"high", "critical"}


# State that cannot be used ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check --record", "approve"])
@pytest.mark.parametrize("state", ["newer", "no database", "a folder"])
def test_a_record_that_cannot_be_used_is_told_and_left_alone(shop: Shop, command: str, state: str) -> None:
    shop.run("check", "--record")
    record = shop.repository / ".git" / "blastdoor" / "state.sqlite"
    if state == "newer":
        with contextlib.closing(sqlite3.connect(record)) as database, database:
            database.execute("update alembic_version set version_num = '9999'")
    else:
        record.unlink()
        record.write_text("not a database, by far\n" * 50) if state == "no database" else record.mkdir()
    before = files_below(shop.repository)
    name, *words = command.split()
    if name == "approve":
        words = ["--key", str(shop.key("p_peer"))]
    refused(shop.run(name, *words), "state.sqlite")
    assert files_below(shop.repository) == before
    assert statements(shop) == {}


def bound_by_permissions(folder: Path, *words: str) -> Said:
    """Run the command where no folder can be written; root gives up the power to write there all the same."""
    command = [sys.executable, "-m", "blastdoor", *words]
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root writes anywhere, and setpriv is not there to hold it back")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", *command]
    folders = [folder, *(place for place in folder.rglob("*") if place.is_dir())]
    for place in folders:
        place.chmod(0o555)
    probe = [*command[: -len(words) - 2], "-c", "open('.git/probe', 'w')"]
    try:
        assert (
            b"PermissionError" in subprocess.run(probe, cwd=folder, capture_output=True, check=False).stderr
        )
        done = subprocess.run(
            command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
        )
    finally:
        for place in folders:
            place.chmod(0o755)
    return Said(done.returncode, done.stdout, done.stderr)


def test_a_checkout_that_is_read_only_is_checked_and_a_record_there_is_refused(shop: Shop) -> None:
    shop.run("check")
    folder = shop.repository.parent / "read-only"
    shutil.copytree(shop.repository, folder)
    shutil.rmtree(folder / ".git" / "blastdoor")
    said = bound_by_permissions(folder, "check", "--json")
    assert (said.status, said.json["verdict"]) == (10, "hold"), said.err
    refused(bound_by_permissions(folder, "check", "--record"))
    assert not (folder / ".git" / "blastdoor").exists()


def test_a_folder_that_cannot_hold_the_bundle_leaves_no_half_of_it(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused(shop.run("check", "--json", "--bundle", str(tmp_path / "file" / "case.json")))
    (tmp_path / "folder").mkdir()
    refused(shop.run("check", "--json", "--bundle", str(tmp_path / "folder")))
    assert list((tmp_path / "folder").iterdir()) == []


def test_people_yaml_of_the_tests_is_a_good_one(shop: Shop) -> None:
    """The twin of the rosters above."""
    assert people_yaml()
    on_feature(shop, {"src/b.py": "b = 1\n"})
    assert shop.run("check").status == 10
