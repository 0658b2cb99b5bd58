"""The rule tree of a verdict: why each rule applies, what counted, and what did not and why."""

import msgspec
from msgspec import UNSET, UnsetType

from blastdoor.gate.course import is_by_landings, judge_landing, landing_case
from blastdoor.gate.decide import decide
from blastdoor.gate.judge import Judged, judge
from blastdoor.model import Case, Course, Demand, Reason, Value, Verdict, Vote
from blastdoor.policy import Policy, compiled, facts_of
from blastdoor.policy.facts import FactSet

_SHOWN = 6


class RuleExplained(Value, frozen=True, kw_only=True):
    """One rule and how it stands.

    `status`: `met`, `unmet`, `forbids`, `not applied` (its condition is false), `not in force` (its time is
    not now). `facts`: the facts that its condition names, with their values.
    """

    name: str
    line: int
    when: str
    status: str
    facts: str
    demands: tuple[Demand, ...]


class Part(Value, frozen=True, kw_only=True):
    """The rules of one change, or of one landing of a deployment (`landing`, its commit).

    `earlier`: the statements that were given under other rules than those of now. They count, and the demands
    of now apply.
    """

    rules: tuple[RuleExplained, ...]
    votes: tuple[Vote, ...]
    reasons: tuple[Reason, ...]
    earlier: tuple[str, ...] = ()
    landing: str = ""
    status: str = ""


class Explained(Value, frozen=True, kw_only=True):
    """A verdict with its rule tree."""

    verdict: Verdict
    parts: tuple[Part, ...]


def explain(case: Case, policy: Policy, now: str) -> Explained:
    """The verdict on a case at a time, and how it came about."""
    verdict = decide(case, policy, now)
    if isinstance(case.course, Course) and is_by_landings(case):
        parts = tuple(
            _part(
                judge_one(landing_case(case, landing), policy, now), policy, now, landing.change.head, status
            )
            for landing in case.course.landings
            for status in (judge_landing(case, landing, policy, now),)
            if status in {"uncovered", "owed", "covered"}
        )
        return Explained(verdict=verdict, parts=parts)
    return Explained(verdict=verdict, parts=(_part(judge_one(case, policy, now), policy, now),))


def judge_one(case: Case, policy: Policy, now: str) -> Judged:
    """A change judged, with everyone as they are today."""
    return judge(msgspec.structs.replace(case, people=case.people.on(now[:10])), policy, now)


def _part(judged: Judged, policy: Policy, now: str, landing: str = "", status: str = "") -> Part:
    facts = facts_of(judged.case)
    applying = {rule.name for rule in judged.evaluation.asked.rules}
    rules = []
    for rule in policy.rules:
        demands = tuple(demand for demand in judged.demands if demand.rule == rule.name)
        if rule.name in applying:
            met = all(demand.met for demand in demands)
            how = "forbids" if isinstance(rule.forbid, str) else "met" if met else "unmet"
        else:
            how = "not applied" if rule.in_force(now) else "not in force"
        rules.append(
            RuleExplained(
                name=rule.name,
                line=rule.line,
                when=rule.when,
                status=how,
                facts=_facts(rule.when, facts),
                demands=demands,
            )
        )
    order = {"unmet": 0, "forbids": 0, "met": 1, "not applied": 2, "not in force": 3}
    rules.sort(key=lambda one: order[one.status])
    extra = tuple(reason for reason in judged.reasons if reason.code != "demand")
    return Part(
        rules=tuple(rules),
        votes=judged.votes,
        reasons=extra,
        earlier=_earlier(judged, policy),
        landing=landing,
        status=status,
    )


def _earlier(judged: Judged, policy: Policy) -> tuple[str, ...]:
    said = [(one.envelope.id, one.envelope.statement()) for one in judged.case.statements]
    return tuple(sorted(id_ for id_, one in said if one is not None and one.seal.policy != policy.digest))


def _facts(when: str, facts: FactSet) -> str:
    named = compiled(when).facts
    shown = [f"{name} = {_word(facts.values.get(name, UNSET))}" for name in named[:_SHOWN]]
    return ", ".join(shown)


def _word(value: str | int | bool | UnsetType) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
