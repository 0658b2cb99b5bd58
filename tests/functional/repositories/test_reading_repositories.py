"""Repositories are read by object ids alone, whatever their shape."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from blastdoor.errors import InputError, SourceError
from blastdoor.formats import escape_path
from blastdoor.git import Repository, normalise, open_repository
from blastdoor.model import Envelope
from realgit import RealGit, a_repository


@pytest.fixture
def git(tmp_path: Path) -> RealGit:
    return a_repository(tmp_path / "r")


def opened(git: RealGit, where: str = ".") -> "Iterator[Repository]":
    return open_repository(str(git.folder / where))  # type: ignore[return-value]


def raw_patch(git: RealGit, *trees: str) -> str:
    words = ["git", "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", *trees]
    out = subprocess.run(words, cwd=git.folder, capture_output=True, check=True).stdout
    return "sha256:" + hashlib.sha256(out).hexdigest()


def test_names_mean_what_they_mean_to_git(git: RealGit) -> None:
    first = git.commit("1", {"a": "1"})
    second = git.commit("2", {"a": "2"})
    git("tag", "-a", "-m", "tagged", "v1", first)
    git("branch", "side", first)
    with open_repository(str(git.folder)) as repository:
        resolve = repository.refs.resolve
        for name in ("HEAD", "main", "refs/heads/main", second, second[:10], "HEAD^{commit}"):
            assert resolve(name) == second
        for name in ("HEAD~1", "main^", "v1", "side"):
            assert resolve(name) == first


@pytest.mark.parametrize(
    "name", ["", "nope", "HEAD~5", "-x", "--all", "a\nb", "HEAD:a", "\udcff", "0" * 40, "..", "@{u}"]
)
def test_a_name_that_is_none_is_refused_in_one_sentence(git: RealGit, name: str) -> None:
    git.commit("1", {"a": "1"})
    with open_repository(str(git.folder)) as repository:
        with pytest.raises(InputError, match="no such commit or branch"):
            repository.refs.resolve(name)
        assert repository.refs.resolve("HEAD")  # the process that looks things up is still of use


def test_a_branch_is_called_alike_on_both_sides(git: RealGit, tmp_path: Path) -> None:
    git.commit("1", {"a": "1"})
    git("switch", "--quiet", "-c", "feature/x")
    git("clone", "--quiet", str(git.folder), str(tmp_path / "clone"))
    with open_repository(str(git.folder)) as ours, open_repository(str(tmp_path / "clone")) as theirs:
        assert ours.refs.branch_of("HEAD") == "feature/x"
        assert ours.refs.branch_of("feature/x") == "feature/x"
        assert theirs.refs.branch_of("origin/feature/x") == "feature/x"
        assert ours.refs.branch_of("HEAD~0") is None


def test_the_protected_branch_is_origins_head_where_there_is_one(git: RealGit, tmp_path: Path) -> None:
    git.commit("1", {"a": "1"})
    git("branch", "-m", "trunk")
    git("clone", "--quiet", str(git.folder), str(tmp_path / "clone"))
    clone = RealGit(tmp_path / "clone")
    clone("switch", "--quiet", "-c", "main")
    clone.commit("2", {"a": "2"})
    with open_repository(str(clone.folder)) as repository:
        branch = repository.refs.protected_branch()
        assert (branch.name, branch.ref) == ("trunk", "refs/remotes/origin/trunk")
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.protected_branch().ref == "refs/heads/trunk"


def test_an_empty_repository_and_an_undecidable_one_say_so(git: RealGit) -> None:
    with open_repository(str(git.folder)) as repository, pytest.raises(InputError, match="no commits yet"):
        repository.refs.protected_branch()
    git.commit("1", {"a": "1"})
    git("branch", "-m", "one")
    git("branch", "two")
    with open_repository(str(git.folder)) as repository, pytest.raises(InputError, match="no telling which"):
        repository.refs.protected_branch()


@pytest.mark.parametrize("kind", ["missing", "file", "plain", "\0"])
def test_what_is_no_repository_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "plain").mkdir()
    with (
        pytest.raises(InputError, match=r"not a git repository|no such folder"),
        open_repository(str(tmp_path / kind)),
    ):
        pass


@pytest.mark.parametrize("name", ["it's", 'a "b"', "a:b", "ü ñ", "back\\slash", "-dash", "#hash"])
def test_a_repository_may_be_called_anything(tmp_path: Path, name: str) -> None:
    git = a_repository(tmp_path / name)
    head = git.commit("1", {"a": "1"})
    (tmp_path / name / "sub").mkdir()
    with open_repository(str(tmp_path / name / "sub")) as repository:
        assert [commit.id for commit in repository.history.commits(None, head)] == [head]
        assert repository.trees.file(head, "a") == b"1"


def test_bare_repositories_worktrees_and_detached_heads_are_read(git: RealGit, tmp_path: Path) -> None:
    head = git.commit("1", {"a": "1"})
    git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "tree"))
    side = RealGit(tmp_path / "tree").commit("2", {"a": "2"})
    git("clone", "--quiet", "--bare", str(git.folder), str(tmp_path / "bare"))
    with open_repository(str(tmp_path / "tree")) as repository:
        assert repository.refs.resolve("HEAD") == side
        assert repository.refs.branch_of("HEAD") == "side"
        assert repository.state_directory == git.folder / ".git" / "blastdoor"
    with open_repository(str(tmp_path / "bare")) as repository:
        assert repository.refs.resolve("HEAD") == head
        with pytest.raises(InputError, match="no working tree"):
            repository.working_tree()
    git("checkout", "--quiet", "--detach")
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.resolve("HEAD") == head
        assert repository.refs.branch_of("HEAD") is None


def test_sha256_repositories_are_read(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "r", "--object-format=sha256")
    first = git.commit("1", {"a": "1"})
    second = git.commit("2", {"a": "2"})
    with open_repository(str(git.folder)) as repository:
        assert [commit.id for commit in repository.history.commits(None, second)] == [first, second]
        assert [file.path for file in repository.history.difference(None, first).files] == ["a"]
        assert repository.merges.merge(first, second, second).tree == git("rev-parse", "HEAD^{tree}")


def test_commits_come_parents_first_and_whole(git: RealGit) -> None:
    base = git.commit("base", {"a": "1"})
    message = "subject\n\nbody ü\n\nCo-authored-by: X <x@y.example>"
    side = git.commit(message, {"a": "2"}, who="Zoë Ünal <zoe@shop.example>")
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(base, side)
    assert commit.parents == (base,)
    assert (commit.author.name, commit.author.mail) == ("Zoë Ünal", "zoe@shop.example")
    assert commit.message == message + "\n"


def raw_commit(git: RealGit, head: bytes, message: bytes) -> str:
    tree = git("rev-parse", "HEAD^{tree}").encode()
    raw = b"tree " + tree + b"\n" + head + b"\n" + message
    return git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)


NORMAL = b"author A <a@b> 0 +0000\ncommitter C <c@d> 0 +0000\n"


@pytest.mark.parametrize(
    ("head", "message", "expected"),
    [
        (NORMAL, b"before\0after\n", "before\0after\n"),
        (NORMAL, b"x" * 3_000_000, "x" * 3_000_000),
        (NORMAL + b"encoding ISO-8859-1\n", b"caf\xe9", "café"),
        (NORMAL + b"encoding zip\n", b"caf\xe9", "caf\\xe9"),
        (NORMAL + b"encoding rot13\n", b"abc", "abc"),
        (NORMAL, b"caf\xe9", "caf\\xe9"),
        (NORMAL + b"gpgsig -----BEGIN\n author X <x@x>\n \n -----END\n", b"m", "m"),
    ],
    ids=["NUL", "3 MB", "latin-1", "no character set", "a codec that transforms", "not UTF-8", "signed"],
)
def test_nothing_in_a_message_hides_anything(
    git: RealGit, head: bytes, message: bytes, expected: str
) -> None:
    git.commit("1", {"a": "1"})
    id_ = raw_commit(git, head, message)
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(None, id_)
    assert commit.message == expected
    assert (commit.author.mail, commit.committer.mail) == ("a@b", "c@d")


@pytest.mark.parametrize(
    "author", [b"", b"author\n", b"author nobody\n", b"author < 0\n", b"author \xff<\xff> 0 +0000\n"]
)
def test_a_broken_author_is_empty_text_not_an_error(git: RealGit, author: bytes) -> None:
    git.commit("1", {"a": "1"})
    id_ = raw_commit(git, author, b"m")
    with open_repository(str(git.folder)) as repository:
        (commit,) = repository.history.commits(None, id_)
    assert commit.message == "m"


def test_differences_have_gits_own_bytes_for_any_file_name(git: RealGit) -> None:
    base = git.commit("1", {"plain": "1", "gone": "1", "link": "1"})
    for name in (b"caf\xe9", b"new\nline", b'quo"te', b"back\\slash", b":colon", b" "):
        Path(os.fsdecode(os.fsencode(git.folder) + b"/" + name)).write_text("x")
    (git.folder / "link").unlink()
    (git.folder / "link").symlink_to("plain")
    (git.folder / "plain").chmod(0o755)
    git.commit("2", {"gone": None})
    git("update-index", "--add", "--cacheinfo", f"160000,{base},module")
    git("commit", "--quiet", "--amend", "--no-edit")
    head = git("rev-parse", "HEAD")
    with open_repository(str(git.folder)) as repository:
        difference = repository.history.difference(base, head)
    assert difference.patch == raw_patch(git, base, head)
    by_path = {file.path: file for file in difference.files}
    assert {
        escape_path(name) for name in (b"caf\xe9", b"new\nline", b'quo"te', b"back\\slash", b":colon", b" ")
    } < set(by_path)
    assert by_path["gone"].status == "deleted"
    assert (by_path["link"].status, by_path["link"].is_symlink) == ("retyped", True)
    assert (by_path["plain"].old_mode, by_path["plain"].new_mode) == ("100644", "100755")
    assert by_path["module"].is_submodule


def test_each_commits_patch_is_its_difference_to_its_first_parent(git: RealGit) -> None:
    root = git.commit("root", {"a": "1", ":odd": "1"})
    empty = git.commit("empty")
    git("switch", "--quiet", "-c", "side", root)
    side = git.commit("side", {"b": "1"})
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    merge = git("rev-parse", "HEAD")
    with open_repository(str(git.folder)) as repository:
        patches = repository.history.patches((root, empty, side, merge))
        expected = [
            repository.history.difference(parent, commit).patch
            for parent, commit in ((None, root), (root, empty), (root, side), (empty, merge))
        ]
    assert list(patches) == expected
    assert (
        len(set(patches)) == 3
    )  # the merge brings what the side brought, from another base of equal content


def test_an_indentation_that_changes_meaning_changes_the_patch(git: RealGit) -> None:
    """Git's own patch-id is equal for these two."""
    base = git.commit("1", {"a.py": "if x:\n    y()\n"})
    one = git.commit("2", {"a.py": "if x:\n    y()\n    z()\n"})
    git("reset", "--quiet", "--hard", base)
    other = git.commit("2", {"a.py": "if x:\n    y()\nz()\n"})
    with open_repository(str(git.folder)) as repository:
        assert (
            repository.history.difference(base, one).patch != repository.history.difference(base, other).patch
        )


def test_merge_bases_are_all_of_them_and_none_for_strangers(git: RealGit) -> None:
    root = git.commit("root", {"a": "1"})
    left = git.commit("left", {"l": "1"})
    git("switch", "--quiet", "-c", "right", root)
    right = git.commit("right", {"r": "1"})
    git("merge", "--quiet", "--no-edit", left)
    crossed = git("rev-parse", "HEAD")
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-edit", right)
    head = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--orphan", "stranger")
    stranger = git.commit("stranger", {"s": "1"})
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.merge_bases(left, right) == (root,)
        assert repository.refs.merge_bases(crossed, head) == tuple(sorted((left, right)))
        assert repository.refs.merge_bases(head, stranger) == ()
        assert len(repository.history.difference(None, stranger).files) == 1


@pytest.mark.promise(1)
def test_promise_1_a_shallow_clone_never_gives_a_wrong_base(git: RealGit, tmp_path: Path) -> None:
    git.commit("1", {"a": "1"})
    git("switch", "--quiet", "-c", "feature")
    git.commit("2", {"b": "1"})
    git("switch", "--quiet", "main")
    for number in range(5):
        git.commit(f"main {number}", {"c": str(number)})
    for depth, decided in ((1, False), (3, False), (6, True)):
        clone = tmp_path / f"clone{depth}"
        git(
            "clone",
            "--quiet",
            "--no-local",
            "--no-single-branch",
            f"--depth={depth}",
            str(git.folder),
            str(clone),
        )
        with open_repository(str(clone)) as repository:
            main, feature = repository.refs.resolve("origin/main"), repository.refs.resolve("origin/feature")
            if decided:
                assert repository.refs.merge_bases(main, feature) == (git("merge-base", "main", "feature"),)
            else:
                with pytest.raises(SourceError, match="shallow"):
                    repository.refs.merge_bases(main, feature)


def test_our_own_merge_is_gits_where_it_is_clean(git: RealGit) -> None:
    base = git.commit("1", {"a": "1\n2\n3\n4\n5\n", "b": "1"})
    theirs = git.commit("2", {"a": "1\n2\n3\n4\nfive\n"})
    git("switch", "--quiet", "-c", "other", base)
    ours = git.commit("3", {"a": "one\n2\n3\n4\n5\n"})
    clash = git.commit("4", {"a": "one\n2\n3\n4\nfünf\n"})
    with open_repository(str(git.folder)) as repository:
        clean = repository.merges.merge(ours, theirs, ours)
        conflict = repository.merges.merge(clash, theirs, clash)
    git("checkout", "--quiet", ours)
    git("merge", "--quiet", "--no-edit", theirs)
    assert clean.tree == git("rev-parse", "HEAD^{tree}")
    assert (clean.bases, clean.on_first_parent) == ((base,), True)
    assert not isinstance(conflict.tree, str)
    assert "conflict in a" in str(conflict.problem)


def test_landings_are_the_steps_of_the_first_parent(git: RealGit) -> None:
    base = git.commit("1", {"a": "1"})
    git("switch", "--quiet", "-c", "side")
    side = git.commit("2", {"b": "1"})
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    merge = git("rev-parse", "HEAD")
    last = git.commit("3", {"c": "1"})
    with open_repository(str(git.folder)) as repository:
        landings = repository.merges.landings(base, last, 10)
        assert landings is not None
        assert [(one.parent, one.commit) for one in landings] == [(merge, last), (base, merge)]
        assert [file.path for file in landings[1].difference.files] == ["b"]
        assert repository.merges.landings(base, last, 1) is None
        assert repository.merges.on_first_parent([base, side, merge], last) == {base, merge}
        assert repository.merges.unmerged([base, side, last, "0" * 40, "x"], merge) == {last}


def test_statements_go_through_refs_and_back(git: RealGit) -> None:
    git.commit("1", {"a": "1"})
    envelope = Envelope(payload="{}", signature="x")
    with open_repository(str(git.folder)) as repository:
        assert repository.statements.read() == ()
        repository.statements.write("apr_aaaaaaaaaaaaaaaa", envelope)
    junk = git("hash-object", "-w", "--stdin", stdin=b"junk")
    git("update-ref", "refs/blastdoor/approvals/zzz", junk)
    git("update-ref", "refs/blastdoor/approvals/commit", "HEAD")
    with open_repository(str(git.folder)) as repository:
        assert repository.statements.read() == (envelope,)
        assert repository.statements.unreadable() == (
            "refs/blastdoor/approvals/commit",
            "refs/blastdoor/approvals/zzz",
        )
        with pytest.raises(InputError, match="not the id of a statement"):
            repository.statements.write("../../heads/main", envelope)


def test_a_damaged_object_is_an_error_and_never_a_short_answer(git: RealGit) -> None:
    first = git.commit("1", {"a": "1"})
    second = git.commit("2", {"a": "2"})
    third = git.commit("3", {"a": "3"})
    (git.folder / ".git" / "objects" / second[:2] / second[2:]).unlink()
    with open_repository(str(git.folder)) as repository, pytest.raises(SourceError):
        list(repository.history.commits(first, third))


@pytest.mark.parametrize(
    ("address", "id_"),
    [
        ("https://user:secret@GitHub.com:443/Shop/web.git", "github.com/Shop/web"),
        ("git@github.com:Shop/web.git", "github.com/Shop/web"),
        ("ssh://git@github.com:22/Shop/web/", "github.com/Shop/web"),
        ("github.com:Shop/web", "github.com/Shop/web"),
        ("/srv/web.git", ""),
        ("../web", ""),
        ("file:///srv/web", ""),
        ("", ""),
        ("ext::sh -c x", ""),
    ],
)
def test_an_address_is_the_same_id_however_it_is_written(address: str, id_: str) -> None:
    assert normalise(address) == id_
