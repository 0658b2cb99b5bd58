"""Which file of the tree a JavaScript or TypeScript module name means.

The rules of Node and TypeScript, with one difference: a package of this repository is followed to its
sources, not to what a build would make of them. Specified in `docs/spec/reach.md`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from blastdoor.reach.facts import FileFacts, Import
from blastdoor.reach.graph import Edge
from blastdoor.reach.javascript_configs import extended_places, referenced_places, split_name
from blastdoor.reach.paths import common_folders, folder_of, join, upwards
from blastdoor.reach.tree import Tree

#: In the order in which a name without an ending is tried.
_ENDINGS = (
    *(".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts", ".json"),
    *(".vue", ".svelte", ".astro", ".node", ".css", ".scss", ".less", ".graphql", ".gql"),
)
#: What is compiled from what: TypeScript is imported by the name of the JavaScript it becomes.
_SOURCES = {
    ".js": (".ts", ".tsx", ".d.ts", ".jsx"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
    ".d.ts": (".ts", ".tsx"),
    ".d.mts": (".mts",),
    ".d.cts": (".cts",),
}
_BUILT = {
    "dist",
    "lib",
    "build",
    "out",
    "esm",
    "cjs",
    "es",
    "types",
    "output",
    "es6",
    "umd",
    "module",
    "commonjs",
}
_SOURCE_FOLDERS = ("src", "", "lib", "source", "sources")
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
#: More configurations than these are not followed from one, which is told.
_MAX_CHAIN = 100
_MAX_LAYERS = 1_000
_CONFIG_DIR = "${configDir}"
_MAX_TARGETS = 50
_MAX_GLOB = 200
_EXACT = 1 << 30


class _Package(NamedTuple):
    folder: str
    says: Mapping[str, Any]


class _Config(NamedTuple):
    """Options of a tsconfig with its whole chain; `base` and patterns' targets are paths of the tree."""

    base: str | None
    paths: tuple[Mapping[str, tuple[str, ...]], ...]  # a later one counts where those before lead nowhere
    roots: tuple[str, ...]
    built: tuple[tuple[str, str], ...]  # outDir, rootDir


_NO_CONFIG = _Config(None, (), (), ())


class JavaScript:
    """Resolves module names in one tree."""

    def __init__(self, tree: Tree) -> None:
        self._paths = tree.paths
        self._folders = tree.folders
        self._packages: dict[str, list[_Package]] = {}  # by folder; a manifest may have two versions
        self._by_name: dict[str, list[_Package]] = {}
        for path, facts in tree.of("package.json"):
            says = json.loads(facts.detail) if facts.detail else {}
            package = _Package(folder_of(path), says)
            self._packages.setdefault(package.folder, []).append(package)
            if isinstance(says.get("name"), str):
                self._by_name.setdefault(says["name"], []).append(package)
        self._said: dict[str, list[dict[str, Any]]] = {}
        for path, facts in tree.of("tsconfig"):
            self._said.setdefault(path, []).append(json.loads(facts.detail) if facts.detail else {})
        self._config_of = cache(self._nearest_config)
        self._config = cache(self._read_config)
        self._inherited = cache(self._read_inherited)
        self._bases = cache(self._read_bases)
        self._referenced = cache(self._read_referenced)
        self._cut: set[str] = set()
        self._known: dict[tuple[str, str], tuple[str, ...] | None] = {}

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file."""
        for one in facts.imports:
            for target in self.resolve(path, one) or ():
                yield Edge(path, target, one.kind, one.line)

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:
        """What a file names in its own repository, and nothing answers; or more than is followed."""
        for one in facts.imports:
            if (
                one.kind in {"import", "reexport", "extends"}
                and one.module.startswith(".")
                and not ("node_modules/" in one.module and one.kind == "extends")
                and not self.resolve(path, one)
            ):
                yield one
        if facts.language == "tsconfig" and path in self._said:
            self._config(path)
            if path in self._cut:
                yield from facts.imports[:1]

    def resolve(self, importer: str, one: Import) -> tuple[str, ...] | None:
        """The files a name means; empty if none here, None if it names nothing of this repository."""
        if one.kind == "glob":
            return self._glob(importer, one.module)
        if one.kind == "extends":
            found = self._extended(importer, one.module)
            return (found,) if found else None
        # All files of one folder mean the same by one name.
        key = (folder_of(importer), one.module)
        if key not in self._known:
            self._known[key] = self._resolve(importer, _bare(one.module))
        return self._known[key]

    def _resolve(self, importer: str, name: str) -> tuple[str, ...] | None:
        if not name or name.startswith(("node:", "data:", "http:", "https:", "bun:", "file:")):
            return None
        if name.startswith(".") and (name in {".", ".."} or name.startswith(("./", "../"))):
            place = join(folder_of(importer), name)
            found = None if place is None else self._file(place, is_folder=name.endswith(("/", ".")))
            return self._rooted(importer, name) if found is None else self._with_source(found)
        for attempt in (self._mapped, self._own_name, self._from_base, self._package, self._absolute):
            answer = attempt(importer, name)
            if answer is not None:
                return answer
        return None

    # ------------------------------------------------------------ files

    def _file(self, place: str, *, is_folder: bool = False) -> str | None:
        """The file a path without certainty about its ending means."""
        found = None if is_folder else self._plain_file(place)
        return self._index(place) if found is None and place in self._folders else found

    def _with_source(self, found: str) -> tuple[str, ...]:
        """A file, and the TypeScript that it may be compiled from, which TypeScript would take first."""
        for built in (".js", ".jsx", ".mjs", ".cjs"):
            if found.endswith(built):
                stems = [
                    found[: -len(built)] + ending for ending in _SOURCES[built] if not ending.startswith(".d")
                ]
                return (found, *(one for one in stems if one in self._paths))
        return (found,)

    def _plain_file(self, place: str) -> str | None:
        if place in self._paths:
            return place
        for built, sources in _SOURCES.items():
            if place.endswith(built):
                stem = place[: -len(built)]
                found = next((stem + ending for ending in sources if stem + ending in self._paths), None)
                if found is not None:
                    return found
        return next((place + ending for ending in _ENDINGS if place + ending in self._paths), None)

    def _index(self, place: str) -> str | None:
        """What a folder means: what its manifest says, else its index."""
        for package in self._packages.get(place, ()):
            for target in _targets([package.says.get(key) for key in ("main", "module", "types")]):
                found = self._target(package, target)
                if found:
                    return found
        index = f"{place}/index" if place else "index"
        return next((index + ending for ending in _ENDINGS if index + ending in self._paths), None)

    def _target(self, package: _Package, target: str) -> str | None:
        """The file that a manifest's path means: itself, or the source it is built from."""
        place = join(package.folder, target)
        if place is None:
            return None
        found = self._file(place)
        if found is not None and not found.endswith(".d.ts"):
            return found
        for candidate in self._sources_of(package.folder, place):
            source = self._file(candidate)
            if source is not None:
                return source
        return found

    def _sources_of(self, folder: str, place: str) -> Iterator[str]:
        """Where the source of something built may stand."""
        for built, root in self._config_of(join(folder, "package.json") or "").built:
            if place.startswith(f"{built}/"):
                yield f"{root}/{place[len(built) + 1 :]}" if root else place[len(built) + 1 :]
        inside = place[len(folder) + 1 :] if folder else place
        parts = inside.split("/")
        for count in range(1, min(len(parts), 4)):
            if parts[count - 1] not in _BUILT:
                return
            rest = "/".join(parts[count:])
            for source in _SOURCE_FOLDERS:
                yield "/".join(part for part in (folder, source, rest) if part)

    def _glob(self, importer: str, pattern: str) -> tuple[str, ...] | None:
        if "*" not in pattern or not pattern.startswith((".", "/")):
            return None
        start = "" if pattern.startswith("/") else folder_of(importer)
        place = join(start, pattern.lstrip("/"))
        if place is None:
            return None
        words = re.split(r"(\*\*/|\*)", place[:500])
        match = {"**/": "(?:[^/]+/)*", "*": "[^/]*"}
        matcher = re.compile("".join(match.get(word) or re.escape(word) for word in words))
        fixed = words[0]
        found = [path for path in self._paths if path.startswith(fixed) and matcher.fullmatch(path)]
        return tuple(sorted(found)[:_MAX_GLOB])

    # ------------------------------------------------------------ tsconfig

    def _nearest_config(self, importer: str) -> _Config:
        for folder in upwards(folder_of(importer)):
            for name in ("tsconfig.json", "jsconfig.json"):
                path = f"{folder}/{name}" if folder else name
                if path in self._said:
                    return self._config(path)
        return _NO_CONFIG

    def _read_config(self, path: str) -> _Config:
        """A tsconfig's options, and those of what it references where its own lead nowhere."""
        found = [self._inherited(one) for one in self._projects(path)]
        layers = [layer for one in found for layer in one.paths]
        if len(layers) > _MAX_LAYERS:
            self._cut.add(path)
        return _Config(
            next((one.base for one in found if one.base is not None), None),
            tuple(layers[:_MAX_LAYERS]),
            next((one.roots for one in found if one.roots), ()),
            tuple(dict.fromkeys(pair for one in found for pair in one.built)),
        )

    def _read_inherited(self, path: str) -> _Config:
        """A tsconfig's options: its own, else those it extends."""
        home = folder_of(path)
        says_of = [(folder_of(place), says) for place in self._bases(path) for says in self._said[place]]
        bases = [_place(home, folder, says.get("baseUrl")) for folder, says in says_of]
        base = next((one for one in bases if one is not None), None)
        layers, built = [], []
        roots: tuple[str, ...] = ()
        for (folder, says), near in zip(says_of, bases, strict=True):
            # TypeScript's answer first: from the base that counts, else from the file that says the paths.
            starts = dict.fromkeys(one for one in (base, near, folder) if one is not None)
            layers.append(
                {
                    pattern: tuple(_started(home, starts, targets))
                    for pattern, targets in _mappings(says.get("paths"))
                }
            )
            if not roots:
                places = (_place(home, folder, root) for root in _strings(says.get("rootDirs")))
                roots = tuple(one for one in places if one is not None)
            if target := _place(home, folder, says.get("outDir")):
                source = _place(home, folder, says.get("rootDir"))
                built.append((target, f"{folder}/src" if folder and source is None else source or "src"))
        return _Config(base, tuple(layer for layer in layers if layer), roots, tuple(built))

    def _read_bases(self, path: str) -> list[str]:
        """A config and all that it extends, the one that counts most first, each once in whatever circles."""
        order: dict[str, None] = {}
        waiting = [path]
        while waiting:
            place = waiting.pop()
            if place in order:
                continue
            if len(order) >= _MAX_CHAIN:
                self._cut.add(path)
                break
            order[place] = None
            # Of several that are extended the last one counts, with all that it extends.
            names = [name for says in self._said[place] for name in _strings(says.get("extends"))]
            waiting += [found for name in names if (found := self._extended(place, name))]
        return list(order)

    def _projects(self, path: str) -> list[str]:
        """A config, and all that it or what it extends references, each once."""
        order = {path: None}
        waiting = [path]
        for project in waiting:
            for found in self._referenced(project):
                if found not in order and len(order) < _MAX_CHAIN:
                    order[found] = None
                    waiting.append(found)
                elif found not in order:
                    self._cut.add(path)
        return list(order)

    def _read_referenced(self, path: str) -> list[str]:
        """What a config and those that it extends reference, each once."""
        names = [
            (place, name)
            for place in self._bases(path)
            for says in self._said[place]
            for name in _strings(says.get("references"))
        ]
        found = (self._there(referenced_places(*one)) for one in names)
        return list(dict.fromkeys(one for one in found if one))

    def _extended(self, path: str, name: str) -> str | None:
        return self._there(extended_places(path, name, self._by_name))

    def _there(self, places: Iterable[str]) -> str | None:
        return next((place for place in places if place in self._said), None)

    def _mapped(self, importer: str, name: str) -> tuple[str, ...] | None:
        """By `paths` of the tsconfig: the longest pattern that fits."""
        for paths in self._config_of(importer).paths:
            found = self._by_paths(paths, name)
            if found is not None:
                return (found,)
        return None

    def _by_paths(self, paths: Mapping[str, tuple[str, ...]], name: str) -> str | None:
        fitting = [
            (len(head), pattern, name[len(head) : len(name) - len(tail)])
            for pattern in paths
            for head, star, tail in [pattern.partition("*")]
            if (star and len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail))
            or name == pattern
        ]
        for _, pattern, star in sorted(fitting, reverse=True):
            for target in paths[pattern]:
                found = self._file(target.replace("*", star, 1).rstrip("/"))
                if found is not None:
                    return found
        return None

    def _from_base(self, importer: str, name: str) -> tuple[str, ...] | None:
        base = self._config_of(importer).base
        place = None if base is None or name.startswith(("@/", "#", "/")) else join(base, name)
        found = None if place is None else self._file(place)
        return None if found is None else (found,)

    def _rooted(self, importer: str, name: str) -> tuple[str, ...]:
        """By `rootDirs`: folders that are one when the program runs."""
        roots = self._config_of(importer).roots
        folder = folder_of(importer)
        inside = next((root for root in roots if f"{folder}/".startswith(f"{root}/")), None)
        for root in roots if inside is not None else ():
            place = join(f"{root}{folder[len(inside or '') :]}", name)
            found = None if place is None else self._file(place)
            if found is not None:
                return (found,)
        return ()

    # ------------------------------------------------------------ packages

    def _own_name(self, importer: str, name: str) -> tuple[str, ...] | None:
        """`#name`, by `imports` of the package that the file is in."""
        if not name.startswith("#"):
            return None
        for package in self._around(importer):
            found = self._exported(package, package.says.get("imports"), name)
            if found is not None:
                return found
        return None

    def _around(self, importer: str) -> Iterator[_Package]:
        for folder in upwards(folder_of(importer)):
            yield from self._packages.get(folder, ())

    def _package(self, importer: str, name: str) -> tuple[str, ...] | None:
        head, tail = split_name(name)
        local = self._local(importer, head)
        if not local:
            head = self._alias(importer, head) or head
            local = self._by_name.get(head, [])
        if not local:
            return None
        nearest = max(common_folders(folder_of(importer), package.folder) for package in local)
        near = [one for one in local if common_folders(folder_of(importer), one.folder) == nearest]
        found = [target for package in near for target in self._entry(package, tail)]
        return tuple(dict.fromkeys(found))

    def _local(self, importer: str, head: str) -> list[_Package]:
        """What a manifest says stands in a folder of the repository: `file:../x`, `link:../x`."""
        for package in self._around(importer):
            version = _version(package, head)
            if version.startswith(("file:", "link:", "portal:", "workspace:.", "workspace:/")):
                place = join(package.folder, version.partition(":")[2])
                return [] if place is None else self._packages.get(place, [])
        return []

    def _alias(self, importer: str, head: str) -> str:
        """The package that a name stands for: `npm:real@1`, `workspace:real@*`."""
        for package in self._around(importer):
            version = _version(package, head)
            if version:
                kind, _, rest = version.partition(":")
                name = rest[: rest.rfind("@")] if rest.rfind("@") > 0 else rest
                is_name = kind in {"npm", "workspace"} and name[:1] not in {"", "^", "~", "*"}
                return name if is_name and not name[0].isdigit() else ""
        return ""

    def _entry(self, package: _Package, tail: str) -> tuple[str, ...]:
        """The file of a package that a name leads to; its manifest where that file cannot be told."""
        exports = package.says.get("exports")
        if exports is not None:
            found = self._exported(package, exports, f"./{tail}" if tail else ".")
            if found:
                return found
        if tail:
            places = [join(package.folder, tail), join(package.folder, f"src/{tail}")]
            files = [self._file(place) for place in places if place is not None]
            files.append(self._target(package, tail))
        else:
            named = [
                package.says.get(key) for key in ("source", "module", "main", "browser", "types", "typings")
            ]
            files = [self._target(package, target) for target in _targets(named)]
            files += [
                self._file(place)
                for place in (package.folder, join(package.folder, "src"))
                if place is not None
            ]
        found = tuple(file for file in files if file is not None)[:1]
        manifest = join(package.folder, "package.json") or "package.json"
        return found or (manifest,)

    def _exported(self, package: _Package, exports: Any, name: str) -> tuple[str, ...] | None:
        """By a map of names to targets, as Node reads `exports` and `imports`; None if it has no such name."""
        is_map = isinstance(exports, dict) and any(key.startswith((".", "#")) for key in exports)
        table = exports if is_map else {".": exports}
        best: tuple[int, str, Any] | None = None
        for key, value in table.items():
            head, star, tail = key.partition("*")
            if key == name:
                best = (_EXACT, "", value)
            elif key.endswith("/") and name.startswith(key) and (best is None or len(key) > best[0]):
                best = (len(key), name[len(key) :], value)
            elif star and _fits(name, head, tail) and (best is None or len(head) > best[0]):
                best = (len(head), name[len(head) : len(name) - len(tail)], value)
        if best is None:
            return None
        for target in _targets([best[2]]):
            full = (
                target.replace("*", best[1])
                if "*" in target
                else target + (best[1] if target.endswith("/") else "")
            )
            found = self._target(package, full) if full.startswith(".") else self._elsewhere(package, full)
            if found is not None:
                return (found,)
        return ()

    def _elsewhere(self, package: _Package, name: str) -> str | None:
        """`imports` may lead to another package."""
        head, tail = split_name(name)
        for other in self._by_name.get(head, ()):
            if other.folder != package.folder:
                return next(iter(self._entry(other, tail)), None)
        return None

    def _absolute(self, importer: str, name: str) -> tuple[str, ...] | None:
        """`/x` and `@/x`, `~/x`: from the project's root, as bundlers have it where nothing says otherwise."""
        head, _, rest = name.partition("/")
        if head not in {"", "@", "~"} or not rest:
            return None
        for package in self._around(importer):
            for root in ("src", "", "app", "public"):
                place = join(package.folder, f"{root}/{rest}" if root else rest)
                found = None if place is None else self._file(place)
                if found is not None:
                    return (found,)
        return None


def _fits(name: str, head: str, tail: str) -> bool:
    return len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail)


def _bare(name: str) -> str:
    """A name without a bundler's loaders and queries."""
    name = name.rpartition("!")[2]
    return re.split(r"[?]|(?<=.)#", name, maxsplit=1)[0]


def _version(package: _Package, head: str) -> str:
    for key in _DEPENDENCIES:
        listed = package.says.get(key)
        version = listed.get(head) if isinstance(listed, dict) else None
        if isinstance(version, str):
            return version
    return ""


def _targets(values: Iterable[Any]) -> list[str]:
    """Every path that a target may become under some condition, in the order written, sources first."""
    found: list[str] = []
    stack = list(values)[::-1]
    while stack and len(found) < _MAX_TARGETS:
        value = stack.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list):
            stack += value[::-1]
        elif isinstance(value, dict):
            first = [value[key] for key in ("source", "development", "bun", "deno", "ts") if key in value]
            last = [inner for key, inner in value.items() if key in {"types", "typings"}]
            rest = [inner for key, inner in value.items() if inner not in first and inner not in last]
            stack += [*first, *rest, *last][::-1]
    return found


def _place(home: str, folder: str, text: object) -> str | None:
    """A path that a config says: from its folder, or from that of the config which extends it."""
    if not isinstance(text, str):
        return None
    if text.startswith(_CONFIG_DIR):
        return join(home, text[len(_CONFIG_DIR) :])
    return join(folder, text)


def _started(home: str, starts: Iterable[str], targets: Sequence[str]) -> dict[str, None]:
    places = (_place(home, start, target) for start in starts for target in targets)
    return dict.fromkeys(one for one in places if one is not None)


def _mappings(value: Any) -> Iterator[tuple[str, Sequence[str]]]:
    if isinstance(value, dict):
        for pattern, targets in value.items():
            yield pattern, _strings(targets)


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
