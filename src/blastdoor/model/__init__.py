"""Frozen values that cross rooms. Imports nothing of the house but `formats`."""

from blastdoor.model.approval import NAMESPACE, Envelope, MergeProof, Recorded, Risk, Says, Seal, Statement
from blastdoor.model.case import Bundle, Case, Check, Facts, Rules, Text
from blastdoor.model.change import EMPTY_BASE, Change, Commit, FileChange, Signature
from blastdoor.model.people import Agent, Contributor, Person, Roster
from blastdoor.model.provenance import Kind, Lines, Mark, Provenance, Share, Signal, Source
from blastdoor.model.reach import Coverage, FileCounts, Operation, Reach, RuleHit, ServiceReached, Unknown
from blastdoor.model.scales import (
    LEVELS,
    NO_TIER,
    STATES,
    Assurance,
    Level,
    State,
    Strength,
    highest,
)
from blastdoor.model.value import Value
from blastdoor.model.verdict import Answer, ChangeSummary, Demand, Mode, Opening, Reason, Step, Verdict, Vote

__all__ = [
    "EMPTY_BASE",
    "LEVELS",
    "NAMESPACE",
    "NO_TIER",
    "STATES",
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
    "Envelope",
    "Facts",
    "FileChange",
    "FileCounts",
    "Kind",
    "Level",
    "Lines",
    "Mark",
    "MergeProof",
    "Mode",
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
    "Says",
    "Seal",
    "ServiceReached",
    "Share",
    "Signal",
    "Signature",
    "Source",
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
