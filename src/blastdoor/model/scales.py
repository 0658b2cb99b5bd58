"""The graded facts and their order, least risky first. Unknown always ranks highest."""

from typing import Literal

Level = Literal["none", "low", "medium", "high", "critical"]
State = Literal["attested_none", "automation", "no_disclosure", "ai_disclosed"]
Strength = Literal["weak", "medium", "strong"]
Assurance = Literal["asserted", "token", "forge", "presence"]

LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high", "critical")
STATES: tuple[State, ...] = ("attested_none", "automation", "no_disclosure", "ai_disclosed")
STRENGTHS: tuple[Strength, ...] = ("weak", "medium", "strong")

#: `reach.tier` where nothing is reached, or where there is no catalogue. 0 is the most critical tier.
NO_TIER = 9


def highest(levels: "list[Level]") -> Level:
    """The highest of the levels; `none` of an empty list."""
    return max(levels, key=LEVELS.index, default="none")
