"""Frozen values that cross rooms. Imports nothing of the house but `formats`."""

from blastdoor.model.approval import Envelope, MergeProof, NAMESPACE, Recorded, Risk, Seal, Statement
from blastdoor.model.case import Bundle, Case, Check, Facts, Rules, Text
from blastdoor.model.change import Change, Commit, EMPTY_BASE, FileChange, Signature
from blastdoor.model.people import Agent, Contributor, Person, Roster
from blastdoor.model.provenance import Provenance, Signal
from blastdoor.model.reach import Coverage, FileCounts, Operation, Reach, RuleHit, ServiceReached, Unknown
from blastdoor.model.scales import (
    Assurance,
    LEVELS,
    Level,
    NO_TIER,
    STATES,
    STRENGTHS,
    State,
    Strength,
    highest,
)
from blastdoor.model.value import Value
from blastdoor.model.verdict import Answer, ChangeSummary, Demand, Mode, Opening, Reason, Step, Verdict, Vote

__all__ = [
    "Agent",
    "Answer",
    "Assurance",
    "Bundle",
    "Case",
    "Change",
    "ChangeSummary",
    "Check",
    "Commit",
    "Contributor",
    "Coverage",
    "Demand",
    "EMPTY_BASE",
    "Envelope",
    "Facts",
    "FileChange",
    "FileCounts",
    "LEVELS",
    "Level",
    "MergeProof",
    "Mode",
    "NAMESPACE",
    "NO_TIER",
    "Opening",
    "Operation",
    "Person",
    "Provenance",
    "Reach",
    "Reason",
    "Recorded",
    "Risk",
    "Roster",
    "RuleHit",
    "Rules",
    "STATES",
    "STRENGTHS",
    "Seal",
    "ServiceReached",
    "Signal",
    "Signature",
    "State",
    "Statement",
    "Step",
    "Strength",
    "Text",
    "Unknown",
    "Value",
    "Verdict",
    "Vote",
    "highest",
]
