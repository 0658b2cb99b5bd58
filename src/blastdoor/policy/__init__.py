"""Policy: ordered rules, when a condition holds, require these things.

Invariant: pure. A policy that loads is monotone: more risk never asks for less.
"""

from blastdoor.policy.facts import FactSet, facts_of
from blastdoor.policy.globs import glob_matches
from blastdoor.policy.load import (
    DEFAULT_RULE,
    Policy,
    compiled,
    load_policy,
    starting_policy,
)
from blastdoor.policy.values import Approvals, CheckNeeded, Group, Requirement, Rule, TextNeeded

__all__ = [
    "DEFAULT_RULE",
    "Approvals",
    "CheckNeeded",
    "FactSet",
    "Group",
    "Policy",
    "Requirement",
    "Rule",
    "TextNeeded",
    "compiled",
    "facts_of",
    "glob_matches",
    "load_policy",
    "starting_policy",
]
