"""The facts that conditions may name, their types, and the order of their risk."""

from collections.abc import Sequence
from typing import Literal

from blastdoor.model import LEVELS, NO_TIER, STATES, Case, Value

#: `state`, `level`, `tier`: graded, named in `at_least` alone. `rising`: true is riskier, never negated.
#: `falling`: true is less risky (an exemption), false when unknown. `plain`: carries no risk.
Kind = Literal["state", "level", "tier", "rising", "falling", "plain"]

FACTS: dict[str, Kind] = {
    "provenance.state": "state",
    "provenance.tool_as_author": "rising",
    "provenance.undeclared": "rising",
    "reach.level": "level",
    "reach.tier": "tier",
    "reach.irreversible": "rising",
    "reach.policy_files": "rising",
    "reach.docs_only": "falling",
    "reach.tests_only": "falling",
    "environment.name": "plain",
}

#: The words that `at_least` takes for each scale.
SCALES: dict[Kind, tuple[str, ...]] = {
    "state": STATES,
    "level": LEVELS,
    "tier": tuple(str(tier) for tier in range(NO_TIER + 1)),
}

FactValue = str | int | bool


class FactSet(Value, frozen=True, kw_only=True):
    """Each fact's value for one change, and its paths for `touches`."""

    values: dict[str, FactValue]
    paths: tuple[str, ...]


def facts_of(case: Case) -> FactSet:
    """What conditions are evaluated on."""
    values: dict[str, FactValue] = {
        "provenance.state": case.provenance.effective,
        "provenance.tool_as_author": case.provenance.tool_as_author is True,
        "provenance.undeclared": case.provenance.undeclared is True,
        "reach.level": case.reach.level,
        "reach.tier": case.reach.tier,
        "reach.irreversible": case.reach.irreversible,
        "reach.policy_files": case.reach.policy_files,
        "reach.docs_only": case.reach.docs_only,
        "reach.tests_only": case.reach.tests_only,
        "environment.name": case.environment,
    }
    return FactSet(values=values, paths=tuple(file.path for file in case.change.files))


def no_riskier(name: str, value: FactValue) -> Sequence[FactValue]:
    """The value of a fact and every less risky one, the value itself first."""
    match FACTS[name]:
        case "state":
            return STATES[STATES.index(value) :: -1]
        case "level":
            return LEVELS[LEVELS.index(value) :: -1]
        case "tier":
            return range(int(value), NO_TIER + 1)
        case "rising":
            return (True, False) if value else (False,)
        case "falling":
            return (True,) if value else (False, True)
        case "plain":
            return (value,)
