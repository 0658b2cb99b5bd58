"""Which files a tsconfig extends or references, whatever they are called.

By TypeScript's rules (https://www.typescriptlang.org/tsconfig/#extends): a relative path with or without
`.json`, or a package's name, by its `tsconfig` and `exports` too. Specified in `docs/spec/reach.md`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from blastdoor.reach.facts import FileFacts
from blastdoor.reach.paths import folder_of, join

_MAX_LEAVES = 200
_MAX_DEPTH = 60


class Configs:
    """Tells which paths a configuration may mean; the caller knows which of them are there.

    `manifests`: the tree's package.json files with their facts, read only where a package is named.
    """

    def __init__(self, manifests: Iterable[tuple[str, FileFacts]]) -> None:
        self._manifests = manifests

    def named_by(self, path: str, facts: FileFacts) -> tuple[str, ...]:
        """Every path that what a tsconfig extends or references may stand for, each once."""
        said = json.loads(facts.detail) if facts.detail else {}
        places = [
            place
            for name in said.get("extends", ())
            for place in extended_places(path, name, self._packages if is_package(name) else {})
        ]
        places += [place for name in said.get("references", ()) for place in referenced_places(path, name)]
        return tuple(dict.fromkeys(places))

    @cached_property
    def _packages(self) -> Mapping[str, list[tuple[str, Mapping[str, Any]]]]:
        found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for path, facts in self._manifests:
            says = json.loads(facts.detail) if facts.detail else {}
            if isinstance(says.get("name"), str):
                found.setdefault(says["name"], []).append((folder_of(path), says))
        return found


def is_package(name: str) -> bool:
    """Whether what is extended is named by its package."""
    return not name.startswith((".", "/")) or "node_modules/" in name


def split_name(name: str) -> tuple[str, str]:
    """The package's name, and the path behind it."""
    parts = name.split("/")
    count = 2 if name.startswith("@") and len(parts) > 1 else 1
    return "/".join(parts[:count]), "/".join(parts[count:])


def extended_places(
    path: str, name: str, packages: Mapping[str, Iterable[tuple[str, Mapping[str, Any]]]]
) -> Iterator[str]:
    """The paths that `extends` may mean, the likeliest first. `packages`: folders and manifests by name."""
    if not is_package(name):
        yield from _endings(join(folder_of(path), name))
        return
    head, tail = split_name(name.rpartition("node_modules/")[2])
    for folder, says in packages.get(head, ()):
        for target in _exported(says, tail):
            yield from _endings(join(folder, target))
        yield from _endings(join(folder, tail or "tsconfig.json"))


def referenced_places(path: str, name: str) -> Iterator[str]:
    """The paths that a reference may mean: a file, or a folder with a tsconfig.json."""
    yield from _endings(join(folder_of(path), name))


def _endings(place: str | None) -> Iterator[str]:
    if place is not None:
        yield from (
            f"{place}{ending}".lstrip("/") for ending in ("", ".json", "/tsconfig.json") if place or ending
        )


def _exported(says: Mapping[str, Any], tail: str) -> Iterator[str]:
    """What a manifest may answer to a name in it: more than Node would take."""
    if not tail and isinstance(says.get("tsconfig"), str):
        yield says["tsconfig"]
    exports = says.get("exports")
    table = exports if isinstance(exports, dict) else {}
    for key, value in table.items():
        head, star, end = key.partition("*")
        wanted = f"./{tail}" if tail else "."
        fits = len(wanted) >= len(head) + len(end) and wanted.startswith(head) and wanted.endswith(end)
        if key == wanted or (star and fits):
            part = wanted[len(head) : len(wanted) - len(end)] if star else ""
            yield from (leaf.replace("*", part) for leaf in _leaves(value))


def _leaves(value: Any) -> list[str]:
    found: list[str] = []
    layer = [value]
    for _ in range(_MAX_DEPTH):
        found += [one for one in layer if isinstance(one, str)]
        lists = [list(one.values()) if isinstance(one, dict) else one for one in layer]
        layer = [inner for one in lists if isinstance(one, list) for inner in one]
        if not layer or len(found) >= _MAX_LEAVES:
            break
    return found[:_MAX_LEAVES]
