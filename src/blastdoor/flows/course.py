"""The course of a deployment: which landings it would bring, and which approvals each of them may stand on.

Specified in `docs/spec/deployment.md`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from blastdoor.errors import InputError
from blastdoor.flows.gather import (
    Gathered,
    Question,
    assess_provenance,
    first_seen,
    gather_between,
    read_change,
    read_story,
    unread,
    unreadable_refs,
)
from blastdoor.flows.reach import measure_change, measure_reach
from blastdoor.flows.rules import RulesBase, read_rules
from blastdoor.flows.statements import gather_statements, signed_by_roster
from blastdoor.flows.surroundings import find_deployments, find_experience, find_owned, find_reports
from blastdoor.flows.world import World
from blastdoor.gate import judge_landing, landing_case, proven_deployments
from blastdoor.model import (
    EMPTY_BASE,
    NO_TIER,
    Case,
    Change,
    Commit,
    Course,
    Deployment,
    Landing,
    Reach,
    RuleHit,
    Unknown,
)
from blastdoor.policy import Target, glob_matches
from blastdoor.ports import Landing as Step

#: How many steps of the protected branch one deployment may bring.
MAX_STEPS = 2_000
#: How many steps one landing may be made of: a branch of so many commits, rebased or fast-forwarded.
MAX_ITS_STEPS = 500
#: How many approved heads are merged with one step's parent to see what they would give.
_MAX_TRIED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Which deployment is asked about. `start` of the asker's own makes it a what-if."""

    candidate: str
    environment: str
    start: str | None = None
    target: str | None = None


#: Told after each landing: how many of how many steps are judged.
Progress = Callable[[int, int], None]


def gather_course(world: World, destination: Destination, tell: Progress = lambda _, __: None) -> Gathered:
    """The case of a deployment. InputError where the question has no answer."""
    branch = world.refs.protected_branch()
    rules = read_rules(world, branch)
    environment = rules.policy.environment(destination.environment)
    targets = {target.name: target for target in environment.targets}
    if destination.target is not None and destination.target not in targets:
        raise InputError(
            f"{environment.name} has no target called {destination.target!r}",
            hint=f"it has: {', '.join(targets) or 'none; leave --target out'}",
        )
    candidate = world.refs.resolve(destination.candidate)
    repository = rules.policy.id if isinstance(rules.policy.id, str) else world.refs.repository_id()
    running = Running(world, rules, repository, destination)
    start, direction = _whence(world, rules, running, candidate, destination)
    question = Question(head=candidate, base=start, environment=destination.environment)
    before = start if start is not None and direction in {"forward", "same"} else None
    whole = gather_between(world, rules, question, start or candidate, candidate, before=before)
    walk = Walk(world, rules, question, whole.case, running, tell)
    landings: tuple[Landing, ...] = ()
    unknowns: tuple[Unknown, ...] = whole.case.unknowns
    skipped: tuple[str, ...] = ()
    if direction == "forward" and start is not None:
        landings, more = walk.landings(start, candidate)
        unknowns += more
        target = targets.get(destination.target or "")
        if target is not None:
            landings, skipped = _of_target(world, rules, landings, target)
    undone: Reach | msgspec.UnsetType = msgspec.UNSET
    if direction == "back" and start is not None:
        files = world.history.difference(candidate, start).files
        undone = measure_reach(world, rules, start, files)
    course = Course(
        candidate=candidate,
        direction=direction,  # type: ignore[arg-type]
        landings=landings,
        start=msgspec.UNSET if start is None else start,
        target=msgspec.UNSET if destination.target is None else destination.target,
        undone=undone,
        skipped=skipped,
    )
    case = msgspec.structs.replace(
        whole.case,
        course=course,
        unknowns=unknowns,
        what_if=destination.start is not None,
        statements=whole.case.statements if direction == "back" else (),
        reports=find_reports(world, repository, _heads(candidate, landings)),
    )
    return Gathered(case=case, policy=rules.policy, names=whole.names | walk.names)


def _heads(candidate: str, landings: Iterable[Landing]) -> set[str]:
    heads = {candidate}
    for landing in landings:
        heads |= {landing.change.head, *(head for head, _ in landing.heads)}
    return heads


class Running:
    """What is known to run, as far as the deployer that the rules name has said so."""

    def __init__(self, world: World, rules: RulesBase, repository: str, destination: Destination) -> None:
        envelopes = find_deployments(world, repository, destination.environment)
        policy = rules.policy
        found = proven_deployments(envelopes, policy, repository, destination.environment)
        wanted = {msgspec.UNSET, destination.target or msgspec.UNSET}
        self.proven = [
            said for said, proven in found if proven and said.target in wanted and not said.withdrawn
        ]

    def covered(self) -> list[str]:
        """For each revision that runs, the last fully covered one at or before it, without repeats."""
        if not self.proven:
            return []
        latest = self.proven[-1]
        return list(
            dict.fromkeys(
                one for one in map(self._covered_for, (latest.revision, *latest.also)) if one is not None
            )
        )

    def _covered_for(self, revision: str) -> str | None:
        mine = [i for i, said in enumerate(self.proven) if said.revision == revision]
        if any(self.proven[i].covered for i in mine):
            return revision
        earlier = self.proven[: mine[0]] if mine else self.proven
        return next((said.revision for said in reversed(earlier) if said.covered), None)

    def deployed_uncovered(self) -> list[Deployment]:
        """Deployments that came in uncovered, by override or by force, oldest first."""
        return [said for said in self.proven if not said.covered]

    def current(self) -> str | None:
        """The revision that was deployed last."""
        return self.proven[-1].revision if self.proven else None


def _whence(
    world: World, rules: RulesBase, running: Running, candidate: str, destination: Destination
) -> tuple[str | None, str]:
    """From which revision, and in which direction."""
    tip = rules.branch.commit
    if candidate not in world.merges.on_first_parent([candidate], tip):
        return _aside(world, rules, candidate), "aside"
    asked = destination.start
    starts = running.covered() if asked is None else [world.refs.resolve(asked)]
    if not starts:
        return None, "unknown"
    behind = world.merges.on_first_parent(starts, candidate)
    if behind != frozenset(starts):
        ahead = [start for start in starts if start not in behind]
        if any(candidate not in world.merges.on_first_parent([candidate], start) for start in ahead):
            return None, "unknown"  # what runs is no step of the branch at all
        current = destination.start or running.current()
        return (ahead[0] if current is None else world.refs.resolve(current)), "back"
    # The one furthest behind: all that lies between it and the candidate holds what the others lack.
    first = min(starts, key=lambda start: len(world.merges.on_first_parent(starts, start)))
    return first, "same" if first == candidate else "forward"


def _aside(world: World, rules: RulesBase, candidate: str) -> str | None:
    bases = world.refs.merge_bases(rules.branch.commit, candidate)
    return bases[0] if bases else None


def _of_target(
    world: World, rules: RulesBase, landings: Sequence[Landing], target: Target
) -> tuple[tuple[Landing, ...], tuple[str, ...]]:
    """The landings that a target holds: those that touch or reach it, or of which it cannot be told."""
    kept, skipped = [], []
    for landing in landings:
        if _concerns(world, rules, landing, target):
            kept.append(landing)
        else:
            skipped.append(landing.change.head)
    return tuple(kept), tuple(skipped)


def _concerns(world: World, rules: RulesBase, landing: Landing, target: Target) -> bool:
    def is_its(path: str) -> bool:
        return any(glob_matches(glob, path) for glob in target.paths)

    if landing.unknowns or landing.reach.unknowns or landing.reach.policy_files:
        return True
    files = landing.change.files
    if any(is_its(file.path) for file in files):
        return True
    measured = measure_change(world, rules.branch.commit, landing.change.head, files)
    reached = measured.graph.reach(sorted(measured.changed))
    return any(is_its(path) for path in reached.distance)


@dataclass(slots=True, kw_only=True)
class _Approved:
    """A head that somebody of the roster said yes to: what it changes, and what it was said with."""

    head: str
    base: str
    paths: frozenset[str] = field(default=frozenset())


class Walk:
    """The steps of the branch, taken together to landings."""

    def __init__(
        self,
        world: World,
        rules: RulesBase,
        question: Question,
        whole: Case,
        running: Running,
        tell: Progress,
    ) -> None:
        self._world, self._rules, self._question = world, rules, question
        self._whole, self._running, self._tell = whole, running, tell
        self._now = world.now()
        self._approved: list[_Approved] = []
        self.names: dict[str, str] = {}

    def landings(self, start: str, candidate: str) -> tuple[tuple[Landing, ...], tuple[Unknown, ...]]:
        """The landings after `start`, oldest first, each as it stands best; and what cannot be told."""
        steps = self._world.merges.landings(start, candidate, MAX_STEPS)
        if steps is None:
            text = (
                f"over {MAX_STEPS} steps from {start[:12]} to {candidate[:12]}, or some of them are cut off"
            )
            return (), (Unknown(code="too-far", what=text, step="git fetch --unshallow, or deploy in parts"),)
        ordered = steps[::-1]
        if ordered and ordered[0].parent != start:
            text = f"{start[:12]} is not on the first-parent way to {candidate[:12]}"
            return (), (
                Unknown(code="too-far", what=text, step="record what runs with `blastdoor deployed`"),
            )
        self._approved = self._read_approved(ordered)
        found: list[Landing] = []
        at = 0
        while at < len(ordered):
            landing, at = self._next(ordered, at)
            found.append(landing)
            self._tell(at, len(ordered))
        return tuple(self._with_time(landing) for landing in found), ()

    def _read_approved(self, steps: Sequence[Step]) -> list[_Approved]:
        """Every approved head that touches anything of what the steps touch."""
        repository, branch = self._whole.change.repository, self._rules.branch.name
        spoken = [
            said
            for said in signed_by_roster(self._world, self._rules)
            if said.answer == "yes"
            and (said.seal.repository, said.seal.target_branch) == (repository, branch)
        ]
        pairs = dict.fromkeys((said.seal.base, said.seal.head) for said in spoken)
        here = self._world.merges.here([*(base for base, _ in pairs), *(head for _, head in pairs)])
        known = [
            (base, head) for base, head in pairs if head in here and (base in here or base == EMPTY_BASE)
        ]
        asked = [(None if base == EMPTY_BASE else base, head) for base, head in known]
        touched = {file.path for step in steps for file in step.difference.files}
        found = []
        for (base, head), difference in zip(known, self._world.history.differences(asked), strict=True):
            paths = frozenset(file.path for file in difference.files)
            if paths & touched:
                found.append(_Approved(head=head, base=base, paths=paths))
        return found

    def _next(self, steps: Sequence[Step], at: int) -> tuple[Landing, int]:
        """The landing that begins with a step, and where the next begins."""
        best: tuple[Landing, int] | None = None
        for end, heads in self._candidates(steps, at):
            landing = self._landing(steps[at : end + 1], heads)
            if judge_landing(self._whole, landing, self._rules.policy, self._now) != "uncovered":
                return landing, end + 1
            best = best or (landing, end + 1)
        return best or (self._landing(steps[at : at + 1], []), at + 1)

    def _candidates(self, steps: Sequence[Step], at: int) -> Iterator[tuple[int, list[str]]]:
        """Up to which step the landing may go, nearest first, with the approved heads that give that tree."""
        parent = steps[at].parent
        touched = {file.path for file in steps[at].difference.files}
        ahead = steps[at : at + MAX_ITS_STEPS]
        by_commit = {step.commit: at + i for i, step in enumerate(ahead)}
        trees: dict[str, list[int]] = {}
        before = ""
        ends: dict[int, list[str]] = {}
        tried = 0
        # Those that touch just as much first: a branch that lands is seldom anything else.
        for one in sorted(self._approved, key=lambda one: len(one.paths - touched)):
            if one.base == parent and one.head in by_commit:
                ends.setdefault(by_commit[one.head], []).append(one.head)
                continue
            if not touched <= one.paths or tried >= _MAX_TRIED:
                continue
            tried += 1
            tree = self._merged(parent, one.head)
            if not trees:
                before = self._world.history.tree_of(parent)
                for i, step in enumerate(ahead):
                    trees.setdefault(self._world.history.tree_of(step.commit), []).append(at + i)
            # What gives the parent's tree brings nothing, and proves nothing.
            for end in trees.get(tree, ()) if tree != before else ():
                if self._is_step_by_step(steps[at:end], parent, one):
                    ends.setdefault(end, []).append(one.head)
        yield from sorted(ends.items())

    def _merged(self, parent: str, head: str) -> str:
        """The tree of our own merge; "" where it is not clean."""
        tree = self._world.merges.merge(parent, head, self._rules.branch.commit).tree
        return tree if isinstance(tree, str) else ""

    def _is_step_by_step(self, between: Sequence[Step], parent: str, one: _Approved) -> bool:
        """Whether each step on the way is one of the approved branch's own commits, in their order.

        That is what rebasing a branch gives. Anything else on the way was never looked at by anybody.
        """
        if not between:
            return True
        base = None if one.base == EMPTY_BASE else one.base
        commits = [commit.id for commit in self._world.history.commits(base, one.head)]
        if len(between) >= len(commits) or len(commits) > MAX_ITS_STEPS:
            return False
        given = iter([self._merged(parent, commit) for commit in commits[:-1]])
        return all(
            any(tree == self._world.history.tree_of(step.commit) for tree in given) for step in between
        )

    def _landing(self, steps: Sequence[Step], heads: Sequence[str]) -> Landing:
        """The steps as one change, with what was approved of it and who had a hand in that."""
        world, rules = self._world, self._rules
        parent, result = steps[0].parent, steps[-1].commit
        landed = [step.commit for step in steps]
        proven = {one.head: one.base for one in self._approved if one.head in heads}
        bare = read_change(world, rules, self._question, parent, result, ())
        if not bare.files:
            return self._nothing(bare, landed)
        # A fast-forward: what was approved is what landed, and its commits are hands like any other's.
        aside = {head: base for head, base in proven.items() if head not in landed}
        commits = self._commits(parent, result, aside)
        only_brought = frozenset(landed) if aside else frozenset()
        story = read_story(world, result, commits, rules.directory, only_brought)
        self.names |= story.names
        change = read_change(world, rules, self._question, parent, result, story.ids)
        change = msgspec.structs.replace(change, branch=msgspec.UNSET)
        reach = measure_reach(world, rules, result, change.files)
        statements, missed = gather_statements(world, rules, change, before=parent, heads=proven)
        provenance, forgotten = assess_provenance(world, rules, self._question, story, change, statements)
        return Landing(
            change=change,
            provenance=provenance,
            reach=reach,
            contributors=story.contributors,
            statements=statements,
            steps=tuple(landed),
            heads=tuple((head, world.history.tree_of(head)) for head in aside),
            owned=find_owned(world, rules, change, reach),
            experience=find_experience(world, rules, change.files),
            first_seen=first_seen(world, change),
            unknowns=unread(story) + missed + forgotten + unreadable_refs(world),
        )

    def _nothing(self, change: Change, landed: Sequence[str]) -> Landing:
        """A landing that changes no file."""
        whole = self._whole
        return Landing(
            change=change,
            provenance=whole.provenance,
            reach=whole.reach,
            contributors=(),
            statements=(),
            steps=tuple(landed),
        )

    def _commits(self, parent: str, result: str, aside: Mapping[str, str]) -> Iterator[Commit]:
        """The commits of a landing: those approved aside, then those that are on the branch, each once."""
        seen: set[str] = set()
        for head, base in aside.items():
            for commit in self._world.history.commits(None if base == EMPTY_BASE else base, head):
                if commit.id not in seen:
                    seen.add(commit.id)
                    yield commit
        for commit in self._world.history.commits(parent, result):
            if commit.id not in seen:
                seen.add(commit.id)
                yield commit

    def _with_time(self, landing: Landing) -> Landing:
        """The landing with when it was first deployed without being covered."""
        for said in self._running.deployed_uncovered():
            if self._world.merges.on_first_parent([landing.change.head], said.revision):
                return msgspec.structs.replace(landing, deployed_at=said.at)
        return landing

    def between(self, parent: str, result: str) -> Landing:
        """The landing from one step of the branch to a later one."""
        steps = self._world.merges.landings(parent, result, MAX_ITS_STEPS)
        if not steps or steps[-1].parent != parent:
            raise InputError(
                f"{parent[:12]}..{result[:12]} are not steps of {self._rules.branch.name} in a row",
                hint="`blastdoor check --to REVISION` names the landings that are not covered",
            )
        ordered = steps[::-1]
        self._approved = self._read_approved(ordered)
        ends = dict(self._candidates(ordered, 0))
        return self._landing(ordered, ends.get(len(ordered) - 1, []))


def gather_landed(world: World, revisions: str, environment: str) -> Gathered:
    """The case of one landing that is on the branch already, `P..C` (or C alone), to say yes or no to."""
    rules, before, after = _on_branch(world, revisions)
    question = Question(head=after, base=before, environment=environment)
    whole = gather_between(world, rules, question, before, after, before=before)
    running = Running(
        world, rules, whole.case.change.repository, Destination(candidate=after, environment=environment)
    )
    walk = Walk(world, rules, question, whole.case, running, lambda _, __: None)
    landing = walk.between(before, after)
    case = msgspec.structs.replace(landing_case(whole.case, landing), what_if=False)
    return Gathered(case=case, policy=rules.policy, names=whole.names | walk.names, onto=before)


def _on_branch(world: World, revisions: str) -> tuple[RulesBase, str, str]:
    rules = read_rules(world, world.refs.protected_branch())
    before, dots, after = revisions.partition("..")
    result = world.refs.resolve(after if dots else revisions)
    parent = (
        world.refs.resolve(before) if dots else next(iter(world.history.first_parents([result])))[1] or ""
    )
    if not parent or {parent, result} - world.merges.on_first_parent([parent, result], rules.branch.commit):
        raise InputError(f"{revisions}: this has not landed on {rules.branch.name}")
    return rules, parent, result


def gather_rollback(world: World, revision: str, environment: str, target: str | None) -> Gathered:
    """The case of going back to a revision over something that cannot be undone."""
    gathered = gather_course(world, Destination(candidate=revision, environment=environment, target=target))
    course = gathered.case.course
    if not isinstance(course, Course) or course.direction != "back":
        raise InputError(f"{revision} does not lie before what runs in {environment}")
    return replace(gathered, onto=gathered.case.change.base)


def gather_baseline(world: World, revision: str, environment: str) -> Gathered:
    """The case of beginning with a revision: all of its tree at `critical`, whoever wrote it."""
    rules = read_rules(world, world.refs.protected_branch())
    head = world.refs.resolve(revision)
    if head not in world.merges.on_first_parent([head], rules.branch.commit):
        raise InputError(f"{revision} is not a step of {rules.branch.name}")
    question = Question(head=head, environment=environment)
    change = msgspec.structs.replace(
        read_change(world, rules, question, None, head, ()), branch=msgspec.UNSET
    )
    bare = gather_between(world, rules, replace(question, base=head), head, head, before=head)
    statements, missed = gather_statements(world, rules, change, before=head, heads=())
    reach = msgspec.structs.replace(
        bare.case.reach,
        level="critical",
        tier=0 if bare.case.reach.catalogue == "present" else NO_TIER,
        rules=(RuleHit(id="baseline", level="critical", why="what runs here was never looked at before"),),
    )
    case = msgspec.structs.replace(
        bare.case,
        change=change,
        reach=reach,
        statements=tuple(msgspec.structs.replace(one, landed=False) for one in statements),
        unknowns=bare.case.unknowns + missed,
        what_if=False,
    )
    return Gathered(case=case, policy=rules.policy, names=bare.names, onto=None)
