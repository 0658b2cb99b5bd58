"""What is learnt of their repository, once, when it is opened.

These few commands, and those that store a statement, are all that ever run where its own settings are seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blastdoor.errors import InputError, SourceError
from blastdoor.git.process import run

#: Where what somebody signed travels: `approvals/`, `reports/`, `deployments/`, `overrides/`.
SIGNED = "refs/blastdoor/"
_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Their repository as it was found.

    `refs` are all refs by name but replacements and statements; `head` the ref that HEAD points to, or a
    commit id; `origin_head` what origin/HEAD points to; `signed` the object ids of stored statements by
    ref; `shallow` the commits whose parents are cut off.
    """

    directory: str
    common: Path
    object_format: str
    refs: dict[str, str]
    head: str
    origin_head: str | None
    signed: dict[str, str]
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
            raise InputError(f"not a git repository: {Path(directory).resolve()}") from error
        raise
    object_format, _, common_bytes = out.partition(b"\n")
    common = Path(common_bytes.removesuffix(b"\n").decode("utf-8", "surrogateescape"))
    status, head = run([*where, "symbolic-ref", "--quiet", "HEAD"], accept=(0, 1))
    if status == 1:
        _, head = run([*where, "rev-parse", "--verify", "HEAD"])
    refs, origin_head, signed = _refs(where)
    return Theirs(
        directory=directory,
        common=common,
        object_format=object_format.decode("ascii"),
        refs=refs,
        head=head.decode("utf-8", "surrogateescape").removesuffix("\n"),
        origin_head=origin_head,
        signed=signed,
        shallow=_shallow(common),
    )


def _refs(where: Sequence[str]) -> tuple[dict[str, str], str | None, dict[str, str]]:
    _, out = run([*where, "for-each-ref", "--format=%(objectname) %(refname) %(symref)"])
    refs: dict[str, str] = {}
    signed: dict[str, str] = {}
    origin_head = None
    # Split at newlines only: a ref may hold other characters that Python takes for the end of a line.
    for line in out.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        id_, name, target = line.split(" ", 2)
        if name.startswith(SIGNED):
            signed[name] = id_
        elif not name.startswith("refs/replace/"):
            refs[name] = id_
        if name == "refs/remotes/origin/HEAD":
            origin_head = target or None
    return refs, origin_head, signed


def _shallow(common: Path) -> frozenset[str]:
    place = common / "shallow"
    try:
        if not place.exists():
            return frozenset()
        if place.is_file():  # a pipe would keep us waiting
            return frozenset(place.read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("the repository's list of shallow commits cannot be read") from error
    raise SourceError("the repository's list of shallow commits is not a file")
