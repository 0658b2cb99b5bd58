"""A hostile repository runs nothing. Each trap is shown to spring for plain git where that is simple."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from blastdoor.git import open_repository
from blastdoor.model import Envelope
from realgit import ENVIRONMENT, RealGit, a_repository


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def trap(tmp_path: Path, canary: Path) -> Path:
    """A program that leaves a canary, whatever it is called for."""
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{canary}'\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


@pytest.fixture
def git(tmp_path: Path) -> RealGit:
    git = a_repository(tmp_path / "r")
    git.commit("1", {"a.txt": "1\n", "b.txt": "1\n"})
    git("switch", "--quiet", "-c", "feature")
    git.commit("2", {"a.txt": "2\n"})
    git("switch", "--quiet", "main")
    git.commit("3", {"b.txt": "2\n"})
    git("switch", "--quiet", "feature")
    return git


def use_everything(git: RealGit) -> None:
    with open_repository(str(git.folder)) as repository:
        head, main = repository.refs.resolve("HEAD"), repository.refs.protected_branch().commit
        (base,) = repository.refs.merge_bases(head, main)
        list(repository.history.commits(None, head))
        repository.history.difference(base, head)
        repository.history.patches((head,))
        blobs = [file.blob for file in repository.trees.files(head)]
        list(repository.trees.blobs(blobs, 1000))
        assert isinstance(repository.merges.merge(main, head, main).tree, str)
        repository.merges.landings(base, main, 10)
        repository.refs.repository_id()
        repository.statements.read()
        repository.statements.write("apr_aaaaaaaaaaaaaaaa", Envelope(payload="{}"))


SETTINGS = {
    "core.fsmonitor": "{trap}",
    "core.sshCommand": "{trap}",
    "core.pager": "{trap}",
    "core.editor": "{trap}",
    "core.alternateRefsCommand": "{trap}",
    "diff.external": "{trap}",
    "diff.x.textconv": "{trap}",
    "diff.x.command": "{trap}",
    "filter.x.clean": "{trap}",
    "filter.x.smudge": "{trap}",
    "filter.x.process": "{trap}",
    "merge.x.driver": "{trap}",
    "gpg.program": "{trap}",
    "gpg.ssh.program": "{trap}",
    "log.showSignature": "true",
    "commit.gpgSign": "true",
    "credential.helper": "!{trap}",
    "alias.rev-parse": "!{trap}",
    "alias.cat-file": "!{trap}",
    "uploadpack.packObjectsHook": "{trap}",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.url": "ext::{trap} %S",
    "remote.origin.uploadpack": "{trap}",
    "protocol.ext.allow": "always",
    "safe.directory": "/nowhere",
    "core.hooksPath": "{hooks}",
    "core.worktree": "/",
    "merge.renames": "false",
    "diff.renames": "copies",
}


def test_no_setting_hook_filter_driver_or_monitor_runs(git: RealGit, trap: Path, canary: Path) -> None:
    hooks = trap.parent / "hooks"
    hooks.mkdir()
    for name in (
        "reference-transaction",
        "post-index-change",
        "post-checkout",
        "pre-auto-gc",
        "fsmonitor-watchman",
    ):
        for folder in (hooks, git.folder / ".git" / "hooks"):
            (folder / name).write_text(trap.read_text())
            (folder / name).chmod(0o755)
    (git.folder / ".gitattributes").write_text("* filter=x diff=x merge=x\n")
    (git.folder / ".git" / "info" / "attributes").write_text("* filter=x diff=x merge=x\n")
    for key, value in SETTINGS.items():
        if key != "core.worktree":
            git("config", key, value.format(trap=trap, hooks=hooks))
    included = trap.parent / "included"
    included.write_text(f"[core]\n\tfsmonitor = {trap}\n")
    git("config", "include.path", str(included))
    git("config", "core.repositoryFormatVersion", "1")
    use_everything(git)
    assert not canary.exists()


def test_the_whole_command_runs_nothing_of_theirs_either(git: RealGit, trap: Path, canary: Path) -> None:
    for key in ("core.fsmonitor", "diff.external", "gpg.program", "core.pager"):
        git("config", key, str(trap))
    done = subprocess.run(
        [sys.executable, "-m", "blastdoor", "check", "--json"],
        cwd=git.folder,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 10, done.stderr
    assert json.loads(done.stdout)["verdict"] == "hold"
    assert not canary.exists()


def test_the_canary_would_have_sung_for_plain_git(git: RealGit, trap: Path, canary: Path) -> None:
    """The traps are real: a monitor, a hook and a merge driver run for a plain git."""
    git("config", "core.fsmonitor", str(trap))
    git("status")
    assert canary.exists()
    canary.unlink()
    git("config", "--unset", "core.fsmonitor")
    hook = git.folder / ".git" / "hooks" / "reference-transaction"
    hook.write_text(trap.read_text())
    hook.chmod(0o755)
    git("update-ref", "refs/x", "HEAD", ok=False)
    assert canary.exists()


def test_a_missing_object_of_a_partial_clone_is_not_fetched(git: RealGit, trap: Path, canary: Path) -> None:
    git("config", "core.repositoryFormatVersion", "1")
    git("config", "extensions.partialClone", "origin")
    git("config", "remote.origin.url", f"ext::{trap} %S")
    git("config", "protocol.ext.allow", "always")
    blob = git("rev-parse", "HEAD:a.txt")
    (git.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git("cat-file", "blob", blob, ok=False)
    assert canary.exists()
    canary.unlink()
    with open_repository(str(git.folder)) as repository:
        assert list(repository.trees.blobs([blob], 1000)) == [(blob, None)]
        assert repository.trees.file(repository.refs.resolve("HEAD"), "a.txt") is None
    assert not canary.exists()


def test_attributes_in_a_tree_do_not_bend_our_merge(tmp_path: Path) -> None:
    """`merge=union` would hide a conflict by keeping both sides."""
    git = a_repository(tmp_path / "r")
    base = git.commit("1", {"a": "1\n", ".gitattributes": "a merge=union\n"})
    theirs = git.commit("2", {"a": "2\n"})
    git("switch", "--quiet", "-c", "other", base)
    ours = git.commit("3", {"a": "3\n"})
    with open_repository(str(git.folder)) as repository:
        proof = repository.merges.merge(ours, theirs, ours)
    assert not isinstance(proof.tree, str)


def test_replaced_and_grafted_objects_are_read_as_they_are(git: RealGit) -> None:
    real = git("rev-parse", "HEAD")
    lie = git("commit-tree", "-m", "innocent", "HEAD^{tree}")
    git("replace", real, lie)
    assert git("log", "-1", "--format=%s", real) == "innocent"
    with open_repository(str(git.folder)) as repository:
        *_, commit = repository.history.commits(None, real)
        assert commit.message == "2\n"


def test_the_callers_git_variables_do_not_lead_elsewhere(git: RealGit, tmp_path: Path) -> None:
    other = a_repository(tmp_path / "other")
    other.commit("elsewhere", {"x": "1"})
    done = subprocess.run(
        [sys.executable, "-m", "blastdoor", "check", "--json", "--repo", str(git.folder)],
        env=ENVIRONMENT | {"GIT_DIR": str(other.folder / ".git"), "GIT_INDEX_FILE": "/dev/null"},
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout)["change"]["head"] == git("rev-parse", "HEAD")
