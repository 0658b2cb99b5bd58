"""A policy file into a Policy. Everything that could mean two things is refused, with its line."""

import base64
import datetime as dt
import re
from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import Mapping, Node, digest, moment_text, parse_yaml
from blastdoor.model import NO_TIER, Value
from blastdoor.policy.conditions import Condition
from blastdoor.policy.lexer import ConditionError
from blastdoor.policy.requirements import read_requirements, read_unless
from blastdoor.policy.values import (
    Approvals,
    Emergency,
    Environment,
    Freeze,
    Group,
    Producer,
    Rule,
    Service,
    Target,
)

#: The name under which the mandatory default stands among the rules of a verdict.
DEFAULT_RULE = "default"
#: What the names of the rules that freezes make begin with.
FREEZE = "freeze: "
#: Leaves that a group may come to when the groups it is made of are written out.
_MAX_PARTS = 500
_MAX_RULES = 1_000
_MAX_SERVICES = 1_000
_MAX_NESTED = 8
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}\Z")
_FIELDS = (
    "version", "id", "mode", "groups", "producers", "environments", "override", "default", "rules",
    "overlays", "freezes", "services",
)  # fmt: skip
_MODES: tuple[Literal["observe", "enforce"], ...] = ("observe", "enforce")


class Policy(Value, frozen=True, kw_only=True):
    """A policy that loads: `rules` holds the default first, then the rules, then the overlays.

    `source` is its text and `digest` the SHA-256 of that; `id` names the repository, if it is given.
    `organisation` is the text of the policy above it, if there is one.
    """

    source: str
    digest: str
    groups: tuple[Group, ...]
    environments: tuple[Environment, ...]
    rules: tuple[Rule, ...]
    id: str | msgspec.UnsetType = msgspec.UNSET
    services: tuple[Service, ...] | msgspec.UnsetType = msgspec.UNSET
    producers: tuple[Producer, ...] = ()
    emergency: Emergency | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType = msgspec.UNSET

    def producer(self, name: str) -> Producer | None:
        """The producer of a name, if the policy has it."""
        return next((one for one in self.producers if one.name == name), None)

    def group(self, name: str) -> Group:
        """The group of a name that the policy uses."""
        return next(group for group in self.groups if group.name == name)

    def environment(self, name: str) -> Environment:
        """The environment of a name. InputError if there is none."""
        for environment in self.environments:
            if environment.name == name:
                return environment
        known = ", ".join(environment.name for environment in self.environments)
        raise InputError(f"the policy has no environment called {name!r}", hint=f"it has: {known}")


def load_policy(data: bytes, file: str) -> Policy:
    """The policy of a file's bytes; `file` is the name that errors carry. Raises InputError with the line."""
    top = parse_yaml(data, file).mapping()
    top.only(*_FIELDS)
    if top.need("version").integer() != 1:
        top.need("version").fail("this Blastdoor reads version 1", "run a newer Blastdoor")
    groups = _groups(top)
    names = frozenset(group.name for group in groups)
    producers = _producers(top)
    environments = _environments(top, frozenset(one.name for one in producers))
    rules = [_default(top, names), *_rules(top, names), *_freezes(top, names, environments)]
    if len(rules) > _MAX_RULES:
        top.fail(f"{len(rules)} rules; at most {_MAX_RULES} are read")
    id_ = top.get("id")
    if id_ is not None and not _ID.match(id_.text()):
        id_.fail("an id has letters, digits, dots, slashes and dashes, at most 200")
    return Policy(
        source=data.decode("utf-8"),
        digest=digest(data),
        id=msgspec.UNSET if id_ is None else id_.text(),
        groups=groups,
        environments=environments,
        rules=tuple(rules),
        services=_services(top),
        producers=producers,
        emergency=_emergency(top, names),
    )


def starting_policy(branch: str, mode: Literal["observe", "enforce"]) -> str:
    """The text of the policy to begin with, its environment fed by `branch`.

    `init` writes it; enforced, it is the built-in policy of a repository that has none.
    """
    text = (resources.files("blastdoor.policy") / "starting-policy.yaml").read_text("utf-8")
    quoted = "'" + branch.replace("'", "''") + "'"
    return text.replace("{ branch: main }", f"{{ branch: {quoted} }}").replace(
        "{ production: observe }", f"{{ production: {mode} }}"
    )


@lru_cache(maxsize=4096)
def compiled(when: str) -> Condition:
    """The condition of a text that has loaded before."""
    return Condition(when)


def _groups(top: Mapping) -> tuple[Group, ...]:
    return _GroupReader(top.need("groups").mapping()).all()


class _GroupReader:
    """Groups by name; those that are made of others are read after these."""

    def __init__(self, entries: Mapping) -> None:
        self._entries = entries
        self._read: dict[str, tuple[Group, int]] = {}  # with the number of parts it is made of in all
        self._reading: list[str] = []

    def all(self) -> tuple[Group, ...]:
        return tuple(self._group(name)[0] for name in self._entries.entries)

    def _group(self, name: str) -> tuple[Group, int]:
        if name not in self._read:
            self._reading.append(name)
            self._read[name] = self._make(name, self._entries.entries[name])
            self._reading.pop()
        return self._read[name]

    def _make(self, name: str, node: Node) -> tuple[Group, int]:
        fields = node.mapping()
        fields.only("level_at_least", "team", "persons", "any_of", "all_of")
        if not fields.entries:
            node.fail("an empty group would hold everybody", "say level_at_least, team, persons or any_of")
        level, team, persons = fields.get("level_at_least"), fields.get("team"), fields.get("persons")
        any_of, all_of = self._parts(fields.get("any_of")), self._parts(fields.get("all_of"))
        parts = [one for given in (any_of, all_of) for one in given or ()]
        size = 1 + sum(self._read[part.name][1] for part in parts)
        if size > _MAX_PARTS:
            node.fail(f"written out, this group has over {_MAX_PARTS} parts")
        group = Group(
            name=name,
            level_at_least=msgspec.UNSET if level is None else level.text(),
            team=msgspec.UNSET if team is None else team.text(),
            persons=msgspec.UNSET if persons is None else tuple(one.text() for one in persons.sequence()),
            any_of=msgspec.UNSET if any_of is None else any_of,
            all_of=msgspec.UNSET if all_of is None else all_of,
        )
        return group, size

    def _parts(self, node: Node | None) -> tuple[Group, ...] | None:
        if node is None:
            return None
        parts = []
        for item in node.sequence():
            name = item.text()
            if name in self._reading:
                way = " -> ".join([*self._reading[self._reading.index(name) :], name])
                item.fail(f"the group is made of itself: {way}")
            if name not in self._entries.entries:
                item.fail(f"no group is called {name}", f"groups: {', '.join(sorted(self._entries.entries))}")
            if len(self._reading) > _MAX_NESTED:
                item.fail(f"groups within groups over {_MAX_NESTED} deep")
            parts.append(self._group(name)[0])
        if not parts:
            node.fail("an empty list names nobody")
        return tuple(parts)


def _producers(top: Mapping) -> tuple[Producer, ...]:
    given = top.get("producers")
    producers: list[Producer] = []
    held: dict[str, str] = {}
    for name, node in {}.items() if given is None else given.mapping().entries.items():
        if name.startswith(("p_", "a_")):
            node.fail(
                "p_ and a_ are for persons and agents of the roster", "call the producer something else"
            )
        fields = node.mapping()
        fields.only("keys")
        keys = []
        for item in fields.need("keys").sequence():
            key = _public_key(item)
            if key in held:
                item.fail(f"this key is that of {held[key]} already", "each belongs to one alone")
            held[key] = name
            keys.append(key)
        if not keys:
            fields.need("keys").fail("a producer without a key can prove nothing")
        producers.append(Producer(name=name, keys=tuple(keys)))
    return tuple(producers)


def _public_key(node: Node) -> str:
    """`type base64`, as signatures are compared with; a comment after it is dropped."""
    kind, _, rest = node.text().strip().partition(" ")
    encoded = rest.strip().partition(" ")[0]
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    name = kind.encode("utf-8")
    if not name or not raw.startswith(len(name).to_bytes(4) + name):
        node.fail("not an OpenSSH public key", "a line as in ~/.ssh/id_ed25519.pub")
    return f"{kind} {encoded}"


def _emergency(top: Mapping, groups: frozenset[str]) -> Emergency | msgspec.UnsetType:
    node = top.get("override")
    if node is None:
        return msgspec.UNSET
    fields = node.mapping()
    fields.only("from", "hours", "review_hours", "reviewed_by", "per_incident", "presence")
    for name in ("from", "reviewed_by"):
        given = fields.get(name)
        if given is not None and given.text() not in groups:
            given.fail(f"no group is called {given.text()}", f"groups: {', '.join(sorted(groups))}")
    group, reviewers, presence = fields.need("from").text(), fields.get("reviewed_by"), fields.get("presence")
    return Emergency(
        group=group,
        reviewers=group if reviewers is None else reviewers.text(),
        hours=_number(fields, "hours", 4, 24),
        review_hours=_number(fields, "review_hours", 72, 24 * 30),
        per_incident=_number(fields, "per_incident", 3, 20),
        presence=presence is None or presence.boolean(),
    )


def _number(fields: Mapping, name: str, otherwise: int, most: int) -> int:
    node = fields.get(name)
    if node is None:
        return otherwise
    if not 1 <= node.integer() <= most:
        node.fail(f"a number from 1 to {most} is wanted here")
    return node.integer()


def _services(top: Mapping) -> tuple[Service, ...] | msgspec.UnsetType:
    """Services by name, each with the globs of its files."""
    given = top.get("services")
    if given is None:
        return msgspec.UNSET
    services = []
    for name, node in given.mapping().entries.items():
        fields = node.mapping()
        fields.only("paths", "tier", "depends_on")
        paths = tuple(one.text() for one in fields.need("paths").sequence())
        if not all(paths) or not paths:
            fields.need("paths").fail(
                "a service needs a path", 'for example: paths: ["services/checkout/**"]'
            )
        tier, needs = fields.get("tier"), fields.get("depends_on")
        if tier is not None and not 0 <= tier.integer() <= NO_TIER:
            tier.fail(f"a tier is a number from 0 (the most critical) to {NO_TIER}")
        services.append(
            Service(
                name=name,
                paths=paths,
                tier=msgspec.UNSET if tier is None else tier.integer(),
                depends_on=() if needs is None else tuple(one.text() for one in needs.sequence()),
            )
        )
    if len(services) > _MAX_SERVICES:
        given.fail(f"{len(services)} services; at most {_MAX_SERVICES} are read")
    return tuple(services)


def _environments(top: Mapping, producers: frozenset[str]) -> tuple[Environment, ...]:
    modes = {}
    mode = top.get("mode")
    if mode is not None:
        for name, node in mode.mapping().entries.items():
            if node.text() not in _MODES:
                node.fail("a mode is observe or enforce")
            modes[name] = node
    environments = []
    for name, node in top.need("environments").mapping().entries.items():
        fields = node.mapping()
        fields.only("branch", "deployer", "targets")
        deployer = fields.get("deployer")
        if deployer is not None and deployer.text() not in producers:
            deployer.fail(
                f"no producer is called {deployer.text()}", "list it with its key under `producers:`"
            )
        chosen = modes.pop(name, None)
        # An environment that nobody put in observation is enforced: silence must not open a door.
        word: Literal["observe", "enforce"] = (
            "observe" if chosen is not None and chosen.text() == "observe" else "enforce"
        )
        environments.append(
            Environment(
                name=name,
                branch=fields.need("branch").text(),
                mode=word,
                deployer=msgspec.UNSET if deployer is None else deployer.text(),
                targets=_targets(fields.get("targets")),
            )
        )
    for name, node in modes.items():
        node.fail(f"no environment is called {name}")
    if not environments:
        top.need("environments").fail("at least one environment is needed")
    return tuple(environments)


def _targets(node: Node | None) -> tuple[Target, ...]:
    targets = []
    for name, given in {}.items() if node is None else node.mapping().entries.items():
        fields = given.mapping()
        fields.only("paths")
        paths = tuple(one.text() for one in fields.need("paths").sequence())
        if not paths:
            fields.need("paths").fail("a target needs a path", 'for example: paths: ["services/checkout/**"]')
        targets.append(Target(name=name, paths=paths))
    return tuple(targets)


def _default(top: Mapping, groups: frozenset[str]) -> Rule:
    node = top.get("default")
    if node is None:
        top.fail(
            "`default:` is missing",
            "without it a change that no rule matches would need nobody: add one approval",
        )
    fields = node.mapping()
    fields.only("require")
    require = read_requirements(fields, groups)
    if not any(isinstance(requirement, Approvals) for requirement in require):
        node.fail("the default must ask for at least one approval")
    return Rule(name=DEFAULT_RULE, when="true", require=require, line=node.line)


def _rules(top: Mapping, groups: frozenset[str]) -> list[Rule]:
    rules: list[Rule] = []
    for key, dated in (("rules", ()), ("overlays", ("from", "until"))):
        node = top.get(key)
        for item in () if node is None else node.sequence():
            fields = item.mapping()
            fields.only("name", "when", "require", "forbid", *dated)
            name = fields.need("name")
            if name.text() == DEFAULT_RULE or any(rule.name == name.text() for rule in rules):
                name.fail(f"a rule called {name.text()!r} is there already")
            if name.text().startswith(FREEZE):
                name.fail("rules of that name are made of `freezes:`")
            rules.append(_rule(item, fields, groups))
    return rules


def _rule(item: Node, fields: Mapping, groups: frozenset[str]) -> Rule:
    if ("require" in fields.entries) == ("forbid" in fields.entries):
        item.fail("a rule has either `require:` or `forbid:`")
    forbid = fields.get("forbid")
    starts, ends = _day(fields.get("from")), _day(fields.get("until"))
    if isinstance(starts, str) and isinstance(ends, str) and ends < starts:
        fields.need("until").fail("this is before `from`: the overlay would never be in force")
    return Rule(
        name=fields.need("name").text(),
        when=_when(fields.need("when")),
        require=read_requirements(fields, groups) if forbid is None else (),
        forbid=msgspec.UNSET if forbid is None else forbid.text(),
        starts=starts,
        ends=ends,
        line=item.line,
    )


def _freezes(top: Mapping, groups: frozenset[str], environments: tuple[Environment, ...]) -> list[Rule]:
    """A freeze is a rule that is in force between two times, and asks to wait for the second."""
    node = top.get("freezes")
    rules: list[Rule] = []
    known = [environment.name for environment in environments]
    for item in () if node is None else node.sequence():
        fields = item.mapping()
        fields.only("name", "from", "until", "environments", "unless")
        name = FREEZE + fields.need("name").text()
        if any(rule.name == name for rule in rules):
            fields.need("name").fail(f"a freeze called {fields.need('name').text()!r} is there already")
        starts, ends = _instant(fields.need("from")), _instant(fields.need("until"))
        if ends <= starts:
            fields.need("until").fail("this is not after `from`: the freeze would never be in force")
        where = _frozen(fields.get("environments"), known)
        rules.append(
            Rule(
                name=name,
                when=" || ".join(f"environment.name == {_quoted(one)}" for one in where) or "true",
                require=(Freeze(until=ends, unless=read_unless(fields.get("unless"), groups)),),
                starts=starts,
                ends=ends,
                line=item.line,
            )
        )
    return rules


def _frozen(node: Node | None, known: list[str]) -> list[str]:
    if node is None:
        return []
    where = [one.text() for one in node.sequence()]
    unknown = [one for one in where if one not in known]
    if unknown or not where:
        node.fail(f"environments of this policy are wanted here: {', '.join(known)}")
    return where


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _instant(node: Node) -> str:
    """A time with its zone, as UTC text."""
    try:
        when = dt.datetime.fromisoformat(node.text())
    except ValueError:
        node.fail(f"a time as 2026-12-20T18:00:00+01:00 is wanted here, not {node.text()!r}")
    if when.tzinfo is None:
        node.fail("a time without its zone means another moment everywhere", "add Z or +01:00")
    try:
        return moment_text(when)
    except (ValueError, OverflowError):
        node.fail(f"{node.text()!r} is beyond the calendar")


def _when(node: Node) -> str:
    text = node.text()
    try:
        compiled(text)
    except ConditionError as error:
        node.fail(f"{error.message} (column {error.column} of the condition)", error.hint)
    return text


def _day(node: Node | None) -> str | msgspec.UnsetType:
    if node is None:
        return msgspec.UNSET
    try:
        return dt.date.fromisoformat(node.text()).isoformat()
    except ValueError:
        node.fail(f"a date as 2026-03-10 is wanted here, not {node.text()!r}")
