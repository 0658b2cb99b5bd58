"""A bare repository of our own, made for one run, that borrows the objects of theirs.

Everything but a handful of commands works in here, on object ids: none of their settings, attributes,
drivers, replacements or grafts apply. Their refs are copied as plain names, so that `HEAD~5` means here what
it means there.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from blastdoor.errors import InputError, SourceError
from blastdoor.git.process import run, spawn

_APPROVALS = "refs/blastdoor/approvals/"
_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What is learnt of their repository, once, when it is opened.

    `refs` are all refs by name; `head` the ref that HEAD points to, or a commit id; `origin_head` what
    origin/HEAD points to; `approvals` the blob ids of stored statements by ref; `shallow` the commits whose
    parents are cut off.
    """

    directory: str
    common: Path
    object_format: str
    refs: dict[str, str]
    head: str
    origin_head: str | None
    approvals: dict[str, str]
    shallow: frozenset[str]

    @property
    def empty_tree(self) -> str:
        """The id of the empty tree."""
        return _EMPTY_TREE[self.object_format]


def survey(directory: str) -> Theirs:
    """Learn what is needed of the repository that holds a folder. InputError if there is none."""
    if "\0" in directory or not Path(directory).is_dir():
        raise InputError(f"no such folder: {directory}")
    where = ["-C", directory]
    try:
        _, out = run(
            [*where, "rev-parse", "--path-format=absolute", "--show-object-format", "--git-common-dir"]
        )
    except SourceError as error:
        if "not a git repository" in error.message:
            raise InputError(f"not a git repository: {directory}") from error
        raise
    object_format, _, common_bytes = out.partition(b"\n")
    common = Path(common_bytes.removesuffix(b"\n").decode("utf-8", "surrogateescape"))
    status, head = run([*where, "symbolic-ref", "--quiet", "HEAD"], accept=(0, 1))
    if status == 1:
        _, head = run([*where, "rev-parse", "--verify", "HEAD"])
    refs, origin_head, approvals = _refs(where)
    return Theirs(
        directory=directory,
        common=common,
        object_format=object_format.decode("ascii"),
        refs=refs,
        head=head.decode("utf-8", "surrogateescape").removesuffix("\n"),
        origin_head=origin_head,
        approvals=approvals,
        shallow=_shallow(common),
    )


def _refs(where: Sequence[str]) -> tuple[dict[str, str], str | None, dict[str, str]]:
    _, out = run([*where, "for-each-ref", "--format=%(objectname) %(refname) %(symref)"])
    refs: dict[str, str] = {}
    approvals: dict[str, str] = {}
    origin_head = None
    for line in out.decode("utf-8", "surrogateescape").splitlines():
        id_, name, target = line.split(" ", 2)
        if name.startswith(_APPROVALS):
            approvals[name] = id_
        elif not name.startswith("refs/replace/"):
            refs[name] = id_
        if name == "refs/remotes/origin/HEAD":
            origin_head = target or None
    return refs, origin_head, approvals


def _shallow(common: Path) -> frozenset[str]:
    try:
        return frozenset((common / "shallow").read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("the repository's list of shallow commits cannot be read") from error


class Workshop:
    """The bare repository, and one long-lived process that looks objects up in it."""

    def __init__(self, theirs: Theirs) -> None:
        self.theirs = theirs
        self._folder = tempfile.TemporaryDirectory(prefix="blastdoor-git-")
        self.path = Path(self._folder.name)
        self._lookup: subprocess.Popen[bytes] | None = None
        try:
            self._furnish()
        except OSError as error:
            self._folder.cleanup()
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
        if self._lookup is not None:
            finish(self._lookup)
        self._folder.cleanup()

    def words(self, *words: str) -> list[str]:
        """A git command in here."""
        return [f"--git-dir={self.path}", *words]

    def run(self, *words: str, stdin: bytes = b"", accept: Sequence[int] = (0,)) -> tuple[int, bytes]:
        """Run git in here."""
        return run(self.words(*words), stdin=stdin, accept=accept)

    def info(self, name: str) -> tuple[str, str] | None:
        """The id and type of the object a name stands for; None if there is none, or more than one."""
        answer = self._ask("info", name)
        return None if answer is None else (answer[0], answer[1])

    def contents(self, name: str) -> tuple[str, bytes] | None:
        """The type and content of an object; None if there is none."""
        answer = self._ask("contents", name)
        if answer is None:
            return None
        data = _exactly(self._out(), answer[2] + 1)
        return answer[1], data[:-1]

    def _ask(self, verb: str, name: str) -> tuple[str, str, int] | None:
        if "\n" in name or "\0" in name:
            return None
        if self._lookup is None:
            self._lookup = spawn(self.words("cat-file", "--batch-command"))
        assert self._lookup.stdin is not None  # noqa: S101 - spawned with a pipe
        try:
            self._lookup.stdin.write(f"{verb} {name}\n".encode("utf-8", "surrogateescape"))
            self._lookup.stdin.flush()
        except OSError as error:
            raise SourceError("git cat-file ended early: is an object damaged?") from error
        header = self._out().readline()
        if not header.endswith(b"\n"):
            raise SourceError(f"git cannot read {name[:80]!r}: is the object damaged?")
        return _header(header)

    def _out(self) -> IO[bytes]:
        assert self._lookup is not None  # noqa: S101 - asked before
        assert self._lookup.stdout is not None  # noqa: S101 - spawned with a pipe
        return self._lookup.stdout

    def lines(self, *words: str) -> Iterator[str]:
        """The lines a command prints, as they come; an early end of the reader ends the command."""
        process = spawn(self.words(*words), stdin=subprocess.DEVNULL)
        assert process.stdout is not None  # noqa: S101 - spawned with a pipe
        try:
            for line in process.stdout:
                yield line.decode("utf-8", "surrogateescape").rstrip("\n")
            ended(process, words)
        finally:
            finish(process)


def _header(line: bytes) -> tuple[str, str, int] | None:
    words = line.rstrip(b"\n").rsplit(b" ", 2)
    if len(words) == 3 and words[2].isdigit() and b" " not in words[0]:
        return words[0].decode("ascii"), words[1].decode("ascii"), int(words[2])
    return None  # "<name> missing" or "<name> ambiguous"


def read_objects(out: IO[bytes], limit: int) -> Iterator[tuple[str, bytes | None]]:
    """Objects as `cat-file --batch` prints them: id and content; None where absent or over `limit` bytes."""
    while header := out.readline():
        found = _header(header)
        if found is None:
            yield header.split(b" ", 1)[0].decode("ascii", "replace"), None
            continue
        id_, _, size = found
        if size > limit:
            _skip(out, size + 1)
            yield id_, None
        else:
            yield id_, _exactly(out, size + 1)[:-1]


def _exactly(out: IO[bytes], size: int) -> bytes:
    data = out.read(size)
    if len(data) != size:
        raise SourceError("git ended in the middle of an object: is it damaged?")
    return data


def _skip(out: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(_exactly(out, min(size, 1 << 20)))


def ended(process: "subprocess.Popen[bytes]", words: Sequence[str]) -> None:
    """Wait for a process; SourceError if it failed, for then what it printed may be cut short."""
    if process.wait(timeout=10) != 0:
        raise SourceError(
            f"git {words[0]} failed: an object is missing or damaged",
            hint="in a partial or shallow clone, fetch the rest: git fetch --unshallow, or --refetch",
        )


def finish(process: "subprocess.Popen[bytes]") -> None:
    """Close the pipes of a process, and end it if it has not ended."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # it had ended, with something still to be written to it
                continue
    if process.poll() is None:
        process.terminate()
    process.wait(timeout=10)


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
