"""Approve: a person says yes or no to exactly this change, or takes it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from blastdoor.errors import Error, InputError
from blastdoor.flows.gather import Gathered, Question, gather
from blastdoor.flows.landed import Landings
from blastdoor.flows.marks import marks_of
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide, risk_of, seal_of, settle
from blastdoor.model import NAMESPACE, ROOT, Envelope, Mark, Recorded, Says, Statement, Verdict, Vote
from blastdoor.ports import Record, StatementStore

#: A no names this many of the newest commits, by which it is found again after the branch was rewritten.
_FOUND_AGAIN_BY = 200

#: Signs a payload for a namespace; gives the canonical public key and the armored signature.
Signer = Callable[[bytes, str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said, and by whom: the holder of `key` (a canonical public key), else asserted by `person`."""

    answer: Says
    key: str | None = None
    person: str | None = None
    reason: str | None = None
    withdraws: str | None = None
    anyway: bool = False
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A statement that was made. `vote` is how it counts; `written` is false where it would not have.

    `verdict` is the door's answer with the statement taken into account.
    """

    id: str
    person: str
    vote: Vote
    written: bool
    verdict: Verdict
    names: dict[str, str]


def speak(
    world: World, question: Question, answer: Answer, sign: Signer | None, record: Callable[[], Record]
) -> Spoken:
    """Make, judge, record and store a statement. One that would not count is not written, unless `anyway`."""
    return speak_of(world, gather(world, question), answer, sign, record)


def speak_of(
    world: World, gathered: Gathered, answer: Answer, sign: Signer | None, record: Callable[[], Record]
) -> Spoken:
    """The same for what has been gathered: a landing, a baseline, a way back."""
    if gathered.case.rules.source == "built-in" and answer.answer != "accept":
        raise InputError(
            f"{gathered.case.change.target_branch} has no .blastdoor/, so nobody's yes could count",
            hint="run `blastdoor init` and bring its files to that branch",
        )
    known = {one.envelope.id for one in gathered.case.statements}
    if answer.withdraws is not None and answer.withdraws not in known:
        raise InputError(
            f"nothing called {answer.withdraws} was said about this change",
            hint="`blastdoor check` lists the votes with their ids",
        )
    person = _person(gathered, answer)
    envelope = _envelope(world, gathered, answer, person, sign)
    id_ = envelope.id
    then = gathered.case.people.person(person)
    change, tip = gathered.case.change, gathered.case.rules.commit
    recorded = Recorded(
        envelope=envelope,
        then=msgspec.UNSET if then is None else then,
        landed=answer.answer in {"yes", "accept"}
        and gathered.onto is not None
        and Landings(world, gathered.onto or tip).have(change.base, change.head),
    )
    case = msgspec.structs.replace(gathered.case, statements=(*gathered.case.statements, recorded))
    verdict = decide(case, gathered.policy, world.now())
    vote = next((vote for vote in verdict.votes if vote.id == id_), None)
    if vote is None:
        vote = Vote(
            id=id_, person=person, answer=answer.answer, counts=False, why="it is about another change"
        )
    written = vote.counts or answer.anyway
    if written:
        store_signed(world.statements, record, id_, envelope, person, marks_of(world, gathered))
    return Spoken(id=id_, person=person, vote=vote, written=written, verdict=verdict, names=gathered.names)


def _person(gathered: Gathered, answer: Answer) -> str:
    roster = gathered.case.people
    if answer.answer == "accept":
        return ROOT
    if answer.key is None:
        if answer.person is None:
            raise InputError("who says so? give --key, or --as with --unsigned")
        return answer.person
    holders = [person.id for person in roster.persons if answer.key in person.keys]
    holders += [agent.id for agent in roster.agents if answer.key in agent.keys]
    if not holders:
        raise InputError(
            f"people.yaml on {gathered.case.change.target_branch} lists this key for nobody",
            hint="a policy owner adds it under `keys:` of the person",
        )
    if answer.person is not None and answer.person != holders[0]:
        raise InputError(f"this key is {holders[0]}'s, not {answer.person}'s")
    return holders[0]


def _envelope(world: World, gathered: Gathered, answer: Answer, person: str, sign: Signer | None) -> Envelope:
    case, policy = settle(gathered.case), gathered.policy
    now = world.now()
    verdict = decide(case, policy, now)
    statement = Statement(
        answer=answer.answer,
        person=person,
        seal=seal_of(case.change, case.provenance, case.reach, policy.digest),
        risk=risk_of(case.provenance, case.reach),
        requirements=tuple(demand.requirement for demand in verdict.demands),
        rules=case.rules.commit,
        given_at=now,
        commits=case.change.commits[-_FOUND_AGAIN_BY:] if answer.answer == "no" else (),
        patches=case.change.patches[-_FOUND_AGAIN_BY:] if answer.answer == "no" else (),
        branch=case.change.branch,
        reason=msgspec.UNSET if answer.reason is None else answer.reason,
        withdraws=msgspec.UNSET if answer.withdraws is None else answer.withdraws,
        tools=answer.tools,
    )
    try:
        payload = canonical_bytes(statement)
    except ValueError as error:
        raise InputError(f"this cannot be signed: {error}") from error
    signature = msgspec.UNSET if sign is None else sign(payload, NAMESPACE)[1]
    return Envelope(payload=payload.decode("utf-8"), signature=signature)


def store_signed(
    store: StatementStore,
    record: Callable[[], Record],
    id_: str,
    envelope: Envelope,
    actor: str,
    marks: Sequence[Mark] = (),
) -> None:
    """Store what somebody signed, and record it; both or neither."""
    kept = record()  # opened before anything is written: it may be unwritable, or of a newer version
    store.write(id_, envelope)
    try:
        kept.add_statement(id_, canonical_bytes(envelope), actor, marks)
    except Error:
        # A statement that counts and is not on record would be worse than none.
        store.remove(id_)
        raise
