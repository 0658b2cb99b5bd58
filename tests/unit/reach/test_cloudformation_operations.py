"""What a CloudFormation change set, or a new version of a template, destroys or endangers."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.errors import InputError
from blastdoor.formats import canonical_bytes
from blastdoor.reach.operations.cloudformation import compare_templates
from blastdoor.reach.operations.cloudformation_change_set import read_change_set
from blastdoor.reach.operations.cloudformation_template import is_template
from blastdoor.reach.operations.findings import Findings

Tree = dict[str, Any]


def said(findings: Findings) -> list[tuple[str, str, bool]]:
    return [(found.resource, found.action, found.irreversible) for found in findings.operations]


def codes(findings: Findings) -> list[str]:
    return [unknown.code for unknown in findings.unknowns]


def whys(findings: Findings) -> str:
    return " / ".join(found.why for found in findings.operations)


def dangers(findings: Findings) -> set[object]:
    return {found.danger for found in findings.operations}


# --- change sets ------------------------------------------------------------------------------------------


def a_change(action: str = "Modify", kind: str = "AWS::RDS::DBInstance", **fields: Any) -> Tree:
    """A change of the resource `Db`; name only what the test is about."""
    body = {"Action": action, "LogicalResourceId": "Db", "ResourceType": kind, **fields}
    return {"Type": "Resource", "ResourceChange": body}


def a_page(*changes: Any, **fields: Any) -> Tree:
    page = {"ChangeSetName": "c", "ChangeSetId": "arn:c", "Status": "CREATE_COMPLETE", "Changes": [*changes]}
    return {**page, "ExecutionStatus": "AVAILABLE", **fields}


def read(*pages: Any) -> Findings:
    return read_change_set("\n".join(map(json.dumps, pages)).encode(), where="plan.json")


def read_one(action: str = "Modify", kind: str = "AWS::RDS::DBInstance", **fields: Any) -> Findings:
    return read(a_page(a_change(action, kind, **fields)))


@pytest.mark.parametrize(
    ("fields", "action", "lost"),
    [
        ({"Action": "Add"}, "create", False),
        ({"Action": "Remove"}, "delete", True),
        ({"Action": "Remove", "PolicyAction": "Delete"}, "delete", True),
        ({"Action": "Remove", "PolicyAction": "Retain"}, "forget", False),
        ({"Action": "Remove", "PolicyAction": "Snapshot"}, "delete", False),
        ({"Replacement": "False"}, "update", False),
        ({"Replacement": "True"}, "replace", True),
        ({"Replacement": "Conditional"}, "replace", True),
        ({"Replacement": "True", "PolicyAction": "ReplaceAndDelete"}, "replace", True),
        ({"Replacement": "True", "PolicyAction": "ReplaceAndRetain"}, "replace", False),
        ({"Replacement": "True", "PolicyAction": "ReplaceAndSnapshot"}, "replace", False),
        ({"Replacement": "True", "PolicyAction": "Retain"}, "replace", True),
        ({"PolicyAction": "ReplaceAndDelete"}, "replace", True),
        ({"Action": "Import"}, "move", False),
        ({"Action": "SyncWithActual"}, "no-op", False),
        ({"Action": "SyncWithActual", "Replacement": "True"}, "unreadable", True),
        ({"Action": "Dynamic"}, "unreadable", True),
    ],
)
def test_each_action_says_what_becomes_of_the_resource(fields: Tree, action: str, lost: bool) -> None:
    assert said(read_one(**{"action": "Modify", **_named(fields)})) == [("Db", action, lost)]


def _named(fields: Tree) -> Tree:
    return {("action" if name == "Action" else name): value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("recreation", "replacement", "action"),
    [
        ("Always", "False", "replace"),
        ("Conditionally", "False", "replace"),
        ("Conditionally", None, "replace"),
        ("Never", "False", "update"),
        ("Never", None, "update"),
        (None, None, "update"),
    ],
)
def test_where_fields_disagree_the_worse_counts(recreation: object, replacement: object, action: str) -> None:
    target = {"Attribute": "Properties", "Name": "Port", "RequiresRecreation": recreation}
    details = [{"Target": target, "Evaluation": "Dynamic"}]
    assert [done for _, done, _ in said(read_one(Replacement=replacement, Details=details))] == [action]


def test_a_conditional_replacement_says_that_it_may_not_happen() -> None:
    assert "may be replaced" in whys(read_one(Replacement="Conditional"))


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("AWS::S3::Bucket", True),
        ("AWS::DynamoDB::Table", True),
        ("AWS::CloudFormation::Stack", True),
        ("Acme::Odd::Thing", True),
        ("Custom::Seed", True),
        ("AWS::Lambda::Permission", False),
    ],
)
def test_a_deletion_is_for_good_where_the_type_holds_state_or_is_not_known(kind: str, lost: bool) -> None:
    assert said(read_one("Remove", kind)) == [("Db", "delete", lost)]


@pytest.mark.parametrize(
    ("name", "before", "after", "weaker"),
    [
        ("DeletionProtection", "true", "false", True),
        ("DeletionProtection", "false", "true", False),
        ("BackupRetentionPeriod", "7", "1", True),
        ("BackupRetentionPeriod", "1", "7", False),
        ("BackupRetentionPeriod", None, None, True),
        ("VersioningConfiguration", '{"Status":"Enabled"}', '{"Status":"Suspended"}', True),
        ("RetentionInDays", "30", "7", True),
        ("RetentionInDays", "7", "30", False),
    ],
)
def test_a_protection_that_is_lowered_endangers_state(
    name: str, before: object, after: object, weaker: bool
) -> None:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": "Never"}
    values = {key: value for key, value in (("BeforeValue", before), ("AfterValue", after)) if value}
    found = read_one(Replacement="False", Details=[{"Target": {**target, **values}}])
    assert ("availability" in dangers(found)) == weaker


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [("Retain", "Delete", True), ("Snapshot", None, True), (None, None, True), ("Delete", "Retain", False)],
)
def test_a_policy_that_keeps_less_endangers_state(
    attribute: str, before: object, after: object, weaker: bool
) -> None:
    target = {"Attribute": attribute, "BeforeValue": before, "AfterValue": after}
    found = read_one(Replacement="False", Scope=[attribute], Details=[{"Target": target}])
    assert ("state endangered" in whys(found)) == weaker


def test_the_type_says_what_else_is_endangered() -> None:
    assert read_one("Modify", "AWS::IAM::Role", Replacement="False").operations[0].danger == "access"


def test_a_resource_of_a_module_names_the_module() -> None:
    module = {"TypeHierarchy": "A::B::C::MODULE", "LogicalIdHierarchy": "Net/Db"}
    assert "in module Net/Db" in whys(read_one("Remove", ModuleInfo=module))


def test_several_pages_are_read_one_after_the_other_or_as_a_list() -> None:
    pages = [a_page(a_change("Add"), NextToken="t"), a_page(a_change("Remove"))]
    wanted = [("Db", "create", False), ("Db", "delete", True)]
    assert (said(read(*pages)), codes(read(*pages))) == (wanted, [])
    assert said(read(pages)) == wanted


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"NextToken": "t"}, "change-set-incomplete"),
        ({"Status": "FAILED", "StatusReason": "no"}, "change-set-incomplete"),
        ({"Status": "CREATE_IN_PROGRESS"}, "change-set-incomplete"),
        ({"Status": 5}, "change-set-incomplete"),
        ({"ExecutionStatus": "OBSOLETE"}, "change-set-stale"),
        ({"ExecutionStatus": "EXECUTE_COMPLETE"}, "change-set-stale"),
        ({"StackDriftStatus": "DRIFTED"}, "drifted"),
    ],
)
def test_what_a_change_set_leaves_open_is_unknown(fields: Tree, code: str) -> None:
    assert codes(read(a_page(a_change("Add"), **fields))) == [code]


def test_more_changes_than_any_real_one_has_are_never_safe() -> None:
    found = read(*[a_page(*[a_change("Add")] * 9_000)] * 3)
    assert len(found.operations) == 20_001
    assert (said(found)[-1][1:], codes(found)) == (("unreadable", True), ["unreadable-change"])


def test_a_change_set_without_a_status_or_its_changes_is_not_complete() -> None:
    assert codes(read({"Changes": []})) == ["change-set-incomplete"]
    assert codes(read({"ChangeSetId": "a", "Status": "CREATE_COMPLETE"})) == ["change-set-incomplete"]


@pytest.mark.parametrize("status", ["MODIFIED", "DELETED", "UNKNOWN"])
def test_a_resource_that_drifted_is_unknown(status: str) -> None:
    assert codes(read_one(Replacement="False", ResourceDriftStatus=status)) == ["drifted"]


@pytest.mark.parametrize("status", ["IN_SYNC", "NOT_CHECKED", ["MODIFIED"], None])
def test_a_resource_that_did_not_drift_is_not(status: object) -> None:
    assert codes(read_one(Replacement="False", ResourceDriftStatus=status)) == []


def test_a_nested_stack_is_unknown_unless_its_change_set_is_there() -> None:
    change = a_change("Modify", "AWS::CloudFormation::Stack", Replacement="False", ChangeSetId="arn:n")
    assert codes(read(a_page(change))) == ["nested-change-set"]
    assert codes(read(a_page(change), a_page(a_change("Add"), ChangeSetId="arn:n"))) == []
    assert codes(read_one("Modify", "AWS::CloudFormation::Stack", Replacement="False")) == [
        "nested-change-set"
    ]


def test_what_a_custom_resource_does_is_unknown() -> None:
    assert codes(read_one("Add", "Custom::Seed")) == ["custom-resource"]


@pytest.mark.parametrize(
    "change",
    [
        5,
        None,
        [],
        {},
        {"Type": "Hook", "ResourceChange": a_change()["ResourceChange"]},
        {"ResourceChange": 5},
        {"ResourceChange": {"Action": "Add"}},
        a_change("Explode"),
        {"ResourceChange": {"Action": ["Add"], "LogicalResourceId": "a", "ResourceType": "b"}},
        {"ResourceChange": {"Action": "Add", "LogicalResourceId": 5, "ResourceType": "b"}},
        {"ResourceChange": {"Action": "Add", "LogicalResourceId": "a", "ResourceType": ["b"]}},
        a_change(Replacement="Maybe"),
        a_change(Replacement=True),
        a_change(PolicyAction="Explode"),
        a_change(PolicyAction=["Retain"]),
        a_change(Details="a"),
        a_change(Details=["a"]),
        a_change(Details=[{}]),
        a_change(Details=[{"Target": []}]),
        a_change(Details=[{"Target": {"RequiresRecreation": "Sometimes"}}]),
        a_change(Details=[{"Target": {"RequiresRecreation": ["Never"]}}]),
        a_change(Scope="Properties"),
    ],
)
def test_a_change_that_is_not_understood_is_never_safe(change: object) -> None:
    found = read(a_page(change))
    assert [(done, lost) for _, done, lost in said(found)] == [("unreadable", True)]
    assert codes(found) == ["unreadable-change"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\xff", "not UTF-8"),
        (b'{"Changes": []}\0', "NUL"),
        (b"{", "not readable as JSON"),
        (b"Changes: []", "not readable as JSON"),
        (b'{"Changes": [], "Changes": []}', "twice"),
        (b'{"Changes": NaN}', "NaN"),
        (b'{"Changes": [], "a": 1' + b"1" * 5_000 + b"}", "a number"),
        (b"[" * 200_000, "nested deeper"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested deeper"),
        (b"5", "an object"),
        (b"[5]", "an object"),
        (b"{}", "Changes: is missing"),
        (b'{"Resources": {}}', "Changes: is missing"),
        (b'{"Changes": 5}', "Changes: a list"),
        (b'{"Changes": []} {"Changes": {}}', "[1].Changes: a list"),
        (b'{"Changes": null}', "Changes: a list"),
        (b"{} " * 600, "pages"),
        (b" " * 16_000_001, "at most"),
    ],
)
def test_what_is_no_change_set_is_refused_with_file_and_field(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_change_set(data, where="plan.json")
    assert refused.value.message.startswith("plan.json: ")
    assert says in refused.value.message


# --- is it a template? ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n",
        b"Resources:\n  A:\n    Type: AWS::S3::Bucket\n",
        b'{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}',
        b"Resources:\n  A:\n    Type: 'Custom::Thing'\n",
        b"Resources: {A: {Type: Acme::Db::Cluster}}",
        b'{"\\u0052esources": {"A": {"\\u0054ype": "AWS::S3::Bucket"}}}',
        "Resources: {A: {Type: AWS::S3::Bucket}}".encode("utf-16"),
    ],
)
def test_a_file_with_resources_of_some_type_is_a_template(data: bytes) -> None:
    assert is_template(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Resources:\n",
        b"Type: AWS::S3::Bucket",
        b"myResources: {}\nType: A::B",
        b"kind: Pod\nResources: 1",
    ],
)
def test_other_files_are_no_templates(data: bytes) -> None:
    assert not is_template(data)


# --- templates --------------------------------------------------------------------------------------------


def a_template(resources: Tree, **sections: Any) -> bytes:
    return json.dumps({"Resources": resources, **sections}).encode()


def a_resource(kind: str = "AWS::RDS::DBInstance", attributes: Tree | None = None, **properties: Any) -> Tree:
    return {"Type": kind, "Properties": properties, **(attributes or {})}


def compare(old: Tree | None, new: Tree | None) -> Findings:
    """One resource `Db` in two versions."""
    before, after = (a_template({"Db": item} if item else {}) for item in (old, new))
    return compare_templates(before, after, where="cfn.json")


def test_the_same_bytes_do_nothing() -> None:
    assert compare_templates(b"{", b"{", where="a") == Findings()
    assert compare_templates(None, None, where="a") == Findings()


def test_json_and_yaml_of_the_same_template_are_the_same() -> None:
    written = b"""
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      A: !Ref Name
      B: !GetAtt Other.Arn
      C: !Sub "${Name}-x"
      D: !If [Prod, !Ref A, !Ref "AWS::NoValue"]
      E: yes
      F: 5
      G: !Join [",", [a, b]]
      H: {"Fn::Split": [a, b]}
"""
    properties = {
        "A": {"Ref": "Name"},
        "B": {"Fn::GetAtt": ["Other", "Arn"]},
        "C": {"Fn::Sub": "${Name}-x"},
        "D": {"Fn::If": ["Prod", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        "E": True,
        "F": 5,
        "G": {"Fn::Join": [",", ["a", "b"]]},
        "H": {"Fn::Split": ["a", "b"]},
    }
    assert (
        compare_templates(
            written, a_template({"Db": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}), where="a"
        )
        == Findings()
    )


def test_a_new_resource_is_created_at_its_line() -> None:
    written = b"Resources:\n  # a note\n  Db:\n    Type: AWS::S3::Bucket\n"
    (found,) = compare_templates(None, written, where="cfn.yaml").operations
    assert (found.action, found.type, found.where) == ("create", "AWS::S3::Bucket", "cfn.yaml:3")


@pytest.mark.parametrize(
    ("kind", "policy", "action", "lost"),
    [
        ("AWS::S3::Bucket", None, "delete", True),
        ("AWS::S3::Bucket", "Delete", "delete", True),
        ("AWS::S3::Bucket", "Retain", "forget", False),
        ("AWS::S3::Bucket", "RetainExceptOnCreate", "forget", False),
        ("AWS::S3::Bucket", "Snapshot", "delete", True),
        ("AWS::S3::Bucket", {"Ref": "Policy"}, "delete", True),
        ("AWS::S3::Bucket", "retain", "delete", True),
        ("AWS::EC2::Volume", "Snapshot", "delete", False),
        ("AWS::RDS::DBCluster", None, "delete", False),
        ("AWS::RDS::DBCluster", "Delete", "delete", True),
        ("AWS::CloudFormation::Stack", None, "delete", True),
        ("Acme::Odd::Thing", None, "delete", True),
        ("AWS::Lambda::Permission", None, "delete", False),
    ],
)
def test_a_removed_resource_goes_as_its_deletion_policy_says(
    kind: str, policy: object, action: str, lost: bool
) -> None:
    attributes = {} if policy is None else {"DeletionPolicy": policy}
    assert said(compare(a_resource(kind, attributes), None)) == [("Db", action, lost)]


def test_an_instance_of_a_cluster_has_no_snapshot_unless_it_says_so() -> None:
    alone, member = a_resource(), a_resource(DBClusterIdentifier="c")
    assert [said(compare(item, None)) for item in (alone, member)] == [
        [("Db", "delete", False)],
        [("Db", "delete", True)],
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
        ("AWS::RDS::DBInstance", "StorageEncrypted"),
        ("AWS::RDS::DBCluster", "EngineMode"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::DynamoDB::Table", "KeySchema"),
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::EFS::FileSystem", "Encrypted"),
        ("AWS::ElastiCache::ReplicationGroup", "KmsKeyId"),
        ("AWS::Redshift::Cluster", "ClusterIdentifier"),
        ("AWS::OpenSearchService::Domain", "DomainName"),
        ("AWS::Neptune::DBCluster", "StorageEncrypted"),
        ("AWS::DocDB::DBCluster", "DBClusterIdentifier"),
        ("AWS::EC2::Volume", "AvailabilityZone"),
        ("AWS::Kinesis::Stream", "Name"),
        ("AWS::SQS::Queue", "FifoQueue"),
        ("AWS::Logs::LogGroup", "LogGroupName"),
        ("AWS::Cognito::UserPool", "UsernameAttributes"),
        ("AWS::KMS::Key", "KeySpec"),
    ],
)
def test_a_property_that_cannot_change_replaces_the_resource(kind: str, name: str) -> None:
    old, new = ({"Type": kind, "Properties": {name: value}} for value in "ab")
    found = compare(old, new)
    assert said(found) == [("Db", "replace", True)]
    assert name in whys(found)


def test_only_the_part_of_a_property_that_cannot_change_counts() -> None:
    def broker(zone: str, transit: str) -> Tree:
        return a_resource(
            "AWS::MSK::Cluster", BrokerNodeGroupInfo={"BrokerAZDistribution": zone, "X": transit}
        )

    assert said(compare(broker("a", "a"), broker("b", "a")))[0][1] == "replace"
    assert said(compare(broker("a", "a"), broker("a", "b")))[0][1] == "update"


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("Retain", "Retain", False),
        ("Snapshot", "Snapshot", False),
        ("Retain", None, True),
        (None, "Retain", True),
    ],
)
def test_a_replaced_resource_is_kept_where_both_versions_say_so(old: object, new: object, lost: bool) -> None:
    policies = [{} if policy is None else {"UpdateReplacePolicy": policy} for policy in (old, new)]
    before, after = (
        a_resource(attributes=one, DBName=name) for one, name in zip(policies, "ab", strict=True)
    )
    assert ("Db", "replace", lost) in said(compare(before, after))


def test_what_a_replacement_leaves_behind_is_an_orphan() -> None:
    kept = {"UpdateReplacePolicy": "Retain"}
    found = compare(a_resource(attributes=kept, DBName="a"), a_resource(attributes=kept, DBName="b"))
    assert dangers(found) == {"orphan"}


def test_another_type_replaces_the_resource() -> None:
    found = compare(a_resource("AWS::S3::Bucket"), a_resource("AWS::Lambda::Permission"))
    assert said(found) == [("Db", "replace", True)]


def test_whether_another_property_replaces_a_resource_that_holds_state_is_unknown() -> None:
    found = compare(a_resource(AllocatedStorage=1), a_resource(AllocatedStorage=2))
    assert (said(found), codes(found)) == ([("Db", "update", False)], ["maybe-replaced"])


def test_tags_replace_nothing() -> None:
    assert codes(compare(a_resource(Tags=[1]), a_resource(Tags=[2]))) == []


def test_a_resource_that_holds_nothing_is_updated() -> None:
    kind = "AWS::Lambda::Permission"
    found = compare(a_resource(kind, Action="a"), a_resource(kind, Action="b"))
    assert (said(found), codes(found)) == ([("Db", "update", False)], [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (a_resource(attributes={"DeletionPolicy": "Retain"}), a_resource()),
        (
            a_resource(attributes={"DeletionPolicy": "Retain"}),
            a_resource(attributes={"DeletionPolicy": "Delete"}),
        ),
        (
            a_resource(attributes={"DeletionPolicy": "Retain"}),
            a_resource(attributes={"DeletionPolicy": ["a"]}),
        ),
        (a_resource(attributes={"UpdateReplacePolicy": "Snapshot"}), a_resource()),
        (a_resource(DeletionProtection=True), a_resource(DeletionProtection=False)),
        (a_resource(DeletionProtection=True), a_resource()),
        (a_resource(DeletionProtection=True), a_resource(DeletionProtection={"Ref": "P"})),
        (a_resource(BackupRetentionPeriod=7), a_resource(BackupRetentionPeriod=1)),
        (a_resource(BackupRetentionPeriod=7), a_resource()),
        (a_resource(BackupRetentionPeriod=7), a_resource(BackupRetentionPeriod={"Ref": "P"})),
        (a_resource(DeleteAutomatedBackups=False), a_resource(DeleteAutomatedBackups=True)),
    ],
)
def test_a_protection_that_is_lowered_is_said_and_loses_nothing_yet(old: Tree, new: Tree) -> None:
    found = compare(old, new)
    assert said(found) == [("Db", "update", False)]
    assert dangers(found) == {"availability"}
    assert "state endangered" in whys(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (a_resource(DeletionProtection=False), a_resource(DeletionProtection=True)),
        (a_resource(BackupRetentionPeriod=1), a_resource(BackupRetentionPeriod=7)),
        (a_resource(), a_resource(attributes={"DeletionPolicy": "Retain"})),
    ],
)
def test_a_protection_that_is_raised_endangers_nothing(old: Tree, new: Tree) -> None:
    found = compare(old, new)
    assert (said(found), codes(found)) == ([("Db", "update", False)], [])
    assert "endangered" not in whys(found)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("AWS::Logs::LogGroup", {"RetentionInDays": 30}, {"RetentionInDays": 7}),
        ("AWS::Logs::LogGroup", {}, {"RetentionInDays": 7}),
        ("AWS::S3::Bucket", {}, {"LifecycleConfiguration": {"Rules": [1]}}),
        ("AWS::DynamoDB::Table", {}, {"TimeToLiveSpecification": {"Enabled": True}}),
        ("AWS::Kinesis::Stream", {"RetentionPeriodHours": 48}, {"RetentionPeriodHours": 24}),
    ],
)
def test_what_expires_sooner_is_lost(kind: str, old: Tree, new: Tree) -> None:
    assert said(compare(a_resource(kind, **old), a_resource(kind, **new))) == [("Db", "update", True)]


def test_a_lowered_protection_does_not_hide_what_else_changes() -> None:
    old = a_resource(BackupRetentionPeriod=7, AllocatedStorage=1, DBName="a")
    new = a_resource(BackupRetentionPeriod=1, AllocatedStorage=2, DBName="b")
    assert said(compare(old, new)) == [("Db", "update", False), ("Db", "replace", True)]
    found = compare(old, {**new, "Properties": {**new["Properties"], "DBName": "a"}})
    assert "AllocatedStorage" in whys(found)


# --- what changes from elsewhere in the template ----------------------------------------------------------


def with_values(old: Tree, new: Tree, resource: Tree) -> Findings:
    """The same resource under two versions of the other sections."""
    before, after = (a_template({"Db": resource}, **sections) for sections in (old, new))
    return compare_templates(before, after, where="cfn.json")


A_DEFAULT = ({"Parameters": {"P": {"Default": "a"}}}, {"Parameters": {"P": {"Default": "b"}}})


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "P"},
        {"Fn::Sub": "x-${P}"},
        {"Fn::Sub": ["${P}", {}]},
        {"Fn::Join": ["-", ["x", {"Ref": "P"}]]},
    ],
)
def test_another_parameter_changes_the_properties_that_refer_to_it(value: object) -> None:
    found = with_values(*A_DEFAULT, a_resource(DBName=value))
    assert (said(found), codes(found)) == ([("Db", "replace", True)], ["template-values"])


def test_a_parameter_that_nobody_refers_to_changes_no_resource() -> None:
    found = with_values(*A_DEFAULT, a_resource(DBName="P"))
    assert (said(found), codes(found)) == ([], ["template-values"])


def test_another_description_of_a_parameter_is_no_other_value() -> None:
    old, new = ({"Parameters": {"P": {"Default": "a", "Description": text}}} for text in "ab")
    assert with_values(old, new, a_resource(DBName={"Ref": "P"})) == Findings()


def test_another_mapping_changes_what_is_found_in_it() -> None:
    old, new = ({"Mappings": {"M": {"a": {"b": value}}}} for value in "cd")
    found = with_values(old, new, a_resource(DBName={"Fn::FindInMap": ["M", "a", "b"]}))
    assert (said(found), codes(found)) == ([("Db", "replace", True)], ["template-values"])


def conditions(value: str) -> Tree:
    return {"Conditions": {"A": {"Fn::Equals": [value, "x"]}, "B": {"Fn::Not": [{"Condition": "A"}]}}}


def test_another_condition_changes_what_depends_on_it() -> None:
    found = with_values(conditions("x"), conditions("y"), a_resource(DBName={"Fn::If": ["B", "a", "b"]}))
    assert ("Db", "replace", True) in said(found)
    assert codes(found) == ["template-values"]


@pytest.mark.parametrize("name", ["A", "B"])
def test_a_resource_under_another_condition_may_go(name: str) -> None:
    resource = a_resource("AWS::S3::Bucket", {"Condition": name})
    assert ("Db", "delete", True) in said(with_values(conditions("x"), conditions("y"), resource))


def test_a_resource_that_comes_under_a_condition_may_go() -> None:
    old, new = a_resource("AWS::S3::Bucket"), a_resource("AWS::S3::Bucket", {"Condition": "A"})
    assert said(compare(old, new)) == [("Db", "delete", True)]


def test_what_refers_to_a_replaced_resource_is_replaced_as_well() -> None:
    def template(name: str) -> bytes:
        return a_template(
            {
                "Table": a_resource("AWS::Glue::Table", DatabaseName={"Ref": "Base"}),
                "Base": a_resource("AWS::Glue::Database", DatabaseName=name),
            }
        )

    found = compare_templates(template("a"), template("b"), where="cfn.json")
    assert [(name, done) for name, done, _ in said(found)] == [("Table", "replace"), ("Base", "replace")]


@pytest.mark.parametrize(
    "sections",
    [
        {"Transform": "AWS::Serverless-2016-10-31"},
        {"Transform": ["Acme"]},
        {"Parameters": {"P": {"Fn::Transform": {"Name": "AWS::Include"}}}},
        {"Conditions": {"Fn::ForEach::X": []}},
    ],
)
def test_what_a_macro_makes_is_unknown(sections: Tree) -> None:
    before, after = (a_template({"Db": a_resource(Tags=[tag])}, **sections) for tag in "ab")
    assert codes(compare_templates(before, after, where="a")) == ["macro"]


def test_a_nested_stack_and_a_custom_resource_are_unknown() -> None:
    stack, custom = ("AWS::CloudFormation::Stack", "Custom::Seed")
    assert "nested-change-set" in codes(
        compare(a_resource(stack, TemplateURL="a"), a_resource(stack, TemplateURL="b"))
    )
    assert "custom-resource" in codes(compare(a_resource(custom, A="a"), a_resource(custom, A="b")))


def test_an_export_that_goes_may_be_imported_elsewhere() -> None:
    before = a_template({}, Outputs={"O": {"Value": "a", "Export": {"Name": "n"}}})
    (found,) = compare_templates(before, a_template({}), where="a").operations
    assert (found.resource, found.action, found.danger) == ("output O", "delete", "availability")


def test_a_section_that_is_not_read_is_unknown_when_it_changes() -> None:
    found = compare_templates(a_template({}), a_template({}, Hooks={"a": 1}), where="a")
    assert codes(found) == ["unreadable-template"]


def test_descriptions_and_metadata_change_nothing() -> None:
    after = a_template({}, Description="b", Metadata={"a": 1}, Rules={})
    assert compare_templates(a_template({}), after, where="a") == Findings()


# --- templates that cannot be read ------------------------------------------------------------------------

HOSTILE = [
    b"",
    b"# only a note",
    b"\xff",
    b"Resources: {}\0",
    b"Resources: [",
    b'{"Resources": {},}}',
    b'{"Resources": {}, "Resources": {}}',
    b"Resources: {}\nResources: {}",
    b'{"Resources": NaN}',
    b"a: &a [x, x]\nb: &b [*a, *a]\nResources: {}",
    b"Resources: {A: *b}",
    b"Resources: !!python/object:os.system {}",
    b"Resources: {A: !Explode b}",
    b"Resources: {<<: {A: b}}",
    b"? [a]\n: b",
    b"!Ref a: b",
    b"[" * 100_000,
    b"a: " * 10 + b"b",
    b'{"a":' * 100 + b"1" + b"}" * 100,
    b"Resources:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 80)),
    b"Resources: {}\n#" + b"x" * 1_000_001,
    b"Resources: {}\n---\nResources: {}",
    b"Resources: 5",
    b"Resources:",
    b"- Resources",
    b"AWSTemplateFormatVersion: x",
    b"Resources: {}\nParameters: []",
    b"Resources: {}\nMappings: a",
    b"Resources: {}\nConditions: [a]",
    b"Resources: {}\nOutputs: [a]",
    b"Resources: {A: b}",
    b"Resources: {A: [b]}",
    b"Resources: {A: {Type: [b]}}",
    b"Resources: {A: {Properties: {}}}",
    b"Resources: {A: {Type: 'AWS::S3::Bucket', Properties: [a]}}",
    b"Resources: {A: {Type: 'AWS::S3::Bucket', Condition: [a]}}",
    b"Resources: {'Fn::ForEach::X': [a, [b], {}]}",
    b"Resources: {'Fn::Transform': {Name: 'AWS::Include'}}",
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_understood_is_never_safe(data: bytes) -> None:
    for old, new in ((None, data), (data, None), (a_template({"Z": a_resource()}), data)):
        found = compare_templates(old, new, where="cfn.yaml")
        assert any(one.action == "unreadable" and one.irreversible for one in found.operations)
        assert "unreadable-template" in codes(found)


def test_what_is_said_is_short_and_can_be_written_down() -> None:
    name = '"\\ud800' + "n" * 9_999 + '"'
    data = ('{"Resources": {' + name + ': {"Type": ' + name + ', "Properties": {' + name + ": 1}}}}").encode()
    found = compare_templates(data, data.replace(b": 1}", b": 2}"), where="cfn.json")
    change = a_change("Modify", "\ud800" * 9_999, Replacement="False")
    found.add(read(a_page(change, Status="\udfff" * 9_999)))
    for one in (*found.operations, *found.unknowns):
        assert canonical_bytes(one)
        assert len(canonical_bytes(one)) < 6_000


def test_the_order_of_what_is_said_does_not_depend_on_chance() -> None:
    def template(value: str) -> bytes:
        many = {f"R{at}": a_resource(DBName={"Fn::Sub": "${P}${Q}"}) for at in range(20)}
        return a_template(many, Parameters={name: {"Default": value} for name in "PQ"})

    found = compare_templates(template("a"), template("b"), where="a")
    assert [one.resource for one in found.operations] == [f"R{at}" for at in range(20)]
    assert len(set(whys(found).split(" / "))) == 1


_LEAVES = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["a", "A", "Retain", "${A}", "A.b"])
_KEYS = st.sampled_from(
    [
        *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::FindInMap", "Condition", "Type", "Properties"),
        *(
            "DeletionPolicy",
            "A",
            "B",
            "DBName",
            "Tags",
            "Target",
            "BackupRetentionPeriod",
            "Export",
            "Default",
        ),
        *("Fn::Transform", "Name", "RequiresRecreation", "Details", "Action", "Replacement"),
    ]
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_SECTIONS = st.dictionaries(
    st.sampled_from(["Parameters", "Mappings", "Conditions", "Outputs", "Transform", "Hooks"]),
    _TREES,
    max_size=3,
)


@settings(deadline=None)
@given(_TREES, _TREES, _SECTIONS, _SECTIONS)
def test_a_change_of_any_shape_raises_nothing(old: Any, new: Any, above: Any, below: Any) -> None:
    before, after = (a_resource(DBName=tree) for tree in (old, new))
    found = compare_templates(
        a_template({"A": before, "B": old}, **above), a_template({"A": after, "B": new}, **below), where="a"
    )
    assert all(one.why for one in found.operations)


@settings(deadline=None)
@given(_TREES, _TREES)
def test_a_property_of_any_shape_that_changes_is_reported(old: Any, new: Any) -> None:
    found = compare(a_resource(DBName=[old, "a"]), a_resource(DBName=[new, "b"]))
    assert ("Db", "replace", True) in said(found)


@settings(deadline=None)
@given(_TREES)
def test_a_change_of_any_shape_in_a_change_set_is_an_operation(tree: Any) -> None:
    body = {"Action": "Modify", "LogicalResourceId": "A", "ResourceType": "B::C::D"}
    extra = tree if isinstance(tree, dict) else {"Details": tree}
    assert read(a_page({"ResourceChange": {**body, **extra}})).operations


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_but_an_input_error(data: bytes) -> None:
    compare_templates(data, b"a: 1", where="a.yaml")
    is_template(data)
    with contextlib.suppress(InputError):
        read_change_set(data, where="a.json")
