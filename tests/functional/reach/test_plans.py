"""What a Terraform or OpenTofu plan does, told from `terraform show -json` alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functional.reach.plans import a_change, a_plan
from functional.reach.terminal import apart, at_least, at_most, here, told

Reading = Callable[..., Any]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Write a plan of these changes and measure it."""

    def measure(*changes: dict[str, Any], **fields: Any) -> Any:
        plan = tmp_path / "plan.json"
        plan.write_text(json.dumps(a_plan(*changes, **fields)), encoding="utf-8")
        return here("--plan", plan, "--json").json

    return measure


def summary(found: Any) -> tuple[int, ...]:
    """Import, add, change, destroy, forget."""
    (plan,) = found["plans"]
    return tuple(plan[word] for word in ("import", "add", "change", "destroy", "forget"))


def only(found: Any) -> Any:
    """The one operation."""
    (operation,) = found["operations"]
    return operation


DB, PLAIN = "aws_db_instance", "aws_cloudwatch_metric_alarm"


@pytest.mark.parametrize(
    ("change", "action", "irreversible", "counts"),
    [
        (a_change("create", DB), "create", False, (0, 1, 0, 0, 0)),
        (a_change("update", DB), "update", False, (0, 0, 1, 0, 0)),
        (a_change("delete", DB), "delete", True, (0, 0, 0, 1, 0)),
        (a_change("replace", DB), "replace", True, (0, 1, 0, 1, 0)),
        (a_change("replace first", DB), "replace", True, (0, 1, 0, 1, 0)),
        (a_change("no-op", DB), "no-op", False, (0, 0, 0, 0, 0)),
        (a_change("create", PLAIN), "create", False, (0, 1, 0, 0, 0)),
        (a_change("update", PLAIN), "update", False, (0, 0, 1, 0, 0)),
        (a_change("delete", PLAIN), "delete", False, (0, 0, 0, 1, 0)),
        (a_change("replace", PLAIN), "replace", False, (0, 1, 0, 1, 0)),
        (a_change("replace first", PLAIN), "replace", False, (0, 1, 0, 1, 0)),
        (a_change("forget", PLAIN), "forget", False, (0, 0, 0, 0, 1)),
        (a_change("no-op", PLAIN), "no-op", False, (0, 0, 0, 0, 0)),
        (a_change("read", "aws_ami", mode="data"), "read", False, (0, 0, 0, 0, 0)),
        (a_change("no-op", DB, previous_address=f"{DB}.y"), "move", False, (0, 0, 0, 0, 0)),
        (a_change("update", DB, previous_address=f"{DB}.y"), "update", False, (0, 0, 1, 0, 0)),
        (a_change("replace", DB, previous_address=f"{DB}.y"), "replace", True, (0, 1, 0, 1, 0)),
        (a_change("delete", DB, previous_address=f"{DB}.y"), "delete", True, (0, 0, 0, 1, 0)),
        (a_change("update", DB, importing={"id": "db-1"}), "update", False, (1, 0, 1, 0, 0)),
        (a_change("replace", DB, importing={"id": "db-1"}), "replace", True, (1, 1, 0, 1, 0)),
        (a_change("delete", DB, deposed="ab12cd34"), "delete", True, (0, 0, 0, 1, 0)),
        (a_change("delete", PLAIN, deposed="ab12cd34"), "delete", False, (0, 0, 0, 1, 0)),
    ],
)  # fmt: skip
def test_each_action_is_told_and_counted_as_terraform_counts_it(
    read: Reading, change: Any, action: str, irreversible: bool, counts: tuple[int, ...]
) -> None:
    found = read(change)
    said = only(found)
    assert (said["action"], said["irreversible"]) == (action, irreversible), said
    assert said["resource"].startswith(change["address"])
    assert said["type"] == change["type"]
    assert summary(found) == counts
    assert (found["level"] == "critical") == irreversible, found["rules"]


@pytest.mark.parametrize("importing", [{"id": "db-1"}, {"identity": {"arn": "a"}}, {}, {"unknown": True}])
def test_an_import_alone_is_counted_and_destroys_nothing(read: Reading, importing: Any) -> None:
    """Terraform: present, that is not null, whatever it holds."""
    found = read(a_change("no-op", DB, importing=importing))
    assert (summary(found), found["irreversible"]) == ((1, 0, 0, 0, 0), False)
    assert at_most(found, "high")


def test_an_import_that_is_null_is_none(read: Reading) -> None:
    assert summary(read(a_change("update", DB, importing=None))) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("do", ["create forget", "forget create"])
@pytest.mark.parametrize("type_", [DB, "acme_thing"])
def test_a_replacement_that_forgets_the_old_adds_one_and_destroys_none(
    read: Reading, do: str, type_: str
) -> None:
    """Terraform says it in one order, OpenTofu in the other; what is forgotten stays and nobody looks after it."""
    found = read(a_change(do, type_))
    assert only(found)["action"] in {"replace", "forget"}
    assert summary(found) == (0, 1, 0, 0, 1)
    assert at_least(found, "medium")


@pytest.mark.parametrize("type_", [DB, "aws_s3_bucket", "acme_thing"])
def test_what_is_forgotten_is_not_destroyed_but_left_alone(read: Reading, type_: str) -> None:
    found = read(a_change("forget", type_))
    assert (only(found)["action"], summary(found)) == ("forget", (0, 0, 0, 0, 1))
    assert at_least(found, "high"), "a store that nobody manages any more is no small thing"


STATEFUL = """
aws_db_instance aws_rds_cluster aws_rds_global_cluster aws_s3_bucket aws_s3_object aws_dynamodb_table aws_efs_file_system
aws_ebs_volume aws_fsx_lustre_file_system aws_redshift_cluster aws_docdb_cluster aws_neptune_cluster aws_opensearch_domain
aws_kinesis_stream aws_msk_cluster aws_sqs_queue aws_kms_key aws_route53_zone aws_cognito_user_pool aws_secretsmanager_secret
aws_ecr_repository aws_backup_vault aws_glacier_vault aws_cloudwatch_log_group aws_timestreamwrite_table aws_instance
google_sql_database_instance google_sql_database google_storage_bucket google_bigquery_dataset google_bigquery_table
google_spanner_instance google_spanner_database google_bigtable_instance google_compute_disk google_filestore_instance
google_firestore_database google_kms_crypto_key google_pubsub_subscription google_dns_managed_zone
azurerm_postgresql_flexible_server azurerm_mssql_database azurerm_storage_account azurerm_storage_container
azurerm_cosmosdb_account azurerm_key_vault azurerm_key_vault_key azurerm_managed_disk azurerm_dns_zone azurerm_resource_group
kubernetes_persistent_volume_claim kubernetes_persistent_volume kubernetes_namespace kubernetes_stateful_set
kubernetes_stateful_set_v1 kubernetes_namespace_v1 helm_release mongodbatlas_cluster digitalocean_database_cluster
digitalocean_volume digitalocean_spaces_bucket hcloud_volume cloudflare_r2_bucket cloudflare_d1_database
cloudflare_workers_kv_namespace github_repository okta_user snowflake_database snowflake_table
""".split()
UNLISTED = ["acme_thing", "internal_platform_store", "x", "aws_db_instance2", "AWS_DB_INSTANCE", "módulo_ü"]


@pytest.mark.parametrize("do", ["delete", "replace", "replace first"])
@pytest.mark.parametrize("type_", [*STATEFUL, *UNLISTED])
def test_removing_what_holds_state_or_may_hold_it_is_critical(read: Reading, type_: str, do: str) -> None:
    found = read(a_change(do, type_))
    assert (only(found)["irreversible"], found["level"]) == (True, "critical"), only(found)
    witness = next(hit["witness"] for hit in found["rules"] if hit["level"] == "critical")
    assert witness[-1] == f"{type_}.x"


STATELESS = """
null_resource terraform_data aws_cloudwatch_metric_alarm aws_lambda_alias aws_cloudwatch_dashboard aws_autoscaling_policy
aws_lambda_permission aws_iam_role_policy_attachment aws_route_table_association aws_security_group_rule aws_lb_listener_rule
google_project_iam_member google_compute_firewall azurerm_network_security_rule azurerm_role_assignment kubernetes_deployment
kubernetes_role_binding kubernetes_ingress_v1
""".split()


@pytest.mark.parametrize("do", ["delete", "replace", "replace first"])
@pytest.mark.parametrize("type_", STATELESS)
def test_removing_what_holds_nothing_is_told_and_is_not_critical(read: Reading, type_: str, do: str) -> None:
    """What its configuration says is all there is to it, so it can be made again."""
    found = read(a_change(do, type_))
    assert (only(found)["irreversible"], at_most(found, "high")) == (False, True), only(found)
    assert at_least(found, "low")


@pytest.mark.parametrize("do", ["create", "update", "delete"])
@pytest.mark.parametrize(
    "type_",
    """aws_iam_policy aws_iam_role_policy aws_iam_role_policy_attachment aws_iam_user aws_iam_access_key aws_s3_bucket_policy
    aws_s3_bucket_public_access_block aws_kms_grant aws_security_group aws_security_group_rule aws_vpc_security_group_ingress_rule
    aws_network_acl_rule aws_route aws_vpc_peering_connection aws_route53_record aws_lb_listener google_project_iam_member
    google_project_iam_binding google_compute_firewall google_compute_route google_dns_record_set azurerm_role_assignment
    azurerm_network_security_rule azurerm_dns_a_record kubernetes_cluster_role_binding kubernetes_network_policy
    cloudflare_record cloudflare_dns_record github_branch_protection github_team_membership""".split(),
)  # fmt: skip
def test_who_may_do_what_and_what_is_reached_where_is_high(read: Reading, type_: str, do: str) -> None:
    found = read(a_change(do, type_))
    assert at_least(found, "high"), found["rules"]


@pytest.mark.parametrize(
    "type_", ["null_resource", "aws_sns_topic", PLAIN, DB, "aws_s3_bucket", "aws_sqs_queue"]
)
def test_creating_plain_things_is_low_or_medium(read: Reading, type_: str) -> None:
    found = read(a_change("create", type_))
    assert found["level"] in {"low", "medium"}, found["rules"]
    assert found["unknowns"] == []


@pytest.mark.parametrize("fields", [{}, {"resource_changes": []}, {"applyable": False}])
def test_a_plan_that_changes_nothing_is_none(read: Reading, fields: Any) -> None:
    for changes in ((), (a_change("no-op", DB), a_change("no-op", PLAIN))):
        found = read(*changes, **fields)
        assert (found["level"], found["unknowns"], summary(found)) == ("none", [], (0, 0, 0, 0, 0))


def test_a_plan_without_a_list_of_changes_changes_nothing(read: Reading, tmp_path: Path) -> None:
    """Terraform leaves the list out where it is empty."""
    plan = a_plan()
    del plan["resource_changes"]
    (tmp_path / "p").write_text(json.dumps(plan), encoding="utf-8")
    assert here("--plan", tmp_path / "p", "--json").json["level"] == "none"


@pytest.mark.parametrize(
    ("module", "name", "index"),
    [
        ("", "x", None),
        ("", "x", 0),
        ("", "x", "plain"),
        ("", "x", "with.dot"),
        ("", "x", 'with"quote'),
        ("", "x", "with\\backslash"),
        ("", "x", "[0].y"),
        ("", "x", "ümlaut-日本-🦀"),
        ("", "x", ""),
        ("", "x", "line\nbreak"),
        ("", "x", "a" * 500),
        ("", "data", None),
        ("module.a", "x", None),
        ("module.a.module.b[0]", "x", 3),
        ('module.a["eu.west"].module.b["q\\"x"]', "x", "k"),
        ("module.module", "x", None),
        ("module.data", "x", "data.aws_ami.x"),
    ],
)
def test_a_resource_is_called_as_terraform_calls_it(
    read: Reading, module: str, name: str, index: str | int | None
) -> None:
    change = a_change("delete", DB, name, module=module, index=index)
    found = read(change)
    assert only(found)["resource"] == change["address"]
    assert (only(found)["irreversible"], found["level"]) == (True, "critical")


def test_all_changes_are_told_in_their_order_and_each_once(read: Reading) -> None:
    changes = [a_change("delete", DB, f"x{number}") for number in range(300)]
    found = read(*changes)
    assert [one["resource"] for one in found["operations"]] == [one["address"] for one in changes]


def test_an_object_and_its_deposed_copies_are_told_apart(read: Reading) -> None:
    found = read(
        a_change("create", DB), a_change("delete", DB, deposed="aaaa"), a_change("delete", DB, deposed="bbbb")
    )
    assert [one["action"] for one in found["operations"]] == ["create", "delete", "delete"]
    assert summary(found) == (0, 1, 0, 2, 0)
    assert found["level"] == "critical"


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ([["identifier"]], ["identifier"]),
        ([["engine"], ["availability_zone"]], ["engine", "availability_zone"]),
        ([["ebs_block_device", 0, "volume_size"]], ["ebs_block_device", "volume_size"]),
        ([["tags", "a.b"]], ["tags"]),
    ],
)
def test_a_replacement_names_the_attributes_that_force_it(
    read: Reading, paths: Any, words: list[str]
) -> None:
    said = only(read(a_change("replace", DB, replace_paths=paths)))["why"]
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("do", "reason", "word"),
    [
        ("replace", "replace_because_tainted", "taint"),
        ("replace", "replace_by_request", "asked|request|-replace"),
        ("replace", "replace_by_triggers", "trigger|replace_triggered_by"),
        ("replace", "replace_because_cannot_update", "cannot|place"),
        ("delete", "delete_because_no_resource_config", "config"),
        ("delete", "delete_because_no_module", "module"),
        ("delete", "delete_because_count_index", "count"),
        ("delete", "delete_because_each_key", "for_each|key"),
        ("delete", "delete_because_wrong_repetition", "count|for_each|repetition"),
        ("delete", "delete_because_no_move_target", "move"),
        ("delete", "delete_because_the_moon_is_full", ""),
    ],
)
def test_the_reason_that_terraform_gives_is_told(read: Reading, do: str, reason: str, word: str) -> None:
    found = read(a_change(do, DB, action_reason=reason))
    why = only(found)["why"]
    assert any(part in why for part in word.split("|")), why
    assert found["level"] == "critical"


@pytest.mark.parametrize("where", ["identifier", "name", "id", "arn"])
def test_an_identity_that_is_not_known_before_applying_is_an_unknown(read: Reading, where: str) -> None:
    found = read(a_change("update", DB, after={}, after_unknown={where: True}))
    assert told(found, "aws_db_instance.x"), found["unknowns"]
    assert at_least(found, "medium")


def test_the_identity_of_what_is_new_is_never_known_before_and_no_unknown(read: Reading) -> None:
    found = read(a_change("create", DB, after_unknown={"id": True, "arn": True, "endpoint": True}))
    assert (found["unknowns"], found["level"] in {"low", "medium"}) == ([], True)


@pytest.mark.parametrize("do", ["update", "delete"])
@pytest.mark.parametrize("type_", [DB, PLAIN, "acme_thing"])
def test_what_drifted_is_an_unknown(read: Reading, type_: str, do: str) -> None:
    """Somebody or something else changes it too; the plan is of a world that moves."""
    found = read(a_change("update", PLAIN, "y"), resource_drift=[a_change(do, type_, "drifted")])
    assert told(found, "drifted"), found["unknowns"]
    assert at_least(found, "medium")
    assert summary(found) == (0, 0, 1, 0, 0), "drift is not part of the plan's counts"


def test_a_move_listed_among_what_drifted_is_no_drift(read: Reading) -> None:
    """In refresh-only mode Terraform lists moves there."""
    found = read(resource_drift=[a_change("no-op", DB, previous_address=f"{DB}.old")])
    assert (found["irreversible"], at_most(found, "medium")) == (False, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"errored": True},
        {"errored": True, "applyable": False},
        {"complete": False},
        {"complete": False, "applyable": True},
        {"errored": True, "resource_changes": []},
        {"complete": False, "resource_changes": []},
        {"deferred_changes": [{"reason": "provider_config_unknown", "resource_change": a_change("create", PLAIN, "put_off")}]},
        {"deferred_changes": [{"reason": "instance_count_unknown", "resource_change": a_change("delete", DB, "put_off")}]},
        {"deferred_changes": [{"reason": "a_new_reason"}]},
        {"deferred_changes": [{}]},
        {"deferred_action_invocations": [{"reason": "unknown", "action_invocation": {"address": "action.aws_lambda_invoke.x"}}]},
        {"action_invocations": [{"address": "action.aws_lambda_invoke.x", "type": "aws_lambda_invoke", "name": "x"}]},
    ],
)  # fmt: skip
def test_a_plan_that_is_not_whole_is_an_unknown(read: Reading, fields: Any) -> None:
    found = read(a_change("create", PLAIN), **fields)
    assert found["unknowns"] or any(one["action"] == "unreadable" for one in found["operations"]), fields
    assert at_least(found, "medium"), found["rules"]


def test_what_was_put_off_is_named(read: Reading) -> None:
    late = a_change("delete", DB, "put_off")
    found = read(deferred_changes=[{"reason": "deferred_prereq", "resource_change": late}])
    assert "put_off" in json.dumps([found["unknowns"], found["operations"]])
    assert summary(found) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("actions", [["create"], ["update"], ["delete"]])
def test_a_change_of_outputs_alone_is_not_nothing(read: Reading, actions: list[str]) -> None:
    """Other stacks read outputs."""
    change = {"actions": actions, "before": "a", "after": "b", "after_unknown": False}
    found = read(output_changes={"endpoint": change})
    assert at_least(found, "low"), "the plan is not empty, so the level is not none"
    assert (summary(found), found["irreversible"]) == ((0, 0, 0, 0, 0), False)


def test_outputs_that_stay_are_nothing(read: Reading) -> None:
    found = read(output_changes={"endpoint": {"actions": ["no-op"], "before": "a", "after": "a"}})
    assert (found["level"], found["unknowns"]) == ("none", [])


def test_a_data_source_that_goes_away_destroys_nothing(read: Reading) -> None:
    """Old versions list it; Terraform counts and shows it nowhere."""
    found = read(a_change("delete", "aws_db_instance", mode="data"))
    assert (summary(found), found["irreversible"]) == ((0, 0, 0, 0, 0), False)


@pytest.mark.parametrize("actions", [["open"], ["no-op"], ["read"]])
def test_what_lives_only_while_opentofu_runs_is_not_counted(read: Reading, actions: list[str]) -> None:
    found = read(a_change("open", "random_password", mode="ephemeral", actions=actions))
    assert (summary(found), found["irreversible"]) == ((0, 0, 0, 0, 0), False)


@pytest.mark.parametrize("mode", ["", "Data", "DATA", "data ", "future"])
def test_a_mode_that_is_not_known_makes_no_deletion_harmless(read: Reading, mode: str) -> None:
    found = read(a_change("delete", DB) | {"mode": mode})
    assert at_least(found, "high"), (found["operations"], found["unknowns"])


@pytest.mark.parametrize(
    "actions",
    [[], ["explode"], ["delete", "update"], ["update", "delete"], ["DELETE"], ["create", "create"], ["delete", "delete"],
     ["delete", "create", "delete"], ["no-op", "delete"], ["read", "delete"], ["create", "delete", "create"], [""]],
)  # fmt: skip
def test_actions_of_no_known_kind_are_unreadable_or_the_worst_in_them(read: Reading, actions: Any) -> None:
    found = read(a_change("delete", DB, actions=actions))
    assert only(found)["action"] in {"unreadable", "delete", "replace"}
    assert at_least(found, "high")
    assert found["unknowns"] or found["level"] == "critical"


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.1", "1.2", "1.3", "1.99"])
@pytest.mark.parametrize("do", ["create", "delete"])
def test_formats_of_the_first_major_version_and_before_are_read(read: Reading, version: str, do: str) -> None:
    found = read(a_change(do, DB), format_version=version)
    assert found["level"] == {"create": "low", "delete": "critical"}[do]


def test_plans_of_old_versions_lack_what_came_later(read: Reading, tmp_path: Path) -> None:
    """OpenTofu and older Terraform write no `applyable`, `complete` or `errored`: no reason to doubt them."""
    plan = a_plan(a_change("create", PLAIN))
    for word in ("applyable", "complete", "errored", "planned_values"):
        del plan[word]
    (tmp_path / "old").write_text(json.dumps(plan), encoding="utf-8")
    found = here("--plan", tmp_path / "old", "--json").json
    assert (found["level"], found["unknowns"]) == ("low", [])


@pytest.mark.parametrize(
    "provider", ["registry.opentofu.org/hashicorp/aws", "example.org/fork/aws", "", None]
)
def test_where_a_provider_comes_from_makes_no_deletion_less(read: Reading, provider: Any) -> None:
    assert read(a_change("delete", DB, provider_name=provider))["level"] == "critical"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ("create create update delete", (0, 2, 1, 1, 0)),
        ("replace replace-first delete", (0, 2, 0, 3, 0)),
        ("forget forget create", (0, 1, 0, 0, 2)),
        ("no-op read move", (0, 0, 0, 0, 0)),
        ("import import-update import-replace", (3, 1, 1, 1, 0)),
        ("create-forget forget delete", (0, 1, 0, 1, 2)),
        ("deposed deposed create", (0, 1, 0, 2, 0)),
        ("data-delete read create", (0, 1, 0, 0, 0)),
        (" ".join(["create"] * 100 + ["delete"] * 50 + ["update"] * 25), (0, 100, 25, 50, 0)),
    ],
)
def test_the_summary_is_terraforms_own(read: Reading, changes: str, line: tuple[int, ...]) -> None:
    """Plan: 1 to import, 2 to add, 0 to change, 1 to destroy. (OpenTofu adds: 1 to forget.)"""
    made = {
        "import": lambda name: a_change("no-op", PLAIN, name, importing={"id": "1"}),
        "import-update": lambda name: a_change("update", PLAIN, name, importing={"id": "1"}),
        "import-replace": lambda name: a_change("replace", PLAIN, name, importing={"id": "1"}),
        "move": lambda name: a_change("no-op", PLAIN, name, previous_address="a.b"),
        "deposed": lambda name: a_change("delete", PLAIN, name, deposed="ab"),
        "data-delete": lambda name: a_change("delete", "aws_ami", name, mode="data"),
        "read": lambda name: a_change("read", "aws_ami", name, mode="data"),
    }
    listed = [
        made[word](f"x{place}") if word in made else a_change(word.replace("-", " ") if word != "no-op" else word, PLAIN, f"x{place}")
        for place, word in enumerate(changes.split())
    ]  # fmt: skip
    assert summary(read(*listed)) == line


def test_several_plans_are_counted_each_for_itself(tmp_path: Path) -> None:
    for name, change in (("a", a_change("create", PLAIN)), ("b", a_change("delete", DB))):
        (tmp_path / name).write_text(json.dumps(a_plan(change)), encoding="utf-8")
    found = here("--plan", tmp_path / "a", "--plan", tmp_path / "b", "--json").json
    assert [(Path(one["file"]).name, one["add"], one["destroy"]) for one in found["plans"]] == [
        ("a", 1, 0),
        ("b", 0, 1),
    ]
    assert [one["action"] for one in found["operations"]] == ["create", "delete"]
    assert found["level"] == "critical"


def test_one_address_in_two_plans_is_two_operations(tmp_path: Path) -> None:
    """Two environments of one configuration have the same addresses."""
    for name in ("staging", "production"):
        (tmp_path / name).write_text(json.dumps(a_plan(a_change("delete", DB))), encoding="utf-8")
    found = here("--plan", tmp_path / "staging", "--plan", tmp_path / "production", "--json").json
    assert len(found["operations"]) == 2
    assert {Path(one["where"]).name for one in found["operations"]} == {"staging", "production"}


def test_more_changes_never_give_a_lower_level(read: Reading) -> None:
    worst = a_change("delete", DB)
    for other in (a_change("create", PLAIN, "y"), a_change("no-op", DB, "y"), a_change("forget", DB, "y")):
        for order in ((worst, other), (other, worst)):
            assert read(*order)["level"] == "critical"


def test_what_is_secret_in_a_plan_is_not_printed(read: Reading, tmp_path: Path) -> None:
    change = a_change("update", DB, before={"password": "hunter2"}, after={"password": "hunter3"})
    change["change"] |= {"before_sensitive": {"password": True}, "after_sensitive": {"password": True}}
    assert "hunter" not in json.dumps(read(change))
    assert "hunter" not in here("--plan", tmp_path / "plan.json").out


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x9b31m", "\u202e", "\x07", "\r", "\u200b"])
def test_what_a_plan_says_cannot_steer_the_terminal(read: Reading, tmp_path: Path, sign: str) -> None:
    found = read(a_change("delete", DB, index=f"a{sign}b", action_reason=f"x{sign}"))
    assert found["level"] == "critical"
    said = here("--plan", tmp_path / "plan.json")
    assert (said.status, sign in said.out) == (0, False)


def test_a_plan_needs_no_repository_and_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`blastdoor reach --plan <(terraform show -json plan.out)`, as shells offer it."""
    (tmp_path / "p").write_text(json.dumps(a_plan(a_change("delete", DB))), encoding="utf-8")
    assert apart("--plan", tmp_path / "p", "--json", cwd=tmp_path).json["level"] == "critical"


def test_the_picture_of_a_plan_is_drawn_without_a_repository(read: Reading, tmp_path: Path) -> None:
    read(a_change("delete", DB, index="<script>alert(1)</script>"))
    picture = tmp_path / "out.svg"
    assert here("--plan", tmp_path / "plan.json", "--picture", picture, "--json").json["level"] == "critical"
    text = picture.read_text(encoding="utf-8")
    assert text.lstrip().startswith(("<svg", "<?xml"))
    assert "<script>" not in text
