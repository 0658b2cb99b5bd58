"""Trees with things that cannot be read or trusted: each ends as an unknown or a raised level, never silently as nothing."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from functional.reach.ground import Ground, component, services
from functional.reach.terminal import apart, at_least, here, told
from realgit import ENVIRONMENT, a_repository

BASE = {
    "README.md": "# x\n",
    "web/app.py": "import lib\n",
    "web/catalog-info.yaml": component("web", 3),
    "lib.py": "x = 1\n",
}
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"


UNSEEN = "its content is not there"


@pytest.mark.parametrize(
    ("path", "content", "word"),
    [
        ("k8s/broken.yaml", "apiVersion: v1\nkind: [unclosed\n", "k8s/broken.yaml"),
        ("k8s/tabs.yaml", "kind:\n\t- x\n", "k8s/tabs.yaml"),
        ("k8s/bomb.yaml", "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [" + ", ".join([f"*{chr(97 + n)}"] * 9) + "]\n" for n in range(20)), ""),
        ("k8s/alias.yaml", "a: &a [*a]\n", ""),
        ("k8s/tag.yaml", "a: !!python/object/apply:os.system ['touch /tmp/x']\n", ""),
        ("infra/broken.tf", 'resource "a" {{{', "infra/broken.tf"),
        ("infra/broken.tf.json", '{"resource": ', "infra/broken.tf.json"),
        ("package.json", "{", "package.json"),
        ("package.json", "[]", ""),
        ("package-lock.json", "{", "package-lock.json"),
        ("cfn/template.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: [\n", "cfn/template.yaml"),
        ("migrations/2.sql", POINTER, UNSEEN),
        ("web/data.py", POINTER, UNSEEN),
        ("web/nul.py", "import lib\x00\n", "web/nul.py"),
        ("web/latin.py", b"# caf\xe9\nimport lib\n", ""),
        ("web/utf16.py", "import lib\n".encode("utf-16"), "web/utf16.py"),
        ("web/broken.py", "def f(:\n", ""),
        ("web/dynamic.py", "import importlib\nimportlib.import_module(name)\n", "web/dynamic.py"),
        ("web/dynamic2.py", "__import__(name)\n", "web/dynamic2.py"),
        ("web/dynamic.js", "require(name)\n", "web/dynamic.js"),
        ("web/dynamic.ts", "const x = await import(`./${name}`)\n", "web/dynamic.ts"),
        ("web/old.cob", "IDENTIFICATION DIVISION.\n", "web/old.cob"),
        ("web/blob", b"\x7fELF\x02\x01\x01\x00", ""),
        ("web/notebook.ipynb", "{", ""),
        ("helm/templates/db.yaml", "kind: {{ .Values.kind }}\n", "helm/templates/db.yaml"),
        ("Dockerfile", "FROM ${BASE}\nCOPY $X /\n", ""),
        ("compose.yaml", "services: [\n", "compose.yaml"),
        ("go.mod", "module\n", ""),
        ("pyproject.toml", "[project\n", "pyproject.toml"),
        ("pnpm-lock.yaml", "lockfileVersion: '99.0'\n", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_raises(tmp_path: Path, path: str, content: Any, word: str) -> None:
    found = Ground(tmp_path, BASE).reach({path: content})
    assert at_least(found, "low")
    if word == UNSEEN:
        assert told(found, path), found["unknowns"]
    elif word:
        assert told(found, word) or at_least(found, "medium"), (found["unknowns"], found["rules"])


@pytest.mark.parametrize(
    "catalogue",
    [
        component("web", 3, "  dependsOn: ['component:ghost']\n"),
        component("web", 3, "  consumesApis: [ghost-api]\n"),
        component("web", 3, "  subcomponentOf: ghost\n"),
        component("web", 3, "  system: ghost\n"),
        "kind: Component\nmetadata: [\n",
        "kind: Component\nmetadata: {}\n",
        "kind: Component\nmetadata: {name: [x]}\nspec: 1\n",
        "- a\n- b\n",
        "kind: Component\nmetadata: {name: web, annotations: {blastdoor.dev/tier: 'gold'}}\n",
        "kind: Component\nmetadata: {name: web, annotations: {blastdoor.dev/tier: '-1'}}\n",
        component("web", 3) + "---\n" + component("web", 1),
    ],
)
def test_a_catalogue_that_names_what_is_not_there_or_is_broken_is_told(
    tmp_path: Path, catalogue: str
) -> None:
    found = Ground(tmp_path, BASE | {"web/catalog-info.yaml": catalogue}).reach({"web/app.py": "x = 2\n"})
    assert at_least(found, "low")
    assert "system" in catalogue or found["unknowns"], found


def test_a_service_without_a_tier_counts_as_more_than_the_least(tmp_path: Path) -> None:
    """What is not stated is not taken for unimportant once others are stated."""
    base = {
        "a/m.py": "",
        "a/catalog-info.yaml": component("a"),
        "b/catalog-info.yaml": component("b", 3),
        "b/m.py": "",
    }
    found = Ground(tmp_path, base).reach({"a/m.py": "x = 1\n"})
    (service,) = found["services"]
    assert service["tier"] < 9 or found["unknowns"]


def test_a_submodule_that_moves_is_told_and_high(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE)
    other = a_repository(tmp_path / "other")
    first, second = other.commit("one"), other.commit("two")
    for commit in (first, second):
        ground.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendored")
        ground.git("commit", "--quiet", "-m", "module")
        found = ground.ask().json
        assert at_least(found, "high"), found["rules"]
        assert told(found, "vendored") or any("vendored" in hit["why"] for hit in found["rules"])
    assert at_least(ground.ask("HEAD~1..HEAD").json, "high")


@pytest.mark.parametrize(
    "links",
    [
        {"loop": "loop"},
        {"a": "b", "b": "a"},
        {"web/up": ".."},
        {"out": "/etc/passwd"},
        {"gone": "no/such"},
        {"lib2.py": "lib.py"},
        {"web/lib.py": "../lib.py"},
    ],
)
def test_symbolic_links_are_told_and_never_followed_out(tmp_path: Path, links: dict[str, str]) -> None:
    ground = Ground(tmp_path, BASE)
    for path, target in links.items():
        os.symlink(target, ground.git.folder / path)
    ground.git.commit("links")
    found = ground.ask().json
    assert at_least(found, "medium"), found["rules"]
    assert "root:" not in str(found)


def test_a_file_that_becomes_a_link_or_runnable_or_another_case_is_never_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE | {"run.md": "x\n"})
    (ground.git.folder / "run.md").chmod(0o755)
    ground.git.commit("runnable")
    assert at_least(ground.ask().json, "low")
    (ground.git.folder / "run.md").unlink()
    os.symlink("lib.py", ground.git.folder / "run.md")
    ground.git.commit("a link")
    assert at_least(ground.ask().json, "low")
    ground.git("mv", "lib.py", "LIB.py")
    ground.git.commit("another case")
    assert "web" in services(ground.ask().json)


def test_a_file_of_fifty_megabytes_is_told_and_ends_soon(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE)
    ground.change({"web/big.py": b"import lib\n" + b"x = 1\n" * 8_500_000, "web/ok.py": "import lib\n"})
    found = apart("--repo", ground.git.folder, "--json", seconds=30).json
    assert told(found, "web/big.py"), found["unknowns"]
    assert at_least(found, "medium")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("web/min.js", "!function(){" + "var a=require('./x'),b=1;" * 20_000 + "}();"),
        ("web/one_line.py", "x = [" + "1, " * 200_000 + "]\n"),
        (
            "web/gen.pb.go",
            "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage web\n" + "var X = 1\n" * 20_000,
        ),
        ("web/quotes.ts", "'" * 300_000),
        ("web/ticks.ts", "`${" * 50_000),
        ("web/braces.tf", "{" * 100_000),
        ("web/deep.py", "(" * 100_000),
        ("web/deep.json", "[" * 100_000),
        ("k8s/deep.yaml", "[" * 20_000),
        ("web/comment.go", "package web\n" + "/*" * 100_000),
        ("web/imports.py", "".join(f"import m{n}\n" for n in range(30_000))),
        ("web/continued.py", "import a" + "\\\n" * 100_000),
        ("migrations/9.sql", "(" * 50_000),
        ("Dockerfile", "RUN x \\\n" * 50_000),
        ("web/regex.js", "x = /" + "[" * 100_000),
    ],
)
def test_minified_generated_and_hostile_code_ends_soon_and_is_never_nothing(
    tmp_path: Path, path: str, text: str
) -> None:
    ground = Ground(tmp_path, BASE)
    ground.change({path: text})
    found = apart("--repo", ground.git.folder, "--json", seconds=15).json
    assert at_least(found, "low")


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.py", "tab\t.py", '"quoted".py', "-rf.py", "ü.py", "u\u0308.py", " .py", "a\x1b[2Jb.py", "\u202egnp.py", "a" * 200 + ".py", "'; DROP TABLE x; --.py", "<b>.py", "a%00.py", "...py", "~.py"],
)  # fmt: skip
def test_files_may_be_called_anything(tmp_path: Path, name: str) -> None:
    ground = Ground(tmp_path, BASE)
    ground.change({f"web/{name}": "import lib\n"})
    found = ground.ask().json
    assert (found["files"]["changed"], set(services(found))) == (1, {"web"})
    plain = here("--repo", ground.git.folder)
    assert (plain.status, "\x1b[2J" in plain.out, "\u202e" in plain.out) == (0, False, False)


def test_a_name_that_is_not_utf8_is_told_or_counted(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE)
    place = os.fsencode(ground.git.folder) + b"/web/caf\xe9.py"
    with open(place, "wb") as file:  # noqa: PTH123 - a name that a Path cannot hold everywhere
        file.write(b"import lib\n")
    ground.git.commit("a name")
    found = ground.ask().json
    assert (found["files"]["changed"], at_least(found, "low")) == (1, True)


def test_programs_that_a_repository_names_are_not_run(tmp_path: Path) -> None:
    ground = Ground(tmp_path, BASE)
    mark = tmp_path / "ran"
    trap = f"touch '{mark}'; cat"
    for key in (
        "core.fsmonitor",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "core.pager",
        "diff.external",
        "core.sshCommand",
    ):
        ground.git("config", key, trap)
    ground.change({".gitattributes": "* filter=evil diff=evil\n", "web/app.py": "import lib, os\n"})
    mark.unlink(missing_ok=True)
    assert at_least(ground.ask().json, "low")
    assert not mark.exists()


def test_a_tree_of_many_files_is_measured(tmp_path: Path) -> None:
    """Written straight into git, as a checkout of it would take longer than the test."""
    git = a_repository(tmp_path / "repo")
    git.commit("base", {"README.md": "x\n"})
    count = 20_000
    lines = [
        "blob",
        "mark :1",
        "data 4",
        "x=1",
        "",
        "commit refs/heads/main",
        "committer a <a@b> 1760000000 +0000",
        "data 1",
        "m",
        "from refs/heads/main^0",
    ]
    lines += [f"M 100644 :1 pkg{n % 100}/d{n // 1000}/f{n}.py" for n in range(count)]
    stream = "\n".join(lines) + "\n\n"
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=git.folder, env=ENVIRONMENT, input=stream.encode(), check=True
    )
    found = apart("main", "--repo", git.folder, "--json", seconds=45).json
    assert found["files"]["changed"] == count
    assert found["coverage"]["total"] == count + 1
    assert at_least(found, "medium")


def test_the_coverage_says_how_much_of_the_tree_was_understood(tmp_path: Path) -> None:
    ground = Ground(tmp_path, {"a.py": "", "b.py": "", "c.cob": "x", "d.weird": "x"})
    found = ground.reach({"a.py": "x = 1\n"})
    assert found["coverage"]["total"] == 4
    assert 2 <= found["coverage"]["understood"] < 4
