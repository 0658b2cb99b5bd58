"""Changes that destroy or endanger what is stored, in real repositories: told as operations, and never let through as nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from functional.reach.ground import Ground, rule_ids
from functional.reach.terminal import at_least, at_most, here, refused, told

BASE = {"README.md": "# shop\n", "src/app.py": "x = 1\n"}


def irreversible(found: Any) -> list[str]:
    return [one["resource"] for one in found["operations"] if one["irreversible"]]


SQL_DESTROYS = [
    "DROP TABLE orders;",
    "drop table if exists orders;",
    "DROP TABLE orders CASCADE",
    "DROP TABLE public.orders, public.lines;",
    "DROP\n\tTABLE\n orders ;",
    "/* tidy */ DROP /* x */ TABLE orders;",
    "CREATE TABLE a (id int); DROP TABLE orders;",
    "BEGIN; DROP TABLE orders; COMMIT;",
    "DROP TABLE `orders`;",
    'DROP TABLE "Orders";',
    "DROP TABLE [orders];",
    "TRUNCATE orders;",
    "TRUNCATE TABLE orders RESTART IDENTITY CASCADE;",
    "ALTER TABLE orders DROP COLUMN mail;",
    "ALTER TABLE orders DROP mail;",
    "ALTER TABLE orders ADD COLUMN a int, DROP COLUMN b;",
    "DROP SCHEMA shop CASCADE;",
    "DROP DATABASE shop;",
    "DELETE FROM orders;",
    "DELETE FROM orders WHERE 1=1;",
    "DROP MATERIALIZED VIEW totals; DROP TABLE orders;",
    "SET lock_timeout = '1s';\nDROP TABLE orders;",
    "-- DROP TABLE x\nDROP TABLE orders;",
    "ALTER TABLE orders DROP PARTITION p2019;",
]
SQL_UNREADABLE = [
    "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'orders'; END $$;",
    "EXECUTE IMMEDIATE 'DROP TABLE orders';",
    "EXEC('DROP TABLE orders');",
    "PREPARE s FROM 'DROP TABLE orders'; EXECUTE s;",
    "CALL clean_up();",
    "SELECT clean_up();",
    "SELECT shop.clean_up(id) FROM orders;",
    "SELECT drop_chunks('orders', older_than => now());",
    "DRPO TABLE orders;",
    "DROP TABLE 'orders",
    "this is not SQL at all",
    "\\i other.sql",
    "DROP TABLE {{ table }};",
    "DROP TABLE ${schema}.orders;",
    "CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM orders; END $$ LANGUAGE plpgsql; SELECT f();",
]
SQL_ENDANGERS = [
    "ALTER TABLE orders ALTER COLUMN mail TYPE varchar(10);",
    "ALTER TABLE orders ALTER COLUMN total TYPE integer USING total::integer;",
    "ALTER TABLE orders MODIFY COLUMN mail VARCHAR(10);",
    "CREATE INDEX i ON orders (mail);",
    "ALTER TABLE orders ALTER COLUMN mail SET NOT NULL;",
    "ALTER TABLE orders RENAME COLUMN mail TO email;",
    "ALTER TABLE orders RENAME TO purchases;",
    "ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES b (id);",
    "UPDATE orders SET mail = NULL;",
    "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;",
    "VACUUM FULL orders;",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;",
    "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;",
]
SQL_ADDS = [
    "CREATE TABLE notes (id int PRIMARY KEY, text text);",
    "ALTER TABLE orders ADD COLUMN note text;",
    "CREATE INDEX CONCURRENTLY i ON orders (mail);",
    "CREATE TABLE tmp (id int); DROP TABLE tmp;",
    "-- DROP TABLE orders;\nCREATE TABLE notes (id int);",
    "/* DROP TABLE orders; */ CREATE TABLE notes (id int);",
    "INSERT INTO notes VALUES (1, 'DROP TABLE orders;');",
]


@pytest.mark.parametrize("text", SQL_DESTROYS)
def test_a_migration_that_destroys_is_critical(tmp_path: Path, text: str) -> None:
    found = Ground(tmp_path, BASE).reach({"db/migrations/0002_x.sql": text})
    assert (found["level"], found["irreversible"]) == ("critical", True), found["operations"]
    assert irreversible(found)


@pytest.mark.parametrize("text", SQL_DESTROYS)
def test_the_same_given_as_a_file_is_critical_without_a_repository(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.sql").write_text(text, encoding="utf-8")
    found = here("--sql", tmp_path / "x.sql", "--json").json
    assert (found["level"], found["irreversible"]) == ("critical", True), found["operations"]


@pytest.mark.parametrize("text", SQL_UNREADABLE)
def test_sql_that_cannot_be_read_is_never_safe(tmp_path: Path, text: str) -> None:
    found = Ground(tmp_path, BASE).reach({"db/migrations/0002_x.sql": text})
    assert at_least(found, "high"), found["rules"]
    assert found["unknowns"] or found["irreversible"], (
        "either it is known to destroy, or it is not known what it does"
    )
    (tmp_path / "x.sql").write_text(text, encoding="utf-8")
    assert at_least(here("--sql", tmp_path / "x.sql", "--json").json, "high")


@pytest.mark.parametrize("text", SQL_ENDANGERS)
def test_what_narrows_locks_rewrites_or_opens_is_high(tmp_path: Path, text: str) -> None:
    found = Ground(tmp_path, BASE).reach({"db/migrations/0002_x.sql": text})
    assert at_least(found, "high"), (found["operations"], found["unknowns"])


@pytest.mark.parametrize("text", SQL_ADDS)
def test_what_only_adds_is_not_critical(tmp_path: Path, text: str) -> None:
    found = Ground(tmp_path, BASE).reach({"db/migrations/0002_x.sql": text})
    assert (found["irreversible"], at_most(found, "medium"), at_least(found, "low")) == (False, True, True), (
        found["rules"]
    )


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "DROP TABLE orders"),
        ("mysql", "ALTER TABLE `orders` DROP COLUMN `mail`, ALGORITHM=INPLACE"),
        ("sqlite", "PRAGMA foreign_keys=off; DROP TABLE orders"),
        ("tsql", "DROP TABLE [dbo].[orders]\nGO\n"),
        ("snowflake", "DROP TABLE orders"),
        ("bigquery", "DROP TABLE `p.d.orders`"),
        ("oracle", "DROP TABLE orders PURGE"),
    ],
)
def test_sql_is_read_in_its_dialect(tmp_path: Path, dialect: str, text: str) -> None:
    (tmp_path / "x.sql").write_text(text, encoding="utf-8")
    assert here("--sql", tmp_path / "x.sql", "--dialect", dialect, "--json").json["level"] == "critical"


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "tsql", "bigquery"])
@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE `orders`",
        "DROP TABLE [orders]",
        "ALTER TABLE orders MODIFY x varchar2(1 CHAR)",
        "RENAME TABLE a TO b",
    ],
)
def test_sql_in_the_wrong_dialect_is_not_read_as_safe(tmp_path: Path, dialect: str, text: str) -> None:
    (tmp_path / "x.sql").write_text(text, encoding="utf-8")
    assert at_least(here("--sql", tmp_path / "x.sql", "--dialect", dialect, "--json").json, "high")


@pytest.mark.parametrize("dialect", ["klingon", "postgres; drop", "POSTGRES2", "../x"])
def test_a_dialect_that_is_none_is_refused_by_name(tmp_path: Path, dialect: str) -> None:
    (tmp_path / "x.sql").write_text("SELECT 1", encoding="utf-8")
    refused(here("--sql", tmp_path / "x.sql", "--dialect", dialect, "--json"), dialect)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"DROP TABLE orders\x00;",
        "DROP TABLE orders;".encode("utf-16"),
        "DROP TABLE orders;".encode("utf-8-sig"),
    ],
)
def test_sql_in_another_encoding_is_refused_or_not_safe(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.sql").write_bytes(content)
    said = here("--sql", tmp_path / "x.sql", "--json")
    if said.status == 2:
        refused(said, "x.sql")
    else:
        assert at_least(said.json, "high")


def test_sql_that_is_empty_does_nothing_and_a_huge_one_ends(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- nothing\n", encoding="utf-8")
    assert not here("--sql", tmp_path / "x.sql", "--json").json["irreversible"]
    (tmp_path / "y.sql").write_text(
        "INSERT INTO t VALUES (1, 'x');\n" * 20_000 + "DROP TABLE orders;", encoding="utf-8"
    )
    said = here("--sql", tmp_path / "y.sql", "--json")
    if said.status == 2:
        refused(said, "y.sql")
    else:
        assert at_least(said.json, "high")
    (tmp_path / "z.sql").write_text(
        "SELECT " + "(" * 5_000 + "1" + ")" * 5_000 + "; DROP TABLE orders;", encoding="utf-8"
    )
    assert at_least(here("--sql", tmp_path / "z.sql", "--json").json, "high")


ALEMBIC = "from alembic import op\nimport sqlalchemy as sa\nrevision = '2'\ndown_revision = '1'\n\n\ndef upgrade():\n    {}\n\n\ndef downgrade():\n    {}\n"
DJANGO = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [{}]\n"
RAILS = "class X < ActiveRecord::Migration[7.1]\n  def change\n    {}\n  end\nend\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("alembic/versions/2_x.py", ALEMBIC.format("op.drop_table('orders')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.drop_column('orders', 'mail')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("with op.batch_alter_table('orders') as b:\n        b.drop_column('mail')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.execute('DROP TABLE orders')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.execute(sa.text('TRUNCATE orders'))", "pass")),
        ("migrations/versions/2_x.py", ALEMBIC.format("op.drop_table(table_name='orders')", "pass")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.DeleteModel(name='Order')")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.DeleteModel('Order')")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.RemoveField(model_name='order', name='mail')")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.RunSQL('DROP TABLE shop_order')")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.RunSQL(sql=['DROP TABLE shop_order'], reverse_sql=migrations.RunSQL.noop)")),
        ("db/migrate/20260101_x.rb", RAILS.format("drop_table :orders")),
        ("db/migrate/20260101_x.rb", RAILS.format("remove_column :orders, :mail, :string")),
        ("db/migrate/20260101_x.rb", RAILS.format("execute 'DROP TABLE orders'")),
        ("db/migrate/20260101_x.rb", RAILS.format("change_table :orders do |t|\n      t.remove :mail\n    end")),
        ("src/main/resources/db/migration/V2__x.sql", "DROP TABLE orders;"),
        ("prisma/migrations/20260101_x/migration.sql", "ALTER TABLE \"Order\" DROP COLUMN \"mail\";"),
        ("migrations/2_x.up.sql", "DROP TABLE orders;"),
        ("supabase/migrations/20260101_x.sql", "drop table public.orders;"),
    ],
)  # fmt: skip
def test_each_frameworks_migration_that_destroys_is_critical(tmp_path: Path, path: str, text: str) -> None:
    found = Ground(tmp_path, BASE).reach({path: text})
    assert (found["level"], found["irreversible"]) == ("critical", True), (
        found["operations"],
        found["unknowns"],
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("alembic/versions/2_x.py", ALEMBIC.format("op.execute(open('x.sql').read())", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.execute(f'DROP TABLE {name}')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("getattr(op, 'drop' + '_table')('orders')", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("helpers.clean(op)", "pass")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.get_bind().execute(sa.text(SQL))", "pass")),
        ("alembic/versions/2_x.py", "def upgrade(:\n"),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.RunPython(clean)")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.RunSQL(open('x.sql').read())")),
        ("shop/migrations/0002_x.py", DJANGO.format("*more()")),
        ("db/migrate/20260101_x.rb", RAILS.format("execute File.read('x.sql')")),
        ("db/migrate/20260101_x.rb", RAILS.format("Order.delete_all")),
        ("db/migrate/20260101_x.rb", RAILS.format("send(:drop_table, :orders)")),
        ("migrations/20260101_x.js", "exports.up = (knex) => knex.raw(sql)\n"),
        ("migrations/20260101_x.ts", "export async function up(q) { await q.query(`DROP TABLE ${name}`) }\n"),
    ],
)  # fmt: skip
def test_a_migration_that_is_put_together_when_it_runs_is_not_safe(
    tmp_path: Path, path: str, text: str
) -> None:
    found = Ground(tmp_path, BASE).reach({path: text})
    assert at_least(found, "high"), (found["operations"], found["unknowns"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("alembic/versions/2_x.py", ALEMBIC.format("op.create_table('notes', sa.Column('id', sa.Integer))", "op.drop_table('notes')")),
        ("alembic/versions/2_x.py", ALEMBIC.format("op.add_column('orders', sa.Column('note', sa.Text, nullable=True))", "op.drop_column('orders', 'note')")),
        ("shop/migrations/0002_x.py", DJANGO.format("migrations.CreateModel(name='Note', fields=[('id', models.AutoField(primary_key=True))])")),
        ("db/migrate/20260101_x.rb", RAILS.format("create_table :notes do |t|\n      t.string :text\n    end")),
    ],
)  # fmt: skip
def test_a_migration_that_only_adds_is_not_critical(tmp_path: Path, path: str, text: str) -> None:
    """That its way back drops is what a way back does."""
    found = Ground(tmp_path, BASE).reach({path: text})
    assert (found["irreversible"], at_most(found, "medium")) == (False, True), (
        found["operations"],
        found["unknowns"],
    )


def test_changing_or_removing_a_migration_that_may_have_run_is_not_nothing(tmp_path: Path) -> None:
    base = BASE | {"db/migrations/0001_a.sql": "CREATE TABLE orders (id int);"}
    ground = Ground(tmp_path, base)
    assert at_least(ground.reach({"db/migrations/0001_a.sql": None}), "medium")


OBJECT = "apiVersion: {}\nkind: {}\nmetadata:\n  name: it\n  namespace: shop\nspec: {{}}\n"
HOLDS_STATE = [
    ("apps/v1", "StatefulSet"), ("v1", "PersistentVolumeClaim"), ("v1", "PersistentVolume"), ("v1", "Namespace"), ("v1", "Secret"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ("postgresql.cnpg.io/v1", "Cluster"), ("acme.example/v1", "Thing"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "kind"), HOLDS_STATE)
@pytest.mark.parametrize("how", ["file", "document", "name", "list"])
def test_an_object_that_holds_state_and_goes_is_critical(
    tmp_path: Path, version: str, kind: str, how: str
) -> None:
    """Whether its file goes, its document in a file, or it is called otherwise."""
    text, other = OBJECT.format(version, kind), OBJECT.format("v1", "Service").replace("it", "web")
    listed = json.dumps(
        {
            "apiVersion": "v1",
            "kind": "List",
            "items": [{"apiVersion": version, "kind": kind, "metadata": {"name": "it"}}],
        }
    )
    before, after = {
        "file": (text, None),
        "document": (f"{other}---\n{text}", other),
        "name": (text, text.replace("name: it", "name: that")),
        "list": (listed, json.dumps({"apiVersion": "v1", "kind": "List", "items": []})),
    }[how]
    path = "k8s/db.json" if how == "list" else "k8s/db.yaml"
    found = Ground(tmp_path, BASE | {path: before, "k8s/z.yaml": other.replace("web", "z")}).reach(
        {path: after}
    )
    assert (found["level"], found["irreversible"]) == ("critical", True), (
        found["operations"],
        found["unknowns"],
    )
    assert any("it" in name for name in irreversible(found))


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("apps/v1", "Deployment"),
        ("v1", "Service"),
        ("batch/v1", "CronJob"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ],
)
def test_an_object_that_holds_nothing_and_goes_is_told(tmp_path: Path, version: str, kind: str) -> None:
    found = Ground(tmp_path, BASE | {"k8s/a.yaml": OBJECT.format(version, kind)}).reach({"k8s/a.yaml": None})
    assert (found["irreversible"], at_least(found, "low"), at_most(found, "high")) == (False, True, True)
    assert [one["action"] for one in found["operations"]] == ["delete"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spec:\n  volumeClaimTemplates: [{metadata: {name: data}}]\n", "spec: {}\n"),
        ("spec:\n  serviceName: db\n", "spec:\n  serviceName: other\n"),
    ],
)
def test_a_stateful_set_that_cannot_be_changed_in_place_is_not_low(
    tmp_path: Path, before: str, after: str
) -> None:
    head = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\n"
    found = Ground(tmp_path, BASE | {"k8s/a.yaml": head + before}).reach({"k8s/a.yaml": head + after})
    assert at_least(found, "high"), found["operations"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("infra/main.tf", 'resource "aws_s3_bucket" "b" {}\n'),
        ("infra/main.tofu", 'resource "aws_s3_bucket" "b" {}\n'),
        ("infra/main.tf.json", '{"resource": {"aws_s3_bucket": {"b": {}}}}'),
        ("infra/prod.tfvars", 'size = "large"\n'),
        ("infra/prod.auto.tfvars.json", '{"size": "large"}'),
        ("infra/terragrunt.hcl", 'inputs = { size = "large" }\n'),
        ("modules/bucket/variables.tf", 'variable "x" {}\n'),
        ("infra/broken.tf", 'resource "aws_s3_bucket" {{{\n'),
        ("infra/empty.tf", "\n"),
        ("infra/moved.tf", "moved {\n from = a.b\n to = a.c\n}\n"),
    ],
)
@pytest.mark.parametrize("how", ["added", "changed", "removed"])
def test_terraform_that_changes_without_a_plan_is_high_and_unknown(
    tmp_path: Path, path: str, text: str, how: str
) -> None:
    base = (
        BASE
        if how == "added"
        else BASE | {path: text + "# was\n" if not path.endswith("json") else " " + text}
    )
    found = Ground(tmp_path, base).reach({path: None if how == "removed" else text})
    assert at_least(found, "high"), found["rules"]
    assert told(found, path), found["unknowns"]


def test_the_lock_of_terraforms_providers_is_not_nothing(tmp_path: Path) -> None:
    lock = 'provider "registry.terraform.io/hashicorp/aws" {{\n  version = "{}"\n}}\n'
    base = BASE | {"infra/.terraform.lock.hcl": lock.format("5.0.0")}
    assert at_least(
        Ground(tmp_path, base).reach({"infra/.terraform.lock.hcl": lock.format("6.0.0")}), "medium"
    )


CHANGE: dict[str, Any] = {
    "Type": "Resource",
    "ResourceChange": {"Action": "Remove", "LogicalResourceId": "Db", "ResourceType": "AWS::RDS::DBInstance"},
}


def change_set(**fields: Any) -> dict[str, Any]:
    return {
        "ChangeSetName": "c",
        "StackName": "s",
        "Status": "CREATE_COMPLETE",
        "Changes": [{"Type": "Resource", "ResourceChange": {**CHANGE["ResourceChange"], **fields}}],
    }


@pytest.mark.parametrize(
    ("fields", "action", "irreversible_", "level"),
    [
        ({}, "delete", True, "critical"),
        ({"Action": "Modify", "Replacement": "True"}, "replace", True, "critical"),
        ({"Action": "Modify", "Replacement": "Conditional"}, "replace", True, "critical"),
        ({"Action": "Modify", "Replacement": "False"}, "update", False, "low"),
        ({"Action": "Add"}, "create", False, "low"),
        ({"Action": "Dynamic"}, None, None, "high"),
        ({"Action": "Explode"}, None, None, "high"),
        ({"ResourceType": "AWS::S3::Bucket"}, "delete", True, "critical"),
        ({"ResourceType": "Custom::Thing"}, "delete", True, "critical"),
        ({"ResourceType": "AWS::CloudWatch::Alarm"}, "delete", False, "low"),
        ({"ResourceType": "AWS::IAM::Role", "Action": "Modify", "Replacement": "False"}, "update", False, "high"),
        ({"PolicyAction": "Retain"}, None, False, "medium"),
        ({"PolicyAction": "Snapshot"}, None, None, "medium"),
        ({"Action": "Import"}, None, False, "none"),
    ],
)  # fmt: skip
def test_a_change_set_of_cloudformation_is_told(
    tmp_path: Path, fields: Any, action: str | None, irreversible_: bool | None, level: str
) -> None:
    (tmp_path / "c.json").write_text(json.dumps(change_set(**fields)), encoding="utf-8")
    found = here("--change-set", tmp_path / "c.json", "--json").json
    (operation,) = found["operations"]
    assert "Db" in operation["resource"]
    assert action in {None, operation["action"]}, operation
    assert irreversible_ in {None, operation["irreversible"]}, operation
    assert at_least(found, level), found["rules"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"Changes": 1}',
        '{"resource_changes": [], "format_version": "1.2"}',
        "AWSTemplateFormatVersion: '2010-09-09'\n",
    ],
)
def test_a_change_set_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content, encoding="utf-8")
    refused(here("--change-set", tmp_path / "c.json", "--json"), "c.json")


@pytest.mark.parametrize(
    "change",
    [1, None, "x", [], {}, {"Type": "Resource"}, {"Type": "Hook"}, {"ResourceChange": {"Action": "Remove"}}],
)
def test_a_change_in_a_change_set_that_is_not_understood_is_refused_or_high(
    tmp_path: Path, change: Any
) -> None:
    (tmp_path / "c.json").write_text(json.dumps(change_set() | {"Changes": [change]}), encoding="utf-8")
    said = here("--change-set", tmp_path / "c.json", "--json")
    if said.status == 2:
        refused(said, "c.json")
    else:
        assert at_least(said.json, "high"), said.json


def test_a_change_set_of_which_only_the_first_page_is_there_is_an_unknown(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(
        json.dumps(change_set(Action="Add") | {"NextToken": "more"}), encoding="utf-8"
    )
    assert here("--change-set", tmp_path / "c.json", "--json").json["unknowns"]


def test_plans_sql_and_change_sets_beside_a_change_add_to_it(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE)
    ground.change({"README.md": "# the shop\n"})
    assert ground.ask().json["level"] == "none"
    (tmp_path / "x.sql").write_text("DROP TABLE orders", encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps(change_set()), encoding="utf-8")
    for words in (("--sql", tmp_path / "x.sql"), ("--change-set", tmp_path / "c.json")):
        found = ground.ask("HEAD", *words).json
        assert (found["level"], found["docs_only"], found["files"]["changed"]) == ("critical", False, 1)
        assert "destroys-state" in rule_ids(found)
