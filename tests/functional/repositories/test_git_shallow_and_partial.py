"""What a clone does not have is never guessed, and never fetched."""

from pathlib import Path

import pytest

from blastdoor.errors import InputError, SourceError
from blastdoor.git import open_repository
from realgit import RealGit, a_repository


@pytest.fixture
def git(tmp_path: Path) -> RealGit:
    return a_repository(tmp_path / "r")


def a_clone(git: RealGit, folder: Path, *options: str) -> RealGit:
    git("clone", "--quiet", "--no-local", "--no-single-branch", *options, str(git.folder), str(folder))
    return RealGit(folder)


@pytest.mark.promise(1)
def test_promise_1_a_base_that_a_hidden_commit_outranks_is_refused(git: RealGit, tmp_path: Path) -> None:
    """Y is a child of X, but the clone cuts Y off from X: both look like bases, and only Y is one."""
    x = git.commit("X", {"x": "1"})
    y = git.commit("Y", {"y": "1"})
    for name in ("one", "other"):
        git("switch", "--quiet", "-c", name, y)
        git.commit(f"above Y on {name}", {name: "1"})
        git("switch", "--quiet", "-c", f"{name}-old", x)
        git.commit(f"beside Y on {name}", {f"{name}-old": "1"})
        git("switch", "--quiet", name)
        git("merge", "--quiet", "--no-edit", f"{name}-old")
    git("branch", "--quiet", "-D", "main", "one-old", "other-old")
    clone = a_clone(git, tmp_path / "clone", "--depth=3")
    assert set(clone("merge-base", "--all", "origin/one", "origin/other").split()) == {x, y}
    with open_repository(str(clone.folder)) as repository:
        one, other = repository.refs.resolve("origin/one"), repository.refs.resolve("origin/other")
        with pytest.raises(SourceError, match="shallow") as caught:
            repository.refs.merge_bases(one, other)
    assert caught.value.hint == "git fetch --unshallow"
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.merge_bases(one, other) == (y,)


@pytest.mark.promise(1)
def test_promise_1_a_range_that_runs_into_the_cut_is_refused(git: RealGit, tmp_path: Path) -> None:
    for number in range(5):
        head = git.commit(str(number), {"a": str(number)})
    clone = a_clone(git, tmp_path / "clone", "--depth=3")
    with open_repository(str(clone.folder)) as repository:
        base = repository.refs.resolve("HEAD~2")
        assert len(list(repository.history.commits(base, head))) == 2
        with pytest.raises(SourceError, match="shallow"):
            list(repository.history.commits(None, head))
        with pytest.raises(InputError, match="no such commit") as caught:
            repository.refs.resolve("HEAD~4")
    assert "--unshallow" in caught.value.hint


def test_a_cut_at_the_very_root_hides_nothing(git: RealGit, tmp_path: Path) -> None:
    root = git.commit("root", {"a": "1"})
    head = git.commit("head", {"a": "2"})
    git("switch", "--quiet", "--orphan", "stranger")
    stranger = git.commit("stranger", {"s": "1"})
    clone = a_clone(git, tmp_path / "clone", "--depth=2")
    (clone.folder / ".git" / "shallow").write_text(f"{root}\n{stranger}\n")
    with open_repository(str(clone.folder)) as repository:
        assert [commit.id for commit in repository.history.commits(None, head)] == [root, head]
        assert repository.refs.merge_bases(head, stranger) == ()


@pytest.mark.promise(2)
def test_promise_2_landings_that_are_cut_off_are_not_a_short_list(git: RealGit, tmp_path: Path) -> None:
    """An approval that was used on a step out of sight must not look unused."""
    base = git.commit("base", {"a": "1"})
    git("branch", "at-base", base)
    for number in range(5):
        tip = git.commit(str(number), {"m": str(number)})
    clone = a_clone(git, tmp_path / "clone", "--depth=3")
    with open_repository(str(clone.folder)) as repository:
        assert repository.merges.landings(base, tip, 100) is None
        near = repository.refs.resolve("HEAD~2")
        landings = repository.merges.landings(near, tip, 100)
        assert landings is not None
        assert len(landings) == 2


def test_a_merge_with_what_is_not_here_is_a_problem_not_an_error(git: RealGit) -> None:
    """A statement may name any head: it must not be able to stop every check."""
    head = git.commit("1", {"a": "1"})
    with open_repository(str(git.folder)) as repository:
        proof = repository.merges.merge(head, "1" * 40, head)
    assert proof.bases == ()
    assert proof.on_first_parent
    assert not isinstance(proof.tree, str)
    assert isinstance(proof.problem, str)


def test_unrelated_histories_do_not_merge(git: RealGit) -> None:
    head = git.commit("1", {"a": "1"})
    git("switch", "--quiet", "--orphan", "stranger")
    stranger = git.commit("2", {"b": "1"})
    with open_repository(str(git.folder)) as repository:
        proof = repository.merges.merge(head, stranger, head)
    assert not isinstance(proof.tree, str)
    assert "unrelated histories" in str(proof.problem)


def test_a_partial_clone_is_read_as_far_as_it_goes(git: RealGit, tmp_path: Path) -> None:
    """Its origin is at hand and would answer, and is not asked."""
    git("config", "uploadpack.allowFilter", "true")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    base = git.commit("1", {"a": "1\n", "b": "1\n"})
    head = git.commit("2", {"a": "2\n"})
    clone = a_clone(git, tmp_path / "clone", "--filter=blob:none", "--no-checkout")
    blob = git("rev-parse", "HEAD:a")

    def absent() -> bool:
        return f"?{blob}" in clone("rev-list", "--objects", "--all", "--missing=print").split()

    assert absent()
    with open_repository(str(clone.folder)) as repository:
        assert len(list(repository.history.commits(None, head))) == 2
        assert [file.new for file in repository.history.difference(base, head).files] == [blob]
        assert list(repository.trees.blobs([blob], 1000)) == [(blob, None)]
        assert repository.trees.file(head, "a") is None
    assert absent()
    assert clone("cat-file", "blob", blob) == "2"  # plain git fetches it
    assert not absent()


def test_the_root_commit_names_a_repository_only_where_it_can_be_seen(git: RealGit, tmp_path: Path) -> None:
    root = git.commit("1", {"a": "1"})
    git.commit("2", {"a": "2"})
    with open_repository(str(git.folder)) as repository:
        assert repository.refs.repository_id() == f"local:{root}"
    clone = a_clone(git, tmp_path / "clone", "--depth=1")
    with open_repository(str(clone.folder)) as repository, pytest.raises(SourceError, match="root commit"):
        repository.refs.repository_id()
    clone("config", "remote.origin.url", "git@GitHub.com:shop/web.git")
    with open_repository(str(clone.folder)) as repository:
        assert repository.refs.repository_id() == "github.com/shop/web"
