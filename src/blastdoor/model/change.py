"""What goes from one tree to another in a repository."""

from typing import Literal

import msgspec

from blastdoor.model.value import Value

#: git's object id of the empty tree is not a commit; this word stands for "no base: the whole tree is new".
EMPTY_BASE = "empty"


class Signature(Value, frozen=True, kw_only=True):
    """Who a commit says wrote it: `name` and `mail` as they stand there. Claimed, never proven."""

    name: str
    mail: str


class Commit(Value, frozen=True, kw_only=True):
    r"""One commit as it is stored. `message` is all of it, decoded, undecodable bytes as \xNN."""

    id: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


class FileChange(Value, frozen=True, kw_only=True):
    """One path that differs between base and head. Modes are git's octal text, `000000` for absent.

    `path` is text as `formats.escape_path` gives it. `old` and `new` are blob ids (all zeros for absent).
    """

    path: str
    status: Literal["added", "modified", "deleted", "retyped"]
    old_mode: str
    new_mode: str
    old: str
    new: str

    @property
    def is_submodule(self) -> bool:
        """Whether either side is a commit of another repository."""
        return "160000" in (self.old_mode, self.new_mode)

    @property
    def is_symlink(self) -> bool:
        """Whether either side is a symbolic link."""
        return "120000" in (self.old_mode, self.new_mode)


class Change(Value, frozen=True, kw_only=True):
    """A change, named by digests.

    `base` is a commit id, or `empty` for unrelated history. `patch` is the SHA-256 of the raw difference
    (`docs/spec/seal.md`). `patches` are the same digests of each of the newest 500 commits against its first
    parent, oldest first. `branch` is the name the head was asked by, if it is a branch.
    """

    id: str
    repository: str
    target_branch: str
    base: str
    head: str
    tree: str
    patch: str
    commits: tuple[str, ...]
    patches: tuple[str, ...]
    files: tuple[FileChange, ...]
    branch: str | msgspec.UnsetType = msgspec.UNSET
