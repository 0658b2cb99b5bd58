"""Which files an import means, in the languages that are read by patterns alone.

Nobody wrote down where these languages look, so a name is taken for every file whose path ends in it, and a
package for every file that says it belongs to it. More than one answer is the rule, and all of them count.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from blastdoor.reach.facts import FileFacts, Import
from blastdoor.reach.languages import PLAIN
from blastdoor.reach.paths import common_folders, join, under, upwards
from blastdoor.reach.plain import CHILD, DECLARES, GLOBAL, INLINE, MODULE, PACKAGE, PATH

#: An import means at most so many files: those nearest to the importer.
MOST = 200
#: Parts of a name or path that are looked at; no program has more.
_PARTS = 120
_LONGEST = 2_000
#: Packages of one file under which its declarations are looked for; others count as a whole.
_PACKAGES = 20

_JVM = ("java", "kotlin", "scala", "groovy")
_JVM_SUFFIXES = tuple(suffix for suffix, language in PLAIN.items() if language in _JVM)
_FAMILY = dict.fromkeys(_JVM, "jvm")
_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".cuh")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".c++", ".m", ".mm", ".cu", ".inl", ".ipp", ".tpp", ".tcc")
#: Where these languages look from: not only beside the file, also from directories above it.
_FROM_ABOVE = {
    "shell",
    "php",
    "ruby",
    "lua",
    "groovy",
    "kotlin",
    "scala",
    "perl",
    "csharp",
    "elixir",
    "starlark",
}
_PATH_SUFFIXES = {"ruby": ".rb", "lua": ".lua", "php": ".php", "starlark": ".bzl", "graphql": ".graphql"}
#: Files that are the top of a crate; crates that are never in the repository.
_RUST_TOPS = ("lib.rs", "main.rs", "mod.rs")
_RUST_OWN = {"std", "core", "alloc", "proc_macro", "test"}
_RUBY_PLACES = ("lib", "app", "spec", "test", "tests", "features")


class Tree:
    """The paths of a tree, by how they end. Setting it up takes a sort; asking takes a search in it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.files = frozenset(paths)
        # Backwards, so that all paths with the same end stand together.
        self._turned = sorted(f"/{path}"[::-1] for path in self.files)
        self._many: dict[str, tuple[str, ...]] = {}

    def ending(self, tail: str) -> tuple[str, ...]:
        """The files whose path is `tail` or ends in `/tail`, in order of their paths."""
        if not tail or tail.startswith("/"):
            return ()
        known = self._many.get(tail)
        if known is not None:
            return known
        sought = tail[::-1]
        begin = bisect_left(self._turned, f"{sought}/")
        # "0" is the character behind "/".
        end = bisect_left(self._turned, f"{sought}0", begin)
        found = tuple(sorted(turned[-2::-1] for turned in self._turned[begin:end]))
        if len(found) > MOST:
            # One path can stand in as many of these as it has directories above it, not more.
            self._many[tail] = found
        return found

    def beside(self, folder: str, path: str) -> str:
        """The file that a path relative to a directory leads to; "" if there is none."""
        place = join(folder, path) or ""
        return place if place in self.files else ""

    def upwards(self, folder: str, path: str) -> tuple[str, ...]:
        """The files that a path leads to from a directory or any above it."""
        found = (self.beside(above, path) for above in upwards(folder))
        return tuple(dict.fromkeys(file for file in found if file))

    def tail(self, path: str) -> tuple[str, ...]:
        """The files that end in a path, dots before it left out. A name alone must be the only one."""
        tail = _plain(path)
        found = self.ending(tail)
        return found if "/" in tail or len(found) == 1 else ()


class Names:
    """What files say they belong to, and what they declare there."""

    def __init__(self, paths: Iterable[str], facts: Mapping[str, Sequence[FileFacts]]) -> None:
        self.language: dict[str, str] = {}
        self.own: dict[str, tuple[str, ...]] = {}
        self._files: dict[tuple[str, str], list[str]] = {}
        self._declared: dict[tuple[str, str, str], list[str]] = {}
        for path in sorted(paths):
            language = _language(path, facts)
            if language:
                self.language[path] = language
                self._add(path, language, facts.get(path, ()))

    def _add(self, path: str, language: str, versions: Sequence[FileFacts]) -> None:
        family = _FAMILY.get(language, language)
        own = _marked(PACKAGE, versions) or _unnamed(path, family)
        if not versions or any(facts.unread for facts in versions):
            own = (*own, *_guessed(path, family))
        self.own[path] = own = tuple(dict.fromkeys(own))
        stem = path.rpartition("/")[2].partition(".")[0]
        names = dict.fromkeys((stem, *_marked_names(versions)))
        if language == "kotlin":
            names[f"{stem}Kt"] = None  # what Java calls the functions of such a file
        for package in own:
            self._files.setdefault((family, package), []).append(path)
            if language != "java":
                self._files.setdefault(("not java", package), []).append(path)
        for package in own[:_PACKAGES]:
            for name in names:
                self._declared.setdefault((family, package, name), []).append(path)

    def package(self, family: str, name: str) -> Sequence[str]:
        """The files of a package, in order of their paths."""
        return self._files.get((family, name), ())

    def declared(self, family: str, package: str, name: str) -> Sequence[str]:
        """The files of a package that are called like a name or declare it, in order of their paths."""
        return self._declared.get((family, package, name), ())


class PlainResolver:
    """What imports mean in one tree.

    `paths`: all of it. `facts`: those of its files in the languages of `extract_plain`, as many versions of a
    file as there are; a file without facts, or that was not read, is taken to belong to the package its
    directory is called like. `cut` grows with the importers for which an import had more answers than `MOST`.
    """

    def __init__(self, paths: Collection[str], facts: Mapping[str, Sequence[FileFacts]]) -> None:
        self._tree = Tree(paths)
        self._names = Names(self._tree.files, facts)
        self._crates = _crates(self._tree.files)
        self._projects = {path.rpartition("/")[0] for path in self._tree.files if path.endswith(".csproj")}
        self._global_usings = _global_usings(self._projects, self._names, facts)
        self._sources: dict[str, Sequence[str]] = {}
        self.cut: set[str] = set()
        self._readers: dict[str, Callable[[str, Import], Iterable[Sequence[str]]]] = {
            **dict.fromkeys(_JVM, self._jvm),
            "c": self._c,
            "csharp": self._csharp,
            "dart": self._dart,
            "elixir": self._elixir,
            "haskell": self._haskell,
            "lua": self._lua,
            "perl": self._perl,
            "php": self._php,
            "protobuf": self._by_tail,
            "ruby": self._ruby,
            "rust": self._rust,
            "starlark": self._starlark,
            "swift": self._swift,
        }

    def resolve(self, importer: str, one: Import) -> tuple[str, ...]:
        """The files an import may mean, at most `MOST`, in order of paths; never the importer itself."""
        language = self._names.language.get(importer)
        mark = one.names[0] if one.names else ""
        if language is None or mark in {PACKAGE, DECLARES} or len(one.module) > _LONGEST:
            return ()
        groups: Iterable[Sequence[str]]
        if mark == PATH:
            groups = self._path(importer, language, one.module)
        elif language in self._readers:
            groups = self._readers[language](importer, one)
        else:
            return ()
        found: set[str] = set()
        for group in groups:
            found.update(self._nearest(importer, group))
        found.discard(importer)
        return tuple(self._nearest(importer, sorted(found)))

    def same_package(self, path: str) -> tuple[str, ...]:
        """The files that a file sees without an import, in order of their paths, itself among them.

        Those of its package (Java and its relatives, PHP) or module (Swift); in C# those of its namespaces
        and the ones around them, those of no namespace, and what imports something for the whole project.
        """
        language = self._names.language.get(path, "")
        family = _FAMILY.get(language, language)
        if family not in {"jvm", "csharp", "php", "swift"}:
            return ()
        own = self._names.own[path]
        if family == "csharp":
            own = tuple(dict.fromkeys(("/", *(around for name in own for around in _enclosing(name)))))
        found = [self._names.package(family, name) for name in own]
        if family == "csharp":
            found.append(self._global_usings.get(_project(path, self._projects), ()))
        return (
            tuple(found[0]) if len(found) == 1 else tuple(sorted({file for group in found for file in group}))
        )

    def _nearest(self, importer: str, found: Sequence[str]) -> Sequence[str]:
        """At most `MOST` of some paths, which are in order: those that share most of the importer's path."""
        if len(found) <= MOST:
            return found
        self.cut.add(importer)
        kept: dict[str, None] = {}
        for above in upwards(importer.rpartition("/")[0]):
            begin, end = 0, len(found)
            if above:
                begin, end = bisect_left(found, f"{above}/"), bisect_left(found, f"{above}0")
            for position in range(begin, end):
                if len(kept) == MOST:
                    return tuple(kept)
                kept[found[position]] = None
        return tuple(kept)

    def _path(self, importer: str, language: str, path: str) -> Iterator[Sequence[str]]:
        """A path as written: beside the file, above it where the language looks there, else by its end."""
        folder = importer.rpartition("/")[0]
        path = path.lstrip("/")
        suffix = _PATH_SUFFIXES.get(language, "")
        written = [path] if path.endswith(suffix) else [path, path + suffix]
        found = [file for one in written if (file := self._tree.beside(folder, one))]
        if language in _FROM_ABOVE:
            found += [file for one in written for file in self._tree.upwards(folder, one)]
            found += [file for one in written for file in self._tree.upwards(folder, one.removeprefix("../"))]
        yield sorted(set(found))
        if not found:
            for one in written:
                yield from self._longest_tail(_plain(one), 2 if language in _FROM_ABOVE else _PARTS)

    def _longest_tail(self, path: str, least: int) -> Iterator[Sequence[str]]:
        """The files that end in a path, or in as much of its end as any does: `least` parts of it, or all."""
        parts = path.split("/")[-_PARTS:]
        for begin in range(max(len(parts) - least, 0) + 1):
            found = self._tree.tail("/".join(parts[begin:]))
            if found:
                yield found
                return

    def _by_tail(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        yield self._tree.ending(_plain(one.module))

    # --- Java and its relatives ---------------------------------------------------------------------------

    def _jvm(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        begun = [""]
        if self._names.language[importer] == "scala":
            # Its names may begin in the packages around.
            begun += [f"{around}." for name in self._names.own[importer] for around in _enclosing(name)]
        if one.names == ("*",):
            whole = [self._names.package("jvm", begin + one.module) for begin in begun]
            yield from whole
            if any(whole):
                return
        yield from self._class(importer, begun, one.module.split(".")[:_PARTS])

    def _class(self, importer: str, begun: Sequence[str], parts: Sequence[str]) -> Iterator[Sequence[str]]:
        """The file of a class, of the class it stands in, or of the package that must hold it."""
        for count in range(len(parts), 0, -1):
            package, name = ".".join(parts[: count - 1]), parts[count - 1]
            found = [self._names.declared("jvm", (begin + package).strip("."), name) for begin in begun]
            if count == 1:
                found += [self._names.declared("jvm", own, name) for own in self._names.own[importer]]
            else:
                place = "/".join(parts[:count])
                found += [self._tree.ending(place + suffix) for suffix in _JVM_SUFFIXES]
            if any(found):
                yield from found
                return
        # A Java file is called like the class that others can import; others may declare what they like.
        for count in range(len(parts) - 1, max(len(parts) - 3, 0), -1):
            found = [self._names.package("not java", begin + ".".join(parts[:count])) for begin in begun]
            if any(found):
                yield from found
                return

    # --- C# and PHP ---------------------------------------------------------------------------------------

    def _csharp(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        around = {name: None for own in self._names.own[importer] for name in _enclosing(own)}
        begun = ["", *(f"{name}." for name in around)]
        inline = one.names[:1] == (INLINE,)
        parts = one.module.split(".")[:_PARTS]
        for count in range(len(parts) - inline, 0, -1):
            spaces = [begin + ".".join(parts[:count]) for begin in begun]
            if not any(self._names.package("csharp", space) for space in spaces):
                continue
            named = [
                self._names.declared("csharp", space, name) for space in spaces for name in parts[count:][:1]
            ]
            yield from named if any(named) else (self._names.package("csharp", space) for space in spaces)
            return

    def _php(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        parts = [part for part in one.module.split("\\") if part][:_PARTS]
        found: Sequence[str] = ()
        for begin in range(max(len(parts) - 1, 0)):
            found = self._tree.ending("/".join(parts[begin:]) + ".php")
            if found:
                yield found
                break
        above = "\\".join(parts[:-1])
        named = self._names.declared("php", above, parts[-1]) if parts else ()
        yield named
        if not named:
            yield self._names.package("php", "\\".join(parts))
            # A function or constant stands in any file of its namespace.
            yield () if found else self._names.package("php", above)

    # --- Rust ---------------------------------------------------------------------------------------------

    def _rust(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        if one.names == (CHILD,):
            yield self._child(importer, one.module)
            return
        parts = one.module.split("::")[:_PARTS]
        first, rest = parts[0], parts[1:]
        if first == "crate":
            for root in self._crate_roots(importer):
                yield self._deepest(root, rest, top=True)
        elif first in {"self", "super"}:
            yield self._below_self(importer, parts)
        else:
            yield self._deepest(_module_folder(importer), parts, top=False)
            for root in self._crate_roots(importer):
                yield self._deepest(root, parts, top=False)
            for folder in self._crate_folders(first):
                yield self._deepest(under(folder, "src"), rest, top=True)

    def _child(self, importer: str, name: str) -> Sequence[str]:
        """The file of `mod name;`: in the directory of the importer's children, else beside or below it."""
        folder, own = importer.rpartition("/")[0], _module_folder(importer)
        for place in (own, folder):
            found = self._module(under(place, name))
            if found:
                return found
        # Inside `mod a { mod b; }` it stands one further down.
        below = f"{own}/" if own else ""
        return [
            file
            for end in (f"{name}.rs", f"{name}/mod.rs")
            for file in self._nearest(importer, self._tree.ending(end))
            if file.startswith(below)
        ]

    def _module(self, place: str) -> list[str]:
        return [file for file in (f"{place}.rs", f"{place}/mod.rs") if file in self._tree.files]

    def _below_self(self, importer: str, parts: Sequence[str]) -> Sequence[str]:
        folder = _module_folder(importer)
        while parts and parts[0] in {"self", "super"}:
            if parts[0] == "super":
                folder = folder.rpartition("/")[0]
            parts = parts[1:]
        found = self._deepest(folder, parts, top=False)
        return found or self._module(folder) or self._tops(folder)

    def _deepest(self, root: str, parts: Sequence[str], *, top: bool) -> Sequence[str]:
        """The deepest file on the way from a directory along a path, else (`top`) that of the directory."""
        found: Sequence[str] = ()
        place = root
        for part in parts:
            place = under(place, part.removeprefix("r#"))
            found = self._module(place) or found
        return found or (self._tops(root) if top else ())

    def _tops(self, root: str) -> list[str]:
        tops = (under(root, name) for name in _RUST_TOPS)
        return [file for file in tops if file in self._tree.files]

    def _crate_roots(self, importer: str) -> list[str]:
        """Where `crate::` may begin: nearest above with a `lib.rs` or the like, and by the `Cargo.toml`."""
        roots: dict[str, None] = {}
        for above in upwards(importer.rpartition("/")[0]):
            if not roots and self._tops(above):
                roots[above] = None
            if under(above, "Cargo.toml") in self._tree.files:
                roots[under(above, "src")] = None
                break
        return list(roots)

    def _crate_folders(self, name: str) -> Sequence[str]:
        """The directories of the workspace that a crate may be in, by what they are called."""
        if name in _RUST_OWN:
            return ()
        while name:
            found = self._crates.get(name)
            if found:
                return found[:MOST]
            # `acme_core` often stands in `core`.
            name = name.partition("_")[2]
        return ()

    # --- C and its relatives ------------------------------------------------------------------------------

    def _c(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        if one.names == (MODULE,):
            yield self._names.package("c", one.module)
            yield [
                file
                for own in self._names.own[importer]
                for file in self._names.package("c", own + one.module)
            ]
            yield self._tree.ending(f"{one.module}/{one.module}.h")
            return
        written = one.module.replace("\\", "/")
        if written.startswith("<"):
            headers = self._tree.tail(written.strip("<>"))
        else:
            near = self._tree.beside(importer.rpartition("/")[0], written)
            headers = (near,) if near else self._tree.ending(_plain(written))
        headers = tuple(self._nearest(importer, headers))
        yield headers
        for header in headers:
            behind = self._sources.get(header)
            if behind is None:
                behind = self._sources[header] = self._behind(header)
            yield behind

    def _behind(self, header: str) -> Sequence[str]:
        """The sources that hold what a header declares: what includes the one runs the other."""
        folder, _, name = header.rpartition("/")
        stem, dot, suffix = name.rpartition(".")
        if dot + suffix.lower() not in _HEADERS:
            return ()
        beside = [file for end in _SOURCES if (file := under(folder, stem + end)) in self._tree.files]
        if beside:
            return beside
        for place in (f"{folder.rpartition('/')[2]}/{stem}", stem):
            found = sorted(file for end in _SOURCES for file in self._tree.ending(place + end)[:MOST])
            if found:
                shared = [common_folders(folder, file) for file in found]
                return [file for file, count in zip(found, shared, strict=True) if count == max(shared)]
        return ()

    # --- the others ---------------------------------------------------------------------------------------

    def _ruby(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        name = one.module if one.module.endswith(".rb") else f"{one.module}.rb"
        if name.startswith((".", "/")):
            yield from self._path(importer, "ruby", one.module)
            return
        found = self._tree.ending(_plain(name))
        placed = [file for file in found if _on_ruby_path(file.removesuffix(name))]
        yield placed or self._tree.tail(name)
        yield from self._path(importer, "ruby", one.module) if "." in one.module else ()

    def _swift(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        yield self._names.package("swift", one.module.partition(".")[0])

    def _dart(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        scheme, colon, rest = one.module.partition(":")
        if one.names == (MODULE,):
            yield self._names.package("dart", one.module)
        elif not colon:
            yield from self._path(importer, "dart", one.module)
        elif scheme == "package":
            package, _, path = rest.partition("/")
            found = self._tree.ending(_plain(f"{package}/lib/{path}"))
            yield found or self._tree.ending(_plain(f"lib/{path}"))

    def _elixir(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        yield from self._declaring("elixir", one.module, ".", (".ex", ".exs"))

    def _haskell(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        yield from self._declaring("haskell", one.module, ".", (".hs", ".lhs", ".hsc", ".hs-boot"))

    def _perl(self, _importer: str, one: Import) -> Iterator[Sequence[str]]:
        name = one.module.replace("'", "::")
        yield from self._declaring("perl", name, "::", (".pm",))

    def _declaring(
        self, language: str, name: str, separator: str, suffixes: Sequence[str]
    ) -> Iterator[Sequence[str]]:
        """The files that declare a module or are called like it; else like what it stands in."""
        parts = name.split(separator)[:_PARTS]
        for count in range(len(parts), 0, -1):
            module = separator.join(parts[:count])
            place = "/".join(_snake(part) if language == "elixir" else part for part in parts[:count])
            found = [self._names.package(language, module)]
            if count > 1 or language != "elixir":
                found += [self._tree.ending(place + suffix) for suffix in suffixes]
            if any(found):
                yield from found
                return
            if language == "haskell":
                return

    def _lua(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        place = _plain(one.module.removesuffix(".lua").replace(".", "/"))
        found = [self._tree.ending(place + end) for end in (".lua", "/init.lua", ".luau", "/init.luau")]
        yield from found
        if not any(found):
            yield from self._path(importer, "lua", one.module)

    def _starlark(self, importer: str, one: Import) -> Iterator[Sequence[str]]:
        label = one.module.partition("//")
        if not label[1]:
            yield from self._path(importer, "starlark", one.module.lstrip(":"))
            return
        path = label[2].replace(":", "/").strip("/")
        yield (path,) if path in self._tree.files else self._tree.ending(path)


def _language(path: str, facts: Mapping[str, Sequence[FileFacts]]) -> str | None:
    versions = facts.get(path)
    if versions:
        return versions[0].language
    name = path.rpartition("/")[2]
    return PLAIN.get(name[name.rfind(".") :].lower()) if "." in name else None


def _marked(mark: str, versions: Sequence[FileFacts]) -> tuple[str, ...]:
    return tuple(one.module for facts in versions for one in facts.imports if one.names[:1] == (mark,))


def _marked_names(versions: Sequence[FileFacts]) -> Iterator[str]:
    for facts in versions:
        for one in facts.imports:
            if one.names[:1] == (DECLARES,):
                yield from one.names[1:]


def _unnamed(path: str, family: str) -> tuple[str, ...]:
    """The package of a file that names none. No name that can be written begins with a slash."""
    folder = path.rpartition("/")[0]
    if family == "jvm":
        return (f"/{folder}",)
    if family == "swift":
        parts = folder.split("/")
        sources = [number for number, part in enumerate(parts[:-1]) if part in {"Sources", "Tests"}]
        return (parts[sources[-1] + 1] if sources else parts[0],)
    if family == "csharp":
        # Pages without a namespace get that of their directory.
        return ("/",) if path.endswith((".cs", ".csx")) else _guessed(path, family)
    return ()


def _guessed(path: str, family: str) -> tuple[str, ...]:
    """The packages that the directories of a file may stand for."""
    separator = {"jvm": ".", "csharp": ".", "php": "\\"}.get(family)
    if separator is None:
        return ()
    parts = path.split("/")[:-1][-8:]
    return tuple(separator.join(parts[begin:]) for begin in range(len(parts)))


def _enclosing(name: str) -> Iterator[str]:
    """A dotted name and those it stands in."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _crates(files: Iterable[str]) -> dict[str, list[str]]:
    """The directories of Cargo packages by what their crate may be called."""
    crates: dict[str, list[str]] = {}
    for path in sorted(files):
        if path.endswith("/Cargo.toml"):
            folder = path.rpartition("/")[0]
            parts = folder.replace("-", "_").split("/")
            for name in dict.fromkeys((parts[-1], "_".join(parts[-2:]))):
                crates.setdefault(name, []).append(folder)
    return crates


def _global_usings(
    projects: Collection[str], names: Names, facts: Mapping[str, Sequence[FileFacts]]
) -> dict[str, list[str]]:
    """The C# files that import something for their whole project, by its directory."""
    found: dict[str, list[str]] = {}
    for path, language in names.language.items():
        if language == "csharp" and _marked(GLOBAL, facts.get(path, ())):
            found.setdefault(_project(path, projects), []).append(path)
    return found


def _project(path: str, projects: Collection[str]) -> str:
    folder = path.rpartition("/")[0]
    return next((above for above in upwards(folder) if above in projects), "")


def _module_folder(path: str) -> str:
    """The directory of a Rust file's child modules."""
    folder, _, name = path.rpartition("/")
    return folder if name in _RUST_TOPS else under(folder, name.removesuffix(".rs"))


def _on_ruby_path(before: str) -> bool:
    folders = before.rstrip("/").split("/")
    return folders[-1] in {"", *_RUBY_PLACES} or "app" in folders


def _snake(name: str) -> str:
    """`MyHTTPServer` as `my_http_server`, as Elixir calls files."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _plain(path: str) -> str:
    """A path without the dots it begins with, and without others that lead nowhere."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    while parts and parts[0] == "..":
        parts = parts[1:]
    return join("", "/".join(parts)) or ""
