"""What resolvers see of a tree: its paths, and the facts that are known of its files."""

import bisect
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from blastdoor.reach.facts import FileFacts
from blastdoor.reach.paths import upwards


class Tree:
    """All `paths` of a tree, and `facts` of those that were read; a changed path has two versions.

    `added`: paths that a change adds.
    """

    def __init__(
        self, paths: Collection[str], facts: Mapping[str, Sequence[FileFacts]], added: Collection[str] = ()
    ) -> None:
        self.paths = frozenset(paths)
        self.facts = facts
        self.added = added
        self._whole = self

    def only(self, languages: Collection[str]) -> "Tree":
        """The same paths, with the facts of files of some languages alone."""
        facts = {
            path: versions
            for path, versions in self.facts.items()
            if any(one.language in languages for one in versions)
        }
        made = Tree(self.paths, facts, self.added)
        made._whole = self._whole
        return made

    def of(self, *languages: str) -> Iterator[tuple[str, FileFacts]]:
        """Every file of some languages with its facts, in order of path."""
        for path, versions in self.facts.items():
            for facts in versions:
                if facts.language in languages:
                    yield path, facts

    @property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, directly or further down; "" is the root."""
        return self._whole._folders  # noqa: SLF001 - the same class

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.paths:
            for folder in upwards(path.rpartition("/")[0]):
                if folder in found:
                    break
                found.add(folder)
        return frozenset(found)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.paths)

    def below(self, folder: str) -> Iterator[str]:
        """Every path below a folder, in order."""
        start = f"{folder}/" if folder else ""
        paths = self._whole._sorted  # noqa: SLF001 - the same class
        place = bisect.bisect_left(paths, start)
        while place < len(paths) and paths[place].startswith(start):
            yield paths[place]
            place += 1
