"""A changed lockfile tells which direct dependencies of which project differ in what they resolve to."""

import json
import random
import time
from collections.abc import Mapping
from typing import Any

import pytest

from blastdoor.reach.lockfiles import LockChange, compare_lockfiles, is_lockfile

Names = Mapping[str, set[str]]


def changed(path: str, old: str | None, new: str | None) -> dict[str, set[str]]:
    """What a change that could be compared changes, as plain sets."""
    change = compare_lockfiles(path, _bytes(old), _bytes(new))
    assert change.unread == ""
    return {importer: set(names) for importer, names in change.importers.items()}


def unread(path: str, old: str | None, new: str | None) -> str:
    change = compare_lockfiles(path, _bytes(old), _bytes(new))
    assert not change.importers
    return change.unread


def _bytes(content: str | None) -> bytes | None:
    return None if content is None else content.encode()


def swapped(content: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new)
    return content


# --- package-lock.json ---

NPM: dict[str, Any] = {
    "name": "shop",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "shop", "workspaces": ["packages/*"], "devDependencies": {"rimraf": "3.0.2"}},
        "node_modules/@x/a": {"resolved": "packages/a", "link": True},
        "node_modules/@x/b": {"resolved": "packages/b", "link": True},
        "node_modules/ansi-styles": {
            "version": "3.2.1",
            "integrity": "sha512-as3",
            "dependencies": {"color-convert": "^1.9.0"},
        },
        "node_modules/chalk": {
            "version": "4.1.0",
            "integrity": "sha512-chalk",
            "license": "MIT",
            "dependencies": {"ansi-styles": "^4.1.0"},
        },
        "node_modules/chalk/node_modules/ansi-styles": {
            "version": "4.3.0",
            "integrity": "sha512-as4",
            "dependencies": {"color-convert": "^2.0.1"},
        },
        "node_modules/chalk/node_modules/color-convert": {"version": "2.0.1", "integrity": "sha512-cc2"},
        "node_modules/color-convert": {"version": "1.9.3", "integrity": "sha512-cc1"},
        "node_modules/glob": {
            "version": "7.2.3",
            "integrity": "sha512-glob",
            "dev": True,
            "dependencies": {"once": "^1.3.0"},
        },
        "node_modules/old-ms": {"name": "ms", "version": "2.0.0", "integrity": "sha512-ms"},
        "node_modules/once": {"version": "1.4.0", "integrity": "sha512-once", "dev": True},
        "node_modules/react": {"version": "18.2.0", "integrity": "sha512-react"},
        "node_modules/react-dom": {
            "version": "18.2.0",
            "integrity": "sha512-dom",
            "peerDependencies": {"react": "^18.2.0"},
        },
        "node_modules/rimraf": {
            "version": "3.0.2",
            "integrity": "sha512-rimraf",
            "dev": True,
            "dependencies": {"glob": "^7.1.3"},
        },
        "packages/a": {
            "name": "@x/a",
            "version": "1.0.0",
            "dependencies": {"@x/b": "1.0.0", "chalk": "4.1.0"},
        },
        "packages/b": {
            "name": "@x/b",
            "version": "1.0.0",
            "dependencies": {"ansi-styles": "3.2.1", "old-ms": "npm:ms@2.0.0"},
        },
        "packages/c": {"dependencies": {"react": "18.2.0", "react-dom": "18.2.0"}},
    },
}
NPM_TEXT = json.dumps(NPM, indent=2)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("sha512-chalk", "other", {"packages/a": {"chalk"}}, id="a package itself"),
        pytest.param("sha512-cc2", "other", {"packages/a": {"chalk"}}, id="nested below its dependent"),
        pytest.param("sha512-once", "other", {"": {"rimraf"}}, id="a dev dependency's dependency"),
        pytest.param("sha512-ms", "other", {"packages/a": {"@x/b"}, "packages/b": {"old-ms"}}, id="an alias"),
        pytest.param(
            "sha512-cc1",
            "other",
            {"packages/a": {"@x/b"}, "packages/b": {"ansi-styles"}},
            id="through a link",
        ),
        pytest.param("sha512-react", "other", {"packages/c": {"react", "react-dom"}}, id="a peer"),
        pytest.param('"once": "^1.3.0"', '"once": "git+ssh://x"', {"": {"rimraf"}}, id="a package's range"),
        pytest.param('"license": "MIT"', '"license": "ISC"', {}, id="a licence"),
        pytest.param('"chalk": "4.1.0"', '"chalk": "^4.1.0"', {}, id="a range that resolves to the same"),
        pytest.param('"devDependencies"', '"dependencies"', {"": {"rimraf"}}, id="from development to all"),
    ],
)
def test_npm_change_reaches_only_projects_whose_closure_holds_it(old: str, new: str, expected: Names) -> None:
    assert changed("package-lock.json", NPM_TEXT, swapped(NPM_TEXT, (old, new))) == expected


def test_npm_order_and_whitespace_change_nothing() -> None:
    packages = dict(reversed(list(NPM["packages"].items())))
    assert changed("npm-shrinkwrap.json", NPM_TEXT, json.dumps(NPM | {"packages": packages})) == {}


def test_npm_package_that_moves_in_the_tree_is_the_same_package() -> None:
    packages = dict(NPM["packages"])
    packages["packages/a/node_modules/chalk"] = packages.pop("node_modules/chalk")
    for name in ("ansi-styles", "color-convert"):
        at = f"node_modules/chalk/node_modules/{name}"
        packages[f"packages/a/{at}"] = packages.pop(at)
    assert changed("package-lock.json", NPM_TEXT, json.dumps(NPM | {"packages": packages})) == {}


def test_npm_package_whose_dependency_moves_to_another_version_is_changed() -> None:
    packages = dict(NPM["packages"])
    del packages["node_modules/chalk/node_modules/color-convert"]
    assert changed("package-lock.json", NPM_TEXT, json.dumps(NPM | {"packages": packages})) == {
        "packages/a": {"chalk"}
    }


def test_npm_project_that_is_removed_is_reported_with_all_it_had() -> None:
    packages = {place: one for place, one in NPM["packages"].items() if place != "packages/c"}
    found = changed("package-lock.json", NPM_TEXT, json.dumps(NPM | {"packages": packages}))
    assert found["packages/c"] == {"react", "react-dom"}


def test_npm_package_that_no_project_asks_for_counts_for_any() -> None:
    packages = NPM["packages"] | {"node_modules/evil": {"version": "1.0.0", "hasInstallScript": True}}
    assert changed("package-lock.json", NPM_TEXT, json.dumps(NPM | {"packages": packages})) == {"*": {"evil"}}


def test_npm_half_for_old_clients_is_accounted_for() -> None:
    old = NPM | {
        "lockfileVersion": 2,
        "dependencies": {"chalk": {"version": "4.1.0", "integrity": "sha512-chalk", "requires": {}}},
    }
    text = json.dumps(old)
    assert changed("package-lock.json", text, swapped(text, ("sha512-chalk", "other"))) == {
        "packages/a": {"chalk"}
    }
    hidden = old | {"dependencies": {"chalk": {"version": "4.1.0", "integrity": "other", "requires": {}}}}
    assert changed("package-lock.json", text, json.dumps(hidden)) == {"*": {"chalk"}}


NPM_1 = """{"name": "old", "lockfileVersion": 1, "requires": true, "dependencies": {
  "a": {"version": "1.0.0", "integrity": "sha-a", "requires": {"c": "^1.0.0"},
        "dependencies": {"c": {"version": "1.0.0", "integrity": "sha-c1"}}},
  "b": {"version": "1.0.0", "integrity": "sha-b", "requires": {"c": "^2.0.0"}},
  "c": {"version": "2.0.0", "integrity": "sha-c2"}}}"""


@pytest.mark.parametrize(
    ("old", "names"), [("sha-c1", {"a"}), ("sha-c2", {"b", "c"}), ("sha-a", {"a"}), ("sha-b", {"b"})]
)
def test_npm_version_1_tells_all_that_can_be_imported(old: str, names: set[str]) -> None:
    assert changed("package-lock.json", NPM_1, swapped(NPM_1, (old, "other"))) == {"": names}


def test_npm_lock_that_does_not_name_requirements_counts_what_is_nested() -> None:
    lock = swapped(NPM_1, ('"requires": {"c": "^1.0.0"}', '"requires": true'))
    assert changed("package-lock.json", lock, swapped(lock, ("sha-c1", "other"))) == {"": {"a"}}


def test_npm_format_that_changes_with_its_content_changes_everything() -> None:
    new = """{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}},
      "node_modules/a": {"version": "1.0.0"}}}"""
    assert changed("package-lock.json", NPM_1, new) == {"": {"a", "b", "c"}}


def test_npm_format_that_changes_alone_changes_nothing() -> None:
    assert changed("package-lock.json", NPM_TEXT, json.dumps(NPM | {"lockfileVersion": 2})) == {}


# --- pnpm-lock.yaml ---

PNPM_9 = """lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    devDependencies:
      rimraf:
        specifier: 3.0.2
        version: 3.0.2

  packages/a:
    dependencies:
      '@x/b':
        specifier: workspace:*
        version: link:../b
      react-dom:
        specifier: 18.2.0
        version: 18.2.0(react@18.2.0)

  packages/b:
    dependencies:
      old-ms:
        specifier: npm:ms@2.0.0
        version: ms@2.0.0
    devDependencies:
      once:
        specifier: 1.4.0
        version: 1.4.0

packages:

  glob@7.2.3:
    resolution: {integrity: sha512-glob==}
    engines: {node: '*'}
    deprecated: Glob versions prior to v9 are no longer supported

  ms@2.0.0:
    resolution: {integrity: sha512-ms==}

  once@1.4.0:
    resolution: {integrity: sha512-once==}

  react-dom@18.2.0:
    resolution: {integrity: sha512-dom==}
    peerDependencies:
      react: ^18.2.0

  react@18.2.0:
    resolution: {integrity: sha512-react==}

  rimraf@3.0.2:
    resolution: {integrity: sha512-rimraf==}
    hasBin: true

snapshots:

  glob@7.2.3:
    dependencies:
      once: 1.4.0

  ms@2.0.0: {}

  once@1.4.0: {}

  react-dom@18.2.0(react@18.2.0):
    dependencies:
      react: 18.2.0

  react@18.2.0: {}

  rimraf@3.0.2:
    dependencies:
      glob: 7.2.3
"""
PNPM_6 = """lockfileVersion: '6.0'

importers:

  .:
    dependencies:
      chalk:
        specifier: 4.1.0
        version: 4.1.0
      dom:
        specifier: npm:react-dom@18
        version: /react-dom@18.2.0(react@18.2.0)

packages:

  /ansi-styles@4.3.0:
    resolution: {integrity: sha512-as4==}
    dev: false

  /chalk@4.1.0:
    resolution: {integrity: sha512-chalk==}
    dependencies:
      ansi-styles: 4.3.0
    dev: false

  /react-dom@18.2.0(react@18.2.0):
    resolution: {integrity: sha512-dom==}
    dependencies:
      react: 18.2.0
    dev: false

  /react@18.2.0:
    resolution: {integrity: sha512-react==}
    dev: false
"""
PNPM_5 = """lockfileVersion: 5.4

specifiers:
  '@s/chalk': 4.1.0
  dom: npm:react-dom@18

dependencies:
  '@s/chalk': 4.1.0
  dom: /react-dom/18.2.0_react@18.2.0

packages:

  /ansi-styles/4.3.0:
    resolution: {integrity: sha512-as4==}

  /@s/chalk/4.1.0:
    resolution: {integrity: sha512-chalk==}
    dependencies:
      ansi-styles: 4.3.0

  /react-dom/18.2.0_react@18.2.0:
    resolution: {integrity: sha512-dom==}
    dependencies:
      react: 18.2.0

  /react/18.2.0:
    resolution: {integrity: sha512-react==}
"""


@pytest.mark.parametrize(
    ("lock", "old", "new", "expected"),
    [
        pytest.param(PNPM_9, "sha512-glob", "other", {"": {"rimraf"}}, id="a transitive one"),
        pytest.param(
            PNPM_9, "sha512-ms", "other", {"packages/a": {"@x/b"}, "packages/b": {"old-ms"}}, id="an alias"
        ),
        pytest.param(
            PNPM_9,
            "sha512-once",
            "other",
            {"": {"rimraf"}, "packages/b": {"once"}},
            id="not through dev links",
        ),
        pytest.param(PNPM_9, "sha512-react", "other", {"packages/a": {"react-dom"}}, id="a peer"),
        pytest.param(
            PNPM_9,
            "react@18.2.0)",
            "react@18.2.0)(x@1.0.0)",
            {},
            id="a set of peers by another name resolves to the same",
        ),
        pytest.param(PNPM_9, "no longer supported", "old", {}, id="a deprecation"),
        pytest.param(PNPM_9, "specifier: 3.0.2", "specifier: ^3.0.2", {}, id="a range"),
        pytest.param(PNPM_9, "link:../b", "link:../../b", {"packages/a": {"@x/b"}}, id="a link elsewhere"),
        pytest.param(PNPM_6, "sha512-as4", "other", {"": {"chalk"}}, id="6.0: a transitive one"),
        pytest.param(PNPM_6, "sha512-react", "other", {"": {"dom"}}, id="6.0: an alias with a peer"),
        pytest.param(PNPM_5, "sha512-as4", "other", {"": {"@s/chalk"}}, id="5.4: a transitive one"),
        pytest.param(PNPM_5, "sha512-react", "other", {"": {"dom"}}, id="5.4: an alias with a peer"),
    ],
)
def test_pnpm_change_reaches_only_projects_whose_closure_holds_it(
    lock: str, old: str, new: str, expected: Names
) -> None:
    assert changed("pnpm-lock.yaml", lock, swapped(lock, (old, new))) == expected


def test_pnpm_package_resolved_anew_for_one_project_leaves_the_others() -> None:
    new = swapped(
        PNPM_9,
        (
            "        specifier: 1.4.0\n        version: 1.4.0",
            "        specifier: 1.3.0\n        version: 1.3.0",
        ),
        ("  once@1.4.0: {}", "  once@1.3.0: {}\n\n  once@1.4.0: {}"),
        (
            "  once@1.4.0:\n    res",
            "  once@1.3.0:\n    resolution: {integrity: o13}\n\n  once@1.4.0:\n    res",
        ),
    )
    assert changed("pnpm-lock.yaml", PNPM_9, new) == {"packages/b": {"once"}}


def test_pnpm_patch_changes_what_is_patched() -> None:
    patch = "patchedDependencies:\n  once@1.4.0:\n    hash: abc\n    path: patches/once.patch\n\nimporters:"
    old = swapped(PNPM_9, ("importers:", patch))
    expected = {"": {"rimraf"}, "packages/b": {"once"}}
    assert changed("pnpm-lock.yaml", PNPM_9, old) == expected
    assert changed("pnpm-lock.yaml", old, swapped(old, ("hash: abc", "hash: def"))) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("autoInstallPeers: true", "autoInstallPeers: false"),
        ("importers:", "overrides:\n  once: 1.4.0\n\nimporters:"),
        ("importers:", "pnpmfileChecksum: abc\n\nimporters:"),
        ("importers:", "neverHeardOf: abc\n\nimporters:"),
    ],
)
def test_pnpm_setting_for_all_changes_everything(old: str, new: str) -> None:
    assert changed("pnpm-lock.yaml", PNPM_9, swapped(PNPM_9, (old, new))) == {
        "": {"rimraf"},
        "packages/a": {"@x/b", "react-dom"},
        "packages/b": {"old-ms", "once"},
    }


def test_pnpm_project_whose_dependency_is_injected_is_changed() -> None:
    meta = "    dependenciesMeta:\n      rimraf:\n        injected: true\n    devDependencies:\n      rimraf:"
    new = swapped(PNPM_9, ("    devDependencies:\n      rimraf:", meta))
    assert changed("pnpm-lock.yaml", PNPM_9, new) == {"": {"rimraf"}}


def test_pnpm_document_ahead_counts_for_everything() -> None:
    ahead = "lockfileVersion: '9.0'\nimporters:\n  .:\n    configDependencies: {}\n---\n"
    assert set(changed("pnpm-lock.yaml", PNPM_9, ahead + PNPM_9)) == {"", "packages/a", "packages/b"}
    assert changed("pnpm-lock.yaml", ahead + PNPM_9, ahead + PNPM_9 + "\n") == {}


def test_pnpm_entry_that_nothing_uses_counts_for_any_project() -> None:
    new = swapped(PNPM_9, ("packages:\n\n", "packages:\n\n  evil@1.0.0:\n    resolution: {integrity: e}\n\n"))
    assert changed("pnpm-lock.yaml", PNPM_9, new) == {"*": {"evil"}}


# --- yarn.lock ---

YARN_1 = """# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.1.0"
  resolved "https://registry.yarnpkg.com/@babel/core/-/core-7.1.0.tgz#aaaa"
  integrity sha512-core==
  dependencies:
    ms "2.0.0"

ms@2.0.0:
  version "2.0.0"
  integrity sha512-ms2==

ms@^2.1.0:
  version "2.1.3"
  integrity sha512-ms213==

"old-ms@npm:ms@2.0.0":
  version "2.0.0"
  integrity sha512-ms2==
"""
YARN_8 = """# This file is generated by running "yarn install" inside your project.

__metadata:
  version: 8
  cacheKey: 10c0

"@x/a@workspace:packages/a":
  version: 0.0.0-use.local
  resolution: "@x/a@workspace:packages/a"
  dependencies:
    "@x/b": "workspace:^"
    react: "npm:^18.0.0"
    react-dom: "npm:^18.0.0"
  languageName: unknown
  linkType: soft

"@x/b@workspace:^, @x/b@workspace:packages/b":
  version: 0.0.0-use.local
  resolution: "@x/b@workspace:packages/b"
  dependencies:
    old-ms: "npm:ms@2.0.0"
    typescript: "npm:^5.0.0"
  languageName: unknown
  linkType: soft

"old-ms@npm:ms@2.0.0":
  version: 2.0.0
  resolution: "ms@npm:2.0.0"
  checksum: 10c0/msmsms
  languageName: node
  linkType: hard

"react-dom@npm:^18.0.0":
  version: 18.2.0
  resolution: "react-dom@npm:18.2.0"
  dependencies:
    scheduler: "npm:^0.23.0"
  peerDependencies:
    react: ^18.2.0
  checksum: 10c0/domdom
  languageName: node
  linkType: hard

"react@npm:^18.0.0":
  version: 18.2.0
  resolution: "react@npm:18.2.0"
  checksum: 10c0/reactreact
  languageName: node
  linkType: hard

"scheduler@npm:0.23.1":
  version: 0.23.1
  resolution: "scheduler@npm:0.23.1"
  checksum: 10c0/schedsched
  languageName: node
  linkType: hard

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    "@x/b": "workspace:packages/b"
  languageName: unknown
  linkType: soft

"typescript@npm:^5.0.0":
  version: 5.1.0
  resolution: "typescript@npm:5.1.0"
  checksum: 10c0/tstsplain
  languageName: node
  linkType: hard

"typescript@patch:typescript@npm%3A^5.0.0#optional!builtin<compat/typescript>":
  version: 5.1.0
  resolution: "typescript@patch:typescript@npm%3A5.1.0#optional!builtin<compat/typescript>::version=5.1.0&hash=1"
  checksum: 10c0/tstspatched
  languageName: node
  linkType: hard
"""
B_TYPESCRIPT = {"packages/a": {"@x/b"}, "packages/b": {"typescript"}, "": {"@x/b"}}


@pytest.mark.parametrize(
    ("lock", "old", "expected"),
    [
        pytest.param(YARN_1, "sha512-ms213", {"*": {"ms"}}, id="classic: one of two versions"),
        pytest.param(YARN_1, "sha512-ms2=", {"*": {"ms", "old-ms", "@babel/core"}}, id="classic: transitive"),
        pytest.param(YARN_1, "tgz#aaaa", {"*": {"@babel/core"}}, id="classic: where it comes from"),
        pytest.param(YARN_8, "reactreact", {"packages/a": {"react", "react-dom"}}, id="berry: a peer"),
        pytest.param(YARN_8, "schedsched", {"packages/a": {"react-dom"}}, id="berry: another range resolved"),
        pytest.param(YARN_8, "tstsplain", B_TYPESCRIPT, id="berry: a package"),
        pytest.param(YARN_8, "tstspatched", B_TYPESCRIPT, id="berry: its patch"),
        pytest.param(
            YARN_8,
            "msmsms",
            {"packages/a": {"@x/b"}, "packages/b": {"old-ms"}, "": {"@x/b"}},
            id="berry: an alias through a project",
        ),
    ],
)
def test_yarn_change_reaches_those_whose_closure_holds_it(lock: str, old: str, expected: Names) -> None:
    assert changed("yarn.lock", lock, swapped(lock, (old, "other"))) == expected


def test_yarn_order_of_entries_changes_nothing() -> None:
    head, *entries = YARN_1.split("\n\n")
    assert changed("yarn.lock", YARN_1, "\n\n".join([head, *reversed(entries)])) == {}


def test_yarn_classic_lock_without_entries_has_no_dependencies() -> None:
    empty = "# yarn lockfile v1\n\n\n"
    assert changed("yarn.lock", empty, YARN_1) == {"*": {"@babel/core", "ms", "old-ms"}}


def test_yarn_of_another_kind_changes_everything() -> None:
    assert set(changed("yarn.lock", YARN_1, YARN_8)) == {"*", "", "packages/a", "packages/b"}


def test_yarn_dependency_that_may_run_scripts_is_changed() -> None:
    meta = (
        "  dependenciesMeta:\n    old-ms:\n      built: true\n  languageName: unknown\n  linkType: soft\n\n"
    )
    new = swapped(YARN_8, ('  languageName: unknown\n  linkType: soft\n\n"old-ms', f'{meta}"old-ms'))
    assert changed("yarn.lock", YARN_8, new) == {"packages/b": {"old-ms"}}


# --- bun.lock ---

BUN = """{
  "lockfileVersion": 1,
  "workspaces": {
    "": {"name": "shop", "devDependencies": {"chalk": "^4.1.0",},},
    // a comment, and a "quote"
    "packages/a": {"name": "@x/a", "dependencies": {"@x/b": "workspace:*", "strip": "1"}},
    "packages/b": {"name": "@x/b", "dependencies": {"ansi": "^4", "old-ms": "npm:ms@2.0.0",},},
  },
  "packages": {
    "@x/a": ["@x/a@workspace:packages/a"],
    "@x/b": ["@x/b@workspace:packages/b"],
    "@x/b/ansi": ["ansi@4.0.0", "", {}, "sha512-ansi4"],
    "ansi": ["ansi@3.0.0", "", {}, "sha512-ansi3"],
    "chalk": ["chalk@4.1.0", "", {"dependencies": {"ansi": "^3"}}, "sha512-chalk"],
    "old-ms": ["ms@2.0.0", "", {}, "sha512-ms"],
    "strip": ["strip@1.0.0", "", {"dependencies": {"ansi": "^3", "chalk": "4"}}, "sha512-strip"],
  }
}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sha512-ansi3", "other", {"": {"chalk"}, "packages/a": {"strip"}}),
        ("sha512-ansi4", "other", {"packages/a": {"@x/b"}, "packages/b": {"ansi"}}),
        ("sha512-ms", "other", {"packages/a": {"@x/b"}, "packages/b": {"old-ms"}}),
        ("// a comment", "// another", {}),
        (
            '"packages": {',
            '"trustedDependencies": ["strip"], "packages": {',
            {"packages/a": {"strip"}},
        ),
        (
            '"packages": {',
            '"patchedDependencies": {"chalk@4.1.0": "c.patch"}, "packages": {',
            {"": {"chalk"}, "packages/a": {"strip"}},
        ),
        (
            '"packages": {',
            '"overrides": {"ansi": "3"}, "packages": {',
            {"": {"chalk"}, "packages/a": {"@x/b", "strip"}, "packages/b": {"ansi", "old-ms"}},
        ),
    ],
)
def test_bun_change_reaches_only_projects_whose_closure_holds_it(old: str, new: str, expected: Names) -> None:
    assert changed("bun.lock", BUN, swapped(BUN, (old, new))) == expected


# --- Python ---

POETRY = """[[package]]
name = "Requests"
version = "2.31.0"
description = "Python HTTP for Humans."
optional = false
python-versions = ">=3.7"
files = [
    {file = "requests-2.31.0-py3-none-any.whl", hash = "sha256:rrr"},
]

[package.dependencies]
urllib3 = ">=1.21.1,<3"

[[package]]
name = "urllib3"
version = "2.0.7"
description = "HTTP library"
optional = false
python-versions = ">=3.7"
files = [
    {file = "urllib3-2.0.7-py3-none-any.whl", hash = "sha256:uuu"},
    {file = "urllib3-2.0.7.tar.gz", hash = "sha256:vvv"},
]

[[package]]
name = "click"
version = "8.1.7"
description = "CLI"
optional = false
python-versions = ">=3.7"
files = []

[metadata]
lock-version = "2.0"
python-versions = "^3.11"
content-hash = "ccc"
"""
PDM = """[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
content_hash = "sha256:ccc"

[[package]]
name = "requests"
version = "2.31.0"
summary = "HTTP"
dependencies = [
    "urllib3<3,>=1.21.1",
]
files = [{file = "requests.whl", hash = "sha256:rrr"}]

[[package]]
name = "urllib3"
version = "2.0.7"
summary = "HTTP"
files = [{file = "urllib3.whl", hash = "sha256:uuu"}]

[[package]]
name = "click"
version = "8.1.7"
files = []
"""
UV = """version = 1
revision = 2
requires-python = ">=3.11"

[manifest]
members = ["shop", "api"]

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "click" },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "api"
version = "0.1.0"
source = { editable = "packages/api" }
dependencies = [
    { name = "httpx", extra = ["http2"] },
    { name = "numpy", version = "1.26.0", source = { registry = "https://pypi.example/simple" }, marker = "x < '3'" },
    { name = "numpy", version = "2.0.0", source = { registry = "https://pypi.example/simple" }, marker = "x >= '3'" },
]

[[package]]
name = "worker"
version = "0.1.0"
source = { editable = "packages/worker" }
dependencies = [{ name = "api" }, { name = "click" }]

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://pypi.example/simple" }
sdist = { url = "https://x/click.tar.gz", hash = "sha256:click", size = 1 }

[[package]]
name = "httpx"
version = "0.27.0"
source = { registry = "https://pypi.example/simple" }
wheels = [{ url = "https://x/httpx.whl", hash = "sha256:httpx", size = 2 }]

[package.optional-dependencies]
http2 = [{ name = "h2" }]

[[package]]
name = "h2"
version = "4.1.0"
source = { registry = "https://pypi.example/simple" }
wheels = [{ url = "https://x/h2.whl", hash = "sha256:h2h2", size = 2 }]

[[package]]
name = "numpy"
version = "1.26.0"
source = { registry = "https://pypi.example/simple" }
wheels = [{ url = "https://x/np1.whl", hash = "sha256:np1" }]

[[package]]
name = "numpy"
version = "2.0.0"
source = { registry = "https://pypi.example/simple" }
wheels = [{ url = "https://x/np2.whl", hash = "sha256:np2" }]

[[package]]
name = "pytest"
version = "8.0.0"
source = { registry = "https://pypi.example/simple" }
wheels = [{ url = "https://x/pytest.whl", hash = "sha256:pytest" }]
"""
API = {"packages/worker": {"api"}}


@pytest.mark.parametrize(
    ("path", "lock", "old", "new", "expected"),
    [
        ("poetry.lock", POETRY, "sha256:uuu", "other", {"": {"Requests", "urllib3"}}),
        ("poetry.lock", POETRY, "sha256:rrr", "other", {"": {"Requests"}}),
        ("poetry.lock", POETRY, 'content-hash = "ccc"', 'content-hash = "ddd"', {}),
        ("poetry.lock", POETRY, "HTTP library", "HTTP", {}),
        ("poetry.lock", POETRY, "^3.11", "^3.12", {"": {"Requests", "urllib3", "click"}}),
        ("pdm.lock", PDM, "sha256:uuu", "other", {"": {"requests", "urllib3"}}),
        ("pdm.lock", PDM, "8.1.7", "8.1.8", {"": {"click"}}),
        ("uv.lock", UV, "sha256:click", "other", {"": {"click"}, "packages/worker": {"click"}}),
        ("uv.lock", UV, "sha256:pytest", "other", {"": {"pytest"}}),
        ("uv.lock", UV, "sha256:h2h2", "other", API | {"packages/api": {"httpx"}}),
        ("uv.lock", UV, "sha256:np1", "other", API | {"packages/api": {"numpy"}}),
        ("uv.lock", UV, "size = 2", 'size = 2, upload-time = "2025"', {}),
        ("uv.lock", UV, "revision = 2", "revision = 3", {}),
        (
            "uv.lock",
            UV,
            'extra = ["http2"]',
            "extra = []",
            API | {"packages/api": {"httpx"}, "*": {"h2", "httpx"}},
        ),
    ],
)
def test_python_change_reaches_what_its_closure_tells(
    path: str, lock: str, old: str, new: str, expected: Names
) -> None:
    assert changed(path, lock, swapped(lock, (old, new))) == expected


def test_uv_workspace_whose_root_is_no_project_asks_for_itself() -> None:
    groups = '[manifest.dependency-groups]\ndev = [{ name = "httpx", specifier = ">=0.27" }]\n\n[[package]]\nname = "shop"'
    old = swapped(UV, ('[[package]]\nname = "shop"', groups))
    found = changed("uv.lock", old, swapped(old, ("sha256:httpx", "other")))
    assert found == API | {"": {"httpx"}, "packages/api": {"httpx"}}


PIPFILE = """{"_meta": {"hash": {"sha256": "a"}, "pipfile-spec": 6, "requires": {}, "sources": []},
 "default": {"requests": {"version": "==2.31.0", "hashes": ["sha256:a", "sha256:b"]},
             "urllib3": {"version": "==2.0.7", "hashes": ["sha256:c"]}},
 "develop": {"pytest": {"version": "==8.0.0"}}}"""
REQUIREMENTS = """# by hand
requests==2.31.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
urllib3[socks] == 2.0.7 ; python_version > "3"  # via requests
"""
GO_MOD = """module example.com/shop

go 1.22

require (
\tgithub.com/a/a v1.2.3
\tgithub.com/b/b v0.1.0 // indirect
)

replace github.com/b/b => ../b
"""
GO_SUM = """github.com/a/a v1.2.3 h1:aaaa=
github.com/a/a v1.2.3/go.mod h1:bbbb=
github.com/b/b v0.1.0 h1:cccc=
"""


@pytest.mark.parametrize(
    ("path", "lock", "old", "new"),
    [
        ("Pipfile.lock", PIPFILE, "==2.0.7", "==2.0.8"),
        ("Pipfile.lock", PIPFILE, "sha256:c", "sha256:d"),
        ("requirements.txt", REQUIREMENTS, "sha256:bbbb", "sha256:cccc"),
        ("requirements.txt", REQUIREMENTS, "2.0.7", "2.0.8"),
        ("go.mod", GO_MOD, "v1.2.3", "v1.2.4"),
        ("go.mod", GO_MOD, "v0.1.0 // indirect", "v0.2.0 // indirect"),
        ("go.mod", GO_MOD, "=> ../b", "=> ../c"),
        ("go.sum", GO_SUM, "h1:cccc=", "h1:dddd="),
    ],
)
def test_format_that_tells_no_dependents_changes_all_that_it_names(
    path: str, lock: str, old: str, new: str
) -> None:
    names = {
        "Pipfile.lock": {"requests", "urllib3", "pytest"},
        "requirements.txt": {"requests", "urllib3"},
    }.get(path, {"github.com/a/a", "github.com/b/b"})
    assert changed(path, lock, swapped(lock, (old, new))) == {"": names}


@pytest.mark.parametrize(
    ("path", "lock", "old", "new"),
    [
        ("Pipfile.lock", PIPFILE, '["sha256:a", "sha256:b"]', '["sha256:b", "sha256:a"]'),
        ("Pipfile.lock", PIPFILE, '{"sha256": "a"}', '{"sha256": "b"}'),
        ("requirements.txt", REQUIREMENTS, "# by hand", "# by pip-compile"),
        ("requirements.txt", REQUIREMENTS, "    --hash=sha256:bbbb\n", "    --hash=sha256:bbbb\n\n"),
        ("go.mod", GO_MOD, "v1.2.3", "v1.2.3 // indirect"),
        ("go.mod", GO_MOD, "go 1.22\n\n", "go 1.22\n"),
        ("go.sum", GO_SUM, "cccc=\n", "cccc=\r\n\n"),
    ],
)
def test_what_pins_nothing_changes_nothing(path: str, lock: str, old: str, new: str) -> None:
    assert changed(path, lock, swapped(lock, (old, new))) == {}


@pytest.mark.parametrize("line", ["-r base.txt", "-e .", "--index-url https://x/simple", "./wheels/a.whl"])
def test_requirements_that_draw_in_what_stands_elsewhere_are_not_compared(line: str) -> None:
    old = f"{line}\nrequests==2.31.0\n"
    assert unread("requirements.txt", old, swapped(old, ("2.31.0", "2.32.0")))
    assert unread("requirements.txt", "requests==2.31.0\n", old)
    assert changed("requirements.txt", old, f"# sorted\nrequests==2.31.0\n{line}\n") == {}


def test_comment_that_ends_in_a_backslash_takes_the_next_requirement_as_pip_reads_it() -> None:
    old = "a==1 # first\nb==1\n"
    assert changed("requirements.txt", old, swapped(old, ("# first", "# first \\"))) == {"": {"a", "b"}}


@pytest.mark.parametrize(("old", "new"), [("go 1.22", "go 1.23"), ("example.com/shop", "example.com/store")])
def test_go_version_changes_more_than_dependencies(old: str, new: str) -> None:
    assert unread("go.mod", GO_MOD, swapped(GO_MOD, (old, new)))


# --- Cargo, Bundler, Composer ---

CARGO = """version = 3

[[package]]
name = "api"
version = "0.1.0"
dependencies = ["core", "serde", "syn 2.0.0"]

[[package]]
name = "core"
version = "0.1.0"
dependencies = ["syn 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)"]

[[package]]
name = "itoa"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "itoaitoa"

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "serdeserde"
dependencies = ["itoa"]

[[package]]
name = "syn"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "syn1syn1"

[[package]]
name = "syn"
version = "2.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "syn2syn2"
"""
GEMFILE = """GIT
  remote: https://github.com/x/y.git
  revision: aaaa
  specs:
    y (1.0.0)

PATH
  remote: engines/shop
  specs:
    shop (0.1.0)
      rack (>= 2)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.0)
    rack (2.2.8)
    unused (1.0.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
  shop!
  unused (~> 1.0)
  y!

CHECKSUMS
  rack (2.2.8) sha256=rack
  racc (1.7.0) sha256=racc

BUNDLED WITH
   2.4.19
"""
COMPOSER = """{"_readme": ["This file locks"], "content-hash": "a", "packages": [
 {"name": "monolog/monolog", "version": "3.0.0", "description": "Logs",
  "dist": {"type": "zip", "reference": "mono"}, "require": {"php": ">=8", "psr/log-implementation": "^1"}},
 {"name": "x/log", "version": "1.0.0", "dist": {"reference": "xlog"}, "provide": {"psr/log-implementation": "1"},
  "require": []}],
 "packages-dev": [{"name": "phpunit/phpunit", "version": "10.0.0", "dist": {"reference": "unit"}}],
 "aliases": [], "minimum-stability": "stable", "platform": [], "plugin-api-version": "2.3.0"}"""


@pytest.mark.parametrize(
    ("path", "lock", "old", "new", "expected"),
    [
        ("Cargo.lock", CARGO, "itoaitoa", "other", {"crate:api": {"serde"}}),
        ("Cargo.lock", CARGO, "syn1syn1", "other", {"crate:api": {"core"}, "crate:core": {"syn"}}),
        ("Cargo.lock", CARGO, "syn2syn2", "other", {"crate:api": {"syn"}}),
        ("Gemfile.lock", GEMFILE, "sha256=racc", "sha256=other", {"": {"nokogiri"}}),
        ("Gemfile.lock", GEMFILE, "rack (2.2.8)", "rack (2.2.9)", {"": {"shop"}, "engines/shop": {"rack"}}),
        ("Gemfile.lock", GEMFILE, "unused (~> 1.0)", "unused (>= 1.0)", {}),
        ("Gemfile.lock", GEMFILE, "racc (~> 1.4)", "racc (~> 2.0)", {"": {"nokogiri"}}),
        ("Gemfile.lock", GEMFILE, "revision: aaaa", "revision: bbbb", {"": {"y"}}),
        (
            "Gemfile.lock",
            GEMFILE,
            "2.4.19",
            "2.5.0",
            {"": {"nokogiri", "shop", "unused", "y"}, "engines/shop": {"rack"}},
        ),
        ("composer.lock", COMPOSER, '"unit"', '"other"', {"": {"phpunit/phpunit"}}),
        ("composer.lock", COMPOSER, '"xlog"', '"other"', {"": {"x/log", "monolog/monolog"}}),
        ("composer.lock", COMPOSER, "Logs", "It logs", {}),
        ("composer.lock", COMPOSER, '"content-hash": "a"', '"content-hash": "b"', {}),
    ],
)
def test_change_reaches_those_whose_closure_holds_it(
    path: str, lock: str, old: str, new: str, expected: Names
) -> None:
    assert changed(path, lock, swapped(lock, (old, new))) == expected


# --- all of them ---

EVERY = [
    ("package-lock.json", NPM_TEXT, "npm"),
    ("package-lock.json", NPM_1, "npm"),
    ("pnpm-lock.yaml", PNPM_9, "npm"),
    ("pnpm-lock.yaml", PNPM_6, "npm"),
    ("pnpm-lock.yaml", PNPM_5, "npm"),
    ("yarn.lock", YARN_1, "npm"),
    ("yarn.lock", YARN_8, "npm"),
    ("bun.lock", BUN, "npm"),
    ("poetry.lock", POETRY, "pypi"),
    ("pdm.lock", PDM, "pypi"),
    ("uv.lock", UV, "pypi"),
    ("Pipfile.lock", PIPFILE, "pypi"),
    ("requirements.txt", REQUIREMENTS, "pypi"),
    ("go.mod", GO_MOD, "go"),
    ("go.sum", GO_SUM, "go"),
    ("Cargo.lock", CARGO, "cargo"),
    ("Gemfile.lock", GEMFILE, "gem"),
    ("composer.lock", COMPOSER, "composer"),
]


@pytest.mark.parametrize(("path", "lock", "ecosystem"), EVERY)
def test_lock_that_comes_or_goes_changes_every_project_with_all_it_has(
    path: str, lock: str, ecosystem: str
) -> None:
    came = compare_lockfiles(f"some/where/{path}", None, lock.encode())
    assert came.importers
    assert (came.unread, came.ecosystem) == ("", ecosystem)
    assert compare_lockfiles(path, lock.encode(), None) == came


@pytest.mark.parametrize(("path", "lock", "ecosystem"), EVERY)
def test_same_lock_changes_nothing(path: str, lock: str, ecosystem: str) -> None:
    assert compare_lockfiles(path, lock.encode(), lock.encode()) == LockChange({}, "", ecosystem)
    if path != "go.mod":
        assert changed(path, lock, lock + "\n") == {}


@pytest.mark.parametrize(("path", "lock", "ecosystem"), EVERY)
def test_broken_content_is_told_and_never_raises(path: str, lock: str, ecosystem: str) -> None:
    for broken in (b"\xff\xfe", b"{" * 200_000, b"[" * 200_000, b"<<<<<<< HEAD\n" + lock.encode()):
        change = compare_lockfiles(path, lock.encode(), broken)
        assert change.unread
        assert change.ecosystem == ecosystem


@pytest.mark.parametrize(("path", "lock", "_ecosystem"), EVERY)
def test_any_damage_is_read_or_told(path: str, lock: str, _ecosystem: str) -> None:
    rng = random.Random(7)
    for _ in range(150):
        at = rng.randrange(len(lock))
        noise = rng.choice(["", '"', "{", "]", "\n", "  ", ": ", "@", "\x00", "null", "&a ", "- "])
        damaged = lock[:at] + noise + lock[at + rng.randrange(12) :]
        compare_lockfiles(path, lock.encode(), damaged.encode())


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("package-lock.json", '{"lockfileVersion": 4, "packages": {}}'),
        ("package-lock.json", '{"lockfileVersion": true, "packages": {}}'),
        ("package-lock.json", '{"lockfileVersion": 3}'),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}'),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {"a": {}, "./a": {}}}'),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {"%s": {}}}' % ("a/" * 300)),
        ("pnpm-lock.yaml", ""),
        ("pnpm-lock.yaml", "lockfileVersion: '10.0'\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters: &a\n  .: {}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters: !!map\n  .: {}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters: {.: {}, ./: {}}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: {a: 1, a: 2}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: {<<: {b: 2}}\n"),
        ("yarn.lock", ""),
        ("yarn.lock", "__metadata:\n  version: 99\n"),
        ("yarn.lock", "# yarn lockfile v1\nms@1:\n  version\n"),
        ("yarn.lock", "# yarn lockfile v1\nms@1:\n  version 1\nms@1:\n  version 2\n"),
        ("yarn.lock", "# yarn lockfile v1\nms@1:\n  version 1\nb@1, ms@1:\n  version 2\n"),
        ("yarn.lock", "__metadata:\n  version: 8\n---\na: b\n"),
        ("bun.lock", '{"lockfileVersion": 2}'),
        ("bun.lock", '{"lockfileVersion": 1, "packages": {"a": [], "a": []}}'),
        ("bun.lockb", "anything"),
        ("poetry.lock", '[metadata]\nlock-version = "3.0"\n'),
        ("poetry.lock", '[metadata]\nlock-version = """2.0"""\n'),
        ("uv.lock", "version = 2\n"),
        ("uv.lock", f"version = 1\n{'.'.join('a' * 5000)} = 1\n"),
        ("pdm.lock", '[metadata]\nlock_version = "5"\n'),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 7}}'),
        ("poetry.lock", '[[package]]\nversion = "1"\n[metadata]\nlock-version = "2.0"\n'),
        ("pdm.lock", '[[package]]\nname = "a"\ndependencies = ["!"]\n[metadata]\nlock_version = "4.5"\n'),
        ("go.mod", 'module "a\n'),
        ("go.mod", "module a\n\nfrobnicate b\n"),
        ("go.mod", "module a\n\nrequire (\n\tb v1\n"),
        ("go.sum", "a v1\n"),
        ("Cargo.lock", "version = 5\npackage = []\n"),
        ("Cargo.lock", "[root]\nname = 'a'\n"),
        ("Cargo.lock", "version = 3\n" + 2 * '[[package]]\nname = "a"\nversion = "1"\n'),
        ("uv.lock", "version = 1\n" + 2 * '[[package]]\nname = "a"\nversion = "1"\n'),
        ("uv.lock", "version = 1\npackage = 1\n"),
        ("Gemfile.lock", "NEW THING\n  a\n"),
        ("Gemfile.lock", "  a\n"),
        ("Gemfile.lock", "GEM\n  specs:\n       a (1)\n"),
        ("Gemfile.lock", "DEPENDENCIES\n  a b c\n"),
        ("Gemfile.lock", "CHECKSUMS\n  a\n"),
        ("composer.lock", '{"packages": [{"name": "a/a"}, {"name": "A/a"}]}'),
        ("composer.lock", "{}"),
    ],
)
def test_content_of_unknown_version_or_shape_is_told(path: str, content: str) -> None:
    assert unread(path, None, content)


def test_lock_that_is_too_large_is_told() -> None:
    assert "bytes" in compare_lockfiles("go.sum", None, b"\n" * 50_000_001).unread


def test_which_paths_are_lockfiles() -> None:
    for path, _, _ in EVERY:
        assert is_lockfile(f"some/where/{path}")
    for path in ("requirements-dev.txt", "dev-requirements.txt", "requirements/prod.txt", "gems.locked"):
        assert is_lockfile(path)
    for path in ("package.json", "notes.txt", "requirements.in", "lock", ""):
        assert not is_lockfile(path)
        assert compare_lockfiles(path, None, b"").unread


# --- closures ---


def _pnpm(edges: Mapping[str, set[str]], pins: Mapping[str, int], importers: Mapping[str, set[str]]) -> str:
    projects = {
        place: {"dependencies": {name: {"specifier": "*", "version": "1.0.0"} for name in sorted(names)}}
        for place, names in importers.items()
    }
    packages = {f"{name}@1.0.0": {"resolution": {"integrity": f"sha-{pin}"}} for name, pin in pins.items()}
    snapshots = {
        f"{name}@1.0.0": {"dependencies": dict.fromkeys(sorted(needs), "1.0.0")}
        for name, needs in edges.items()
    }
    return json.dumps(
        {"lockfileVersion": "9.0", "importers": projects, "packages": packages, "snapshots": snapshots}
    )


def _closure(name: str, edges: Mapping[str, set[str]]) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        for need in edges[waiting.pop()] - found:
            found.add(need)
            waiting.append(need)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_dependency_is_changed_exactly_when_something_in_its_closure_is(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(12)]
    edges = {name: set(rng.sample(names, rng.randrange(3))) for name in names}
    importers = {place: set(rng.sample(names, 3)) for place in ("a", "b", "c")}
    importers["all"] = set(names)
    bumped = set(rng.sample(names, rng.randrange(1, 3)))
    old = _pnpm(edges, dict.fromkeys(names, 1), importers)
    new = _pnpm(edges, {name: 2 if name in bumped else 1 for name in reversed(names)}, importers)
    expected = {
        place: {name for name in directs if _closure(name, edges) & bumped}
        for place, directs in importers.items()
    }
    assert changed("pnpm-lock.yaml", old, new) == {place: names for place, names in expected.items() if names}


def test_twins_in_a_cycle_that_swap_what_they_depend_on_are_changed() -> None:
    def lock(first: str, second: str) -> str:
        packages = {
            "": {"dependencies": {"a": "1"}},
            "node_modules/a": {"version": "1", "dependencies": {"t": "1", "b": "1"}},
            "node_modules/b": {"version": "1", "dependencies": {"t": "1"}},
            "node_modules/t": {"version": "1", "dependencies": {"a": "1", "d": "1"}},
            "node_modules/b/node_modules/t": {"version": "1", "dependencies": {"a": "1", "d": "1"}},
            "node_modules/d": {"version": first},
            "node_modules/b/node_modules/d": {"version": second},
        }
        return json.dumps({"lockfileVersion": 3, "packages": packages})

    assert changed("package-lock.json", lock("1", "2"), lock("2", "1")) == {"": {"a"}}


@pytest.mark.parametrize("shape", ["chain", "cycle", "hub"])
def test_hostile_graphs_take_linear_time(shape: str) -> None:
    count = 5_000
    edges: dict[str, set[str]] = {f"p{number}": {f"p{number + 1}"} for number in range(count - 1)}
    edges[f"p{count - 1}"] = {"p0"} if shape == "cycle" else set()
    if shape == "hub":
        edges = {name: {"p0"} for name in edges} | {"p0": set(edges)}
    old = _pnpm(edges, dict.fromkeys(edges, 1), {"a": {"p0"}})
    new = _pnpm(edges, dict.fromkeys(edges, 1) | {f"p{count - 1}": 2}, {"a": {"p0"}})
    before = time.process_time()
    assert changed("pnpm-lock.yaml", old, new) == {"a": {"p0"}}
    assert time.process_time() - before < 3
