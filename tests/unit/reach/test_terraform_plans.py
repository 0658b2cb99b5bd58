"""What a Terraform plan does, and how many Terraform would say."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.errors import InputError
from blastdoor.model import Operation, Reach
from blastdoor.reach import Findings, measure_operations
from blastdoor.reach.operations.plan import read_plan

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def a_resource(address: str = "aws_db_instance.main", *actions: str, **fields: Any) -> dict[str, Any]:
    """A resource's change; name only what the test is about."""
    change = {"actions": list(actions), "before": {}, "after": {}, "after_unknown": {}} | fields.pop(
        "change", {}
    )
    kind = address.rpartition("module.")[2].split(".")[-2] if "." in address else address
    return {"address": address, "mode": "managed", "type": kind, "name": "x", "change": change} | fields


def a_plan(*resources: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"format_version": "1.2", "resource_changes": list(resources)} | fields).encode()


def read(*resources: dict[str, Any], **fields: Any) -> Findings:
    return read_plan(a_plan(*resources, **fields), where="plan.json")[0]


def only(findings: Findings) -> Operation:
    (one,) = findings.operations
    return one


def level(*resources: dict[str, Any], **fields: Any) -> str:
    return reach(*resources, **fields).level


def reach(*resources: dict[str, Any], **fields: Any) -> Reach:
    return measure_operations(read(*resources, **fields))


@pytest.mark.parametrize(
    ("actions", "action", "irreversible"),
    [
        (["create"], "create", False),
        (["update"], "update", False),
        (["delete"], "delete", True),
        (["delete", "create"], "replace", True),
        (["create", "delete"], "replace", True),
        (["forget"], "forget", False),
        (["create", "forget"], "forget", False),
        (["read"], "read", False),
        (["no-op"], "no-op", False),
        (["explode"], "unreadable", True),
        ([], "unreadable", True),
        (["delete", "create", "delete"], "unreadable", True),
    ],
)
def test_actions_are_told_apart(actions: list[str], action: str, irreversible: bool) -> None:
    one = only(read(a_resource("aws_db_instance.main", *actions)))
    assert (one.action, one.irreversible, one.resource, one.where) == (
        action, irreversible, "aws_db_instance.main", "plan.json",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "irreversible"),
    [
        ("aws_db_instance.x", True),
        ("aws_s3_bucket.x", True),
        ("aws_dynamodb_table.x", True),
        ("aws_ebs_volume.x", True),
        ("aws_kms_key.x", True),
        ("google_sql_database_instance.x", True),
        ("google_storage_bucket.x", True),
        ("azurerm_storage_account.x", True),
        ("azurerm_key_vault.x", True),
        ("kubernetes_persistent_volume_claim.x", True),
        ("kubernetes_namespace_v1.x", True),
        ("snowflake_table.x", True),
        ("unheardof_thing.x", True),
        ("null_resource.x", False),
        ("random_pet.x", False),
        ("aws_iam_role_policy_attachment.x", False),
        ("aws_cloudwatch_metric_alarm.x", False),
        ("time_sleep.x", False),
    ],
)
def test_only_what_is_known_to_hold_nothing_can_be_made_again(address: str, irreversible: bool) -> None:
    assert only(read(a_resource(address, "delete"))).irreversible is irreversible


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (a_resource("aws_db_instance.m", "delete"), "critical"),
        (a_resource("aws_s3_bucket.m", "delete", "create"), "critical"),
        (a_resource("unheardof_thing.m", "delete"), "critical"),
        (a_resource("aws_db_instance.m", "forget"), "high"),
        (a_resource("aws_iam_policy.m", "update"), "high"),
        (a_resource("aws_iam_policy.m", "create"), "high"),
        (a_resource("aws_security_group_rule.m", "delete"), "high"),
        (a_resource("aws_route53_record.m", "update"), "high"),
        (a_resource("null_resource.m", "delete", "create"), "medium"),
        (a_resource("null_resource.m", "create"), "low"),
        (a_resource("aws_db_instance.m", "create"), "low"),
        (a_resource("aws_db_instance.m", "no-op"), "none"),
    ],
)
def test_the_level_follows_from_what_is_done_to_what(resource: dict[str, Any], expected: str) -> None:
    assert level(resource) == expected


def test_what_is_only_moved_is_not_destroyed() -> None:
    findings = read(a_resource("aws_s3_bucket.b", "no-op", previous_address="aws_s3_bucket.a"))
    assert (only(findings).action, only(findings).irreversible) == ("move", False)
    assert "aws_s3_bucket.a" in only(findings).why
    assert measure_operations(findings).level == "none"


def test_the_reason_of_a_replacement_is_told() -> None:
    change = {"replace_paths": [["engine"], ["storage", 0, "size"]]}
    assert (
        "engine, storage.0.size"
        in only(read(a_resource("aws_db_instance.m", "delete", "create", change=change))).why
    )
    tainted = a_resource("aws_db_instance.m", "delete", "create", action_reason="replace_because_tainted")
    assert "tainted" in only(read(tainted)).why


def test_an_old_copy_that_is_destroyed_is_named() -> None:
    one = only(read(a_resource("aws_instance.w", "delete", deposed="abc123")))
    assert (one.resource, one.irreversible) == ("aws_instance.w (deposed abc123)", True)


def test_data_that_is_read_is_no_change_of_a_resource() -> None:
    found = read(a_resource("data.aws_ami.x", "read", mode="data", type="aws_ami"))
    assert only(found).action == "read"
    assert measure_operations(found).level == "none"


def test_an_identity_that_is_not_known_yet_raises() -> None:
    change = {"before": {"arn": "a"}, "after_unknown": {"arn": True}}
    found = reach(a_resource("aws_lambda_function.f", "update", change=change))
    assert (found.level, [one.code for one in found.unknowns]) == ("high", ["plan-identity"])
    known = {"before": {"arn": "a"}, "after": {"arn": "a"}, "after_unknown": {"last_modified": True}}
    assert reach(a_resource("aws_lambda_function.f", "update", change=known)).unknowns == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"deletion_protection": True}, {"deletion_protection": False}),
        ({"skip_final_snapshot": False}, {"skip_final_snapshot": True}),
        ({"backup_retention_period": 30}, {"backup_retention_period": 0}),
        ({"force_destroy": False}, {"force_destroy": True}),
    ],
)
def test_a_protection_that_is_taken_away_raises(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert (
        level(a_resource("aws_db_instance.m", "update", change={"before": before, "after": after})) == "high"
    )
    assert (
        level(a_resource("aws_db_instance.m", "update", change={"before": after, "after": before})) == "low"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"resource_drift": [a_resource("aws_instance.w", "update")]}, "plan-drift"),
        ({"resource_drift": [a_resource("aws_instance.w", "delete")]}, "plan-drift"),
        ({"deferred_changes": [{"reason": "instance_count_unknown", "resource_change": a_resource("a.b", "create")}]}, "plan-deferred"),
        ({"deferred_changes": [{}]}, "plan-deferred"),
        ({"errored": True}, "plan-errored"),
        ({"complete": False}, "plan-incomplete"),
    ],
)  # fmt: skip
def test_what_a_plan_does_not_know_is_unknown_and_raises(fields: dict[str, Any], code: str) -> None:
    found = reach(**fields)
    assert ([one.code for one in found.unknowns], found.level) == ([code], "medium")


@pytest.mark.parametrize(
    ("resources", "line"),
    [
        ([], (0, 0, 0, 0, 0)),
        ([a_resource("a_b.c", "create")], (1, 0, 0, 0, 0)),
        ([a_resource("a_b.c", "update")], (0, 1, 0, 0, 0)),
        ([a_resource("a_b.c", "delete")], (0, 0, 1, 0, 0)),
        ([a_resource("a_b.c", "delete", "create")], (1, 0, 1, 0, 0)),
        ([a_resource("a_b.c", "create", "delete")], (1, 0, 1, 0, 0)),
        ([a_resource("a_b.c", "forget")], (0, 0, 0, 0, 1)),
        ([a_resource("a_b.c", "no-op", change={"importing": {"id": "i"}})], (0, 0, 0, 1, 0)),
        ([a_resource("a_b.c", "update", change={"importing": {"id": "i"}})], (0, 1, 0, 1, 0)),
        ([a_resource("a_b.c", "no-op", previous_address="a_b.d")], (0, 0, 0, 0, 0)),
        ([a_resource("data.a_b.c", "read", mode="data")], (0, 0, 0, 0, 0)),
        ([a_resource("data.a_b.c", "delete", mode="data")], (0, 0, 0, 0, 0)),
        ([a_resource("a_b.c", "delete", deposed="d")], (0, 0, 1, 0, 0)),
        ([a_resource(f"a_b.c[{n}]", "create") for n in range(7)], (7, 0, 0, 0, 0)),
    ],
)
def test_the_counts_are_those_of_terraforms_own_last_line(
    resources: list[dict[str, Any]], line: tuple[int, ...]
) -> None:
    assert read_plan(a_plan(*resources), where="p")[1] == line


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_every_minor_version_of_the_format_is_read(version: str) -> None:
    assert only(read(a_resource("a_b.c", "create"), format_version=version)).action == "create"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (a_plan(format_version="2.0"), "format_version '2.0'"),
        (a_plan(format_version="10.1"), "format_version '10.1'"),
        (a_plan(format_version="one"), "format_version 'one'"),
        (a_plan(format_version=1), "no format_version"),
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "not readable as a plan"),
        (b"[]", "not readable as a plan"),
        (b"PK\x03\x04 tfplan", "binary plan"),
        (b"\xff\xfe{}", "not readable as a plan"),
        (b'{"a": 1}', "not a plan"),
        (b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}', "a state file"),
        (b'{"format_version": "1.0", "values": {}}', "a state, not a plan"),
        (a_plan(*[{"address": 1}]), "resource_changes[0]"),
        (a_plan(*[{"address": "a"}]), "resource_changes[0]"),
        (a_plan(a_resource("a_b.c", change={"actions": "create"})), "resource_changes[0].change.actions"),
        (a_plan(resource_changes={}), "resource_changes"),
        (b'{"format_version": "1.0", "resource_changes": ' + b"[" * 100_000, ""),
    ],
)
def test_what_is_no_plan_is_refused_with_the_place(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as refused:
        read_plan(data, where="p.json")
    assert str(refused.value).startswith("p.json: ")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ('module.a["x.y"].module.b[0].aws_db_instance.main["k.l"]', "aws_db_instance"),
        ("aws_db_instance.main[3]", "aws_db_instance"),
        ('aws_db_instance.main["\\"q\\""]', "aws_db_instance"),
    ],
)
def test_the_type_is_found_in_the_address_where_a_plan_leaves_it_out(address: str, kind: str) -> None:
    resource = a_resource(address, "delete") | {"type": ""}
    assert (only(read(resource)).type, only(read(resource)).irreversible) == (kind, True)


def test_fifty_megabytes_are_read_in_a_breath() -> None:
    """Measured at 0.5 s; the bound leaves room for a busy machine."""
    big = {"before": {"user_data": "x" * 4000}, "after": {"user_data": "y" * 4000}}
    data = a_plan(*(a_resource(f"aws_instance.w[{n}]", "update", change=big) for n in range(6_000)))
    assert len(data) > 48_000_000
    started = time.process_time()
    assert read_plan(data, where="p")[1].change == 6_000
    assert time.process_time() - started < 5


@given(
    _json,
    st.sampled_from(["resource_changes", "resource_drift", "deferred_changes", "output_changes", "errored"]),
)
def test_a_wrong_field_is_refused_or_read_and_never_a_fault(value: Any, field: str) -> None:
    with suppress(InputError):
        read_plan(a_plan(**{field: value}), where="p")


@given(
    st.permutations([("a_b.c", "create"), ("aws_db_instance.d", "delete"), ("aws_iam_role.e", "update")]),
    st.data(),
)
def test_one_more_change_never_lowers_the_level(
    resources: list[tuple[str, str]], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, 2))
    levels = ["none", "low", "medium", "high", "critical"]
    some = [a_resource(*one) for one in resources[:count]]
    more = [a_resource(*one) for one in resources[: count + 1]]
    assert levels.index(level(*some)) <= levels.index(level(*more))
