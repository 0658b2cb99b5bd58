"""Scan a whole history once, in a process of its own so that its memory is its own; print JSON.

    python bench/scan.py REPOSITORY read|provenance|notes

{"commits": n, "seconds": s, "told": {…: n}, "peak": KiB of this process, "git": KiB of git}
"""

import json
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from blastdoor.git import open_repository
from blastdoor.model import Commit, Signal, Signature
from blastdoor.provenance import MOST_NOTE_BYTES, Registry, Screen, builtin_registry, classify

_STATUS = Path("/proc/self/status")


def main(repository: str, mode: str) -> None:
    """Scan `main`: read every commit, screen and classify them all, or read every note."""
    registry, commits, told = builtin_registry(), 0, Counter[str]()
    begun = perf_counter()
    with open_repository(repository) as opened:
        head = opened.refs.resolve("main")
        match mode:
            case "read":
                commits = sum(1 for _ in opened.history.commits(None, head))
            case "provenance":
                for sifted in opened.history.sift(None, head, Screen(registry), ()):
                    commits += sifted.total
                    told.update(classify(commit, registry).state for commit in sifted.found)
            case "notes":
                for id_, notes in opened.notes.listed().items():
                    commits += 1
                    texts = [opened.notes.text(note, MOST_NOTE_BYTES) for note in notes]
                    told.update(one.source for one in note_signals(id_, texts, registry))
    seconds = perf_counter() - begun
    found = {
        "commits": commits, "seconds": seconds, "told": told, "peak": _peak(),
        "git": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }  # fmt: skip
    print(json.dumps(found))


def note_signals(id_: str, texts: Sequence[bytes | None], registry: Registry) -> tuple[Signal, ...]:
    """What the notes of a commit say, of which nothing else is known."""
    nobody = Signature(name="", mail="")
    commit = Commit(id=id_, parents=(), author=nobody, committer=nobody, message="")
    return classify(commit, registry, notes=texts).signals


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
