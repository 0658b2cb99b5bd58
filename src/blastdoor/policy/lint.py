"""What a policy that loads says by mistake: rules that never apply, people who are not there, known holes.

Each check is here because such a rule has let something through, or shut everybody out, somewhere.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import UNSET

from blastdoor.model import LEVELS, NO_TIER, STATES, Person, Roster, Value
from blastdoor.policy.facts import FACTS, FactSet, FactValue
from blastdoor.policy.load import DEFAULT_RULE, FREEZE, Policy, compiled
from blastdoor.policy.values import (
    Approvals,
    CheckNeeded,
    Emergency,
    Freeze,
    Group,
    Limit,
    OwnersNeeded,
    Rule,
    Window,
)

Severity = Literal["error", "warning", "note"]
_MAX_SETTINGS = 20_000
_RISKIEST: dict[str, FactValue] = {
    "state": STATES[-1], "level": LEVELS[-1], "tier": 0, "rising": True, "falling": False,
}  # fmt: skip


class Finding(Value, frozen=True, kw_only=True):
    """One thing that is wrong, or looks so: where (`line`, 0 for the whole file), what, and what to do."""

    code: str
    severity: Severity
    line: int
    what: str
    hint: str


def lint(policy: Policy, roster: Roster, today: str) -> tuple[Finding, ...]:
    """What is found, by line. `roster` as it is on the day (YYYY-MM-DD)."""
    found = [
        *_dead_rules(policy, today),
        *_idle_rules(policy),
        *_patterns(policy),
        *_groups(policy, roster),
        *_counts(policy, roster),
        *_producers(policy, roster),
        *_owners(policy, roster),
        *_holes(policy),
    ]
    return tuple(sorted(found, key=lambda one: (one.line, one.code, one.what)))


def _dead_rules(policy: Policy, today: str) -> Iterator[Finding]:
    for rule in policy.rules:
        if isinstance(rule.ends, str) and rule.ends[:10] < today:
            yield _finding(
                "over", "note", rule, f"it ended on {rule.ends[:10]}", "take it out, or give it another date"
            )
        elif not _can_apply(policy, rule):
            yield _finding(
                "dead-rule",
                "error",
                rule,
                f"its condition is never true: {rule.when}",
                "repair the condition",
            )


def _can_apply(policy: Policy, rule: Rule) -> bool:
    """Whether any setting of the facts makes the condition true."""
    condition = compiled(rule.when)
    named = [name for name in condition.facts if name in FACTS]
    choices = [_values(policy, name) for name in named]
    paths = tuple(_an_example(glob) for glob in condition.globs)
    settings: Iterator[tuple[FactValue, ...]] = itertools.islice(itertools.product(*choices), _MAX_SETTINGS)
    plain: dict[str, FactValue] = {
        name: _RISKIEST.get(kind, policy.environments[0].name) for name, kind in FACTS.items()
    }
    for setting in settings:
        values = plain | dict(zip(named, setting, strict=True))
        for touched in ((), paths) if paths else ((),):
            applies, problem = condition.applies(FactSet(values=values, paths=touched))
            if applies or problem:
                return True
    return False


def _values(policy: Policy, name: str) -> Sequence[FactValue]:
    match FACTS[name]:
        case "state":
            return STATES[::-1]
        case "level":
            return LEVELS[::-1]
        case "tier":
            return range(NO_TIER + 1)
        case "plain":
            return [one.name for one in policy.environments]
        case _:
            return [True, False]


def _an_example(glob: str) -> str:
    """A path that a glob matches: its wildcards as plain names."""
    return glob.replace("**", "a").replace("*", "a").replace("?", "a")


def _idle_rules(policy: Policy) -> Iterator[Finding]:
    """Rules that ask nothing beyond what every change is asked."""
    always = next(rule for rule in policy.rules if rule.name == DEFAULT_RULE).require
    for rule in policy.rules:
        if rule.name != DEFAULT_RULE and rule.require and all(one in always for one in rule.require):
            yield _finding(
                "idle-rule", "warning", rule, "it asks nothing that the default does not", "take it out"
            )


def _patterns(policy: Policy) -> Iterator[Finding]:
    places = [
        (rule.line, glob, f"touches({glob!r}) in {rule.name!r}")
        for rule in policy.rules
        for glob in compiled(rule.when).globs
    ]
    services = policy.services if isinstance(policy.services, tuple) else ()
    places += [(0, glob, f"{glob!r} of service {one.name!r}") for one in services for glob in one.paths]
    places += [
        (0, glob, f"{glob!r} of target {target.name!r}")
        for environment in policy.environments
        for target in environment.targets
        for glob in target.paths
    ]
    for line, glob, called in places:
        if glob.startswith("/") or "//" in glob or glob.endswith("/"):
            yield _plain(
                "pattern", "error", line, f"{called} matches nothing", "paths have no / at either end"
            )
        elif "/" not in glob and "*" in glob and glob != "**":
            yield _plain(
                "pattern",
                "warning",
                line,
                f"{called} matches at the root alone",
                f"**/{glob} is all folders",
            )


def _groups(policy: Policy, roster: Roster) -> Iterator[Finding]:
    used = set(_used_groups(policy))
    for group in policy.groups:
        if group.name not in used:
            yield _plain("unused-group", "note", 0, f"no rule asks for group {group.name!r}", "take it out")
        for id_ in group.persons if isinstance(group.persons, tuple) else ():
            if roster.person(id_) is None:
                yield _plain(
                    "unknown-person",
                    "error",
                    0,
                    f"group {group.name!r} names {id_}, who is not in people.yaml",
                    "list them, or take them out of the group",
                )


def _used_groups(policy: Policy) -> Iterator[str]:
    for _, one in _approvals(policy):
        yield from _made_of(policy.group(one.group))
    if isinstance(policy.emergency, Emergency):
        for name in (policy.emergency.group, policy.emergency.reviewers):
            yield from _made_of(policy.group(name))


def _made_of(group: Group) -> Iterator[str]:
    yield group.name
    for part in (*(group.any_of or ()), *(group.all_of or ())):
        yield from _made_of(part)


def _approvals(policy: Policy) -> Iterator[tuple[Rule, Approvals]]:
    for rule in policy.rules:
        for one in rule.require:
            if isinstance(one, Approvals):
                yield rule, one
            elif isinstance(one, Window | Freeze):
                yield from ((rule, exception) for exception in one.unless)


def _able(policy: Policy, roster: Roster, one: Approvals) -> list[Person]:
    group = policy.group(one.group)
    return [person for person in roster.persons if person.keys and group.has(person, roster.levels)]


def _counts(policy: Policy, roster: Roster) -> Iterator[Finding]:
    for rule, one in _approvals(policy):
        able = _able(policy, roster, one)
        if len(able) < one.count:
            what = f"{one.sentence(one.count)}, and only {len(able)} with a key are in it"
            yield _finding("too-small", "error", rule, what, "give more persons keys, or ask for fewer")
        elif len(able) == one.count:
            what = f"{one.sentence(one.count)}: just as many are in it, so none of them may write"
            yield _finding("too-small", "warning", rule, what, "one more person than are asked for is needed")
        if isinstance(one.trained, str) and not any(one.trained in person.trainings for person in able):
            what = f"nobody of {one.group} is trained in {one.trained!r} today"
            yield _finding("too-small", "error", rule, what, "record the training in people.yaml")
        if one.presence and not any(key.startswith("sk-") for person in able for key in person.keys):
            what = f"nobody of {one.group} has a security key, so nobody can be present without the service"
            yield _finding("presence", "note", rule, what, "list their sk-… keys, or run the service")


def _producers(policy: Policy, roster: Roster) -> Iterator[Finding]:
    known = {one.name for one in policy.producers}
    for rule in policy.rules:
        for one in rule.require:
            if isinstance(one, CheckNeeded) and one.producer not in known:
                what = f"check {one.name!r} by {one.producer!r}, whose keys the policy does not list"
                yield _finding("unknown-producer", "error", rule, what, "add it under `producers:`")
    holders = {key: person.id for person in roster.persons for key in person.keys}
    holders |= {key: agent.id for agent in roster.agents for key in agent.keys}
    for producer in policy.producers:
        for key in producer.keys:
            if key in holders:
                what = f"producer {producer.name!r} signs with a key of {holders[key]}"
                yield _plain("shared-key", "error", 0, what, "give the program a key of its own")


def _owners(policy: Policy, roster: Roster) -> Iterator[Finding]:
    for rule in policy.rules:
        asks = [one for one in rule.require if isinstance(one, OwnersNeeded)]
        if asks and not any(person.teams for person in roster.persons):
            what = "it asks for owners, and nobody in people.yaml is in a team"
            yield _finding("owners", "warning", rule, what, "list teams as CODEOWNERS calls them")


def _holes(policy: Policy) -> Iterator[Finding]:
    """What is known to have let changes through elsewhere."""
    rules = [rule for rule in policy.rules if not rule.name.startswith(FREEZE)]
    conditions = " ".join(rule.when for rule in rules)
    if "provenance." not in conditions:
        hint = 'at_least(provenance.state, "ai_disclosed")'
        yield _plain("no-ai-rule", "warning", 0, "no rule asks about AI's part in a change", hint)
    if "reach." not in conditions:
        hint = 'at_least(reach.level, "high")'
        yield _plain("no-reach-rule", "warning", 0, "no rule asks how far a change reaches", hint)
    for rule in rules:
        if ("docs_only" in rule.when or "tests_only" in rule.when) and "!" not in rule.when:
            what = "it asks more of documentation or tests than of code"
            yield _finding("asks-of-harmless", "warning", rule, what, "an exemption is !reach.docs_only")
        for one in rule.require:
            if isinstance(one, Limit) and one.state is UNSET and one.tier is UNSET:
                yield _finding(
                    "wide-limit", "note", rule, "its limit counts every change", "say state: or tier:"
                )
    yield from _environments(policy)
    yield from _emergency(policy)


def _environments(policy: Policy) -> Iterator[Finding]:
    for one in policy.environments:
        if one.mode == "observe":
            yield _plain(
                "observes", "note", 0, f"{one.name} only observes", "mode: enforce, when you are ready"
            )
        if one.deployer is UNSET:
            what = f"nobody's word counts for what runs in {one.name}"
            yield _plain(
                "no-deployer", "note", 0, what, "name its deployer, or no deployment is ever covered"
            )


def _emergency(policy: Policy) -> Iterator[Finding]:
    if not isinstance(policy.emergency, Emergency):
        hint = "override: { from: on-call }"
        yield _plain("no-override", "note", 0, "there is no door for emergencies", hint)
    elif not policy.emergency.presence:
        hint = "a program that holds its owner's key could open the door for emergencies"
        yield _plain("override-without-presence", "warning", 0, "an override takes no presence", hint)


def _finding(code: str, severity: Severity, rule: Rule, what: str, hint: str) -> Finding:
    return Finding(code=code, severity=severity, line=rule.line, what=f"{rule.name}: {what}", hint=hint)


def _plain(code: str, severity: Severity, line: int, what: str, hint: str) -> Finding:
    return Finding(code=code, severity=severity, line=line, what=what, hint=hint)
