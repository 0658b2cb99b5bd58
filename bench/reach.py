"""One measure of reach, in a process of its own; JSON on standard output.

python bench/reach.py code FOLDER               make a repository of public code, once; its folder
    python bench/reach.py cold REPOSITORY       list, read, extract, resolve and search, with no cache
    python bench/reach.py grimp FOLDER PACKAGE  the same package by grimp
    python bench/reach.py extract REPOSITORY    extraction alone, of every file with a reader
    python bench/reach.py commits REPOSITORY N  the reach of each of the last N commits, with a cache
    python bench/reach.py search                a graph of a million nodes and five million edges
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

#: Public code, taken from the registries by name. Large, and in several languages.
WHEELS = ("homeassistant==2024.1.6", "django==5.2.8")
PACKAGES = ("rxjs@7.8.2", "date-fns@4.1.0", "zod@4.1.12", "lodash-es@4.17.21")


def make_code(folder: Path) -> Path:
    """A repository with the code of `WHEELS` and `PACKAGES`; beside it one with the first wheel alone."""
    place = folder / "code-2"
    if (place / ".git" / "done").exists():
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as fetched:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", fetched, *WHEELS]
        subprocess.run(pip, check=True, capture_output=True)
        for file in Path(fetched).glob("*.whl"):
            with zipfile.ZipFile(file) as wheel:
                wheel.extractall(place / "python")  # noqa: S202 - zipfile keeps inside
        for name in PACKAGES:
            made = subprocess.run(
                ["npm", "pack", name], cwd=fetched, check=True, capture_output=True, text=True
            )
            with tarfile.open(Path(fetched) / made.stdout.split()[-1]) as archive:
                archive.extractall(place / "web" / name.partition("@")[0], filter="data")
    first = place.with_name("code-2-python")
    shutil.rmtree(first, ignore_errors=True)
    shutil.copytree(place / "python" / WHEELS[0].partition("==")[0], first / WHEELS[0].partition("==")[0])
    for root in (place, first):
        for words in (
            ["init", "--quiet", "-b", "main"],
            ["add", "--all"],
            ["commit", "--quiet", "-m", "code"],
        ):
            who = ["-c", "user.name=bench", "-c", "user.email=bench@shop.example"]
            subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)
    (place / ".git" / "done").touch()
    return place


def cold(place: Path) -> dict[str, Any]:
    """Everything from a commit to what one file reaches."""
    from blastdoor.flows.reach import read_graph
    from blastdoor.wiring import open_world

    with tempfile.TemporaryDirectory() as state, open_world(str(place), state) as local:
        begun = perf_counter()
        head = local.world.refs.resolve("HEAD")
        graph = read_graph(local.world, head)
        graph.reach([graph.nodes[0]])
        return {"seconds": perf_counter() - begun, "files": len(graph.files), "edges": len(graph.edges)}


def by_grimp(folder: str, package: str) -> dict[str, Any]:
    """The peer."""
    import grimp

    sys.path.insert(0, folder)
    begun = perf_counter()
    graph = grimp.build_graph(package, cache_dir=None)
    seconds = perf_counter() - begun
    return {"seconds": seconds, "files": len(graph.modules), "edges": graph.count_imports()}


def extraction(place: Path) -> dict[str, Any]:
    """Seconds of the processor, one process."""
    from blastdoor.reach import MAX_BYTES, extract, language_of
    from blastdoor.wiring import open_world

    with tempfile.TemporaryDirectory() as state, open_world(str(place), state) as local:
        tree = local.world.trees.files(local.world.refs.resolve("HEAD"))
        files = {file.blob: language for file in tree if (language := language_of(file.path))}
        contents = [
            (files[blob], data) for blob, data in local.world.trees.blobs(list(files), MAX_BYTES) if data
        ]
    begun = process_time()
    for language, data in contents:
        extract(language, data)
    seconds = process_time() - begun
    return {"seconds": seconds, "files": len(contents), "bytes": sum(len(data) for _, data in contents)}


def commits(place: Path, count: int) -> dict[str, Any]:
    """Each of the newest commits against its parent; the first one fills the cache and does not count."""
    from blastdoor.flows.reach import Inputs, measure_range
    from blastdoor.wiring import open_world

    log = ["git", "-C", str(place), "rev-list", "--no-merges", f"--max-count={count}", "main"]
    ids = subprocess.run(log, check=True, capture_output=True, text=True).stdout.split()
    seconds = []
    with tempfile.TemporaryDirectory() as state, open_world(str(place), state) as local:
        for number, commit in enumerate([ids[0], *ids]):
            begun = perf_counter()
            measure_range(local.world, f"{commit}^..{commit}", Inputs.read())
            if number:
                seconds.append(perf_counter() - begun)
    quantiles = statistics.quantiles(seconds, n=20)
    return {"p50": statistics.median(seconds), "p95": quantiles[-1], "commits": len(seconds)}


def searching() -> dict[str, Any]:
    """The widest of some searches in a random graph, and the memory of the process."""
    import numpy as np

    from blastdoor.reach.search import rows, search

    chance = np.random.default_rng(1)
    nodes, edges = 1_000_000, 5_000_000
    # A few nodes are used by many, as in code.
    target = (chance.pareto(0.6, edges) * 50).clip(0, nodes - 1).astype(np.int32)
    origin = chance.integers(0, nodes, edges, dtype=np.int32)
    near = rows(nodes, origin, target)
    none = rows(nodes, np.empty(0, np.int32), np.empty(0, np.int32))
    del origin, target
    seconds, most = [], 0
    for seed in (0, 1, 7, 100, 5_000, 400_000):
        begun = perf_counter()
        found = search(near, none, [seed])
        seconds.append(perf_counter() - begun)
        most = max(most, int((found.distance >= 0).sum()))
    arrays = sum(array.nbytes for array in (*near, *found))
    return {"seconds": max(seconds), "reached": most, "arrays": arrays, "peak": _peak()}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Do what the first word says."""
    what, *rest = sys.argv[1:]
    match what:
        case "code":
            print(make_code(Path(rest[0])))
            return
        case "cold":
            told = cold(Path(rest[0]))
        case "grimp":
            told = by_grimp(*rest)
        case "extract":
            told = extraction(Path(rest[0]))
        case "commits":
            told = commits(Path(rest[0]), int(rest[1]))
        case _:
            told = searching()
    print(json.dumps(told))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
