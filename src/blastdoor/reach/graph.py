"""The graph of a tree: what depends on what, and what can be reached in it.

Nodes are files by their path, directories that are one thing (a Go package, a Terraform module) by their path
with `/` behind it, and what has a name only. Numbered in order of name, so that every answer is the same
however the graph came to be.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from blastdoor.reach.facts import Import
from blastdoor.reach.search import Rows, rows, search

Confidence = Literal["high", "medium", "low"]

#: An edge of this kind is no step: what a directory or an image is made of.
PART = "part"
#: Edges that are not written down anywhere: they follow from others.
IMPLIED = frozenset({"package", PART})
#: How the names of nodes end that are folders.
_FOLDERS = ("/", "/**")


class Edge(NamedTuple):
    """`source` depends on `target`, as `line` of the source says (0: it follows from where they stand)."""

    source: str
    target: str
    kind: str = "import"
    line: int = 0
    confidence: Confidence = "high"


@dataclass(frozen=True, kw_only=True)
class Graph:
    """What depends on what.

    `files`: every path whose facts are known. `unread`: paths whose content could not be read, with the
    reason. `dynamic`: paths that load what is named only at run time. `missing`: what a path says it uses of
    its own repository, and nothing there answers. `packages`: the directories that are Python packages.
    """

    edges: tuple[Edge, ...] = ()
    files: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()
    missing: Mapping[str, Import] = field(default_factory=dict)
    packages: frozenset[str] = frozenset()

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Every node with an edge, in order of name, files before directories."""
        names = {edge.source for edge in self.edges}
        names.update([edge.target for edge in self.edges])
        folders = [name for name in names if name.endswith(_FOLDERS)]
        return (*sorted(names.difference(folders)), *sorted(folders))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.nodes)}

    @cached_property
    def _rows(self) -> tuple[Rows, Rows, list[int]]:
        """Rows of steps and of parts, and where each step's edge stands."""
        numbers = self._numbers
        steps = [place for place, edge in enumerate(self.edges) if edge.kind != PART]
        parts = [place for place, edge in enumerate(self.edges) if edge.kind == PART]
        made = []
        for places in (steps, parts):
            origin = np.array([numbers[self.edges[place].source] for place in places], np.int32)
            target = np.array([numbers[self.edges[place].target] for place in places], np.int32)
            made.append(rows(len(self.nodes), origin, target))
        return made[0], made[1], steps

    def edges_to(self, node: str) -> Iterator[Edge]:
        """The edges by which others depend on a node, each source once, in order of source; no parts."""
        number = self._numbers.get(node)
        if number is None:
            return
        near, _, steps = self._rows
        last = ""
        for place in near.edge[near.start[number] : near.start[number + 1]]:
            edge = self.edges[steps[place]]
            if edge.source != last:
                last = edge.source
                yield edge

    def reach(self, changed: Collection[str]) -> "Reached":
        """Everything that depends on the changed nodes, directly or through others."""
        numbers = self._numbers
        seeds = [numbers[path] for path in changed if path in numbers]
        outside = sorted(path for path in set(changed) if path not in numbers)
        near, parts, _ = self._rows
        found = search(near, parts, seeds)
        hit = np.flatnonzero(found.distance >= 0)
        order = hit[np.argsort(found.distance[hit], kind="stable")]
        distance = dict.fromkeys(outside, 0)
        distance |= {self.nodes[number]: int(found.distance[number]) for number in order}
        zero = sorted((path for path, step in distance.items() if step == 0), key=_files_first)
        parent = {
            self.nodes[number]: self.nodes[found.parent[number]]
            for number in order
            if found.parent[number] >= 0
        }
        return Reached(distance=dict.fromkeys(zero, 0) | distance, parent=parent)

    def between(self, source: str, target: str) -> Edge | None:
        """The edge by which `source` depends on `target`, the surest first."""
        near, parts, steps = self._rows
        one, other = self._numbers.get(source), self._numbers.get(target)
        if one is None or other is None:
            return None
        numbers: list[int] = near.edge[near.start[other] : near.start[other + 1]].tolist()
        found = [edge for number in numbers if (edge := self.edges[steps[number]]).source == source]
        if found:
            return min(found, key=lambda edge: (edge.kind in IMPLIED, edge.line))
        members = parts.to[parts.start[other] : parts.start[other + 1]]
        return Edge(source, target, PART) if one in members.tolist() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Every node reached, the changed ones included.

    `distance`: steps from the nearest changed path, in order of distance, files first, and then name.
    `parent`: the node it was reached from; none for a changed one.
    """

    distance: Mapping[str, int]
    parent: Mapping[str, str]

    def witness(self, path: str) -> tuple[str, ...]:
        """A shortest way from a changed path to this one, ends included."""
        way = [path]
        while (path := self.parent.get(path, "")) != "":
            way.append(path)
        return tuple(reversed(way))


def _files_first(node: str) -> tuple[bool, str]:
    return node.endswith(_FOLDERS), node


def once(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Each edge once: of those alike but for the line, the first line. In order of source, target, kind."""
    return tuple(
        kept
        for last, kept in _pairs(sorted(edges))
        if last is None or (last.source, last.target, last.kind) != (kept.source, kept.target, kept.kind)
    )


def _pairs(edges: Iterable[Edge]) -> Iterator[tuple[Edge | None, Edge]]:
    last: Edge | None = None
    for edge in edges:
        yield last, edge
        last = edge
