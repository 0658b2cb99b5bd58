"""The edges of well-known tools on public code, and ours: the same.

grimp is installed with the tests. The Go program and npm are used where they are on the machine; where they are
not, or npm's registry does not answer, the test says that it was skipped and why.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grimp
import pytest
import sqlalchemy

from blastdoor.reach import Graph, build, extract, language_of
from blastdoor.reach.golang import Go
from blastdoor.reach.tree import Tree

SITE = Path(sqlalchemy.__file__).parents[1]
CACHE = Path(__file__).parents[3] / "build" / "peers"


def read(root: Path, *endings: str) -> tuple[Graph, Mapping[str, Any]]:
    """The graph of a folder's files with some endings, and their facts."""
    facts = {}
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        language = language_of(path)
        if path.endswith(endings) and language and file.is_file():
            facts[path] = extract(language, file.read_bytes())
    return build(facts, list(facts)), facts


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize(
    "package", ["sqlalchemy", "networkx", "rich", "click", "hypothesis", "alembic", "pytest"]
)
def test_imports_and_all_that_depends_on_them_are_those_of_grimp(package: str, tmp_path: Path) -> None:
    """Every module of grimp's has the same imports, but for what stands in folders that grimp does not read."""
    shutil.copytree(SITE / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc", "*.so"))
    graph, _ = read(tmp_path, ".py")
    oracle = grimp.build_graph(package, cache_dir=None)
    theirs = {
        (one, other) for one in oracle.modules for other in oracle.find_modules_directly_imported_by(one)
    }
    said = [edge for edge in graph.edges if edge.kind in {"import", "type"}]
    ours = {(_module(edge.source), _module(edge.target)) for edge in said}
    assert theirs - ours == set()
    unread = {edge for edge in ours - theirs if oracle.modules >= set(edge)}
    # Hypothesis holds an example in a text that looks like code; all else is equal.
    assert len(unread) <= (3 if package == "hypothesis" else 0), unread
    known = {edge for edge in said if oracle.modules >= {_module(edge.source), _module(edge.target)}}
    plain = Graph(
        edges=tuple(edge for edge in known if (_module(edge.source), _module(edge.target)) in theirs)
    )
    for module in sorted(oracle.modules)[:: max(1, len(oracle.modules) // 20)]:
        path = next((node for node in plain.nodes if _module(node) == module), None)
        if path is not None:
            reached = {_module(node) for node in plain.reach([path]).distance} - {module}
            assert reached == oracle.find_downstream_modules(module) - {module}


def test_imports_of_packages_are_those_of_go_list() -> None:
    """On the source of the Go program itself: its `cmd` module, all build tags at once."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go program on this machine")
    root = Path(
        subprocess.run([go, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    )
    source = (root / "src" / "cmd").resolve()
    if not (source / "go.mod").exists():
        pytest.skip("the Go program came without its source")
    told = subprocess.run(
        [go, "list", "-e", "-json=Dir,ImportPath,Imports", "./..."], cwd=source, check=False, capture_output=True,
        text=True, timeout=300, env=os.environ | {"GOPROXY": "off", "GOFLAGS": "-mod=vendor", "GO111MODULE": "on"},
    )  # fmt: skip
    packages = _documents(told.stdout)
    here = {one["ImportPath"]: one for one in packages if Path(one["Dir"]).is_relative_to(source)}
    theirs = {
        (name, other) for name, one in here.items() for other in one.get("Imports", ()) if other in here
    }
    graph, facts = read(source, ".go", "go.mod")
    resolver = Go(Tree(frozenset(facts), {path: (one,) for path, one in facts.items()}))
    ours = {
        (resolver.name_of(edge.source.rpartition("/")[0]), resolver.name_of(edge.target.rstrip("/")))
        for edge in graph.edges
        if edge.kind == "import"
        and not edge.source.endswith("_test.go")
        and not edge.target.startswith("vendor/")
    }
    assert len(theirs) > 500
    assert theirs - ours == set()
    # What is more are packages under tags of other systems, and programs that go list passes over.
    assert len(ours - theirs) < 0.1 * len(theirs), sorted(ours - theirs)


def _documents(text: str) -> list[Any]:
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text.rstrip()):
        one, place = decoder.raw_decode(text, place)
        place += len(text[place:]) - len(text[place:].lstrip())
        found.append(one)
    return found


def _npm(words: list[str], folder: Path) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([npm, *words], cwd=folder, check=False, capture_output=True, text=True, timeout=240)
    if done.returncode:
        pytest.skip(f"npm {words[0]} did not work here: {(done.stderr.splitlines() or [''])[-1][:200]}")
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="npm's programs are scripts there")
@pytest.mark.parametrize("package", ["rxjs@7.8.2", "date-fns@4.1.0", "zod@4.1.12", "lodash-es@4.17.21"])
def test_imports_are_those_of_dependency_cruiser(package: str, tmp_path: Path) -> None:
    cruiser = CACHE / "node_modules" / ".bin" / "depcruise"
    if not cruiser.exists():
        _npm(
            ["install", "--no-audit", "--no-fund", "--no-save", "dependency-cruiser@16", "typescript@5"],
            CACHE,
        )
    name = _npm(["pack", "--silent", package], tmp_path).split()[-1]
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path, filter="data")
    root = tmp_path / "package"
    told = subprocess.run(
        [cruiser, "--no-config", "--ts-pre-compilation-deps", "--output-type", "json", "--include-only", ".", "."],
        cwd=root, check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    modules = json.loads(told.stdout)["modules"]
    theirs = {
        (one["source"], other["resolved"])
        for one in modules
        for other in one["dependencies"]
        if not other["couldNotResolve"] and not other["coreModule"]
    }
    graph, facts = read(root, ".js", ".ts", ".mjs", ".cjs", ".json", ".mts", ".cts")
    sources = {one["source"] for one in modules}
    kinds = {"import", "type", "reexport", "reference"}
    ours = {
        (edge.source, edge.target) for edge in graph.edges if edge.kind in kinds and edge.source in sources
    }
    assert len(theirs) > 300
    assert theirs - ours == set()
    # The peer does not follow the package's own name to its source, nor a reference without `./`.
    named = {path for path, one in facts.items() for ref in one.imports if not ref.module.startswith(".")}
    references = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "reference"}
    assert {edge for edge in ours - theirs if edge[0] not in named} - references == set()
