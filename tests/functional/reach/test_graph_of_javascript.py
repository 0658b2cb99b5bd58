"""`reach graph --language javascript`: edges of JavaScript and TypeScript, to the source that a build would use."""

import json
from pathlib import Path

import pytest

from functional.reach.terminal import edges, pairs
from functional.reach.trees_of_code import committed, holds

Files = dict[str, str]

PLAIN = {"src/a.ts": "", "src/b.ts": "", "src/c.tsx": "", "src/d.js": "", "src/e.mts": "", "src/f.cts": "", "src/g.mjs": "",
         "src/h.cjs": "", "src/i.jsx": "", "src/dir/index.ts": "", "src/jsdir/index.js": "", "src/style.css": "", "src/data.json": "{}",
         "src/logo.svg": "<svg/>", "src/types.d.ts": "", "src/dot.name.ts": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("import x from './a'", "a.ts"),
        ('import x from "./a"', "a.ts"),
        ("import './a'", "a.ts"),
        ("import * as x from './a'", "a.ts"),
        ("import {x, y as z} from './a'", "a.ts"),
        ("import x, {y} from './a'", "a.ts"),
        ("import {\n  x,\n  // why\n  y,\n} from './a'\n", "a.ts"),
        ("import{x}from'./a'", "a.ts"),
        ("import type {X} from './a'", "a.ts"),
        ("import {type X} from './a'", "a.ts"),
        ("export * from './a'", "a.ts"),
        ("export * as ns from './a'", "a.ts"),
        ("export {x} from './a'", "a.ts"),
        ("export type {X} from './a'", "a.ts"),
        ("export {\n x,\n y\n} from './a'\nexport const z = 1", "a.ts"),
        ("const x = require('./a')", "a.ts"),
        ("const {x} = require('./a').y", "a.ts"),
        ("if (dev) { require('./a') }", "a.ts"),
        ("import x = require('./a')", "a.ts"),
        ("const x = await import('./a')", "a.ts"),
        ("const x = () => import(/* webpackChunkName: 'x' */ './a')", "a.ts"),
        ("const x = import(`./a`)", "a.ts"),
        ("type X = import('./a').X", "a.ts"),
        ("import './a.js'", "a.ts"),
        ("import './a.ts'", "a.ts"),
        ("import './c.js'", "c.tsx"),
        ("import './c.jsx'", "c.tsx"),
        ("import './c'", "c.tsx"),
        ("import './d'", "d.js"),
        ("import './d.js'", "d.js"),
        ("import './e.mjs'", "e.mts"),
        ("import './f.cjs'", "f.cts"),
        ("import './g.mjs'", "g.mjs"),
        ("import './h.cjs'", "h.cjs"),
        ("import './i'", "i.jsx"),
        ("import './dir'", "dir/index.ts"),
        ("import './dir/'", "dir/index.ts"),
        ("import './dir/index'", "dir/index.ts"),
        ("import './dir/index.js'", "dir/index.ts"),
        ("import './jsdir'", "jsdir/index.js"),
        ("import './dot.name'", "dot.name.ts"),
        ("import './types'", "types.d.ts"),
        ("import type {X} from './types.d.ts'", "types.d.ts"),
        ("import './style.css'", "style.css"),
        ("import data from './data.json' with {type: 'json'}", "data.json"),
        ("import logo from './logo.svg?url'", "logo.svg"),
        ("import '../src/a'", "a.ts"),
        ("import './dir/../a'", "a.ts"),
        ("import './././a'", "a.ts"),
        ("import a from './a'; import b from './b'", "a.ts b.ts"),
        ("import './missing'", ""),
        ("import 'react'\nimport fs from 'node:fs'\nrequire('path')", ""),
        ("// import './a'\n/* import './b' */", ""),
        ("const s = \"import './a'\"", ""),
        ("const s = `import x from './a'`", ""),
        ("const r = /import '.\\/a'/", ""),
        ("x.require('./a')", None),
        ("const glob = 'src/**/*.ts'; import './a'; /* x */ import './b'", "a.ts b.ts"),
        ("const u = 'http://x' // y\nimport './a'", "a.ts"),
        ("const r = /[/*]/; import './a'", "a.ts"),
        ("#!/usr/bin/env node\nimport './a'", "a.ts"),
        ("'use strict';import './a'", "a.ts"),
        ("@Component({}) class X {}\nimport './a'", "a.ts"),
        ("import './a'\r\nimport './b'\r\n", "a.ts b.ts"),
        ("\ufeffimport './a'", "a.ts"),
        ("import defer * as x from './a'", "a.ts"),
        ("/// <reference path=\"./types.d.ts\" />\nimport './a'", "types.d.ts a.ts"),
        ("export default function () {}\nexport {x} from './b'", "b.ts"),
        ("import x, * as y from './a'", "a.ts"),
        ("export const from = 1; import './a'", "a.ts"),
        ("const a = {import: 1, from: './b'}; import './a'", "a.ts"),
        ("module.exports = require('./a')", "a.ts"),
        ("export = require('./a')", "a.ts"),
        ("import 'A'", ""),
    ],
)
def test_a_statement_leads_to_the_file_that_is_meant(tmp_path: Path, text: str, targets: str | None) -> None:
    found = pairs(committed(tmp_path, PLAIN | {"src/main.ts": text}), "javascript")
    if targets is None:
        assert found <= {("src/main.ts", "src/a.ts")}
    else:
        assert found == {("src/main.ts", f"src/{target}") for target in targets.split()}, found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}', "src/lib/a.ts": "", "src/m.ts": "import 'lib/a'"},
            "src/m.ts -> src/lib/a.ts", id="baseUrl"),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"paths": {"@app/*": ["./src/app/*"]}}}', "src/app/a.ts": "", "src/m.ts": "import '@app/a'"},
            "src/m.ts -> src/app/a.ts", id="paths"),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"one": ["src/one/main"], "~/*": ["gone/*", "src/*"]}}}',
             "src/one/main.ts": "", "src/x/y.ts": "", "src/m.ts": "import 'one'; import '~/x/y'"},
            "src/m.ts -> src/one/main.ts src/x/y.ts", id="paths-exact-and-second-choice"),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./a/*"], "@/deep/*": ["./b/*"]}}}', "a/deep/x.ts": "", "b/x.ts": "", "m.ts": "import '@/deep/x'"},
            "m.ts -> b/x.ts", id="the-longest-pattern"),
        pytest.param(
            {"tsconfig.json": '// of the shop\n{\n  /* all */ "compilerOptions": {\n    "paths": { "@/*": ["./src/*",], }, // trailing\n  },\n}\n', "src/a.ts": "", "m.ts": "import '@/a'"},
            "m.ts -> src/a.ts", id="comments-and-trailing-commas"),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"paths": {"a//b/*": ["./src/*"], "/*x*/*": ["./src/*"]}}}', "src/a.ts": "", "m.ts": "import 'a//b/a'"},
            "m.ts -> src/a.ts", id="slashes-inside-texts"),
        pytest.param(
            {"tsconfig.base.json": '{"compilerOptions": {"paths": {"@lib/*": ["./libs/*/src"]}}}', "apps/web/tsconfig.json": '{"extends": "../../tsconfig.base.json"}',
             "libs/ui/src/index.ts": "", "apps/web/m.ts": "import '@lib/ui'"},
            "apps/web/m.ts -> libs/ui/src/index.ts", id="extends"),
        pytest.param(
            {"base/tsconfig.json": '{"compilerOptions": {"baseUrl": "./src"}}', "tsconfig.json": '{"extends": "./base/tsconfig"}', "base/src/a.ts": "", "m.ts": "import 'a'"},
            "m.ts -> base/src/a.ts", id="extends-without-ending-and-baseUrl-from-there"),
        pytest.param(
            {"base.json": '{"compilerOptions": {"paths": {"x": ["./wrong.ts"]}}}', "tsconfig.json": '{"extends": "./base.json", "compilerOptions": {"paths": {"x": ["./right.ts"]}}}',
             "wrong.ts": "", "right.ts": "", "m.ts": "import 'x'"},
            "m.ts -> right.ts", id="ones-own-paths-replace-those-extended"),
        pytest.param(
            {"configs/package.json": '{"name": "@acme/tsconfig"}', "package.json": '{"workspaces": ["configs", "app"]}', "app/package.json": '{"name": "app"}',
             "configs/base.json": '{"compilerOptions": {"paths": {"@/*": ["${configDir}/src/*"]}}}', "app/tsconfig.json": '{"extends": "@acme/tsconfig/base.json"}',
             "app/src/a.ts": "", "app/m.ts": "import '@/a'"},
            "app/m.ts -> app/src/a.ts", id="extends-a-package-and-configDir"),
        pytest.param(
            {"tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}', "tsconfig.app.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}, "include": ["src"]}',
             "src/a.ts": "", "src/m.ts": "import '@/a'"},
            "src/m.ts -> src/a.ts", id="references"),
        pytest.param(
            {"tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"baseUrl": "src"}}', "src/a.ts": "", "m.ts": "import 'a'"},
            "m.ts -> src/a.ts", id="extends-itself"),
        pytest.param(
            {"jsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}', "src/a.js": "", "m.js": "import 'a'"},
            "m.js -> src/a.js", id="jsconfig"),
        pytest.param(
            {"tsconfig.json": "{ this is broken", "src/a.ts": "", "m.ts": "import './src/a'"},
            "m.ts -> src/a.ts", id="a-broken-one"),
        pytest.param(
            {"tsconfig.json": '{"compilerOptions": {"rootDirs": ["src", "gen"]}}', "gen/a.ts": "", "src/m.ts": "import './a'"},
            "src/m.ts -> gen/a.ts", id="rootDirs"),
    ],
)  # fmt: skip
def test_tsconfig_says_where_names_lead(tmp_path: Path, files: Files, expected: str) -> None:
    holds(tmp_path, "javascript", files, expected, "import type reexport asset reference glob")


def workspace(manager: str) -> Files:
    """A root that names its packages as this manager wants it."""
    return {
        "npm": {"package.json": '{"private": true, "workspaces": ["packages/*", "apps/*"]}'},
        "yarn": {"package.json": '{"private": true, "workspaces": {"packages": ["packages/*", "apps/*"]}}', "yarn.lock": "# yarn lockfile v1\n"},
        "pnpm": {"package.json": '{"private": true}', "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n  - apps/*\n"},
    }[manager]  # fmt: skip


LIB = '{"name": "@acme/lib", "main": "./dist/index.js", "types": "./dist/index.d.ts"}'
APP = '{"name": "app", "dependencies": {"@acme/lib": "workspace:*"}}'
WHOLE = {
    "packages/lib/package.json": LIB,
    "packages/lib/src/index.ts": "export * from './deep'",
    "packages/lib/src/deep.ts": "",
    "apps/web/package.json": APP,
}


@pytest.mark.parametrize("manager", ["npm", "yarn", "pnpm"])
def test_a_package_of_the_workspace_is_followed_to_its_source(tmp_path: Path, manager: str) -> None:
    files = workspace(manager) | WHOLE | {"apps/web/m.ts": "import '@acme/lib'"}
    holds(
        tmp_path,
        "javascript",
        files,
        "packages/lib/src/index.ts -> packages/lib/src/deep.ts\napps/web/m.ts -> packages/lib/src/index.ts",
        "import reexport",
    )


@pytest.mark.parametrize(
    ("manifest", "sources", "text", "target"),
    [
        ({"main": "dist/index.js"}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"main": "lib/main"}, ["src/main.ts"], "@acme/lib", "src/main.ts"),
        ({"module": "./dist/index.mjs"}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"source": "./source/entry.ts", "main": "dist/x.js"}, ["source/entry.ts"], "@acme/lib", "source/entry.ts"),
        ({}, ["index.js"], "@acme/lib", "index.js"),
        ({}, ["index.ts"], "@acme/lib", "index.ts"),
        ({"types": "./dist/types/index.d.ts"}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": "./dist/index.js"}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": {".": "./dist/index.js"}}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": {"import": "./dist/index.mjs", "require": "./dist/index.cjs"}}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}}}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": {".": {"node": {"import": "./dist/n.js"}, "default": "./dist/n.js"}}}, ["src/n.ts"], "@acme/lib", "src/n.ts"),
        ({"exports": {".": ["./dist/index.js", "./other.js"]}}, ["src/index.ts"], "@acme/lib", "src/index.ts"),
        ({"exports": {".": "./dist/index.js", "./sub": "./dist/sub/entry.js"}}, ["src/index.ts", "src/sub/entry.ts"], "@acme/lib/sub", "src/sub/entry.ts"),
        ({"exports": {"./*": "./dist/*.js"}}, ["src/a/b.ts"], "@acme/lib/a/b", "src/a/b.ts"),
        ({"exports": {"./features/*.js": "./dist/features/*.js"}}, ["src/features/x.ts"], "@acme/lib/features/x.js", "src/features/x.ts"),
        ({"exports": {"./*": {"import": "./dist/*/index.js"}}}, ["src/ui/index.tsx"], "@acme/lib/ui", "src/ui/index.tsx"),
        ({"exports": {"./*": "./dist/*.js", "./deep/*": "./dist/hidden/*.js"}}, ["src/deep/x.ts", "src/hidden/x.ts"], "@acme/lib/deep/x", "src/hidden/x.ts"),
        ({"exports": {"./styles.css": "./src/styles.css"}}, ["src/styles.css"], "@acme/lib/styles.css", "src/styles.css"),
        ({"exports": {"./package.json": "./package.json"}}, ["src/index.ts"], "@acme/lib/package.json", "package.json"),
        ({"main": "dist/index.js"}, ["src/index.ts", "src/x.ts"], "@acme/lib/src/x", "src/x.ts"),
        ({"main": "dist/index.js"}, ["src/index.ts", "src/x.ts"], "@acme/lib/dist/x", "src/x.ts"),
        ({"exports": {"development": "./src/main.ts", "default": "./dist/main.js"}}, ["src/main.ts"], "@acme/lib", "src/main.ts"),
    ],
)  # fmt: skip
def test_what_a_package_exports_leads_to_its_source(
    tmp_path: Path, manifest: dict[str, object], sources: list[str], text: str, target: str
) -> None:
    """A tree has no `dist`: that is made from `src`."""
    files = (
        workspace("npm")
        | {
            "packages/lib/package.json": json.dumps({"name": "@acme/lib"} | manifest),
            "apps/web/package.json": APP,
            "apps/web/m.ts": f"import '{text}'",
        }
        | {f"packages/lib/{source}": "" for source in sources}
    )
    found = {(a, b) for a, b in pairs(committed(tmp_path, files), "javascript") if a == "apps/web/m.ts"}
    assert found == {("apps/web/m.ts", f"packages/lib/{target}")}, found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            workspace("npm") | {"packages/lib/package.json": '{"name": "@acme/lib"}', "packages/lib/index.ts": "",
             "apps/web/package.json": '{"name": "web", "dependencies": {"short": "npm:@acme/lib@1.0.0"}}', "apps/web/m.ts": "import 'short'"},
            "apps/web/m.ts -> packages/lib/index.ts", id="npm-alias"),
        pytest.param(
            workspace("pnpm") | {"packages/lib/package.json": '{"name": "@acme/lib"}', "packages/lib/index.ts": "",
             "apps/web/package.json": '{"name": "web", "dependencies": {"short": "workspace:@acme/lib@*"}}', "apps/web/m.ts": "import 'short'"},
            "apps/web/m.ts -> packages/lib/index.ts", id="workspace-alias"),
        pytest.param(
            {"package.json": '{"name": "web", "dependencies": {"local": "file:./vendor/local", "linked": "link:../web/vendor/linked"}}', "vendor/local/package.json": '{"name": "x"}',
             "vendor/local/index.js": "", "m.js": "import 'local'"},
            "m.js -> vendor/local/index.js", id="file"),
        pytest.param(
            {"package.json": '{"name": "web", "imports": {"#util/*": "./src/util/*.js", "#one": {"node": "./src/one.js", "default": "./src/one.js"}}}', "src/util/a.js": "", "src/one.js": "",
             "m.js": "import '#util/a'; import '#one'"},
            "m.js -> src/util/a.js src/one.js", id="imports-of-its-own"),
        pytest.param(
            {"package.json": '{"name": "@acme/self", "exports": {"./x": "./src/x.ts"}}', "src/x.ts": "", "test/m.ts": "import '@acme/self/x'"},
            "test/m.ts -> src/x.ts", id="its-own-name"),
        pytest.param(
            workspace("npm") | {"packages/lib/package.json": '{"name": "lodash"}', "packages/lib/index.ts": "", "apps/web/package.json": '{"name": "web"}', "apps/web/m.ts": "import 'lodash-es'; import 'lodashed/x'; import '@acme/lodash'"},
            "", id="names-that-only-begin-alike"),
        pytest.param(
            {"a/package.json": '{"main": "./main.js"}', "a/main.js": "", "a/index.js": "", "m.js": "require('./a')"},
            "m.js -> a/main.js", id="a-folder-with-a-manifest"),
        pytest.param(
            {"a.js": "", "a/index.js": "", "m.js": "require('./a')"},
            "m.js -> a.js", id="a-file-before-a-folder"),
        pytest.param(
            {"a.ts": "", "a.js": "", "m.ts": "import './a'"},
            "m.ts -> a.ts", id="typescript-before-javascript"),
        pytest.param(
            {"App.vue": "<template><a/></template>\n<script setup lang=\"ts\">\nimport x from './a'\n</script>\n", "a.ts": "", "B.svelte": "<script>\nimport App from './App.vue'\n</script>\n"},
            "App.vue -> a.ts\nB.svelte -> App.vue", id="components"),
    ],
)  # fmt: skip
def test_packages_are_found_by_what_their_manifests_say(tmp_path: Path, files: Files, expected: str) -> None:
    holds(tmp_path, "javascript", files, expected, "import type reexport asset")


def test_what_only_the_types_need_is_of_its_own_kind(tmp_path: Path) -> None:
    text = "import type {X} from './t'\nimport {y} from './v'\nexport {z} from './r'\n"
    listed = edges(committed(tmp_path, {"m.ts": text, "t.ts": "", "v.ts": "", "r.ts": ""}), "javascript")
    kinds = {target: kind for _, target, kind in listed}
    assert set(kinds) == {"t.ts", "v.ts", "r.ts"}
    assert kinds["t.ts"] != kinds["v.ts"]


def test_a_written_js_beside_which_there_is_typescript_means_the_typescript(tmp_path: Path) -> None:
    """TypeScript tries `a.ts` first; `a.js` may be what it was compiled to."""
    repo = committed(tmp_path, {"a.ts": "", "a.js": "", "m.ts": "import './a.js'"})
    assert ("m.ts", "a.ts") in pairs(repo, "javascript")


def test_a_minified_bundle_is_read(tmp_path: Path) -> None:
    text = (
        ";".join(f"var a{n}=function(b){{return b+{n}}}" for n in range(20000))
        + ";import{x}from'./a';export*from'./b';"
    )
    holds(tmp_path, "javascript", {"m.min.js": text, "a.js": "", "b.js": ""}, "m.min.js -> a.js b.js")
