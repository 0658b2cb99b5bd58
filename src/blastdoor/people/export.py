"""The directory file: what a company's directory or a forge says of its people, put under `people.yaml`.

Read are a SCIM 2.0 ListResponse of Users and Groups (RFC 7643 sections 4.1 and 4.2, RFC 7644 section 3.4.2)
and the list of teams with members that GitHub's API gives. `people.yaml` ranks higher: the export adds teams
and people, takes activity away, and gives a level only where `people.yaml` gives none. It never adds a key,
so whoever it alone names is known, and cannot vote. Specified in `docs/spec/people.md`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import short_id
from blastdoor.model import Person
from blastdoor.people.roster import Account, Directory, accounts_of_mailbox, load_directory

MAX_BYTES = 5_000_000
MAX_USERS = 50_000
MAX_GROUPS = 50_000
_MAX_TEXT = 1000
_MAX_NUMBER = 10**15
_SHOWN = 60
_LIST = "urn:ietf:params:scim:api:messages:2.0:listresponse"
_USER = "urn:ietf:params:scim:schemas:core:2.0:user"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:group"
_FORGE_ID = re.compile(r"([a-z][a-z0-9-]{0,30}):([1-9][0-9]{0,19})\Z")


def read_people(people: bytes, file: str, export: bytes | None, export_file: str) -> Directory:
    """The directory of `people.yaml` and, if there is one, of the directory file beside it.

    Raises InputError if either does not load, or if `people.yaml` counts on a directory file that is not
    there: without it, whoever has left would be active again.
    """
    directory = load_directory(people, file)
    if export is not None:
        return merge_export(directory, export, export_file, directory.group_levels)
    if directory.exported:
        raise InputError(
            f"{file}: directory: it counts on {export_file}, which is not there",
            hint="add the export, or take `directory:` out and give everybody a level",
        )
    return directory


def merge_export(directory: Directory, data: bytes, file: str, levels: Mapping[str, str]) -> Directory:
    """The directory with what the export adds; `levels` says which level each named group gives.

    Users are matched to persons by mailbox or numeric forge id, never by login or name. Pure: the same
    arguments give the same directory, whatever the order of the export. Errors name `file` and the field.
    Raises InputError.
    """
    for group, level in levels.items():
        if level not in directory.roster.levels:
            raise InputError(
                f"{file}: the group {group[:_SHOWN]!r} gives a level that is none: {level[:_SHOWN]!r}",
                hint=f"levels: {', '.join(directory.roster.levels)}",
            )
    return _Merge(directory, levels).merge(_users(_parse(data, file)))


@dataclass(slots=True, kw_only=True)
class _User:
    """Somebody of the export. `key` is what stays theirs; `groups` fills up while groups are read."""

    at: "_Item"
    key: str
    accounts: tuple[Account, ...]
    name: str = ""
    login: Account | None = None
    active: bool = True
    groups: set[str] = field(default_factory=set)


class _Merge:
    def __init__(self, directory: Directory, levels: Mapping[str, str]) -> None:
        self.directory = directory
        self.levels = levels
        self.accounts = dict(directory.accounts)
        self.logins = dict(directory.logins)
        self.names = dict(directory.names)
        self.holders: dict[Account, set[str]] = {}
        for account, holder in directory.accounts.items():
            # A mailbox of people.yaml with a number in it claims that number, or the export could give the
            # number, and with it the mailbox, to somebody else.
            for one in accounts_of_mailbox(account[1]) if account[0] == "git" else (account,):
                self.holders.setdefault(one, set()).add(holder)

    def merge(self, users: list[_User]) -> Directory:
        _each_account_once(users)
        told: dict[str, list[_User]] = {}
        taken = {person.id for person in self.directory.roster.persons}
        for user in users:
            holder = self._holder(user)
            if holder is None:
                holder = short_id("p", user.key.encode("utf-8"))
                if holder in taken or holder in told:
                    user.at.fail(f"its id would be {holder}, which is taken", "give that person another id")
                self.names.setdefault(holder, user.name)
            told.setdefault(holder, []).append(user)
            self._claim(user, holder)
        return self._close(told, taken)

    def _holder(self, user: _User) -> str | None:
        """Who has one of the user's accounts already; two of them contradict each other."""
        holders = sorted({one for account in user.accounts for one in self.holders.get(account, ())})
        if len(holders) > 1:
            user.at.fail(f"one user here, but both {holders[0]} and {holders[1]} in people.yaml")
        return holders[0] if holders else None

    def _claim(self, user: _User, holder: str) -> None:
        for account in user.accounts:
            self.accounts[account] = holder
        if user.login is not None and self.logins.setdefault(user.login, holder) != holder:
            login = user.login[1]
            user.at.fail(f"the login {login} is also {self.logins[user.login]}'s", "bring both up to date")

    def _close(self, told: dict[str, list[_User]], listed: set[str]) -> Directory:
        roster, unlevelled = self.directory.roster, self.directory.unlevelled
        persons = [
            self._told(person, told[person.id], levelled=person.id not in unlevelled)
            if person.id in told
            else person
            for person in roster.persons
        ]
        persons += [
            self._told(Person(id=id_, level=roster.levels[0]), told[id_], levelled=False)
            for id_ in sorted(told)
            if id_ not in listed and id_.startswith("p_")  # an agent has neither teams nor a level
        ]
        return msgspec.structs.replace(
            self.directory,
            roster=msgspec.structs.replace(roster, persons=tuple(persons)),
            accounts=self.accounts,
            names={id_: name for id_, name in self.names.items() if name},
            logins=self.logins,
        )

    def _told(self, person: Person, users: list[_User], *, levelled: bool) -> Person:
        groups = {group for user in users for group in user.groups}
        # Where people.yaml dates a membership, its dates hold: else an end written there would not be one.
        dated = {one.team for one in person.memberships or ()}
        return msgspec.structs.replace(
            person,
            level=person.level if levelled else self._highest(groups, person.level),
            teams=(*person.teams, *sorted(groups - dated - set(person.teams))),
            active=person.active and all(user.active for user in users),
        )

    def _highest(self, groups: set[str], otherwise: str) -> str:
        given = [self.levels[group] for group in groups if group in self.levels]
        return max(given, key=self.directory.roster.levels.index, default=otherwise)


def _each_account_once(users: Iterable[_User]) -> None:
    first: dict[Account, _User] = {}
    for user in users:
        for account in user.accounts:
            other = first.setdefault(account, user)
            if other is not user:
                what = f"the {account[0]} account {account[1]}"
                user.at.fail(f"{what} is claimed by {other.at.path} already", "each belongs to one alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A place in the export; `path` as in `Resources[3].emails[0].value`."""

    file: str
    path: str
    value: Any

    def fail(self, what: str, hint: str = "") -> NoReturn:
        at = f" {self.path}:" if self.path else ""
        raise InputError(f"{self.file}:{at} {what}", hint=hint)

    def get(self, name: str) -> "_Item | None":
        """A field by its name in any case, as RFC 7643 section 2.1 has it; null is no value (section 2.5)."""
        if not isinstance(self.value, dict):
            self.fail("an object is wanted here")
        value = self.value.get(name.lower())
        path = f"{self.path}.{name}" if self.path else name
        return None if value is None else _Item(file=self.file, path=path, value=value)

    def need(self, name: str) -> "_Item":
        found = self.get(name)
        if found is None:
            self.fail(f"`{name}` is missing")
        return found

    def each(self, name: str) -> Iterator["_Item"]:
        """The items of a field that is a list; none if it is not there."""
        found = self.get(name)
        return iter(()) if found is None else found.items()

    def items(self) -> Iterator["_Item"]:
        if not isinstance(self.value, list):
            self.fail("a list is wanted here")
        for index, value in enumerate(self.value):
            yield _Item(file=self.file, path=f"{self.path}[{index}]", value=value)

    def text(self) -> str:
        value = self.value
        if not isinstance(value, str) or not 1 <= len(value) <= _MAX_TEXT:
            self.fail(f"a text of 1 to {_MAX_TEXT} characters is wanted here")
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            self.fail("half of a surrogate pair is no text")
        return value

    def number(self) -> int:
        value = self.value
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _MAX_NUMBER:
            self.fail("a whole number above 0 is wanted here")
        return value

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail("true or false is wanted here")
        return self.value


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object with its names in lower case. Of two fields of one name a reader sees another than we do."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        folded = name.lower()
        if folded in found:
            raise _TwiceError(name)
        found[folded] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _parse(data: bytes, file: str) -> _Item:
    if len(data) > MAX_BYTES:
        raise InputError(f"{file}:1: {len(data)} bytes; at most {MAX_BYTES} are read")
    try:
        tree = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{file}:{error.lineno}: not readable as JSON: {error.msg}") from error
    except _TwiceError as error:
        raise InputError(f"{file}: `{str(error)[:_SHOWN]}` stands twice in one object") from error
    except RecursionError as error:
        raise InputError(f"{file}: nested too deeply for an export of people") from error
    except ValueError as error:  # NaN, Infinity, or a number of thousands of digits
        raise InputError(f"{file}: a number in it is none that JSON has, or too long") from error
    return _Item(file=file, path="", value=tree)


def _users(top: _Item) -> list[_User]:
    if isinstance(top.value, list):
        return _forge_users(top)
    if not isinstance(top.value, dict) or _LIST not in _schemas(top):
        top.fail("neither a SCIM 2.0 ListResponse nor a list of teams", "see docs/spec/people.md")
    return _scim_users(top)


def _schemas(item: _Item) -> set[str]:
    return {one.text().lower() for one in item.each("schemas")}


def _forge_users(top: _Item) -> list[_User]:
    users: dict[int, _User] = {}
    slugs: set[str] = set()
    for team in top.items():
        slug = team.need("slug")
        if slug.text() in slugs:
            slug.fail("this team stands here twice", "export it again")
        slugs.add(slug.text())
        for member in team.need("members").items():
            user = _forge_user(member)
            known = users.setdefault(member.need("id").number(), user)
            if known.login != user.login:
                member.fail(f"the same id has another login at {known.at.path}", "export it again")
            known.groups.add(slug.text())
            _bound(team, len(users), MAX_USERS, "users")
    return list(users.values())


def _forge_user(member: _Item) -> _User:
    account = ("github", str(member.need("id").number()))
    login = member.get("login")
    if login is None:
        return _User(at=member, key=f"github:{account[1]}", accounts=(account,))
    return _User(
        at=member,
        key=f"github:{account[1]}",
        accounts=(account,),
        name=login.text(),
        login=("github", login.text().casefold()),
    )


def _scim_users(top: _Item) -> list[_User]:
    users: dict[str, tuple[_Item, _User]] = {}
    groups: dict[str, _Item] = {}
    total, resources = top.need("totalResults"), list(top.each("Resources"))
    if isinstance(total.value, bool) or not isinstance(total.value, int) or total.value != len(resources):
        # What is missing may be the ones who left.
        total.fail(f"not the {len(resources)} resources that are here", "export all pages into one list")
    for item in resources:
        id_ = item.need("id")
        if id_.text() in users or id_.text() in groups:
            id_.fail("this id stands here twice")
        if _is_user(item):
            users[id_.text()] = (item, _scim_user(item, id_.text()))
        else:
            groups[id_.text()] = item
        _bound(item, len(users), MAX_USERS, "users")
        _bound(item, len(groups), MAX_GROUPS, "groups")
    _join(users, groups)
    return [user for _, user in users.values()]


def _is_user(item: _Item) -> bool:
    kinds = _schemas(item) & {_USER, _GROUP}
    if len(kinds) != 1:
        item.fail("a resource is either a User or a Group by its `schemas`")
    return _USER in kinds


def _scim_user(item: _Item, id_: str) -> _User:
    accounts: dict[Account, None] = {}
    for email in item.each("emails"):
        value = email.get("value")
        if value is not None:
            accounts.update(dict.fromkeys(_mailbox(value)))
    external = item.get("externalId")
    forge = None if external is None else _FORGE_ID.match(external.text())
    if forge is not None and forge[1] != "git":
        accounts[forge[1], forge[2]] = None
    active, name = item.get("active"), item.get("displayName") or item.get("userName")
    return _User(
        at=item,
        key=f"scim:{id_}",
        accounts=tuple(accounts),
        name="" if name is None else name.text(),
        active=active is None or active.boolean(),
    )


def _mailbox(item: _Item) -> tuple[Account, ...]:
    mail = item.text().strip()
    if "@" not in mail or " " in mail or not mail.isprintable():
        item.fail("a mailbox is wanted here")
    return accounts_of_mailbox(mail)


def _join(users: dict[str, tuple[_Item, _User]], groups: dict[str, _Item]) -> None:
    """Put users into groups, as either side says. A group within a group is followed by neither."""
    names = {id_: item.need("displayName").text() for id_, item in groups.items()}
    ids: dict[str, str] = {}
    for id_, name in names.items():
        _one_group(groups[id_], ids, name, id_)
        for member in groups[id_].each("members"):
            known = users.get(member.need("value").text())
            if known is not None:
                known[1].groups.add(name)
    for item, user in users.values():
        for group in item.each("groups"):
            id_, display = group.need("value").text(), group.get("display")
            if id_ in names:
                user.groups.add(names[id_])
            elif display is not None:
                _one_group(group, ids, display.text(), id_)
                user.groups.add(display.text())


def _one_group(at: _Item, ids: dict[str, str], name: str, id_: str) -> None:
    # Levels are given by name: a second group of a name that gives one could be anybody's.
    if ids.setdefault(name, id_) != id_:
        at.fail(f"two groups are called {name[:_SHOWN]!r}", "give each its own name")


def _bound(at: _Item, count: int, most: int, what: str) -> None:
    if count > most:
        at.fail(f"more than {most} {what}", "export only who works here")
