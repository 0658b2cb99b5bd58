"""One change judged: what counts, what is asked of it, and why its door is not open."""

from dataclasses import dataclass

import msgspec

from blastdoor.gate.attested import settle
from blastdoor.gate.demands import Evaluation, ask, meet
from blastdoor.gate.reports import prove
from blastdoor.gate.votes import count_votes, excluded
from blastdoor.model import Case, Demand, Reason, Vote
from blastdoor.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A change with its evaluation.

    `reasons` are why its door is not open; of these `own` are about this change alone, and the others (what
    could not be known, the wrong branch) about all that is asked. `barred` are who cannot vouch for it.
    """

    case: Case
    evaluation: Evaluation
    demands: tuple[Demand, ...]
    votes: tuple[Vote, ...]
    reasons: tuple[Reason, ...]
    own: tuple[Reason, ...]
    barred: frozenset[str]


def judge(case: Case, policy: Policy, now: str, heads: tuple[tuple[str, str], ...] = ()) -> Judged:
    """Judge a change. `heads`: more (head, tree) that a report may be about, beside the change's own."""
    case = settle(case)
    count = count_votes(case, now)
    evaluation = Evaluation(
        case=case,
        policy=policy,
        now=now,
        count=count,
        asked=ask(case, policy, now),
        proven=prove(case, policy, [(case.change.head, case.change.tree), *heads]),
    )
    demands = meet(evaluation)
    reasons = _reasons(evaluation, demands)
    common = _unknown(evaluation) | _elsewhere(evaluation)
    return Judged(
        case=case,
        evaluation=evaluation,
        demands=demands,
        votes=_weighed(evaluation),
        reasons=reasons,
        own=tuple(reason for reason in reasons if reason not in common),
        barred=frozenset(excluded(case)),
    )


def _unknown(evaluation: Evaluation) -> dict[Reason, None]:
    return {Reason(code=one.code, text=one.what): None for one in evaluation.case.unknowns}


def _elsewhere(evaluation: Evaluation) -> dict[Reason, None]:
    case, branch = evaluation.case, evaluation.policy.environment(evaluation.case.environment).branch
    if branch == case.change.target_branch:
        return {}
    text = f"{case.environment} is fed by {branch}, and this change goes to {case.change.target_branch}"
    return {Reason(code="other-branch", text=text): None}


def _reasons(evaluation: Evaluation, demands: tuple[Demand, ...]) -> tuple[Reason, ...]:
    asked, count = evaluation.asked, evaluation.count
    reasons = [Reason(code="forbidden", text=f"{rule.forbid}", rule=rule.name) for rule in asked.forbidding]
    reasons += [
        Reason(
            code="condition-failed",
            text=f"the condition on line {rule.line} could not be evaluated: {problem}",
            rule=rule.name,
        )
        for rule, problem in asked.failed
    ]
    reasons += _unknown(evaluation)
    reasons += [
        Reason(code="unreadable-statement", text=f"{id_} is not readable; it might be a rejection")
        for id_ in count.unreadable
    ]
    reasons += _elsewhere(evaluation)
    reasons += [
        Reason(code="rejected", text=f"{no.person} said no ({no.id}){': ' if no.reason else ''}{no.reason}")
        for no in count.rejections
    ]
    reasons += [
        Reason(
            code="demand",
            text=f"needs {demand.requirement}: {demand.have} of {demand.need}",
            rule=demand.rule,
        )
        for demand in demands
        if not demand.met
    ]
    return tuple(reasons)


def _weighed(evaluation: Evaluation) -> tuple[Vote, ...]:
    """The votes, with those told apart that are valid and yet serve nothing that is asked."""
    wanted = [one for block in evaluation.blocks for one in block.wanted]
    idle = {
        voter.now.id
        for voter in evaluation.count.voters
        if not any(evaluation.qualifies(voter, one) for one in wanted)
    }
    groups = ", ".join(dict.fromkeys(one.label for one in wanted))
    return tuple(
        msgspec.structs.replace(
            vote, counts=False, why=f"{vote.person} qualifies for none of the approvals asked: from {groups}"
        )
        if vote.counts and vote.answer == "yes" and vote.person in idle
        else vote
        for vote in evaluation.count.votes
    )
