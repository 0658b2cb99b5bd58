"""Policy: ordered rules, when a condition holds, require these things.

Invariant: pure. A policy that loads is monotone: more risk never asks for less.
"""

from blastdoor.policy.facts import FactSet, facts_of
from blastdoor.policy.globs import glob_matches
from blastdoor.policy.lint import Finding, lint
from blastdoor.policy.load import (
    DEFAULT_RULE,
    FREEZE,
    Policy,
    compiled,
    load_policy,
    starting_policy,
)
from blastdoor.policy.merge import ORGANISATION, merge
from blastdoor.policy.requirements import HEADINGS
from blastdoor.policy.values import (
    DAYS,
    Approvals,
    CheckNeeded,
    Cooling,
    Emergency,
    Environment,
    Freeze,
    Group,
    Knows,
    Limit,
    OwnersNeeded,
    Producer,
    Requirement,
    RolloutNeeded,
    Rule,
    Target,
    TextNeeded,
    Window,
)

__all__ = [
    "DAYS",
    "DEFAULT_RULE",
    "FREEZE",
    "HEADINGS",
    "ORGANISATION",
    "Approvals",
    "CheckNeeded",
    "Cooling",
    "Emergency",
    "Environment",
    "FactSet",
    "Finding",
    "Freeze",
    "Group",
    "Knows",
    "Limit",
    "OwnersNeeded",
    "Policy",
    "Producer",
    "Requirement",
    "RolloutNeeded",
    "Rule",
    "Target",
    "TextNeeded",
    "Window",
    "compiled",
    "facts_of",
    "glob_matches",
    "lint",
    "load_policy",
    "merge",
    "starting_policy",
]
