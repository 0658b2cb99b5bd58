"""A policy as it is decided on. Specified in `docs/spec/policy.md`."""

from typing import Literal

import msgspec

from blastdoor.model import Person, State, Value


class Group(Value, frozen=True, kw_only=True):
    """A set of persons by what the roster says of them. Every field that is given must hold.

    `any_of`: they are in one of these groups; `all_of`: in each of them.
    """

    name: str
    level_at_least: str | msgspec.UnsetType = msgspec.UNSET
    team: str | msgspec.UnsetType = msgspec.UNSET
    persons: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    any_of: "tuple[Group, ...] | msgspec.UnsetType" = msgspec.UNSET
    all_of: "tuple[Group, ...] | msgspec.UnsetType" = msgspec.UNSET

    def has(self, person: Person, levels: tuple[str, ...]) -> bool:
        """Whether the person belongs; a level that `levels` does not know belongs nowhere."""
        if not person.active:
            return False
        if isinstance(self.persons, tuple) and person.id not in self.persons:
            return False
        if isinstance(self.team, str) and self.team not in person.teams:
            return False
        if isinstance(self.any_of, tuple) and not any(one.has(person, levels) for one in self.any_of):
            return False
        if isinstance(self.all_of, tuple) and not all(one.has(person, levels) for one in self.all_of):
            return False
        if isinstance(self.level_at_least, str):
            if self.level_at_least not in levels or person.level not in levels:
                return False
            return levels.index(person.level) >= levels.index(self.level_at_least)
        return True

    def named_levels(self) -> frozenset[str]:
        """Every level that this group, or one it is made of, names."""
        own = {self.level_at_least} if isinstance(self.level_at_least, str) else set()
        parts = (*(self.any_of or ()), *(self.all_of or ()))
        return frozenset(own.union(*(part.named_levels() for part in parts)))


class Knows(Value, frozen=True, kw_only=True):
    """That somebody wrote `commits` commits to the touched folders in the last `days` days."""

    commits: int
    days: int


class Approvals(Value, frozen=True, kw_only=True, tag="approvals"):
    """`count` different persons of `group`; `presence`, `trained` within so many days, where asked for."""

    count: int
    group: str
    presence: bool = False
    trained: str | msgspec.UnsetType = msgspec.UNSET
    within_days: int | msgspec.UnsetType = msgspec.UNSET
    knows: Knows | msgspec.UnsetType = msgspec.UNSET

    def sentence(self, count: int) -> str:
        """What is asked for, for `count` persons."""
        text = f"{count} approval{'s' if count != 1 else ''} from {self.group}"
        if self.presence:
            text += ", given in person at a verifying key"
        if isinstance(self.trained, str):
            text += f", trained in {self.trained}"
        if isinstance(self.within_days, int):
            text += f" within {self.within_days} days"
        if isinstance(self.knows, Knows):
            text += f", with {self.knows.commits} commits to this code in {self.knows.days} days"
        return text


class OwnersNeeded(Value, frozen=True, kw_only=True, tag="owners"):
    """`count` owners of each owned path that is touched, or of each reached service.

    `tier`: only of services that are at least as critical.
    """

    count: int
    of: Literal["paths", "services"]
    tier: int | msgspec.UnsetType = msgspec.UNSET


class TextNeeded(Value, frozen=True, kw_only=True, tag="text"):
    """A text that goes with the change, with something under each of `headings`."""

    text: Literal["change_record", "rollback_plan"]
    headings: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class CheckNeeded(Value, frozen=True, kw_only=True, tag="check"):
    """A check by name and producer that concluded `success` on this head."""

    name: str
    producer: str


class RolloutNeeded(Value, frozen=True, kw_only=True, tag="rollout"):
    """A rollout of at least two stages, the first of at most `first_percent` percent."""

    first_percent: int | msgspec.UnsetType = msgspec.UNSET


class Cooling(Value, frozen=True, kw_only=True, tag="cooling"):
    """That this content was first seen so many hours ago."""

    hours: int


#: Days as they are written, in the order of `datetime.date.weekday`.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(Value, frozen=True, kw_only=True, tag="window"):
    """That it is one of `days`, between two times of day (`HH:MM`) in a time zone; or `unless` is met."""

    days: tuple[str, ...]
    opens: str
    closes: str
    zone: str
    unless: tuple[Approvals, ...] = ()


class Freeze(Value, frozen=True, kw_only=True, tag="freeze"):
    """That a time (RFC 3339, UTC) has come; or `unless` is met."""

    until: str
    unless: tuple[Approvals, ...] = ()


class Limit(Value, frozen=True, kw_only=True, tag="limit"):
    """That fewer than `changes` were deployed here in the last `hours`, of those at least so risky."""

    changes: int
    hours: int
    state: State | msgspec.UnsetType = msgspec.UNSET
    tier: int | msgspec.UnsetType = msgspec.UNSET


Requirement = (
    Approvals | OwnersNeeded | TextNeeded | CheckNeeded | RolloutNeeded | Cooling | Window | Freeze | Limit
)


class Rule(Value, frozen=True, kw_only=True):
    """When a condition holds, require these things, or forbid. `line` is where it stands in its file.

    `starts` and `ends` bound it in time: days in UTC (both included), or times in UTC (the last is not).
    """

    name: str
    when: str
    require: tuple[Requirement, ...]
    line: int
    forbid: str | msgspec.UnsetType = msgspec.UNSET
    starts: str | msgspec.UnsetType = msgspec.UNSET
    ends: str | msgspec.UnsetType = msgspec.UNSET

    def in_force(self, now: str) -> bool:
        """Whether the rule is in force at a time (RFC 3339, UTC), or at some time of a day."""
        if isinstance(self.starts, str) and now[: len(self.starts)] < self.starts[: len(now)]:
            return False
        if not isinstance(self.ends, str):
            return True
        return now < self.ends if "T" in self.ends else now[:10] <= self.ends


class Service(Value, frozen=True, kw_only=True):
    """A service that no catalogue describes, or more of one: whose `paths` (globs) are its files."""

    name: str
    paths: tuple[str, ...]
    tier: int | msgspec.UnsetType = msgspec.UNSET
    depends_on: tuple[str, ...] = ()


class Target(Value, frozen=True, kw_only=True):
    """A part of an environment that is deployed by itself: the globs of its files."""

    name: str
    paths: tuple[str, ...]


class Environment(Value, frozen=True, kw_only=True):
    """A place that changes go to, the branch that feeds it, and whose word it is what runs there."""

    name: str
    branch: str
    mode: Literal["observe", "enforce"]
    deployer: str | msgspec.UnsetType = msgspec.UNSET
    targets: tuple[Target, ...] = ()


class Producer(Value, frozen=True, kw_only=True):
    """A program whose reports count, by the keys it signs with (canonical OpenSSH public keys)."""

    name: str
    keys: tuple[str, ...]


class Emergency(Value, frozen=True, kw_only=True):
    """How the door for emergencies opens. `hours`: an override's longest life."""

    group: str
    reviewers: str
    hours: int = 4
    review_hours: int = 72
    per_incident: int = 3
    presence: bool = True
