"""Protections that a new version of a Kubernetes object takes away."""

from collections.abc import Iterator
from typing import Any

from blastdoor.reach.operations.kubernetes_kinds import Effect, listed_names, state_effect
from blastdoor.reach.operations.kubernetes_objects import Object, canonical, differs, integer, is_on, short
from blastdoor.reach.operations.trees import list_of

#: Annotations that keep an object, or what it holds, from being deleted: with the words that do so.
KEPT = {
    "helm.sh/resource-policy": ("keep",),
    "argocd.argoproj.io/sync-options": ("Prune=false", "Delete=false", "Prune=confirm", "Delete=confirm"),
    "kustomize.toolkit.fluxcd.io/prune": ("disabled",),
    "kustomize.toolkit.fluxcd.io/reconcile": ("disabled",),
}


#: Annotations that have an object deleted and made anew where it could be changed.
FORCED = {
    "argocd.argoproj.io/sync-options": ("Replace=true", "Force=true"),
    "kustomize.toolkit.fluxcd.io/force": ("enabled",),
}


def is_kept(subject: Object, name: str) -> bool:
    """Whether an object says that it outlives its description."""
    return says_so(subject, name, KEPT[name])


def says_so(subject: Object, name: str, words: tuple[str, ...]) -> bool:
    """Whether one of an object's annotations has one of some words."""
    value = subject.annotations.get(name)
    said = {word.strip().lower() for word in value.split(",")} if isinstance(value, str) else set()
    return any(word.lower() in said for word in words)


def weakened(then: Object, now: Object) -> Iterator[Effect]:
    """What protected state before, and does so no more."""
    for name in KEPT:
        if is_kept(then, name) and not is_kept(now, name):
            yield state_effect(f"{name} no longer keeps it from being deleted")
    before, after = (list_of(one.at("metadata", "finalizers")) for one in (then, now))
    left = set(map(canonical, after))
    gone = [name for name in before if canonical(name) not in left]
    if gone:
        yield state_effect(f"finalizers removed: {listed_names(gone)}; its deletion no longer waits for them")
    yield from _fewer(then, now)
    yield from _changed_definition(then, now)
    yield from _redirected(then, now)


def _fewer(then: Object, now: Object) -> Iterator[Effect]:
    """Fewer copies of something that runs."""
    before, after = then.at("spec", "replicas"), now.at("spec", "replicas")
    if before == after:
        return
    new = 1 if after is None else integer(after)
    old = 1 if before is None else integer(before)
    if new is None:
        yield Effect(f"replicas is {short(str(after))!r}, which may be 0", danger="availability")
    elif new == 0:
        yield Effect("replicas set to 0: nothing runs", danger="availability")
    scaled = now.at("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")
    if scaled == "Delete" and (old is None or new is None or new < old):
        yield state_effect(
            "fewer replicas, and whenScaled: Delete deletes the volumes of those that go", lost=True
        )


def _changed_definition(then: Object, now: Object) -> Iterator[Effect]:
    """A custom resource definition that no longer serves or keeps what it did."""
    if now.key.kind != "CustomResourceDefinition":
        return
    before, after = _versions(then), _versions(now)
    for name, version in before.items():
        if name not in after:
            yield state_effect(f"version {short(name)} removed: objects stored in it can no longer be read")
        elif is_on(version.get("served")) and not is_on(after[name].get("served")):
            yield Effect(f"version {short(name)} is no longer served", danger="availability")
        elif version.get("schema") != after[name].get("schema"):
            yield state_effect(
                f"the schema of version {short(name)} changed: fields it does not know are dropped"
            )
    if then.at("spec", "names", "kind") != now.at("spec", "names", "kind"):
        yield state_effect("the kind is renamed: its objects are no longer found")


def _versions(subject: Object) -> dict[str, dict[str, Any]]:
    listed = [item for item in list_of(subject.at("spec", "versions")) if isinstance(item, dict)]
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


def _redirected(then: Object, now: Object) -> Iterator[Effect]:
    paths = _DEPLOYS.get((now.key.group, now.key.kind), ())
    differing = [".".join(path) for path in paths if differs(then, now, *path)]
    if differing:
        why = f"{', '.join(differing)}: what it deploys is another; what it deployed before may be deleted"
        yield Effect(why, lost=True, danger="unknown")
