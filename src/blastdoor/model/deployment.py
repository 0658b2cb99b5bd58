"""What runs where, as its deployer says. Specified in `docs/spec/deployment.md`."""

from typing import Annotated, Literal

import msgspec

from blastdoor.model.scales import Level, Moment, ObjectId, State, Tier
from blastdoor.model.value import Value

#: The SSH signature namespace of a deployment.
DEPLOYMENTS = "deployment@blastdoor"
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Deployed(Value, frozen=True, kw_only=True):
    """One landing that a deployment brought, by its commit, and what it was measured to be."""

    commit: ObjectId
    state: State
    level: Level
    tier: Tier


class Deployment(Value, frozen=True, kw_only=True):
    """The signed payload: `revision` runs in `environment` (of `target` alone, where one is named).

    `also`: other revisions that still run there. `covered`: our verdict on it was a pass, or it is the
    baseline and was approved as one; `override`: the override it came in by. `withdrawn`: it must not be
    gone back to. `changes` are the landings that came with it.
    """

    kind: Literal["blastdoor-deployment"] = "blastdoor-deployment"
    producer: _Name
    repository: str
    environment: _Name
    revision: ObjectId
    at: Moment
    covered: bool
    target: _Name | msgspec.UnsetType = msgspec.UNSET
    also: tuple[ObjectId, ...] = ()
    baseline: bool = False
    withdrawn: bool = False
    override: str | msgspec.UnsetType = msgspec.UNSET
    changes: tuple[Deployed, ...] = ()
    v: Literal[1] = 1
