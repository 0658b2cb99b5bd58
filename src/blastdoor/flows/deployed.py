"""Deployed: a deployer says what runs where. Specified in `docs/spec/deployment.md`."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from blastdoor.errors import InputError
from blastdoor.flows.approve import Signer, store_signed
from blastdoor.flows.course import Destination, gather_baseline, gather_course
from blastdoor.flows.rules import read_rules
from blastdoor.flows.world import World
from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from blastdoor.model import DEPLOYMENTS, Case, Course, Deployed, Deployment, Envelope, LandingVerdict, Verdict
from blastdoor.ports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A deployment that was recorded; why it does not count, and why not as covered, where that is so."""

    id: str
    deployment: Deployment
    problem: str
    uncovered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """What is said: which revision runs where, which others still do, and whether it begins there."""

    revision: str
    environment: str
    target: str | None = None
    also: tuple[str, ...] = ()
    baseline: bool = False
    withdrawn: bool = False


def deployed(world: World, what: What, key: str, sign: Signer, record: Callable[[], Record]) -> Said:
    """Work out whether it was covered, sign and store. `key` is the public key of the signer."""
    rules = read_rules(world, world.refs.protected_branch())
    environment = rules.policy.environment(what.environment)
    holders = [one.name for one in rules.policy.producers if key in one.keys]
    deployer = environment.deployer if isinstance(environment.deployer, str) else None
    if not holders:
        raise InputError(
            "the rules list this key for no producer, so its word would count for nothing",
            hint=f"a policy owner lists it under `producers:`, and as the deployer of {what.environment}",
        )
    producer = deployer if deployer in holders else holders[0]
    revision = world.refs.resolve(what.revision)
    covered, uncovered, changes, override = _look(world, what)
    made = Deployment(
        producer=producer,
        repository=rules.policy.id if isinstance(rules.policy.id, str) else world.refs.repository_id(),
        environment=what.environment,
        revision=revision,
        at=world.now(),
        covered=covered,
        target=msgspec.UNSET if what.target is None else what.target,
        also=tuple(world.refs.resolve(one) for one in what.also),
        baseline=what.baseline,
        withdrawn=what.withdrawn,
        override=override,
        changes=changes,
    )
    payload = canonical_bytes(made)
    envelope = Envelope(payload=payload.decode("utf-8"), signature=sign(payload, DEPLOYMENTS)[1])
    id_ = envelope.id_as("dep")
    store_signed(world.deployments, record, id_, envelope, "blastdoor")
    counts = producer == deployer
    problem = (
        "" if counts else f"{what.environment} names {deployer or 'nobody'} as its deployer: not counted"
    )
    return Said(id=id_, deployment=made, problem=problem, uncovered=uncovered)


_Look = tuple[bool, str, tuple[Deployed, ...], str | msgspec.UnsetType]


def _look(world: World, what: What) -> _Look:
    """Whether it is covered (else why not), which landings it brings, and by which override."""
    if what.withdrawn:
        return False, "", (), msgspec.UNSET
    if what.baseline:
        gathered = gather_baseline(world, what.revision, what.environment)
        verdict = decide(gathered.case, gathered.policy, world.now())
        why = "" if verdict.verdict == "pass" else _first(verdict)
        return verdict.verdict == "pass", why, (), msgspec.UNSET
    gathered = gather_course(
        world, Destination(candidate=what.revision, environment=what.environment, target=what.target)
    )
    verdict = decide(gathered.case, gathered.policy, world.now())
    override = msgspec.UNSET if verdict.override is msgspec.UNSET else verdict.override.id
    owed = [one for one in _landings(verdict) if one.status == "owed"]
    # What is owed a review, or came in by override, runs; but coverage does not start there.
    covered = verdict.verdict == "pass" and override is msgspec.UNSET and not owed
    why = "" if covered else f"{len(owed)} landings owe a review" if owed else _first(verdict)
    return covered, why, _changes(gathered.case), override


def _landings(verdict: Verdict) -> tuple[LandingVerdict, ...]:
    return verdict.landings if isinstance(verdict.landings, tuple) else ()


def _first(verdict: Verdict) -> str:
    return verdict.reasons[0].text if verdict.reasons else ""


def _changes(case: Case) -> tuple[Deployed, ...]:
    landings = case.course.landings if isinstance(case.course, Course) else ()
    return tuple(
        Deployed(
            commit=landing.change.head,
            state=landing.provenance.effective,
            level=landing.reach.level,
            tier=landing.reach.tier,
        )
        for landing in landings
        if landing.change.files
    )[-500:]
