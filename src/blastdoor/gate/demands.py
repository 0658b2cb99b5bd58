"""Demands: which rules apply, and whether the counted persons, proven facts and the time meet them.

Within one rule every demanded approval is a different person; across rules one person may serve each. Owners
of several paths, and exceptions to a window, are asked for by themselves.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
from msgspec import UNSET

from blastdoor.gate.reports import Proven
from blastdoor.gate.votes import Count, Voter
from blastdoor.gate.waiting import Timed, opens_at
from blastdoor.model import Case, Demand, Owned, Person
from blastdoor.policy import (
    Approvals,
    CheckNeeded,
    Cooling,
    Freeze,
    Knows,
    Limit,
    OwnersNeeded,
    Policy,
    Requirement,
    RolloutNeeded,
    Rule,
    TextNeeded,
    Window,
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
class Wanted:
    """`count` voters who each qualify: for `approvals`, or as one of the `owners` of something."""

    count: int
    label: str
    sentence: str
    approvals: Approvals | None = None
    owners: frozenset[str] | None = None

    @property
    def presence(self) -> bool:
        """Whether only a yes given in person counts."""
        return self.approvals is not None and self.approvals.presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Approvals that are demanded of different persons. `timed`: time alone meets this as well."""

    rule: Rule
    requirement: Requirement | None
    wanted: tuple[Wanted, ...]
    timed: Timed | None = None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Everything that one decision looks at: its inputs, the votes as counted, and what is asked."""

    case: Case
    policy: Policy
    now: str
    count: Count
    asked: Asked
    proven: Proven

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of approvals that is asked for, met or not."""
        return tuple(block for rule in self.asked.rules for block in _blocks(self, rule))

    @cached_property
    def blocks_by_rule(self) -> dict[str, list[Block]]:
        """The same, for each rule by its name."""
        found: dict[str, list[Block]] = {}
        for block in self.blocks:
            found.setdefault(block.rule.name, []).append(block)
        return found

    def qualifies(self, voter: Voter, wanted: Wanted) -> bool:
        """Whether this voter's yes counts here: by the roster then, and by the roster now."""
        if wanted.owners is not None:
            return voter.now.active and voter.now.id in wanted.owners
        if wanted.approvals is None:
            return False
        requirement, levels = wanted.approvals, self.case.people.levels
        if voter.now.id not in self._members(requirement.group):
            return False
        group = self.policy.group(requirement.group)
        if not _trained(voter.now, requirement, self.now[:10]):
            return False
        if isinstance(requirement.knows, Knows) and not self._knows(voter.now, requirement.knows):
            return False
        # Any one of their yeses will do: a later, better one must not be worth less for an earlier one.
        return any(
            (yes.then is voter.now or group.has(yes.then, levels))
            and _trained(yes.then, requirement, yes.day)
            and (yes.present or not requirement.presence)
            for yes in voter.said
        )

    def _members(self, group: str) -> frozenset[str]:
        """Who is in a group now; looked up once, since most people are in few."""
        if group not in self._groups:
            found, levels = self.policy.group(group), self.case.people.levels
            self._groups[group] = frozenset(
                person.id for person in self.case.people.persons if found.has(person, levels)
            )
        return self._groups[group]

    @cached_property
    def _groups(self) -> dict[str, frozenset[str]]:
        return {}

    def _knows(self, person: Person, knows: Knows) -> bool:
        return any(
            (one.person, one.days) == (person.id, knows.days) and one.commits >= knows.commits
            for one in self.case.experience
        )

    def is_open(self, timed: Timed) -> bool:
        """Whether a demand that time meets is met now."""
        return opens_at(timed, self.case, self.policy, self.now) == self.now


def ask(case: Case, policy: Policy, now: str) -> Asked:
    """Evaluate every rule that is in force at a time (RFC 3339, UTC)."""
    facts = facts_of(case)
    rules, failed = [], []
    for rule in policy.rules:
        if not rule.in_force(now):
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


def _trained(person: Person, requirement: Approvals, day: str) -> bool:
    if not isinstance(requirement.trained, str):
        return True
    completed = person.trainings.get(requirement.trained)
    if completed is None or completed > day:
        return False
    if not isinstance(requirement.within_days, int):
        return True
    try:
        age = dt.date.fromisoformat(day) - dt.date.fromisoformat(completed)
    except ValueError:
        return False  # a day that no calendar has proves no training
    return age.days <= requirement.within_days


def _blocks(evaluation: Evaluation, rule: Rule) -> Iterator[Block]:
    extra = evaluation.asked.extra
    approvals = tuple(one for one in rule.require if isinstance(one, Approvals))
    if approvals:
        yield Block(rule=rule, requirement=None, wanted=tuple(_wanted(one, extra) for one in approvals))
    for requirement in rule.require:
        if isinstance(requirement, OwnersNeeded):
            for owned in _owned(evaluation.case, requirement):
                yield Block(rule=rule, requirement=requirement, wanted=(_owners(owned, requirement, extra),))
        elif isinstance(requirement, Window | Freeze):
            wanted = tuple(_wanted(one, extra) for one in requirement.unless)
            yield Block(rule=rule, requirement=requirement, wanted=wanted, timed=requirement)


def _wanted(requirement: Approvals, extra: int) -> Wanted:
    count = requirement.count + extra
    return Wanted(
        count=count, label=requirement.group, sentence=requirement.sentence(count), approvals=requirement
    )


def _owned(case: Case, requirement: OwnersNeeded) -> Iterator[Owned]:
    for owned in case.owned:
        counted = not isinstance(requirement.tier, int) or owned.tier <= requirement.tier
        if owned.of == requirement.of and counted:
            yield owned


def _owners(owned: Owned, requirement: OwnersNeeded, extra: int) -> Wanted:
    count = requirement.count + extra
    what = f"service {owned.what}" if owned.of == "services" else owned.what
    return Wanted(
        count=count,
        label=f"owners of {what}",
        sentence=f"{count} approval{'s' if count != 1 else ''} from the owners of {what}",
        owners=frozenset(owned.owners),
    )


def meet(evaluation: Evaluation) -> tuple[Demand, ...]:
    """How each requirement of each rule that applies stands, in the order of the policy."""
    return tuple(demand for rule in evaluation.asked.rules for demand in _meet_rule(evaluation, rule))


def _meet_rule(evaluation: Evaluation, rule: Rule) -> Iterator[Demand]:
    blocks = evaluation.blocks_by_rule.get(rule.name, [])
    together = next((block.wanted for block in blocks if block.requirement is None), ())
    served = iter(_served(evaluation, together))
    for requirement in rule.require:
        match requirement:
            case Approvals():
                yield _approvals_demand(rule, *next(served))
            case OwnersNeeded() | Window() | Freeze():
                for block in blocks:
                    if block.requirement is requirement:
                        yield from _block_demands(evaluation, block)
            case Cooling() | Limit():
                yield _timed_demand(evaluation, rule, requirement)
            case TextNeeded() | CheckNeeded() | RolloutNeeded():
                yield _fact_demand(evaluation, rule, requirement)


def _served(evaluation: Evaluation, wanted: Sequence[Wanted]) -> list[tuple[Wanted, list[Voter]]]:
    voters = evaluation.count.voters
    able = [
        [index for index, voter in enumerate(voters) if evaluation.qualifies(voter, one)] for one in wanted
    ]
    served = assign([one.count for one in wanted], able)
    return [(one, [voters[i] for i in by]) for one, by in zip(wanted, served, strict=True)]


def _block_demands(evaluation: Evaluation, block: Block) -> list[Demand]:
    served = _served(evaluation, block.wanted)
    if block.timed is None:
        return [_approvals_demand(block.rule, wanted, by) for wanted, by in served]
    excepted = bool(served) and all(len(by) >= wanted.count for wanted, by in served)
    demand = _timed_demand(evaluation, block.rule, block.timed)
    if demand.met or not excepted:
        return [demand]
    by = tuple(sorted({voter.now.id for _, voters in served for voter in voters}))
    return [msgspec.structs.replace(demand, met=True, have=1, by=by, note="an exception that was approved")]


def _approvals_demand(rule: Rule, wanted: Wanted, by: Sequence[Voter]) -> Demand:
    short = len(by) < wanted.count
    return Demand(
        rule=rule.name,
        kind="approvals",
        requirement=wanted.sentence,
        need=wanted.count,
        have=len(by),
        met=not short,
        by=tuple(sorted(voter.now.id for voter in by)),
        note="needs the service or a verifying security key" if wanted.presence and short else UNSET,
    )


def _timed_demand(evaluation: Evaluation, rule: Rule, timed: Timed) -> Demand:
    opens = opens_at(timed, evaluation.case, evaluation.policy, evaluation.now)
    met = opens == evaluation.now
    kinds = {Window: "window", Freeze: "window", Cooling: "cooling", Limit: "limit"}
    unseen = isinstance(timed, Cooling) and opens is None
    return Demand(
        rule=rule.name,
        kind=kinds[type(timed)],  # type: ignore[arg-type]
        requirement=timed_sentence(timed),
        need=1,
        have=int(met),
        met=met,
        note=UNSET
        if met
        else "no record of when it was first seen: `check --record` begins one"
        if unseen
        else "when that is cannot be told"
        if opens is None
        else f"from {opens}",
    )


def timed_sentence(timed: Timed) -> str:
    """What is asked for, in a sentence."""
    match timed:
        case Window():
            return (
                f"a time between {timed.opens} and {timed.closes} on {', '.join(timed.days)} ({timed.zone})"
            )
        case Freeze():
            return f"a time after the freeze, which ends {timed.until}"
        case Cooling():
            return f"{timed.hours} hours since this content was first seen"
        case Limit():
            state = f" {timed.state}" if isinstance(timed.state, str) else ""
            tier = f" on tier {timed.tier} or more critical" if isinstance(timed.tier, int) else ""
            return f"fewer than {timed.changes}{state} changes{tier} deployed in the last {timed.hours} hours"


def _fact_demand(
    evaluation: Evaluation, rule: Rule, requirement: TextNeeded | CheckNeeded | RolloutNeeded
) -> Demand:
    given = _given(evaluation.case, requirement)
    met = evaluation.proven.has(requirement) or any(one != "asserted" for one in given)
    claimed = evaluation.proven.claims(requirement) or bool(given)
    asserted = "asserted: who gave it is not proven, so it does not count"
    kinds = {TextNeeded: "text", CheckNeeded: "check", RolloutNeeded: "rollout"}
    return Demand(
        rule=rule.name,
        kind=kinds[type(requirement)],  # type: ignore[arg-type]
        requirement=fact_sentence(requirement),
        need=1,
        have=int(met),
        met=met,
        note=asserted if claimed and not met else UNSET,
    )


def fact_sentence(needed: TextNeeded | CheckNeeded | RolloutNeeded) -> str:
    """What is asked for, in a sentence."""
    match needed:
        case CheckNeeded():
            return f"check {needed.name} by {needed.producer} passed on this head"
        case RolloutNeeded():
            first = needed.first_percent
            return "a staged rollout" + (
                f", the first stage at most {first} %" if isinstance(first, int) else ""
            )
        case TextNeeded():
            under = needed.headings
            named = f" with {', '.join(under)}" if isinstance(under, tuple) else ""
            return f"a {needed.text.replace('_', ' ')}{named}"


def _given(case: Case, needed: TextNeeded | CheckNeeded | RolloutNeeded) -> list[str]:
    """How far whoever gave this among the facts from outside is known: the assurance of each time."""
    match needed:
        case TextNeeded():
            wanted = {one.casefold() for one in needed.headings or ()}
            return [
                text.assurance
                for text in case.facts.texts
                if text.kind == needed.text and wanted <= {one.casefold() for one in text.headings}
            ]
        case CheckNeeded():
            sought = (needed.name, needed.producer, case.change.head, "success")
            return [
                check.assurance
                for check in case.facts.checks
                if (check.name, check.producer, check.head, check.conclusion) == sought
            ]
        case RolloutNeeded():
            return []


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
