"""Processes that are read while they run."""

import io
import os
import select
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, Self

from blastdoor.errors import SourceError
from blastdoor.git import process
from blastdoor.git.process import command, environment, failure

_CHUNK = 1 << 16


class Stream:
    """A git process and its output; ended when the context is left, however far it was read.

    `stdin` is what the process reads: bytes, the output of another stream, or None for questions written
    one by one (`ask`). Bytes and complaints go through files: with pipes alone, both sides could come to wait
    for each other.
    """

    def __init__(self, words: Sequence[str], stdin: "bytes | Stream | None" = b"") -> None:
        self._words = words
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stream
        self._process = self._start(stdin)
        assert self._process.stdout is not None  # noqa: S101 - started with a pipe
        self._pipe = self._process.stdout
        self.out = io.BufferedReader(_Patient(self._pipe.fileno(), words), _CHUNK)

    def _start(self, stdin: "bytes | Stream | None") -> "subprocess.Popen[bytes]":
        source: IO[bytes] | None = None
        if isinstance(stdin, Stream):
            source = stdin._pipe  # noqa: SLF001 - another of this class
        elif stdin is not None:
            source = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
            source.write(stdin)
            source.seek(0)
        try:
            return subprocess.Popen(
                command(*self._words),
                env=environment(),
                bufsize=0,
                stdin=subprocess.PIPE if source is None else source,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
            )
        except (OSError, ValueError) as error:
            self._complaints.close()
            raise SourceError(f"git cannot be started: {error}") from error
        finally:
            # Another stream's pipe too: only so does that process notice when its one reader has ended.
            if source is not None:
                source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: bytes) -> None:
        """Write to the process. SourceError if it has ended."""
        assert self._process.stdin is not None  # noqa: S101 - started with a pipe
        try:
            self._process.stdin.write(question)
        except OSError as error:
            raise self.failed() from error

    def exactly(self, size: int) -> bytes:
        """So many bytes. SourceError if there are fewer."""
        data = self.out.read(size)
        if len(data) != size:
            raise self.failed()
        return data

    def skip(self, size: int) -> None:
        """Pass over so many bytes."""
        while size > 0:
            size -= len(self.exactly(min(size, _CHUNK)))

    def object(self, limit: int) -> tuple[bytes, bytes, bytes | None] | None:
        """The next object that `cat-file` prints: id, type, and content, or None if over `limit` bytes.

        None for one that is not here, or that a name does not single out. SourceError at the end.
        """
        header = self.out.readline()
        if not header.endswith(b"\n"):
            raise self.failed()
        found = parse_header(header)
        if found is None:
            return None
        id_, kind, size = found
        if size > limit:
            self.skip(size + 1)
            return id_, kind, None
        return id_, kind, self.exactly(size + 1)[:-1]

    def objects(self, limit: int) -> Iterator[tuple[str, bytes | None]]:
        """All objects that `cat-file` prints: id and content; None if not here or over `limit` bytes."""
        readline, read = self.out.readline, self.out.read
        while header := readline():
            found = parse_header(header)
            if found is None:
                yield header.split(b" ", 1)[0].decode("ascii", "replace"), None
                continue
            id_, _, size = found
            if size > limit:
                self.skip(size + 1)
                yield id_.decode("ascii"), None
                continue
            content = read(size + 1)
            if len(content) != size + 1:
                raise self.failed()
            yield id_.decode("ascii"), content[:-1]

    def ended(self) -> None:
        """Wait for the end. SourceError if the process failed, for then what it printed may be cut short."""
        try:
            status = self._process.wait(timeout=process.TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise _silence(self._words) from error
        if status != 0:
            raise self.failed()

    def failed(self) -> SourceError:
        """The error of a process that ended before its time, with git's own words."""
        self._complaints.seek(0)
        return failure(self._words, self._complaints.read(_CHUNK))

    def close(self) -> None:
        """End the process if it has not ended, and let go of it."""
        if self._process.poll() is None:
            self._process.kill()  # it only reads, so nothing is lost
        self._process.wait()
        for file in (self._process.stdin, self._pipe, self._complaints):
            if file is not None:
                file.close()


class _Patient(io.RawIOBase):
    """The reading end of a pipe, given up on after `process.TIMEOUT` seconds of silence."""

    def __init__(self, descriptor: int, words: Sequence[str]) -> None:
        self._descriptor, self._words = descriptor, words
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader gives
        if not self._poll.poll(process.TIMEOUT * 1000):
            raise _silence(self._words)
        return os.readv(self._descriptor, [buffer])


def parse_header(line: bytes) -> tuple[bytes, bytes, int] | None:
    """Id, type and size from a line of `cat-file`; None for `<name> missing` and `<name> ambiguous`."""
    words = line.split(b" ", 3)
    if len(words) == 3 and words[2][:-1].isdigit():
        return words[0], words[1], int(words[2])
    return None


def lines(words: Sequence[str]) -> Iterator[str]:
    """The lines a command prints, as they come; an early end of the reader ends the command."""
    with Stream(words) as stream:
        for line in stream.out:
            yield line[:-1].decode("ascii")
        stream.ended()


def _silence(words: Sequence[str]) -> SourceError:
    return SourceError(f"git {process.verb(words)} took longer than {process.TIMEOUT} s")
