"""Override: a second person opens the door for an emergency; somebody else reviews it after.

Specified in `docs/spec/override.md`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from blastdoor.errors import InputError
from blastdoor.flows.approve import Signer, store_signed
from blastdoor.flows.course import Destination, gather_course
from blastdoor.flows.gather import Gathered
from blastdoor.flows.rules import RulesBase, read_rules
from blastdoor.flows.surroundings import find_overrides
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes, moment_text
from blastdoor.gate import Given, decide, overrides_of
from blastdoor.model import OVERRIDES, Envelope, Override, Overriding, Verdict
from blastdoor.policy import Emergency
from blastdoor.ports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergent:
    """What is asked for: why, for which incident, by whom, for which revision and place, for how long."""

    reason: str
    incident: str
    requested_by: str
    revision: str
    environment: str
    target: str | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An override that was signed. `written` is false where it would not have opened the door."""

    id: str
    said: Override
    written: bool
    verdict: Verdict
    names: dict[str, str]


def give_override(
    world: World, asked: Emergent, key: str, sign: Signer, record: Callable[[], Record]
) -> Opened:
    """Sign an override and store it, if the door opens by it."""
    gathered = gather_course(
        world, Destination(candidate=asked.revision, environment=asked.environment, target=asked.target)
    )
    emergency = gathered.policy.emergency
    if not isinstance(emergency, Emergency):
        raise InputError(
            "the policy has no `override:`, so there is no door for emergencies",
            hint="a policy owner names the group of the second person: override: { from: on-call }",
        )
    now = world.now()
    hours = emergency.hours if asked.hours is None else asked.hours
    made = Override(
        answer="override",
        person=_holder(gathered, key),
        requested_by=asked.requested_by,
        repository=gathered.case.change.repository,
        environment=asked.environment,
        revision=gathered.case.change.head,
        reason=asked.reason,
        incident=asked.incident,
        given_at=now,
        expires=moment_text(dt.datetime.fromisoformat(now) + dt.timedelta(hours=hours)),
        rules=gathered.case.rules.commit,
        target=msgspec.UNSET if asked.target is None else asked.target,
    )
    envelope = _signed(made, sign)
    person = gathered.case.people.person(made.person)
    one = Overriding(envelope=envelope, then=msgspec.UNSET if person is None else person)
    case = msgspec.structs.replace(gathered.case, overrides=(*gathered.case.overrides, one))
    verdict = decide(case, gathered.policy, now)
    id_ = envelope.id_as("ovr")
    opened = not isinstance(verdict.override, msgspec.UnsetType) and verdict.override.id == id_
    if opened:
        store_signed(world.overrides, record, id_, envelope, made.person)
    return Opened(id=id_, said=made, written=opened, verdict=verdict, names=gathered.names)


def review_override(
    world: World, id_: str, finding: str, key: str, sign: Signer, record: Callable[[], Record]
) -> Override:
    """Sign the review of an override and store it. InputError if it is not this person's to give."""
    rules = read_rules(world, world.refs.protected_branch())
    found = {one.id: one for one in list_overrides(world, rules)}
    if id_ not in found:
        raise InputError(f"no override is called {id_}", hint="`blastdoor override report` lists them")
    given = found[id_].said
    roster = rules.directory.roster
    person = next((one for one in roster.persons if key in one.keys), None)
    if person is None:
        raise InputError(f"people.yaml on {rules.branch.name} lists this key for nobody")
    now = world.now()
    emergency = rules.policy.emergency
    if isinstance(emergency, Emergency):
        group = rules.policy.group(emergency.reviewers)
        if not group.has(person.on(now[:10]), roster.levels):
            raise InputError(f"{person.id} is not of {group.name}, who review overrides")
    if person.id in {given.person, given.requested_by}:
        raise InputError("who opened the door, or asked for it, does not review that")
    made = msgspec.structs.replace(
        given,
        answer="review",
        person=person.id,
        reason=finding,
        of=id_,
        given_at=now,
        expires=now,
        rules=rules.commit,
    )
    envelope = _signed(made, sign)
    store_signed(world.overrides, record, envelope.id_as("ovr"), envelope, person.id)
    return made


def list_overrides(world: World, rules: RulesBase | None = None) -> tuple[Given, ...]:
    """Every override of the repository, oldest first, with its review or its debt."""
    rules = rules or read_rules(world, world.refs.protected_branch())
    repository = rules.policy.id if isinstance(rules.policy.id, str) else world.refs.repository_id()
    now = world.now()
    spoken = find_overrides(world, rules, repository)
    return overrides_of(spoken, rules.directory.roster.on(now[:10]), rules.policy, repository, now)


def _holder(gathered: Gathered, key: str) -> str:
    for person in gathered.case.people.persons:
        if key in person.keys:
            return person.id
    raise InputError(
        f"people.yaml on {gathered.case.change.target_branch} lists this key for nobody",
        hint="an override is given by a second person, with their own key",
    )


def _signed(made: Override, sign: Signer) -> Envelope:
    try:
        payload = canonical_bytes(made)
    except ValueError as error:
        raise InputError(f"this cannot be signed: {error}") from error
    return Envelope(payload=payload.decode("utf-8"), signature=sign(payload, OVERRIDES)[1])
