"""What a case holds beside its change: owners, experience, zones, reports, deployments, overrides."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from blastdoor.flows.reach import read_described
from blastdoor.flows.rules import PastRosters, RulesBase
from blastdoor.flows.world import World
from blastdoor.formats import moment_text
from blastdoor.model import (
    NO_TIER,
    Change,
    Deployment,
    Envelope,
    Experience,
    FileChange,
    Offset,
    Override,
    Overriding,
    Owned,
    Reach,
    Report,
)
from blastdoor.people import Directory
from blastdoor.policy import Approvals, Freeze, Knows, OwnersNeeded, Policy, Window

#: For so many days ahead the clocks' changes are recorded; a window is looked for no further.
_ZONE_DAYS = 21
_MAX_FOLDERS = 100
_SHOWN = 3


def find_owned(world: World, rules: RulesBase, change: Change, reach: Reach) -> tuple[Owned, ...]:
    """Whose the touched paths and the reached services are, as far as the policy asks for owners."""
    asked = {one.of for rule in rules.policy.rules for one in rule.require if isinstance(one, OwnersNeeded)}
    if not asked:
        return ()
    catalogue, owners, _ = read_described(world, rules.branch.commit)
    today = world.now()[:10]
    found: list[Owned] = []
    if "paths" in asked and owners is not None:
        by_owners: dict[tuple[str, ...], list[str]] = {}
        for file in change.files:
            named = owners.owners(file.path)
            if named:
                by_owners.setdefault(tuple(sorted(set(named))), []).append(file.path)
        for named, paths in sorted(by_owners.items()):
            more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
            what = ", ".join(paths[:_SHOWN]) + more
            found.append(_owned(rules.directory, today, "paths", what, named, NO_TIER))
    if "services" in asked and catalogue is not None:
        named_by = {one.name: one.owned_by for one in catalogue.entities.values() if one.is_service}
        for service in reach.services:
            token = named_by.get(service.name, "")
            tokens = (_group_of(token),) if token else ()
            found.append(_owned(rules.directory, today, "services", service.name, tokens, service.tier))
    return tuple(found)


def _owned(directory: Directory, today: str, of: str, what: str, tokens: Sequence[str], tier: int) -> Owned:
    persons: set[str] = set()
    strangers = 0
    for token in tokens:
        answering = _answering(directory, today, token)
        persons |= answering
        strangers += not answering
    return Owned(of=of, what=what, owners=tuple(sorted(persons)), strangers=strangers, tier=tier)  # type: ignore[arg-type]


def _answering(directory: Directory, today: str, token: str) -> set[str]:
    """The persons whom CODEOWNERS or a catalogue calls so: a team, a login, a mailbox, an id."""
    name = token.removeprefix("@")
    if "@" in name:
        holder = directory.owner_of_mailbox(name)
        return {holder} if holder is not None and holder.startswith("p_") else set()
    persons = {one.id: one.on(today) for one in directory.roster.persons}
    short = name.rpartition("/")[2]
    team = {id_ for id_, one in persons.items() if {name, short} & set(one.teams)}
    login = directory.owner_of_login(name)
    named = {one for one in (login, name) if one in persons}
    return team | named


def _group_of(token: str) -> str:
    """Backstage's `group:default/payments` as the name that a roster has for it."""
    return token.rpartition(":")[2].rpartition("/")[2]


def find_experience(world: World, rules: RulesBase, files: Sequence[FileChange]) -> tuple[Experience, ...]:
    """Who of the roster wrote how much of the touched folders lately, as far as the policy asks for it."""
    asked = {one.days for one in _knows(rules.policy)}
    folders = sorted({file.path.rpartition("/")[0] for file in files})[:_MAX_FOLDERS]
    found: list[Experience] = []
    for days in sorted(asked):
        since = moment_text(dt.datetime.fromisoformat(world.now()) - dt.timedelta(days=days))
        wrote: dict[str, int] = {}
        for mailbox in world.history.authors(rules.branch.commit, since, folders):
            holder = rules.directory.owner_of_mailbox(mailbox)
            if holder is not None and holder.startswith("p_"):
                wrote[holder] = wrote.get(holder, 0) + 1
        found += [Experience(person=one, days=days, commits=n) for one, n in sorted(wrote.items())]
    return tuple(found)


def _knows(policy: Policy) -> Iterator[Knows]:
    for rule in policy.rules:
        for one in rule.require:
            exceptions = one.unless if isinstance(one, Window | Freeze) else ()
            for approvals in (*((one,) if isinstance(one, Approvals) else ()), *exceptions):
                if isinstance(approvals.knows, Knows):
                    yield approvals.knows


def find_zones(world: World, policy: Policy) -> tuple[Offset, ...]:
    """What each zone that the policy names is ahead of UTC, now and for some weeks."""
    zones = {one.zone for rule in policy.rules for one in rule.require if isinstance(one, Window)}
    now = dt.datetime.fromisoformat(world.now())
    return tuple(
        Offset(zone=zone, since=moment_text(since), minutes=minutes)
        for zone in sorted(zones)
        for since, minutes in world.zones(zone, now, _ZONE_DAYS) or ()
    )


def find_reports(world: World, repository: str, heads: Collection[str]) -> tuple[Envelope, ...]:
    """The reports about some commits."""

    def is_about(envelope: Envelope) -> bool:
        said = envelope.read(Report)
        return said is not None and said.repository == repository and said.head in heads

    return tuple(envelope for envelope in world.reports.read() if is_about(envelope))


def find_deployments(world: World, repository: str, environment: str) -> tuple[Envelope, ...]:
    """What was said to run in an environment."""

    def is_here(envelope: Envelope) -> bool:
        said = envelope.read(Deployment)
        return said is not None and (said.repository, said.environment) == (repository, environment)

    return tuple(envelope for envelope in world.deployments.read() if is_here(envelope))


def find_overrides(world: World, rules: RulesBase, repository: str) -> tuple[Overriding, ...]:
    """Every override and review in a repository, each with its person in the roster it was given under."""
    read = [(envelope, envelope.read(Override)) for envelope in world.overrides.read()]
    spoken = [
        (envelope, said) for envelope, said in read if said is not None and said.repository == repository
    ]
    if not spoken:
        return ()
    rosters = PastRosters(world, rules)
    tip = rules.branch.commit
    rosters.learn(world.merges.on_first_parent(_distinct(said.rules for _, said in spoken), tip))
    found = []
    for envelope, said in spoken:
        then = rosters.person(said.rules, said.person)
        found.append(Overriding(envelope=envelope, then=msgspec.UNSET if then is None else then))
    return tuple(found)


def _distinct(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))
