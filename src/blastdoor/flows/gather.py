"""Gather: everything a decision needs, read once, in one frozen case."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from blastdoor.errors import InputError, SourceError
from blastdoor.flows.marks import recall_marks
from blastdoor.flows.provenance import Records
from blastdoor.flows.reach import measure_reach
from blastdoor.flows.rules import RulesBase, proposed_root, proposed_rules_problem, rules_for
from blastdoor.flows.statements import gather_statements, sealed_as_ai
from blastdoor.flows.surroundings import (
    find_deployments,
    find_experience,
    find_overrides,
    find_owned,
    find_reports,
    find_zones,
)
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes, short_id
from blastdoor.model import (
    EMPTY_BASE,
    Case,
    Change,
    Commit,
    Contributor,
    Facts,
    Provenance,
    Recorded,
    Roster,
    Rules,
    Signature,
    Unknown,
)
from blastdoor.people import Directory, Hand, find_contributors
from blastdoor.policy import Policy
from blastdoor.ports import ProtectedBranch
from blastdoor.provenance import (
    Assessment,
    PullRequest,
    Registry,
    builtin_registry,
    co_authors,
    identity_of,
    owns_mailbox,
    pull_request_signals,
)

#: A change names the patches of so many of its newest commits, by which a no to it is found again.
_PATCHES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: may `head` reach `environment`? A `base` of the asker's own makes it a what-if.

    `pull_request` is what somebody says of it, so it is asserted, and can only raise what is demanded.
    """

    head: str = "HEAD"
    base: str | None = None
    environment: str = "production"
    facts: Facts = field(default_factory=Facts)
    pull_request: PullRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A case with the policy it will be decided under, and what ids are called on a screen.

    `onto`: the commit of the protected branch since whose history an approval may be used up: "" is its tip,
    None is nothing.
    """

    case: Case
    policy: Policy
    names: dict[str, str]
    pull_request: int = 0
    onto: str | None = ""


def gather(world: World, question: Question) -> Gathered:
    """Read the change and the rules base. InputError where the question has no answer."""
    branch = world.refs.protected_branch()
    head = world.refs.resolve(question.head)
    base, unknowns = _base(world, branch, head, question)
    rules = rules_for(world, branch, world.history.difference(base, head).files)
    rules.policy.environment(question.environment)
    return gather_between(world, rules, question, base, head, unknowns)


def gather_between(
    world: World,
    rules: RulesBase,
    question: Question,
    base: str | None,
    head: str,
    unknowns: tuple[Unknown, ...] = (),
    *,
    before: str | None = None,
) -> Gathered:
    """The case of the change from one commit (None: nothing) to another.

    `before`: the commit of the protected branch that it went onto, where it has landed.
    """
    branch = rules.branch
    story = read_story(world, head, world.history.commits(base, head), rules.directory)
    unknowns += unread(story)
    change = read_change(world, rules, question, base, head, story.ids)
    reach = measure_reach(world, rules, head, change.files)
    if reach.policy_files and before is None:
        problem = proposed_rules_problem(world, rules, change)
        unknowns += (problem,) if problem else ()
    unknowns += unreadable_refs(world)
    statements, missed = gather_statements(world, rules, change, before=before)
    provenance, forgotten = assess_provenance(world, rules, question, story, change, statements)
    case = Case(
        environment=question.environment,
        change=change,
        rules=Rules(
            ref=branch.ref,
            commit=rules.commit,
            source="earlier" if rules.is_earlier else "repository" if rules.own else "built-in",
            assurance="asserted",
        ),
        provenance=provenance,
        reach=reach,
        contributors=story.contributors,
        people=known_people(rules, story) if rules.own else _with_root(world, rules, head),
        statements=statements,
        facts=question.facts,
        unknowns=unknowns + missed + forgotten,
        what_if=question.base is not None,
        reports=find_reports(world, change.repository, {head}),
        owned=find_owned(world, rules, change, reach),
        experience=find_experience(world, rules, change.files),
        zones=find_zones(world, rules.policy),
        first_seen=first_seen(world, change),
        deployments=find_deployments(world, change.repository, question.environment),
        overrides=find_overrides(world, rules, change.repository),
    )
    names = rules.directory.names | story.names
    number = question.pull_request.number if question.pull_request else 0
    return Gathered(case=case, policy=rules.policy, names=names, pull_request=number)


def first_seen(world: World, change: Change) -> str | msgspec.UnsetType:
    """When the change's content was first on our record."""
    try:
        seen = world.marks.first_seen(change.repository, change.patch)
    except SourceError:
        seen = None  # that the record cannot be read is told where marks are recalled
    return msgspec.UNSET if seen is None else seen


def _with_root(world: World, rules: RulesBase, head: str) -> Roster:
    """Where there are no rules yet, the first ones may be accepted by the root keys that they list."""
    return msgspec.structs.replace(rules.directory.roster, root=proposed_root(world, head))


def _base(
    world: World, branch: ProtectedBranch, head: str, question: Question
) -> tuple[str | None, tuple[Unknown, ...]]:
    """The diff base: the merge base with the protected branch, or with what the asker named."""
    other = branch.commit if question.base is None else world.refs.resolve(question.base)
    bases = world.refs.merge_bases(other, head)
    if head in bases:
        if question.base is None:
            hint = f"try --base {question.head}~5"
            raise InputError(f"nothing to check: {question.head} is already on {branch.name}; {hint}")
        if head == other:
            raise InputError(f"nothing to check: {question.base} and {question.head} are the same commit")
        raise InputError(f"nothing to check: {question.base} already has all of {question.head}")
    if not bases:
        return None, ()
    if len(bases) == 1:
        return bases[0], ()
    crossed = Unknown(
        code="several-merge-bases",
        what=f"{len(bases)} merge bases: what this change removes cannot be told from one of them",
        step=f"rebase the change onto {branch.name}, or merge {branch.name} into it",
    )
    return bases[0], (crossed,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the commits of a change say: their ids, of AI, and of who had a hand in it."""

    ids: tuple[str, ...]
    assessment: Assessment
    contributors: tuple[Contributor, ...]
    names: dict[str, str]


def known_people(rules: RulesBase, story: Story) -> Roster:
    """The roster, less those who could neither speak nor had a hand in it: a directory may list thousands."""
    roster = rules.directory.roster
    if not rules.directory.exported:
        return roster
    hands = {hand.id for hand in story.contributors}
    kept = tuple(one for one in roster.persons if one.keys or one.id in hands)
    return msgspec.structs.replace(roster, persons=kept)


def read_story(
    world: World, head: str, commits: Iterable[Commit], directory: Directory, landed: Collection[str] = ()
) -> Story:
    """Go through the commits of a change, oldest first.

    `landed`: those of them that only bring what others approved to the protected branch. Who pressed that
    button (the committer, the author of a merge) had no hand in the content.
    """
    registry = builtin_registry()
    ids: list[str] = []
    hands: list[Sequence[Hand]] = []
    records, assessment = Records(world, head, registry), Assessment(registry)
    for commit in commits:
        ids.append(commit.id)
        hands.append(_landed_hands(commit, registry) if commit.id in landed else _hands(commit, registry))
        assessment.add(records.classify(commit))
    found = find_contributors(hands, directory)
    return Story(ids=tuple(ids), assessment=assessment, contributors=found.found, names=found.names)


def _landed_hands(commit: Commit, registry: Registry) -> tuple[Hand, ...]:
    author = [] if len(commit.parents) > 1 else [_hand("author", commit.author, registry)]
    return (
        *author,
        *(_hand("co-author", signature, registry) for signature in co_authors(commit.message)),
    )


def assess_provenance(
    world: World,
    rules: RulesBase,
    question: Question,
    story: Story,
    change: Change,
    statements: Sequence[Recorded],
) -> tuple[Provenance, tuple[Unknown, ...]]:
    """What the commits say, and with them the pull request, statements, and marks that were removed."""
    registry, assessment = builtin_registry(), story.assessment
    if question.pull_request is not None:
        assessment.add_signals(pull_request_signals(question.pull_request, registry))
    number = question.pull_request.number if question.pull_request else 0
    seen = assessment.close()
    recalled, unknowns = recall_marks(world, change, number, seen.signals, rules.branch.commit)
    assessment.add_signals(recalled)
    if seen.state != "ai_disclosed":
        unnamed = registry.entries.shared.unnamed
        assessment.add_signals(sealed_as_ai(rules, statements, change.head, unnamed))
    return assessment.close(), unknowns


def unread(story: Story) -> tuple[Unknown, ...]:
    """The commits whose messages have more than is read."""
    return tuple(
        Unknown(
            code="message-unread",
            what=f"the message of {commit[:12]} has more lines that could name a tool than are read",
            step="shorten the message",
        )
        for commit in story.assessment.unread[:20]
    )


def _hands(commit: Commit, registry: Registry) -> tuple[Hand, ...]:
    hands = [_hand("author", commit.author, registry)]
    if commit.committer != commit.author:
        hands.append(_hand("committer", commit.committer, registry))
    hands += [_hand("co-author", signature, registry) for signature in co_authors(commit.message)]
    return tuple(hands)


def _hand(role: str, signature: Signature, registry: Registry) -> Hand:
    tool = identity_of(signature.name, signature.mail, registry)
    if tool is None:
        return Hand(role=role, name=signature.name, mail=signature.mail)
    # Known by its mailbox, the identity is the tool's own; known by its name alone, the mailbox may be
    # that of the person who ran it, and stays a hand of theirs.
    personal = bool(signature.mail) and not owns_mailbox(signature.mail, registry)
    return Hand(role=role, name=signature.name, mail=signature.mail, tool=tool[0], personal=personal)


def read_change(
    world: World, rules: RulesBase, question: Question, base: str | None, head: str, commits: tuple[str, ...]
) -> Change:
    """The change between two commits, with every commit that belongs to it."""
    difference = world.history.difference(base, head)
    repository = rules.policy.id
    if not isinstance(repository, str):
        repository = world.refs.repository_id()
    branch = world.refs.branch_of(question.head)
    named = {
        "repository": repository,
        "target_branch": rules.branch.name,
        "base": base or EMPTY_BASE,
        "head": head,
    }
    return Change(
        id=short_id("chg", canonical_bytes(named)),
        **named,
        tree=world.history.tree_of(head),
        patch=difference.patch,
        commits=commits,
        patches=world.history.patches(commits[-_PATCHES:]),
        files=difference.files,
        branch=msgspec.UNSET if branch is None else branch,
    )


def unreadable_refs(world: World) -> tuple[Unknown, ...]:
    """The stored statements that cannot be read: any of them might be a rejection."""
    return tuple(
        Unknown(
            code="unreadable-statement",
            what=f"{ref} is not readable as a statement; it might be a rejection",
            step=f"read {ref} with a newer Blastdoor, or delete it",
        )
        for ref in world.statements.unreadable()
    )
