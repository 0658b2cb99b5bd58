"""Which of the stored statements belong to a case, and what only a repository can tell of each.

Anyone who can push can store statements, so work is spent only on those that somebody of the roster signed,
and on rejections, which hold unsigned as well.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from blastdoor.errors import SourceError
from blastdoor.flows.landed import Landings
from blastdoor.flows.rules import PastRosters, RulesBase
from blastdoor.flows.world import World
from blastdoor.gate import content_of, related
from blastdoor.model import (
    EMPTY_BASE,
    NAMESPACE,
    ROOT,
    Change,
    Envelope,
    MergeProof,
    Recorded,
    Signal,
    Statement,
    Unknown,
)
from blastdoor.people import verify

#: Merges of our own that are made to find out whether a yes carries over, and whether a no concerns a change.
MAX_PROOFS = 64
MAX_SEARCHES = 200
#: What may speak for the same content on a new base.
_CARRIED = frozenset({"yes", "no_ai", "used_ai", "not_mine"})
#: What covers one landing alone.
_USED_UP = frozenset({"yes", "accept"})

Found = tuple[tuple[Recorded, ...], tuple[Unknown, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """An envelope as it is stored, read (None: unreadable), and whether somebody of the roster signed it."""

    envelope: Envelope
    statement: Statement | None
    signed: bool


def gather_statements(
    world: World,
    rules: RulesBase,
    change: Change,
    *,
    before: str | None = None,
    heads: Collection[str] | None = None,
) -> Found:
    """The recorded statements of a change, and what could not be found out about them.

    `before`: the commit of the protected branch that the change goes onto (its tip, if not given): what was
    there already is used up. `heads`: the approved heads that are worth a merge (all, if not given).
    """
    stored = [_read(envelope, rules) for envelope in world.statements.read()]
    if not stored:
        return (), ()
    spoken = [(one, one.statement) for one in stored if one.statement is not None]
    tip, onto = rules.branch.commit, rules.branch.commit if before is None else before
    unmerged = world.merges.unmerged(tuple({said.seal.head for _, said in spoken}), onto)
    rosters = PastRosters(world, rules)
    rosters.learn(world.merges.on_first_parent(tuple({said.rules for _, said in spoken}), tip))
    worth = unmerged if heads is None else unmerged & frozenset(heads)
    proofs = _proofs(world, change, spoken, worth, tip)
    search = _Search(world, change, tip)
    landings = Landings(world, onto)
    kept: list[tuple[Recorded, Statement | None]] = []
    for one in stored:
        if one.statement is None:
            kept.append((Recorded(envelope=one.envelope), None))  # it may be a rejection of another version
            continue
        recorded = _recorded(one, one.statement, rosters, proofs)
        if one.statement.answer == "no" and not related(change, one.statement, recorded):
            recorded = msgspec.structs.replace(recorded, found=search.finds(one.statement, unmerged))
        if one.statement.answer in _USED_UP and (one.signed or one.statement.person == ROOT):
            recorded = _mark_landed(landings, one.statement, recorded, change, unmerged)
        if one.statement.answer == "withdraw" or related(change, one.statement, recorded):
            kept.append((recorded, one.statement))
    return _without_stray_withdrawals(kept), search.unknowns()


def signed_by_roster(world: World, rules: RulesBase) -> Iterator[Statement]:
    """Every stored statement that somebody of the roster signed."""
    for envelope in world.statements.read():
        one = _read(envelope, rules)
        if one.signed and one.statement is not None:
            yield one.statement


def sealed_as_ai(rules: RulesBase, found: Sequence[Recorded], head: str, unnamed: str) -> Iterator[Signal]:
    """That somebody of the roster signed for this change when it was known to be AI-assisted.

    The mark they saw may be gone since; their statement travels with the repository, and remembers it.
    """
    for recorded in found:
        one = _read(recorded.envelope, rules)
        if one.signed and one.statement is not None and one.statement.risk.state == "ai_disclosed":
            yield Signal(
                source="statement",
                kind="seal",
                tool=unnamed,
                raw=f"{recorded.envelope.id} was given when AI's part in this was disclosed",
                where=f"statement {recorded.envelope.id}",
                strength="medium",
                marks="ai",
                removed_in=head,
            )


def _read(envelope: Envelope, rules: RulesBase) -> _Stored:
    statement = envelope.statement()
    signed = statement is not None and _is_signed(envelope, statement, rules)
    return _Stored(envelope=envelope, statement=statement, signed=signed)


def _is_signed(envelope: Envelope, statement: Statement, rules: RulesBase) -> bool:
    person = rules.directory.roster.person(statement.person)
    if person is None or not isinstance(envelope.signature, str):
        return False
    try:
        return verify(envelope.signature, envelope.payload.encode("utf-8"), NAMESPACE).key in person.keys
    except ValueError:
        return False


def _recorded(
    one: _Stored, statement: Statement, rosters: PastRosters, proofs: dict[str, MergeProof]
) -> Recorded:
    then = rosters.person(statement.rules, statement.person)
    return Recorded(
        envelope=one.envelope,
        then=msgspec.UNSET if then is None else then,
        proof=proofs.get(statement.seal.head, msgspec.UNSET),
    )


def _proofs(
    world: World,
    change: Change,
    spoken: Sequence[tuple[_Stored, Statement]],
    unmerged: frozenset[str],
    tip: str,
) -> dict[str, MergeProof]:
    """Our own merges of the approved heads with the change's base, where the content is not the same."""
    heads: dict[str, None] = {}
    for one, statement in sorted(spoken, key=lambda pair: pair[1].given_at, reverse=True):
        seal = statement.seal
        here = (seal.repository, seal.target_branch) == (change.repository, change.target_branch)
        moved = seal.base != change.base and seal.head in unmerged
        if one.signed and statement.answer in _CARRIED and here and moved:
            heads[seal.head] = None
    return {head: world.merges.merge(change.base, head, tip) for head in list(heads)[:MAX_PROOFS]}


class _Search:
    """Whether a no was said to an earlier form of this change, or of one of its commits."""

    def __init__(self, world: World, change: Change, tip: str) -> None:
        self._world, self._change, self._tip = world, change, tip
        self._paths = frozenset(file.path for file in change.files)
        self._trees: frozenset[str] | None = None
        self._answers: dict[str, bool] = {}
        self._given_up = False

    def finds(self, statement: Statement, unmerged: frozenset[str]) -> bool:
        """Whether our own merge of what was rejected gives the tree of some commit of the change."""
        seal, change = statement.seal, self._change
        here = (seal.repository, seal.target_branch) == (change.repository, change.target_branch)
        if not here or seal.head not in unmerged or seal.base == change.base:
            return False
        if seal.head not in self._answers:
            if not self._touches_the_same(statement):
                return False
            if len(self._answers) >= MAX_SEARCHES:
                self._given_up = True
                return False
            if self._trees is None:
                self._trees = frozenset(
                    self._world.history.tree_of(commit) for commit in change.commits[-500:]
                )
            tree = self._world.merges.merge(change.base, seal.head, self._tip).tree
            self._answers[seal.head] = tree in self._trees
        return self._answers[seal.head]

    def _touches_the_same(self, statement: Statement) -> bool:
        """Whether a rejected change and this one have a file in common; much cheaper to tell than a merge."""
        base = statement.seal.base
        try:
            rejected = self._world.history.difference(
                None if base == EMPTY_BASE else base, statement.seal.head
            )
        except SourceError:
            return True  # its base is not here: then only the merge can tell
        return not self._paths.isdisjoint(file.path for file in rejected.files)

    def unknowns(self) -> tuple[Unknown, ...]:
        """That a no may have been overlooked, where there were too many to look at."""
        if not self._given_up:
            return ()
        return (
            Unknown(
                code="too-many-rejections",
                what=f"over {MAX_SEARCHES} rejected changes to the same files: one of them may be this one",
                step="delete the refs of rejections that are over (refs/blastdoor/approvals/)",
            ),
        )


def _mark_landed(
    landings: Landings, statement: Statement, recorded: Recorded, change: Change, unmerged: frozenset[str]
) -> Recorded:
    seal = statement.seal
    match content_of(seal, change, recorded.proof)[0]:
        case "same":
            # The approved head itself may be anywhere or nowhere: its content is what is in hand.
            landed = landings.have(change.base, change.head)
        case "carried":
            landed = seal.head not in unmerged or landings.have(seal.base, seal.head)
        case _:
            return recorded
    return msgspec.structs.replace(recorded, landed=landed)


def _without_stray_withdrawals(kept: Sequence[tuple[Recorded, Statement | None]]) -> tuple[Recorded, ...]:
    here = {recorded.envelope.id for recorded, _ in kept}
    return tuple(
        recorded
        for recorded, statement in kept
        if statement is None or statement.answer != "withdraw" or statement.withdraws in here
    )
