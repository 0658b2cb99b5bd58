"""Measures of the gate, each in a process of its own; JSON on standard output.

python bench/gate.py decide             3,000 files, 200 rules, 500 persons: p50 and p99 of a warm decision
    python bench/gate.py load           a policy of 200 rules, cold and warm
    python bench/gate.py replay N       N landings replayed twice; changes per second of the second time
    python bench/gate.py deploy N       a deployment of N landings, seconds
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

_PERSONS, _RULES, _FILES = 500, 200, 3_000


def rules(count: int) -> str:
    """Rules that each look at a folder of their own."""
    words = ("low", "medium", "high")
    return "".join(
        f"  - name: rule {i}\n"
        f'    when: at_least(reach.level, "{words[i % 3]}") && touches("services/s{i}/**")\n'
        f"    require: [{{ approvals: 1, from: {('peer', 'senior')[i % 2]} }}]\n"
        for i in range(count)
    )


def policy_text() -> str:
    """A policy of 200 rules."""
    from builders import POLICY

    return POLICY + rules(_RULES - 3)


def decisions(rounds: int = 300) -> dict[str, float]:
    """Milliseconds of one decision, half of them holds."""
    from blastdoor.gate import decide
    from blastdoor.model import Roster
    from builders import LEVELS, NOW, ROSTER, a_case, a_change, a_file, a_person, a_policy, a_reach, yes

    more = tuple(
        a_person(f"p_x{i}", ("engineer", "senior")[i % 2], teams=("red",))
        for i in range(_PERSONS - len(ROSTER.persons))
    )
    people = Roster(levels=LEVELS, persons=ROSTER.persons + more, agents=ROSTER.agents)
    files = tuple(a_file(f"services/s{i % 300}/dir/file{i}.py") for i in range(_FILES))
    policy = a_policy(policy_text())
    held = yes(a_case(people=people, change=a_change(files=files), reach=a_reach(level="high")), "p_peer")
    passed = yes(held, "p_senior", "p_elder")
    assert decide(held, policy, NOW).verdict == "hold"
    assert decide(passed, policy, NOW).verdict == "pass"
    times = []
    for i in range(rounds):
        began = perf_counter()
        decide((held, passed)[i % 2], policy, NOW)
        times.append((perf_counter() - began) * 1000)
    times.sort()
    return {"p50": statistics.median(times), "p99": times[int(len(times) * 0.99)]}


def loading() -> dict[str, float]:
    """Milliseconds to load the policy: with the condition engine's start, and again."""
    from blastdoor.policy import load_policy

    data = policy_text().encode()
    times = []
    for _ in range(2):
        began = perf_counter()
        load_policy(data, "policy.yaml")
        times.append((perf_counter() - began) * 1000)
    return {"cold": times[0], "warm": times[1]}


def _yard(folder: Path, landings: int) -> Any:
    from shopfloor import who
    from yard import Yard

    yard = Yard(folder)
    yard.git("switch", "--quiet", "main")
    for i in range(landings):
        text = f"import part{i % 7}\nvalue = {i}\n"
        yard.git.commit(f"change {i}", {f"src/part{i % 40}.py": text}, who=who("p_author"))
    return yard


def _run(yard: Any, *words: str) -> tuple[float, Any]:
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "blastdoor", *words, "--json", "--repo", str(yard.git.folder)],
        check=False,
        capture_output=True,
        env=os.environ,
    )
    if done.returncode not in {0, 10}:
        raise RuntimeError(done.stderr.decode())
    return perf_counter() - began, json.loads(done.stdout)


def replay(landings: int) -> dict[str, float]:
    """Changes per second of a whole `policy replay`, from the cache."""
    with tempfile.TemporaryDirectory() as folder:
        yard = _yard(Path(folder), landings)
        words = ("policy", "replay", str(yard.git.folder / ".blastdoor"), "--since", "2000-01-01")
        cold, found = _run(yard, *words)
        warm, _ = _run(yard, *words)
    return {"changes": found["changes"], "cold": found["changes"] / cold, "warm": found["changes"] / warm}


def deploy(landings: int) -> dict[str, float]:
    """Seconds for a deployment of so many landings that nobody approved."""
    with tempfile.TemporaryDirectory() as folder:
        yard = _yard(Path(folder), landings)
        words = ("check", "--to", "main", "--from", yard.start)
        cold, found = _run(yard, *words)
        warm, _ = _run(yard, *words)
    return {"landings": len(found["landings"]), "cold": cold, "warm": warm}


if __name__ == "__main__":
    _, what, *rest = sys.argv
    measures: dict[str, Any] = {"decide": decisions, "load": loading, "replay": replay, "deploy": deploy}
    print(json.dumps(measures[what](*map(int, rest))))
