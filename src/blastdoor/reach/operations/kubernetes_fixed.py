"""Fields of Kubernetes objects that cannot be changed, so that the object has to be made anew.

Taken from the API server's validation of updates: https://kubernetes.io/docs/reference/kubernetes-api/.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from blastdoor.reach.operations.kubernetes_kinds import LISTED, Effect, danger_of, holds_state
from blastdoor.reach.operations.kubernetes_objects import Object, differs, is_on, short
from blastdoor.reach.operations.trees import mapping_of


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


def immutable_effects(then: Object, now: Object) -> Iterator[Effect]:
    """What is lost because a field that cannot be changed is changed."""
    key = now.key
    names = _changed_fixed(then, now)
    if key.kind in {"ConfigMap", "Secret"} and is_on(then.body.get("immutable")):
        names += [
            name for name in ("data", "binaryData", "stringData", "immutable") if differs(then, now, name)
        ]
    if key.kind == "PersistentVolumeClaim" and _shrinks(then, now):
        names.append("resources.requests.storage (smaller than before)")
    if names:
        what = (
            f"{', '.join(map(short, names[:LISTED]))} cannot be changed: it has to be deleted and made anew"
        )
        yield Effect(what, "replace", lost=holds_state(key), danger=danger_of(key))


def _changed_fixed(then: Object, now: Object) -> list[str]:
    fixed = _FIXED.get((now.key.group, now.key.kind))
    if fixed is None:
        return []
    before, after = mapping_of(then.at(*fixed.below)), mapping_of(now.at(*fixed.below))
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [".".join((*fixed.below, name)) for name in differing if (name in fixed.fields) != fixed.but]


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


def _shrinks(then: Object, now: Object) -> bool:
    path = ("spec", "resources", "requests", "storage")
    return _lowered(then.at(*path), now.at(*path))
