"""Kustomization files in two versions."""

from collections.abc import Iterator

from blastdoor.reach.operations.kubernetes_kinds import Effect, listed_names
from blastdoor.reach.operations.kubernetes_objects import KUSTOMIZE, Object, canonical, differs, is_zero
from blastdoor.reach.operations.trees import at_path, list_of

KUSTOMIZED = {(KUSTOMIZE, "Kustomization"), (KUSTOMIZE, "Component")}
#: With another of these, all objects are others.
_RENAMING = ("namespace", "namePrefix", "nameSuffix")
#: Lists of what is applied.
_ENTRIES = ("resources", "bases", "components", "helmCharts", "helmChartInflationGenerator")
_HARMLESS = {"apiVersion", "kind", "metadata", "images", "commonAnnotations", "buildMetadata", "openapi"}


def kustomized(then: Object, now: Object) -> Iterator[Effect]:
    """What a Kustomization file does otherwise than before."""
    for name in _RENAMING:
        if then.body and differs(then, now, name):
            why = f"{name} changed: every object is another one, and those of before are deleted"
            yield Effect(why, "delete", lost=True, danger="unknown")
    for name in _ENTRIES:
        before, after = _entries(then, name), _entries(now, name)
        known, left = set(before), set(after)
        gone = [entry for entry in before if entry not in left]
        if gone:
            why = f"no longer among its {name}: {listed_names(gone)}; "
            why += "what stands there is deleted by who prunes"
            yield Effect(why, "delete", lost=True, danger="unknown")
        if any("://" in entry or "?ref=" in entry for entry in after if entry not in known):
            yield Effect(
                f"{name} from elsewhere, which are not read", "unreadable", lost=True, danger="unknown"
            )
    if differs(then, now, "secretGenerator"):
        yield Effect("secretGenerator changed", danger="keys")
    if any(is_zero(at_path(item, "count")) for item in list_of(now.body.get("replicas"))):
        yield Effect("replicas set to 0: nothing runs", danger="availability")
    understood = {*_RENAMING, *_ENTRIES, *_HARMLESS, "secretGenerator", "configMapGenerator", "replicas"}
    others = [
        name for name in {**then.body, **now.body} if name not in understood and differs(then, now, name)
    ]
    if others:
        why = f"what {listed_names(others)} make of the objects is not read"
        yield Effect(why, "unreadable", lost=True, danger="unknown")


def _entries(subject: Object, name: str) -> list[str]:
    """The entries of a list, `./` taken off; one that is no plain path is its JSON."""
    listed = list_of(subject.body.get(name))
    return [
        item.removeprefix("./").rstrip("/") if isinstance(item, str) else canonical(item) for item in listed
    ]
