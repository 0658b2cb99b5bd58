"""From a changed lockfile to the files that use what it pins."""

import re
from collections.abc import Callable, Iterator, Mapping

from blastdoor.reach.facts import Import
from blastdoor.reach.graph import Edge
from blastdoor.reach.lockfiles import LockChange
from blastdoor.reach.paths import folder_of, join
from blastdoor.reach.tree import Tree

#: Languages whose files are built with what a lockfile of an ecosystem pins.
_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "npm": ("javascript",),
    "pypi": ("python",),
    "go": ("go",),
    "cargo": ("rust",),
    "gem": ("ruby",),
    "composer": ("php",),
}


def lock_edges(tree: Tree, path: str, change: LockChange) -> Iterator[Edge]:
    """An edge to the lockfile from each file that imports what changed in it, for its project.

    Where the lockfile could not be compared, or nothing in the project is seen to import what changed
    (plug-ins, tools, names that differ from their packages'), every file of the project counts.
    """
    if change.unread or (not change.importers and not change.ecosystem):
        for source in _files(tree, folder_of(path), ()):
            yield Edge(source, path, "dependency", 0, "low")
        return
    languages = _LANGUAGES.get(change.ecosystem, ())
    for importer, names in change.importers.items():
        if names:
            yield from _of_importer(tree, path, _folder(path, importer), languages, names, change.ecosystem)


def _folder(path: str, importer: str) -> str:
    # `*` is any project; a crate's folder is not told.
    inside = "" if importer == "*" or ":" in importer else importer
    folder = join(folder_of(path), inside)
    return folder_of(path) if folder is None else folder


def _of_importer(
    tree: Tree, path: str, folder: str, languages: tuple[str, ...], names: frozenset[str], ecosystem: str
) -> Iterator[Edge]:
    wanted = {_normal(name) for name in names}
    test = _TESTS.get(ecosystem)
    found = [
        Edge(source, path, "dependency", one.line)
        for source, facts in (tree.of(*languages) if test else ())
        if test is not None and (not folder or source.startswith(f"{folder}/"))
        for one in facts.imports
        if test(one, wanted)
    ]
    if found:
        yield from found
        return
    for source in _files(tree, folder, languages):
        yield Edge(source, path, "dependency", 0, "low")


def _files(tree: Tree, folder: str, languages: tuple[str, ...]) -> Iterator[str]:
    every = languages or tuple(language for several in _LANGUAGES.values() for language in several)
    for source, _ in tree.of(*every):
        if not folder or source.startswith(f"{folder}/"):
            yield source


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _npm(one: Import, wanted: set[str]) -> bool:
    parts = one.module.split("/")
    name = "/".join(parts[: 2 if one.module.startswith("@") else 1])
    types = name.replace("@", "").replace("/", "--")
    return _normal(name) in wanted or _normal(f"@types/{types}") in wanted


def _python(one: Import, wanted: set[str]) -> bool:
    if one.level:
        return False
    parts = one.module.split(".")
    return any(_normal("-".join(parts[:count])) in wanted for count in range(1, min(len(parts), 3) + 1))


def _go(one: Import, wanted: set[str]) -> bool:
    parts = one.module.split("/")
    return any(_normal("/".join(parts[:count])) in wanted for count in range(1, len(parts) + 1))


_TESTS: Mapping[str, Callable[[Import, set[str]], bool]] = {"npm": _npm, "pypi": _python, "go": _go}
