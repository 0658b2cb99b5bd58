"""`people.yaml` into a roster. Specified in `docs/spec/people.md`.

Names and accounts stay here: what goes on to a decision is pseudonyms.
"""

import datetime as dt
import re
from typing import Any

import msgspec

from blastdoor.formats import Mapping, Node, Scalar, Sequence, parse_yaml
from blastdoor.model import Absence, Agent, LevelSince, Membership, Person, Root, Roster, Value
from blastdoor.people.sshsig import parse_public_key

DEFAULT_LEVELS = ("junior", "engineer", "senior", "principal")
_PERSON = re.compile(r"p_[a-z0-9_]{1,40}\Z")
_AGENT = re.compile(r"a_[a-z0-9_]{1,40}\Z")
_PROVIDER = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SHOWN = 60
_MAX_LEVELS = 100
_PERSON_FIELDS = ("id", "name", "level", "teams", "active", "accounts", "keys", "trainings", "absences")
#: `<id>+<login>@users.noreply.<forge>`: the id is what stays when a login is renamed.
_NOREPLY = re.compile(r"([0-9]{1,20})\+[^@+]{1,100}@users\.noreply\.github\.com\Z")

Account = tuple[str, str]


class Directory(Value, frozen=True, kw_only=True):
    """A roster with what ties it to the world: whose each account is, and what people are called.

    `logins`: whose each (provider, login in lower case) is; proves nothing, for a login can be taken over.
    `exported`: people.yaml counts on a directory file. `group_levels`: which level each group of that file
    gives to the persons in `unlevelled`, for whom people.yaml gives none.
    """

    roster: Roster
    accounts: dict[Account, str]
    names: dict[str, str]
    logins: dict[Account, str] = msgspec.field(default_factory=dict)
    exported: bool = False
    group_levels: dict[str, str] = msgspec.field(default_factory=dict)
    unlevelled: frozenset[str] = frozenset()

    def owner_of_mailbox(self, mail: str) -> str | None:
        """The person or agent whose mailbox, or numeric forge id within it, this is."""
        return next((self.accounts[one] for one in accounts_of_mailbox(mail) if one in self.accounts), None)

    def owner_of_login(self, login: str, provider: str = "github") -> str | None:
        """The person or agent that a forge calls so, in any case. Good for asking them, never for proof."""
        return self.logins.get((provider, login.strip().removeprefix("@").casefold()))


def accounts_of_mailbox(mail: str) -> tuple[Account, ...]:
    """What a mailbox names: the numeric forge id within it, if there is one, and itself."""
    folded = mail.strip().casefold()
    noreply = _NOREPLY.match(folded)
    own = ("git", folded)
    return (own,) if noreply is None else (("github", noreply[1]), own)


NOBODY = Directory(roster=Roster(levels=DEFAULT_LEVELS, persons=(), agents=()), accounts={}, names={})


def load_directory(data: bytes, file: str) -> Directory:
    """The directory of a `people.yaml`; errors carry the name `file` and the line. Raises InputError."""
    return _Loader().load(parse_yaml(data, file).mapping())


class _Loader:
    """Keeps where each account, key and id was first claimed, so that a second claim can name both lines."""

    def __init__(self) -> None:
        self.accounts: dict[Account, str] = {}
        self.logins: dict[Account, str] = {}
        self.names: dict[str, str] = {}
        self.claimed: dict[str, int] = {}
        self.unlevelled: set[str] = set()
        self.exported = False

    def load(self, top: Mapping) -> Directory:
        top.only("version", "levels", "persons", "agents", "root", "directory")
        if top.need("version").integer() != 1:
            top.need("version").fail("this Blastdoor reads version 1", "run a newer Blastdoor")
        levels = self._levels(top.get("levels"))
        group_levels = self._directory(top.get("directory"), levels)
        persons = tuple(self._person(item.mapping(), levels) for item in top.need("persons").sequence())
        ids, node = frozenset(person.id for person in persons), top.get("agents")
        agents = () if node is None else tuple(self._agent(item.mapping(), ids) for item in node.sequence())
        roster = Roster(levels=levels, persons=persons, agents=agents, root=self._root(top.get("root")))
        return Directory(
            roster=roster,
            accounts=self.accounts,
            names=self.names,
            logins=self.logins,
            exported=self.exported,
            group_levels=group_levels,
            unlevelled=frozenset(self.unlevelled),
        )

    def _directory(self, node: Node | None, levels: tuple[str, ...]) -> dict[str, str]:
        self.exported = node is not None
        if node is None:
            return {}
        node.mapping().only("levels")
        given = node.mapping().get("levels")
        entries = {} if given is None else given.mapping().entries
        return {group: _level(item, levels) for group, item in entries.items()}

    def _root(self, node: Node | None) -> Root | msgspec.UnsetType:
        if node is None:
            return msgspec.UNSET
        fields = node.mapping()
        fields.only("keys", "needed")
        keys, needed = self._keys(fields.need("keys")), fields.get("needed")
        if not keys:
            fields.need("keys").fail("at least one root key is wanted here", "or leave `root:` out")
        count = 1 if needed is None else needed.integer()
        if needed is not None and not 1 <= count <= len(keys):
            needed.fail(f"{count} of {len(keys)} keys can never be: from 1 to {len(keys)}")
        return Root(keys=keys, needed=count)

    def _levels(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return DEFAULT_LEVELS
        levels = tuple(item.text() for item in node.sequence())
        if not 1 <= len(set(levels)) == len(levels) <= _MAX_LEVELS:
            node.fail("levels are a list without repeats, the most junior first", f"at most {_MAX_LEVELS}")
        return levels

    def _person(self, fields: Mapping, levels: tuple[str, ...]) -> Person:
        fields.only(*_PERSON_FIELDS)
        id_ = self._id(fields, _PERSON, "p_")
        active = fields.get("active")
        self._take_accounts(fields.get("accounts"), id_)
        return Person(
            id=id_,
            keys=self._keys(fields.get("keys")),
            active=active is None or active.boolean(),
            **self._person_level(fields, id_, levels),
            **_teams(fields.get("teams")),
            **_trainings(fields.get("trainings")),
            **_absences(fields.get("absences")),
        )

    def _person_level(self, fields: Mapping, id_: str, levels: tuple[str, ...]) -> dict[str, Any]:
        node = fields.get("level")
        if node is None and self.exported:
            self.unlevelled.add(id_)
            return {"level": levels[0]}
        node = fields.need("level")
        if isinstance(node, Sequence):
            # Before the first of them begins, and so until somebody says more, they are the most junior.
            return {"level": levels[0], "levels": _dated_levels(node, levels)}
        return {"level": _level(node, levels)}

    def _agent(self, fields: Mapping, persons: frozenset[str]) -> Agent:
        fields.only("id", "name", "owner", "accounts", "keys")
        id_ = self._id(fields, _AGENT, "a_")
        owner = fields.get("owner")
        if owner is not None and owner.text() not in persons:
            owner.fail(f"no person has the id {owner.text()[:_SHOWN]!r}")
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
            fields.only("provider", "id", "login")
            provider, id_ = fields.need("provider"), fields.need("id")
            if not _PROVIDER.match(provider.text()):
                provider.fail("a provider is a short word: git, github, gitlab")
            if provider.text() != "git" and not (id_.text().isascii() and id_.text().isdigit()):
                id_.fail("a forge account is named by its number: a login can be renamed and taken over")
            account = (provider.text(), id_.text().casefold())
            self._claim(id_, f"{account[0]} account {account[1]}", f"the {account[0]} account {account[1]}")
            self.accounts[account] = holder
            self._take_login(fields.get("login"), provider, holder)

    def _take_login(self, node: Node | None, provider: Node, holder: str) -> None:
        if node is None:
            return
        forge, login = provider.text(), node.text()
        if forge == "git":
            node.fail("only an account of a forge has a login")
        if not _LOGIN.match(login):
            node.fail(f"{login[:_SHOWN]!r} is no login", "as the forge writes it, without @")
        account = (forge, login.casefold())
        self._claim(node, f"{forge} login {account[1]}", f"the {forge} login {login}")
        self.logins[account] = holder

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


def _level(node: Node, levels: tuple[str, ...]) -> str:
    if node.text() not in levels:
        node.fail(f"no level is called {node.text()[:_SHOWN]!r}", f"levels: {', '.join(levels)}")
    return node.text()


def _dated_levels(node: Sequence, levels: tuple[str, ...]) -> tuple[LevelSince, ...]:
    dated: list[LevelSince] = []
    for item in node:
        if isinstance(item, Scalar):
            item.fail("a single value is wanted here, or a list of { is: senior, from: 2026-03-10 }")
        fields = item.mapping()
        fields.only("is", "from")
        one = LevelSince(level=_level(fields.need("is"), levels), since=_day(fields.need("from")))
        if dated and one.since <= dated[-1].since:
            fields.need("from").fail(f"{one.since} is not after {dated[-1].since}: levels rise in date")
        dated.append(one)
    if not dated:
        node.fail("a level is wanted here, or a list of { is: senior, from: 2026-03-10 }")
    return tuple(dated)


def _teams(node: Node | None) -> dict[str, Any]:
    plain: dict[str, None] = {}
    dated: list[Membership] = []
    names: set[str] = set()
    for item in () if node is None else node.sequence():
        if isinstance(item, Mapping):
            item.only("name", "from", "until")
            name, (since, until) = item.need("name").text(), _period(item)
            dated.append(Membership(team=name, since=since, until=until))
            names.add(name)
        else:
            name = item.text()
            plain[name] = None
        # Whoever writes an end believes in it, and a membership without dates would outlast it.
        if name in plain and name in names:
            item.fail(f"the team {name[:_SHOWN]!r} stands here with dates and without", "keep one of them")
    return {"teams": tuple(plain), "memberships": tuple(dated) or msgspec.UNSET}


def _trainings(node: Node | None) -> dict[str, Any]:
    completed: dict[str, str] = {}
    expiries: dict[str, str] = {}
    for name, item in {}.items() if node is None else node.mapping().entries.items():
        if not name.isascii():
            item.fail("a training's name is plain ASCII")
        if not isinstance(item, Mapping):
            completed[name] = _day(item)
            continue
        item.only("completed", "expires")
        completed[name] = _day(item.need("completed"))
        expires = item.get("expires")
        if expires is not None:
            expiries[name] = _not_before(completed[name], expires)
    return {"trainings": completed, "expiries": expiries or msgspec.UNSET}


def _absences(node: Node | None) -> dict[str, Any]:
    absences = []
    for item in () if node is None else node.sequence():
        fields = item.mapping()
        fields.only("from", "until")
        since = _day(fields.need("from"))
        absences.append(Absence(since=since, until=_not_before(since, fields.need("until"))))
    return {"absences": tuple(absences) or msgspec.UNSET}


def _period(fields: Mapping) -> tuple[str | msgspec.UnsetType, str | msgspec.UnsetType]:
    since, until = fields.get("from"), fields.get("until")
    begun = msgspec.UNSET if since is None else _day(since)
    if until is None:
        return begun, msgspec.UNSET
    return begun, _day(until) if begun is msgspec.UNSET else _not_before(begun, until)


def _not_before(first: str, node: Node) -> str:
    last = _day(node)
    if last < first:
        node.fail(f"{last} is before {first}, when it begins")
    return last


def _day(node: Node) -> str:
    """A day as YYYY-MM-DD and in no other of ISO 8601's forms, so that comparing text compares days."""
    text = node.text()
    try:
        day = dt.date.fromisoformat(text).isoformat() if _DAY.match(text) else ""
    except ValueError:
        day = ""  # written as a day, but no calendar has it
    if not day:
        node.fail(f"a date as 2026-03-10 is wanted here, not {text[:_SHOWN]!r}")
    return day
