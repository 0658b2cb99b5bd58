"""Which package of the repository a Go import means."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import Graph, Import, extract
from trees import graph_of

MOD = "module example.org/shop\n\ngo 1.22\n"


def source(*imports: str, package: str = "x", before: str = "") -> str:
    listed = "".join(f'\t"{name}"\n' for name in imports)
    return f"{before}package {package}\n\nimport (\n{listed})\n\nfunc f() {{}}\n"


def edges(files: dict[str, str]) -> set[tuple[str, str, str]]:
    """Edges but those of what packages are made of."""
    return {(edge.source, edge.target, edge.kind) for edge in graph_of(files).edges if edge.kind != "part"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('package a\nimport "x/y"', ["x/y"]),
        ('package a\nimport f "x/y"\nimport . "z"\nimport _ "q"', ["x/y", "z", "q"]),
        ('package a\nimport (\n\t"x"\n\tf "y" // "no"\n\t/* "no" */ "z"\n)', ["x", "y", "z"]),
        ("package a\nimport `x`", ["x"]),
        ('package a; import "x"; import "y"', ["x", "y"]),
        ('// import "no"\npackage a // import "no"\nimport "x"', ["x"]),
        ('/*\nimport "no"\n*/\npackage a\nimport "x"', ["x"]),
        ('package a\nfunc f() { s := "import \\"no\\"" }', []),
        ('package a\nimport "C"\nimport "x"\n', ["C", "x"]),
        ('package a\nimport "x"\nvar s = `\nimport "no"\n`', ["x"]),
    ],
)
def test_imports_stand_before_everything_else(text: str, expected: list[str]) -> None:
    assert [one.module for one in extract("go", text.encode()).imports] == expected


def test_an_import_has_its_line() -> None:
    assert extract("go", source("a", "b").encode()).imports == (
        Import(module="a", line=4),
        Import(module="b", line=5),
    )


def test_a_package_of_the_same_module_is_its_folder() -> None:
    files = {"go.mod": MOD, "cmd/x/main.go": source("example.org/shop/lib", "fmt"), "lib/l.go": "package lib"}
    assert edges(files) == {("cmd/x/main.go", "lib/", "import")}


def test_the_package_in_the_root_is_the_module_itself() -> None:
    files = {"go.mod": MOD, "a.go": "package shop", "cmd/main.go": source("example.org/shop")}
    assert edges(files) == {("cmd/main.go", "/", "import")}


def test_a_file_reaches_who_imports_its_package_in_one_step() -> None:
    files = {
        "go.mod": MOD,
        "lib/a.go": "package lib",
        "lib/b.go": "package lib",
        "app/m.go": source("example.org/shop/lib"),
        "top/t.go": source("example.org/shop/app"),
    }
    reached = graph_of(files).reach(["lib/a.go"])
    assert dict(reached.distance) == {
        "lib/": 0, "lib/a.go": 0, "app/": 1, "app/m.go": 1, "top/": 2, "top/t.go": 2,
    }  # fmt: skip
    assert reached.witness("top/t.go") == ("lib/a.go", "lib/", "app/m.go", "app/", "top/t.go")


@pytest.mark.parametrize(
    ("manifests", "target", "kind"),
    [
        ({"go.work": "go 1.22\nuse (\n\t./a\n\t./b\n)\n"}, "b/lib/", "import"),
        ({"go.work": "use ./a\nuse ./b"}, "b/lib/", "import"),
        ({"a/go.mod": "module example.org/a\nreplace example.org/b => ../b"}, "b/lib/", "import"),
        (
            {"a/go.mod": "module example.org/a\nreplace (\n\texample.org/b v1.2.0 => ../b // here\n)"},
            "b/lib/",
            "import",
        ),
        ({"go.work": "use ./a\nreplace example.org/b => ./b"}, "b/lib/", "import"),
        ({}, "b/lib/", "version"),
    ],
)
def test_another_module_is_built_from_here_only_if_something_says_so(
    manifests: dict[str, str], target: str, kind: str
) -> None:
    files = {
        "a/go.mod": "module example.org/a",
        "b/go.mod": "module example.org/b",
        "b/lib/l.go": "package lib",
        "a/m.go": source("example.org/b/lib"),
    }
    assert edges(files | manifests) == {("a/m.go", target, kind)}


def test_a_replaced_module_may_have_another_name_here() -> None:
    files = {
        "go.mod": f"{MOD}replace upstream.org/x => ./fork",
        "fork/go.mod": "module example.org/fork",
        "fork/p/p.go": "package p",
        "m.go": source("upstream.org/x/p"),
    }
    assert edges(files) == {("m.go", "fork/p/", "import")}


def test_a_nested_module_is_not_of_the_outer_one() -> None:
    files = {
        "go.mod": MOD,
        "tools/go.mod": "module example.org/shop/tools",
        "tools/gen/g.go": "package gen",
        "m.go": source("example.org/shop/tools/gen"),
    }
    assert edges(files) == {("m.go", "tools/gen/", "import")}


def test_vendored_packages_are_those_in_the_vendor_folder() -> None:
    files = {"go.mod": MOD, "vendor/x.org/y/y.go": "package y", "m.go": source("x.org/y")}
    assert edges(files) == {("m.go", "vendor/x.org/y/", "import")}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.txt", {"x/a.txt"}),
        ("*.txt", {"x/a.txt", "x/b.txt"}),
        ("static", {"x/static/i.html", "x/static/css/c.css"}),
        ("all:static", {"x/static/i.html", "x/static/css/c.css"}),
        ("static/*", {"x/static/i.html", "x/static/css/c.css"}),
        ('"a.txt" `b.txt`', {"x/a.txt", "x/b.txt"}),
        ("../secret.txt", set()),
    ],
)
def test_embedded_files_are_a_part_of_what_embeds_them(pattern: str, expected: set[str]) -> None:
    others = ["x/a.txt", "x/b.txt", "x/static/i.html", "x/static/css/c.css"]
    files = dict.fromkeys(others, "") | {
        "go.mod": MOD,
        "x/x.go": f'package x\nimport _ "embed"\n//go:embed {pattern}\nvar f embed.FS\n',
    }
    found = {edge for edge in edges(files) if edge[2] == "embed"}
    assert found == {("x/x.go", target, "embed") for target in expected if not target.startswith("secret")}


def test_tests_depend_on_their_package_and_nothing_on_them() -> None:
    files = {
        "go.mod": MOD,
        "a/a.go": "package a",
        "a/a_test.go": source("example.org/shop/b", package="a_test"),
        "b/b.go": "package b",
        "c/c.go": source("example.org/shop/a"),
    }
    assert edges(files) == {
        ("a/a_test.go", "a/", "test"), ("a/a_test.go", "b/", "import"), ("c/c.go", "a/", "import"),
    }  # fmt: skip
    assert set(graph_of(files).reach(["b/b.go"]).distance) == {"b/", "b/b.go", "a/a_test.go"}


@pytest.mark.parametrize("tag", ["//go:build linux", "//go:build !windows && cgo", "// +build amd64"])
def test_files_under_any_build_tag_count(tag: str) -> None:
    files = {
        "go.mod": MOD,
        "b/b.go": "package b",
        "a/a.go": source("example.org/shop/b", before=f"{tag}\n\n"),
    }
    assert edges(files) == {("a/a.go", "b/", "import")}


def test_a_program_that_is_never_built_is_no_part_of_its_folder() -> None:
    files = {
        "go.mod": MOD,
        "b/b.go": "package b",
        "a/gen.go": source("example.org/shop/b", before="//go:build ignore\n\n", package="main"),
        "a/a.go": "package a",
        "c/c.go": source("example.org/shop/a"),
    }
    assert set(graph_of(files).reach(["b/b.go"]).distance) == {"b/", "b/b.go", "a/gen.go"}


def test_without_a_module_nothing_is_told() -> None:
    assert edges({"a/a.go": source("example.org/shop/b"), "b/b.go": "package b"}) == set()


@pytest.mark.parametrize("text", ["import (", "/*", "`", 'import "', "//go:embed ", "import x\n", "package "])
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    extract("go", (text * (1_000_000 // len(text))).encode())
    assert time.process_time() - started < 1.5


@given(st.text(alphabet='import package()"`/*\n;.:=>go', max_size=80))
def test_nothing_written_makes_it_fail(text: str) -> None:
    assert isinstance(graph_of({"a/a.go": text, "go.mod": text, "go.work": text}), Graph)
