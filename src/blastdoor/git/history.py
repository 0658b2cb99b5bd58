"""Commits, differences and trees, streamed."""

import hashlib
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from blastdoor.errors import SourceError
from blastdoor.formats import escape_path
from blastdoor.git.commits import parse_commit
from blastdoor.git.process import spawn
from blastdoor.git.workshop import Workshop, ended, finish, read_objects
from blastdoor.model import Commit, FileChange
from blastdoor.ports import Difference, TreeFile

#: A commit object larger than this is not read; real messages end far below.
_MAX_COMMIT = 64_000_000
_RAW = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
_STATUS = {"A": "added", "M": "modified", "D": "deleted", "T": "retyped"}


class GitHistory:
    """`ports.History` on a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def commits(self, base: str | None, head: str) -> Iterator[Commit]:
        """Every commit of head that base does not have, parents before children.

        `rev-list` feeds `cat-file --batch`, whose answers carry their length: a NUL in a message, which cuts
        the output of `git log -z`, hides nothing here.
        """
        words = ["rev-list", "--topo-order", "--reverse", head, *([f"^{base}"] if base else [])]
        ids = spawn(self._workshop.words(*words), stdin=subprocess.DEVNULL)
        assert ids.stdout is not None  # noqa: S101 - spawned with a pipe
        objects = spawn(self._workshop.words("cat-file", "--batch", "--buffer"), stdin=ids.stdout.fileno())
        ids.stdout.close()
        assert objects.stdout is not None  # noqa: S101 - spawned with a pipe
        try:
            for id_, raw in read_objects(objects.stdout, _MAX_COMMIT):
                if raw is None:
                    raise SourceError(f"commit {id_} is not here, or too large to read")
                if id_ in self._workshop.theirs.shallow:
                    raise SourceError(
                        "this clone is shallow, and the change begins in what is cut off",
                        hint="git fetch --unshallow",
                    )
                yield parse_commit(id_, raw)
            ended(objects, ["cat-file"])
            ended(ids, words)
        finally:
            finish(objects)
            finish(ids)

    def difference(self, base: str | None, head: str) -> Difference:
        """The raw difference of two trees."""
        _, out = self._workshop.run("diff-tree", *_RAW, base or self._workshop.theirs.empty_tree, head)
        return read_difference(out)

    def patches(self, commits: Sequence[str]) -> tuple[str, ...]:
        """The patch digest of each commit against its first parent."""
        pairs = []
        for commit in commits:
            parents = self._parents(commit)
            pairs.append((parents[0] if parents else None, commit))
        return tuple(_patch(raw) for raw in raw_differences(self._workshop, pairs))

    def _parents(self, commit: str) -> tuple[str, ...]:
        found = self._workshop.contents(commit)
        if found is None:
            raise SourceError(f"commit {commit} is not here")
        return parse_commit(commit, found[1]).parents

    def tree_of(self, commit: str) -> str:
        """The tree id of a commit."""
        found = self._workshop.info(f"{commit}^{{tree}}")
        if found is None:
            raise SourceError(f"the tree of {commit} is not here")
        return found[0]


class GitTrees:
    """`ports.Trees` on a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def files(self, commit: str) -> Iterator[TreeFile]:
        """Every file of the commit's tree."""
        _, out = self._workshop.run("ls-tree", "-r", "-z", "--full-tree", commit)
        for entry in out.split(b"\0")[:-1]:
            meta, _, path = entry.partition(b"\t")
            mode, _, blob = meta.decode("ascii").split(" ")
            yield TreeFile(path=escape_path(path), mode=mode, blob=blob)

    def blobs(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        """The content of each blob, in the order asked."""
        wanted = list(ids)
        if not wanted:
            return
        process = spawn(self._workshop.words("cat-file", "--batch", "--buffer"))
        assert process.stdout is not None  # noqa: S101 - spawned with pipes
        assert process.stdin is not None  # noqa: S101 - spawned with pipes
        # Asked from a thread of its own: with one thread both sides could wait for the other to read.
        asking = threading.Thread(target=_ask, args=(process.stdin, wanted), daemon=True)
        asking.start()
        try:
            yield from read_objects(process.stdout, limit)
            asking.join(timeout=10)
            ended(process, ["cat-file"])
        finally:
            finish(process)

    def file(self, commit: str, path: str) -> bytes | None:
        """The content of one file by its plain path."""
        found = self._workshop.contents(f"{commit}:{path}")
        return found[1] if found is not None and found[0] == "blob" else None


def _ask(pipe: IO[bytes], ids: Sequence[str]) -> None:
    try:
        pipe.write(b"".join(id_.encode("ascii") + b"\n" for id_ in ids))
        pipe.close()
    except OSError:
        return  # the reader gave up; whoever reads notices


def raw_differences(workshop: Workshop, pairs: Sequence[tuple[str | None, str]]) -> Iterator[bytes]:
    """The raw difference of each pair of commits (None: the empty tree), by one process."""
    trees = []
    for before, after in pairs:
        for commit in (before, after):
            found = workshop.info(f"{commit}^{{tree}}") if commit else (workshop.theirs.empty_tree, "tree")
            if found is None:
                raise SourceError(f"the tree of {commit} is not here")
            trees.append(found[0])
    asked = list(zip(trees[::2], trees[1::2], strict=True))
    if not asked:
        return
    stdin = "".join(f"{before} {after}\n" for before, after in asked).encode("ascii")
    _, out = workshop.run("diff-tree", "--stdin", *_RAW, stdin=stdin)
    at = 0
    for before, after in asked:
        # For two trees, their ids come first, on a line of their own whatever `-z` says.
        heading = f"{before} {after}\n".encode("ascii")
        if not out.startswith(heading, at):
            raise SourceError("git diff-tree answered out of order")
        at += len(heading)
        end = _end_of_entries(out, at)
        yield out[at:end]
        at = end


def _end_of_entries(out: bytes, at: int) -> int:
    # An entry is `:modes ids status`, a NUL, the path, a NUL; a heading never begins with a colon.
    while out.startswith(b":", at):
        at = out.index(b"\0", out.index(b"\0", at) + 1) + 1
    return at


def read_difference(raw: bytes) -> Difference:
    """A difference from the raw output of `diff-tree -z`."""
    parts = raw.split(b"\0")[:-1]
    files = []
    for meta, path in zip(parts[::2], parts[1::2], strict=True):
        old_mode, new_mode, old, new, status = meta.decode("ascii").removeprefix(":").split(" ")
        files.append(
            FileChange(
                path=escape_path(path),
                status=_STATUS[status],  # type: ignore[arg-type]
                old_mode=old_mode,
                new_mode=new_mode,
                old=old,
                new=new,
            )
        )
    return Difference(patch=_patch(raw), files=tuple(files))


def _patch(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()
