"""What deleting, replacing or changing a resource of a type means, as far as its type tells."""

import re
import time
import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach.operations.resources import (
    Nature,
    nature_of,
    nature_of_cloudformation,
    nature_of_kubernetes,
)

FOLDER = resources.files("blastdoor.reach.operations").joinpath("resources")
FILES = sorted(file.name for file in FOLDER.iterdir())
SCHEMES = {"cloudformation.toml", "kubernetes.toml"}
DANGERS = {"access", "network", "names", "keys", "defaults", "availability"}


def tree(file: str) -> dict[str, Any]:
    return tomllib.loads(FOLDER.joinpath(file).read_text("utf-8"))


def listed(file: str) -> list[str]:
    return [name for one in tree(file).get("class", ()) for name in one["types"].split()]


def told(nature: Nature) -> str:
    """Class and danger in two words: `state keys`, `none -`."""
    return f"{nature.state} {nature.danger or '-'}"


# ---------------------------------------------------------------- Terraform and OpenTofu


@pytest.mark.parametrize(
    ("expected", "types"),
    [
        (
            "state -",
            "aws_db_instance aws_rds_cluster aws_dynamodb_table aws_s3_bucket aws_ebs_volume aws_instance",
        ),
        ("state -", "aws_efs_file_system aws_sqs_queue aws_sns_topic aws_kinesis_stream aws_msk_cluster"),
        ("state -", "aws_eks_cluster aws_elasticache_cluster aws_opensearch_domain aws_redshift_cluster"),
        ("state -", "aws_backup_vault aws_db_snapshot aws_cloudwatch_log_group aws_ecr_repository"),
        ("state -", "aws_cloudformation_stack"),
        ("state keys", "aws_kms_key aws_secretsmanager_secret aws_acm_certificate aws_iam_access_key"),
        ("state names", "aws_route53_zone"),
        ("state network", "aws_eip aws_vpn_connection"),
        ("state access", "aws_cognito_user_pool aws_organizations_account aws_directory_service_directory"),
        ("state defaults", "aws_ssm_parameter"),
        ("none access", "aws_iam_role aws_iam_policy aws_iam_role_policy_attachment aws_s3_bucket_policy"),
        ("none access", "aws_lambda_permission aws_ssoadmin_permission_set aws_iam_openid_connect_provider"),
        (
            "none network",
            "aws_security_group aws_security_group_rule aws_network_acl aws_vpc aws_subnet aws_route",
        ),
        (
            "none network",
            "aws_lb aws_lb_listener aws_internet_gateway aws_vpc_peering_connection aws_wafv2_web_acl",
        ),
        ("none names", "aws_route53_record aws_acm_certificate_validation"),
        ("none keys", "aws_kms_alias"),
        ("none defaults", "aws_appconfig_hosted_configuration_version"),
        ("none availability", "aws_s3_bucket_lifecycle_configuration"),
        (
            "none -",
            "aws_lambda_function aws_autoscaling_group aws_launch_template aws_cloudwatch_metric_alarm",
        ),
        ("unknown -", "aws_cloudcontrolapi_resource"),
    ],
)
def test_types_of_aws(expected: str, types: str) -> None:
    assert {name: told(nature_of(name)) for name in types.split()} == dict.fromkeys(types.split(), expected)


@pytest.mark.parametrize(
    ("expected", "types"),
    [
        (
            "state -",
            "google_sql_database_instance google_storage_bucket google_bigquery_dataset google_compute_disk",
        ),
        (
            "state -",
            "google_pubsub_topic google_container_cluster google_compute_instance google_spanner_database",
        ),
        ("state access", "google_project google_folder google_service_account"),
        ("state keys", "google_kms_crypto_key google_secret_manager_secret google_service_account_key"),
        ("state names", "google_dns_managed_zone"),
        ("state network", "google_compute_address google_compute_global_address"),
        (
            "none access",
            "google_project_iam_member google_organization_policy google_storage_bucket_iam_binding",
        ),
        ("none network", "google_compute_firewall google_compute_network google_compute_forwarding_rule"),
        ("none names", "google_dns_record_set"),
        ("none -", "google_cloudfunctions2_function google_compute_instance_template"),
        (
            "state -",
            "azurerm_mssql_database azurerm_storage_account azurerm_managed_disk azurerm_cosmosdb_account",
        ),
        (
            "state -",
            "azurerm_linux_virtual_machine azurerm_kubernetes_cluster azurerm_recovery_services_vault",
        ),
        ("state access", "azurerm_resource_group azurerm_subscription azurerm_user_assigned_identity"),
        ("state keys", "azurerm_key_vault azurerm_key_vault_secret azurerm_key_vault_key"),
        ("state names", "azurerm_dns_zone azurerm_private_dns_zone"),
        ("state network", "azurerm_public_ip"),
        ("state defaults", "azurerm_app_configuration_feature"),
        ("none access", "azurerm_role_assignment azurerm_key_vault_access_policy azurerm_management_lock"),
        (
            "none network",
            "azurerm_network_security_rule azurerm_virtual_network azurerm_subnet azurerm_lb_rule",
        ),
        ("none names", "azurerm_dns_cname_record azurerm_private_dns_a_record"),
        ("none -", "azurerm_monitor_metric_alert azurerm_service_plan"),
        ("state access", "azuread_application azuread_group azuread_service_principal"),
        ("none access", "azuread_conditional_access_policy azuread_directory_role_assignment"),
        ("unknown -", "azapi_resource azapi_update_resource"),
    ],
)
def test_types_of_google_and_azure(expected: str, types: str) -> None:
    assert {name: told(nature_of(name)) for name in types.split()} == dict.fromkeys(types.split(), expected)


@pytest.mark.parametrize(
    ("expected", "types"),
    [
        ("state -", "kubernetes_persistent_volume_claim kubernetes_persistent_volume_claim_v1 helm_release"),
        ("state -", "kubernetes_stateful_set_v1 kubernetes_namespace kubernetes_namespace_v1"),
        ("state keys", "kubernetes_secret kubernetes_secret_v1"),
        ("none -", "kubernetes_deployment kubernetes_deployment_v1 kubernetes_cron_job_v1"),
        ("none access", "kubernetes_cluster_role_binding_v1 kubernetes_validating_webhook_configuration"),
        ("none network", "kubernetes_network_policy kubernetes_ingress_v1 kubernetes_service"),
        ("unknown -", "kubernetes_manifest kubectl_manifest"),
        ("state names", "cloudflare_zone akamai_dns_zone ns1_zone hcloud_zone linode_domain"),
        ("none names", "cloudflare_record cloudflare_dns_record digitalocean_record dns_a_record_set"),
        (
            "none network",
            "cloudflare_ruleset fastly_service_vcl akamai_property hcloud_firewall openstack_fw_rule_v2",
        ),
        ("state -", "digitalocean_droplet hcloud_server linode_instance scaleway_instance_server ovh_vps"),
        ("state -", "openstack_compute_instance_v2 vsphere_virtual_machine vsphere_virtual_disk"),
        ("state -", "alicloud_db_instance oci_database_autonomous_database ibm_cos_bucket oci_core_volume"),
        ("none access", "alicloud_ram_role oci_identity_policy ibm_iam_access_group_policy"),
        ("none network", "alicloud_security_group_rule oci_core_security_list ibm_is_network_acl"),
        ("state -", "github_repository gitlab_project datadog_logs_archive"),
        (
            "none access",
            "github_branch_protection github_team_membership gitlab_branch_protection auth0_action",
        ),
        (
            "state keys",
            "github_actions_secret gitlab_project_variable datadog_api_key fastly_tls_private_key",
        ),
        ("state access", "okta_user okta_group auth0_client grafana_team pagerduty_user"),
        (
            "none -",
            "datadog_monitor newrelic_nrql_alert_condition grafana_dashboard pagerduty_escalation_policy",
        ),
        ("state defaults", "launchdarkly_feature_flag consul_keys heroku_config"),
        ("state keys", "vault_mount vault_kv_secret_v2 tls_private_key consul_acl_token"),
        ("none access", "vault_policy nomad_acl_policy consul_acl_policy"),
        (
            "state -",
            "snowflake_database databricks_catalog mongodbatlas_cluster confluent_kafka_topic",
        ),
        ("state -", "postgresql_database mysql_database elasticstack_elasticsearch_index ec_deployment"),
        ("none access", "snowflake_grant_ownership databricks_permissions postgresql_grant mysql_grant"),
        ("state -", "docker_volume heroku_addon vercel_project netlify_site tfe_workspace"),
        ("none -", "random_id null_resource terraform_data time_sleep local_file template_file archive_file"),
        ("none keys", "random_password tls_cert_request"),
    ],
)
def test_types_of_other_providers(expected: str, types: str) -> None:
    assert {name: told(nature_of(name)) for name in types.split()} == dict.fromkeys(types.split(), expected)


def test_a_type_has_words_for_people() -> None:
    assert nature_of("aws_db_instance") == Nature("state", None, "a database")
    assert nature_of("aws_s3_bucket").what == "an object store"


def test_upper_case_is_as_good_as_lower() -> None:
    assert nature_of("AWS_DB_Instance") == nature_of("aws_db_instance")


def test_a_version_at_the_end_of_a_type_tells_nothing_of_it() -> None:
    assert told(nature_of("kubernetes_pod_disruption_budget_v1beta1")) == "none availability"
    assert told(nature_of("openstack_newer_secgroup_rule_v9")) == "none -"


def test_only_types_of_kubernetes_are_the_same_in_all_versions() -> None:
    assert nature_of("aws_lambda_function").state == "none"
    assert nature_of("aws_lambda_function_v2").state == "unknown"


def test_types_made_from_those_of_cloudformation_are_what_those_are() -> None:
    assert nature_of("awscc_rds_db_instance") == nature_of_cloudformation("AWS::RDS::DBInstance")
    assert told(nature_of("awscc_iam_role")) == "none access"
    assert told(nature_of("awscc_newservice_database")) == "state -"
    assert told(nature_of("awscc_iam_newthing")) == "unknown access"


# ---------------------------------------------------------------- types that are not listed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aws_newservice_database", "state -"),
        ("google_newservice_backup_vault", "state -"),
        ("azurerm_newservice_filesystem", "state -"),
        ("widget_object_bucket_thing", "state -"),
        ("widget_message_queue", "state -"),
        ("widget_api_key", "state keys"),
        ("widget_dns_zone", "state names"),
        ("widget_floating_ip", "state network"),
    ],
)
def test_a_type_that_is_not_listed_holds_state_where_a_word_in_it_says_so(name: str, expected: str) -> None:
    assert told(nature_of(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aws_newservice_policy_attachment", "none access"),
        ("google_newservice_iam_member", "none access"),
        ("azurerm_newservice_firewall_rule", "none network"),
        ("aws_newservice_alarm", "none -"),
        ("random_newthing", "none -"),
    ],
)
def test_an_end_tells_that_a_type_of_a_known_provider_holds_nothing(name: str, expected: str) -> None:
    assert told(nature_of(name)) == expected


@pytest.mark.parametrize(
    "name", ["widget_policy_attachment", "widget_iam_member", "widget_firewall_rule", "widget_alarm"]
)
def test_nobody_is_told_that_a_type_of_an_unknown_provider_holds_nothing(name: str) -> None:
    assert nature_of(name).state == "unknown"


def test_the_danger_of_an_unknown_provider_s_type_is_told_all_the_same() -> None:
    assert told(nature_of("widget_iam_member")) == "unknown access"


def test_a_listed_type_comes_before_the_words_in_it() -> None:
    # `_topic` and `_subscription` are words of state, and `_policy` is one of access.
    assert told(nature_of("aws_sns_topic_subscription")) == "none -"
    assert told(nature_of("aws_ecr_lifecycle_policy")) == "none availability"


def test_an_end_comes_before_a_word() -> None:
    assert told(nature_of("aws_new_bucket")) == "state -"
    assert told(nature_of("aws_new_bucket_policy")) == "none access"


def test_a_longer_end_comes_before_a_shorter() -> None:
    assert told(nature_of("hcloud_new_rule")) == "none -"
    assert told(nature_of("hcloud_new_security_group_rule")) == "none network"


def test_a_word_that_tells_of_state_comes_before_a_beginning_that_tells_of_none() -> None:
    assert nature_of("random_database").state == "state"


def test_a_beginning_tells_the_danger_where_nothing_else_does() -> None:
    assert told(nature_of("aws_iam_newthing")) == "unknown access"
    assert told(nature_of("aws_route53_newthing")) == "unknown names"


@pytest.mark.parametrize("name", ["", "_", "x", "widget_thing", "aws", "aws_", "aws_newthing", "\0", "é_ü"])
def test_what_no_rule_fits_is_unknown(name: str) -> None:
    assert nature_of(name) == Nature("unknown", None, "")


# ---------------------------------------------------------------- CloudFormation


@pytest.mark.parametrize(
    ("expected", "types"),
    [
        (
            "state -",
            "AWS::RDS::DBInstance AWS::DynamoDB::Table AWS::S3::Bucket AWS::EC2::Volume AWS::EC2::Instance",
        ),
        (
            "state -",
            "AWS::SQS::Queue AWS::SNS::Topic AWS::EFS::FileSystem AWS::EKS::Cluster AWS::Logs::LogGroup",
        ),
        ("state -", "AWS::CloudFormation::Stack AWS::Serverless::SimpleTable AWS::Backup::BackupVault"),
        ("state keys", "AWS::KMS::Key AWS::SecretsManager::Secret AWS::CertificateManager::Certificate"),
        ("state names", "AWS::Route53::HostedZone"),
        ("state network", "AWS::EC2::EIP"),
        ("state access", "AWS::Cognito::UserPool AWS::IAM::User"),
        (
            "none access",
            "AWS::IAM::Role AWS::IAM::ManagedPolicy AWS::S3::BucketPolicy AWS::Lambda::Permission",
        ),
        ("none network", "AWS::EC2::SecurityGroup AWS::EC2::RouteTable AWS::EC2::VPC"),
        ("none network", "AWS::ElasticLoadBalancingV2::Listener AWS::WAFv2::WebACL"),
        ("none names", "AWS::Route53::RecordSet"),
        ("none defaults", "AWS::AppConfig::HostedConfigurationVersion"),
        (
            "none -",
            "AWS::Lambda::Function AWS::Serverless::Function AWS::CloudWatch::Alarm AWS::ECS::TaskDefinition",
        ),
    ],
)
def test_types_of_cloudformation(expected: str, types: str) -> None:
    found = {name: told(nature_of_cloudformation(name)) for name in types.split()}
    assert found == dict.fromkeys(types.split(), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AWS::NewService::Database", "state -"),
        ("AWS::NewService::BackupVault", "state -"),
        ("AWS::NewService::ResourcePolicy", "none access"),
        ("AWS::IAM::NewThing", "unknown access"),
        ("AWS::NewService::Thing", "unknown -"),
        ("MongoDB::Atlas::Cluster", "state -"),
        ("Acme::Tool::ResourcePolicy", "unknown access"),
        ("Custom::Anything", "unknown -"),
        ("Acme::Shop::Bucket::MODULE", "state -"),
        ("aws_db_instance", "unknown -"),
    ],
)
def test_a_type_of_cloudformation_that_is_not_listed_is_judged_by_its_words(name: str, expected: str) -> None:
    assert told(nature_of_cloudformation(name)) == expected


# ---------------------------------------------------------------- Kubernetes


@pytest.mark.parametrize(
    ("kind", "group", "expected"),
    [
        ("PersistentVolumeClaim", "", "state -"),
        ("PersistentVolume", "", "state -"),
        ("Namespace", "", "state -"),
        ("StatefulSet", "apps", "state -"),
        ("StorageClass", "storage.k8s.io", "state -"),
        ("VolumeSnapshot", "snapshot.storage.k8s.io", "state -"),
        ("CustomResourceDefinition", "apiextensions.k8s.io", "state -"),
        ("Cluster", "postgresql.cnpg.io", "state -"),
        ("PostgresCluster", "postgres-operator.crunchydata.com", "state -"),
        ("Kafka", "kafka.strimzi.io", "state -"),
        ("Elasticsearch", "elasticsearch.k8s.elastic.co", "state -"),
        ("RabbitmqCluster", "rabbitmq.com", "state -"),
        ("Application", "argoproj.io", "state -"),
        ("Secret", "", "state keys"),
        ("Certificate", "cert-manager.io", "state keys"),
        ("Deployment", "apps", "none -"),
        ("CronJob", "batch", "none -"),
        ("Pod", "", "none -"),
        ("ConfigMap", "", "none defaults"),
        ("HorizontalPodAutoscaler", "autoscaling", "none availability"),
        ("PodDisruptionBudget", "policy", "none availability"),
        ("ClusterRole", "rbac.authorization.k8s.io", "none access"),
        ("ServiceAccount", "", "none access"),
        ("ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "none access"),
        ("NetworkPolicy", "networking.k8s.io", "none network"),
        ("Service", "", "none network"),
        ("HTTPRoute", "gateway.networking.k8s.io", "none network"),
    ],
)
def test_kinds_of_kubernetes(kind: str, group: str, expected: str) -> None:
    assert told(nature_of_kubernetes(kind, group)) == expected


def test_a_kind_of_an_unlisted_group_is_another_kind() -> None:
    assert nature_of_kubernetes("Deployment", "apps").state == "none"
    assert nature_of_kubernetes("Deployment", "acme.example") == Nature("unknown", None, "")
    assert told(nature_of_kubernetes("Role", "acme.example")) == "unknown access"


def test_a_kind_of_an_unlisted_group_holds_state_where_a_word_says_so() -> None:
    assert nature_of_kubernetes("MyDatabase", "acme.example").state == "state"
    assert nature_of_kubernetes("Thing", "postgres.acme.example").state == "state"


def test_a_cloud_resource_that_a_controller_keeps_holds_state() -> None:
    assert told(nature_of_kubernetes("Instance", "rds.aws.upbound.io")) == "state -"
    assert told(nature_of_kubernetes("Role", "iam.aws.crossplane.io")) == "state access"
    assert nature_of_kubernetes("SQLInstance", "sql.cnrm.cloud.google.com").state == "state"


def test_with_no_group_a_kind_is_the_gravest_that_is_listed_under_its_name() -> None:
    assert nature_of_kubernetes("Deployment").state == "none"
    assert nature_of_kubernetes("StatefulSet").state == "state"
    assert nature_of_kubernetes("Cluster").state == "state"
    assert told(nature_of_kubernetes("Service")) == "none network"


# ---------------------------------------------------------------- hostile names


def test_a_kind_with_dots_does_not_pass_for_a_kind_and_its_group() -> None:
    assert nature_of_kubernetes("Deployment.apps").state == "unknown"


def test_letters_of_other_scripts_do_not_pass_for_ascii_ones() -> None:
    # A Kelvin sign becomes a `k` as it is lowered.
    assert nature_of("aws_\u212aey_pair").state == "unknown"
    assert nature_of("aws_\u212a_policy").state == "unknown"


ASK = (
    nature_of,
    nature_of_cloudformation,
    nature_of_kubernetes,
    lambda name: nature_of_kubernetes("Pod", name),
)


@given(st.text(max_size=300))
def test_any_name_is_answered(name: str) -> None:
    assert all(ask(name).state in {"state", "none", "unknown"} for ask in ASK)


@pytest.mark.parametrize(
    "name", ["a" * 1_000_000, "_iam" * 250_000, "_v1" * 300_000, "aws_db_instance" + "_x" * 500_000]
)
def test_a_megabyte_of_a_name_is_unknown_and_quickly_so(name: str) -> None:
    start = time.perf_counter()
    for ask in ASK:
        assert ask(name) == Nature("unknown", None, "")
    assert time.perf_counter() - start < 1


# ---------------------------------------------------------------- the data


@pytest.mark.parametrize("file", FILES)
def test_a_file_names_its_sources_first(file: str) -> None:
    opening = FOLDER.joinpath(file).read_text("utf-8").split("\n\n")[0]
    assert all(line.startswith("# ") for line in opening.splitlines())
    assert re.search(r"ources: .*, 2026-11\.", opening.replace("\n# ", " "))


@pytest.mark.parametrize("file", FILES)
def test_a_class_is_complete(file: str) -> None:
    for one in tree(file).get("class", ()):
        assert one.keys() - {"danger"} == {"what", "state", "types"}
        assert one["state"] in {"state", "none", "unknown"}
        assert one.get("danger", "access") in DANGERS
        assert one["types"].split()
        assert one["what"] == one["what"].strip() != ""


@pytest.mark.parametrize("file", FILES)
def test_a_rule_is_complete(file: str) -> None:
    for one in tree(file).get("rule", ()):
        assert one.keys() <= {"what", "state", "danger", "ends", "begins", "has"}
        assert one.keys() & {"what", "state", "danger"}
        assert one.keys() & {"ends", "begins", "has"}
        assert one.get("danger", "access") in DANGERS


@pytest.mark.parametrize("file", FILES)
def test_a_part_of_a_name_never_tells_that_a_type_holds_nothing(file: str) -> None:
    assert not [one for one in tree(file).get("rule", ()) if "has" in one and one.get("state") == "none"]


NAMES = {
    "cloudformation.toml": re.compile(r"[a-z0-9]+(?:::[a-z0-9]+){2}"),
    "kubernetes.toml": re.compile(r"[a-z][a-z0-9]*(?:\.[a-z0-9][a-z0-9-]*)*"),
}
TERRAFORM = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


@pytest.mark.parametrize("file", FILES)
def test_every_listed_name_is_well_formed(file: str) -> None:
    form = NAMES.get(file, TERRAFORM)
    assert [name for name in listed(file) if not form.fullmatch(name)] == []


@pytest.mark.parametrize("file", [name for name in FILES if name not in SCHEMES])
def test_every_listed_type_is_one_of_the_file_s_providers(file: str) -> None:
    known = set(tree(file)["providers"].split())
    assert {name.split("_")[0] for name in listed(file)} <= known


@pytest.mark.parametrize("files", [{"cloudformation.toml"}, {"kubernetes.toml"}, set(FILES) - SCHEMES])
def test_no_type_is_in_two_classes(files: set[str]) -> None:
    counted = Counter(name for file in files for name in listed(file))
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("files", [{"cloudformation.toml"}, {"kubernetes.toml"}, set(FILES) - SCHEMES])
@pytest.mark.parametrize("where", ["ends", "begins", "has"])
def test_no_part_of_a_name_is_in_two_rules(files: set[str], where: str) -> None:
    rules = [one for file in files for one in tree(file).get("rule", ())]
    assert all(word == word.lower() for one in rules for word in one.get(where, "").split())
    counted = Counter(word for one in rules for word in one.get(where, "").split())
    assert [word for word, times in counted.items() if times > 1] == []


def test_a_type_that_terraform_and_cloudformation_name_alike_is_the_same_in_both() -> None:
    alike = {name.removeprefix("aws").replace("::", ""): name for name in listed("cloudformation.toml")}
    both = {name: alike.get(name.removeprefix("aws").replace("_", "")) for name in listed("aws.toml")}
    pairs = {name: other for name, other in both.items() if other}
    assert len(pairs) > 400
    assert {name: told(nature_of(name)) for name in pairs} == {
        name: told(nature_of_cloudformation(other)) for name, other in pairs.items()
    }


@pytest.mark.parametrize(
    ("prefix", "least"),
    [("aws_", 350), ("google_", 200), ("azurerm_", 250), ("kubernetes_", 70), ("aws::", 200), ("oci_", 100)],
)
def test_the_great_providers_are_known_type_by_type(prefix: str, least: int) -> None:
    assert sum(name.startswith(prefix) for file in FILES for name in listed(file)) >= least
