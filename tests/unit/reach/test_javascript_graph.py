"""Which file a JavaScript or TypeScript module name means."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Graph, extract
from trees import edges_from, graph_of


def kinds(text: str) -> dict[str, str]:
    """Each module a text names, and how."""
    return {one.module: one.kind for one in extract("javascript", text.encode()).imports}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('import a from "a"', {"a": "import"}),
        ("import a from 'a';import b from 'b'", {"a": "import", "b": "import"}),
        ('import "side"', {"side": "import"}),
        ('import{a}from"a"', {"a": "import"}),
        ('import * as a from "a"', {"a": "import"}),
        ('import d, { e as f } from "a"', {"a": "import"}),
        ('import {\n  a, // it\'s "b"\n  c,\n} from "a"', {"a": "import"}),
        ('import type { T } from "a"', {"a": "type"}),
        ('import type T from "a"', {"a": "type"}),
        ('import type from "a"', {"a": "import"}),
        ('import { type T } from "a"', {"a": "import"}),
        ('export * from "a"', {"a": "reexport"}),
        ('export * as n from "a"', {"a": "reexport"}),
        ('export { a, b as c } from "a"', {"a": "reexport"}),
        ('export type { T } from "a"', {"a": "type"}),
        ('const a = require("a")', {"a": "import"}),
        ('import a = require("a")', {"a": "import"}),
        ('await import("a")', {"a": "import"}),
        ("await import(`a`)", {"a": "import"}),
        ('import(/* webpackChunkName: "x" */ "a")', {"a": "import"}),
        ('type A = import("a").B', {"a": "import"}),
        ('let x: typeof import("a")', {"a": "import"}),
        ('require.resolve("a")', {"a": "call"}),
        ('jest.mock("a")', {"a": "call"}),
        ('vi.mock("a", () => {})', {"a": "call"}),
        ('new URL("./a.js", import.meta.url)', {"./a.js": "asset"}),
        ('import.meta.glob("./*.ts")', {"./*.ts": "glob"}),
        ('/// <reference path="a.d.ts" />', {"./a.d.ts": "reference"}),
        ('/// <reference types="node" />', {"node": "reference"}),
        ('import x from "a" with { type: "json" }', {"a": "import"}),
        ('export interface A { b: string }\nimport c from "c"', {"c": "import"}),
        ('export default function f() { return 1 }\nimport c from "c"', {"c": "import"}),
        ('const g = "src/**/*.js"\nimport c from "c"', {"c": "import"}),
        ('const r = /["\']/\nimport c from "c"', {"c": "import"}),
        ('// import a from "a"', {"a": "text"}),
        ('/* import a from "a" */', {"a": "text"}),
        ("`import a from 'a'`", {"a": "text"}),
        ("const s = 'import \"a\"'", {"a": "text"}),
        ('export const a = "b"', {}),
        ("export default 'b'", {}),
        ('x.require("a")', {}),
        ("function require(a) {}", {}),
        ('important("a")', {}),
        ('this.import("a")', {}),
    ],
)
def test_a_module_is_found_as_it_is_named(text: str, expected: dict[str, str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("text", ["require(name)", "import(name)", "import(`./${a}`)", 'require("a" + b)'])
def test_a_name_put_together_when_it_runs_is_dynamic(text: str) -> None:
    assert extract("javascript", text.encode()).dynamic


@pytest.mark.parametrize("text", ['require("a")', 'import("a")', "x.import(a)", "function require(a) {}"])
def test_a_name_written_out_is_not(text: str) -> None:
    assert not extract("javascript", text.encode()).dynamic


def test_each_import_has_its_line() -> None:
    found = extract("javascript", b'import a from "a"\n\nimport {\n b } from "b"\nrequire("c")')
    assert [(one.module, one.line) for one in found.imports] == [("a", 1), ("b", 3), ("c", 5)]


def package(name: str, **fields: object) -> str:
    return json.dumps({"name": name, **fields})


def options(**compiler: object) -> str:
    return json.dumps({"compilerOptions": compiler})


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("./b", "src/b.ts"),
        ("./b.js", "src/b.ts"),
        ("./c.mjs", "src/c.mts"),
        ("./d.jsx", "src/d.tsx"),
        ("./e", "src/e/index.ts"),
        ("./e/", "src/e/index.ts"),
        (".", "src/index.ts"),
        ("..", "index.js"),
        ("../src/b", "src/b.ts"),
        ("./f.css", "src/f.css"),
        ("./f.svg?raw", "src/f.svg"),
        ("./g.json", "src/g.json"),
        ("./h", "src/h.d.ts"),
        ("./i", "src/i.vue"),
    ],
)
def test_a_relative_name_is_a_file_by_the_rules_of_typescript(name: str, file: str) -> None:
    others = [
        "b.ts",
        "c.mts",
        "d.tsx",
        "e/index.ts",
        "index.ts",
        "f.css",
        "f.svg",
        "g.json",
        "h.d.ts",
        "i.vue",
    ]
    files = {f"src/{other}": "" for other in others} | {"index.js": ""}
    assert edges_from(files | {"src/a.ts": f"import '{name}'"}, "src/a.ts") == {file}


def test_a_relative_name_that_nothing_answers_is_missing() -> None:
    graph = graph_of({"a.ts": "\nimport './gone'"})
    assert [(path, one.module, one.line) for path, one in graph.missing.items()] == [("a.ts", "./gone", 2)]


def test_a_relative_name_cannot_leave_the_repository() -> None:
    assert edges_from({"a.ts": "import '../../etc/passwd'", "etc/passwd": ""}, "a.ts") == set()


MONOREPO = {
    "package.json": package("root", private=True, workspaces=["packages/*"]),
    "packages/ui/package.json": package("@shop/ui", main="dist/index.js"),
    "packages/ui/src/index.ts": "",
    "packages/ui/src/button.ts": "",
}


@pytest.mark.parametrize(
    ("manifest", "name", "file"),
    [
        ({"main": "dist/index.js"}, "@shop/ui", "packages/ui/src/index.ts"),
        ({"main": "./lib/index.js"}, "@shop/ui", "packages/ui/src/index.ts"),
        ({}, "@shop/ui", "packages/ui/src/index.ts"),
        ({"module": "dist/esm/index.mjs"}, "@shop/ui", "packages/ui/src/index.ts"),
        ({"exports": "./dist/index.js"}, "@shop/ui", "packages/ui/src/index.ts"),
        ({"exports": {".": "./src/index.ts"}}, "@shop/ui", "packages/ui/src/index.ts"),
        (
            {"exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/index.js"}}},
            "@shop/ui",
            "packages/ui/src/index.ts",
        ),
        ({"exports": {"./*": "./dist/*.js"}}, "@shop/ui/button", "packages/ui/src/button.ts"),
        (
            {"exports": {"./b": {"import": {"default": "./dist/button.js"}}}},
            "@shop/ui/b",
            "packages/ui/src/button.ts",
        ),
        ({"exports": {"./b/": "./src/"}}, "@shop/ui/b/button.ts", "packages/ui/src/button.ts"),
        ({"exports": {"./b": ["./gone.js", "./src/button.ts"]}}, "@shop/ui/b", "packages/ui/src/button.ts"),
        ({"main": "x.js"}, "@shop/ui/src/button", "packages/ui/src/button.ts"),
        ({"main": "x.js"}, "@shop/ui/button", "packages/ui/src/button.ts"),
    ],
)
def test_a_package_of_the_repository_is_followed_to_its_source(
    manifest: dict[str, object], name: str, file: str
) -> None:
    files = MONOREPO | {
        "packages/ui/package.json": package("@shop/ui", **manifest),
        "apps/a.ts": f"import '{name}'",
    }
    assert edges_from(files, "apps/a.ts") == {file}


def test_a_package_whose_entry_cannot_be_told_is_its_manifest() -> None:
    files = {"p/package.json": package("p", main="build/x.js"), "a.js": "require('p')"}
    assert edges_from(files, "a.js") == {"p/package.json"}


@pytest.mark.parametrize(
    "version", ["npm:@shop/ui@1", "workspace:@shop/ui@*", "file:../../packages/ui", "link:../../packages/ui"]
)
def test_an_alias_is_the_package_it_stands_for(version: str) -> None:
    files = MONOREPO | {
        "apps/web/package.json": package("web", dependencies={"kit": version}),
        "apps/web/a.ts": "import 'kit'",
    }
    assert edges_from(files, "apps/web/a.ts") == {"packages/ui/src/index.ts"}


def test_a_package_from_elsewhere_is_no_edge() -> None:
    assert edges_from(MONOREPO | {"a.ts": "import 'react'; import 'node:fs'; import 'fs'"}, "a.ts") == set()


@pytest.mark.parametrize(
    ("config", "name", "file"),
    [
        (options(baseUrl="."), "lib/b", "lib/b.ts"),
        (options(baseUrl="./lib"), "b", "lib/b.ts"),
        (options(paths={"@/*": ["./lib/*"]}), "@/b", "lib/b.ts"),
        (options(baseUrl=".", paths={"@/*": ["gone/*", "lib/*"]}), "@/b", "lib/b.ts"),
        (options(paths={"b": ["./lib/b.ts"]}), "b", "lib/b.ts"),
        (options(paths={"@/*": ["./gone/*"], "@/b*": ["./lib/b*"]}), "@/b", "lib/b.ts"),
        ('{\n// "comment"\n"compilerOptions": {"paths": {"@/*": ["./lib/*"],},},\n}', "@/b", "lib/b.ts"),
        ('{"extends": "./config/base.json"}', "@c/b", "lib/b.ts"),
        ('{"extends": "./config/base"}', "@c/b", "lib/b.ts"),
        ('{"extends": ["./config/tsconfig.other.json"]}', "@o/b", "lib/b.ts"),
        ('{"files": [], "references": [{"path": "./config/tsconfig.other.json"}]}', "@o/b", "lib/b.ts"),
    ],
)
def test_tsconfig_says_where_names_lead(config: str, name: str, file: str) -> None:
    files = {
        "tsconfig.json": config,
        "config/tsconfig.base.json": "{}",
        "config/tsconfig.other.json": options(paths={"@o/*": ["../lib/*"]}),
        "lib/b.ts": "",
        "src/a.ts": f"import '{name}'",
    }
    if "config/base" in config:
        files |= {"tsconfig.json": config.replace("base", "tsconfig.base")}
        files["config/tsconfig.base.json"] = options(paths={"@c/*": ["../lib/*"]})
    assert edges_from(files, "src/a.ts") == {file}


def test_the_nearest_tsconfig_counts() -> None:
    files = {
        "tsconfig.json": options(paths={"@/*": ["./one/*"]}),
        "app/tsconfig.json": options(paths={"@/*": ["./two/*"]}),
        "one/b.ts": "",
        "app/two/b.ts": "",
        "app/a.ts": "import '@/b'",
    }
    assert edges_from(files, "app/a.ts") == {"app/two/b.ts"}


def test_configs_that_extend_each_other_in_a_circle_are_read_once() -> None:
    files = {
        "tsconfig.json": '{"extends": "./tsconfig.b.json"}',
        "tsconfig.b.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}',
        "lib/b.ts": "",
        "a.ts": "import '@/b'",
    }
    assert edges_from(files, "a.ts") == {"lib/b.ts"}
    assert ("tsconfig.json", "tsconfig.b.json") in {edge[:2] for edge in graph_of(files).edges}


def test_names_of_a_package_of_its_own_begin_with_a_hash() -> None:
    files = {
        "package.json": package("p", imports={"#lib/*": "./src/*.ts", "#x": {"default": "./src/y.ts"}}),
        "src/b.ts": "",
        "src/y.ts": "",
        "src/a.ts": "import '#lib/b'; import '#x'",
    }
    assert edges_from(files, "src/a.ts") == {"src/b.ts", "src/y.ts"}


def test_a_glob_is_all_that_fits_it() -> None:
    files = {
        "src/p/a.ts": "",
        "src/p/q/b.ts": "",
        "src/p/c.js": "",
        "src/m.ts": "import.meta.glob('./p/**/*.ts')",
    }
    assert edges_from(files, "src/m.ts") == {"src/p/a.ts", "src/p/q/b.ts"}


def test_a_broken_manifest_is_unread_and_hides_nothing_else() -> None:
    graph = graph_of({"package.json": "{", "a.ts": "import './b'", "b.ts": ""})
    assert "package.json" in graph.unread
    assert {edge[:2] for edge in graph.edges} == {("a.ts", "b.ts")}


@pytest.mark.parametrize(
    "text",
    [
        "import ",
        "import{",
        "import/*",
        "require(",
        "require<",
        "/*",
        "`",
        "import '",
        "=/[",
        "new URL(",
        "/// <reference ",
    ],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    data = (text * (1_000_000 // len(text))).encode()
    started = time.process_time()
    extract("javascript", data)
    assert time.process_time() - started < 1.5


@given(st.text(alphabet="import from'\"`{}()*/\\\n;=$a.", max_size=80))
def test_nothing_written_makes_it_fail(text: str) -> None:
    assert isinstance(graph_of({"a.ts": text, "package.json": text, "tsconfig.json": text}), Graph)
