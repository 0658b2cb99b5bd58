"""What tsconfigs of any name say, wherever they are extended from, is what a change goes through."""

import json
from pathlib import Path
from typing import Any

import pytest

from functional.reach.ground import Ground

MAPPED = {"@lib/*": ["lib/*"]}
BASE = {
    "app/main.ts": 'import { a } from "@lib/a";\nconsole.log(a);\n',
    "lib/a.ts": "export const a = 1;\n",
    "old/a.ts": "export const a = 0;\n",
}


def config(extends: object = None, references: object = None, **options: object) -> str:
    said: dict[str, object] = {"compilerOptions": options}
    if extends is not None:
        said["extends"] = extends
    if references is not None:
        said["references"] = references
    return json.dumps(said)


def package(name: str, **more: object) -> str:
    return json.dumps({"name": name, **more})


def reached(tmp_path: Path, files: dict[str, str], change: dict[str, str | None] | None = None) -> Any:
    return Ground(tmp_path, {**BASE, **files}).reach(change or {"lib/a.ts": "export const a = 2;\n"})


@pytest.mark.parametrize(
    "files",
    [
        # By a path, with and without an ending, from another folder.
        {"tsconfig.json": config("./config/base"), "config/base.json": config(baseUrl="..", paths=MAPPED)},
        {"tsconfig.json": config("./config/base"), "config/base": config(baseUrl="..", paths=MAPPED)},
        {"tsconfig.json": config("./base.jsonc"), "base.jsonc": config(paths={"@lib/*": ["./lib/*"]})},
        # By a package of the repository.
        {
            "tsconfig.json": config("@shop/config/base.json"),
            "tools/config/package.json": package("@shop/config"),
            "tools/config/base.json": config(paths={"@lib/*": ["../../lib/*"]}),
        },
        {
            "tsconfig.json": config("@shop/config"),
            "tools/config/package.json": package("@shop/config", tsconfig="./strict.json"),
            "tools/config/strict.json": config(paths={"@lib/*": ["../../lib/*"]}),
        },
        {
            "tsconfig.json": config("@shop/config/strict"),
            "tools/config/package.json": package("@shop/config", exports={"./*": "./all/*.json"}),
            "tools/config/all/strict.json": config(paths={"@lib/*": ["../../../lib/*"]}),
        },
        {
            "tsconfig.json": config("./node_modules/@shop/config/base.json"),
            "tools/config/package.json": package("@shop/config"),
            "tools/config/base.json": config(paths={"@lib/*": ["../../lib/*"]}),
        },
        # The base of one file, the paths of another.
        {
            "tsconfig.json": config("./config/base.json", paths=MAPPED),
            "config/base.json": config(baseUrl=".."),
        },
        {
            "tsconfig.json": config("./config/base.json", baseUrl="."),
            "config/base.json": config(paths=MAPPED),
        },
        {
            "tsconfig.json": config("./config/base.json"),
            "config/base.json": config(paths={"@lib/*": ["${configDir}/lib/*"]}),
        },
        # A reference, with and without a dot before it.
        {
            "tsconfig.json": config(references=[{"path": "config/app.json"}]),
            "config/app.json": config(paths={"@lib/*": ["../lib/*"]}),
        },
        {
            "tsconfig.json": config(references=[{"path": "app"}]),
            "app/tsconfig.app.json": "{}",
            "app/tsconfig.json": config("../base.json"),
            "base.json": config(baseUrl=".", paths=MAPPED),
        },
    ],
)
def test_what_a_tsconfig_extends_says_where_names_lead(tmp_path: Path, files: dict[str, str]) -> None:
    assert reached(tmp_path, files)["files"]["reached"] == 2


@pytest.mark.parametrize(
    "files",
    [
        {"one.json": config("./base.json"), "two.json": config("./three.json"), "three.json": "NEW"},
        {"one.json": "OLD", "two.json": config("./three.json"), "three.json": "NEW"},
        {"one.json": "OLD", "two.json": "NEW"},
    ],
)
def test_the_last_of_an_array_counts_with_all_that_it_extends(tmp_path: Path, files: dict[str, str]) -> None:
    said = {"NEW": config(paths={"@lib/*": ["./lib/*"]}), "OLD": config(paths={"@lib/*": ["./old/*"]})}
    files = {path: said.get(text, text) for path, text in files.items()}
    files |= {"tsconfig.json": config(["./one.json", "./two.json"]), "base.json": said["OLD"]}
    assert reached(tmp_path, files)["files"]["reached"] == 2


def test_own_paths_count_before_longer_ones_of_what_is_extended(tmp_path: Path) -> None:
    files = {
        "tsconfig.json": config("./base.json", baseUrl=".", paths={"@lib/*": ["lib/*"]}),
        "base.json": config(paths={"@lib/a*": ["./old/a*"]}),
    }
    assert reached(tmp_path, files)["files"]["reached"] == 2


def test_a_circle_ends_and_loses_nothing_of_what_stands_beside_it(tmp_path: Path) -> None:
    files = {
        "tsconfig.json": config(["./right.json", "./a.json"]),
        "a.json": config("./b.json"),
        "b.json": config("./a.json"),
        "right.json": config(baseUrl=".", paths=MAPPED),
    }
    assert reached(tmp_path, files)["files"]["reached"] == 2


@pytest.mark.parametrize(
    "files",
    [
        {"tsconfig.json": config("./tsconfig.json", baseUrl=".", paths=MAPPED)},
        {
            "tsconfig.json": config("./a.json"),
            "a.json": config("./tsconfig.json", baseUrl=".", paths=MAPPED),
        },
        {
            "tsconfig.json": config("./a.json", paths=MAPPED),
            "a.json": config("./config/b.json"),
            "config/b.json": config("../a.json", baseUrl=".."),
        },
    ],
)
def test_a_circle_through_whatever_file_keeps_what_each_says(tmp_path: Path, files: dict[str, str]) -> None:
    assert reached(tmp_path, files)["files"]["reached"] == 2


@pytest.mark.parametrize("lost", ["./gone.json", "../outside.json", "./broken.json"])
@pytest.mark.parametrize("last", [True, False])
def test_one_of_an_array_that_is_not_to_be_had_takes_nothing_from_the_others(
    tmp_path: Path, lost: str, last: bool
) -> None:
    files = {
        "tsconfig.json": config(["./right.json", lost] if last else [lost, "./right.json"]),
        "right.json": config(baseUrl=".", paths=MAPPED),
        "broken.json": "{",
    }
    assert reached(tmp_path, files)["files"]["reached"] == 2


def test_a_project_of_many_references_loses_nothing_of_what_it_extends(tmp_path: Path) -> None:
    parts = [f"part{number}" for number in range(40)]
    files = {
        "tsconfig.json": config("./a.json", [{"path": part} for part in parts]),
        "a.json": config("./b.json"),
        "b.json": config(baseUrl=".", paths=MAPPED),
        **{f"{part}/tsconfig.json": "{}" for part in parts},
    }
    assert reached(tmp_path, files)["files"]["reached"] == 2


def test_what_is_changed_or_taken_away_reaches_the_tsconfig_that_extends_it(tmp_path: Path) -> None:
    files = {"tsconfig.json": config("./base.json"), "base.json": config(paths={"@lib/*": ["./lib/*"]})}
    ground = Ground(tmp_path, {**BASE, **files})
    for content in (config(), None):
        found = ground.reach({"base.json": content})
        assert (found["files"]["reached"], found["level"]) == (2, "medium")


@pytest.mark.parametrize("content", ["{", "[]", "{" * 50_000])
def test_an_extended_file_that_cannot_be_read_is_told_when_it_changes(tmp_path: Path, content: str) -> None:
    files = {"tsconfig.json": config("./base.json"), "base.json": config(paths={"@lib/*": ["./lib/*"]})}
    found = reached(tmp_path, files, {"base.json": content})
    assert "base.json" in [one.get("where") for one in found["unknowns"]]


def test_a_tsconfig_that_extends_what_is_not_there_is_told_when_it_changes(tmp_path: Path) -> None:
    found = reached(tmp_path, {"tsconfig.json": "{}"}, {"tsconfig.json": config("./.nuxt/tsconfig.json")})
    assert [one["code"] for one in found["unknowns"]] == ["unresolved-import"]


def test_a_chain_that_never_seems_to_end_is_told_and_ends(tmp_path: Path) -> None:
    files = {f"{number}.json": config(f"./{number + 1}.json") for number in range(120)}
    found = reached(
        tmp_path, {"tsconfig.json": "{}", **files}, {"tsconfig.json": config("./0.json"), "60.json": "{}"}
    )
    assert found["level"] not in {"none", "low"}
