"""`reach graph` on public code in fresh repositories, against grimp, `go list` and dependency-cruiser.

The code is what is installed here already: packages of the environment, Go's own source, what npm put beside the peer.
Where a peer is not on the machine the test is skipped and says so.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest

from functional.reach.terminal import edges
from realgit import a_repository

PEERS = Path(__file__).parents[3] / "build" / "peers"


def committed(source: Path, folder: Path, below: str, *endings: str) -> Path:
    """A fresh repository that holds a folder's files with these endings."""
    git = a_repository(folder)
    for file in source.rglob("*"):
        if file.suffix in endings and file.is_file() and "node_modules" not in file.relative_to(source).parts:
            place = folder / below / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
    git.commit("begin")
    return folder


def module(path: str) -> str:
    """The module of a Python file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize(
    ("package", "texts"),
    [
        ("sqlalchemy", 0), ("alembic", 0), ("networkx", 0), ("click", 0), ("rich", 0), ("jsonschema", 0), ("mako", 0),
        ("_pytest", 0), ("pygments", 0), ("attr", 0), ("tomlkit", 0), ("importlinter", 0), ("cryptography", 0), ("yaml", 0),
        # Two texts of its own, written as code over several lines, may pass for statements.
        ("hypothesis", 3),
    ],
)  # fmt: skip
def test_the_edges_of_a_package_are_those_of_grimp(package: str, texts: int, tmp_path: Path) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    repo = committed(Path(spec.submodule_search_locations[0]), tmp_path / "repo", package, ".py")
    listed = edges(repo, "python")
    ours = {(module(source), module(target)) for source, target, _ in listed}
    oracle = grimp.build_graph(package, cache_dir=None)
    known = oracle.modules
    theirs = {(one, other) for one in known for other in oracle.find_modules_directly_imported_by(one)}
    assert theirs
    assert sorted(theirs - ours) == [], "what grimp follows and we do not"
    # Grimp passes over folders without `__init__.py`, where we do not.
    more = {edge for edge in ours - theirs if known >= set(edge) and edge[0] != edge[1]}
    # Of what is compiled there is no source here: then the packages above it are all that can be named.
    more -= {
        (one, other)
        for one, other in more
        if one in _users_of_compiled(repo, package) and _is_package(repo, other)
    }
    assert len(more) <= texts, sorted(more)


def _is_package(repo: Path, name: str) -> bool:
    return (repo / name.replace(".", "/") / "__init__.py").exists()


def _users_of_compiled(repo: Path, package: str) -> set[str]:
    """Modules that name something of the package that is no source in this tree."""
    found = set()
    for file in (repo / package).rglob("*.py"):
        names = re.findall(r"^\s*(?:from|import) +([\w.]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        text = file.read_text(encoding="utf-8")
        if (
            "_rust" in text
            or "_yaml" in text
            or any(_absent(repo, name) for name in names if name.startswith(package))
        ):
            found.add(module(file.relative_to(repo).as_posix()))
    return found


def _absent(repo: Path, name: str) -> bool:
    place = repo / name.replace(".", "/")
    return not place.with_suffix(".py").exists() and not place.is_dir()


@pytest.mark.parametrize("package", ["rich", "alembic"])
def test_what_only_type_checkers_import_is_what_grimp_leaves_out_when_told_to(
    package: str, tmp_path: Path
) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    repo = committed(Path(spec.submodule_search_locations[0]), tmp_path / "repo", package, ".py")
    ours = {
        (module(source), module(target)) for source, target, kind in edges(repo, "python") if kind != "type"
    }
    oracle = grimp.build_graph(package, cache_dir=None, exclude_type_checking_imports=True)
    theirs = {
        (one, other) for one in oracle.modules for other in oracle.find_modules_directly_imported_by(one)
    }
    assert sorted(theirs - ours) == []
    assert sorted({edge for edge in ours - theirs if oracle.modules >= set(edge)}) == []


def documents(text: str) -> Iterator[Any]:
    """One JSON document after another."""
    decoder, place = json.JSONDecoder(), 0
    text = text.strip()
    while place < len(text):
        one, place = decoder.raw_decode(text, place)
        yield one
        while place < len(text) and text[place].isspace():
            place += 1


def test_the_edges_of_a_go_module_are_those_of_go_list(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no go program on this machine")
    root = subprocess.run([go, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    source = (Path(root) / "src" / "cmd" / "go").resolve()
    if not source.exists():
        pytest.skip("the go program came without its source")
    # A module of its own, so that nothing but this tree is there for either.
    git = a_repository(tmp_path / "repo")
    shutil.copytree(source, git.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("testdata"))
    (git.folder / "go.mod").write_text("module example.com/go\n\ngo 1.19\n", encoding="utf-8")
    for file in git.folder.rglob("*.go"):
        file.write_bytes(file.read_bytes().replace(b'"cmd/go/', b'"example.com/go/'))
    git.commit("a module of its own")
    told = subprocess.run(
        [go, "list", "-e", "-json=ImportPath,Imports", "./..."], cwd=git.folder, check=False, capture_output=True, text=True,
        timeout=120, env=os.environ | {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GO111MODULE": "on", "GOTOOLCHAIN": "local"},
    )  # fmt: skip
    here = {one["ImportPath"]: one.get("Imports") or [] for one in documents(told.stdout)}
    theirs = {(name, other) for name, listed in here.items() for other in listed if other in here}
    ours = {(a, b) for a, b, kind in edges(git.folder, "go") if kind == "import"}
    assert len(theirs) > 100
    assert sorted(theirs - ours) == []
    # Go list follows the tags of this system alone.
    assert len(ours - theirs) <= 0.05 * len(theirs), sorted(ours - theirs)


def cruiser() -> Path:
    """The peer's program; installed once for all runs."""
    program = PEERS / "node_modules" / ".bin" / "depcruise"
    if program.exists():
        return program
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine, so no dependency-cruiser")
    PEERS.mkdir(parents=True, exist_ok=True)
    words = [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--ignore-scripts",
        "dependency-cruiser@16",
        "typescript@5",
    ]
    done = subprocess.run([npm, *words], cwd=PEERS, check=False, capture_output=True, text=True, timeout=240)
    if done.returncode:
        pytest.skip(
            f"dependency-cruiser cannot be installed here: {(done.stderr.splitlines() or [''])[-1][:200]}"
        )
    return program


@pytest.mark.parametrize(
    ("package", "least"),
    [("dependency-cruiser", 300), ("enhanced-resolve", 100), ("ajv", 300), ("semver", 50), ("acorn-walk", 0)],
)
def test_the_edges_of_a_package_of_npms_are_those_of_dependency_cruiser(
    package: str, least: int, tmp_path: Path
) -> None:
    program = cruiser()
    source = PEERS / "node_modules" / package
    if not source.exists():
        pytest.skip(f"{package} was not installed beside dependency-cruiser")
    endings = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json")
    repo = committed(source, tmp_path / "repo", ".", *endings)
    told = subprocess.run(
        [program, "--no-config", "--ts-pre-compilation-deps", "--output-type", "json", "--include-only", ".", "."],
        cwd=repo, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    modules = json.loads(told.stdout)["modules"]
    theirs = {
        (one["source"], other["resolved"])
        for one in modules
        for other in one["dependencies"]
        if not other["couldNotResolve"] and not other["coreModule"] and (repo / other["resolved"]).is_file()
    }
    listed = edges(repo, "javascript")
    ours = {(source_, target) for source_, target, _ in listed}
    assert len(theirs) >= least
    assert sorted(theirs - ours) == [], "what the peer follows and we do not"
    # The peer looks no package up by its own name, and takes no notice of comments for type checkers.
    read = {one["source"] for one in modules}
    more = {(a, b) for a, b, kind in listed if a in read and kind in {"import", "type", "reexport"}} - theirs
    assert {edge for edge in more if not _by_name(repo / edge[0], package)} == set(), sorted(more)


def _by_name(file: Path, package: str) -> bool:
    text = file.read_text(encoding="utf-8", errors="replace")
    return any(f"{quote}{sign}" in text for quote in "'\"" for sign in (package, "#"))
