"""Check: may this change go to production, for which reasons, and what would open the door?"""

from collections.abc import Iterator
from dataclasses import dataclass

from blastdoor.flows.bundle import make_bundle
from blastdoor.flows.course import Destination, Progress, gather_course
from blastdoor.flows.gather import Gathered, Question, gather
from blastdoor.flows.marks import marks_of
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes
from blastdoor.gate import content_of, decide
from blastdoor.model import EMPTY_BASE, Bundle, Case, Verdict
from blastdoor.ports import Record

#: Lines of a difference between two ranges of commits that are shown.
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A verdict with the bundle it can be decided from again; the bundle holds the names."""

    verdict: Verdict
    bundle: Bundle
    gathered: Gathered


def check(world: World, question: Question) -> Decided:
    """Gather and decide; nothing is recorded."""
    return decide_on(world, gather(world, question))


def decide_on(world: World, gathered: Gathered) -> Decided:
    """Decide on what has been gathered."""
    now = world.now()
    verdict = decide(gathered.case, gathered.policy, now)
    bundle = make_bundle(gathered.case, gathered.policy, now, gathered.names)
    return Decided(verdict=verdict, bundle=bundle, gathered=gathered)


def check_deployment(world: World, destination: Destination, tell: Progress) -> Decided:
    """The same for all that a deployment would bring."""
    return decide_on(world, gather_course(world, destination, tell))


def range_diffs(world: World, case: Case) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each yes that speaks for other content: its id, and how what is there now differs from that."""
    change = case.change
    for recorded in case.statements:
        said = recorded.envelope.statement()
        if said is None or said.answer != "yes" or EMPTY_BASE in {said.seal.base, change.base}:
            continue
        if not content_of(said.seal, change, recorded.proof)[0]:
            before, after = (said.seal.base, said.seal.head), (change.base, change.head)
            shown = world.history.range_diff(before, after, _SHOWN)
            if shown:
                yield recorded.envelope.id, shown


def record_verdict(world: World, decided: Decided, record: Record) -> None:
    """Record a verdict with its bundle and the marks that were seen, and their entry, in one transaction."""
    verdict, bundle = canonical_bytes(decided.verdict), canonical_bytes(decided.bundle)
    change = decided.bundle.case.change
    seen = [(change.repository, change.patch)]
    marks = marks_of(world, decided.gathered)
    record.add_verdict(decided.verdict.id, verdict, bundle, marks, seen, _carried(decided))


def _carried(decided: Decided) -> tuple[tuple[str, bytes], ...]:
    """Each yes that was carried over to another commit by proof: its id, and what it was carried to."""
    verdict = decided.verdict
    statements = {one.envelope.id: one for one in decided.bundle.case.statements}
    return tuple(
        (
            vote.id,
            canonical_bytes(
                {
                    "v": 1,
                    "statement": vote.id,
                    "person": vote.person,
                    "to": {"base": verdict.change.base, "head": verdict.change.head},
                    "proof": statements[vote.id].proof,
                    "verdict": verdict.id,
                }
            ),
        )
        for vote in verdict.votes
        if vote.carried and vote.counts
    )
