"""Beginning: `init` writes rules that work as they are; every command explains itself."""

from pathlib import Path
from typing import Any

import pytest

from realgit import a_repository
from scenes import commit, files_below, land
from shopfloor import AI, Shop, mail, people_yaml, who

COMMANDS = ("init", "check", "approve", "decide", "demo")


@pytest.fixture
def begun(tmp_path: Path) -> Shop:
    """A repository without rules, on main."""
    git = a_repository(tmp_path / "r")
    git.commit("1", {"src/a.py": "x = 1\n", "README.md": "# r\n"}, who=who("p_elder"))
    keys = tmp_path / "keys"
    keys.mkdir()
    return Shop(git, keys)


def branched(shop: Shop, files: dict[str, str], message: str = "change") -> str:
    shop.git("branch", "--quiet", "--force", "feature", "main")
    return commit(shop.git, "feature", files, message)


def asked(verdict: Any) -> set[tuple[str, int]]:
    return {(one["requirement"], one["need"]) for one in verdict["demands"]}


def test_init_writes_two_files_and_nothing_else(begun: Shop) -> None:
    before = files_below(begun.repository)
    said = begun.run("init")
    assert said.status == 0
    after = files_below(begun.repository)
    assert set(after) - set(before) == {".blastdoor/policy.yaml", ".blastdoor/people.yaml"}
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("there", ["policy.yaml", "people.yaml"])
def test_init_overwrites_nothing_and_writes_no_half(begun: Shop, there: str) -> None:
    (begun.repository / ".blastdoor").mkdir()
    (begun.repository / ".blastdoor" / there).write_text("mine\n")
    before = files_below(begun.repository)
    said = begun.run("init")
    assert (said.status, said.out) == (2, "")
    assert there in said.err
    assert files_below(begun.repository) == before


def test_init_follows_no_link_out_of_the_repository(begun: Shop, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (begun.repository / ".blastdoor").symlink_to(outside)
    said = begun.run("init")
    assert list(outside.iterdir()) == []
    assert said.status == 2


def test_what_init_wrote_works_once_it_is_on_main(begun: Shop) -> None:
    assert begun.run("init").status == 0
    begun.git.commit("rules", who=who("p_elder"))
    branched(begun, {"src/a.py": "x = 2\n"})
    said = begun.run("check", "--json", "--head", "feature")
    verdict = said.json
    assert (said.status, verdict["verdict"], verdict["mode"]) == (0, "hold", "observe")
    assert (verdict["advisory"], verdict["rules"]["source"]) == (False, "repository")


@pytest.mark.parametrize(
    ("files", "message", "needs"),
    [
        ({"src/a.py": "x = 2\n"}, "by hand", {"p_peer"}),
        ({"src/a.py": "x = 2\n"}, f"with help\n\n{AI}", {"p_senior"}),
        ({"README.md": "# more\n"}, f"words\n\n{AI}", {"p_peer"}),
        ({".github/workflows/ci.yml": "on: push\n"}, "wide", {"p_peer", "p_senior"}),
        ({".blastdoor/note.txt": "a word\n"}, "rules", {"p_peer", "p_senior"}),
    ],
    ids=["human", "ai", "ai docs", "high reach", "policy"],
)
def test_the_starting_policy_asks_what_it_says_with_people_and_in_enforce(
    begun: Shop, files: dict[str, str], message: str, needs: set[str]
) -> None:
    assert begun.run("init").status == 0
    written = (begun.repository / ".blastdoor" / "policy.yaml").read_text()
    assert "observe" in written
    enforced = written.replace("production: observe", "production: enforce")
    land(begun, {".blastdoor/policy.yaml": enforced, ".blastdoor/people.yaml": people_yaml()})
    branched(begun, files, message)
    for person in sorted(needs):
        verdict = begun.run("check", "--json", "--head", "feature").json
        assert (verdict["mode"], verdict["verdict"]) == ("enforce", "hold")
        assert begun.approve(person, "--head", "feature").status == 0
    after = begun.run("check", "--json", "--head", "feature")
    assert (after.status, after.json["verdict"]) == (0, "pass"), after.json["reasons"]


def test_the_built_in_policy_and_the_one_of_init_ask_the_same(begun: Shop) -> None:
    change = {"src/a.py": "x = 2\n", ".github/workflows/ci.yml": "on: push\n"}
    branched(begun, change, f"x\n\n{AI}")
    built_in = begun.run("check", "--json", "--head", "feature").json
    assert begun.run("init").status == 0
    begun.git.commit("rules", who=who("p_elder"))
    own = begun.run("check", "--json", "--head", "feature").json
    assert (asked(own), own["reach"]["level"]) == (asked(built_in), built_in["reach"]["level"])
    assert len({one["rule"] for one in own["demands"]}) == 3


def test_the_rules_written_by_init_and_not_landed_have_no_say(begun: Shop) -> None:
    assert begun.run("init").status == 0
    branched(begun, {"src/a.py": "x = 2\n"})
    said = begun.run("check", "--json", "--head", "feature")
    assert (said.status, said.json["advisory"]) == (10, True)


def test_landing_the_rules_is_itself_a_change_that_can_be_asked_about(begun: Shop) -> None:
    begun.git("switch", "--quiet", "-c", "feature")
    assert begun.run("init").status == 0
    begun.git.commit("rules", who=who("p_author"))
    verdict = begun.check()
    assert (verdict["advisory"], verdict["reach"]["policy_files"], verdict["exit"]) == (True, True, 10)
    assert mail("p_author") not in str(verdict)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself_shortly_and_in_full(begun: Shop, command: str) -> None:
    words = [command] if command else []
    long, short = begun.run(*words, "--help"), begun.run(*words, "-h")
    assert (long.status, short.status, long.err) == (0, 0, "")
    assert long.out == short.out
    assert "Usage: blastdoor" in long.out


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("check", "--repo --base --head --environment --json --record --bundle --facts --state"),
        (
            "approve",
            "--key --reject --reason --withdraw --as --unsigned --anyway --json --repo --head",
        ),
        ("decide", "--json --key"),
        ("init", "--repo"),
        ("demo", "--into"),
    ],
)
def test_the_options_that_were_promised_are_there(begun: Shop, command: str, options: str) -> None:
    text = begun.run(command, "--help").out
    for option in options.split():
        assert option in text


def test_help_needs_no_repository(begun: Shop, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert begun.run("check", "--help", cwd=empty, env={"PATH": str(empty)}).status == 0
    version = begun.run("--version", cwd=empty)
    assert (version.status, version.err) == (0, "")


def test_a_command_that_is_none_is_status_2(begun: Shop) -> None:
    said = begun.run("chekc")
    assert (said.status, said.out) == (2, "")
    assert "chekc" in said.err
