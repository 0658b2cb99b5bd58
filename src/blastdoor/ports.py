"""What flows need of the outside world: small Protocols, owned here, kept by the adapters.

All of them raise `SourceError` when the world fails them and `InputError` when a person asked for
something that is not there.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from blastdoor.model import Commit, Envelope, FileChange, Mark, MergeProof, Value

#: The time, with its zone. The only clock in the house.
Clock = Callable[[], datetime]


class ProtectedBranch(Value, frozen=True, kw_only=True):
    """The branch whose tip is the rules base: `name` for people (`main`), the full `ref`, its `commit`."""

    name: str
    ref: str
    commit: str


class TreeFile(Value, frozen=True, kw_only=True):
    """A file of a commit's tree: escaped `path`, git's octal `mode`, blob id."""

    path: str
    mode: str
    blob: str


class Difference(Value, frozen=True, kw_only=True):
    """The raw difference of two trees: the SHA-256 `patch` digest (docs/spec/seal.md) and its files."""

    patch: str
    files: tuple[FileChange, ...]


#: Which of many commits (headers and message of each, as they are stored) are wanted whole.
Screen = Callable[[Sequence[tuple[bytes, bytes]]], Iterable[int]]


class Sifted(Value, frozen=True, kw_only=True):
    """Some commits of a history: how many they are, and those that were found, whole."""

    total: int
    found: tuple[Commit, ...]


class Refs(Protocol):
    """Names to commits, and how commits stand to each other."""

    def resolve(self, revision: str) -> str:
        """The commit id a revision names (`HEAD~5`, `origin/main`). InputError if it names none."""

    def branch_of(self, revision: str) -> str | None:
        """The local or remote branch a revision names (`HEAD` on a branch counts), without `refs/…/`."""

    def protected_branch(self) -> ProtectedBranch:
        """`origin/HEAD`, else the default branch. InputError if there is no telling."""

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """All best common ancestors, sorted; empty for unrelated histories.

        SourceError where a shallow clone hides the answer.
        """

    def repository_id(self) -> str:
        """The normalised origin address, else `local:<root commit of the protected branch>`."""


class History(Protocol):
    """Commits and differences."""

    def commits(self, base: str | None, head: str) -> Iterator[Commit]:
        """Every commit reachable from head and not from base (None: all), parents before children."""

    def sift(self, base: str | None, head: str, screen: Screen, also: Container[str]) -> Iterator[Sifted]:
        """The same history, newest first: whole are only commits in `also` and those `screen` wants."""

    def difference(self, base: str | None, head: str) -> Difference:
        """The raw difference from base's tree (None: the empty tree) to head's."""

    def range_diff(self, before: tuple[str, str], after: tuple[str, str], limit: int) -> tuple[str, ...]:
        """How two ranges of commits (base, head) differ, as git tells it; the first `limit` lines.

        Empty where one of the commits is not here.
        """

    def touching(self, tip: str, folder: str) -> Iterator[str]:
        """The first-parent steps of `tip` that changed a folder, newest first, after the tip itself."""

    def patches(self, commits: Sequence[str]) -> tuple[str, ...]:
        """For each commit the patch digest of its difference to its first parent (root: the empty tree)."""

    def first_parents(self, commits: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        """Each commit with its first parent (None for a root)."""

    def likenesses(self, pairs: Sequence[tuple[str | None, str]]) -> Mapping[str, str]:
        """For each pair of commits (None: the empty tree) by its second what its difference is like.

        Equal for the same lines taken out and put in, wherever they stand and however they are indented.
        """

    def differences(self, pairs: Sequence[tuple[str | None, str]]) -> Iterator[Difference]:
        """The raw difference of each pair of commits (None: the empty tree)."""

    def authors(self, tip: str, since: str, folders: Sequence[str]) -> Iterator[str]:
        """The author's mailbox of each commit of `tip`, merges aside, to files in these folders since then.

        By the committer's date, which is a claim. "" is the root folder and all below it.
        """

    def tree_of(self, commit: str) -> str:
        """The tree id of a commit."""


class Landing(Value, frozen=True, kw_only=True):
    """One step of the protected branch: its first parent, its result, and their raw difference."""

    parent: str
    commit: str
    difference: Difference


class Trees(Protocol):
    """Files of a commit, without a checkout."""

    def files(self, commit: str) -> Iterator[TreeFile]:
        """Every file of the commit's tree, in git's order."""

    def blobs(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        """The content of each blob in the order asked; None if it is larger than `limit` bytes or absent."""

    def file(self, commit: str, path: str) -> bytes | None:
        """The content of one file by its plain path; None if there is none."""


class Merges(Protocol):
    """Our own merges, in a repository of our own."""

    def merge(self, ours: str, theirs: str, branch: str) -> MergeProof:
        """Merge two commits by git's default strategy, with nothing of the repository's configuration.

        `on_first_parent` of the proof: whether `ours` is on the first-parent history of commit `branch`.
        """

    def unmerged(self, commits: Sequence[str], branch: str) -> frozenset[str]:
        """Those of the commits that exist here and are not reachable from commit `branch`."""

    def here(self, commits: Sequence[str]) -> frozenset[str]:
        """Those of the commits that exist here."""

    def landings(self, base: str, tip: str, limit: int) -> tuple[Landing, ...] | None:
        """The first-parent steps of commit `tip` that commit `base` does not have.

        None if there are more than `limit`, or if some are out of sight (a shallow clone).
        """

    def steps_since(self, tip: str, since: str, limit: int) -> tuple[tuple[str, str], ...]:
        """The newest first-parent steps of `tip` as (parent, commit), newest first, by the committer's date.

        `since` is a time, or what git takes for one (`90.days`). At most `limit`.
        """

    def on_first_parent(self, commits: Sequence[str], branch: str) -> frozenset[str]:
        """Those of the commits that are on the first-parent history of commit `branch`."""


class Notes(Protocol):
    """What git notes say of commits."""

    def listed(self) -> Mapping[str, tuple[str, ...]]:
        """For each commit that has notes of AI tools, the ids of the notes."""

    def text(self, id: str, limit: int) -> bytes | None:  # noqa: A002 - the domain's word
        """A note; None if it is not here or larger than `limit` bytes."""


#: What a time zone is ahead of UTC, in minutes, from a moment on for so many days: each change with its
#: moment; None for a zone that is not known. Changes are found to the hour.
Zones = Callable[[str, datetime, int], tuple[tuple[datetime, int], ...] | None]


class StatementStore(Protocol):
    """What somebody signed, as it travels: approvals, or reports, or deployments, or overrides."""

    def read(self) -> tuple[Envelope, ...]:
        """Every envelope found, in a stable order. What is not readable as one is left out."""

    def write(self, id: str, envelope: Envelope) -> None:  # noqa: A002 - the domain's word
        """Store an envelope under the id of its statement."""

    def remove(self, id: str) -> None:  # noqa: A002 - the domain's word
        """Take back what `write` stored just now."""

    def unreadable(self) -> tuple[str, ...]:
        """The names of refs that hold something else."""


class Marks(Protocol):
    """The marks that were recorded."""

    def recall(self, repository: str, keys: Sequence[str]) -> tuple[Mark, ...]:
        """Those seen in this repository under one of the keys. SourceError if the record cannot be read."""

    def has(self, repository: str) -> bool:
        """Whether there is any for this repository."""

    def first_seen(self, repository: str, patch: str) -> str | None:
        """When a difference was first recorded (RFC 3339, UTC)."""


class FactCache(Protocol):
    """Facts per blob, by a key that names content and extractor; may forget anything at any time."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """What is known of the keys."""

    def put_many(self, facts: Mapping[str, bytes]) -> None:
        """Remember; a cache that cannot be written stays silent."""


class Record(Protocol):
    """The record of decisions and statements. Each write is one transaction with its ledger entry."""

    def add_verdict(
        self,
        id: str,  # noqa: A002 - the domain's word
        verdict: bytes,
        bundle: bytes,
        marks: Sequence[Mark],
        seen: Sequence[tuple[str, str]] = (),
        carried: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Record a verdict, the bundle it was decided from, and the marks that were seen.

        `seen`: each (repository, patch) that is there now; the first time of each is kept. `carried`: each
        yes that was carried over by proof, with that proof; an entry of its own.
        """

    def add_statement(self, id: str, envelope: bytes, actor: str, marks: Sequence[Mark]) -> None:  # noqa: A002
        """Record what somebody signed, and the marks that they saw."""
