"""Check: may this change go to production, for which reasons, and what would open the door?"""

from dataclasses import dataclass

from blastdoor.flows.bundle import make_bundle
from blastdoor.flows.gather import Question, gather
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from blastdoor.model import Bundle, Verdict
from blastdoor.ports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A verdict with the bundle it can be decided from again; the bundle holds the names."""

    verdict: Verdict
    bundle: Bundle


def check(world: World, question: Question, record: Record | None = None) -> Decided:
    """Gather, decide, and record where a record is given."""
    gathered = gather(world, question)
    now = world.now()
    verdict = decide(gathered.case, gathered.policy, now)
    bundle = make_bundle(gathered.case, gathered.policy, now, gathered.names)
    if record is not None:
        record.add_verdict(verdict.id, canonical_bytes(verdict), canonical_bytes(bundle))
    return Decided(verdict=verdict, bundle=bundle)
