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

    def of(self, *languages: str) -> Iterator[tuple[str, FileFacts]]:
        """Every file of some languages with its facts, in order of path."""
        for path, versions in self.facts.items():
            for facts in versions:
                if facts.language in languages:
                    yield path, facts

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, directly or further down; "" is the root."""
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
        place = bisect.bisect_left(self._sorted, start)
        while place < len(self._sorted) and self._sorted[place].startswith(start):
            yield self._sorted[place]
            place += 1
