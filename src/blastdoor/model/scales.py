"""The graded facts and their order, least risky first. Unknown always ranks highest."""

from typing import Annotated, Literal

import msgspec

Level = Literal["none", "low", "medium", "high", "critical"]
State = Literal["attested_none", "automation", "no_disclosure", "ai_disclosed"]
Strength = Literal["weak", "medium", "strong"]
Assurance = Literal["asserted", "token", "key", "forge", "presence"]

LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high", "critical")
STATES: tuple[State, ...] = ("attested_none", "automation", "no_disclosure", "ai_disclosed")
Tier = Annotated[int, msgspec.Meta(ge=0, le=9)]
#: `(?!\n)`: a dollar sign alone would let a line break through. Statements come from anyone, and what they
#: name is handed to git.
ObjectId = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})(?!\n)$")]
Base = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64}|empty)(?!\n)$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}(?!\n)$")]
ToolName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}(?!\n)$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z(?!\n)$")]

#: `reach.tier` where nothing is reached, or where there is no catalogue. 0 is the most critical tier.
NO_TIER = 9


def highest(levels: "list[Level]") -> Level:
    """The highest of the levels; `none` of an empty list."""
    return max(levels, key=LEVELS.index, default="none")
