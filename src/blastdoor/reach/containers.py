"""Dockerfiles, Compose files, GitHub workflows and Kubernetes manifests: what they are made of and start.

Read line by line, since their YAML is full of templates that no reader of YAML takes. What is found too much
can only raise. Specified in `docs/spec/reach.md`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from blastdoor import formats
from blastdoor.errors import InputError
from blastdoor.formats import Node, Scalar, parse_yaml_documents
from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import

_MAX_LINES = 50_000
_MAX_IMPORTS = 5_000
_MAX_LINE = 4_000

_FROM = re.compile(r"^\s*+from\s++(?:--platform=\S++\s++)?(\S++)(?:\s++as\s++(\S++))?", re.IGNORECASE)
_COPY = re.compile(r"^\s*+(?:copy|add)\s++(.++)", re.IGNORECASE | re.DOTALL)
_STAGE = re.compile(r"--from=(\S++)", re.IGNORECASE)
_BIND = re.compile(r"--mount=type=bind,(?:[^\s]*?,)?source=([^,\s]++)", re.IGNORECASE)


def extract_dockerfile(data: bytes) -> FileFacts:
    """The base images of a Dockerfile (`image`) and the files that it copies from its context (`copy`)."""
    lines, unread = _lines(data)
    found: list[Import] = []
    stages: set[str] = set()
    for number, line in _continued(lines):
        base = _FROM.match(line)
        if base:
            if base[1].lower() not in stages:
                found.append(Import(module=base[1], kind="image", line=number))
            stages.add((base[2] or "").lower())
            continue
        copied = _COPY.match(line)
        if copied:
            found += _copied(copied[1], number)
        found += [Import(module=one[1], kind="copy", line=number) for one in _BIND.finditer(line)]
    return _facts("dockerfile", found, unread)


def _copied(text: str, number: int) -> Iterator[Import]:
    stage = _STAGE.search(text)
    if stage:
        yield Import(module=stage[1], kind="image", line=number)
        return
    quoted = re.findall(r"\"([^\"]{1,1000}+)\"", text) if text.lstrip().startswith("[") else []
    words = quoted or [word for word in text.split() if not word.startswith("--")]
    for word in words[:-1]:
        if not word.startswith(("http://", "https://", "git@", "<<", "$")):
            yield Import(module=word, kind="copy", line=number)


def _continued(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Instructions with the lines that continue them."""
    begun, text = 0, ""
    for number, line in enumerate(lines, 1):
        if not text and line.lstrip().startswith("#"):
            continue
        begun = begun or number
        if line.endswith("\\") and len(text) < _MAX_LINE:
            text += line[:-1] + " "
            continue
        yield begun, text + line
        begun, text = 0, ""
    if text:
        yield begun, text


_PAIR = re.compile(r"^(\s*+)(?:-\s++)?+(?:([\w./$-]++|\"[^\"]{1,200}+\")\s*+:(?:\s++|$))?+(.*+)$")


_Pair = tuple[int, int, str, str]
_FLOW = re.compile(r"(?:^|[\s:,\[{-])[\[{](?!\{)[^\n]{0,2000}+$", re.MULTILINE)


def _pairs(lines: list[str]) -> Iterator[_Pair]:
    """(line, indentation, key, value) of a YAML file, as a reader of YAML tells them, else by its lines.

    Lines are enough where every value has one of its own, and all there is where the file is a template.
    """
    text = "\n".join(lines)
    if "{{" not in text and _FLOW.search(text):
        try:
            yield from _of_tree(parse_yaml_documents(text.encode("utf-8", "replace"), ""))
        except InputError:
            pass
        else:
            return
    yield from _of_lines(lines)


def _of_tree(documents: Sequence[Node]) -> Iterator[_Pair]:
    for document in documents:
        yield document.line, 0, "", "---"
        stack: list[tuple[int, str, Node]] = [(0, "", document)]
        while stack:
            depth, key, node = stack.pop()
            if isinstance(node, Scalar):
                yield node.line, depth, key, node.value
                continue
            if key:
                yield node.line, depth, key, ""
            inner = depth + 2 if key else depth
            if isinstance(node, formats.Mapping):
                stack += [(inner, name, one) for name, one in node.entries.items()][::-1]
            elif isinstance(node, formats.Sequence):
                stack += [(inner, "", one) for one in node.items][::-1]


def _of_lines(lines: list[str]) -> Iterator[_Pair]:
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#"):
            continue
        pair = _PAIR.match(line[:_MAX_LINE])
        if pair and (pair[2] or pair[3]):
            dash = len(line) - len(line.lstrip(" -")) - len(pair[1]) if line.lstrip().startswith("-") else 0
            value = re.split(r"\s#", pair[3], maxsplit=1)[0].strip().strip("\"'")
            yield number, len(pair[1]) + dash, (pair[2] or "").strip('"'), value


_COMPOSE_FILES = {"context": "build", "build": "build", "env_file": "file", "extends": "file", "file": "file"}


def extract_compose(data: bytes) -> FileFacts:
    """What a Compose file builds (`build`), reads (`file`), mounts (`mount`) and starts (`image`)."""
    lines, unread = _lines(data)
    found: list[Import] = []
    block, depth = "", 0
    for number, indent, key, value in _pairs(lines):
        if block and indent <= depth and (key or block not in {"volumes", "env_file", "include"}):
            block = ""
        if key in {"volumes", "env_file", "include"} and not value:
            block, depth = key, indent
        elif key == "image" and value:
            found.append(Import(module=value, kind="image", line=number))
        elif key == "dockerfile" and value:
            found.append(Import(module=value, kind="dockerfile", line=number))
        elif key in _COMPOSE_FILES and value and not value.startswith(("{", "[", "https:", "git@")):
            found.append(Import(module=value, kind=_COMPOSE_FILES[key], line=number))
        elif block and (key in {"source", "path"} or not key) and value:
            kind = "mount" if block == "volumes" else "file"
            place = value if key else value.partition(":")[0]
            if kind == "file" or place.startswith("."):
                found.append(Import(module=place, kind=kind, line=number))
    return _facts("compose", found, unread)


_RUN_PATH = re.compile(
    r"(?<![\w/.$-])(\./[\w./-]{1,200}+|[\w-]{1,100}+/(?:[\w-]{1,100}+[/.]){1,20}+(?:sh|py|js|ts|mjs|rb|pl|bash|ps1))(?![\w/])"
)


def extract_workflow(data: bytes) -> FileFacts:
    """What a workflow or an action of GitHub uses of its own repository (`uses`) and runs (`run`)."""
    lines, unread = _lines(data)
    found: list[Import] = []
    for number, _, key, value in _pairs(lines):
        if key == "uses" and value.startswith("./"):
            found.append(Import(module=value, kind="uses", line=number))
        elif key in {"file", "dockerfile", "context", "image"} and value and "${{" not in value:
            kind = {"image": "image", "context": "build"}.get(key, "file")
            found.append(Import(module=value, kind=kind, line=number))
        else:
            found += [Import(module=one[1], kind="run", line=number) for one in _RUN_PATH.finditer(value)]
    return _facts("workflow", found, unread)


_REFERRED = {
    **dict.fromkeys(("configMapRef", "configMapKeyRef", "configMap"), "configmap"),
    **dict.fromkeys(("secretRef", "secretKeyRef", "secret", "imagePullSecrets"), "secret"),
    **dict.fromkeys(("persistentVolumeClaim",), "persistentvolumeclaim"),
    **dict.fromkeys(("scaleTargetRef", "roleRef", "targetRef"), "any"),
    **dict.fromkeys(("service", "backend"), "service"),
}
_NAMED = {
    **dict.fromkeys(("secretName",), "secret"),
    **dict.fromkeys(("claimName",), "persistentvolumeclaim"),
    **dict.fromkeys(("serviceAccountName", "serviceAccount"), "serviceaccount"),
    **dict.fromkeys(("serviceName",), "service"),
    **dict.fromkeys(("storageClassName",), "storageclass"),
}
_KUSTOMIZED = {
    *(
        "resources",
        "bases",
        "components",
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "configurations",
    ),
    *(
        "crds",
        "transformers",
        "generators",
        "files",
        "envs",
        "path",
        "valuesFile",
        "additionalValuesFiles",
        "env",
    ),
}


def extract_manifest_yaml(data: bytes) -> FileFacts:
    """What a Kubernetes manifest, chart or values file holds.

    `object`: `kind/name` of what it describes; `ref`: `kind/name` of what it needs; `image`: what it starts;
    `file`: what a kustomization or chart takes in.
    """
    lines, unread = _lines(data)
    found: list[Import] = []
    reader = _Manifest()
    for number, indent, key, value in _pairs(lines):
        found += reader.read(number, indent, key, value)
        if len(found) > _MAX_IMPORTS:
            unread = f"more than {_MAX_IMPORTS} references"
            break
    found += reader.close()
    is_object = any(one.kind in {"object", "file"} for one in found)
    kept = found if is_object else [one for one in found if one.kind == "image"]
    return _facts("yaml", kept, unread if is_object else "")


class _Manifest:
    """Goes through the lines of one file, document by document."""

    def __init__(self) -> None:
        self._start()
        self._listed = self._generates = False
        self._inner: int | None = None

    def _start(self) -> None:
        self._kind = self._name = ""
        self._line = 0
        self._metadata: int | None = None
        self._referring, self._depth = "", 0

    def close(self) -> Iterator[Import]:
        if self._kind and self._name:
            yield Import(module=f"{self._kind.lower()}/{self._name}", kind="object", line=self._line)
        self._start()

    def read(self, number: int, indent: int, key: str, value: str) -> Iterator[Import]:
        if value == "---" or key == "---" or (indent == 0 and value.startswith("---")):
            yield from self.close()
            return
        if indent == 0 and key:
            self._metadata = 0 if key == "metadata" else None
            self._listed = key in _KUSTOMIZED and not value
            self._generates = key.endswith("Generator")
            if key == "kind" and value:
                if self._kind:
                    yield from self.close()
                self._kind, self._line = value, number
        elif self._metadata is not None and key == "name" and value and not self._name:
            self._name = value
        yield from self._references(number, indent, key, value)

    def _takes_in(self, indent: int, key: str) -> bool:
        """Whether a value stands in a list of files: of the kustomization, or of one of its generators."""
        if self._generates and key in _KUSTOMIZED:
            self._inner = indent
        return (self._listed and (not key or key in _KUSTOMIZED)) or (
            self._generates and self._inner is not None and not key and indent >= self._inner
        )

    def _references(self, number: int, indent: int, key: str, value: str) -> Iterator[Import]:
        if key == "image" and value and "{{" not in value:
            yield Import(module=value, kind="image", line=number)
        elif key == "repository" and value and "{{" not in value:
            kind = "file" if value.startswith("file://") else "image"
            yield Import(module=value.removeprefix("file://"), kind=kind, line=number)
        elif key in _REFERRED and not value:
            self._referring, self._depth = _REFERRED[key], indent
        elif key in _NAMED and value:
            yield Import(module=f"{_NAMED[key]}/{value}", kind="ref", line=number)
        elif key == "name" and value and self._referring and indent > self._depth:
            yield Import(module=f"{self._referring}/{value}", kind="ref", line=number)
            self._referring = ""
        elif self._takes_in(indent, key) and value:
            yield Import(module=value.partition("=")[2] or value, kind="file", line=number)
        elif key in {"path", "valuesFile"} and value and self._kind == "Kustomization":
            yield Import(module=value, kind="file", line=number)


def _lines(data: bytes) -> tuple[list[str], str]:
    if len(data) > MAX_BYTES:
        return [], f"larger than {MAX_BYTES} bytes"
    unread = "it holds NUL bytes" if b"\0" in data else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, unread = data.decode("latin-1"), unread or "not UTF-8 text"
    lines = text.splitlines()
    if len(lines) > _MAX_LINES:
        return lines[:_MAX_LINES], f"more than {_MAX_LINES} lines"
    return lines, unread


def _facts(language: str, found: list[Import], unread: str) -> FileFacts:
    kept: Mapping[tuple[str, str], Import] = {(one.module, one.kind): one for one in reversed(found)}
    return FileFacts(language=language, imports=tuple(kept.values())[::-1], unread=unread)
