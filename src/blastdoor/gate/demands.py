"""Demands: which rules apply, and whether the counted persons and proven facts meet them.

Within one rule every demanded approval is a different person; across rules one person may serve each.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET

from blastdoor.gate.votes import Count, Voter
from blastdoor.model import Case, Demand, Person
from blastdoor.policy import (
    Approvals,
    CheckNeeded,
    Policy,
    Rule,
    TextNeeded,
    compiled,
    facts_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of this change.

    `rules` apply; of them `forbidding` forbid. `extra` is how many more approvals every count asks for, since
    that many hands belong to persons unknown. `failed` are conditions that could not be evaluated: (rule,
    problem).
    """

    rules: tuple[Rule, ...]
    extra: int
    failed: tuple[tuple[Rule, str], ...]

    @property
    def forbidding(self) -> tuple[Rule, ...]:
        """The rules that forbid."""
        return tuple(rule for rule in self.rules if isinstance(rule.forbid, str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that one decision looks at: its inputs, the votes as counted, and what is asked."""

    case: Case
    policy: Policy
    today: str
    count: Count
    asked: Asked

    def qualifies(self, voter: Voter, requirement: Approvals) -> bool:
        """Whether this voter's yes counts for the requirement: by the roster then, and by the roster now."""
        group, levels = self.policy.group(requirement.group), self.case.people.levels
        if not (group.has(voter.now, levels) and _trained(voter.now, requirement, self.today)):
            return False
        # Any one of their yeses will do: a later, better one must not be worth less for an earlier one.
        return any(
            group.has(yes.then, levels) and (yes.present or not requirement.presence) for yes in voter.said
        )


def ask(case: Case, policy: Policy, today: str) -> Asked:
    """Evaluate every rule that is in force today (YYYY-MM-DD)."""
    facts = facts_of(case)
    rules, failed = [], []
    for rule in policy.rules:
        if not rule.in_force(today):
            continue
        applies, problem = compiled(rule.when).applies(facts)
        if problem:
            failed.append((rule, problem))
        if applies:
            rules.append(rule)
    return Asked(rules=tuple(rules), extra=extra_approvals(case), failed=tuple(failed))


def extra_approvals(case: Case) -> int:
    """One more for each hand that no person answers to: an unmapped author, an agent without an owner.

    Any of the approvers may be that person, so that many of them may not be independent.
    """
    unmapped = sum(contributor.kind == "unmapped" for contributor in case.contributors)
    unowned = sum(
        contributor.kind == "agent" and not isinstance(contributor.owner, str)
        for contributor in case.contributors
    )
    return unmapped + unowned


def _trained(person: Person, requirement: Approvals, today: str) -> bool:
    if not isinstance(requirement.trained, str):
        return True
    completed = person.trainings.get(requirement.trained)
    if completed is None or completed > today:
        return False
    if not isinstance(requirement.within_days, int):
        return True
    try:
        age = dt.date.fromisoformat(today) - dt.date.fromisoformat(completed)
    except ValueError:
        return False  # a day that no calendar has proves no training
    return age.days <= requirement.within_days


def meet(evaluation: Evaluation) -> tuple[Demand, ...]:
    """How each requirement of each rule that applies stands."""
    return tuple(demand for rule in evaluation.asked.rules for demand in _meet_rule(evaluation, rule))


def _meet_rule(evaluation: Evaluation, rule: Rule) -> list[Demand]:
    voters, extra = evaluation.count.voters, evaluation.asked.extra
    wanted = [requirement for requirement in rule.require if isinstance(requirement, Approvals)]
    able = [
        [index for index, voter in enumerate(voters) if evaluation.qualifies(voter, requirement)]
        for requirement in wanted
    ]
    served = iter(assign([requirement.count + extra for requirement in wanted], able))
    demands = []
    for requirement in rule.require:
        if isinstance(requirement, Approvals):
            by = [voters[index] for index in next(served)]
            demands.append(_approvals_demand(rule, requirement, extra, by))
        else:
            demands.append(_fact_demand(evaluation.case, rule, requirement))
    return demands


def _approvals_demand(rule: Rule, requirement: Approvals, extra: int, by: Sequence[Voter]) -> Demand:
    need = requirement.count + extra
    short = len(by) < need
    return Demand(
        rule=rule.name,
        kind="approvals",
        requirement=requirement.sentence(need),
        need=need,
        have=len(by),
        met=not short,
        by=tuple(sorted(voter.now.id for voter in by)),
        note="needs the service or a verifying security key" if requirement.presence and short else UNSET,
    )


def _fact_demand(case: Case, rule: Rule, requirement: TextNeeded | CheckNeeded) -> Demand:
    if isinstance(requirement, TextNeeded):
        sentence = f"a {requirement.text.replace('_', ' ')}"
        given = [text.assurance for text in case.facts.texts if text.kind == requirement.text]
    else:
        sentence = f"check {requirement.name} by {requirement.producer} passed on this head"
        wanted = (requirement.name, requirement.producer, case.change.head, "success")
        given = [
            check.assurance
            for check in case.facts.checks
            if (check.name, check.producer, check.head, check.conclusion) == wanted
        ]
    met = any(assurance != "asserted" for assurance in given)
    asserted = "asserted: who gave it is not proven, so it does not count"
    return Demand(
        rule=rule.name,
        kind="text" if isinstance(requirement, TextNeeded) else "check",
        requirement=sentence,
        need=1,
        have=int(met),
        met=met,
        note=asserted if given and not met else UNSET,
    )


def assign(counts: Sequence[int], able: Sequence[Sequence[int]]) -> list[list[int]]:
    """A maximum matching of persons to demanded approvals: for each requirement, who serves it.

    `counts[i]` approvals are demanded by requirement i, and `able[i]` are the persons (by index) who qualify.
    Augmenting paths (Kuhn's algorithm); each person serves once.
    """
    # More slots than able persons cannot be filled anyhow; one too many keeps the shortfall visible.
    slots = [
        requirement
        for requirement, count in enumerate(counts)
        for _ in range(min(count, len(able[requirement]) + 1))
    ]
    holder: dict[int, int] = {}  # person -> slot

    def place(slot: int, tried: set[int]) -> bool:
        for person in able[slots[slot]]:
            if person in tried:
                continue
            tried.add(person)
            if person not in holder or place(holder[person], tried):
                holder[person] = slot
                return True
        return False

    for slot in range(len(slots)):
        place(slot, set())
    served: list[list[int]] = [[] for _ in counts]
    for person, slot in sorted(holder.items()):
        served[slots[slot]].append(person)
    return served
