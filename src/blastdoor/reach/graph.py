"""The import graph of a tree, and what can be reached in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from blastdoor.reach.facts import FileFacts
from blastdoor.reach.modules import Modules


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Which file is imported by which.

    `importers`: imported path to its importers, in path order. `files`: every path whose facts are known.
    `unread`: paths whose content could not be read, with the reason. `dynamic`: paths that load modules by
    names known only at run time. `packages`: the directories that are regular packages.
    """

    importers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()

    def edges(self) -> Iterator[tuple[str, str]]:
        """Each edge once: importer, imported."""
        for imported, importers in self.importers.items():
            for importer in importers:
                yield importer, imported


def build(
    files: Mapping[str, FileFacts],
    paths: Collection[str],
    *,
    extra: Sequence[tuple[str, FileFacts]] = (),
    added: Collection[str] = (),
) -> Graph:
    """The graph of a tree with all its `paths`, of which the facts of `files` (by path) are known.

    `extra`: the base versions of what a change alters or deletes, so that what depended on them counts; a
    path may stand in both. `added`: paths that the change adds. Regular files only: a symbolic link has no
    facts of its own.
    """
    known = sorted([*files.items(), *extra], key=lambda one: one[0])
    modules = Modules({*paths, *(path for path, _ in known)}, added)
    importers: dict[str, list[str]] = {}
    for path, versions in groupby(known, key=lambda one: one[0]):
        imported = {
            file for _, facts in versions for one in facts.imports for file in modules.resolve(path, one)
        }
        imported.discard(path)
        for file in imported:
            importers.setdefault(file, []).append(path)
    return Graph(
        importers={path: tuple(importers[path]) for path in sorted(importers)},
        files=frozenset(path for path, _ in known),
        unread={path: facts.unread for path, facts in known if facts.unread},
        dynamic=frozenset(path for path, facts in known if facts.dynamic),
        packages=frozenset(modules.packages),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Every path reached, the changed ones included.

    `distance`: steps from the nearest changed path, in order of distance and then path. `parent`: the path
    it was reached from; none for a changed one.
    """

    distance: Mapping[str, int]
    parent: Mapping[str, str]

    def witness(self, path: str) -> tuple[str, ...]:
        """A shortest way from a changed path to this one, ends included."""
        way = [path]
        while (path := self.parent.get(path, "")) != "":
            way.append(path)
        return tuple(reversed(way))


def reverse_reach(graph: Graph, changed: Collection[str]) -> Reached:
    """Everything that imports the changed paths, directly or through others. Ties go by path order."""
    frontier = sorted(set(changed))
    distance: dict[str, int] = dict.fromkeys(frontier, 0)
    parent: dict[str, str] = {}
    step = 0
    while frontier:
        step += 1
        found: list[str] = []
        for path in frontier:
            for importer in graph.importers.get(path, ()):
                if importer not in distance:
                    distance[importer] = step
                    parent[importer] = path
                    found.append(importer)
        frontier = sorted(found)
        for path in frontier:  # keeps the order of `distance` by path within a step
            distance[path] = distance.pop(path)
    return Reached(distance=distance, parent=parent)
