"""The objects of Kubernetes manifests, from YAML or JSON, and what stands in them."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from blastdoor.errors import InputError
from blastdoor.formats import Mapping, Node, Scalar, Sequence, parse_yaml_documents
from blastdoor.reach.operations.trees import (
    Refused,
    at_path,
    children_of,
    list_of,
    mapping_of,
    no_constant,
    shortened,
    unique,
)

MAX_BYTES = 1_000_000
_MAX_DEPTH = 50
#: More objects than this in one file are no manifest that a person wrote.
_MAX_OBJECTS = 5_000
_SHOWN = 80
#: A namespace and a name are of at most 63 and 253 characters.
_MAX_NAME = 400
_ESCAPED = re.compile(rb"\\(?:u00|x)([2-7][0-9a-fA-F])")
_API_VERSION = re.compile(rb"(?<![\w.-])apiVersion[\"']?\s{0,9}+:")
_KIND = re.compile(rb"(?<![\w.-])kind[\"']?\s{0,9}+:")


def is_manifest(data: bytes) -> bool:
    """Whether a YAML or JSON file seems to hold documents with `apiVersion` and `kind`. In doubt, yes.

    Reads no structure, so that a broken or templated manifest is one as well.
    """
    # kubectl reads UTF-16 too; without its zero bytes that is the same ASCII.
    plain = data.replace(b"\0", b"")
    if b"\\" in plain:
        plain = _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), plain)
    return bool(_API_VERSION.search(plain) and _KIND.search(plain))


class Key(NamedTuple):
    """What makes two objects the same one. `group` is empty for the core API."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def resource(self) -> str:
        """`StatefulSet shop/db`."""
        called = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{short(self.kind)} {short(called, _MAX_NAME)}".strip()

    @property
    def type(self) -> str:
        """The kind as kubectl spells it: `StatefulSet.apps`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


@dataclass(frozen=True, slots=True)
class Object:
    """An object as it is written. `line` counts from 1; 0 where it is not known."""

    key: Key
    body: dict[str, Any]
    line: int

    def at(self, *path: str) -> Any:
        """The value below the keys of the path; None where there is none."""
        return at_path(self.body, *path)

    @property
    def text(self) -> str:
        """The object as JSON. Unlike the tree, it tells 1 from true."""
        return canonical(self.body)

    @property
    def annotations(self) -> dict[str, Any]:
        """The annotations; empty where there are none."""
        return mapping_of(self.at("metadata", "annotations"))


@dataclass(slots=True)
class File:
    """The objects of a file. `odd`: documents that are no objects, as text. `problem`: why it is not read."""

    objects: dict[Key, Object] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)
    problem: str = ""


def read_manifests(data: bytes | None, where: str) -> File:
    """The objects of a file; none for None."""
    file = File()
    if data is None:
        return file
    try:
        _refuse_templates(data, where)
        for body, line in _documents(data, where):
            _open(body, line, file, where)
    except Refused as refused:
        return File(problem=str(refused))
    return file


def _refuse_templates(data: bytes, where: str) -> None:
    # Helm also acts on what stands in comments and strings, where YAML sees nothing unusual.
    if b"{{" in data and "templates" in where.split("/")[:-1]:
        raise Refused("it is a template ({{ ... }}), and what it becomes is not known")
    if re.search(rb"^[ \t]{0,60}+#@", data, re.MULTILINE):
        raise Refused("it is a template (#@ ...), and what it becomes is not known")


def _documents(data: bytes, where: str) -> list[tuple[Any, int]]:
    """The documents as plain trees, each with its line."""
    if b"\0" in data:
        raise Refused("it holds NUL bytes")
    if len(data) > MAX_BYTES:
        raise Refused(f"{len(data)} bytes; at most {MAX_BYTES} are read")
    if data.lstrip()[:1] in {b"{", b"["}:
        document = _json_document(data)
        if document is not _NOT_JSON:
            return [(document, 1)]
    try:
        return [(_plain(node), node.line) for node in parse_yaml_documents(data, where)]
    except InputError as error:
        what = error.message.removeprefix(f"{where}:")
        if b"{{" in data or b"{%" in data:
            what = f"it is a template ({{{{ ... }}}}), and what it becomes is not known (line {what})"
        raise Refused(what) from error


_NOT_JSON = object()


def _json_document(data: bytes) -> Any:
    try:
        document = json.loads(data, object_pairs_hook=unique, parse_constant=no_constant)
    except (ValueError, RecursionError):
        # Flow-style YAML begins like JSON; what is neither, the other reader says better.
        return _NOT_JSON
    if _deeper_than(document, _MAX_DEPTH):
        raise Refused(f"nested deeper than {_MAX_DEPTH} levels")
    return document


def _deeper_than(tree: Any, limit: int) -> bool:
    level = [tree]
    for _ in range(limit + 1):
        if not level:
            return False
        level = [child for node in level for child in children_of(node)]
    return bool(level)


#: Plain words of YAML 1.1 that are not strings; kubectl's reader knows these spellings.
_ON = {"true", "yes", "on", "y"}
_OFF = {"false", "no", "off", "n"}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]{1,15}|0[oO]?[0-7]{1,20}|0[bB][01]{1,60}|0|[1-9][0-9]{0,17})")


def _plain(node: Node) -> Any:
    """A node as dict, list, str, int, bool or None. Its depth is bounded by the reader."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return _value(node) if isinstance(node, Scalar) else None


def _value(scalar: Scalar) -> Any:
    text = scalar.value
    if scalar.quoted:
        return text
    if not text or text in {"Null", "NULL"}:
        return None
    if text.lower() in _ON | _OFF:
        return text.lower() in _ON
    number = integer(text)
    return text if number is None else number


def integer(value: Any) -> int | None:
    """A whole number, also one that is written as text; octal is written `0o7` or `07`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _INTEGER.fullmatch(value.strip()):
        return int(value) if isinstance(value, float) and value.is_integer() else None
    digits = value.strip().lower()
    unsigned = digits.lstrip("+-")
    if unsigned.startswith("0") and unsigned.isdigit() and len(unsigned) > 1:
        return int(digits, 8)
    return int(digits, 0)


#: Kinds that moved from the group `extensions` to another: the object is the same one.
_MOVED = {
    **dict.fromkeys(("Deployment", "DaemonSet", "ReplicaSet"), "apps"),
    **dict.fromkeys(("Ingress", "NetworkPolicy"), "networking.k8s.io"),
    "PodSecurityPolicy": "policy",
}


KUSTOMIZE = "kustomize.config.k8s.io"
_KUSTOMIZATION_FILES = {"kustomization.yaml", "kustomization.yml", "kustomization"}


def _open(document: Any, line: int, file: File, where: str) -> None:
    """Add a document to the file; lists of objects are opened, also inside each other."""
    waiting = [document]
    while waiting:
        body = waiting.pop()
        if body is None or body == {}:
            continue
        if isinstance(body, dict) and isinstance(body.get("items"), list) and _is_list(body.get("kind")):
            kind = str(body["kind"]).removesuffix("List")
            waiting += [_inherit(item, kind, body.get("apiVersion")) for item in reversed(body["items"])]
            continue
        _place(body, line, file, where)
        if len(file.objects) + sum(file.odd.values()) > _MAX_OBJECTS:
            raise Refused(f"more than {_MAX_OBJECTS} objects")


def _is_list(kind: Any) -> bool:
    return isinstance(kind, str) and kind.endswith("List")


def _inherit(item: Any, kind: str, version: Any) -> Any:
    # The items of a `RoleList` need not say that each of them is a Role.
    if not kind or not isinstance(item, dict):
        return item
    return {"apiVersion": version, "kind": kind, **item}


def _place(body: Any, line: int, file: File, where: str) -> None:
    key = _key(body, where)
    if key is None:
        file.odd[canonical(body)] += 1
    elif key in file.objects:
        raise Refused(f"{key.resource} stands in it twice")
    else:
        file.objects[key] = Object(key, body, line)


def _key(body: Any, where: str) -> Key | None:
    """Who the object is; None if that cannot be told."""
    if not isinstance(body, dict):
        return None
    if where.rpartition("/")[2].lower() in _KUSTOMIZATION_FILES:
        # Its apiVersion, kind and name may be left out.
        return Key(KUSTOMIZE, "Kustomization", "", "")
    version, kind, metadata = body.get("apiVersion"), body.get("kind"), body.get("metadata")
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        return None
    group = version.rpartition("/")[0]
    if group == KUSTOMIZE:
        return Key(group, kind, "", "")
    if not isinstance(metadata, dict) or not _well_formed(body):
        return None
    name, namespace = metadata.get("name") or metadata.get("generateName"), metadata.get("namespace") or ""
    if not isinstance(name, str) or not isinstance(namespace, str) or not name:
        return None
    if any("{{" in part or "{%" in part for part in (version, kind, name, namespace)):
        return None
    return Key(_MOVED.get(kind, group) if group == "extensions" else group, kind, namespace, name)


def _well_formed(body: dict[str, Any]) -> bool:
    """Whether what is looked into below has the types that the API server wants."""
    spec = body.get("spec")
    if not isinstance(spec, dict | None) or not isinstance(
        at_path(body, "metadata", "annotations"), dict | None
    ):
        return False
    if not isinstance(at_path(body, "metadata", "finalizers"), list | None):
        return False
    return all(_well_formed_pod(pod) for pod in pods_of(body))


def _well_formed_pod(pod: dict[str, Any]) -> bool:
    lists = [pod.get(name) for name in ("initContainers", "ephemeralContainers", "volumes")]
    if not all(isinstance(found, list | None) for found in lists):
        return False
    if not isinstance(pod.get("containers"), list):
        return False
    parts = [*containers_of(pod), *(pod.get("volumes") or ())]
    return all(isinstance(part, dict) for part in parts) and all(
        isinstance(part.get("securityContext"), dict | None) for part in (pod, *parts)
    )


def short(text: str, limit: int = _SHOWN) -> str:
    """A text of at most so many characters that every format can write down."""
    return shortened(text, limit)


def is_on(value: Any) -> bool:
    """Whether a value means yes."""
    return value is True or (isinstance(value, str) and value.lower() in _ON)


def is_off(value: Any) -> bool:
    """Whether a value means no."""
    return value is False or (isinstance(value, str) and value.lower() in _OFF)


def is_zero(value: Any) -> bool:
    """Whether a value means 0."""
    return integer(value) == 0


def differs(then: Object, now: Object, *path: str) -> bool:
    """Whether the values below a path are not the same."""
    return canonical(then.at(*path)) != canonical(now.at(*path))


def canonical(tree: Any) -> str:
    """A tree as JSON with sorted keys."""
    return json.dumps(tree, sort_keys=True)


def pods_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Every mapping that is the spec of a pod: it has `containers`."""
    found = []
    waiting: list[Any] = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and "containers" in node:
            found.append(node)
        waiting += children_of(node)
    return found


def containers_of(pod: dict[str, Any]) -> list[Any]:
    """All containers of a pod."""
    return [
        container
        for name in ("containers", "initContainers", "ephemeralContainers")
        for container in list_of(pod.get(name))
    ]
