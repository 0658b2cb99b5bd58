"""What a new version of a Kubernetes manifest does to what the old one made."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.formats import canonical_bytes
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.kubernetes import compare_manifests
from blastdoor.reach.operations.kubernetes_objects import is_manifest

Tree = dict[str, Any]


def an_object(kind: str, version: str = "v1", name: str = "x", namespace: str = "", **body: Any) -> Tree:
    """An object; name only what the test is about."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **body.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **body}


def a_file(*objects: Any) -> bytes:
    """A file of several documents, each written as JSON."""
    return "\n---\n".join(json.dumps(item) for item in objects).encode()


def compare(old: Any, new: Any, where: str = "k8s/app.yaml") -> Findings:
    before, after = (None if item is None else a_file(item) for item in (old, new))
    return compare_manifests(before, after, where=where)


def said(findings: Findings) -> list[tuple[str, str, bool]]:
    return [(found.resource, found.action, found.irreversible) for found in findings.operations]


def dangers(findings: Findings) -> set[object]:
    return {found.danger for found in findings.operations}


def codes(findings: Findings) -> list[str]:
    return [unknown.code for unknown in findings.unknowns]


def whys(findings: Findings) -> str:
    return " / ".join(found.why for found in findings.operations)


def a_pod(**pod: Any) -> Tree:
    """A Deployment with one container; `container` is put into it, the rest into the pod's spec."""
    container = {"name": "app", "image": "app:1", **pod.pop("container", {})}
    return an_object("Deployment", "apps/v1", spec={"template": {"spec": {"containers": [container], **pod}}})


# --- is it a manifest? ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"apiVersion: v1\nkind: Pod\n",
        b"# note\n---\nkind: Pod\napiVersion: v1\n",
        b'{"apiVersion":"v1","kind":"List","items":[]}',
        b"{'apiVersion' : v1, 'kind' : Pod}",
        b"apiVersion: {{ .v }}\nkind: Pod\n{{- end }}\n",
        "apiVersion: v1\nkind: Pod\n".encode("utf-16"),
        b'{"\\u0061piVersion": "v1", "\\u006bind": "Pod"}',
        b"? apiVersion\n: v1\n? kind\n: Pod\n",
        b"\xff apiVersion: v1\nkind: Pod",
    ],
)
def test_a_file_with_api_version_and_kind_is_a_manifest_however_it_is_written(data: bytes) -> None:
    assert is_manifest(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"kind: Pod\n",
        b"apiVersion: v1\n",
        b"myapiVersion: 1\nkind: x",
        b"mankind: a\napiVersion: 1",
        b"\0",
    ],
)
def test_a_file_without_both_is_no_manifest(data: bytes) -> None:
    assert not is_manifest(data)


# --- objects that come and go -----------------------------------------------------------------------------


def test_the_same_bytes_do_nothing() -> None:
    assert compare(an_object("Secret"), an_object("Secret")) == Findings()
    assert compare_manifests(b"{{ broken", b"{{ broken", where="a.yaml") == Findings()
    assert compare_manifests(None, None, where="a.yaml") == Findings()


def test_other_spelling_of_the_same_objects_does_nothing() -> None:
    written = b"# a note\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: 'x'\ndata: {a: '1'}\n"
    assert (
        compare_manifests(written, a_file(an_object("ConfigMap", data={"a": "1"})), where="a").operations
        == []
    )


@pytest.mark.parametrize(
    ("kind", "version", "lost"),
    [
        ("PersistentVolumeClaim", "v1", True),
        ("PersistentVolume", "v1", True),
        ("Namespace", "v1", True),
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1", True),
        ("StatefulSet", "apps/v1", True),
        ("Application", "argoproj.io/v1alpha1", True),
        ("Kustomization", "kustomize.toolkit.fluxcd.io/v1", True),
        ("HelmRelease", "helm.toolkit.fluxcd.io/v2", True),
        ("Whatever", "acme.example/v1", True),
        ("ConfigMap", "v1", False),
        ("Deployment", "apps/v1", False),
        ("Service", "v1", False),
    ],
)
def test_a_removed_object_is_deleted_for_good_if_it_holds_state_or_is_not_known(
    kind: str, version: str, lost: bool
) -> None:
    gone = compare(an_object(kind, version, namespace="shop"), None)
    assert said(gone) == [(f"{kind} shop/x", "delete", lost)]


def test_a_removed_namespace_takes_everything_in_it_along() -> None:
    assert "everything in the namespace" in whys(compare(an_object("Namespace"), None))


def test_a_removed_definition_takes_all_its_objects_along() -> None:
    gone = compare(an_object("CustomResourceDefinition", "apiextensions.k8s.io/v1"), None)
    assert "all custom objects" in whys(gone)


def test_a_renamed_object_is_deleted_and_created() -> None:
    old, new = (an_object("PersistentVolumeClaim", name=name) for name in ("a", "b"))
    found = compare(old, new)
    assert said(found) == [
        ("PersistentVolumeClaim a", "delete", True),
        ("PersistentVolumeClaim b", "create", False),
    ]
    assert "PersistentVolumeClaim b comes instead" in found.operations[0].why


def test_an_object_in_another_namespace_is_another_object() -> None:
    found = compare(an_object("ConfigMap", namespace="a"), an_object("ConfigMap", namespace="b"))
    assert [action for _, action, _ in said(found)] == ["delete", "create"]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("Deployment", "apps/v1beta1", "apps/v1"),
        ("Deployment", "extensions/v1beta1", "apps/v1"),
        ("Ingress", "extensions/v1beta1", "networking.k8s.io/v1"),
    ],
)
def test_an_object_of_another_version_of_its_group_is_the_same_object(kind: str, old: str, new: str) -> None:
    assert {action for _, action, _ in said(compare(an_object(kind, old), an_object(kind, new)))} == {
        "update"
    }


def test_operations_name_the_line_of_the_new_version_and_the_file_of_the_old_one() -> None:
    old = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    new = b"# note\n---\n# note\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    assert [found.where for found in compare_manifests(old, new, where="k/a.yaml").operations] == [
        "k/a.yaml",
        "k/a.yaml:4",
    ]


def test_the_type_is_the_kind_with_its_group() -> None:
    both = a_file(a_pod(), an_object("ConfigMap"))
    found = compare_manifests(None, both, where="a.yaml")
    assert [one.type for one in found.operations] == ["Deployment.apps", "ConfigMap"]


def test_lists_are_opened_also_inside_each_other() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [an_object("ConfigMap", name="b")]}
    outer = {"apiVersion": "v1", "kind": "List", "items": [an_object("ConfigMap", name="a"), inner]}
    assert said(compare(outer, None)) == [("ConfigMap a", "delete", False), ("ConfigMap b", "delete", False)]


def test_items_of_a_typed_list_need_not_say_their_kind() -> None:
    roles = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "a"}}]}
    assert said(compare(None, roles)) == [("ConfigMap a", "create", False)]


# --- changes that cannot be made in place -----------------------------------------------------------------


def changed(kind: str, version: str, old: Tree, new: Tree) -> Findings:
    return compare(an_object(kind, version, **old), an_object(kind, version, **new))


@pytest.mark.parametrize(
    ("kind", "version", "old", "new"),
    [
        ("StatefulSet", "apps/v1", {"serviceName": "a"}, {"serviceName": "b"}),
        ("StatefulSet", "apps/v1", {"volumeClaimTemplates": [{"a": 1}]}, {"volumeClaimTemplates": []}),
        ("StatefulSet", "apps/v1", {"selector": {"a": "b"}}, {"selector": {}}),
        ("StatefulSet", "apps/v1", {"podManagementPolicy": "Parallel"}, {}),
        ("PersistentVolumeClaim", "v1", {"storageClassName": "a"}, {"storageClassName": "b"}),
        ("PersistentVolumeClaim", "v1", {"accessModes": ["ReadWriteOnce"]}, {"accessModes": []}),
        ("PersistentVolumeClaim", "v1", {"volumeMode": "Block"}, {}),
        ("PersistentVolume", "v1", {"nfs": {"path": "/a"}}, {"nfs": {"path": "/b"}}),
        (
            "CustomResourceDefinition",
            "apiextensions.k8s.io/v1",
            {"scope": "Cluster"},
            {"scope": "Namespaced"},
        ),
    ],
)
def test_state_is_lost_where_a_field_cannot_be_changed(kind: str, version: str, old: Tree, new: Tree) -> None:
    found = changed(kind, version, {"spec": old}, {"spec": new})
    assert (f"{kind} x", "replace", True) in said(found)


@pytest.mark.parametrize(
    ("kind", "version", "old", "new"),
    [
        ("Deployment", "apps/v1", {"spec": {"selector": {"a": "b"}}}, {"spec": {"selector": {}}}),
        ("DaemonSet", "apps/v1", {"spec": {"selector": {"a": "b"}}}, {"spec": {"selector": {"a": "c"}}}),
        ("Job", "batch/v1", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}),
        ("Job", "batch/v1", {"spec": {"completions": 1}}, {"spec": {"completions": 2}}),
        ("Service", "v1", {"spec": {"clusterIP": "10.0.0.1"}}, {"spec": {"clusterIP": "None"}}),
        (
            "RoleBinding",
            "rbac.authorization.k8s.io/v1",
            {"roleRef": {"name": "a"}},
            {"roleRef": {"name": "b"}},
        ),
        ("StorageClass", "storage.k8s.io/v1", {"provisioner": "a"}, {"provisioner": "b"}),
        ("StorageClass", "storage.k8s.io/v1", {"parameters": {}}, {"parameters": {"a": "b"}}),
        ("ConfigMap", "v1", {"immutable": True, "data": {"a": "1"}}, {"immutable": True, "data": {"a": "2"}}),
    ],
)
def test_an_object_is_replaced_where_a_field_cannot_be_changed(
    kind: str, version: str, old: Tree, new: Tree
) -> None:
    assert {found.action for found in changed(kind, version, old, new).operations} == {"replace"}


@pytest.mark.parametrize(
    ("kind", "version", "old", "new"),
    [
        ("StatefulSet", "apps/v1", {"replicas": 2}, {"replicas": 3}),
        ("Deployment", "apps/v1", {"replicas": 2}, {"replicas": 3}),
        ("Job", "batch/v1", {"parallelism": 1}, {"parallelism": 2}),
        ("PersistentVolumeClaim", "v1", {"resources": {}}, {"resources": {"requests": {"storage": "1Gi"}}}),
        ("Deployment", "apps/v1", {"template": {"a": 1}}, {"template": {"a": True}}),
    ],
)
def test_what_can_be_changed_in_place_is_an_update(kind: str, version: str, old: Tree, new: Tree) -> None:
    found = changed(kind, version, {"spec": old}, {"spec": new})
    assert said(found) == [(f"{kind} x", "update", False)]
    assert codes(found) == []


def test_an_update_names_what_changed() -> None:
    old, new = ({"spec": {"replicas": 2, "template": {"a": value}}, "extra": value} for value in "xy")
    assert whys(changed("Deployment", "apps/v1", old, new)) == "changed: spec.template, extra"


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        ("10Gi", "20Gi", "update"),
        ("10Gi", "10240Mi", "update"),
        ("1G", "1e9", "update"),
        ("1Gi", "1G", "replace"),
        ("20Gi", "10Gi", "replace"),
        ("10Gi", "ten", "replace"),
        ("10Gi", None, "replace"),
        (10, 9, "replace"),
        ("{{ size }}", "10Gi", "replace"),
    ],
)
def test_a_volume_claim_grows_in_place_and_cannot_shrink(old: object, new: object, action: str) -> None:
    specs = [{"spec": {"resources": {"requests": {"storage": size}}}} for size in (old, new)]
    assert [done for _, done, _ in said(changed("PersistentVolumeClaim", "v1", *specs))] == [action]


# --- what is endangered -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "version", "danger"),
    [
        ("Role", "rbac.authorization.k8s.io/v1", "access"),
        ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "access"),
        ("ServiceAccount", "v1", "access"),
        ("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "access"),
        ("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "access"),
        ("NetworkPolicy", "networking.k8s.io/v1", "network"),
        ("Service", "v1", "network"),
        ("Ingress", "networking.k8s.io/v1", "network"),
        ("Secret", "v1", "keys"),
        ("PodDisruptionBudget", "policy/v1", "availability"),
    ],
)
def test_some_kinds_endanger_something_whatever_is_done_to_them(kind: str, version: str, danger: str) -> None:
    old, new = an_object(kind, version), an_object(kind, version, extra="1")
    assert [dangers(compare(*pair)) for pair in ((None, new), (old, new), (old, None))] == [{danger}] * 3


@pytest.mark.parametrize(
    "pod",
    [
        {"container": {"securityContext": {"privileged": True}}},
        {"container": {"securityContext": {"privileged": "{{ x }}"}}},
        {"container": {"securityContext": {"allowPrivilegeEscalation": True}}},
        {"container": {"securityContext": {"runAsUser": 0}}},
        {"container": {"securityContext": {"runAsUser": "0x0"}}},
        {"container": {"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}},
        {"container": {"securityContext": {"procMount": "Unmasked"}}},
        {"securityContext": {"runAsUser": 0}},
        {"securityContext": {"runAsNonRoot": False}},
        {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
        {"hostNetwork": True},
        {"hostPID": "yes"},
        {"hostIPC": True},
        {"serviceAccountName": "admin"},
        {"automountServiceAccountToken": True},
        {"volumes": [{"name": "a", "hostPath": {"path": "/var/run/docker.sock"}}]},
        {"initContainers": [{"name": "i", "securityContext": {"privileged": True}}]},
        {"ephemeralContainers": [{"name": "i", "securityContext": {"privileged": True}}]},
    ],
)
def test_a_pod_that_newly_may_do_more_endangers_access(pod: Tree) -> None:
    assert "access" in dangers(compare(a_pod(), a_pod(**pod)))
    assert "access" in dangers(compare(None, a_pod(**pod)))
    assert "access" not in dangers(compare(a_pod(**pod), a_pod()))


@pytest.mark.parametrize(
    "context",
    [{"privileged": False}, {"runAsUser": 1000}, {"runAsNonRoot": True}, {"capabilities": {"drop": ["ALL"]}}],
)
def test_a_pod_that_may_do_no_more_does_not(context: Tree) -> None:
    found = compare(a_pod(), a_pod(container={"securityContext": context}))
    assert "access" not in dangers(found)


def test_what_a_pod_may_do_already_is_not_said_again() -> None:
    old = a_pod(hostNetwork=True)
    new = a_pod(hostNetwork=True, container={"image": "app:2"})
    assert "access" not in dangers(compare(old, new))


def test_pods_are_found_in_whatever_kind_holds_them() -> None:
    spec = {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "a"}], "hostPID": True}}}}}
    assert "access" in dangers(compare(None, an_object("CronJob", "batch/v1", spec=spec)))
    assert "access" in dangers(compare(None, an_object("Rollout", "acme.example/v1", spec=spec)))


def test_a_port_opened_on_the_node_endangers_the_network() -> None:
    open_on_node = a_pod(container={"ports": [{"hostPort": 80}]})
    assert "network" in dangers(compare(a_pod(), open_on_node))
    assert "network" not in dangers(compare(open_on_node, a_pod()))


@pytest.mark.parametrize(
    "guard",
    [
        {"livenessProbe": {"httpGet": {"path": "/"}}},
        {"readinessProbe": {"tcpSocket": {"port": 1}}},
        {"startupProbe": {"exec": {"command": ["a"]}}},
        {"resources": {"limits": {"memory": "1Gi"}}},
    ],
)
def test_a_guard_taken_away_endangers_availability(guard: Tree) -> None:
    found = compare(a_pod(container=guard), a_pod())
    assert ("availability", False) in [(one.danger, one.irreversible) for one in found.operations]
    assert "no longer set: container app" in whys(found)


@pytest.mark.parametrize("zero", [0, "0", "00", -0, "0x0", "{{ n }}", 0.0])
def test_no_replicas_endanger_availability(zero: object) -> None:
    found = changed("Deployment", "apps/v1", {"spec": {"replicas": 3}}, {"spec": {"replicas": zero}})
    assert dangers(found) == {"availability"}


@pytest.mark.parametrize("name", ["suspend", "paused"])
def test_what_newly_stands_still_endangers_availability(name: str) -> None:
    found = changed("CronJob", "batch/v1", {"spec": {name: False}}, {"spec": {name: True}})
    assert dangers(found) == {"availability"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"spec": {"persistentVolumeReclaimPolicy": "Retain"}},
            {"spec": {"persistentVolumeReclaimPolicy": "Delete"}},
        ),
        (
            {"spec": {"persistentVolumeReclaimPolicy": "Retain"}},
            {"spec": {"persistentVolumeReclaimPolicy": "${P}"}},
        ),
        ({}, {"spec": {"syncPolicy": {"automated": {"prune": True}}}}),
        ({"spec": {"prune": False}}, {"spec": {"prune": True}}),
        ({"metadata": {"finalizers": ["a/b", "c/d"]}}, {"metadata": {"finalizers": ["a/b"]}}),
        ({"metadata": {"annotations": {"helm.sh/resource-policy": "keep"}}}, {}),
        ({"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "X=1, Prune=false"}}}, {}),
        ({}, {"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Replace=true"}}}),
        ({}, {"metadata": {"ownerReferences": [{"name": "a"}]}}),
        ({}, {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}}),
    ],
)
def test_what_protected_state_and_does_no_more_is_said(old: Tree, new: Tree) -> None:
    found = changed("PersistentVolume", "v1", old, new)
    assert "state endangered" in whys(found)
    assert "availability" in dangers(found)


def test_fewer_replicas_lose_volumes_where_the_set_deletes_them() -> None:
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}
    found = changed(
        "StatefulSet", "apps/v1", {"spec": {"replicas": 3, **policy}}, {"spec": {"replicas": 2, **policy}}
    )
    assert ("StatefulSet x", "update", True) in said(found)


def a_definition(*versions: Tree) -> Tree:
    return an_object("CustomResourceDefinition", "apiextensions.k8s.io/v1", spec={"versions": list(versions)})


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ([], "version v1 removed"),
        ([{"name": "v1", "served": False}], "no longer served"),
        ([{"name": "v1", "served": True, "schema": {"a": 1}}], "the schema of version v1 changed"),
    ],
)
def test_a_definition_that_serves_less_endangers_its_objects(versions: list[Tree], why: str) -> None:
    found = compare(a_definition({"name": "v1", "served": True}), a_definition(*versions))
    assert why in whys(found)


@pytest.mark.parametrize(
    ("kind", "version", "field"),
    [
        ("Application", "argoproj.io/v1alpha1", "source"),
        ("Kustomization", "kustomize.toolkit.fluxcd.io/v1", "path"),
        ("HelmRelease", "helm.toolkit.fluxcd.io/v2", "chart"),
    ],
)
def test_a_deployer_that_points_elsewhere_may_delete_what_it_deployed(
    kind: str, version: str, field: str
) -> None:
    found = changed(kind, version, {"spec": {field: "a"}}, {"spec": {field: "b"}})
    assert any(operation.irreversible for operation in found.operations)


def test_what_a_controller_does_with_an_unknown_kind_is_unknown_once() -> None:
    old = a_file(*(an_object("Thing", "acme.example/v1", name=name) for name in "ab"))
    new = old.replace(b'"kind"', b'"extra": 1, "kind"')
    found = compare_manifests(old, new, where="a.yaml")
    assert [action for _, action, _ in said(found)] == ["update", "update"]
    assert codes(found) == ["unknown-kind"]


def test_a_patch_that_deletes_is_not_read_as_a_change() -> None:
    found = compare(None, an_object("ConfigMap", **{"$patch": "delete"}))
    assert ("ConfigMap x", "unreadable", True) in said(found)
    assert codes(found) == ["unreadable-manifest"]


def test_a_namespace_whose_pods_may_do_more_endangers_access() -> None:
    old, new = (
        an_object("Namespace", metadata={"labels": {"pod-security.kubernetes.io/enforce": level}})
        for level in ("restricted", "privileged")
    )
    assert "access" in dangers(compare(old, new))


@pytest.mark.parametrize(("name", "danger"), [("aws-auth", "access"), ("coredns", "names")])
def test_some_objects_decide_for_the_whole_cluster(name: str, danger: str) -> None:
    found = compare(None, an_object("ConfigMap", name=name, namespace="kube-system"))
    assert dangers(found) == {danger}


def test_several_dangers_of_one_object_are_several_operations() -> None:
    old = a_pod(container={"livenessProbe": {"a": 1}})
    assert dangers(compare(old, a_pod(hostNetwork=True))) == {"access", "availability"}


# --- Kustomization files ----------------------------------------------------------------------------------


def kustomized(old: Tree | None, new: Tree | None) -> Findings:
    return compare(old, new, where="k8s/kustomization.yaml")


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        ({"namespace": "a"}, {"namespace": "b"}, "delete"),
        ({"namePrefix": "a-"}, {"namePrefix": "b-"}, "delete"),
        ({"namespace": "a"}, {"resources": []}, "delete"),
        ({"resources": ["a.yaml", "b.yaml"]}, {"resources": ["a.yaml"]}, "delete"),
        ({"bases": ["../a"]}, {"bases": []}, "delete"),
        ({"resources": ["a.yaml"]}, {"resources": 5}, "delete"),
        ({"helmCharts": [{"name": "a"}]}, {"helmCharts": [{"name": "b"}]}, "delete"),
        ({"resources": ["a"]}, None, "delete"),
        ({"resources": ["a"]}, {"resources": ["a"], "patches": [{"path": "p"}]}, "unreadable"),
        ({"resources": ["a"]}, {"resources": ["a"], "commonLabels": {"a": "b"}}, "unreadable"),
        ({"resources": ["a"]}, {"resources": ["a", "https://example.org/b"]}, "unreadable"),
    ],
)
def test_a_kustomization_that_stands_for_other_objects_may_delete_those_of_before(
    old: Tree, new: Tree | None, action: str
) -> None:
    found = kustomized(old, new)
    assert any(one.action == action and one.irreversible for one in found.operations)
    assert "k8s/kustomization.yaml" in found.operations[0].resource


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"resources": ["a.yaml"]}, {"resources": ["./a.yaml", "b.yaml"]}),
        ({"images": [{"newTag": "1"}]}, {"images": [{"newTag": "2"}]}),
    ],
)
def test_a_kustomization_with_more_or_newer_objects_is_an_update(old: Tree, new: Tree) -> None:
    assert [(done, lost) for _, done, lost in said(kustomized(old, new))] == [("update", False)]


def test_a_kustomization_is_known_by_its_group_in_any_file() -> None:
    version = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    found = compare({**version, "namespace": "a"}, {**version, "namespace": "b"}, where="k/base.yaml")
    assert found.operations[0].action == "delete"


# --- what cannot be read ----------------------------------------------------------------------------------


def test_a_helm_template_is_unreadable_and_its_lines_tell_what_went() -> None:
    pvc = b"---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {{ .Release.Name }}-data\n"
    pod = b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n"
    found = compare_manifests(pod + pvc, pod, where="chart/templates/a.yaml")
    assert said(found) == [("chart/templates/a.yaml", "unreadable", True)]
    assert "removed: PersistentVolumeClaim {{ .Release.Name }}-data" in whys(found)
    assert codes(found) == ["unreadable-manifest"]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"# {{ if .x }}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "c/templates/a.yaml"),
        (b"apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ x }}'}\n", "k8s/a.yaml"),
        (b"{% if x %}\nkind: Pod\n", "k8s/a.yaml"),
        (b"#@ load('a')\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "k8s/a.yaml"),
        (b"  #@ if x:\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "k8s/a.yaml"),
    ],
)
def test_templates_of_any_make_are_unreadable(data: bytes, where: str) -> None:
    found = compare_manifests(None, data, where=where)
    assert [(done, lost) for _, done, lost in said(found)] == [("unreadable", True)]
    assert codes(found) == ["unreadable-manifest"]


HOSTILE = [
    b"\xff\xfe",
    b"apiVersion: v1\0kind: Pod",
    b"a: [",
    b'{"a": 1,}',
    b'{"a": 1, "a": 2}',
    b"a: 1\na: 2",
    b'{"a": NaN}',
    b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    b"a: !!python/object:os.system x",
    b"<<: {a: 1}",
    b"[" * 100_000,
    b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b"a: " + b"x" * 1_000_001,
    b"- a",
    b"just text",
    b"5",
    b"kind: 5\napiVersion: v1\nmetadata: {name: a}",
    b"kind: Pod\napiVersion: [v1]\nmetadata: {name: a}",
    b"kind: Pod\napiVersion: v1\nmetadata: a",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: 7}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: {a: b}}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: ''}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: [b]}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a, annotations: [b]}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a, finalizers: b}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: [a]",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: a}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [a]}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{securityContext: [privileged]}]}",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [], volumes: {hostPath: /}}",
    b"kind: List\napiVersion: v1\nitems: {a: b}",
    b"kind: List\napiVersion: v1\nitems: [a]",
    b"kind: Pod\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: a}",
    b'{"kind": "List", "items": [' + b"{}," * 10 + b"1]}",
    b'{"kind": "List", "items": [' + b"1," * 6_000 + b"1]}",
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_understood_is_never_safe(data: bytes) -> None:
    for old, new in ((None, data), (data, None), (a_file(an_object("ConfigMap")), data)):
        found = compare_manifests(old, new, where="k8s/a.yaml")
        assert any(one.action == "unreadable" and one.irreversible for one in found.operations)
        assert "unreadable-manifest" in codes(found)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"---\n---\n", b"# only a note\n", b"null", b"{}", b"\xef\xbb\xbf"]
)
def test_an_empty_file_has_no_objects(data: bytes) -> None:
    assert compare_manifests(None, data, where="a.yaml") == Findings()


def test_what_is_said_is_short_and_can_be_written_down() -> None:
    long = b'{"apiVersion": "v1", "kind": "\\ud800%s", "metadata": {"name": "\\udfff%s"}}' % (
        b"k" * 9_999,
        b"n" * 9_999,
    )
    found = compare_manifests(None, long, where="a.json")
    for operation in found.operations:
        assert canonical_bytes(operation)
        assert max(map(len, (operation.resource, operation.type, operation.why))) < 1_000


_LEAVES = (
    st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["a", "Delete", "0", "{{ x }}", "true"])
)
_KEYS = st.sampled_from(
    [
        *("spec", "metadata", "containers", "securityContext", "volumes", "replicas", "template", "data"),
        *(
            "annotations",
            "finalizers",
            "items",
            "name",
            "kind",
            "privileged",
            "hostPath",
            "versions",
            "prune",
        ),
        *("resources", "requests", "storage", "ports", "limits", "$patch", "immutable", "names"),
    ]
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_KINDS = st.sampled_from(
    [
        *(("Pod", "v1"), ("StatefulSet", "apps/v1"), ("PersistentVolumeClaim", "v1"), ("List", "v1")),
        *(("CustomResourceDefinition", "apiextensions.k8s.io/v1"), ("Thing", "acme.example/v1")),
        ("Kustomization", "kustomize.config.k8s.io/v1"),
    ]
)


@settings(deadline=None)
@given(_KINDS, _TREES, _TREES)
def test_a_change_of_any_shape_is_reported_and_raises_nothing(
    kind: tuple[str, str], old: Any, new: Any
) -> None:
    bodies = [body if isinstance(body, dict) else {"spec": body} for body in (old, new)]
    before, after = (
        {"metadata": {"name": "x"}, **body, "kind": kind[0], "apiVersion": kind[1]} for body in bodies
    )
    found = compare(before, after)
    assert all(one.why for one in found.operations)
    items = [body.get("items") for body in bodies]
    if kind[0] != "List" and not any(isinstance(item, list) for item in items):
        assert bool(found.operations) == (
            json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True)
        )


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    compare_manifests(data, b"a: 1", where="a.yaml")
    is_manifest(data)
