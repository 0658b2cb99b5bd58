"""The outside world as one value: what a flow may touch, by its ports."""

from dataclasses import dataclass

from blastdoor.formats import moment_text
from blastdoor.ports import (
    Clock,
    FactCache,
    History,
    Marks,
    Merges,
    Notes,
    Refs,
    StatementStore,
    Trees,
    Zones,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The rules above a repository's own: policy, roster and directory file as bytes, and where from."""

    policy: bytes
    people: bytes | None
    export: bytes | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Adapters for one repository, and the clock. Built in `wiring` alone."""

    refs: Refs
    history: History
    trees: Trees
    merges: Merges
    statements: StatementStore
    reports: StatementStore
    deployments: StatementStore
    overrides: StatementStore
    zones: Zones
    notes: Notes
    marks: Marks
    cache: FactCache
    clock: Clock
    organisation: Organisation | None = None

    def now(self) -> str:
        """The time as RFC 3339 in UTC, whole seconds."""
        return moment_text(self.clock())
