"""Writing the stream that `git fast-import` reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from bench.synthetic.people import Author

_NONE = "0" * 40


@dataclass(frozen=True, slots=True)
class Write:
    """A file with its whole content."""

    path: str
    text: str
    mode: str = "100644"


@dataclass(frozen=True, slots=True)
class Move:
    """A file at another path, its content as it was. Paths hold no space."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A file no more."""

    path: str


Edit = Write | Move | Remove


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a commit says beside its files: who, when (seconds since 1970), and the message."""

    author: Author
    committer: Author
    seconds: int
    zone: str
    message: str


class Stream:
    """Commits onto branches, in order; each is known by its mark afterwards."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._marks = 0

    def commit(
        self, branch: str, told: Told, edits: Iterable[Edit], *, start: int = 0, merged: Iterable[int] = ()
    ) -> int:
        """Add a commit to a branch (or begin it anew at the mark `start`), and return its mark."""
        self._marks += 1
        message = told.message.encode()
        head = (
            f"commit refs/heads/{branch}\nmark :{self._marks}\n"
            f"author {told.author.line(told.seconds, told.zone)}\n"
            f"committer {told.committer.line(told.seconds, told.zone)}\n"
            f"data {len(message)}\n"
        )
        parents = (f"from :{start}\n" if start else "") + "".join(f"merge :{mark}\n" for mark in merged)
        self._sink.write(b"".join((head.encode(), message, b"\n", parents.encode())))
        for edit in edits:
            self._sink.write(_line(edit))
        self._sink.write(b"\n")
        return self._marks

    def forget(self, branch: str) -> None:
        """Delete a branch; its commits stay where they were merged."""
        self._sink.write(f"reset refs/heads/{branch}\nfrom {_NONE}\n\n".encode())


def _line(edit: Edit) -> bytes:
    match edit:
        case Write(path, text, mode):
            data = text.encode()
            return b"".join((f"M {mode} inline {path}\ndata {len(data)}\n".encode(), data, b"\n"))
        case Move(old, new):
            return f"R {old} {new}\n".encode()
        case Remove(path):
            return f"D {path}\n".encode()
