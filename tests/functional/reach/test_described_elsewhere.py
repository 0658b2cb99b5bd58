"""What one file says about others: configurations that extend each other, resources, locations, pointers."""

import json
from pathlib import Path

import pytest

from functional.reach.ground import Ground, component, services

APP = {"app/main.ts": 'import { a } from "@lib/a";\nconsole.log(a);\n'}


def config(**options: object) -> str:
    return json.dumps({"compilerOptions": options})


@pytest.mark.parametrize(
    "extends",
    ['"./config/base.json"', '["./one.json", "./config/base.json"]', '"./config/base"', '"./a.json"'],
)
def test_a_tsconfig_extends_files_of_any_name(tmp_path: Path, extends: str) -> None:
    base = {
        **APP,
        "tsconfig.json": f'{{ "extends": {extends} }}',
        "one.json": config(strict=True),
        "a.json": '{ "extends": "./b.json" }',
        "b.json": '{ "extends": ["./a.json", "./config/base.json"] }',
        "config/base.json": config(baseUrl="..", paths={"@lib/*": ["lib/*"]}),
        "lib/a.ts": "export const a = 1;\n",
    }
    found = Ground(tmp_path, base).reach({"lib/a.ts": "export const a = 2;\n"})
    assert found["files"]["reached"] == 2


def test_of_two_that_are_extended_the_last_counts(tmp_path: Path) -> None:
    base = {
        **APP,
        "tsconfig.json": '{ "extends": ["./one.json", "./two.json"] }',
        "one.json": config(baseUrl=".", paths={"@lib/*": ["old/*"]}),
        "two.json": config(baseUrl=".", paths={"@lib/*": ["lib/*"]}),
        "lib/a.ts": "export const a = 1;\n",
        "old/a.ts": "export const a = 0;\n",
    }
    found = Ground(tmp_path, base).reach({"lib/a.ts": "export const a = 2;\n"})
    assert found["files"]["reached"] == 2


def test_a_resource_owns_the_files_beside_it(tmp_path: Path) -> None:
    base = {
        "db/catalog-info.yaml": component("orders", kind="Resource"),
        "db/schema.dbml": "a\n",
        "shop/catalog-info.yaml": component("shop", 1, "  dependsOn: [resource:orders]\n"),
        "shop/app.py": "x = 1\n",
    }
    ground = Ground(tmp_path, base)
    assert services(ground.reach({"db/schema.dbml": "b\n"})) == {"shop": 1}


def test_a_resource_described_in_a_services_file_does_not_lie_there(tmp_path: Path) -> None:
    both = component("stock", 2) + "---\n" + component("orders", kind="Resource")
    base = {
        "stock/catalog-info.yaml": both,
        "stock/app.py": "x = 1\n",
        "shop/catalog-info.yaml": component("shop", 1, "  dependsOn: [resource:orders]\n"),
    }
    assert services(Ground(tmp_path, base).reach({"stock/app.py": "x = 2\n"})) == {"stock": 0}


def test_a_pointer_in_place_of_a_file_that_nobody_reads_is_told(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    found = Ground(tmp_path, {"web/x.txt": "x"}).reach({"web/model.bin": pointer})
    (told,) = [one for one in found["unknowns"] if one.get("where") == "web/model.bin"]
    assert "Git LFS" in told["what"]


def test_what_a_location_names_is_read_and_what_is_not_there_is_told(tmp_path: Path) -> None:
    location = (
        "kind: Location\nmetadata: { name: all }\nspec:\n  targets:\n"
        "    - ./services/*/service.yaml\n    - ./gone.yaml\n    - https://example.org/catalog-info.yaml\n"
    )
    base = {
        "catalog-info.yaml": location,
        "services/pay/service.yaml": component("pay", 1),
        "services/pay/app.py": "x = 1\n",
    }
    found = Ground(tmp_path, base).reach({"services/pay/app.py": "x = 2\n"})
    assert services(found) == {"pay": 0}
    told = [one["what"] for one in found["unknowns"] if one["code"] == "catalogue-location"]
    assert len(told) == 2
    assert any("outside" in one for one in told)
    assert any("not there" in one for one in told)


@pytest.mark.parametrize("kind", ["Resource", "API", "System"])
def test_a_schema_reaches_the_components_that_depend_on_what_it_lies_beside(
    tmp_path: Path, kind: str
) -> None:
    base = {
        "db/catalog-info.yaml": component("orders", kind=kind),
        "db/schema.sql": "SELECT 1;\n",
        "shop/catalog-info.yaml": component("shop", 1, f"  dependsOn: ['{kind.lower()}:orders']\n"),
        "shop/app.py": "x = 1\n",
    }
    assert services(Ground(tmp_path, base).reach({"db/schema.sql": "SELECT 2;\n"})) == {"shop": 1}


def test_what_a_location_names_is_part_of_what_changes_are_judged_by(tmp_path: Path) -> None:
    base = {
        "catalog-info.yaml": "kind: Location\nmetadata: { name: all }\nspec: { target: ./pay/service.yaml }\n",
        "pay/service.yaml": component("pay", 1),
    }
    found = Ground(tmp_path, base).reach({"pay/service.yaml": component("pay", 9)})
    assert (found["level"], found["policy_files"], found["tier"]) == ("critical", True, 1)


def test_a_pointer_is_told_however_many_files_stand_before_it(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    many = {f"web/a{number}.dat": "x" for number in range(600)}
    found = Ground(tmp_path, {"web/x.txt": "x"}).reach({**many, "web/model.bin": pointer})
    assert "web/model.bin" in [one.get("where") for one in found["unknowns"]]
    assert found["level"] == "medium"


@pytest.mark.parametrize("above", ["svc/", ""])
def test_a_resource_within_a_services_folder_takes_no_file_from_the_service(
    tmp_path: Path, above: str
) -> None:
    base = {
        f"{above}catalog-info.yaml": component("pay", 1),
        f"{above}db/catalog-info.yaml": component("orders", kind="Resource"),
        f"{above}db/schema.sql": "SELECT 1;\n",
        "shop/catalog-info.yaml": component("shop", 2, "  dependsOn: [resource:orders]\n"),
    }
    found = Ground(tmp_path, base).reach({f"{above}db/schema.sql": "SELECT 2;\n"})
    assert services(found) == {"pay": 0, "shop": 1}
    assert (found["level"], found["tier"]) == ("critical", 1)


def test_a_resource_that_says_it_lies_in_a_services_folder_reaches_who_needs_it(tmp_path: Path) -> None:
    orders = "kind: Resource\nmetadata:\n  name: orders\n  annotations: { blastdoor.dev/path: ../stock }\nspec: {}\n"
    base = {
        "db/catalog-info.yaml": orders,
        "stock/catalog-info.yaml": component("stock", 2),
        "stock/schema.sql": "SELECT 1;\n",
        "shop/catalog-info.yaml": component("shop", 1, "  dependsOn: [resource:orders]\n"),
    }
    found = Ground(tmp_path, base).reach({"stock/schema.sql": "SELECT 2;\n"})
    assert services(found) == {"stock": 0, "shop": 1}


@pytest.mark.parametrize("path", ["gone.yaml", "services/new/service.yaml"])
def test_a_file_that_a_location_names_is_judged_as_the_catalogue_when_it_is_added(
    tmp_path: Path, path: str
) -> None:
    location = (
        "kind: Location\nmetadata: { name: all }\n"
        "spec: { targets: [./gone.yaml, './services/*/service.yaml'] }\n"
    )
    base = {"catalog-info.yaml": location, "services/pay/service.yaml": component("pay", 1)}
    ground = Ground(tmp_path, base)
    assert ground.reach({"other.yaml": component("new", 9)})["policy_files"] is False
    found = ground.reach({path: component("new", 9)})
    assert (found["level"], found["policy_files"]) == ("critical", True)


def test_a_pointer_in_place_of_what_a_tsconfig_extends_is_told_once(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    base = {"tsconfig.json": '{ "extends": "./base.json" }', "base.json": "{}"}
    found = Ground(tmp_path, base).reach({"base.json": pointer})
    told = [one for one in found["unknowns"] if one["code"] == "unreadable-file"]
    assert [one["where"] for one in told] == ["base.json"]
