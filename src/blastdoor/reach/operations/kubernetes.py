"""Kubernetes manifests in two versions: what applying the new one instead of the old destroys or endangers.

Objects are matched by API group, kind, namespace and name. An object that is no longer there counts as
deleted: whoever prunes (Argo CD, Flux, `kubectl apply --prune`, Helm) deletes it. Which fields the API server
refuses to change, so that the object has to be made anew, is taken from its validation of updates:
https://kubernetes.io/docs/reference/kubernetes-api/. Kustomization files are compared as what they stand for,
which is not read here. Templates are not manifests until they are rendered.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import Mapping, Node, Scalar, Sequence, parse_yaml_documents
from blastdoor.model import Operation, Unknown
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import Nature, nature_of_kubernetes

_MAX_BYTES = 1_000_000
_MAX_DEPTH = 50
#: More objects than this in one file are no manifest that a person wrote.
_MAX_OBJECTS = 5_000
_SHOWN = 80
#: A namespace and a name are of at most 63 and 253 characters.
_MAX_NAME = 400
_LISTED = 6

# --- what a manifest is -----------------------------------------------------------------------------------

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


def compare_manifests(old: bytes | None, new: bytes | None, *, where: str) -> Findings:
    """What a manifest file's new version does to what its old version made. None: there is no such version.

    `where` is the path of the file. Never raises on content: what cannot be read is an operation
    `unreadable`, irreversible, and an Unknown `unreadable-manifest`. An Unknown `unknown-kind` stands once
    for each kind whose controller may do anything. Operations: deleted objects first, then those of the new
    version as they stand. An object that moves to another file is a `delete` in one and a `create` in the
    other, with the same `resource` and `type`.
    """
    comparison = _Comparison(where=where)
    if old == new:
        return comparison.findings
    before, after = _read(old, where), _read(new, where)
    if before.problem or after.problem:
        problem = (before.problem and after.problem) or (before.problem or after.problem)
        comparison.unreadable_file(problem, _changed_kinds(old, new))
    else:
        comparison.compare(before, after)
    return comparison.findings


# --- reading ----------------------------------------------------------------------------------------------


class _Key(NamedTuple):
    """What makes two objects the same one. `group` is empty for the core API."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def resource(self) -> str:
        """`StatefulSet shop/db`."""
        called = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{_short(self.kind)} {_short(called, _MAX_NAME)}".strip()

    @property
    def type(self) -> str:
        """The kind as kubectl spells it: `StatefulSet.apps`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


@dataclass(frozen=True, slots=True)
class _Object:
    """An object as it is written. `line` counts from 1; 0 where it is not known."""

    key: _Key
    body: dict[str, Any]
    line: int

    def at(self, *path: str) -> Any:
        """The value below the keys of the path; None where there is none."""
        return _at(self.body, *path)

    @property
    def text(self) -> str:
        """The object as JSON. Unlike the tree, it tells 1 from true."""
        return _canonical(self.body)

    @property
    def annotations(self) -> dict[str, Any]:
        """The annotations; empty where there are none."""
        return _mapping(self.at("metadata", "annotations"))


@dataclass(slots=True)
class _File:
    """The objects of a file. `odd`: documents that are no objects, as text. `problem`: why it is not read."""

    objects: dict[_Key, _Object] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)
    problem: str = ""


class _Refused(Exception):  # noqa: N818 - not an error: a file that is not read, and why
    """The file is not read; the message says why."""


def _read(data: bytes | None, where: str) -> _File:
    file = _File()
    if data is None:
        return file
    try:
        _refuse_templates(data, where)
        for body, line in _documents(data, where):
            _open(body, line, file, where)
    except _Refused as refused:
        return _File(problem=str(refused))
    return file


def _refuse_templates(data: bytes, where: str) -> None:
    # Helm also acts on what stands in comments and strings, where YAML sees nothing unusual.
    if b"{{" in data and "templates" in where.split("/")[:-1]:
        raise _Refused("it is a template ({{ ... }}), and what it becomes is not known")
    if re.search(rb"^[ \t]{0,60}+#@", data, re.MULTILINE):
        raise _Refused("it is a template (#@ ...), and what it becomes is not known")


def _documents(data: bytes, where: str) -> list[tuple[Any, int]]:
    """The documents as plain trees, each with its line."""
    if b"\0" in data:
        raise _Refused("it holds NUL bytes")
    if len(data) > _MAX_BYTES:
        raise _Refused(f"{len(data)} bytes; at most {_MAX_BYTES} are read")
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
        raise _Refused(what) from error


_NOT_JSON = object()


def _json_document(data: bytes) -> Any:
    try:
        document = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # Flow-style YAML begins like JSON; what is neither, the other reader says better.
        return _NOT_JSON
    if _deeper_than(document, _MAX_DEPTH):
        raise _Refused(f"nested deeper than {_MAX_DEPTH} levels")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise _Refused(f"{name} is no JSON")


def _deeper_than(tree: Any, limit: int) -> bool:
    level = [tree]
    for _ in range(limit + 1):
        if not level:
            return False
        level = [child for node in level for child in _children(node)]
    return bool(level)


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


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
    number = _integer(text)
    return text if number is None else number


def _integer(value: Any) -> int | None:
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
_KUSTOMIZE = "kustomize.config.k8s.io"
_KUSTOMIZATION_FILES = {"kustomization.yaml", "kustomization.yml", "kustomization"}


def _open(document: Any, line: int, file: _File, where: str) -> None:
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
            raise _Refused(f"more than {_MAX_OBJECTS} objects")


def _is_list(kind: Any) -> bool:
    return isinstance(kind, str) and kind.endswith("List")


def _inherit(item: Any, kind: str, version: Any) -> Any:
    # The items of a `RoleList` need not say that each of them is a Role.
    if not kind or not isinstance(item, dict):
        return item
    return {"apiVersion": version, "kind": kind, **item}


def _place(body: Any, line: int, file: _File, where: str) -> None:
    key = _key(body, where)
    if key is None:
        file.odd[_canonical(body)] += 1
    elif key in file.objects:
        raise _Refused(f"{key.resource} stands in it twice")
    else:
        file.objects[key] = _Object(key, body, line)


def _key(body: Any, where: str) -> _Key | None:
    """Who the object is; None if that cannot be told."""
    if not isinstance(body, dict):
        return None
    if where.rpartition("/")[2].lower() in _KUSTOMIZATION_FILES:
        # Its apiVersion, kind and name may be left out.
        return _Key(_KUSTOMIZE, "Kustomization", "", "")
    version, kind, metadata = body.get("apiVersion"), body.get("kind"), body.get("metadata")
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        return None
    group = version.rpartition("/")[0]
    if group == _KUSTOMIZE:
        return _Key(group, kind, "", "")
    if not isinstance(metadata, dict) or not _well_formed(body):
        return None
    name, namespace = metadata.get("name") or metadata.get("generateName"), metadata.get("namespace") or ""
    if not isinstance(name, str) or not isinstance(namespace, str) or not name:
        return None
    if any("{{" in part or "{%" in part for part in (version, kind, name, namespace)):
        return None
    return _Key(_MOVED.get(kind, group) if group == "extensions" else group, kind, namespace, name)


def _well_formed(body: dict[str, Any]) -> bool:
    """Whether what is looked into below has the types that the API server wants."""
    spec = body.get("spec")
    if not isinstance(spec, dict | None) or not isinstance(_at(body, "metadata", "annotations"), dict | None):
        return False
    if not isinstance(_at(body, "metadata", "finalizers"), list | None):
        return False
    return all(_well_formed_pod(pod) for pod in _pods(body))


def _well_formed_pod(pod: dict[str, Any]) -> bool:
    lists = [pod.get(name) for name in ("initContainers", "ephemeralContainers", "volumes")]
    if not all(isinstance(found, list | None) for found in lists):
        return False
    if not isinstance(pod.get("containers"), list):
        return False
    parts = [*_containers(pod), *(pod.get("volumes") or ())]
    return all(isinstance(part, dict) for part in parts) and all(
        isinstance(part.get("securityContext"), dict | None) for part in (pod, *parts)
    )


def _at(tree: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _short(text: str, limit: int = _SHOWN) -> str:
    cut = text if len(text) <= limit else text[:limit] + "…"
    # JSON can spell halves of characters, which no other format can write down again.
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in _ON)


def _is_off(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.lower() in _OFF)


def _is_zero(value: Any) -> bool:
    return _integer(value) == 0


# --- templates, by line -----------------------------------------------------------------------------------

_LINE = re.compile(r"(---|kind:|  name:)[ \t]{0,9}+(.{0,120}+)")


def _changed_kinds(old: bytes | None, new: bytes | None) -> str:
    """What a reader of lines sees of the documents that came and went."""
    before, after = _kinds_by_line(old), _kinds_by_line(new)
    said = []
    for word, kinds in (("removed", before - after), ("added", after - before)):
        if kinds:
            more = "" if len(kinds) <= _LISTED else f" and {len(kinds) - _LISTED} more"
            said.append(f"{word}: {', '.join(sorted(kinds)[:_LISTED])}{more}")
    return f"; by its lines, {'; '.join(said)}" if said else ""


def _kinds_by_line(data: bytes | None) -> Counter[str]:
    found: Counter[str] = Counter()
    kind = name = ""
    for line in (data or b"")[:_MAX_BYTES].decode("utf-8", "replace").splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        if match[1] == "---":
            found[f"{kind} {name}".strip()] += bool(kind)
            kind = name = ""
        elif match[1] == "kind:":
            kind = kind or _short(match[2].strip())
        else:
            name = name or _short(match[2].strip())
    found[f"{kind} {name}".strip()] += bool(kind)
    return +found


# --- comparing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Effect:
    """One thing that a change of an object does. `lost`: it takes away what cannot be made again."""

    why: str
    action: Action = "update"
    lost: bool = False
    danger: Danger | None = None


@dataclass(slots=True, kw_only=True)
class _Comparison:
    """Two versions of one file, and what was found between them."""

    where: str
    findings: Findings = field(default_factory=Findings)
    _kinds_said: set[tuple[str, str]] = field(default_factory=set)

    def compare(self, before: _File, after: _File) -> None:
        """Every object that went, came or changed."""
        added: dict[tuple[str, str], list[_Key]] = defaultdict(list)
        for key in after.objects:
            if key not in before.objects:
                added[key.group, key.kind].append(key)
        for key, gone in before.objects.items():
            if key not in after.objects:
                self._say(gone, [_removed(gone, added[key.group, key.kind])], line=0)
        for key, now in after.objects.items():
            then = before.objects.get(key)
            if then is None:
                self._say(now, _created(now), line=now.line)
            elif then.text != now.text:
                self._say(now, _changed(then, now), line=now.line)
            if then is None or then.text != now.text:
                self._doubt(now)
        for text in (before.odd - after.odd) + (after.odd - before.odd):
            self._unreadable(
                "a document", "Manifest", f"not an object with apiVersion, kind and name: {text}"
            )

    def unreadable_file(self, problem: str, kinds: str) -> None:
        """The file as a whole is not read."""
        self._unreadable(self.where, "Manifest", f"{problem}{kinds}")

    def _unreadable(self, resource: str, kind: str, why: str) -> None:
        self._add(resource, kind, _Effect(_clip(why), "unreadable", lost=True), self.where)
        self._unknown("unreadable-manifest", f"what {resource} does is not known: {_clip(why)}")

    def _unknown(self, code: str, what: str, step: str = "") -> None:
        step = step or "render it (helm template, kustomize build) in both versions, and let that be compared"
        self.findings.unknowns.append(Unknown(code=code, what=what, step=step, where=self.where))

    def _say(self, subject: _Object, effects: list[_Effect], *, line: int) -> None:
        """One operation for each danger, all of them with the gravest action."""
        action = max((effect.action for effect in effects), key=_GRAVITY.index)
        for danger in dict.fromkeys(effect.danger for effect in effects):
            same = [effect for effect in effects if effect.danger == danger]
            why = _clip("; ".join(dict.fromkeys(effect.why for effect in same)))
            merged = _Effect(why, action, lost=any(effect.lost for effect in same), danger=danger)
            place = f"{self.where}:{line}" if line else self.where
            key = subject.key
            self._add(key.resource if key.name else self.where, key.type, merged, place)
        if action == "unreadable":
            self._unknown(
                "unreadable-manifest", f"what {_short(subject.key.type)} in {self.where} makes is not known"
            )

    def _add(self, resource: str, kind: str, effect: _Effect, place: str) -> None:
        self.findings.operations.append(
            Operation(
                resource=resource,
                type=_short(kind),
                action=effect.action,
                irreversible=effect.lost,
                why=effect.why,
                danger=effect.danger or msgspec.UNSET,
                where=place,
            )
        )

    def _doubt(self, subject: _Object) -> None:
        """A kind whose controller is not known may do anything with a change."""
        key = subject.key
        nature = _nature(key)
        foreign = "." in key.group and not key.group.endswith("k8s.io")
        if nature.state == "none" or (nature.state == "state" and not foreign):
            return
        if (key.group, key.kind) not in self._kinds_said and key.group != _KUSTOMIZE:
            self._kinds_said.add((key.group, key.kind))
            what = f"what becomes of a {_short(key.type)} when it changes is up to its controller"
            self._unknown("unknown-kind", what, "look up what its controller does with the change")


#: Actions, the gravest last.
_GRAVITY: tuple[Action, ...] = ("create", "update", "replace", "delete", "unreadable")
_MAX_WHY = 600


def _clip(text: str) -> str:
    return _short(text, _MAX_WHY)


# --- what a kind is ---------------------------------------------------------------------------------------


def _kinds(words: str, danger: Danger) -> dict[str, Danger]:
    return dict.fromkeys(words.split(), danger)


#: Kinds that endanger something whatever is done to them.
_DANGERS: dict[str, Danger] = {
    **_kinds("Role RoleBinding ClusterRole ClusterRoleBinding ServiceAccount PodSecurityPolicy", "access"),
    **_kinds("MutatingWebhookConfiguration ValidatingWebhookConfiguration APIService", "access"),
    **_kinds("MutatingAdmissionPolicy MutatingAdmissionPolicyBinding CertificateSigningRequest", "access"),
    **_kinds("ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", "access"),
    **_kinds("NetworkPolicy Service Ingress IngressClass Endpoints EndpointSlice", "network"),
    **_kinds("Gateway GatewayClass HTTPRoute GRPCRoute TCPRoute TLSRoute UDPRoute", "network"),
    **_kinds("Secret", "keys"),
    **_kinds("PodDisruptionBudget HorizontalPodAutoscaler PriorityClass", "availability"),
    **_kinds("ResourceQuota LimitRange", "availability"),
}
#: Single objects that decide for the whole cluster: kind, namespace and name.
_DANGERS_BY_NAME: dict[tuple[str, str, str], Danger] = {
    ("ConfigMap", "kube-system", "aws-auth"): "access",
    ("ConfigMap", "kube-system", "coredns"): "names",
    ("ConfigMap", "kube-system", "coredns-custom"): "names",
    ("ConfigMap", "kube-system", "kube-proxy"): "network",
}
#: What these hold or made goes with them.
_TAKES_ALONG = {
    ("", "Namespace"): "everything in the namespace is deleted with it, volumes too",
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
    ): "all custom objects of the kind are deleted with it",
    ("argoproj.io", "Application"): "what it deployed may be deleted with it",
    ("argoproj.io", "ApplicationSet"): "its applications, and what they deployed, may be deleted with it",
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): "what it deployed may be deleted with it",
    ("helm.toolkit.fluxcd.io", "HelmRelease"): "the release is uninstalled with it",
    (
        _KUSTOMIZE,
        "Kustomization",
    ): "everything it stood for is no longer applied, and is deleted by who prunes",
    (_KUSTOMIZE, "Component"): "everything it stood for is no longer applied, and is deleted by who prunes",
}
_RUNS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod"}


def _nature(key: _Key) -> Nature:
    return nature_of_kubernetes(key.kind, key.group)


def _danger(key: _Key) -> Danger | None:
    named = _DANGERS_BY_NAME.get((key.kind, key.namespace, key.name))
    return named or _DANGERS.get(key.kind) or _nature(key).danger


def _holds_state(key: _Key) -> bool:
    """Whether the object holds what cannot be made again. A kind that is not known does."""
    return (key.group, key.kind) in _TAKES_ALONG or _nature(key).state != "none"


# --- objects that come and go -----------------------------------------------------------------------------


def _removed(gone: _Object, added: list[_Key]) -> _Effect:
    """`added`: objects of the same kind that come."""
    key = gone.key
    why = _TAKES_ALONG.get((key.group, key.kind)) or f"it is no longer in the manifest: {_what(key)}"
    if len(added) == 1:
        why += f"; {added[0].resource} comes instead, and takes nothing over from it"
    kept = [name for name in _KEPT if _keeps(gone, name)]
    if kept:
        why += f"; its annotation {kept[0]} may spare it"
    danger = _danger(key) or ("availability" if key.kind in _RUNS else None)
    return _Effect(why, "delete", lost=_holds_state(key), danger=danger)


def _what(key: _Key) -> str:
    nature = _nature(key)
    if nature.state == "unknown":
        return "a kind that is not known counts as one that holds state"
    return nature.what or f"a {key.kind}"


def _created(now: _Object) -> list[_Effect]:
    empty = _Object(now.key, {}, 0)
    return [_Effect("it is new", "create", danger=_danger(now.key)), *_alarming(empty, now)]


def _changed(then: _Object, now: _Object) -> list[_Effect]:
    why = f"changed: {_names(_differing(then, now))}"
    effects = [*_immutable(then, now), *_weakened(then, now), *_alarming(then, now)]
    danger = _danger(now.key)
    if danger or not effects:
        effects.insert(0, _Effect(why, danger=danger))
    return effects


def _differing(then: _Object, now: _Object) -> list[str]:
    """The fields that differ; of `metadata` and `spec`, those inside."""
    found: list[str] = []
    for name in {**then.body, **now.body}:
        before, after = then.body.get(name), now.body.get(name)
        if name in {"metadata", "spec"} and isinstance(before, dict) and isinstance(after, dict):
            found += [f"{name}.{part}" for part in {**before, **after} if _differs(then, now, name, part)]
        elif _differs(then, now, name):
            found.append(name)
    return found


# --- fields that cannot be changed ------------------------------------------------------------------------


class _Fixed(NamedTuple):
    """The fields below `below` that a kind may not change: those listed, or (`but`) all others."""

    below: tuple[str, ...] = ("spec",)
    fields: frozenset[str] = frozenset()
    but: bool = False


def _fixed(words: str, *, below: str = "spec", but: bool = False) -> _Fixed:
    return _Fixed(tuple(below.split()), frozenset(words.split()), but)


_METADATA = "apiVersion kind metadata status"
#: By group and kind. A kind that does not stand here may be changed in every field, as far as is known.
_FIXED: dict[tuple[str, str], _Fixed] = {
    ("apps", "StatefulSet"): _fixed(
        "replicas ordinals template updateStrategy revisionHistoryLimit minReadySeconds"
        " persistentVolumeClaimRetentionPolicy",
        but=True,
    ),
    **{("apps", kind): _fixed("selector") for kind in ("Deployment", "DaemonSet", "ReplicaSet")},
    ("batch", "Job"): _fixed(
        "parallelism suspend activeDeadlineSeconds ttlSecondsAfterFinished backoffLimit", but=True
    ),
    ("", "Pod"): _fixed(
        "containers initContainers ephemeralContainers activeDeadlineSeconds tolerations"
        " terminationGracePeriodSeconds",
        but=True,
    ),
    ("", "PersistentVolumeClaim"): _fixed("resources volumeAttributesClassName", but=True),
    ("", "PersistentVolume"): _fixed(
        "persistentVolumeReclaimPolicy capacity accessModes mountOptions claimRef nodeAffinity"
        " storageClassName volumeAttributesClassName",
        but=True,
    ),
    ("", "Service"): _fixed("clusterIP clusterIPs"),
    ("", "Secret"): _fixed("type", below=""),
    ("storage.k8s.io", "StorageClass"): _fixed(
        f"{_METADATA} allowVolumeExpansion allowedTopologies mountOptions", below="", but=True
    ),
    **{
        ("rbac.authorization.k8s.io", kind): _fixed("roleRef", below="")
        for kind in ("RoleBinding", "ClusterRoleBinding")
    },
    ("scheduling.k8s.io", "PriorityClass"): _fixed("value preemptionPolicy", below=""),
    ("node.k8s.io", "RuntimeClass"): _fixed("handler", below=""),
    ("networking.k8s.io", "IngressClass"): _fixed("controller"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _fixed("group scope"),
}


def _immutable(then: _Object, now: _Object) -> Iterator[_Effect]:
    key = now.key
    names = _changed_fixed(then, now)
    if key.kind in {"ConfigMap", "Secret"} and _is_on(then.body.get("immutable")):
        names += [
            name for name in ("data", "binaryData", "stringData", "immutable") if _differs(then, now, name)
        ]
    if key.kind == "PersistentVolumeClaim" and _shrinks(then, now):
        names.append("resources.requests.storage (smaller than before)")
    if names:
        what = (
            f"{', '.join(map(_short, names[:_LISTED]))} cannot be changed: it has to be deleted and made anew"
        )
        yield _Effect(what, "replace", lost=_holds_state(key), danger=_danger(key))


def _changed_fixed(then: _Object, now: _Object) -> list[str]:
    fixed = _FIXED.get((now.key.group, now.key.kind))
    if fixed is None:
        return []
    before, after = _mapping(then.at(*fixed.below)), _mapping(now.at(*fixed.below))
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [".".join((*fixed.below, name)) for name in differing if (name in fixed.fields) != fixed.but]


def _differs(then: _Object, now: _Object, *path: str) -> bool:
    return _canonical(then.at(*path)) != _canonical(now.at(*path))


def _canonical(tree: Any) -> str:
    return json.dumps(tree, sort_keys=True)


_QUANTITY = re.compile(r"\+?(\d{1,30}(?:\.\d{0,30})?)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?")
_BINARY = "KMGTPE"
_DECIMAL = {**{unit: 3 * (at + 1) for at, unit in enumerate("kMGTPE")}, "": 0, "m": -3, "u": -6, "n": -9}


def _quantity(value: Any) -> Fraction | None:
    """A quantity of Kubernetes (`10Gi`, `1500m`, `1e3`) as a number; None if it is none."""
    match = _QUANTITY.fullmatch(str(value)) if isinstance(value, str | int | float) else None
    if match is None:
        return None
    unit = match[2] or ""
    if unit.endswith("i"):
        factor = Fraction(1024 ** (_BINARY.index(unit[0]) + 1))
    else:
        factor = Fraction(f"1e{unit[1:] or _DECIMAL[unit]}")
    return Fraction(match[1].rstrip(".")) * factor


def _lowered(before: Any, after: Any) -> bool:
    """Whether a quantity got smaller; one that cannot be read has, if it is another than before."""
    if before == after or before is None:
        return False
    old, new = _quantity(before), _quantity(after)
    return old is None or new is None or new < old


def _shrinks(then: _Object, now: _Object) -> bool:
    path = ("spec", "resources", "requests", "storage")
    return _lowered(then.at(*path), now.at(*path))


# --- protections taken away -------------------------------------------------------------------------------

#: Annotations that keep an object, or what it holds, from being deleted: with the words that do so.
_KEPT = {
    "helm.sh/resource-policy": ("keep",),
    "argocd.argoproj.io/sync-options": ("Prune=false", "Delete=false", "Prune=confirm", "Delete=confirm"),
    "kustomize.toolkit.fluxcd.io/prune": ("disabled",),
    "kustomize.toolkit.fluxcd.io/reconcile": ("disabled",),
}
#: Annotations that have an object deleted and made anew where it could be changed.
_FORCED = {
    "argocd.argoproj.io/sync-options": ("Replace=true", "Force=true"),
    "kustomize.toolkit.fluxcd.io/force": ("enabled",),
}


def _keeps(subject: _Object, name: str) -> bool:
    return _says(subject, name, _KEPT[name])


def _says(subject: _Object, name: str, words: tuple[str, ...]) -> bool:
    value = subject.annotations.get(name)
    said = {word.strip().lower() for word in value.split(",")} if isinstance(value, str) else set()
    return any(word.lower() in said for word in words)


def _weakened(then: _Object, now: _Object) -> Iterator[_Effect]:
    """What protected state before, and does so no more."""
    for name in _KEPT:
        if _keeps(then, name) and not _keeps(now, name):
            yield _state(f"{name} no longer keeps it from being deleted")
    before, after = (_list(one.at("metadata", "finalizers")) for one in (then, now))
    left = set(map(_canonical, after))
    gone = [name for name in before if _canonical(name) not in left]
    if gone:
        yield _state(f"finalizers removed: {_names(gone)}; its deletion no longer waits for them")
    yield from _fewer(then, now)
    yield from _changed_definition(then, now)
    yield from _redirected(then, now)


def _state(why: str, *, lost: bool = False) -> _Effect:
    # No danger is named after state itself; what may go is at least not available.
    return _Effect(f"state endangered: {why}", lost=lost, danger="availability")


def _names(found: list[Any]) -> str:
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(_short(str(name)) for name in found[:_LISTED]) + more


def _fewer(then: _Object, now: _Object) -> Iterator[_Effect]:
    """Fewer copies of something that runs."""
    before, after = then.at("spec", "replicas"), now.at("spec", "replicas")
    if before == after:
        return
    new = 1 if after is None else _integer(after)
    old = 1 if before is None else _integer(before)
    if new is None:
        yield _Effect(f"replicas is {_short(str(after))!r}, which may be 0", danger="availability")
    elif new == 0:
        yield _Effect("replicas set to 0: nothing runs", danger="availability")
    scaled = now.at("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")
    if scaled == "Delete" and (old is None or new is None or new < old):
        yield _state("fewer replicas, and whenScaled: Delete deletes the volumes of those that go", lost=True)


def _changed_definition(then: _Object, now: _Object) -> Iterator[_Effect]:
    """A custom resource definition that no longer serves or keeps what it did."""
    if now.key.kind != "CustomResourceDefinition":
        return
    before, after = _versions(then), _versions(now)
    for name, version in before.items():
        if name not in after:
            yield _state(f"version {_short(name)} removed: objects stored in it can no longer be read")
        elif _is_on(version.get("served")) and not _is_on(after[name].get("served")):
            yield _Effect(f"version {_short(name)} is no longer served", danger="availability")
        elif version.get("schema") != after[name].get("schema"):
            yield _state(f"the schema of version {_short(name)} changed: fields it does not know are dropped")
    if then.at("spec", "names", "kind") != now.at("spec", "names", "kind"):
        yield _state("the kind is renamed: its objects are no longer found")


def _versions(subject: _Object) -> dict[str, dict[str, Any]]:
    listed = [item for item in _list(subject.at("spec", "versions")) if isinstance(item, dict)]
    return {str(item.get("name")): item for item in listed}


#: What says what is deployed, for those that deploy.
_DEPLOYS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("argoproj.io", "Application"): (("spec", "source"), ("spec", "sources"), ("spec", "destination")),
    ("argoproj.io", "ApplicationSet"): (("spec", "generators"), ("spec", "template")),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): (
        *(("spec", "path"), ("spec", "sourceRef"), ("spec", "targetNamespace")),
        *(("spec", "patches"), ("spec", "namePrefix"), ("spec", "nameSuffix"), ("spec", "kubeConfig")),
    ),
    ("helm.toolkit.fluxcd.io", "HelmRelease"): (
        *(("spec", "chart"), ("spec", "chartRef"), ("spec", "releaseName"), ("spec", "targetNamespace")),
        *(("spec", "storageNamespace"), ("spec", "values"), ("spec", "valuesFrom"), ("spec", "kubeConfig")),
    ),
}


def _redirected(then: _Object, now: _Object) -> Iterator[_Effect]:
    paths = _DEPLOYS.get((now.key.group, now.key.kind), ())
    differing = [".".join(path) for path in paths if _differs(then, now, *path)]
    if differing:
        why = f"{', '.join(differing)}: what it deploys is another; what it deployed before may be deleted"
        yield _Effect(why, lost=True, danger="unknown")


# --- what is newly set, or newly missing ------------------------------------------------------------------


def _alarming(then: _Object, now: _Object) -> Iterator[_Effect]:
    """What is set in the new version and was not in the old one."""
    yield from _destructive(then, now)
    if _patches(now.body) != _patches(then.body):
        yield _Effect("a $patch directive deletes or replaces what is elsewhere", "unreadable", lost=True)
    if (now.key.group, now.key.kind) in _KUSTOMIZED:
        yield from _kustomized(then, now)
    if now.key.kind == "Namespace" and _pod_security(then) != _pod_security(now):
        yield _Effect("what its pods may do is decided anew (pod-security labels)", danger="access")
    yield from _halted(then, now)
    yield from _pod_effects(then, now)


def _destructive(then: _Object, now: _Object) -> Iterator[_Effect]:
    """What newly has somebody delete something, sooner or later."""
    for name, words in _FORCED.items():
        for word in words:
            if _says(now, name, (word,)) and not _says(then, name, (word,)):
                yield _state(f"{name}: {word} has it deleted and made anew")
    if now.at("metadata", "ownerReferences") and _differs(then, now, "metadata", "ownerReferences"):
        yield _state("ownerReferences: it is deleted together with its owner")
    for path, value, why in _DELETING:
        if _may_be(now.at(*path), value) and not _may_be(then.at(*path), value):
            yield _state(why)
    if _prunes(now.body) and not _prunes(then.body):
        yield _state("prune: what is no longer in the repository is deleted")


def _pod_security(subject: _Object) -> dict[str, Any]:
    labels = _mapping(subject.at("metadata", "labels"))
    return {name: value for name, value in labels.items() if name.startswith("pod-security.kubernetes.io/")}


_DELETING = (
    (("spec", "persistentVolumeReclaimPolicy"), "Delete", "persistentVolumeReclaimPolicy: Delete"),
    (("reclaimPolicy",), "Delete", "reclaimPolicy: Delete deletes volumes with their claims"),
    (("deletionPolicy",), "Delete", "deletionPolicy: Delete deletes the snapshot with its object"),
    (("spec", "deletionPolicy"), "Delete", "deletionPolicy: Delete deletes what it stands for with it"),
    (
        ("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"),
        "Delete",
        "whenDeleted: Delete deletes the volumes with the StatefulSet",
    ),
    (
        ("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"),
        "Delete",
        "whenScaled: Delete deletes volumes when there are fewer replicas",
    ),
)


def _may_be(value: Any, word: str) -> bool:
    """Whether a value is the word, or a placeholder that may become it."""
    return isinstance(value, str) and (value == word or "{{" in value or "${" in value)


def _prunes(body: dict[str, Any]) -> bool:
    return any(_is_on(found) for found in _values_of(body, "prune"))


def _patches(body: dict[str, Any]) -> list[str]:
    return sorted(str(found) for found in _values_of(body, "$patch"))


def _values_of(tree: Any, wanted: str) -> Iterator[Any]:
    """Every value of a key, however deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and wanted in node:
            yield node[wanted]
        waiting += _children(node)


def _halted(then: _Object, now: _Object) -> Iterator[_Effect]:
    for name in ("suspend", "paused"):
        if _is_on(now.at("spec", name)) and not _is_on(then.at("spec", name)):
            yield _Effect(f"{name}: true: it stands still", danger="availability")
    strategy = ("spec", "strategy", "type")
    if now.at(*strategy) == "Recreate" and then.body and _differs(then, now, *strategy):
        yield _Effect("strategy Recreate: nothing runs while it is renewed", danger="availability")


# --- pods -------------------------------------------------------------------------------------------------


def _pods(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Every mapping that is the spec of a pod: it has `containers`."""
    found = []
    waiting: list[Any] = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and "containers" in node:
            found.append(node)
        waiting += _children(node)
    return found


def _containers(pod: dict[str, Any]) -> list[Any]:
    return [
        container
        for name in ("containers", "initContainers", "ephemeralContainers")
        for container in _list(pod.get(name))
    ]


def _pod_effects(then: _Object, now: _Object) -> Iterator[_Effect]:
    before, after = _facts(then.body), _facts(now.body)
    for facts, danger, verb in _NEWLY:
        come = [fact for fact in facts(after) if fact not in facts(before)]
        if come:
            yield _Effect(f"{verb}: {_names(come)}", danger=danger)
    gone = [fact for fact in before.guards if fact not in after.guards]
    if gone:
        yield _Effect(f"no longer set: {_names(gone)}", danger="availability")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the pods of an object may do (`rights`), open (`doors`), and are guarded by (`guards`)."""

    rights: dict[str, None] = field(default_factory=dict)
    doors: dict[str, None] = field(default_factory=dict)
    guards: dict[str, None] = field(default_factory=dict)


_NEWLY: tuple[tuple[Callable[[_Facts], dict[str, None]], Danger, str], ...] = (
    (lambda facts: facts.rights, "access", "newly set"),
    (lambda facts: facts.doors, "network", "newly open on the node"),
)


def _facts(body: dict[str, Any]) -> _Facts:
    facts = _Facts()
    for pod in _pods(body):
        facts.rights.update(dict.fromkeys(_pod_rights(pod)))
        facts.rights.update(dict.fromkeys(_security("pod", pod.get("securityContext"))))
        for container in _containers(pod):
            if isinstance(container, dict):
                _container_facts(container, facts)
    return facts


def _pod_rights(pod: dict[str, Any]) -> Iterator[str]:
    for name in (
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "shareProcessNamespace",
        "automountServiceAccountToken",
    ):
        if pod.get(name) is not None and not _is_off(pod[name]):
            yield name
    account = pod.get("serviceAccountName") or pod.get("serviceAccount")
    if account:
        yield f"service account {account}"
    for volume in _list(pod.get("volumes")):
        if isinstance(volume, dict) and volume.get("hostPath") is not None:
            yield f"hostPath {_at(volume, 'hostPath', 'path')}"


def _container_facts(container: dict[str, Any], facts: _Facts) -> None:
    name = f"container {container.get('name')}"
    facts.rights.update(dict.fromkeys(_security(name, container.get("securityContext"))))
    for port in _list(container.get("ports")):
        number = _at(port, "hostPort")
        if number is not None and not _is_zero(number):
            facts.doors[f"{name}: hostPort {number}"] = None
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(probe):
            facts.guards[f"{name}: {probe}"] = None
    for kind in ("limits", "requests"):
        for resource in _mapping(_at(container, "resources", kind)):
            facts.guards[f"{name}: {kind} of {resource}"] = None


def _security(owner: str, context: Any) -> Iterator[str]:
    """What a securityContext allows. Anything that is not plainly off counts as on."""
    for name in ("privileged", "allowPrivilegeEscalation"):
        if _at(context, name) is not None and not _is_off(_at(context, name)):
            yield f"{owner}: {name}"
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        number = _at(context, name)
        if number is not None and (_integer(number) or 0) == 0:
            yield f"{owner}: {name} 0"
    if _is_off(_at(context, "runAsNonRoot")):
        yield f"{owner}: runAsNonRoot false"
    if _at(context, "procMount") == "Unmasked":
        yield f"{owner}: procMount Unmasked"
    for name in ("seccompProfile", "appArmorProfile"):
        if _at(context, name, "type") == "Unconfined":
            yield f"{owner}: {name} Unconfined"
    for capability in _list(_at(context, "capabilities", "add")):
        yield f"{owner}: capability {capability}"


# --- Kustomization files ----------------------------------------------------------------------------------

_KUSTOMIZED = {(_KUSTOMIZE, "Kustomization"), (_KUSTOMIZE, "Component")}
#: With another of these, all objects are others.
_RENAMING = ("namespace", "namePrefix", "nameSuffix")
#: Lists of what is applied.
_ENTRIES = ("resources", "bases", "components", "helmCharts", "helmChartInflationGenerator")
_HARMLESS = {"apiVersion", "kind", "metadata", "images", "commonAnnotations", "buildMetadata", "openapi"}


def _kustomized(then: _Object, now: _Object) -> Iterator[_Effect]:
    for name in _RENAMING:
        if then.body and _differs(then, now, name):
            why = f"{name} changed: every object is another one, and those of before are deleted"
            yield _Effect(why, "delete", lost=True, danger="unknown")
    for name in _ENTRIES:
        before, after = _entries(then, name), _entries(now, name)
        known, left = set(before), set(after)
        gone = [entry for entry in before if entry not in left]
        if gone:
            why = f"no longer among its {name}: {_names(gone)}; what stands there is deleted by who prunes"
            yield _Effect(why, "delete", lost=True, danger="unknown")
        if any("://" in entry or "?ref=" in entry for entry in after if entry not in known):
            yield _Effect(
                f"{name} from elsewhere, which are not read", "unreadable", lost=True, danger="unknown"
            )
    if _differs(then, now, "secretGenerator"):
        yield _Effect("secretGenerator changed", danger="keys")
    if any(_is_zero(_at(item, "count")) for item in _list(now.body.get("replicas"))):
        yield _Effect("replicas set to 0: nothing runs", danger="availability")
    understood = {*_RENAMING, *_ENTRIES, *_HARMLESS, "secretGenerator", "configMapGenerator", "replicas"}
    others = [
        name for name in {**then.body, **now.body} if name not in understood and _differs(then, now, name)
    ]
    if others:
        why = f"what {_names(others)} make of the objects is not read"
        yield _Effect(why, "unreadable", lost=True, danger="unknown")


def _entries(subject: _Object, name: str) -> list[str]:
    """The entries of a list, `./` taken off; one that is no plain path is its JSON."""
    listed = _list(subject.body.get(name))
    return [
        item.removeprefix("./").rstrip("/") if isinstance(item, str) else _canonical(item) for item in listed
    ]
