"""How far a change can go, and what it can destroy."""

from typing import Literal

import msgspec

from blastdoor.model.scales import Level, Tier
from blastdoor.model.value import Value


class RuleHit(Value, frozen=True, kw_only=True):
    """A named rule that set a level. `witness` is the way from the change to what it hits, ends included."""

    id: str
    level: Level
    why: str
    witness: tuple[str, ...] = ()


class ServiceReached(Value, frozen=True, kw_only=True):
    """A service of the catalogue. `distance` counts steps from a changed file (0: one of its own)."""

    name: str
    tier: Tier
    distance: int
    path: tuple[str, ...]
    tier_known: bool = True


Action = Literal["create", "update", "replace", "delete", "forget", "read", "no-op", "move", "unreadable"]

#: What an operation puts at risk beyond itself: who may do what, what can be reached, what names lead where,
#: what can be decrypted, whether it stays available while it is done, what users get by default, and what it
#: leaves behind that nobody looks after.
Danger = Literal["access", "network", "names", "keys", "availability", "defaults", "orphan", "unknown"]


class Operation(Value, frozen=True, kw_only=True):
    """Something done to a resource.

    `irreversible`: what it takes away cannot be made again from the repository. `danger`: absent where it
    endangers nothing but itself. `where`: the file (and line) that says so.
    """

    resource: str
    type: str
    action: Action
    irreversible: bool
    why: str
    danger: Danger | msgspec.UnsetType = msgspec.UNSET
    where: str | msgspec.UnsetType = msgspec.UNSET


class Unknown(Value, frozen=True, kw_only=True):
    """Something that could not be known, and so only ever raises. `step` is what would make it known."""

    code: str
    what: str
    step: str
    where: str | msgspec.UnsetType = msgspec.UNSET


class FileCounts(Value, frozen=True, kw_only=True):
    """Files changed, and files reached including the changed ones."""

    changed: int
    reached: int


class Coverage(Value, frozen=True, kw_only=True):
    """How much of the head's tree was understood: files with a reader for their kind, of all files."""

    understood: int
    total: int


class OrderTerm(Value, frozen=True, kw_only=True):
    """What one service adds to the order: `points` is its tier's weight, halved with each step away."""

    service: str
    tier: Tier
    distance: int
    points: int


class Order(Value, frozen=True, kw_only=True):
    """Which of two changes of one level comes first: the higher sum. `terms` are what it is the sum of."""

    points: int
    terms: tuple[OrderTerm, ...]


class Reach(Value, frozen=True, kw_only=True):
    """The blast radius. `level` is the highest of `rules`; `tier` the most critical reached, 9 for none.

    `packages`: the folders that were reached, as far as they are packages or modules of a language. `owners`:
    who owns the changed files, by CODEOWNERS.
    """

    level: Level
    tier: Tier
    rules: tuple[RuleHit, ...]
    files: FileCounts
    services: tuple[ServiceReached, ...]
    operations: tuple[Operation, ...]
    unknowns: tuple[Unknown, ...]
    coverage: Coverage
    catalogue: Literal["present", "none"]
    docs_only: bool
    tests_only: bool
    irreversible: bool
    policy_files: bool
    packages: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    owners: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    order: Order | msgspec.UnsetType = msgspec.UNSET
