"""A hostile repository leaves no canary behind, whichever command looks at it, and steers nothing."""

import stat
from pathlib import Path

import pytest

from builders import POLICY
from scenes import commit, land, on_feature, statements
from shopfloor import Shop, a_shop, catalogue

SETTINGS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.alternateRefsCommand",
    "diff.external", "diff.x.textconv", "diff.x.command", "filter.x.clean", "filter.x.smudge",
    "filter.x.process", "merge.x.driver", "gpg.program", "gpg.ssh.program", "sequence.editor",
    "interactive.diffFilter", "pager.log", "pager.cat-file", "pager.diff-tree", "uploadpack.packObjectsHook",
)  # fmt: skip
ALIASES = ("rev-parse", "cat-file", "log", "diff-tree", "for-each-ref", "merge-tree", "update-ref", "x")
HOOKS = ("reference-transaction", "post-index-change", "post-checkout", "pre-auto-gc", "fsmonitor-watchman")


@pytest.fixture
def trapped(tmp_path: Path) -> tuple[Shop, Path]:
    """A shop in which everything that git could be made to run leaves a canary."""
    shop = a_shop(tmp_path)
    canary, trap = tmp_path / "canary", tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch '{canary}'\nexit 1\n")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    on_feature(shop, {"src/app.py": "x = 2\n", ".gitattributes": "* filter=x diff=x merge=x\n"})
    land(shop, {"src/other.py": "o = 1\n", ".gitattributes": "* text\n"})
    for name in SETTINGS:
        shop.git("config", name, str(trap))
    for name in ALIASES:
        shop.git("config", f"alias.{name}", f"!{trap}")
    info = shop.repository / ".git" / "info"
    (info / "attributes").write_text("* filter=x diff=x merge=x\n")
    for name in HOOKS:
        hook = shop.repository / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(trap.read_text())
        hook.chmod(0o755)
    return shop, canary


def test_the_traps_are_real(trapped: tuple[Shop, Path]) -> None:
    shop, canary = trapped
    shop.git("status", ok=False)
    assert canary.exists()


def test_check_record_and_bundle_leave_no_canary(trapped: tuple[Shop, Path], tmp_path: Path) -> None:
    shop, canary = trapped
    said = shop.run("check", "--json", "--record", "--bundle", str(tmp_path / "case.json"))
    assert (said.status, said.json["verdict"]) == (10, "hold")
    assert shop.run("decide", str(tmp_path / "case.json")).status == 10
    assert not canary.exists()


def test_approving_leaves_no_canary_and_is_stored_or_refused_in_words(trapped: tuple[Shop, Path]) -> None:
    shop, canary = trapped
    said = shop.approve("p_peer")
    assert not canary.exists()
    assert said.status in {0, 2}
    if said.status == 2:
        assert said.err.startswith("blastdoor: error: ")
    assert len(statements(shop)) == (1 if said.status == 0 else 0)


def test_a_yes_in_an_ordinary_repository_with_a_monitor_and_aliases_is_stored(tmp_path: Path) -> None:
    """The twin: what does not touch the writing of a ref does not stop it."""
    shop = a_shop(tmp_path)
    shop.change()
    shop.git("config", "alias.update-ref", "!false")
    shop.git("config", "core.pager", "false")
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


def test_init_leaves_no_canary(trapped: tuple[Shop, Path]) -> None:
    shop, canary = trapped
    for name in ("policy.yaml", "people.yaml"):
        (shop.repository / ".blastdoor" / name).unlink()
    assert shop.run("init").status == 0
    assert not canary.exists()


def test_a_program_called_git_in_the_folder_is_not_run(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.change()
    canary = tmp_path / "canary"
    for name in ("git", "ssh-keygen"):
        (shop.repository / name).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
        (shop.repository / name).chmod(0o755)
    assert shop.run("check").status == 10
    shop.yes("p_peer")
    assert not canary.exists()


def test_python_files_of_the_change_are_read_and_never_imported(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    canary = tmp_path / "canary"
    evil = f"open({str(canary)!r}, 'w')\n"
    names = ("sitecustomize.py", "blastdoor/__init__.py", "click.py", "msgspec.py", "conftest.py", "json.py")
    on_feature(shop, dict.fromkeys(names, evil))
    said = shop.run("check", "--json", env={"PYTHONSAFEPATH": "1"})
    assert said.status == 10
    assert not canary.exists()


@pytest.mark.parametrize(
    "path", [".blastdoor/policy.yaml", ".blastdoor/people.yaml", "services/stock/catalog-info.yaml"]
)
def test_a_file_of_the_rules_that_is_a_link_shows_nothing_of_the_machine(tmp_path: Path, path: str) -> None:
    shop = a_shop(tmp_path)
    commit(shop.git, "main", {path: "/etc/passwd"}, mode="120000")
    shop.change()
    said = shop.run("check", "--json")
    assert said.status in {2, 10}
    assert "root:" not in said.out + said.err


@pytest.mark.parametrize(
    "message",
    [
        "a" * 2_000_000,
        "Co-authored-by: " * 100_000,
        "Co-authored-by: " + "<" * 200_000,
        "x\n\n" + "Co-authored-by: A <a@b.example>\n" * 20_000,
        "x\n" + "\n" * 500_000 + "Co-Authored-By: Claude <noreply@anthropic.com>",
        "\x1b]0;owned\x07\x1b[2J\r\b\u202e change",
    ],
    ids=["long line", "many keys", "many brackets", "many trailers", "many empty lines", "control"],
)
def test_a_message_of_any_size_or_shape_is_read_in_time(tmp_path: Path, message: str) -> None:
    """`run` gives up after a minute; what is quoted from a message steers no terminal."""
    shop = a_shop(tmp_path)
    commit(shop.git, "feature", {"src/app.py": "x = 2\n"}, message)
    said = shop.run("check")
    assert said.status == 10
    assert not {"\x1b", "\x07", "\x08", "\u202e"} & set(said.out + said.err)


@pytest.mark.parametrize(
    "text",
    [
        "import " + "a." * 300_000,
        "(" * 500_000,
        "from x import (\n" * 100_000,
        "'" * 999_999,
        "import a\n" * 200_000,
    ],
    ids=["long name", "brackets", "open imports", "quotes", "many imports"],
)
def test_a_source_file_of_any_shape_is_read_in_time(tmp_path: Path, text: str) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {"src/app.py": text})
    assert shop.run("check", "--json").status == 10


@pytest.mark.parametrize("pattern", ["**/" * 60 + "x", "*a" * 200 + "b", "?" * 5000, "**" * 300])
def test_a_glob_of_any_shape_is_matched_in_time_or_refused(tmp_path: Path, pattern: str) -> None:
    rule = (
        f"  - {{ name: glob, when: 'touches(\"{pattern}\")', require: [{{ approvals: 1, from: peer }}] }}\n"
    )
    shop = a_shop(tmp_path, POLICY + rule)
    on_feature(shop, {"a/" * 60 + "a" * 200: "x\n"})
    assert shop.run("check").status in {2, 10}


def test_names_in_catalogue_and_messages_do_not_steer_the_terminal(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    land(shop, {"services/stock/catalog-info.yaml": catalogue('"st\\e[2Jock"', 1)})
    on_feature(
        shop, {"services/stock/main.py": "s = 2\n"}, by="\x1b[31mRed <red@far.example>", parents=("main",)
    )
    said = shop.run("check")
    assert said.status == 10
    assert "\x1b" not in said.out + said.err


def test_the_git_of_the_caller_is_not_led_elsewhere(tmp_path: Path) -> None:
    shop, other = a_shop(tmp_path / "one"), a_shop(tmp_path / "two")
    shop.change()
    lead = {
        "GIT_DIR": str(other.repository / ".git"),
        "GIT_WORK_TREE": str(other.repository),
        "GIT_OBJECT_DIRECTORY": str(tmp_path),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": "/bin/false",
        "GIT_NAMESPACE": "elsewhere",
    }
    said = shop.run("check", "--json", env=lead)
    assert said.json["change"]["head"] == shop.git("rev-parse", "HEAD")
