"""Go: what a file imports and embeds, what go.mod and go.work say, and which package of the tree is meant.

The unit is the package, that is the folder: a node `folder/`, whose parts are its files. Build tags are not
evaluated: everything under any of them counts. Specified in `docs/spec/reach.md`.
"""

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import
from blastdoor.reach.graph import PART, Edge
from blastdoor.reach.paths import folder_of, join, upwards
from blastdoor.reach.tree import Tree

_MAX_IMPORTS = 10_000
_MAX_EMBEDDED = 2_000

# An import stands before everything else, so that the rest of a file need not be looked at.
_HEAD_ENDS = re.compile(r"^(?:func|type|var|const)[ \t(]", re.MULTILINE)
_TOKEN = re.compile(
    r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|(?<!\w)(?P<word>package|import)(?!\w)|(?P<open>\()|(?P<close>\))"
    r"|(?P<name>`[^`\n]{1,1000}+`|\"[^\"\n\\]{1,1000}+\")|`[^`]*+`?|\"(?:[^\"\n\\]|\\.)*+\"?|(?P<end>[;\n])|(?P<id>[\w.]++)"
)
_EMBED = re.compile(r"^//go:embed[ \t]++([^\n]{1,2000}+)", re.MULTILINE)
_PATTERN = re.compile(r"\"((?:[^\"\\\n]|\\.)*+)\"|`([^`]*+)`|(\S++)")
_IGNORED = re.compile(r"^//(?:go:build|[ \t]*\+build)[ \t]++ignore[ \t]*+$", re.MULTILINE)
_PACKAGE = re.compile(r"^package[ \t]++(\w++)", re.MULTILINE)


def extract_go(data: bytes) -> FileFacts:
    """The imports of a Go file, its embedded files, and as `detail` the name of its package."""
    if len(data) > MAX_BYTES:
        return FileFacts(language="go", unread=f"larger than {MAX_BYTES} bytes")
    unread = "it holds NUL bytes" if b"\0" in data else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, unread = data.decode("latin-1"), unread or "not UTF-8 text"
    end = _HEAD_ENDS.search(text)
    head = text[: end.start()] if end else text
    named = _PACKAGE.search(head)
    ignored = _IGNORED.search(head, 0, named.start() if named else len(head)) is not None
    imports = [*_imports(head, "tagged" if ignored else "import"), *_embedded(text)]
    if len(imports) > _MAX_IMPORTS:
        return FileFacts(language="go", unread=f"more than {_MAX_IMPORTS} imports")
    if not named:
        unread = unread or "no package clause"
    return FileFacts(
        language="go",
        imports=tuple(imports),
        dynamic=any(one.module == "plugin" for one in imports),
        unread=unread,
        detail=named[1] if named and not ignored else "",
    )


def _imports(head: str, kind: str) -> Iterator[Import]:
    importing = inside = False
    line, before = 1, 0
    for token in _TOKEN.finditer(head):
        if token["word"]:
            importing = token["word"] == "import"
        elif token["open"]:
            inside = importing
        elif token["close"] or (token["end"] and not inside):
            importing = inside = False
        elif token["name"] and importing:
            line, before = line + head.count("\n", before, token.start()), token.start()
            yield Import(module=token["name"][1:-1], kind=kind, line=line)


def _embedded(text: str) -> Iterator[Import]:
    if "//go:embed" not in text:
        return
    line, before = 1, 0
    for one in _EMBED.finditer(text):
        line, before = line + text.count("\n", before, one.start()), one.start()
        for word in _PATTERN.finditer(one[1]):
            yield Import(module=(word[1] or word[2] or word[3] or ""), kind="embed", line=line)


# ---------------------------------------------------------------- go.mod and go.work

_DIRECTIVE = re.compile(r"^[ \t]*+(module|replace|use|require)?[ \t]*+(\(|[^\n]*+)", re.MULTILINE)


def extract_go_mod(language: str, data: bytes) -> FileFacts:
    """What go.mod or go.work says: `module`, `replace` by a folder, `use`, `require`, as `detail`."""
    if len(data) > MAX_BYTES:
        return FileFacts(language=language, unread=f"larger than {MAX_BYTES} bytes")
    text = re.sub(r"//[^\n]*+", "", data.decode("utf-8", "replace"))
    said: dict[str, list[list[str]]] = {"module": [], "replace": [], "use": [], "require": []}
    block = ""
    for line in text.splitlines():
        words = [word.strip('"`') for word in line.split()]
        if block and words[:1] == [")"]:
            block = ""
        elif block:
            said[block].append(words) if words else None
        elif words and words[0] in said:
            if words[1:2] == ["("]:
                block = words[0]
            else:
                said[words[0]].append(words[1:])
    kept = {
        "module": next((words[0] for words in said["module"] if words), ""),
        "replace": [one for words in said["replace"] if (one := _replacement(words))],
        "use": [words[0] for words in said["use"] if words],
    }
    return FileFacts(language=language, detail=json.dumps(kept, sort_keys=True))


def _replacement(words: list[str]) -> list[str] | None:
    """`old [version] => ./folder`: the name and the folder."""
    if "=>" not in words or words.index("=>") == 0:
        return None
    target = words[words.index("=>") + 1 :][:1]
    return [words[0], target[0]] if target and target[0].startswith(("./", "../", ".")) else None


# ---------------------------------------------------------------- packages


class _Module(NamedTuple):
    folder: str
    name: str
    replaced: Mapping[str, str]  # name of a module to its folder


class Go:
    """The packages of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._modules: dict[str, _Module] = {}
        self._works: dict[str, tuple[set[str], dict[str, str]]] = {}
        for path, facts in tree.of("go.mod"):
            says = json.loads(facts.detail or "{}")
            folder = folder_of(path)
            self._modules[folder] = _Module(folder, says.get("module", ""), _local(folder, says))
        for path, facts in tree.of("go.work"):
            says = json.loads(facts.detail or "{}")
            folder = folder_of(path)
            used = {place for one in says.get("use", ()) if (place := join(folder, one)) is not None}
            self._works[folder] = (used, dict(_local(folder, says)))
        self._by_name: dict[str, list[str]] = {}
        for module in self._modules.values():
            self._by_name.setdefault(module.name, []).append(module.folder)
        self._packages = {folder_of(path) for path, facts in tree.of("go") if _is_source(path, facts)}
        self._known: dict[tuple[str, str], tuple[str, bool] | None] = {}

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file: what it imports and embeds, and what package it is a part of or tests."""
        here = folder_of(path)
        if path.endswith("_test.go"):
            if here in self._packages:
                yield Edge(path, f"{here}/", "test")
        elif _is_source(path, facts):
            yield Edge(f"{here}/", path, PART)
        for one in facts.imports:
            if one.kind == "embed":
                for target in self._embedded(here, one.module):
                    yield Edge(path, target, "embed", one.line)
                continue
            found = self.resolve(here, one.module)
            if found is not None:
                target, surely = found
                kind = one.kind if surely else "version"
                yield Edge(path, f"{target}/", kind, one.line, "high" if surely else "low")

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:  # noqa: ARG002 - others can tell
        """Nothing: what is not here may well be made, or fetched."""
        return iter(())

    def resolve(self, folder: str, name: str) -> tuple[str, bool] | None:
        """The folder of the package that a name means in a folder, and whether it is built from there.

        It is not where another module of the repository is required at a released version.
        """
        module = self._module(folder)
        key = (module.folder if module else "", name)
        if key not in self._known:
            self._known[key] = self._resolve(module, folder, name)
        return self._known[key]

    def name_of(self, folder: str) -> str:
        """The import path of the package in a folder; "" if it is in no module."""
        module = self._module(folder)
        if module is None:
            return ""
        inside = folder[len(module.folder) :].strip("/")
        return f"{module.name}/{inside}" if inside else module.name

    def _module(self, folder: str) -> _Module | None:
        return next((self._modules[place] for place in upwards(folder) if place in self._modules), None)

    def _resolve(self, module: _Module | None, folder: str, name: str) -> tuple[str, bool] | None:
        if module is not None:
            vendored = join(module.folder, f"vendor/{name}")
            if vendored in self._packages:
                return vendored or "", True
            inside = _inside(module.name, name)
            if inside is not None and (place := join(module.folder, inside)) in self._packages:
                return place or "", True
        for prefix, place, surely in self._others(module, folder, name):
            inside = _inside(prefix, name)
            target = None if inside is None else join(place, inside)
            if target is not None and target in self._packages:
                return target, surely
        return None

    def _others(self, module: _Module | None, folder: str, name: str) -> Iterator[tuple[str, str, bool]]:
        """Other modules by whose name this one may begin, the longest first: (name, folder, surely)."""
        used, replaced = self._work(folder)
        local = {**replaced, **(module.replaced if module else {})}
        parts = name.split("/")
        for count in range(len(parts), 0, -1):
            prefix = "/".join(parts[:count])
            if prefix in local:
                yield prefix, local[prefix], True
            for place in self._by_name.get(prefix, ()):
                yield prefix, place, place in used

    def _work(self, folder: str) -> tuple[set[str], dict[str, str]]:
        return next((self._works[place] for place in upwards(folder) if place in self._works), (set(), {}))

    def _embedded(self, folder: str, pattern: str) -> Iterator[str]:
        """The files an embed pattern names: a folder means all below it but hidden ones."""
        place = join(folder, pattern.removeprefix("all:"))
        if place is None:
            return
        if place in self._tree.paths:
            yield place
            return
        found = 0
        for path in (
            self._tree.below(folder)
            if any(sign in place for sign in "*?[") or place in self._tree.folders
            else ()
        ):
            parts = path.split("/")
            count = place.count("/") + 1
            if path.startswith(f"{place}/") or fnmatch.fnmatchcase("/".join(parts[:count]), place):
                found += 1
                if found > _MAX_EMBEDDED:
                    return
                yield path


def _inside(prefix: str, name: str) -> str | None:
    """The rest of a name behind a module's; None if it is not of that module."""
    if not prefix:
        return None
    return "" if name == prefix else name[len(prefix) + 1 :] if name.startswith(f"{prefix}/") else None


def _local(folder: str, says: Mapping[str, list[list[str]]]) -> Mapping[str, str]:
    places = ((name, join(folder, target)) for name, target in says.get("replace", ()))
    return {name: place for name, place in places if place is not None}


def _is_source(path: str, facts: FileFacts) -> bool:
    """Whether a file is built into its package: Go passes over `_x.go` and `.x.go`."""
    name = path.rpartition("/")[2]
    return not name.endswith("_test.go") and not name.startswith(("_", ".")) and bool(facts.detail)
