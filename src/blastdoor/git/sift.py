"""A whole history in one pass of one git process, which prints commits as fast as `git log` does.

`rev-list --header` prints a commit as it is stored, but for three things: it indents the message, drops white space
at the ends of lines, and stops at a NUL. So each commit is put together again and held against its own id; the few
that do not fit are read once more, whole, by `cat-file`. Nothing is taken on trust, and nothing is cut short.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator

from blastdoor.errors import SourceError
from blastdoor.git.commits import MAX_COMMIT, parse_commit
from blastdoor.git.ids import checked
from blastdoor.git.workshop import Workshop
from blastdoor.model import Commit
from blastdoor.ports import Sifted

_CHUNK = 1 << 20
_AGAIN = 2000

Screen = Callable[[bytes], Iterable[int]]


def sift(
    workshop: Workshop, base: str | None, head: str, screen: Screen, also: Container[str]
) -> Iterator[Sifted]:
    """The commits of head that base does not have, as `ports.History.sift` says."""
    again: list[str] = []
    for records in _records(workshop, base, head):
        whole: list[tuple[str, bytes]] = []
        for record in records:
            id_ = record[:_id_length(workshop)].decode("ascii", "replace")
            content = _content(record, id_, workshop.theirs.object_format)
            if content is None:
                again.append(id_)
            else:
                whole.append((id_, content))
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
        while chunk := stream.out.read1(_CHUNK):  # type: ignore[attr-defined] # BufferedReader has it
            *records, rest = (rest + chunk).split(b"\0")
            if records:
                yield records
            elif len(rest) > MAX_COMMIT:
                raise SourceError("a commit of this history is too large to read")
        stream.ended()


def _id_length(workshop: Workshop) -> int:
    return len(workshop.theirs.empty_tree)


def _content(record: bytes, id_: str, object_format: str) -> bytes | None:
    """The commit object as it is stored; None if what was printed is not all of it."""
    head, gap, message = record[len(id_) + 1 :].partition(b"\n\n")
    if not gap:
        return None
    content = head + gap + message.replace(b"\n    ", b"\n")[4:]
    for whole in (content, content[:-1]):  # a message may end without a newline
        if _id_of(whole, object_format) == id_:
            return whole
    return None


def _id_of(content: bytes, object_format: str) -> str:
    stored = b"commit %d\0%b" % (len(content), content)
    if object_format == "sha1":
        return hashlib.sha1(stored, usedforsecurity=False).hexdigest()
    return hashlib.sha256(stored).hexdigest()


def _read(workshop: Workshop, ids: list[str]) -> list[tuple[str, bytes]]:
    asked = "".join(f"{checked(id_)}\n" for id_ in ids).encode("ascii")
    found = []
    with workshop.stream("cat-file", "--batch", "--buffer", stdin=asked) as objects:
        for id_, raw in objects.objects(MAX_COMMIT):
            if raw is None:
                raise SourceError(f"commit {id_} is not here, or too large to read")
            found.append((id_, raw))
        objects.ended()
    return found


def _sifted(commits: list[tuple[str, bytes]], screen: Screen, also: Container[str]) -> Sifted:
    starts, at = [], 0
    for _, content in commits:
        starts.append(at)
        at += len(content) + 1
    wanted = {index for index, (id_, _) in enumerate(commits) if id_ in also}
    for offset in screen(b"\0".join(content for _, content in commits)):
        wanted.add(bisect_right(starts, offset) - 1)
    found: list[Commit] = [parse_commit(*commits[index]) for index in sorted(wanted)]
    return Sifted(total=len(commits), found=tuple(found))
