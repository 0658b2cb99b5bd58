"""A policy as it is decided on. Specified in `docs/spec/policy.md`."""

from typing import Literal

import msgspec

from blastdoor.model import Person, Value


class Group(Value, frozen=True, kw_only=True):
    """A set of persons by what the roster says of them. Every field that is given must hold."""

    name: str
    level_at_least: str | msgspec.UnsetType = msgspec.UNSET
    team: str | msgspec.UnsetType = msgspec.UNSET
    persons: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET

    def has(self, person: Person, levels: tuple[str, ...]) -> bool:
        """Whether the person belongs; a level that `levels` does not know belongs nowhere."""
        if not person.active:
            return False
        if isinstance(self.persons, tuple) and person.id not in self.persons:
            return False
        if isinstance(self.team, str) and self.team not in person.teams:
            return False
        if isinstance(self.level_at_least, str):
            if self.level_at_least not in levels or person.level not in levels:
                return False
            return levels.index(person.level) >= levels.index(self.level_at_least)
        return True


class Approvals(Value, frozen=True, kw_only=True, tag="approvals"):
    """`count` different persons of `group`; `presence`, `trained` within so many days, where asked for."""

    count: int
    group: str
    presence: bool = False
    trained: str | msgspec.UnsetType = msgspec.UNSET
    within_days: int | msgspec.UnsetType = msgspec.UNSET

    def sentence(self, count: int) -> str:
        """What is asked for, for `count` persons."""
        text = f"{count} approval{'s' if count != 1 else ''} from {self.group}"
        if self.presence:
            text += ", given in person at a verifying key"
        if isinstance(self.trained, str):
            text += f", trained in {self.trained}"
        if isinstance(self.within_days, int):
            text += f" within {self.within_days} days"
        return text


class TextNeeded(Value, frozen=True, kw_only=True, tag="text"):
    """A text that goes with the change."""

    text: Literal["change_record", "rollback_plan"]


class CheckNeeded(Value, frozen=True, kw_only=True, tag="check"):
    """A check by name and producer that concluded `success` on this head."""

    name: str
    producer: str


Requirement = Approvals | TextNeeded | CheckNeeded


class Rule(Value, frozen=True, kw_only=True):
    """When a condition holds, require these things, or forbid. `line` is where it stands in its file.

    `starts` and `ends` bound an overlay in time (RFC 3339 dates, both included).
    """

    name: str
    when: str
    require: tuple[Requirement, ...]
    line: int
    forbid: str | msgspec.UnsetType = msgspec.UNSET
    starts: str | msgspec.UnsetType = msgspec.UNSET
    ends: str | msgspec.UnsetType = msgspec.UNSET

    def in_force(self, day: str) -> bool:
        """Whether the rule is in force on a day (YYYY-MM-DD)."""
        started = not isinstance(self.starts, str) or self.starts <= day
        return started and (not isinstance(self.ends, str) or day <= self.ends)


class Service(Value, frozen=True, kw_only=True):
    """A service that no catalogue describes, or more of one: whose `paths` (globs) are its files."""

    name: str
    paths: tuple[str, ...]
    tier: int | msgspec.UnsetType = msgspec.UNSET
    depends_on: tuple[str, ...] = ()


class Environment(Value, frozen=True, kw_only=True):
    """A place that changes go to, and the branch that feeds it."""

    name: str
    branch: str
    mode: Literal["observe", "enforce"]
