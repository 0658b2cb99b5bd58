"""May this exact change reach this environment now, and if not, what would open the door?

Pure and total: the same inputs give the same bytes, anywhere, any time. Unknown is never pass.
"""

import msgspec
from msgspec import UNSET

from blastdoor.formats import canonical_bytes, short_id
from blastdoor.gate.course import (
    Stand,
    course_openings,
    course_reasons,
    is_by_landings,
    judge_course,
    steps_there,
    whereto,
)
from blastdoor.gate.judge import Judged, judge
from blastdoor.gate.openings import find_openings
from blastdoor.gate.overrides import find_override
from blastdoor.gate.votes import accepting_keys
from blastdoor.model import (
    Answer,
    Case,
    ChangeSummary,
    Course,
    Opening,
    OverrideUsed,
    Reason,
    Root,
    Step,
    Verdict,
)
from blastdoor.policy import Policy

_RULES = ".blastdoor/"


def decide(case: Case, policy: Policy, now: str) -> Verdict:
    """The verdict on a case at a time (RFC 3339, UTC). InputError if the policy has no such environment."""
    environment = policy.environment(case.environment)
    case = msgspec.structs.replace(case, people=case.people.on(now[:10]))
    judged = judge(case, policy, now)
    case = judged.case
    course = case.course if isinstance(case.course, Course) else None
    by_landings = is_by_landings(case)
    stands = judge_course(case, policy, now) if by_landings else ()
    reasons = _reasons(judged, stands, by_landings=by_landings)
    forbidden = any(reason.code == "forbidden" for reason in reasons)
    answer: Answer = "deny" if forbidden else "hold" if reasons else "pass"
    openings, complete = (
        _openings(judged, stands, by_landings=by_landings) if answer == "hold" else ((), True)
    )
    notes = list(_notes(judged, stands, by_landings=by_landings))
    override: OverrideUsed | None = None
    accepted = _acceptances(case, answer, openings)
    if accepted and not _unknowable(judged):
        answer, openings = "pass", ()
        notes.append(f"{accepted} root keys accept this change of the rules, which had no other way out")
    if answer == "hold":
        override, refused = _override(judged, stands, policy, now)
        notes += refused
        if override is not None:
            answer, openings, complete = "pass", (), True
            notes.append(
                f"OVERRIDE by {override.person}, asked for by {override.requested_by}, incident"
                f" {override.incident}: until {override.expires}; a review is owed by {override.review_due}"
            )
    notes += _closing_notes(case, answer, environment.mode, openings)
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
        demands=() if by_landings else judged.demands,
        votes=() if by_landings else judged.votes,
        reasons=reasons,
        openings=openings,
        openings_complete=complete,
        notes=tuple(notes),
        decided_at=now,
        target=UNSET if course is None else course.target,
        start=UNSET if course is None else course.start,
        landings=tuple(stand.verdict for stand in stands) if by_landings else UNSET,
        override=UNSET if override is None else override,
        accepted=accepted or UNSET,
    )
    return msgspec.structs.replace(verdict, id=short_id("vrd", canonical_bytes(verdict)))


def exit_status(verdict: Verdict) -> int:
    """0 pass (and anything where the environment only observes), 10 hold, 11 deny."""
    if verdict.mode == "observe":
        return 0
    return {"pass": 0, "hold": 10, "deny": 11}[verdict.verdict]


def _reasons(judged: Judged, stands: tuple[Stand, ...], *, by_landings: bool) -> tuple[Reason, ...]:
    if not by_landings:
        return (*judged.reasons, *whereto(judged))
    common = tuple(reason for reason in judged.reasons if reason not in judged.own)
    return (*common, *course_reasons(judged, stands))


def _openings(
    judged: Judged, stands: tuple[Stand, ...], *, by_landings: bool
) -> tuple[tuple[Opening, ...], bool]:
    case = judged.case
    if case.rules.source == "built-in":
        return _beginning(case), True
    if by_landings:
        return course_openings(judged, stands)
    more, certain = steps_there(judged)
    found, complete = find_openings(judged.evaluation, judged.demands)
    if not more:
        return found, complete
    bare = found or (Opening(steps=()),)
    return tuple(
        Opening(steps=(*one.steps, *more), certain=one.certain and certain) for one in bare
    ), complete


def _beginning(case: Case) -> tuple[Opening, ...]:
    root = case.people.root
    if isinstance(root, Root) and _only_rules(case):
        accept = (
            f"{root.needed} of {len(root.keys)} root keys accept it: blastdoor approve --accept --key ROOT"
        )
        return (Opening(steps=(Step(kind="accept", text=accept, count=root.needed),)),)
    text = f"run `blastdoor init`, fill in people.yaml, and bring .blastdoor/ to {case.change.target_branch}"
    # What its own rules will ask is not known before they are there.
    return (Opening(steps=(Step(kind="init", text=text),), certain=False),)


def _only_rules(case: Case) -> bool:
    return bool(case.change.files) and all(file.path.startswith(_RULES) for file in case.change.files)


def _acceptances(case: Case, answer: Answer, openings: tuple[Opening, ...]) -> int:
    """How many root keys accept, if theirs is the only way: the first rules, broken ones, a lock-out."""
    root = case.people.root
    if answer == "pass" or not isinstance(root, Root) or not _only_rules(case) or case.course is not UNSET:
        return 0
    locked = case.rules.source != "repository" or not any(opening.certain for opening in openings)
    keys = accepting_keys(case) if locked else frozenset()
    return len(keys) if len(keys) >= root.needed else 0


def _unknowable(judged: Judged) -> bool:
    return bool(judged.case.unknowns)


def _override(
    judged: Judged, stands: tuple[Stand, ...], policy: Policy, now: str
) -> tuple[OverrideUsed | None, tuple[str, ...]]:
    case = judged.case
    course = case.course if isinstance(case.course, Course) else None
    if case.rules.source != "repository" or case.what_if:
        return None, ()
    holding = [stand for stand in stands if stand.verdict.status == "uncovered"]
    hands = {
        hand
        for one in [judged, *(stand.judged for stand in holding if stand.judged is not None)]
        for hand in one.barred
    }
    target = course.target if course is not None and isinstance(course.target, str) else None
    revision = case.change.head if course is None else course.candidate
    return find_override(case, policy, now, hands, revision, target)


def _notes(judged: Judged, stands: tuple[Stand, ...], *, by_landings: bool) -> list[str]:
    case, extra = judged.case, judged.evaluation.asked.extra
    notes = []
    if extra and not by_landings:
        notes.append(
            f"every count is {extra} higher: so many hands in this change have no known person behind them"
        )
    owed = sum(stand.verdict.status == "owed" for stand in stands)
    if owed:
        notes.append(
            f"{owed} landings were deployed uncovered and owe a review: they hold nothing until it is due"
        )
    if case.rules.source == "built-in":
        notes.append(
            f"advisory: {case.change.target_branch} has no .blastdoor/, so the built-in policy was used"
        )
    if case.rules.source == "earlier":
        notes.append(
            f"the rules at the tip do not load: those of {case.rules.commit[:12]}, the last that did"
        )
    if case.rules.assurance == "asserted":
        notes.append(
            f"rules: asserted (this repository says that {case.rules.ref} is the protected branch);"
            " authors: asserted (git's authors are claims)"
        )
    if case.what_if:
        notes.append("what if: the base was given by the asker, so no permit can follow")
    return notes


def _closing_notes(case: Case, answer: Answer, mode: str, openings: tuple[Opening, ...]) -> list[str]:
    notes = []
    if mode == "observe" and answer != "pass":
        notes.append(f"{case.environment} only observes: this would {answer}, and is let through")
    if answer == "hold" and not openings:
        notes.append(
            "nobody in the roster can open this: a policy owner must change the policy or the roster"
        )
    if answer == "deny":
        notes.append("only a change of the policy opens this")
    return notes


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
