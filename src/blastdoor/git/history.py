"""Commits, differences and trees, streamed."""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from blastdoor.errors import SourceError
from blastdoor.formats import escape_path
from blastdoor.git.commits import MAX_COMMIT, parse_commit, parse_parents
from blastdoor.git.ids import checked
from blastdoor.git.sift import sift
from blastdoor.git.workshop import Workshop
from blastdoor.model import Commit, FileChange
from blastdoor.ports import Difference, Screen, Sifted, TreeFile

#: A single file larger than this is not read; policies and rosters end far below.
_MAX_FILE = 64_000_000
#: So many differences are held in memory at a time.
_BATCH = 2000
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
        words = [
            "rev-list",
            "--topo-order",
            "--reverse",
            checked(head),
            *([f"^{checked(base)}"] if base else []),
        ]
        shallow = self._workshop.theirs.shallow
        with (
            self._workshop.stream(*words) as ids,
            self._workshop.stream("cat-file", "--batch", "--buffer", stdin=ids) as objects,
        ):
            for id_, raw in objects.objects(MAX_COMMIT):
                if raw is None:
                    raise SourceError("a commit of the change is not here, or too large to read")
                commit = parse_commit(id_, raw)
                if shallow and commit.id in shallow and commit.parents:
                    raise SourceError(
                        "this clone is shallow, and the change begins in what is cut off",
                        hint="git fetch --unshallow",
                    )
                yield commit
            ids.ended()
            objects.ended()

    def sift(self, base: str | None, head: str, screen: Screen, also: Container[str]) -> Iterator[Sifted]:
        """The same history, newest first; see `ports.History`."""
        yield from sift(self._workshop, base, head, screen, also)

    def difference(self, base: str | None, head: str) -> Difference:
        """The raw difference of two trees."""
        before = checked(base) if base else self._workshop.theirs.empty_tree
        _, out = self._workshop.run("diff-tree", *_RAW, before, checked(head))
        return read_difference(out)

    def differences(self, pairs: Sequence[tuple[str | None, str]]) -> Iterator[Difference]:
        """The raw difference of each pair of commits."""
        for raw in raw_differences(self._workshop, pairs):
            yield read_difference(raw)

    def authors(self, tip: str, since: str, folders: Sequence[str]) -> Iterator[str]:
        """The author's mailbox of each commit to files in these folders since then."""
        # What is escaped in a path is no text that git could be asked for; its folder finds nobody.
        named = [folder for folder in folders if folder and "\\" not in folder]
        everywhere = "" in folders
        words = (
            "--literal-pathspecs",
            "log",
            "--no-merges",
            "--format=%ae",
            f"--since={since}",
            checked(tip),
        )
        yield from self._workshop.lines(*words, "--", *([] if everywhere else named or ["\x01"]))

    def range_diff(self, before: tuple[str, str], after: tuple[str, str], limit: int) -> tuple[str, ...]:
        """How two ranges of commits differ, as git tells it."""
        if any(self._workshop.info(f"{one}^{{commit}}") is None for one in (*before, *after)):
            return ()
        words = ("range-diff", "--no-color", "--no-ext-diff", "--no-textconv")
        ranges = [f"{checked(base)}..{checked(head)}" for base, head in (before, after)]
        return tuple(line.rstrip("\n") for line in islice(self._workshop.lines(*words, *ranges), limit))

    def touching(self, tip: str, folder: str) -> Iterator[str]:
        """The first-parent steps that changed a folder, newest first, after the tip itself."""
        yield tip
        words = ("--literal-pathspecs", "rev-list", "--first-parent", checked(tip), "--", folder)
        for commit in self._workshop.lines(*words):
            if commit != tip:
                yield commit

    def patches(self, commits: Sequence[str]) -> tuple[str, ...]:
        """The patch digest of each commit against its first parent."""
        parents = first_parents(self._workshop, commits)
        pairs = zip(parents, commits, strict=True)
        return tuple(_patch(raw) for raw in raw_differences(self._workshop, pairs))

    def first_parents(self, commits: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        """Each commit with its first parent."""
        yield from zip(commits, first_parents(self._workshop, commits), strict=True)

    def likenesses(self, pairs: Sequence[tuple[str | None, str]]) -> Mapping[str, str]:
        """What each difference is like, by git's patch id, which sees no line numbers and no white space."""
        asked = "".join(f"{after} {before}\n" if before else f"{after}\n" for before, after in pairs)
        if not asked:
            return {}
        words = ("diff-tree", "--stdin", "--root", "-p", "--no-renames", "--no-ext-diff", "--no-textconv")
        found = {}
        with (
            self._workshop.stream(*words, stdin=asked.encode("ascii")) as differences,
            self._workshop.stream("patch-id", "--stable", stdin=differences) as likenesses,
        ):
            for line in likenesses.out:
                like, _, commit = line.decode("ascii").rstrip("\n").partition(" ")
                found[commit] = like
            differences.ended()
            likenesses.ended()
        return found

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
        _, out = self._workshop.run("ls-tree", "-r", "-z", "--full-tree", checked(commit))
        for entry in out.split(b"\0")[:-1]:
            meta, _, path = entry.partition(b"\t")
            mode, _, blob = meta.decode("ascii").split(" ")
            yield TreeFile(path=escape_path(path), mode=mode, blob=blob)

    def blobs(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        """The content of each blob, in the order asked."""
        wanted = list(ids)
        if not wanted:
            return
        asked = "".join(f"{id_}\n" for id_ in wanted).encode("ascii")
        with self._workshop.stream("cat-file", "--batch", "--buffer", stdin=asked) as objects:
            for id_ in wanted:
                found = objects.object(limit)
                yield id_, found[2] if found is not None else None
            objects.ended()

    def file(self, commit: str, path: str) -> bytes | None:
        """The content of one file by its plain path."""
        found = self._workshop.contents(f"{commit}:{path}", _MAX_FILE)
        if found is None or found[0] != "blob":
            return None
        if found[1] is None:
            raise SourceError(f"{path} at {commit} is over {_MAX_FILE} bytes: too large to read")
        return found[1]


def first_parents(workshop: Workshop, commits: Sequence[str]) -> Iterator[str | None]:
    """The first parent of each commit, as the commit itself says; None for a root."""
    asked = "".join(f"{commit}\n" for commit in commits).encode("ascii")
    with workshop.stream("cat-file", "--batch", "--buffer", stdin=asked) as objects:
        for commit in commits:
            found = objects.object(MAX_COMMIT)
            if found is None or found[2] is None:
                raise SourceError(f"commit {commit} is not here, or too large to read")
            yield next(iter(parse_parents(found[2])), None)


def raw_differences(workshop: Workshop, pairs: Iterable[tuple[str | None, str]]) -> Iterator[bytes]:
    """The raw difference of each pair of commits (None: the empty tree), by few processes."""
    coming = iter(pairs)
    while asked := list(islice(coming, _BATCH)):
        # A commit and what to take for its parent; alone, with --root, it is shown against the empty tree.
        stdin = "".join(f"{after} {before}\n" if before else f"{after}\n" for before, after in asked)
        words = ("diff-tree", "--stdin", "--root", "--always", "-m", *_RAW)
        _, out = workshop.run(*words, stdin=stdin.encode("ascii"))
        at = 0
        for _, after in asked:
            heading = after.encode("ascii") + b"\0"
            if not out.startswith(heading, at):
                raise SourceError(f"git diff-tree cannot show what {after} changes: is an object missing?")
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
