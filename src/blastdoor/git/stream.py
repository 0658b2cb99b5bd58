"""Processes that are read while they run."""

import io
import select
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from blastdoor.errors import SourceError
from blastdoor.git import process
from blastdoor.git.process import command, environment, failure, verb

_CHUNK = 1 << 16
_HINT = "in a partial or shallow clone, fetch the rest: git fetch --unshallow, or git fetch --refetch"


class Stream:
    """A git process and its output, ended when the context is left, however far it was read.

    `stdin` is what the process reads: bytes, the output of another stream, or None for questions that are
    written one by one (`ask`). Bytes and complaints go through files: with pipes, both sides could come to
    wait for each other.
    """

    def __init__(self, words: Sequence[str], stdin: "bytes | Stream | None" = b"") -> None:
        self._words = words
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stream
        given = _file_of(stdin) if isinstance(stdin, bytes) else None
        source = stdin._raw if isinstance(stdin, Stream) else given or subprocess.PIPE  # noqa: SLF001 - one of us
        try:
            self._process = subprocess.Popen(
                command(*words),
                env=environment(),
                bufsize=0,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
            )
        except (OSError, ValueError) as error:
            self._complaints.close()
            raise SourceError(f"git cannot be started: {error}") from error
        finally:
            if given is not None:
                given.close()
        assert self._process.stdout is not None  # noqa: S101 - started with a pipe
        self._raw = self._process.stdout
        self.out = io.BufferedReader(_Patient(self._raw.fileno(), words), _CHUNK)
        if isinstance(stdin, Stream):
            stdin._raw.close()  # noqa: SLF001 - so that it notices when its only reader ends

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

    def ended(self) -> None:
        """Wait for the end. SourceError if the process failed, for then what it printed may be cut short."""
        try:
            status = self._process.wait(timeout=process.TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise _silent(self._words) from error
        if status != 0:
            raise self.failed()

    def failed(self) -> SourceError:
        """The error of a process that ended before its time, with git's own words."""
        self._complaints.seek(0)
        return failure(self._words, self._complaints.read(_CHUNK), hint=_HINT)

    def close(self) -> None:
        """End the process if it has not ended, and let go of it."""
        if self._process.poll() is None:
            self._process.kill()  # it only reads, so nothing is lost
        self._process.wait()
        for pipe in (self._process.stdin, self._raw, self.out, self._complaints):
            if pipe is not None:
                pipe.close()


class _Patient(io.RawIOBase):
    """The reading end of a pipe, given up on after `process.TIMEOUT` seconds of silence."""

    def __init__(self, descriptor: int, words: Sequence[str]) -> None:
        self._descriptor, self._words = descriptor, words
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # a narrower buffer
        if not self._poll.poll(process.TIMEOUT * 1000):
            raise _silent(self._words)
