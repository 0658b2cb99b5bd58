"""`make bench`: the figures, as a table with the machine's limits; and build/bench/figures.json.

    python bench/run.py [--small] [--into DIR]

Ends with 0 also where an aim is missed: the table says so. Ends with 1 if something could not be measured.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import gmtime, perf_counter, strftime
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# Run as a script, Python looks for modules in bench/ alone.
sys.path.insert(0, str(ROOT))

from bench.figures import Aim, Figure, median_of, table  # noqa: E402 - the path is set above
from bench.machine import load, machine  # noqa: E402 - the path is set above

BLASTDOOR = Path(sys.executable).parent / "blastdoor"
_SMALL = ("--files", "300", "--commits", "2000")
#: A command that takes longer than this is broken, not slow.
_LIMIT = 900


class Rounds(NamedTuple):
    """How often each thing is measured."""

    starts: int = 15
    checks: int = 7
    scans: int = 3


class Failed(Exception):  # noqa: N818 - a measure that failed, which is said in the table
    """A command did not do what was to be measured."""


def main() -> int:
    """Measure, print, write."""
    given = _arguments()
    rounds = Rounds(2, 2, 2) if given.small else Rounds()
    host = machine()
    _say("looking for the repository")
    place = _repository(given.into, small=given.small)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="blastdoor-bench-") as state:
        figures += _attempt("--help", lambda: _start_up(rounds.starts))
        figures += _attempt("check", lambda: _checks(place, Path(state) / "state", rounds.checks))
        figures += _attempt("scan", lambda: _scans(place, rounds.scans))
        figures += _attempt("reach of commits", lambda: _reach_of_commits(place, small=given.small))
        figures += _attempt("graph", lambda: _graphs(given.into, rounds.scans))
        figures += _attempt("search", lambda: _search(rounds.scans))
        figures += _attempt("gate", lambda: _gate(small=given.small))
    _say("")
    host["load"] += f" before; {load()} after"
    shape = _shape(place)
    _print(host, shape, figures)
    told = {
        "v": 1,
        "taken_at": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime()),
        "machine": host,
        "repository": {"name": place.name, **shape},
        "figures": [figure.as_json() for figure in figures],
    }
    name = "figures-small.json" if given.small else "figures.json"
    (given.into / name).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if any(figure.failure for figure in figures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Blastdoor on a large repository.")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "bench", help="the cache directory")
    parser.add_argument(
        "--small", action="store_true", help="a small repository and few rounds, to try the benchmark itself"
    )
    return parser.parse_args()


def _repository(into: Path, *, small: bool) -> Path:
    words = [sys.executable, str(ROOT / "bench" / "make_repository.py"), "--into", str(into)]
    # Its progress goes to our standard error.
    made = subprocess.run([*words, *(_SMALL if small else ())], check=True, stdout=subprocess.PIPE, text=True)
    return Path(made.stdout.strip())


def _attempt(what: str, measure: Callable[[], Iterable[Figure]]) -> list[Figure]:
    """The measure's figures, or one that says why there are none."""
    try:
        return list(measure())
    except Failed as error:
        return [Figure(what=what, unit="s", failure=str(error))]


# ---------------------------------------------------------------- the measures


def _start_up(rounds: int) -> Iterable[Figure]:
    ours: list[float] = []
    bare: list[float] = []
    for number in range(rounds):
        _say(f"--help, {number + 1} of {rounds}")
        # In turns, so that whatever else the machine does falls on both.
        ours.append(_timed([str(BLASTDOOR), "--help"], {0})[0] * 1000)
        bare.append(_timed([sys.executable, "-c", "pass"], {0})[0] * 1000)
    yield median_of("blastdoor --help", "ms", ours, aim=Aim(bound=150, at_most=True))
    yield median_of("python -c pass", "ms", bare)


def _checks(place: Path, state: Path, rounds: int) -> Iterable[Figure]:
    words = [
        str(BLASTDOOR), "check", "--json", "--repo", str(place), "--head", "feature", "--state", str(state),
    ]  # fmt: skip
    cold: list[float] = []
    warm: list[float] = []
    verdicts: set[str] = set()
    for number in range(rounds):
        _say(f"check without a cache, {number + 1} of {rounds}")
        shutil.rmtree(state, ignore_errors=True)
        seconds, out = _timed(words, {0, 10, 11})
        cold.append(seconds)
        verdicts.add(_in_short(out))
    # The last of these left the cache.
    for number in range(rounds):
        _say(f"check with a cache, {number + 1} of {rounds}")
        seconds, out = _timed(words, {0, 10, 11})
        warm.append(seconds)
        verdicts.add(_in_short(out))
    if len(verdicts) != 1:
        raise Failed(f"the same question had different answers: {', '.join(sorted(verdicts))}")
    yield median_of("check of ten commits, warm", "s", warm, aim=Aim(bound=0.8, at_most=True))
    yield median_of("check of ten commits, cold", "s", cold, note=verdicts.pop())


def _in_short(out: str) -> str:
    """What was decided, so that the table shows that something was."""
    verdict = json.loads(out)
    reach, files = verdict["reach"], verdict["reach"]["files"]
    return (
        f"{verdict['verdict']}, {verdict['provenance']['state']}, reach {reach['level']}, "
        f"{files['changed']} files changed, {files['reached']} reached"
    )


def _scans(place: Path, rounds: int) -> Iterable[Figure]:
    plain: list[float] = []
    told: dict[str, list[dict[str, float]]] = {"read": [], "provenance": []}
    count = int(_git(place, "rev-list", "--count", "main"))
    for number in range(rounds):
        _say(f"scan, {number + 1} of {rounds}")
        seconds, _ = _timed(["git", "-C", str(place), "log", "main"], {0}, keep=False)
        plain.append(count / seconds)
        for mode, results in told.items():
            result = json.loads(
                _timed([sys.executable, str(ROOT / "bench" / "scan.py"), str(place), mode], {0})[1]
            )
            if result["commits"] != count:
                raise Failed(f"{result['commits']} commits were read, and there are {count}")
            results.append(result)
    yield median_of(f"git log, {count:,} commits", "commits/s", plain)
    for mode, what, aim in (
        ("read", "our reader", None),
        ("provenance", "provenance", Aim(bound=0.8, at_most=False)),
    ):
        speeds = [one["commits"] / one["seconds"] for one in told[mode]]
        yield median_of(what, "commits/s", speeds)
        # Round by round, so that whatever else the machine did then falls on both.
        ratios = [ours / theirs for ours, theirs in zip(speeds, plain, strict=True)]
        yield median_of(f"{what}, to git log", "x", ratios, aim=aim)
    yield from _notes(place, rounds)
    results = told["provenance"]
    most = max(one["git"] for one in results) / 1024
    yield Figure(
        what="peak memory of the scan", unit="MiB", value=max(one["peak"] for one in results) / 1024,
        note=f"git beside it {most:,.0f} MiB",
    )  # fmt: skip


def _reach(*words: str) -> dict[str, float]:
    words = (sys.executable, str(ROOT / "bench" / "reach.py"), *words)
    told: dict[str, float] = json.loads(_timed(words, {0})[1])
    return told


def _reach_of_commits(place: Path, *, small: bool) -> Iterable[Figure]:
    _say("reach of commits")
    told = _reach("commits", str(place), "20" if small else "100")
    yield Figure(
        what=f"reach of one commit, warm, p95 of {told['commits']}", unit="ms", value=told["p95"] * 1000,
        note=f"p50 {told['p50'] * 1000:,.0f} ms", aim=Aim(bound=50, at_most=True),
    )  # fmt: skip


def _graphs(into: Path, rounds: int) -> Iterable[Figure]:
    """The graph of public code, against grimp in turns."""
    _say("fetching public code")
    place = _timed([sys.executable, str(ROOT / "bench" / "reach.py"), "code", str(into)], {0})[1].strip()
    python = f"{place}-python"
    ours, theirs, speeds = [], [], []
    for number in range(rounds):
        _say(f"graph, {number + 1} of {rounds}")
        ours.append(_reach("cold", python))
        theirs.append(_reach("grimp", python, "homeassistant"))
        speeds.append(_reach("extract", place))
    seconds = [one["seconds"] for one in ours]
    note = f"{ours[0]['files']:,} files, {ours[0]['edges']:,} edges, all languages on"
    yield median_of("graph of a Python tree, cold", "s", seconds, note=note)
    note = f"{theirs[0]['files']:,} modules, {theirs[0]['edges']:,} imports"
    yield median_of("the same by grimp", "s", [one["seconds"] for one in theirs], note=note)
    ratios = [one / other["seconds"] for one, other in zip(seconds, theirs, strict=True)]
    yield median_of("graph, to grimp", "x", ratios, aim=Aim(bound=1.0, at_most=True))
    rates = [one["files"] / one["seconds"] for one in speeds]
    note = f"{speeds[0]['bytes'] / 1e6:,.0f} MB, one process"
    yield median_of("extraction", "files/s", rates, note=note, aim=Aim(bound=8_000, at_most=False))


def _search(rounds: int) -> Iterable[Figure]:
    _say("search")
    told = [_reach("search") for _ in range(rounds)]
    note = f"{told[0]['reached']:,} nodes reached"
    yield median_of(
        "search, 1 M nodes and 5 M edges", "ms", [one["seconds"] * 1000 for one in told],
        note=note, aim=Aim(bound=150, at_most=True),
    )  # fmt: skip
    yield Figure(
        what="arrays of that graph", unit="MiB", value=told[0]["arrays"] / 2**20,
        note=f"peak of the process {told[0]['peak'] / 2**20:,.0f} MiB", aim=Aim(bound=300, at_most=True),
    )  # fmt: skip


def _gate(*, small: bool) -> Iterable[Figure]:
    """Decisions, policies and histories: `bench/gate.py` says what each is."""

    def measured(*words: str) -> dict[str, float]:
        _say(f"gate {words[0]}")
        told: dict[str, float] = json.loads(
            _timed([sys.executable, str(ROOT / "bench" / "gate.py"), *words], {0})[1]
        )
        return told

    decided, loaded = measured("decide"), measured("load")
    ten, two_hundred = Aim(bound=10, at_most=True), Aim(bound=200, at_most=True)
    shape = "3,000 files, 200 rules, 500 persons"
    yield Figure(what="decision, p50", unit="ms", value=decided["p50"], note=shape)
    yield Figure(what="decision, p99", unit="ms", value=decided["p99"], note=shape, aim=ten)
    yield Figure(what="policy of 200 rules, cold", unit="ms", value=loaded["cold"], aim=two_hundred)
    count = "20" if small else "300"
    again = measured("replay", count)
    hundred = Aim(bound=100, at_most=False)
    yield Figure(what="policy replay, cold", unit="changes/s", value=again["cold"])
    yield Figure(what="policy replay, warm", unit="changes/s", value=again["warm"], aim=hundred)
    brought = measured("deploy", "5" if small else "100")
    yield Figure(
        what="deployment, warm", unit="s", value=brought["warm"], note=f"{brought['landings']} landings"
    )


def _notes(place: Path, rounds: int) -> Iterable[Figure]:
    words = [sys.executable, str(ROOT / "bench" / "scan.py"), str(place), "notes"]
    read = [json.loads(_timed(words, {0})[1]) for _ in range(rounds)]
    count = read[0]["commits"]
    # The aim is for 10,000; a small repository has fewer.
    aim = Aim(bound=3.0 * count / 10_000, at_most=True)
    yield median_of(f"{count:,} notes", "s", [one["seconds"] for one in read], aim=aim)


# ---------------------------------------------------------------- parts


def _timed(words: Sequence[str], statuses: set[int], *, keep: bool = True) -> tuple[float, str]:
    """Seconds on the wall, and standard output where it is kept (else it goes to /dev/null)."""
    begun = perf_counter()
    try:
        done = subprocess.run(
            words,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_LIMIT,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{Path(words[0]).name} took longer than {_LIMIT} s") from error
    seconds = perf_counter() - begun
    if done.returncode not in statuses:
        said = done.stderr.strip().splitlines() or ["without a word"]
        # A traceback says what it is in its last line, everything else in its first.
        line = said[-1] if said[0].startswith("Traceback") else said[0]
        raise Failed(f"{Path(words[0]).name} ended with {done.returncode}: {line}")
    return seconds, done.stdout or ""


def _git(place: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(place), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _shape(place: Path) -> dict[str, int]:
    return {
        "files": len(_git(place, "ls-tree", "-r", "--name-only", "main").splitlines()),
        "commits": int(_git(place, "rev-list", "--count", "main")),
        "merges": int(_git(place, "rev-list", "--count", "--merges", "main")),
        "feature": int(_git(place, "rev-list", "--count", "main..feature")),
    }


def _print(host: dict[str, str], shape: dict[str, int], figures: Sequence[Figure]) -> None:
    for name, text in host.items():
        print(f"{name:8}{text}")
    print(
        f"on      {shape['files']:,} files, {shape['commits']:,} commits ({shape['merges']:,} merges); "
        f"the change has {shape['feature']}"
    )
    print(f"\n{table(figures)}\n")
    print("Medians on the wall, and the range. Cold: without our cache; the system's is warm.")


def _say(text: str) -> None:
    """One changing line on standard error, where a person looks on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
