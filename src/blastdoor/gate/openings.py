"""Openings: the smallest sets of steps that would open the door, persons symbolic.

Found with the evaluator that decides: persons who could still say yes fall into classes by which demands
they qualify for, and the smallest multisets of classes that meet every demand are the openings.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blastdoor.gate.demands import Evaluation, assign
from blastdoor.gate.votes import Rejection, Voter, Yes, excluded
from blastdoor.model import Demand, Opening, Person, Step
from blastdoor.policy import Approvals

MAX_OPENINGS = 16
_MAX_TRIED = 3_000
#: How many persons beyond the fewest possible an opening may take and still be listed.
_SLACK = 1

Ability = frozenset[Approvals]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """Who could still say yes, by what they would qualify for; and the rules' approvals, without repeats."""

    rules: tuple[tuple[Approvals, ...], ...]
    voters: tuple[Ability, ...]
    classes: dict[Ability, tuple[str, ...]]

    def of_at_least(self, ability: Ability) -> tuple[str, ...]:
        """Everybody who qualifies for all of this."""
        return tuple(sorted(id_ for able, ids in self.classes.items() if ability <= able for id_ in ids))


def find_openings(evaluation: Evaluation, demands: Sequence[Demand]) -> tuple[tuple[Opening, ...], bool]:
    """The openings of a hold, and whether these are all. Every step of one is needed."""
    case, asked = evaluation.case, evaluation.asked
    others, certain = _other_steps(evaluation, demands)
    if any(len(rejection.enders) < rejection.needed for rejection in evaluation.count.rejections):
        return (), True
    if all(demand.met for demand in demands if demand.kind == "approvals"):
        return ((Opening(steps=others, certain=certain),), True) if others else ((), True)
    crowd = _crowd(evaluation)
    found, complete = _smallest(crowd, asked.extra)
    if not found:
        # Somebody who said yes when they were less could now say it again for more.
        crowd = _crowd(evaluation, again=True)
        found, complete = _smallest(crowd, asked.extra)
    openings = [_opening(crowd, ability, others, certain=certain) for ability in found]
    unmapped = tuple(one.id for one in case.contributors if one.kind == "unmapped")
    if unmapped:
        fewer, _ = _smallest(crowd, asked.extra - len(unmapped))
        mapping = Step(
            kind="map", text="list their accounts in people.yaml on the protected branch", of=unmapped
        )
        # Whom a mailbox turns out to belong to decides who may still approve: this may open, it need not.
        openings += [_opening(crowd, one, (mapping, *others), certain=False) for one in fewer[:2]]
    return tuple(openings[:MAX_OPENINGS]), complete and len(openings) <= MAX_OPENINGS


def _crowd(evaluation: Evaluation, *, again: bool = False) -> _Crowd:
    rules = tuple(
        dict.fromkeys(
            tuple(requirement for requirement in rule.require if isinstance(requirement, Approvals))
            for rule in evaluation.asked.rules
        )
    )
    wanted = {requirement for rule in rules for requirement in rule}

    def ability(voter: Voter) -> Ability:
        return frozenset(one for one in wanted if evaluation.qualifies(voter, one))

    barred = excluded(evaluation.case)
    fresh = {person.id: ability(_if_they_said_yes(person)) for person in evaluation.case.people.persons}
    spoken = {voter.now.id: ability(voter) for voter in evaluation.count.voters}
    if again:
        spoken = {id_: able for id_, able in spoken.items() if not able < fresh.get(id_, able)}
    classes: dict[Ability, tuple[str, ...]] = {}
    for person in evaluation.case.people.persons:
        able, free = fresh[person.id], person.id not in barred and person.id not in spoken
        if able and free and person.active and person.keys:
            classes[able] = (*classes.get(able, ()), person.id)
    return _Crowd(rules=rules, voters=tuple(spoken.values()), classes=classes)


def _if_they_said_yes(person: Person) -> Voter:
    # A security key can verify its user; whether it will is between the person and the key.
    verifying = any(key.startswith("sk-") for key in person.keys)
    return Voter(now=person, said=(Yes(then=person, present=verifying),))


def _smallest(crowd: _Crowd, extra: int) -> tuple[list[tuple[Ability, ...]], bool]:
    """The smallest multisets of classes that meet every rule, weaker first; and whether all are here."""
    order = sorted(crowd.classes, key=lambda able: (len(able), sorted(one.group for one in able)))
    most = sum(one.count + extra for rule in crowd.rules for one in rule)
    everyone = tuple(able for able in order for _ in crowd.classes[able][:most])
    if not _meets(crowd, everyone, extra):
        return [], True
    found: list[tuple[Ability, ...]] = []
    tried = 0
    for size in range(most + 1):
        if found and size > len(found[0]) + _SLACK:
            break
        for chosen in _multisets(order, size, crowd):
            tried += 1
            if tried > _MAX_TRIED:
                return found or [_pared(crowd, everyone, extra)], False
            if not any(_covers(chosen, smaller) for smaller in found) and _meets(crowd, chosen, extra):
                found.append(chosen)
                if len(found) > MAX_OPENINGS:
                    return found, False
    return found, True


def _pared(crowd: _Crowd, chosen: tuple[Ability, ...], extra: int) -> tuple[Ability, ...]:
    """One way out where there are too many to look through: everybody, less each who is not needed."""
    for able in chosen:
        fewer = list(chosen)
        fewer.remove(able)
        if _meets(crowd, tuple(fewer), extra):
            chosen = tuple(fewer)
    return chosen


def _multisets(order: list[Ability], size: int, crowd: _Crowd) -> Iterator[tuple[Ability, ...]]:
    for chosen in itertools.combinations_with_replacement(order, size):
        if all(chosen.count(able) <= len(crowd.classes[able]) for able in set(chosen)):
            yield chosen


def _meets(crowd: _Crowd, chosen: tuple[Ability, ...], extra: int) -> bool:
    everyone = (*crowd.voters, *chosen)
    for rule in crowd.rules:
        counts = [requirement.count + extra for requirement in rule]
        able = [[i for i, ability in enumerate(everyone) if requirement in ability] for requirement in rule]
        if any(len(one) < need for one, need in zip(able, counts, strict=True)):
            return False
        served = assign(counts, able)
        if any(len(one) < need for one, need in zip(served, counts, strict=True)):
            return False
    return True


def _covers(larger: tuple[Ability, ...], smaller: tuple[Ability, ...]) -> bool:
    """Whether each member of `smaller` has a member of `larger`, its own, that can do all it can."""
    able = [[i for i, one in enumerate(larger) if needed <= one] for needed in smaller]
    return all(assign([1] * len(smaller), able))


def _opening(
    crowd: _Crowd, chosen: tuple[Ability, ...], others: tuple[Step, ...], *, certain: bool
) -> Opening:
    steps: list[Step] = []
    for able in sorted(set(chosen), key=lambda one: (-len(one), sorted(a.group for a in one))):
        times = chosen.count(able)
        of = crowd.of_at_least(able)
        more = " more" if steps else ""
        noun = "approval" if times == 1 else "approvals"
        text = f"{times}{more} {noun} from {_called(crowd, able)}"
        steps.append(Step(kind="approvals", text=text, count=times, of=of))
    return Opening(steps=(*steps, *others), certain=certain)


def _called(crowd: _Crowd, able: Ability) -> str:
    """The groups that say it all: a senior is a peer as well, and is called a senior."""
    groups = {one: set(crowd.of_at_least(frozenset({one}))) for one in able}
    narrowest = [one for one in able if not any(groups[other] < groups[one] for other in able)]
    names = {one.group + (" (in person)" if one.presence else "") for one in narrowest}
    return " and ".join(sorted(names))


def _other_steps(evaluation: Evaluation, demands: Sequence[Demand]) -> tuple[tuple[Step, ...], bool]:
    """The steps that no approval replaces, and whether it is certain that they open."""
    case, policy = evaluation.case, evaluation.policy
    sure = [_end_of(rejection) for rejection in evaluation.count.rejections]
    sure += [
        Step(kind="record", text=f"{demand.requirement}, given by a producer that is proven")
        for demand in demands
        if not demand.met and demand.kind != "approvals"
    ]
    unsure = [Step(kind="resolve", text=unknown.step) for unknown in case.unknowns]
    unsure += [
        Step(kind="policy", text=f"repair the condition of {rule.name!r} on {case.rules.ref}")
        for rule, _ in evaluation.asked.failed
    ]
    unsure += [
        Step(kind="resolve", text=f"read {id_} with a newer Blastdoor, or delete its ref")
        for id_ in evaluation.count.unreadable
    ]
    if policy.environment(case.environment).branch != case.change.target_branch:
        unsure.append(
            Step(kind="resolve", text=f"bring the change to the branch that feeds {case.environment}")
        )
    return tuple(dict.fromkeys((*sure, *unsure))), not unsure


def _end_of(rejection: Rejection) -> Step:
    text = (
        f"{rejection.person} withdraws their no, {rejection.id}"
        if rejection.needed == 1
        else f"{rejection.needed} others of their group end {rejection.id}, since {rejection.person} is gone"
    )
    return Step(kind="withdraw", text=text, count=rejection.needed, of=rejection.enders)
