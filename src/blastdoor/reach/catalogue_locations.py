"""Which files of the repository the catalogue's Locations name, whatever they are called.

The format is Backstage's (https://backstage.io/docs/features/software-catalog/descriptor-format#kind-location).
Specified in `docs/spec/catalogue.md`.
"""

import bisect
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from blastdoor import formats
from blastdoor.errors import InputError
from blastdoor.formats import Node, Scalar, parse_yaml_documents
from blastdoor.model import Unknown
from blastdoor.reach.paths import folder_of, join

#: More targets than this in one catalogue are not looked for, and neither are more files than this.
_MAX_TARGETS = 1_000
_MAX_FOUND = 1_000
#: How many parts of patterns may be held against files.
_MAX_TRIED = 1_000_000
_MAX_DEEP = 40
_WILD = "*?["


def locations(
    files: Mapping[str, bytes], here: Collection[str]
) -> tuple[tuple[str, ...], tuple[Unknown, ...]]:
    """The files that Locations name, of those that are `here`; and what is named and cannot be read.

    Every target gives a file or an unknown: where both are empty, nothing is named.
    """
    found: dict[str, None] = {}
    unknowns: list[Unknown] = []
    tree = _Tree(here)
    for count, (path, node) in enumerate(_targets(files)):
        where = f"{path}:{node.line}"
        target = node.value if isinstance(node, Scalar) else ""
        if count >= _MAX_TARGETS:
            unknowns.append(_unknown(_TOO_MANY, _FEWER, where))
            break
        if not target:
            unknowns.append(_unknown("a target of a Location is not a path", _CORRECT, where))
        elif "://" in target:
            what = f"{target[:120]!r} is outside this repository, and not followed"
            unknowns.append(_unknown(what, "describe here what lies here", where))
        elif paths := tree.find(path, target):
            found.update(dict.fromkeys(paths))
        elif tree.left > 0:
            unknowns.append(_unknown(f"{target[:120]!r} is not there", _CORRECT, where))
        if len(found) > _MAX_FOUND or tree.left <= 0:
            unknowns.append(_unknown(_TOO_MANY, _FEWER, where))
            break
    return tuple(found)[:_MAX_FOUND], tuple(dict.fromkeys(unknowns))


def may_locate(data: bytes) -> bool:
    """Whether a file may hold a Location: so it surely holds none where this is false."""
    # An escape of YAML may hide a letter of the kind.
    return b"\\" in data or b"location" in data.lower()


_TOO_MANY = "the Locations name too many files to look at them all"
_CORRECT = "correct the Location, or add the file"
_FEWER = "call the files catalog-info.yaml: then nobody need name them"


def _unknown(what: str, step: str, where: str) -> Unknown:
    return Unknown(code="catalogue-location", what=what, step=step, where=where)


def _targets(files: Mapping[str, bytes]) -> Iterator[tuple[str, Node]]:
    """Each target as it is written, with the file that says it."""
    for path, data in sorted(files.items()):
        if not may_locate(data):
            continue
        try:
            documents = parse_yaml_documents(data, path)
        except InputError:
            continue  # told where the entities are read
        for document in documents:
            yield from ((path, node) for node in _said(document))


def _said(document: Node) -> Iterator[Node]:
    root = document.entries if isinstance(document, formats.Mapping) else {}
    kind, spec = root.get("kind"), root.get("spec")
    if not isinstance(kind, Scalar) or kind.value.lower() != "location":
        return
    for field in ("target", "targets"):
        node = spec.get(field) if isinstance(spec, formats.Mapping) else None
        if isinstance(node, formats.Sequence):
            yield from node.items
        elif node is not None and not (isinstance(node, Scalar) and not node.value):
            yield node


class _Tree:
    """The files that are here. `left`: how much more of patterns may be held against them."""

    def __init__(self, here: Collection[str]) -> None:
        self._here = here
        self._sorted: list[str] | None = None
        self.left = _MAX_TRIED

    def find(self, path: str, target: str) -> tuple[str, ...]:
        """The files that a target means: seen from its file, or with `/` before it from the root."""
        place = join("" if target.startswith("/") else folder_of(path), target)
        if place is None:
            return ()
        if place in self._here:
            return (place,)
        parts = place.split("/")
        fixed = next((at for at, part in enumerate(parts) if set(part) & set(_WILD)), None)
        if fixed is None or len(parts) > _MAX_DEEP:
            return ()
        folder = "/".join(parts[:fixed])
        return tuple(one for one in self._below(folder, len(parts)) if _fits(one.split("/"), parts))

    def _below(self, folder: str, cost: int) -> Iterator[str]:
        if self._sorted is None:
            self._sorted = sorted(self._here)
        start = f"{folder}/" if folder else ""
        at = bisect.bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start) and self.left > 0:
            self.left -= cost
            yield self._sorted[at]
            at += 1


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a path fits a pattern: `*` and `?` stay in one name, `**` is any number of folders."""
    if "**" not in parts:
        return len(names) == len(parts) and all(map(fnmatchcase, names, parts))
    if len(names) > _MAX_DEEP:
        return False
    reached = {0}
    for part in parts:
        if part == "**":
            reached = set(range(min(reached), len(names) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], part)}
    return len(names) in reached
