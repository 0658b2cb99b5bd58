"""What is drafted from policy-bot's rules lets nothing through that those would have held.

Their semantics, as their documentation has it: a rule whose `if` is not met is skipped; an `and` is approved
if a part is and none is pending; an `or` if a part is; what skips all of its parts is skipped; and only what
is approved passes.
"""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.policy import Approvals, CheckNeeded, FactSet, Policy, Rule, compiled, load_policy
from blastdoor.policy.importing import import_policy
from builders import LEVELS, a_person

_TEAMS = {"red": ("p_1", "p_2", "p_3"), "blue": ("p_3", "p_4"), "green": ("p_5",)}
_PERSONS = ("p_1", "p_2", "p_3", "p_4", "p_5")
_PATHS = ("a/x", "b/y", "c")
_CONDITIONS: list[dict[str, Any]] = [
    {},
    {"changed_files": {"paths": ["^a/"]}},
    {"changed_files": {"paths": ["^b/", "^c$"]}},
    {"changed_files": {"paths": ["^(a|b)/"], "ignore": ["x$"]}},
    {"only_changed_files": {"paths": ["^a/"]}},
    {"only_changed_files": {"paths": ["^a/"]}, "changed_files": {"paths": ["^b/"]}},
    {"no_changed_files": {"paths": ["^a/"]}},
    {"has_labels": ["small"]},
    {"targets_branch": {"pattern": "^main$"}},
    {"targets_branch": {"pattern": "^(next|release)$"}},
    {"targets_branch": {"pattern": "^m\\w+$"}, "has_labels": ["small"]},
]
_DEMANDS: list[dict[str, Any]] = [
    {},
    {"count": 1, "teams": ["shop/red"]},
    {"count": 2, "teams": ["shop/red"]},
    {"count": 1, "teams": ["shop/blue"]},
    {"count": 2, "teams": ["shop/blue"]},
    {"count": 2, "teams": ["shop/red", "shop/blue"]},
    {"count": 1, "teams": ["shop/green"]},
    {"count": 1},
    {"conditions": {"has_labels": ["small"]}},
    {"count": 1, "teams": ["shop/blue"], "conditions": {"has_successful_status": ["small"]}},
]


@dataclass(frozen=True)
class Change:
    """What is asked about: the paths, whether the one label (and check) is there, who said yes."""

    paths: frozenset[str]
    small: bool
    said: frozenset[str]


def _their_condition(name: str, value: Any, change: Change) -> bool:
    def hits(key: str, path: str) -> bool:
        return any(re.search(one, path) for one in value.get(key, []))

    match name:
        case "changed_files":
            return any(hits("paths", one) and not hits("ignore", one) for one in change.paths)
        case "no_changed_files":
            return not any(hits("paths", one) for one in change.paths)
        case "only_changed_files":
            return all(hits("paths", one) for one in change.paths)
        case "targets_branch":
            return re.search(value["pattern"], "main") is not None
    return change.small


def _their_rule(rule: dict[str, Any], change: Change) -> str:
    if not all(_their_condition(name, value, change) for name, value in rule["if"].items()):
        return "skipped"
    requires = rule["requires"]
    if not all(_their_condition(name, one, change) for name, one in requires.get("conditions", {}).items()):
        return "pending"
    may = {one for team in requires.get("teams", []) for one in _TEAMS[team.removeprefix("shop/")]}
    return "approved" if len(may & change.said) >= requires.get("count", 0) else "pending"


def _theirs(tree: Any, rules: dict[str, Any], change: Change) -> str:
    if isinstance(tree, str):
        return _their_rule(rules[tree], change)
    ((kind, parts),) = tree.items()
    states = [_theirs(part, rules, change) for part in parts]
    order = ["approved", "pending"] if kind == "or" else ["pending", "approved"]
    return next((state for state in order if state in states), "skipped")


def _ours(policy: Policy, change: Change, skipped: bool) -> bool:
    values: dict[str, str | int | bool] = {
        "provenance.state": "attested_none", "provenance.tool_as_author": False,
        "provenance.undeclared": False, "reach.level": "none", "reach.tier": 9, "reach.irreversible": False,
        "reach.policy_files": False, "reach.docs_only": False, "reach.tests_only": False,
        "environment.name": "production",
    }  # fmt: skip
    facts = FactSet(values=values, paths=tuple(sorted(change.paths)))
    return all(
        _ours_met(policy, rule, change, skipped)
        for rule in policy.rules
        if compiled(rule.when).applies(facts)[0]
    )


def _ours_met(policy: Policy, rule: Rule, change: Change, skipped: bool) -> bool:
    if isinstance(rule.forbid, str):
        return False
    for one in rule.require:
        if isinstance(one, CheckNeeded):
            # A producer that reports what is so.
            if not (not skipped if one.name == "policy-bot: some rule applies" else change.small):
                return False
        else:
            assert isinstance(one, Approvals)
            group = policy.group(one.group)
            teams = {id_: tuple(t for t, who in _TEAMS.items() if id_ in who) for id_ in change.said}
            agreed = [id_ for id_ in change.said if group.has(a_person(id_, teams=teams[id_]), LEVELS)]
            if len(agreed) < one.count:
                return False
    return True


_RULES = st.lists(
    st.fixed_dictionaries({"if": st.sampled_from(_CONDITIONS), "requires": st.sampled_from(_DEMANDS)}),
    min_size=1,
    max_size=5,
)
_CHANGES = st.builds(
    Change,
    st.frozensets(st.sampled_from(_PATHS), min_size=1),
    st.booleans(),
    st.frozensets(st.sampled_from(_PERSONS)),
)


def _trees(names: list[str]) -> st.SearchStrategy[Any]:
    leaf = st.sampled_from(names)
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda kind, parts: {kind: parts},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=6,
    )


@settings(max_examples=300, deadline=None)
@given(st.data(), _RULES, st.lists(_CHANGES, min_size=4, max_size=10))
def test_what_passes_the_draft_would_have_passed_policy_bot(
    data: st.DataObject, made: list[dict[str, Any]], changes: list[Change]
) -> None:
    rules = {f"rule {number}": rule for number, rule in enumerate(made)}
    tree = data.draw(st.lists(_trees(list(rules)), min_size=1, max_size=3))
    _hold_to_theirs(tree, rules, [*changes, Change(frozenset({"c"}), True, frozenset(_PERSONS))])


def _hold_to_theirs(tree: list[Any], rules: dict[str, Any], changes: list[Change]) -> None:
    text = {
        "policy": {"approval": tree},
        "approval_rules": [{"name": name, **rule} for name, rule in rules.items()],
    }
    draft = import_policy(json.dumps(text).encode(), ".policy.yml").policy
    policy = load_policy(draft.encode(), "policy.yaml")
    for change in changes:
        theirs = _theirs({"and": tree}, rules, change)
        if _ours(policy, change, theirs == "skipped"):
            assert theirs == "approved", (text, change, draft)


@pytest.mark.parametrize("kind", ["and", "or"])
@pytest.mark.parametrize("first", _DEMANDS, ids=str)
def test_two_demands_that_always_apply_are_held_to_whoever_agrees(kind: str, first: dict[str, Any]) -> None:
    everybody = [frozenset(said) for size in range(6) for said in itertools.combinations(_PERSONS, size)]
    changes = [Change(frozenset({"c"}), small, said) for said in everybody for small in (True, False)]
    for second in _DEMANDS:
        rules = {"one": {"if": {}, "requires": first}, "two": {"if": {}, "requires": second}}
        _hold_to_theirs([{kind: ["one", "two"]}], rules, changes)


@pytest.mark.parametrize("kind", ["and", "or"])
@pytest.mark.parametrize("first", _CONDITIONS, ids=str)
def test_two_conditions_are_held_to_on_every_change(kind: str, first: dict[str, Any]) -> None:
    paths = [frozenset(some) for size in (1, 2, 3) for some in itertools.combinations(_PATHS, size)]
    said = [frozenset[str](), frozenset({"p_1"}), frozenset({"p_5"}), frozenset({"p_1", "p_5"})]
    changes = [Change(some, small, who) for some in paths for small in (True, False) for who in said]
    for second in _CONDITIONS:
        rules = {
            "one": {"if": first, "requires": {"count": 1, "teams": ["shop/red"]}},
            "two": {"if": second, "requires": {"count": 1, "teams": ["shop/green"]}},
            "free": {"if": second, "requires": {}},
        }
        _hold_to_theirs([{kind: ["one", "two"]}], rules, changes)
        _hold_to_theirs([{kind: ["one", "free"]}], rules, changes)
