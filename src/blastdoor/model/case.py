"""The case: every recorded input of a decision, in one frozen value. Specified in `docs/spec/case.md`."""

from typing import Literal

import msgspec

from blastdoor.model.approval import Recorded
from blastdoor.model.change import Change
from blastdoor.model.people import Contributor, Roster
from blastdoor.model.provenance import Provenance
from blastdoor.model.reach import Reach, Unknown
from blastdoor.model.scales import Assurance, Moment
from blastdoor.model.value import Value


class Rules(Value, frozen=True, kw_only=True):
    """Whose rules: the tip of the protected branch (`ref`, `commit`), and whether it has any of its own."""

    ref: str
    commit: str
    source: Literal["repository", "built-in"]
    assurance: Assurance


class Text(Value, frozen=True, kw_only=True):
    """A text given with the change, by its digest: a change record, a rollback plan."""

    kind: Literal["change_record", "rollback_plan"]
    digest: str
    source: str
    assurance: Assurance


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


class Case(Value, frozen=True, kw_only=True):
    """The one argument of `decide` beside the policy and the time."""

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
    v: Literal[1] = 1


class Bundle(Value, frozen=True, kw_only=True):
    """A decision that can be made again: the case, the policy's text, the time; names beside it.

    `digest` is over the canonical bytes of everything but `digest` and `names`, so that erasing a name
    changes nothing. `decision` is the version of the decision format.
    """

    case: Case
    policy: str
    now: Moment
    digest: str
    names: dict[str, str] = msgspec.field(default_factory=dict)
    decision: Literal[1] = 1
    kind: Literal["blastdoor-bundle"] = "blastdoor-bundle"
    v: Literal[1] = 1
