"""What the door says, why, and what would open it. Specified in `docs/spec/verdict.md`."""

from typing import Literal

import msgspec

from blastdoor.model.approval import Says
from blastdoor.model.case import Rules
from blastdoor.model.people import Contributor
from blastdoor.model.provenance import Provenance
from blastdoor.model.reach import Reach
from blastdoor.model.value import Value

Answer = Literal["pass", "hold", "deny"]
Mode = Literal["observe", "enforce"]


class Reason(Value, frozen=True, kw_only=True):
    """One reason the door is not open. `rule` is the policy's rule that asks, where one does."""

    code: str
    text: str
    rule: str | msgspec.UnsetType = msgspec.UNSET


class Demand(Value, frozen=True, kw_only=True):
    """One requirement of one rule that applies, and how it stands. `by` are the persons that were counted."""

    rule: str
    kind: Literal["approvals", "text", "check", "rollout", "cooling", "window", "limit"]
    requirement: str
    need: int
    have: int
    met: bool
    by: tuple[str, ...] = ()
    note: str | msgspec.UnsetType = msgspec.UNSET


class Vote(Value, frozen=True, kw_only=True):
    """A statement found for this change, and whether it counts, with the reason either way."""

    id: str
    person: str
    answer: Says
    counts: bool
    why: str
    carried: bool = False


class Step(Value, frozen=True, kw_only=True):
    """One step of an opening. `of` are the persons any `count` of whom will do.

    `landing`: the step is about that landing of a deployment alone.
    """

    kind: str
    text: str
    count: int | msgspec.UnsetType = msgspec.UNSET
    of: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    landing: str | msgspec.UnsetType = msgspec.UNSET


class Opening(Value, frozen=True, kw_only=True):
    """Steps that, all taken, open the door. Not `certain` where the outcome of a step is not known."""

    steps: tuple[Step, ...]
    certain: bool = True


class ChangeSummary(Value, frozen=True, kw_only=True):
    """The change as the verdict names it; its files are in the case."""

    id: str
    repository: str
    target_branch: str
    base: str
    head: str
    tree: str
    patch: str
    commits: int
    files: int


class LandingVerdict(Value, frozen=True, kw_only=True):
    """How one landing of a deployment stands: from `parent` to `commit`, over so many `steps` of the branch.

    `owed`: deployed uncovered before, and its review is not due yet. `unchanged`: it changes no file.
    """

    commit: str
    parent: str
    steps: int
    status: Literal["covered", "uncovered", "owed", "unchanged"]
    demands: tuple[Demand, ...] = ()
    votes: tuple[Vote, ...] = ()
    reasons: tuple[Reason, ...] = ()


class OverrideUsed(Value, frozen=True, kw_only=True):
    """The override that opened the door, and until when its review is due."""

    id: str
    person: str
    requested_by: str
    incident: str
    expires: str
    review_due: str


class Verdict(Value, frozen=True, kw_only=True):
    """The answer to: may this exact change reach this environment now, and if not, what would open the door?

    `advisory`: decided under the built-in policy, since the rules base has none; no permit follows.
    `what_if`: the base was given by the asker; no permit follows. `openings_complete` is false where more
    than the listed openings exist. For a deployment `start` is the last fully covered revision, and
    `landings` how each landing since stands; `reasons` then name those that hold. `override`: what would have
    held was let through. `accepted`: how many root keys accepted it.
    """

    id: str
    verdict: Answer
    mode: Mode
    advisory: bool
    what_if: bool
    environment: str
    change: ChangeSummary
    rules: Rules
    policy: str
    provenance: Provenance
    reach: Reach
    contributors: tuple[Contributor, ...]
    demands: tuple[Demand, ...]
    votes: tuple[Vote, ...]
    reasons: tuple[Reason, ...]
    openings: tuple[Opening, ...]
    openings_complete: bool
    notes: tuple[str, ...]
    decided_at: str
    target: str | msgspec.UnsetType = msgspec.UNSET
    start: str | msgspec.UnsetType = msgspec.UNSET
    landings: tuple[LandingVerdict, ...] | msgspec.UnsetType = msgspec.UNSET
    override: OverrideUsed | msgspec.UnsetType = msgspec.UNSET
    accepted: int | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1
