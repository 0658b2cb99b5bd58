"""Repositories, names and objects that somebody made to mislead, to hang or to crash us."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blastdoor.errors import InputError, SourceError
from blastdoor.git import normalise, open_repository, process
from blastdoor.model import Envelope
from realgit import ENVIRONMENT, RealGit, a_repository

ENVELOPE = Envelope(payload="{}", signature="x")
ID = "apr_aaaaaaaaaaaaaaaa"


@pytest.fixture
def git(tmp_path: Path) -> RealGit:
    git = a_repository(tmp_path / "r")
    git.commit("1", {"a": "1"})
    return git


@pytest.mark.parametrize("name", ["x\u2028y", "x\u0085y", "ünï", "a'b", '"', "a;b|c$(d)"])
def test_a_ref_may_be_called_whatever_git_allows(git: RealGit, name: str) -> None:
    head = git.commit("2", {"a": "2"})
    git("branch", name)
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.resolve(name) == head
        assert repository.refs.branch_of(name) == name
        assert repository.refs.protected_branch().name == "main"


@pytest.mark.parametrize("name", ["^main", "main@{1}", "@{-1}", ":/1", "HEAD:a", "main..HEAD", "x" * 50_000])
def test_what_names_something_else_than_a_commit_is_refused(git: RealGit, name: str) -> None:
    with open_repository(str(git.folder)) as repository:
        with pytest.raises(InputError, match="no such commit or branch"):
            repository.refs.resolve(name)
        assert repository.trees.file(repository.refs.resolve("main"), "a") == b"1"


def test_a_commit_graph_beside_the_objects_is_not_believed(git: RealGit) -> None:
    """It tells parents faster, and would hide commits from us if somebody forged it."""
    second = git.commit("2", {"a": "2"})
    third = git.commit("3", {"a": "3"})
    git("commit-graph", "write", "--reachable")
    (git.folder / ".git" / "objects" / second[:2] / second[2:]).unlink()
    assert second in git("rev-list", "--first-parent", third)  # plain git believes the graph
    with open_repository(str(git.folder)) as repository, pytest.raises(SourceError, match="git rev-list"):
        repository.merges.on_first_parent(["0" * 40], third)


def test_an_object_that_is_a_pipe_does_not_hang_us(git: RealGit, monkeypatch: pytest.MonkeyPatch) -> None:
    head = git("rev-parse", "HEAD")
    tree = git("rev-parse", "HEAD^{tree}")
    for id_ in (head, tree):
        place = git.folder / ".git" / "objects" / id_[:2] / id_[2:]
        place.unlink()
        os.mkfifo(place)
    monkeypatch.setattr(process, "TIMEOUT", 1)
    with open_repository(str(git.folder)) as repository:
        for read in (
            lambda: repository.refs.resolve("main"),
            lambda: list(repository.history.commits(None, head)),
            lambda: list(repository.trees.blobs([tree], 1000)),
            lambda: repository.trees.file(head, "a"),
            lambda: repository.history.difference(None, tree),
        ):
            with pytest.raises(SourceError, match="took longer than 1 s"):
                read()


def test_a_shallow_list_that_is_a_pipe_does_not_hang_us(
    git: RealGit, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(git.folder / ".git" / "shallow")
    monkeypatch.setattr(process, "TIMEOUT", 1)
    with pytest.raises(SourceError), open_repository(str(git.folder)):
        pass


def test_whoever_stops_reading_is_let_go_at_once(tmp_path: Path) -> None:
    """More is asked and more would come than the pipes hold: a lazy reader must not wait for either."""
    git = a_repository(tmp_path / "big")
    head = git.commit("1", {f"f{number}": str(number) * 20_000 for number in range(100)})
    with open_repository(str(git.folder)) as repository:
        blobs = [file.blob for file in repository.trees.files(head)] * 100
        before = time.monotonic()
        reading = repository.trees.blobs(blobs, 10_000_000)
        assert next(reading)[1] is not None
        reading.close()  # type: ignore[attr-defined] # it is a generator
        commits = repository.history.commits(None, head)
        next(commits)
        commits.close()  # type: ignore[attr-defined] # it is a generator
        assert time.monotonic() - before < 5


def test_nothing_is_left_behind(git: RealGit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with open_repository(str(git.folder)) as repository:
        repository.trees.file(repository.refs.resolve("HEAD"), "a")
        assert len(list(scratch.iterdir())) == 1
    assert not list(scratch.iterdir())
    with pytest.raises(RuntimeError), open_repository(str(git.folder)):
        raise RuntimeError
    assert not list(scratch.iterdir())


def raw_commit(git: RealGit, headers: bytes, message: bytes) -> str:
    raw = b"tree " + git("rev-parse", "HEAD^{tree}").encode() + b"\n" + headers + b"\n" + message
    return git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)


def test_a_parent_further_down_is_none(git: RealGit) -> None:
    """Git reads parents only right below the tree; to believe another would compare with the wrong tree."""
    head = git("rev-parse", "HEAD")
    headers = b"author A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\nparent " + head.encode() + b"\n"
    fake = raw_commit(git, headers, b"m")
    assert git("rev-list", "--count", fake) == "1"
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(None, fake)
        assert commit.parents == ()
        assert repository.history.patches([fake]) == (repository.history.difference(None, fake).patch,)


def test_a_very_long_name_does_not_hide_its_mailbox(git: RealGit) -> None:
    headers = b"author " + b"N" * 100_000 + b" <bot@tool.example> 0 +0000\ncommitter A <a@b> 0 +0000\n"
    id_ = raw_commit(git, headers, b"m")
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(None, id_)
    assert commit.author.mail == "bot@tool.example"


@pytest.mark.parametrize(
    ("encoding", "message", "expected"),
    [
        ("UTF-16LE", "Co-authored-by: Bot <b@c>".encode("utf-16-le"), "Co-authored-by: Bot <b@c>"),
        ("Shift_JIS", "日本".encode("shift-jis"), "日本"),
        ("windows-1252", b"\x80", "€"),
        ("utf-7", b"+2AA-", "+2AA-"),  # would give half a surrogate pair, which has no canonical form
        ("unicode_escape", b"\\x41", "\\x41"),
        ("punycode", b"a-b", "a-b"),
        ("UTF-8\xff", b"caf\xc3\xa9", "café"),
    ],
)
def test_messages_are_decoded_by_plain_character_sets_alone(
    git: RealGit, encoding: str, message: bytes, expected: str
) -> None:
    headers = b"author A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\nencoding " + encoding.encode("latin-1")
    id_ = raw_commit(git, headers + b"\n", message)
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(None, id_)
    assert commit.message == expected


def test_many_commits_octopus_roots_and_strangers_have_their_own_patches(git: RealGit) -> None:
    """More commits than one process is asked for, merges of three and second roots among them."""
    commits = "".join(
        f"commit refs/heads/main\nmark :{n}\ncommitter A <a@b> {n} +0000\ndata 0\n"
        + (f"from :{n - 1}\n" if n > 1 else "")
        + f"M 100644 inline f{n % 7}\ndata {len(str(n))}\n{n}\n"
        for n in range(1, 2101)
    )
    git("fast-import", "--quiet", "--force", stdin=commits.encode())
    git("reset", "--quiet", "--hard")
    for name in ("left", "right"):
        git("switch", "--quiet", "-c", name, "main")
        git.commit(name, {name: "1"})
    git("switch", "--quiet", "main")
    git.commit("own", {"own": "1"})
    git("merge", "--quiet", "-m", "octopus", "left", "right")
    octopus = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--orphan", "stranger")
    stranger = git.commit("stranger", {"s": "1"})
    with open_repository(str(git.folder)) as repository:
        history = repository.history
        found = [*history.commits(None, octopus), *history.commits(None, stranger)]
        assert len(found) == 2105
        assert len(next(commit for commit in found if commit.id == octopus).parents) == 3
        patches = history.patches([commit.id for commit in found])
        for commit, patch in [*zip(found, patches, strict=True)][-20:]:
            parent = commit.parents[0] if commit.parents else None
            assert history.difference(parent, commit.id).patch == patch
        assert patches[0] == history.difference(None, found[0].id).patch


def test_a_missing_tree_is_an_error_in_every_kind_of_difference(git: RealGit) -> None:
    base = git("rev-parse", "HEAD")
    head = git.commit("2", {"sub/b": "1"})
    tree = git("rev-parse", "HEAD:sub")
    (git.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with open_repository(str(git.folder)) as repository:
        for read in (
            lambda: repository.history.difference(base, head),
            lambda: repository.history.patches([head]),
            lambda: repository.merges.landings(base, head, 10),
            lambda: list(repository.trees.files(head)),
        ):
            with pytest.raises(SourceError):
                read()


def test_a_file_name_in_a_conflict_does_not_steer_the_terminal(git: RealGit) -> None:
    base = git("rev-parse", "HEAD")
    ours = git.commit("ours", {"\x1b[2Jx": "1"})
    git("switch", "--quiet", "-c", "other", base)
    theirs = git.commit("theirs", {"\x1b[2Jx": "2"})
    with open_repository(str(git.folder)) as repository:
        proof = repository.merges.merge(ours, theirs, ours)
    assert proof.problem == "our own merge has a conflict in ?[2Jx"


def test_a_statement_is_there_as_soon_as_it_is_written(git: RealGit) -> None:
    with open_repository(str(git.folder)) as repository:
        assert repository.statements.read() == ()
        repository.statements.write(ID, ENVELOPE)
        repository.statements.write(ID, ENVELOPE)
        assert repository.statements.read() == (ENVELOPE,)


def test_a_statement_of_any_size_or_kind_is_only_unreadable(git: RealGit) -> None:
    prefix = "refs/blastdoor/approvals/"
    large = git("hash-object", "-w", "--stdin", stdin=b'{"payload":"' + b"x" * 70_000 + b'"}')
    extra = git("hash-object", "-w", "--stdin", stdin=b'{"payload":"{}","more":1}')
    deep = git("hash-object", "-w", "--stdin", stdin=b"[" * 60_000)
    for name, id_ in (("large", large), ("extra", extra), ("deep", deep), ("tree", git("write-tree"))):
        git("update-ref", prefix + name, id_)
    with open_repository(str(git.folder)) as repository:
        assert repository.statements.read() == ()
        assert repository.statements.unreadable() == tuple(
            prefix + name for name in ("deep", "extra", "large", "tree")
        )
        with pytest.raises(InputError, match="65536"):
            repository.statements.write(ID, Envelope(payload="x" * 70_000))


def test_too_many_statements_are_said_to_be_too_many(git: RealGit) -> None:
    blob = git("hash-object", "-w", "--stdin", stdin=b"{}")
    refs = "".join(f"create refs/blastdoor/approvals/x{number} {blob}\n" for number in range(10_001))
    git("update-ref", "--stdin", stdin=refs.encode())
    with open_repository(str(git.folder)) as repository, pytest.raises(SourceError, match="10001 statements"):
        repository.statements.read()


def test_a_repository_that_takes_no_statement_says_why_in_a_sentence(git: RealGit) -> None:
    git("update-ref", "refs/blastdoor", "HEAD")
    with (
        open_repository(str(git.folder)) as repository,
        pytest.raises(SourceError, match="git update-ref failed: fatal:"),
    ):
        repository.statements.write(ID, ENVELOPE)


def test_no_statement_is_written_where_settings_run_a_program_for_it(git: RealGit) -> None:
    """Git 2.54 and newer run such programs; older git, as may be here, has no use for the setting."""
    git("config", "hook.spy.event", "pre-commit")
    git("config", "hook.spy.command", "touch canary")
    with open_repository(str(git.folder)) as repository:
        repository.statements.write(ID, ENVELOPE)
    git("config", "--add", "hook.spy.event", "reference-transaction")
    with open_repository(str(git.folder)) as repository, pytest.raises(SourceError, match="run a program"):
        repository.statements.write("apr_bbbbbbbbbbbbbbbb", ENVELOPE)
    assert "apr_bbbb" not in git("for-each-ref")


@pytest.mark.parametrize(
    ("address", "id_"),
    [
        ("https://host/x.git?token=secret", "host/x"),
        ("ssh://git@[::1]:22/x", "[::1]/x"),
        ("https://user:p@ss@host:8443/a/b.git/", "host/a/b"),
        ("HTTPS://Host/A", "host/A"),
        ("https://host/\x1b[2Ja\nb", "host/[2Jab"),
        ("https://", ""),
        ("host:", ""),
    ],
)
def test_an_address_gives_away_no_secret(address: str, id_: str) -> None:
    assert normalise(address) == id_


CHECK = "from blastdoor.git import open_repository\nwith open_repository('.'): pass\n"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (None, "git is not installed"),
        ("git version 2.30.1", "git 2.30.1 is too old: 2.38 is needed"),
        ("git version 2.37.9 (Vendor Git-1)", "git 2.37.9 is too old"),
        ("nonsense", "of an unknown version is too old"),
    ],
)
def test_a_git_that_is_absent_or_too_old_is_named(tmp_path: Path, version: str | None, said: str) -> None:
    if version is not None:
        (tmp_path / "git").write_text(f"#!/bin/sh\necho '{version}'\n")
        (tmp_path / "git").chmod(0o755)
    environment = ENVIRONMENT | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CHECK], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert said in done.stderr.decode().splitlines()[-1]
