"""`people.yaml` into a roster. Specified in `docs/spec/people.md`.

Names and accounts stay here: what goes on to a decision is pseudonyms.
"""

import datetime as dt
import re

import msgspec

from blastdoor.formats import Mapping, Node, parse_yaml
from blastdoor.model import Agent, Person, Roster, Value
from blastdoor.people.sshsig import parse_public_key

DEFAULT_LEVELS = ("junior", "engineer", "senior", "principal")
_PERSON = re.compile(r"p_[a-z0-9_]{1,40}\Z")
_AGENT = re.compile(r"a_[a-z0-9_]{1,40}\Z")
_PROVIDER = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
#: `<id>+<login>@users.noreply.<forge>`: the id is what stays when a login is renamed.
_NOREPLY = re.compile(r"([0-9]{1,20})\+[^@+]{1,100}@users\.noreply\.github\.com\Z")

Account = tuple[str, str]


class Directory(Value, frozen=True, kw_only=True):
    """A roster with what ties it to the world: whose each account is, and what people are called."""

    roster: Roster
    accounts: dict[Account, str]
    names: dict[str, str]

    def owner_of_mailbox(self, mail: str) -> str | None:
        """The person or agent whose mailbox, or numeric forge id within it, this is."""
        folded = mail.strip().casefold()
        noreply = _NOREPLY.match(folded)
        if noreply and ("github", noreply[1]) in self.accounts:
            return self.accounts["github", noreply[1]]
        return self.accounts.get(("git", folded))


NOBODY = Directory(roster=Roster(levels=DEFAULT_LEVELS, persons=(), agents=()), accounts={}, names={})


def load_directory(data: bytes, file: str) -> Directory:
    """The directory of a `people.yaml`; errors carry the name `file` and the line. Raises InputError."""
    return _Loader().load(parse_yaml(data, file).mapping())


class _Loader:
    """Keeps where each account, key and id was first claimed, so that a second claim can name both lines."""

    def __init__(self) -> None:
        self.accounts: dict[Account, str] = {}
        self.names: dict[str, str] = {}
        self.claimed: dict[str, int] = {}

    def load(self, top: Mapping) -> Directory:
        top.only("version", "levels", "persons", "agents")
        if top.need("version").integer() != 1:
            top.need("version").fail("this Blastdoor reads version 1", "run a newer Blastdoor")
        levels = self._levels(top.get("levels"))
        persons = tuple(self._person(item.mapping(), levels) for item in top.need("persons").sequence())
        node = top.get("agents")
        agents = (
            () if node is None else tuple(self._agent(item.mapping(), persons) for item in node.sequence())
        )
        roster = Roster(levels=levels, persons=persons, agents=agents)
        return Directory(roster=roster, accounts=self.accounts, names=self.names)

    def _levels(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return DEFAULT_LEVELS
        levels = tuple(item.text() for item in node.sequence())
        if not levels or len(set(levels)) != len(levels):
            node.fail("levels are a list without repeats, the most junior first")
        return levels

    def _person(self, fields: Mapping, levels: tuple[str, ...]) -> Person:
        fields.only("id", "name", "level", "teams", "active", "accounts", "keys", "trainings")
        id_ = self._id(fields, _PERSON, "p_")
        level = fields.need("level")
        if level.text() not in levels:
            level.fail(f"no level is called {level.text()!r}", f"levels: {', '.join(levels)}")
        teams, active = fields.get("teams"), fields.get("active")
        self._take_accounts(fields.get("accounts"), id_)
        return Person(
            id=id_,
            level=level.text(),
            teams=() if teams is None else tuple(team.text() for team in teams.sequence()),
            keys=self._keys(fields.get("keys")),
            trainings=_trainings(fields.get("trainings")),
            active=active is None or active.boolean(),
        )

    def _agent(self, fields: Mapping, persons: tuple[Person, ...]) -> Agent:
        fields.only("id", "name", "owner", "accounts", "keys")
        id_ = self._id(fields, _AGENT, "a_")
        owner = fields.get("owner")
        if owner is not None and owner.text() not in {person.id for person in persons}:
            owner.fail(f"no person has the id {owner.text()!r}")
        self._take_accounts(fields.get("accounts"), id_)
        return Agent(
            id=id_,
            owner=msgspec.UNSET if owner is None else owner.text(),
            keys=self._keys(fields.get("keys")),
        )

    def _id(self, fields: Mapping, pattern: re.Pattern[str], prefix: str) -> str:
        node = fields.need("id")
        if not pattern.match(node.text()):
            node.fail(f"{node.text()!r} is no id: {prefix} and up to 40 of a-z, 0-9 and _")
        self._claim(node, node.text(), f"the id {node.text()}")
        name = fields.get("name")
        if name is not None:
            self.names[node.text()] = name.text()
        return node.text()

    def _take_accounts(self, node: Node | None, holder: str) -> None:
        for item in () if node is None else node.sequence():
            fields = item.mapping()
            fields.only("provider", "id")
            provider, id_ = fields.need("provider"), fields.need("id")
            if not _PROVIDER.match(provider.text()):
                provider.fail("a provider is a short word: git, github, gitlab")
            if provider.text() != "git" and not (id_.text().isascii() and id_.text().isdigit()):
                id_.fail("a forge account is named by its number: a login can be renamed and taken over")
            account = (provider.text(), id_.text().casefold())
            self._claim(id_, f"{account[0]} account {account[1]}", f"the {account[0]} account {account[1]}")
            self.accounts[account] = holder

    def _keys(self, node: Node | None) -> tuple[str, ...]:
        keys = []
        for item in () if node is None else node.sequence():
            try:
                key = parse_public_key(item.text())
            except ValueError as error:
                item.fail(f"not an OpenSSH public key: {error}")
            self._claim(item, key, "this key")
            keys.append(key)
        return tuple(keys)

    def _claim(self, node: Node, what: str, called: str) -> None:
        if what in self.claimed:
            node.fail(f"{called} is held already on line {self.claimed[what]}", "each belongs to one alone")
        self.claimed[what] = node.line


def _trainings(node: Node | None) -> dict[str, str]:
    trainings: dict[str, str] = {}
    for name, item in {}.items() if node is None else node.mapping().entries.items():
        try:
            trainings[name] = dt.date.fromisoformat(item.text()).isoformat()
        except ValueError:
            item.fail(f"a date as 2026-03-10 is wanted here, not {item.text()!r}")
        if not name.isascii():
            item.fail("a training's name is plain ASCII")
    return trainings
