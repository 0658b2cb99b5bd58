"""Who had a hand in a change, from what its commits claim. Everybody found here cannot vouch for it.

Claims in git are unauthenticated, so they only ever add: a claimed hand excludes a person, a hand that
nobody in the roster answers to asks for one more approval, and no claim takes anybody off the list.
"""

from collections.abc import Iterable, Sequence

import msgspec

from blastdoor.model import Contributor, Value
from blastdoor.people.roster import Directory


class Hand(Value, frozen=True, kw_only=True):
    """A name and mailbox in a role (`author`, `committer`, `co-author`) of one commit.

    `tool` is the registry's name if the identity is a program's; `personal` whether the mailbox may be a
    person's all the same (a tool that adds itself to its user's name).
    """

    role: str
    name: str
    mail: str
    tool: str | msgspec.UnsetType = msgspec.UNSET
    personal: bool = True


class Contributors(Value, frozen=True, kw_only=True):
    """The contributors, and what ids that exist only in this change are called (`u_1` → mailbox or name)."""

    found: tuple[Contributor, ...]
    names: dict[str, str]


def find_contributors(commits: Iterable[Sequence[Hand]], directory: Directory) -> Contributors:
    """The contributors of a change, given the hands of each of its commits, oldest first."""
    book = _Book(directory)
    for hands in commits:
        book.add_commit(hands)
    return book.close()


class _Book:
    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.roles: dict[str, set[str]] = {}
        self.kinds: dict[str, str] = {}
        self.owners: dict[str, str | None] = {}
        self.unmapped: dict[str, str] = {}  # folded mailbox (or name) -> u_<n>
        self.names: dict[str, str] = {}
        # Without a roster each mailbox is a person of unknown level: nobody is a stranger among strangers.
        self._stranger = "unmapped" if directory.roster.persons else "person"

    def add_commit(self, hands: Sequence[Hand]) -> None:
        """Persons first, so that a program that nobody owns can find its owner among them."""
        persons: list[str] = []
        agents: list[str] = []
        for hand in hands:
            holder = self.directory.owner_of_mailbox(hand.mail) if hand.mail else None
            if holder is not None and holder.startswith("a_"):
                agents.append(self._note(holder, "agent", hand.role))
            elif holder is not None:
                persons.append(self._note(holder, "person", hand.role))
            elif hand.personal or hand.tool is msgspec.UNSET:
                persons.append(self._note(self._unmapped(hand), self._stranger, hand.role))
            if isinstance(hand.tool, str) and not (holder or "").startswith("a_"):
                agents.append(self._note(f"tool:{hand.tool}", "agent", hand.role))
        for agent in dict.fromkeys(agents):
            self._find_owner(agent, persons)

    def _note(self, id_: str, kind: str, role: str) -> str:
        self.roles.setdefault(id_, set()).add(role)
        self.kinds[id_] = kind
        return id_

    def _unmapped(self, hand: Hand) -> str:
        key = (hand.mail or hand.name).strip().casefold()
        if key not in self.unmapped:
            self.unmapped[key] = f"u_{len(self.unmapped) + 1}"
            self.names[self.unmapped[key]] = hand.mail or hand.name or "(no name, no mailbox)"
        return self.unmapped[key]

    def _find_owner(self, agent: str, persons: Sequence[str]) -> None:
        listed = self.directory.roster.agent(agent)
        if listed is not None and isinstance(listed.owner, str):
            self.owners[agent] = listed.owner
            self._note(listed.owner, "person", f"owner of {agent}")
            return
        # Whoever else had a hand in the same commit ran it; where nobody did, its owner is not found, and
        # one commit without an owner is enough to leave the question open.
        ran_it = persons[0] if persons else None
        if agent not in self.owners or ran_it is None:
            self.owners[agent] = ran_it

    def close(self) -> Contributors:
        found = []
        for id_ in sorted(self.roles, key=_order):
            owner = self.owners.get(id_)
            found.append(
                Contributor(
                    id=id_,
                    kind=self.kinds[id_],  # type: ignore[arg-type]
                    roles=tuple(sorted(self.roles[id_])),
                    assurance="asserted",
                    owner=msgspec.UNSET if owner is None else owner,
                )
            )
        return Contributors(found=tuple(found), names=self.names)


def _order(id_: str) -> tuple[str, int, str]:
    prefix, _, rest = id_.partition("_")
    return (prefix, int(rest), "") if prefix == "u" and rest.isdigit() else (prefix, 0, id_)
