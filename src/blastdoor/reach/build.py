"""From facts to the graph: each language's resolver says which files of the tree an import means."""

import importlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from blastdoor.reach.dependencies import lock_edges
from blastdoor.reach.facts import FileFacts, Import
from blastdoor.reach.graph import PART, Edge, Graph, once
from blastdoor.reach.kinds import is_test
from blastdoor.reach.languages import PLAIN
from blastdoor.reach.lockfiles import LockChange
from blastdoor.reach.modules import Modules, package_folders
from blastdoor.reach.paths import folder_of
from blastdoor.reach.tables import Tables
from blastdoor.reach.tree import Tree


class Resolver(Protocol):
    """Tells which files of the tree a file's imports mean."""

    def edges(self, path: str, facts: FileFacts) -> Iterable[Edge]:
        """The edges from a file, or from what stands for it."""

    def missing(self, path: str, facts: FileFacts) -> Iterable[Import]:
        """What a file surely means to be of its own repository, and nothing there answers."""


class Python:
    """Python's names of modules."""

    def __init__(self, tree: Tree) -> None:
        self._modules = Modules(tree.paths, tree.added)

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file."""
        for one in facts.imports:
            for target, said in self._modules.resolve(path, one).items():
                yield Edge(path, target, one.kind if said else "package", one.line)

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:
        """Relative imports that lead to no file."""
        for one in facts.imports:
            if one.level and one.kind == "import" and not self._modules.resolve(path, one):
                yield one


class Plain:
    """Names in languages of which only the lines of imports are read."""

    def __init__(self, tree: Tree) -> None:
        from blastdoor.reach.plain_resolve import PlainResolver  # noqa: PLC0415 - only where there are such

        names = frozenset(PLAIN.values())
        known = {
            path: versions
            for path, versions in tree.facts.items()
            if any(one.language in names for one in versions)
        }
        self._resolver = PlainResolver(tree.paths, known)

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file."""
        for one in facts.imports:
            for target in self._resolver.resolve(path, one):
                yield Edge(path, target, "import", one.line, "low")
        package = self._resolver.same_package(path)
        if len(package) > 1:
            # A package is named by the folder of its first file; its files see each other without a word.
            node = f"{folder_of(package[0])}/"
            yield Edge(path, node, "sibling", 0, "low")
            # Tests see what they test, and nothing but tests sees them.
            if not is_test(path):
                yield Edge(node, path, PART)

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:
        """Files that an import has more answers for than are followed."""
        if path in self._resolver.cut:
            yield from facts.imports[:1]


#: The module and class of each resolver, loaded where the tree has files for it.
_RESOLVERS: Sequence[tuple[frozenset[str], str, str]] = (
    (frozenset({"python"}), "build", "Python"),
    (frozenset({"javascript", "tsconfig"}), "javascript_resolve", "JavaScript"),
    (frozenset({"go"}), "golang", "Go"),
    (frozenset({"terraform"}), "terraform", "Terraform"),
    (frozenset({"dockerfile", "compose", "workflow", "yaml"}), "infra", "Infra"),
    (frozenset(PLAIN.values()), "build", "Plain"),
)


def build(
    files: Mapping[str, FileFacts],
    paths: Collection[str],
    *,
    extra: Sequence[tuple[str, FileFacts]] = (),
    added: Collection[str] = (),
    locks: Mapping[str, LockChange] | None = None,
) -> Graph:
    """The graph of a tree with all its `paths`, of which the facts of `files` (by path) are known.

    `extra`: the base versions of what a change alters or deletes, so that what depended on them counts; a
    path may stand in both. `added`: paths that the change adds. Regular files only: a symbolic link has no
    facts of its own. `locks`: what changed in the lockfiles of the change, by their paths.
    """
    known = sorted([*files.items(), *extra], key=lambda one: one[0])
    facts = {path: [version for _, version in both] for path, both in groupby(known, key=lambda one: one[0])}
    tree = Tree({*paths, *facts}, facts, added)
    edges: list[Edge] = []
    missing: dict[str, Import] = {}
    for languages, module, name in _RESOLVERS:
        found = [(path, one) for path, one in known if one.language in languages]
        if found:
            resolver: Resolver = getattr(importlib.import_module(f"blastdoor.reach.{module}"), name)(tree)
            edges += _resolved(resolver, found)
            missing |= {path: one for path, facts in found for one in resolver.missing(path, facts)}
    tabled = [(path, one) for path, one in known if one.tables]
    if tabled:
        edges += _resolved(Tables(tree), tabled)
    for path, change in (locks or {}).items():
        edges += lock_edges(tree, path, change)
    return Graph(
        edges=once(edges),
        files=frozenset(facts),
        unread={path: one.unread for path, one in known if one.unread},
        dynamic=frozenset(path for path, one in known if one.dynamic),
        missing=missing,
        packages=frozenset(package_folders(tree.paths)),
    )


def _resolved(resolver: Resolver, found: Iterable[tuple[str, FileFacts]]) -> Iterator[Edge]:
    for path, facts in found:
        for edge in resolver.edges(path, facts):
            # A file that imports itself says so; that it is beside itself, or its own package, says nothing.
            if edge.source != edge.target or edge.kind == "import":
                yield edge
