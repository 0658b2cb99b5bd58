"""A bare repository of our own, made for one run, that borrows the objects of theirs.

Everything but a handful of commands works in here, on object ids: none of their settings, attributes,
drivers, replacements or grafts apply. Their refs are copied as plain names, so that `HEAD~5` means here what
it means there.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from blastdoor.errors import SourceError
from blastdoor.git.process import run
from blastdoor.git.stream import Stream, lines, parse_header
from blastdoor.git.survey import Theirs


class Workshop:
    """The bare repository, and one long-lived process that looks objects up in it."""

    def __init__(self, theirs: Theirs) -> None:
        self.theirs = theirs
        self._lookup: Stream | None = None
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="blastdoor-git-")
            self.path = Path(self._folder.name)
            self._furnish()
        except OSError as error:
            raise SourceError(f"no room for temporary files: {error.strerror}") from error

    def _furnish(self) -> None:
        theirs = self.theirs
        for folder in ("objects/info", "objects/pack", "refs/heads"):
            (self.path / folder).mkdir(parents=True)
        version = "0" if theirs.object_format == "sha1" else "1"
        settings = f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n"
        if theirs.object_format != "sha1":
            settings += f"[extensions]\n\tobjectFormat = {theirs.object_format}\n"
        self._write("config", settings)
        head = theirs.head
        self._write("HEAD", f"ref: {head}\n" if head.startswith("refs/") else f"{head}\n")
        self._write("packed-refs", "".join(f"{id_} {name}\n" for name, id_ in sorted(theirs.refs.items())))
        self._write("objects/info/alternates", f"{_quoted(str(theirs.common / 'objects'))}\n")
        if theirs.shallow:
            self._write("shallow", "".join(f"{commit}\n" for commit in sorted(theirs.shallow)))

    def _write(self, name: str, text: str) -> None:
        (self.path / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end_lookup()
        finally:
            self._folder.cleanup()

    def words(self, *words: str) -> list[str]:
        """A git command in here."""
        return [f"--git-dir={self.path}", *words]

    def run(self, *words: str, stdin: bytes = b"", accept: Sequence[int] = (0,)) -> tuple[int, bytes]:
        """Run git in here."""
        return run(self.words(*words), stdin=stdin, accept=accept)

    def stream(self, *words: str, stdin: bytes | Stream | None = b"") -> Stream:
        """Start git in here, to be read while it runs."""
        return Stream(self.words(*words), stdin)

    def lines(self, *words: str) -> Iterator[str]:
        """The lines a command prints in here, as they come."""
        return lines(self.words(*words))

    def info(self, name: str) -> tuple[str, str] | None:
        """The id and type of the object a name stands for; None if there is none, or more than one."""
        lookup = self._ask("info", name)
        if lookup is None:
            return None
        header = lookup.out.readline()
        if not header.endswith(b"\n"):
            raise self._lost(lookup)
        found = parse_header(header)
        return None if found is None else (found[0].decode("ascii"), found[1].decode("ascii"))

    def contents(self, name: str, limit: int) -> tuple[str, bytes | None] | None:
        """The type and content of an object; None if there is none, content None if over `limit` bytes."""
        lookup = self._ask("contents", name)
        if lookup is None:
            return None
        try:
            found = lookup.object(limit)
        except SourceError:
            self._end_lookup()
            raise
        return None if found is None else (found[1].decode("ascii"), found[2])

    def _ask(self, verb: str, name: str) -> Stream | None:
        if "\n" in name or "\0" in name:
            return None
        if self._lookup is None:
            self._lookup = self.stream("cat-file", "--batch-command", stdin=None)
        try:
            self._lookup.ask(f"{verb} {name}\n".encode("utf-8", "surrogateescape"))
        except SourceError:
            self._end_lookup()
            raise
        return self._lookup

    def _lost(self, lookup: Stream) -> SourceError:
        """The error of a lookup that ended, as it does on a damaged object; the next starts another."""
        try:
            return lookup.failed()
        finally:
            self._end_lookup()

    def _end_lookup(self) -> None:
        lookup, self._lookup = self._lookup, None
        if lookup is not None:
            lookup.close()


def _quoted(path: str) -> str:
    """A path as git's list of alternates takes it: quoted as in C where it needs to be."""
    if path.isascii() and not set(path) & {'"', "\\", "\n"}:
        return path
    raw = path.encode("utf-8", "surrogateescape")
    return (
        '"'
        + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in raw)
        + '"'
    )
