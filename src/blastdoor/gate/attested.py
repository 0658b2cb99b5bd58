"""Attestations: what the authors of a change signed about AI's part in it.

That AI was used raises what is demanded, and counts from any author. That none was used lowers it: so it
counts only if everybody who had a hand in the change is a person of the roster and signed it for exactly this
content, and if nothing else says otherwise.
"""

import msgspec

from blastdoor.gate.votes import Heard, hear, why_no_attestation, withdrawals
from blastdoor.model import Case, Provenance, Signal


def settle(case: Case) -> Case:
    """The case with what its authors attested in its provenance."""
    heard = [one for one in (hear(case, recorded) for recorded in case.statements) if one is not None]
    attesting = [one for one in heard if one.statement.answer in {"no_ai", "used_ai"}]
    if not attesting:
        return case
    withdrawn = withdrawals(case, heard)
    valid = [one for one in attesting if not why_no_attestation(case, one, withdrawn.get(one.id, set()))]
    provenance = _with_uses(case.provenance, [one for one in valid if one.statement.answer == "used_ai"])
    none = {one.statement.person for one in valid if one.statement.answer == "no_ai"}
    if provenance.state == "no_disclosure" and _covers(case, none):
        provenance = msgspec.structs.replace(provenance, state="attested_none", assurance="key")
    return msgspec.structs.replace(case, provenance=provenance)


def _covers(case: Case, persons: set[str]) -> bool:
    return bool(case.contributors) and all(
        hand.kind == "person" and hand.id in persons for hand in case.contributors
    )


def _with_uses(provenance: Provenance, uses: list[Heard]) -> Provenance:
    if not uses:
        return provenance
    signals = [
        Signal(
            source="attestation",
            kind="seal",
            tool=tool,
            raw=f"{one.statement.person} attests that AI was used",
            where=f"statement {one.id}",
            strength="strong",
            marks="ai",
        )
        for one in uses
        for tool in one.statement.tools or ("unnamed-ai",)
    ]
    return msgspec.structs.replace(
        provenance, state="ai_disclosed", assurance="key", signals=(*provenance.signals, *signals)
    )
