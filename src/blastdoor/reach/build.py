"""From facts to the graph: each language's resolver says which files of the tree an import means."""

import importlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, Protocol

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


class _Language(NamedTuple):
    """A resolver's module and class, loaded where the tree has files of its `languages`.

    `reads`: the languages of the other files that it looks at, and it is shown no more than these. `alone`:
    what it says of a file follows from that file, from the set of paths and from what it reads; else all that
    it says is one answer.
    """

    languages: frozenset[str]
    module: str
    name: str
    reads: frozenset[str]
    alone: bool = False


_INFRA = frozenset({"dockerfile", "compose", "workflow", "yaml"})
_LANGUAGES: Sequence[_Language] = (
    _Language(frozenset({"python"}), "build", "Python", frozenset(), alone=True),
    _Language(
        frozenset({"javascript", "tsconfig"}),
        "javascript_resolve",
        "JavaScript",
        frozenset({"package.json", "tsconfig"}),
        alone=True,
    ),
    _Language(frozenset({"go"}), "golang", "Go", frozenset({"go", "go.mod", "go.work"})),
    _Language(frozenset({"terraform"}), "terraform", "Terraform", frozenset({"terraform"})),
    _Language(_INFRA, "infra", "Infra", _INFRA),
    _Language(frozenset(PLAIN.values()), "build", "Plain", frozenset(PLAIN.values())),
)

Files = Sequence[tuple[str, FileFacts]]


class _Answer(NamedTuple):
    """What a resolver says of some files."""

    edges: tuple[Edge, ...]
    missing: tuple[tuple[str, Import], ...]


@dataclass(frozen=True, slots=True)
class _Remembered:
    """The answers of one resolver for one tree, by path and facts; and all that it could see of the tree."""

    seen: tuple[object, ...]
    resolver: Resolver
    answers: Mapping[str, Sequence[tuple[object, _Answer]]]


@dataclass(slots=True)
class Resolved:
    """What was resolved in the last tree, to be given to the next `build`. It holds one tree and no more.

    An answer is taken again only where all that it was made from is equal: then it is the same answer.
    """

    by_name: dict[str, _Remembered] = field(default_factory=dict)


def build(
    files: Mapping[str, FileFacts],
    paths: Collection[str],
    *,
    extra: Sequence[tuple[str, FileFacts]] = (),
    added: Collection[str] = (),
    locks: Mapping[str, LockChange] | None = None,
    kept: Resolved | None = None,
) -> Graph:
    """The graph of a tree with all its `paths`, of which the facts of `files` (by path) are known.

    `extra`: the base versions of what a change alters or deletes, so that what depended on them counts; a
    path may stand in both. `added`: paths that the change adds. Regular files only: a symbolic link has no
    facts of its own. `locks`: what changed in the lockfiles of the change, by their paths.
    `kept`: answers of the last tree; it makes the graph sooner, and never another one.
    """
    known = sorted([*files.items(), *extra], key=lambda one: one[0])
    facts = {path: [version for _, version in both] for path, both in groupby(known, key=lambda one: one[0])}
    tree = Tree({*paths, *facts}, facts, added)
    edges: list[Edge] = []
    missing: dict[str, Import] = {}
    kept = Resolved() if kept is None else kept
    for language in _LANGUAGES:
        found = [(path, one) for path, one in known if one.language in language.languages]
        if found:
            for answer in _answers(language, tree.only(language.reads), found, kept):
                edges += answer.edges
                missing.update(answer.missing)
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


def _answers(language: _Language, tree: Tree, found: Files, kept: Resolved) -> Iterator[_Answer]:
    """What the resolver of a language says, one file after another where they stand alone."""
    seen = (tree.paths, frozenset(tree.added), list(tree.facts.items()))
    last = kept.by_name.get(language.name)
    if last is None or last.seen != seen:
        last = _Remembered(seen, _made(language, tree), {})
    answers: dict[str, list[tuple[object, _Answer]]] = {}
    # What does not stand alone is one answer to all of its files, under no path.
    asked: Iterable[tuple[str, object, Files]] = (
        ((path, facts, [(path, facts)]) for path, facts in found) if language.alone else [("", found, found)]
    )
    for path, facts, files in asked:
        answer = next((told for of, told in last.answers.get(path, ()) if of is facts or of == facts), None)
        if answer is None:
            # One that does not stand alone may count what it was asked, so it is asked once.
            fresh = language.alone or not last.answers
            answer = _ask(last.resolver if fresh else _made(language, tree), files)
        answers.setdefault(path, []).append((facts, answer))
        yield answer
    kept.by_name[language.name] = _Remembered(seen, last.resolver, answers)


def _made(language: _Language, tree: Tree) -> Resolver:
    module = importlib.import_module(f"blastdoor.reach.{language.module}")
    resolver: Resolver = getattr(module, language.name)(tree)
    return resolver


def _ask(resolver: Resolver, files: Files) -> _Answer:
    edges = once(_resolved(resolver, files))
    return _Answer(
        edges, tuple((path, one) for path, facts in files for one in resolver.missing(path, facts))
    )


def _resolved(resolver: Resolver, found: Iterable[tuple[str, FileFacts]]) -> Iterator[Edge]:
    for path, facts in found:
        for edge in resolver.edges(path, facts):
            # A file that imports itself says so; that it is beside itself, or its own package, says nothing.
            if edge.source != edge.target or edge.kind == "import":
                yield edge
