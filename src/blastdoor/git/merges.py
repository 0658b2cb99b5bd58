"""Merges of our own, and where commits stand on the protected branch."""

from collections.abc import Sequence

import msgspec

from blastdoor.errors import SourceError
from blastdoor.git.history import raw_differences, read_difference
from blastdoor.git.process import printable
from blastdoor.git.refs import GitRefs
from blastdoor.git.workshop import Workshop
from blastdoor.model import MergeProof
from blastdoor.ports import Landing


class GitMerges:
    """`ports.Merges` on a workshop."""

    def __init__(self, workshop: Workshop, refs: GitRefs) -> None:
        self._workshop, self._refs = workshop, refs

    def merge(self, ours: str, theirs: str, branch: str) -> MergeProof:
        """Merge two commits by git's default strategy, with nothing of the repository's own."""
        known = {
            "ours": ours,
            "theirs": theirs,
            "bases": (),
            "on_first_parent": ours in self.on_first_parent([ours], branch),
        }
        # Newer git takes attributes from HEAD's tree in a bare repository; the empty tree has none.
        words = ["-c", f"attr.tree={self._workshop.theirs.empty_tree}", "merge-tree", "--write-tree", "-z"]
        try:
            known["bases"] = self._refs.merge_bases(ours, theirs)
            status, out = self._workshop.run(
                *words, "--name-only", "--no-messages", ours, theirs, accept=(0, 1)
            )
        except SourceError as error:
            return MergeProof(**known, problem=error.message)  # type: ignore[arg-type]
        tree, *conflicts = out.decode("utf-8", "backslashreplace").rstrip("\0").split("\0")
        if status == 1:
            named = printable(", ".join(dict.fromkeys(conflicts[:3])))
            return MergeProof(**known, problem=f"our own merge has a conflict in {named}")  # type: ignore[arg-type]
        return MergeProof(**known, tree=tree or msgspec.UNSET)  # type: ignore[arg-type]

    def unmerged(self, commits: Sequence[str], branch: str) -> frozenset[str]:
        """Those of the commits that exist here and are not reachable from `branch`."""
        here = self.here(commits)
        if not here:
            return here
        stdin = "".join(f"{commit}\n" for commit in [*sorted(here), f"^{branch}"]).encode("ascii")
        _, out = self._workshop.run("rev-list", "--stdin", stdin=stdin)
        return here & frozenset(out.decode("ascii").split())

    def here(self, commits: Sequence[str]) -> frozenset[str]:
        """Those of the commits that exist here."""
        return frozenset(commit for commit in commits if self._is_commit(commit))

    def _is_commit(self, name: str) -> bool:
        # A statement may name anything; only a full id of a commit is looked up.
        plain = name.isascii() and name.isalnum() and len(name) in {40, 64}
        found = self._workshop.info(name) if plain else None
        return found is not None and found == (name, "commit")

    def on_first_parent(self, commits: Sequence[str], branch: str) -> frozenset[str]:
        """Those of the commits that are on the first-parent history of `branch`."""
        wanted = set(commits)
        found: set[str] = set()
        for commit in self._workshop.lines("rev-list", "--first-parent", branch):
            if commit in wanted:
                found.add(commit)
                if found == wanted:
                    break
        return frozenset(found)

    def steps_since(self, tip: str, since: str, limit: int) -> tuple[tuple[str, str], ...]:
        """The newest first-parent steps as (parent, commit), newest first."""
        words = ("rev-list", "--first-parent", "--parents", f"--max-count={limit}", f"--since={since}", tip)
        found = [line.split(" ") for line in self._workshop.lines(*words)]
        return tuple((ids[1].strip(), ids[0].strip()) for ids in found if len(ids) > 1)

    def landings(self, base: str, tip: str, limit: int) -> tuple[Landing, ...] | None:
        """The first-parent steps of `tip` that `base` does not have; None if over `limit` or out of sight.

        Out of sight: in a shallow clone, where the steps begin in what is cut off.
        """
        excluded = [f"^{base}"] if self._is_commit(base) else []
        _, out = self._workshop.run(
            "rev-list", "--first-parent", "--parents", f"--max-count={limit + 1}", tip, *excluded
        )
        steps = [line.split(" ") for line in out.decode("ascii").splitlines()]
        if len(steps) > limit or self._workshop.theirs.shallow.intersection(step[0] for step in steps):
            return None
        pairs = [(step[1], step[0]) for step in steps if len(step) > 1]
        raws = raw_differences(self._workshop, pairs)
        return tuple(
            Landing(parent=parent, commit=commit, difference=read_difference(raw))
            for (parent, commit), raw in zip(pairs, raws, strict=True)
        )
