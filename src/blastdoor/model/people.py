"""Persons, agents, and who had a hand in a change. Pseudonyms only: names live outside the case."""

from typing import Literal

import msgspec

from blastdoor.model.scales import Assurance, Day
from blastdoor.model.value import Value


class LevelSince(Value, frozen=True, kw_only=True):
    """The level that somebody has from a day on."""

    level: str
    since: Day


class Membership(Value, frozen=True, kw_only=True):
    """Being in a team between two days, both included; open where one is absent."""

    team: str
    since: Day | msgspec.UnsetType = msgspec.UNSET
    until: Day | msgspec.UnsetType = msgspec.UNSET


class Absence(Value, frozen=True, kw_only=True):
    """Being away between two days, both included."""

    since: Day
    until: Day


class Person(Value, frozen=True, kw_only=True):
    """A human of the roster. `keys` are OpenSSH public keys as `type base64`, without a comment.

    `trainings` gives for each training the date (YYYY-MM-DD) it was completed, `expiries` the last day it
    counts. `levels` (rising in date) and `memberships` are what has a date of its own; `on` resolves them
    into `level` and `teams`. Days are in UTC.
    """

    id: str
    level: str
    teams: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    trainings: dict[str, Day] = msgspec.field(default_factory=dict)
    active: bool = True
    levels: tuple[LevelSince, ...] | msgspec.UnsetType = msgspec.UNSET
    memberships: tuple[Membership, ...] | msgspec.UnsetType = msgspec.UNSET
    expiries: dict[str, Day] | msgspec.UnsetType = msgspec.UNSET
    absences: tuple[Absence, ...] | msgspec.UnsetType = msgspec.UNSET

    def on(self, day: Day) -> "Person":
        """The person as they were on a day: plain level and teams, and the trainings that counted then."""
        if not self.trainings and self.levels is self.memberships is msgspec.UNSET:
            return self  # as most are: nothing of theirs has a date
        level = self.level
        for one in self.levels or ():
            level = one.level if one.since <= day else level
        teams = {one.team: None for one in self.memberships or () if _within(day, one.since, one.until)}
        expiries = self.expiries or {}
        return msgspec.structs.replace(
            self,
            level=level,
            teams=tuple(dict.fromkeys((*self.teams, *teams))),
            trainings={
                name: completed
                for name, completed in self.trainings.items()
                if completed <= day <= expiries.get(name, day)
            },
            levels=msgspec.UNSET,
            memberships=msgspec.UNSET,
            expiries=msgspec.UNSET,
        )

    def absent(self, day: Day) -> bool:
        """Whether they are away on a day. They may speak all the same; nobody waits for them."""
        return any(one.since <= day <= one.until for one in self.absences or ())


def _within(day: Day, since: Day | msgspec.UnsetType, until: Day | msgspec.UnsetType) -> bool:
    return (since is msgspec.UNSET or since <= day) and (until is msgspec.UNSET or day <= until)


class Agent(Value, frozen=True, kw_only=True):
    """A program acting for a person. `owner` is that person's id; absent for an agent that many share."""

    id: str
    owner: str | msgspec.UnsetType = msgspec.UNSET
    keys: tuple[str, ...] = ()


class Root(Value, frozen=True, kw_only=True):
    """Keys kept offline, `needed` of which accept the first policy, and repair one that locks all out."""

    keys: tuple[str, ...]
    needed: int


class Roster(Value, frozen=True, kw_only=True):
    """Everyone whose yes could count. `levels` from the most junior to the most senior."""

    levels: tuple[str, ...]
    persons: tuple[Person, ...]
    agents: tuple[Agent, ...]
    root: Root | msgspec.UnsetType = msgspec.UNSET

    def on(self, day: Day) -> "Roster":
        """Everyone as they were on a day."""
        return msgspec.structs.replace(self, persons=tuple(person.on(day) for person in self.persons))

    def person(self, id: str) -> Person | None:  # noqa: A002 - the domain's word
        """The person of an id, if there is one."""
        return next((person for person in self.persons if person.id == id), None)

    def agent(self, id: str) -> Agent | None:  # noqa: A002 - the domain's word
        """The agent of an id, if there is one."""
        return next((agent for agent in self.agents if agent.id == id), None)


class Contributor(Value, frozen=True, kw_only=True):
    """Somebody who had a hand in the change, and so cannot vouch for it.

    `id` is a person's (`p_…`), an agent's, or `u_<n>` for a mailbox that no one in the roster claims.
    An agent's `owner` is who ran it here; absent if that was not found.
    """

    id: str
    kind: Literal["person", "agent", "unmapped"]
    roles: tuple[str, ...]
    assurance: Assurance
    owner: str | msgspec.UnsetType = msgspec.UNSET
