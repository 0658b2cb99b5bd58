"""`reach graph --language go`: edges between packages by their import paths."""

from pathlib import Path

import pytest

from functional.reach.terminal import arrows, edges
from functional.reach.trees_of_code import committed, holds

Files = dict[str, str]
MOD = "module example.com/shop\n\ngo 1.22\n"


def go(package: str, *imports: str, header: str = "") -> str:
    """A Go file that imports these."""
    return (
        f"{header}package {package}\n\nimport (\n"
        + "".join(f'\t"{one}"\n' for one in imports)
        + ")\n\nfunc F() {}\n"
    )


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ('package main\nimport "example.com/shop/lib"\n', "lib"),
        ('package main\nimport l "example.com/shop/lib"\n', "lib"),
        ('package main\nimport _ "example.com/shop/lib"\n', "lib"),
        ('package main\nimport . "example.com/shop/lib"\n', "lib"),
        ('package main\nimport (\n"example.com/shop/lib"; o "example.com/shop/other"\n)\n', "lib other"),
        ("package main\nimport `example.com/shop/lib`\n", "lib"),
        ('package main\nimport ("fmt"; "example.com/shop/lib")\n', "lib"),
        ('package main; import "example.com/shop/lib"; import "example.com/shop/other"\n', "lib other"),
        ('/* c */ package main // x\n\n// import "example.com/shop/other"\nimport /* y */ "example.com/shop/lib" // z\n', "lib"),
        ('package main\n\n/*\nimport "example.com/shop/other"\n*/\nimport "example.com/shop/lib"\n', "lib"),
        ('package main\nimport (\n\t// "example.com/shop/other"\n\t"example.com/shop/lib"\n)\n', "lib"),
        ('package main\nconst x = `\nimport "example.com/shop/lib"\n`\n', ""),
        ('package main\nimport "fmt"\nimport "github.com/else/where"\n', ""),
        ('package main\nimport "example.com/shopping/lib"\n', ""),
        ('package main\nimport "C"\nimport "example.com/shop/lib"\n', "lib"),
        ('package main\r\n\r\nimport (\r\n\t"example.com/shop/lib"\r\n)\r\n', "lib"),
        ('\ufeffpackage main\nimport "example.com/shop/lib"\n', "lib"),
        ('//go:build linux\n\npackage main\nimport "example.com/shop/lib"\n', "lib"),
        ('//go:build windows && !cgo\n// +build windows\n\npackage main\nimport "example.com/shop/lib"\n', "lib"),
        ('package main\nimport "example.com/shop"\n', ""),
    ],
)  # fmt: skip
def test_an_import_leads_to_the_package_that_it_names(tmp_path: Path, text: str, targets: str) -> None:
    files = {"go.mod": MOD, "cmd/main.go": text, "lib/l.go": "package lib\n", "other/o.go": "package other\n"}
    holds(
        tmp_path,
        "go",
        files,
        "".join(f"example.com/shop/cmd -> example.com/shop/{one}\n" for one in targets.split()),
        "import",
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"go.mod": MOD, "main.go": go("main", "example.com/shop/lib"), "lib/l.go": "package lib\n"},
            "example.com/shop -> example.com/shop/lib", id="root-package"),
        pytest.param(
            {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/b"), "a/a2.go": go("a", "example.com/shop/c"), "b/b.go": "package b\n", "c/c.go": "package c\n"},
            "example.com/shop/a -> example.com/shop/b example.com/shop/c", id="files-of-one-package"),
        pytest.param(
            {"go.mod": MOD, "a/a_windows.go": go("a", "example.com/shop/b"), "a/a_linux.go": go("a", "example.com/shop/c"),
             "a/x_linux_arm64.go": go("a", "example.com/shop/d"), "b/b.go": "package b\n", "c/c.go": "package c\n", "d/d.go": "package d\n"},
            "example.com/shop/a -> example.com/shop/b example.com/shop/c example.com/shop/d", id="all-systems-at-once"),
        pytest.param(
            {"go.mod": 'module "example.com/quoted" // why\n', "a/a.go": go("a", "example.com/quoted/b"), "b/b.go": "package b\n"},
            "example.com/quoted/a -> example.com/quoted/b", id="a-module-in-quotes"),
        pytest.param(
            {"go.mod": "// a comment\n\nmodule example.com/shop/v2\n", "a/a.go": go("a", "example.com/shop/v2/b", "example.com/shop/b"), "b/b.go": "package b\n"},
            "example.com/shop/v2/a -> example.com/shop/v2/b", id="a-later-major-version"),
        pytest.param(
            {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/internal/x"), "internal/x/x.go": "package x\n"},
            "example.com/shop/a -> example.com/shop/internal/x", id="internal"),
        pytest.param(
            {"go.work": "go 1.22\n\nuse (\n\t./one\n\t./two\n)\n", "one/go.mod": "module example.com/one\n", "one/a.go": go("one", "example.com/two/lib"),
             "two/go.mod": "module example.com/two\n", "two/lib/l.go": "package lib\n"},
            "example.com/one -> example.com/two/lib", id="workspace"),
        pytest.param(
            {"go.work": "go 1.22\nuse ./one\nuse ./two // second\n", "one/go.mod": "module example.com/one\n", "one/a.go": go("one", "example.com/two"),
             "two/go.mod": "module example.com/two\n", "two/l.go": "package two\n"},
            "example.com/one -> example.com/two", id="workspace-by-lines"),
        pytest.param(
            {"go.mod": MOD + "require example.com/dep v1.0.0\nreplace example.com/dep => ./third/dep\n", "a/a.go": go("a", "example.com/dep/x"),
             "third/dep/go.mod": "module example.com/dep\n", "third/dep/x/x.go": "package x\n"},
            "example.com/shop/a -> example.com/dep/x", id="replace"),
        pytest.param(
            {"go.mod": MOD + "replace (\n\texample.com/dep v1.2.3 => ../shop-dep\n\texample.com/other => ./o\n)\n", "a/a.go": go("a", "example.com/other"),
             "o/go.mod": "module example.com/other\n", "o/o.go": "package o\n"},
            "example.com/shop/a -> example.com/other", id="replace-in-a-block"),
        pytest.param(
            {"go.mod": MOD + "replace example.com/dep => ./fork\n", "a/a.go": go("a", "example.com/dep"),
             "fork/go.mod": "module example.com/fork\n", "fork/x.go": "package dep\n"},
            None, id="replace-by-a-module-of-another-name"),
        pytest.param(
            {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/nested/b"), "nested/go.mod": "module example.com/shop/nested\n",
             "nested/b/b.go": go("b", "example.com/shop/nested/c"), "nested/c/c.go": "package c\n"},
            None, id="nested-module"),
        pytest.param(
            {"go.mod": MOD + "require example.com/dep v1.0.0\n", "a/a.go": go("a", "example.com/dep/x"), "vendor/modules.txt": "# example.com/dep v1.0.0\nexample.com/dep/x\n",
             "vendor/example.com/dep/x/x.go": "package x\n"},
            None, id="vendor"),
        pytest.param(
            {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/gone"), "b/b.go": "package b\n"},
            "", id="a-package-that-is-not-there"),
        pytest.param(
            {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/testdata"), "testdata/t.go": go("t", "example.com/shop/a"), "_x/x.go": go("x", "example.com/shop/a")},
            None, id="folders-that-go-passes-over"),
    ],
)  # fmt: skip
def test_modules_and_workspaces_say_where_a_package_is(
    tmp_path: Path, files: Files, expected: str | None
) -> None:
    if expected is not None:
        holds(tmp_path, "go", files, expected, "import")
        return
    repo = committed(tmp_path, files)
    found = {(source, target) for source, target, kind in edges(repo, "go") if kind in {"import", "version"}}
    assert all(source.startswith("example.com/") for source, _ in found)
    # How these are called is a matter of taste; that they are followed is not.
    here = {source for source, _ in found}
    assert "example.com/shop/a" in here, found


def test_an_embedded_file_is_part_of_what_its_package_needs(tmp_path: Path) -> None:
    text = 'package web\n\nimport _ "embed"\n\n//go:embed static/a.html static/*.css\nvar x string\n\n//go:embed "with space.txt" `tick.txt`\nvar y string\n\n//go:embed all:tree\nvar z string\n'
    files = {"go.mod": MOD, "web/w.go": text, "web/static/a.html": "x", "web/static/b.css": "x", "web/static/c.js": "x",
             "web/with space.txt": "x", "web/tick.txt": "x", "web/tree/deep/f.bin": "x", "web/not.txt": "x"}  # fmt: skip
    listed = {target for _, target, kind in edges(committed(tmp_path, files), "go") if kind == "embed"}
    assert listed == {
        "web/static/a.html",
        "web/static/b.css",
        "web/with space.txt",
        "web/tick.txt",
        "web/tree/deep/f.bin",
    }


def test_what_only_tests_import_is_no_import_of_the_package(tmp_path: Path) -> None:
    files = {"go.mod": MOD, "a/a.go": go("a", "example.com/shop/b"), "a/a_test.go": go("a", "example.com/shop/c"),
             "a/x_test.go": go("a_test", "example.com/shop/a", "example.com/shop/d"),
             "b/b.go": "package b\n", "c/c.go": "package c\n", "d/d.go": "package d\n"}  # fmt: skip
    listed = edges(committed(tmp_path, files), "go")
    plain = {(source, target) for source, target, kind in listed if kind == "import"}
    assert ("example.com/shop/a", "example.com/shop/b") in plain
    assert (
        not {("example.com/shop/a", "example.com/shop/c"), ("example.com/shop/a", "example.com/shop/d")}
        & plain
    )


def test_the_direction_is_from_who_imports(tmp_path: Path) -> None:
    files = {
        "go.mod": MOD,
        "a/a.go": go("a", "example.com/shop/b"),
        "b/b.go": go("b", "example.com/shop/c"),
        "c/c.go": "package c\n",
    }
    holds(
        tmp_path,
        "go",
        files,
        "example.com/shop/a -> example.com/shop/b\nexample.com/shop/b -> example.com/shop/c",
    )
    assert set(arrows("a -> b")) == {("a", "b")}
