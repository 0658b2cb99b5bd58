"""Persons, agents, and who had a hand in a change. Pseudonyms only: names live outside the case."""

from typing import Literal

import msgspec

from blastdoor.model.scales import Assurance, Day
from blastdoor.model.value import Value


class Person(Value, frozen=True, kw_only=True):
    """A human of the roster. `keys` are OpenSSH public keys as `type base64`, without a comment.

    `trainings` gives for each training the date (YYYY-MM-DD) it was completed.
    """

    id: str
    level: str
    teams: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    trainings: dict[str, Day] = msgspec.field(default_factory=dict)
    active: bool = True


class Agent(Value, frozen=True, kw_only=True):
    """A program acting for a person. `owner` is that person's id; absent for an agent that many share."""

    id: str
    owner: str | msgspec.UnsetType = msgspec.UNSET
    keys: tuple[str, ...] = ()


class Roster(Value, frozen=True, kw_only=True):
    """Everyone whose yes could count. `levels` from the most junior to the most senior."""

    levels: tuple[str, ...]
    persons: tuple[Person, ...]
    agents: tuple[Agent, ...]

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
