"""Provenance of a history: who says that AI took part in which of its commits."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from blastdoor.errors import InputError
from blastdoor.flows.world import World
from blastdoor.model import Commit, Signal, State
from blastdoor.provenance import (
    MOST_NOTE_BYTES,
    TRACE_FILE,
    Classified,
    Finding,
    Preset,
    Registry,
    Screen,
    builtin_registry,
    classify,
    findings,
    read_traces,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Commits that `head` reaches and `base` does not (None: all)."""

    base: str | None
    head: str


@dataclass(slots=True)
class Overview:
    """What the commits of a history say, counted while they go by. `models` and `tools` count commits."""

    total: int = 0
    states: Counter[State] = field(default_factory=Counter)
    tools: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    attested: int = 0
    ai: int = 0
    notes: int = 0
    notes_unreadable: int = 0
    traces_unreadable: int = 0

    @property
    def state(self) -> State:
        """The state of all of them together."""
        if self.states["ai_disclosed"]:
            return "ai_disclosed"
        return "automation" if 0 < self.total == self.states["automation"] else "no_disclosure"


class Records:
    """What notes and traces say of commits, found when it is asked for."""

    def __init__(self, world: World, head: str, registry: Registry) -> None:
        self._world, self._registry = world, registry
        self.notes = world.notes.listed()
        data = world.trees.file(head, TRACE_FILE)
        self._traces = read_traces(data, registry) if data is not None else None
        self.commits = frozenset(self.notes) | frozenset(self._by_revision())
        self.unreadable_traces = self._traces.unreadable if self._traces else 0

    def _by_revision(self) -> Mapping[str, tuple[Signal, ...]]:
        return self._traces.by_revision if self._traces else {}

    def classify(self, commit: Commit) -> Classified:
        """A commit with all that is known of it."""
        notes = [self._world.notes.text(id_, MOST_NOTE_BYTES) for id_ in self.notes.get(commit.id, ())]
        return classify(commit, self._registry, notes=notes, traces=self._by_revision().get(commit.id, ()))


def range_of(world: World, text: str) -> Range:
    """The commits that `A..B` or a revision names. InputError if they are not here."""
    if "..." in text:
        raise InputError(f"{text}: a range is A..B, without the third dot")
    base, dots, head = text.rpartition("..")
    return Range(
        base=world.refs.resolve(base or "HEAD") if dots else None, head=world.refs.resolve(head or "HEAD")
    )


def change_range(world: World) -> Range:
    """The commits of HEAD that the protected branch does not have."""
    branch, head = world.refs.protected_branch(), world.refs.resolve("HEAD")
    bases = world.refs.merge_bases(branch.commit, head)
    if head in bases:
        raise InputError(
            f"HEAD is already on {branch.name}: there is no change to look at",
            hint="name a range, as in HEAD~5..HEAD",
        )
    return Range(base=bases[0] if bases else None, head=head)


def read_history(world: World, which: Range, overview: Overview) -> Iterator[Classified]:
    """Go through a history; gives every commit with a signal, newest first, and counts all in `overview`."""
    registry = builtin_registry()
    records = Records(world, which.head, registry)
    overview.traces_unreadable = records.unreadable_traces
    for sifted in world.history.sift(which.base, which.head, Screen(registry), records.commits):
        overview.total += sifted.total
        overview.states["no_disclosure"] += sifted.total - len(sifted.found)
        for commit in sifted.found:
            one = records.classify(commit)
            _count(overview, one, noted=commit.id in records.notes)
            if one.signals:
                yield one


def _count(overview: Overview, one: Classified, *, noted: bool) -> None:
    overview.states[one.state] += 1
    overview.tools.update(one.tools)
    overview.models.update(one.models)
    overview.notes += noted
    overview.notes_unreadable += one.note_unread
    if not isinstance(one.lines, msgspec.UnsetType):
        overview.attested += one.lines.attested
        overview.ai += one.lines.ai


def lint(
    world: World, which: Range, preset: Preset, *, attested: bool = False
) -> tuple[int, tuple[Finding, ...]]:
    """How many commits a range has, and what a project's rule refuses in them, oldest first.

    `attested`: whether all of the range is attested to be without AI.
    """
    registry = builtin_registry()
    records = Records(world, which.head, registry)
    total, found = 0, list[Finding]()
    for commit in world.history.commits(which.base, which.head):
        total += 1
        found += findings(records.classify(commit), preset, registry, attested=attested)
    return total, tuple(found)
