"""A deployment judged landing by landing. Specified in `docs/spec/deployment.md`."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from blastdoor.formats import moment_text
from blastdoor.gate.judge import Judged, judge
from blastdoor.gate.openings import MAX_OPENINGS, find_openings, other_steps
from blastdoor.gate.reports import proven_deployments
from blastdoor.model import Case, Course, Facts, Landing, LandingVerdict, Opening, Reason, Step
from blastdoor.policy import Emergency, Policy

#: For how long it is enough to have run, to be gone back to.
ROLLBACK_DAYS = 30
_REVIEW_HOURS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one landing stands; `judged` is absent where it changes nothing."""

    verdict: LandingVerdict
    judged: Judged | None


def is_by_landings(case: Case) -> bool:
    """Whether the case is a deployment whose landings are judged, and not one change."""
    return isinstance(case.course, Course) and not _needs_approval(case, case.course)


def _needs_approval(case: Case, course: Course) -> bool:
    """Going back over something that cannot be undone, or that cannot be told, is a change to approve."""
    if course.direction != "back" or course.undone is UNSET:
        return False
    return any(
        reach.irreversible or any(one.action == "unreadable" for one in reach.operations)
        for reach in (case.reach, course.undone)
    )


def judge_course(case: Case, policy: Policy, now: str) -> tuple[Stand, ...]:
    """How each landing of a deployment stands, oldest first."""
    if not isinstance(case.course, Course):
        return ()
    return tuple(_judge_landing(case, landing, policy, now) for landing in case.course.landings)


def judge_landing(case: Case, landing: Landing, policy: Policy, now: str) -> str:
    """How a landing stands: `covered`, `uncovered`, `owed` or `unchanged`."""
    case = msgspec.structs.replace(case, people=case.people.on(now[:10]))
    return _judge_landing(case, landing, policy, now).verdict.status


def landing_case(case: Case, landing: Landing) -> Case:
    """The case of one landing of a deployment, as a change by itself."""
    return msgspec.structs.replace(
        case,
        change=landing.change,
        provenance=landing.provenance,
        reach=landing.reach,
        contributors=landing.contributors,
        statements=landing.statements,
        owned=landing.owned,
        experience=landing.experience,
        first_seen=landing.first_seen,
        unknowns=landing.unknowns,
        facts=Facts(),
        course=UNSET,
    )


def _judge_landing(case: Case, landing: Landing, policy: Policy, now: str) -> Stand:
    if not landing.change.files and not landing.unknowns:
        return Stand(verdict=_verdict(landing, "unchanged"), judged=None)
    judged = judge(
        landing_case(case, landing), policy, now, ((case.change.head, case.change.tree), *landing.heads)
    )
    elsewhere = {"other-branch"}
    reasons = tuple(reason for reason in judged.reasons if reason.code not in elsewhere)
    forbidden = any(reason.code == "forbidden" for reason in reasons)
    status = "covered" if not reasons else "owed" if _is_owed(landing, policy, now) else "uncovered"
    if status == "owed" and forbidden:
        status = "uncovered"
    verdict = msgspec.structs.replace(
        _verdict(landing, status), demands=judged.demands, votes=judged.votes, reasons=reasons
    )
    return Stand(verdict=verdict, judged=judged)


def _verdict(landing: Landing, status: str) -> LandingVerdict:
    change = landing.change
    return LandingVerdict(
        commit=change.head,
        parent=change.base,
        steps=len(landing.steps),
        status=status,  # type: ignore[arg-type]
    )


def _is_owed(landing: Landing, policy: Policy, now: str) -> bool:
    if not isinstance(landing.deployed_at, str):
        return False
    hours = policy.emergency.review_hours if isinstance(policy.emergency, Emergency) else _REVIEW_HOURS
    return now <= moment_text(dt.datetime.fromisoformat(landing.deployed_at) + dt.timedelta(hours=hours))


def course_reasons(judged: Judged, stands: Sequence[Stand]) -> tuple[Reason, ...]:
    """Why a deployment's door is not open: what forbids it, and each landing that is not covered."""
    course = judged.case.course
    assert isinstance(course, Course)  # noqa: S101 - the caller has asked
    reasons = [reason for stand in stands for reason in stand.verdict.reasons if reason.code == "forbidden"]
    reasons += whereto(judged)
    for stand in stands:
        if stand.verdict.status == "uncovered":
            first, more = stand.verdict.reasons[0], len(stand.verdict.reasons) - 1
            also = f", and {more} more" if more else ""
            late = " (its review is overdue)" if _was_deployed(course, stand) else ""
            reasons.append(
                Reason(
                    code="uncovered",
                    text=f"landing {stand.verdict.commit[:12]} is not covered{late}: {first.text}{also}",
                    rule=first.rule,
                )
            )
    return tuple(reasons)


def _was_deployed(course: Course, stand: Stand) -> bool:
    return any(
        landing.change.head == stand.verdict.commit and isinstance(landing.deployed_at, str)
        for landing in course.landings
    )


def whereto(judged: Judged) -> Iterator[Reason]:
    """Why a deployment may not go where it goes, whatever it brings; nothing for a change."""
    case, course = judged.case, judged.case.course
    if not isinstance(course, Course):
        return
    match course.direction:
        case "unknown":
            text = f"nothing is known to run in {case.environment}, so what this would change cannot be told"
            yield Reason(code="no-baseline", text=text)
        case "aside":
            text = f"{course.candidate[:12]} is not a step of {case.change.target_branch}: it has not landed"
            yield Reason(code="not-landed", text=text)
        case "back":
            policy, now = judged.evaluation.policy, judged.evaluation.now
            why = _why_not_back(case, course, policy, now)
            if why:
                yield Reason(code="rollback", text=why)


def _why_not_back(case: Case, course: Course, policy: Policy, now: str) -> str:
    since = moment_text(dt.datetime.fromisoformat(now) - dt.timedelta(days=ROLLBACK_DAYS))
    said = [
        one
        for one in proven_deployments(case.deployments, policy, case.change.repository, case.environment)
        if one[0].revision == course.candidate
    ]
    if any(one.withdrawn for one, _ in said):
        return f"{course.candidate[:12]} was withdrawn: it is not to be gone back to"
    here = [one for one, proven in said if proven and one.target in {UNSET, course.target}]
    if not any(one.covered and one.at >= since for one in here):
        return (
            f"{course.candidate[:12]} lies before what runs, and was not deployed here, covered, in the last"
            f" {ROLLBACK_DAYS} days"
        )
    return ""


def course_openings(judged: Judged, stands: Sequence[Stand]) -> tuple[tuple[Opening, ...], bool]:
    """The ways out of a deployment's hold: of each landing that is not covered, one of its own."""
    common, certain = other_steps(judged.evaluation, ())
    more, sure = steps_there(judged)
    ways: list[tuple[Opening, ...]] = []
    complete = True
    for stand in stands:
        if stand.verdict.status == "uncovered" and stand.judged is not None:
            found, whole = find_openings(stand.judged.evaluation, stand.judged.demands)
            ways.append(tuple(_about(one, stand) for one in found))
            complete = complete and whole
    openings = []
    for chosen in itertools.islice(itertools.product(*ways), MAX_OPENINGS + 1):
        steps = tuple(dict.fromkeys((*(step for one in chosen for step in one.steps), *common, *more)))
        surely = certain and sure and all(one.certain for one in chosen)
        openings.append(Opening(steps=_one_wait(steps), certain=surely))
    openings = [one for one in openings if one.steps]
    return tuple(openings[:MAX_OPENINGS]), complete and len(openings) <= MAX_OPENINGS


def steps_there(judged: Judged) -> tuple[tuple[Step, ...], bool]:
    """The steps that would let it go there, and whether it is certain that they do."""
    where = judged.case.environment
    steps = []
    for reason in whereto(judged):
        match reason.code:
            case "no-baseline":
                text = (
                    f"`blastdoor deployed --baseline REVISION --environment {where}` by its deployer, after"
                    " `blastdoor approve --baseline REVISION`; or ask what if, with --from REVISION"
                )
                steps.append(Step(kind="baseline", text=text))
            case "not-landed":
                steps.append(Step(kind="resolve", text=f"land it on {judged.case.change.target_branch}"))
            case _:
                steps.append(Step(kind="resolve", text="land a revert, and deploy that"))
    return tuple(steps), not steps


def _about(opening: Opening, stand: Stand) -> Opening:
    commit, parent = stand.verdict.commit, stand.verdict.parent
    hint = f", for landing {commit[:10]} (approve --landed {parent[:10]}..{commit[:10]})"
    steps = tuple(
        step
        if step.kind == "wait"
        else msgspec.structs.replace(
            step, landing=commit, text=step.text + (hint if step.kind == "approvals" else "")
        )
        for step in opening.steps
    )
    return msgspec.structs.replace(opening, steps=steps)


def _one_wait(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps with the longest of several waits alone."""
    waits = [step for step in steps if step.kind == "wait"]
    longest = max(waits, key=lambda step: step.text, default=None)
    return tuple(step for step in steps if step.kind != "wait" or step == longest)
