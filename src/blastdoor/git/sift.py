"""A whole history in one pass of one git process, which prints commits as fast as `git log` does.

`rev-list --header` prints a commit as it is stored, but for three things: it indents the message, drops white
space at the ends of lines, and stops at a NUL. So each commit is put together again and held against its own
id; the few that do not fit are read once more, whole, by `cat-file`. Nothing is taken on trust, and nothing
is cut short.
"""

import hashlib
from collections.abc import Callable, Container, Iterator
from typing import Any

from blastdoor.errors import SourceError
from blastdoor.git.commits import MAX_COMMIT, parse_commit
from blastdoor.git.ids import checked
from blastdoor.git.workshop import Workshop
from blastdoor.ports import Screen, Sifted

_CHUNK = 1 << 20
_New = Callable[..., Any]
_HASHES: dict[str, _New] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_AGAIN = 2000

#: Headers and message of a commit, as they are stored.
Parts = tuple[bytes, bytes]


def sift(
    workshop: Workshop, base: str | None, head: str, screen: Screen, also: Container[str]
) -> Iterator[Sifted]:
    """The commits of head that base does not have, as `ports.History.sift` says."""
    again: list[str] = []
    length, new = len(workshop.theirs.empty_tree), _HASHES[workshop.theirs.object_format]
    for records in _records(workshop, base, head):
        whole: list[tuple[str, Parts]] = []
        for record in records:
            id_ = record[:length].decode("ascii", "replace")
            parts = _parts(record, id_, new)
            if parts is None:
                again.append(id_)
            else:
                whole.append((id_, parts))
        yield _sifted(whole, screen, also)
        if len(again) >= _AGAIN:
            yield _sifted(_read(workshop, again), screen, also)
            again = []
    if again:
        yield _sifted(_read(workshop, again), screen, also)


def _records(workshop: Workshop, base: str | None, head: str) -> Iterator[list[bytes]]:
    words = ["rev-list", "--header", "--encoding=", "--no-expand-tabs", checked(head)]
    with workshop.stream(*words, *([f"^{checked(base)}"] if base else [])) as stream:
        rest = b""
        while chunk := stream.out.read1(_CHUNK):
            *records, rest = (rest + chunk).split(b"\0")
            if records:
                yield records
            elif len(rest) > MAX_COMMIT:
                raise SourceError("a commit of this history is too large to read")
        stream.ended()


def _parts(record: bytes, id_: str, new: _New) -> Parts | None:
    """The commit as it is stored; None if what was printed is not all of it."""
    head, gap, printed = record[len(id_) + 1 :].partition(b"\n\n")
    if not gap:
        return None
    message = printed.replace(b"\n    ", b"\n")[4:]
    for whole in (message, message[:-1]):  # it may end without a newline
        stored = b"commit %d\0%b\n\n%b" % (len(head) + 2 + len(whole), head, whole)
        if new(stored, usedforsecurity=False).hexdigest() == id_:
            return head, whole
    return None


def _read(workshop: Workshop, ids: list[str]) -> list[tuple[str, Parts]]:
    asked = "".join(f"{checked(id_)}\n" for id_ in ids).encode("ascii")
    found = []
    with workshop.stream("cat-file", "--batch", "--buffer", stdin=asked) as objects:
        for id_, raw in objects.objects(MAX_COMMIT):
            if raw is None:
                raise SourceError(f"commit {id_} is not here, or too large to read")
            head, _, message = raw.partition(b"\n\n")
            found.append((id_, (head, message)))
        objects.ended()
    return found


def _sifted(commits: list[tuple[str, Parts]], screen: Screen, also: Container[str]) -> Sifted:
    wanted = {index for index, (id_, _) in enumerate(commits) if id_ in also}
    wanted.update(screen([parts for _, parts in commits]))
    found = tuple(
        parse_commit(commits[index][0], b"\n\n".join(commits[index][1])) for index in sorted(wanted)
    )
    return Sifted(total=len(commits), found=found)
