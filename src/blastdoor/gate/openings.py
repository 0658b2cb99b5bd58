"""Openings: the smallest sets of steps that would open the door, persons symbolic.

Found with the evaluator that decides: persons who could still say yes fall into classes by which demands
they qualify for, and the smallest multisets of classes that meet every demand are the openings. Where time
alone meets a demand as well as an exception does, both ways are looked at.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from blastdoor.gate.demands import Block, Evaluation, Wanted, assign
from blastdoor.gate.votes import Rejection, Voter, Yes, excluded
from blastdoor.gate.waiting import Timed, opens_at, wait_for_all
from blastdoor.model import Demand, Opening, Person, Step
from blastdoor.policy import Cooling, Limit

MAX_OPENINGS = 16
_MAX_TRIED = 3_000
#: How many persons beyond the fewest possible an opening may take and still be listed.
_SLACK = 1
#: So many closed windows are looked at in every combination of waiting and exceptions.
_MAX_CHOICES = 3

Ability = frozenset[Wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """Who could still say yes, by what they would qualify for; and what is demanded, without repeats."""

    rules: tuple[tuple[Wanted, ...], ...]
    voters: tuple[Ability, ...]
    classes: dict[Ability, tuple[str, ...]]
    spared: tuple[tuple[Wanted, ...], ...] = ()

    def of_at_least(self, ability: Ability) -> tuple[str, ...]:
        """Everybody who qualifies for all of this."""
        return tuple(sorted(id_ for able, ids in self.classes.items() if ability <= able for id_ in ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One combination of what is voted on and what is waited for.

    `spared`: the exceptions that would make waiting superfluous, if they were approved.
    """

    blocks: tuple[Block, ...]
    timed: tuple[Timed, ...]
    spared: tuple[tuple[Wanted, ...], ...] = ()


def find_openings(evaluation: Evaluation, demands: Sequence[Demand]) -> tuple[tuple[Opening, ...], bool]:
    """The openings of a hold, and whether these are all. Every step of one is needed."""
    if any(len(rejection.enders) < rejection.needed for rejection in evaluation.count.rejections):
        return (), True
    others, certain = other_steps(evaluation, demands)
    found: list[Opening] = []
    complete = True
    for way in _ways(evaluation):
        waiting = _waiting(evaluation, way.timed)
        if waiting is None or _opens_meanwhile(evaluation, way):
            continue
        steps = (*((waiting[0],) if waiting[0] else ()), *others)
        openings, all_of_them = _by_votes(evaluation, way, steps, certain=certain and waiting[1])
        found += openings
        complete = complete and all_of_them
    found = [one for one in found if not any(_is_within(other, one) for other in found)]
    return tuple(found[:MAX_OPENINGS]), complete and len(found) <= MAX_OPENINGS


def _is_within(smaller: Opening, larger: Opening) -> bool:
    return smaller is not larger and set(smaller.steps) < set(larger.steps)


def _ways(evaluation: Evaluation) -> Iterator[_Way]:
    fixed = tuple(block for block in evaluation.blocks if block.timed is None)
    shut = [
        block
        for block in evaluation.blocks
        if block.timed is not None and not evaluation.is_open(block.timed)
    ]
    always = tuple(
        one
        for rule in evaluation.asked.rules
        for one in rule.require
        if isinstance(one, Cooling | Limit) and not evaluation.is_open(one)
    )
    staying = tuple(
        block.timed
        for block in evaluation.blocks
        if block.timed is not None and block not in shut and not _has(evaluation, block)
    )
    choices: list[tuple[bool, ...]] = [
        (True,) if not block.wanted else (False,) if _has(evaluation, block) else (True, False)
        for block in shut
    ]
    if len(shut) > _MAX_CHOICES:
        choices = [(False,) if one == (False,) else (True,) for one in choices]
    for chosen in itertools.product(*choices):
        waits = tuple(block.timed for block, wait in zip(shut, chosen, strict=True) if wait and block.timed)
        if waits or always:
            # Whoever waits for one must find the others open still.
            waits = (*waits, *staying)
        voted = tuple(block for block, wait in zip(shut, chosen, strict=True) if not wait)
        waited = [block.wanted for block, wait in zip(shut, chosen, strict=True) if wait]
        spared = tuple(waited) if not always and all(waited) else ()
        yield _Way(blocks=(*fixed, *voted), timed=(*always, *waits), spared=spared)


def _has(evaluation: Evaluation, block: Block) -> bool:
    """Whether the exception is approved already, so that nobody needs to wait."""
    voters = evaluation.count.voters
    able = [[i for i, v in enumerate(voters) if evaluation.qualifies(v, one)] for one in block.wanted]
    counts = [one.count for one in block.wanted]
    return bool(counts) and all(len(by) >= n for by, n in zip(assign(counts, able), counts, strict=True))


def _waiting(evaluation: Evaluation, timed: Sequence[Timed]) -> tuple[Step | None, bool] | None:
    """The step of waiting (None: no need to) and whether it is certain to help; None if none does."""
    if not timed:
        return None, True
    if any(isinstance(one, Cooling) and not isinstance(evaluation.case.first_seen, str) for one in timed):
        return Step(kind="record", text="run `check --record`, and wait from then on"), False
    until = wait_for_all(timed, evaluation.case, evaluation.policy, evaluation.now)
    if until is None:
        return None
    # What else begins or ends by then may ask for more.
    same = all(rule.in_force(evaluation.now) == rule.in_force(until) for rule in evaluation.policy.rules)
    return Step(kind="wait", text=f"wait until {until}"), same


def _opens_meanwhile(evaluation: Evaluation, way: _Way) -> bool:
    """Whether an exception that is voted on would not be needed any more when the waiting is over."""
    if not way.timed:
        return False
    until = wait_for_all(way.timed, evaluation.case, evaluation.policy, evaluation.now)
    return until is not None and any(
        block.timed is not None and opens_at(block.timed, evaluation.case, evaluation.policy, until) == until
        for block in way.blocks
    )


def _by_votes(
    evaluation: Evaluation, way: _Way, others: tuple[Step, ...], *, certain: bool
) -> tuple[list[Opening], bool]:
    crowd = _crowd(evaluation, way)
    if _meets(crowd, ()):
        return ([Opening(steps=others, certain=certain)] if others else []), True
    found, complete = _smallest(crowd)
    if not found:
        # Somebody who said yes when they were less could now say it again for more.
        crowd = _crowd(evaluation, way, again=True)
        found, complete = _smallest(crowd)
    openings = [_opening(crowd, ability, others, certain=certain) for ability in found]
    unmapped = tuple(one.id for one in evaluation.case.contributors if one.kind == "unmapped")
    if unmapped:
        fewer, _ = _smallest(_with_fewer(crowd, len(unmapped)))
        mapping = Step(
            kind="map", text="list their accounts in people.yaml on the protected branch", of=unmapped
        )
        # Whom a mailbox turns out to belong to decides who may still approve: this may open, it need not.
        openings += [
            _opening(_with_fewer(crowd, len(unmapped)), one, (mapping, *others), certain=False)
            for one in fewer[:2]
        ]
    return openings, complete


def _with_fewer(crowd: _Crowd, less: int) -> _Crowd:
    """The same crowd where every count is lower."""

    def lower(one: Wanted) -> Wanted:
        approvals = one.approvals
        sentence = one.sentence if approvals is None else approvals.sentence(one.count - less)
        return replace(one, count=one.count - less, sentence=sentence)

    def able(ability: Ability) -> Ability:
        return frozenset(lower(one) for one in ability)

    return _Crowd(
        rules=tuple(tuple(lower(one) for one in rule) for rule in crowd.rules),
        voters=tuple(able(one) for one in crowd.voters),
        classes={able(one): ids for one, ids in crowd.classes.items()},
        spared=tuple(tuple(lower(one) for one in rule) for rule in crowd.spared),
    )


def _crowd(evaluation: Evaluation, way: _Way, *, again: bool = False) -> _Crowd:
    rules = tuple(dict.fromkeys(block.wanted for block in way.blocks))
    wanted = {one for rule in (*rules, *way.spared) for one in rule}

    def ability(voter: Voter) -> Ability:
        return frozenset(one for one in wanted if evaluation.qualifies(voter, one))

    barred, today = excluded(evaluation.case), evaluation.now[:10]
    persons = evaluation.case.people.persons
    fresh = {person.id: ability(_if_they_said_yes(person, today)) for person in persons}
    spoken = {voter.now.id: ability(voter) for voter in evaluation.count.voters}
    if again:
        spoken = {id_: able for id_, able in spoken.items() if not able < fresh.get(id_, able)}
    classes: dict[Ability, tuple[str, ...]] = {}
    # Nobody waits for those who are away, unless there is nobody else.
    here = [person for person in persons if not person.absent(today)]
    for some in (here, persons):
        classes = {}
        for person in some:
            able, free = fresh[person.id], person.id not in barred and person.id not in spoken
            if able and free and person.active and person.keys:
                classes[able] = (*classes.get(able, ()), person.id)
        crowd = _Crowd(rules=rules, voters=tuple(spoken.values()), classes=classes, spared=way.spared)
        if _meets(crowd, _everyone(crowd)):
            break
    return crowd


def _everyone(crowd: _Crowd) -> tuple[Ability, ...]:
    most = sum(one.count for rule in crowd.rules for one in rule)
    return tuple(able for able in _in_order(crowd) for _ in crowd.classes[able][:most])


def _in_order(crowd: _Crowd) -> list[Ability]:
    return sorted(crowd.classes, key=lambda able: (len(able), sorted(one.label for one in able)))


def _if_they_said_yes(person: Person, today: str) -> Voter:
    # A security key can verify its user; whether it will is between the person and the key.
    verifying = any(key.startswith("sk-") for key in person.keys)
    return Voter(now=person, said=(Yes(then=person, present=verifying, day=today),))


def _smallest(crowd: _Crowd) -> tuple[list[tuple[Ability, ...]], bool]:
    """The smallest multisets of classes that meet every rule, weaker first; and whether all are here."""
    order, everyone = _in_order(crowd), _everyone(crowd)
    most = sum(one.count for rule in crowd.rules for one in rule)
    if not _meets(crowd, everyone):
        return [], True
    found: list[tuple[Ability, ...]] = []
    tried = 0
    for size in range(most + 1):
        if found and size > len(found[0]) + _SLACK:
            break
        for chosen in _multisets(order, size, crowd):
            tried += 1
            if tried > _MAX_TRIED:
                return found or [_pared(crowd, everyone)], False
            if any(_covers(chosen, smaller) for smaller in found) or _spares(crowd, chosen):
                continue
            if _meets(crowd, chosen):
                found.append(chosen)
                if len(found) > MAX_OPENINGS:
                    return found, False
    return found, True


def _pared(crowd: _Crowd, chosen: tuple[Ability, ...]) -> tuple[Ability, ...]:
    """One way out where there are too many to look through: everybody, less each who is not needed."""
    for able in chosen:
        fewer = list(chosen)
        fewer.remove(able)
        if _meets(crowd, tuple(fewer)):
            chosen = tuple(fewer)
    return chosen


def _multisets(order: list[Ability], size: int, crowd: _Crowd) -> Iterator[tuple[Ability, ...]]:
    for chosen in itertools.combinations_with_replacement(order, size):
        if all(chosen.count(able) <= len(crowd.classes[able]) for able in set(chosen)):
            yield chosen


def _spares(crowd: _Crowd, chosen: tuple[Ability, ...]) -> bool:
    """Whether these would make waiting superfluous: then another opening, without it, says so."""
    return bool(crowd.spared) and _met(crowd.spared, (*crowd.voters, *chosen))


def _meets(crowd: _Crowd, chosen: tuple[Ability, ...]) -> bool:
    return _met(crowd.rules, (*crowd.voters, *chosen))


def _met(rules: tuple[tuple[Wanted, ...], ...], everyone: tuple[Ability, ...]) -> bool:
    for rule in rules:
        counts = [one.count for one in rule]
        able = [[i for i, ability in enumerate(everyone) if one in ability] for one in rule]
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
    for able in sorted(set(chosen), key=lambda one: (-len(one), sorted(a.label for a in one))):
        times = chosen.count(able)
        of = _who_would_do(crowd, chosen, able)
        more = " more" if steps else ""
        noun = "approval" if times == 1 else "approvals"
        text = f"{times}{more} {noun} from {_called(crowd, able)}"
        steps.append(Step(kind="approvals", text=text, count=times, of=of))
    return Opening(steps=(*steps, *others), certain=certain)


def _who_would_do(crowd: _Crowd, chosen: tuple[Ability, ...], able: Ability) -> tuple[str, ...]:
    """Everybody who can take this place without making another step superfluous."""
    rest = list(chosen)
    rest.remove(able)
    found: list[str] = []
    for other, ids in crowd.classes.items():
        if not able <= other or (other != able and _spares(crowd, (*rest, other))):
            continue
        if other == able or not any(_meets(crowd, (*_less(rest, i), other)) for i in range(len(rest))):
            found += ids
    return tuple(sorted(found))


def _less(rest: list[Ability], index: int) -> tuple[Ability, ...]:
    return tuple(one for i, one in enumerate(rest) if i != index)


def _called(crowd: _Crowd, able: Ability) -> str:
    """The groups that say it all: a senior is a peer as well, and is called a senior."""
    groups = {one: set(crowd.of_at_least(frozenset({one}))) for one in able}
    narrowest = [one for one in able if not any(groups[other] < groups[one] for other in able)]
    names = {one.label + (" (in person)" if one.presence else "") for one in narrowest}
    return " and ".join(sorted(names))


def other_steps(evaluation: Evaluation, demands: Sequence[Demand]) -> tuple[tuple[Step, ...], bool]:
    """The steps that no approval replaces, and whether it is certain that they open."""
    case, policy = evaluation.case, evaluation.policy
    sure = [_end_of(rejection) for rejection in evaluation.count.rejections]
    sure += [
        Step(kind="record", text=f"{demand.requirement}, given by a producer that is proven")
        for demand in demands
        if not demand.met and demand.kind in {"text", "check", "rollout"}
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
        else f"{rejection.needed} others of their group end {rejection.id}: {rejection.person} is not there"
    )
    return Step(kind="withdraw", text=text, count=rejection.needed, of=rejection.enders)
