"""Marks that stay: a signal once recorded is told of the change however it is rewritten.

What is remembered is what `check --record` and statements saw. It is found again by the commit's difference,
by what that is like, by the branch until its work has landed, and by the pull request. Remembering only ever
adds.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from blastdoor.errors import SourceError
from blastdoor.flows.landed import Landings
from blastdoor.flows.world import World
from blastdoor.formats import digest
from blastdoor.model import EMPTY_BASE, Case, Change, Mark, Signal, Unknown

_EMPTY = digest(b"")
#: As many commits of a change have their patches in it.
_LIKE = 500
_ANY = "any"


class _Gathered(Protocol):
    @property
    def case(self) -> Case: ...
    @property
    def pull_request(self) -> int: ...


def marks_of(world: World, gathered: _Gathered) -> tuple[Mark, ...]:
    """What of a change is to be remembered: each of its signals of AI, by all that it is found again by."""
    case = gathered.case
    change = case.change
    signals = [one for one in case.provenance.signals if one.marks == "ai" and one.strength != "weak"]
    if not signals:
        return ()
    keys = _Keys(world, change, gathered.pull_request)
    commits = set(change.commits)
    found: dict[tuple[str, bytes], Mark] = {}
    for signal in signals:
        commit = next((word for word in signal.where.split() if word in commits), "")
        for key in (_ANY, *keys.of_change(), *(keys.of_commit(commit) if commit else ())):
            mark = Mark(
                key=f"{change.repository} {key}",
                base=change.base,
                head=change.head,
                commit=commit,
                signal=msgspec.structs.replace(signal, removed_in=msgspec.UNSET),
            )
            found.setdefault((key, msgspec.json.encode(mark.signal)), mark)
    return tuple(found.values())


def recall_marks(
    world: World, change: Change, pull_request: int, signals: Sequence[Signal], tip: str
) -> tuple[tuple[Signal, ...], tuple[Unknown, ...]]:
    """The signals that were recorded of this change and are in it no more, and what cannot be found out."""
    try:
        if not world.marks.has(change.repository):
            return (), ()
        keys = _Keys(world, change, pull_request)
        wanted = dict.fromkeys(keys.of_change(), change.head)
        for commit in change.commits[-_LIKE:]:
            wanted |= dict.fromkeys(keys.of_commit(commit), commit)
        marks = world.marks.recall(change.repository, tuple(wanted))
    except SourceError as error:
        unknown = Unknown(
            code="marks-unreadable",
            what=f"marks of AI that were recorded earlier cannot be read: {error.message}",
            step="repair the record, or name another with --state",
        )
        return (), (unknown,)
    there = {(one.tool, one.kind, one.raw) for one in signals}
    found: dict[tuple[str, str, str], Signal] = {}
    landings = Landings(world, tip)
    for mark in marks:
        told = (mark.signal.tool, mark.signal.kind, mark.signal.raw)
        if told in there or told in found or not _still_meant(mark, change, landings):
            continue
        found[told] = msgspec.structs.replace(mark.signal, removed_in=wanted[mark.key])
    return tuple(found.values()), ()


def _still_meant(mark: Mark, change: Change, landings: Landings) -> bool:
    """Whether a mark is of this work: a branch's name is used again once its work has landed."""
    if not mark.key.startswith("branch:"):
        return True
    if mark.head == change.head:
        return True
    try:
        return not landings.have(mark.base, mark.head)
    except SourceError:
        return True  # its commits are gone, so there is no telling whether they landed


class _Keys:
    """What a change and its commits are found again by."""

    def __init__(self, world: World, change: Change, pull_request: int) -> None:
        self._change, self._pull = change, pull_request
        newest = change.commits[-_LIKE:]
        self._patches = dict(zip(change.commits[-len(change.patches) :], change.patches, strict=True))
        firsts = dict(world.history.first_parents(newest))
        self._likes = world.history.likenesses([(firsts[commit], commit) for commit in newest])
        base = None if change.base == EMPTY_BASE else change.base
        self._like = world.history.likenesses([(base, change.head)]).get(change.head)

    def of_change(self) -> Iterator[str]:
        """By the whole difference, the branch, the pull request."""
        if self._change.patch != _EMPTY:
            yield f"patch:{self._change.patch}"
        if self._like:
            yield f"like:{self._like}"
        if isinstance(self._change.branch, str):
            yield f"branch:{self._change.branch}"
        if self._pull:
            yield f"pull:{self._pull}"

    def of_commit(self, commit: str) -> Iterator[str]:
        """By the commit's own difference."""
        yield f"commit:{commit}"
        patch = self._patches.get(commit)
        if patch and patch != _EMPTY:
            yield f"patch:{patch}"
        if commit in self._likes:
            yield f"like:{self._likes[commit]}"
