"""What a person says about a change: yes, no, or taking either back. Specified in `docs/spec/approval.md`."""

from typing import Annotated, Literal, TypeVar

import msgspec

from blastdoor.formats import short_id
from blastdoor.model.people import Person
from blastdoor.model.scales import Base, Digest, Level, Moment, ObjectId, State, Tier, ToolName
from blastdoor.model.value import Value

#: The SSH signature namespace: a signature made for anything else is not an approval.
NAMESPACE = "approval@blastdoor"

PersonId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,60}(?!\n)$")]


class Seal(Value, frozen=True, kw_only=True):
    """What an approval names. The last three are digests of what the giver was shown, kept for audit."""

    repository: str
    target_branch: str
    base: Base
    head: ObjectId
    tree: ObjectId
    patch: Digest
    provenance: Digest
    reach: Digest
    policy: Digest
    v: Literal[1] = 1


class Risk(Value, frozen=True, kw_only=True):
    """The risk an approval was given under. What is there later must be contained in it."""

    level: Level
    state: State
    tiers: tuple[Tier, ...]
    operations: tuple[str, ...]
    unknowns: tuple[str, ...]
    irreversible: bool


#: What is said: yes or no to the change; no AI was used in it, or AI was; a commit names its giver as a
#: co-author, and they are none; one of these is taken back; or a root key accepts a change of the rules.
Says = Literal["yes", "no", "no_ai", "used_ai", "not_mine", "withdraw", "accept"]
#: Who says it where no person does: the holder of a root key.
ROOT = "root"


class Statement(Value, frozen=True, kw_only=True):
    """The signed payload.

    `rules` is the rules base under which it was given; `requirements` are the sentences shown to the giver.
    A `no` belongs to the change: `branch`, and the newest `commits` with their `patches`, let it be found
    again after a rewrite.
    A `withdraw` names the statement it takes back in `withdraws`; a `used_ai` may name `tools` of the
    registry.
    """

    kind: Literal["blastdoor-approval"] = "blastdoor-approval"
    answer: Says
    person: PersonId
    seal: Seal
    risk: Risk
    requirements: tuple[str, ...]
    rules: ObjectId
    given_at: Moment
    commits: tuple[ObjectId, ...] = ()
    patches: tuple[Digest, ...] = ()
    branch: str | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET
    withdraws: str | msgspec.UnsetType = msgspec.UNSET
    tools: tuple[ToolName, ...] = ()
    v: Literal[1] = 1


_T = TypeVar("_T")


class Envelope(Value, frozen=True, kw_only=True):
    """A statement as it travels: the exact signed text, and an armored SSH signature over it, if any."""

    payload: str
    signature: str | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1

    @property
    def id(self) -> str:
        """The statement's id: over the payload alone, so a second signature makes no second statement."""
        return short_id("apr", self.payload.encode("utf-8", "replace"))

    def id_as(self, prefix: str) -> str:
        """The id of an envelope of another kind: of a report (`rep`), a deployment, an override."""
        return short_id(prefix, self.payload.encode("utf-8", "replace"))

    def statement(self) -> Statement | None:
        """What the payload says; None if this version cannot read it as a statement."""
        return self.read(Statement)

    def read(self, type_: type[_T]) -> _T | None:
        """What the payload says, as a type of payload; None if it is none."""
        try:
            return msgspec.json.decode(self.payload.encode("utf-8"), type=type_, strict=True)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return None


class MergeProof(Value, frozen=True, kw_only=True):
    """Our own merge of an approved head with a base: the tree it gave, and the merge bases it had.

    `tree` is absent where the merge was not clean, or could not be made (`problem` says why).
    """

    ours: str
    theirs: str
    bases: tuple[str, ...]
    on_first_parent: bool
    tree: str | msgspec.UnsetType = msgspec.UNSET
    problem: str | msgspec.UnsetType = msgspec.UNSET


class Recorded(Value, frozen=True, kw_only=True):
    """An envelope as the case records it, with the facts about it that only a repository can tell.

    `then` is its person in the roster of `rules`; absent if they were not in it, or if `rules` is not on the
    protected branch. `proof` is absent where none was needed or tried. `landed`: the sealed content is on
    the protected branch already, so this yes is used up. `found`: our own merge of what it was said to gives
    the tree of some commit of this change, so that it was said about this change.
    """

    envelope: Envelope
    then: Person | msgspec.UnsetType = msgspec.UNSET
    proof: MergeProof | msgspec.UnsetType = msgspec.UNSET
    landed: bool = False
    found: bool = False
