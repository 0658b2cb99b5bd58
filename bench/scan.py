"""Scan a whole history once, in a process of its own so that its memory is its own; print JSON.

    python bench/scan.py REPOSITORY read|provenance

{"commits": n, "seconds": s, "state": "…", "signals": n, "peak": KiB of this process, "git": KiB of git}
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter

from blastdoor.git import open_repository
from blastdoor.model import Commit
from blastdoor.provenance import assess, builtin_registry

_STATUS = Path("/proc/self/status")


class _Counted:
    """Passes commits on and counts them."""

    def __init__(self, commits: Iterable[Commit]) -> None:
        self._commits = commits
        self.count = 0

    def __iter__(self) -> Iterator[Commit]:
        for commit in self._commits:
            self.count += 1
            yield commit


def main(repository: str, mode: str) -> None:
    """Scan `main`, with provenance or by reading alone."""
    state, signals = "", 0
    begun = perf_counter()
    with open_repository(repository) as opened:
        commits = _Counted(opened.history.commits(None, opened.refs.resolve("main")))
        if mode == "provenance":
            found = assess(commits, builtin_registry())
            state, signals = found.state, len(found.signals)
        else:
            for _ in commits:
                pass
    seconds = perf_counter() - begun
    told = {
        "commits": commits.count, "seconds": seconds, "state": state, "signals": signals, "peak": _peak(),
        "git": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }  # fmt: skip
    print(json.dumps(told))


def _peak() -> int:
    """The most memory this process ever held, in KiB.

    Not `ru_maxrss` where it can be helped: on Linux that begins at the size of whoever started us.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
