"""`blastdoor reach` on real repositories: how far changes go, and what they destroy."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realgit import RealGit, a_repository
from shopfloor import catalogue

BLASTDOOR = Path(sys.executable).parent / "blastdoor"
LEVELS = ["none", "low", "medium", "high", "critical"]


class Ground:
    """A repository with a base on main, and a change on feature."""

    def __init__(self, folder: Path, base: dict[str, str]) -> None:
        self.git: RealGit = a_repository(folder)
        self.git.commit("base", base)
        self.git("checkout", "--quiet", "-b", "feature")

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BLASTDOOR, "reach", *words],
            cwd=self.git.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def reach(self, change: dict[str, str | None], *words: str | Path) -> Any:
        """Commit a change and measure it."""
        self.git.commit("change", change)
        done = self.run(*words, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    def edges(self, language: str, *words: str) -> set[tuple[str, str, str]]:
        done = self.run("graph", "--language", language, "--json", *words)
        assert (done.returncode, done.stderr) == (0, "")
        return {(one["from"], one["to"], one["kind"]) for one in map(json.loads, done.stdout.splitlines())}


@pytest.fixture
def ground(tmp_path: Path) -> Any:
    return lambda base: Ground(tmp_path / "repo", base)


def rules(found: Any) -> dict[str, str]:
    return {hit["id"]: hit["level"] for hit in found["rules"]}


def at_least(found: Any, level: str) -> bool:
    return LEVELS.index(found["level"]) >= LEVELS.index(level)


SHOP = {
    "lib/pricing/__init__.py": "",
    "lib/pricing/rates.py": "RATE = 1\n",
    "services/checkout/app.py": "from pricing.rates import RATE\n",
    "services/checkout/catalog-info.yaml": catalogue("checkout", 1),
    "services/mail/app.py": "",
    "services/mail/catalog-info.yaml": catalogue("mail", 3, "checkout"),
}


def test_a_change_is_followed_through_imports_to_services_and_tiers(ground: Any) -> None:
    found = ground(SHOP).reach({"lib/pricing/rates.py": "RATE = 2\n"})
    assert [(one["name"], one["tier"], one["distance"]) for one in found["services"]] == [
        ("checkout", 1, 1),
        ("mail", 3, 2),
    ]
    assert found["services"][1]["path"] == [
        "lib/pricing/rates.py",
        "services/checkout/app.py",
        "checkout",
        "mail",
    ]
    assert (found["level"], found["tier"], found["files"]) == ("critical", 1, {"changed": 1, "reached": 2})
    assert found["order"]["points"] == sum(term["points"] for term in found["order"]["terms"]) == 900


def test_what_depended_on_something_deleted_or_renamed_is_reached(ground: Any) -> None:
    place = ground(SHOP)
    gone = place.reach({"lib/pricing/rates.py": None})
    assert [one["name"] for one in gone["services"]] == ["checkout", "mail"]
    renamed = place.reach({"lib/pricing/prices.py": "RATE = 1\n"})
    assert [one["name"] for one in renamed["services"]] == ["checkout", "mail"]


def test_documentation_reaches_nothing(ground: Any) -> None:
    found = ground(SHOP).reach({"README.md": "# the shop\n"})
    assert (found["level"], found["services"], found["docs_only"]) == ("none", [], True)


def test_a_range_may_be_two_revisions_three_dots_or_one(ground: Any) -> None:
    place = ground(SHOP)
    place.reach({"services/mail/app.py": "x = 1\n"})
    found = [
        json.loads(place.run(words, "--json").stdout)
        for words in ("main..feature", "main...feature", "feature")
    ]
    assert found[0] == found[1] == found[2]
    assert [one["name"] for one in found[0]["services"]] == ["mail"]
    back = json.loads(place.run("feature..main", "--json").stdout)
    assert back["files"]["changed"] == 1


def test_a_commit_that_landed_is_compared_with_the_one_before(ground: Any) -> None:
    place = ground(SHOP)
    place.git("checkout", "--quiet", "main")
    place.git.commit("landed", {"services/mail/app.py": "x = 1\n"})
    assert json.loads(place.run("main", "--json").stdout)["files"]["changed"] == 1


def test_the_catalogue_of_the_protected_branch_counts(ground: Any) -> None:
    found = ground(SHOP).reach(
        {"services/checkout/catalog-info.yaml": None, "lib/pricing/rates.py": "RATE = 2\n"}
    )
    assert [one["name"] for one in found["services"]] == ["checkout", "mail"]
    assert rules(found)["policy-files"] == "critical"


def test_calls_that_were_seen_reach_further(ground: Any, tmp_path: Path) -> None:
    seen = tmp_path / "calls.csv"
    seen.write_text("client,server,count\nweb,mail,12\nbatch,web,1\n", encoding="utf-8")
    found = ground(SHOP).reach({"services/mail/app.py": "x = 1\n"}, "--service-graph", seen)
    assert [(one["name"], one["distance"], one["tier_known"]) for one in found["services"]] == [
        ("mail", 0, True), ("web", 1, False), ("batch", 2, False),
    ]  # fmt: skip


def test_calls_as_jaeger_gives_them_are_read(ground: Any, tmp_path: Path) -> None:
    seen = tmp_path / "calls.json"
    seen.write_text('{"data": [{"parent": "web", "child": "mail", "callCount": 3}]}', encoding="utf-8")
    found = ground(SHOP).reach({"services/mail/app.py": "x = 1\n"}, "--service-graph", seen)
    assert [one["name"] for one in found["services"]] == ["mail", "web"]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "client,server\nweb\n", '{"data": 1}', "client,server,count\na,b,many\n", ""]
)
def test_calls_that_are_none_are_refused(ground: Any, tmp_path: Path, text: str) -> None:
    seen = tmp_path / "calls"
    seen.write_text(text, encoding="utf-8")
    done = ground(SHOP).run("main", "--service-graph", seen)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert str(seen) in done.stderr


API = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: payments, annotations: {blastdoor.dev/tier: "2"}}
spec: {providesApis: [pay-api], system: shop}
---
kind: API
metadata: {name: pay-api}
---
kind: System
metadata: {name: shop}
"""
CONSUMER = "kind: Component\nmetadata: {name: web, annotations: {blastdoor.dev/tier: '1'}}\nspec: {consumesApis: [pay-api]}\n"


POLICY = """\
version: 1
groups: { peer: { level_at_least: engineer } }
environments: { production: { branch: main } }
default: { require: [{ approvals: 1, from: peer }] }
services:
  ledger: { paths: ["books/**", "*.ledger"], tier: 1 }
  reports: { paths: ["reports/**"], depends_on: [ledger] }
  mail: { paths: ["outbox/**"], tier: 0 }
"""


def test_a_policy_declares_services_by_globs(ground: Any) -> None:
    base = SHOP | {".blastdoor/policy.yaml": POLICY, "books/a.py": "", "outbox/b.py": ""}
    place = ground(base)
    found = place.reach({"books/a.py": "x = 1\n"})
    assert [(one["name"], one["tier"], one["distance"], one["tier_known"]) for one in found["services"]] == [
        ("ledger", 1, 0, True), ("reports", 1, 1, False),
    ]  # fmt: skip
    both = json.loads(place.run("main", "--json").stdout)
    tiers = {one["name"]: one["tier"] for one in both["services"]}
    assert (tiers["mail"], tiers["ledger"]) == (0, 1), "of two tiers the more critical one"


@pytest.mark.parametrize(
    "line",
    [
        "x: { paths: [] }",
        "x: { tier: 1 }",
        "x: { paths: [a], tier: 12 }",
        "x: { path: [a] }",
        "x: { paths: [a], tier: one }",
    ],
)
def test_a_service_that_is_declared_wrongly_is_refused_with_its_line(ground: Any, line: str) -> None:
    policy = POLICY[: POLICY.index("  ledger")] + f"  {line}\n"
    done = ground({".blastdoor/policy.yaml": policy, "a.txt": ""}).run("main")
    assert (done.returncode, done.stdout) == (2, "")
    assert ".blastdoor/policy.yaml:6" in done.stderr


def test_who_consumes_an_api_is_reached_through_it(ground: Any) -> None:
    base = {"pay/catalog-info.yaml": API, "pay/a.py": "", "web/catalog-info.yaml": CONSUMER}
    found = ground(base).reach({"pay/a.py": "x = 1\n"})
    assert [(one["name"], one["path"]) for one in found["services"]] == [
        ("payments", ["pay/a.py", "payments"]), ("web", ["pay/a.py", "payments", "api:pay-api", "web"]),
    ]  # fmt: skip


def test_the_owners_of_changed_files_are_told(ground: Any) -> None:
    base = SHOP | {".github/CODEOWNERS": "* @shop/all\n/lib/ @shop/platform @a\n*.md\n"}
    found = ground(base).reach({"lib/pricing/rates.py": "RATE = 3\n", "a.md": "x"})
    assert found["owners"] == ["@a", "@shop/platform"]


LOCK = """\
{{"name": "root", "lockfileVersion": 3, "packages": {{
  "": {{"name": "root", "workspaces": ["apps/*"]}},
  "apps/one": {{"name": "one", "dependencies": {{"left": "^1.0.0"}}}},
  "apps/two": {{"name": "two", "dependencies": {{"right": "^1.0.0"}}}},
  "node_modules/left": {{"version": "1.0.0", "dependencies": {{"deep": "^1.0.0"}}}},
  "node_modules/right": {{"version": "1.0.0"}},
  "node_modules/deep": {{"version": "{deep}"}},
  "node_modules/one": {{"resolved": "apps/one", "link": true}},
  "node_modules/two": {{"resolved": "apps/two", "link": true}}
}}}}
"""


def test_a_bump_in_a_lockfile_reaches_who_depends_on_it_and_not_everything(ground: Any) -> None:
    base = {
        "package.json": '{"name": "root", "workspaces": ["apps/*"]}',
        "package-lock.json": LOCK.format(deep="1.0.0"),
        "apps/one/package.json": '{"name": "one", "dependencies": {"left": "^1.0.0"}}',
        "apps/one/a.ts": "import 'left'\n",
        "apps/one/b.ts": "import './a'\n",
        "apps/one/catalog-info.yaml": catalogue("one", 3),
        "apps/two/package.json": '{"name": "two", "dependencies": {"right": "^1.0.0"}}',
        "apps/two/c.ts": "import 'right'\n",
        "apps/two/catalog-info.yaml": catalogue("two", 3),
    }
    found = ground(base).reach({"package-lock.json": LOCK.format(deep="1.0.1")})
    assert [(one["name"], one["path"]) for one in found["services"]] == [
        ("one", ["package-lock.json", "apps/one/a.ts", "one"])
    ]


@pytest.mark.parametrize(
    ("path", "before", "after", "resource", "action"),
    [
        ("db/migrations/002.sql", None, "DROP TABLE orders;", "table orders", "delete"),
        ("migrations/V2__x.sql", None, "ALTER TABLE orders DROP COLUMN mail;", "column orders.mail", "delete"),
        ("alembic/versions/a.py", None, "from alembic import op\ndef upgrade():\n    op.drop_table('orders')\n", "table orders", "delete"),
        ("shop/migrations/0002_x.py", None, "from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [migrations.DeleteModel(name='Order')]\n", "table Order", "delete"),
        ("db/migrate/2_x.rb", None, "class X < ActiveRecord::Migration[7.1]\n  def change\n    drop_table :orders\n  end\nend\n", "table orders", "delete"),
        ("k8s/db.yaml", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {serviceName: db}\n", None, "StatefulSet db", "delete"),
        ("k8s/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n", None, "Namespace shop", "delete"),
        ("deploy/pvc.yml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n", None, "PersistentVolumeClaim data", "delete"),
        ("cfn/t.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Db:\n    Type: AWS::DynamoDB::Table\n", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n", "Db", "delete"),
    ],
)  # fmt: skip
def test_what_a_file_of_the_change_destroys_is_critical(
    ground: Any, path: str, before: str | None, after: str | None, resource: str, action: str
) -> None:
    base = {"a.txt": ""} | ({} if before is None else {path: before})
    found = ground(base).reach({path: after})
    told = [one for one in found["operations"] if one["irreversible"]]
    assert [(resource in one["resource"], one["action"]) for one in told] == [(True, action)], found[
        "operations"
    ]
    assert (found["level"], found["irreversible"], rules(found)["destroys-state"]) == (
        "critical",
        True,
        "critical",
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("db/migrations/002.sql", "CREATE TABLE notes (id int);"),
        ("alembic/versions/a.py", "from alembic import op\ndef upgrade():\n    op.create_table('n')\ndef downgrade():\n    op.drop_table('n')\n"),
        ("shop/migrations/__init__.py", ""),
        ("k8s/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"),
    ],
)  # fmt: skip
def test_what_only_adds_destroys_nothing(ground: Any, path: str, text: str) -> None:
    found = ground({"a.txt": ""}).reach({path: text})
    assert (found["irreversible"], at_least(found, "high")) == (False, False), found["rules"]


def test_a_terraform_file_without_a_plan_is_high_and_unknown(ground: Any, tmp_path: Path) -> None:
    place = ground({"infra/main.tf": 'resource "a" "b" {}\n'})
    found = place.reach({"infra/main.tf": 'resource "a" "b" { x = 1 }\n'})
    assert (rules(found)["unread-operations"], found["unknowns"][0]["where"]) == ("high", "infra/main.tf")
    plan = tmp_path / "plan.json"
    plan.write_text('{"format_version": "1.2", "resource_changes": []}', encoding="utf-8")
    beside = json.loads(place.run("feature", "--plan", plan, "--json").stdout)
    assert at_least(beside, "high"), "a plan that nobody proved to be of this change lowers nothing"


def test_a_plan_beside_a_change_only_raises(ground: Any, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    change = {
        "address": "aws_s3_bucket.b",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "change": {"actions": ["delete"]},
    }
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": [change]}), encoding="utf-8")
    found = ground({"a.txt": ""}).reach({"README.md": "x"}, "HEAD", "--plan", plan)
    assert (found["level"], found["docs_only"], found["plans"][0]["destroy"]) == ("critical", False, 1)


def test_an_object_that_moves_between_manifests_is_not_destroyed(ground: Any) -> None:
    text = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {serviceName: db}\n"
    found = ground({"k8s/a.yaml": text}).reach({"k8s/a.yaml": None, "k8s/b.yaml": text})
    assert [(one["action"], one["irreversible"]) for one in found["operations"]] == [("update", False)]


def test_a_flag_of_production_that_gets_another_default_is_high(ground: Any) -> None:
    base = {
        "config/feature-flags.yaml": "new_checkout: false\n",
        "config/feature-flags.dev.yaml": "new_checkout: false\n",
    }
    place = ground(base)
    assert not at_least(place.reach({"config/feature-flags.dev.yaml": "new_checkout: true\n"}), "high")
    assert (
        rules(place.reach({"config/feature-flags.yaml": "new_checkout: true\n"}))["changes-defaults"]
        == "high"
    )


def test_a_charts_image_is_no_risk_and_anything_else_is_not_known(ground: Any) -> None:
    place = ground({"chart/values.yaml": "image: {tag: '1'}\nstorage: {keep: true}\n"})
    first = place.reach({"chart/values.yaml": "image: {tag: '2'}\nstorage: {keep: true}\n"})
    assert not at_least(first, "high"), first["rules"]
    second = place.reach({"chart/values.yaml": "image: {tag: '2'}\nstorage: {keep: false}\n"})
    assert rules(second)["unread-operations"] == "high"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("a.py", "import importlib\nimportlib.import_module(name)\n", "dynamic-import"),
        ("a.ts", "import './gone'\n", "unresolved-import"),
        ("a.ts", "require(name)\n", "dynamic-import"),
        ("a.py", "x = 1\n" * 500_000, "unreadable-file"),
        ("package.json", "{", "unreadable-file"),
        ("tsconfig.json", "{]", "unreadable-file"),
        ("a.java", "class A {}\n", "partly-read"),
        ("a.zig", "x", "no-reader"),
        ("k8s/a.yaml", "a: [\n", "unread-operation"),
        ("k8s/a.yaml", "kind: X\napiVersion: v1\nmetadata: {name: *b}\n", "unreadable-manifest"),
        ("db/x.sql", "SELEC FROM (", "unreadable-sql"),
        ("db/x.sql", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "lfs-pointer"),
        ("infra/main.tf", 'resource "a" {', "unreadable-file"),
        ("catalog-info.yaml", "kind: Component\n", None),
    ],
)
def test_what_cannot_be_known_is_told_and_raises(ground: Any, path: str, text: str, code: str | None) -> None:
    found = ground({"b.txt": ""}).reach({path: text})
    assert at_least(found, "medium"), found
    if code is not None:
        assert code in {one["code"] for one in found["unknowns"]}, found["unknowns"]
        assert all(one["step"] for one in found["unknowns"])


def test_a_link_that_leads_to_itself_and_a_submodule_are_told(ground: Any) -> None:
    place = ground({"a.txt": ""})
    (place.git.folder / "loop").symlink_to("loop")
    place.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    place.git("add", "loop")
    place.git("commit", "--quiet", "-m", "links")
    found = json.loads(place.run("--json").stdout)
    assert {"submodule", "symlink"} <= {one["code"] for one in found["unknowns"]}
    assert rules(found)["submodule"] == "high"


def test_a_file_of_fifty_megabytes_is_told_and_not_read(ground: Any) -> None:
    place = ground({"a.txt": ""})
    with (place.git.folder / "big.py").open("w", encoding="utf-8") as file:
        file.write("x = 1\n" * 8_500_000)
    place.git.commit("big")
    found = json.loads(place.run("--json").stdout)
    assert [one["code"] for one in found["unknowns"]] == ["unreadable-file"]


def test_minified_code_is_read(ground: Any) -> None:
    place = ground(
        {
            "web/b.js": "",
            "web/app.js": "import'./b.js';" + "var a=1;" * 100_000 + "import('./c.js')",
            "web/c.js": "",
        }
    )
    assert place.edges("javascript") == {
        ("web/app.js", "web/b.js", "import"),
        ("web/app.js", "web/c.js", "import"),
    }


def test_a_java_class_reaches_its_package_and_its_test_reaches_nothing(ground: Any) -> None:
    base = {
        "src/main/java/p/A.java": "package p;\nclass A {}\n",
        "src/main/java/p/B.java": "package p;\nclass B {}\n",
        "src/main/java/q/C.java": "package q;\nimport p.B;\nclass C {}\n",
        "src/test/java/p/ATest.java": "package p;\nclass ATest {}\n",
    }
    place = ground(base)
    place.reach({"src/main/java/p/A.java": "package p;\nclass A { int x; }\n"})
    assert place.run("why", "src/main/java/q/C.java").returncode == 0
    assert place.run("why", "src/test/java/p/ATest.java").returncode == 0
    place.git("checkout", "--quiet", "-B", "feature", "main")
    found = place.reach({"src/test/java/p/ATest.java": "package p;\nclass ATest { int x; }\n"})
    assert found["files"] == {"changed": 1, "reached": 1}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("db/migrations/002.sql", "ALTER TABLE public.orders ADD COLUMN mail text;"),
        ("db/migrations/002.sql", 'insert into "orders" values (1);'),
        (
            "alembic/versions/a.py",
            "from alembic import op\ndef upgrade():\n    op.add_column('orders', sa.Column('c'))\n",
        ),
        (
            "db/migrate/2.rb",
            "class A < ActiveRecord::Migration[7.1]\n  def change\n    add_column :orders, :c, :text\n  end\nend\n",
        ),
    ],
)
@pytest.mark.parametrize(
    ("user", "code"),
    [
        ("app/a.py", 'QUERY = "SELECT id FROM orders WHERE x"\n'),
        ("app/b.py", "class Order:\n    __tablename__ = 'orders'\n"),
        ("app/c.go", "package app\nconst q = `UPDATE orders SET x = 1`\n"),
        ("app/D.java", '@Table(name = "orders")\nclass D {}\n'),
        ("app/e.ts", "const q = `SELECT * FROM items JOIN orders ON 1`\n"),
    ],
)
def test_a_migration_reaches_the_programs_that_use_its_table(
    ground: Any, path: str, text: str, user: str, code: str
) -> None:
    base = {
        user: code,
        "app/catalog-info.yaml": catalogue("app", 4),
        "other/x.py": 'Q = "SELECT 1 FROM others"\n',
    }
    found = ground(base).reach({path: text})
    assert [(one["name"], one["path"]) for one in found["services"]] == [
        ("app", [path, "table:orders", user, "app"])
    ]


def test_why_shows_the_way_with_the_lines(ground: Any) -> None:
    place = ground(SHOP)
    place.reach({"lib/pricing/rates.py": "RATE = 2\n"})
    done = place.run("why", "mail", "--json")
    (way,) = json.loads(done.stdout)["paths"]
    assert [(step["name"], step["kind"], step["line"]) for step in way] == [
        ("lib/pricing/rates.py", "", 0), ("services/checkout/app.py", "import", 1), ("checkout", "service", 0), ("mail", "service", 0),
    ]  # fmt: skip
    assert "services/checkout/app.py  (import, line 1)" in place.run("why", "mail").stdout
    assert place.run("why", "services/checkout").returncode == 0
    assert place.run("why", "services/mail/app.py").returncode == 11


def test_the_picture_is_drawn_and_holds_nothing_that_runs(ground: Any) -> None:
    place = ground(SHOP | {"lib/pricing/<script>.py": "from pricing.rates import RATE\n"})
    place.reach({"lib/pricing/rates.py": "RATE = 2\n"}, "--picture", "out.svg")
    text = (place.git.folder / "out.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg ")
    assert "checkout (tier 1)" in text
    assert "<script" not in text


def test_the_picture_of_many_files_is_drawn_by_folders(ground: Any) -> None:
    services = {f"services/s{n}/app.py": "from pricing.rates import RATE\n" for n in range(60)}
    entries = {f"services/s{n}/catalog-info.yaml": catalogue(f"s{n}", 3) for n in range(60)}
    place = ground(SHOP | services | entries)
    place.reach({"lib/pricing/rates.py": "RATE = 2\n"}, "--picture", "out.svg")
    text = (place.git.folder / "out.svg").read_text(encoding="utf-8")
    assert 2 < text.count("<rect") <= 32


def test_with_plans_and_scripts_alone_no_repository_is_needed(tmp_path: Path) -> None:
    script = tmp_path / "x.sql"
    script.write_text("DROP TABLE a;\nCREATE INDEX CONCURRENTLY i ON b (c);\n", encoding="utf-8")
    done = subprocess.run(
        [BLASTDOOR, "reach", "--sql", script, "--dialect", "postgres", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, found["level"]) == (0, "", "critical")
    assert [one["action"] for one in found["operations"]] == ["delete", "create"]


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("--plan", '{"format_version": "2.0"}', "2.0"),
        ("--plan", "{", "not readable as a plan"),
        ("--plan", "", "empty"),
        ("--change-set", "{", ""),
        ("--change-set", "[]", ""),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, option: str, text: str, told: str
) -> None:
    file = tmp_path / "given"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [BLASTDOOR, "reach", option, file, "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert str(file) in done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--sql", "gone.sql"),
        ("--plan", "."),
        ("gone..main",),
        ("graph", "--language", "klingon"),
        ("--sql", "x.sql", "--dialect", "klingon"),
    ],
)
def test_what_is_not_there_is_told(ground: Any, words: tuple[str, ...]) -> None:
    place = ground({"a.txt": "", "x.sql": "SELECT 1"})
    done = place.run(*words)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert done.stderr.startswith("blastdoor: error: ")


def test_the_graph_of_go_is_between_packages_by_import_path(ground: Any) -> None:
    place = ground({
        "go.mod": "module example.org/shop\n",
        "cmd/web/main.go": 'package main\nimport (\n\t"fmt"\n\t"example.org/shop/lib"\n)\n',
        "lib/lib.go": "package lib\n",
        "lib/lib_test.go": 'package lib\nimport "example.org/shop/cmd/web"\n',
    })  # fmt: skip
    assert place.edges("go") == {("example.org/shop/cmd/web", "example.org/shop/lib", "import")}


def test_the_graph_of_terraform_is_between_directories(ground: Any) -> None:
    place = ground(
        {"live/main.tf": 'module "m" {\n  source = "../mod"\n}\n', "mod/m.tf": 'resource "a" "b" {}\n'}
    )
    assert place.edges("terraform") == {("live", "mod", "module")}


def test_all_edges_hold_those_that_no_statement_makes(ground: Any) -> None:
    place = ground(SHOP)
    said, every = place.edges("python"), place.edges("python", "--all")
    assert said == {("services/checkout/app.py", "lib/pricing/rates.py", "import")}
    assert every - said == {("services/checkout/app.py", "lib/pricing/__init__.py", "package")}
