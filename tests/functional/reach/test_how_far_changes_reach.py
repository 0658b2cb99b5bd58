"""How far changes go in real repositories with a catalogue: files, packages, services, tiers, and the ways there."""

import json
from pathlib import Path
from typing import Any

import pytest

from functional.reach.ground import Ground, component, rule_ids, services
from functional.reach.terminal import apart, at_least, at_most, here, refused
from realgit import a_repository

SHOP = {
    "README.md": "# shop\n",
    "libs/money/money/__init__.py": "",
    "libs/money/money/rates.py": "RATE = 1\n",
    "services/checkout/checkout/app.py": "from money.rates import RATE\n",
    "services/checkout/checkout/other.py": "x = 1\n",
    "services/checkout/catalog-info.yaml": component("checkout", 2, "  dependsOn: ['component:stock']\n"),
    "services/stock/stock.py": "x = 1\n",
    "services/stock/catalog-info.yaml": component("stock", 1),
    "services/mail/mail.py": "x = 1\n",
    "services/mail/catalog-info.yaml": component("mail", 3, "  dependsOn: ['component:default/checkout']\n"),
}


def test_a_change_goes_from_files_to_services_and_those_that_depend_on_them(tmp_path: Path) -> None:
    found = Ground(tmp_path, SHOP).reach({"libs/money/money/rates.py": "RATE = 2\n"})
    assert services(found) == {"checkout": 1, "mail": 2}
    assert found["files"] == {"changed": 1, "reached": 2}
    assert (found["tier"], at_least(found, "medium")) == (2, True)
    paths = {one["name"]: one["path"] for one in found["services"]}
    assert paths["checkout"] == ["libs/money/money/rates.py", "services/checkout/checkout/app.py", "checkout"]
    assert paths["mail"][-2:] == ["checkout", "mail"]
    assert any("money" in name for name in found["packages"])


def test_who_a_service_depends_on_is_not_reached_by_it(tmp_path: Path) -> None:
    found = Ground(tmp_path, SHOP).reach({"services/checkout/checkout/other.py": "x = 2\n"})
    assert services(found) == {"checkout": 0, "mail": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"libs/money/money/rates.py": None},
        {"libs/money/money/rates.py": None, "libs/money/money/prices.py": "RATE = 1\n"},
        {"libs/money/money/rates.py": None, "docs/rates.md": "RATE = 1\n"},
        {"libs/money/money/rates.py": None, "libs/money/money/rates/__init__.py": "RATE = 1\n"},
        {"libs/money/money/__init__.py": None},
        {"libs/money/money/__init__.py": None, "libs/money/money/rates.py": None},
        {"libs/money/money/rates.py": ""},
        {"libs/money/money/rates.py": "\x00binary"},
        {"libs/money/money/rates.py": "def broken(:\n"},
    ],
)
def test_what_was_deleted_renamed_or_broken_still_reaches_who_used_it(tmp_path: Path, change: Any) -> None:
    found = Ground(tmp_path, SHOP).reach(change)
    assert {"checkout", "mail"} <= set(services(found)), found["services"]


def test_a_new_file_that_takes_an_imports_place_reaches_the_importer(tmp_path: Path) -> None:
    """A module that shadows the one which was found so far."""
    base = SHOP | {"services/checkout/checkout/__init__.py": "", "libs/extra/x.py": ""}
    found = Ground(tmp_path, base).reach(
        {"services/checkout/money/__init__.py": "", "services/checkout/money/rates.py": "RATE = 9\n"}
    )
    assert "checkout" in services(found)


def test_an_import_that_the_change_itself_removes_counts(tmp_path: Path) -> None:
    found = Ground(tmp_path, SHOP).reach(
        {"services/checkout/checkout/app.py": "x = 1\n", "libs/money/money/rates.py": "RATE = 2\n"}
    )
    assert "checkout" in services(found)


def test_an_import_that_the_change_itself_adds_counts(tmp_path: Path) -> None:
    found = Ground(tmp_path, SHOP).reach(
        {"services/stock/stock.py": "import money.rates\n", "libs/money/money/rates.py": "RATE = 2\n"}
    )
    assert {"stock", "checkout", "mail"} <= set(services(found))
    assert (found["tier"], found["level"]) == (1, "critical")


@pytest.mark.parametrize("files", [{"README.md": "# x\n"}, {"docs/a.md": "x\n"}, {"LICENSE": "x\n"}])
def test_documents_reach_nothing(tmp_path: Path, files: Any) -> None:
    found = Ground(tmp_path, SHOP).reach(files)
    assert (found["level"], services(found), found["unknowns"]) == ("none", {}, [])


def test_a_change_of_nothing_is_none(tmp_path: Path) -> None:
    found = Ground(tmp_path, SHOP).reach({})
    assert (found["level"], found["files"]) == ("none", {"changed": 0, "reached": 0})


@pytest.mark.parametrize(
    "more", [{"README.md": "x\n"}, {"docs/x.md": "x\n"}, {"tests/test_x.py": "x = 1\n"}, {"x.py": "y = 1\n"}]
)
def test_more_changes_never_give_a_lower_level(tmp_path: Path, more: Any) -> None:
    ground = Ground(tmp_path, SHOP)
    before = ground.reach({"services/stock/stock.py": "x = 2\n"})
    after = ground.reach(more)
    assert (after["level"], after["tier"]) == (before["level"], before["tier"]) == ("critical", 1)
    assert set(services(after)) >= set(services(before))


API_OWNER = component("pay", 2, "  providesApis: [pay-api]\n")


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    ("entity", "reached"),
    [
        (component("web", 1, "  consumesApis: [pay-api]\n"), True),
        (component("web", 1, "  consumesApis: ['api:default/pay-api']\n"), True),
        (component("web", 1, "  dependsOn: ['component:pay']\n"), True),
        (component("web", 1, "  dependsOn: ['component:default/pay']\n"), True),
        (component("web", 1, "  dependsOn: ['api:pay-api']\n"), True),
        (component("web", 1, "  dependsOn: [Component:Pay]\n"), True),
        (component("web", 1, "  subcomponentOf: pay\n"), None),
        (component("web", 1, "  consumesApis: [other-api]\n"), False),
        (component("web", 1, "  dependsOn: ['component:payday']\n"), False),
        (component("web", 1, "  dependsOn: ['component:other-ns/pay']\n"), None),
        (component("web", 1, ""), False),
    ],
)  # fmt: skip
def test_the_catalogues_relations_carry_a_change(
    tmp_path: Path, entity: str, reached: bool | None, declared: bool
) -> None:
    """An API that is provided and consumed joins the two, whether or not an entity of its own describes it."""
    base = {
        "pay/catalog-info.yaml": API_OWNER,
        "pay/a.py": "",
        "web/catalog-info.yaml": entity,
        "web/b.py": "",
    }
    if declared:
        base["pay/catalog-info.yaml"] += "---\n" + component("pay-api", kind="API")
    found = Ground(tmp_path, base).reach({"pay/a.py": "x = 1\n"})
    assert services(found)["pay"] == 0
    assert reached in {None, "web" in services(found)}, found["services"]


def test_a_component_reaches_what_it_is_part_of(tmp_path: Path) -> None:
    base = {
        "pay/catalog-info.yaml": component("pay", 1),
        "pay/ledger/catalog-info.yaml": component("ledger", 4, "  subcomponentOf: pay\n"),
        "pay/ledger/a.py": "",
    }
    assert set(services(Ground(tmp_path, base).reach({"pay/ledger/a.py": "x = 1\n"}))) == {"pay", "ledger"}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("client,server,count\nweb,stock,12\nbatch,web,1\n", {"web": 1, "batch": 2}),
        ("client,server,count\nstock,web,12\n", {}),
        ("server,client,count\nstock,web,3\n", {"web": 1}),
        ('{"data": [{"parent": "web", "child": "stock", "callCount": 3}]}', {"web": 1}),
    ],
)
def test_calls_that_were_seen_carry_a_change_to_who_calls(
    tmp_path: Path, text: str, rows: dict[str, int]
) -> None:
    (tmp_path / "calls").write_text(text, encoding="utf-8")
    ground = Ground(tmp_path, SHOP)
    ground.change({"services/stock/stock.py": "x = 2\n"})
    found = services(ground.ask("HEAD", "--service-graph", tmp_path / "calls").json)
    assert {name: found.get(name) for name in rows} == rows


@pytest.mark.parametrize(
    "text", ["", "client,server\n\n\x00", "{", "[1]", "client,server,count\nweb,stock,-\n", "a;b;c\n"]
)
def test_calls_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "calls").write_text(text, encoding="utf-8")
    refused(Ground(tmp_path, SHOP).ask("HEAD", "--service-graph", tmp_path / "calls"), "calls")


NPM = """{{"name": "root", "lockfileVersion": 3, "packages": {{
  "": {{"name": "root", "workspaces": ["apps/*"]}},
  "apps/one": {{"name": "one", "dependencies": {{"left": "^1.0.0"}}}},
  "apps/two": {{"name": "two", "dependencies": {{"right": "^1.0.0"}}}},
  "node_modules/left": {{"version": "{left}", "dependencies": {{"deep": "^1.0.0"}}}},
  "node_modules/right": {{"version": "1.0.0"}},
  "node_modules/deep": {{"version": "{deep}"}},
  "node_modules/one": {{"resolved": "apps/one", "link": true}},
  "node_modules/two": {{"resolved": "apps/two", "link": true}}}}}}
"""
PNPM = """lockfileVersion: '9.0'
importers:
  .: {{}}
  apps/one:
    dependencies:
      left:
        specifier: ^1.0.0
        version: {left}

  apps/two:
    dependencies:
      right:
        specifier: ^1.0.0
        version: 1.0.0

packages:

  left@{left}:
    resolution: {{integrity: sha512-a}}

  right@1.0.0:
    resolution: {{integrity: sha512-b}}

  deep@{deep}:
    resolution: {{integrity: sha512-c}}

snapshots:

  left@{left}:
    dependencies:
      deep: {deep}

  right@1.0.0: {{}}

  deep@{deep}: {{}}
"""
# The same document, as another writer of YAML may put it.
PNPM_IN_FLOW = """lockfileVersion: '9.0'
importers: {{apps/one: {{dependencies: {{left: {{specifier: ^1.0.0, version: {left}}}}}}}, apps/two: {{dependencies: {{right: {{specifier: ^1.0.0, version: 1.0.0}}}}}}}}
packages: {{left@{left}: {{}}, right@1.0.0: {{}}, deep@{deep}: {{}}}}
snapshots: {{left@{left}: {{dependencies: {{deep: {deep}}}}}, right@1.0.0: {{}}, deep@{deep}: {{}}}}
"""
YARN = """# yarn lockfile v1


left@^1.0.0:
  version "{left}"
  dependencies:
    deep "^1.0.0"

right@^1.0.0:
  version "1.0.0"

deep@^1.0.0:
  version "{deep}"
"""
APPS = {
    "package.json": '{"name": "root", "private": true, "workspaces": ["apps/*"]}',
    "pnpm-workspace.yaml": "packages: ['apps/*']\n",
    **{f"apps/{app}/{file}": text for app, dependency in (("one", "left"), ("two", "right")) for file, text in {
        "package.json": f'{{"name": "{app}", "dependencies": {{"{dependency}": "^1.0.0"}}}}',
        "a.ts": f"import '{dependency}'\n", "catalog-info.yaml": component(app, 3)}.items()},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lock"), [("package-lock.json", NPM), ("pnpm-lock.yaml", PNPM), ("yarn.lock", YARN)]
)
@pytest.mark.parametrize("bump", [{"left": "1.0.1"}, {"deep": "1.0.1"}])
def test_a_bump_in_a_lockfile_reaches_its_importer_and_not_everything(
    tmp_path: Path, name: str, lock: str, bump: dict[str, str]
) -> None:
    versions = {"left": "1.0.0", "deep": "1.0.0"}
    found = Ground(tmp_path, APPS | {name: lock.format(**versions)}).reach(
        {name: lock.format(**versions | bump)}
    )
    assert set(services(found)) == {"one"}
    assert at_least(found, "medium")


@pytest.mark.parametrize("bump", [{"left": "1.0.1"}, {"deep": "1.0.1"}])
def test_a_lockfile_in_an_unusual_hand_reaches_no_less(tmp_path: Path, bump: dict[str, str]) -> None:
    versions = {"left": "1.0.0", "deep": "1.0.0"}
    base = APPS | {"pnpm-lock.yaml": PNPM_IN_FLOW.format(**versions)}
    found = Ground(tmp_path, base).reach({"pnpm-lock.yaml": PNPM_IN_FLOW.format(**versions | bump)})
    assert "one" in services(found)


@pytest.mark.parametrize(
    ("name", "lock"), [("package-lock.json", NPM), ("pnpm-lock.yaml", PNPM), ("yarn.lock", YARN)]
)
@pytest.mark.parametrize("after", [None, "", "{", "<<<<<<< ours\n=======\n>>>>>>> theirs\n", "\x00"])
def test_a_lockfile_that_cannot_be_compared_reaches_all_that_it_may_set(
    tmp_path: Path, name: str, lock: str, after: str | None
) -> None:
    found = Ground(tmp_path, APPS | {name: lock.format(left="1.0.0", deep="1.0.0")}).reach({name: after})
    assert set(services(found)) == {"one", "two"}, found["services"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("package.json", APPS["package.json"], '{"name": "root", "private": true, "workspaces": ["apps/*"], "overrides": {"left": "2"}}'),
        ("tsconfig.json", '{"compilerOptions": {"strict": true}}', '{"compilerOptions": {"strict": false}}'),
        ("turbo.json", "{}", '{"tasks": {}}'),
        ("nx.json", "{}", '{"a": 1}'),
        ("pnpm-workspace.yaml", APPS["pnpm-workspace.yaml"], "packages: ['apps/one']\n"),
        ("Makefile", "all:\n", "all: x\n"),
        (".npmrc", "a=b\n", "registry=http://elsewhere\n"),
        ("Dockerfile", "FROM a\n", "FROM b\n"),
        ("go.work", "go 1.21\n", "go 1.22\n"),
    ],
)  # fmt: skip
def test_what_sets_things_for_everything_is_never_nothing(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    found = Ground(tmp_path, APPS | {name: before}).reach({name: after})
    assert at_least(found, "low")
    if name in {"package.json", "pnpm-workspace.yaml"}:
        assert at_least(found, "medium")


IMAGE = "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  template:\n    spec:\n      containers:\n      - {{name: web, image: 'registry.example/shop/web:1'{more}}}\n"


@pytest.mark.parametrize(
    ("base", "change", "service"),
    [
        pytest.param({"web/Dockerfile": "FROM x\nCOPY . /app\n", "web/catalog-info.yaml": component("web", 3), "web/a.bin": "x"}, {"web/Dockerfile": "FROM y\n"}, "web", id="dockerfile"),
        pytest.param({"docker/Dockerfile.web": "FROM x\nCOPY web/ /app\n", "web/a.py": "", "docker/catalog-info.yaml": component("images", 3)}, {"web/a.py": "x = 1\n"}, "images", id="copied"),
        pytest.param({"deploy/compose.yaml": "services:\n  web:\n    build: ../web\n", "deploy/catalog-info.yaml": component("stack", 3), "web/Dockerfile": "FROM x\n"}, {"web/Dockerfile": "FROM y\n"}, "stack", id="compose-build"),
        pytest.param({"deploy/compose.yaml": "services:\n  web:\n    image: x\n    env_file: ../env/web.env\n", "deploy/catalog-info.yaml": component("stack", 3), "env/web.env": "A=1\n"}, {"env/web.env": "A=2\n"}, "stack", id="compose-env"),
        pytest.param({"k8s/web.yaml": IMAGE.format(kind="Deployment", more=""), "k8s/catalog-info.yaml": component("cluster", 3), "web/Dockerfile": "FROM x\n"}, {"web/Dockerfile": "FROM y\n"}, "cluster", id="k8s-image"),
        pytest.param({"k8s/web.yaml": IMAGE.format(kind="Deployment", more=", envFrom: [{configMapRef: {name: settings}}]"), "k8s/catalog-info.yaml": component("cluster", 3),
                      "conf/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: '1'}\n"},
                     {"conf/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: '2'}\n"}, "cluster", id="k8s-config"),
        pytest.param({"over/prod/kustomization.yaml": "resources: [../../base]\n", "over/prod/catalog-info.yaml": component("prod", 3), "base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": IMAGE.format(kind="Deployment", more="")},
                     {"base/web.yaml": IMAGE.format(kind="Deployment", more=", command: [x]")}, "prod", id="kustomize"),
        pytest.param({"charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n", "charts/web/values.yaml": "a: 1\n", "charts/web/templates/d.yaml": "a: {{ .Values.a }}\n", "charts/web/catalog-info.yaml": component("web", 3)},
                     {"charts/web/values.yaml": "a: 2\n"}, "web", id="helm"),
        pytest.param({"live/main.tf": 'module "m" {\n source = "../modules/m"\n}\n', "live/catalog-info.yaml": component("live", 3), "modules/m/main.tf": 'variable "a" {}\n'},
                     {"modules/m/main.tf": 'variable "b" {}\n'}, "live", id="terraform-module"),
        pytest.param({"js/app/package.json": '{"name": "app", "dependencies": {"lib": "workspace:*"}}', "js/app/m.ts": "import 'lib'", "js/app/catalog-info.yaml": component("app", 3),
                      "package.json": '{"workspaces": ["js/*"]}', "js/lib/package.json": '{"name": "lib", "main": "dist/index.js"}', "js/lib/src/index.ts": "export * from './a'", "js/lib/src/a.ts": ""},
                     {"js/lib/src/a.ts": "export const x = 1"}, "app", id="javascript"),
        pytest.param({"go.mod": "module example.com/s\n", "cmd/app/main.go": 'package main\nimport _ "example.com/s/lib"\n', "cmd/app/catalog-info.yaml": component("app", 3), "lib/a.go": "package lib\n"},
                     {"lib/a.go": "package lib\n\nvar X = 1\n"}, "app", id="go"),
        pytest.param({"go.mod": "module example.com/s\n", "cmd/app/main.go": 'package main\nimport _ "example.com/s/lib"\n', "cmd/app/catalog-info.yaml": component("app", 3), "lib/a.go": "package lib\nimport _ \"embed\"\n\n//go:embed t.txt\nvar T string\n", "lib/t.txt": "a"},
                     {"lib/t.txt": "b"}, "app", id="go-embed"),
        pytest.param({"pom.xml": "<project/>", "a/src/main/java/com/x/a/A.java": "package com.x.a;\nimport com.x.b.B;\nclass A {}\n", "a/catalog-info.yaml": component("a", 3), "b/src/main/java/com/x/b/B.java": "package com.x.b;\npublic class B {}\n"},
                     {"b/src/main/java/com/x/b/B.java": "package com.x.b;\npublic class B { int x; }\n"}, "a", id="java"),
        pytest.param({"a/a.c": '#include "../b/b.h"\n', "a/catalog-info.yaml": component("a", 3), "b/b.h": "int x;\n"}, {"b/b.h": "long x;\n"}, "a", id="c"),
        pytest.param({"a/a.rb": "require_relative '../b/b'\n", "a/catalog-info.yaml": component("a", 3), "b/b.rb": "x = 1\n"}, {"b/b.rb": "x = 2\n"}, "a", id="ruby"),
    ],
)  # fmt: skip
def test_a_change_reaches_the_service_that_is_made_of_it(
    tmp_path: Path, base: Any, change: Any, service: str
) -> None:
    found = Ground(tmp_path, base).reach(change)
    assert service in services(found), (found["services"], found["unknowns"])
    assert at_least(found, "low")


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml", ".github/workflows/deploy.yaml", ".github/actions/build/action.yml", ".gitlab-ci.yml", "Jenkinsfile", ".circleci/config.yml",
        "azure-pipelines.yml", "bitbucket-pipelines.yml", ".buildkite/pipeline.yml", ".drone.yml", ".travis.yml", ".woodpecker.yml", ".tekton/push.yaml",
        ".gitea/workflows/ci.yml", ".forgejo/workflows/ci.yml", "CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".blastdoor/policy.yaml", ".blastdoor/people.yaml",
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["added", "removed"])
def test_what_decides_how_code_gets_to_production_is_critical(tmp_path: Path, path: str, how: str) -> None:
    text = "on: push\njobs: {}\n"
    if ".blastdoor" in path and how == "removed":
        pytest.skip("a base whose rules do not load is another story")
    ground = Ground(tmp_path, SHOP if how == "added" else SHOP | {path: text})
    ground.change({path: text if how == "added" else None})
    assert ground.ask().json["level"] == "critical"


def test_a_script_that_a_workflow_runs_reaches_it(tmp_path: Path) -> None:
    base = SHOP | {
        ".github/workflows/d.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: ./ci/deploy.sh prod\n",
        "ci/deploy.sh": "echo\n",
    }
    ground = Ground(tmp_path, base)
    found = ground.reach({"ci/deploy.sh": "rm -rf /\n"})
    assert found["files"]["reached"] == 2
    why = here("why", ".github/workflows/d.yml", "--repo", ground.git.folder, "--json")
    assert why.status == 0


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("flags/production.yaml", "new_checkout: {default: false}\n", "new_checkout: {default: true}\n"),
        (
            "config/flags.production.json",
            '{"flags": {"a": {"defaultVariant": "off"}}}',
            '{"flags": {"a": {"defaultVariant": "on"}}}',
        ),
    ],
)
def test_a_flag_that_production_gets_another_default_of_is_high(
    tmp_path: Path, path: str, before: str, after: str
) -> None:
    assert at_least(Ground(tmp_path, SHOP | {path: before}).reach({path: after}), "high")


def test_three_services_are_high_whatever_their_tiers(tmp_path: Path) -> None:
    base = {
        "lib/a.py": "",
        **{f"s{n}/m.py": "import a\n" for n in range(3)},
        **{f"s{n}/catalog-info.yaml": component(f"s{n}", 9) for n in range(3)},
    }
    found = Ground(tmp_path, base).reach({"lib/a.py": "x = 1\n"})
    assert (len(found["services"]), at_least(found, "high")) == (3, True)


def test_one_service_of_a_low_tier_is_low(tmp_path: Path) -> None:
    found = Ground(tmp_path, {"a/m.py": "", "a/catalog-info.yaml": component("a", 4)}).reach(
        {"a/m.py": "x = 1\n"}
    )
    assert (found["level"], services(found)) == ("low", {"a": 0})


def test_a_range_may_be_written_in_three_ways(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    ground.change({"services/mail/mail.py": "x = 2\n"})
    ground.git("switch", "--quiet", "main")
    ground.git.commit("elsewhere", {"services/stock/stock.py": "x = 3\n"})
    ground.git("switch", "--quiet", "feature")
    parted = [ground.ask(words).json for words in ("main...feature", "feature", "HEAD")] + [ground.ask().json]
    assert {tuple(services(one)) for one in parted} == {("mail",)}
    assert {"mail", "stock"} <= set(services(ground.ask("main..feature").json)), (
        "two dots compare the two as they are"
    )
    commit = ground.git("rev-parse", "feature")
    for words in (commit, commit[:10], "feature~0", f"main...{commit}"):
        assert tuple(services(ground.ask(words).json)) == ("mail",)


@pytest.mark.parametrize("words", ["nowhere", "main..nowhere", "nowhere..main", "..", "...", "main....feature", "-x", "main..feature..main", "HEAD:README.md", "a b", "", "\x1b[31m", "HEAD^{tree}"])  # fmt: skip
def test_a_range_that_is_none_is_refused(tmp_path: Path, words: str) -> None:
    ground = Ground(tmp_path, SHOP)
    ground.change({"services/mail/mail.py": "x = 2\n"})
    said = ground.ask("--", words) if words.startswith("-") else ground.ask(words)
    if words in {"", "..", "..."} and said.status == 0:
        return  # git reads an absent end as HEAD
    assert (said.status, said.out) == (2, ""), said
    assert "\x1b" not in said.err
    assert said.err


def test_no_repository_no_commit_and_no_such_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    refused(here("--repo", tmp_path / "plain", "--json"), "repository")
    refused(here("--repo", tmp_path / "absent", "--json"), "absent")
    a_repository(tmp_path / "unborn")
    said = here("--repo", tmp_path / "unborn", "--json")
    assert (said.status, said.out) == (2, "")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    refused(here("--repo", tmp_path / "file", "--json"), "file")


def test_a_folder_below_the_root_and_a_bare_clone_and_a_worktree_give_the_same(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    expected = ground.reach({"services/mail/mail.py": "x = 2\n"})
    ground.git("clone", "--quiet", "--bare", ".", tmp_path / "bare.git")
    ground.git("worktree", "add", "--quiet", "--detach", tmp_path / "tree", "feature")
    for folder in (ground.git.folder / "services" / "mail", tmp_path / "tree"):
        assert here("feature", "--repo", folder, "--json").json == expected
    assert here("main...feature", "--repo", tmp_path / "bare.git", "--json").json == expected


def test_a_clone_without_the_base_is_refused_or_told(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    ground.change({"services/mail/mail.py": "x = 2\n"})
    ground.git(
        "clone", "--quiet", "--depth=1", "--branch=feature", ground.git.folder.as_uri(), tmp_path / "shallow"
    )
    said = here("HEAD", "--repo", tmp_path / "shallow", "--json")
    if said.status == 2:
        assert said.err
    else:
        assert said.json["unknowns"], "what came before is not there, so what changed is not known"


def test_what_is_not_committed_does_not_count_and_nothing_is_left_in_the_tree(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    expected = ground.reach({"services/mail/mail.py": "x = 2\n"})
    (ground.git.folder / "services/stock/stock.py").write_text("dirty = 1\n", encoding="utf-8")
    (ground.git.folder / "untracked.sql").write_text("DROP TABLE x;", encoding="utf-8")
    assert ground.ask().json == expected
    assert ground.git("status", "--porcelain").splitlines() == [
        "M services/stock/stock.py",
        "?? untracked.sql",
    ]


def test_the_second_time_and_without_state_the_answer_is_the_same(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    first = ground.reach({"libs/money/money/rates.py": "RATE = 2\n"})
    assert ground.ask().json == first
    assert ground.ask("--state", tmp_path / "fresh").json == first
    again = apart("--repo", ground.git.folder, "--json")
    assert again.json == first


def test_what_was_remembered_is_by_content_and_not_by_path(tmp_path: Path) -> None:
    """A path whose content comes and goes must not leave old edges behind."""
    ground = Ground(tmp_path, SHOP)
    with_ = ground.reach({"services/stock/stock.py": "import money.rates\n"})
    ground.change({"services/stock/stock.py": "x = 1\n", "libs/money/money/rates.py": "RATE = 3\n"})
    assert "stock" not in services(ground.ask("main...HEAD").json)
    assert "stock" in services(with_)


def test_why_shows_each_step_from_the_change_to_a_file_and_a_service(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    ground.change({"libs/money/money/rates.py": "RATE = 2\n"})
    for target in ("services/checkout/checkout/app.py", "checkout", "mail"):
        said = here("why", target, "--repo", ground.git.folder, "--json")
        assert (said.status, said.err) == (0, "")
        (way, *_) = json.loads(said.out)["paths"]
        names = [step["name"] for step in way]
        assert (names[0], names[-1]) == ("libs/money/money/rates.py", target)
    said = here("why", "services/stock/stock.py", "--repo", ground.git.folder, "--json")
    assert (said.status, json.loads(said.out)["reached"]) == (11, False)
    assert here("why", "no/such/thing", "--repo", ground.git.folder, "--json").status in {2, 11}


def test_the_picture_is_an_svg_that_names_the_services_and_runs_nothing(tmp_path: Path) -> None:
    base = SHOP | {"services/<script>alert(1)</script>&x.py": "from money.rates import RATE\n"}
    picture = tmp_path / "out.svg"
    found = Ground(tmp_path, base).reach({"libs/money/money/rates.py": "RATE = 2\n"}, "--picture", picture)
    text = picture.read_text(encoding="utf-8")
    assert text.lstrip().startswith(("<svg", "<?xml"))
    assert all(name in text for name in services(found))
    assert "<script" not in text
    refused(
        here("--repo", tmp_path / "repo", "--picture", tmp_path / "no" / "such" / "x.svg", "--json"), "x.svg"
    )


def test_the_graph_of_an_unknown_language_is_refused_by_name(tmp_path: Path) -> None:
    refused(
        here("graph", "--language", "klingon", "--repo", Ground(tmp_path, SHOP).git.folder, "--json"),
        "klingon",
    )


def test_for_people_the_level_the_rules_and_the_way_are_printed(tmp_path: Path) -> None:
    ground = Ground(tmp_path, SHOP)
    ground.change({"services/stock/stock.py": "x = 2\n"})
    said = here("--repo", ground.git.folder)
    assert said.status == 0
    assert all(word in said.out for word in ("critical", "stock", "services/stock/stock.py"))
    assert at_most(ground.ask().json, "critical")
    assert rule_ids(ground.ask().json)
