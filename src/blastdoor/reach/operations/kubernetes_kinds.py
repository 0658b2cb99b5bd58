"""What a kind of Kubernetes object holds and endangers, and what a change does to one."""

from dataclasses import dataclass
from typing import Any

from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.kubernetes_objects import KUSTOMIZE, Key, short
from blastdoor.reach.operations.resources import Nature, nature_of_kubernetes

LISTED = 6


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a change of an object does. `lost`: it takes away what cannot be made again."""

    why: str
    action: Action = "update"
    lost: bool = False
    danger: Danger | None = None


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
TAKES_ALONG = {
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
        KUSTOMIZE,
        "Kustomization",
    ): "everything it stood for is no longer applied, and is deleted by who prunes",
    (KUSTOMIZE, "Component"): "everything it stood for is no longer applied, and is deleted by who prunes",
}


RUNS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod"}


def nature_of(key: Key) -> Nature:
    """What a kind holds, by the tables."""
    return nature_of_kubernetes(key.kind, key.group)


def danger_of(key: Key) -> Danger | None:
    """What any change of an object endangers; None for no more than itself."""
    named = _DANGERS_BY_NAME.get((key.kind, key.namespace, key.name))
    return named or _DANGERS.get(key.kind) or nature_of(key).danger


def holds_state(key: Key) -> bool:
    """Whether the object holds what cannot be made again. A kind that is not known does."""
    return (key.group, key.kind) in TAKES_ALONG or nature_of(key).state != "none"


def what_it_holds(key: Key) -> str:
    """What is lost with one, for people."""
    nature = nature_of(key)
    if nature.state == "unknown":
        return "a kind that is not known counts as one that holds state"
    return nature.what or f"a {key.kind}"


def state_effect(why: str, *, lost: bool = False) -> Effect:
    """An effect on what is stored."""
    # No danger is named after state itself; what may go is at least not available.
    return Effect(f"state endangered: {why}", lost=lost, danger="availability")


def listed_names(found: list[Any]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return ", ".join(short(str(name)) for name in found[:LISTED]) + more
