"""Module names to files: which file a Python import means, in a tree whose search path nobody wrote down.

Every directory that is not itself a regular package may be on the search path. A name that several of them
answer is taken from the nearest, as a program that is started there would.
"""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from blastdoor.reach.facts import Import
from blastdoor.reach.paths import common_folders, under, upwards

_PACKAGE_MARKS = ("__init__.py", "__init__.pyi")
_NOTHING: Mapping[str, bool] = {}


class Modules:
    """The module table of a tree.

    `added`: paths that a change adds. An `__init__.py` among them makes a package, but takes no directory
    off the search path: else a change could hide what imports a module by adding an empty file.
    """

    def __init__(self, paths: Iterable[str], added: Collection[str] = ()) -> None:
        files = sorted(path for path in paths if path.endswith((".py", ".pyi")))
        self.packages = package_folders(files)
        # The files of each place a name can lead to: `a/b` has `a/b.py` and `a/b/__init__.py`. In a union of
        # two trees a module may have become a package or the reverse: both count.
        self._at: dict[str, tuple[str, ...]] = {}
        self._dirs: set[str] = set()
        self._tops: dict[str, dict[str, None]] = {}
        self._fill(files, self.packages - package_folders(added))
        self._loaded: dict[tuple[str, str], _Loaded] = {}
        self._chosen: dict[tuple[str, tuple[str, ...], str], Mapping[str, bool]] = {}

    def _fill(self, files: Sequence[str], no_roots: set[str]) -> None:
        """Every name that stands in a possible root: its modules, and its directories that hold modules."""
        tops: dict[str, set[str]] = {}
        for path in files:
            folder, _, name = path.rpartition("/")
            stem = name.rpartition(".")[0]
            place = under(folder, stem)
            self._at[place] = (*self._at.get(place, ()), path)
            if stem == "__init__" and folder:
                self._at[folder] = (*self._at.get(folder, ()), path)
            if folder not in no_roots:
                tops.setdefault(stem, set()).add(folder)
            while folder and folder not in self._dirs:
                self._dirs.add(folder)
                above, _, name = folder.rpartition("/")
                if above not in no_roots:
                    tops.setdefault(name, set()).add(above)
                folder = above
        self._tops = {name: dict.fromkeys(sorted(roots)) for name, roots in tops.items()}

    def resolve(self, importer: str, one: Import) -> Mapping[str, bool]:
        """The files that an import loads, and whether it says so: the module, or submodules it names.

        Not said, and loaded nevertheless, are the packages above them.
        """
        folder = importer.rpartition("/")[0]
        if one.level:
            return self._relative(folder, one)
        top = one.module.partition(".")[0]
        roots = self._tops.get(top)
        if roots is None:
            return _NOTHING
        if len(roots) == 1 and top not in sys.stdlib_module_names:
            folder = ""  # no choice to make: the answer is the same for every importer
        key = (one.module, one.names, folder)
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = self._nearest(folder, top, roots, one)
        return chosen

    def _relative(self, folder: str, one: Import) -> Mapping[str, bool]:
        above = one.level - 1
        base = folder.split("/") if folder else []
        if above > len(base):
            return _NOTHING
        return self._met([self._load("/".join(base[: len(base) - above]), one.module)], one.names)

    def _nearest(self, folder: str, top: str, roots: Collection[str], one: Import) -> Mapping[str, bool]:
        for root in upwards(folder):
            if root in roots and self._answers(way := self._load(root, one.module), one.names):
                return self._met([way], one.names)
        if top in sys.stdlib_module_names:
            # Only a program started beside such a file would not get the standard library.
            return _NOTHING
        loaded = [self._load(root, one.module) for root in roots]
        found = [way for way in loaded if self._answers(way, one.names)]
        if not found:
            # The end of the name may be a compiled or generated module: what is there of it is loaded still.
            packages = [way for way in loaded if under(way.root, top) in self.packages]
            deepest = max((way.depth for way in packages), default=0)
            found = [way for way in packages if way.depth == deepest]
        shared = [common_folders(folder, way.root) for way in found]
        nearest = [way for way, count in zip(found, shared, strict=True) if count == max(shared)]
        return self._met(nearest, one.names)

    def _met(self, ways: Sequence["_Loaded"], names: Sequence[str]) -> Mapping[str, bool]:
        met: dict[str, bool] = {}
        for way in ways:
            met |= dict.fromkeys(way.files, False)
        for way in ways:
            own = self._at.get(way.place, ()) if way.whole else way.files
            named = [self._at.get(under(way.place, name), ()) if way.whole else () for name in names]
            met |= dict.fromkeys((path for files in named for path in files), True)
            if not named or not all(named):
                met |= dict.fromkeys(own, True)
        return met

    def _answers(self, way: "_Loaded", names: Sequence[str]) -> bool:
        return way.whole and bool(way.files or self._named(way, names))

    def _load(self, start: str, module: str) -> "_Loaded":
        """The way from a directory down to a module."""
        known = self._loaded.get((start, module))
        if known is not None:
            return known
        files = list(self._at.get(under(start, "__init__"), ())) if start else []
        place, depth = start, 0
        parts = module.split(".") if module else []
        for part in parts:
            place = under(place, part)
            met = self._at.get(place, ())
            if not met and place not in self._dirs:
                break
            files += met
            depth += 1
        loaded = _Loaded(start, place, tuple(files), depth, depth == len(parts))
        self._loaded[start, module] = loaded
        return loaded

    def _named(self, loaded: "_Loaded", names: Sequence[str]) -> tuple[str, ...]:
        """The submodules among the names of a from-import."""
        if not loaded.whole:
            return ()
        return tuple(path for name in names for path in self._at.get(under(loaded.place, name), ()))


class _Loaded(NamedTuple):
    """The files met on the way to a module (`place`), and how far down that was."""

    root: str
    place: str
    files: tuple[str, ...]
    depth: int
    whole: bool


def package_folders(paths: Iterable[str]) -> set[str]:
    """The folders that are regular packages of Python."""
    folders = (path.rpartition("/") for path in paths if path.endswith(_PACKAGE_MARKS))
    return {folder for folder, _, name in folders if name in _PACKAGE_MARKS}
