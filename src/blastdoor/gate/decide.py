"""May this exact change reach this environment now, and if not, what would open the door?

Pure and total: the same inputs give the same bytes, anywhere, any time. Unknown is never pass.
"""

import msgspec

from blastdoor.formats import canonical_bytes, short_id
from blastdoor.gate.attested import settle
from blastdoor.gate.demands import Evaluation, ask, meet
from blastdoor.gate.openings import find_openings
from blastdoor.gate.votes import count_votes
from blastdoor.model import Answer, Case, ChangeSummary, Demand, Opening, Reason, Step, Verdict, Vote
from blastdoor.policy import Approvals, Policy


def decide(case: Case, policy: Policy, now: str) -> Verdict:
    """The verdict on a case at a time (RFC 3339, UTC). InputError if the policy has no such environment."""
    environment = policy.environment(case.environment)
    case = settle(case)
    today = now[:10]
    count = count_votes(case)
    asked = ask(case, policy, today)
    evaluation = Evaluation(case=case, policy=policy, today=today, count=count, asked=asked)
    demands = meet(evaluation)
    reasons = _reasons(evaluation, demands)
    answer: Answer = "deny" if asked.forbidding else "hold" if reasons else "pass"
    openings, complete = _openings(evaluation, demands) if answer == "hold" else ((), True)
    verdict = Verdict(
        id="",
        verdict=answer,
        mode=environment.mode,
        advisory=case.rules.source == "built-in",
        what_if=case.what_if,
        environment=case.environment,
        change=_summary(case),
        rules=case.rules,
        policy=policy.digest,
        provenance=case.provenance,
        reach=case.reach,
        contributors=case.contributors,
        demands=demands,
        votes=_weighed(evaluation),
        reasons=reasons,
        openings=openings,
        openings_complete=complete,
        notes=_notes(evaluation, answer, environment.mode, openings),
        decided_at=now,
    )
    return msgspec.structs.replace(verdict, id=short_id("vrd", canonical_bytes(verdict)))


def exit_status(verdict: Verdict) -> int:
    """0 pass (and anything where the environment only observes), 10 hold, 11 deny."""
    if verdict.mode == "observe":
        return 0
    return {"pass": 0, "hold": 10, "deny": 11}[verdict.verdict]


def _reasons(evaluation: Evaluation, demands: tuple[Demand, ...]) -> tuple[Reason, ...]:
    case, policy, asked, count = evaluation.case, evaluation.policy, evaluation.asked, evaluation.count
    reasons = [Reason(code="forbidden", text=f"{rule.forbid}", rule=rule.name) for rule in asked.forbidding]
    reasons += [
        Reason(
            code="condition-failed",
            text=f"the condition on line {rule.line} could not be evaluated: {problem}",
            rule=rule.name,
        )
        for rule, problem in asked.failed
    ]
    reasons += [Reason(code=unknown.code, text=unknown.what) for unknown in case.unknowns]
    reasons += [
        Reason(code="unreadable-statement", text=f"{id_} is not readable; it might be a rejection")
        for id_ in count.unreadable
    ]
    branch = policy.environment(case.environment).branch
    if branch != case.change.target_branch:
        text = f"{case.environment} is fed by {branch}, and this change goes to {case.change.target_branch}"
        reasons.append(Reason(code="other-branch", text=text))
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
    wanted = [one for rule in evaluation.asked.rules for one in rule.require if isinstance(one, Approvals)]
    idle = {
        voter.now.id
        for voter in evaluation.count.voters
        if not any(evaluation.qualifies(voter, requirement) for requirement in wanted)
    }
    groups = ", ".join(dict.fromkeys(requirement.group for requirement in wanted))
    return tuple(
        msgspec.structs.replace(
            vote, counts=False, why=f"{vote.person} qualifies for none of the approvals asked: from {groups}"
        )
        if vote.counts and vote.answer == "yes" and vote.person in idle
        else vote
        for vote in evaluation.count.votes
    )


def _openings(evaluation: Evaluation, demands: tuple[Demand, ...]) -> tuple[tuple[Opening, ...], bool]:
    case = evaluation.case
    if case.rules.source == "built-in":
        text = (
            f"run `blastdoor init`, fill in people.yaml, and bring .blastdoor/ to {case.change.target_branch}"
        )
        # What its own rules will ask is not known before they are there.
        return (Opening(steps=(Step(kind="init", text=text),), certain=False),), True
    return find_openings(evaluation, demands)


def _notes(
    evaluation: Evaluation, answer: Answer, mode: str, openings: tuple[Opening, ...]
) -> tuple[str, ...]:
    case, extra = evaluation.case, evaluation.asked.extra
    notes = []
    if extra:
        notes.append(
            f"every count is {extra} higher: so many hands in this change have no known person behind them"
        )
    if case.rules.source == "built-in":
        notes.append(
            f"advisory: {case.change.target_branch} has no .blastdoor/, so the built-in policy was used"
        )
    if case.rules.assurance == "asserted":
        notes.append(
            f"rules: asserted (this repository says that {case.rules.ref} is the protected branch);"
            " authors: asserted (git's authors are claims)"
        )
    if case.what_if:
        notes.append("what if: the base was given by the asker, so no permit can follow")
    if mode == "observe" and answer != "pass":
        notes.append(f"{case.environment} only observes: this would {answer}, and is let through")
    if answer == "hold" and not openings:
        notes.append(
            "nobody in the roster can open this: a policy owner must change the policy or the roster"
        )
    if answer == "deny":
        notes.append("only a change of the policy opens this")
    return tuple(notes)


def _summary(case: Case) -> ChangeSummary:
    change = case.change
    return ChangeSummary(
        id=change.id,
        repository=change.repository,
        target_branch=change.target_branch,
        base=change.base,
        head=change.head,
        tree=change.tree,
        patch=change.patch,
        commits=len(change.commits),
        files=len(change.files),
    )
