"""Use cases: gather, decide, record. They see the world through ports alone, and return values."""

from blastdoor.flows.approve import Answer, Spoken, speak, speak_of
from blastdoor.flows.bundle import decide_again, read_bundle, write_bundle
from blastdoor.flows.check import Decided, check, check_deployment, range_diffs, record_verdict
from blastdoor.flows.course import Destination
from blastdoor.flows.facts import read_facts
from blastdoor.flows.gather import Gathered, Question, gather
from blastdoor.flows.world import Organisation, World

__all__ = [
    "Answer",
    "Decided",
    "Destination",
    "Gathered",
    "Organisation",
    "Question",
    "Spoken",
    "World",
    "check",
    "check_deployment",
    "decide_again",
    "gather",
    "range_diffs",
    "read_bundle",
    "read_facts",
    "record_verdict",
    "speak",
    "speak_of",
    "write_bundle",
]
