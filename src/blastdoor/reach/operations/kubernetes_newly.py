"""What a Kubernetes object newly sets or newly lacks: pods' rights, deletions, pauses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from blastdoor.model.reach import Danger
from blastdoor.reach.operations.kubernetes_kinds import Effect, listed_names, state_effect
from blastdoor.reach.operations.kubernetes_kustomize import KUSTOMIZED, kustomized
from blastdoor.reach.operations.kubernetes_objects import (
    Object,
    containers_of,
    differs,
    integer,
    is_off,
    is_on,
    is_zero,
    pods_of,
)
from blastdoor.reach.operations.kubernetes_protection import FORCED, says_so
from blastdoor.reach.operations.trees import at_path, children_of, list_of, mapping_of


def alarming(then: Object, now: Object) -> Iterator[Effect]:
    """What is set in the new version and was not in the old one."""
    yield from _destructive(then, now)
    if _patches(now.body) != _patches(then.body):
        yield Effect("a $patch directive deletes or replaces what is elsewhere", "unreadable", lost=True)
    if (now.key.group, now.key.kind) in KUSTOMIZED:
        yield from kustomized(then, now)
    if now.key.kind == "Namespace" and _pod_security(then) != _pod_security(now):
        yield Effect("what its pods may do is decided anew (pod-security labels)", danger="access")
    yield from _halted(then, now)
    yield from _pod_effects(then, now)


def _destructive(then: Object, now: Object) -> Iterator[Effect]:
    """What newly has somebody delete something, sooner or later."""
    for name, words in FORCED.items():
        for word in words:
            if says_so(now, name, (word,)) and not says_so(then, name, (word,)):
                yield state_effect(f"{name}: {word} has it deleted and made anew")
    if now.at("metadata", "ownerReferences") and differs(then, now, "metadata", "ownerReferences"):
        yield state_effect("ownerReferences: it is deleted together with its owner")
    for path, value, why in _DELETING:
        if _may_be(now.at(*path), value) and not _may_be(then.at(*path), value):
            yield state_effect(why)
    if _prunes(now.body) and not _prunes(then.body):
        yield state_effect("prune: what is no longer in the repository is deleted")


def _pod_security(subject: Object) -> dict[str, Any]:
    labels = mapping_of(subject.at("metadata", "labels"))
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
    return any(is_on(found) for found in _values_of(body, "prune"))


def _patches(body: dict[str, Any]) -> list[str]:
    return sorted(str(found) for found in _values_of(body, "$patch"))


def _values_of(tree: Any, wanted: str) -> Iterator[Any]:
    """Every value of a key, however deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and wanted in node:
            yield node[wanted]
        waiting += children_of(node)


def _halted(then: Object, now: Object) -> Iterator[Effect]:
    for name in ("suspend", "paused"):
        if is_on(now.at("spec", name)) and not is_on(then.at("spec", name)):
            yield Effect(f"{name}: true: it stands still", danger="availability")
    strategy = ("spec", "strategy", "type")
    if now.at(*strategy) == "Recreate" and then.body and differs(then, now, *strategy):
        yield Effect("strategy Recreate: nothing runs while it is renewed", danger="availability")


def _pod_effects(then: Object, now: Object) -> Iterator[Effect]:
    before, after = _facts(then.body), _facts(now.body)
    for facts, danger, verb in _NEWLY:
        come = [fact for fact in facts(after) if fact not in facts(before)]
        if come:
            yield Effect(f"{verb}: {listed_names(come)}", danger=danger)
    gone = [fact for fact in before.guards if fact not in after.guards]
    if gone:
        yield Effect(f"no longer set: {listed_names(gone)}", danger="availability")


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
    for pod in pods_of(body):
        facts.rights.update(dict.fromkeys(_pod_rights(pod)))
        facts.rights.update(dict.fromkeys(_security("pod", pod.get("securityContext"))))
        for container in containers_of(pod):
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
        if pod.get(name) is not None and not is_off(pod[name]):
            yield name
    account = pod.get("serviceAccountName") or pod.get("serviceAccount")
    if account:
        yield f"service account {account}"
    for volume in list_of(pod.get("volumes")):
        if isinstance(volume, dict) and volume.get("hostPath") is not None:
            yield f"hostPath {at_path(volume, 'hostPath', 'path')}"


def _container_facts(container: dict[str, Any], facts: _Facts) -> None:
    name = f"container {container.get('name')}"
    facts.rights.update(dict.fromkeys(_security(name, container.get("securityContext"))))
    for port in list_of(container.get("ports")):
        number = at_path(port, "hostPort")
        if number is not None and not is_zero(number):
            facts.doors[f"{name}: hostPort {number}"] = None
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(probe):
            facts.guards[f"{name}: {probe}"] = None
    for kind in ("limits", "requests"):
        for resource in mapping_of(at_path(container, "resources", kind)):
            facts.guards[f"{name}: {kind} of {resource}"] = None


def _security(owner: str, context: Any) -> Iterator[str]:
    """What a securityContext allows. Anything that is not plainly off counts as on."""
    for name in ("privileged", "allowPrivilegeEscalation"):
        if at_path(context, name) is not None and not is_off(at_path(context, name)):
            yield f"{owner}: {name}"
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        number = at_path(context, name)
        if number is not None and (integer(number) or 0) == 0:
            yield f"{owner}: {name} 0"
    if is_off(at_path(context, "runAsNonRoot")):
        yield f"{owner}: runAsNonRoot false"
    if at_path(context, "procMount") == "Unmasked":
        yield f"{owner}: procMount Unmasked"
    for name in ("seccompProfile", "appArmorProfile"):
        if at_path(context, name, "type") == "Unconfined":
            yield f"{owner}: {name} Unconfined"
    for capability in list_of(at_path(context, "capabilities", "add")):
        yield f"{owner}: capability {capability}"
