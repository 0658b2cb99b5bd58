"""What a producer says of a change, signed. Specified in `docs/spec/report.md`."""

from typing import Annotated, Literal

import msgspec

from blastdoor.model.scales import Digest, Moment, ObjectId
from blastdoor.model.value import Value

#: The SSH signature namespace of a report.
REPORTS = "report@blastdoor"


class CheckSaid(Value, frozen=True, kw_only=True):
    """A check that ran on the report's head."""

    name: str
    conclusion: str


class TextSaid(Value, frozen=True, kw_only=True):
    """A text by its digest, and its headings that have something under them, as they are written."""

    kind: Literal["change_record", "rollback_plan"]
    digest: Digest
    headings: tuple[str, ...] = ()


class Report(Value, frozen=True, kw_only=True):
    """The signed payload. `rollout` are the stages in percent."""

    kind: Literal["blastdoor-report"] = "blastdoor-report"
    producer: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    repository: str
    head: ObjectId
    tree: ObjectId
    given_at: Moment
    checks: tuple[CheckSaid, ...] = ()
    texts: tuple[TextSaid, ...] = ()
    rollout: tuple[Annotated[int, msgspec.Meta(ge=1, le=100)], ...] = ()
    v: Literal[1] = 1
