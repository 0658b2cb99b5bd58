"""The case: every recorded input of a decision, in one frozen value. Specified in `docs/spec/case.md`."""

from typing import Literal

import msgspec

from blastdoor.model.approval import Envelope, Recorded
from blastdoor.model.change import Change
from blastdoor.model.override import Overriding
from blastdoor.model.people import Contributor, Roster
from blastdoor.model.provenance import Provenance
from blastdoor.model.reach import Reach, Unknown
from blastdoor.model.scales import NO_TIER, Assurance, Moment, Tier
from blastdoor.model.value import Value


class Rules(Value, frozen=True, kw_only=True):
    """Whose rules: the tip of the protected branch (`ref`, `commit`), and whether it has any of its own.

    `earlier`: those at the tip do not load, so the last that did stand in, at `commit`.
    """

    ref: str
    commit: str
    source: Literal["repository", "built-in", "earlier"]
    assurance: Assurance


class Text(Value, frozen=True, kw_only=True):
    """A text given with the change, by its digest: a change record, a rollback plan.

    `headings` are those that have something under them.
    """

    kind: Literal["change_record", "rollback_plan"]
    digest: str
    source: str
    assurance: Assurance
    headings: tuple[str, ...] = ()


class Check(Value, frozen=True, kw_only=True):
    """A check that ran on `head`. It counts only with a producer that is proven (`assurance`)."""

    name: str
    producer: str
    conclusion: str
    head: str
    source: str
    assurance: Assurance


class Facts(Value, frozen=True, kw_only=True):
    """Facts from outside (`--facts FILE`, `docs/spec/facts.md`)."""

    texts: tuple[Text, ...] = ()
    checks: tuple[Check, ...] = ()
    v: Literal[1] = 1


class Owned(Value, frozen=True, kw_only=True):
    """Something with owners: a touched path's entry in CODEOWNERS, or a reached service.

    `owners` are those that the roster knows; `strangers` how many are written there that it does not.
    """

    of: Literal["paths", "services"]
    what: str
    owners: tuple[str, ...]
    strangers: int = 0
    tier: Tier = NO_TIER


class Experience(Value, frozen=True, kw_only=True):
    """How many commits to the touched folders a person wrote in the last `days` days, on the rules base."""

    person: str
    days: int
    commits: int


class Offset(Value, frozen=True, kw_only=True):
    """What a time zone is ahead of UTC, in minutes, from a moment on."""

    zone: str
    since: Moment
    minutes: int


class Landing(Value, frozen=True, kw_only=True):
    """One landing of a deployment, judged as a change: from its first parent to its result.

    `heads`: approved heads whose merge by us gives exactly its tree, each with its own tree: what reports may
    be about. `steps`: the commits of the protected branch it is made of. `deployed_at`: when it was first
    deployed, if it was, without being covered.
    """

    change: Change
    provenance: Provenance
    reach: Reach
    contributors: tuple[Contributor, ...]
    statements: tuple[Recorded, ...]
    steps: tuple[str, ...]
    heads: tuple[tuple[str, str], ...] = ()
    owned: tuple[Owned, ...] = ()
    experience: tuple[Experience, ...] = ()
    first_seen: Moment | msgspec.UnsetType = msgspec.UNSET
    deployed_at: Moment | msgspec.UnsetType = msgspec.UNSET
    unknowns: tuple[Unknown, ...] = ()


class Course(Value, frozen=True, kw_only=True):
    """What a deployment would change: from `start`, the last fully covered revision, to `candidate`.

    `direction`: `same` where nothing changes, `unknown` where nothing is known to run (`start` is absent),
    `aside` where the candidate is no step of the protected branch, `back` where it lies before what runs;
    then `undone` is the reach of what is taken back. `skipped`: landings that the target does not hold.
    """

    candidate: str
    direction: Literal["forward", "same", "back", "unknown", "aside"]
    landings: tuple[Landing, ...]
    start: str | msgspec.UnsetType = msgspec.UNSET
    target: str | msgspec.UnsetType = msgspec.UNSET
    undone: Reach | msgspec.UnsetType = msgspec.UNSET
    skipped: tuple[str, ...] = ()


class Case(Value, frozen=True, kw_only=True):
    """The one argument of `decide` beside the policy and the time.

    `change` is the whole of what is asked about; where that is a deployment, `course` has its landings, each
    judged by itself. `deployments` are what was said to run in this environment, `overrides` the overrides
    of this repository, `reports` what producers signed of it.
    """

    environment: str
    change: Change
    rules: Rules
    provenance: Provenance
    reach: Reach
    contributors: tuple[Contributor, ...]
    people: Roster
    statements: tuple[Recorded, ...]
    facts: Facts = Facts()
    unknowns: tuple[Unknown, ...] = ()
    what_if: bool = False
    reports: tuple[Envelope, ...] = ()
    owned: tuple[Owned, ...] = ()
    experience: tuple[Experience, ...] = ()
    zones: tuple[Offset, ...] = ()
    first_seen: Moment | msgspec.UnsetType = msgspec.UNSET
    deployments: tuple[Envelope, ...] = ()
    overrides: tuple[Overriding, ...] = ()
    course: Course | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1


class Bundle(Value, frozen=True, kw_only=True):
    """A decision that can be made again: the case, the policy's text, the time; names beside it.

    `digest` is over the canonical bytes of everything but `digest` and `names`, so that erasing a name
    changes nothing. `organisation`: the text of the policy above.
    `decision` is the version of the decision format.
    """

    case: Case
    policy: str
    now: Moment
    digest: str
    organisation: str | msgspec.UnsetType = msgspec.UNSET
    names: dict[str, str] = msgspec.field(default_factory=dict)
    decision: Literal[1] = 1
    kind: Literal["blastdoor-bundle"] = "blastdoor-bundle"
    v: Literal[1] = 1
