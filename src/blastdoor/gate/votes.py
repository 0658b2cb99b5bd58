"""Votes: which of the recorded statements count, for whom, and why the others do not.

Counted on persons. A yes counts only if it is signed by a key that the rules base lists for its person, that
person had no hand in the change, and it was given for this content at no less risk. A no wins.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from blastdoor.formats import digest, moment_text
from blastdoor.gate.seals import content_of, risk_grown, risk_of
from blastdoor.model import NAMESPACE, ROOT, Case, Change, Person, Recorded, Root, Statement, Vote
from blastdoor.people import verify

_EMPTY_PATCH = digest(b"")
#: How many others of their group may end a rejection whose person is absent or gone.
_OTHERS_TO_END = 2
#: By how much two clocks may differ.
_SKEW = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """A yes that counts: its person as they were on that day, and whether they proved presence."""

    then: Person
    present: bool
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """A person whose yes counts: as they are now, with each yes of theirs. However many, one vote."""

    now: Person
    said: tuple[Yes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A no that stands. `enders` are those who may end it, `needed` of them together."""

    id: str
    person: str
    reason: str
    enders: tuple[str, ...]
    needed: int


@dataclass(slots=True, kw_only=True)
class Heard:
    """A statement on its way to being judged. `problem` is why it is not signed by its person."""

    id: str
    statement: Statement
    recorded: Recorded
    problem: str = ""
    key: str = ""
    present: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """All votes with their reasons, the voters whose yes counts, and the rejections that stand."""

    votes: tuple[Vote, ...]
    voters: tuple[Voter, ...]
    rejections: tuple[Rejection, ...]
    unreadable: tuple[str, ...] = field(default=())


_Judged = tuple[Vote | None, Voter | None, Rejection | None]


def excluded(case: Case) -> dict[str, str]:
    """Every person who cannot vouch for this change, with the reason."""
    out: dict[str, str] = {}
    denied = struck(case)
    for contributor in case.contributors:
        if contributor.kind == "person" and contributor.id in denied:
            continue
        if contributor.kind == "person":
            out[contributor.id] = f"had a hand in the change ({', '.join(contributor.roles)})"
        elif isinstance(contributor.owner, str):
            out.setdefault(contributor.owner, f"ran the agent {contributor.id}")
    return out


def count_votes(case: Case, now: str) -> Count:
    """Judge every recorded statement at a time (RFC 3339, UTC)."""
    heard: dict[str, list[Heard]] = {}
    unreadable: set[str] = set()
    for recorded in case.statements:
        one = hear(case, recorded)
        if one is None:
            unreadable.add(recorded.envelope.id)
        else:
            # The id is over the payload alone: a worse signature must not hide a better one.
            heard.setdefault(one.id, []).append(one)
    withdrawn = withdrawals(case, [one for same in heard.values() for one in same])
    noes = {id_: same[0].statement.person for id_, same in heard.items() if same[0].statement.answer == "no"}
    judged = [
        _best([_judge(case, one, withdrawn, noes, now) for one in same]) for _, same in sorted(heard.items())
    ]
    voters: dict[str, Voter] = {}
    for _, voter, _ in judged:
        if voter is not None:
            before = voters[voter.now.id].said if voter.now.id in voters else ()
            voters[voter.now.id] = Voter(now=voter.now, said=(*before, *voter.said))
    return Count(
        votes=tuple(vote for vote, _, _ in judged if vote is not None),
        voters=tuple(voters[id_] for id_ in sorted(voters)),
        rejections=tuple(rejection for _, _, rejection in judged if rejection is not None),
        unreadable=tuple(sorted(unreadable)),
    )


def _best(judged: Sequence[_Judged]) -> _Judged:
    """Of several envelopes around one payload the one that counts for most."""

    def weight(one: _Judged) -> tuple[bool, bool, bool, str]:
        vote, voter, rejection = one
        present = voter is not None and any(yes.present for yes in voter.said)
        return rejection is not None, voter is not None, present, "" if vote is None else vote.why

    return max(judged, key=weight)


def hear(case: Case, recorded: Recorded) -> Heard | None:
    """A recorded statement, with whether its person signed it; None if it is not readable."""
    statement = recorded.envelope.statement()
    if statement is None:
        return None
    one = Heard(id=recorded.envelope.id, statement=statement, recorded=recorded)
    if recorded.envelope.signature is msgspec.UNSET:
        one.problem = "asserted: it is not signed"
        return one
    try:
        signed = verify(recorded.envelope.signature, recorded.envelope.payload.encode("utf-8"), NAMESPACE)
    except ValueError as error:
        one.problem = f"asserted: its signature does not verify ({error})"
        return one
    one.key, one.present = signed.key, signed.user_verified
    if statement.answer == "accept":
        return one
    one.problem = _key_problem(case, statement.person, signed.key)
    return one


def _key_problem(case: Case, person: str, key: str) -> str:
    for agent in case.people.agents:
        if agent.id == person or key in agent.keys:
            return f"{agent.id} is an agent: a bot never counts"
    listed = case.people.person(person)
    if listed is None:
        return "asserted: its person is not in the roster"
    if key not in listed.keys:
        return "asserted: the rules base does not list its key for that person"
    return ""


def withdrawals(case: Case, heard: Sequence[Heard]) -> dict[str, set[str]]:
    """For each statement that somebody withdrew: the active persons who did, by their own key."""
    withdrawn: dict[str, set[str]] = {}
    for one in heard:
        target = one.statement.withdraws
        if one.statement.answer == "withdraw" and isinstance(target, str) and not one.problem:
            person = case.people.person(one.statement.person)
            if person is not None and person.active:
                withdrawn.setdefault(target, set()).add(person.id)
    return withdrawn


def _judge(case: Case, one: Heard, withdrawn: dict[str, set[str]], noes: dict[str, str], now: str) -> _Judged:
    match one.statement.answer:
        case "yes":
            if is_ahead(one.statement.given_at, now):
                return _vote(one, counts=False, why="given at a time that has not come"), None, None
            return _judge_yes(case, one, withdrawn.get(one.id, set()))
        case "no":
            return _judge_no(case, one, withdrawn.get(one.id, set()), now)
        case "no_ai" | "used_ai":
            return _judge_attestation(case, one, withdrawn.get(one.id, set()))
        case "not_mine":
            problem = why_not_struck(case, one, withdrawn.get(one.id, set()))
            return _vote(one, counts=not problem, why=problem or "struck from the co-authors"), None, None
        case "accept":
            problem = one.problem or why_not_accepted(case, one, withdrawn.get(one.id, set()))
            return _vote(one, counts=not problem, why=problem or "a root key accepts this"), None, None
        case "withdraw":
            problem = one.problem or _why_no_withdrawal(case, one, noes, now[:10])
            return _vote(one, counts=not problem, why=problem or "taken into account"), None, None


def _why_no_withdrawal(case: Case, one: Heard, noes: dict[str, str], today: str) -> str:
    target = one.statement.withdraws
    said_by = noes.get(target) if isinstance(target, str) else None
    person = None if said_by is None else case.people.person(said_by)
    if said_by is None or said_by == one.statement.person or person is None:
        return ""
    if not person.active or person.absent(today):
        return ""
    return f"a no ends when {said_by} withdraws it, and by nobody else"


def _vote(one: Heard, *, counts: bool, why: str, carried: bool = False) -> Vote:
    return Vote(
        id=one.id,
        person=one.statement.person,
        answer=one.statement.answer,
        counts=counts,
        why=why,
        carried=carried,
    )


def _judge_yes(case: Case, one: Heard, withdrawn_by: set[str]) -> _Judged:
    content, other = content_of(one.statement.seal, case.change, one.recorded.proof)
    if not content and not related(case.change, one.statement, one.recorded):
        return None, None, None  # a yes to some other change is not news here
    problem = one.problem or _why_not(case, one, other, withdrawn_by)
    if problem:
        return _vote(one, counts=False, why=problem), None, None
    now, then = case.people.person(one.statement.person), one.recorded.then
    if now is None or then is msgspec.UNSET:  # _why_not has said so already; this is for the type checker
        return None, None, None
    carried = content == "carried"
    why = (
        "carried: our own merge of the approved head gives this tree" if carried else "given for this content"
    )
    vote = _vote(one, counts=True, why=why, carried=carried)
    day = one.statement.given_at[:10]
    return vote, Voter(now=now, said=(Yes(then=then.on(day), present=one.present, day=day),)), None


def _why_not(case: Case, one: Heard, other_content: str, withdrawn_by: set[str]) -> str:
    person = case.people.person(one.statement.person)
    if person is None or not person.active:
        return "its person is no longer active"
    barred = excluded(case)
    if person.id in barred:
        return f"{person.id} {barred[person.id]}"
    if withdrawn_by:
        return f"withdrawn by {', '.join(sorted(withdrawn_by))}"
    if one.recorded.then is msgspec.UNSET:
        return "its person was not in the roster it was given under"
    if one.key not in one.recorded.then.keys:
        return "its key was not listed when it was given"
    if other_content:
        return other_content
    if one.recorded.landed:
        return "used up: what it was given for has landed before, or lies too far behind to tell (rebase it)"
    return risk_grown(one.statement.risk, risk_of(case.provenance, case.reach))


def why_not_struck(case: Case, one: Heard, withdrawn_by: set[str]) -> str:
    """Why somebody whom a commit names as co-author stays one; "" if their denial counts.

    Anybody can write anybody's name into a message. Who denies it does so in person, and can only take away
    what is claimed of them there: what they wrote or committed stays theirs.
    """
    if one.problem:
        return one.problem
    if not one.present:
        return "it takes presence: a verifying security key, or the service"
    hand = next((hand for hand in case.contributors if hand.id == one.statement.person), None)
    if hand is None or hand.roles != ("co-author",) or hand.assurance != "asserted":
        return "only who is named as a co-author, and nothing else, can deny it"
    if withdrawn_by:
        return "withdrawn"
    if one.recorded.then is msgspec.UNSET or one.key not in one.recorded.then.keys:
        return "its key was not listed when it was given"
    return content_of(one.statement.seal, case.change, one.recorded.proof)[1]


def struck(case: Case) -> frozenset[str]:
    """The persons who denied, in person, to be the co-authors that commits name."""
    denying = [recorded for recorded in case.statements if '"not_mine"' in recorded.envelope.payload]
    if not denying:
        return frozenset()
    heard = [one for one in (hear(case, recorded) for recorded in case.statements) if one is not None]
    withdrawn = withdrawals(case, heard)
    return frozenset(
        one.statement.person
        for one in heard
        if one.statement.answer == "not_mine" and not why_not_struck(case, one, withdrawn.get(one.id, set()))
    )


def why_not_accepted(case: Case, one: Heard, withdrawn_by: set[str]) -> str:
    """Why an acceptance by a root key does not count; "" if it does."""
    root = case.people.root
    if not isinstance(root, Root) or one.key not in root.keys or one.statement.person != ROOT:
        return "asserted: it is not signed by a root key"
    if withdrawn_by:
        return f"withdrawn by {', '.join(sorted(withdrawn_by))}"
    if one.recorded.landed:
        return "used up: what it was given for has landed before"
    return content_of(one.statement.seal, case.change, one.recorded.proof)[1]


def accepting_keys(case: Case) -> frozenset[str]:
    """The root keys that accepted exactly this change."""
    heard = [one for one in (hear(case, recorded) for recorded in case.statements) if one is not None]
    withdrawn = withdrawals(case, heard)
    return frozenset(
        one.key
        for one in heard
        if one.statement.answer == "accept"
        and not one.problem
        and not why_not_accepted(case, one, withdrawn.get(one.id, set()))
    )


def why_no_attestation(case: Case, one: Heard, withdrawn_by: set[str]) -> str:
    """Why an attestation does not count; "" if it does."""
    statement, recorded = one.statement, one.recorded
    if one.problem:
        return one.problem
    person = case.people.person(statement.person)
    if person is None or not person.active:
        return "its person is no longer active"
    if statement.person not in {hand.id for hand in case.contributors if hand.kind == "person"}:
        return "only those who had a hand in the change can attest to it"
    if statement.person in withdrawn_by:
        return "withdrawn"
    if recorded.then is msgspec.UNSET or one.key not in recorded.then.keys:
        return "its key was not listed when it was given"
    return content_of(statement.seal, case.change, recorded.proof)[1]


def _judge_attestation(case: Case, one: Heard, withdrawn_by: set[str]) -> _Judged:
    if not related(case.change, one.statement, one.recorded):
        return None, None, None  # said of some other change
    problem = why_no_attestation(case, one, withdrawn_by)
    return _vote(one, counts=not problem, why=problem or "given for this content"), None, None


def is_ahead(moment: str, now: str) -> bool:
    """Whether a time lies further ahead than clocks differ."""
    # As text: what a statement calls a time need not be one.
    return moment > moment_text(dt.datetime.fromisoformat(now) + _SKEW)


def _judge_no(case: Case, one: Heard, withdrawn_by: set[str], now: str) -> _Judged:
    person = case.people.person(one.statement.person)
    gone = person is None or not person.active or person.absent(now[:10])
    if person is None and isinstance(one.recorded.then, Person):
        person = one.recorded.then  # taken off the roster since, which must not take their no away
    if person is None:
        return _vote(one, counts=False, why=one.problem or "its person is not in the roster"), None, None
    if not _concerns(case, one):
        return None, None, None  # a no to some other change is not news here
    fellows = _fellows(case, person) if gone else ()
    ended = person.id in withdrawn_by or (gone and len(withdrawn_by & set(fellows)) >= _OTHERS_TO_END)
    if ended:
        return _vote(one, counts=False, why=f"ended by {', '.join(sorted(withdrawn_by))}"), None, None
    reason = one.statement.reason if isinstance(one.statement.reason, str) else ""
    # An unsigned no holds as well: what raises a demand may come from anyone.
    vote = _vote(one, counts=True, why=one.problem or "a no stands until it is withdrawn")
    enders = fellows if gone else (person.id,)
    rejection = Rejection(
        id=one.id,
        person=person.id,
        reason=reason,
        enders=enders,
        needed=_OTHERS_TO_END if gone else 1,
    )
    return vote, None, rejection


def _fellows(case: Case, person: Person) -> tuple[str, ...]:
    """Who may end the rejection of somebody gone: active, of their team or level, no hand in the change."""
    barred = excluded(case)
    return tuple(
        other.id
        for other in case.people.persons
        if other.active
        and other.id != person.id
        and other.id not in barred
        and (set(other.teams) & set(person.teams) or other.level == person.level)
    )


def related(change: Change, statement: Statement, recorded: Recorded) -> bool:
    """Whether a statement was made about this change, however it has been rewritten since."""
    seal = statement.seal
    if {seal.head, *statement.commits} & {change.head, *change.commits}:
        return True
    if ({seal.patch, *statement.patches} & {change.patch, *change.patches}) - {_EMPTY_PATCH}:
        return True
    if recorded.found or content_of(seal, change, recorded.proof)[0]:
        return True
    # A branch's name is used again for other work once the first has landed.
    return isinstance(statement.branch, str) and statement.branch == change.branch and not recorded.landed


def _concerns(case: Case, one: Heard) -> bool:
    seal = one.statement.seal
    same_door = (seal.repository, seal.target_branch) == (case.change.repository, case.change.target_branch)
    return same_door and related(case.change, one.statement, one.recorded)
