"""A policy file into a Policy. Everything that could mean two things is refused, with its line."""

import datetime as dt
import re
from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import Mapping, Node, digest, parse_yaml
from blastdoor.model import NO_TIER, Value
from blastdoor.policy.conditions import Condition
from blastdoor.policy.lexer import ConditionError
from blastdoor.policy.values import (
    Approvals,
    CheckNeeded,
    Environment,
    Group,
    Requirement,
    Rule,
    Service,
    TextNeeded,
)

#: The name under which the mandatory default stands among the rules of a verdict.
DEFAULT_RULE = "default"
_MAX_COUNT = 20
_MAX_RULES = 1_000
_MAX_SERVICES = 1_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}\Z")
_MODES: tuple[Literal["observe", "enforce"], ...] = ("observe", "enforce")


class Policy(Value, frozen=True, kw_only=True):
    """A policy that loads: `rules` holds the default first, then the rules, then the overlays.

    `source` is its text and `digest` the SHA-256 of that; `id` names the repository, if it is given.
    """

    source: str
    digest: str
    groups: tuple[Group, ...]
    environments: tuple[Environment, ...]
    rules: tuple[Rule, ...]
    id: str | msgspec.UnsetType = msgspec.UNSET
    services: tuple[Service, ...] | msgspec.UnsetType = msgspec.UNSET

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
    top.only("version", "id", "mode", "groups", "environments", "default", "rules", "overlays", "services")
    if top.need("version").integer() != 1:
        top.need("version").fail("this Blastdoor reads version 1", "run a newer Blastdoor")
    groups = _groups(top)
    names = frozenset(group.name for group in groups)
    rules = [_default(top, names), *_rules(top, "rules", names), *_rules(top, "overlays", names)]
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
        environments=_environments(top),
        rules=tuple(rules),
        services=_services(top),
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
    groups = []
    for name, node in top.need("groups").mapping().entries.items():
        fields = node.mapping()
        fields.only("level_at_least", "team", "persons")
        if not fields.entries:
            node.fail("an empty group would hold everybody", "say level_at_least, team or persons")
        level, team, persons = fields.get("level_at_least"), fields.get("team"), fields.get("persons")
        groups.append(
            Group(
                name=name,
                level_at_least=msgspec.UNSET if level is None else level.text(),
                team=msgspec.UNSET if team is None else team.text(),
                persons=msgspec.UNSET
                if persons is None
                else tuple(person.text() for person in persons.sequence()),
            )
        )
    return tuple(groups)


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


def _environments(top: Mapping) -> tuple[Environment, ...]:
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
        fields.only("branch")
        chosen = modes.pop(name, None)
        # An environment that nobody put in observation is enforced: silence must not open a door.
        word: Literal["observe", "enforce"] = (
            "observe" if chosen is not None and chosen.text() == "observe" else "enforce"
        )
        environments.append(Environment(name=name, branch=fields.need("branch").text(), mode=word))
    for name, node in modes.items():
        node.fail(f"no environment is called {name}")
    if not environments:
        top.need("environments").fail("at least one environment is needed")
    return tuple(environments)


def _default(top: Mapping, groups: frozenset[str]) -> Rule:
    node = top.get("default")
    if node is None:
        top.fail(
            "`default:` is missing",
            "without it a change that no rule matches would need nobody: add one approval",
        )
    fields = node.mapping()
    fields.only("require")
    require = _requirements(fields, groups)
    if not any(isinstance(requirement, Approvals) for requirement in require):
        node.fail("the default must ask for at least one approval")
    return Rule(name=DEFAULT_RULE, when="true", require=require, line=node.line)


def _rules(top: Mapping, key: str, groups: frozenset[str]) -> list[Rule]:
    node = top.get(key)
    if node is None:
        return []
    rules: list[Rule] = []
    for item in node.sequence():
        fields = item.mapping()
        fields.only("name", "when", "require", "forbid", *(("from", "until") if key == "overlays" else ()))
        name = fields.need("name").text()
        if name == DEFAULT_RULE or any(rule.name == name for rule in rules):
            fields.need("name").fail(f"a rule called {name!r} is there already")
        if ("require" in fields.entries) == ("forbid" in fields.entries):
            item.fail("a rule has either `require:` or `forbid:`")
        forbid = fields.get("forbid")
        starts, ends = _day(fields.get("from")), _day(fields.get("until"))
        if isinstance(starts, str) and isinstance(ends, str) and ends < starts:
            fields.need("until").fail("this is before `from`: the overlay would never be in force")
        rules.append(
            Rule(
                name=name,
                when=_when(fields.need("when")),
                require=_requirements(fields, groups) if forbid is None else (),
                forbid=msgspec.UNSET if forbid is None else forbid.text(),
                starts=starts,
                ends=ends,
                line=item.line,
            )
        )
    return rules


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


def _requirements(fields: Mapping, groups: frozenset[str]) -> tuple[Requirement, ...]:
    node = fields.need("require")
    found = tuple(_requirement(item.mapping(), groups) for item in node.sequence())
    if not found:
        node.fail("an empty list asks for nothing")
    return found


def _requirement(item: Mapping, groups: frozenset[str]) -> Requirement:
    if "approvals" in item.entries:
        return _approvals(item, groups)
    if "check" in item.entries:
        item.only("check", "producer")
        return CheckNeeded(name=item.need("check").text(), producer=item.need("producer").text())
    item.only("change_record", "rollback_plan")
    if len(item.entries) != 1:
        item.fail("one requirement a list item", "approvals, check, change_record or rollback_plan")
    ((name, value),) = item.entries.items()
    if not value.boolean():
        value.fail(f"`{name}: false` asks for nothing: leave it out")
    return TextNeeded(text="change_record" if name == "change_record" else "rollback_plan")


def _approvals(item: Mapping, groups: frozenset[str]) -> Approvals:
    item.only("approvals", "from", "presence", "trained", "within_days")
    count, group = item.need("approvals"), item.need("from")
    if not 1 <= count.integer() <= _MAX_COUNT:
        count.fail(f"a count from 1 to {_MAX_COUNT} is wanted here")
    if group.text() not in groups:
        group.fail(f"no group is called {group.text()}", f"groups: {', '.join(sorted(groups))}")
    presence, trained, within = item.get("presence"), item.get("trained"), item.get("within_days")
    if within is not None and trained is None:
        within.fail("within_days goes with trained")
    return Approvals(
        count=count.integer(),
        group=group.text(),
        presence=presence is not None and presence.boolean(),
        trained=msgspec.UNSET if trained is None else trained.text(),
        within_days=msgspec.UNSET if within is None else within.integer(),
    )
