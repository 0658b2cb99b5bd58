"""A policy and a roster being drafted: groups, rules and persons, and their text as YAML.

The text is written by hand and not by a YAML library, so that it reads as a person would write it; what
comes from elsewhere is quoted so that our own loader reads it back as it was.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from blastdoor.errors import InputError
from blastdoor.model import Value

#: The most approvals that one requirement may ask for; more are asked for in several.
_MOST_APPROVALS = 20
#: What one policy may hold beside its default.
_MOST_RULES = 999
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,60}(?: [A-Za-z0-9_./-]{1,60}){0,20}\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
#: Whose reports are to say what Blastdoor cannot see.
PRODUCER = "forge"
_RESERVED = "default"

#: How the draft differs: it asks for more; it is shut until somebody provides something; what passes is
#: the same.
Differs = Literal["stricter", "shut", "same"]


class Left(Value, frozen=True, kw_only=True):
    """What was not carried over as it stands on a line: what it is, why, and how the draft differs.

    `differs` is `stricter` (the draft asks for more), `shut` (it holds until somebody provides what `why`
    says) or `same` (what passes is no different). There is no fourth: nothing is made easier.
    """

    line: int
    what: str
    why: str
    differs: Differs


@dataclass(frozen=True, slots=True)
class Actors:
    """Who may approve, as the old file names them: any of these."""

    users: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    mailboxes: frozenset[str] = frozenset()

    def __or__(self, other: "Actors") -> "Actors":
        return Actors(self.users | other.users, self.teams | other.teams, self.mailboxes | other.mailboxes)

    def __bool__(self) -> bool:
        return bool(self.users or self.teams or self.mailboxes)


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A rule: its name, its condition, and the lines of its requirements; or why it forbids."""

    name: str
    when: str
    require: tuple[str, ...]
    forbid: str = ""


@dataclass(slots=True)
class Draft:
    """Collects what the two files will hold. `branch` feeds the one environment, production."""

    branch: str
    groups: dict[str, str] = field(default_factory=dict)
    rules: list[DraftRule] = field(default_factory=list)
    default: tuple[str, ...] = ()
    #: team → what the old file calls it
    teams: dict[str, str] = field(default_factory=dict)
    #: id → the login or mailbox it stands for
    persons: dict[str, str] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _made: set[tuple[str, tuple[str, ...], str]] = field(default_factory=set)
    _by_actors: dict[Actors, str] = field(default_factory=dict)

    def person(self, called: str) -> str:
        """The id of a login or mailbox: one for both `Octo` and `octo`, two for `a-b` and `a_b`."""
        folded = called.casefold()
        if folded not in self._ids:
            stem = "p_" + re.sub(r"[^a-z0-9_]", "_", folded)[:34]
            id_, number = stem, self._numbers.get(stem, 2)
            while id_ in self.persons:
                id_, number = f"{stem}_{number}", number + 1
            self._numbers[stem] = number
            self._ids[folded] = id_
            self.persons[id_] = called
        return self._ids[folded]

    def team(self, name: str, called: str) -> str:
        """Note that the roster needs a team."""
        self.teams.setdefault(name, called)
        return name

    def group(self, actors: Actors, wanted: str) -> str:
        """The name of a group that holds just these; `wanted`, if it is free and no simpler one fits."""
        if actors in self._by_actors:
            return self._by_actors[actors]
        parts = [self._add(f"team {team}", f"{{ team: {quoted(team)} }}") for team in sorted(actors.teams)]
        persons = [self.person(one) for one in sorted(actors.users | actors.mailboxes)]
        if persons:
            name = " and ".join(persons) if len(persons) < 3 else f"persons of {wanted}"
            parts.append(self._add(name, f"{{ persons: [{', '.join(dict.fromkeys(persons))}] }}"))
        name = parts[0]
        if len(parts) > 1:
            name = self._add(wanted, f"{{ any_of: [{', '.join(quoted(part) for part in parts)}] }}")
        self._by_actors[actors] = name
        return name

    def _add(self, wanted: str, text: str) -> str:
        name, number = wanted, 2
        while self.groups.get(name, text) != text:
            name, number = f"{wanted} ({number})", number + 1
        self.groups[name] = text
        return name

    def approvals(self, count: int, actors: Actors, wanted: str) -> tuple[str, ...]:
        """The requirements that ask `count` different persons among `actors`."""
        group = quoted(self.group(actors, wanted))
        whole, rest = divmod(count, _MOST_APPROVALS)
        counts = [_MOST_APPROVALS] * whole + [rest] * bool(rest)
        return tuple(f"{{ approvals: {one}, from: {group} }}" for one in counts)

    def add_rule(self, name: str, when: str, require: tuple[str, ...], forbid: str = "") -> None:
        """Add a rule unless the same is there; its name is made one that is free. InputError if too many."""
        if (when, require, forbid) in self._made:
            return
        self._made.add((when, require, forbid))
        if len(self.rules) == _MOST_RULES:
            raise InputError(
                f"over {_MOST_RULES} rules would be drafted", hint="write it by hand, in wider globs"
            )
        # The names that the loader keeps for itself.
        base = f"rule {name}" if name == _RESERVED or name.startswith("freeze: ") else name
        taken, free, number = {rule.name for rule in self.rules}, base, 2
        while free in taken:
            free, number = f"{base} ({number})", number + 1
        self.rules.append(DraftRule(free, when, require, forbid))

    def policy(self, source: str) -> str:
        """The text of `policy.yaml`; `source` is the name of the file it was drafted from."""
        lines = [
            f"# Drafted from {comment(source)}. Read LEFT.md first: it lists what was left.",
            "# Enforced as it is. To record without holding, add: mode: { production: observe }",
            "version: 1",
            "",
            "groups:",
            *(f"  {quoted(name)}: {text}" for name, text in self.groups.items()),
            "",
            "environments:",
            f"  production: {{ branch: {quoted(self.branch)} }}",
            "",
            "# What every change needs, whatever else applies.",
            "default:",
            "  require:",
            *(f"    - {one}" for one in self.default),
        ]
        if self.rules:
            lines += ["", "rules:"]
        for rule in self.rules:
            lines += [f"  - name: {quoted(rule.name)}", f"    when: {quoted(rule.when)}"]
            if rule.forbid:
                lines.append(f"    forbid: {quoted(rule.forbid)}")
            else:
                lines += ["    require:", *(f"      - {one}" for one in rule.require)]
        return "\n".join(lines) + "\n"

    def people(self, source: str) -> str:
        """The text of `people.yaml`: persons without keys, who can vouch for nothing until they have one."""
        lines = [
            f"# Drafted from {comment(source)}. Nobody here can vouch yet. For each person fill in",
            "#   name, level and teams;",
            "#   the forge account by its number: - { provider: github, id: 1234567, login: octo }",
            "#   the OpenSSH public keys that they sign with.",
            "version: 1",
            "levels: [junior, engineer, senior, principal]",
        ]
        if self.teams:
            lines += [
                "",
                "# Teams that the policy asks for. They are empty until persons list them in `teams:`.",
            ]
            lines += [f"#   {comment(quoted(name))}: {comment(what)}" for name, what in self.teams.items()]
        lines += ["", "persons:" if self.persons else "persons: []"]
        for id_, called in self.persons.items():
            lines += [f"  - id: {id_}", f"    name: {quoted(called)}", "    level: junior", "    teams: []"]
            if "@" in called:
                account = f"{{ provider: git, id: {quoted(called.casefold())} }}"
                lines.append(f"    accounts: [{account}]")
            else:
                lines.append(
                    f"    accounts: []  # provider: github, login: {comment(called)}, id: its number"
                )
            lines.append("    keys: []")
        return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as a YAML scalar in any place, flow or block: plain, single-quoted, or escaped if it must be."""
    if _PLAIN.match(text) and text.casefold() not in _WORDS:
        return text
    if all(_shows(char) for char in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def comment(text: str) -> str:
    """A text as it may stand in a comment: on one line, at most 200 characters."""
    return "".join(char if _shows(char) else "?" for char in text[:200])


def _shows(char: str) -> bool:
    return " " <= char <= "~" or (char >= "\xa0" and char.isprintable())


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if _shows(char) else f"\\U{ord(char):08x}"
