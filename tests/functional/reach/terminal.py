"""`blastdoor reach` as a person or a program calls it, and what it must never do while it answers.

`here` calls the command's own entry point in this process, because a table of cases pays for the start of a
program only once that way. `apart` starts the program: for what a process does as a whole (memory, time, a crash).
"""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blastdoor.cli.main import main

LEVELS = ("none", "low", "medium", "high", "critical")
ACTIONS = {"create", "update", "replace", "delete", "forget", "read", "no-op", "move", "unreadable"}


@dataclass(frozen=True)
class Said:
    """What the command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output, after a success that complained of nothing."""
        assert (self.status, self.err) == (0, ""), self.err or self.out
        return checked(json.loads(self.out))

    @property
    def lines(self) -> list[Any]:
        """JSON Lines on standard output."""
        assert (self.status, self.err) == (0, ""), self.err or self.out
        return [json.loads(line) for line in self.out.splitlines()]


class _Stream(io.TextIOWrapper):
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined, no-any-return]  # a BytesIO


def here(*words: str | Path) -> Said:
    """Call the command in this process."""
    out, err = (_Stream(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status: object = 0
    before, sys.argv = sys.argv, ["blastdoor", "reach", *map(str, words)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.argv = before
    return _sane(Said(int(str(status)), out.text(), err.text()))


def apart(*words: str | Path, cwd: Path | None = None, seconds: float = 60) -> Said:
    """Start the program; longer than `seconds` is a failure."""
    done = subprocess.run(
        [sys.executable, "-m", "blastdoor", "reach", *words],
        cwd=cwd, capture_output=True, check=False, timeout=seconds,
    )  # fmt: skip
    return _sane(Said(done.returncode, done.stdout.decode(), done.stderr.decode()))


def _sane(said: Said) -> Said:
    assert "Traceback" not in said.err, said.err
    assert said.status in {0, 2, 11}, said
    return said


def checked(found: Any) -> Any:
    """The document, after what holds of every one."""
    ranks = [LEVELS.index(hit["level"]) for hit in found["rules"]]
    assert found["level"] == LEVELS[max(ranks, default=0)], "the level is the highest of the rules"
    assert all(hit["id"] and hit["why"] for hit in found["rules"])
    assert {one["action"] for one in found["operations"]} <= ACTIONS
    assert all(isinstance(one["irreversible"], bool) and one["why"] for one in found["operations"])
    assert found["irreversible"] == any(one["irreversible"] for one in found["operations"])
    assert all(one["code"] and one["what"] and one["step"] for one in found["unknowns"])
    assert 0 <= found["coverage"]["understood"] <= found["coverage"]["total"]
    assert found["files"]["changed"] <= found["files"]["reached"]
    return found


def at_least(found: Any, level: str) -> bool:
    """Is the level this one or a higher one?"""
    return LEVELS.index(found["level"]) >= LEVELS.index(level)


def at_most(found: Any, level: str) -> bool:
    """Is the level this one or a lower one?"""
    return LEVELS.index(found["level"]) <= LEVELS.index(level)


def told(found: Any, *words: str) -> bool:
    """Does one of the unknowns hold all these words, in any of its fields?"""
    return any(all(word in " ".join(map(str, one.values())) for word in words) for one in found["unknowns"])


def refused(said: Said, *words: str | Path) -> None:
    """Bad input: status 2, nothing for programs, and a short message that holds these words."""
    assert (said.status, said.out) == (2, ""), said
    for word in words:
        assert str(word).lower() in said.err.lower(), (word, said.err)
    assert len(said.err) < 2000, "a message, not the input itself"


def edges(repo: Path, language: str, *words: str) -> set[tuple[str, str, str]]:
    """What `reach graph` lists."""
    rows = here("graph", "--language", language, "--json", "--repo", repo, *words).lines
    assert all({"from", "to", "kind"} <= set(row) for row in rows)
    listed = [(row["from"], row["to"], row["kind"]) for row in rows]
    return set(listed)


def pairs(repo: Path, language: str, *words: str) -> set[tuple[str, str]]:
    """The edges without their kinds."""
    return {(source, target) for source, target, _ in edges(repo, language, *words)}


def arrows(text: str) -> Iterator[tuple[str, str]]:
    """Edges as a test writes them: a line `from -> one two`."""
    for line in filter(str.strip, text.splitlines()):
        source, _, targets = line.partition("->")
        yield from ((source.strip(), target) for target in targets.split())


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
