"""The door for emergencies. Specified in `docs/spec/override.md`."""

from typing import Annotated, Literal

import msgspec

from blastdoor.model.approval import Envelope, PersonId
from blastdoor.model.people import Person
from blastdoor.model.scales import Moment, ObjectId
from blastdoor.model.value import Value

#: The SSH signature namespace of an override and of its review.
OVERRIDES = "override@blastdoor"
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Override(Value, frozen=True, kw_only=True):
    """The signed payload: `person` lets `revision` into `environment` until `expires`, asked by another.

    A `review` names the override in `of` and says what was found in `reason`.
    """

    kind: Literal["blastdoor-override"] = "blastdoor-override"
    answer: Literal["override", "review"]
    person: PersonId
    requested_by: PersonId
    repository: str
    environment: str
    revision: ObjectId
    reason: _Text
    incident: _Text
    given_at: Moment
    expires: Moment
    rules: ObjectId
    target: str | msgspec.UnsetType = msgspec.UNSET
    of: str | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1


class Overriding(Value, frozen=True, kw_only=True):
    """An envelope as the case records it; `then` is its person in the roster of `rules`, if they were."""

    envelope: Envelope
    then: Person | msgspec.UnsetType = msgspec.UNSET
