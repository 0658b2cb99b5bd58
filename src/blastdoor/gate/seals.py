"""Seals: what an approval names, and whether it still speaks for what is there now."""

import msgspec

from blastdoor.formats import canonical_bytes, digest
from blastdoor.model import LEVELS, NO_TIER, STATES, Change, MergeProof, Provenance, Reach, Risk, Seal


def seal_of(change: Change, provenance: Provenance, reach: Reach, policy_digest: str) -> Seal:
    """The seal of a change as it is now."""
    return Seal(
        repository=change.repository,
        target_branch=change.target_branch,
        base=change.base,
        head=change.head,
        tree=change.tree,
        patch=change.patch,
        provenance=digest(canonical_bytes(provenance)),
        reach=digest(canonical_bytes(reach)),
        policy=policy_digest,
    )


def risk_of(provenance: Provenance, reach: Reach) -> Risk:
    """The risk of a change as it is now."""
    return Risk(
        level=reach.level,
        state=provenance.effective,
        tiers=tuple(sorted({service.tier for service in reach.services})),
        operations=tuple(sorted({f"{op.action} {op.resource}" for op in reach.operations})),
        unknowns=tuple(sorted({f"{unknown.code} {unknown.what}" for unknown in reach.unknowns})),
        irreversible=reach.irreversible,
    )


def risk_grown(sealed: Risk, now: Risk) -> str:
    """What is there now that was not there when the yes was given; "" if nothing."""
    if LEVELS.index(now.level) > LEVELS.index(sealed.level):
        return f"given for reach {sealed.level}, now {now.level}"
    if STATES.index(now.state) > STATES.index(sealed.state):
        return f"given for {sealed.state}, now {now.state}"
    if now.irreversible and not sealed.irreversible:
        return "given for a change that can be undone, now it cannot"
    most_critical = min(sealed.tiers, default=NO_TIER)
    worse = [tier for tier in now.tiers if tier < most_critical]
    if worse:
        return f"given for less: tier {worse[0]} is new"
    for what, before, after in (
        ("operation", set(sealed.operations), set(now.operations)),
        ("unknown", set(sealed.unknowns), set(now.unknowns)),
    ):
        new = sorted(after - before)
        if new:
            return f"given for less: {what} {new[0]} is new"
    return ""


def content_of(seal: Seal, change: Change, proof: MergeProof | msgspec.UnsetType) -> tuple[str, str]:
    """How the sealed content stands to the change: (`same` | `carried` | "", why not).

    `same`: equal base, tree and difference, whatever the commits are called. `carried`: our own merge of
    the approved head with the new base gives the identical tree.
    """
    if seal.repository != change.repository:
        return "", f"given for repository {seal.repository}"
    if seal.target_branch != change.target_branch:
        return "", f"given for branch {seal.target_branch}"
    if (seal.base, seal.tree, seal.patch) == (change.base, change.tree, change.patch):
        return "same", ""
    if proof is msgspec.UNSET:
        return "", _given_for(seal, change)
    return _carried(seal, change, proof)


def _carried(seal: Seal, change: Change, proof: MergeProof) -> tuple[str, str]:
    if (proof.theirs, proof.ours) != (seal.head, change.base):
        return "", _given_for(seal, change)
    if not proof.on_first_parent:
        return "", f"{_given_for(seal, change)}; the new base is not on {change.target_branch} itself"
    if proof.bases != (seal.base,):
        return "", f"{_given_for(seal, change)}; it does not merge from the base it was approved on"
    if proof.tree is msgspec.UNSET:
        return "", f"{_given_for(seal, change)}; {proof.problem or 'our own merge is not clean'}"
    if proof.tree != change.tree:
        return "", f"{_given_for(seal, change)}; our own merge with the new base gives another tree"
    return "carried", ""


def _given_for(seal: Seal, change: Change) -> str:
    before, now = f"{seal.base[:10]}..{seal.head[:10]}", f"{change.base[:10]}..{change.head[:10]}"
    return f"given for {seal.head[:10]}, which is not this content (git range-diff {before} {now})"
