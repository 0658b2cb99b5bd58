"""Which of the stored statements belong to a case, and what only a repository can tell of each."""

from collections.abc import Mapping, Sequence

import msgspec

from blastdoor.flows.rules import PastRosters, RulesBase
from blastdoor.flows.world import World
from blastdoor.formats import short_id
from blastdoor.gate import content_of, related
from blastdoor.model import Change, Envelope, MergeProof, Recorded, Statement

#: An approval of another head needs a merge of our own to prove that it carries over. Newest first, so many.
MAX_PROOFS = 64
#: How far the protected branch may have moved on since an approval before it must be given again.
MAX_LANDINGS = 5_000

_Read = list[tuple[Envelope, Statement | None]]


def gather_statements(world: World, rules: RulesBase, change: Change) -> tuple[Recorded, ...]:
    """The recorded statements of a change."""
    read: _Read = [(envelope, _statement(envelope)) for envelope in world.statements.read()]
    spoken = [statement for _, statement in read if statement is not None]
    if not read:
        return ()
    tip = rules.branch.commit
    unmerged = world.merges.unmerged(tuple({one.seal.head for one in spoken}), tip)
    rosters = PastRosters(world, rules)
    rosters.learn(world.merges.on_first_parent(tuple({one.rules for one in spoken}), tip))
    proofs = _proofs(world, change, spoken, unmerged, tip)
    kept: dict[str, Recorded] = {}
    for envelope, statement in read:
        key = f"{short_id('apr', envelope.payload.encode('utf-8', 'replace'))} {envelope.signature}"
        if statement is None:
            kept[key] = Recorded(envelope=envelope)  # it may be a rejection that this version cannot read
            continue
        recorded = _recorded(envelope, statement, rosters, proofs)
        if related(change, statement, recorded) or statement.answer == "withdraw":
            kept[key] = recorded
    return _without_stray_withdrawals(_mark_landed(world, rules, change, kept))


def _statement(envelope: Envelope) -> Statement | None:
    try:
        return msgspec.json.decode(envelope.payload.encode("utf-8"), type=Statement, strict=True)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def _recorded(
    envelope: Envelope, statement: Statement, rosters: PastRosters, proofs: Mapping[str, MergeProof]
) -> Recorded:
    then = rosters.person(statement.rules, statement.person)
    return Recorded(
        envelope=envelope,
        then=msgspec.UNSET if then is None else then,
        proof=proofs.get(statement.seal.head, msgspec.UNSET),
    )


def _proofs(
    world: World, change: Change, spoken: Sequence[Statement], unmerged: frozenset[str], tip: str
) -> dict[str, MergeProof]:
    """Our own merges of approved heads with the change's base, where the content is not the same."""
    heads: dict[str, None] = {}
    for statement in sorted(spoken, key=lambda one: one.given_at, reverse=True):
        seal = statement.seal
        elsewhere = (seal.repository, seal.target_branch) != (change.repository, change.target_branch)
        same = content_of(seal, change, msgspec.UNSET)[0]
        if not elsewhere and not same and seal.head in unmerged and seal.base != change.base:
            heads[seal.head] = None
    return {head: world.merges.merge(change.base, head, tip) for head in list(heads)[:MAX_PROOFS]}


def _mark_landed(
    world: World, rules: RulesBase, change: Change, kept: Mapping[str, Recorded]
) -> list[tuple[Recorded, Statement | None]]:
    marked: list[tuple[Recorded, Statement | None]] = []
    landed: dict[tuple[str, str], bool] = {}
    for _, recorded in sorted(kept.items()):
        statement = _statement(recorded.envelope)
        if statement is not None and statement.answer != "withdraw":
            seal = statement.seal
            if content_of(seal, change, recorded.proof)[0]:
                key = (seal.base, seal.head)
                if key not in landed:
                    landed[key] = _has_landed(world, rules, seal.base, seal.head, seal.patch)
                marked.append((msgspec.structs.replace(recorded, landed=landed[key]), statement))
                continue
        marked.append((recorded, statement))
    return marked


def _has_landed(world: World, rules: RulesBase, base: str, head: str, patch: str) -> bool:
    """Whether a step of the protected branch since the sealed base is exactly this approved content.

    An approval covers one landing: after a revert the same content needs a new yes.
    """
    landings = world.merges.landings(base, rules.branch.commit, MAX_LANDINGS)
    if landings is None:
        return True  # too far behind to tell; the safe answer asks again
    paths: frozenset[str] | None = None
    for landing in landings:
        if landing.difference.patch == patch:
            return True
        if paths is None:
            paths = frozenset(file.path for file in world.history.difference(base, head).files)
        touched = {file.path for file in landing.difference.files}
        if touched and touched <= paths:
            proof = world.merges.merge(landing.parent, head, rules.branch.commit)
            if proof.tree == world.history.tree_of(landing.commit):
                return True
    return False


def _without_stray_withdrawals(
    marked: Sequence[tuple[Recorded, Statement | None]],
) -> tuple[Recorded, ...]:
    here = {
        short_id("apr", recorded.envelope.payload.encode("utf-8"))
        for recorded, statement in marked
        if statement is not None
    }
    return tuple(
        recorded
        for recorded, statement in marked
        if statement is None or statement.answer != "withdraw" or statement.withdraws in here
    )
