"""A repository's policy under its organisation's: it can only add demands, never take one away."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import UNSET

from blastdoor.errors import InputError
from blastdoor.formats import digest
from blastdoor.policy.load import Policy
from blastdoor.policy.values import Environment, Group, Producer

#: What the names of the organisation's rules begin with in a verdict.
ORGANISATION = "organisation: "
_Named = TypeVar("_Named", Group, Producer)


def merge(organisation: Policy, own: Policy, file: str) -> Policy:
    """Both policies as one. InputError, naming `file`, where the repository redefines what is not its own."""
    rules = tuple(msgspec.structs.replace(rule, name=ORGANISATION + rule.name) for rule in organisation.rules)
    if own.emergency is not UNSET and own.emergency != organisation.emergency:
        raise InputError(
            f"{file}: override: the door for emergencies is the organisation's to define",
            hint="take `override:` out of the repository's policy",
        )
    both = (organisation.services, own.services)
    services = tuple(one for some in both if isinstance(some, tuple) for one in some)
    return msgspec.structs.replace(
        own,
        organisation=organisation.source,
        digest=digest(f"{organisation.digest} {own.digest}".encode()),
        groups=_united(organisation.groups, own.groups, f"{file}: groups"),
        producers=_united(organisation.producers, own.producers, f"{file}: producers"),
        environments=_environments(organisation, own, file),
        rules=(*rules, *own.rules),
        services=services or UNSET,
        emergency=organisation.emergency,
    )


def _united(theirs: Sequence[_Named], own: Sequence[_Named], where: str) -> tuple[_Named, ...]:
    known = {one.name: one for one in theirs}
    for one in own:
        if known.setdefault(one.name, one) != one:
            raise InputError(
                f"{where}.{one.name}: the organisation defines it otherwise, and its word counts",
                hint="give yours another name",
            )
    return tuple(known.values())


def _environments(organisation: Policy, own: Policy, file: str) -> tuple[Environment, ...]:
    known = {one.name: one for one in organisation.environments}
    for one in own.environments:
        known[one.name] = _environment(known.get(one.name, one), one, file)
    return tuple(known.values())


def _environment(theirs: Environment, own: Environment, file: str) -> Environment:
    where = f"{file}: environments.{own.name}"
    if own.branch != theirs.branch:
        raise InputError(f"{where}: the organisation feeds it from {theirs.branch}, not from {own.branch}")
    deployer = own.deployer if theirs.deployer is UNSET else theirs.deployer
    if own.deployer not in {UNSET, deployer}:
        raise InputError(f"{where}: its deployer is the organisation's to name: {deployer}")
    if theirs is not own and {one.name for one in theirs.targets} & {one.name for one in own.targets}:
        raise InputError(f"{where}: targets: one of that name is the organisation's")
    strict = "enforce" in {theirs.mode, own.mode}
    return Environment(
        name=own.name,
        branch=own.branch,
        mode="enforce" if strict else "observe",
        deployer=deployer,
        targets=theirs.targets if theirs is own else (*theirs.targets, *own.targets),
    )
