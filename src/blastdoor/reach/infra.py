"""What Dockerfiles, Compose files, workflows and manifests are made of, and which image is whose.

Specified in `docs/spec/reach.md`.
"""

import fnmatch
from collections.abc import Iterable, Iterator

from blastdoor.reach.facts import FileFacts, Import
from blastdoor.reach.graph import PART, Confidence, Edge
from blastdoor.reach.paths import common_folders, folder_of, join
from blastdoor.reach.tree import Tree

_MAX_FILES = 2_000
_ACTIONS = ("action.yml", "action.yaml")
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml")
_DOCKERFILES = ("Dockerfile", "Containerfile")


class Infra:
    """Resolves what containers, workflows and manifests name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._contexts: dict[str, list[str]] = {}
        self._images: dict[str, set[str]] = {}
        self._objects: dict[str, list[str]] = {}
        for path, _ in tree.of("dockerfile"):
            for name in _image_names(path):
                self._images.setdefault(name, set()).add(path)
        for path, facts in tree.of("compose", "workflow"):
            self._read_builds(path, facts)
        for path, facts in tree.of("yaml"):
            for one in facts.imports:
                if one.kind == "object":
                    name = one.module.partition("/")[2]
                    self._objects.setdefault(one.module, []).append(path)
                    self._objects.setdefault(f"any/{name}", []).append(path)
        self._charts = {folder_of(path) for path in tree.paths if path.rpartition("/")[2] == "Chart.yaml"}
        self._trees: set[str] = set()

    def _read_builds(self, path: str, facts: FileFacts) -> None:
        """What is built from which folder, under which name, as a Compose file or workflow says."""
        for one in facts.imports:
            if one.kind != "build":
                continue
            context = self._place(path, one.module, facts.language)
            named = [
                file
                for file in (self._dockerfile(context, name) for name in _dockerfile_names(facts))
                if file
            ]
            for file in named[:1] if context is not None else ():
                self._contexts.setdefault(file, []).append(context or "")
                for name in one.names:
                    self._images.setdefault(_image_name(name), set()).add(file)

    def _dockerfile(self, context: str | None, name: str) -> str | None:
        place = None if context is None else join(context, name)
        return place if place in self._tree.paths else None

    def _place(self, path: str, name: str, language: str) -> str | None:
        return join("" if language == "workflow" else folder_of(path), name)

    def edges(self, path: str, facts: FileFacts) -> Iterator[Edge]:
        """The edges of a file."""
        yield from self._chart(path)
        for one in facts.imports:
            for target, confidence in self._targets(path, facts, one):
                if target.endswith("/**"):
                    yield from self._parts(target)
                yield Edge(path, target, _EDGES.get(one.kind, one.kind), one.line, confidence)

    def missing(self, path: str, facts: FileFacts) -> Iterator[Import]:  # noqa: ARG002 - others can tell
        """Nothing: what is not here may well be made, or fetched."""
        return iter(())

    def _targets(self, path: str, facts: FileFacts, one: Import) -> Iterable[tuple[str, Confidence]]:
        match one.kind:
            case "copy":
                return [(target, "high") for target in self._copied(path, one.module)]
            case "image":
                return [(target, "medium") for target in self._image(path, one.module)]
            case "ref":
                return [
                    (target, "medium") for target in self._nearest(path, self._objects.get(one.module, ()))
                ]
            case "build":
                return self._built(path, facts, one)
            case "file" | "mount" | "run" | "uses":
                return [(target, "high") for target in self._files(path, facts, one)]
        return ()

    def _built(self, path: str, facts: FileFacts, one: Import) -> Iterator[tuple[str, Confidence]]:
        context = self._place(path, one.module, facts.language)
        for name in _dockerfile_names(facts):
            file = self._dockerfile(context, name)
            if file:
                yield file, "high"

    def _files(self, path: str, facts: FileFacts, one: Import) -> Iterator[str]:
        """A file, or the file that stands for a folder, or all that is in it."""
        for start in dict.fromkeys(
            ["" if facts.language == "workflow" else folder_of(path), folder_of(path)]
        ):
            place = join(start, one.module)
            if place is None:
                continue
            if place in self._tree.paths:
                yield place
                return
            inside = [join(place, name) for name in (*_ACTIONS, *_KUSTOMIZATIONS)]
            found = [file for file in inside if file is not None and file in self._tree.paths]
            if found:
                yield from found
                return
            if place in self._tree.folders and one.kind in {"mount", "file"} and place:
                yield f"{place}/**"
                return

    def _copied(self, path: str, source: str) -> Iterator[str]:
        for context in dict.fromkeys([*self._contexts.get(path, ()), folder_of(path), ""]):
            place = join(context, source)
            if place is None:
                continue
            if place in self._tree.paths:
                yield place
                return
            if place in self._tree.folders:
                yield f"{place}/**" if place else "**"
                return
            if any(sign in place for sign in "*?["):
                found = [
                    one for one in self._tree.below(folder_of(place.partition("*")[0])) if _fits(one, place)
                ]
                if found:
                    yield from found[:_MAX_FILES]
                    return

    def _parts(self, node: str) -> Iterator[Edge]:
        """What a whole folder is made of, once."""
        if node not in self._trees:
            self._trees.add(node)
            for path in self._tree.below(node.removesuffix("**").removesuffix("/")):
                yield Edge(node, path, PART)

    def _image(self, path: str, name: str) -> list[str]:
        return self._nearest(path, sorted(self._images.get(_image_name(name), ())))

    def _nearest(self, path: str, found: Iterable[str]) -> list[str]:
        """Of those of one name, the ones that share most folders with the file."""
        others = [one for one in found if one != path]
        shared = [common_folders(folder_of(path), folder_of(one)) for one in others]
        return [one for one, count in zip(others, shared, strict=True) if count == max(shared)]

    def _chart(self, path: str) -> Iterator[Edge]:
        """A chart's templates are filled in with its values."""
        before, inside, _ = path.rpartition("/templates/")
        chart = (
            before
            if inside
            else path.partition("templates/")[0].rstrip("/")
            if path.startswith("templates/")
            else ""
        )
        if (inside or path.startswith("templates/")) and chart in self._charts:
            for name in ("values.yaml", "Chart.yaml", "values.yml"):
                place = join(chart, name)
                if place is not None and place in self._tree.paths:
                    yield Edge(path, place, "values")


#: What an edge is called where a fact's kind would not say it.
_EDGES = {"ref": "config", "file": "file", "run": "run"}


def _image_name(name: str) -> str:
    """The last part of an image's name, without tag and digest."""
    return name.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def _image_names(path: str) -> Iterator[str]:
    """What the image of a Dockerfile is likely called: its folder, or the word beside `Dockerfile`."""
    folder, _, name = path.rpartition("/")
    words = [word for word in name.lower().split(".") if word not in {"dockerfile", "containerfile"}]
    if words:
        yield words[0]
    elif folder:
        yield folder.rpartition("/")[2].lower()


def _dockerfile_names(facts: FileFacts) -> list[str]:
    named = [
        one.module
        for one in facts.imports
        if one.kind in {"dockerfile", "file"} and "ockerfile" in one.module
    ]
    return [*named, *_DOCKERFILES]


def _fits(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)
